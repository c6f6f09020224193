//! A vendor's spec and kept pages, and the comparison of one page with them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::expected::{self, Expected};
use super::facts::Facts;
use super::layouts::Words;
use super::report::{self, Report, State};
use super::{compare, identify, kept, page, read, since};
use crate::spec::{Spec, SpecError, vendors};

/// A vendor's spec and kept pages, laid out to compare pages with.
pub struct Desk {
    root: PathBuf,
    spec: Spec,
    kept: BTreeMap<String, kept::Kept>,
    words: Words,
}

impl Desk {
    /// Opens the spec and the kept pages of a vendor.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn open(root: &Path, vendor: &str) -> Result<Self, SpecError> {
        let mut words = Words::new();
        for vendor in vendors(root, &[])? {
            expected::words(&Spec::load(root, &vendor)?, &mut words);
        }
        let spec = Spec::load(root, vendor)?;
        let mut found = BTreeMap::new();
        for (name, _) in Expected::of(&spec).pages {
            if let Some(page) = kept::load(root, vendor, &name)? {
                // Names that the vendor used before count as names.
                words.extend(
                    page.facts
                        .parameters
                        .iter()
                        .filter_map(|known| known.name.rsplit('.').next())
                        .map(str::to_owned),
                );
                found.insert(name, page);
            }
        }
        Ok(Self {
            root: root.to_owned(),
            spec,
            kept: found,
            words,
        })
    }

    /// The facts of a page.
    ///
    /// # Errors
    /// Why it was not understood.
    pub fn facts(&self, bytes: &[u8]) -> Result<Facts, String> {
        let page = page::Page::read(bytes)?;
        Ok(read::read(&page, &self.words)?.facts)
    }

    /// Compares a page, which is called `name` if that is known, and keeps it if a day is given.
    ///
    /// # Errors
    /// When the page is to be kept and cannot be.
    pub fn report(
        &self,
        file: &str,
        bytes: &[u8],
        name: Option<&str>,
        keep: Option<&str>,
    ) -> Result<Report, SpecError> {
        let expected = Expected::of(&self.spec);
        if let Some(name) = name
            && !expected.pages.iter().any(|(known, _)| known == name)
        {
            let known: Vec<&str> = expected.pages.iter().map(|(name, _)| name.as_str()).collect();
            return Err(self.spec.error(
                "/x-pages",
                format!("unknown page `{name}`; x-pages has: {}", known.join(", ")),
            ));
        }
        let vague = |name: Option<&str>, reason| Ok(Report::without(file, name, State::NotUnderstood, reason));
        let page = match page::Page::read(bytes) {
            Ok(page) => page,
            Err(reason) => return vague(name, reason),
        };
        let read::Understood { facts, cut } = match read::read(&page, &self.words) {
            Ok(understood) => understood,
            Err(reason) => return vague(name, reason),
        };
        let found = match name {
            Some(name) => Ok(name.to_owned()),
            None => {
                let kept: Vec<_> = self
                    .kept
                    .iter()
                    .map(|(name, kept)| (name.clone(), kept.facts.clone()))
                    .collect();
                identify::identify(&page, &facts, &expected, &kept)
            }
        };
        let name = match found {
            Ok(name) => name,
            Err(reason) => return vague(None, reason),
        };
        let kept = self.kept.get(&name);
        if let Err(reason) = identify::whole(&name, &facts, cut.as_deref(), &expected, kept.map(|kept| &kept.facts)) {
            return vague(Some(&name), reason);
        }
        let mut report = judge(&page, &name, &facts, &expected, kept);
        report.file = file.to_owned();
        if let Some(day) = keep {
            self.keep(&mut report, day, &page, &facts)?;
        }
        Ok(report)
    }

    fn keep(&self, report: &mut Report, day: &str, page: &page::Page, facts: &Facts) -> Result<(), SpecError> {
        let name = report.page.clone().unwrap_or_default();
        if !report.unseen.is_empty() {
            report.state = State::NotUnderstood;
            report.reason = Some(format!(
                "not kept, since the kept capture shows more; save the page anew, or delete {} first",
                kept::file(&self.spec.vendor, &name)
            ));
            return Ok(());
        }
        kept::save(&self.root, &self.spec.vendor, &name, day, &page.hash(), facts).map_err(|error| SpecError {
            file: kept::file(&self.spec.vendor, &name),
            pointer: String::new(),
            reason: error.to_string(),
        })?;
        report.kept = true;
        // Keeping accepts changes of the page, not differences from the spec.
        if report.differences.is_empty() && report.unused.is_empty() {
            report.state = State::Agreement;
        }
        Ok(())
    }
}

fn judge(page: &page::Page, name: &str, facts: &Facts, expected: &Expected<'_>, kept: Option<&kept::Kept>) -> Report {
    let since = kept.map(|kept| since::since(&kept.facts, facts)).unwrap_or_default();
    let explanations: &[kept::Known] = kept.map_or(&[], |kept| &kept.known);
    let all = compare::compare(page, name, facts, expected);
    let (known, unused): (Vec<_>, Vec<_>) = explanations
        .iter()
        .cloned()
        .partition(|known| all.iter().any(|difference| known.explains(difference)));
    // An explanation may be about a fact that this capture cannot show.
    let unused = if since.unseen.is_empty() { unused } else { Vec::new() };
    let differences: Vec<_> = all
        .into_iter()
        .filter(|difference| !known.iter().any(|known| known.explains(difference)))
        .collect();
    let agrees = differences.is_empty() && unused.is_empty() && since.moves.is_empty();
    Report {
        file: String::new(),
        page: Some(name.to_owned()),
        state: if agrees { State::Agreement } else { State::Differs },
        reason: None,
        read: Some(report::Read {
            layout: facts.layout.clone(),
            operations: facts.operations.len(),
            parameters: facts.parameters.len(),
            examples: facts.examples.len(),
        }),
        differences,
        since: kept.map(|kept| report::Kept {
            date: kept.kept.clone(),
            moves: since.moves,
        }),
        known,
        unused,
        unseen: since.unseen,
        kept: false,
    }
}

//! A vendor's spec and kept pages, and the comparison of one page with them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::documented::{self, Documented};
use super::expected::{self, Expected};
use super::facts::Facts;
use super::limits::Known;
use super::lines::Text;
use super::listed::{self, Places};
use super::report::{self, Report, State};
use super::since::Move;
use super::told::Told;
use super::{compare, identify, kept, limits, lines, openapi, page, read, since, skeleton};
use crate::spec::{Spec, SpecError, vendors};

/// A vendor's spec and kept pages, laid out to compare pages with.
pub struct Desk {
    root: PathBuf,
    spec: Spec,
    kept: BTreeMap<String, kept::Kept>,
    known: Known,
}

impl Desk {
    /// Opens the spec and the kept pages of a vendor.
    ///
    /// # Errors
    /// When one of them cannot be used.
    pub fn open(root: &Path, vendor: &str) -> Result<Self, SpecError> {
        let mut known = Known::default();
        for vendor in vendors(root, &[])? {
            expected::words(&Spec::load(root, &vendor)?, &mut known.words);
        }
        let spec = Spec::load(root, vendor)?;
        let mut found = BTreeMap::new();
        let expected = Expected::of(&spec);
        known.models = expected.models.iter().map(|model| model.id.clone()).collect();
        known.places = Places::of(&spec);
        for ((_, name), field) in expected.calls.iter().flat_map(|call| &call.fields) {
            if let Some(carried) = &field.carries {
                let last = name.rsplit('.').next().unwrap_or_default();
                known.fields.insert(last.to_owned(), carried.clone());
            }
        }
        for call in expected.calls.iter().filter(|call| !call.callback) {
            known.stems.insert(documented::stem(&call.operation.path));
            let is_document = |page: &String| expected.documents.contains(page);
            if call.sources.iter().any(is_document) {
                let id = spec.doc.pointer(&format!("{}/operationId", call.pointer));
                let id = id.and_then(Value::as_str).unwrap_or_default();
                known.documented.push(Documented::of(call, id));
            }
        }
        let pages = expected.pages;
        for (name, _) in pages {
            if let Some(page) = kept::load(root, vendor, &name)? {
                // Names that the vendor used before count as names, and models that a page listed as models.
                known.models.extend(page.facts.models());
                known.words.extend(
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
            known,
        })
    }

    /// What the readers know beforehand of this vendor.
    #[must_use]
    pub fn known(&self) -> &Known {
        &self.known
    }

    /// The facts of a page.
    ///
    /// # Errors
    /// Why it was not understood.
    pub fn facts(&self, bytes: &[u8]) -> Result<Facts, String> {
        let page = self.page(bytes)?;
        Ok(read::read(&page, &self.known)?.facts)
    }

    /// A page, and of an OpenAPI document the part that concerns the spec.
    ///
    /// # Errors
    /// Why it is no page.
    pub fn page(&self, bytes: &[u8]) -> Result<page::Page, String> {
        let mut page = page::Page::read(bytes)?;
        if let Some(document) = &page.document {
            page.lines = openapi::read(document, &self.known).1;
        }
        if let Some(answer) = &page.answer {
            let read = self
                .known
                .places
                .as_ref()
                .and_then(|places| listed::read(answer, places));
            page.lines = read.ok_or("it is JSON, not a page")?.1;
        }
        Ok(page)
    }

    /// The YAML of a page's models and of its request body `body`, to paste into the spec.
    ///
    /// # Errors
    /// Why the page was not understood.
    pub fn skeleton(&self, bytes: &[u8], page: &str, body: &str, today: &str) -> Result<String, String> {
        skeleton::skeleton(&self.spec, &self.facts(bytes)?, page, body, today)
    }

    /// The page that a file is by the end of its path.
    #[must_use]
    pub fn by_path(&self, file: &str) -> Option<String> {
        identify::by_path(file, &Expected::of(&self.spec)).map(str::to_owned)
    }

    /// The short names of all pages.
    #[must_use]
    pub fn pages(&self) -> Vec<String> {
        Expected::of(&self.spec)
            .pages
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    /// Whether a page that the spec does not list is one for it: it lists models whose ids have a word in common with those
    /// of the spec, on a path like those of the spec.
    #[must_use]
    pub fn concerns(&self, facts: &Facts) -> bool {
        let words = |id: &String| {
            id.split(|c: char| !c.is_alphabetic())
                .filter(|word| word.len() > 4)
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let known: BTreeSet<String> = self.known.models.iter().flat_map(words).collect();
        let is_like = facts
            .named_models()
            .iter()
            .flat_map(words)
            .any(|word| known.contains(&word));
        is_like
            && facts
                .operations
                .iter()
                .any(|operation| self.known.stems.contains(&documented::stem(&operation.path)))
    }

    /// Compares a page, which is called `name` if that is known.
    ///
    /// # Errors
    /// When there is no page of this name.
    pub fn report(&self, file: &str, bytes: &[u8], name: Option<&str>) -> Result<Report, SpecError> {
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
        let page = match self.page(bytes) {
            Ok(page) => page,
            Err(reason) => return vague(name, reason),
        };
        let read::Understood { facts, cut, strange } = match read::read(&page, &self.known) {
            Ok(understood) => understood,
            Err(reason) => return vague(name, reason),
        };
        let is_named = name.is_some();
        let found = match name {
            Some(name) => Ok(name.to_owned()),
            None => identify::identify(file, &page, &facts, &expected, &self.kept),
        };
        let name = match found {
            Ok(name) => name,
            Err(reason) => {
                let mut report = Report::without(file, None, State::NotUnderstood, reason);
                report.read = Some(read_as(&facts));
                report.strange = noted(strange);
                return Ok(report);
            }
        };
        let kept = self.kept.get(&name);
        if let Err(reason) = identify::whole(
            &page,
            (&name, is_named),
            &facts,
            cut.as_deref(),
            &expected,
            kept.map(|kept| &kept.facts),
        ) {
            return vague(Some(&name), reason);
        }
        let mut report = judge(&page, &name, &facts, &expected, (kept, &self.known));
        report.strange = noted(strange);
        report.file = file.to_owned();
        Ok(report)
    }

    /// Keeps the pages of these reports. Pages that were kept before are all kept or none: the changes of each are compared
    /// with the earlier capture until all of them agree with the spec.
    ///
    /// # Errors
    /// When a page cannot be written.
    pub fn keep(&self, reports: &mut [Report], day: &str) -> Result<(), SpecError> {
        for report in reports.iter_mut() {
            self.may_be_kept(report);
        }
        let is_open = |report: &Report| report.not_kept.is_some() || (report.first && report.differs());
        let is_over = !reports.iter().any(is_open);
        for report in reports {
            let Some(name) = report.page.clone().filter(|_| report.not_kept.is_none()) else {
                continue;
            };
            if !(is_over || report.first) {
                report.not_kept = Some("other pages of this run differ or were not understood".to_owned());
                continue;
            }
            let error = |reason: String| SpecError {
                file: kept::file(&self.spec.vendor, &name),
                pointer: String::new(),
                reason,
            };
            let bytes = fs::read(&report.file).map_err(|reason| error(format!("{}: {reason}", report.file)))?;
            let page = self.page(&bytes).map_err(error)?;
            let facts = read::read(&page, &self.known).map_err(error)?.facts;
            let lines = lines::prints(&page, &self.known);
            kept::save(
                &self.root,
                &self.spec.vendor,
                &name,
                day,
                (&page.hash(), &lines),
                &facts,
            )
            .map_err(|reason| error(reason.to_string()))?;
            report.kept = true;
            report.first = false;
            // Keeping accepts changes of the page, not differences from the spec.
            if !report.differs() {
                report.state = State::Agreement;
            }
        }
        Ok(())
    }

    /// Notes why a page cannot be kept, if it cannot.
    fn may_be_kept(&self, report: &mut Report) {
        let file = |report: &Report| kept::file(&self.spec.vendor, report.page.as_deref().unwrap_or_default());
        match report.state {
            State::NotUnderstood | State::CannotRead => report.not_kept = Some("it was not understood".to_owned()),
            // Another page of the vendor, which keeps no other waiting.
            State::Unlisted => {}
            _ if !report.unseen.is_empty() => {
                report.not_kept = Some(format!(
                    "the kept capture shows more; save the page anew, or delete {} first",
                    file(report)
                ));
                report.state = State::NotUnderstood;
            }
            _ if report.differs() && !report.first => {
                report.not_kept = Some(format!(
                    "it differs from the spec; edit the spec, or explain each difference under `known` in {}",
                    file(report)
                ));
            }
            _ => {}
        }
    }
}

fn read_as(facts: &Facts) -> report::Read {
    report::Read {
        layout: facts.layout.clone(),
        operations: facts.operations.len(),
        parameters: facts.parameters.len(),
        examples: facts.examples.len(),
        limits: facts.limits.len(),
        prices: facts.prices.len(),
    }
}

fn noted(strange: Vec<(usize, String)>) -> Vec<String> {
    let noted = strange
        .into_iter()
        .map(|(line, reason)| format!("line {line}: {reason}"));
    noted.collect()
}

fn judge(
    page: &page::Page,
    name: &str,
    facts: &Facts,
    expected: &Expected<'_>,
    (kept, known): (Option<&kept::Kept>, &Known),
) -> Report {
    let since = kept.map(|kept| since::since(&kept.facts, facts)).unwrap_or_default();
    let explanations: &[kept::Known] = kept.map_or(&[], |kept| &kept.known);
    let all = compare::compare(page, name, facts, expected, &since.renamed);
    let (explained, unused): (Vec<_>, Vec<_>) = explanations
        .iter()
        .cloned()
        .partition(|known| all.iter().any(|difference| known.explains(difference)));
    // An explanation may be about a fact that this capture cannot show.
    let unused = if since.unseen.is_empty() { unused } else { Vec::new() };
    let differences: Vec<_> = all
        .into_iter()
        .filter(|difference| !explained.iter().any(|known| known.explains(difference)))
        .collect();
    let mut unseen = since.unseen;
    // Nothing shows that a text goes on where a copy of it ends, unless it was kept before.
    let end = (kept.is_none() && page.is_text).then(|| facts.end()).flatten();
    let (lost, differences): (Vec<_>, Vec<_>) = differences
        .into_iter()
        .partition(|one| end.is_some_and(|end| one.may_follow(end)));
    unseen.extend(lost.iter().map(|one| format!("{} {}", one.at, one.what)));
    let cut = end.filter(|_| differences.is_empty() && !lost.is_empty());
    let differs = !(differences.is_empty() && unused.is_empty() && since.moves.is_empty());
    let told = limits::all(&page.lines, &facts.parameters, known);
    let told = Told {
        moves: &since.moves,
        renamed: &since.renamed,
        parameters: &facts.parameters,
        limits: match page.answer {
            Some(_) => &facts.limits,
            None => &told,
        },
        kept: kept.map_or(&[], |kept| &kept.facts.limits),
    };
    let text = match kept {
        // Two captures with the same text are the same, whichever way the lines were kept.
        Some(kept) if kept.text != page.hash() => lines::compare(&kept.lines, page, &|line| told.before(line)),
        _ => Text::Same,
    };
    let mut reason = cut.map(|end| {
        format!(
            "it may be cut off: nothing follows `{}`, and it was never kept",
            end.name
        )
    });
    let mut changed = match text {
        Text::Same => Vec::new(),
        Text::Changed(lines) => lines,
        Text::Other(same, all) => {
            reason = Some(format!(
                "the text is not the kept one ({same} of its {all} lines are the same), so sentences and tables were not \
                 compared: read them, or save the page in the form in which it was kept"
            ));
            Vec::new()
        }
    };
    // What is told with its line need not be told again, if there is nothing else on it.
    let told: Vec<_> = differences
        .iter()
        .map(|one| one.line)
        .chain(since.moves.iter().map(|one| one.line))
        .collect();
    let all = changed.len();
    changed.retain(|one| {
        let is_told = |text: &str| {
            let limits = since
                .moves
                .iter()
                .filter(|told| told.what == "limit" && told.line == one.line);
            let limits: Vec<_> = limits
                .filter_map(|told| Some((told.at.as_str(), told.now.as_deref()?)))
                .collect();
            lines::is_bare(text) || lines::is_limit(text, &limits)
        };
        !(told.contains(&one.line) && one.now.as_deref().is_some_and(is_told))
    });
    // A price that differs from the spec is told with both amounts.
    let is_told = |one: &Move| {
        let at = |other: &compare::Difference| other.what == one.what && other.at == one.at;
        one.what == "price" && differences.iter().any(at)
    };
    let moves: Vec<Move> = since.moves.iter().filter(|one| !is_told(one)).cloned().collect();
    Report {
        file: String::new(),
        page: Some(name.to_owned()),
        state: match (differs, all > 0 || reason.is_some()) {
            _ if cut.is_some() => State::NotUnderstood,
            (true, _) => State::Differs,
            (false, true) => State::Changed,
            (false, false) => State::Agreement,
        },
        reason,
        read: Some(read_as(facts)),
        changed,
        strange: Vec::new(),
        first: kept.is_none(),
        differences,
        since: kept.map(|kept| report::Kept {
            date: kept.kept.clone(),
            moves,
        }),
        known: explained,
        unused,
        unseen,
        kept: false,
        not_kept: None,
    }
}

//! The files of a new vendor, built in memory.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::name::{ADAPTER, Name, Refused, read};
use super::paging::Paging;
use super::places;
use crate::spec::fields::{PAGE, with_tables};
use crate::spec::lint::lint;
use crate::spec::raw::{facts, raw_crate_of, surface};
use crate::spec::{Spec, SpecError, copies, vendor_pages, vendors};

const SPEC: &str = include_str!("template/spec.yaml");

/// Every file to write, by path from the repository's root.
pub(super) type Files = BTreeMap<PathBuf, String>;

/// The contents.
pub(super) fn plan(root: &Path, name: &Name, paging: Option<Paging>) -> Result<Files, Refused> {
    let vendor = &name.lower;
    let there: Vec<String> = [
        format!("specs/{vendor}.yaml"),
        format!("specs/pages/{vendor}"),
        format!("crates/raw/{vendor}"),
        format!("crates/videogen/src/vendors/{vendor}.rs"),
        format!("tests/snapshots/{vendor}"),
    ]
    .into_iter()
    .filter(|path| root.join(path).exists())
    .map(|path| format!("{path} exists already; delete it, or choose another name"))
    .collect();
    if !there.is_empty() {
        return Err(Refused(there));
    }
    let broken = |reason: String| Refused::because(format!("the skeleton itself is broken: {reason}"));
    let lost = || broken("a place for the list is missing".to_owned());
    let (mut spec_template, mut adapter_template) = (SPEC.to_owned(), ADAPTER.to_owned());
    if let Some(paging) = paging {
        spec_template = paging.in_spec(SPEC).ok_or_else(lost)?;
        adapter_template = paging.in_adapter(ADAPTER).ok_or_else(lost)?;
    }
    let mut files = Files::new();
    for (file, text) in places::registered(root, name, paging.is_some())? {
        let text = if file.ends_with(".rs") {
            formatted(root, text)
        } else {
            text
        };
        files.insert(file.into(), text);
    }
    let today = chrono::Utc::now().date_naive().to_string();
    let spec_file = format!("specs/{vendor}.yaml");
    let spec_text = name.fill(&spec_template).replace("2000-01-01", &today);
    let findings = lint(&spec_file, &spec_text).map_err(|error| broken(error.to_string()))?;
    if let Some(first) = findings.first() {
        return Err(broken(format!("{spec_file}:{}: {}", first.line, first.reason)));
    }
    let spec = Spec::parse(vendor, &spec_text).map_err(|error| broken(error.to_string()))?;
    let tree = raw_crate_of(&spec).map_err(|error| broken(error.to_string()))?;
    let (copy, copied) = copies::copy(&spec);
    files.insert(Path::new(copies::FOLDER).join(copy), copied);
    let surface = surface::surface(&tree).map_err(|error| broken(error.to_string()))?;
    files.insert(
        format!("tests/snapshots/{vendor}/surface/client.snap").into(),
        format!("---\nsource: tests/snapshots.rs\n---\n{}\n", surface.trim_end()),
    );
    for (file, text) in tree {
        files.insert(Path::new("crates/raw").join(vendor).join(file), text);
    }
    let (page, text) = vendor_pages::page(&spec, &facts(&spec).map_err(|error| broken(error.to_string()))?);
    files.insert(Path::new(vendor_pages::FOLDER).join(page), text);
    files.extend(tables(root, vendor, &spec_text)?.map(|(file, text)| (file.into(), text)));
    files.insert(spec_file.into(), spec_text);
    files.insert(
        format!("crates/videogen/src/vendors/{vendor}.rs").into(),
        formatted(root, name.fill(&adapter_template)),
    );
    Ok(files)
}

/// The field tables and the table of contents, with the new vendor.
fn tables(root: &Path, vendor: &str, spec_text: &str) -> Result<[(&'static str, String); 2], Refused> {
    let because = |error: SpecError| Refused::because(error.to_string());
    let mut specs = BTreeMap::from([(vendor.to_owned(), Spec::parse(vendor, spec_text).map_err(because)?)]);
    for known in vendors(root, &[]).map_err(because)? {
        let spec = Spec::load(root, &known).map_err(because)?;
        specs.insert(known, spec);
    }
    let mut all = BTreeMap::new();
    for (name, spec) in &specs {
        all.insert(name.as_str(), facts(spec).map_err(because)?);
    }
    let links = vendor_pages::with_links(
        &read(root, vendor_pages::SUMMARY)?,
        all.iter().map(|(name, facts)| (*name, facts)),
    );
    let tables = with_tables(&read(root, PAGE)?, &all.into_values().collect::<Vec<_>>());
    let marked = |page: &'static str, text: Option<String>| match text {
        Some(text) => Ok((page, text)),
        None => Err(Refused::because(format!(
            "{page} lacks the markers of what is generated"
        ))),
    };
    Ok([marked(PAGE, tables)?, marked(vendor_pages::SUMMARY, links)?])
}

/// Formats Rust with rustfmt, since line breaks depend on the length of the name. Unchanged without rustfmt.
fn formatted(root: &Path, code: String) -> String {
    let run = || -> io::Result<Option<String>> {
        let mut rustfmt = Command::new("rustfmt")
            .args(["--edition", "2024", "--config-path"])
            .arg(root)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        // Dropped at the end of the statement, which closes rustfmt's input.
        rustfmt
            .stdin
            .take()
            .map_or(Ok(()), |mut input| input.write_all(code.as_bytes()))?;
        let output = rustfmt.wait_with_output()?;
        Ok(output
            .status
            .success()
            .then(|| String::from_utf8(output.stdout).ok())
            .flatten())
    };
    run().ok().flatten().unwrap_or(code)
}

//! The result of one run: files read, findings, and unreadable files.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;

use crate::spec::lint::lint;
use crate::spec::rules::Finding;
use crate::spec::{SpecError, vendors, visible};

/// The result of one run.
#[derive(Serialize)]
pub(super) struct Report {
    pub(super) files: usize,
    pub(super) findings: Vec<Finding>,
    pub(super) unreadable: Vec<Unreadable>,
}

#[derive(Serialize)]
pub(super) struct Unreadable {
    pub(super) file: String,
    pub(super) reason: String,
}

impl From<SpecError> for Unreadable {
    fn from(error: SpecError) -> Self {
        Self {
            file: error.file,
            reason: error.reason,
        }
    }
}

/// The result for one file.
fn read_one(file: &str, root: &Path) -> Result<Vec<Finding>, SpecError> {
    // A path is relative to the caller's folder, a vendor's file to the repository. `join` keeps absolute paths.
    let path = if Path::new(file).exists() {
        Path::new(file).to_owned()
    } else {
        root.join(file)
    };
    let text = std::fs::read_to_string(path).map_err(|error| SpecError {
        file: file.to_owned(),
        pointer: String::new(),
        reason: error.to_string(),
    })?;
    lint(file, &text)
}

impl Report {
    /// Lints the requested files, or all.
    pub(super) fn read(requested: &[String], root: &Path) -> Report {
        let mut report = Report {
            files: 0,
            findings: Vec::new(),
            unreadable: Vec::new(),
        };
        let mut files: Vec<String> = Vec::new();
        let is_path = |name: &&String| name.contains(['/', '\\']) || Path::new(name).extension().is_some();
        let (paths, names): (Vec<&String>, Vec<&String>) = requested.iter().partition(is_path);
        files.extend(paths.into_iter().cloned());
        // Each separately, so that one unknown vendor does not hide the others.
        let groups: Vec<Vec<String>> = names.into_iter().map(|name| vec![name.clone()]).collect();
        for group in if requested.is_empty() { vec![Vec::new()] } else { groups } {
            match vendors(root, &group) {
                Ok(vendors) => files.extend(vendors.iter().map(|vendor| format!("specs/{vendor}.yaml"))),
                Err(error) => report.unreadable.push(error.into()),
            }
        }
        files.sort();
        files.dedup();
        std::thread::scope(|scope| {
            let threads: Vec<_> = files.iter().map(|file| scope.spawn(|| read_one(file, root))).collect();
            for thread in threads {
                // Propagates a panic as if there were no threads.
                match thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)) {
                    Ok(findings) => {
                        report.files += 1;
                        report.findings.extend(findings);
                    }
                    Err(error) => report.unreadable.push(error.into()),
                }
            }
        });
        report
    }

    /// The report as text.
    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        for Finding {
            file,
            line,
            pointer,
            rule,
            reason,
            fix,
        } in &self.findings
        {
            let place = if pointer.is_empty() { "/" } else { pointer.as_str() };
            let [file, place, reason, fix] = [file, place, reason, fix].map(visible);
            let _ = writeln!(text, "{file}:{line}: {place}: {reason} [{rule}]\n    fix: {fix}");
        }
        let _ = match self.findings.len() {
            0 => writeln!(text, "specs read: {}, nothing found", self.files),
            found => writeln!(text, "specs read: {}, findings: {found}", self.files),
        };
        text
    }
}

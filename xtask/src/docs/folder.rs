//! A folder of pages, such as a clone of a vendor's documentation repository.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::desk::Desk;
use super::report::{Folder, Report, State};
use crate::spec::SpecError;

/// Endings of files that may hold a page or a document.
const ENDINGS: [&str; 8] = ["html", "htm", "md", "mdx", "txt", "json", "yaml", "yml"];

/// The files in a folder that may be pages, at any depth, in the order of their names.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in folder.read_dir()? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            // A link may lead in a circle.
            if name.starts_with('.') || path.is_symlink() {
                continue;
            }
            let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
            if path.is_dir() {
                open.push(path);
            } else if ENDINGS.contains(&ending.as_str()) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The reports on the pages in a folder, and a count of the rest: a documentation repository holds many pages that are
/// none of the spec's.
///
/// # Errors
/// When a page cannot be compared.
pub(super) fn read(desk: &Desk, folder: &Path, files: &[PathBuf]) -> Result<(Vec<Report>, Folder), SpecError> {
    let name = |path: &Path| path.display().to_string();
    let named: BTreeSet<String> = files.iter().filter_map(|path| desk.by_path(&name(path))).collect();
    let mut reports = Vec::new();
    let mut summary = Folder {
        folder: name(folder),
        files: files.len(),
        other: 0,
        missing: Vec::new(),
    };
    for path in files {
        let file = name(path);
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                reports.push(Report::without(&file, None, State::CannotRead, error.to_string()));
                continue;
            }
        };
        let by_path = desk.by_path(&file);
        let mut report = desk.report(&file, &bytes, None)?;
        // What is only like a page that another file is by its path is a page of its own.
        if by_path.is_none() && report.page.as_ref().is_some_and(|page| named.contains(page)) {
            report.page = None;
        }
        if report.page.is_some() {
            reports.push(report);
        } else if desk.facts(&bytes).is_ok_and(|facts| desk.concerns(&facts)) {
            let reason =
                "it lists models like those of the spec, and is none of x-pages: add it, or name it with --page";
            let mut unlisted = Report::without(&file, None, State::Unlisted, reason.to_owned());
            unlisted.read = report.read;
            reports.push(unlisted);
        } else {
            summary.other += 1;
        }
    }
    let found: BTreeSet<&String> = reports.iter().filter_map(|report| report.page.as_ref()).collect();
    summary.missing = desk.pages().into_iter().filter(|page| !found.contains(page)).collect();
    Ok((reports, summary))
}

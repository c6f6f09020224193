//! Which snapshots changed, and what each kind of snapshot shows.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use crate::spec::source::{Kind, Source, SourceError, git};

use super::stale::FOLDER;

/// Kinds of snapshots, in the order in which a reviewer reads them.
const KINDS: [(&str, &str); 8] = [
    (
        "surface",
        "the generated Rust, one line for each method, field and enum, and the models",
    ),
    ("wire", "the request for each case"),
    ("refused", "the requests that are rejected, and why"),
    ("tasks", "the tasks that the facade reads from responses"),
    ("errors", "the errors that the facade reads from responses"),
    ("public", "the public items of the handwritten crates"),
    ("schemas", "the JSON Schemas of the facade's own types"),
    ("screens", "what a terminal shows while and after a command runs"),
];

/// The snapshots that differ between two states, by vendor and kind.
///
/// # Errors
/// When git fails.
pub(super) fn list(old: &Source, new: &Source, root: &Path) -> Result<String, SourceError> {
    let revision = match (&old.kind, &new.kind) {
        (Kind::Revision(old), Kind::Revision(new)) => vec![old.as_str(), new.as_str()],
        (Kind::Revision(old), Kind::WorkingTree) => vec![old.as_str()],
        _ => return Ok(
            "Not compared: snapshots are only compared between git revisions, or between one and the working tree.\n"
                .to_owned(),
        ),
    };
    let unreadable = |error: String| SourceError::Unreadable {
        path: FOLDER.to_owned(),
        error: std::io::Error::other(error),
    };
    let mut arguments = vec![
        "-c",
        "core.quotepath=off",
        "diff",
        "--name-status",
        "--no-renames",
        "--relative",
    ];
    arguments.extend(&revision);
    arguments.extend(["--", FOLDER]);
    let mut files: Vec<(String, String)> = git(root, &arguments)
        .map_err(unreadable)?
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(status, file)| (file.to_owned(), verb(status).to_owned()))
        .collect();
    if new.kind == Kind::WorkingTree {
        let arguments = [
            "-c",
            "core.quotepath=off",
            "ls-files",
            "--others",
            "--exclude-standard",
            "--",
            FOLDER,
        ];
        let untracked = git(root, &arguments).map_err(unreadable)?;
        files.extend(untracked.lines().map(|file| (file.to_owned(), "added".to_owned())));
    }
    Ok(show(&files))
}

fn verb(status: &str) -> &'static str {
    match status {
        "A" => "added",
        "D" => "removed",
        _ => "changed",
    }
}

fn show(files: &[(String, String)]) -> String {
    // By vendor, then by kind in the order above; snapshots of no vendor are in one folder for each kind.
    let mut groups: BTreeMap<(String, usize, String), Vec<String>> = BTreeMap::new();
    for (file, verb) in files {
        let path = file.trim_start_matches(FOLDER).trim_start_matches('/');
        let segments: Vec<&str> = path.splitn(3, '/').collect();
        let (vendor, kind, name) = match segments.as_slice() {
            [vendor, kind, name] => (*vendor, *kind, *name),
            [kind, name] => ("all vendors", *kind, *name),
            _ => ("all vendors", "", path),
        };
        let rank = KINDS
            .iter()
            .position(|(known, _)| *known == kind)
            .unwrap_or(KINDS.len());
        let entry = format!("{verb} `{}`", name.trim_end_matches(".snap"));
        groups
            .entry((vendor.to_owned(), rank, kind.to_owned()))
            .or_default()
            .push(entry);
    }
    if groups.is_empty() {
        return "No snapshot changed.\n".to_owned();
    }
    let mut text = String::new();
    let mut last = String::new();
    for ((vendor, rank, kind), mut entries) in groups {
        if vendor != last {
            let gap = if last.is_empty() { "" } else { "\n" };
            let _ = writeln!(text, "{gap}### {vendor}\n");
            last = vendor;
        }
        entries.sort();
        let meaning = KINDS
            .get(rank)
            .map(|(_, meaning)| format!(" ({meaning})"))
            .unwrap_or_default();
        let _ = writeln!(text, "- **{kind}**{meaning}: {}", entries.join(", "));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn snapshots_are_grouped_by_vendor_and_kind() {
        let files = [
            ("tests/snapshots/toapis/wire/seedance-2.text.snap", "changed"),
            ("tests/snapshots/toapis/surface/client.snap", "changed"),
            ("tests/snapshots/toapis/wire/seedance-2.seed.snap", "added"),
            ("tests/snapshots/alltoken/odd/thing.snap", "removed"),
            ("tests/snapshots/schemas/task.snap", "changed"),
        ]
        .map(|(file, verb)| (file.to_owned(), verb.to_owned()));
        let text = show(&files);
        assert_eq!(
            text,
            "### all vendors\n\n\
             - **schemas** (the JSON Schemas of the facade's own types): changed `task`\n\n\
             ### alltoken\n\n\
             - **odd**: removed `thing`\n\n\
             ### toapis\n\n\
             - **surface** (the generated Rust, one line for each method, field and enum, and the models): changed `client`\n\
             - **wire** (the request for each case): added `seedance-2.seed`, changed `seedance-2.text`\n"
        );
    }
}

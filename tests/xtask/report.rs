//! `cargo xtask report`: the report for reviewers.

use std::fs;
use std::path::Path;

use crate::commands::xtask;
use crate::diff::revisions::{commit, edit, git, repository};
use crate::diff::snapshot;

mod exam;
mod versions;

fn report(args: &[&str], root: &Path) -> (u8, String, String) {
    let mut all = vec!["report"];
    all.extend(args);
    xtask(&all, root)
}

fn write(folder: &Path, file: &str, text: &str) {
    let path = folder.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A vendor's docs changed: the spec was edited, and snapshots updated.
fn changed() -> tempfile::TempDir {
    let folder = repository();
    let here = folder.path();
    for file in [
        "toapis/surface/client",
        "toapis/wire/seedance-2.text",
        "toapis/tasks/get.old",
    ] {
        write(here, &format!("tests/snapshots/{file}.snap"), "before\n");
    }
    commit(here);
    edit(here, "specs/toapis.yaml", "\n        ratio:", "\n        aspect_ratio:");
    edit(
        here,
        "specs/toapis.yaml",
        "duration: {min: 4, max: 15, default: 5}",
        "duration: {min: 4, max: 12, default: 5}",
    );
    edit(here, "specs/token360.yaml", "Text prompt.", "What is to be seen.");
    write(here, "tests/snapshots/toapis/wire/seedance-2.text.snap", "after\n");
    write(here, "tests/snapshots/toapis/refused/seedance-2.snap", "new\n");
    fs::remove_file(here.join("tests/snapshots/toapis/tasks/get.old.snap")).unwrap();
    folder
}

#[test]
fn the_report_has_verdict_wire_rust_models_and_snapshots() {
    let folder = changed();
    let (code, page, err) = report(&["HEAD"], folder.path());
    assert_eq!((code, err.as_str()), (0, ""));
    snapshot("report", &page);
}

#[test]
fn two_revisions_give_the_same_page_as_the_working_tree() {
    let folder = changed();
    let here = folder.path();
    let (_, working, _) = report(&["HEAD"], here);
    git(here, &["checkout", "--quiet", "-b", "work"]);
    commit(here);
    let (code, committed, _) = report(&["main", "work"], here);
    assert_eq!(code, 0);
    let plain = working.replace("HEAD → the working tree", "main → work");
    assert_eq!(committed, plain);
}

#[test]
fn every_section_reports_that_nothing_changed() {
    let folder = repository();
    let (code, page, _) = report(&["HEAD"], folder.path());
    assert_eq!(code, 0);
    for words in [
        "**Verdict: nothing changed**",
        "HEAD → the working tree: nothing changed.",
        "No name and no type changed.",
        "No limit changed.",
        "No snapshot changed.",
    ] {
        assert!(page.contains(words), "{page}");
    }
}

#[test]
fn a_spec_without_code_is_reported_and_still_compared() {
    let folder = repository();
    let here = folder.path();
    edit(
        here,
        "specs/token360.yaml",
        "operationId: get_video\n",
        "operationId: GetVideo\n",
    );
    let (code, page, _) = report(&["HEAD"], here);
    assert_eq!(code, 0);
    assert!(page.contains("get_video: renamed to `GetVideo`"), "{page}");
    assert!(
        page.contains("**No code can be generated from the new spec:** specs/token360.yaml: "),
        "{page}"
    );
    assert!(page.contains("`GetVideo` is not snake_case"), "{page}");
}

#[test]
fn the_page_goes_to_a_file_and_folders_have_no_snapshots() {
    let folder = changed();
    let here = folder.path();
    let file = here.join("target/new/report.md");
    let (code, out, _) = report(&["HEAD", "--out", &file.display().to_string()], here);
    assert_eq!((code, out.as_str()), (0, ""));
    assert!(
        fs::read_to_string(&file)
            .unwrap()
            .starts_with("# Changes for clients\n")
    );
    let specs = here.join("specs").display().to_string();
    let (code, out, _) = report(&["HEAD", &specs], here);
    assert_eq!(code, 0);
    assert!(out.contains("Not compared: snapshots are only compared"), "{out}");
    // A place that cannot be written, and a side that cannot be read.
    let (code, _, err) = report(&["HEAD", "--out", &format!("{specs}/toapis.yaml/report.md")], here);
    assert_eq!(code, 100, "{err}");
    assert!(err.contains("report.md"), "{err}");
    assert_eq!(report(&["nosuch"], here).0, 100);
}

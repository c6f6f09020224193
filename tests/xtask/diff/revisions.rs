//! Git revisions, in a repository of the test's own.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::mutants::specs;
use crate::commands::{frozen, xtask};

pub(crate) fn git(folder: &Path, arguments: &[&str]) {
    let output = Command::new("git")
        .args([
            "-c",
            "user.name=Tester",
            "-c",
            "user.email=tester@example.com",
            "-c",
            "commit.gpgsign=false",
            "-C",
        ])
        .arg(folder)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// A repository whose main branch has all specs.
pub(crate) fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("specs")).unwrap();
    for spec in specs() {
        fs::copy(frozen().join(&spec.file), folder.path().join(&spec.file)).unwrap();
    }
    git(folder.path(), &["init", "--quiet", "--initial-branch=main"]);
    commit(folder.path());
    folder
}

pub(crate) fn commit(folder: &Path) {
    git(folder, &["add", "--all"]);
    git(folder, &["commit", "--quiet", "--message", "a state"]);
}

pub(crate) fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(folder.join(file)).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(folder.join(file), text.replacen(from, to, 1)).unwrap();
}

#[test]
fn git_revisions_are_compared_and_the_merge_base_is_the_default() {
    let folder = repository();
    let here = folder.path();
    let run = |args: &[&str]| {
        let mut all = vec!["diff"];
        all.extend(args);
        let (code, out, err) = xtask(&all, here);
        assert_eq!(err, "");
        (code, out)
    };
    // On main, uncommitted work is compared with the last commit.
    assert_eq!(run(&[]).0, 0);
    edit(here, "specs/toapis.yaml", "\n        ratio:", "\n        aspect_ratio:");
    let (code, out) = run(&[]);
    assert_eq!(code, 2, "{out}");
    assert!(out.contains("HEAD → the working tree: 1 breaking"), "{out}");
    // On a branch, everything since the merge base, regardless of later commits on main.
    git(here, &["checkout", "--quiet", "-b", "work"]);
    commit(here);
    git(here, &["checkout", "--quiet", "main"]);
    edit(here, "specs/alltoken.yaml", "\n        seed:", "\n        random_seed:");
    commit(here);
    git(here, &["checkout", "--quiet", "work"]);
    edit(here, "specs/token360.yaml", "Text prompt.", "What is to be seen.");
    let (code, out) = run(&[]);
    assert_eq!(code, 2);
    assert!(
        out.contains("(merge base with main) → the working tree: 1 breaking, 1 docs"),
        "{out}"
    );
    assert!(!out.contains("alltoken"), "{out}");
    // Revisions by name, both of them or the working tree against one.
    assert!(run(&["main", "work"]).1.contains("main → work: 2 breaking"));
    assert_eq!(run(&["work"]).0, 1);
    assert_eq!(run(&["work", "HEAD"]).0, 0);
    // A file against a revision is about that vendor only.
    let (code, out) = run(&["main", &here.join("specs/token360.yaml").display().to_string()]);
    assert_eq!((code, out.contains("toapis")), (1, false), "{out}");
    // A vendor that comes or goes as a whole.
    fs::remove_file(here.join("specs/alltoken.yaml")).unwrap();
    let (code, out) = run(&["work"]);
    assert_eq!((code, out.contains("the whole spec was removed")), (2, true), "{out}");
}

#[test]
fn outside_of_git_the_sides_must_be_named() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = xtask(&["diff"], folder.path());
    assert_eq!(code, 100);
    assert!(err.contains("nothing to compare with"), "{err}");
}

/// A missing merge base must not be reported as "nothing changed".
#[test]
fn a_missing_merge_base_is_an_error() {
    let folder = repository();
    let here = folder.path();
    git(here, &["checkout", "--quiet", "--orphan", "alone"]);
    // The same files at the same second would be the same commit.
    edit(here, "specs/token360.yaml", "Text prompt.", "What is to be seen.");
    commit(here);
    let (code, _, err) = xtask(&["diff"], here);
    assert_eq!(code, 100);
    assert!(
        err.contains("HEAD has no commit in common with main; is this a shallow clone?"),
        "{err}"
    );
    git(here, &["branch", "--quiet", "-D", "main"]);
    let (code, _, err) = xtask(&["diff"], here);
    assert_eq!(code, 100);
    assert!(
        err.contains("there is no branch origin/main or main; name a file"),
        "{err}"
    );
    assert_eq!(xtask(&["diff", "HEAD"], here).0, 0);
}

/// Invalid names of either side are an error of both commands, never "nothing changed".
#[test]
fn an_argument_that_names_no_state_is_an_error() {
    let folder = repository();
    let here = folder.path();
    fs::create_dir(here.join("empty")).unwrap();
    git(here, &["checkout", "--quiet", "--orphan", "bare"]);
    git(here, &["rm", "--quiet", "-r", "--cached", "."]);
    git(here, &["commit", "--quiet", "--allow-empty", "--message", "no specs"]);
    git(here, &["checkout", "--quiet", "--force", "main"]);
    for (name, reason) in [
        ("", "(an unset variable?)"),
        (" ", "(an unset variable?)"),
        ("\t\n", "(an unset variable?)"),
        ("nothing", "\"nothing\" is neither"),
        ("main ", "\"main \" is neither"),
        ("0000000000000000000000000000000000000000", "is neither"),
        ("main..bare", "\"main..bare\" is neither"),
        ("^main", "\"^main\" is neither"),
        ("HEAD:specs", "\"HEAD:specs\" is neither"),
        ("empty", "\"empty\" is neither"),
        ("bare", "the revision \"bare\" has no specs"),
        ("--help", "\"--help\" is neither"),
        ("-x", "\"-x\" is neither"),
        ("--output=file", "\"--output=file\" is neither"),
        ("\u{1b}[2J", "\"\\u{1b}[2J\" is neither"),
    ] {
        for command in ["diff", "report"] {
            for sides in [[name, "main"].as_slice(), &["main", name], &[name]] {
                let (code, out, err) = xtask(&[&[command, "--"], sides].concat(), here);
                assert_eq!((code, out.as_str()), (100, ""), "{command} {sides:?}: {err}");
                assert!(
                    err.starts_with("error: ") && err.contains(reason),
                    "{command} {sides:?}: {err}"
                );
            }
        }
    }
    for command in ["diff", "report"] {
        for (args, code) in [
            (&["-x"][..], 2),
            (&["--nothing"], 2),
            (&["main", "main", "main"], 2),
            (&["main", "main"], 0),
        ] {
            assert_eq!(xtask(&[&[command], args].concat(), here).0, code, "{command} {args:?}");
        }
    }
    // A working tree that lost its specs.
    fs::remove_dir_all(here.join("specs")).unwrap();
    let (code, out, err) = xtask(&["diff", "main"], here);
    assert_eq!((code, out.as_str()), (100, ""));
    assert!(err.contains("the working tree has no specs"), "{err}");
}

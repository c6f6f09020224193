//! Versions and changelog of the raw crates, and what a release needs, in a clone of this repository with a planted change.
// On Windows, `bash` may be that of another system.
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::commands::root;
use crate::diff::revisions::{commit, edit, git};

/// A clone whose last state is released as `v0.1.0`.
fn released() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let origin = format!("file://{}", root().display());
    git(
        Path::new("."),
        &[
            "clone",
            "--quiet",
            // The test sets its own tags.
            "--no-tags",
            "--depth",
            "1",
            &origin,
            folder.path().to_str().unwrap(),
        ],
    );
    let here = folder.path();
    // What is not committed yet is tested too.
    for file in [".ci/versions", ".ci/release", "CHANGELOG.md", "Cargo.toml"] {
        fs::copy(root().join(file), here.join(file)).unwrap();
    }
    fs::write(here.join("CHANGELOG.md"), CHANGELOG).unwrap();
    let version = format!("version = \"{}\"", env!("CARGO_PKG_VERSION"));
    let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
    // Also that of each crate among the dependencies.
    let manifest = manifest.replace(&version, "version = \"0.1.0\"");
    fs::write(here.join("Cargo.toml"), manifest).unwrap();
    commit(here);
    git(here, &["tag", "v0.1.0"]);
    folder
}

const CHANGELOG: &str =
    "# Changelog\n\n## [Unreleased]\n\n### videogen\n\n- A new call\n\n## [0.1.0]\n\nThe first version.\n";

/// The step of CI.
fn step(here: &Path) -> (i32, String) {
    script(here, "versions", &[])
}

/// A script of `.ci`: its exit code, and what it printed.
fn script(here: &Path, name: &str, args: &[&str]) -> (i32, String) {
    let output = Command::new("bash")
        .arg(here.join(".ci").join(name))
        .args(args)
        .env("XTASK", env!("CARGO_BIN_EXE_xtask"))
        .output()
        .unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.code().unwrap(), text)
}

/// A model takes less than before.
fn narrow(here: &Path) {
    let spec = fs::read_to_string(here.join("specs/toapis.yaml")).unwrap();
    let limit = spec
        .lines()
        .find(|line| line.contains("duration: {min: 4, max: 15"))
        .unwrap();
    edit(here, "specs/toapis.yaml", limit, &limit.replace("max: 15", "max: 12"));
}

#[test]
fn a_breaking_change_of_a_spec_fails_until_the_version_is_raised() {
    let folder = released();
    let here = folder.path();
    assert_eq!(step(here), (0, "compared with v0.1.0:\nno spec changed\n".to_owned()));

    narrow(here);
    commit(here);
    let (code, text) = step(here);
    assert_eq!(code, 1, "{text}");
    let too_small = "videogen-raw-toapis: 0.1.0 → 0.1.0 is too small: 1 breaking, such as\n";
    assert!(text.contains(too_small) && text.contains("to 0.2.0 or later"), "{text}");

    // A third number is not enough.
    edit(here, "Cargo.toml", "version = \"0.1.0\"", "version = \"0.1.1\"");
    assert_eq!(step(here).0, 1);
    edit(here, "Cargo.toml", "version = \"0.1.1\"", "version = \"0.2.0\"");
    let (code, text) = step(here);
    assert_eq!(code, 0, "{text}");
    assert!(
        text.contains("videogen-raw-toapis: 0.1.0 → 0.2.0 suffices (breaking)"),
        "{text}"
    );

    // Twice, because the entry is replaced.
    for _ in 0..2 {
        let (code, out, err) = super::report(&["v0.1.0", "--changelog"], here);
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (0, "CHANGELOG.md: 1 raw crates changed\n", "")
        );
    }
    let text = fs::read_to_string(here.join("CHANGELOG.md")).unwrap();
    let (unreleased, released) = text.split_once("\n## [0.1.0]\n").unwrap();
    assert_eq!(released, "\nThe first version.\n");
    assert!(
        unreleased.starts_with(
            "# Changelog\n\n## [Unreleased]\n\n### videogen\n\n- A new call\n\n### videogen-raw-toapis\n\n- **Breaking**: models' \
             duration: 4 to 15 s → 4 to 12 s ["
        ),
        "{unreleased}"
    );
    assert_eq!(unreleased.matches("### videogen-raw-toapis").count(), 1, "{unreleased}");
}

#[test]
fn without_a_release_there_is_nothing_to_compare() {
    let folder = released();
    git(folder.path(), &["tag", "--delete", "v0.1.0"]);
    let (code, text) = step(folder.path());
    assert_eq!(code, 0);
    assert!(text.starts_with("no release yet"), "{text}");
}

#[test]
fn a_prerelease_has_the_number_of_its_release() {
    let folder = released();
    let here = folder.path();
    narrow(here);
    edit(here, "Cargo.toml", "version = \"0.1.0\"", "version = \"0.1.1-rc.1\"");
    assert_eq!(step(here).0, 1);
    edit(
        here,
        "Cargo.toml",
        "version = \"0.1.1-rc.1\"",
        "version = \"0.2.0-rc.1\"",
    );
    let suffices = "compared with v0.1.0:\nvideogen-raw-toapis: 0.1.0 → 0.2.0-rc.1 suffices (breaking)\n";
    assert_eq!(step(here), (0, suffices.to_owned()));
    // The release is not compared with its prerelease.
    commit(here);
    git(here, &["tag", "v0.2.0-rc.1"]);
    edit(here, "Cargo.toml", "version = \"0.2.0-rc.1\"", "version = \"0.2.0\"");
    let (code, text) = step(here);
    assert!(code == 0 && text.starts_with("compared with v0.1.0:\n"), "{text}");
}

#[test]
fn all_that_a_release_lacks_is_named_at_once() {
    let folder = released();
    let here = folder.path();
    let repository = |value: &str| {
        let manifest = fs::read_to_string(here.join("Cargo.toml")).unwrap();
        let line = manifest.lines().find(|line| line.starts_with("repository = ")).unwrap();
        edit(here, "Cargo.toml", line, &format!("repository = \"{value}\""));
    };
    let page = |name: &str, text: &str| fs::write(here.join(name), text).unwrap();
    let pages = [
        "CONTRIBUTING.md",
        "README.md",
        "docs/getting-started.md",
        "docs/simulator.md",
        "docs/terminal.md",
        "crates/cli/README.md",
    ];
    for name in pages {
        page(name, "Install it.\n");
    }
    repository("https://example.com/videogen");
    page("CHANGELOG.md", "## [Unreleased]\n\n## [0.1.0] - 2026-11-29\n");
    let can = (0, "version 0.1.0 can be released\n".to_owned());
    assert_eq!(script(here, "release", &[]), can);
    assert_eq!(script(here, "release", &["v0.1.0"]), can);

    repository("");
    page("CHANGELOG.md", "The heading ## [0.1.0] - 2026-11-29 is not here.\n");
    for name in pages {
        page(name, "Nothing is published yet.\n");
    }
    let (code, text) = script(here, "release", &["v0.2.0"]);
    assert_eq!(code, 1, "{text}");
    let lacks = [
        "Cargo.toml: fill in repository",
        "add an empty [Unreleased]",
        "rename [Unreleased] to: ## [0.1.0]",
        "the tag v0.2.0 is not that of version 0.1.0",
    ];
    let lines = pages.map(|name| format!("{name}:1:Nothing is published yet."));
    for lack in lacks.into_iter().chain(lines.iter().map(String::as_str)) {
        assert!(text.contains(lack), "{lack}: {text}");
    }
    for line in [
        "Install it from a checkout with: cargo install --path crates/cli",
        "videogen = { path = \"videogen/crates/videogen\" }",
    ] {
        page("README.md", line);
        let (_, text) = script(here, "release", &[]);
        assert!(text.contains(&format!("README.md:1:{line}")), "{text}");
    }

    // The packages would take earlier ones of each other.
    let own = "[workspace.package]\nversion = \"0.1.0\"";
    edit(here, "Cargo.toml", own, &own.replace("0.1.0", "0.1.1"));
    let (_, text) = script(here, "release", &[]);
    assert!(text.contains("these are not of version 0.1.1:\n"), "{text}");
    assert!(text.contains("videogen-wire = {"), "{text}");
}

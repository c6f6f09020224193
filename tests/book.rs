//! The documents: each page is in the book, each link leads somewhere, and each test that they name exists.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::specs::root;

/// The pages of the book, from `docs`.
fn pages() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for folder in ["docs", "docs/vendors"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let name = path.strip_prefix(root().join("docs")).unwrap();
                found.insert(name.display().to_string().replace('\\', "/"));
            }
        }
    }
    assert!(found.remove("SUMMARY.md"));
    found
}

#[test]
fn every_page_is_in_the_book() {
    let summary = fs::read_to_string(root().join("docs/SUMMARY.md")).unwrap();
    let link = Regex::new(r"\]\(([^)]+)\)").unwrap();
    let listed: BTreeSet<String> = link.captures_iter(&summary).map(|found| found[1].to_owned()).collect();
    assert_eq!(listed, pages());
    assert!(listed.len() > 15, "{listed:?}");
}

/// All documents that people read, from the root.
fn documents() -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = pages().iter().map(|page| Path::new("docs").join(page)).collect();
    all.extend(
        [
            "README.md",
            "ARCHITECTURE.md",
            "CONTRIBUTING.md",
            "SECURITY.md",
            "BENCHMARKS.md",
            "specs/README.md",
        ]
        .map(PathBuf::from),
    );
    all
}

/// The text outside of code blocks.
fn prose(text: &str) -> String {
    let mut is_code = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        is_code ^= fence;
        !is_code && !fence
    });
    lines.fold(String::new(), |text, line| text + line + "\n")
}

/// The anchors of a document's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let title = line.trim_start_matches('#').trim().to_lowercase();
        let kept = title
            .chars()
            .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect::<String>()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    let link = Regex::new(r"\]\(([^)\s]+)\)").unwrap();
    let docs = root().join("docs").canonicalize().unwrap();
    let (mut wrong, mut seen) = (Vec::new(), 0);
    for document in documents() {
        let text = fs::read_to_string(root().join(&document)).unwrap();
        for found in link.captures_iter(&prose(&text)) {
            let target = &found[1];
            if target.contains("://") {
                continue;
            }
            seen += 1;
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = match file {
                "" => root().join(&document),
                file => root().join(&document).parent().unwrap().join(file),
            };
            // A page of the book may only lead to another one: nothing else is published with it.
            let is_page = document.starts_with("docs");
            let leaves = is_page && !path.canonicalize().is_ok_and(|path| path.starts_with(&docs));
            let leads = path.exists()
                && !leaves
                && (anchor.is_empty() || anchors(&fs::read_to_string(&path).unwrap_or_default()).contains(anchor));
            if !leads {
                wrong.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "these links lead nowhere:\n{}", wrong.join("\n"));
    assert!(seen > 100, "{seen}");
}

/// Each promise names tests that exist, after their file.
#[test]
fn the_guarantees_name_tests_that_exist() {
    let page = fs::read_to_string(root().join("docs/guarantees.md")).unwrap();
    let file_and_tests = Regex::new(r"`(tests/[a-z_/]+\.rs)`:((?:,? `[a-z0-9_]+`)+)").unwrap();
    let name = Regex::new(r"`([a-z0-9_]+)`").unwrap();
    let mut seen = 0;
    let mut wrong = Vec::new();
    let promises = page
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| promise"));
    for promise in promises {
        let tests: Vec<(String, String)> = file_and_tests
            .captures_iter(promise)
            .flat_map(|found| {
                let tests = name.captures_iter(found.get(2).unwrap().as_str());
                tests
                    .map(move |test| (test[1].to_owned(), found[1].to_owned()))
                    .collect::<Vec<_>>()
            })
            .collect();
        seen += tests.len();
        if tests.is_empty() {
            wrong.push(format!("no test: {promise}"));
        }
        for (test, file) in tests {
            let text = fs::read_to_string(root().join(&file)).unwrap_or_default();
            let is_test = Regex::new(&format!(
                r"#\[(tokio::)?test[^\n]*\]\n(#\[[^\n]*\n)*(async )?fn {test}\("
            ))
            .unwrap();
            if !is_test.is_match(&text) {
                wrong.push(format!("{file} has no test {test}"));
            }
        }
    }
    assert!(wrong.is_empty(), "docs/guarantees.md:\n{}", wrong.join("\n"));
    assert!(seen > 30, "{seen}");
}

#[test]
fn the_documents_state_the_rust_version() {
    let text = |file: &str| fs::read_to_string(root().join(file)).unwrap();
    let manifest = text("Cargo.toml");
    let version = manifest
        .lines()
        .find_map(|line| line.strip_prefix("rust-version = \""))
        .unwrap();
    let stated = format!("stable Rust ({} or later)", version.trim_end_matches('"'));
    for file in ["README.md", "docs/getting-started.md"] {
        let text = text(file).split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(&stated), "{file} must have: {stated}");
    }
}

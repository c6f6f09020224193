//! Specs that `cargo xtask lint` accepts become Rust that compiles; others are rejected, with the place and a fix.
//!
//! Each case is `lint/base.yaml` with one change, or a frozen spec.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::spec::Spec;
use xtask::spec::lint::lint;
use xtask::spec::raw::raw_crate_of;
use xtask::spec::raw::repeated;

use super::commands::{frozen, root, xtask};

mod calls;
mod names;

/// The expected outcome: the findings' rule and pointer, or acceptance.
type Expected = Option<(&'static str, &'static str)>;

/// Name, text of the spec, and the expected outcome.
type Case = (String, String, Expected);

fn refused(rule: &'static str, pointer: &'static str) -> Expected {
    Some((rule, pointer))
}

const ACCEPTED: Expected = None;

fn base() -> String {
    fs::read_to_string(root().join("tests/xtask/lint/base.yaml")).unwrap()
}

fn change(from: &str, to: &str) -> String {
    let base = base();
    assert!(base.contains(from), "{from}");
    base.replacen(from, to, 1)
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    names::add(&mut cases);
    calls::add(&mut cases);
    let several = fs::read_to_string(frozen().join("specs/studio.yaml")).unwrap();
    cases.push(("two bodies on one path".to_owned(), several, ACCEPTED));
    cases
}

#[test]
fn specs_that_would_not_compile_are_rejected_and_others_are_valid() {
    let mut wrong = String::new();
    for (name, text, expected) in cases() {
        let findings = lint("specs/example.yaml", &text).unwrap();
        let generated = Spec::parse("example", &text).and_then(|spec| raw_crate_of(&spec));
        match expected {
            Some((rule, pointer)) => {
                let is_found =
                    |finding: &xtask::spec::rules::Finding| finding.rule == rule && finding.pointer.ends_with(pointer);
                if !findings.iter().any(is_found) {
                    let _ = writeln!(wrong, "{name}: not {rule} at {pointer}: {findings:#?}");
                }
                for finding in &findings {
                    assert!(
                        finding.line > 0 && !finding.reason.is_empty() && !finding.fix.is_empty(),
                        "{finding:?}"
                    );
                }
            }
            None if !findings.is_empty() => {
                let _ = writeln!(wrong, "{name}: refused: {findings:#?}");
            }
            None => {
                for (file, text) in generated.unwrap() {
                    if file.extension().is_some_and(|ending| ending == "rs") {
                        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
                        assert_eq!(repeated::first(&parsed), None, "{name}: {}", file.display());
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Control characters of a spec do not reach the terminal.
#[test]
fn findings_show_invisible_characters_as_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.yaml");
    fs::write(&file, names::properties(&["\"a\\u202e\\u001bb\""])).unwrap();
    let (code, out, _) = xtask(&["lint", &file.display().to_string()], root());
    assert_eq!(code, 1);
    assert!(out.contains("properties/a\\u{202e}\\u{1b}b"), "{out}");
    assert!(!out.contains('\u{202e}') && !out.contains('\u{1b}'), "{out}");
}

/// All accepted cases, as modules of one crate.
#[test]
#[ignore = "compiles a crate; .ci/run runs it"]
fn accepted_specs_compile() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src");
    fs::create_dir(&source).unwrap();
    let mut library = String::from("#![allow(warnings)]\n");
    let accepted = cases().into_iter().filter(|(_, _, expected)| expected.is_none());
    for (index, (name, text, _)) in accepted.enumerate() {
        let spec = Spec::parse("example", &text).unwrap();
        let _ = writeln!(library, "// {}\npub mod case_{index};", name.escape_debug());
        for (file, text) in raw_crate_of(&spec).unwrap() {
            let Ok(file) = file.strip_prefix("src") else { continue };
            let (into, name) = match file.to_str() {
                Some("lib.rs") => (source.clone(), format!("case_{index}.rs")),
                _ => (source.join(format!("case_{index}")), file.display().to_string()),
            };
            fs::create_dir_all(&into).unwrap();
            let text = ["enums", "forms"].iter().fold(text, |text, module| {
                text.replace(
                    &format!("crate::{module}::"),
                    &format!("crate::case_{index}::{module}::"),
                )
            });
            fs::write(into.join(name), text).unwrap();
        }
    }
    fs::write(source.join("lib.rs"), library).unwrap();
    // The versions and features of the workspace, so that existing builds are reused.
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let workspace = workspace.split_once("[workspace.dependencies]").unwrap().1;
    let workspace = workspace.split("\n[").next().unwrap();
    let manifest = fs::read_to_string(root().join("crates/raw/toapis/Cargo.toml")).unwrap();
    let dependencies = manifest
        .split_once("[dependencies]")
        .unwrap()
        .1
        .split("\n[")
        .next()
        .unwrap();
    let manifest = format!(
        "[package]\nname = \"accepted\"\nedition = \"2024\"\n[dependencies]{dependencies}\n[workspace]\n[workspace.dependencies]{}",
        workspace.replace("path = \"", &format!("path = \"{}/", root().display()))
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("accepted");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

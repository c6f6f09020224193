//! `cargo xtask diff`: a corpus of drifts, each with the judgement it must get.

use std::fs;

use serde_json::{Value, json};
use xtask::spec::Spec;
use xtask::spec::changes::show::{Diff, Format};
use xtask::spec::changes::{Judgement, diff};
use xtask::spec::raw::raw_crate_of;
use xtask::spec::raw::surface::surface;

use self::mutants::{mutants, mutate, put, specs};
use crate::commands::{frozen, root, xtask};

pub(crate) mod mutants;
pub(crate) mod revisions;

fn compare(old: &Spec, new: &Spec) -> Diff {
    Diff {
        old: "old".to_owned(),
        new: "new".to_owned(),
        changes: diff(old, new),
    }
}

#[test]
fn every_drift_of_the_corpus_is_judged_as_labelled() {
    let (specs, mutants) = (specs(), mutants());
    assert!(mutants.len() >= 70, "{}", mutants.len());
    let mut wrong = Vec::new();
    for mutant in &mutants {
        let (old, new) = mutate(&specs, mutant);
        let found = compare(&old, &new);
        let text = found.show(Format::Text);
        let judgement = found
            .verdict()
            .map_or_else(|| "none".to_owned(), |judgement| judgement.to_string());
        let missing: Vec<&String> = mutant
            .says
            .iter()
            .filter(|words| !text.contains(words.as_str()))
            .collect();
        if judgement != mutant.judgement || found.changes.len() != mutant.lines || !missing.is_empty() {
            let (name, wanted, lines) = (&mutant.name, &mutant.judgement, mutant.lines);
            wrong.push(format!(
                "{name}: wanted {wanted}, {lines} lines, {missing:?}; got {judgement}:\n{text}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        mutants.len(),
        wrong.join("\n")
    );
}

/// Reverting a drift is a change too.
#[test]
fn reverting_a_drift_is_a_change() {
    let specs = specs();
    for mutant in mutants() {
        let (old, new) = mutate(&specs, &mutant);
        assert_eq!(diff(&new, &old).is_empty(), mutant.lines == 0, "{}", mutant.name);
    }
}

#[test]
fn no_spec_differs_from_itself() {
    for spec in specs() {
        assert!(diff(&spec, &spec.clone()).is_empty());
    }
}

/// The places of all leaves of a document or, with `inner`, of everything in it.
fn places(value: &Value, place: &str, inner: bool, found: &mut Vec<String>) {
    let leaf = match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(list) => list.is_empty(),
        _ => true,
    };
    if (leaf || inner) && !place.is_empty() {
        found.push(place.to_owned());
    }
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                places(value, &format!("{place}/{}", xtask::spec::escape(key)), inner, found);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                places(value, &format!("{place}/{index}"), inner, found);
            }
        }
        _ => {}
    }
}

/// Changing any leaf of any spec is reported.
#[test]
fn every_difference_is_reported() {
    let mut unseen = Vec::new();
    for spec in specs() {
        let mut all = Vec::new();
        places(&spec.doc, "", false, &mut all);
        // Samples every part of a spec; testing every leaf would take half a minute in a debug build.
        for pointer in all.iter().step_by(23) {
            let mut new = spec.clone();
            let changed = match spec.doc.pointer(pointer).unwrap() {
                Value::Bool(flag) => Value::Bool(!flag),
                Value::Number(number) => (number.as_i64().unwrap_or(0) + 1).into(),
                Value::String(text) if pointer.ends_with("$ref") => {
                    // Another existing component of the same kind.
                    let (kind, name) = text.trim_start_matches('#').rsplit_once('/').unwrap();
                    let mut others = spec.doc.pointer(kind).unwrap().as_object().unwrap().keys();
                    let Some(other) = others.find(|other| *other != name) else {
                        continue;
                    };
                    format!("#{kind}/{other}").into()
                }
                Value::String(text) => format!("{text}-x").into(),
                other => format!("{other}").into(),
            };
            put(&mut new.doc, pointer, changed);
            if diff(&spec, &new).is_empty() {
                unseen.push(format!("{}{pointer}", spec.vendor));
            }
        }
    }
    assert!(unseen.is_empty(), "{}", unseen.join("\n"));
}

/// A spec that is being edited may have any content; comparing it must not panic.
#[test]
fn odd_documents_are_compared_without_a_panic() {
    let odd = [
        json!(null),
        json!(18_446_744_073_709_551_615_u64),
        json!("x"),
        json!([[]]),
        json!({"": {}}),
    ];
    for spec in specs() {
        let mut all = Vec::new();
        places(&spec.doc, "", true, &mut all);
        for (index, pointer) in all.iter().enumerate().step_by(61) {
            let mut new = spec.clone();
            put(&mut new.doc, pointer, odd[index % odd.len()].clone());
            let _ = diff(&spec, &new);
            let _ = diff(&new, &spec);
        }
    }
}

/// The reported Rust names exist in the generated surface.
#[test]
fn names_are_those_of_the_generated_code() {
    for spec in specs() {
        let text = surface(&raw_crate_of(&spec).unwrap()).unwrap();
        for (name, schema) in spec.schemas() {
            for (property, _) in xtask::spec::members(schema.get("properties")) {
                let reported = xtask::spec::changes::names::field(name, property);
                let reported = reported.trim_start_matches("types::").replace("::", ".");
                let line = |line: &str| {
                    line.strip_prefix(&reported)
                        .is_some_and(|rest| rest.starts_with([':', ' ']))
                };
                assert!(
                    text.lines().any(line),
                    "{reported} is not in the surface of {}",
                    spec.vendor
                );
            }
        }
    }
}

/// One diff with a change of each judgement, in each output format.
fn several() -> Diff {
    let (specs, mutants) = (specs(), mutants());
    let old = specs.iter().find(|spec| spec.vendor == "toapis").unwrap();
    let mut new = old.clone();
    for name in [
        "an optional field gets another name",
        "a new status",
        "the same limit of several models is one line",
        "an error is no longer listed",
        "links expire sooner",
        "a rate limit is raised",
        "a path moves",
    ] {
        let mutant = mutants.iter().find(|mutant| mutant.name == name).unwrap();
        mutant.edits.iter().for_each(|edit| edit.apply(&mut new.doc));
    }
    compare(old, &new)
}

/// Compares a snapshot in `snapshots/<name>.snap`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn the_text_format() {
    snapshot("diff.text", &several().show(Format::Text));
}

#[test]
fn the_markdown_format() {
    snapshot("diff.markdown", &several().show(Format::Markdown));
}

#[test]
fn the_json_format() {
    let text = several().show(Format::Json);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["verdict"], "breaking");
    snapshot("diff.json", &text);
}

#[test]
fn exit_codes_match_the_verdict() {
    let frozen = frozen();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let text = fs::read_to_string(frozen.join("specs/token360.yaml")).unwrap();
    let write = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(path(name), text.replacen(from, to, 1)).unwrap();
    };
    write("same.yaml", "# ", "# # ");
    write("docs.yaml", "Text prompt.", "What is to be seen.");
    write("breaking.yaml", "\n        watermark:", "\n        mark:");
    write("odd.yaml", "openapi:", "- openapi:");
    let spec = "specs/token360.yaml";
    for (name, code) in [
        ("same", 0),
        ("docs", 1),
        ("breaking", 2),
        ("odd", 100),
        ("missing", 100),
    ] {
        let (got, out, err) = xtask(&["diff", spec, &path(&format!("{name}.yaml"))], &frozen);
        assert_eq!(got, code, "{name}: {out}{err}");
        assert_eq!(err.is_empty(), code != 100, "{err}");
    }
    let (_, _, err) = xtask(&["diff", "nosuch"], &frozen);
    assert!(
        err.contains("\"nosuch\" is neither a spec file, a folder of specs nor a git revision"),
        "{err}"
    );
    let (_, _, err) = xtask(&["diff", spec, &path("odd.yaml")], &frozen);
    assert!(err.contains("odd.yaml"), "{err}");
    // A single file is compared with its own vendor only, and needs one.
    let (code, out, _) = xtask(&["diff", spec], &frozen);
    assert_eq!((code, out.contains("nothing changed")), (0, true), "{out}");
    let (code, _, err) = xtask(&["diff", &path("docs.yaml")], &frozen);
    assert_eq!(
        (code, err.contains("there is no spec `docs` to compare with")),
        (100, true),
        "{err}"
    );
}

#[test]
fn help_documents_the_exit_codes() {
    let (code, out, _) = xtask(&["diff", "--help"], root());
    assert_eq!(code, 0);
    // However wide the terminal is.
    let out = out.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in ["0 no change", "1 changes", "2 breaking", "100 a state", "--format"] {
        assert!(out.contains(part), "{out}");
    }
}

#[test]
fn the_corpus_has_every_judgement() {
    for judgement in Judgement::WORST_FIRST {
        let word = judgement.to_string();
        let count = mutants().iter().filter(|mutant| mutant.judgement == word).count();
        assert!(count >= 5, "{word}: {count}");
    }
}

/// An entry that is like another one is compared with all its members, however it is written.
#[test]
fn an_entry_that_is_like_another_one_is_compared_as_a_whole() {
    let text = fs::read_to_string(frozen().join("specs/studio.yaml")).unwrap();
    let (before, rest) = text.split_once("  - id: studio-2-fast\n").unwrap();
    let (_, after) = rest.split_once("  - id: studio-1\n").unwrap();
    let short = "  - {id: studio-2-fast, like: studio-2, resolutions: [720p]}\n";
    let text_with_like = format!("{before}{short}  - id: studio-1\n{after}");
    let parse = |text: &str| Spec::parse("studio", text).unwrap();
    assert!(diff(&parse(&text), &parse(&text_with_like)).is_empty());

    let narrowed = text_with_like.replacen("duration: {min: 4, max: 15", "duration: {min: 4, max: 12", 1);
    let found = compare(&parse(&text), &parse(&narrowed));
    let shown = found.show(Format::Text);
    let line = "breaking   models' duration: 4 to 15 s → 4 to 12 s [studio-2, studio-2-fast]";
    assert!(shown.contains(line) && found.changes.len() == 1, "{shown}");
    assert!(!shown.contains("like"), "{shown}");
}

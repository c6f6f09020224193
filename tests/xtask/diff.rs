//! `cargo xtask diff`: a corpus of drifts, each with the judgement it must get.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;
use xtask::diff::show::{Diff, Format};
use xtask::diff::{Judgement, diff};
use xtask::generate::{raw_crate_of, vendors};
use xtask::spec::Spec;
use xtask::surface::surface;

use crate::commands::{root, xtask};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mutant {
    name: String,
    base: String,
    edits: Vec<Edit>,
    judgement: String,
    lines: usize,
    says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Edit {
    Set { set: String, to: Value },
    Remove { remove: String },
    Rename { rename: String, to: String },
    Move { r#move: String, to: String },
    Append { append: String, value: Value },
    Insert { insert: String, value: Value },
    Drop { drop: String, value: Value },
    Reverse { reverse: String },
}

impl Edit {
    fn apply(&self, doc: &mut Value) {
        match self {
            Self::Set { set, to } => put(doc, set, to.clone()),
            Self::Remove { remove } => drop(take(doc, remove)),
            Self::Rename { rename, to } => {
                let value = take(doc, rename);
                let (parent, _) = rename.rsplit_once('/').unwrap();
                let to = to.replace('~', "~0").replace('/', "~1");
                put(doc, &format!("{parent}/{to}"), value);
            }
            Self::Move { r#move, to } => {
                let value = take(doc, r#move);
                put(doc, to, value);
            }
            Self::Append { append, value } => list(doc, append).push(value.clone()),
            Self::Insert { insert, value } => {
                let (parent, index) = insert.rsplit_once('/').unwrap();
                list(doc, parent).insert(index.parse().unwrap(), value.clone());
            }
            Self::Drop { drop, value } => {
                let list = list(doc, drop);
                let before = list.len();
                list.retain(|entry| entry != value);
                assert_eq!(list.len() + 1, before, "{drop}");
            }
            Self::Reverse { reverse } => list(doc, reverse).reverse(),
        }
    }
}

/// The parent of a place, which must be there, and the last segment.
fn parent<'a>(doc: &'a mut Value, pointer: &str) -> (&'a mut Value, String) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = doc
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer} leads nowhere"));
    (parent, last.replace("~1", "/").replace("~0", "~"))
}

fn put(doc: &mut Value, pointer: &str, value: Value) {
    match parent(doc, pointer) {
        (Value::Array(list), index) => list[index.parse::<usize>().unwrap()] = value,
        (Value::Object(object), key) => drop(object.insert(key, value)),
        _ => panic!("{pointer} leads nowhere"),
    }
}

fn take(doc: &mut Value, pointer: &str) -> Value {
    match parent(doc, pointer) {
        (Value::Array(list), index) => list.remove(index.parse().unwrap()),
        (Value::Object(object), key) => object.remove(&key).unwrap_or_else(|| panic!("{pointer} leads nowhere")),
        _ => panic!("{pointer} leads nowhere"),
    }
}

fn list<'a>(doc: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    doc.pointer_mut(pointer)
        .and_then(Value::as_array_mut)
        .unwrap_or_else(|| panic!("{pointer} is no list"))
}

fn specs() -> Vec<Spec> {
    let vendors = vendors(root(), &[]).unwrap();
    vendors
        .iter()
        .map(|vendor| Spec::load(root(), vendor).unwrap())
        .collect()
}

fn mutants() -> Vec<Mutant> {
    let text = fs::read_to_string(root().join("tests/xtask/diff/mutants.yaml")).unwrap();
    let mutants: Vec<Mutant> = serde_saphyr::from_str(&text).unwrap();
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    assert_eq!(names.len(), mutants.len(), "two mutants have the same name");
    mutants
}

fn compare(old: &Spec, new: &Spec) -> Diff {
    Diff {
        old: "old".to_owned(),
        new: "new".to_owned(),
        changes: diff(old, new),
    }
}

fn mutate(specs: &[Spec], mutant: &Mutant) -> (Spec, Spec) {
    let old = specs.iter().find(|spec| spec.vendor == mutant.base).unwrap().clone();
    let mut new = old.clone();
    mutant.edits.iter().for_each(|edit| edit.apply(&mut new.doc));
    (old, new)
}

#[test]
fn every_drift_of_the_corpus_is_judged_as_its_label_says() {
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

/// What was said of a drift is said the other way round of its undoing: never nothing.
#[test]
fn undoing_a_drift_is_a_change_too() {
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

/// Any leaf of any spec that is changed or removed gives a change: nothing is outside what is compared.
#[test]
fn no_difference_goes_unseen() {
    fn leaves(value: &Value, place: &str, found: &mut Vec<String>) {
        match value {
            Value::Object(object) if !object.is_empty() => {
                for (key, value) in object {
                    leaves(value, &format!("{place}/{}", xtask::spec::escape(key)), found);
                }
            }
            Value::Array(list) if !list.is_empty() => {
                for (index, value) in list.iter().enumerate() {
                    leaves(value, &format!("{place}/{index}"), found);
                }
            }
            _ => found.push(place.to_owned()),
        }
    }
    let mut unseen = Vec::new();
    for spec in specs() {
        let mut all = Vec::new();
        leaves(&spec.doc, "", &mut all);
        // Every part of a spec is met; every single leaf would take minutes in a debug build.
        for pointer in all.iter().step_by(11) {
            let mut new = spec.clone();
            let changed = match spec.doc.pointer(pointer).unwrap() {
                Value::Bool(flag) => Value::Bool(!flag),
                Value::Number(number) => (number.as_i64().unwrap_or(0) + 1).into(),
                Value::String(text) if pointer.ends_with("$ref") => {
                    // Another component of the same kind, which is there.
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

/// The Rust names that are told exist in the generated surface.
#[test]
fn names_are_those_of_the_generated_code() {
    for spec in specs() {
        let text = surface(&raw_crate_of(&spec).unwrap()).unwrap();
        for (name, schema) in spec.schemas() {
            for (property, _) in xtask::spec::members(schema.get("properties")) {
                let told = xtask::diff::names::field(name, property);
                let told = told.trim_start_matches("types::").replace("::", ".");
                let line = |line: &str| {
                    line.strip_prefix(&told)
                        .is_some_and(|rest| rest.starts_with([':', ' ']))
                };
                assert!(
                    text.lines().any(line),
                    "{told} is not in the surface of {}",
                    spec.vendor
                );
            }
        }
    }
}

/// One diff with a change of each judgement, as a person, a program and a pull request get it.
fn several() -> Diff {
    let (specs, mutants) = (specs(), mutants());
    let old = specs.iter().find(|spec| spec.vendor == "toapis").unwrap();
    let mut new = old.clone();
    for name in [
        "an optional field gets another name",
        "a new status",
        "the same limit of several models is one line",
        "an error is no longer listed",
        "links die sooner",
        "a rate limit is raised",
        "a path moves",
    ] {
        let mutant = mutants.iter().find(|mutant| mutant.name == name).unwrap();
        mutant.edits.iter().for_each(|edit| edit.apply(&mut new.doc));
    }
    compare(old, &new)
}

/// Settles a snapshot into `snapshots/<name>.snap`.
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

#[test]
fn text_is_for_a_terminal() {
    snapshot("diff.text", &several().show(Format::Text));
}

#[test]
fn markdown_is_for_a_pull_request() {
    snapshot("diff.markdown", &several().show(Format::Markdown));
}

#[test]
fn json_is_for_a_program() {
    let text = several().show(Format::Json);
    let value: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["verdict"], "breaking");
    snapshot("diff.json", &text);
}

#[test]
fn exit_codes_tell_the_verdict() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let text = fs::read_to_string(root().join("specs/token360.yaml")).unwrap();
    let write = |name: &str, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        fs::write(path(name), text.replacen(from, to, 1)).unwrap();
    };
    write("same.yaml", "# ", "# # ");
    write("docs.yaml", "What the video shows.", "What is to be seen.");
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
        let (got, out, err) = xtask(&["diff", spec, &path(&format!("{name}.yaml"))], root());
        assert_eq!(got, code, "{name}: {out}{err}");
        assert_eq!(err.is_empty(), code != 100, "{err}");
    }
    let (_, _, err) = xtask(&["diff", "nosuch"], root());
    assert!(
        err.contains("`nosuch` is no spec file, no folder that holds any, and no git revision"),
        "{err}"
    );
    let (_, _, err) = xtask(&["diff", spec, &path("odd.yaml")], root());
    assert!(err.contains("odd.yaml"), "{err}");
    // A single file is compared with its own vendor only, and needs one.
    let (code, out, _) = xtask(&["diff", spec], root());
    assert_eq!((code, out.contains("nothing changed")), (0, true), "{out}");
    let (code, _, err) = xtask(&["diff", &path("docs.yaml")], root());
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
    for part in ["0 no change", "1 changes", "2 breaking", "100 a side", "--format"] {
        assert!(out.contains(part), "{out}");
    }
}

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
        fs::copy(root().join(&spec.file), folder.path().join(&spec.file)).unwrap();
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
    // On a branch, everything since it left main, whatever happened there meanwhile.
    git(here, &["checkout", "--quiet", "-b", "work"]);
    commit(here);
    git(here, &["checkout", "--quiet", "main"]);
    edit(here, "specs/alltoken.yaml", "\n        seed:", "\n        random_seed:");
    commit(here);
    git(here, &["checkout", "--quiet", "work"]);
    edit(
        here,
        "specs/token360.yaml",
        "What the video shows.",
        "What is to be seen.",
    );
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
    assert!(err.contains("cannot tell what to compare with"), "{err}");
}

#[test]
fn the_corpus_has_every_judgement() {
    for judgement in Judgement::WORST_FIRST {
        let word = judgement.to_string();
        let count = mutants().iter().filter(|mutant| mutant.judgement == word).count();
        assert!(count >= 5, "{word}: {count}");
    }
}

//! The labelled corpus: edits of the frozen specs.

use std::collections::BTreeSet;
use std::fs;

use serde::Deserialize;
use serde_json::Value;
use xtask::spec::Spec;
use xtask::spec::vendors;

use crate::commands::{frozen, root};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    pub(crate) name: String,
    pub(crate) base: String,
    pub(crate) edits: Vec<Edit>,
    pub(crate) judgement: String,
    #[serde(default)]
    pub(crate) lines: usize,
    pub(crate) says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub(crate) enum Edit {
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
    pub(crate) fn apply(&self, doc: &mut Value) {
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

/// The parent of a place, which must exist, and the last segment.
fn parent<'a>(doc: &'a mut Value, pointer: &str) -> (&'a mut Value, String) {
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = doc
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{pointer} does not exist"));
    (parent, last.replace("~1", "/").replace("~0", "~"))
}

pub(crate) fn put(doc: &mut Value, pointer: &str, value: Value) {
    match parent(doc, pointer) {
        (Value::Array(list), index) => list[index.parse::<usize>().unwrap()] = value,
        (Value::Object(object), key) => drop(object.insert(key, value)),
        _ => panic!("{pointer} does not exist"),
    }
}

fn take(doc: &mut Value, pointer: &str) -> Value {
    match parent(doc, pointer) {
        (Value::Array(list), index) => list.remove(index.parse().unwrap()),
        (Value::Object(object), key) => object
            .remove(&key)
            .unwrap_or_else(|| panic!("{pointer} does not exist")),
        _ => panic!("{pointer} does not exist"),
    }
}

fn list<'a>(doc: &'a mut Value, pointer: &str) -> &'a mut Vec<Value> {
    doc.pointer_mut(pointer)
        .and_then(Value::as_array_mut)
        .unwrap_or_else(|| panic!("{pointer} is not a list"))
}

pub(crate) fn specs() -> Vec<Spec> {
    let vendors = vendors(&frozen(), &[]).unwrap();
    vendors
        .iter()
        .map(|vendor| Spec::load(&frozen(), vendor).unwrap())
        .collect()
}

pub(crate) fn mutants() -> Vec<Mutant> {
    mutants_of("diff/mutants.yaml")
}

/// The mutants of a file in `tests/xtask`.
pub(crate) fn mutants_of(file: &str) -> Vec<Mutant> {
    let text = fs::read_to_string(root().join("tests/xtask").join(file)).unwrap();
    let mutants: Vec<Mutant> = serde_saphyr::from_str(&text).unwrap();
    let names: BTreeSet<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    assert_eq!(names.len(), mutants.len(), "two mutants have the same name");
    mutants
}

pub(crate) fn mutate(specs: &[Spec], mutant: &Mutant) -> (Spec, Spec) {
    let old = specs.iter().find(|spec| spec.vendor == mutant.base).unwrap().clone();
    let mut new = old.clone();
    mutant.edits.iter().for_each(|edit| edit.apply(&mut new.doc));
    (old, new)
}

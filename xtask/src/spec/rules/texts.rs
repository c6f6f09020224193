//! No text contains an invisible character, and no name or value a line break.
//!
//! They would end a comment of the generated code, turn the order of a line around, or make two names look the same.

use serde_json::Value;

use super::Found;
use crate::spec::{Spec, escape, is_invisible, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    visit(&spec.doc, None, false, found);
}

/// The place of a value: a step from its parent. Written out for findings only.
struct Place<'a> {
    parent: Option<&'a Place<'a>>,
    step: Step<'a>,
}

enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// The pointer of a place; `None` is the whole document.
fn pointer(place: Option<&Place<'_>>) -> String {
    let Some(Place { parent, step }) = place else {
        return String::new();
    };
    let around = pointer(*parent);
    match step {
        Step::Key(key) => format!("{around}/{}", escape(key)),
        Step::Index(index) => format!("{around}/{index}"),
    }
}

/// `prose` texts may have several lines: descriptions, notes, examples, and what a webhook's signature is of.
fn visit(value: &Value, place: Option<&Place<'_>>, prose: bool, found: &mut Found<'_>) {
    match value {
        Value::String(text) => judge(text, place, prose, found),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let here = Place {
                    parent: place,
                    step: Step::Index(index),
                };
                visit(item, Some(&here), prose, found);
            }
        }
        Value::Object(_) => {
            for (key, member) in members(Some(value)) {
                let here = Place {
                    parent: place,
                    step: Step::Key(key),
                };
                judge(key, Some(&here), false, found);
                let prose = prose
                    || matches!(key, "description" | "note" | "example" | "examples")
                    || key == "message" && pointer(Some(&here)) == "/x-webhook/signature/message";
                visit(member, Some(&here), prose, found);
            }
        }
        _ => {}
    }
}

fn judge(text: &str, place: Option<&Place<'_>>, prose: bool, found: &mut Found<'_>) {
    // Nearly all characters.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return;
    }
    let is_allowed = |c: char| c == ' ' || prose && matches!(c, '\n' | '\t');
    let bad = text
        .chars()
        .find(|c| !is_allowed(*c) && (is_invisible(*c) || c.is_whitespace()));
    if let Some(bad) = bad {
        found.add(
            "invisible-character",
            pointer(place),
            format!("contains the invisible character U+{:04X}", u32::from(bad)),
            "delete it, or write a plain space",
        );
    }
}

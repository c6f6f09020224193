//! No text contains an invisible character, and no name or value a line break.
//!
//! They would end a comment of the generated code, turn the order of a line around, or make two names look the same.

use serde_json::Value;

use super::Found;
use crate::spec::{Spec, escape, is_invisible, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    visit(&spec.doc, "", false, found);
}

/// `prose` texts may have several lines: descriptions, notes, examples, and what a webhook's signature is of.
fn visit(value: &Value, place: &str, prose: bool, found: &mut Found<'_>) {
    match value {
        Value::String(text) => judge(text, place, prose, found),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                visit(item, &format!("{place}/{index}"), prose, found);
            }
        }
        Value::Object(_) => {
            for (key, member) in members(Some(value)) {
                let here = format!("{place}/{}", escape(key));
                judge(key, &here, false, found);
                let prose = prose
                    || matches!(key, "description" | "note" | "example" | "examples")
                    || here == "/x-webhook/signature/message";
                visit(member, &here, prose, found);
            }
        }
        _ => {}
    }
}

fn judge(text: &str, place: &str, prose: bool, found: &mut Found<'_>) {
    let is_allowed = |c: char| c == ' ' || prose && matches!(c, '\n' | '\t');
    let bad = text
        .chars()
        .find(|c| !is_allowed(*c) && (is_invisible(*c) || c.is_whitespace()));
    if let Some(bad) = bad {
        found.add(
            "invisible-character",
            place,
            format!("contains the invisible character U+{:04X}", u32::from(bad)),
            "delete it, or write a plain space",
        );
    }
}

//! What no other rule covers, so that no difference goes unreported.

use serde_json::Value;

use super::judge::Rule;
use super::place::{Found, Place};
use super::provenance;

/// Members that only document.
const WORDS: [&str; 6] = ["description", "summary", "title", "example", "examples", "externalDocs"];

/// Compares the members that no other rule covers: one line for all that only document, and one for each other.
pub(crate) fn rest(place: &Place, old: &Value, new: &Value, handled: &[&str], found: &mut Vec<Found>) {
    let keys = |value: &Value| -> Vec<String> {
        value
            .as_object()
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    };
    let mut all = keys(old);
    all.extend(keys(new));
    all.sort();
    all.dedup();
    let mut words = Vec::new();
    for key in all.iter().filter(|key| !handled.contains(&key.as_str())) {
        let (before, after) = (old.get(key), new.get(key));
        if before == after {
            continue;
        }
        if WORDS.contains(&key.as_str()) {
            words.push(format!("`{key}`"));
            continue;
        }
        if provenance::diff(place, key, before, after, found) {
            continue;
        }
        let flag = |value: Option<&Value>| value.and_then(Value::as_bool).unwrap_or(false);
        if key == "deprecated" {
            match (flag(before), flag(after)) {
                (false, true) => found.push(Found::at(place, Rule::Deprecated, "is now deprecated")),
                (true, false) => found.push(Found::at(place, Rule::Deprecated, "is no longer deprecated")),
                _ => {}
            }
            continue;
        }
        let text = match (before, after) {
            (None, _) => format!("`{key}` was added"),
            (_, None) => format!("`{key}` was removed"),
            _ => format!("`{key}` changed"),
        };
        found.push(Found::at(place, Rule::Other, text));
    }
    if !words.is_empty() {
        found.push(Found::at(place, Rule::Docs, format!("{} changed", words.join(", "))));
    }
}

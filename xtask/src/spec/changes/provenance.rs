//! Where a fact comes from, and whether it is documented: each with both values.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Rule;
use super::keywords::{from_to, quoted};
use super::place::{Found, Place, shown};
use super::sets::strings;
use crate::spec::members;

/// Members that name the page of a fact.
const PAGE: [&str; 2] = ["x-source", "source"];
/// Members that say what no page documents.
const UNVERIFIED: [&str; 2] = ["x-unverified", "unverified"];

/// Compares a member that says where a fact comes from. Returns whether it is one.
pub(crate) fn diff(at: &Place, key: &str, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Found>) -> bool {
    if PAGE.contains(&key) {
        let text = from_to("page", old, new);
        found.push(Found::at(at, Rule::Page, text));
    } else if UNVERIFIED.contains(&key) {
        found.push(Found::at(at, Rule::Unverified, unverified(old, new)));
    } else {
        return false;
    }
    true
}

/// Compares the list of pages.
pub(crate) fn pages(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let names: BTreeSet<&str> = members(Some(old))
        .chain(members(Some(new)))
        .map(|(name, _)| name)
        .collect();
    for name in names {
        let at = Place::named(format!("page {name}"));
        let (before, after) = (old.get(name), new.get(name));
        let address = |page: &Value| page.get("url").map(shown).unwrap_or_default();
        match (before, after) {
            (None, Some(page)) => found.push(Found::at(&at, Rule::Page, format!("added: {}", address(page)))),
            (Some(page), None) => found.push(Found::at(&at, Rule::Page, format!("removed: {}", address(page)))),
            (Some(before), Some(after)) => {
                for key in keys(before, after) {
                    let (was, is) = (before.get(key), after.get(key));
                    if was != is {
                        let text = if key == "note" {
                            "`note` changed".to_owned()
                        } else {
                            from_to(key, was, is)
                        };
                        found.push(Found::at(&at, Rule::Page, text));
                    }
                }
            }
            (None, None) => {}
        }
    }
}

/// A mark is a flag, or a list of the members it is about.
fn unverified(old: Option<&Value>, new: Option<&Value>) -> String {
    let is_list = |value: Option<&Value>| value.is_some_and(Value::is_array);
    if !is_list(old) && !is_list(new) {
        let side = |value: Option<&Value>| match value {
            None | Some(Value::Bool(false)) => "no".to_owned(),
            Some(Value::Bool(true)) => "yes".to_owned(),
            Some(other) => shown(other),
        };
        return format!("unverified {} → {}", side(old), side(new));
    }
    let list = |value: Option<&Value>| value.map(strings).unwrap_or_default();
    let (before, after) = (list(old), list(new));
    let parts: Vec<String> = [
        ("documented now", &before - &after),
        ("no longer documented", &after - &before),
    ]
    .into_iter()
    .filter(|(_, values)| !values.is_empty())
    .map(|(what, values)| format!("{what}: {}", quoted(&values.into_iter().collect::<Vec<_>>())))
    .collect();
    if parts.is_empty() {
        "the order of `unverified` changed".to_owned()
    } else {
        parts.join("; ")
    }
}

fn keys<'a>(old: &'a Value, new: &'a Value) -> BTreeSet<&'a str> {
    members(Some(old))
        .chain(members(Some(new)))
        .map(|(key, _)| key)
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(key: &str, old: Value, new: Value) -> Vec<(Rule, String)> {
        let mut found = Vec::new();
        assert!(diff(&Place::named("x"), key, Some(&old), Some(&new), &mut found));
        found.into_iter().map(|found| (found.rule, found.text)).collect()
    }

    #[test]
    fn marks_and_pages_name_both_values() {
        let told = lines(
            "unverified",
            json!(["inputs", "duration"]),
            json!(["inputs", "resolutions"]),
        );
        let text = "documented now: `duration`; no longer documented: `resolutions`";
        assert_eq!(told, [(Rule::Unverified, text.to_owned())]);
        let told = lines("x-unverified", json!(true), json!(false));
        assert_eq!(told, [(Rule::Unverified, "unverified yes → no".to_owned())]);
        let told = lines("x-source", json!("create"), json!(["create", "prices"]));
        assert_eq!(
            told,
            [(Rule::Page, "page `create` → `[\"create\",\"prices\"]`".to_owned())]
        );
    }
}

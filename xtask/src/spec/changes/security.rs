//! Authentication.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Rule;
use super::place::{Found, Place};
use super::rest::rest;
use super::schemas::Walk;
use crate::spec::{Spec, members};

/// Compares the security of the whole spec, and the schemes.
pub(crate) fn of_all(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let at = Place::named("security");
    compare(&at, old.get("security"), new.get("security"), found);
    let schemes = |doc: &'_ Value| doc.pointer("/components/securitySchemes").cloned().unwrap_or_default();
    let (before, after) = (schemes(old), schemes(new));
    for (name, scheme) in members(Some(&before)) {
        let Some(other) = after.get(name) else { continue };
        let inner = Place::named(format!("security scheme `{name}`"));
        let mut handled = Vec::new();
        for key in ["type", "scheme", "in", "name", "flows", "openIdConnectUrl"] {
            if scheme.get(key) != other.get(key) {
                let text = super::keywords::from_to(key, scheme.get(key), other.get(key));
                found.push(Found::at(&inner, Rule::SecurityChanged, text));
            }
            handled.push(key);
        }
        if scheme.get("x-scheme") != other.get("x-scheme") {
            let text = super::keywords::from_to("word before the key", scheme.get("x-scheme"), other.get("x-scheme"));
            found.push(Found::at(&inner, Rule::SecurityChanged, text));
        }
        if scheme.get("x-key-prefixes") != other.get("x-key-prefixes") {
            found.push(Found::at(&inner, Rule::Docs, "the simulator takes other keys"));
        }
        handled.extend(["x-scheme", "x-key-prefixes"]);
        rest(&inner, scheme, other, &handled, found);
    }
    let names =
        |schemes: &Value| -> BTreeSet<String> { members(Some(schemes)).map(|(name, _)| name.to_owned()).collect() };
    for name in names(&after).difference(&names(&before)) {
        found.push(Found::at(&at, Rule::Docs, format!("scheme `{name}` was added")));
    }
    for name in names(&before).difference(&names(&after)) {
        found.push(Found::at(&at, Rule::Docs, format!("scheme `{name}` was removed")));
    }
}

/// Compares the security of one operation, if either spec has one for it.
pub(crate) fn of_operation(walk: &mut Walk<'_>, at: &Place, old: &Value, new: &Value) {
    fn own<'a>(spec: &'a Spec, operation: &'a Value) -> Option<&'a Value> {
        operation.get("security").or_else(|| spec.doc.get("security"))
    }
    if old.get("security").is_some() || new.get("security").is_some() {
        compare(at, own(walk.old, old), own(walk.new, new), &mut walk.found);
    }
}

/// Whether the first of the old alternatives, which the client uses, is sufficient in the new spec.
fn compare(at: &Place, old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Found>) {
    let (before, after) = (alternatives(old), alternatives(new));
    if before == after {
        if old != new {
            found.push(Found::at(at, Rule::Other, "`security` changed"));
        }
        return;
    }
    let done = before.first().cloned().unwrap_or_default();
    let is_enough = after.is_empty() || after.iter().any(|needed| needed.is_subset(&done));
    let shown = |alternatives: &[BTreeSet<String>]| {
        let one = |names: &BTreeSet<String>| {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            if names.is_empty() {
                "none".to_owned()
            } else {
                names.join(" and ")
            }
        };
        let all: Vec<String> = alternatives.iter().map(one).collect();
        if all.is_empty() {
            "none".to_owned()
        } else {
            all.join(" or ")
        }
    };
    let rule = if is_enough {
        Rule::SecurityRelaxed
    } else {
        Rule::SecurityChanged
    };
    found.push(Found::at(
        at,
        rule,
        format!("security changed from {} to {}", shown(&before), shown(&after)),
    ));
}

/// The names of the schemes of each alternative; scopes count as part of the name.
fn alternatives(security: Option<&Value>) -> Vec<BTreeSet<String>> {
    let list = security.and_then(Value::as_array).into_iter().flatten();
    list.map(|entry| {
        members(Some(entry))
            .map(|(name, scopes)| match scopes.as_array() {
                Some(scopes) if !scopes.is_empty() => format!("{name} {}", Value::Array(scopes.clone())),
                _ => name.to_owned(),
            })
            .collect()
    })
    .collect()
}

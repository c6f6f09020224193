//! The members of an object: added, removed, moved and renamed ones.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::components::{named, schema};
use super::judge::Rule;
use super::keywords::{Kind, is_sent};
use super::place::{Found, Place};
use super::{names, rename};
use crate::spec::{Spec, members};

/// Both specs, and which normalised fields some property of each carries.
#[derive(Clone, Copy)]
pub(super) struct Sides<'a> {
    pub(super) old: &'a Spec,
    pub(super) new: &'a Spec,
    pub(super) carriers: &'a [BTreeMap<String, BTreeSet<String>>; 2],
}

/// A property that both objects have, to be compared further.
pub(super) struct Member<'a> {
    pub(super) place: Place,
    pub(super) old: &'a Value,
    pub(super) new: &'a Value,
    /// Its value is a task's status.
    pub(super) is_status: bool,
}

/// Compares the properties of two objects. Returns those that both have.
pub(super) fn diff<'a>(
    sides: Sides<'_>,
    at: &Place,
    old: &'a Value,
    new: &'a Value,
    changes: &mut Vec<Found>,
) -> Vec<Member<'a>> {
    let mut both = Vec::new();
    let list = |schema: &'_ Value| -> Vec<String> {
        members(schema.get("properties"))
            .map(|(name, _)| name.to_owned())
            .collect()
    };
    let (olds, news) = (list(old), list(new));
    let gone: Vec<String> = olds.iter().filter(|name| !news.contains(name)).cloned().collect();
    let come: Vec<String> = news.iter().filter(|name| !olds.contains(name)).cloned().collect();
    let (old_ones, new_ones) = (&old["properties"], &new["properties"]);
    let renamed: Vec<(String, String)> = rename::pairs(&gone, &come, |a, b| {
        let sides = [(sides.old, &old_ones[a.as_str()]), (sides.new, &new_ones[b.as_str()])];
        same_thing((a, b), sides)
    })
    .into_iter()
    .map(|(i, j)| (gone[i].clone(), come[j].clone()))
    .collect();

    let kept = olds
        .iter()
        .filter(|name| news.contains(name))
        .map(|name| (name.clone(), name.clone()));
    for (from, to) in kept.chain(renamed.iter().cloned()) {
        let (a, b) = (&old_ones[&from], &new_ones[&to]);
        let mut inner = member(at, &from, a);
        if from != to {
            let mut found = Found::at(&inner, Rule::FieldRenamed, format!("renamed to `{to}`"));
            found.rust = inner
                .rust
                .iter()
                .map(|rust| format!("{rust} → {}", names::member(&to)))
                .collect();
            changes.push(found);
        }
        match (requires(old, &from), requires(new, &to)) {
            (false, true) => changes.push(Found::at(&inner, Rule::BecameRequired, "is now required")),
            (true, false) => changes.push(Found::at(&inner, Rule::BecameOptional, "is now optional")),
            _ => {}
        }
        carried(sides, &inner, a, b, changes);
        if inner.fields.is_empty() {
            inner.fields = fields(b);
        }
        let is_status = inner.is_received() && from == "status";
        both.push(Member {
            place: inner,
            old: a,
            new: b,
            is_status,
        });
    }
    for name in gone.iter().filter(|name| renamed.iter().all(|(from, _)| from != *name)) {
        let property = &old_ones[name.as_str()];
        let mut found = Found::at(&member(at, name, property), Rule::FieldRemoved, "removed");
        // A type that only this property used was removed with it.
        if let Some(kind) = named(sides.old, property).or_else(|| named(sides.old, property.get("items")?))
            && schema(sides.new, kind).is_none()
        {
            found.rust.push(format!("types::{kind}"));
        }
        changes.push(found);
    }
    for name in come.iter().filter(|name| renamed.iter().all(|(_, to)| to != *name)) {
        let inner = member(at, name, &new_ones[name.as_str()]);
        let (rule, text) = if requires(new, name) {
            (Rule::RequiredFieldAdded, "added, and required")
        } else {
            (Rule::FieldAdded, "added")
        };
        changes.push(Found::at(&inner, rule, text));
    }
    both
}

fn member(at: &Place, name: &str, property: &Value) -> Place {
    let mut inner = at.inner(format!("{}.{name}", at.name));
    let schema = at.rust.as_deref().and_then(|rust| rust.strip_prefix("types::"));
    inner.rust = schema
        .filter(|schema| !schema.contains("::"))
        .map(|schema| names::field(schema, name));
    let own = fields(property);
    if !own.is_empty() {
        inner.fields = own;
    }
    inner
}

fn requires(schema: &Value, name: &str) -> bool {
    let required = schema.get("required").and_then(Value::as_array);
    required.is_some_and(|required| required.iter().any(|entry| entry.as_str() == Some(name)))
}

/// Whether a removed property is the same as an added one: the same normalised field or, with the same type, a similar
/// name or description.
fn same_thing(names: (&str, &str), sides: [(&Spec, &Value); 2]) -> Option<f32> {
    let [(old_spec, old), (new_spec, new)] = sides;
    let (a, b) = (fields(old), fields(new));
    if !a.is_empty() && a == b {
        return Some(3.0);
    }
    if !a.is_empty() && !b.is_empty() {
        return None;
    }
    let typed = |spec, schema: &Value| {
        named(spec, schema)
            .map(str::to_owned)
            .unwrap_or_else(|| Kind::of(schema).to_string())
    };
    let description = |schema: &'_ Value| schema.get("description").and_then(Value::as_str).map(str::to_owned);
    if typed(old_spec, old) != typed(new_spec, new) {
        return None;
    }
    rename::alike(names, (description(old).as_deref(), description(new).as_deref()))
}

/// The normalised fields that a property carries.
pub(crate) fn fields(property: &Value) -> Vec<String> {
    match property.get("x-field") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Which properties carry each normalised field, as `Schema.property`.
pub(crate) fn carriers(spec: &Spec) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, schema) in spec.schemas() {
        for (property, value) in members(schema.get("properties")) {
            for field in fields(value) {
                found.entry(field).or_default().insert(format!("{name}.{property}"));
            }
        }
    }
    found
}

/// Compares the normalised fields that one property carries.
fn carried(sides: Sides<'_>, at: &Place, old: &Value, new: &Value, changes: &mut Vec<Found>) {
    let (before, after) = (fields(old), fields(new));
    if before == after || !is_sent(at) {
        return;
    }
    let object = at.name.rsplit_once('.').map_or("", |(object, _)| object);
    let in_object = |side: usize, field: &str| -> Option<String> {
        let all = sides.carriers[side].get(field)?;
        all.iter()
            .find(|carrier| carrier.rsplit_once('.').is_some_and(|(name, _)| name == object))
            .cloned()
    };
    let mut found = Vec::new();
    for field in before.iter().filter(|field| !after.contains(field)) {
        let (rule, text) = match in_object(1, field) {
            Some(other) => (
                Rule::CarrierMoved,
                format!("no longer carries `{field}`; `{other}` does"),
            ),
            None => (
                Rule::CarrierRemoved,
                format!("no longer carries `{field}`, and no other property does"),
            ),
        };
        found.push((rule, text, field.clone()));
    }
    for field in after.iter().filter(|field| !before.contains(field)) {
        match in_object(0, field) {
            // Reported at the property that lost it.
            Some(other) if sides.carriers[1].get(field).is_none_or(|all| !all.contains(&other)) => {}
            Some(_) => found.push((Rule::CarrierMoved, format!("also carries `{field}`"), field.clone())),
            None => found.push((Rule::CarrierAdded, format!("now carries `{field}`"), field.clone())),
        }
    }
    for (rule, text, field) in found {
        let mut change = Found::at(at, rule, text);
        change.facade = vec![field];
        changes.push(change);
    }
}

/// A field that was removed from one object and added to another of the same operation has moved.
pub(crate) fn moved(found: &mut Vec<Found>) {
    let mut index = 0;
    while index < found.len() {
        let gone = &found[index];
        let to = (gone.rule == Rule::FieldRemoved && !gone.facade.is_empty())
            .then(|| {
                found.iter().position(|come| {
                    come.rule == Rule::FieldAdded
                        && come.facade == gone.facade
                        && come.direction == gone.direction
                        && come
                            .operations
                            .iter()
                            .any(|operation| gone.operations.contains(operation))
                })
            })
            .flatten();
        if let Some(to) = to {
            let come = found[to].clone();
            let gone = &mut found[index];
            gone.rule = Rule::FieldMoved;
            gone.text = format!("moved to `{}`", come.place);
            gone.rust = gone
                .rust
                .iter()
                .zip(&come.rust)
                .map(|(a, b)| format!("{a} → {b}"))
                .collect();
            found.remove(to);
            if to < index {
                continue;
            }
        }
        index += 1;
    }
}

//! The entries of `x-models`, from what a page says of its models.

use serde_json::{Map, Value, json};

use super::body::Component;
use crate::docs::facts::{Facts, Limit, Parameter};
use crate::docs::limits::{ALL, range};
use crate::spec::facts::ROLES;
use crate::spec::{Spec, members};

/// The entries of a page's models: those that have much in common with an earlier one, like it.
pub(super) fn rows(spec: &Spec, facts: &Facts, page: &str, body: &[Component], create: &str) -> Vec<Value> {
    let ids = facts.named_models();
    let whole: Vec<Value> = ids.iter().map(|id| row(spec, facts, id, page, body, create)).collect();
    let mut found: Vec<Value> = Vec::new();
    for (index, row) in whole.iter().enumerate() {
        let like = |other: &Value| {
            let mut own = difference(other, row);
            own["like"] = other["id"].clone();
            own
        };
        let size = |row: &Value| row.to_string().len();
        let shorter = whole[..index].iter().map(like).min_by_key(size);
        found.push(
            shorter
                .filter(|own| size(own) < size(row))
                .unwrap_or_else(|| row.clone()),
        );
    }
    found
}

fn row(spec: &Spec, facts: &Facts, id: &str, page: &str, body: &[Component], create: &str) -> Value {
    let entries = spec.doc.get("x-models").and_then(Value::as_array);
    let entries = || entries.into_iter().flatten();
    let own = entries().find(|entry| entry["id"] == id);
    let models = entries().filter(|entry| entry["id"].as_str().is_some_and(|id| !id.ends_with('*')));
    let alike = models.rev().max_by_key(|entry| {
        let common = id.bytes().zip(entry["id"].as_str().unwrap_or_default().bytes());
        common.take_while(|(one, other)| one == other).count()
    });
    let base = own.or(alike).cloned().unwrap_or_else(|| json!({}));
    let mut row: Map<String, Value> = Map::new();
    for (key, value) in [("id", id), ("create", create), ("source", page)] {
        row.insert(key.to_owned(), value.into());
    }
    if let Some(body) = body.first() {
        row.insert("request".to_owned(), body.name.clone().into());
    }
    let of = |field: &str| carrier(facts, body, field);
    let says = |what: &str| said(facts, id, what);
    let mut duration = base["duration"].as_object().cloned().unwrap_or_default();
    let bounds = says("duration").and_then(|says| range(&says));
    let bounds = bounds.or_else(|| of("duration").and_then(|known| Some((known.minimum?, known.maximum?))));
    if let Some((min, max)) = bounds {
        duration.insert("min".to_owned(), min.max(1).into());
        duration.insert("max".to_owned(), max.into());
    }
    duration.remove("default");
    if let Some(default) = of("duration").and_then(|known| known.default.clone())
        && default.as_i64().is_some_and(|default| default > 0)
    {
        duration.insert("default".to_owned(), default);
    }
    row.insert("duration".to_owned(), duration.into());
    for (field, list, default) in [
        ("resolution", "resolutions", "default_resolution"),
        ("aspect_ratio", "aspect_ratios", "default_aspect_ratio"),
    ] {
        let Some(known) = of(field) else { continue };
        let mut values = known.values.clone();
        if let Some(own) = says(list) {
            values.retain(|value| own.split(", ").any(|own| own == value));
        }
        if !values.is_empty() {
            row.insert(list.to_owned(), values.into());
        }
        if let Some(value) = &known.default {
            row.insert(default.to_owned(), value.clone());
        }
    }
    row.insert("inputs".to_owned(), inputs(&base, facts, id, body));
    for kept in ["exclusive", "frames"] {
        if let Some(value) = base.get(kept) {
            row.insert(kept.to_owned(), value.clone());
        }
    }
    for kept in ["conditions", "without", "default_generate_audio", "unverified"] {
        if let Some(value) = own.and_then(|own| own.get(kept)) {
            row.insert(kept.to_owned(), value.clone());
        }
    }
    row.into()
}

/// The roles that the body carries, unless the page says that the model does not support them.
fn inputs(base: &Value, facts: &Facts, id: &str, body: &[Component]) -> Value {
    let mut found = Map::new();
    for role in ROLES {
        let carries = |property: &Value| {
            property["x-field"]
                .as_array()
                .is_some_and(|roles| roles.iter().any(|known| known == role))
        };
        let mut properties = body.iter().flat_map(|component| &component.properties);
        let support = said(facts, id, &format!("supports.{role}"));
        let is_refused = support.is_some_and(|says| match says.strip_prefix("only ") {
            Some(models) => !models.split(", ").any(|known| known == id),
            None => says == "no",
        });
        if is_refused || !properties.any(|(_, property)| carries(property)) {
            continue;
        }
        let mut rule = base["inputs"]
            .get(*role)
            .cloned()
            .unwrap_or_else(|| json!({"max": 1, "sources": ["url"]}));
        if let Some(max) = said(facts, id, &format!("inputs.{role}.max")).and_then(|max| max.parse::<u32>().ok()) {
            rule["max"] = max.into();
        }
        found.insert((*role).to_owned(), rule);
    }
    found.into()
}

/// The page's parameter that carries a field.
fn carrier<'a>(facts: &'a Facts, body: &[Component], field: &str) -> Option<&'a Parameter> {
    let names = body.iter().flat_map(|component| &component.properties);
    let mut names = names
        .filter(|(_, property)| property["x-field"] == field)
        .map(|(name, _)| name);
    let name = names.next()?;
    let mut all = facts.parameters.iter();
    all.find(|known| known.place == crate::docs::facts::Place::Request && known.name.rsplit('.').next() == Some(name))
}

/// What the page says of a model, or else of all.
fn said(facts: &Facts, id: &str, what: &str) -> Option<String> {
    let of = |model: &str| {
        let is_it = |limit: &&Limit| limit.model == model && limit.what == what;
        facts.limits.iter().find(is_it).map(|limit| limit.says.clone())
    };
    of(id).or_else(|| of(ALL))
}

/// What turns one value into another: a JSON merge patch.
fn difference(from: &Value, to: &Value) -> Value {
    let mut patch = Map::new();
    for (key, value) in members(Some(to)) {
        match from.get(key) {
            Some(known) if known == value => {}
            Some(known) if known.is_object() && value.is_object() => {
                patch.insert(key.to_owned(), difference(known, value));
            }
            _ => {
                patch.insert(key.to_owned(), value.clone());
            }
        }
    }
    for (key, _) in members(Some(from)).filter(|(key, _)| to.get(*key).is_none()) {
        patch.insert(key.to_owned(), Value::Null);
    }
    patch.into()
}

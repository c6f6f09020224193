//! `x-models`: which models there are, and where each is created.

use serde_json::Value;

use super::judge::Rule;
use super::limits;
use super::place::{Found, Place, rest};
use super::rename;

/// Members that only people read.
const WORDS: [&str; 2] = ["source", "unverified"];
/// Members that say who the model is.
const IDENTITY: [&str; 2] = ["id", "create"];

/// Compares the models of two specs.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Found> {
    let (olds, news) = (list(old), list(new));
    let mut found = Vec::new();
    let mut pairs: Vec<(&Value, &Value)> = Vec::new();
    let same = |list: &[&Value], model: &Value| list.iter().any(|other| id(other) == id(model));
    for model in &olds {
        if let Some(other) = news.iter().find(|other| id(other) == id(model)) {
            pairs.push((model, other));
        }
    }
    let gone: Vec<&Value> = olds.iter().copied().filter(|model| !same(&news, model)).collect();
    let come: Vec<&Value> = news.iter().copied().filter(|model| !same(&olds, model)).collect();
    let renamed = rename::pairs(&gone, &come, |a, b| {
        let alike = rename::names(id(a), id(b));
        // The same limits make up for less likeness.
        let needed = if limits_of(a) == limits_of(b) { 0.5 } else { 0.8 };
        (alike >= needed).then_some(alike)
    });
    for (i, j) in &renamed {
        let (a, b) = (gone[*i], come[*j]);
        found.push(model(Rule::ModelRenamed, id(a), format!("renamed to `{}`", id(b))));
        pairs.push((a, b));
    }
    for (index, entry) in gone.iter().enumerate() {
        if renamed.iter().all(|(i, _)| *i != index) {
            found.push(model(Rule::ModelRemoved, id(entry), "removed".to_owned()));
        }
    }
    for (index, entry) in come.iter().enumerate() {
        if renamed.iter().all(|(_, j)| *j != index) {
            found.push(model(
                Rule::ModelAdded,
                id(entry),
                format!("added: {}", limits::summary(entry)),
            ));
        }
    }
    for (a, b) in &pairs {
        compare(a, b, &mut found);
    }
    order(&olds, &news, &pairs, &mut found);
    found
}

fn compare(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let name = id(old);
    if old.get("create") != new.get("create") {
        let text = super::keywords::from_to("create", old.get("create"), new.get("create"));
        found.push(limit(name, "create", Rule::ModelRerouted, text));
    }
    for (member, rule, text) in limits::diff(old, new) {
        found.push(limit(name, member, rule, text));
    }
    let words: Vec<String> = WORDS
        .iter()
        .filter(|key| old.get(**key) != new.get(**key))
        .map(|key| format!("`{key}`"))
        .collect();
    if !words.is_empty() {
        found.push(limit(
            name,
            "about",
            Rule::Docs,
            format!("{} changed", words.join(", ")),
        ));
    }
    let handled: Vec<&str> = IDENTITY.iter().chain(&WORDS).chain(&limits::MEMBERS).copied().collect();
    rest(&Place::named(format!("model {name}")), old, new, &handled, found);
}

/// The first entry is the default, and the first that matches an id describes it.
fn order(olds: &[&Value], news: &[&Value], pairs: &[(&Value, &Value)], found: &mut Vec<Found>) {
    let (Some(before), Some(after)) = (olds.first(), news.first()) else {
        return;
    };
    let at = Place::named("x-models");
    let lives_on = pairs.iter().any(|(a, b)| id(a) == id(before) && id(b) == id(after));
    if !lives_on {
        let text = format!("the default model was `{}`, and is `{}`", id(before), id(after));
        let mut change = Found::at(&at, Rule::ModelOrder, text);
        change.facade = vec!["model".to_owned()];
        found.push(change);
    }
    let rank = |list: &[&Value], model: &Value| list.iter().position(|other| id(other) == id(model));
    let mut ranks: Vec<(Option<usize>, Option<usize>)> =
        pairs.iter().map(|(a, b)| (rank(olds, a), rank(news, b))).collect();
    ranks.sort_unstable();
    if lives_on && !ranks.is_sorted_by_key(|(_, new)| *new) {
        found.push(Found::at(
            &at,
            Rule::ModelOrder,
            "the order of the entries changed; the first that matches an id holds",
        ));
    }
}

fn list(doc: &Value) -> Vec<&Value> {
    doc.get("x-models")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .collect()
}

fn id(model: &Value) -> &str {
    model.get("id").and_then(Value::as_str).unwrap_or_default()
}

fn limits_of(model: &Value) -> Vec<Option<&Value>> {
    limits::MEMBERS.iter().map(|member| model.get(*member)).collect()
}

fn model(rule: Rule, id: &str, text: String) -> Found {
    let mut found = Found::at(&Place::named(format!("model {id}")), rule, text);
    found.rust = vec!["facts::VENDOR.models".to_owned()];
    found.facade = vec!["Capabilities".to_owned()];
    found
}

/// A change of one limit; the same change of several models becomes one line.
fn limit(id: &str, member: &str, rule: Rule, text: String) -> Found {
    let mut found = Found::at(&Place::named(format!("models' {member}")), rule, text);
    found.model = Some(id.to_owned());
    if rule != Rule::Docs {
        found.rust = vec!["facts::VENDOR.models".to_owned()];
        let (name, fields) = match member {
            "create" => ("family", &[][..]),
            "default_resolution" => (member, &["resolution"][..]),
            "resolutions" => (member, &["resolution"][..]),
            "aspect_ratios" | "default_aspect_ratio" => (member, &["aspect_ratio"][..]),
            "duration" | "frames" => (member, std::slice::from_ref(&member)),
            _ => (member, &[][..]),
        };
        found.facade = fields.iter().map(|field| (*field).to_owned()).collect();
        found.facade.push(format!("Capabilities::model.{name}"));
    }
    found
}

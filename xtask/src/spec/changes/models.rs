//! `x-models`: the models, and the operation that creates tasks for each.

use serde_json::Value;

use super::judge::Rule;
use super::limits;
use super::place::{Found, Place, rest};
use super::rename;

/// Members that only document.
const WORDS: [&str; 2] = ["source", "unverified"];
/// Members that identify the model.
const IDENTITY: [&str; 2] = ["id", "create"];

/// Compares the models of two specs.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    let mut pairs = Vec::new();
    for sides in matched(old, new) {
        match sides {
            (Some(a), Some(b)) => {
                if id(a) != id(b) {
                    found.push(model(Rule::ModelRenamed, id(a), format!("renamed to `{}`", id(b))));
                }
                compare(a, b, &mut found);
                pairs.push((a, b));
            }
            (Some(gone), None) => found.push(model(Rule::ModelRemoved, id(gone), "removed".to_owned())),
            (None, Some(come)) => {
                let text = format!("added: {}", limits::summary(come));
                found.push(model(Rule::ModelAdded, id(come), text));
            }
            (None, None) => {}
        }
    }
    order(&list(old), &list(new), &pairs, &mut found);
    found
}

/// A table of the changes: model, member, before, after.
pub(crate) fn rows(old: &Value, new: &Value) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    for sides in matched(old, new) {
        let row = |member: &str, before: String, after: String| {
            let name = sides.0.or(sides.1).map(id).unwrap_or_default();
            [name.to_owned(), member.to_owned(), before, after]
        };
        match sides {
            (Some(a), Some(b)) => {
                for member in IDENTITY.iter().chain(&limits::MEMBERS) {
                    if a.get(*member) != b.get(*member) {
                        rows.push(row(member, limits::shown(&a[*member]), limits::shown(&b[*member])));
                    }
                }
            }
            (Some(gone), None) => rows.push(row("the model", limits::summary(gone), "removed".to_owned())),
            (None, Some(come)) => rows.push(row("the model", "new".to_owned(), limits::summary(come))),
            (None, None) => {}
        }
    }
    rows
}

/// Pairs each model with its counterpart: the same id, or a similar one.
fn matched<'a>(old: &'a Value, new: &'a Value) -> Vec<(Option<&'a Value>, Option<&'a Value>)> {
    let (olds, news) = (list(old), list(new));
    let has = |list: &[&Value], model: &Value| list.iter().any(|other| id(other) == id(model));
    let gone: Vec<&Value> = olds.iter().copied().filter(|model| !has(&news, model)).collect();
    let come: Vec<&Value> = news.iter().copied().filter(|model| !has(&olds, model)).collect();
    let renamed = rename::pairs(&gone, &come, |a, b| {
        let alike = rename::names(id(a), id(b));
        // With the same limits, a less similar id is enough.
        let needed = if limits_of(a) == limits_of(b) { 0.5 } else { 0.8 };
        (alike >= needed).then_some(alike)
    });
    let counterpart = |model: &Value| {
        let same = news.iter().copied().find(|other| id(other) == id(model));
        same.or_else(|| {
            renamed
                .iter()
                .find(|(i, _)| id(gone[*i]) == id(model))
                .map(|(_, j)| come[*j])
        })
    };
    let mut all: Vec<_> = olds.iter().map(|model| (Some(*model), counterpart(model))).collect();
    let left = |index: &usize| renamed.iter().all(|(_, j)| j != index);
    all.extend((0..come.len()).filter(left).map(|index| (None, Some(come[index]))));
    all
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
        let text = format!("the default model changed from `{}` to `{}`", id(before), id(after));
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
            "the order of the entries changed; the first entry that matches an id applies",
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

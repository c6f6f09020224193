//! `x-models`: the models, and the operation that creates tasks for each.

use std::collections::BTreeSet;

use serde_json::Value;

use super::components::is_renamed;
use super::judge::{Judgement, Rule};
use super::keywords::from_to;
use super::limits::{self, Carried};
use super::place::{Found, Place};
use super::rest::rest;
use super::{provenance, rename, rerouted};
use crate::spec::Spec;

/// Members that say where the facts come from.
const PROVENANCE: [&str; 2] = ["source", "unverified"];
/// Members that identify the model.
const IDENTITY: [&str; 3] = ["id", "create", "request"];

/// Compares the models of two specs.
pub(crate) fn diff(old: &Spec, new: &Spec) -> Vec<Found> {
    let mut found = Vec::new();
    let mut pairs = Vec::new();
    for sides in matched(&old.doc, &new.doc) {
        match sides {
            (Some(a), Some(b)) => {
                if id(a) != id(b) {
                    found.push(model(Rule::ModelRenamed, id(a), format!("renamed to `{}`", id(b))));
                }
                compare((old, a), (new, b), &mut found);
                pairs.push((a, b));
            }
            (Some(gone), None) => {
                let text = match described(&new.doc, id(gone)) {
                    Some(general) => format!("removed; requests with this id are checked by `{}` now", id(general)),
                    None => "removed".to_owned(),
                };
                found.push(model(Rule::ModelRemoved, id(gone), text));
                // Requests with its id go on, as the general entry has them.
                if let Some(general) = described(&new.doc, id(gone))
                    && is_rerouted((old, gone), (new, general))
                {
                    let changes = rerouted::diff((old, gone), (new, general));
                    found.extend(changes.into_iter().map(|change| of_model(id(gone), change)));
                }
            }
            (None, Some(come)) => {
                let like = alike(&old.doc, come).map(|(other, members)| match members.as_slice() {
                    [] => format!("; like `{}`", id(other)),
                    members => format!("; like `{}`, except {}", id(other), members.join(", ")),
                });
                let text = format!("added: {}{}", limits::summary(come), like.unwrap_or_default());
                found.push(model(Rule::ModelAdded, id(come), text));
                if let Some(general) = described(&old.doc, id(come)) {
                    special((old, general), (new, come), &mut found);
                }
            }
            (None, None) => {}
        }
    }
    order(&list(&old.doc), &list(&new.doc), &pairs, &mut found);
    found
}

/// A table of the changes: model, member, before, after.
pub(crate) fn rows(old: &Value, new: &Value) -> Vec<[String; 4]> {
    let mut rows = Vec::new();
    for sides in matched(old, new) {
        let changed = |a: &Value, b: &Value, members: &[&str], before: &str| -> Vec<[String; 4]> {
            let differs = members.iter().filter(|member| a.get(**member) != b.get(**member));
            let row = |member: &&str| {
                let (was, is) = (limits::shown(&a[*member]), limits::shown(&b[*member]));
                let name = sides.0.or(sides.1).map(id).unwrap_or_default();
                [name.to_owned(), (*member).to_owned(), format!("{was}{before}"), is]
            };
            differs.map(row).collect()
        };
        let all: Vec<&str> = IDENTITY.iter().chain(&limits::MEMBERS).copied().collect();
        match sides {
            (Some(a), Some(b)) => rows.extend(changed(a, b, &all, "")),
            (Some(gone), None) => {
                let after = match described(new, id(gone)) {
                    Some(general) => format!("removed; `{}` describes it", id(general)),
                    None => "removed".to_owned(),
                };
                rows.push([
                    id(gone).to_owned(),
                    "the model".to_owned(),
                    limits::summary(gone),
                    after,
                ]);
            }
            (None, Some(come)) => {
                let general = described(old, id(come));
                let before = general.map_or_else(|| "new".to_owned(), |general| format!("as `{}`", id(general)));
                rows.push([
                    id(come).to_owned(),
                    "the model".to_owned(),
                    before,
                    limits::summary(come),
                ]);
                if let Some(general) = general {
                    rows.extend(changed(general, come, &all[1..], &format!(" (`{}`)", id(general))));
                }
            }
            (None, None) => {}
        }
    }
    rows
}

/// The pattern that describes an id without an entry of its own: the first that matches. An id that is a pattern itself
/// is described by a more general one.
fn described<'a>(doc: &'a Value, model: &str) -> Option<&'a Value> {
    let general = |entry: &&Value| {
        id(entry)
            .strip_suffix('*')
            .is_some_and(|prefix| model.starts_with(prefix))
    };
    list(doc).into_iter().find(general)
}

/// The model that a new one is most like, if it has the same request and few limits of its own, and the members that differ.
fn alike<'a>(old: &'a Value, come: &Value) -> Option<(&'a Value, Vec<&'static str>)> {
    let is_sent_alike = |model: &&Value| {
        let same = |member: &str| model.get(member) == come.get(member);
        !id(model).ends_with('*') && same("create") && same("request")
    };
    let differing = |model: &Value| {
        let members = limits::MEMBERS.iter().copied();
        members
            .filter(|member| model.get(*member) != come.get(*member))
            .collect::<Vec<_>>()
    };
    let models = list(old).into_iter().filter(is_sent_alike);
    let nearest = models
        .map(|model| (model, differing(model)))
        .min_by_key(|(_, members)| members.len());
    nearest.filter(|(_, members)| members.len() <= limits::MEMBERS.len() / 4)
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

fn compare(old: (&Spec, &Value), new: (&Spec, &Value), found: &mut Vec<Found>) {
    let ((_, a), (_, b)) = (old, new);
    let name = id(a);
    if is_rerouted(old, new) {
        found.extend(rerouted::diff(old, new).into_iter().map(|found| of_model(name, found)));
    }
    if a.get("request") != b.get("request") && !is_rerouted(old, new) {
        let text = from_to("body", a.get("request"), b.get("request")) + ", which is the same";
        found.push(limit(name, "request", Rule::LimitRestated, text));
    }
    for (member, rule, text) in limits::diff(a, b, &carried(old, new)) {
        found.push(limit(name, member, rule, text));
    }
    for member in PROVENANCE.into_iter().filter(|member| a.get(*member) != b.get(*member)) {
        let mut told = Vec::new();
        provenance::diff(
            &Place::named(format!("models' {member}")),
            member,
            a.get(member),
            b.get(member),
            &mut told,
        );
        found.extend(told.into_iter().map(|found| of_model(name, found)));
    }
    let handled: Vec<&str> = IDENTITY
        .iter()
        .chain(&PROVENANCE)
        .chain(&limits::MEMBERS)
        .copied()
        .collect();
    rest(&Place::named(format!("model {name}")), a, b, &handled, found);
}

/// An id that a pattern described has an entry of its own now. Whether what the entry refuses ever worked is not known,
/// so nothing is said to break; but it is refused before it is sent, or sent otherwise.
fn special(old: (&Spec, &Value), new: (&Spec, &Value), found: &mut Vec<Found>) {
    let ((_, general), (_, own)) = (old, new);
    // One line for all that is narrower, one for all that is sent otherwise, and so on.
    let mut lines: Vec<(Rule, String, Vec<Found>)> = Vec::new();
    let mut add = |change: Found, how: &str, text: &str| {
        let title = format!("{how} `{}`", id(general));
        let is_it = |(rule, line, _): &(Rule, String, Vec<Found>)| *rule == change.rule && line.starts_with(&title);
        let index = lines.iter().position(is_it).unwrap_or(lines.len());
        if index == lines.len() {
            lines.push((change.rule, title, Vec::new()));
        }
        let (_, line, changes) = &mut lines[index];
        let is_same = changes.last().is_some_and(|last: &Found| last.place == change.place);
        let sign = if changes.is_empty() { ":" } else { ";" };
        let member = change.place.strip_prefix("models' ").unwrap_or(&change.place);
        let member = if is_same { String::new() } else { format!("{member}: ") };
        *line += &format!("{sign} {member}{text}");
        changes.push(change);
    };
    if is_rerouted(old, new) {
        for mut change in rerouted::diff(old, new) {
            if change.rule.judge(None) == Judgement::Breaking {
                change.rule = Rule::ModelSpecific;
            }
            let text = change.text.clone();
            add(change, "sent otherwise than", &text);
        }
    }
    for (member, rule, text) in limits::diff(general, own, &carried(old, new)) {
        let (rule, how) = match rule {
            Rule::LimitNarrowed => (Rule::ModelSpecific, "narrower than"),
            Rule::LimitWidened => (rule, "wider than"),
            _ if rule.judge(None) == Judgement::Breaking => (Rule::ModelSpecific, "differs from"),
            _ => (rule, "differs from"),
        };
        // The sets of values are told as a whole, where the line says only which are gone.
        let whole = match (&general[member], &own[member]) {
            (Value::Array(_), _) | (_, Value::Array(_)) if member != "exclusive" => {
                format!(
                    " ({} → {})",
                    limits::shown(&general[member]),
                    limits::shown(&own[member])
                )
            }
            _ => String::new(),
        };
        add(
            limit(id(own), member, rule, text.clone()),
            how,
            &format!("{text}{whole}"),
        );
    }
    for (rule, text, changes) in lines {
        let mut line = Found::at(&Place::named(format!("model {}", id(own))), rule, text);
        let names = |of: fn(&Found) -> &Vec<String>| {
            let all: BTreeSet<&String> = changes.iter().flat_map(of).collect();
            all.into_iter().cloned().collect::<Vec<_>>()
        };
        line.direction = changes.first().and_then(|change| change.direction);
        (line.rust, line.facade) = (names(|change| &change.rust), names(|change| &change.facade));
        found.push(line);
    }
}

/// Whether another operation creates its tasks, or from another body.
fn is_rerouted((old, before): (&Spec, &Value), (new, after): (&Spec, &Value)) -> bool {
    // A body that has to be named, now that there are others, or that has another name, is the same body.
    let is_same = match (rerouted::body(old, before), rerouted::body(new, after)) {
        (Some(a), Some(b)) => a == b || is_renamed(old, new, a, b),
        (a, b) => a == b,
    };
    before.get("create") != after.get("create") || before.get("request") != after.get("request") && !is_same
}

fn carried<'a>((old, before): (&'a Spec, &Value), (new, after): (&'a Spec, &Value)) -> Carried<'a> {
    Carried {
        before: rerouted::carried(old, before),
        after: rerouted::carried(new, after),
        media: (&old.doc["x-media"], &new.doc["x-media"]),
    }
}

fn of_model(id: &str, found: Found) -> Found {
    Found {
        model: Some(id.to_owned()),
        ..found
    }
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
    if !rule.is_about_words() {
        found.rust = vec!["facts::VENDOR.models".to_owned()];
        let (name, fields) = match member {
            "create" | "request" => ("family", &[][..]),
            "default_resolution" => (member, &["resolution"][..]),
            "resolutions" => (member, &["resolution"][..]),
            "aspect_ratios" | "default_aspect_ratio" => (member, &["aspect_ratio"][..]),
            "default_generate_audio" => (member, &["generate_audio"][..]),
            "duration" | "frames" => (member, std::slice::from_ref(&member)),
            _ => (member, &[][..]),
        };
        found.facade = fields.iter().map(|field| (*field).to_owned()).collect();
        found.facade.push(format!("Capabilities::model.{name}"));
    }
    found
}

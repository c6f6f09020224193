//! The parts of an operation: parameters, bodies, answers, headers.

use serde_json::{Map, Value};

use super::call::Call;
use super::components::is_renamed;
use super::judge::Rule;
use super::place::{Found, Place};
use super::rename;
use super::rest::rest;
use super::schemas::Walk;
use crate::spec::schema::single_ref;
use crate::spec::{Spec, component, escape, members};

/// Compares the parameters of an operation, and those of its path.
pub(crate) fn parameters(walk: &mut Walk<'_>, at: &Place, old: &Call<'_>, new: &Call<'_>) {
    let (olds, news) = (parameter_list(walk.old, old), parameter_list(walk.new, new));
    let (old_paths, new_paths) = (placeholders(&old.path), placeholders(&new.path));
    let mut used = vec![false; news.len()];
    let mut gone = Vec::new();
    for parameter in &olds {
        let found = news.iter().position(|other| {
            if parameter.kind == "path" && other.kind == "path" {
                // Positions count, names do not.
                let place = |list: &[String], name: &str| list.iter().position(|entry| entry == name);
                return place(&old_paths, &parameter.name) == place(&new_paths, &other.name);
            }
            (&parameter.kind, &parameter.name) == (&other.kind, &other.name)
        });
        match found {
            Some(index) => {
                used[index] = true;
                compare(walk, at, parameter, &news[index]);
            }
            None => gone.push(parameter),
        }
    }
    let come: Vec<&Parameter<'_>> = news
        .iter()
        .zip(&used)
        .filter(|(_, used)| !**used)
        .map(|(new, _)| new)
        .collect();
    let pairs = rename::pairs(&gone, &come, |a, b| {
        let text = |parameter: &Parameter<'_>| {
            parameter
                .value
                .get("description")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        if a.kind != b.kind || a.value.get("schema") != b.value.get("schema") {
            return None;
        }
        rename::alike((&a.name, &b.name), (text(a).as_deref(), text(b).as_deref()))
    });
    for (i, j) in &pairs {
        let inner = parameter_place(at, gone[*i]);
        let text = format!("renamed to `{}`", come[*j].name);
        walk.found.push(Found::at(&inner, Rule::FieldRenamed, text));
        compare(walk, at, gone[*i], come[*j]);
    }
    for (index, parameter) in gone.iter().enumerate() {
        if pairs.iter().all(|(i, _)| *i != index) {
            let inner = parameter_place(at, parameter);
            walk.found.push(Found::at(&inner, Rule::FieldRemoved, "removed"));
        }
    }
    for (index, parameter) in come.iter().enumerate() {
        if pairs.iter().all(|(_, j)| *j != index) {
            let inner = parameter_place(at, parameter);
            let (rule, text) = if parameter.is_required() {
                (Rule::RequiredFieldAdded, "added, and required")
            } else if inner.rust.is_some() {
                (Rule::FieldAdded, "added; the method takes one more argument")
            } else {
                (Rule::FieldAdded, "added")
            };
            walk.found.push(Found::at(&inner, rule, text));
        }
    }
}

fn compare(walk: &mut Walk<'_>, at: &Place, old: &Parameter<'_>, new: &Parameter<'_>) {
    let inner = parameter_place(at, old);
    match (old.is_required(), new.is_required()) {
        (false, true) => walk
            .found
            .push(Found::at(&inner, Rule::BecameRequired, "is now required")),
        (true, false) => walk
            .found
            .push(Found::at(&inner, Rule::BecameOptional, "is now optional")),
        _ => {}
    }
    if let (Some(a), Some(b)) = (old.value.get("schema"), new.value.get("schema")) {
        walk.schema(&inner, a, b);
    }
    let carried = |side: &Parameter<'_>| side.value.get("x-field").and_then(Value::as_str).map(str::to_owned);
    let (before, after) = (carried(old), carried(new));
    if before != after {
        let changes = [
            before.map(|field| (Rule::CarrierRemoved, format!("no longer carries `{field}`"), field)),
            after.map(|field| (Rule::CarrierAdded, format!("now carries `{field}`"), field)),
        ];
        for (rule, text, field) in changes.into_iter().flatten() {
            let mut found = Found::at(&inner, rule, text);
            found.facade = vec![field];
            walk.found.push(found);
        }
    }
    let mut handled = vec!["name", "in", "required", "x-field"];
    if old.value.get("schema").is_some() == new.value.get("schema").is_some() {
        handled.push("schema");
    }
    rest(&inner, old.value, new.value, &handled, &mut walk.found);
}

struct Parameter<'a> {
    name: String,
    kind: String,
    value: &'a Value,
    /// The component it is, if it is one: a shared one is reported once.
    component: Option<String>,
}

impl Parameter<'_> {
    fn is_required(&self) -> bool {
        self.value.get("required") == Some(&Value::Bool(true))
    }
}

fn parameter_list<'a>(spec: &'a Spec, call: &Call<'a>) -> Vec<Parameter<'a>> {
    let lists = [call.shared, call.value.get("parameters")];
    lists
        .into_iter()
        .flatten()
        .filter_map(Value::as_array)
        .flatten()
        .map(|entry| {
            let value = spec.resolve(entry);
            let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            Parameter {
                name: text("name"),
                kind: text("in"),
                value,
                component: reference(entry),
            }
        })
        .collect()
}

fn parameter_place(at: &Place, parameter: &Parameter<'_>) -> Place {
    let Parameter {
        name, kind, component, ..
    } = parameter;
    let mut inner = at.inner(match component {
        Some(component) => format!("{kind} parameter `{name}` ({component})"),
        None => format!("{} {kind} parameter `{name}`", at.name),
    });
    // The session sends headers, not the generated method.
    if kind != "header" {
        inner.rust.clone_from(&at.rust);
    }
    inner
}

fn placeholders(path: &str) -> Vec<String> {
    path.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
        .collect()
}

/// Compares two bodies, one of which may be missing.
pub(crate) fn body(walk: &mut Walk<'_>, at: &Place, old: Option<&Value>, new: Option<&Value>) {
    let empty = Value::Object(Map::new());
    let inner = Place {
        rust: at.rust.clone(),
        ..at.inner(format!("{} body", at.name))
    };
    let (old, new) = match (old, new) {
        (None, None) => return,
        (Some(_), None) => return walk.found.push(Found::at(&inner, Rule::BodyRemoved, "removed")),
        (None, Some(_)) => return walk.found.push(Found::at(&inner, Rule::BodyAdded, "added")),
        (Some(old), Some(new)) => (walk.old.resolve(old), walk.new.resolve(new)),
    };
    let is_required = |body: &Value| body.get("required") == Some(&Value::Bool(true));
    match (is_required(old), is_required(new)) {
        (false, true) => walk
            .found
            .push(Found::at(&inner, Rule::BecameRequired, "is now required")),
        (true, false) => walk
            .found
            .push(Found::at(&inner, Rule::BecameOptional, "is now optional")),
        _ => {}
    }
    let content = |body: &'_ Value| body.get("content").cloned().unwrap_or_else(|| empty.clone());
    media(walk, &inner, &content(old), &content(new));
    rest(&inner, old, new, &["required", "content"], &mut walk.found);
}

/// Compares the content types.
fn media(walk: &mut Walk<'_>, at: &Place, old: &Value, new: &Value) {
    for (kind, before) in members(Some(old)) {
        let Some(after) = new.get(kind) else {
            walk.found
                .push(Found::at(at, Rule::MediaRemoved, format!("`{kind}` was removed")));
            continue;
        };
        match (before.get("schema"), after.get("schema")) {
            (Some(a), Some(b)) => shapes(walk, at, a, b),
            (Some(_), None) => walk.found.push(Found::at(
                at,
                Rule::BodyRemoved,
                format!("`{kind}` no longer has a schema"),
            )),
            (None, Some(_)) => walk
                .found
                .push(Found::at(at, Rule::BodyAdded, format!("`{kind}` now has a schema"))),
            (None, None) => {}
        }
        rest(at, before, after, &["schema"], &mut walk.found);
    }
    for (kind, _) in members(Some(new)).filter(|(kind, _)| old.get(kind).is_none()) {
        walk.found
            .push(Found::at(at, Rule::MediaAdded, format!("`{kind}` was added")));
    }
}

/// Compares the components that a body may be: one, or the alternatives of an `anyOf`.
fn shapes(walk: &mut Walk<'_>, at: &Place, old: &Value, new: &Value) {
    let list = |schema: &Value| -> Option<Vec<(String, Value)>> {
        let shapes = schema.get("anyOf").and_then(Value::as_array);
        let shapes = shapes.map_or_else(|| std::slice::from_ref(schema), Vec::as_slice);
        let named = |shape: &Value| Some((component(single_ref(shape)?)?.to_owned(), shape.clone()));
        shapes.iter().map(named).collect()
    };
    let (Some(olds), Some(news)) = (list(old), list(new)) else {
        return walk.schema(at, old, new);
    };
    if let ([(_, a)], [(_, b)]) = (olds.as_slice(), news.as_slice()) {
        return walk.schema(at, a, b);
    }
    let has = |list: &[(String, Value)], name: &str| list.iter().any(|(other, _)| other == name);
    let mut come: Vec<&(String, Value)> = news.iter().filter(|(name, _)| !has(&olds, name)).collect();
    let types = |name: &str| -> Vec<String> { at.rust.clone().into_iter().chain([format!("types::{name}")]).collect() };
    for (name, before) in &olds {
        let renamed = |(other, _): &&(String, Value)| is_renamed(walk.old, walk.new, name, other);
        let same = news.iter().find(|(other, _)| other == name);
        let after = same.or_else(|| come.iter().position(renamed).map(|index| come.remove(index)));
        if let Some((_, after)) = after {
            walk.schema(at, before, after);
            continue;
        }
        let mut change = Found::at(at, Rule::TypeNarrowed, format!("may no longer be `{name}`"));
        change.rust = types(name);
        walk.found.push(change);
    }
    for (name, _) in come {
        let mut change = Found::at(at, Rule::TypeWidened, format!("may also be `{name}`"));
        change.rust = types(name);
        walk.found.push(change);
    }
}

/// Compares the answers of an operation, by status.
pub(crate) fn responses(walk: &mut Walk<'_>, at: &Place, old: Option<&Value>, new: Option<&Value>) {
    let is_success = |status: &str| status.starts_with(['2', '3']);
    let gone: Vec<&str> = statuses(old).filter(|status| get(new, status).is_none()).collect();
    let come: Vec<&str> = statuses(new).filter(|status| get(old, status).is_none()).collect();
    let mut pairs: Vec<(&str, &str)> = statuses(old)
        .filter(|status| get(new, status).is_some())
        .map(|s| (s, s))
        .collect();
    let (mut gone_left, mut come_left) = (gone.clone(), come.clone());
    // One success status replaced another.
    let successes = |list: &[&str]| list.iter().filter(|status| is_success(status)).count();
    if successes(&gone) == 1 && successes(&come) == 1 {
        let from = gone
            .iter()
            .copied()
            .find(|status| is_success(status))
            .unwrap_or_default();
        let to = come
            .iter()
            .copied()
            .find(|status| is_success(status))
            .unwrap_or_default();
        let text = format!("success status `{from}` became `{to}`");
        walk.found.push(Found::at(at, Rule::StatusRemoved, text));
        pairs.push((from, to));
        gone_left.retain(|status| *status != from);
        come_left.retain(|status| *status != to);
    }
    for status in gone_left {
        let (rule, kind) = if is_success(status) {
            (Rule::StatusRemoved, "status")
        } else {
            (Rule::ErrorRemoved, "error")
        };
        walk.found
            .push(Found::at(at, rule, format!("{kind} `{status}` was removed")));
    }
    for status in come_left {
        let kind = if is_success(status) { "status" } else { "error" };
        walk.found
            .push(Found::at(at, Rule::StatusAdded, format!("{kind} `{status}` was added")));
    }
    for (from, to) in pairs {
        if let (Some(a), Some(b)) = (get(old, from), get(new, to)) {
            // A shared answer is reported once.
            let name = match (reference(a), reference(b)) {
                (Some(old), Some(new)) if old == new => format!("response {old}"),
                _ => format!("{} {from}", at.name),
            };
            response(walk, &at.inner(name), a, b);
        }
    }
}

fn response(walk: &mut Walk<'_>, at: &Place, old: &Value, new: &Value) {
    let (old, new) = (walk.old.resolve(old), walk.new.resolve(new));
    match (old.get("content"), new.get("content")) {
        (Some(a), Some(b)) => media(walk, at, a, b),
        (Some(_), None) => walk
            .found
            .push(Found::at(at, Rule::BodyRemoved, "no longer has a body")),
        (None, Some(_)) => walk.found.push(Found::at(at, Rule::BodyAdded, "now has a body")),
        (None, None) => {}
    }
    let headers = (old.get("headers"), new.get("headers"));
    for (name, before) in members(headers.0) {
        let inner = at.inner(format!("{} header `{name}`", at.name));
        let Some(after) = headers.1.and_then(|headers| headers.get(name)) else {
            walk.found.push(Found::at(&inner, Rule::HeaderRemoved, "removed"));
            continue;
        };
        let (a, b) = (walk.old.resolve(before), walk.new.resolve(after));
        if let (Some(a), Some(b)) = (a.get("schema"), b.get("schema")) {
            walk.schema(&inner, a, b);
        }
        let mut handled = vec![];
        if a.get("schema").is_some() == b.get("schema").is_some() {
            handled.push("schema");
        }
        rest(&inner, a, b, &handled, &mut walk.found);
    }
    for (name, _) in members(headers.1).filter(|(name, _)| get(headers.0, name).is_none()) {
        let inner = at.inner(format!("{} header `{name}`", at.name));
        walk.found.push(Found::at(&inner, Rule::HeaderAdded, "added"));
    }
    rest(at, old, new, &["content", "headers"], &mut walk.found);
}

fn statuses(responses: Option<&Value>) -> impl Iterator<Item = &str> {
    members(responses).map(|(status, _)| status)
}

fn get<'a>(object: Option<&'a Value>, key: &str) -> Option<&'a Value> {
    object?.pointer(&format!("/{}", escape(key)))
}

/// The last part of a `$ref`.
fn reference(value: &Value) -> Option<String> {
    let reference = value.get("$ref")?.as_str()?;
    reference.rsplit_once('/').map(|(_, name)| name.to_owned())
}

//! A model whose tasks another operation creates: which names on the wire change with it, and what becomes of task ids.

use std::collections::BTreeSet;

use serde_json::Value;

use super::families::{address, poll};
use super::judge::{Direction, Rule};
use super::keywords::{self, Kind, quoted};
use super::place::{Found, Place};
use super::properties::fields;
use super::rename;
use super::sets::strings;
use crate::spec::facts::ROLES;
use crate::spec::schema::{single_ref, target};
use crate::spec::{Operation, Spec, component, members};

/// A model in one of the two specs, with the operation that creates its tasks.
struct Side<'a> {
    spec: &'a Spec,
    operation: Option<Operation<'a>>,
    /// The component that is its body, if it names one of several.
    request: Option<String>,
    members: Vec<Member>,
    model: &'a Value,
    without: BTreeSet<String>,
    roles: BTreeSet<String>,
}

/// One place in the request.
struct Member {
    /// `metadata.seed`, `image_with_roles[].url`.
    wire: String,
    /// Normalised fields that it carries.
    fields: Vec<String>,
    schema: Value,
    required: bool,
}

/// Normalised fields that the requests of an operation can carry.
pub(crate) fn carried(spec: &Spec, model: &Value) -> BTreeSet<String> {
    let members = request(spec, model, operation(spec, &model["create"]).as_ref());
    members.into_iter().flat_map(|member| member.fields).collect()
}

/// Compares the requests of two operations for one model, and the families that its tasks belong to.
pub(crate) fn diff(old: (&Spec, &Value), new: (&Spec, &Value)) -> Vec<Found> {
    let (old, new) = (Side::of(old), Side::of(new));
    let at = |name: &str| Place::named(format!("models' {name}")).going(Direction::Sent);
    let text = format!("{} → {}", old.address(), new.address());
    let mut found = vec![Found::at(&Place::named("models' create"), Rule::ModelRerouted, text)];
    let both = wire_names(&old, &new, &at("wire names"), &mut found);
    for (a, b) in both {
        let mut place = at(&b.wire);
        place.fields.clone_from(&b.fields);
        // Where the model says what it takes, the bounds for all models mean nothing.
        let is_limited = b.fields.iter().any(|field| old.limits(field) && new.limits(field));
        if keywords::types(&place, &a.schema, &b.schema, &mut found) && !is_limited {
            keywords::diff(&place, &a.schema, &b.schema, &mut found);
        }
        match (a.required, b.required) {
            (false, true) => found.push(Found::at(&place, Rule::BecameRequired, "is required now")),
            (true, false) => found.push(Found::at(&place, Rule::BecameOptional, "may be left out now")),
            _ => {}
        }
    }
    families(&old, &new, &mut found);
    // The operations and types themselves did not change.
    for change in &mut found {
        change.rust.clear();
    }
    found
}

/// Which name carries what. Returns the members to be compared further.
fn wire_names<'a>(
    old: &'a Side<'_>,
    new: &'a Side<'_>,
    at: &Place,
    found: &mut Vec<Found>,
) -> Vec<(&'a Member, &'a Member)> {
    let mut note = |rule: Rule, text: String, fields: &[String]| {
        let mut change = Found::at(at, rule, text);
        change.facade = fields.to_vec();
        found.push(change);
    };
    let all: BTreeSet<&String> = old
        .members
        .iter()
        .chain(&new.members)
        .flat_map(|member| &member.fields)
        .collect();
    for field in all.into_iter().filter(|field| old.takes(field) || new.takes(field)) {
        let (before, after) = (old.wires(field), new.wires(field));
        let fields = [field.clone()];
        match (before.is_empty(), after.is_empty()) {
            (false, false) if before != after => {
                note(
                    Rule::WireName,
                    format!("`{field}`: {} → {}", quoted(&before), quoted(&after)),
                    &fields,
                );
            }
            (false, true) if old.takes(field) => {
                let text = format!("`{field}` can no longer be sent; it was {}", quoted(&before));
                note(Rule::LimitNarrowed, text, &fields);
            }
            (true, false) if new.takes(field) => {
                note(
                    Rule::LimitWidened,
                    format!("`{field}` can be sent now, as {}", quoted(&after)),
                    &fields,
                );
            }
            _ => {}
        }
    }
    let plain = |side: &'a Side<'_>, other: &Side<'_>| -> Vec<&'a Member> {
        let has = |wire: &str| other.members.iter().any(|its| its.wire == wire);
        // The members of a list come and go with it.
        let list = |member: &Member| member.wire.rsplit_once("[].").is_none_or(|(list, _)| has(list));
        let is_left = |member: &&Member| member.fields.is_empty() && !has(&member.wire) && list(member);
        side.members.iter().filter(is_left).collect()
    };
    let (gone, come) = (plain(old, new), plain(new, old));
    let renamed = rename::pairs(&gone, &come, |a, b| {
        let description = |member: &'_ Member| {
            member
                .schema
                .get("description")
                .and_then(Value::as_str)
                .map(str::to_owned)
        };
        if Kind::of(&a.schema) != Kind::of(&b.schema) {
            return None;
        }
        rename::alike(
            (&a.wire, &b.wire),
            (description(a).as_deref(), description(b).as_deref()),
        )
    });
    for (i, j) in &renamed {
        note(
            Rule::WireName,
            format!("`{}` → `{}`", gone[*i].wire, come[*j].wire),
            &[],
        );
    }
    for (_, member) in gone
        .iter()
        .enumerate()
        .filter(|(index, _)| renamed.iter().all(|(i, _)| i != index))
    {
        note(
            Rule::LimitNarrowed,
            format!("`{}` can no longer be sent", member.wire),
            &[],
        );
    }
    for (_, member) in come
        .iter()
        .enumerate()
        .filter(|(index, _)| renamed.iter().all(|(_, j)| j != index))
    {
        let (rule, text) = if member.required {
            (Rule::RequiredFieldAdded, "has to be sent now")
        } else {
            (Rule::LimitWidened, "can be sent now")
        };
        note(rule, format!("`{}` {text}", member.wire), &[]);
    }
    let counterpart = |member: &'a Member| {
        let same = |other: &&Member| other.wire == member.wire;
        let shares = |other: &&Member| other.fields.iter().any(|field| member.fields.contains(field));
        let index = gone.iter().position(|other| other.wire == member.wire);
        let renamed = index
            .and_then(|index| renamed.iter().find(|(i, _)| *i == index))
            .map(|(_, j)| come[*j]);
        let other = new
            .members
            .iter()
            .find(same)
            .or_else(|| new.members.iter().find(shares))
            .or(renamed)?;
        // Every request names its model.
        let is_used =
            member.wire != "model" && (member.fields.is_empty() || member.fields.iter().any(|field| old.takes(field)));
        is_used.then_some((member, other))
    };
    old.members.iter().filter_map(counterpart).collect()
}

/// What becomes of task ids, which name the family.
fn families(old: &Side<'_>, new: &Side<'_>, found: &mut Vec<Found>) {
    let family = |side: &Side<'_>| {
        side.operation
            .as_ref()
            .and_then(|operation| operation.tag())
            .map(str::to_owned)
    };
    let (Some(before), Some(after)) = (family(old), family(new)) else {
        return;
    };
    if before == after {
        return;
    }
    let vendor = &new.spec.vendor;
    let text = format!(
        "new tasks are `{vendor}:{after}:…`, polled by {}; ids that users hold stay `{vendor}:{before}:…`, polled by {}",
        poll(new.spec, &after),
        poll(new.spec, &before)
    );
    let mut change = Found::at(&Place::named("models' task ids"), Rule::FamilyChanged, text);
    change.facade = vec!["TaskId::family".to_owned()];
    found.push(change);
}

impl<'a> Side<'a> {
    fn of((spec, model): (&'a Spec, &'a Value)) -> Self {
        let operation = operation(spec, &model["create"]);
        Self {
            spec,
            members: request(spec, model, operation.as_ref()),
            operation,
            request: model["request"].as_str().map(str::to_owned),
            model,
            without: strings(&model["without"]),
            roles: members(model.get("inputs")).map(|(role, _)| role.to_owned()).collect(),
        }
    }

    /// Whether the model accepts a field, if its request has it.
    fn takes(&self, field: &str) -> bool {
        !self.without.contains(field) && (!ROLES.contains(&field) || self.roles.contains(field))
    }

    /// Whether the model's entry has its own values for a field.
    fn limits(&self, field: &str) -> bool {
        let member = match field {
            "resolution" => "resolutions",
            "aspect_ratio" => "aspect_ratios",
            other => other,
        };
        matches!(field, "duration" | "frames" | "resolution" | "aspect_ratio") && !self.model[member].is_null()
    }

    fn wires(&self, field: &str) -> Vec<String> {
        let carriers = self
            .members
            .iter()
            .filter(|member| member.fields.iter().any(|one| one == field));
        carriers.map(|member| member.wire.clone()).collect()
    }

    fn address(&self) -> String {
        let address = self.operation.as_ref().map(address);
        let request = self.request.as_ref().map(|name| format!(" with `{name}`"));
        format!(
            "{}{}",
            address.unwrap_or_else(|| "an operation that is not there".to_owned()),
            request.unwrap_or_default()
        )
    }
}

fn operation<'a>(spec: &'a Spec, create: &Value) -> Option<Operation<'a>> {
    let create = create.as_str()?;
    spec.operations().find(|operation| operation.id() == Some(create))
}

/// The component that is a model's body.
pub(crate) fn body<'a>(spec: &'a Spec, model: &Value) -> Option<&'a str> {
    component(single_ref(schema(&operation(spec, &model["create"])?, model)?)?)
}

/// The body of a model: that of its operation or, where there are several, the one that the model names.
fn schema<'a>(operation: &Operation<'a>, model: &Value) -> Option<&'a Value> {
    let bodies = operation.request_schemas();
    let named = |body: &&&Value| single_ref(body).and_then(component) == model["request"].as_str();
    bodies.iter().find(named).or(bodies.first()).copied()
}

fn request(spec: &Spec, model: &Value, operation: Option<&Operation<'_>>) -> Vec<Member> {
    let mut found = Vec::new();
    if let Some(schema) = operation.and_then(|operation| schema(operation, model)) {
        collect(spec, schema, "", &mut Vec::new(), &mut found);
    }
    found
}

/// The members of an object and of the objects in it.
fn collect<'a>(spec: &'a Spec, schema: &'a Value, prefix: &str, within: &mut Vec<&'a str>, found: &mut Vec<Member>) {
    let reference = single_ref(schema);
    if reference.is_some_and(|reference| within.contains(&reference)) {
        return;
    }
    within.extend(reference);
    let object = target(spec, schema);
    let required = strings(&object["required"]);
    for (name, property) in members(object.get("properties")) {
        let wire = format!("{prefix}{name}");
        let inner = target(spec, property);
        let mut whole = inner.clone();
        if let Some(whole) = whole.as_object_mut() {
            let beside = members(Some(property)).filter(|(key, _)| !matches!(*key, "$ref" | "allOf"));
            whole.extend(beside.map(|(key, value)| (key.to_owned(), value.clone())));
        }
        let is_object = inner.get("properties").is_some();
        let carries = fields(property);
        // An object that carries nothing is only the way to what it holds.
        if !is_object || !carries.is_empty() {
            found.push(Member {
                wire: wire.clone(),
                fields: carries,
                schema: whole,
                required: required.contains(name),
            });
        }
        if is_object {
            collect(spec, property, &format!("{wire}."), within, found);
        } else if let Some(items) = inner.get("items") {
            collect(spec, items, &format!("{wire}[]."), within, found);
        }
    }
    if reference.is_some() {
        within.pop();
    }
}

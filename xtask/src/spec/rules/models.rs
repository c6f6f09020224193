//! `x-models` names only things that exist, and its numbers agree with each other.

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::{Found, instead};
use crate::spec::facts::{Auto, Doubt, FIELDS, Field, FieldState, Form, Model, ROLES, Shape, Shapes, of_model};
use crate::spec::schema::reach;
use crate::spec::{Spec, escape};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let Some(entries) = spec.doc.get("x-models").and_then(Value::as_array) else {
        return;
    };
    let ids: Vec<&str> = entries
        .iter()
        .map(|entry| entry["id"].as_str().unwrap_or_default())
        .collect();
    if ids.last() != Some(&"*") {
        let fix = "add an entry with the id '*': the rules for unknown models";
        found.add("last-model", "/x-models", "the last entry is not '*'", fix);
    }
    for (index, id) in ids.iter().enumerate() {
        if let Some(first) = ids[..index].iter().find(|first| matches(first, id)) {
            let reason = format!("`{id}` is never reached: the earlier entry '{first}' matches it");
            let fix = "put the exact id first, or delete one of the two";
            found.add("unreachable-model", format!("/x-models/{index}/id"), reason, fix);
        }
    }
    let shapes = Shapes::new(spec);
    each(spec, found, |spec, model, entry, report| {
        numbers(model, report);
        pattern(model, entry, report);
        needs(model, report);
        names(model, entry, report);
        endpoints(model, entries, report);
        if entry.get("create").is_some() && shapes.of(&model.create).is_empty() {
            let known: Vec<&str> = spec.operations().filter_map(|operation| operation.id()).collect();
            let (reason, fix) = if known.contains(&model.create.as_str()) {
                ("has no tag or no JSON request", "add what it lacks".to_owned())
            } else {
                ("is not in this file", instead(&model.create, &known))
            };
            report(
                "unknown-operation",
                "create",
                format!("the operation `{}` {reason}", model.create),
                fix,
            );
        }
    });
}

/// A model's fields are among those that the request of its operation can carry.
pub(super) fn agreement(spec: &Spec, found: &mut Found<'_>) {
    let shapes = Shapes::new(spec);
    each(spec, found, |spec, model, _, report| {
        if let Some(shape) = of_model(&shapes.of(&model.create), model) {
            request(spec, model, shape, report);
        }
    });
}

/// Checks every entry. Missing members and wrong types are reported by another rule, and skipped here.
fn each(spec: &Spec, found: &mut Found<'_>, judge: impl Fn(&Spec, &Model, &Value, &mut Report<'_>)) {
    let entries = spec.doc.get("x-models").and_then(Value::as_array);
    for (index, entry) in entries.into_iter().flatten().enumerate() {
        let mut whole = json!({"id": "", "create": "", "source": "", "duration": {"min": 0}});
        if let (Some(whole), Some(entry)) = (whole.as_object_mut(), entry.as_object()) {
            whole.extend(entry.clone());
        }
        if let Ok(model) = Model::deserialize(&whole) {
            judge(spec, &model, entry, &mut |rule, member, reason, fix| {
                found.add(rule, format!("/x-models/{index}/{member}"), reason, fix);
            });
        }
    }
}

/// Rule, member, reason, fix.
type Report<'a> = dyn FnMut(&'static str, &str, String, String) + 'a;

pub(super) fn matches(pattern: &str, id: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => id.starts_with(prefix),
        None => pattern == id,
    }
}

fn numbers(model: &Model, report: &mut Report<'_>) {
    let duration = &model.duration;
    if let (None, []) = (duration.min, duration.values.as_slice()) {
        let fix = "add it, or `values`; specs/README.md describes both";
        report(
            "missing-member",
            "duration",
            "`min` is missing".to_owned(),
            fix.to_owned(),
        );
    } else if !duration.values.is_empty() && (duration.min.is_some() || duration.max.is_some()) {
        let fix = "delete `min` and `max`, or `values`";
        let reason = "both bounds and values".to_owned();
        report("bad-bounds", "duration", reason, fix.to_owned());
    } else if !duration.values.is_sorted_by(|a, b| a < b) || duration.values.first() == Some(&0) {
        let fix = "write each once, in ascending order, without 0".to_owned();
        report(
            "bad-bounds",
            "duration/values",
            "not in ascending order".to_owned(),
            fix,
        );
    } else if duration.max.is_some_and(|max| duration.min() > max) {
        let fix = "swap them, or correct one";
        report("bad-bounds", "duration", "min is above max".to_owned(), fix.to_owned());
    } else if let Some(default) = duration.default.filter(|default| !duration.allows(*default)) {
        let reason = format!("the default {default} is not allowed");
        let fix = "write one that the bounds or values allow".to_owned();
        report("bad-default", "duration/default", reason, fix);
    }
    if let Some(frames) = &model.frames {
        if frames.step == 0 || frames.min > frames.max {
            let reason = "step is 0, or min is above max".to_owned();
            report(
                "bad-bounds",
                "frames",
                reason,
                "write a step of at least 1, and min at most max".to_owned(),
            );
        } else if (frames.max - frames.min) % frames.step != 0 {
            let reason = format!("max is not min plus a multiple of the step {}", frames.step);
            report(
                "bad-bounds",
                "frames",
                reason,
                "write a max that is min plus a multiple of step".to_owned(),
            );
        }
    }
    for (member, default, values) in [
        ("default_resolution", &model.default_resolution, &model.resolutions),
        (
            "default_aspect_ratio",
            &model.default_aspect_ratio,
            &model.aspect_ratios,
        ),
    ] {
        if let Some(default) = default
            && !values.contains(default)
        {
            let reason = format!("`{default}` is not one of {values:?}");
            report("bad-default", member, reason, "name one of them, or omit it".to_owned());
        }
    }
}

/// A pattern stands for ids that nobody has described, unless it says that a page describes them all. What is known of other
/// models is not known of these.
fn pattern(model: &Model, entry: &Value, report: &mut Report<'_>) {
    if model.limits_known() {
        for (role, _) in model.inputs.iter().filter(|(_, input)| input.max.is_none()) {
            let place = format!("inputs/{}", escape(role));
            let fix = "add it; specs/README.md describes it".to_owned();
            report("missing-member", &place, "`max` is missing".to_owned(), fix);
        }
        if model.documented && !model.is_pattern() {
            let reason = "an entry for one id is always documented".to_owned();
            report("bad-member", "documented", reason, "delete it".to_owned());
        }
        return;
    }
    const LIMITS: [&str; 9] = [
        "frames",
        "resolutions",
        "default_resolution",
        "aspect_ratios",
        "default_aspect_ratio",
        "default_generate_audio",
        "exclusive",
        "conditions",
        "doubtful",
    ];
    let mut limits: Vec<String> = LIMITS.iter().map(|name| (*name).to_owned()).collect();
    limits.extend(["duration/max", "duration/values", "duration/default"].map(str::to_owned));
    let roles = || model.inputs.keys().map(|role| escape(role));
    limits.extend(roles().map(|role| format!("inputs/{role}/max")));
    limits.extend(roles().map(|role| format!("inputs/{role}/media")));
    limits.extend(roles().map(|role| format!("inputs/{role}/needs")));
    for limit in limits {
        if entry.pointer(&format!("/{limit}")).is_some() {
            let reason = format!("`{}` limits ids that no page describes", model.id);
            let fix = "delete it, or add `documented: true` if the page states it for every id that matches".to_owned();
            report("limit-of-pattern", &limit, reason, fix);
        }
    }
    if model.duration.min.is_some_and(|min| min > 1) {
        let reason = format!("`{}` limits ids that no page describes", model.id);
        report("limit-of-pattern", "duration/min", reason, "write 1".to_owned());
    }
}

/// Inputs that most models take only with another one: each entry states which, or that there is none.
const STATED: [&str; 2] = ["last_frame", "reference_audio"];

/// What an input needs besides it is another input of the model.
fn needs(model: &Model, report: &mut Report<'_>) {
    for (role, input) in &model.inputs {
        let place = format!("inputs/{}/needs", escape(role));
        let others = model.inputs.keys().filter(|other| *other != role);
        let others: Vec<&str> = others.map(String::as_str).collect();
        for (index, needed) in input.needs.iter().flatten().enumerate() {
            if !others.contains(&needed.as_str()) {
                let reason = format!("`{needed}` is not another input of this model");
                report(
                    "unknown-role",
                    &format!("{place}/{index}"),
                    reason,
                    instead(needed, &others),
                );
            }
        }
        if model.limits_known() && input.needs.is_none() && STATED.contains(&role.as_str()) {
            let reason = "`needs` is missing: which other input a request with this one must have".to_owned();
            let fix = "list the roles of which one will do; [] if a page says that it may be the only input".to_owned();
            report("missing-member", &format!("inputs/{}", escape(role)), reason, fix);
        }
    }
}

fn names(model: &Model, entry: &Value, report: &mut Report<'_>) {
    const SOURCES: [&str; 4] = ["url", "asset", "data", "upload_id"];
    for (role, input) in &model.inputs {
        if !ROLES.contains(&role.as_str()) {
            let reason = format!("`{role}` is not an input role");
            report(
                "unknown-role",
                &format!("inputs/{}", escape(role)),
                reason,
                instead(role, ROLES),
            );
        }
        for (index, source) in input.sources.iter().enumerate() {
            if !SOURCES.contains(&source.as_str()) {
                let place = format!("inputs/{}/sources/{index}", escape(role));
                report(
                    "unknown-input-source",
                    &place,
                    format!("`{source}` is not a source"),
                    instead(source, &SOURCES),
                );
            }
        }
    }
    for (group, roles) in model.exclusive.iter().enumerate() {
        for (index, role) in roles.iter().enumerate() {
            if !model.inputs.contains_key(role) {
                let known: Vec<&str> = model.inputs.keys().map(String::as_str).collect();
                let reason = format!("`{role}` is not among the inputs of this model");
                report(
                    "unknown-role",
                    &format!("exclusive/{group}/{index}"),
                    reason,
                    instead(role, &known),
                );
            }
        }
    }
    for (index, condition) in model.conditions.iter().enumerate() {
        for (part, tests) in [("when", &condition.when), ("requires", &condition.requires)] {
            for field in tests.keys() {
                if field != "inputs" && !FIELDS.contains(&field.as_str()) {
                    let place = format!("conditions/{index}/{part}/{}", escape(field));
                    let reason = format!("`{field}` is not a normalised field");
                    report("unknown-field", &place, reason, instead(field, &FIELDS));
                }
            }
        }
    }
    for (index, name) in model.without.iter().enumerate() {
        if !FIELDS.contains(&name.as_str()) {
            let reason = format!("`{name}` is not a normalised field");
            report(
                "unknown-field",
                &format!("without/{index}"),
                reason,
                instead(name, &FIELDS),
            );
        }
    }
    for (index, member) in model.unverified.iter().enumerate() {
        let place = format!("unverified/{index}");
        if member == "conditions" {
            let reason = "conditions are marked one by one".to_owned();
            let fix = "add `unverified: true` to those that no page documents".to_owned();
            report("bad-member", &place, reason, fix);
        } else if entry.pointer(&format!("/{}", member.replace('.', "/"))).is_none() {
            let reason = format!("this entry has no member `{member}`");
            let fix = "name a member of this entry, with dots for a nested one".to_owned();
            report("unknown-member", &place, reason, fix);
        }
    }
    for (index, doubt) in model.doubtful.iter().enumerate() {
        if !DOUBTABLE.contains(&doubt.field.as_str()) {
            let reason = format!("`{}` has no list of values in this entry", doubt.field);
            let fix = instead(&doubt.field, &DOUBTABLE);
            report("unknown-field", &format!("doubtful/{index}/field"), reason, fix);
        }
        let is_same = |other: &Doubt| (&other.field, &other.value) == (&doubt.field, &doubt.value);
        if model.doubtful[..index].iter().any(is_same) {
            let reason = format!("`{}` of `{}` is listed twice", doubt.value, doubt.field);
            report(
                "bad-member",
                &format!("doubtful/{index}"),
                reason,
                "delete one".to_owned(),
            );
        }
    }
}

/// The ids of a model with several are entries of their own, which know of no others.
fn endpoints(model: &Model, entries: &[Value], report: &mut Report<'_>) {
    let Some(endpoints) = &model.endpoints else { return };
    let others: Vec<&str> = entries
        .iter()
        .filter(|entry| entry.get("endpoints").is_none() || entry["id"] == model.id.as_str())
        .filter_map(|entry| entry["id"].as_str().filter(|id| !id.ends_with('*')))
        .collect();
    for (kind, id) in endpoints.all() {
        if !others.contains(&id) {
            let reason = format!("`{id}` is not a listed model with one endpoint");
            report(
                "unknown-endpoint",
                &format!("endpoints/{kind}"),
                reason,
                instead(id, &others),
            );
        }
    }
    let has = |roles: &[&str]| model.inputs.keys().any(|role| roles.contains(&role.as_str()));
    for (kind, id, roles) in [
        ("frames", &endpoints.frames, &ROLES[..2]),
        ("references", &endpoints.references, &ROLES[2..]),
    ] {
        if id.is_none() && has(roles) {
            let reason = format!("the model has inputs for which `{kind}` names no endpoint");
            report("missing-member", "endpoints", reason, format!("add `{kind}`"));
        }
    }
}

/// The fields whose values may be doubtful.
const DOUBTABLE: [&str; 2] = ["resolution", "aspect_ratio"];

fn request(spec: &Spec, model: &Model, shape: &Shape, report: &mut Report<'_>) {
    let carries = |name: &str| shape.fields.iter().any(|field| field.name == name);
    conditions(model, shape, report);
    let is_text = |field: &Field| matches!(field.form, Form::Text(_));
    let mut lengths = shape.fields.iter().filter(|field| field.name == "duration");
    if model.duration.auto == Some(Auto::Word) && !lengths.any(is_text) {
        let reason = format!("no text of the body `{}` carries `duration`", shape.name);
        report(
            "bad-member",
            "duration/auto",
            reason,
            "write minus_one or absent".to_owned(),
        );
    }
    let is_left_out = model.without.iter().any(|field| field == "generate_audio");
    if model.default_generate_audio.is_some() && (is_left_out || !carries("generate_audio")) {
        let reason = "a request for the model cannot carry `generate_audio`".to_owned();
        report("bad-default", "default_generate_audio", reason, "delete it".to_owned());
    }
    for (index, name) in model.without.iter().enumerate() {
        if FIELDS.contains(&name.as_str()) && !carries(name) {
            let reason = format!("the body `{}` has no property that carries `{name}`", shape.name);
            let fix = "delete it".to_owned();
            report("unknown-field", &format!("without/{index}"), reason, fix);
        }
    }
    for (member, name, values) in [
        ("resolutions", "resolution", &model.resolutions),
        ("aspect_ratios", "aspect_ratio", &model.aspect_ratios),
    ] {
        let known: Vec<&str> = shape
            .fields
            .iter()
            .filter(|field| field.name == name)
            .flat_map(|field| field.values.iter().map(String::as_str))
            .collect();
        for (index, value) in values.iter().enumerate() {
            if !known.contains(&value.as_str()) {
                let reason = format!(
                    "`{value}` is not a value of a property that carries `{name}` in the body `{}`",
                    shape.name
                );
                let fix = if known.is_empty() {
                    format!("omit `{member}`: the request has no such enum")
                } else {
                    instead(value, &known)
                };
                report("unknown-value", &format!("{member}/{index}"), reason, fix);
            }
        }
    }
    for (role, input) in &model.inputs {
        let place = format!("inputs/{}", escape(role));
        if ROLES.contains(&role.as_str()) && !carries(role) {
            let reason = format!("the body `{}` has no property that carries `{role}`", shape.name);
            report(
                "unknown-role",
                &place,
                reason,
                "add x-field to the property, or delete the input".to_owned(),
            );
        }
        if let Some(word) = &input.role
            && !words(spec, &shape.name).contains(word)
        {
            let reason = format!("`{word}` is not a value of any enum in the body `{}`", shape.name);
            let fix = "write the vendor's word for the role, as in its enum".to_owned();
            report("unknown-role", &format!("{place}/role"), reason, fix);
        }
    }
}

/// The fields of conditions are carried by the request, and their values are possible.
fn conditions(model: &Model, shape: &Shape, report: &mut Report<'_>) {
    for (index, condition) in model.conditions.iter().enumerate() {
        for (part, tests) in [("when", &condition.when), ("requires", &condition.requires)] {
            for (name, state) in tests {
                let place = format!("conditions/{index}/{part}/{}", escape(name));
                let carriers: Vec<_> = shape.fields.iter().filter(|field| field.name == *name).collect();
                if name != "inputs" && FIELDS.contains(&name.as_str()) && carriers.is_empty() {
                    let reason = format!("the body `{}` has no property that carries `{name}`", shape.name);
                    report("unknown-field", &place, reason, "delete it".to_owned());
                }
                let FieldState::OneOf(values) = state else { continue };
                let known: Vec<&str> = carriers
                    .iter()
                    .flat_map(|field| field.values.iter().map(String::as_str))
                    .collect();
                for value in values {
                    if !known.is_empty() && !known.contains(&value.as_str()) && value != "unset" {
                        let reason = format!("`{value}` is not a value of `{name}`");
                        report("unknown-value", &place, reason, instead(value, &known));
                    }
                }
            }
        }
    }
}

/// Every value of the enums in a component and what it refers to.
fn words(spec: &Spec, name: &str) -> Vec<String> {
    let mut reached = std::collections::BTreeSet::new();
    reach(
        spec,
        &json!({"$ref": format!("#/components/schemas/{name}")}),
        &mut reached,
    );
    spec.schemas()
        .filter(|(name, _)| reached.contains(*name))
        .filter_map(|(_, schema)| schema.get("enum")?.as_array())
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

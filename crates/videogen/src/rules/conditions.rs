//! Rules between the fields of a request, as the specs state them for each model.

use videogen_wire::facts::{Condition, FieldState, FieldTest, Model};

use crate::model::demand::{UNSET, fits};
use crate::model::{Role, VideoDuration, VideoRequest};

/// A requirement that a request does not meet.
pub(super) struct Broken {
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) rule: String,
    pub(super) hint: String,
    pub(super) condition: &'static Condition,
}

/// The requirements of the model's conditions that `request` does not meet: one for each field and demand, with all its causes.
/// Documented and unverified ones are not joined. Where several conditions restrict a field, the hints name values that all
/// of them allow.
pub(super) fn broken(model: &Model, request: &VideoRequest) -> Vec<Broken> {
    let is_due = |condition: &&Condition| condition.when.iter().all(|test| holds(test, model, request));
    let due: Vec<&'static Condition> = model.conditions.iter().filter(is_due).collect();
    let tests = || {
        due.iter()
            .flat_map(|condition| condition.requires.iter().map(move |test| (*condition, test)))
    };
    let mut found: Vec<(&'static Condition, &'static FieldTest, Vec<String>)> = Vec::new();
    for (condition, test) in tests().filter(|(_, test)| !holds(test, model, request)) {
        let cause: Vec<String> = condition.when.iter().map(|test| cause(test, request)).collect();
        let cause = cause.join(" with ");
        let same = found
            .iter_mut()
            .find(|(other, known, _)| **known == *test && other.unverified == condition.unverified);
        match same {
            Some((_, _, causes)) => causes.push(cause),
            None => found.push((condition, test, vec![cause])),
        }
    }
    let allowed = |test: &FieldTest| -> Vec<&'static str> {
        let FieldState::OneOf(values) = test.is else {
            return Vec::new();
        };
        let others = || tests().filter(|(_, other)| other.field == test.field);
        let is_common = |value: &str| {
            others().all(|(_, other)| match other.is {
                FieldState::OneOf(values) => values.contains(&value),
                FieldState::Set | FieldState::Unset => true,
            })
        };
        let common: Vec<&str> = values.iter().copied().filter(|value| is_common(value)).collect();
        if common.is_empty() { values.to_vec() } else { common }
    };
    found
        .into_iter()
        .map(|(condition, test, causes)| {
            let verb = if causes.len() > 1 { "require" } else { "requires" };
            let (demand, hint) = demand(test, &allowed(test), model, request);
            Broken {
                field: test.field,
                value: value(request, test.field).unwrap_or_else(|| "not set".to_owned()),
                rule: format!("{} {verb} {demand}", causes.join(" and ")),
                hint,
                condition,
            }
        })
        .collect()
}

/// The words to add an input in one of `roles`, in place of the inputs that exclude it.
pub(super) fn added(roles: &[&str], model: &Model, request: &VideoRequest) -> String {
    let roles_of = |role: Role| request.inputs_as(role).next().is_some();
    let group = |role: &str| model.exclusive.iter().find(|group| group.contains(&role));
    let stays = |used: &str| {
        roles.iter().any(|role| match (group(role), group(used)) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        })
    };
    let used = Role::ALL.into_iter().filter(|role| roles_of(*role)).map(Role::as_str);
    let excluded: Vec<&str> = used.filter(|used| !stays(used)).collect();
    let add = format!("add a {}", roles.join(" or a "));
    match excluded.is_empty() {
        true => add,
        false => format!("{add} in place of {}", excluded.join(", ")),
    }
}

fn holds(test: &FieldTest, model: &Model, request: &VideoRequest) -> bool {
    fits(test.is.into(), value(request, test.field), || {
        default(model, test.field)
    })
}

/// What the model takes a field that is not set for, if documented.
fn default(model: &Model, field: &str) -> Option<String> {
    match field {
        "resolution" => model.default_resolution.map(str::to_owned),
        "aspect_ratio" => model.default_aspect_ratio.map(str::to_owned),
        "duration" => model.duration.default.map(|seconds| seconds.to_string()),
        _ => None,
    }
}

/// The part of the request that makes a rule apply, such as `video_operation edit`.
fn cause(test: &FieldTest, request: &VideoRequest) -> String {
    match (test.is, value(request, test.field)) {
        (FieldState::OneOf(_), Some(value)) => format!("{} {value}", test.field),
        (FieldState::Unset, _) => format!("a request without {}", test.field),
        (FieldState::OneOf(_), None) => format!("the default {}", test.field),
        (FieldState::Set, _) if test.field == "prompt" => "a request with a prompt".to_owned(),
        _ => test.field.to_owned(),
    }
}

/// What is required, and what to do. `allowed`: the values that no condition excludes.
fn demand(test: &FieldTest, allowed: &[&'static str], model: &Model, request: &VideoRequest) -> (String, String) {
    let field = test.field;
    match test.is {
        FieldState::Set if field == "inputs" => ("an input".to_owned(), "add an input".to_owned()),
        FieldState::Set if is_role(field) => (format!("a {field}"), added(&[field], model, request)),
        FieldState::Set => (field.to_owned(), format!("set {field}")),
        FieldState::Unset if field == "inputs" => {
            let set = Role::ALL
                .into_iter()
                .filter(|role| request.inputs_as(*role).count() > 0);
            let set: Vec<&str> = set.map(Role::as_str).collect();
            ("no inputs".to_owned(), format!("remove {}", set.join(", ")))
        }
        FieldState::Unset => (format!("no {field}"), format!("remove {field}")),
        FieldState::OneOf(values) => {
            let named = |values: &[&'static str]| {
                let set: Vec<&str> = values.iter().copied().filter(|value| *value != UNSET).collect();
                set.join(" or ")
            };
            let set = named(allowed);
            let hint = match (set.is_empty(), allowed.contains(&UNSET)) {
                (true, _) => format!("remove {field}"),
                (false, true) => format!("set {field} to {set}, or leave it out"),
                (false, false) => format!("set {field} to {set}"),
            };
            (format!("{field} {}", named(values)), hint)
        }
    }
}

fn is_role(field: &str) -> bool {
    Role::ALL.iter().any(|role| role.as_str() == field)
}

/// The value of a field in the words of the specs. `None`: it is not set.
pub(super) fn value(request: &VideoRequest, field: &str) -> Option<String> {
    let switch = |value: Option<bool>| value.map(|value| value.to_string());
    let count = |count: usize| (count > 0).then(|| count.to_string());
    match field {
        "duration" => request.duration.map(|duration| match duration {
            VideoDuration::Auto => "auto".to_owned(),
            length => length.to_string(),
        }),
        "frames" => request.frames.map(|frames| frames.to_string()),
        "resolution" => request.resolution.clone(),
        "aspect_ratio" => request.aspect_ratio.clone(),
        "generate_audio" => switch(request.generate_audio),
        "seed" => request.seed.map(|seed| seed.to_string()),
        "watermark" => switch(request.watermark),
        "camera_fixed" => switch(request.camera_fixed),
        "return_last_frame" => switch(request.return_last_frame),
        "service_tier" => request.service_tier.clone(),
        "draft" => switch(request.draft),
        "draft_task" => request.draft_task.as_ref().map(ToString::to_string),
        "tools" => count(request.tools.len()),
        "video_operation" => request.video_operation.clone(),
        "output_format" => request.output_format.clone(),
        "prompt" => (!request.prompt.is_empty()).then(|| request.prompt.clone()),
        "inputs" => count(request.inputs.len()),
        role => count(
            request
                .inputs
                .iter()
                .filter(|input| input.role.as_str() == role)
                .count(),
        ),
    }
}

#[cfg(test)]
mod tests;

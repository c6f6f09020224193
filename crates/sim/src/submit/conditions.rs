//! Rules between fields, from the `conditions` of `x-models`.

use serde_json::Value;

use crate::spec::{Fields, Model, Problem, Wanted, is_role, whole};

/// The requirements that a request does not meet. `roles` are the roles of its inputs.
pub(super) fn check(model: &Model, fields: Fields<'_>, roles: &[&str]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let by_default = |field: &str| default(model, field);
    for condition in &model.conditions {
        let applies = condition
            .when
            .iter()
            .all(|(field, wanted)| fits(model, fields, roles, (field, wanted), &by_default));
        if !applies {
            continue;
        }
        for (field, wanted) in &condition.requires {
            if !fits(model, fields, roles, (field, wanted), &by_default) {
                let causes: Vec<_> = condition.when.keys().map(String::as_str).collect();
                let demand = match wanted {
                    Wanted::Values(values) => format!("must be {}", values.join(" or ")),
                    Wanted::Presence(word) => format!("must be {word}"),
                };
                let rule = format_args!("{demand} with this {}", causes.join(" and ")).to_string();
                problems.push(Problem::new(fields.path_of(field), rule).unverified(condition.unverified));
            }
        }
    }
    problems
}

/// Whether a field is as wanted. `default`: what it is taken for where it was not sent.
pub(super) fn fits(
    model: &Model,
    fields: Fields<'_>,
    roles: &[&str],
    (field, wanted): (&String, &Wanted),
    default: &dyn Fn(&str) -> Option<String>,
) -> bool {
    let sent = fields.get(field).map(|(_, value)| value);
    let field = field.as_str();
    let is_zero = |value: &&Value| field == "duration" && whole(value) == Some(0);
    let sent = sent.filter(|value| !(is_zero(value) && model.zero() == Some("default")));
    // Roles of inputs share a property, so that its presence does not identify one of them.
    let is_role = is_role(field) || field == "inputs";
    let present = match field {
        "inputs" => !roles.is_empty(),
        role if is_role => roles.contains(&role),
        _ => sent.is_some(),
    };
    match wanted {
        Wanted::Presence(word) => present == (word == "set"),
        Wanted::Values(values) if sent.is_none() && values.iter().any(|value| value == "unset") => true,
        Wanted::Values(values) => {
            let value = sent
                .map(|sent| text(model, fields, field, sent))
                .or_else(|| default(field));
            value.is_some_and(|value| values.contains(&value))
        }
    }
}

/// What the model makes of a field that is not sent.
fn default(model: &Model, field: &str) -> Option<String> {
    match field {
        "resolution" => model.default_resolution.clone(),
        "aspect_ratio" => model.default_aspect_ratio.clone(),
        "duration" => model.duration.as_ref()?.default.map(|seconds| seconds.to_string()),
        _ => None,
    }
}

/// A value in the words of `x-models`.
fn text(model: &Model, fields: Fields<'_>, field: &str, value: &Value) -> String {
    match value {
        Value::String(text) if field == "duration" => {
            let seconds = fields.number(field, value);
            seconds.map_or_else(|| text.clone(), |seconds| seconds.to_string())
        }
        Value::String(text) => text.clone(),
        number if field == "duration" && whole(number) == Some(-1) => "auto".to_owned(),
        number if field == "duration" && whole(number) == Some(0) && model.zero() == Some("auto") => "auto".to_owned(),
        other => other.to_string(),
    }
}

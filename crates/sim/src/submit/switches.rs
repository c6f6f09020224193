//! Switches at the end of a prompt, which some vendors read in place of fields: `--rs 1080p --dur 10`.

use serde_json::Value;

use crate::dialects::Call;
use crate::spec::{Body, Fields, Model, Outside};
use crate::submit::rules::check;

/// The fields that the prompt sets. Values that the model does not support are ignored, as by the vendor.
pub(super) fn switched(call: &Call, body: &Body, model: &Model, prompt: &str) -> Vec<Outside> {
    let words: Vec<&str> = prompt.split_whitespace().collect();
    let pairs = words.rchunks_exact(2).map(|pair| (pair[0], pair[1]));
    let at_the_end = pairs.take_while(|(switch, _)| switch.starts_with("--"));
    let known = at_the_end.filter_map(|(switch, value)| {
        let field = call.spec.prompt_flags.get(switch)?;
        Some(Outside {
            field: field.clone(),
            name: switch.to_owned(),
            value: typed(value),
        })
    });
    let is_supported = |switch: &Outside| {
        let alone = std::slice::from_ref(switch);
        let fields = Fields::new(&body.carriers, &Value::Null).with(alone);
        let problems = check(model, call.spec.models.last(), &call.endpoint.id, fields, &[]);
        problems.iter().all(|problem| problem.field != switch.name)
    };
    known.filter(is_supported).collect()
}

fn typed(word: &str) -> Value {
    match word {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        word => word.parse::<i64>().map_or_else(|_| Value::from(word), Value::from),
    }
}

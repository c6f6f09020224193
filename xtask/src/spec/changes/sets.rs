//! Values of lists and bounds, and whether what is accepted became less.

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Rule;

/// The same with all lists in order.
pub(crate) fn unordered(value: &Value) -> Value {
    match value {
        Value::Array(list) => {
            let mut list: Vec<Value> = list.iter().map(unordered).collect();
            list.sort_by_key(Value::to_string);
            list.into()
        }
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), unordered(value)))
            .collect(),
        other => other.clone(),
    }
}

/// The strings of a list.
pub(crate) fn strings(list: &Value) -> BTreeSet<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

pub(crate) fn narrower_unless(takes_all: bool) -> Rule {
    if takes_all {
        Rule::LimitWidened
    } else {
        Rule::LimitNarrowed
    }
}

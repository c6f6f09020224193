//! Items of lists in requests (`x-items`), and query parameters of lists of tasks (`x-query`).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::spec::schema::target;
use crate::spec::{Spec, members};

/// What a query parameter of a list may carry: the options of a list query, the number of a page, or the place of a page in the
/// URL of a next page.
pub const QUERY: [&str; 7] = ["limit", "after", "before", "oldest_first", "status", "page", "cursor"];

/// What a member of the answer to a list may carry: the URL of the next page.
pub const NEXT_URL: &str = "next_url";

/// What an item looks like that carries a field.
#[derive(Deserialize, Clone, PartialEq, Debug)]
#[serde(deny_unknown_fields)]
pub(crate) struct Item {
    /// Path of the value in the item, with dots; left out if the item is the value.
    #[serde(default)]
    pub(crate) value: String,
    /// The other members.
    #[serde(default)]
    pub(crate) with: BTreeMap<String, String>,
}

/// A query parameter of a list of tasks.
pub(crate) struct ListParameter {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) maximum: Option<i64>,
    pub(crate) values: Vec<String>,
}

/// The item of a property's list that carries the field `name`.
pub(crate) fn item(property: &Value, name: &str) -> Option<Item> {
    // The rules refuse what has another shape.
    Item::deserialize(property.get("x-items")?.get(name)?).ok()
}

/// The normalised values that a property spells otherwise, and its own words for them.
pub(crate) fn words(property: &Value) -> Vec<(String, String)> {
    members(property.get("x-words"))
        .filter_map(|(value, wire)| Some((value.to_owned(), wire.as_str()?.to_owned())))
        .collect()
}

/// The parameters with `x-query`, in the order of [`QUERY`].
pub(crate) fn list_parameters(spec: &Spec) -> Vec<ListParameter> {
    let all: Vec<&Value> = spec
        .operations()
        .flat_map(|operation| {
            operation
                .value
                .get("parameters")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
        })
        .map(|parameter| spec.resolve(parameter))
        .collect();
    let carries = |name: &str| {
        let parameter = *all.iter().find(|parameter| parameter["x-query"] == name)?;
        let schema = &parameter["schema"];
        let values = target(spec, schema).get("enum").and_then(Value::as_array);
        let values = values.into_iter().flatten().filter_map(Value::as_str);
        Some(ListParameter {
            name: name.to_owned(),
            wire: parameter["name"].as_str().unwrap_or_default().to_owned(),
            maximum: schema.get("maximum").and_then(Value::as_i64),
            values: values.map(str::to_owned).collect(),
        })
    };
    let next = spec.schemas().find_map(|(_, schema)| {
        let mut properties = members(schema.get("properties"));
        properties.find(|(_, property)| property.get("x-query").and_then(Value::as_str) == Some(NEXT_URL))
    });
    let next = next.map(|(member, _)| ListParameter {
        name: NEXT_URL.to_owned(),
        wire: member.to_owned(),
        maximum: None,
        values: Vec::new(),
    });
    QUERY.iter().filter_map(|name| carries(name)).chain(next).collect()
}

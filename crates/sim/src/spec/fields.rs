//! Which property of a request carries which normalised field.
//!
//! From `x-field` in the specs, so that one set of rules works for all dialects.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::Value;

use crate::spec::reference::resolve;

/// A property of a create request, and the normalised field that it carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Carrier {
    /// The property's path, as in `["metadata", "resolution"]`.
    pub(crate) path: Vec<String>,
    /// The normalised field.
    pub(crate) field: String,
    /// The property's default, if it is documented.
    pub(crate) default: Option<Value>,
    /// The property is a list, and an item of this shape carries the field.
    pub(crate) item: Option<Item>,
    /// The vendor's words and the values that they stand for.
    pub(crate) words: BTreeMap<String, Value>,
}

/// An entry of `x-items`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Item {
    /// Path of the value, with dots.
    #[serde(default)]
    value: String,
    /// Members by which the item is recognised.
    #[serde(default)]
    with: BTreeMap<String, String>,
}

impl Item {
    /// The first item of its shape in a list, as the rest of its path and its value.
    fn find<'a>(&self, list: &'a Value) -> Option<(String, &'a Value)> {
        let mut items = list.as_array()?.iter().enumerate();
        let (index, item) = items.find(|(_, item)| self.with.iter().all(|(name, value)| item[name] == **value))?;
        let value = self.value.split('.').try_fold(item, |value, step| value.get(step))?;
        Some((format!("[{index}].{}", self.value), value))
    }
}

/// A request, read through the carriers of its operation.
#[derive(Clone, Copy)]
pub(crate) struct Fields<'a> {
    carriers: &'a [Carrier],
    body: &'a Value,
    headers: &'a [HeaderField],
}

/// A field that a header carries.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct HeaderField {
    pub(crate) field: String,
    pub(crate) header: String,
    pub(crate) value: Value,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(carriers: &'a [Carrier], body: &'a Value) -> Self {
        Self {
            carriers,
            body,
            headers: &[],
        }
    }

    /// With the fields that headers carry.
    pub(crate) fn with_headers(self, headers: &'a [HeaderField]) -> Self {
        Self { headers, ..self }
    }

    /// A field's value, and the path of the property that carries it, if it was sent. A null counts as absent.
    pub(crate) fn get(&self, field: &str) -> Option<(String, &'a Value)> {
        let header = self.headers.iter().find(|header| header.field == field);
        self.of_body(field)
            .or_else(|| header.map(|header| (header.header.clone(), &header.value)))
    }

    fn of_body(&self, field: &str) -> Option<(String, &'a Value)> {
        self.carriers
            .iter()
            .filter(|carrier| carrier.field == field)
            .find_map(|carrier| {
                let value = carrier.path.iter().try_fold(self.body, |value, step| value.get(step))?;
                let (rest, value) = match &carrier.item {
                    Some(item) => item.find(value)?,
                    None => (String::new(), value),
                };
                let normal = value.as_str().and_then(|word| carrier.words.get(word));
                (!value.is_null()).then(|| (carrier.path.join(".") + &rest, normal.unwrap_or(value)))
            })
    }

    /// A field's value as text.
    pub(crate) fn text(&self, field: &str) -> Option<&'a str> {
        self.get(field)?.1.as_str()
    }

    /// A field's value as a whole number.
    pub(crate) fn integer(&self, field: &str) -> Option<i64> {
        whole(self.get(field)?.1)
    }

    /// A field's value as a switch; if it was not sent, the property's default.
    pub(crate) fn switch(&self, field: &str) -> Option<bool> {
        let sent = self.get(field).map(|(_, value)| value);
        let default = || {
            let carrier = self.carriers.iter().find(|carrier| carrier.field == field)?;
            carrier.default.as_ref()
        };
        sent.or_else(default)?.as_bool()
    }

    /// Whether a field was sent and is true.
    pub(crate) fn is_true(&self, field: &str) -> bool {
        self.get(field).is_some_and(|(_, value)| value == &Value::Bool(true))
    }

    /// The path of the property that would carry a field.
    pub(crate) fn path_of(&self, field: &str) -> String {
        let carrier = self.carriers.iter().find(|carrier| carrier.field == field);
        carrier.map_or_else(|| field.to_owned(), |carrier| carrier.path.join("."))
    }
}

/// A whole number; in JSON Schema `5.0` is one too.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    let float = || value.as_f64().filter(|float| float.fract() == 0.0);
    // The cast saturates, and all bounds compared with it are small.
    value.as_i64().or_else(|| float().map(|float| float as i64))
}

/// The field that a property of this name carries.
pub(crate) fn carrier_named<'a>(carriers: &'a [Carrier], name: &str) -> Option<&'a str> {
    let named = |carrier: &&Carrier| carrier.item.is_none() && carrier.path.last().is_some_and(|last| last == name);
    carriers.iter().find(named).map(|carrier| carrier.field.as_str())
}

/// The carriers of a request schema. Of properties that carry inputs (their `x-field` is a list), only the items that carry
/// something else count: each dialect reads its own inputs.
pub(crate) fn carriers(document: &Value, schema: &Value) -> Vec<Carrier> {
    let mut found = Vec::new();
    walk(document, schema, &mut Vec::new(), &mut |path, property| {
        if let Value::String(field) = &property["x-field"] {
            let words = property["x-words"].as_object().into_iter().flatten();
            found.push(Carrier {
                path: path.to_vec(),
                field: field.clone(),
                default: property.get("default").cloned(),
                item: None,
                words: words
                    .filter_map(|(value, word)| Some((word.as_str()?.to_owned(), Value::from(value.as_str()))))
                    .collect(),
            });
        }
        for (field, item) in property["x-items"].as_object().into_iter().flatten() {
            let item = Item::deserialize(item).ok().filter(|_| !is_role(field));
            found.extend(item.map(|item| Carrier {
                path: path.to_vec(),
                field: field.clone(),
                default: None,
                item: Some(item),
                words: BTreeMap::new(),
            }));
        }
    });
    found
}

/// The places of inputs that are plain URLs: members with one, and lists of them.
pub(crate) fn plain_inputs(document: &Value, schema: &Value) -> Vec<(Vec<String>, String)> {
    let mut found = Vec::new();
    walk(document, schema, &mut Vec::new(), &mut |path, property| {
        let plain = |item: &Value| item.as_object().is_some_and(serde_json::Map::is_empty);
        let items = property["x-items"].as_object().into_iter().flatten();
        let listed = items.filter(|(_, item)| plain(item)).map(|(field, _)| field.as_str());
        let single = property["x-field"].as_str().filter(|_| property["type"] == "string");
        for role in single.into_iter().chain(listed).filter(|field| is_role(field)) {
            found.push((path.to_vec(), role.to_owned()));
        }
    });
    found
}

/// Whether a field is the role of an input.
pub(crate) fn is_role(field: &str) -> bool {
    field.starts_with("reference_") || matches!(field, "first_frame" | "last_frame")
}

/// The roles of the items of each list of inputs by their places, of which the last holds for all further ones.
pub(crate) fn positions(document: &Value, schema: &Value) -> BTreeMap<String, Vec<String>> {
    let properties = resolve(document, schema)["properties"]
        .as_object()
        .into_iter()
        .flatten();
    properties
        .filter_map(|(name, property)| {
            // Where places mean nothing, the first role holds for all.
            let roles = match property["x-positions"].as_array() {
                Some(roles) => roles.iter(),
                None => property["x-field"].as_array()?.get(..1)?.iter(),
            };
            let roles = roles.filter_map(Value::as_str).map(str::to_owned);
            Some((name.clone(), roles.collect()))
        })
        .collect()
}

/// The paths of the properties with a field that no page documents.
pub(crate) fn unverified(document: &Value, schema: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    walk(document, schema, &mut Vec::new(), &mut |path, property| {
        if property["x-unverified"] == true {
            found.insert(path.join("."));
        }
    });
    found
}

/// Visits every property of a schema that carries a field or inputs.
fn walk(document: &Value, schema: &Value, path: &mut Vec<String>, visit: &mut dyn FnMut(&[String], &Value)) {
    let schema = resolve(document, schema);
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        path.push(name.clone());
        match property.get("x-field") {
            Some(_) => visit(path, property),
            None => walk(document, property, path, visit),
        }
        path.pop();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_nested_property_can_carry_a_field() {
        let document = json!({"components": {"schemas": {"Meta": {"properties": {
            "resolution": {"type": "string", "x-field": "resolution"}}}}}});
        let schema = json!({"properties": {
            "ratio": {"x-field": "aspect_ratio"},
            "images": {"x-field": ["first_frame"]},
            "metadata": {"$ref": "#/components/schemas/Meta"}}});
        let carriers = carriers(&document, &schema);
        assert_eq!(carriers.len(), 2);
        let body = json!({"ratio": "1:1", "metadata": {"resolution": "480p"}});
        let fields = Fields::new(&carriers, &body);
        assert_eq!(
            fields.get("resolution"),
            Some(("metadata.resolution".to_owned(), &json!("480p")))
        );
        assert_eq!(fields.text("aspect_ratio"), Some("1:1"));
        assert_eq!(fields.text("prompt"), None);
    }

    #[test]
    fn an_item_of_a_list_can_carry_a_field() {
        let schema = json!({"properties": {"content": {
        "x-field": ["prompt", "first_frame"],
        "x-items": {
            "prompt": {"value": "text", "with": {"type": "text"}},
            "first_frame": {"value": "image.url", "with": {"type": "image"}},
        }}}});
        let carriers = carriers(&json!({}), &schema);
        assert_eq!(carriers.len(), 1);
        let body = json!({"content": [{"type": "image", "image": {"url": "u"}}, {"type": "text", "text": "a fox"}]});
        let fields = Fields::new(&carriers, &body);
        assert_eq!(
            fields.get("prompt"),
            Some(("content[1].text".to_owned(), &json!("a fox")))
        );
        assert_eq!(fields.path_of("prompt"), "content");
        let spelt = json!({"properties": {"mode": {
            "type": "string", "x-field": "resolution", "x-words": {"720p": "standard", "1080p": "pro"}}}});
        let carriers = super::carriers(&json!({}), &spelt);
        for (body, value) in [("standard", "720p"), ("pro", "1080p"), ("best", "best")] {
            let body = json!({"mode": body});
            let read = Fields::new(&carriers, &body).text("resolution");
            assert_eq!(read, Some(value), "{body}");
        }
        let carriers = super::carriers(&json!({}), &schema);
        for none in [
            json!({}),
            json!({"content": "a fox"}),
            json!({"content": [{"type": "text"}, 5]}),
        ] {
            assert_eq!(Fields::new(&carriers, &none).get("prompt"), None, "{none}");
        }
    }
}

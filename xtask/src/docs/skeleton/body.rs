//! The components of a request body, from the parameters of a page.

use std::collections::{BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use crate::docs::facts::Parameter;
use crate::spec::facts::FIELDS;
use crate::spec::schema::{reach, single_ref};
use crate::spec::{Spec, component, members, sources};

/// What the writer of the spec has to fill in.
pub(super) const OPEN: &str = "TO DO: describe it.";

/// Likewise, of a list whose items the page does not describe.
const UNKNOWN_ITEMS: &str = "TO DO: describe it. The page does not list the members of its items: name a component.";

/// A component, with its members in the order of the page.
pub(super) struct Component {
    pub(super) name: String,
    /// Everything but its `properties`.
    pub(super) head: Value,
    pub(super) properties: Vec<(String, Value)>,
    /// Members that the spec has from the page, and the page no longer shows.
    pub(super) gone: Vec<String>,
}

pub(super) struct Writer<'a> {
    spec: &'a Spec,
    page: &'a str,
    parameters: Vec<&'a Parameter>,
    /// The components of all requests, the most alike first.
    alike: Vec<(&'a str, &'a Value)>,
    stem: String,
}

impl<'a> Writer<'a> {
    pub(super) fn new(spec: &'a Spec, page: &'a str, name: &str, parameters: Vec<&'a Parameter>) -> Self {
        let mut requests = BTreeSet::new();
        for operation in spec.operations() {
            for schema in operation.request_schemas() {
                reach(spec, schema, &mut requests);
            }
        }
        let mut alike: Vec<_> = spec.schemas().filter(|(name, _)| requests.contains(*name)).collect();
        let shared = |schema: &Value| {
            let has = |known: &&&Parameter| schema.pointer(&format!("/properties/{}", known.name)).is_some();
            parameters.iter().filter(has).count()
        };
        alike.sort_by_key(|(known, schema)| (*known != name, std::cmp::Reverse(shared(schema))));
        Self {
            spec,
            page,
            parameters,
            alike,
            stem: name.trim_end_matches("Request").to_owned(),
        }
    }

    /// The body that the new one is most like: itself, if the spec has it.
    pub(super) fn model(&self) -> Option<(&'a str, &'a Value)> {
        self.alike.first().copied()
    }

    /// The components of the body, the body first.
    pub(super) fn write(&self, name: &str) -> Vec<Component> {
        let mut queue = VecDeque::from([(name.to_owned(), String::new())]);
        let mut found: Vec<Component> = Vec::new();
        while let Some((name, prefix)) = queue.pop_front() {
            found.push(self.object(&name, &prefix, &mut queue));
        }
        let mut enums: Vec<Component> = Vec::new();
        for parameter in &self.parameters {
            if let Some((name, true)) = self.list(parameter)
                && !enums.iter().any(|known| known.name == name)
            {
                let head =
                    json!({"type": "string", "description": OPEN, "x-source": self.page, "enum": parameter.values});
                let (properties, gone) = (Vec::new(), Vec::new());
                enums.push(Component {
                    name,
                    head,
                    properties,
                    gone,
                });
            }
        }
        found.extend(enums);
        found
    }

    fn object(&self, name: &str, prefix: &str, queue: &mut VecDeque<(String, String)>) -> Component {
        let own = self
            .alike
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, schema)| *schema);
        let model = own.or_else(|| prefix.is_empty().then(|| self.model().map(|(_, schema)| schema))?);
        let known = |name: &str| model.and_then(|model| model.get("properties")?.get(name));
        let level = |parameter: &&&Parameter| {
            let rest = parameter.name.strip_prefix(prefix);
            rest.is_some_and(|rest| !rest.is_empty() && !rest.contains('.'))
        };
        let listed: Vec<&Parameter> = self.parameters.iter().filter(level).copied().collect();
        let last = |parameter: &Parameter| parameter.name[prefix.len()..].to_owned();
        let is_listed = |name: &str| listed.iter().any(|parameter| last(parameter) == name);
        let lost: Vec<(&str, &Value)> = members(own.and_then(|own| own.get("properties")))
            .filter(|(name, _)| !is_listed(name))
            .collect();
        let mut taken: BTreeSet<&str> = BTreeSet::new();
        let mut properties = Vec::new();
        for parameter in &listed {
            let name = last(parameter);
            let renamed = lost
                .iter()
                .filter(|(old, _)| !taken.contains(old))
                .find(|(old, property)| {
                    property["x-field"] == name.as_str() || similar::TextDiff::from_chars(*old, &name).ratio() > 0.8
                });
            let like = known(&name).or_else(|| {
                if let Some((old, property)) = renamed {
                    taken.insert(*old);
                    return Some(*property);
                }
                let mut others = self.alike.iter();
                others.find_map(|(_, schema)| schema.get("properties")?.get(&name))
            });
            let is_own = own.and_then(|own| own.get("properties")?.get(&name)).is_some();
            let property = self.property((parameter, &name), like, is_own, queue);
            properties.push((name, property));
        }
        let mut gone = Vec::new();
        for (name, property) in lost.into_iter().filter(|(name, _)| !taken.contains(name)) {
            let is_of_another = sources(property).iter().any(|page| *page != self.page);
            if is_of_another || property["x-unverified"] == true {
                properties.push((name.to_owned(), property.clone()));
            } else {
                gone.push(name.to_owned());
            }
        }
        let mut head = model.cloned().unwrap_or_else(|| json!({"type": "object"}));
        if let Some(head) = head.as_object_mut() {
            head.remove("properties");
            if own.is_none() {
                head.insert("description".to_owned(), OPEN.into());
            }
            head.insert("x-source".to_owned(), self.page.into());
            let required = listed.iter().filter(|parameter| parameter.required);
            let required: Vec<String> = required.map(|parameter| last(parameter)).collect();
            head.remove("required");
            if !required.is_empty() {
                head.insert("required".to_owned(), required.into());
            }
        }
        Component {
            name: name.to_owned(),
            head,
            properties,
            gone,
        }
    }

    fn property(
        &self,
        (parameter, name): (&Parameter, &str),
        like: Option<&Value>,
        is_own: bool,
        queue: &mut VecDeque<(String, String)>,
    ) -> Value {
        let mut property: Map<String, Value> = like.and_then(Value::as_object).cloned().unwrap_or_default();
        // What the page lists is documented, and there.
        property.remove("x-unverified");
        if !property.get("x-source").is_some_and(Value::is_array) {
            property.remove("x-source");
        }
        let inside = format!("{}.", parameter.name);
        let has_members = self.parameters.iter().any(|known| known.name.starts_with(&inside));
        let is_array = parameter.kind.as_deref().is_some_and(|kind| kind.starts_with("array"));
        if like.is_none() {
            property.insert("description".to_owned(), OPEN.into());
            let kind = parameter.kind.as_deref().unwrap_or("string");
            property.insert("type".to_owned(), kind.split('<').next().unwrap_or(kind).into());
            if is_array {
                let items = kind.strip_prefix("array<").and_then(|rest| rest.strip_suffix('>'));
                let items = match items {
                    _ if has_members => {
                        let component = format!("{}{}Item", self.stem, pascal(name));
                        queue.push_back((component.clone(), inside.clone()));
                        json!({"$ref": format!("#/components/schemas/{component}")})
                    }
                    Some(kind) if kind != "object" => json!({"type": kind}),
                    _ => {
                        property.insert("description".to_owned(), UNKNOWN_ITEMS.into());
                        json!({"$ref": "#/components/schemas/TO DO"})
                    }
                };
                property.insert("items".to_owned(), items);
            }
            if FIELDS.contains(&name) {
                property.insert("x-field".to_owned(), name.into());
            }
        }
        if has_members && !is_array {
            let known = like.and_then(single_ref).and_then(component);
            let own = self.model().is_some_and(|(body, _)| body.starts_with(&self.stem));
            let known = known.filter(|_| own).map(str::to_owned);
            let component = known.unwrap_or_else(|| format!("{}{}", self.stem, pascal(name)));
            queue.push_back((component.clone(), inside));
            return json!({"$ref": format!("#/components/schemas/{component}")});
        }
        if property.get("x-field") == Some(&json!("model")) {
            let id = parameter
                .default
                .clone()
                .or_else(|| parameter.values.first().map(|id| id.as_str().into()));
            property.insert("example".to_owned(), id.unwrap_or_else(|| OPEN.into()));
        } else if let Some((list, _)) = self.list(parameter) {
            for key in ["type", "enum", "format"] {
                property.remove(key);
            }
            property.insert(
                "allOf".to_owned(),
                json!([{"$ref": format!("#/components/schemas/{list}")}]),
            );
        }
        let bound = |key: &str| property.get(key).and_then(Value::as_i64);
        let (mut minimum, mut maximum) = (parameter.minimum, parameter.maximum);
        // A duration below zero is one that the model chooses. Other models may have the same body with other limits.
        if property.get("x-field") == Some(&json!("duration")) {
            minimum = bound("minimum")
                .filter(|known| *known < 0 || is_own)
                .into_iter()
                .chain(minimum)
                .min();
            maximum = bound("maximum").filter(|_| is_own).into_iter().chain(maximum).max();
        }
        for (key, value) in [
            ("default", parameter.default.clone()),
            ("minimum", minimum.map(Value::from)),
            ("maximum", maximum.map(Value::from)),
            ("maxLength", parameter.max_length.map(Value::from)),
        ] {
            match value {
                Some(value) => property.insert(key.to_owned(), value),
                None => property.remove(key),
            };
        }
        property.into()
    }

    /// The component of a list of values, and whether it is new.
    fn list(&self, parameter: &Parameter) -> Option<(String, bool)> {
        let last = parameter.name.rsplit('.').next()?;
        if parameter.values.is_empty()
            || last == "model"
            || parameter.kind.as_deref().is_some_and(|kind| kind != "string")
        {
            return None;
        }
        // Roles of media are those of their items.
        let within = parameter
            .name
            .split('.')
            .next()
            .and_then(|top| self.parameters.iter().find(|known| known.name == top));
        let in_array = within
            .and_then(|top| top.kind.as_deref())
            .is_some_and(|kind| kind.starts_with("array"));
        if in_array {
            return None;
        }
        let wanted: BTreeSet<&str> = parameter.values.iter().map(String::as_str).collect();
        let is_same = |schema: &Value| {
            let list = schema.get("enum").and_then(Value::as_array);
            list.is_some_and(|list| list.iter().filter_map(Value::as_str).collect::<BTreeSet<_>>() == wanted)
        };
        match self.spec.schemas().find(|(_, schema)| is_same(schema)) {
            Some((name, _)) => Some((name.to_owned(), false)),
            None => Some((format!("{}{}", self.stem, pascal(last)), true)),
        }
    }
}

/// `video_operation` as a type's name.
fn pascal(name: &str) -> String {
    let upper = |part: &str| part[..1].to_uppercase() + &part[1..];
    name.split('_').filter(|part| !part.is_empty()).map(upper).collect()
}

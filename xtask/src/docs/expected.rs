//! The facts of a spec, in a form that a page can be compared with.

use std::collections::BTreeMap;

use serde_json::Value;

pub use super::called::{Called, Field, Values};
use super::facts::{At, CALLBACK, Facts, Operation, Place};
use super::layouts::Words;
use crate::spec::changes::rename;
use crate::spec::facts::FIELDS;
use crate::spec::schema::single_ref;
use crate::spec::{self, Spec, form_schema, members, request_schemas};

/// A model of `x-models`.
pub struct Model<'a> {
    /// Its id.
    pub id: String,
    /// JSON pointer to its entry.
    pub pointer: String,
    /// The page it comes from.
    pub source: String,
    /// The operation that creates a task for it.
    pub create: String,
    /// Its entry.
    pub value: &'a Value,
}

/// An operation of a page that is one of the spec at another path.
pub type Moved<'a> = (&'a Operation, &'a Called);

/// The facts of a spec.
pub struct Expected<'a> {
    pub(super) spec: &'a Spec,
    /// Scheme and host of the base URL.
    pub host: String,
    /// Its operations.
    pub calls: Vec<Called>,
    /// Its models, without the patterns.
    pub models: Vec<Model<'a>>,
    /// Short name and address of each page.
    pub pages: Vec<(String, String)>,
    /// Those that are OpenAPI documents.
    pub documents: Vec<String>,
    /// Those that are the vendor's own list of models.
    pub lists: Vec<String>,
}

impl<'a> Expected<'a> {
    /// Reads a spec.
    #[must_use]
    pub fn of(spec: &'a Spec) -> Self {
        let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        let base = text(spec.doc.pointer("/servers/0/url"));
        let split = base
            .find("://")
            .and_then(|scheme| base[scheme + 3..].find('/').map(|slash| scheme + 3 + slash));
        let (host, prefix) = base.split_at(split.unwrap_or(base.len()));
        let mut expected = Self {
            spec,
            host: host.to_owned(),
            calls: Vec::new(),
            models: Vec::new(),
            pages: Vec::new(),
            documents: Vec::new(),
            lists: Vec::new(),
        };
        for (name, page) in members(spec.doc.get("x-pages")) {
            match page.get("kind").and_then(Value::as_str) {
                // Pages are in a repository, with entries of their own; types have none.
                Some("repository" | "types") => continue,
                Some("openapi") => expected.documents.push(name.to_owned()),
                Some("models") => expected.lists.push(name.to_owned()),
                _ => {}
            }
            expected.pages.push((name.to_owned(), text(page.get("url"))));
        }
        let models = spec.doc.get("x-models").and_then(Value::as_array);
        for (index, model) in models.into_iter().flatten().enumerate() {
            let id = text(model.get("id"));
            if !id.ends_with('*') {
                expected.models.push(Model {
                    id,
                    pointer: format!("/x-models/{index}"),
                    source: text(model.get("source")),
                    create: text(model.get("create")),
                    value: model,
                });
            }
        }
        for operation in spec.operations() {
            let path = format!("{}{}", prefix.trim_end_matches('/'), operation.path);
            let item = format!("/paths/{}", spec::escape(operation.path));
            let called = expected.called(operation.value, operation.pointer, Some(&item));
            let operation = Operation {
                method: Some(operation.method.to_uppercase()),
                path,
                at: At::default(),
            };
            expected.calls.extend(called.into_iter().map(|called| Called {
                operation: operation.clone(),
                ..called
            }));
        }
        for (pointer, value) in spec.callbacks() {
            let Some(mut called) = expected.called(value, pointer, None).into_iter().next() else {
                continue;
            };
            // A page shows the body alone, so it may be taken for a request or for an answer.
            let body: Vec<_> = called
                .fields
                .iter()
                .filter(|((place, _), _)| *place == Place::Request)
                .collect();
            let body: Vec<_> = body
                .iter()
                .map(|((_, name), field)| ((Place::Response, name.clone()), (*field).clone()))
                .collect();
            called.fields.extend(body);
            called.callback = true;
            expected.calls.push(called);
        }
        expected
    }

    /// What an operation takes and gives, for each page that describes some of its request bodies; method and path are for
    /// the caller to add.
    fn called(&self, value: &Value, pointer: String, item: Option<&str>) -> Vec<Called> {
        let around = Around::default().within(value);
        let mut fields = BTreeMap::new();
        let shared = item.and_then(|item| self.spec.doc.pointer(item)?.get("parameters"));
        for (list, at) in [
            (shared, item.unwrap_or_default()),
            (value.get("parameters"), pointer.as_str()),
        ] {
            self.parameters(list, at, &around, &mut fields);
        }
        let mut statuses = Vec::new();
        for (status, response) in members(value.get("responses")) {
            statuses.push(status.to_owned());
            let response = self.spec.resolve(response);
            let place = match status.starts_with('2') {
                true => Place::Response,
                false => Place::Error,
            };
            if let Some(body) = response.pointer("/content/application~1json/schema") {
                let around = around.within(response);
                self.flatten(body, place, "", &around, &mut Vec::new(), &mut fields);
            }
        }
        let mut called = Called {
            operation: Operation {
                path: CALLBACK.to_owned(),
                ..Operation::default()
            },
            pointer,
            sources: around.sources.clone(),
            unverified: around.unverified,
            callback: false,
            bodies: Vec::new(),
            fields,
            statuses,
        };
        let mut bodies = request_schemas(value);
        bodies.extend(form_schema(value));
        match bodies.as_slice() {
            [] => vec![called],
            [body] => {
                self.flatten(body, Place::Request, "", &around, &mut Vec::new(), &mut called.fields);
                vec![called]
            }
            several => self.by_page(&called, several, &around),
        }
    }

    /// An operation for each page that its request bodies are from.
    fn by_page(&self, called: &Called, bodies: &[&Value], around: &Around) -> Vec<Called> {
        let mut found: Vec<Called> = Vec::new();
        for body in bodies {
            let sources = around.within(self.spec.resolve(body)).sources;
            let known = found.iter().position(|known| known.sources == sources);
            let index = known.unwrap_or(found.len());
            if known.is_none() {
                found.push(Called {
                    sources,
                    ..called.clone()
                });
            }
            let name = single_ref(body).and_then(|name| name.rsplit('/').next());
            found[index].bodies.extend(name.map(str::to_owned));
            let fields = &mut found[index].fields;
            self.flatten(body, Place::Request, "", around, &mut Vec::new(), fields);
        }
        // Of a page that describes the operation and none of the bodies, the first one speaks.
        let is_told = |page: &String| found.iter().any(|known| known.is_from(page));
        let rest: Vec<String> = called.sources.iter().filter(|page| !is_told(page)).cloned().collect();
        if let Some(first) = found.first_mut() {
            first.sources.extend(rest);
        }
        found
    }

    /// Operations of a page that the spec has at another path: those that the page does not show, each with the new path
    /// that is most like it. Where the new path is one that another page's operation has too, the page must describe it,
    /// or it must be nearly the old one: a mention is no move. Where the examples still show the old path, the page must
    /// list the operation's own members under the new one.
    #[must_use]
    pub fn moves<'b>(&'b self, facts: &'b Facts, page: &str) -> Vec<Moved<'b>> {
        let own = |call: &&Called| call.is_from(page) && !call.callback && !call.unverified;
        let mut own: Vec<&Called> = self.calls.iter().filter(own).collect();
        own.dedup_by_key(|call| &call.pointer);
        let is_own = |operation: &&Operation| own.iter().any(|call| call.operation.is(operation));
        let new: Vec<&Operation> = facts.operations.iter().filter(|operation| !is_own(operation)).collect();
        let moved = rename::pairs(&own, &new, |call, new| {
            let is_shown = facts.operations.iter().any(|operation| operation.is(&call.operation));
            let is_other = self.calls.iter().any(|call| call.operation.is(new));
            let fits = match is_shown {
                true => facts.listed(&call.operation).next().is_none() && call.has_most(facts.listed(new)),
                false => !is_other || facts.describes(new) || new.is_nearly(&call.operation),
            };
            (fits && call.operation.may_become(new)).then(|| new.likeness(&call.operation))
        });
        moved.into_iter().map(|(call, at)| (new[at], own[call])).collect()
    }

    /// The operation that a page means: the page's own, even where it moved onto the path of another; where the path is
    /// unknown, the one of this page that is most like it.
    #[must_use]
    pub fn call<'b>(
        &'b self,
        operation: Option<&Operation>,
        place: Place,
        page: &str,
        moves: &[Moved<'b>],
    ) -> Option<&'b Called> {
        let moved = moves
            .iter()
            .find(|(new, _)| operation.is_some_and(|operation| operation.is(new)));
        if let Some((_, call)) = moved {
            return Some(call);
        }
        let named = |call: &&Called| operation.is_some_and(|operation| operation.is(&call.operation));
        let from = |call: &&Called| call.is_from(page);
        let has = |call: &&Called| call.fields.keys().any(|(of, _)| *of == place);
        let all = || self.calls.iter();
        let found = all().filter(named).find(from).or_else(|| all().filter(named).find(has));
        found.or_else(|| all().find(named)).or_else(|| {
            let like = |call: &Called| operation.map_or(0.0, |operation| operation.likeness(&call.operation));
            // Of equals, the first.
            let own = all().rev().filter(from).filter(has);
            let own = own.max_by(|one, other| like(one).total_cmp(&like(other)));
            // A page on errors is about all operations.
            let any = || all().find(|call| operation.is_none() && place == Place::Error && has(call));
            own.or_else(any)
        })
    }

    /// The `operationId`s' pointers by name: which models an operation creates tasks for.
    #[must_use]
    pub fn models_of(&self, call: &Called) -> Vec<&Model<'a>> {
        let id = self
            .spec
            .doc
            .pointer(&format!("{}/operationId", call.pointer))
            .and_then(Value::as_str);
        let own = self.models.iter().filter(|model| Some(model.create.as_str()) == id);
        let takes = |model: &&Model<'_>| {
            let body = model.value.get("request").and_then(Value::as_str);
            body.is_none_or(|body| call.bodies.is_empty() || call.bodies.iter().any(|known| known == body))
        };
        own.filter(takes).collect()
    }

    fn parameters(
        &self,
        list: Option<&Value>,
        at: &str,
        around: &Around,
        fields: &mut BTreeMap<(Place, String), Field>,
    ) {
        for (index, entry) in list.and_then(Value::as_array).into_iter().flatten().enumerate() {
            let pointer = match entry.get("$ref").and_then(Value::as_str) {
                Some(reference) => reference.trim_start_matches('#').to_owned(),
                None => format!("{at}/parameters/{index}"),
            };
            let entry = self.spec.resolve(entry);
            let text = |key: &str| entry.get(key).and_then(Value::as_str);
            let place = match text("in") {
                Some("query") => Place::Query,
                Some("path") => Place::Path,
                _ => Place::Header,
            };
            let around = around.within(entry);
            let schema = entry.get("schema").unwrap_or(&Value::Null);
            let mut field = self.field(schema, pointer, &around);
            field.required = entry.get("required") == Some(&Value::Bool(true));
            fields.insert((place, text("name").unwrap_or_default().to_owned()), field);
        }
    }

    fn flatten(
        &self,
        schema: &Value,
        place: Place,
        prefix: &str,
        around: &Around,
        inside: &mut Vec<String>,
        fields: &mut BTreeMap<(Place, String), Field>,
    ) {
        let Some(reference) = single_ref(schema) else { return };
        let pointer = reference.trim_start_matches('#').to_owned();
        if inside.contains(&pointer) {
            return;
        }
        let Some(target) = self.spec.doc.pointer(&pointer) else {
            return;
        };
        let around = around.within(target);
        inside.push(pointer.clone());
        let required = target.get("required").and_then(Value::as_array);
        for (name, property) in members(target.get("properties")) {
            let mut field = self.field(
                property,
                format!("{pointer}/properties/{}", spec::escape(name)),
                &around,
            );
            field.required = required.is_some_and(|required| required.iter().any(|known| known == name));
            let full = format!("{prefix}{name}");
            let own = around.within(property);
            let items = property.get("items").unwrap_or(property);
            self.flatten(items, place, &format!("{full}."), &own, inside, fields);
            fields.entry((place, full)).or_insert(field);
        }
        inside.pop();
    }

    fn field(&self, schema: &Value, pointer: String, around: &Around) -> Field {
        let around = around.within(schema);
        let target = |schema: &Value| -> Option<(String, &Value)> {
            let pointer = single_ref(schema)?.trim_start_matches('#').to_owned();
            let found = self.spec.doc.pointer(&pointer)?;
            Some((pointer, found))
        };
        let kind_of = |schema: &Value| -> Option<String> {
            let found = schema
                .get("type")
                .or_else(|| self.spec.doc.pointer(single_ref(schema)?.get(1..)?)?.get("type"));
            found?.as_str().map(str::to_owned)
        };
        let mut kind = kind_of(schema);
        if kind.as_deref() == Some("array")
            && let Some(items) = schema.get("items").and_then(kind_of)
        {
            kind = Some(format!("array<{items}>"));
        }
        let (at, component) = target(schema).unwrap_or_else(|| (pointer.clone(), schema));
        let values = component.get("enum").and_then(Value::as_array).map(|list| {
            let around = around.within(component);
            Values {
                list: list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
                pointer: format!("{at}/enum"),
                sources: around.sources,
                unverified: around.unverified,
            }
        });
        // A bare reference cannot have its own source; its component has one.
        let own = match schema.get("x-source") {
            None if component.get("x-source").is_some() => around.within(component).sources,
            _ => around.sources.clone(),
        };
        let free = |schema: &Value| {
            schema.get("additionalProperties") == Some(&Value::Bool(true))
                || (schema.get("type").is_some_and(|kind| kind == "object") && schema.get("properties").is_none())
        };
        Field {
            open: free(component),
            is_model: schema.get("x-field").is_some_and(|field| field == FIELDS[0]),
            keywords: [schema.clone(), component.clone()],
            pointer,
            kind,
            required: false,
            values,
            sources: own,
            carries: schema.get("x-field").and_then(Value::as_str).map(str::to_owned),
            unverified: around.unverified,
            roles: around.roles,
        }
    }
}

/// Properties that a part of a spec inherits from the parts around it.
#[derive(Clone, Default)]
struct Around {
    sources: Vec<String>,
    unverified: bool,
    roles: Vec<String>,
}

impl Around {
    fn within(&self, schema: &Value) -> Self {
        let own = spec::sources(schema);
        Self {
            sources: match own.is_empty() {
                true => self.sources.clone(),
                false => own.into_iter().map(str::to_owned).collect(),
            },
            unverified: self.unverified || schema.get("x-unverified") == Some(&Value::Bool(true)),
            roles: match schema.get("x-field").and_then(Value::as_array) {
                None => self.roles.clone(),
                Some(roles) => roles.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            },
        }
    }
}

/// Every name of a property or parameter, and every value of an enum, in a spec.
pub fn words(spec: &Spec, words: &mut Words) {
    fn walk(value: &Value, words: &mut Words) {
        for (name, _) in members(value.get("properties")) {
            words.insert(name.to_owned());
        }
        if let (Some(_), Some(name)) = (value.get("in"), value.get("name").and_then(Value::as_str)) {
            words.insert(name.to_owned());
        }
        for value in value.get("enum").and_then(Value::as_array).into_iter().flatten() {
            words.extend(value.as_str().map(str::to_owned));
        }
        match value {
            Value::Object(object) => object.values().for_each(|value| walk(value, words)),
            Value::Array(items) => items.iter().for_each(|value| walk(value, words)),
            _ => {}
        }
    }
    walk(&spec.doc, words);
    words.extend(FIELDS.map(str::to_owned));
}

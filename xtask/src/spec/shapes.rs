//! Request bodies of create operations, and the fields that they, their paths, queries and headers carry.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::spec::lists::{Item, item, words};
use crate::spec::schema::{single_ref, target};
use crate::spec::{Operation, Spec, component, members, sources};

/// Normalised fields that a property may carry; `specs/README.md` lists them. The input roles come last.
pub(crate) const FIELDS: [&str; 27] = [
    "model",
    "prompt",
    "duration",
    "frames",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "watermark",
    "camera_fixed",
    "return_last_frame",
    "service_tier",
    "expires_after",
    "safety_identifier",
    "callback_url",
    "client_reference",
    "draft",
    "draft_task",
    "tools",
    "video_operation",
    "output_format",
    "metadata",
    "first_frame",
    "last_frame",
    "reference_image",
    "reference_video",
    "reference_audio",
];

/// The numbers among [`FIELDS`].
pub(crate) const NUMBERS: [&str; 4] = ["duration", "frames", "seed", "expires_after"];

/// The roles among [`FIELDS`].
pub(crate) const ROLES: &[&str] = FIELDS.split_at(22).1;

/// A request body of a create operation, and the fields that it can carry.
pub(crate) struct Shape {
    /// The body's component.
    pub(crate) name: String,
    /// The operation's tag.
    pub(crate) family: String,
    pub(crate) create: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<Field>,
    /// The object for the caller's own members that the body itself does not have, and the members of the body (`x-extra`).
    pub(crate) extra: Option<(String, Vec<String>)>,
    /// Members that carry no field.
    pub(crate) rest: Vec<Member>,
}

/// A property of a create request that carries no field.
pub(crate) struct Member {
    /// With dots between the levels.
    pub(crate) wire: String,
    /// The fields that the vendor ignores next to it (`x-replaces`).
    pub(crate) replaces: Vec<String>,
}

/// A property of a create request that carries a normalised field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) place: Place,
    pub(crate) form: Form,
    pub(crate) item: Option<Item>,
    /// Normalised values, and the vendor's spelling (`x-words`).
    pub(crate) words: Vec<(String, String)>,
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) prefix: Option<String>,
    pub(crate) values: Vec<String>,
    /// Whether the vendor requires it in every request.
    pub(crate) required: bool,
    pub(crate) page: String,
    pub(crate) unverified: bool,
}

/// Where a request has a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Body,
    Path,
    Query,
    Header,
}

/// How a field is written.
#[derive(Debug, PartialEq, Clone)]
pub(crate) enum Form {
    Own,
    /// A number as text, with a unit.
    Text(String),
    /// The URL of an input.
    Url,
}

/// The request bodies of create operations, each read once.
pub(crate) struct Shapes<'a> {
    spec: &'a Spec,
    known: RefCell<BTreeMap<String, Rc<[Shape]>>>,
}

impl<'a> Shapes<'a> {
    pub(crate) fn new(spec: &'a Spec) -> Self {
        let known = RefCell::default();
        Self { spec, known }
    }

    /// As [`shapes`].
    pub(crate) fn of(&self, create: &str) -> Rc<[Shape]> {
        let mut known = self.known.borrow_mut();
        let read = || shapes(self.spec, create).into();
        Rc::clone(known.entry(create.to_owned()).or_insert_with(read))
    }
}

/// The request bodies of a create operation. Empty: no such operation, or it has no tag or JSON request.
pub(crate) fn shapes(spec: &Spec, create: &str) -> Vec<Shape> {
    let operation = spec.operations().find(|operation| operation.id() == Some(create));
    let Some((operation, family)) = operation.and_then(|found| found.tag().map(|tag| (found, tag))) else {
        return Vec::new();
    };
    let schemas = operation.request_schemas().into_iter();
    schemas
        .map(|schema| {
            let (mut found, mut rest) = (Vec::new(), Vec::new());
            fields(spec, schema, "", &Inherited::default(), &mut found, &mut rest);
            found.extend(parameters(spec, &operation));
            let body = target(spec, schema);
            let own = members(body.get("properties"))
                .map(|(name, _)| name.to_owned())
                .collect();
            Shape {
                extra: body
                    .get("x-extra")
                    .and_then(Value::as_str)
                    .map(|inside| (inside.to_owned(), own)),
                name: single_ref(schema).and_then(component).unwrap_or_default().to_owned(),
                family: family.to_owned(),
                create: create.to_owned(),
                path: operation.path.to_owned(),
                fields: found,
                rest,
            }
        })
        .collect()
}

/// The fields that the path, the query and headers of a create operation carry.
fn parameters(spec: &Spec, operation: &Operation<'_>) -> Vec<Field> {
    let around = inherit(operation.value, &Inherited::default());
    operation
        .parameters(spec)
        .filter_map(|parameter| {
            let name = parameter.get("x-field")?.as_str()?;
            let place = match parameter["in"].as_str() {
                Some("path") => Place::Path,
                Some("header") => Place::Header,
                _ => Place::Query,
            };
            let (required, schema) = (parameter["required"] == true, &parameter["schema"]);
            let own = inherit(parameter, &around);
            let wire = parameter["name"].as_str().unwrap_or_default();
            let unit = parameter.pointer("/x-number/unit").and_then(Value::as_str);
            let form = unit.map_or(Form::Own, |unit| Form::Text(unit.to_owned()));
            let found = field(spec, schema, (name, wire.to_owned()), (place, form), required, &own);
            let bound = |key: &str| parameter.pointer(&format!("/x-number/{key}")).and_then(Value::as_i64);
            Some(Field {
                minimum: bound("minimum").or(found.minimum),
                maximum: bound("maximum").or(found.maximum),
                // A header's pattern is that of the whole number.
                prefix: found.prefix.filter(|_| place != Place::Header),
                ..found
            })
        })
        .collect()
}

/// Properties inherited from the object around a property.
#[derive(Default, Clone)]
struct Inherited {
    source: String,
    unverified: bool,
    /// Whether a body may lack the object.
    optional: bool,
    /// The references followed so far.
    within: Vec<String>,
}

fn fields(
    spec: &Spec,
    schema: &Value,
    prefix: &str,
    around: &Inherited,
    found: &mut Vec<Field>,
    rest: &mut Vec<Member>,
) {
    let reference = single_ref(schema);
    let schema = target(spec, schema);
    let mut around = inherit(schema, around);
    around.within.extend(reference.map(str::to_owned));
    let required = schema.get("required").and_then(Value::as_array);
    for (name, property) in members(schema.get("properties")) {
        let wire = format!("{prefix}{name}");
        // A member of an object is required only where the object is.
        let is_required = !around.optional && required.is_some_and(|names| names.iter().any(|known| known == name));
        let inner = target(spec, property);
        let names: Vec<&str> = match property.get("x-field") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            // An object without its own field may contain some. Recursive objects are rejected elsewhere.
            _ if !single_ref(property)
                .is_some_and(|reference| around.within.iter().any(|within| within == reference))
                && inner.get("properties").is_some()
                && inner.get("type").and_then(Value::as_str) == Some("object") =>
            {
                let inside = Inherited {
                    optional: !is_required,
                    ..around.clone()
                };
                fields(spec, property, &format!("{wire}."), &inside, found, rest);
                continue;
            }
            _ => {
                let replaces = property
                    .get("x-replaces")
                    .and_then(Value::as_array)
                    .into_iter()
                    .flatten();
                rest.push(Member {
                    wire,
                    replaces: replaces.filter_map(Value::as_str).map(str::to_owned).collect(),
                });
                continue;
            }
        };
        let own = inherit(property, &around);
        for name in names {
            let form = form(property, inner, name);
            found.push(field(
                spec,
                property,
                (name, wire.clone()),
                (Place::Body, form),
                is_required,
                &own,
            ));
        }
    }
}

fn field(
    spec: &Spec,
    schema: &Value,
    (name, wire): (&str, String),
    (place, form): (Place, Form),
    required: bool,
    own: &Inherited,
) -> Field {
    let page = spec
        .doc
        .get("x-pages")
        .and_then(|pages| pages.get(&own.source)?.get("url")?.as_str());
    let number = |key: &str| schema.get(key).and_then(Value::as_i64);
    let values = kinds(spec, target(spec, schema))
        .get("enum")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let words = words(schema);
    let normal = |value: &str| {
        let word = words.iter().find(|(_, wire)| wire == value);
        word.map_or(value, |(normal, _)| normal).to_owned()
    };
    let values = values.filter_map(Value::as_str).map(normal).collect();
    let pattern = schema.get("pattern").and_then(Value::as_str);
    Field {
        name: name.to_owned(),
        wire,
        place,
        form,
        item: item(schema, name),
        words,
        minimum: number("minimum"),
        maximum: number("maximum"),
        max_length: number("maxLength"),
        prefix: pattern.and_then(|pattern| pattern.strip_prefix('^')).map(str::to_owned),
        values,
        required,
        page: page.unwrap_or_default().to_owned(),
        unverified: own.unverified,
    }
}

/// The schema that names the values of a property: of a list of objects that carries one field, that of their `type`.
fn kinds<'a>(spec: &'a Spec, property: &'a Value) -> &'a Value {
    let item = property.get("items").map(|items| target(spec, items));
    let kind = item.and_then(|item| item.get("properties")?.get("type"));
    match kind {
        Some(kind) if property.get("x-field").is_some_and(Value::is_string) => target(spec, kind),
        _ => property,
    }
}

/// How a property carries the field `name`, of which it is the only one.
fn form(property: &Value, schema: &Value, name: &str) -> Form {
    let kind = schema.get("type").and_then(Value::as_str);
    let is_only = property["x-field"].is_string();
    match kind {
        Some("string") if is_only && ROLES.contains(&name) => Form::Url,
        Some("string") if NUMBERS.contains(&name) => {
            Form::Text(property["x-unit"].as_str().unwrap_or_default().to_owned())
        }
        _ => Form::Own,
    }
}

fn inherit(schema: &Value, around: &Inherited) -> Inherited {
    // Of several pages, the first is the one to send people to.
    let source = sources(schema).first().map(|page| (*page).to_owned());
    Inherited {
        source: source.unwrap_or_else(|| around.source.clone()),
        optional: around.optional,
        within: around.within.clone(),
        unverified: around.unverified || schema.get("x-unverified") == Some(&Value::Bool(true)),
    }
}

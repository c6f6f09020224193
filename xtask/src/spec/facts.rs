//! The `x-` extensions of a spec, read strictly.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

pub(crate) use crate::spec::conditions::{Condition, Doubt, FieldState, FieldWord};
use crate::spec::lists::{Item, ListParameter, item, list_parameters};
use crate::spec::pages::Page;
use crate::spec::schema::{single_ref, target};
use crate::spec::service::{Poll, RateLimits, ResultUrl, Webhook};
use crate::spec::tasks::{TaskField, Tasks, task_fields};
use crate::spec::uploads::{Media, Upload};
use crate::spec::{Operation, Spec, SpecError, component, members, sources};

/// Normalised fields that a property may carry; `specs/README.md` lists them. The input roles come last.
pub const FIELDS: [&str; 27] = [
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

/// The roles among [`FIELDS`].
pub const ROLES: &[&str] = FIELDS.split_at(22).1;

/// Everything in a spec's extensions.
pub struct Facts {
    pub(crate) vendor: VendorInfo,
    pub(crate) base_url: String,
    pub(crate) poll: Poll,
    pub(crate) result_url: ResultUrl,
    pub(crate) webhook: Webhook,
    pub(crate) rate_limits: RateLimits,
    pub(crate) pages: BTreeMap<String, Page>,
    pub(crate) families: Vec<Family>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) models: Vec<Model>,
    pub(crate) task_fields: Vec<TaskField>,
    pub(crate) tasks: Tasks,
    pub(crate) list: Vec<ListParameter>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) media: Vec<Media>,
}

/// The extensions at the root of a spec. `lint` validates a spec against their JSON Schema; only that is strict, so
/// that a misspelt member hides no other error.
#[derive(Deserialize, JsonSchema)]
#[allow(
    dead_code,
    reason = "those that only the simulator reads are checked for their shape"
)]
pub(crate) struct Extensions {
    #[serde(rename = "x-vendor")]
    vendor: VendorInfo,
    #[serde(rename = "x-poll")]
    poll: Poll,
    #[serde(rename = "x-result-url")]
    result_url: ResultUrl,
    #[serde(rename = "x-webhook")]
    webhook: Webhook,
    #[serde(rename = "x-rate-limits", default)]
    rate_limits: RateLimits,
    #[serde(rename = "x-pages")]
    pages: BTreeMap<String, Page>,
    #[serde(rename = "x-tasks", default)]
    tasks: Tasks,
    #[serde(rename = "x-families")]
    families: Vec<Family>,
    #[serde(rename = "x-models")]
    models: Vec<Model>,
    #[serde(rename = "x-uploads", default)]
    uploads: Vec<Upload>,
    #[serde(rename = "x-media", default)]
    media: Vec<Media>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct VendorInfo {
    /// Used in a manifest, in tables and in messages.
    #[schemars(regex(pattern = r"^[\p{L}\p{N}]([\p{L}\p{N} .&+'-]*[\p{L}\p{N}.+])?$"))]
    pub(crate) name: String,
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(crate) key_env: String,
    #[schemars(regex(pattern = r"^https://[a-z0-9.-]+(/[!-~]*)?$"))]
    pub(crate) keys_page: Option<String>,
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(crate) base_url_env: String,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) create: String,
    pub(crate) request: Option<String>,
    pub(crate) source: String,
    /// Of a pattern: whether the page documents these limits for every id that it matches.
    #[serde(default)]
    pub(crate) documented: bool,
    pub(crate) duration: Duration,
    pub(crate) frames: Option<Frames>,
    #[serde(default)]
    pub(crate) resolutions: Vec<String>,
    pub(crate) default_resolution: Option<String>,
    #[serde(default)]
    pub(crate) aspect_ratios: Vec<String>,
    pub(crate) default_aspect_ratio: Option<String>,
    pub(crate) default_generate_audio: Option<bool>,
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, Input>,
    #[serde(default)]
    pub(crate) exclusive: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) conditions: Vec<Condition>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    #[serde(default)]
    pub(crate) doubtful: Vec<Doubt>,
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
}

impl Model {
    pub(crate) fn is_pattern(&self) -> bool {
        self.id.ends_with('*')
    }

    /// Whether its limits hold. Of an id that no page describes, only the request's schema is known.
    pub(crate) fn limits_known(&self) -> bool {
        !self.is_pattern() || self.documented
    }
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Duration {
    pub(crate) min: Option<u32>,
    pub(crate) max: Option<u32>,
    /// Instead of the two: all that are allowed.
    #[serde(default)]
    pub(crate) values: Vec<u32>,
    pub(crate) auto: Option<Auto>,
    pub(crate) zero: Option<Zero>,
    pub(crate) default: Option<u32>,
}

impl Duration {
    /// The shortest.
    pub(crate) fn min(&self) -> u32 {
        self.values.first().copied().or(self.min).unwrap_or(1)
    }

    /// The longest, if limited.
    pub(crate) fn max(&self) -> Option<u32> {
        self.values.last().copied().or(self.max)
    }

    pub(crate) fn allows(&self, seconds: u32) -> bool {
        match self.values.is_empty() {
            true => seconds >= self.min() && self.max.is_none_or(|max| seconds <= max),
            false => self.values.contains(&seconds),
        }
    }

    /// The values of a set, separated by commas.
    pub(crate) fn listed(&self) -> Option<String> {
        let values: Vec<String> = self.values.iter().map(u32::to_string).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auto {
    Absent,
    MinusOne,
}

/// What the vendor takes a duration of 0 for.
#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Zero {
    Auto,
    Default,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Frames {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) step: u32,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) max: Option<u32>,
    pub(crate) sources: Vec<String>,
    pub(crate) role: Option<String>,
    #[serde(default)]
    pub(crate) alone: bool,
    /// An entry of `x-media`.
    pub(crate) media: Option<String>,
}

/// A word in task ids, and the operation that polls such tasks.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Family {
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub(crate) name: String,
    pub(crate) poll: String,
    #[serde(default)]
    pub(crate) by_reference: bool,
    /// No operation creates such tasks any more.
    #[serde(default)]
    pub(crate) former: bool,
    /// The path of the operation that created such tasks, where the vendor still serves it. For the simulator.
    #[schemars(regex(pattern = "^/[!-~]*[!-.0-~]$"))]
    #[allow(dead_code, reason = "only the simulator reads it")]
    path: Option<String>,
}

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
    /// Members that carry no field, with dots between the levels.
    pub(crate) rest: Vec<String>,
}

/// A property of a create request that carries a normalised field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) in_header: bool,
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

/// How a field is written.
#[derive(PartialEq, Clone)]
pub(crate) enum Form {
    Own,
    /// A number as text, with a unit.
    Text(String),
    /// The URL of an input.
    Url,
}

impl Facts {
    /// Reads the facts of a spec that passes the rules on them.
    ///
    /// # Errors
    /// When an extension has another shape.
    pub fn read(spec: &Spec) -> Result<Self, SpecError> {
        let extensions = Extensions::deserialize(&spec.doc).map_err(|error| spec.error("", error.to_string()))?;
        let base_url = spec.doc.pointer("/servers/0/url").and_then(Value::as_str);
        let mut all: Vec<Shape> = Vec::new();
        for model in &extensions.models {
            if all.iter().all(|shape| shape.create != model.create) {
                all.extend(shapes(spec, &model.create));
            }
        }
        let creates: Vec<&str> = all.iter().map(|shape| shape.create.as_str()).collect();
        let polls = extensions.families.iter().map(|family| family.poll.as_str());
        let task_fields = task_fields(spec, &creates.into_iter().chain(polls).collect::<Vec<_>>());
        Ok(Self {
            vendor: extensions.vendor,
            base_url: base_url.unwrap_or_default().to_owned(),
            poll: extensions.poll,
            result_url: extensions.result_url,
            webhook: extensions.webhook,
            rate_limits: extensions.rate_limits,
            pages: extensions.pages,
            families: extensions.families,
            shapes: all,
            models: extensions.models,
            task_fields,
            tasks: extensions.tasks,
            list: list_parameters(spec),
            uploads: extensions.uploads,
            media: extensions.media,
        })
    }

    /// The request body of a model.
    pub(crate) fn shape(&self, model: &Model) -> &Shape {
        // The rules refuse a model that has none.
        of_model(&self.shapes, model).unwrap_or(&self.shapes[0])
    }
}

/// The request body of a model: the one that it names, or else the only one of its operation.
pub(crate) fn of_model<'a>(shapes: &'a [Shape], model: &Model) -> Option<&'a Shape> {
    let mut own = shapes.iter().filter(|shape| shape.create == model.create);
    match &model.request {
        Some(name) => own.find(|shape| shape.name == *name),
        None => own.next(),
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
            found.extend(headers(spec, &operation));
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

/// The header parameters of a create operation that carry fields.
fn headers(spec: &Spec, operation: &Operation<'_>) -> Vec<Field> {
    let page = |name: &str| {
        spec.doc
            .get("x-pages")?
            .get(name)?
            .get("url")?
            .as_str()
            .map(str::to_owned)
    };
    let parameters = operation
        .value
        .get("parameters")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    parameters
        .map(|parameter| spec.resolve(parameter))
        .filter(|parameter| parameter.get("in").and_then(Value::as_str) == Some("header"))
        .filter_map(|parameter| {
            let source = sources(parameter)
                .first()
                .copied()
                .or_else(|| sources(operation.value).first().copied());
            let bound = |key: &str| parameter.pointer(&format!("/x-number/{key}")).and_then(Value::as_i64);
            let unit = parameter.pointer("/x-number/unit").and_then(Value::as_str);
            Some(Field {
                name: parameter.get("x-field")?.as_str()?.to_owned(),
                wire: parameter.get("name")?.as_str()?.to_owned(),
                in_header: true,
                form: unit.map_or(Form::Own, |unit| Form::Text(unit.to_owned())),
                item: None,
                words: Vec::new(),
                minimum: bound("minimum"),
                maximum: bound("maximum"),
                max_length: None,
                prefix: None,
                values: Vec::new(),
                required: false,
                page: source.and_then(page).unwrap_or_default(),
                unverified: parameter.get("x-unverified") == Some(&Value::Bool(true)),
            })
        })
        .collect()
}

/// The normalised values that a property spells otherwise, and its own words for them.
pub(crate) fn words(property: &Value) -> Vec<(String, String)> {
    members(property.get("x-words"))
        .filter_map(|(value, wire)| Some((value.to_owned(), wire.as_str()?.to_owned())))
        .collect()
}

/// Properties inherited from the object around a property.
#[derive(Default, Clone)]
struct Inherited {
    source: String,
    unverified: bool,
    /// The references followed so far.
    within: Vec<String>,
}

fn fields(
    spec: &Spec,
    schema: &Value,
    prefix: &str,
    around: &Inherited,
    found: &mut Vec<Field>,
    rest: &mut Vec<String>,
) {
    let reference = single_ref(schema);
    let schema = target(spec, schema);
    let mut around = inherit(schema, around);
    around.within.extend(reference.map(str::to_owned));
    let required = schema.get("required").and_then(Value::as_array);
    for (name, property) in members(schema.get("properties")) {
        let wire = format!("{prefix}{name}");
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
                fields(spec, property, &format!("{wire}."), &around, found, rest);
                continue;
            }
            _ => {
                rest.push(wire);
                continue;
            }
        };
        let own = inherit(property, &around);
        let page = spec
            .doc
            .get("x-pages")
            .and_then(|pages| pages.get(&own.source)?.get("url")?.as_str());
        let number = |key: &str| property.get(key).and_then(Value::as_i64);
        let values = kinds(spec, inner)
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let words = words(property);
        let normal = |value: &str| {
            let word = words.iter().find(|(_, wire)| wire == value);
            word.map_or(value, |(normal, _)| normal).to_owned()
        };
        let values: Vec<String> = values.filter_map(Value::as_str).map(normal).collect();
        let is_url = inner.get("type").and_then(Value::as_str) == Some("string")
            && property
                .get("x-field")
                .and_then(Value::as_str)
                .is_some_and(|field| ROLES.contains(&field));
        let pattern = property.get("pattern").and_then(Value::as_str);
        // A member of an object is required only where the object is sent.
        let required = prefix.is_empty() && required.is_some_and(|names| names.iter().any(|known| known == name));
        for name in names {
            found.push(Field {
                name: name.to_owned(),
                wire: wire.clone(),
                in_header: false,
                form: if is_url { Form::Url } else { Form::Own },
                item: item(property, name),
                words: words.clone(),
                minimum: number("minimum"),
                maximum: number("maximum"),
                max_length: number("maxLength"),
                prefix: pattern.and_then(|pattern| pattern.strip_prefix('^')).map(str::to_owned),
                values: values.clone(),
                required,
                page: page.unwrap_or_default().to_owned(),
                unverified: own.unverified,
            });
        }
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

fn inherit(schema: &Value, around: &Inherited) -> Inherited {
    // Of several pages, the first is the one to send people to.
    let source = sources(schema).first().map(|page| (*page).to_owned());
    Inherited {
        source: source.unwrap_or_else(|| around.source.clone()),
        within: around.within.clone(),
        unverified: around.unverified || schema.get("x-unverified") == Some(&Value::Bool(true)),
    }
}

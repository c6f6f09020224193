//! What the `x-` extensions of a spec say, read strictly.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::relax::single_ref;
use crate::spec::{Spec, SpecError, members};

/// Normalised fields that a property may carry; `specs/README.md` lists them. The input roles come last.
pub const FIELDS: [&str; 25] = [
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
    "metadata",
    "first_frame",
    "last_frame",
    "reference_image",
    "reference_video",
    "reference_audio",
];

/// The roles among [`FIELDS`].
pub const ROLES: &[&str] = FIELDS.split_at(20).1;

/// Everything that a spec says beyond its schemas.
pub struct Facts {
    pub(crate) vendor: VendorInfo,
    pub(crate) base_url: String,
    pub(crate) poll: Poll,
    pub(crate) result_url: ResultUrl,
    pub(crate) webhook: Webhook,
    pub(crate) rate_limits: RateLimits,
    pub(crate) pages: BTreeMap<String, Page>,
    pub(crate) families: Vec<Family>,
    pub(crate) models: Vec<Model>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) url: String,
    pub(crate) read: String,
    pub(crate) note: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VendorInfo {
    pub(crate) name: String,
    pub(crate) key_env: String,
    pub(crate) base_url_env: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Poll {
    pub(crate) first: u64,
    pub(crate) every: (u64, u64),
    pub(crate) give_up: Option<u64>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct ResultUrl {
    pub(crate) ttl: u64,
    pub(crate) refreshable: bool,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct Webhook {
    pub(crate) timeout: u64,
    pub(crate) retries: Vec<u64>,
    pub(crate) signature: Signature,
    pub(crate) tolerance: Option<u64>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Signature {
    #[serde(rename = "none")]
    None,
    #[serde(rename = "hmac-sha256")]
    HmacSha256,
}

/// Left out where the vendor documents none.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
pub(crate) struct RateLimits {
    pub(crate) submit: Vec<RateLimit>,
    pub(crate) query: Vec<RateLimit>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, Debug, Clone, Copy)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "emitted as `Debug` writes it")]
pub(crate) struct RateLimit {
    pub(crate) limit: u32,
    pub(crate) per: u64,
}

#[derive(Deserialize, PartialEq, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) create: String,
    pub(crate) source: String,
    pub(crate) duration: Duration,
    pub(crate) frames: Option<Frames>,
    #[serde(default)]
    pub(crate) resolutions: Vec<String>,
    pub(crate) default_resolution: Option<String>,
    #[serde(default)]
    pub(crate) aspect_ratios: Vec<String>,
    pub(crate) default_aspect_ratio: Option<String>,
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, Input>,
    #[serde(default)]
    pub(crate) exclusive: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
}

#[derive(Deserialize, PartialEq, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Duration {
    pub(crate) min: u32,
    pub(crate) max: Option<u32>,
    pub(crate) auto: Option<Auto>,
    pub(crate) default: Option<u32>,
}

#[derive(Deserialize, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auto {
    Absent,
    MinusOne,
}

#[derive(Deserialize, PartialEq, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Frames {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) step: u32,
}

#[derive(Deserialize, PartialEq, Clone)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) max: u32,
    pub(crate) sources: Vec<String>,
    pub(crate) role: Option<String>,
}

/// A create operation and what its request can carry.
pub(crate) struct Family {
    /// The operation's tag.
    pub(crate) name: String,
    pub(crate) create: String,
    pub(crate) path: String,
    pub(crate) fields: Vec<Field>,
}

/// A property of a create request that carries a normalised field.
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) wire: String,
    pub(crate) minimum: Option<i64>,
    pub(crate) maximum: Option<i64>,
    pub(crate) max_length: Option<i64>,
    pub(crate) prefix: Option<String>,
    pub(crate) values: Vec<String>,
    pub(crate) page: String,
    pub(crate) unverified: bool,
}

impl Facts {
    /// Reads the facts of a spec.
    ///
    /// # Errors
    /// When an extension is missing, misspelt or names something that is not there.
    pub fn read(spec: &Spec) -> Result<Self, SpecError> {
        let base_url = spec.doc.pointer("/servers/0/url").and_then(Value::as_str);
        let mut facts = Self {
            vendor: extension(spec, "/x-vendor")?,
            base_url: base_url
                .ok_or_else(|| spec.error("/servers", "name the vendor's base URL"))?
                .to_owned(),
            poll: extension(spec, "/x-poll")?,
            result_url: extension(spec, "/x-result-url")?,
            webhook: extension(spec, "/x-webhook")?,
            rate_limits: match spec.doc.get("x-rate-limits") {
                Some(_) => extension(spec, "/x-rate-limits")?,
                None => RateLimits::default(),
            },
            pages: extension(spec, "/x-pages")?,
            families: Vec::new(),
            models: extension(spec, "/x-models")?,
        };
        if facts.models.last().is_none_or(|model| model.id != "*") {
            let reason = "the last entry must have the id '*': the rules for unknown models";
            return Err(spec.error("/x-models", reason));
        }
        for (index, model) in facts.models.iter().enumerate() {
            let pointer = format!("/x-models/{index}");
            check(spec, &pointer, model, &facts.pages)?;
            if facts.families.iter().all(|family| family.create != model.create) {
                facts.families.push(family(spec, &pointer, model, &facts.pages)?);
            }
        }
        Ok(facts)
    }

    /// The family that serves a model.
    pub(crate) fn family(&self, model: &Model) -> &Family {
        let found = self.families.iter().find(|family| family.create == model.create);
        // `read` makes a family for each create that a model names.
        found.unwrap_or(&self.families[0])
    }
}

fn family(spec: &Spec, pointer: &str, model: &Model, pages: &BTreeMap<String, Page>) -> Result<Family, SpecError> {
    let wrong = |reason: String| spec.error(format!("{pointer}/create"), reason);
    let operation = spec
        .operations()
        .find(|operation| operation.id() == Some(&model.create))
        .ok_or_else(|| wrong(format!("no operation is called `{}`", model.create)))?;
    let (Some(tag), Some(schema)) = (operation.tag(), operation.request_schema()) else {
        return Err(wrong("the operation needs a tag and a JSON request body".to_owned()));
    };
    let mut found = Vec::new();
    fields(spec, schema, "", &Inherited::default(), pages, &mut found)?;
    Ok(Family {
        name: tag.to_owned(),
        create: model.create.clone(),
        path: operation.path.to_owned(),
        fields: found,
    })
}

/// What a property takes over from the object around it.
#[derive(Default, Clone)]
struct Inherited {
    source: String,
    unverified: bool,
}

fn fields(
    spec: &Spec,
    schema: &Value,
    prefix: &str,
    around: &Inherited,
    pages: &BTreeMap<String, Page>,
    found: &mut Vec<Field>,
) -> Result<(), SpecError> {
    let (schema, pointer) = target(spec, schema);
    let around = inherit(schema, around);
    for (name, property) in members(schema.get("properties")) {
        let wire = format!("{prefix}{name}");
        let here = format!("{pointer}/properties/{name}");
        let (inner, _) = target(spec, property);
        let names: Vec<&str> = match property.get("x-field") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            // An object without a field of its own may hold some.
            _ if inner.get("properties").is_some() && inner.get("type").and_then(Value::as_str) == Some("object") => {
                fields(spec, property, &format!("{wire}."), &around, pages, found)?;
                continue;
            }
            _ => continue,
        };
        let own = inherit(property, &around);
        let Some(page) = pages.get(&own.source) else {
            return Err(spec.error(here, format!("x-source `{}` is not among x-pages", own.source)));
        };
        let number = |key: &str| property.get(key).and_then(Value::as_i64);
        let values = inner.get("enum").and_then(Value::as_array).into_iter().flatten();
        let values: Vec<String> = values.filter_map(Value::as_str).map(str::to_owned).collect();
        let pattern = property.get("pattern").and_then(Value::as_str);
        for name in names {
            if !FIELDS.contains(&name) {
                return Err(spec.error(format!("{here}/x-field"), format!("`{name}` is not a normalised field")));
            }
            found.push(Field {
                name: name.to_owned(),
                wire: wire.clone(),
                minimum: number("minimum"),
                maximum: number("maximum"),
                max_length: number("maxLength"),
                prefix: pattern.and_then(|pattern| pattern.strip_prefix('^')).map(str::to_owned),
                values: values.clone(),
                page: page.url.clone(),
                unverified: own.unverified,
            });
        }
    }
    Ok(())
}

/// The schema behind a reference, and where it stands.
fn target<'a>(spec: &'a Spec, schema: &'a Value) -> (&'a Value, String) {
    match single_ref(schema) {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#').to_owned();
            (spec.doc.pointer(&pointer).unwrap_or(schema), pointer)
        }
        None => (schema, String::new()),
    }
}

fn inherit(schema: &Value, around: &Inherited) -> Inherited {
    let source = schema.get("x-source").and_then(Value::as_str);
    Inherited {
        source: source.map_or_else(|| around.source.clone(), str::to_owned),
        unverified: around.unverified || schema.get("x-unverified") == Some(&Value::Bool(true)),
    }
}

fn check(spec: &Spec, pointer: &str, model: &Model, pages: &BTreeMap<String, Page>) -> Result<(), SpecError> {
    let wrong = |member: &str, reason: String| Err(spec.error(format!("{pointer}/{member}"), reason));
    if !pages.contains_key(&model.source) {
        return wrong("source", format!("`{}` is not among x-pages", model.source));
    }
    if model.duration.max.is_some_and(|max| model.duration.min > max) {
        return wrong("duration", "min is above max".to_owned());
    }
    if let Some(frames) = &model.frames
        && (frames.step == 0 || frames.min > frames.max)
    {
        return wrong("frames", "step must be at least 1, and min at most max".to_owned());
    }
    for (member, default, values) in [
        ("default_resolution", &model.default_resolution, &model.resolutions),
        (
            "default_aspect_ratio",
            &model.default_aspect_ratio,
            &model.aspect_ratios,
        ),
    ] {
        if let Some(default) = default
            && !values.contains(default)
        {
            return wrong(member, format!("`{default}` is not one of {values:?}"));
        }
    }
    for (role, input) in &model.inputs {
        if !ROLES.contains(&role.as_str()) {
            return wrong(
                &format!("inputs/{role}"),
                format!("not an input role; those are {ROLES:?}"),
            );
        }
        let known = |source: &String| ["url", "asset", "data"].contains(&source.as_str());
        if let Some(source) = input.sources.iter().find(|source| !known(source)) {
            return wrong(
                &format!("inputs/{role}/sources"),
                format!("`{source}` is not url, asset or data"),
            );
        }
    }
    let unknown = |role: &&String| !model.inputs.contains_key(*role);
    if let Some(role) = model.exclusive.iter().flatten().find(unknown) {
        return wrong("exclusive", format!("`{role}` is not among the inputs"));
    }
    if let Some(field) = model.without.iter().find(|field| !FIELDS.contains(&field.as_str())) {
        return wrong("without", format!("`{field}` is not a normalised field"));
    }
    Ok(())
}

/// Reads an extension strictly: a misspelt member is an error with its place.
fn extension<T: DeserializeOwned>(spec: &Spec, pointer: &str) -> Result<T, SpecError> {
    let value = spec.doc.pointer(pointer);
    let value = value.ok_or_else(|| spec.error("", format!("`{}` is missing", &pointer[1..])))?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = crate::precheck::pointer(error.path());
        spec.error(format!("{pointer}{place}"), error.inner().to_string())
    })
}

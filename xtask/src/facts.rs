//! The tables of a raw crate: what the `x-` extensions of a spec say, as Rust constants.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::relax::single_ref;
use crate::spec::{Operation, Spec, SpecError, members};

/// Normalised fields that a property may carry; `specs/README.md` lists them.
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    url: String,
    read: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VendorInfo {
    name: String,
    key_env: String,
    base_url_env: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
struct Poll {
    first: u64,
    every: (u64, u64),
    give_up: Option<u64>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
struct ResultUrl {
    ttl: u64,
    refreshable: bool,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Model {
    id: String,
    create: String,
    source: String,
    duration: Duration,
    frames: Option<Frames>,
    #[serde(default)]
    resolutions: Vec<String>,
    default_resolution: Option<String>,
    #[serde(default)]
    aspect_ratios: Vec<String>,
    default_aspect_ratio: Option<String>,
    #[serde(default)]
    inputs: BTreeMap<String, Input>,
    #[serde(default)]
    exclusive: Vec<Vec<String>>,
    #[serde(default)]
    without: Vec<String>,
    #[serde(default)]
    unverified: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Duration {
    min: u32,
    max: u32,
    auto: Option<Auto>,
    default: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Auto {
    Absent,
    MinusOne,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Frames {
    min: u32,
    max: u32,
    step: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    max: u32,
    sources: Vec<String>,
    role: Option<String>,
}

/// The text of `src/facts.rs`.
///
/// # Errors
/// When an extension is missing, misspelt or names something that is not there.
pub fn emit(spec: &Spec) -> Result<String, SpecError> {
    let vendor: VendorInfo = read(spec, "/x-vendor")?;
    let poll: Poll = read(spec, "/x-poll")?;
    let result_url: ResultUrl = read(spec, "/x-result-url")?;
    let pages: BTreeMap<String, Page> = read(spec, "/x-pages")?;
    let models: Vec<Model> = read(spec, "/x-models")?;
    let base_url = spec
        .doc
        .pointer("/servers/0/url")
        .and_then(Value::as_str)
        .ok_or_else(|| spec.error("/servers", "name the vendor's base URL"))?;
    if models.last().is_none_or(|model| model.id != "*") {
        return Err(spec.error(
            "/x-models",
            "the last entry must have the id '*': the rules for unknown models",
        ));
    }
    let creates = creates(spec, &models)?;

    let mut out = String::from(
        "//! What the spec says beyond its schemas. `specs/README.md` explains each member.\n\n\
         use videogen_wire::facts::*;\n\n",
    );
    let _ = writeln!(out, "/// All facts of {}.", vendor.name);
    out.push_str("pub const VENDOR: Vendor = Vendor {\n");
    let _ = writeln!(out, "    name: {:?},", vendor.name);
    let _ = writeln!(out, "    key_env: {:?},", vendor.key_env);
    let _ = writeln!(out, "    base_url_env: {:?},", vendor.base_url_env);
    let _ = writeln!(out, "    base_url: {base_url:?},");
    let _ = writeln!(
        out,
        "    poll: Poll {{ first: {}, every: {:?}, give_up: {:?} }},",
        poll.first, poll.every, poll.give_up
    );
    let _ = writeln!(
        out,
        "    result_url: ResultUrl {{ ttl: {}, refreshable: {} }},",
        result_url.ttl, result_url.refreshable
    );
    out.push_str("    pages: PAGES,\n    families: FAMILIES,\n    models: MODELS,\n};\n\nconst PAGES: &[Page] = &[\n");
    for (name, page) in &pages {
        let _ = writeln!(
            out,
            "    Page {{ name: {name:?}, url: {:?}, read: {:?} }},",
            page.url, page.read
        );
    }
    out.push_str("];\n\nconst FAMILIES: &[Family] = &[\n");
    for operation in &creates {
        family(spec, operation, &pages, &mut out)?;
    }
    out.push_str("];\n\nconst MODELS: &[Model] = &[\n");
    for (index, entry) in models.iter().enumerate() {
        let pointer = format!("/x-models/{index}");
        check(spec, &pointer, entry, &pages)?;
        model(entry, family_name(spec, &creates, entry, &pointer)?, &pages, &mut out);
    }
    out.push_str("];\n");
    Ok(out)
}

/// The create operations that `x-models` names, in its order.
fn creates<'a>(spec: &'a Spec, models: &[Model]) -> Result<Vec<Operation<'a>>, SpecError> {
    let mut found: Vec<Operation<'a>> = Vec::new();
    for (index, model) in models.iter().enumerate() {
        if found.iter().any(|operation| operation.id() == Some(&model.create)) {
            continue;
        }
        let operation = spec
            .operations()
            .find(|operation| operation.id() == Some(&model.create))
            .ok_or_else(|| {
                spec.error(
                    format!("/x-models/{index}/create"),
                    format!("no operation is called `{}`", model.create),
                )
            })?;
        found.push(operation);
    }
    Ok(found)
}

fn family_name<'a>(spec: &Spec, creates: &[Operation<'a>], model: &Model, pointer: &str) -> Result<&'a str, SpecError> {
    creates
        .iter()
        .find(|operation| operation.id() == Some(&model.create))
        .and_then(Operation::tag)
        .ok_or_else(|| {
            spec.error(
                format!("{pointer}/create"),
                "the operation has no tag to name its family by",
            )
        })
}

fn family(
    spec: &Spec,
    operation: &Operation<'_>,
    pages: &BTreeMap<String, Page>,
    out: &mut String,
) -> Result<(), SpecError> {
    let schema = operation
        .request_schema()
        .ok_or_else(|| spec.error(&operation.pointer, "a create operation needs a JSON request body"))?;
    out.push_str("    Family {\n");
    let _ = writeln!(out, "        name: {:?},", operation.tag().unwrap_or_default());
    let _ = writeln!(out, "        create: {:?},", operation.id().unwrap_or_default());
    let _ = writeln!(out, "        path: {:?},", operation.path);
    out.push_str("        fields: &[\n");
    fields(spec, schema, "", &Inherited::default(), pages, out)?;
    out.push_str("        ],\n    },\n");
    Ok(())
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
    out: &mut String,
) -> Result<(), SpecError> {
    let (schema, pointer) = target(spec, schema);
    let around = inherit(schema, around);
    for (name, property) in members(schema.get("properties")) {
        let wire = format!("{prefix}{name}");
        let here = format!("{pointer}/properties/{name}");
        let names: Vec<&str> = match property.get("x-field") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
            _ => {
                let (inner, _) = target(spec, property);
                if inner.get("properties").is_some() && inner.get("type").and_then(Value::as_str) == Some("object") {
                    fields(spec, property, &format!("{wire}."), &around, pages, out)?;
                }
                continue;
            }
        };
        let own = inherit(property, &around);
        let Some(page) = pages.get(&own.source) else {
            return Err(spec.error(here, format!("x-source `{}` is not among x-pages", own.source)));
        };
        let (inner, _) = target(spec, property);
        let number = |key: &str| property.get(key).and_then(Value::as_i64);
        let values: Vec<&str> = inner
            .get("enum")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let prefix = property
            .get("pattern")
            .and_then(Value::as_str)
            .and_then(|pattern| pattern.strip_prefix('^'));
        for name in names {
            if !FIELDS.contains(&name) {
                return Err(spec.error(format!("{here}/x-field"), format!("`{name}` is not a normalised field")));
            }
            let _ = writeln!(
                out,
                "            Field {{ name: {name:?}, wire: {wire:?}, minimum: {:?}, maximum: {:?}, max_length: {:?}, \
                 prefix: {prefix:?}, values: &{values:?}, page: {:?}, unverified: {} }},",
                number("minimum"),
                number("maximum"),
                number("maxLength"),
                page.url,
                own.unverified
            );
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
    Inherited {
        source: schema
            .get("x-source")
            .and_then(Value::as_str)
            .map_or_else(|| around.source.clone(), str::to_owned),
        unverified: around.unverified || schema.get("x-unverified") == Some(&Value::Bool(true)),
    }
}

fn check(spec: &Spec, pointer: &str, model: &Model, pages: &BTreeMap<String, Page>) -> Result<(), SpecError> {
    let wrong = |member: &str, reason: String| Err(spec.error(format!("{pointer}/{member}"), reason));
    if !pages.contains_key(&model.source) {
        return wrong("source", format!("`{}` is not among x-pages", model.source));
    }
    if model.duration.min > model.duration.max {
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
    let roles = &FIELDS[20..];
    for (role, input) in &model.inputs {
        if !roles.contains(&role.as_str()) {
            return wrong(
                &format!("inputs/{role}"),
                format!("not an input role; those are {roles:?}"),
            );
        }
        if let Some(source) = input
            .sources
            .iter()
            .find(|s| !["url", "asset", "data"].contains(&s.as_str()))
        {
            return wrong(
                &format!("inputs/{role}/sources"),
                format!("`{source}` is not url, asset or data"),
            );
        }
    }
    if let Some(role) = model
        .exclusive
        .iter()
        .flatten()
        .find(|role| !model.inputs.contains_key(*role))
    {
        return wrong("exclusive", format!("`{role}` is not among the inputs"));
    }
    if let Some(field) = model.without.iter().find(|field| !FIELDS.contains(&field.as_str())) {
        return wrong("without", format!("`{field}` is not a normalised field"));
    }
    Ok(())
}

fn model(model: &Model, family: &str, pages: &BTreeMap<String, Page>, out: &mut String) {
    let auto = match model.duration.auto {
        Some(Auto::Absent) => "Some(Auto::Absent)",
        Some(Auto::MinusOne) => "Some(Auto::MinusOne)",
        None => "None",
    };
    let frames = model.frames.as_ref().map_or_else(
        || "None".to_owned(),
        |frames| {
            format!(
                "Some(Frames {{ min: {}, max: {}, step: {} }})",
                frames.min, frames.max, frames.step
            )
        },
    );
    out.push_str("    Model {\n");
    let _ = writeln!(out, "        id: {:?},", model.id);
    let _ = writeln!(out, "        family: {family:?},");
    let _ = writeln!(
        out,
        "        duration: Duration {{ min: {}, max: {}, auto: {auto}, default: {:?} }},",
        model.duration.min, model.duration.max, model.duration.default
    );
    let _ = writeln!(out, "        frames: {frames},");
    let _ = writeln!(out, "        resolutions: &{:?},", model.resolutions);
    let _ = writeln!(out, "        default_resolution: {:?},", model.default_resolution);
    let _ = writeln!(out, "        aspect_ratios: &{:?},", model.aspect_ratios);
    let _ = writeln!(out, "        default_aspect_ratio: {:?},", model.default_aspect_ratio);
    out.push_str("        inputs: &[\n");
    for role in &FIELDS[20..] {
        let Some(input) = model.inputs.get(*role) else { continue };
        let _ = writeln!(
            out,
            "            Input {{ role: {role:?}, wire_role: {:?}, max: {}, sources: &{:?} }},",
            input.role.as_deref().unwrap_or(role),
            input.max,
            input.sources
        );
    }
    out.push_str("        ],\n");
    let groups: Vec<String> = model.exclusive.iter().map(|group| format!("&{group:?}")).collect();
    let _ = writeln!(out, "        exclusive: &[{}],", groups.join(", "));
    let _ = writeln!(out, "        without: &{:?},", model.without);
    let _ = writeln!(out, "        unverified: &{:?},", model.unverified);
    let _ = writeln!(out, "        page: {:?},", pages[&model.source].url);
    out.push_str("    },\n");
}

/// Reads an extension strictly: a misspelt member is an error with its place.
fn read<T: DeserializeOwned>(spec: &Spec, pointer: &str) -> Result<T, SpecError> {
    let value = spec
        .doc
        .pointer(pointer)
        .ok_or_else(|| spec.error("", format!("`{}` is missing", &pointer[1..])))?;
    serde_path_to_error::deserialize(value).map_err(|error| {
        let place = crate::precheck::pointer(error.path());
        spec.error(format!("{pointer}{place}"), error.inner().to_string())
    })
}

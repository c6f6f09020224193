//! The spec files as plain JSON, read independently of `xtask` and the simulator.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use videogen::Vendor;

/// The repository's folder.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The spec of a vendor.
pub(crate) fn spec(vendor: Vendor) -> Value {
    let text = std::fs::read_to_string(root().join(format!("specs/{vendor}.yaml"))).unwrap();
    serde_saphyr::from_str(&text).unwrap()
}

/// One operation: path, method, and the operation object.
pub(crate) fn operations(spec: &Value) -> Vec<(String, String, &Value)> {
    let mut found = Vec::new();
    for (path, item) in spec["paths"].as_object().unwrap() {
        for method in ["get", "post", "put", "delete", "patch"] {
            if let Some(operation) = item.get(method) {
                found.push((path.clone(), method.to_owned(), operation));
            }
        }
    }
    found
}

/// Follows a `$ref`.
pub(crate) fn resolve<'a>(spec: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str) {
        Some(reference) => spec.pointer(&reference[1..]).unwrap(),
        None => value,
    }
}

/// A schema of an OpenAPI 3.0 document as a standalone JSON Schema.
pub(crate) fn json_schema(spec: &Value, schema: &Value) -> Value {
    let mut root = translate(schema);
    root["components"] = json!({"schemas": translate_all(&spec["components"]["schemas"])});
    root
}

fn translate_all(schemas: &Value) -> Value {
    let schemas = schemas.as_object().unwrap();
    schemas
        .iter()
        .map(|(name, schema)| (name.clone(), translate(schema)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn translate(schema: &Value) -> Value {
    let Some(object) = schema.as_object() else {
        return schema.clone();
    };
    let mut result = serde_json::Map::new();
    for (key, value) in object {
        let translated = match key.as_str() {
            "properties" => translate_all(value),
            "items" | "not" | "additionalProperties" => translate(value),
            "allOf" | "oneOf" | "anyOf" => value.as_array().unwrap().iter().map(translate).collect(),
            "nullable" | "example" | "default" | "description" => continue,
            key if key.starts_with("x-") => continue,
            _ => value.clone(),
        };
        result.insert(key.clone(), translated);
    }
    if schema["nullable"] == true {
        result.insert("type".into(), json!([schema["type"], "null"]));
    }
    result.into()
}

/// The examples of a media type, header or parameter: `examples` by name, or the one `example`.
pub(crate) fn examples(holder: &Value) -> Vec<(String, Value)> {
    if let Some(examples) = holder.get("examples").and_then(Value::as_object) {
        return examples
            .iter()
            .map(|(name, example)| (name.clone(), example["value"].clone()))
            .collect();
    }
    holder
        .get("example")
        .map(|example| ("example".to_owned(), example.clone()))
        .into_iter()
        .collect()
}

/// Every parameter on the vendors' create pages, with its schema in the spec: of the pages that are kept in `specs/pages/`,
/// and of [`PARAMETERS`].
pub(crate) fn parameters() -> Vec<(Vendor, String, Vec<String>)> {
    let copied = PARAMETERS.iter().map(|(vendor, schema, names)| {
        let names = names.iter().map(|name| (*name).to_owned());
        (*vendor, (*schema).to_owned(), names.collect())
    });
    let kept = Vendor::ALL.iter().flat_map(|vendor| {
        let spec = spec(*vendor);
        let schemas = spec["components"]["schemas"].as_object().unwrap();
        let bodies = schemas.iter().filter(|(_, schema)| {
            let carries = |field: &str| {
                schema["properties"]
                    .as_object()
                    .is_some_and(|all| all.values().any(|one| one["x-field"] == field))
            };
            carries("model") && carries("prompt")
        });
        let found = bodies.filter_map(|(name, schema)| {
            let page = schema["x-source"].as_str()?;
            let text = std::fs::read_to_string(root().join(format!("specs/pages/{vendor}/{page}.yaml"))).ok()?;
            let kept: Value = serde_saphyr::from_str(&text).unwrap();
            // What was kept before the page was read again is older than the spec.
            if kept["kept"].as_str().unwrap() < spec["x-pages"][page]["read"].as_str().unwrap() {
                return None;
            }
            let listed = kept["facts"]["parameters"].as_array().unwrap().iter();
            let listed = listed.filter(|one| one["in"] == "request");
            let names = listed.map(|one| one["name"].as_str().unwrap().to_owned());
            Some((
                *vendor,
                name.clone(),
                names.filter(|name| !name.contains('.')).collect(),
            ))
        });
        found.collect::<Vec<(Vendor, String, Vec<String>)>>()
    });
    copied.chain(kept).collect()
}

/// Parameters of create pages of which no whole copy could be kept, copied by hand.
pub(crate) const PARAMETERS: [(Vendor, &str, &[&str]); 6] = [
    (
        Vendor::Token360,
        "CreateVideoRequest",
        &[
            "model",
            "prompt",
            "duration",
            "resolution",
            "aspect_ratio",
            "generate_audio",
            "seed",
            "watermark",
            "return_last_frame",
            "execution_expires_after",
            "safety_identifier",
            "callback_url",
            "metadata",
            "frame_images",
            "input_references",
            "request_id",
        ],
    ),
    (
        Vendor::AllToken,
        "CreateGenerationRequest",
        &[
            "model",
            "prompt",
            "content",
            "ratio",
            "duration",
            "resolution",
            "frames",
            "generate_audio",
            "input_has_video",
            "seed",
            "camera_fixed",
            "watermark",
            "callback_url",
            "return_last_frame",
            "service_tier",
            "execution_expires_after",
            "draft",
            "tools",
            "safety_identifier",
            "output_format",
            "omni_reference_task_type",
        ],
    ),
    (
        Vendor::Ark,
        "CreateTaskRequest",
        &[
            "model",
            "content",
            "callback_url",
            "return_last_frame",
            "service_tier",
            "execution_expires_after",
            "priority",
            "generate_audio",
            "draft",
            "tools",
            "safety_identifier",
            "resolution",
            "ratio",
            "duration",
            "frames",
            "seed",
            "camera_fixed",
            "watermark",
            "output_format",
            "omni_reference_task_type",
        ],
    ),
    (
        Vendor::OpenRouter,
        "CreateVideoRequest",
        &[
            "model",
            "prompt",
            "duration",
            "resolution",
            "aspect_ratio",
            "size",
            "seed",
            "generate_audio",
            "frame_images",
            "input_references",
            "callback_url",
            "provider",
            "previous_job_id",
            "session_id",
            "user",
            "trace",
            "upscale_factor",
            "creativity",
        ],
    ),
    (
        Vendor::Replicate,
        "CreateSeedance2Request",
        &["version", "input", "webhook", "webhook_events_filter"],
    ),
    (
        Vendor::Fal,
        "Seedance2Input",
        &[
            "prompt",
            "duration",
            "resolution",
            "aspect_ratio",
            "generate_audio",
            "seed",
            "image_url",
            "end_image_url",
            "image_urls",
            "video_urls",
            "audio_urls",
        ],
    ),
];

//! What a clip was made with, as shown. Read from JSON, because requests and tasks name these fields alike, and a file may
//! be of another version.

use serde::Serialize;
use serde_json::Value;
use videogen::SecretUrl;

/// Longest value shown, in characters.
const SHOWN: usize = 200;

/// One parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Parameter {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
    /// Both in a few words.
    short: String,
}

impl Parameter {
    fn new(name: &str, value: impl Into<String>, short: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            value: value.into(),
            short: short.into(),
        }
    }
}

/// Adds to `known` the parameters that only `other` has.
pub(super) fn merge(known: &mut Vec<Parameter>, other: Vec<Parameter>) {
    let names: Vec<String> = known.iter().map(|parameter| parameter.name.clone()).collect();
    known.extend(other.into_iter().filter(|parameter| !names.contains(&parameter.name)));
}

/// The parameters in a request, in those of a task, or in a video.
pub(super) fn parameters(of: &Value) -> Vec<Parameter> {
    let mut found = Vec::new();
    if let Some(duration) = scalar(&of["duration"]) {
        found.push(match duration.parse::<f64>() {
            Ok(_) => Parameter::new("Duration", format!("{duration} s"), format!("{duration} s")),
            Err(_) => Parameter::new("Duration", duration.as_str(), format!("duration {duration}")),
        });
    }
    if let Some(frames) = scalar(&of["frames"]) {
        found.push(Parameter::new("Frames", frames.as_str(), format!("{frames} frames")));
    }
    for (member, name) in [("resolution", "Resolution"), ("aspect_ratio", "Aspect ratio")] {
        if let Some(value) = scalar(&of[member]) {
            found.push(Parameter::new(name, value.as_str(), value.as_str()));
        }
    }
    for (member, name, on, off) in [
        ("generate_audio", "Audio", "audio", "no audio"),
        ("watermark", "Watermark", "watermark", "no watermark"),
        ("camera_fixed", "Camera locked", "camera locked", "camera not locked"),
        ("draft", "Draft", "draft", "no draft"),
    ] {
        if let Some(is_on) = of[member].as_bool() {
            let (value, short) = if is_on { ("yes", on) } else { ("no", off) };
            found.push(Parameter::new(name, value, short));
        }
    }
    for (member, name, prefix) in [
        ("seed", "Seed", "seed "),
        ("service_tier", "Service tier", "tier "),
        ("draft_task", "From draft", "from draft "),
        ("video_operation", "Operation", ""),
        ("output_format", "Format", ""),
    ] {
        if let Some(value) = scalar(&of[member]) {
            let short = format!("{prefix}{value}");
            found.push(Parameter::new(name, value, short));
        }
    }
    for tool in of["tools"].as_array().into_iter().flatten() {
        if let Some(kind) = scalar(&tool["type"]) {
            found.push(Parameter::new("Tool", kind.as_str(), kind.as_str()));
        }
    }
    for input in of["inputs"].as_array().into_iter().flatten() {
        if let Some(role) = scalar(&input["role"]) {
            let role = role.replace('_', " ");
            let source = input["source"].as_str().map(source).unwrap_or_default();
            found.push(Parameter::new(&capitalized(&role), source, role));
        }
    }
    for (name, value) in of["extra"].as_object().into_iter().flatten() {
        let value = cut(&scalar(value).unwrap_or_else(|| value.to_string()));
        let short = format!("{name} {value}");
        found.push(Parameter::new(name, value, short));
    }
    found
}

/// A source of an input: a file's name, a URL's host, or what else it is.
fn source(source: &str) -> String {
    if let Some(path) = source.strip_prefix("file:") {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
        return cut(name);
    }
    if source.starts_with("data:") {
        return "inline data".to_owned();
    }
    if source.starts_with("http:") || source.starts_with("https:") {
        return SecretUrl::new(source).to_string();
    }
    cut(source)
}

/// A string that is not empty, a number or a flag.
pub(super) fn scalar(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        _ => return None,
    };
    (!text.trim().is_empty()).then_some(text)
}

fn capitalized(text: &str) -> String {
    let mut rest = text.chars();
    rest.next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}

fn cut(text: &str) -> String {
    let mut shown: String = text.chars().take(SHOWN).collect();
    if shown.len() < text.len() {
        shown.push_str("...");
    }
    shown
}

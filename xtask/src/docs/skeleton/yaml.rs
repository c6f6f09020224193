//! Values as the YAML of a spec, in the order and style of the handwritten files.

use std::fmt::Write as _;

use serde_json::Value;

/// Keys in their order; all others follow.
const ORDER: [&str; 50] = [
    "id",
    "like",
    "create",
    "request",
    "source",
    "documented",
    "url",
    "read",
    "$ref",
    "allOf",
    "type",
    "nullable",
    "format",
    "description",
    "x-source",
    "x-unverified",
    "required",
    "not",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "min",
    "max",
    "maxLength",
    "maxItems",
    "items",
    "additionalProperties",
    "auto",
    "sources",
    "role",
    "needs",
    "default",
    "example",
    "x-field",
    "duration",
    "frames",
    "resolutions",
    "default_resolution",
    "aspect_ratios",
    "default_aspect_ratio",
    "inputs",
    "first_frame",
    "last_frame",
    "reference_image",
    "reference_video",
    "reference_audio",
    "exclusive",
    "when",
    "requires",
];
/// The longest value on the line of its key.
const WIDTH: usize = 100;

/// The members of a mapping, in order.
pub(super) fn ordered(value: &Value) -> Vec<(&str, &Value)> {
    let rank = |key: &str| ORDER.iter().position(|known| *known == key).unwrap_or(ORDER.len());
    let mut members: Vec<(&str, &Value)> = crate::spec::members(Some(value)).collect();
    members.sort_by_key(|(key, _)| rank(key));
    members
}

/// A member in block style, `indent` spaces from the left.
pub(super) fn member(out: &mut String, indent: usize, key: &str, value: &Value) {
    let pad = " ".repeat(indent);
    let text = match value {
        Value::String(text) => block(text),
        _ => flow(value),
    };
    let line = format!("{pad}{}: {text}", scalar(key));
    let is_open = matches!(key, "inputs" | "not");
    match value {
        Value::Object(object) if !object.is_empty() && (is_open || line.len() > WIDTH) => {
            let _ = writeln!(out, "{pad}{}:", scalar(key));
            for (key, value) in ordered(value) {
                member(out, indent + 2, key, value);
            }
        }
        Value::Array(items) if items.iter().any(|item| !item.is_string()) && key != "allOf" => {
            let _ = writeln!(out, "{pad}{}:", scalar(key));
            for item in items {
                let _ = writeln!(out, "{pad}  - {}", flow(item));
            }
        }
        Value::String(text) if line.len() > WIDTH => {
            let _ = writeln!(out, "{pad}{}: >-", scalar(key));
            let mut row = format!("{pad} ");
            for word in text.split_whitespace() {
                if row.len() + word.len() > WIDTH && row.trim() != "" {
                    let _ = writeln!(out, "{row}");
                    row = format!("{pad} ");
                }
                let _ = write!(row, " {word}");
            }
            let _ = writeln!(out, "{row}");
        }
        _ => {
            let _ = writeln!(out, "{line}");
        }
    }
}

/// A value on one line.
pub(super) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(_) => {
            let members = ordered(value).into_iter();
            let members = members.map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Text that is alone on its line, quoted where a YAML reader may take it for something else.
fn block(text: &str) -> String {
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.contains(' ')
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([' ', ':'])
        && !text.contains(char::is_control);
    match is_plain {
        true => text.to_owned(),
        false => scalar(text),
    }
}

/// Text, quoted where a YAML reader may take it for something else.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '$')
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "$_./- ;()".contains(c))
        && !text.ends_with(' ')
        && text.chars().any(|c| c.is_ascii_alphabetic())
        && text.parse::<f64>().is_err();
    let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    match plain && !words.contains(&text.to_lowercase().as_str()) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', "''")),
    }
}

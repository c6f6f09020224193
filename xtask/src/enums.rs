//! The open enums of a raw crate.

use heck::ToUpperCamelCase;
use serde_json::Value;

use crate::spec::Spec;

/// The text of `src/enums.rs`. That the values are texts with names of their own is checked before.
#[must_use]
pub fn emit(spec: &Spec, names: &[String]) -> String {
    let mut text = String::from(
        "//! String enums of the spec; each keeps values it does not know.\n\nvideogen_wire::open_enum! {\n",
    );
    for (index, name) in names.iter().enumerate() {
        let pointer = format!("/components/schemas/{name}");
        let schema = spec.doc.pointer(&pointer).unwrap_or(&Value::Null);
        if index > 0 {
            text.push('\n');
        }
        let description = schema.get("description").and_then(Value::as_str).unwrap_or(name);
        text.push_str(&format!("    /// {}\n    pub enum {name} {{\n", one_line(description)));
        let values = schema.get("enum").and_then(Value::as_array).into_iter().flatten();
        for value in values.filter_map(Value::as_str) {
            text.push_str(&format!("        {} = {value:?},\n", variant(value)));
        }
        text.push_str("    }\n");
    }
    text.push_str("}\n");
    text
}

/// The Rust name of an enum value: `in_progress` → `InProgress`, `16:9` → `V16x9`, `720p` → `V720p`. Empty for a value
/// without letters and digits; whether the name is one is checked with [`crate::names`].
#[must_use]
pub fn variant(value: &str) -> String {
    let spelt = value.replace(':', "x");
    let name: String = spelt
        .chars()
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let name = name.trim();
    match name.chars().next() {
        None if value.is_empty() => "Empty".to_owned(),
        None => String::new(),
        Some(first) if first.is_ascii_digit() => format!("V{}", name.replace(' ', "")),
        Some(_) => name.to_upper_camel_case(),
    }
}

/// A description as one line of doc comment.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::variant;

    #[test]
    fn variants_read_like_their_values() {
        for (value, name) in [
            ("in_progress", "InProgress"),
            ("16:9", "V16x9"),
            ("720p", "V720p"),
            ("4K", "V4K"),
            ("generation.completed", "GenerationCompleted"),
            ("", "Empty"),
            ("-1", "V1"),
            ("-", ""),
        ] {
            assert_eq!(variant(value), name, "{value}");
        }
    }
}

//! The open enums of a raw crate.

use serde_json::Value;

use crate::spec::Spec;
use crate::spec::names::variant;

/// The text of `src/enums.rs`. The rules have checked that the values are strings with distinct names.
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

/// A description as one line of doc comment.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

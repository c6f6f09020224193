//! Words that layouts have in common: headings, types, names.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::docs::facts::Place;
use crate::docs::pattern::pattern;

/// Words that are known to be names or values. Only text whose markup is lost needs them: there, a name may be run
/// together with the word before it.
pub type Words = BTreeSet<String>;

/// The kind of parameters below a heading.
pub(crate) fn section(line: &str) -> Option<Place> {
    static SECTIONS: LazyLock<[(Regex, Place); 5]> = LazyLock::new(|| {
        [
            (pattern(r"(?i)^query( string)?( param(eter)?s)?$"), Place::Query),
            (pattern(r"(?i)^path( param(eter)?s)?$"), Place::Path),
            (
                pattern(r"(?i)^(request )?headers?( param(eter)?s)?$|^authori[sz]ations?$|^authentication$"),
                Place::Header,
            ),
            (
                pattern(r"(?i)^(\d{3} )?(response|returns)( \d{3})?( (body|fields|schema|param(eter)?s|members))?$"),
                Place::Response,
            ),
            (
                pattern(r"(?i)^((request|body|input)( (body|fields|schema|param(eter)?s))?|param(eter)?s)$"),
                Place::Request,
            ),
        ]
    });
    let line = line.trim_end_matches(':');
    SECTIONS
        .iter()
        .find(|(pattern, _)| pattern.is_match(line))
        .map(|(_, place)| *place)
}

/// A stated type as a JSON type; `None` for anything else.
pub(crate) fn kind(text: &str) -> Option<String> {
    let text = text.trim().trim_matches('`').to_lowercase();
    let text = text.strip_suffix("| null").unwrap_or(&text).trim();
    let simple = |text: &str| {
        Some(match text {
            "string" | "str" | "enum" | "enum<string>" | "string<uri>" | "string<url>" | "string<date-time>"
            | "url" => "string",
            "integer" | "int" | "int32" | "int64" | "integer<int32>" | "integer<int64>" | "enum<integer>" => "integer",
            "number" | "float" | "double" | "number<float>" | "number<double>" => "number",
            "boolean" | "bool" => "boolean",
            "object" | "map" | "dict" => "object",
            "array" | "list" => "array",
            _ => return None,
        })
    };
    if let Some(found) = simple(text) {
        return Some(found.to_owned());
    }
    let inner = text.strip_suffix("[]").or_else(|| {
        let inner = text.strip_prefix("array").or(text.strip_prefix("list"))?;
        inner.strip_prefix('<')?.strip_suffix('>')
    })?;
    simple(inner).map(|item| format!("array<{item}>"))
}

/// Whether a text is a name of a parameter, in the spelling of JSON.
pub(crate) fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && !text.ends_with('.')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_.-[]".contains(c))
}

/// A name with dots between the levels, and without the marks of arrays.
pub(crate) fn plain_name(text: &str) -> String {
    text.replace("[]", "").replace("..", ".").trim_matches('.').to_owned()
}

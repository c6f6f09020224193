//! What is wrong with a JSON value or text, in words for its author instead of those of the parser. Depends on nothing else in
//! this crate.

use serde_json::error::Category;

/// Why a text is not valid JSON, without the place.
pub(crate) fn syntax(error: &serde_json::Error) -> String {
    let reason = error.to_string();
    let reason = reason.split(" at line ").next().unwrap_or_default();
    let plain = match reason {
        _ if error.classify() == Category::Eof => "the text ends before its end: a quote or bracket is not closed",
        "expected ident" | "expected value" => {
            "this is no JSON value: use text in double quotes, a number, true, false, null, a list in [] or an object in {}"
        }
        "key must be a string" => "put the name of the member in double quotes",
        "trailing comma" => "remove the comma before this place",
        "trailing characters" => "there is more after the end of the value; remove it",
        "expected `:`" => "add `:` between the name of the member and its value",
        "expected `,` or `}`" => "add `,` before the next member, or `}` at the end of the object",
        "expected `,` or `]`" => "add `,` before the next item, or `]` at the end of the list",
        "invalid number" => "this is no valid number",
        "invalid escape" => "write a backslash in text as \\\\",
        _ if reason.starts_with("control character") => "write a line break in text as \\n, and a tab as \\t",
        other => other,
    };
    plain.to_owned()
}

/// An error of a value, such as `seed: invalid type: string "1", expected i64`, in other words. What is not about the type of a
/// value stays.
pub(crate) fn value(reason: &str) -> String {
    if let Some((place, rest)) = reason.split_once("missing field ") {
        return format!("{place}the member {rest} is missing");
    }
    if let Some(unknown) = unknown(reason) {
        return unknown;
    }
    let found = ["invalid type: ", "invalid value: "]
        .iter()
        .find_map(|start| reason.split_once(start));
    let Some((place, rest)) = found else {
        return reason.to_owned();
    };
    let Some((found, expected)) = rest.rsplit_once(", expected ") else {
        return reason.to_owned();
    };
    let expected = expected.split(" at line ").next().unwrap_or_default();
    let (shown, is_scalar) = shown(found);
    let text = match expected {
        "a string" | "a borrowed string" if is_scalar => format!("{shown} is not text; put it in quotes"),
        "a string" | "a borrowed string" => format!("{shown} is not text"),
        "a boolean" => format!("{shown} is neither true nor false"),
        "i8" | "i16" | "i32" | "i64" | "isize" => format!("{shown} is not a whole number"),
        "u32" => format!("{shown} is not a whole number from 0 to {}", u32::MAX),
        "u8" | "u16" | "u64" | "usize" => format!("{shown} is not a whole number from 0"),
        "a sequence" => format!("{shown} is not a list; put it in []"),
        "a map" => format!("{shown} is not an object"),
        "struct Tool" => format!("{shown} is not an object; write {{\"type\": \"web_search\"}}"),
        "struct Input" => {
            format!("{shown} is not an object; write {{\"role\": \"first_frame\", \"source\": \"https://...\"}}")
        }
        other => match other.strip_prefix("struct ").or_else(|| other.strip_prefix("enum ")) {
            Some(_) => format!("{shown} is not an object"),
            None => format!("{shown} is not {other}"),
        },
    };
    format!("{place}{text}")
}

/// An error about a name that is none of the known ones.
fn unknown(reason: &str) -> Option<String> {
    let names = [("unknown variant ", None), ("unknown field ", Some("member"))];
    let (place, rest, kind) = names.iter().find_map(|(start, kind)| {
        let (place, rest) = reason.split_once(start)?;
        Some((place, rest, *kind))
    })?;
    // `inputs[0].role: `
    let member = place
        .trim_end_matches(": ")
        .rsplit(['.', ' '])
        .next()
        .unwrap_or_default();
    let kind = kind.unwrap_or(if member.is_empty() { "value" } else { member });
    let (found, expected) = rest.split_once(", expected ")?;
    let expected = expected.trim_start_matches("one of ").replace(" or ", ", ");
    let many = if expected.contains(", ") { "one of " } else { "" };
    Some(format!("{place}unknown {kind} {found}; use {many}{expected}"))
}

/// What serde found, and whether it is a text, a number or the like.
fn shown(found: &str) -> (String, bool) {
    let inner = |text: &str| text.trim_matches('`').to_owned();
    for (kind, is_text) in [
        ("string ", true),
        ("integer ", false),
        ("floating point ", false),
        ("boolean ", false),
    ] {
        if let Some(value) = found.strip_prefix(kind) {
            let value = if is_text { value.to_owned() } else { inner(value) };
            return (value, true);
        }
    }
    match found {
        "map" => ("an object".to_owned(), false),
        "sequence" => ("a list".to_owned(), false),
        "null" | "unit value" => ("null".to_owned(), false),
        other => (other.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use videogen::VideoRequest;

    use super::*;

    #[test]
    fn types_are_named_in_words_of_the_user() {
        for (json, words) in [
            (
                r#"{"model": "m", "prompt": true}"#,
                "prompt: true is not text; put it in quotes",
            ),
            (
                r#"{"model": "m", "prompt": 7}"#,
                "prompt: 7 is not text; put it in quotes",
            ),
            (r#"{"model": "m", "prompt": ["x"]}"#, "prompt: a list is not text"),
            (r#"{"seed": "1"}"#, "seed: \"1\" is not a whole number"),
            (
                r#"{"frames": -1}"#,
                "frames: -1 is not a whole number from 0 to 4294967295",
            ),
            (
                r#"{"frames": 4294967296}"#,
                "frames: 4294967296 is not a whole number from 0 to",
            ),
            (r#"{"draft": "yes"}"#, "draft: \"yes\" is neither true nor false"),
            (r#"{"tools": "x"}"#, "tools: \"x\" is not a list; put it in []"),
            (
                r#"{"tools": ["web_search"]}"#,
                "tools[0]: \"web_search\" is not an object; write {\"type\": \"web_search\"}",
            ),
            (
                r#"{"inputs": ["x"]}"#,
                "inputs[0]: \"x\" is not an object; write {\"role\"",
            ),
            (r#"{"metadata": 1}"#, "metadata: 1 is not an object"),
        ] {
            let read = &mut serde_json::Deserializer::from_str(json);
            let error = serde_path_to_error::deserialize::<_, VideoRequest>(read).err();
            let reason = value(&error.map(|error| error.to_string()).unwrap_or_default());
            assert!(reason.starts_with(words), "{words}: {reason}");
        }
        assert_eq!(value("use whole seconds"), "use whole seconds");
    }

    #[test]
    fn syntax_is_explained() {
        for (json, words) in [
            ("not json", "no JSON value: use text in double quotes"),
            ("{a: 1}", "put the name of the member in double quotes"),
            ("{\"a\": 1,}", "remove the comma"),
            ("{\"a\" 1}", "add `:`"),
            ("{\"a\": 1 \"b\": 2}", "add `,` before the next member"),
            ("{\"a\": 1", "not closed"),
            ("{} {}", "more after the end"),
            ("\"a\tb\"", "a tab as \\t"),
        ] {
            let error = serde_json::from_str::<serde_json::Value>(json).err();
            let reason = error.map(|error| syntax(&error)).unwrap_or_default();
            assert!(reason.contains(words), "{words}: {reason}");
        }
    }
}

//! Names that become Rust names: values, operations, properties, components; and types.

use std::fmt::Write as _;

use super::{ACCEPTED, Case, Expected, base, change, refused};

/// The values of an enum besides `queued`.
fn value(value: &str) -> String {
    change(
        "enum: [queued, completed, failed]",
        &format!("enum: [queued, completed, {value}]"),
    )
}

fn operation_id(id: &str) -> String {
    let text = change("operationId: get_video", &format!("operationId: {id}"));
    text.replacen("poll: get_video", &format!("poll: {id}"), 1)
}

/// Adds a property, in the response and in the request.
pub(super) fn properties(names: &[&str]) -> String {
    let mut more = String::new();
    for name in names {
        let _ = writeln!(more, "        {name}: {{type: string, description: Something.}}");
    }
    let text = change("        status: {$ref", &format!("{more}        status: {{$ref"));
    text.replacen("        model: {type", &format!("{more}        model: {{type"), 1)
}

/// The enum `Status`, and the object `Task`, under another name.
fn renamed(from: &str, to: &str) -> String {
    let text = base();
    let text = text.replace(&format!("    {from}:"), &format!("    {to}:"));
    text.replace(&format!("schemas/{from}'"), &format!("schemas/{to}'"))
}

#[allow(clippy::too_many_lines, reason = "a table")]
pub(super) fn add(cases: &mut Vec<Case>) {
    let mut add = |name: &str, text: String, expected: Expected| cases.push((name.to_owned(), text, expected));

    let third = "/components/schemas/Status/enum/2";
    for (text, expected) in [
        ("'1'", ACCEPTED),
        ("'-1'", ACCEPTED),
        ("''", ACCEPTED),
        ("'1.5'", ACCEPTED),
        ("'type'", ACCEPTED),
        ("'a\"b'", ACCEPTED),
        ("'a\\b'", ACCEPTED),
        ("'{a}'", ACCEPTED),
        ("ok", ACCEPTED),
        ("some", ACCEPTED),
        ("known", ACCEPTED),
        ("'-'", refused("enum-name", third)),
        ("'  '", refused("enum-name", third)),
        ("'…'", refused("enum-name", third)),
        ("self", refused("enum-name", third)),
        ("'²'", refused("enum-name", third)),
        ("高清", refused("enum-name", third)),
        ("café", refused("enum-name", third)),
        ("unknown", refused("enum-clash", third)),
        ("Queued", refused("enum-clash", third)),
        ("'\"\\n\"'", ACCEPTED),
        ("\"a\\nb\"", refused("invisible-character", third)),
        ("\"a\\u200bb\"", refused("invisible-character", third)),
        ("\"a\\u202eb\"", refused("invisible-character", third)),
        ("\"a\\u00a0b\"", refused("invisible-character", third)),
    ] {
        add(&format!("enum value {text}"), value(text), expected);
    }
    for (values, expected) in [
        ("'1', '-1'", refused("enum-clash", "/components/schemas/Status/enum/3")),
        (
            "'16:9', 16x9",
            refused("enum-clash", "/components/schemas/Status/enum/3"),
        ),
        (
            "720p, V720p",
            refused("enum-clash", "/components/schemas/Status/enum/3"),
        ),
        ("'', empty", refused("enum-clash", "/components/schemas/Status/enum/3")),
        ("a-b, a_b", refused("enum-clash", "/components/schemas/Status/enum/3")),
        (
            "'15', '1.5'",
            refused("enum-clash", "/components/schemas/Status/enum/3"),
        ),
    ] {
        add(&format!("enum values {values}"), value(values), expected);
    }

    let id = "/paths/~1videos~1{id}/get/operationId";
    for name in [
        "new",
        "new_with_client",
        "baseurl",
        "client",
        "inner",
        "api_version",
        "pre",
        "post",
        "exec",
        "clone",
        "fmt",
    ] {
        add(
            &format!("operation {name}"),
            operation_id(name),
            refused("operation-id-taken", id),
        );
    }
    for (name, expected) in [
        ("type", refused("operation-id-name", id)),
        ("gen", refused("operation-id-name", id)),
        ("async", refused("operation-id-name", id)),
        ("self", refused("operation-id-name", id)),
        ("'1st'", refused("operation-id-name", id)),
        ("'_'", refused("operation-id-name", id)),
        ("größe", refused("operation-id-name", id)),
        ("'get video'", refused("operation-id-case", id)),
        ("type_", refused("operation-id-name", id)),
        ("get__video", refused("operation-id-case", id)),
        ("get_video_", refused("operation-id-case", id)),
        ("send", ACCEPTED),
        ("build", ACCEPTED),
        ("drop", ACCEPTED),
        ("default", ACCEPTED),
        ("into", ACCEPTED),
        ("get_video_2", ACCEPTED),
    ] {
        add(&format!("operation {name}"), operation_id(name), expected);
    }

    // The OpenAPI model sorts properties by name.
    for (names, expected) in [
        (&["type"][..], ACCEPTED),
        (&["gen"], ACCEPTED),
        (&["self"], ACCEPTED),
        (&["async", "Self"], ACCEPTED),
        (&["1st"], ACCEPTED),
        (&["'@type'"], ACCEPTED),
        (&["a.b"], ACCEPTED),
        (&["Some"], ACCEPTED),
        (&["fooBar", "foo_bar"], refused("property-clash", "/properties/foo_bar")),
        (&["'@type'", "type"], refused("property-clash", "/properties/type")),
        (&["type", "type_"], refused("property-clash", "/properties/type_")),
        (&["1st", "x1st"], refused("generator", "")),
        (&["extra"], refused("property-clash", "/properties/extra")),
        (&["'-'"], refused("property-clash", "/properties/-")),
        (&["größe"], refused("property-clash", "/properties/größe")),
        (
            &["\"a\\u200bb\""],
            refused("invisible-character", "/properties/a\u{200b}b"),
        ),
        (&["\"a\\nb\""], refused("invisible-character", "/properties/a\nb")),
    ] {
        add(&format!("properties {names:?}"), properties(names), expected);
    }

    for (name, expected) in [
        ("Option", refused("component-name", "/components/schemas/Option")),
        ("String", refused("component-name", "/components/schemas/String")),
        ("Result", refused("component-name", "/components/schemas/Result")),
        ("From", refused("component-name", "/components/schemas/From")),
        ("ToOwned", refused("component-name", "/components/schemas/ToOwned")),
        ("Self", refused("component-name", "/components/schemas/Self")),
        ("2d", refused("component-name", "/components/schemas/2d")),
        ("task", refused("component-name", "/components/schemas/task")),
        ("'A-B'", refused("component-name", "/components/schemas/A-B")),
        ("Größe", refused("component-name", "/components/schemas/Größe")),
        ("Client", ACCEPTED),
        ("Error", ACCEPTED),
        ("ResponseValue", ACCEPTED),
        ("Lenient", ACCEPTED),
        ("Map", ACCEPTED),
        ("Value", ACCEPTED),
        ("ConversionError", ACCEPTED),
        ("Unknown", ACCEPTED),
        ("Serialize", ACCEPTED),
        ("Debug", ACCEPTED),
        ("Infallible", ACCEPTED),
    ] {
        for component in ["Status", "Task"] {
            let plain = name.trim_matches('\'');
            let text = renamed(component, name).replace(&format!("schemas/{name}'"), &format!("schemas/{plain}'"));
            add(&format!("{component} called {name}"), text, expected);
        }
    }

    let task = "/components/schemas/Task/properties/url";
    let url = "url: {type: string, format: uri, nullable: true, description: The finished video., x-secret: true}";
    for (property, expected) in [
        ("url: {type: array, description: Some.}", refused("array-of-what", task)),
        (
            "url: {type: array, description: Some., items: {type: array}}",
            refused("array-of-what", "/components/schemas/Task/properties/url/items"),
        ),
        ("url: {type: object, description: Some.}", refused("open-members", task)),
        (
            "url: {type: object, description: Some., additionalProperties: true}",
            ACCEPTED,
        ),
        (
            "url: {$ref: '#/components/schemas/Task'}",
            refused("recursion", "/components/schemas/Task"),
        ),
        (
            "url: {type: array, description: Some., items: {$ref: '#/components/schemas/Task'}}",
            ACCEPTED,
        ),
        (
            "url: {type: array, description: Some., items: {$ref: '#/components/schemas/Status'}}",
            ACCEPTED,
        ),
        (
            "url: {type: array, description: Some., items: {type: array, items: {type: integer}}}",
            ACCEPTED,
        ),
    ] {
        let text = change(url, property).replacen(", url: 'https://files.example.com/task-1.mp4'", "", 1);
        add(&format!("property {property}"), text, expected);
    }
}

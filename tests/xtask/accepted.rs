//! What `cargo xtask lint` accepts becomes Rust that compiles; what would not is refused, with the place and a fix.
//!
//! Each case is `lint/base.yaml` with one change.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use xtask::generate::raw_crate_of;
use xtask::lint::lint;
use xtask::repeated;
use xtask::spec::Spec;

use super::commands::{root, xtask};

/// What is expected of a case: the findings' rule and pointer, or acceptance.
type Expected = Option<(&'static str, &'static str)>;

fn refused(rule: &'static str, pointer: &'static str) -> Expected {
    Some((rule, pointer))
}

const ACCEPTED: Expected = None;

fn base() -> String {
    fs::read_to_string(root().join("tests/xtask/lint/base.yaml")).unwrap()
}

fn change(from: &str, to: &str) -> String {
    let base = base();
    assert!(base.contains(from), "{from}");
    base.replacen(from, to, 1)
}

/// The values of an enum besides `queued`.
fn value(value: &str) -> String {
    change(
        "enum: [queued, completed, failed]",
        &format!("enum: [queued, completed, {value}]"),
    )
}

fn operation_id(id: &str) -> String {
    change("operationId: get_video", &format!("operationId: {id}"))
}

/// A property more, in the answer and in the request.
fn properties(names: &[&str]) -> String {
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

/// A parameter more of `get_video`.
fn parameter(parameter: &str) -> String {
    let at = "        - {name: id, in: path,";
    change(at, &format!("        - {parameter}\n{at}"))
}

fn query(name: &str) -> String {
    parameter(&format!(
        "{{name: {name}, in: query, description: Something., schema: {{type: string}}, example: x}}"
    ))
}

fn server(url: &str) -> String {
    change("https://api.example.com", url)
}

fn path(path: &str) -> String {
    change("  /videos/{id}:", &format!("  {path}:"))
}

fn described(text: &str) -> String {
    change("description: Starts a video.", &format!("description: \"{text}\""))
}

#[allow(clippy::too_many_lines, reason = "a table")]
fn cases() -> Vec<(String, String, Expected)> {
    let mut cases: Vec<(String, String, Expected)> = Vec::new();
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

    // Of two properties, the document's model reads them in the order of their names.
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
        (
            "url: {type: object, description: Some.}",
            refused("members-unsaid", task),
        ),
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

    let get = "/paths/~1videos~1{id}/get/parameters/0";
    for name in [
        "body",
        "request",
        "response",
        "result",
        "info",
        "client",
        "self",
        "type",
        "gen",
        "header_map",
        "Url",
        "_url",
    ] {
        add(&format!("query parameter {name}"), query(name), ACCEPTED);
    }
    for (text, rule, below) in [
        (
            "{name: X-Id, in: header, required: true, description: Some., schema: {type: string}, example: x}",
            "required-header",
            "",
        ),
        (
            "{name: session, in: cookie, required: true, description: Some., schema: {type: string}, example: x}",
            "parameter-place",
            "",
        ),
        (
            "{name: session, in: cookie, description: Some., schema: {type: string}, example: x}",
            "parameter-place",
            "",
        ),
        (
            "{name: of, in: query, description: Some., schema: {type: array, items: {type: string}}, example: [x]}",
            "parameter-style",
            "/schema/type",
        ),
        (
            "{name: of, in: query, style: spaceDelimited, description: Some., schema: {type: string}, example: x}",
            "parameter-style",
            "/style",
        ),
        (
            "{name: of, in: query, explode: false, description: Some., schema: {type: string}, example: x}",
            "parameter-style",
            "/explode",
        ),
    ] {
        let pointer: &'static str = format!("{get}{below}").leak();
        add(&format!("parameter {text}"), parameter(text), refused(rule, pointer));
    }
    add(
        "an optional header",
        parameter("{name: X-Id, in: header, description: Some., schema: {type: string}, example: x}"),
        ACCEPTED,
    );
    add(
        "two parameters of one name",
        parameter("{name: Id, in: query, description: Some., schema: {type: string}, example: x}"),
        refused("parameter-clash", "/paths/~1videos~1{id}/get/parameters/1"),
    );

    for url in [
        "/v1",
        "api.example.com",
        "'{region}.example.com'",
        "'https://{region}.example.com'",
        "http://api.example.com",
        "https://api.example.com/",
        "https://api.example.com/v1/",
        "https://api.example.com/v1?key=1",
        "https://api.example.com/v1#top",
        "https://user@api.example.com",
        "https://user:secret@api.example.com",
        "https://API.example.com",
        "https://api.example.com:443",
        "https://api.example.com/a/../b",
        "'https://api.example.com/a b'",
        "ftp://api.example.com",
        "'https://'",
        "''",
    ] {
        add(
            &format!("server {url}"),
            server(url),
            refused("server-url", "/servers/0/url"),
        );
    }
    for url in [
        "https://api.example.com/v1",
        "https://api.example.com:8443",
        "https://127.0.0.1/v1",
    ] {
        add(&format!("server {url}"), server(url), ACCEPTED);
    }
    add(
        "two servers",
        change("security:", "  - url: https://eu.example.com\nsecurity:"),
        refused("several-servers", "/servers/1"),
    );
    add(
        "a server of one operation",
        change(
            "      operationId: get_video\n",
            "      operationId: get_video\n      servers: [{url: https://b.example.com}]\n",
        ),
        refused("several-servers", "/paths/~1videos~1{id}/get/servers"),
    );

    for (text, pointer) in [
        ("videos/{id}", "/paths/videos~1{id}"),
        ("//videos/{id}", "/paths/~1~1videos~1{id}"),
        ("'/videos/{id}?full=1'", "/paths/~1videos~1{id}?full=1"),
        ("'/videos/{id}#top'", "/paths/~1videos~1{id}#top"),
        ("'/videos list/{id}'", "/paths/~1videos list~1{id}"),
        ("'/videos/\"{id}\"'", "/paths/~1videos~1\"{id}\""),
        ("'/videos/{id'", "/paths/~1videos~1{id"),
        ("'/videos/{id}}'", "/paths/~1videos~1{id}}"),
        ("'/vidéos/{id}'", "/paths/~1vidéos~1{id}"),
    ] {
        add(&format!("path {text}"), path(text), refused("path-syntax", pointer));
    }
    for text in [
        "'/videos/{id}:cancel'",
        "/videos/{id}/",
        "'/videos/a%20b/{id}'",
        "'/videos/x{id}.json'",
    ] {
        add(&format!("path {text}"), path(text), ACCEPTED);
    }
    add(
        "an undeclared path parameter",
        path("'/videos/{id}/{part}'"),
        refused("undeclared-path-parameter", "/paths/~1videos~1{id}~1{part}/get"),
    );

    let description = "/paths/~1videos/post/description";
    for (text, expected) in [
        ("Two\\nlines.", ACCEPTED),
        ("Ends a comment */ and begins /* one.", ACCEPTED),
        ("/// {0} #[doc] \\\"quoted\\\" \\\\ `code`", ACCEPTED),
        ("\\tA tab.", ACCEPTED),
        ("Turned \\u202e around.", refused("invisible-character", description)),
        ("Isolated \\u2067 text.", refused("invisible-character", description)),
        ("A carriage\\rreturn.", refused("invisible-character", description)),
        ("Zero \\u0000.", refused("invisible-character", description)),
        ("An escape \\u001b[2J.", refused("invisible-character", description)),
        ("A line\\u2028separator.", refused("invisible-character", description)),
    ] {
        add(&format!("description {text}"), described(text), expected);
    }
    add(
        "a title of two lines",
        change(
            "title: Example video generation",
            "title: \"Example\\nvideo generation\"",
        ),
        refused("invisible-character", "/info/title"),
    );
    for (name, expected) in [
        ("\"O'Brien & Sons\"", ACCEPTED),
        ("可灵", ACCEPTED),
        ("Example 2.0", ACCEPTED),
        ("'Exa\"mple'", refused("bad-member", "/x-vendor/name")),
        ("'Exa\\mple'", refused("bad-member", "/x-vendor/name")),
        ("'Exa|mple'", refused("bad-member", "/x-vendor/name")),
        ("' Example'", refused("bad-member", "/x-vendor/name")),
        ("''", refused("bad-member", "/x-vendor/name")),
        ("\"Exa\\nmple\"", refused("invisible-character", "/x-vendor/name")),
    ] {
        add(
            &format!("vendor {name}"),
            change("x-vendor: {name: Example,", &format!("x-vendor: {{name: {name},")),
            expected,
        );
    }
    add(
        "a variable with a space",
        change("key_env: EXAMPLE_API_KEY", "key_env: 'EXAMPLE KEY'"),
        refused("bad-member", "/x-vendor/key_env"),
    );

    for (scheme, expected) in [
        ("{type: http, scheme: Bearer}", ACCEPTED),
        (
            "{type: http, scheme: basic}",
            refused("security-kind", "/components/securitySchemes/bearer"),
        ),
        (
            "{type: apiKey, in: header, name: X-Key}",
            refused("security-kind", "/components/securitySchemes/bearer"),
        ),
        (
            "{type: apiKey, in: query, name: key}",
            refused("security-kind", "/components/securitySchemes/bearer"),
        ),
    ] {
        add(
            &format!("scheme {scheme}"),
            change("{type: http, scheme: bearer}", scheme),
            expected,
        );
    }
    add(
        "an operation that takes no key",
        change(
            "      operationId: get_video\n",
            "      operationId: get_video\n      security: []\n",
        ),
        refused("operation-security", "/paths/~1videos~1{id}/get/security"),
    );
    let json = "          application/json:\n            schema: {$ref: '#/components/schemas/CreateRequest'}";
    add(
        "a form as body",
        change(json, &json.replace("application/json", "multipart/form-data")),
        refused("body-type", "/paths/~1videos/post/requestBody/content"),
    );
    let answer = "            application/json:\n              schema: {$ref: '#/components/schemas/Task'}\n              example:";
    add(
        "an answer that is no JSON",
        change(answer, &answer.replace("application/json", "text/plain")),
        refused("answer-type", "/paths/~1videos~1{id}/get/responses/200/content"),
    );
    cases
}

#[test]
fn what_would_not_compile_is_refused_and_the_rest_is_sound() {
    let mut wrong = String::new();
    for (name, text, expected) in cases() {
        let findings = lint("specs/example.yaml", &text).unwrap();
        let generated = Spec::parse("example", &text).and_then(|spec| raw_crate_of(&spec));
        match expected {
            Some((rule, pointer)) => {
                let is_found =
                    |finding: &xtask::lint::Finding| finding.rule == rule && finding.pointer.ends_with(pointer);
                if !findings.iter().any(is_found) {
                    let _ = writeln!(wrong, "{name}: not {rule} at {pointer}: {findings:#?}");
                }
                for finding in &findings {
                    assert!(
                        finding.line > 0 && !finding.reason.is_empty() && !finding.fix.is_empty(),
                        "{finding:?}"
                    );
                }
            }
            None if !findings.is_empty() => {
                let _ = writeln!(wrong, "{name}: refused: {findings:#?}");
            }
            None => {
                for (file, text) in generated.unwrap() {
                    if file.extension().is_some_and(|ending| ending == "rs") {
                        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}: {text}"));
                        assert_eq!(repeated::first(&parsed), None, "{name}: {}", file.display());
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// Control characters of a spec do not reach the terminal.
#[test]
fn findings_show_invisible_characters_as_escapes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odd.yaml");
    fs::write(&file, properties(&["\"a\\u202e\\u001bb\""])).unwrap();
    let (code, out, _) = xtask(&["lint", &file.display().to_string()], root());
    assert_eq!(code, 1);
    assert!(out.contains("properties/a\\u{202e}\\u{1b}b"), "{out}");
    assert!(!out.contains('\u{202e}') && !out.contains('\u{1b}'), "{out}");
}

/// All accepted cases, as modules of one crate.
#[test]
#[ignore = "compiles a crate; .ci/run runs it"]
fn what_is_accepted_compiles() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("src");
    fs::create_dir(&source).unwrap();
    let mut library = String::from("#![allow(warnings)]\n");
    let accepted = cases().into_iter().filter(|(_, _, expected)| expected.is_none());
    for (index, (name, text, _)) in accepted.enumerate() {
        let spec = Spec::parse("example", &text).unwrap();
        let _ = writeln!(library, "// {}\npub mod case_{index};", name.escape_debug());
        for (file, text) in raw_crate_of(&spec).unwrap() {
            let Ok(file) = file.strip_prefix("src") else { continue };
            let (into, name) = match file.to_str() {
                Some("lib.rs") => (source.clone(), format!("case_{index}.rs")),
                _ => (source.join(format!("case_{index}")), file.display().to_string()),
            };
            fs::create_dir_all(&into).unwrap();
            let text = text.replace("crate::enums::", &format!("crate::case_{index}::enums::"));
            fs::write(into.join(name), text).unwrap();
        }
    }
    fs::write(source.join("lib.rs"), library).unwrap();
    // The versions and features of the workspace, so that what is built already is used again.
    let workspace = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let workspace = workspace.split_once("[workspace.dependencies]").unwrap().1;
    let workspace = workspace.split("\n[").next().unwrap();
    let manifest = fs::read_to_string(root().join("crates/raw/toapis/Cargo.toml")).unwrap();
    let dependencies = manifest
        .split_once("[dependencies]")
        .unwrap()
        .1
        .split("\n[")
        .next()
        .unwrap();
    let manifest = format!(
        "[package]\nname = \"accepted\"\nedition = \"2024\"\n[dependencies]{dependencies}\n[workspace]\n[workspace.dependencies]{}",
        workspace.replace("path = \"", &format!("path = \"{}/", root().display()))
    );
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.path().join("Cargo.lock")).unwrap();
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("accepted");
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline"])
        .current_dir(folder.path())
        .env("CARGO_TARGET_DIR", target)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

//! Parameters, servers, paths, texts, security and bodies.

use super::{ACCEPTED, Case, Expected, change, refused};

/// Adds a parameter to `get_video`.
fn parameter(parameter: &str) -> String {
    let at = "        - {name: id, in: path,";
    change(at, &format!("        - {parameter}\n{at}"))
}

fn query(name: &str) -> String {
    parameter(&format!(
        "{{name: {name}, in: query, description: Something., schema: {{type: string}}, example: x}}"
    ))
}

/// Adds an operation with a form as its body.
fn form(component: &str, example: &str) -> String {
    let operation = format!(
        "  /files:
    post:
      operationId: send_file
      tags: [videos]
      description: Stores a file.
      x-source: page
      requestBody:
        content:
          multipart/form-data:
            schema: {{$ref: '#/components/schemas/{component}'}}
            example: {example}
      responses:
        '204': {{description: Stored.}}
  /videos/{{id}}:"
    );
    let schema = "  schemas:
    SendForm:
      type: object
      description: A file.
      x-source: page
      required: [file]
      properties:
        file: {type: string, format: binary, description: The file.}
        second: {type: string, format: binary, description: Another one.}
        type: {type: string, description: A type.}
        count: {type: integer, description: A number.}
        checked: {type: boolean, description: A switch.}";
    change("  /videos/{id}:", &operation).replacen("  schemas:", schema, 1)
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
pub(super) fn add(cases: &mut Vec<Case>) {
    let mut add = |name: &str, text: String, expected: Expected| cases.push((name.to_owned(), text, expected));

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
    let of_operation = |servers: &str| {
        let line = "      operationId: get_video\n";
        change(line, &format!("{line}      servers: {servers}\n"))
    };
    add(
        "a server of one operation",
        of_operation("[{url: https://b.example.com/v2}]"),
        ACCEPTED,
    );
    add(
        "two servers of one operation",
        of_operation("[{url: https://b.example.com}, {url: https://c.example.com}]"),
        refused("several-servers", "/paths/~1videos~1{id}/get/servers/1"),
    );
    add(
        "an unusable server of one operation",
        of_operation("[{url: http://b.example.com}]"),
        refused("server-url", "/paths/~1videos~1{id}/get/servers/0/url"),
    );
    add(
        "a server of a path",
        change(
            "  /videos/{id}:\n",
            "  /videos/{id}:\n    servers: [{url: https://b.example.com}]\n",
        ),
        refused("several-servers", "/paths/~1videos~1{id}/servers"),
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
        ("{type: apiKey, in: header, name: X-Key}", ACCEPTED),
        (
            "{type: apiKey, in: header, name: Authorization, x-scheme: Key}",
            ACCEPTED,
        ),
        (
            "{type: apiKey, in: header, name: X Key}",
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
        "an operation without a key",
        change(
            "      operationId: get_video\n",
            "      operationId: get_video\n      security: []\n",
        ),
        refused("operation-security", "/paths/~1videos~1{id}/get/security"),
    );
    let json = "          application/json:\n            schema: {$ref: '#/components/schemas/CreateRequest'}";
    add(
        "a text as body",
        change(json, &json.replace("application/json", "text/plain")),
        refused("body-type", "/paths/~1videos/post/requestBody/content"),
    );
    add(
        "a form with a list",
        change(json, &json.replace("application/json", "multipart/form-data")),
        refused("part-type", "/components/schemas/CreateRequest/properties/images"),
    );
    add(
        "a form",
        form("SendForm", "{file: a.png, type: front, count: 2}"),
        ACCEPTED,
    );
    add(
        "a form that is an answer too",
        form("Task", "{id: x}"),
        refused(
            "shared-form",
            "/paths/~1files/post/requestBody/content/multipart~1form-data/schema",
        ),
    );
    let answer = "            application/json:\n              schema: {$ref: '#/components/schemas/Task'}\n              example:";
    add(
        "a response that is not JSON",
        change(answer, &answer.replace("application/json", "text/plain")),
        refused("answer-type", "/paths/~1videos~1{id}/get/responses/200/content"),
    );
}

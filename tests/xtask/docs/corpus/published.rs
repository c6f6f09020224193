//! What a vendor could publish, made from the frozen specs.

use std::fmt::Write as _;

use super::*;

fn spec(vendor: &str) -> Value {
    Spec::load(&frozen(), vendor).expect("frozen specs are valid").doc
}

/// A spec whose facts are all from the one document.
pub(super) fn from_document(spec: &str) -> String {
    let lines = spec
        .lines()
        .map(|line| match line.trim_start().starts_with("x-source:") {
            true => format!("{}x-source: document", &line[..line.len() - line.trim_start().len()]),
            false => line.to_owned(),
        });
    lines.collect::<Vec<_>>().join("\n") + "\n"
}

/// The vendor's spec as OpenAPI 3.0 and 3.1, in JSON and in YAML.
pub(super) fn documents(vendor: &'static str) -> Vec<Sample> {
    let mut document = spec(vendor);
    strip(&mut document);
    let mut newer = document.clone();
    newer["openapi"] = json!("3.1.0");
    renew(&mut newer);
    let unit = |value: &Value| serde_json::to_string_pretty(value).expect("JSON");
    [
        ("3-0.json", unit(&document)),
        ("3-0.yaml", yaml(&document)),
        ("3-1.json", unit(&newer)),
        ("3-1.yaml", yaml(&newer)),
    ]
    .map(|(file, text)| Sample {
        vendor,
        page: "document".to_owned(),
        file: format!("made/{vendor}-{file}"),
        text,
        follows: true,
    })
    .into()
}

/// Takes out what is unverified, and our own extensions.
fn strip(value: &mut Value) {
    match value {
        Value::Object(object) => {
            let own = |value: &Value| value.get("x-unverified") == Some(&json!(true));
            object.retain(|key, value| {
                !own(value) && (!key.starts_with("x-") || key.starts_with("x-r") && key.contains("imit-"))
            });
            object.values_mut().for_each(strip);
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Types as lists, and references without `allOf` around them.
fn renew(value: &mut Value) {
    match value {
        Value::Object(object) => {
            if let Some(Value::String(kind)) = object.get("type").cloned()
                && object.contains_key("description")
            {
                object.insert("type".to_owned(), json!([kind, "null"]));
            }
            if let Some(Value::Array(parts)) = object.get("allOf").cloned()
                && let [part] = parts.as_slice()
            {
                object.remove("allOf");
                object.insert("$ref".to_owned(), part["$ref"].clone());
            }
            object.values_mut().for_each(renew);
        }
        Value::Array(items) => items.iter_mut().for_each(renew),
        _ => {}
    }
}

/// JSON in the flow style of YAML, one member of the root on each line.
fn yaml(document: &Value) -> String {
    let object = document.as_object().expect("a document");
    let mut out = String::from("openapi: ");
    let _ = writeln!(out, "{}", object["openapi"]);
    for (key, value) in object.iter().filter(|(key, _)| *key != "openapi") {
        let _ = writeln!(out, "{key}:");
        match value.as_object() {
            Some(members) => members.iter().for_each(|(key, value)| {
                let _ = writeln!(out, "  {}: {value}", json!(key));
            }),
            None => {
                let _ = writeln!(out, "  {value}");
            }
        }
    }
    out
}

/// An MDX page for each page of the spec that has an operation, in the words of our spec.
pub(super) fn pages(vendor: &'static str) -> Vec<Sample> {
    let spec = spec(vendor);
    let names: Vec<String> = spec["x-pages"].as_object().expect("pages").keys().cloned().collect();
    let mut made = Vec::new();
    for page in names {
        let mut operations = Vec::new();
        for (path, item) in spec["paths"].as_object().expect("paths") {
            for (method, operation) in item.as_object().expect("an item") {
                if operation["x-source"] == page.as_str() {
                    operations.push((path, method, item, operation));
                }
            }
        }
        for (index, (path, method, item, operation)) in operations.iter().enumerate() {
            // Only a page with a single operation states it in its front matter.
            if operations.len() > 1 && index > 0 {
                break;
            }
            if operations.len() > 1 {
                made.push(several(&spec, vendor, &page, &operations));
                break;
            }
            let mut out = String::new();
            let server = spec["servers"][0]["url"].as_str().expect("a server");
            let _ = writeln!(
                out,
                "---\ntitle: \"{}\"\napi: \"{} {server}{path}\"\n---\n",
                operation["summary"].as_str().unwrap_or("Page"),
                method.to_uppercase()
            );
            body(&spec, item, operation, &mut out);
            made.push(sample(vendor, &page, out));
        }
    }
    made
}

fn sample(vendor: &'static str, page: &str, text: String) -> Sample {
    Sample {
        vendor,
        page: page.to_owned(),
        file: format!("made/{vendor}-{page}.mdx"),
        text,
        follows: true,
    }
}

type Found<'a> = (&'a String, &'a String, &'a Value, &'a Value);

fn several(spec: &Value, vendor: &'static str, page: &str, operations: &[Found<'_>]) -> Sample {
    let server = spec["servers"][0]["url"].as_str().expect("a server");
    let mut out = String::from("---\ntitle: \"Video API\"\n---\n\n");
    for (path, method, item, operation) in operations {
        let _ = writeln!(out, "# {} {server}{path}\n", method.to_uppercase());
        body(spec, item, operation, &mut out);
    }
    sample(vendor, page, out)
}

fn resolve<'a>(spec: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => spec.pointer(&reference[1..]).expect("a sound reference"),
        None => value,
    }
}

fn body(spec: &Value, item: &Value, operation: &Value, out: &mut String) {
    // The list of models is that of the operation.
    let mut spec = spec.clone();
    spec["x-operation"] = operation["operationId"].clone();
    let spec = &spec;
    let words = operation["description"].as_str().unwrap_or("An operation.");
    let _ = writeln!(out, "{}\n", safe(words));
    for list in [&item["parameters"], &operation["parameters"]] {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolve(spec, parameter);
            let place = parameter["in"].as_str().expect("a place");
            let required = parameter["required"] == true;
            let name = parameter["name"].as_str().expect("a name");
            field(spec, "ParamField", place, name, &parameter["schema"], required, "", out);
        }
    }
    let request = &resolve(spec, &operation["requestBody"])["content"]["application/json"];
    members(spec, "ParamField", "body", &request["schema"], "", out);
    for (status, response) in operation["responses"].as_object().expect("answers") {
        let response = resolve(spec, response);
        if status.starts_with('2') {
            members(
                spec,
                "ResponseField",
                "name",
                &response["content"]["application/json"]["schema"],
                "",
                out,
            );
        }
    }
    let examples = |content: &Value| content["examples"].as_object().cloned().unwrap_or_default();
    for (name, example) in examples(request) {
        let value = serde_json::to_string_pretty(&resolve(spec, &example)["value"]).expect("JSON");
        let _ = writeln!(
            out,
            "<RequestExample>\n```json {name}\n{value}\n```\n</RequestExample>\n"
        );
    }
    let _ = writeln!(out, "## Errors\n\n| Code | Meaning |\n|---|---|");
    for (status, response) in operation["responses"].as_object().expect("answers") {
        if status.starts_with(['4', '5']) {
            let words = resolve(spec, response)["description"].as_str().unwrap_or_default();
            let _ = writeln!(out, "| {status} | {} |", safe(words).replace('\n', " "));
        }
    }
    out.push('\n');
}

fn members(spec: &Value, tag: &str, key: &str, schema: &Value, indent: &str, out: &mut String) {
    let schema = single(spec, schema);
    if indent.len() > 8 {
        return;
    }
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    for (name, property) in schema["properties"].as_object().unwrap_or(&Map::new()) {
        field(
            spec,
            tag,
            key,
            name,
            property,
            required.contains(&name.as_str()),
            indent,
            out,
        );
    }
}

/// The schema that a reference leads to, alone or in an `allOf`.
fn single<'a>(spec: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["allOf"][0].is_object() {
        true => resolve(spec, &schema["allOf"][0]),
        false => resolve(spec, schema),
    }
}

#[allow(clippy::too_many_arguments, reason = "a template")]
fn field(
    spec: &Value,
    tag: &str,
    key: &str,
    name: &str,
    schema: &Value,
    required: bool,
    indent: &str,
    out: &mut String,
) {
    let target = single(spec, schema);
    if schema["x-unverified"] == true || target["x-unverified"] == true {
        return;
    }
    let kind = target["type"].as_str().unwrap_or("any");
    let items = single(spec, &target["items"]);
    let kind = match (kind, items["type"].as_str()) {
        ("array", Some(item)) => format!("{item}[]"),
        _ => kind.to_owned(),
    };
    let keyword = |key: &str| schema.get(key).or_else(|| target.get(key));
    let default = keyword("default").map(|default| match default {
        Value::String(text) => format!(" default=\"{text}\""),
        other => format!(" default={{{other}}}"),
    });
    let required = if required { " required" } else { "" };
    let _ = writeln!(
        out,
        "{indent}<{tag} {key}=\"{name}\" type=\"{kind}\"{}{required}>",
        default.unwrap_or_default()
    );
    let _ = writeln!(out, "{indent}  Member of the request or of the answer.\n");
    if let Some(values) = target["enum"].as_array().filter(|_| !kind.ends_with("[]")) {
        let _ = writeln!(out, "{indent}  Options:");
        for value in values {
            let _ = writeln!(out, "{indent}  - `{}` - One of them", value.as_str().expect("text"));
        }
        out.push('\n');
    }
    if schema["x-field"] == "model" {
        let _ = writeln!(out, "{indent}  Available models:");
        let models = spec["x-models"].as_array().expect("models").iter();
        for model in models.filter(|model| model["create"] == spec["x-operation"]) {
            let id = model["id"].as_str().expect("an id");
            if !id.contains('*') {
                let _ = writeln!(out, "{indent}  - `{id}` - One of them");
            }
        }
        out.push('\n');
    }
    if let (Some(from), Some(to)) = (keyword("minimum"), keyword("maximum")) {
        let _ = writeln!(out, "{indent}  Range: `{from}` ~ `{to}`\n");
    }
    if let Some(longest) = keyword("maxLength") {
        let _ = writeln!(out, "{indent}  Up to {longest} characters.\n");
    }
    let inner = if kind.ends_with("[]") { items } else { target };
    if inner["properties"].is_object() {
        let _ = writeln!(out, "{indent}  <Expandable title=\"Fields\">");
        members(spec, tag, key, inner, &format!("{indent}    "), out);
        let _ = writeln!(out, "{indent}  </Expandable>");
    }
    let _ = writeln!(out, "{indent}</{tag}>\n");
}

/// Words without what MDX takes for markup, and without numbers that would be limits.
fn safe(words: &str) -> String {
    words.replace(['<', '{', '}', '>', '|'], " ")
}

//! Consistency of the specs: examples, sources, completeness, with an independent validator.

use serde_json::Value;
use videogen::Vendor;

use crate::specs::{examples, json_schema, operations, parameters, resolve, spec};

/// Everything with a schema and examples: media types, headers, parameters.
fn holders<'a>(value: &'a Value, place: String, found: &mut Vec<(String, &'a Value)>) {
    match value {
        Value::Object(object) => {
            let has_examples = object.contains_key("examples") || object.contains_key("example");
            if object.contains_key("schema") && has_examples {
                found.push((place.clone(), value));
            }
            for (key, value) in object {
                holders(value, format!("{place}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                holders(value, format!("{place}/{index}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn every_example_matches_its_schema() {
    let mut checked = 0;
    for vendor in Vendor::ALL {
        let spec = spec(*vendor);
        let mut found = Vec::new();
        holders(&spec, String::new(), &mut found);
        for (place, holder) in found {
            let schema = json_schema(&spec, &holder["schema"]);
            let validator = jsonschema::validator_for(&schema).unwrap();
            for (name, example) in examples(holder) {
                let problems: Vec<_> = validator.iter_errors(&example).map(|e| e.to_string()).collect();
                assert!(problems.is_empty(), "{vendor} {place} {name}: {problems:?}");
                checked += 1;
            }
        }
        for (name, schema) in spec["components"]["schemas"].as_object().unwrap() {
            for (property, schema) in schema["properties"].as_object().into_iter().flatten() {
                if let Some(example) = schema.get("example") {
                    let translated = json_schema(&spec, schema);
                    assert!(jsonschema::is_valid(&translated, example), "{vendor} {name}.{property}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 120, "only {checked} examples were found");
}

#[test]
fn every_operation_has_examples_for_its_request_and_every_status() {
    for vendor in Vendor::ALL {
        let spec = spec(*vendor);
        for (path, method, operation) in operations(&spec) {
            let place = format!("{vendor} {method} {path}");
            if let Some(body) = operation.get("requestBody") {
                let content = body["content"].as_object().unwrap();
                assert!(
                    content.values().all(|media| !examples(media).is_empty()),
                    "{place}: request"
                );
            }
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                assert!(!examples(resolve(&spec, parameter)).is_empty(), "{place}: {parameter}");
            }
            for (status, response) in operation["responses"].as_object().unwrap() {
                let response = resolve(&spec, response);
                let body = response.pointer("/content/application~1json");
                let shown = body.is_some_and(|body| !examples(body).is_empty());
                // A redirect has no body; its header carries the example.
                let redirect = status.starts_with('3') && response.pointer("/headers/Location/example").is_some();
                // A success may be empty.
                let empty = status.starts_with('2') && response.get("content").is_none();
                assert!(shown || redirect || empty, "{place}: {status}");
            }
        }
    }
}

#[test]
fn every_fact_has_a_page() {
    for vendor in Vendor::ALL {
        let spec = spec(*vendor);
        let pages = spec["x-pages"].as_object().unwrap();
        for (name, page) in pages {
            let (url, read) = (page["url"].as_str().unwrap(), page["read"].as_str().unwrap());
            assert!(url.starts_with("https://") && read.len() == 10, "{vendor} {name}");
        }
        let known = |value: &Value| {
            let source = &value["x-source"];
            let names = source.as_array().map_or(std::slice::from_ref(source), Vec::as_slice);
            let is_page = |name: &Value| name.as_str().is_some_and(|name| pages.contains_key(name));
            !names.is_empty() && names.iter().all(is_page)
        };
        for (path, method, operation) in operations(&spec) {
            assert!(known(operation), "{vendor} {method} {path}");
        }
        for (name, schema) in spec["components"]["schemas"].as_object().unwrap() {
            assert!(known(schema), "{vendor} {name}");
            assert!(schema["description"].is_string(), "{vendor} {name} has no description");
        }
    }
}

#[test]
fn every_parameter_of_the_pages_is_in_the_specs() {
    let all = parameters();
    let of_kept = |(vendor, _, names): &(Vendor, String, Vec<String>)| *vendor == Vendor::ToApis && names.len() > 3;
    assert!(all.iter().any(of_kept), "no create page of ToAPIs is kept");
    for (vendor, schema, parameters) in all {
        let spec = spec(vendor);
        let properties = &spec["components"]["schemas"][&schema]["properties"];
        for parameter in parameters {
            assert!(
                properties.get(&parameter).is_some(),
                "{vendor} {schema}.{parameter}; keep the page, if it changed"
            );
        }
    }
}

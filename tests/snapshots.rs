//! Snapshots for reviewers: one small file for each thing that can drift.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use videogen::facts::{FieldState, FieldTest, Operation};
use videogen::submit::plan;
use videogen::task::ListQuery;
use videogen::{Error, Vendor, VideoRequest};
use xtask::spec::Spec;
use xtask::spec::raw::{self, raw_crate, surface};

use crate::canned::Canned;
use crate::cases::{self, WITH_INPUTS, cases, targets};
use crate::specs::{examples, operations, resolve, root, spec};

/// Compares a snapshot in `snapshots/<vendor>/<kind>/<name>.snap`.
fn snapshot(vendor: Vendor, kind: &str, name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(format!("snapshots/{vendor}/{kind}"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

#[test]
fn surface_of_the_generated_clients() {
    for vendor in Vendor::ALL {
        let tree = raw_crate(&root(), vendor.as_str()).unwrap();
        snapshot(*vendor, "surface", "client", &surface::surface(&tree).unwrap());
    }
}

#[test]
fn wire_request_of_every_case() {
    for (vendor, model) in targets().chain(WITH_INPUTS.iter().copied()) {
        let mut refused = String::new();
        for (case, request) in cases(vendor, model) {
            match plan(vendor, None, &request) {
                Ok(plan) => {
                    let headers = plan.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
                    let headers: String = headers.collect();
                    let text = format!("{} {}\n{headers}{}", plan.method, plan.url, pretty(&plan.body));
                    snapshot(vendor, "wire", &format!("{model}.{case}"), &text);
                }
                Err(error) => {
                    assert!(!error.violations().is_empty(), "{vendor} {model} {case}: {error}");
                    for violation in error.violations() {
                        writeln!(refused, "{case}: {violation} <{}>", violation.page.unwrap_or_default()).unwrap();
                    }
                }
            }
        }
        snapshot(vendor, "refused", model, &refused);
    }
}

/// Of each body that a vendor's models have, the requests of one model are shown.
#[test]
fn each_request_body_has_a_target() {
    let mut missing = Vec::new();
    for vendor in Vendor::ALL {
        let spec = Spec::load(&root(), vendor.as_str()).unwrap();
        let models = spec.doc["x-models"].as_array().unwrap().iter();
        let models: Vec<_> = models
            .filter(|model| !model["id"].as_str().unwrap().ends_with('*'))
            .collect();
        let body = |model: &Value| (model["create"].clone(), model["request"].clone());
        let targets = || targets().chain(WITH_INPUTS.iter().copied());
        let is_target = |model: &&&Value| targets().any(|target| target == (*vendor, model["id"].as_str().unwrap()));
        let shown: Vec<_> = models.iter().filter(is_target).map(|model| body(model)).collect();
        let left = models.iter().filter(|model| !shown.contains(&body(model)));
        missing.extend(left.map(|model| format!("(Vendor::{vendor:?}, {})", model["id"])));
    }
    assert!(
        missing.is_empty(),
        "add one of each body to TARGETS or WITH_INPUTS in tests/cases.rs: {}",
        missing.join(", ")
    );
}

/// The family of the tasks that an operation returns, by its tag.
fn family(operation: &Value) -> &str {
    operation["tags"][0].as_str().unwrap()
}

#[tokio::test]
async fn normalised_task_of_every_example() {
    for vendor in Vendor::ALL {
        let spec = spec(*vendor);
        let mut seen = 0;
        for (path, method, operation) in operations(&spec) {
            if matches!(family(operation), "uploads" | "assets") {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap();
            for (status, response) in operation["responses"].as_object().unwrap() {
                if !status.starts_with('2') {
                    continue;
                }
                let status: u16 = status.parse().unwrap();
                for (name, body) in examples(&resolve(&spec, response)["content"]["application/json"]) {
                    let canned = canned(&spec, id, status, &body).await;
                    let client = canned.client(*vendor);
                    let task = || cases::task_of(*vendor, family(operation), "t");
                    let mut read = match method.as_str() {
                        "post" if !path.ends_with("/cancel") => {
                            json!(client.submit(&request_for(*vendor, operation)).await.unwrap())
                        }
                        "post" if !vendor.facts().tasks.cancel_when.is_empty() => {
                            // It looks first at whether the task can be cancelled.
                            let queued = json!({"id": "t", "status": "queued"}).to_string();
                            let (answer, look) = (body.to_string(), queued.as_str());
                            let canned = Canned::submitted_and_read((status, &answer), (200, look)).await;
                            json!(canned.client(*vendor).cancel(&task()).await.unwrap())
                        }
                        "post" | "put" => json!(client.cancel(&task()).await.unwrap()),
                        _ if path.ends_with('}') || path.ends_with("/status") => {
                            json!(client.get(&task()).await.unwrap())
                        }
                        _ if path.ends_with("/models") => json!(client.models().await.unwrap()),
                        _ if path.ends_with("/balance") => match client.balance().await {
                            Ok(balance) => json!(balance),
                            // A refusal with a status of success: the vendor's words are kept.
                            Err(error) => json!(error.to_string()),
                        },
                        // The facade gets new links by polling again.
                        _ if path.ends_with("/content") => continue,
                        _ => json!(client.list(&ListQuery::default()).await.unwrap()),
                    };
                    without_raw(&mut read);
                    snapshot(*vendor, "tasks", &format!("{id}.{name}"), &pretty(&read));
                    seen += 1;
                }
            }
        }
        assert!(seen >= 5, "{vendor}: only {seen}");
    }
}

/// A server that answers each request with the example; where polling takes two requests, the other one with an example
/// that goes with it.
async fn canned(spec: &Value, operation: &str, status: u16, body: &Value) -> Canned {
    let family = &spec["x-families"][0];
    let Some(result) = family["result"].as_str() else {
        // The next page of a list is at the API itself.
        return Canned::linking(status, body, "https://api.example.com/v1").await;
    };
    let example = |operation: &str, status: &str, name: &str| {
        let (_, _, found) = operations(spec)
            .into_iter()
            .find(|(_, _, found)| found["operationId"] == operation)
            .unwrap();
        let answer = resolve(spec, &found["responses"][status]);
        answer["content"]["application/json"]["examples"][name]["value"].clone()
    };
    let poll = family["poll"].as_str().unwrap();
    let completed = (200, example(poll, "200", "completed"));
    let output = match body["error"].is_string() {
        true => (422, example(result, "422", "policy")),
        false => (200, example(result, "200", "result")),
    };
    let own = (status, body.clone());
    let answers = match operation {
        own_poll if own_poll == poll => [own.clone(), output, own],
        own_result if own_result == result => [completed, own.clone(), own],
        _ => [completed, output, own],
    };
    Canned::answering(move |request| {
        let line = request.lines().next().unwrap_or_default();
        let (status, body) = match line.strip_prefix("GET ") {
            Some(rest) if rest.contains("/status") => &answers[0],
            Some(_) => &answers[1],
            None => &answers[2],
        };
        let body = body.to_string();
        let head = format!(
            "HTTP/1.1 {status} Canned\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body.as_bytes()].concat()
    })
    .await
}

/// A minimal request that goes to `operation`.
fn request_for(vendor: Vendor, operation: &Value) -> VideoRequest {
    let id = operation["operationId"].as_str().unwrap();
    let mut models = vendor.facts().models.iter();
    let model = models.find(|model| model.request.create == id).unwrap();
    VideoRequest::new(model.id, "x")
}

/// As [`family`], where it is one; model lists belong to none.
fn error_family(vendor: Vendor, operation: &Value) -> &str {
    let tag = family(operation);
    vendor
        .families()
        .find(|family| *family == tag)
        .unwrap_or_else(|| vendor.families().next().unwrap())
}

/// The raw JSON is the example itself.
fn without_raw(value: &mut Value) {
    match value {
        Value::Object(object) => {
            object.remove("raw");
            object.values_mut().for_each(without_raw);
        }
        Value::Array(items) => items.iter_mut().for_each(without_raw),
        _ => {}
    }
}

/// Every documented error of every operation, from the facade.
#[tokio::test]
async fn meaning_of_every_error() {
    for vendor in Vendor::ALL {
        let spec = spec(*vendor);
        let mut rendered = String::new();
        for (path, method, operation) in operations(&spec) {
            if matches!(family(operation), "uploads" | "assets") {
                continue;
            }
            let id = operation["operationId"].as_str().unwrap();
            for (status, response) in operation["responses"].as_object().unwrap() {
                let status: u16 = status.parse().unwrap();
                if status < 400 || path.ends_with("/content") {
                    continue;
                }
                for (name, body) in examples(&resolve(&spec, response)["content"]["application/json"]) {
                    let canned = Canned::json(status, &body).await;
                    let client = canned.client(*vendor);
                    let task = cases::task_of(*vendor, error_family(*vendor, operation), "t");
                    let error: Error = match method.as_str() {
                        "post" if path.ends_with("/cancel") => client.cancel(&task).await.unwrap_err(),
                        "post" => client.submit(&request_for(*vendor, operation)).await.unwrap_err(),
                        "delete" | "put" => client.cancel(&task).await.unwrap_err(),
                        _ if path.ends_with('}') || path.ends_with("/status") => client.get(&task).await.unwrap_err(),
                        _ if path.ends_with("/models") => client.models().await.unwrap_err(),
                        _ => client.list(&ListQuery::default()).await.unwrap_err(),
                    };
                    let delivery = error
                        .delivery()
                        .map(|delivery| format!(" {delivery:?}"))
                        .unwrap_or_default();
                    writeln!(rendered, "{id} {status} {name}: [{}{delivery}] {error}", error.kind()).unwrap();
                }
            }
        }
        snapshot(*vendor, "errors", "documented", &rendered);
    }
}

/// The uploads of a vendor, and the limits of the files of all inputs.
fn local_files(vendor: Vendor) -> String {
    let mark = |unverified: bool| if unverified { " (unverified)" } else { "" };
    let facts = vendor.facts();
    let mut text = String::new();
    for (index, way) in facts.uploads.iter().enumerate() {
        let mut parts = vec![format!("{} {}", way.media.join(" "), way.types.join(" "))];
        parts.extend(way.max_bytes.map(|bytes| format!("up to {bytes} bytes")));
        parts.push(format!("by {} as {}", way.operation, way.gives));
        parts.extend(way.via.map(|other| format!("via {other}")));
        parts.extend(way.group.map(|group| format!("in a group of {group}")));
        parts.extend(way.poll.map(|poll| format!("polled by {poll}")));
        parts.extend((!way.reusable).then(|| "once".to_owned()));
        parts.extend(way.lives.map(|seconds| format!("for {seconds} s")));
        parts.extend((!way.models.is_empty()).then(|| format!("for {}", way.models.join(" "))));
        let head = if index == 0 { "uploads\n" } else { "" };
        writeln!(
            text,
            "{head}  {}: {}{}",
            way.name,
            parts.join(", "),
            mark(way.unverified)
        )
        .unwrap();
    }
    let inputs = facts.models.iter().flat_map(|model| model.inputs);
    let media: BTreeMap<&str, _> = inputs
        .filter_map(|input| Some((input.media?.name, input.media?)))
        .collect();
    for (index, (name, media)) in media.iter().enumerate() {
        let mut parts = vec![media.types.join(" ")];
        parts.extend(media.max_bytes.map(|bytes| format!("up to {bytes} bytes")));
        parts.extend(media.side.map(|(low, high)| format!("sides {low} to {high}")));
        parts.extend(media.ratio.map(|(low, high)| format!("ratio {low} to {high}")));
        parts.extend(media.seconds.map(|(low, high)| format!("seconds {low} to {high}")));
        parts.extend(media.fps.map(|(low, high)| format!("fps {low} to {high}")));
        parts.extend(media.total_seconds.map(|seconds| format!("{seconds} seconds in all")));
        parts.extend(
            media
                .max_request_bytes
                .map(|bytes| format!("requests up to {bytes} bytes")),
        );
        let head = if index == 0 { "files\n" } else { "" };
        writeln!(text, "{head}  {name}: {}{}", parts.join(", "), mark(media.unverified)).unwrap();
    }
    text
}

/// The limits of each model: a change here is a change of limits, not of code.
#[test]
fn table_of_models() {
    for vendor in Vendor::ALL {
        let mut text = String::new();
        for model in vendor.facts().models {
            writeln!(text, "{} ({})", model.id, model.family).unwrap();
            let mut line = |name: &str, value: String| writeln!(text, "  {name}: {value}").unwrap();
            let duration = model.duration;
            let auto = duration
                .auto
                .map(|auto| format!(", auto is {auto:?}"))
                .unwrap_or_default();
            let zero = duration.zero.map(|zero| format!(", 0 is {zero:?}")).unwrap_or_default();
            let default = duration
                .default
                .map(|seconds| format!(", default {seconds}"))
                .unwrap_or_default();
            if let Some(endpoints) = model.endpoints {
                let some = [
                    ("text", Some(endpoints.text)),
                    ("frames", endpoints.frames),
                    ("references", endpoints.references),
                ];
                for (kind, endpoint) in some.into_iter().filter_map(|(kind, id)| Some((kind, id?))) {
                    line(&format!("endpoint of {kind}"), endpoint.to_owned());
                }
            }
            line("duration", format!("{duration}{auto}{zero}{default}"));
            if let Some(frames) = model.frames {
                line("frames", format!("{} to {} by {}", frames.min, frames.max, frames.step));
            }
            let or_default = |values: &[&str], default: Option<&str>| {
                format!(
                    "{}{}",
                    values.join(" "),
                    default.map(|value| format!(", default {value}")).unwrap_or_default()
                )
            };
            if !model.limits_known {
                line("limits", "unknown".to_owned());
            }
            line("resolutions", or_default(model.resolutions, model.default_resolution));
            line(
                "aspect ratios",
                or_default(model.aspect_ratios, model.default_aspect_ratio),
            );
            if let Some(sound) = model.default_generate_audio {
                line("sound", format!("{} by default", if sound { "on" } else { "off" }));
            }
            for input in model.inputs {
                line(
                    input.role,
                    format!(
                        "{} from {} as {}{}{}",
                        input.max.map_or("any number".to_owned(), |max| max.to_string()),
                        input.sources.join(" "),
                        input.wire_role,
                        input
                            .media
                            .map(|media| format!(", files as {}", media.name))
                            .unwrap_or_default(),
                        match input.needs {
                            [] => String::new(),
                            needs => format!(", with {}", needs.join(" or ")),
                        }
                    ),
                );
            }
            if !model.exclusive.is_empty() {
                let groups: Vec<_> = model.exclusive.iter().map(|group| group.join("+")).collect();
                line("exclusive", groups.join(" | "));
            }
            for condition in model.conditions {
                let tests = |tests: &[FieldTest]| -> String {
                    let tests = tests.iter().map(|test| match test.is {
                        FieldState::Set => test.field.to_owned(),
                        FieldState::Unset => format!("no {}", test.field),
                        FieldState::OneOf(values) => format!("{} {}", test.field, values.join("|")),
                    });
                    tests.collect::<Vec<_>>().join(", ")
                };
                let mark = if condition.unverified { " (unverified)" } else { "" };
                let rule = format!("{} requires {}", tests(condition.when), tests(condition.requires));
                line("condition", format!("{rule}{mark}"));
            }
            for doubt in model.doubtful {
                line("doubtful", format!("{} {}", doubt.field, doubt.value));
            }
            if !model.without.is_empty() {
                line("without", model.without.join(" "));
            }
        }
        text += &local_files(*vendor);
        // By its own rendering, `cargo xtask report` finds out that this snapshot is older than the spec.
        let spec = Spec::load(&root(), vendor.as_str()).unwrap();
        assert_eq!(text, surface::models(&raw::facts(&spec).unwrap()), "{vendor}");
        snapshot(*vendor, "surface", "models", &text);
    }
}

#[test]
fn operations_that_a_vendor_lacks() {
    let all = [
        Operation::Submit,
        Operation::Get,
        Operation::Cancel,
        Operation::List,
        Operation::Models,
        Operation::Balance,
    ];
    for vendor in Vendor::ALL {
        let text: String = all
            .iter()
            .map(|operation| {
                format!(
                    "{operation}: {}\n",
                    if vendor.supports(*operation) { "yes" } else { "no" }
                )
            })
            .collect();
        snapshot(*vendor, "surface", "operations", &text);
    }
}

//! Shared helpers of the simulator's tests.

use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Method, redirect};
use serde_json::{Value, json};
use videogen_sim::{Builder, Simulator, Spec, Vendor};

pub(crate) const KEY: &str = "sk-test";
pub(crate) const VENDORS: [Vendor; Vendor::ALL.len()] = Vendor::ALL;
/// Duration of a task.
pub(crate) const WHOLE: Duration = Duration::from_secs(20);

/// A simulator and a client for it.
pub(crate) struct Api {
    pub(crate) sim: Simulator,
    pub(crate) http: reqwest::Client,
}

/// A complete response.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .unwrap_or_else(|| panic!("no header {name}"))
            .to_str()
            .unwrap()
    }

    /// Fails unless the spec of the vendor has this response.
    pub(crate) fn fits(self, vendor: Vendor, operation: &str, status: u16) -> Self {
        assert_eq!(self.status, status, "{vendor} {operation}: {}", self.text);
        let spec = Spec::of(vendor).unwrap();
        let problems = spec.response_problems(operation, status, &self.body);
        assert!(
            problems.is_empty(),
            "{vendor} {operation}: {problems:?} in {}",
            self.text
        );
        self
    }
}

impl Api {
    /// A simulator with a manual clock, which takes any id of an asset.
    pub(crate) async fn start() -> Self {
        Self::with(Simulator::builder().manual_clock().any_asset(true)).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        let http = crate::http::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            sim: builder.start().await.unwrap(),
            http,
        }
    }

    pub(crate) fn url(&self, vendor: Vendor, path: &str) -> String {
        format!("{}{path}", self.sim.base_url(vendor))
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        let answer = Answer {
            status,
            headers,
            text,
            body,
        };
        assert!(!answer.header("x-request-id").is_empty());
        answer
    }

    pub(crate) async fn get(&self, vendor: Vendor, path: &str) -> Answer {
        self.send(keyed(self.http.get(self.url(vendor, path)), vendor, KEY))
            .await
    }

    pub(crate) async fn post(&self, vendor: Vendor, path: &str, body: &Value) -> Answer {
        let post = keyed(self.http.post(self.url(vendor, path)), vendor, KEY);
        self.send(post.json(body)).await
    }

    pub(crate) async fn with_key(&self, key: &str, method: Method, url: &str) -> Answer {
        let request = self.http.request(method, url);
        let mut vendors = VENDORS.into_iter();
        let vendor = vendors.find(|vendor| url.starts_with(&self.sim.base_url(*vendor)));
        self.send(keyed(request, vendor.unwrap_or(Vendor::Token360), key)).await
    }

    /// Submits to the vendor's default model, and gives the task's id.
    pub(crate) async fn submit(&self, vendor: Vendor, body: &Value) -> String {
        let (path, operation, status) = create(vendor);
        let answer = self.post(vendor, path, body).await.fits(vendor, operation, status);
        id_in(vendor, &answer.body).to_owned()
    }

    /// Polls a task of the vendor's default model. Where another operation returns the result, the task has its members too.
    pub(crate) async fn poll(&self, vendor: Vendor, id: &str) -> Value {
        let answer = self.get(vendor, &task_path(vendor, id)).await;
        let status = if answer.status == 202 { 202 } else { 200 };
        let operation = poll_operation(vendor, create(vendor).0);
        let mut task = answer.fits(vendor, operation, status).body;
        if let Some(operation) = document(vendor)["x-families"][0]["result"].as_str()
            && status == 200
        {
            let path = filled(vendor, path_of(vendor, "get", operation), id);
            let result = self.get(vendor, &path).await;
            if result.status == 200 {
                let result = result.fits(vendor, operation, 200).body;
                task.as_object_mut()
                    .unwrap()
                    .extend(result.as_object().unwrap().clone());
            }
        }
        task
    }

    /// Submits, lets the task end, and returns the polled task.
    pub(crate) async fn finished(&self, vendor: Vendor, body: &Value) -> Value {
        let id = self.submit(vendor, body).await;
        self.sim.advance(WHOLE);
        self.poll(vendor, &id).await
    }
}

fn document(vendor: Vendor) -> &'static Value {
    Spec::of(vendor).unwrap().document()
}

/// `request` with a key, as the vendor takes it.
pub(crate) fn keyed(request: reqwest::RequestBuilder, vendor: Vendor, key: &str) -> reqwest::RequestBuilder {
    let mut schemes = document(vendor)["components"]["securitySchemes"]
        .as_object()
        .unwrap()
        .values();
    let word = schemes.next().unwrap()["x-scheme"].as_str().unwrap_or("Bearer");
    request.header("authorization", format!("{word} {key}"))
}

/// The task's id in an answer to a submission, or in a task.
pub(crate) fn id_in(vendor: Vendor, answer: &Value) -> &str {
    let member = document(vendor)["x-tasks"]["id"].as_str().unwrap_or("id");
    answer[member].as_str().unwrap()
}

fn path_of(vendor: Vendor, method: &str, operation: &str) -> &'static str {
    let mut paths = document(vendor)["paths"].as_object().unwrap().iter();
    paths
        .find(|(_, item)| item[method]["operationId"] == operation)
        .unwrap()
        .0
}

/// A path of a task of the default model, with its parameters: the task's id, and before it a part of the model's.
fn filled(vendor: Vendor, path: &str, id: &str) -> String {
    let app: Vec<&str> = default_model(vendor).split('/').take(2).collect();
    path.replace("{app}", &app.join("/")).replace("{request_id}", id)
}

/// The path that polls a task of the vendor's default model.
pub(crate) fn task_path(vendor: Vendor, id: &str) -> String {
    let create = create(vendor).0;
    match document(vendor)["x-families"][0]["result"].is_null() {
        true => format!("{create}/{id}"),
        false => filled(vendor, path_of(vendor, "get", poll_operation(vendor, create)), id),
    }
}

/// The entry of `x-models` for a model id.
fn entry(vendor: Vendor, model: &str) -> &'static Value {
    let models = document(vendor)["x-models"].as_array().unwrap();
    models.iter().find(|entry| entry["id"] == model).unwrap()
}

/// A vendor's default model.
pub(crate) fn default_model(vendor: Vendor) -> &'static str {
    Spec::of(vendor).unwrap().document()["x-models"][0]["id"]
        .as_str()
        .unwrap()
}

/// Path, operation and status of a submission to the vendor's default model.
pub(crate) fn create(vendor: Vendor) -> (&'static str, &'static str, u16) {
    create_for(vendor, default_model(vendor))
}

/// Path, operation and status of a submission to a model.
pub(crate) fn create_for(vendor: Vendor, model: &str) -> (&'static str, &'static str, u16) {
    let operation = entry(vendor, model)["create"].as_str().unwrap();
    let paths = Spec::of(vendor).unwrap().document()["paths"].as_object().unwrap();
    let (path, item) = paths
        .iter()
        .find(|(_, item)| item["post"]["operationId"] == operation)
        .unwrap();
    let statuses = item["post"]["responses"].as_object().unwrap().keys();
    let success = statuses
        .filter_map(|status| status.parse().ok())
        .find(|status| *status < 300);
    let endpoint = entry(vendor, model)["endpoints"]["text"].as_str().unwrap_or(model);
    let path = match path.contains("{model}") {
        true => &*path.replace("{model}", &endpoint.replace('*', "acme/boats/new")).leak(),
        false => path,
    };
    (path, operation, success.unwrap())
}

/// The operation that polls the tasks of `create`.
pub(crate) fn poll_operation(vendor: Vendor, create: &str) -> &'static str {
    let family = &document(vendor)["x-families"][0];
    if family["result"].is_string() {
        return family["poll"].as_str().unwrap();
    }
    let paths = Spec::of(vendor).unwrap().document()["paths"].as_object().unwrap();
    let below = format!("{create}/{{");
    let mut found = paths
        .iter()
        .filter(|(path, _)| path.starts_with(&below) && path.ends_with('}'));
    found.next().unwrap().1["get"]["operationId"].as_str().unwrap()
}

/// The smallest request with this prompt.
pub(crate) fn request(vendor: Vendor, prompt: &str) -> Value {
    let model = default_model(vendor);
    match vendor {
        Vendor::Ark => json!({"model": model, "content": [{"type": "text", "text": prompt}]}),
        Vendor::Replicate => json!({"version": model, "input": {"prompt": prompt}}),
        // Its path has the model.
        Vendor::Fal => json!({"prompt": prompt}),
        _ => json!({"model": model, "prompt": prompt}),
    }
}

/// The smallest request with one member more.
pub(crate) fn request_with(vendor: Vendor, member: &str, value: Value) -> Value {
    let mut body = request(vendor, "a fox");
    match (vendor, member) {
        (Vendor::Replicate, "model") => body["version"] = value,
        (Vendor::Replicate, "callback_url") => body["webhook"] = value,
        (Vendor::Replicate, _) => body["input"][member] = value,
        (Vendor::Fal, "model") => {}
        (Vendor::Fal, "duration") if value.is_number() => body[member] = json!(value.to_string()),
        _ => body[member] = value,
    }
    body
}

/// The status of a refusal of an invalid request.
pub(crate) fn invalid(vendor: Vendor) -> u16 {
    match vendor {
        Vendor::Replicate | Vendor::Fal => 422,
        _ => 400,
    }
}

/// The message of an error.
pub(crate) fn message(vendor: Vendor, body: &Value) -> &str {
    let message = match vendor {
        Vendor::Replicate => &body["detail"],
        Vendor::Fal if body["detail"].is_array() => &body["detail"][0]["msg"],
        Vendor::Fal => &body["detail"],
        _ => &body["error"]["message"],
    };
    message
        .as_str()
        .unwrap_or_else(|| panic!("{vendor}: no message in {body}"))
}

/// The URL of a finished task's video.
pub(crate) fn video_url(vendor: Vendor, task: &Value) -> String {
    let url = match vendor {
        Vendor::Token360 => &task["url"],
        Vendor::ToApis => &task["result"]["data"][0]["url"],
        Vendor::AllToken => &task["video_url"],
        Vendor::Ark => &task["content"]["video_url"],
        Vendor::OpenRouter => &task["unsigned_urls"][0],
        Vendor::Replicate => &task["output"],
        Vendor::Fal => &task["video"]["url"],
    };
    url.as_str().unwrap_or_else(|| panic!("no video in {task}")).to_owned()
}

//! The vendors' specs, read once per process. `cargo xtask generate` writes them from `specs/` into this crate.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::spec::auth::Auth;
use crate::spec::endpoint::{Body, Endpoint};
use crate::spec::fields::{Fields, Outside};
use crate::spec::like;
use crate::spec::model::Model;
use crate::spec::price::Prices;
use crate::spec::reference::resolve;
use crate::spec::schema;
use crate::spec::upload::UploadRule;
use crate::spec::vendor::Vendor;
use crate::spec::webhook::Webhook;

/// A spec is invalid. The specs are compiled in, so this is a mistake in `specs/`.
#[derive(Clone, Debug, thiserror::Error)]
#[error("specs/{vendor}.yaml: {reason}")]
pub struct SpecError {
    vendor: Vendor,
    reason: String,
}

/// A vendor's spec, read for the simulator.
pub struct Spec {
    document: Value,
    definitions: Value,
    pub(crate) auth: Auth,
    pub(crate) endpoints: Vec<Endpoint>,
    pub(crate) models: Vec<Model>,
    families: Vec<Family>,
    uploads: Vec<UploadRule>,
    pub(crate) prices: Prices,
    /// Switches in a prompt, and the fields that they set.
    pub(crate) prompt_flags: BTreeMap<String, String>,
    pub(crate) result_url: ResultUrl,
    pub(crate) webhook: Webhook,
    pub(crate) tasks: Tasks,
    /// `submit` and `query` of `x-rate-limits`.
    pub(crate) submit_limits: Vec<RateLimit>,
    pub(crate) query_limits: Vec<RateLimit>,
}

/// An entry of `x-families`.
#[derive(Debug, Deserialize)]
pub(crate) struct Family {
    pub(crate) name: String,
    poll: String,
    /// Whether the operation also takes the caller's own id of a task.
    #[serde(default)]
    pub(crate) by_reference: bool,
    /// The path of the operation that created its tasks, where the vendor still serves it.
    path: Option<String>,
}

/// `x-result-url`.
#[derive(Debug, Deserialize)]
pub(crate) struct ResultUrl {
    /// Left out if links do not expire.
    pub(crate) ttl: Option<u32>,
    pub(crate) refreshable: bool,
}

impl ResultUrl {
    /// Seconds until a link expires; very many if it does not.
    pub(crate) fn lasts(&self) -> u32 {
        self.ttl.unwrap_or(u32::MAX)
    }
}

/// `x-tasks`.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Tasks {
    /// The statuses in which the cancel operation cancels.
    #[serde(default)]
    pub(crate) cancel_when: Vec<String>,
    /// Seconds after its creation for which a task is known.
    pub(crate) kept: Option<u64>,
}

/// A limit in one of the lists in `x-rate-limits`: requests per seconds.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct RateLimit {
    pub(crate) limit: u32,
    pub(crate) per: u32,
}

/// The target of a method and a path.
pub(crate) enum Route {
    /// An endpoint, with the values of its path parameters.
    Endpoint(&'static Endpoint, Vec<String>),
    /// The path exists with other methods, which are these.
    OtherMethod(Vec<&'static str>),
    /// There is no such path.
    Nothing,
}

static SPECS: LazyLock<Result<BTreeMap<Vendor, Spec>, SpecError>> = LazyLock::new(|| {
    Vendor::ALL
        .into_iter()
        .map(|vendor| match Spec::load(source(vendor)) {
            Ok(spec) => Ok((vendor, spec)),
            Err(reason) => Err(SpecError { vendor, reason }),
        })
        .collect()
});

const fn source(vendor: Vendor) -> &'static str {
    match vendor {
        Vendor::Token360 => include_str!("../../specs/token360.json"),
        Vendor::ToApis => include_str!("../../specs/toapis.json"),
        Vendor::AllToken => include_str!("../../specs/alltoken.json"),
        Vendor::Ark => include_str!("../../specs/ark.json"),
        Vendor::OpenRouter => include_str!("../../specs/openrouter.json"),
        Vendor::Replicate => include_str!("../../specs/replicate.json"),
        Vendor::Fal => include_str!("../../specs/fal.json"),
    }
}

impl Spec {
    /// A vendor's spec.
    ///
    /// # Errors
    ///
    /// When any of the specs cannot be used.
    pub fn of(vendor: Vendor) -> Result<&'static Self, SpecError> {
        let specs = SPECS.as_ref().map_err(Clone::clone)?;
        specs.get(&vendor).ok_or_else(|| SpecError {
            vendor,
            reason: "not loaded".to_owned(),
        })
    }

    /// The whole document.
    pub fn document(&self) -> &Value {
        &self.document
    }

    /// Checks the JSON body of an answer against the schema that the spec has for this
    /// operation and status, and returns the problems. An undocumented answer is a problem too.
    pub fn response_problems(&self, operation_id: &str, status: u16, body: &Value) -> Vec<String> {
        let schema = find_operation(&self.document, operation_id).and_then(|operation| {
            let response = resolve(&self.document, &operation["responses"][status.to_string()]);
            response.pointer("/content/application~1json/schema")
        });
        match schema {
            Some(schema) => self.schema_problems(schema, body),
            None => vec![format!(
                "{operation_id}: the spec has no JSON response with status {status}"
            )],
        }
    }

    /// Checks a value against a named schema of the spec, and returns the problems.
    pub fn component_problems(&self, name: &str, value: &Value) -> Vec<String> {
        match self.document["components"]["schemas"].get(name) {
            Some(schema) => self.schema_problems(schema, value),
            None => vec![format!("the spec has no schema {name}")],
        }
    }

    fn schema_problems(&self, schema: &Value, value: &Value) -> Vec<String> {
        match schema::compile(&schema::translate(schema), &self.definitions) {
            Ok(validator) => schema::problems(&validator, value, &BTreeSet::new())
                .into_iter()
                .map(|found| found.message)
                .collect(),
            Err(reason) => vec![reason],
        }
    }

    /// Normalised values of a field as the vendor spells them in requests.
    pub(crate) fn spelt(&self, field: &str, values: &[String]) -> Vec<Value> {
        let bodies = self.endpoints.iter().flat_map(|endpoint| &endpoint.bodies);
        let carrier = bodies
            .flat_map(|body| &body.carriers)
            .find(|carrier| carrier.field == field);
        let word = |value: &String| {
            let mut words = carrier?.words.iter();
            words
                .find(|(_, normal)| *normal == value)
                .map(|(word, _)| word.as_str())
        };
        values.iter().map(|value| word(value).unwrap_or(value).into()).collect()
    }

    /// Finds the endpoint for a method and a path without the vendor's prefix.
    pub(crate) fn route(&'static self, method: &str, path: &str) -> Route {
        let steps: Vec<&str> = path.split('/').skip(1).collect();
        let mut others = Vec::new();
        for endpoint in &self.endpoints {
            if let Some(values) = endpoint.matches(&steps) {
                if endpoint.method == method {
                    return Route::Endpoint(endpoint, values);
                }
                others.push(endpoint.method);
            }
        }
        if others.is_empty() {
            Route::Nothing
        } else {
            Route::OtherMethod(others)
        }
    }

    /// The schema of a request body.
    pub(super) fn body_schema(&self, body: &Body) -> &Value {
        &self.document["components"]["schemas"][&body.name]
    }

    /// The entry of the model that a request names, and the body that it must have. A model of another
    /// endpoint is judged by the first body of this one.
    pub(crate) fn addressed<'a>(
        &'a self,
        endpoint: &'a Endpoint,
        outside: &[Outside],
        sent: &Value,
    ) -> Option<(&'a Model, &'a Body)> {
        let first = endpoint.bodies.first()?;
        let mut named = endpoint
            .bodies
            .iter()
            .map(|body| Fields::new(&body.carriers, sent).with(outside).text("model"));
        let id = named.find_map(|id| id).unwrap_or_default();
        let model = self.model(id)?;
        Some((model, endpoint.body(model).unwrap_or(first)))
    }

    /// The endpoint families whose tasks an operation polls.
    pub(crate) fn polled_by(&self, operation_id: &str) -> impl Iterator<Item = &Family> {
        self.families.iter().filter(move |family| family.poll == operation_id)
    }

    /// What an operation takes of a medium.
    pub(crate) fn upload_rule(&self, operation_id: &str, medium: &str) -> Option<&UploadRule> {
        let mut rules = self.uploads.iter().filter(|rule| rule.operation == operation_id);
        rules.find(|rule| rule.media.iter().any(|own| own == medium))
    }

    /// Whether a part of a form is an integer; `None` if the form has no such part.
    pub(crate) fn part_is_integer(&self, form: &Body, part: &str) -> Option<bool> {
        let schema = self.body_schema(form)["properties"].get(part)?;
        Some(schema["type"] == "integer")
    }

    /// The first entry of `x-models` that matches a model id.
    pub(crate) fn model(&self, id: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.matches(id))
    }

    fn load(json: &str) -> Result<Self, String> {
        let mut document: Value = serde_json::from_str(json).map_err(|error| error.to_string())?;
        like::complete(&mut document)?;
        let definitions = schema::translate(&document["components"]["schemas"]);
        let mut endpoints = Vec::new();
        let families: Vec<Family> = member(&document, "x-families")?;
        let paths = document["paths"].as_object().ok_or("no paths")?;
        let mut served: Vec<(String, &Value)> = paths.iter().map(|(path, item)| (path.clone(), item)).collect();
        for family in &families {
            served.extend(former_paths(family, paths));
        }
        for (path, item) in &served {
            for (name, method) in [
                ("get", "GET"),
                ("post", "POST"),
                ("put", "PUT"),
                ("patch", "PATCH"),
                ("delete", "DELETE"),
            ] {
                if let Some(operation) = item.get(name) {
                    let built = Endpoint::build(&document, &definitions, method, path, item, operation)
                        .map_err(|reason| format!("{name} {path}: {reason}"))?;
                    endpoints.push(built);
                }
            }
        }
        // `/videos/models` must win over `/videos/{id}`, whatever the order in the file, and a model's path over neither.
        endpoints.sort_by_key(Endpoint::generality);
        Ok(Self {
            auth: Auth::read(&document)?,
            models: member(&document, "x-models")?,
            families,
            uploads: member(&document, "x-uploads").unwrap_or_default(),
            prompt_flags: member(&document["x-prompt-flags"], "flags").unwrap_or_default(),
            prices: Prices::deserialize(&document).map_err(|error| format!("prices: {error}"))?,
            result_url: member(&document, "x-result-url")?,
            webhook: member(&document, "x-webhook")?,
            tasks: member::<Option<Tasks>>(&document, "x-tasks")?.unwrap_or_default(),
            submit_limits: member(&document["x-rate-limits"], "submit").unwrap_or_default(),
            query_limits: member(&document["x-rate-limits"], "query").unwrap_or_default(),
            endpoints,
            definitions,
            document,
        })
    }
}

/// The paths of a former family, and what is there: the same as on the path that polls its tasks now.
fn former_paths<'a>(family: &Family, paths: &'a Map<String, Value>) -> Vec<(String, &'a Value)> {
    let polled = paths
        .iter()
        .find(|(_, item)| item["get"]["operationId"] == *family.poll);
    let base = polled.and_then(|(path, _)| path.rsplit_once('/')).map(|(base, _)| base);
    let (Some(former), Some(base)) = (&family.path, base) else {
        return Vec::new();
    };
    let moved = |path: &str| path.strip_prefix(base).map(|rest| format!("{former}{rest}"));
    paths
        .iter()
        .filter_map(|(path, item)| Some((moved(path)?, item)))
        .collect()
}

#[cfg(test)]
impl Spec {
    /// The examples of an operation's JSON body.
    pub(super) fn request_examples(&self, operation_id: &str) -> impl Iterator<Item = (Vec<Outside>, &Value)> {
        let body = find_operation(&self.document, operation_id).map(|operation| &operation["requestBody"]);
        let examples = body.and_then(|body| body.pointer("/content/application~1json/examples")?.as_object());
        examples.into_iter().flatten().map(|(_, example)| {
            let model = example.get("x-model").map(|model| Outside {
                field: "model".to_owned(),
                name: "model".to_owned(),
                value: model.clone(),
            });
            (model.into_iter().collect(), &example["value"])
        })
    }
}

fn find_operation<'a>(document: &'a Value, id: &str) -> Option<&'a Value> {
    let items = document["paths"].as_object()?.values();
    items
        .flat_map(|item| item.as_object().into_iter().flat_map(|item| item.values()))
        .find(|operation| operation["operationId"] == id)
}

fn member<T: for<'de> Deserialize<'de>>(value: &Value, name: &str) -> Result<T, String> {
    let found = match name.parse::<usize>() {
        Ok(index) => &value[index],
        Err(_) => &value[name],
    };
    T::deserialize(found).map_err(|error| format!("{name}: {error}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_spec_loads_and_covers_every_model_id() {
        for vendor in Vendor::ALL {
            let spec = Spec::of(vendor).unwrap();
            assert!(!spec.endpoints.is_empty());
            let create = &spec.model("a-model-of-tomorrow").unwrap().create;
            assert!(spec.endpoints.iter().any(|endpoint| endpoint.id == *create), "{create}");
        }
    }

    #[test]
    fn every_example_of_a_request_satisfies_its_schema() {
        for vendor in Vendor::ALL {
            let spec = Spec::of(vendor).unwrap();
            for endpoint in &spec.endpoints {
                if endpoint.bodies.is_empty() {
                    continue;
                }
                let mut examples = spec.request_examples(&endpoint.id).peekable();
                assert!(examples.peek().is_some(), "{vendor} {}: no example", endpoint.id);
                for (outside, example) in examples {
                    let (_, body) = spec.addressed(endpoint, &outside, example).unwrap();
                    let problems = body.problems(example);
                    assert!(
                        problems.is_empty(),
                        "{vendor} {}: {problems:?} in {example}",
                        endpoint.id
                    );
                }
            }
        }
    }

    #[test]
    fn fixed_paths_win_over_parameters() {
        let spec = Spec::of(Vendor::AllToken).unwrap();
        let id = |method, path| match spec.route(method, path) {
            Route::Endpoint(endpoint, values) => format!("{} {values:?}", endpoint.id),
            Route::OtherMethod(methods) => methods.join(", "),
            Route::Nothing => "nothing".to_owned(),
        };
        assert_eq!(id("GET", "/videos/models"), "list_models []");
        assert_eq!(
            id("GET", "/videos/generations/a=1&b+%20c"),
            "get_generation [\"a=1&b+ c\"]"
        );
        assert_eq!(id("DELETE", "/videos/generations/a"), "GET");
        assert_eq!(id("GET", "/videos/generations/"), "nothing");
    }
}

//! The `x-` extensions of a spec, read strictly.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::spec::auth::Auth;
pub(crate) use crate::spec::conditions::{Condition, Doubt, FieldState, FieldWord};
use crate::spec::errors::Errors;
use crate::spec::listing::ListedModels;
use crate::spec::lists::{ListParameter, list_parameters};
use crate::spec::pages::Page;
use crate::spec::prices::{Billing, Price, Sizes};
use crate::spec::service::{Poll, RateLimits, ResultUrl, Webhook};
pub(crate) use crate::spec::shapes::{FIELDS, Field, Form, NUMBERS, Place, ROLES, Shape, Shapes, shapes};
use crate::spec::tasks::{TaskField, Tasks, task_fields};
use crate::spec::uploads::{Media, Upload};
use crate::spec::{Spec, SpecError};

/// Everything in a spec's extensions.
pub struct Facts {
    pub(crate) vendor: VendorInfo,
    pub(crate) base_url: String,
    /// Operations on another host, and its base URL.
    pub(crate) servers: Vec<(String, String)>,
    pub(crate) auth: Auth,
    pub(crate) poll: Poll,
    pub(crate) result_url: ResultUrl,
    pub(crate) webhook: Webhook,
    pub(crate) rate_limits: RateLimits,
    pub(crate) pages: BTreeMap<String, Page>,
    pub(crate) families: Vec<Family>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) models: Vec<Model>,
    pub(crate) task_fields: Vec<TaskField>,
    pub(crate) tasks: Tasks,
    pub(crate) errors: Errors,
    pub(crate) list: Vec<ListParameter>,
    pub(crate) listing: Option<ListedModels>,
    pub(crate) uploads: Vec<Upload>,
    pub(crate) media: Vec<Media>,
    pub(crate) prices: Vec<Price>,
    pub(crate) sizes: Vec<Sizes>,
    pub(crate) billing: Billing,
    /// Flag → field.
    pub(crate) prompt_flags: Vec<(String, String)>,
}

/// The extensions at the root of a spec. `lint` validates a spec against their JSON Schema; only that is strict, so
/// that a misspelt member hides no other error.
#[derive(Deserialize, JsonSchema)]
#[allow(
    dead_code,
    reason = "those that only the simulator reads are checked for their shape"
)]
pub(crate) struct Extensions {
    #[serde(rename = "x-vendor")]
    vendor: VendorInfo,
    #[serde(rename = "x-poll")]
    poll: Poll,
    #[serde(rename = "x-result-url")]
    result_url: ResultUrl,
    #[serde(rename = "x-webhook")]
    webhook: Webhook,
    #[serde(rename = "x-rate-limits", default)]
    rate_limits: RateLimits,
    #[serde(rename = "x-pages")]
    pages: BTreeMap<String, Page>,
    #[serde(rename = "x-tasks", default)]
    tasks: Tasks,
    #[serde(rename = "x-errors", default)]
    errors: Errors,
    #[serde(rename = "x-listed-models", default)]
    listing: Option<ListedModels>,
    #[serde(rename = "x-families")]
    families: Vec<Family>,
    #[serde(rename = "x-models")]
    models: Vec<Model>,
    #[serde(rename = "x-uploads", default)]
    uploads: Vec<Upload>,
    #[serde(rename = "x-media", default)]
    media: Vec<Media>,
    #[serde(rename = "x-prices", default)]
    prices: Vec<Price>,
    #[serde(rename = "x-sizes", default)]
    sizes: Vec<Sizes>,
    #[serde(rename = "x-billing", default)]
    billing: Billing,
    #[serde(rename = "x-prompt-flags", default)]
    prompt_flags: PromptFlags,
}

/// Words at the end of a prompt that the vendor reads as fields.
#[derive(Deserialize, JsonSchema, Default)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "provenance is checked for its shape, not emitted")]
struct PromptFlags {
    flags: BTreeMap<String, String>,
    source: Option<String>,
    #[serde(default)]
    unverified: bool,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(crate) struct VendorInfo {
    /// Used in a manifest, in tables and in messages.
    #[schemars(regex(pattern = r"^[\p{L}\p{N}]([\p{L}\p{N} .&+'-]*[\p{L}\p{N}.+])?$"))]
    pub(crate) name: String,
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(crate) key_env: String,
    #[schemars(regex(pattern = r"^https://[a-z0-9.-]+(/[!-~]*)?$"))]
    pub(crate) keys_page: Option<String>,
    #[schemars(regex(pattern = "^[A-Z][A-Z0-9_]*$"))]
    pub(crate) base_url_env: String,
    /// Base URLs of models that another address serves, by the beginning of their ids.
    #[serde(default)]
    #[schemars(extend("additionalProperties" = {"type": "string", "pattern": r"^https://[a-z0-9.-]+(/[!-~]*)?$"}))]
    pub(crate) model_base_urls: BTreeMap<String, String>,
    /// The address of the page of a listed model, with its id as `{model}`.
    #[schemars(regex(pattern = r"^https://[a-z0-9.-]+/[!-~]*\{model\}[!-~]*$"))]
    pub(crate) model_page: Option<String>,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Model {
    pub(crate) id: String,
    pub(crate) create: String,
    pub(crate) request: Option<String>,
    /// The ids that its requests go to, where that depends on their inputs.
    pub(crate) endpoints: Option<Endpoints>,
    pub(crate) source: String,
    /// Of a pattern: whether the page documents these limits for every id that it matches.
    #[serde(default)]
    pub(crate) documented: bool,
    pub(crate) duration: Duration,
    pub(crate) frames: Option<Frames>,
    #[serde(default)]
    pub(crate) resolutions: Vec<String>,
    pub(crate) default_resolution: Option<String>,
    #[serde(default)]
    pub(crate) aspect_ratios: Vec<String>,
    pub(crate) default_aspect_ratio: Option<String>,
    pub(crate) default_generate_audio: Option<bool>,
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, Input>,
    #[serde(default)]
    pub(crate) exclusive: Vec<Vec<String>>,
    #[serde(default)]
    pub(crate) conditions: Vec<Condition>,
    #[serde(default)]
    pub(crate) without: Vec<String>,
    #[serde(default)]
    pub(crate) doubtful: Vec<Doubt>,
    #[serde(default)]
    pub(crate) unverified: Vec<String>,
}

impl Model {
    pub(crate) fn is_pattern(&self) -> bool {
        self.id.ends_with('*')
    }

    /// Whether its limits hold. Of an id that no page describes, only the request's schema is known.
    pub(crate) fn limits_known(&self) -> bool {
        !self.is_pattern() || self.documented
    }
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Duration {
    pub(crate) min: Option<u32>,
    pub(crate) max: Option<u32>,
    /// Instead of the two: all that are allowed.
    #[serde(default)]
    pub(crate) values: Vec<u32>,
    pub(crate) auto: Option<Auto>,
    pub(crate) zero: Option<Zero>,
    pub(crate) default: Option<u32>,
}

impl Duration {
    /// The shortest.
    pub(crate) fn min(&self) -> u32 {
        self.values.first().copied().or(self.min).unwrap_or(1)
    }

    /// The longest, if limited.
    pub(crate) fn max(&self) -> Option<u32> {
        self.values.last().copied().or(self.max)
    }

    pub(crate) fn allows(&self, seconds: u32) -> bool {
        match self.values.is_empty() {
            true => seconds >= self.min() && self.max.is_none_or(|max| seconds <= max),
            false => self.values.contains(&seconds),
        }
    }

    /// The values of a set, separated by commas.
    pub(crate) fn listed(&self) -> Option<String> {
        let values: Vec<String> = self.values.iter().map(u32::to_string).collect();
        (!values.is_empty()).then(|| values.join(", "))
    }
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Auto {
    Absent,
    MinusOne,
    Word,
}

/// The ids of a model that has several.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Endpoints {
    /// Without inputs.
    pub(crate) text: String,
    /// With a first or last frame.
    pub(crate) frames: Option<String>,
    /// With references.
    pub(crate) references: Option<String>,
}

impl Endpoints {
    /// Each member with its id.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let text = Some(("text", self.text.as_str()));
        let frames = self.frames.as_deref().map(|id| ("frames", id));
        let references = self.references.as_deref().map(|id| ("references", id));
        [text, frames, references].into_iter().flatten()
    }
}

/// What the vendor takes a duration of 0 for.
#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Zero {
    Auto,
    Default,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Frames {
    pub(crate) min: u32,
    pub(crate) max: u32,
    pub(crate) step: u32,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) max: Option<u32>,
    pub(crate) sources: Vec<String>,
    pub(crate) role: Option<String>,
    /// Roles of which a request must have an input in one besides; empty if a page says that it need not, and left out if none
    /// says.
    pub(crate) needs: Option<Vec<String>>,
    /// An entry of `x-media`.
    pub(crate) media: Option<String>,
}

/// A word in task ids, and the operation that polls such tasks.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Family {
    #[schemars(regex(pattern = "^[A-Za-z0-9._-]+$"))]
    pub(crate) name: String,
    pub(crate) poll: String,
    /// The operation that returns the output of a completed task, where it is another one.
    pub(crate) result: Option<String>,
    #[serde(default)]
    pub(crate) by_reference: bool,
    /// No operation creates such tasks any more.
    #[serde(default)]
    pub(crate) former: bool,
    /// The path of the operation that created such tasks, where the vendor still serves it. For the simulator.
    #[schemars(regex(pattern = "^/[!-~]*[!-.0-~]$"))]
    #[allow(dead_code, reason = "only the simulator reads it")]
    path: Option<String>,
}

impl Facts {
    /// Reads the facts of a spec that passes the rules on them.
    ///
    /// # Errors
    /// When an extension has another shape.
    pub fn read(spec: &Spec) -> Result<Self, SpecError> {
        let extensions = Extensions::deserialize(&spec.doc).map_err(|error| spec.error("", error.to_string()))?;
        let base_url = spec.doc.pointer("/servers/0/url").and_then(Value::as_str);
        let mut all: Vec<Shape> = Vec::new();
        for model in &extensions.models {
            if all.iter().all(|shape| shape.create != model.create) {
                all.extend(shapes(spec, &model.create));
            }
        }
        let creates: Vec<&str> = all.iter().map(|shape| shape.create.as_str()).collect();
        let families = extensions.families.iter();
        let polls = families.flat_map(|family| {
            [Some(family.poll.as_str()), family.result.as_deref()]
                .into_iter()
                .flatten()
        });
        let task_fields = task_fields(spec, &creates.into_iter().chain(polls).collect::<Vec<_>>());
        Ok(Self {
            vendor: extensions.vendor,
            base_url: base_url.unwrap_or_default().to_owned(),
            servers: servers(spec),
            auth: Auth::read(spec),
            poll: extensions.poll,
            result_url: extensions.result_url,
            webhook: extensions.webhook,
            rate_limits: extensions.rate_limits,
            pages: extensions.pages,
            families: extensions.families,
            shapes: all,
            models: extensions.models,
            task_fields,
            tasks: extensions.tasks,
            errors: extensions.errors,
            list: list_parameters(spec),
            listing: extensions.listing,
            uploads: extensions.uploads,
            media: extensions.media,
            prices: extensions.prices,
            sizes: extensions.sizes,
            billing: extensions.billing,
            prompt_flags: extensions.prompt_flags.flags.into_iter().collect(),
        })
    }

    /// The day on which a price was read. The rules refuse one without.
    pub(crate) fn day_of<'a>(&'a self, price: &'a Price) -> &'a str {
        let page = || Some(self.pages.get(price.source.as_ref()?)?.read.as_str());
        price.read.as_deref().or_else(page).unwrap_or_default()
    }

    /// The request body of a model.
    pub(crate) fn shape(&self, model: &Model) -> &Shape {
        // The rules refuse a model that has none.
        of_model(&self.shapes, model).unwrap_or(&self.shapes[0])
    }
}

/// The operations with a server of their own, and its URL.
fn servers(spec: &Spec) -> Vec<(String, String)> {
    let own = spec.operations().filter_map(|operation| {
        let url = operation.value.pointer("/servers/0/url")?.as_str()?;
        Some((operation.id()?.to_owned(), url.to_owned()))
    });
    own.collect()
}

/// The request body of a model: the one that it names, or else the only one of its operation.
pub(crate) fn of_model<'a>(shapes: &'a [Shape], model: &Model) -> Option<&'a Shape> {
    let mut own = shapes.iter().filter(|shape| shape.create == model.create);
    match &model.request {
        Some(name) => own.find(|shape| shape.name == *name),
        None => own.next(),
    }
}

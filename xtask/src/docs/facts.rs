//! The facts of a page.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use similar::TextDiff;

/// The path of a request that the vendor sends, to an address that no page names.
pub const CALLBACK: &str = "callback";

/// All facts of a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The layout that read it.
    pub layout: String,
    /// Scheme and host of the addresses that are called.
    #[serde(default)]
    pub hosts: Vec<String>,
    /// Methods and paths, in order of appearance.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// Status codes of errors.
    #[serde(default)]
    pub statuses: Vec<Status>,
    /// Parameters of requests and members of responses.
    #[serde(default)]
    pub parameters: Vec<Parameter>,
    /// Members in the examples.
    #[serde(default)]
    pub examples: Vec<Example>,
    /// What sentences, lists and tables say of models.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// Prices of models.
    #[serde(default)]
    pub prices: Vec<Price>,
    /// The last of all these on the page: when it is present, the page is complete.
    pub last: String,
}

impl Facts {
    /// The parameter that is the last thing on a page.
    #[must_use]
    pub fn end(&self) -> Option<&Parameter> {
        let last = self.parameters.iter().max_by_key(|parameter| parameter.at.0)?;
        let lines = self.marks().map(|(_, line)| line);
        lines.max().filter(|line| *line == last.at.0).map(|_| last)
    }

    /// The models that the request's list names.
    #[must_use]
    pub fn models(&self) -> Vec<String> {
        let mut listed = self
            .parameters
            .iter()
            .filter(|known| known.place == Place::Request && known.name == "model");
        listed.next().map(|model| model.values.clone()).unwrap_or_default()
    }

    /// The models that the request's list names, or else the one that is its default.
    #[must_use]
    pub fn named_models(&self) -> Vec<String> {
        let is_model = |known: &&Parameter| known.place == Place::Request && known.name == "model";
        let default = self
            .parameters
            .iter()
            .find(is_model)
            .and_then(|model| model.default.as_ref());
        match self.models() {
            listed if listed.is_empty() => default.and_then(Value::as_str).map(str::to_owned).into_iter().collect(),
            listed => listed,
        }
    }

    /// Whether parameters or examples are of this operation, so that it is not only mentioned.
    #[must_use]
    pub fn describes(&self, operation: &Operation) -> bool {
        let own = self.parameters.iter().map(|known| &known.of);
        let mut own = own.chain(self.examples.iter().map(|known| &known.of));
        own.any(|of| of.as_ref() == Some(operation))
    }

    /// The parameters and members that are listed below the heading of this operation.
    pub fn listed<'a>(&'a self, operation: &'a Operation) -> impl Iterator<Item = &'a Parameter> {
        let of = |known: &&Parameter| known.of.as_ref().is_some_and(|of| of.is(operation));
        self.parameters
            .iter()
            .filter(of)
            .filter(|known| known.place != Place::Path)
    }

    /// A short name for each fact, and its line.
    pub fn marks(&self) -> impl Iterator<Item = (String, usize)> {
        let operations = self
            .operations
            .iter()
            .map(|fact| (format!("path {}", shape(&fact.path)), fact.at.0));
        let statuses = self
            .statuses
            .iter()
            .map(|fact| (format!("status {}", fact.code), fact.at.0));
        let parameters = self
            .parameters
            .iter()
            .map(|fact| (format!("{} {}", fact.place, fact.name), fact.at.0));
        let line = |example: &Example| example.at.0.values().max().copied().unwrap_or_default();
        let examples = self
            .examples
            .iter()
            .map(move |fact| (format!("{} example", fact.place), line(fact)));
        let prices = self
            .prices
            .iter()
            .map(|fact| (format!("price of {}", fact.model), fact.at.0));
        operations
            .chain(statuses)
            .chain(parameters)
            .chain(examples)
            .chain(prices)
    }
}

/// The code of an error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Status {
    /// Three digits.
    pub code: String,
    /// Its line.
    pub at: At,
}

impl From<String> for Status {
    fn from(code: String) -> Self {
        let at = At::default();
        Self { code, at }
    }
}

impl From<Status> for String {
    fn from(status: Status) -> Self {
        status.code
    }
}

/// The line of a fact. It is no part of the fact: all are equal.
#[derive(Debug, Clone, Copy, Default)]
pub struct At(pub usize);

impl PartialEq for At {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The request's body.
    Request,
    /// The response's body.
    Response,
    /// The query string.
    Query,
    /// The path.
    Path,
    /// A header.
    Header,
    /// The body of an error.
    Error,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Request => "request",
            Self::Response => "response",
            Self::Query => "query",
            Self::Path => "path",
            Self::Header => "header",
            Self::Error => "error",
        })
    }
}

/// A method, where the page shows one, and a path.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Operation {
    /// Upper-case method.
    pub method: Option<String>,
    /// Path, without host and query.
    pub path: String,
    /// Its line.
    pub at: At,
}

impl From<String> for Operation {
    fn from(text: String) -> Self {
        let (method, path) = match text.split_once(' ') {
            Some((method, path)) => (Some(method.to_owned()), path.to_owned()),
            None => (None, text),
        };
        let at = At::default();
        Self { method, path, at }
    }
}

impl From<Operation> for String {
    fn from(operation: Operation) -> Self {
        operation.to_string()
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.method {
            Some(method) => write!(f, "{method} {}", self.path),
            None => f.write_str(&self.path),
        }
    }
}

impl Operation {
    /// Whether two may be the same: names of path parameters and missing methods are ignored.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let methods = self.method.is_none() || other.method.is_none() || self.method == other.method;
        methods && shape(&self.path) == shape(&other.path)
    }

    /// How alike two are: by method, then by the parts that their paths have in common, in this order.
    #[must_use]
    pub fn likeness(&self, other: &Self) -> f32 {
        let (one, two) = (shape(&self.path), shape(&other.path));
        let (one, two): (Vec<&str>, Vec<&str>) = (one.split('/').collect(), two.split('/').collect());
        TextDiff::from_slices(&one, &two).ratio() + f32::from(u8::from(self.method == other.method))
    }

    /// Whether one may have become the other: a move seldom changes method and path.
    #[must_use]
    pub fn may_become(&self, other: &Self) -> bool {
        self.method == other.method || shape(&self.path) == shape(&other.path)
    }

    /// Whether two paths differ in one part only, and that part's words are alike: `video` and `videos`.
    #[must_use]
    pub fn is_nearly(&self, other: &Self) -> bool {
        let (one, two) = (shape(&self.path), shape(&other.path));
        let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
        let (one, two) = (parts(&one), parts(&two));
        let mut unlike = one.iter().zip(&two).filter(|(one, two)| one != two);
        let Some((old, new)) = unlike.next() else { return false };
        one.len() == two.len()
            && unlike.next().is_none()
            && (old.starts_with(new.as_str()) || new.starts_with(old.as_str()))
    }

    /// Whether two facts may belong to the same operation; one that names none may belong to any.
    #[must_use]
    pub fn fits(one: Option<&Self>, other: Option<&Self>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => one.is(other),
            _ => true,
        }
    }
}

/// A path with the names in braces left out.
#[must_use]
pub fn shape(path: &str) -> String {
    let parts = path.trim_matches('/').split('/');
    let parts = parts.map(|part| match part.starts_with(['{', ':', '<']) {
        true => "{}",
        false => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// A parameter of a request, or a member of a response, as a page lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// Where it goes.
    #[serde(rename = "in")]
    pub place: Place,
    /// The operation whose heading is above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Operation>,
    /// Name, with dots between the levels.
    pub name: String,
    /// JSON type, where the page states it; `array<string>` where it states the items too.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether the page calls it required.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// The values it may have, where the page lists them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// The default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// The lower bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// The upper bound.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// The longest text, in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i64>,
    /// Its line.
    #[serde(skip)]
    pub at: At,
}

impl Parameter {
    /// A parameter with nothing but a name.
    #[must_use]
    pub fn new(place: Place, name: &str, line: usize) -> Self {
        Self {
            place,
            of: None,
            name: name.to_owned(),
            kind: None,
            required: false,
            values: Vec::new(),
            default: None,
            minimum: None,
            maximum: None,
            max_length: None,
            at: At(line),
        }
    }

    /// Whether two are the same parameter, with any details.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.place == other.place && self.name == other.name && Operation::fits(self.of.as_ref(), other.of.as_ref())
    }
}

/// The members that the examples of one body show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Example {
    /// Request or response.
    #[serde(rename = "in")]
    pub place: Place,
    /// The operation whose heading is above them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Operation>,
    /// JSON type of each member, by its name with dots between the levels.
    pub members: BTreeMap<String, String>,
    /// The line on which the example begins that shows a member.
    #[serde(skip)]
    pub at: Lines,
}

/// What a page says of a model beside its parameters.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Id of the model; `*` for all on the page.
    pub model: String,
    /// `duration`, `resolutions`, `resolution` (one of them), `aspect_ratios`, `inputs.<role>.max`, `supports.<field>`
    /// or `exclusive`.
    pub what: String,
    /// What is said of it.
    pub says: String,
    /// Its place.
    #[serde(skip)]
    pub at: At,
}

/// A price that a page states.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Id of the model.
    pub model: String,
    /// The requests that it is for: values of normalised fields, `set` or `unset`.
    pub when: BTreeMap<String, Vec<String>>,
    /// The amount, as the page writes it.
    pub price: String,
    /// What it is for, where the page states it: a number of `token`, `second` or `clip`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<(u64, String)>,
    /// Its line.
    #[serde(skip)]
    pub at: At,
}

/// Lines by name, no part of the fact either.
#[derive(Debug, Clone, Default)]
pub struct Lines(pub BTreeMap<String, usize>);

impl PartialEq for Lines {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

/// The name of a JSON value's type, `null` included.
#[must_use]
pub fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A scalar without quotes.
#[must_use]
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

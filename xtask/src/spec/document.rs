//! Reads spec files, and reports errors with their place.

use std::fmt;
use std::fs;
use std::path::Path;

use serde_json::Value;
use serde_saphyr::DuplicateKeyPolicy;

use super::like::{self, Likes};
use super::lines::Lines;
use super::text::{escape, visible};

/// Why a spec cannot be used: file, place, reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct SpecError {
    /// File, relative to the repository.
    pub file: String,
    /// JSON pointer into the document, empty for the whole of it.
    pub pointer: String,
    /// The problem, and what to do.
    pub reason: String,
}

impl fmt::Display for SpecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, pointer, reason } = self;
        let place = if pointer.is_empty() { "/" } else { pointer };
        write!(f, "{}: {}: {reason}", visible(file), visible(place))
    }
}

/// A spec.
#[derive(Debug, Clone)]
pub struct Spec {
    /// Vendor, from the file's name.
    pub vendor: String,
    /// File, relative to the repository.
    pub file: String,
    /// The document, with all members of every entry of `x-models`.
    pub doc: Value,
    /// The document as it was written, where an entry of `x-models` may name another one that it is like.
    pub(crate) written: Value,
    /// How these entries were written.
    pub(super) likes: Likes,
}

impl Spec {
    /// Reads `specs/<vendor>.yaml`.
    ///
    /// # Errors
    /// When the file is missing or is not YAML.
    pub fn load(root: &Path, vendor: &str) -> Result<Self, SpecError> {
        let file = format!("specs/{vendor}.yaml");
        let text = fs::read_to_string(root.join(&file)).map_err(|error| SpecError {
            file: file.clone(),
            pointer: String::new(),
            reason: error.to_string(),
        })?;
        Self::parse(vendor, &text)
    }

    /// Reads a spec from its text.
    ///
    /// # Errors
    /// When the text is not YAML, or not an object.
    pub fn parse(vendor: &str, text: &str) -> Result<Self, SpecError> {
        let file = format!("specs/{vendor}.yaml");
        Self::read(vendor, file, text, DuplicateKeyPolicy::Error)
    }

    /// Reads a spec and its lines, to report all its faults: of a duplicate key, the first counts.
    ///
    /// # Errors
    /// When the text is not YAML, or not an object.
    pub fn parse_leniently(file: &str, text: &str) -> Result<(Self, Lines), SpecError> {
        let vendor = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
        let spec = Self::read(&vendor, file.to_owned(), text, DuplicateKeyPolicy::FirstWins)?;
        Ok((spec, Lines::read(text)))
    }

    fn read(vendor: &str, file: String, text: &str, duplicate_keys: DuplicateKeyPolicy) -> Result<Self, SpecError> {
        let options = serde_saphyr::options! { duplicate_keys: duplicate_keys, strict_booleans: true };
        let mut doc: Value = serde_saphyr::from_str_with_options(text, options).map_err(|error| SpecError {
            file: file.clone(),
            pointer: String::new(),
            reason: format!("not readable as YAML: {error}"),
        })?;
        let written = doc.clone();
        let likes = like::resolve(&mut doc);
        let spec = Self {
            vendor: vendor.to_owned(),
            file,
            doc,
            written,
            likes,
        };
        if spec.doc.is_object() {
            Ok(spec)
        } else {
            Err(spec.error("", "the document is not a mapping"))
        }
    }

    /// An error at `pointer`.
    #[must_use]
    pub fn error(&self, pointer: impl Into<String>, reason: impl Into<String>) -> SpecError {
        SpecError {
            file: self.file.clone(),
            pointer: pointer.into(),
            reason: reason.into(),
        }
    }

    /// The component schemas, by name.
    pub fn schemas(&self) -> impl Iterator<Item = (&str, &Value)> {
        members(self.doc.pointer("/components/schemas"))
    }

    /// Every operation under `paths`, in document order of a sorted map.
    pub fn operations(&self) -> impl Iterator<Item = Operation<'_>> {
        members(self.doc.get("paths")).flat_map(|(path, item)| {
            METHODS.iter().filter_map(move |method| {
                let value = item.get(*method)?;
                Some(Operation {
                    path,
                    method,
                    pointer: format!("/paths/{}/{method}", escape(path)),
                    value,
                })
            })
        })
    }

    /// The operations that the vendor calls at the client, with their pointers.
    #[must_use]
    pub fn callbacks(&self) -> Vec<(String, &Value)> {
        let mut found = Vec::new();
        for operation in self.operations() {
            for (name, callback) in members(operation.value.get("callbacks")) {
                for (expression, item) in members(Some(callback)) {
                    for method in METHODS {
                        if let Some(value) = item.get(method) {
                            let (name, expression) = (escape(name), escape(expression));
                            let place = &operation.pointer;
                            found.push((format!("{place}/callbacks/{name}/{expression}/{method}"), value));
                        }
                    }
                }
            }
        }
        found
    }

    /// Follows a `$ref` inside the document, if `value` is one.
    #[must_use]
    pub fn resolve<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value.get("$ref").and_then(Value::as_str) {
            Some(reference) => self.doc.pointer(reference.trim_start_matches('#')).unwrap_or(value),
            None => value,
        }
    }
}

/// One operation of a spec.
pub struct Operation<'a> {
    /// Path template.
    pub path: &'a str,
    /// Lower-case method.
    pub method: &'static str,
    /// JSON pointer to it.
    pub pointer: String,
    /// The operation object.
    pub value: &'a Value,
}

impl<'a> Operation<'a> {
    /// Its `operationId`, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&'a str> {
        self.value.get("operationId")?.as_str()
    }

    /// Its first tag: the endpoint family.
    #[must_use]
    pub fn tag(&self) -> Option<&'a str> {
        self.value.pointer("/tags/0")?.as_str()
    }

    /// Its own parameters and those of its path, with references followed.
    pub fn parameters(&self, spec: &'a Spec) -> impl Iterator<Item = &'a Value> {
        let around = self.pointer.rsplit_once('/').map_or("", |(item, _)| item);
        let lists = [format!("{around}/parameters"), format!("{}/parameters", self.pointer)];
        let lists = lists.into_iter().filter_map(|list| spec.doc.pointer(&list)?.as_array());
        lists.flatten().map(|parameter| spec.resolve(parameter))
    }

    /// The schemas of its JSON request body: one, or the alternatives of an `anyOf`.
    #[must_use]
    pub fn request_schemas(&self) -> Vec<&'a Value> {
        request_schemas(self.value)
    }

    /// The schema of its multipart body.
    #[must_use]
    pub fn form(&self) -> Option<&'a Value> {
        form_schema(self.value)
    }

    /// The schemas of its JSON bodies of success.
    pub fn success_schemas(&self) -> impl Iterator<Item = &'a Value> {
        let responses = members(self.value.get("responses")).filter(|(status, _)| status.starts_with('2'));
        responses.filter_map(|(_, response)| response.pointer("/content/application~1json/schema"))
    }
}

/// The schemas of the JSON request body of an operation or a callback: one, or the alternatives of an `anyOf`.
#[must_use]
pub fn request_schemas(operation: &Value) -> Vec<&Value> {
    let Some(schema) = operation.pointer("/requestBody/content/application~1json/schema") else {
        return Vec::new();
    };
    match schema.get("anyOf").and_then(Value::as_array) {
        Some(bodies) => bodies.iter().collect(),
        None => vec![schema],
    }
}

/// The schema of the multipart body of an operation.
#[must_use]
pub fn form_schema(operation: &Value) -> Option<&Value> {
    operation.pointer("/requestBody/content/multipart~1form-data/schema")
}

/// The methods that a path item may have.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The members of a JSON object; none for any other value.
pub fn members(value: Option<&Value>) -> impl Iterator<Item = (&str, &Value)> {
    value
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
}

/// The component that a `$ref` names.
#[must_use]
pub fn component(reference: &str) -> Option<&str> {
    reference.strip_prefix("#/components/schemas/")
}

/// The pages that `x-source` names: one, or a list.
#[must_use]
pub fn sources(value: &Value) -> Vec<&str> {
    match value.get("x-source") {
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        one => one.and_then(Value::as_str).into_iter().collect(),
    }
}

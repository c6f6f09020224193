//! Endpoints: the path of each, and what it accepts.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use crate::spec::fields::{Carrier, Outside, carriers, positions, unverified};
use crate::spec::model::Model;
use crate::spec::operation::Operation;
use crate::spec::problem::Problem;
use crate::spec::reference::resolve;
use crate::spec::schema;

/// An endpoint of a spec.
pub(crate) struct Endpoint {
    /// The spec's `operationId`.
    pub(crate) id: String,
    pub(crate) operation: Operation,
    /// Its tag.
    pub(crate) family: String,
    pub(super) method: &'static str,
    path: Vec<Segment>,
    /// The path parameters that carry a field, in their order: what it carries.
    in_path: Vec<Option<(String, String)>>,
    /// Its request bodies: one, or several for different models; none if it takes no body.
    pub(crate) bodies: Vec<Body>,
    /// Its multipart body.
    pub(crate) form: Option<Body>,
    pub(crate) query: Vec<QueryParameter>,
}

/// A request body.
pub(crate) struct Body {
    /// Its component schema.
    pub(crate) name: String,
    validator: Validator,
    pub(crate) carriers: Vec<Carrier>,
    /// Paths of the members that no page documents.
    unverified: BTreeSet<String>,
    positions: BTreeMap<String, Vec<String>>,
    /// Whether null is the same as leaving a member out.
    null_is_absent: bool,
}

enum Segment {
    Fixed(String),
    Parameter,
    /// A parameter of one segment or more.
    Parameters,
}

/// A query parameter.
pub(crate) struct QueryParameter {
    pub(crate) name: String,
    field: Option<String>,
    integer: bool,
    validator: Validator,
}

impl Endpoint {
    pub(super) fn build(
        document: &Value,
        definitions: &Value,
        method: &'static str,
        path: &str,
        item: &Value,
        operation: &Value,
    ) -> Result<Self, String> {
        let id = operation["operationId"].as_str().ok_or("no operationId")?.to_owned();
        let family = operation["tags"][0].as_str().unwrap_or_default().to_owned();
        let kind = Operation::of(&family, &id).ok_or("the operationId begins with no known verb")?;
        let schema = operation.pointer("/requestBody/content/application~1json/schema");
        let schemas = match schema.map(|schema| (schema, schema["anyOf"].as_array())) {
            Some((_, Some(several))) => several.iter().collect(),
            Some((only, None)) => vec![only],
            None => Vec::new(),
        };
        let bodies = schemas
            .into_iter()
            .map(|schema| Body::build(document, definitions, schema))
            .collect::<Result<_, _>>()?;
        let form = operation.pointer("/requestBody/content/multipart~1form-data/schema");
        let form = form
            .map(|schema| Body::build(document, definitions, schema))
            .transpose()?;
        let mut query = Vec::new();
        let mut in_path = std::collections::BTreeMap::new();
        for parameters in [&item["parameters"], &operation["parameters"]] {
            for parameter in parameters.as_array().into_iter().flatten() {
                let parameter = resolve(document, parameter);
                if parameter["in"] == "query" {
                    query.push(QueryParameter::build(document, definitions, parameter)?);
                } else if parameter["in"] == "path" {
                    in_path.insert(parameter["name"].as_str().unwrap_or_default(), parameter);
                }
            }
        }
        let named = |step: &str| {
            let name = step.strip_prefix('{')?.strip_suffix('}')?;
            in_path.get(name).map(|parameter| (name.to_owned(), *parameter))
        };
        let steps = path.split('/').skip(1);
        let carried = steps.clone().filter_map(named).map(|(name, parameter)| {
            let field = parameter["x-field"].as_str()?;
            Some((field.to_owned(), name))
        });
        let carried = carried.collect();
        let path = steps
            .map(|step| match named(step) {
                Some((_, parameter)) if parameter["x-segments"] == true => Segment::Parameters,
                _ if step.starts_with('{') => Segment::Parameter,
                _ => Segment::Fixed(step.to_owned()),
            })
            .collect();
        Ok(Self {
            id,
            operation: kind,
            family,
            method,
            path,
            in_path: carried,
            bodies,
            form,
            query,
        })
    }

    /// The body of a model.
    pub(crate) fn body(&self, model: &Model) -> Option<&Body> {
        match &model.request {
            Some(name) => self.bodies.iter().find(|body| body.name == *name),
            None => self.bodies.first(),
        }
    }

    /// How much else the path may match: parameters of several segments first, and of these the fewest other segments.
    pub(super) fn generality(&self) -> (usize, usize) {
        let several = self.path.iter().any(|segment| matches!(segment, Segment::Parameters));
        let fixed = self.path.iter().filter(|segment| matches!(segment, Segment::Fixed(_)));
        match several {
            true => (usize::MAX, usize::MAX - fixed.count()),
            false => (self.path.len() - fixed.count(), 0),
        }
    }

    /// The fields that the path and the query carry.
    pub(crate) fn outside(&self, path: &[String], query: &BTreeMap<String, String>) -> Vec<Outside> {
        let in_path = std::iter::zip(&self.in_path, path).filter_map(|(carried, value)| {
            let (field, name) = carried.clone()?;
            Some((field, name, value))
        });
        let in_query = self.query.iter().filter_map(|parameter| {
            let value = query.get(&parameter.name)?;
            Some((parameter.field.clone()?, parameter.name.clone(), value))
        });
        in_path
            .chain(in_query)
            .map(|(field, name, value)| Outside {
                field,
                name,
                value: Value::from(value.as_str()),
            })
            .collect()
    }

    /// The values of the path parameters, if the path is this endpoint's.
    pub(super) fn matches(&self, steps: &[&str]) -> Option<Vec<String>> {
        let mut values = matched(&self.path, steps)?;
        values.reverse();
        Some(values)
    }
}

impl Body {
    fn build(document: &Value, definitions: &Value, schema: &Value) -> Result<Self, String> {
        let name = schema["$ref"]
            .as_str()
            .and_then(|reference| reference.rsplit('/').next());
        Ok(Self {
            name: name.unwrap_or_default().to_owned(),
            validator: schema::compile(&schema::translate(schema), definitions)?,
            carriers: carriers(document, schema),
            unverified: unverified(document, schema),
            positions: positions(document, schema),
            null_is_absent: resolve(document, schema)["x-null"] == "absent",
        })
    }

    /// Checks a request against the schema, and returns the problems.
    pub(crate) fn problems(&self, request: &Value) -> Vec<Problem> {
        schema::problems(&self.validator, request, &self.unverified)
    }

    /// A request without the members that are the same as absent.
    pub(crate) fn normal(&self, mut request: Value) -> Value {
        if let (true, Some(members)) = (self.null_is_absent, request.as_object_mut()) {
            members.retain(|_, value| !value.is_null());
        }
        request
    }

    /// The role of an item in a list of plain URLs, which its place decides.
    pub(crate) fn role_at(&self, list: &str, index: usize) -> &str {
        let roles = self.positions.get(list).map_or(&[][..], Vec::as_slice);
        roles.get(index).or(roles.last()).map_or("", String::as_str)
    }
}

impl QueryParameter {
    fn build(document: &Value, definitions: &Value, parameter: &Value) -> Result<Self, String> {
        let name = parameter["name"]
            .as_str()
            .ok_or("a parameter without a name")?
            .to_owned();
        let schema = &parameter["schema"];
        let validator = schema::compile(&schema::translate(schema), definitions)?;
        let integer = resolve(document, schema)["type"] == "integer";
        Ok(Self {
            name,
            field: parameter["x-field"].as_str().map(str::to_owned),
            integer,
            validator,
        })
    }

    /// Checks a value of the query string.
    pub(crate) fn problem(&self, value: &str) -> Option<Problem> {
        let json = match value.parse::<i64>() {
            Ok(number) if self.integer => Value::from(number),
            _ => Value::from(value),
        };
        let problem = schema::problems(&self.validator, &json, &BTreeSet::new())
            .into_iter()
            .next()?;
        Some(Problem::new(&self.name, problem.message))
    }
}

/// The values of the parameters in a path, the last first. A parameter of several segments takes as many as it can.
fn matched(path: &[Segment], steps: &[&str]) -> Option<Vec<String>> {
    let (Some((segment, path)), Some((step, rest))) = (path.split_first(), steps.split_first()) else {
        return (path.is_empty() && steps.is_empty()).then(Vec::new);
    };
    match segment {
        Segment::Fixed(fixed) if fixed == step => matched(path, rest),
        Segment::Parameter if !step.is_empty() => {
            let mut values = matched(path, rest)?;
            values.push(decoded(step));
            Some(values)
        }
        Segment::Parameters => (1..=steps.len()).rev().find_map(|length| {
            let (own, rest) = steps.split_at(length);
            let mut values = matched(path, rest).filter(|_| own.iter().all(|step| !step.is_empty()))?;
            let own: Vec<String> = own.iter().map(|step| decoded(step)).collect();
            values.push(own.join("/"));
            Some(values)
        }),
        _ => None,
    }
}

/// Percent-decodes a path segment.
fn decoded(step: &str) -> String {
    // These have a special meaning for the form decoder, but not in a path.
    let text = step.replace('+', "%2B").replace('=', "%3D").replace('&', "%26");
    url::form_urlencoded::parse(text.as_bytes())
        .next()
        .map_or_else(String::new, |(key, _)| key.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parameter_may_have_several_segments() {
        let path = |parts: &[&str]| -> Vec<Segment> {
            let part = |part: &&str| match *part {
                "*" => Segment::Parameters,
                "?" => Segment::Parameter,
                fixed => Segment::Fixed(fixed.to_owned()),
            };
            parts.iter().map(part).collect()
        };
        let found = |path: &[Segment], text: &str| {
            let steps: Vec<&str> = text.split('/').collect();
            matched(path, &steps).map(|mut values| {
                values.reverse();
                values.join(" ")
            })
        };
        let poll = path(&["*", "requests", "?", "status"]);
        assert_eq!(found(&poll, "a/b/requests/1/status").as_deref(), Some("a/b 1"));
        assert_eq!(
            found(&poll, "a/requests/b/requests/1/status").as_deref(),
            Some("a/requests/b 1")
        );
        for other in [
            "requests/1/status",
            "/requests/1/status",
            "a//requests/1/status",
            "a/b/requests/1",
            "a/b/requests//status",
        ] {
            assert_eq!(found(&poll, other), None, "{other}");
        }
        let create = path(&["*"]);
        assert_eq!(found(&create, "a/b%20c/d").as_deref(), Some("a/b c/d"));
        assert_eq!(found(&create, "a//d"), None);
    }
}

//! Endpoints: the path of each, and what it accepts.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::Value;

use crate::spec::fields::{Carrier, HeaderField, carriers, plain_inputs, positions, unverified};
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
    /// Its request bodies: one, or several for different models; none if it takes no body.
    pub(crate) bodies: Vec<Body>,
    /// Its multipart body.
    pub(crate) form: Option<Body>,
    pub(crate) query: Vec<QueryParameter>,
    /// Headers that carry fields.
    pub(crate) headers: Vec<HeaderRule>,
}

/// A header that carries a field: a number with a unit.
pub(crate) struct HeaderRule {
    pub(crate) name: String,
    field: String,
    unit: String,
    minimum: Option<i64>,
    maximum: Option<i64>,
    validator: Validator,
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
    /// The places of inputs that are plain URLs, each with its role.
    plain_inputs: Vec<(Vec<String>, String)>,
    /// Whether null is the same as leaving a member out.
    null_is_absent: bool,
}

enum Segment {
    Fixed(String),
    Parameter,
}

/// A query parameter.
pub(crate) struct QueryParameter {
    pub(crate) name: String,
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
        let (mut query, mut headers) = (Vec::new(), Vec::new());
        for parameters in [&item["parameters"], &operation["parameters"]] {
            for parameter in parameters.as_array().into_iter().flatten() {
                let parameter = resolve(document, parameter);
                if parameter["in"] == "query" {
                    query.push(QueryParameter::build(document, definitions, parameter)?);
                } else if parameter["in"] == "header" {
                    headers.extend(HeaderRule::build(definitions, parameter)?);
                }
            }
        }
        let path = path
            .split('/')
            .skip(1)
            .map(|step| {
                if step.starts_with('{') {
                    Segment::Parameter
                } else {
                    Segment::Fixed(step.to_owned())
                }
            })
            .collect();
        Ok(Self {
            id,
            operation: kind,
            family,
            method,
            path,
            bodies,
            form,
            query,
            headers,
        })
    }

    /// The body of a model.
    pub(crate) fn body(&self, model: &Model) -> Option<&Body> {
        match &model.request {
            Some(name) => self.bodies.iter().find(|body| body.name == *name),
            None => self.bodies.first(),
        }
    }

    /// How many parameters the path has.
    pub(super) fn parameters(&self) -> usize {
        self.path
            .iter()
            .filter(|segment| matches!(segment, Segment::Parameter))
            .count()
    }

    /// The values of the path parameters, if the path is this endpoint's.
    pub(super) fn matches(&self, steps: &[&str]) -> Option<Vec<String>> {
        if self.path.len() != steps.len() {
            return None;
        }
        let mut values = Vec::new();
        for (segment, step) in self.path.iter().zip(steps) {
            match segment {
                Segment::Fixed(fixed) if fixed == step => {}
                Segment::Parameter if !step.is_empty() => values.push(decoded(step)),
                _ => return None,
            }
        }
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
            plain_inputs: plain_inputs(document, schema),
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

    /// The inputs of a request that are plain URLs: the place of each, its role and its value.
    pub(crate) fn plain_inputs<'a>(&'a self, request: &'a Value) -> impl Iterator<Item = (String, &'a str, &'a Value)> {
        self.plain_inputs.iter().flat_map(move |(path, role)| {
            let value = path.iter().try_fold(request, |value, step| value.get(step));
            let place = path.join(".");
            let listed = value.and_then(Value::as_array).into_iter().flatten().enumerate();
            let listed = listed.map({
                let place = place.clone();
                move |(index, value)| (format!("{place}[{index}]"), role.as_str(), value)
            });
            let single = value.filter(|value| !value.is_array() && !value.is_null());
            single
                .map(|value| (place, role.as_str(), value))
                .into_iter()
                .chain(listed)
        })
    }

    /// The role of an item in a list of plain URLs, which its place decides.
    pub(crate) fn role_at(&self, list: &str, index: usize) -> &str {
        let roles = self.positions.get(list).map_or(&[][..], Vec::as_slice);
        roles.get(index).or(roles.last()).map_or("", String::as_str)
    }
}

impl HeaderRule {
    /// `None`: the header carries no field.
    fn build(definitions: &Value, parameter: &Value) -> Result<Option<Self>, String> {
        let (Some(name), Some(field)) = (parameter["name"].as_str(), parameter["x-field"].as_str()) else {
            return Ok(None);
        };
        let number = &parameter["x-number"];
        Ok(Some(Self {
            name: name.to_owned(),
            field: field.to_owned(),
            unit: number["unit"].as_str().unwrap_or_default().to_owned(),
            minimum: number["minimum"].as_i64(),
            maximum: number["maximum"].as_i64(),
            validator: schema::compile(&schema::translate(&parameter["schema"]), definitions)?,
        }))
    }

    /// The field's value in a header.
    pub(crate) fn read(&self, text: &str) -> Result<HeaderField, Problem> {
        let problems = schema::problems(&self.validator, &Value::from(text), &BTreeSet::new());
        if let Some(problem) = problems.into_iter().next() {
            return Err(Problem::new(&self.name, problem.message));
        }
        let number = text
            .strip_suffix(&self.unit)
            .and_then(|number| number.parse::<i64>().ok());
        let in_bounds = |number: i64| {
            self.minimum.is_none_or(|low| number >= low) && self.maximum.is_none_or(|high| number <= high)
        };
        match number {
            Some(number) if !in_bounds(number) => {
                let edge = |bound: Option<i64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
                let (low, high, unit) = (edge(self.minimum), edge(self.maximum), &self.unit);
                let rule = format!("must be {low} to {high} {unit}");
                Err(Problem::new(&self.name, rule))
            }
            // Another form that the schema allows, which the simulator does not follow.
            number => Ok(HeaderField {
                field: self.field.clone(),
                header: self.name.clone(),
                value: number.map_or_else(|| text.into(), Value::from),
            }),
        }
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
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_header_carries_a_number_with_a_unit() {
        let parameter = json!({
            "name": "Give-Up-After", "x-field": "expires_after", "x-number": {"unit": "s", "minimum": 5},
            "schema": {"type": "string", "pattern": "^([0-9]+m)?([0-9]+s)?$"},
        });
        let rule = HeaderRule::build(&json!({}), &parameter).unwrap().unwrap();
        let read = |text: &str| rule.read(text).map(|read| (read.field, read.value));
        assert_eq!(read("90s"), Ok(("expires_after".to_owned(), json!(90))));
        assert_eq!(read("2m"), Ok(("expires_after".to_owned(), json!("2m"))));
        assert_eq!(read("4s").unwrap_err().message, "Give-Up-After: must be 5 to any s");
        assert!(read("soon").is_err());
        let plain = json!({"name": "Prefer", "schema": {"type": "string"}});
        assert!(HeaderRule::build(&json!({}), &plain).unwrap().is_none());
    }

    #[test]
    fn plain_inputs_have_the_roles_of_their_places() {
        let document = json!({"components": {"schemas": {
            "Input": {"type": "object", "properties": {
                "image": {"type": "string", "x-field": "first_frame"},
                "clips": {"type": "array", "items": {"type": "string"}, "x-field": ["reference_video"],
                    "x-items": {"reference_video": {}}},
                "prompt": {"type": "string", "x-field": "prompt"},
                "has_video": {"type": "boolean", "x-field": "reference_video"},
            }},
            "Body": {"type": "object", "properties": {"input": {"$ref": "#/components/schemas/Input"}}},
        }}});
        let definitions = schema::translate(&document["components"]["schemas"]);
        let body = Body::build(&document, &definitions, &json!({"$ref": "#/components/schemas/Body"})).unwrap();
        let request = json!({"input": {"prompt": "a", "image": "u", "clips": ["v", "w"], "has_video": true}});
        let mut found: Vec<_> = body.plain_inputs(&request).collect();
        found.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(
            found,
            [
                ("input.clips[0]".to_owned(), "reference_video", &json!("v")),
                ("input.clips[1]".to_owned(), "reference_video", &json!("w")),
                ("input.image".to_owned(), "first_frame", &json!("u")),
            ]
        );
    }
}

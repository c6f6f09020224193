//! The place of a change, and changes before they are judged.

use serde_json::Value;

use super::judge::{Direction, Rule};

/// A component of the old spec, its counterpart in the new one, and a direction.
pub(crate) type NodeKey = (String, String, Direction);

/// A place in a spec.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// `CreateVideoRequest.ratio`.
    pub(crate) name: String,
    /// `types::CreateVideoRequest::ratio`, if the raw crate has such a name.
    pub(crate) rust: Option<String>,
    /// The direction of values here.
    pub(crate) direction: Option<Direction>,
    /// Normalised fields carried here, from the nearest property.
    pub(crate) fields: Vec<String>,
    /// The component that this is a part of; its operations are known once all are walked.
    pub(crate) node: Option<NodeKey>,
    /// The operation that this is a part of.
    pub(crate) operation: Option<String>,
}

impl Place {
    pub(crate) fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rust: None,
            direction: None,
            fields: Vec::new(),
            node: None,
            operation: None,
        }
    }

    /// The same place under a name that the raw crate does not have.
    pub(crate) fn inner(&self, name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            rust: None,
            ..self.clone()
        }
    }

    pub(crate) fn going(&self, direction: Direction) -> Self {
        Self {
            direction: Some(direction),
            ..self.clone()
        }
    }

    pub(crate) fn is_received(&self) -> bool {
        self.direction == Some(Direction::Received)
    }
}

/// A change that is not yet judged.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    pub(crate) rule: Rule,
    pub(crate) place: String,
    pub(crate) text: String,
    pub(crate) direction: Option<Direction>,
    pub(crate) operations: Vec<String>,
    pub(crate) rust: Vec<String>,
    pub(crate) facade: Vec<String>,
    /// The model whose limit changed.
    pub(crate) model: Option<String>,
    /// Enum values; status names of the facade if the enum is a task's status.
    pub(crate) words: Vec<String>,
    pub(crate) node: Option<NodeKey>,
}

impl Found {
    pub(crate) fn at(place: &Place, rule: Rule, text: impl Into<String>) -> Self {
        Self {
            rule,
            place: place.name.clone(),
            text: text.into(),
            direction: place.direction,
            operations: place.operation.iter().cloned().collect(),
            rust: place.rust.iter().cloned().collect(),
            facade: place.fields.clone(),
            model: None,
            words: Vec::new(),
            node: place.node.clone(),
        }
    }
}

/// A JSON value for messages: text in quotes, everything else as JSON.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("`{text}`"),
        Value::Null => "null".to_owned(),
        other => format!("`{other}`"),
    }
}

//! Opt-in adjustments of a request, and the record of what was adjusted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What may be done to a field that cannot be sent as it is. Without permission the request is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Adjust {
    /// Leave it out.
    Drop,
    /// Send the nearest that is allowed: the nearest duration or frame count, the next lower resolution.
    Round,
}

/// A field that was not sent as it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Adjustment {
    /// The field, or the input role.
    pub field: String,
    /// What was asked, without secrets.
    pub asked: String,
    /// What was sent; nothing when it was dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// The rule that made it necessary.
    pub rule: String,
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            asked,
            sent,
            rule,
        } = self;
        match sent {
            Some(sent) => write!(f, "{field} = {asked} was sent as {sent}: {rule}"),
            None => write!(f, "{field} = {asked} was dropped: {rule}"),
        }
    }
}

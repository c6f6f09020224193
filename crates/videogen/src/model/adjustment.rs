//! Opt-in adjustments of a request, and the record of what was adjusted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Permitted adjustment of a field that the model does not support; see [`VideoRequest::adjust`](crate::VideoRequest::adjust).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Adjust {
    /// Drop the field.
    Drop,
    /// Send the nearest supported value: duration, frame count or resolution. Of two resolutions whose number of lines is as near, the
    /// lower one.
    Round,
}

/// A field that was dropped or rounded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Adjustment {
    /// The field, or the input role.
    pub field: String,
    /// The requested value, without secrets.
    #[serde(alias = "asked")]
    pub requested: String,
    /// The value that was sent; `None` when the field was dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// The rule that made it necessary.
    pub rule: String,
}

impl fmt::Display for Adjustment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            requested,
            sent,
            rule,
        } = self;
        match sent {
            Some(sent) => write!(f, "{field} = {requested} was sent as {sent}: {rule}"),
            None => write!(f, "{field} = {requested} was dropped: {rule}"),
        }
    }
}

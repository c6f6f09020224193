//! Rules between the fields of a request, and notes on their values, as entries of `x-models` state them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Condition {
    pub(crate) when: BTreeMap<String, FieldState>,
    pub(crate) requires: BTreeMap<String, FieldState>,
    /// No page documents this rule.
    #[serde(default)]
    pub(crate) unverified: bool,
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[serde(untagged)]
pub(crate) enum FieldState {
    Word(FieldWord),
    OneOf(Vec<String>),
}

#[derive(Deserialize, JsonSchema, PartialEq, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FieldWord {
    Set,
    Unset,
}

/// A value that is accepted with a note.
#[derive(Deserialize, JsonSchema, PartialEq, Clone)]
#[schemars(deny_unknown_fields)]
pub(crate) struct Doubt {
    pub(crate) field: String,
    pub(crate) value: String,
    /// Why the vendor may refuse it.
    #[schemars(length(min = 1))]
    pub(crate) reason: String,
}

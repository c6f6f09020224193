//! Names in the generated crates and in the facade, as the generator spells them.

use heck::ToSnakeCase as _;
use serde_json::Value;

use crate::spec::names::variant;

/// A member of a generated struct: `types::Task::type_`.
#[must_use]
pub fn field(schema: &str, property: &str) -> String {
    format!("types::{schema}::{}", member(property))
}

/// A property's name in Rust; a keyword gets an underscore.
#[must_use]
pub fn member(property: &str) -> String {
    let name = property.to_snake_case();
    if syn::parse_str::<syn::Ident>(&name).is_ok() {
        name
    } else {
        format!("{name}_")
    }
}

/// A variant of an open enum: `enums::AspectRatio::V16x9`.
#[must_use]
pub fn value(schema: &str, value: &str) -> String {
    format!("enums::{schema}::{}", variant(value))
}

/// A method of the generated client.
#[must_use]
pub fn method(operation: &str) -> String {
    format!("Client::{operation}")
}

/// The facade's status for a status word of the vendor of `spec`. A test of the facade compares this with its own
/// mapping, which this crate may not use.
#[must_use]
pub fn task_status(spec: &Value, word: &str) -> String {
    let own = spec
        .pointer("/x-tasks/statuses")
        .and_then(|words| words.get(word)?.as_str());
    let known = match own.unwrap_or(word).trim().to_ascii_lowercase().as_str() {
        "queued" | "submitted" | "pending" | "not_start" => "Queued",
        "in_progress" | "processing" | "running" => "InProgress",
        "completed" | "succeeded" | "success" => "Completed",
        "failed" | "failure" | "error" => "Failed",
        "cancelled" | "canceled" => "Cancelled",
        "expired" => "Expired",
        _ => return format!("TaskStatus::Unknown({word:?})"),
    };
    format!("TaskStatus::{known}")
}

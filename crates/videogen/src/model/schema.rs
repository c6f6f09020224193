//! JSON Schemas of the public types, to build forms and tool calls on. Most are derived; these are written as strings.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::model::Raw;
use crate::model::{Source, TaskId, TaskStatus, Vendor, VideoDuration};

macro_rules! schema {
    ($($kind:ty => $schema:tt),* $(,)?) => {$(
        impl JsonSchema for $kind {
            fn schema_name() -> Cow<'static, str> {
                stringify!($kind).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}

schema! {

    Source => {
        "type": "string",
        "pattern": "^(https?://|asset://|upload:|file:|data:)",
        "description": "An https:// URL, an asset:// id, an upload: id, a data: URL, or the file: path of a local file if the program permits those.",
    },
    VideoDuration => {
        "oneOf": [
            {"type": "integer", "minimum": 0, "maximum": u32::MAX},
            {"type": "string", "pattern": "^([0-9]{1,9}|[Aa][Uu][Tt][Oo])$"},
        ],
    },
    TaskId => {
        "type": "string",
        "pattern": "^[a-z0-9]+:[^:]+:.+$",
        "description": "vendor:family:id",
    },
    Vendor => {
        "type": "string",
        "description": "The vendor's name in task ids",
    },
    // Unknown statuses of a vendor are passed through.
    TaskStatus => {
        "type": "string",
        "examples": ["queued", "in_progress", "completed", "failed", "cancelled", "expired"],
    },
    Raw => true,
}

/// Returns the JSON Schema (2020-12) of [`VideoRequest`](crate::VideoRequest).
#[must_use]
pub fn request_schema() -> serde_json::Value {
    schemars::schema_for!(crate::model::VideoRequest).to_value()
}

/// Returns the JSON Schema (2020-12) of [`VideoTask`](crate::VideoTask).
#[must_use]
pub fn task_schema() -> serde_json::Value {
    schemars::schema_for!(crate::model::VideoTask).to_value()
}

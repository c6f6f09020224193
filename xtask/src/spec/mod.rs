//! Code that commands share: specs, rules, generated crates, and changes between two states.
//!
//! Nothing here uses a command. `document`, `like`, `lines`, `text` and `files` read specs; `schema`, `names`, `tasks`, `lists`,
//! `service`, `prices` and `facts` interpret them; above these are `rules`, then `raw` (a generated crate in memory), then `lint` (both of them); `source` and
//! `changes` compare two states.

mod auth;
pub mod changes;
mod conditions;
pub mod copies;
mod document;
pub(crate) mod errors;
pub mod facts;
pub mod fields;
mod files;
mod like;
pub mod lines;
pub mod lint;
pub(crate) mod listing;
pub mod lists;
mod local_files;
pub mod names;
pub mod pages;
mod price_tables;
pub(crate) mod prices;
pub mod raw;
pub mod rules;
pub mod schema;
mod service;
mod shapes;
pub mod source;
pub mod tasks;
mod text;
pub mod uploads;
pub mod vendor_pages;

pub use self::document::{
    METHODS, Operation, Spec, SpecError, component, form_schema, members, request_schemas, sources,
};
pub use self::files::{is_vendor, vendors};
pub use self::text::{escape, is_invisible, visible};

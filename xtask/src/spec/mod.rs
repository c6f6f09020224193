//! What the commands share: specs, the rules for them, the crates made from them, and what changed between two of them.
//!
//! No command is known here. `document`, `text` and `files` read specs; `schema`, `names` and `facts` say what is in them;
//! above these stand `rules`, then `raw` (a generated crate in memory), then `lint` (both of them); `source` and `changes`
//! compare two states.

pub mod changes;
mod document;
pub mod facts;
pub mod fields;
mod files;
pub mod lint;
pub mod names;
pub mod raw;
pub mod rules;
pub mod schema;
pub mod source;
mod text;

pub use self::document::{METHODS, Operation, Spec, SpecError, component, escape, members, sources};
pub use self::files::{is_vendor, vendors};
pub use self::text::{is_invisible, visible};

//! Validation and adjustment of requests: pure functions of the request, the headers of its local files, and the facts of the
//! specs.
//!
//! Floor 1: depends on `model` alone. It may not be async or name vendors.

pub(crate) mod adjust;
mod conditions;
pub(crate) mod cost;
mod hints;
pub(crate) mod media;
mod members;
mod notes;
mod permission;
mod prompt_flags;
pub(crate) mod spelling;
mod unverified;
mod validate;

pub(crate) use notes::notes;
pub(crate) use validate::of_file;
pub use validate::validate;
pub(crate) use validate::{overridden, validate_with};

//! Validation and adjustment of requests: pure functions of the request and the facts of the specs.
//!
//! Floor 1: depends on `model` alone. It may not be async or name vendors.

pub(crate) mod adjust;
mod conditions;
mod hints;
mod notes;
mod permission;
mod unverified;
mod validate;

pub(crate) use notes::notes;
pub(crate) use validate::overridden;
pub use validate::validate;

//! Rules that a request has to keep: pure functions of the request and of the facts of the specs.
//!
//! Floor 1: depends on `model` alone. Nothing here waits, and no vendor is named.

pub(crate) mod adjust;
mod permission;
mod validate;

pub use validate::validate;

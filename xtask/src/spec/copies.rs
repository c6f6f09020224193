//! The simulator's copies of the specs: JSON inside its crate, so that its package builds without this repository and
//! without a reader of YAML.

use super::Spec;

/// Their folder.
pub const FOLDER: &str = "crates/sim/specs";

/// The name of a vendor's copy, and its text: what the spec says, as it was written.
#[must_use]
pub fn copy(spec: &Spec) -> (String, String) {
    (format!("{}.json", spec.vendor), format!("{:#}\n", spec.written))
}

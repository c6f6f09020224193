//! Everything that is wrong in a spec: what the rules find, and what the generator refuses.

use super::raw::raw_crate_of;
use super::rules::{self, Finding};
use super::{Spec, SpecError};

/// Everything that is wrong in the text of a spec, in the order of the file. `file` is the name that findings carry.
///
/// # Errors
/// When the text is not YAML, or not an object.
pub fn lint(file: &str, text: &str) -> Result<Vec<Finding>, SpecError> {
    let spec = Spec::parse_leniently(file, text)?;
    Ok(rules::all(&spec, text, || raw_crate_of(&spec).err()))
}

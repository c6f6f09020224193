//! All errors in a spec: findings of the rules, and failures of the generator.

use super::raw;
use super::rules::{self, Finding};
use super::{Spec, SpecError};

/// All errors in the text of a spec, in the order of the file. `file` is the name used in findings.
///
/// # Errors
/// When the text is not YAML, or not an object.
pub fn lint(file: &str, text: &str) -> Result<Vec<Finding>, SpecError> {
    let (spec, lines) = Spec::parse_leniently(file, text)?;
    Ok(rules::all(&spec, &lines, || raw::check(&spec).err()))
}

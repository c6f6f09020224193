//! The spec files of the repository.

use std::fs;
use std::path::Path;

use super::SpecError;

/// Returns the requested vendors, or all that have a spec, in order of name.
///
/// # Errors
/// When a vendor has no spec, or `specs` cannot be read.
pub fn vendors(root: &Path, requested: &[String]) -> Result<Vec<String>, SpecError> {
    let missing = |reason: String| SpecError {
        file: "specs".to_owned(),
        pointer: String::new(),
        reason,
    };
    let mut all: Vec<String> = fs::read_dir(root.join("specs"))
        .map_err(|error| missing(error.to_string()))?
        .filter_map(|entry| {
            let name = entry.ok()?.file_name().into_string().ok()?;
            Some(name.strip_suffix(".yaml")?.to_owned()).filter(|name| !name.starts_with('.'))
        })
        .collect();
    all.sort();
    if let Some(odd) = all.iter().find(|name| !is_vendor(name)) {
        return Err(missing(format!(
            "{:?} cannot be a vendor's spec: rename it to lower-case ASCII letters and digits, a letter first, and \".yaml\"",
            format!("{odd}.yaml")
        )));
    }
    if let Some(unknown) = requested.iter().find(|vendor| !all.contains(vendor)) {
        return Err(missing(format!("no {unknown}.yaml; there are: {}", all.join(", "))));
    }
    Ok(if requested.is_empty() { all } else { requested.to_vec() })
}

/// Whether `name` can be a vendor's: it becomes a file, a package, a Rust module and a feature.
#[must_use]
pub fn is_vendor(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

//! Hints for violations: which vendors and models support a field.

use crate::model::{Capabilities, Role, Vendor};

/// Most models of one vendor that a hint names.
const MOST: usize = 3;

/// Hint for an unsupported field: the vendors that support it.
pub(super) fn elsewhere(name: &str) -> String {
    let takers: Vec<String> = Vendor::ALL
        .iter()
        .filter_map(|vendor| takers_at(*vendor, name))
        .collect();
    if takers.is_empty() {
        "leave it out".to_owned()
    } else {
        format!("leave it out, or use {}", takers.join(", "))
    }
}

/// The vendor, with the models that support the field unless all of them do.
fn takers_at(vendor: Vendor, name: &str) -> Option<String> {
    let is_role = Role::ALL.iter().any(|role| role.as_str() == name);
    let takes = |entry: &Capabilities| {
        entry.field(name).is_some()
            && (name != "frames" || entry.model.frames.is_some())
            && (!is_role || entry.model.inputs.iter().any(|input| input.role == name))
    };
    let (yes, no): (Vec<_>, Vec<_>) = Capabilities::all(vendor).partition(takes);
    if yes.is_empty() {
        None
    } else if no.is_empty() {
        Some(vendor.name().to_owned())
    } else {
        let models: Vec<_> = yes.iter().take(MOST).map(|entry| entry.model.id).collect();
        let more = match yes.len().saturating_sub(MOST) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some(format!("{} ({}{more})", vendor.name(), models.join(", ")))
    }
}

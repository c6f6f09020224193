//! Hints for violations: which vendors and models support a field.

use crate::model::nearest::nearest;
use crate::model::{Adjust, Capabilities, Role, Vendor};
use crate::rules::permission::is_adjustable;
use crate::rules::unverified;

/// How to fix a violation.
pub(super) struct Hint {
    pub(super) text: String,
    /// How many models that support the field the text does not name.
    pub(super) more_models: usize,
    /// Whether the field fits among the extra members.
    pub(super) fits_extra: bool,
}

impl<T: Into<String>> From<T> for Hint {
    fn from(text: T) -> Self {
        Self {
            text: text.into(),
            more_models: 0,
            fits_extra: false,
        }
    }
}

/// Most models of one vendor that a hint names.
const MOST: usize = 3;

/// Hint for an unsupported field: the vendors that support it.
pub(super) fn elsewhere(name: &str) -> Hint {
    let takers = Vendor::ALL.iter().filter_map(|vendor| takers_at(*vendor, name));
    let (takers, more): (Vec<String>, Vec<usize>) = takers.unzip();
    if takers.is_empty() {
        return "leave it out".into();
    }
    Hint {
        more_models: more.iter().sum(),
        ..format!("leave it out, or use {}", takers.join(", ")).into()
    }
}

/// Hint for a field whose place in the request of an unlisted model is not known.
pub(super) fn under_another_name(vendor: Vendor, model: &str) -> Hint {
    let meant = Capabilities::nearest(vendor, model).map(|near| format!("; did you mean the model {near}?"));
    let text = format!("send it under the vendor's name for it{}", meant.unwrap_or_default());
    Hint {
        fits_extra: true,
        ..text.into()
    }
}

/// Hint for a value that is not allowed.
pub(super) fn one_of(allowed: &[&str], value: &str) -> Hint {
    match allowed.iter().find(|known| known.eq_ignore_ascii_case(value)) {
        Some(spelling) => format!("use {spelling}").into(),
        None => {
            // An empty value stands for none.
            let named: Vec<&str> = allowed.iter().copied().filter(|known| !known.is_empty()).collect();
            let (one_of, near) = match named.len() > 1 {
                true => ("one of ", nearest(value, named.iter().copied())),
                false => ("", None),
            };
            let meant = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
            format!("use {one_of}{}{meant}", named.join(", ")).into()
        }
    }
}

/// Whether a hint is to use another value of the field.
pub(super) fn names_a_value(hint: &str) -> bool {
    hint.starts_with("use ") || hint.starts_with("leave it out for the default, or use ")
}

/// Hint for a field that cannot be adjusted.
pub(super) fn adjustable(field: &str, how: Adjust) -> String {
    let names = unverified::names().filter(|name| is_adjustable(name, how));
    match nearest(field, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "any optional field can be dropped; duration, frames and resolution can be rounded".to_owned(),
    }
}

/// The vendor, with the models that support the field unless all of them do, and how many of these are not named.
fn takers_at(vendor: Vendor, name: &str) -> Option<(String, usize)> {
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
        Some((vendor.name().to_owned(), 0))
    } else {
        let models: Vec<_> = yes.iter().take(MOST).map(|entry| entry.model.id).collect();
        let more = yes.len().saturating_sub(MOST);
        let and_more = match more {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        Some((format!("{} ({}{and_more})", vendor.name(), models.join(", ")), more))
    }
}

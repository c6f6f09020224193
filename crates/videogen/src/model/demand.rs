//! What must hold of a field of a request, in rules of the specs and in prices.

use std::borrow::Cow;

use videogen_wire::facts::FieldState;

/// Among the values of a condition: the field may be left out.
pub(crate) const UNSET: &str = "unset";

/// What a field must be.
pub(crate) enum Demand<'a> {
    Set,
    Unset,
    OneOf(Cow<'a, [&'a str]>),
}

impl From<FieldState> for Demand<'static> {
    fn from(state: FieldState) -> Self {
        match state {
            FieldState::Set => Self::Set,
            FieldState::Unset => Self::Unset,
            FieldState::OneOf(values) => Self::OneOf(Cow::Borrowed(values)),
        }
    }
}

/// How a field meets a demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fit {
    /// As the request sets it, or leaves it out.
    Stated,
    /// As the vendor takes or decides it.
    Decided,
}

/// How a field meets a demand, given its value, and the one that the video has where the request leaves it to the vendor.
pub(crate) fn fit(demand: &Demand<'_>, value: Option<&str>, decided: Option<&str>) -> Option<Fit> {
    let stated = match demand {
        Demand::Set => value.is_some(),
        Demand::Unset => value.is_none(),
        Demand::OneOf(values) => values.contains(&value.unwrap_or(UNSET)),
    };
    let is_decided = || match demand {
        Demand::OneOf(values) => decided.is_some_and(|decided| values.contains(&decided)),
        _ => false,
    };
    match stated {
        true => Some(Fit::Stated),
        false => is_decided().then_some(Fit::Decided),
    }
}

/// Whether a field meets a demand, given its value and what it is taken for where it is not set.
pub(crate) fn fits(demand: Demand<'_>, value: Option<String>, default: impl FnOnce() -> Option<String>) -> bool {
    match demand {
        Demand::Set => value.is_some(),
        Demand::Unset => value.is_none(),
        Demand::OneOf(values) if value.is_none() && values.contains(&UNSET) => true,
        Demand::OneOf(values) => value
            .or_else(default)
            .is_some_and(|value| values.contains(&value.as_str())),
    }
}

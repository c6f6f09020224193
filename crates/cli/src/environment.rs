//! Environment variables. Depends on nothing else in this crate.

use std::ffi::OsString;

/// The value of a variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The value of a variable as text without blanks around it, unless it is empty.
pub(crate) fn text(name: &str) -> Option<String> {
    let value = variable(name)?.into_string().ok()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

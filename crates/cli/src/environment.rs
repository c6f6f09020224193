//! Environment variables, of the process or else of the file of `--env-file`. Depends on nothing else in this crate.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The password of a PostgreSQL database, as for PostgreSQL's own programs.
pub(crate) const PASSWORD: &str = "PGPASSWORD";

/// The file of `--env-file`, and the variables in it.
static FILE: OnceLock<(PathBuf, BTreeMap<String, String>)> = OnceLock::new();

/// Adds the variables of a file, for the rest of the run. Those of the process come first.
pub(crate) fn add(file: PathBuf, variables: BTreeMap<String, String>) {
    let _ = FILE.set((file, variables));
}

fn of_process(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// The file that a variable comes from; `None`: from the process, or it is not set.
pub(crate) fn file_of(name: &str) -> Option<&'static Path> {
    let (path, variables) = FILE.get()?;
    (of_process(name).is_none() && variables.contains_key(name)).then_some(path)
}

/// The value of a variable, unless it is empty.
pub(crate) fn variable(name: &str) -> Option<OsString> {
    let in_file = || FILE.get()?.1.get(name).map(OsString::from);
    of_process(name).or_else(in_file)
}

/// The value of a variable as text without blanks around it, unless it is empty.
pub(crate) fn text(name: &str) -> Option<String> {
    let value = variable(name)?.into_string().ok()?;
    let value = value.trim();
    (!value.is_empty()).then(|| value.to_owned())
}

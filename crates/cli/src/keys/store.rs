//! The file with the keys of `login`. Only its owner may read it.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret as _, SecretString};
use toml_edit::{DocumentMut, Item, Table, value};
use videogen::{ErrorKind, Vendor};

use crate::environment::variable;
use crate::exit::{ACCOUNT, Failure, IO};
use crate::output::file;
use crate::system;
use crate::user_file;

/// Environment variable with the path of the file.
const VARIABLE: &str = "VIDEOGEN_CREDENTIALS";
/// The member with the key.
const MEMBER: &str = "api_key";

/// The path of the file; `None` without a home folder.
pub(crate) fn path() -> Option<PathBuf> {
    match variable(VARIABLE) {
        Some(path) => Some(path.into()),
        None => user_file::in_config_folder("credentials.toml"),
    }
}

/// Checks whether the file can be used, if there is one.
///
/// # Errors
/// When it cannot be read, or others may read it.
pub(super) fn check() -> Result<(), Failure> {
    match path() {
        Some(path) => read(&path).map(drop),
        None => Ok(()),
    }
}

/// The stored key of a vendor.
pub(super) fn find(vendor: Vendor) -> Result<Option<SecretString>, Failure> {
    let Some(path) = path() else { return Ok(None) };
    let document = read(&path)?;
    let key = document
        .get(vendor.as_str())
        .and_then(|table| table.get(MEMBER)?.as_str());
    Ok(key.map(SecretString::from))
}

/// Stores the key of a vendor, in place of an earlier one, and returns the path of the file.
///
/// # Errors
/// When the file cannot be written, or others may read it.
pub(super) fn save(vendor: Vendor, key: &SecretString) -> Result<PathBuf, Failure> {
    change(|document| {
        let entry = document.entry(vendor.as_str());
        let entry = entry.or_insert_with(|| Item::Table(Table::new()));
        if !entry.is_table_like() {
            *entry = Item::Table(Table::new());
        }
        entry[MEMBER] = value(key.expose_secret());
        true
    })
    .map(|(path, _)| path)
}

/// Removes the key of a vendor, and returns whether there was one.
///
/// # Errors
/// When the file cannot be written, or others may read it.
pub(super) fn remove(vendor: Vendor) -> Result<(PathBuf, bool), Failure> {
    change(|document| document.remove(vendor.as_str()).is_some())
}

fn change(change: impl FnOnce(&mut DocumentMut) -> bool) -> Result<(PathBuf, bool), Failure> {
    let path = path().ok_or_else(|| {
        let message = format!("there is no home folder for keys; name a file with {VARIABLE}");
        Failure::new(IO, ErrorKind::Io, message)
    })?;
    let failed = |error: std::io::Error| {
        let message = format!("cannot write the keys to {}: {error}", file(&path));
        Failure::new(IO, ErrorKind::Io, message)
    };
    let _lock = user_file::lock(&path).map_err(failed)?;
    let mut document = read(&path)?;
    let is_changed = change(&mut document);
    if is_changed {
        user_file::replace(&path, &document.to_string()).map_err(failed)?;
    }
    Ok((path, is_changed))
}

fn read(path: &Path) -> Result<DocumentMut, Failure> {
    check_mode(path)?;
    let unusable = |reason: String| {
        let message = format!("cannot read the keys in {}: {reason}", file(path));
        Failure::new(ACCOUNT, ErrorKind::Config, message)
    };
    let text = user_file::read(path).map_err(|error| unusable(error.to_string()))?;
    // Without the text, which has keys.
    text.parse().map_err(|error: toml_edit::TomlError| {
        let line = user_file::line(&text, error.span());
        unusable(format!("line {line} is not valid TOML"))
    })
}

/// Rejects a file that others may read.
fn check_mode(path: &Path) -> Result<(), Failure> {
    if !system::is_open_to_others(path) {
        return Ok(());
    }
    let path = file(path);
    let message = format!("{path} has API keys, and other users may read or change it, so it is not used");
    let command = format!("chmod 600 {}", shell_words::quote(&path));
    Err(Failure::new(ACCOUNT, ErrorKind::Config, message).hint(&format!("Protect it with: {command}")))
}

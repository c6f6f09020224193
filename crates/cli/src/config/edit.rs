//! Changes of the configuration file. Comments and the order of the lines are kept.

use std::path::{Path, PathBuf};

use toml_edit::{DocumentMut, Item, Table, TableLike};
use videogen::ErrorKind;

use super::check::{CheckOutput, put};
use super::file::{broken, path, text};
use super::parse::{Problem, json, parse};
use super::settings::{Config, Key};
use crate::exit::{Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::output::file;
use crate::user_file;

/// A changed file.
pub(crate) struct Changed {
    pub(crate) path: PathBuf,
    /// The problems that are still in it.
    pub(crate) problems: Vec<String>,
}

/// Sets a value, which is given as on the command line.
///
/// # Errors
/// When there is no such key, when the value is invalid, or when the file cannot be changed.
pub(crate) fn set(key: &str, value: &str, check_output: CheckOutput) -> Result<Changed, Failure> {
    let known = Key::named(key).map_err(|reason| refused(&reason))?;
    let check = |value: &toml_edit::Value| {
        let value = json(&Item::Value(value.clone()));
        put(&mut Config::default(), &known, &value, check_output)
    };
    // A number, a switch or a list, where the key takes one; otherwise text.
    let text = toml_edit::Value::from(value);
    let parsed = value.parse::<toml_edit::Value>().ok();
    let value = match parsed.filter(|parsed| check(parsed).is_ok()) {
        Some(parsed) => parsed,
        None => {
            check(&text).map_err(|reason| refused(&format!("{key}: {reason}")))?;
            text
        }
    };
    change(check_output, |document, _| insert(document, key, value))
}

/// Removes a value.
///
/// # Errors
/// When it is not there, or when the file cannot be changed.
pub(crate) fn unset(key: &str, check_output: CheckOutput) -> Result<Changed, Failure> {
    change(check_output, |document, path| {
        if remove(document.as_table_mut(), key) {
            return Ok(());
        }
        let message = format!("{key} is not set in {}", file(path));
        let list = Invocation::new("config");
        Err(Failure::new(INVALID, ErrorKind::NotFound, message).hint(&format!("To see what is set, use: {list}")))
    })
}

fn refused(reason: &str) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, reason)
}

fn change(
    check_output: CheckOutput,
    change: impl FnOnce(&mut DocumentMut, &Path) -> Result<(), Failure>,
) -> Result<Changed, Failure> {
    let path = path()?;
    let failed = |error: std::io::Error| {
        let message = format!("cannot write the configuration to {}: {error}", file(&path));
        Failure::new(IO, ErrorKind::Io, message)
    };
    let _lock = user_file::lock(&path).map_err(failed)?;
    let before = text(&path)?;
    let Ok(mut document) = before.parse::<DocumentMut>() else {
        let (_, problems) = parse(&before, check_output);
        return Err(broken(&path, &problems));
    };
    change(&mut document, &path)?;
    let after = document.to_string();
    user_file::replace(&path, &after).map_err(failed)?;
    let (_, problems) = parse(&after, check_output);
    let problems = problems.iter().map(Problem::to_string).collect();
    Ok(Changed { path, problems })
}

/// Sets a value below its tables, which are created if necessary.
fn insert(document: &mut DocumentMut, key: &str, mut value: toml_edit::Value) -> Result<(), Failure> {
    let mut names: Vec<&str> = key.split('.').collect();
    let last = names.pop().unwrap_or_default();
    let mut table: &mut dyn TableLike = document.as_table_mut();
    for name in names {
        let item = table.entry(name).or_insert_with(|| {
            let mut new = Table::new();
            // `[vendor]` is not written above `[vendor.ark]`.
            new.set_implicit(true);
            Item::Table(new)
        });
        let Some(below) = item.as_table_like_mut() else {
            return Err(refused(&format!("`{name}` is not a table in the file")));
        };
        table = below;
    }
    match table.get_mut(last).and_then(Item::as_value_mut) {
        Some(there) => {
            // With the comment after it.
            *value.decor_mut() = there.decor().clone();
            *there = value;
        }
        None => drop(table.insert(last, Item::Value(value))),
    }
    Ok(())
}

fn remove(root: &mut Table, key: &str) -> bool {
    // Where there is a dot in a name, the whole of it was the name.
    let mut names: Vec<&str> = key.splitn(3, '.').collect();
    let last = names.pop().unwrap_or_default();
    let mut table: &mut dyn TableLike = root;
    for name in names {
        match table.get_mut(name).and_then(Item::as_table_like_mut) {
            Some(below) => table = below,
            None => return false,
        }
    }
    table.remove(last).is_some()
}

//! The user's own prices: a TOML file next to the configuration.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value as Json};
use toml_edit::{ArrayOfTables, Document, DocumentMut, Item, Table, TableLike, Value};
use videogen::ErrorKind;
use videogen::price::{PriceBook, PriceEntry};

use crate::environment::variable;
use crate::exit::{Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::output::file;
use crate::text::many;
use crate::user_file;

/// Environment variable with the path of the file.
const VARIABLE: &str = "VIDEOGEN_PRICES";

/// The file and its content.
pub(crate) struct Prices {
    pub(crate) path: PathBuf,
    pub(crate) book: PriceBook,
    document: DocumentMut,
}

impl Prices {
    /// Reads the file. There need not be one, unless the environment names it.
    pub(crate) fn read() -> Result<Self, Failure> {
        let path = path()?;
        if variable(VARIABLE).is_some() && !path.exists() {
            let message = format!("{VARIABLE} names {}, which does not exist", file(&path));
            let set = Invocation::new("prices").arg("set").flag("--help", true);
            let hint = format!("Correct or unset {VARIABLE}. To create the file with a price, see: {set}");
            return Err(Failure::new(IO, ErrorKind::Io, message).hint(&hint));
        }
        Self::read_from(path, true)
    }

    /// Changes the file, which no other process changes in the meantime. It may have prices that contradict each other.
    pub(crate) fn change<T>(change: impl FnOnce(&mut Self) -> Result<T, Failure>) -> Result<(Self, T), Failure> {
        let path = path()?;
        let _lock = user_file::lock(&path).map_err(|error| unwritable(&path, &error))?;
        let mut prices = Self::read_from(path, false)?;
        let changed = change(&mut prices)?;
        Ok((prices, changed))
    }

    /// `strict`: no two prices apply to the same requests if neither has more conditions.
    fn read_from(path: PathBuf, strict: bool) -> Result<Self, Failure> {
        let text = user_file::read(&path).map_err(|error| unusable(&path, &error))?;
        let problems = problems(&text, strict).map_err(|error| unusable(&path, &error))?;
        if !problems.is_empty() {
            let lines: Vec<String> = problems
                .iter()
                .map(|(line, text)| format!("\n  line {line}: {text}"))
                .collect();
            return Err(unusable(
                &path,
                &format!("{}{}", many(lines.len(), "problem"), lines.concat()),
            ));
        }
        Ok(Self {
            book: toml_edit::de::from_str(&text).map_err(|error| unusable(&path, &error))?,
            document: text.parse().map_err(|error| unusable(&path, &error))?,
            path,
        })
    }

    /// Adds a price, in place of the one for the same requests, which is returned.
    pub(crate) fn set(&mut self, entry: PriceEntry) -> Result<Option<PriceEntry>, Failure> {
        let others = self.book.own().iter().filter(|own| !own.is_for_the_same(&entry));
        let others: Vec<&PriceEntry> = others.filter(|other| other.conflicts_with(&entry)).collect();
        if let Some(failure) = contradicted(&others) {
            return Err(failure);
        }
        let table = toml_edit::ser::to_document(&entry).map_err(|error| unusable(&self.path, &error))?;
        let mut table = table.as_table().clone();
        // The conditions on the same line.
        if let Some(when) = table.remove("when").and_then(|when| when.into_table().ok()) {
            table.insert("when", Item::Value(when.into_inline_table().into()));
        }
        table.set_position(None);
        let known = self.find(|own| own.is_for_the_same(&entry));
        let replaced = known.first().map(|at| self.book.own()[*at].clone());
        let tables = self.tables()?;
        match known.first() {
            Some(at) => {
                if let Some(place) = tables.get_mut(*at) {
                    // With the comments above it.
                    let decor = place.decor().clone();
                    *place = table;
                    *place.decor_mut() = decor;
                }
                // Others for the same requests, written by hand.
                for at in known.iter().skip(1).rev() {
                    tables.remove(*at);
                }
            }
            None => tables.push(table),
        }
        self.book.set(entry);
        self.write()?;
        Ok(replaced)
    }

    /// Removes the prices that fit, and returns their number.
    pub(crate) fn remove(&mut self, fits: impl Fn(&PriceEntry) -> bool) -> Result<usize, Failure> {
        let found = self.find(fits);
        let tables = self.tables()?;
        for at in found.iter().rev() {
            tables.remove(*at);
        }
        if !found.is_empty() {
            self.write()?;
        }
        Ok(found.len())
    }

    fn find(&self, fits: impl Fn(&PriceEntry) -> bool) -> Vec<usize> {
        let own = self.book.own().iter().enumerate();
        own.filter(|(_, own)| fits(own)).map(|(at, _)| at).collect()
    }

    /// The entries, in the order of the book.
    fn tables(&mut self) -> Result<&mut ArrayOfTables, Failure> {
        let path = self.path.clone();
        let item = self
            .document
            .entry("price")
            .or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
        if item.as_array_of_tables().is_none() {
            let tables = std::mem::take(item).into_array_of_tables();
            *item = Item::ArrayOfTables(tables.map_err(|_| unusable(&path, &"price is not a list of tables"))?);
        }
        item.as_array_of_tables_mut()
            .ok_or_else(|| unusable(&path, &"price is not a list of tables"))
    }

    fn write(&self) -> Result<(), Failure> {
        user_file::replace(&self.path, &self.document.to_string()).map_err(|error| unwritable(&self.path, &error))
    }
}

/// The content of the file, of which nothing is checked.
#[derive(Deserialize)]
struct Written {
    #[serde(default)]
    price: Vec<Map<String, Json>>,
    #[serde(flatten)]
    others: Map<String, Json>,
}

/// Everything that is wrong in the file, with its line.
///
/// # Errors
/// When it is not TOML, or its prices are not tables.
fn problems(text: &str, strict: bool) -> Result<Vec<(usize, String)>, toml_edit::de::Error> {
    let written: Written = toml_edit::de::from_str(text)?;
    let document = Document::parse(text).map_err(toml_edit::de::Error::from)?;
    let line = |span| user_file::line(text, span);
    let mut problems: Vec<(usize, String)> = Vec::new();
    for (name, _) in written.others {
        let span = document.key(&name).and_then(toml_edit::Key::span);
        problems.push((line(span), format!("unknown field `{name}`, expected `price`")));
    }
    let entries: Vec<&dyn TableLike> = match document.get("price") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Some(Item::Value(Value::Array(values))) => {
            let tables = values.iter().filter_map(Value::as_inline_table);
            tables.map(|table| table as &dyn TableLike).collect()
        }
        _ => Vec::new(),
    };
    let starts = starts(document.as_table());
    let mut prices: Vec<(usize, PriceEntry)> = Vec::new();
    for (index, members) in written.price.into_iter().enumerate() {
        let error = match PriceEntry::try_from(members) {
            Ok(price) => {
                let start = line(starts.get(index).cloned().flatten());
                let others = prices
                    .iter()
                    .filter(|(_, other)| strict && other.conflicts_with(&price));
                problems.extend(others.map(|(other, _)| (start, contradiction(&price, *other))));
                prices.push((start, price));
                continue;
            }
            Err(error) => error,
        };
        for problem in error.problems() {
            let member = problem.member.split('.').next().unwrap_or_default();
            let key = entries.get(index).and_then(|entry| entry.key(member));
            let span = key
                .and_then(toml_edit::Key::span)
                .or_else(|| starts.get(index).cloned().flatten());
            problems.push((line(span), problem.text.clone()));
        }
    }
    problems.sort();
    Ok(problems)
}

fn contradiction(price: &PriceEntry, line: usize) -> String {
    format!(
        "this price of {} {} and that in line {line} may apply to the same request, and neither has more conditions",
        price.vendor.name(),
        price.model
    )
}

/// The error of a price that may apply to the same requests as others.
fn contradicted(others: &[&PriceEntry]) -> Option<Failure> {
    let first = others.first()?;
    let conditions: Vec<String> = others.iter().map(|other| conditions(other)).collect();
    let message = format!(
        "your {} of {} {}{} may apply to the same request, and neither has more conditions than the other",
        if others.len() == 1 { "price" } else { "prices" },
        first.vendor.name(),
        first.model,
        conditions.join(" and")
    );
    let unset = |other: &&PriceEntry| {
        let unset = Invocation::new("prices")
            .arg("unset")
            .arg(other.vendor.as_str())
            .arg(&other.model);
        let unset = unset.flag("--without-conditions", other.when.is_empty());
        let when = other.when.iter().map(|(field, rule)| format!("{field}={rule}"));
        when.fold(unset, |unset, when| unset.arg("--when").arg(&when))
            .to_string()
    };
    let unset: Vec<String> = others.iter().map(unset).collect();
    let hint = format!(
        "Add a condition with --when that the other price excludes, or remove the other: {}",
        unset.join("; ")
    );
    Some(Failure::new(INVALID, ErrorKind::InvalidRequest, message).hint(&hint))
}

/// Where the entries begin.
fn starts(document: &Table) -> Vec<Option<Range<usize>>> {
    match document.get("price") {
        Some(Item::ArrayOfTables(tables)) => tables.iter().map(Table::span).collect(),
        Some(Item::Value(Value::Array(tables))) => tables.iter().map(Value::span).collect(),
        _ => Vec::new(),
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    let message = format!("cannot write the prices to {}: {error}", file(path));
    Failure::new(IO, ErrorKind::Io, message)
}

/// The path of the file.
pub(crate) fn path() -> Result<PathBuf, Failure> {
    if let Some(path) = variable(VARIABLE) {
        return Ok(path.into());
    }
    user_file::in_config_folder("prices.toml").ok_or_else(|| {
        let message = format!("there is no home folder for your prices; name a file with {VARIABLE}");
        Failure::new(IO, ErrorKind::Io, message)
    })
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let error = error.to_string();
    let message = format!("cannot read your prices in {}: {}", file(path), error.trim_end());
    Failure::new(IO, ErrorKind::Io, message).hint(&format!("Correct the file, or name another with {VARIABLE}."))
}

/// The conditions of a price, after its model.
pub(crate) fn conditions(entry: &PriceEntry) -> String {
    let when: Vec<String> = entry
        .when
        .iter()
        .map(|(field, rule)| format!("{field}={rule}"))
        .collect();
    match when.is_empty() {
        true => " without conditions".to_owned(),
        false => format!(" for {}", when.join(" ")),
    }
}

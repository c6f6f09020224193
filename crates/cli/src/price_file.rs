//! The user's own prices: a TOML file beside the configuration. And how a cost is shown.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, Utc};
use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use toml_edit::{ArrayOfTables, DocumentMut, Item};
use videogen::facts::Operation;
use videogen::price::{Estimate, PriceBook, PriceEntry, PriceOrigin};
use videogen::{ErrorKind, Vendor};

use crate::account::AccountArgs;
use crate::exit::{Failure, IO};
use crate::output::{Output, file, moment};

/// Environment variable with the path of the file.
const VARIABLE: &str = "VIDEOGEN_PRICES";

/// The file and its content.
pub(crate) struct Prices {
    pub(crate) path: PathBuf,
    pub(crate) book: PriceBook,
    document: DocumentMut,
}

impl Prices {
    /// Reads the file; there need not be one.
    pub(crate) fn read() -> Result<Self, Failure> {
        let path = path()?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(unusable(&path, &error)),
        };
        Ok(Self {
            book: toml_edit::de::from_str(&text).map_err(|error| unusable(&path, &error))?,
            document: text.parse().map_err(|error| unusable(&path, &error))?,
            path,
        })
    }

    /// Adds a price, in place of the one for the same requests.
    pub(crate) fn set(&mut self, entry: PriceEntry) -> Result<(), Failure> {
        let table = toml_edit::ser::to_document(&entry).map_err(|error| unusable(&self.path, &error))?;
        let mut table = table.as_table().clone();
        // The conditions on the same line.
        if let Some(when) = table.remove("when").and_then(|when| when.into_table().ok()) {
            table.insert("when", Item::Value(when.into_inline_table().into()));
        }
        table.set_position(None);
        let known = self.find(|own| own.model == entry.model && own.vendor == entry.vendor && own.when == entry.when);
        let tables = self.tables()?;
        match known.first() {
            Some(at) => {
                if let Some(place) = tables.get_mut(*at) {
                    // With the comments above it.
                    let decor = place.decor().clone();
                    *place = table;
                    *place.decor_mut() = decor;
                }
            }
            None => tables.push(table),
        }
        self.book.set(entry);
        self.write()
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

    /// Replaces the file, or that to which it is a link.
    fn write(&self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| {
            let message = format!("cannot write the prices to {}: {error}", file(&self.path));
            Failure::new(IO, ErrorKind::Io, message)
        };
        let path = self.path.canonicalize().unwrap_or_else(|_| self.path.clone());
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        temporary
            .write_all(self.document.to_string().as_bytes())
            .map_err(failed)?;
        temporary.as_file().sync_all().map_err(failed)?;
        temporary.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

fn path() -> Result<PathBuf, Failure> {
    if let Some(path) = std::env::var_os(VARIABLE).filter(|path| !path.is_empty()) {
        return Ok(path.into());
    }
    let folders = choose_native_strategy().map_err(|_| {
        let message = format!("there is no home folder for your prices; name a file with {VARIABLE}");
        Failure::new(IO, ErrorKind::Io, message)
    })?;
    Ok(folders.config_dir().join("videogen").join("prices.toml"))
}

fn unusable(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    let error = error.to_string();
    let message = format!("cannot read your prices in {}: {}", file(path), error.trim_end());
    Failure::new(IO, ErrorKind::Io, message).hint(&format!("Correct the file, or name another with {VARIABLE}."))
}

/// Adds the prices that `vendors` answer now. One that cannot be asked is left out with a note.
pub(crate) async fn add_live(book: &mut PriceBook, vendors: &[Vendor], account: &AccountArgs, output: &Output) {
    for vendor in vendors {
        let name = vendor.name();
        if !vendor.supports(Operation::Models) {
            output.note(&format!("No live prices of {name}: it has no list of models"));
            continue;
        }
        let models = match account.client(*vendor) {
            Ok(client) => client.models().await.map_err(Failure::from),
            Err(failure) => Err(failure),
        };
        let models = match models {
            Ok(models) => models,
            Err(failure) => {
                let reason = failure.message.lines().next().unwrap_or_default();
                let reason = reason.strip_prefix(&format!("{name}: ")).unwrap_or(reason);
                output.note(&format!("No live prices of {name}: {reason}"));
                continue;
            }
        };
        if models.iter().all(|model| model.prices_usd.is_empty()) {
            output.note(&format!("No live prices of {name}: its list of models has none"));
        }
        for (model, names) in book.add_listed(*vendor, Utc::now(), &models) {
            let names = names.join(", ");
            output.note(&format!(
                "No live price of {name} {model}: this version does not know what is billed by {names}"
            ));
        }
    }
}

/// What a video costs, on one line.
pub(crate) fn line(estimate: &Estimate) -> String {
    let Some(cost) = estimate.known() else {
        return format!("Estimated cost: {estimate}");
    };
    let depends = match cost.depends_on.split_last() {
        None => String::new(),
        Some((only, [])) => format!(", depending on {only}"),
        Some((last, rest)) => format!(", depending on {} and {last}", rest.join(", ")),
    };
    let origin = match cost.origin {
        PriceOrigin::List { read, .. } => {
            format!("list price of {read}{}, before taxes, discounts and fees", age(read))
        }
        PriceOrigin::User => "your price".to_owned(),
        PriceOrigin::Live { at } => format!("the vendor's price at {}, before taxes, discounts and fees", moment(at)),
        _ => "price of unknown origin".to_owned(),
    };
    let unverified = if cost.unverified { "; unverified" } else { "" };
    format!("Estimated cost: {cost}{depends}: {} ({origin}{unverified})", cost.basis)
}

/// How old a price is.
fn age(read: &str) -> String {
    let Ok(date) = read.parse::<NaiveDate>() else {
        return String::new();
    };
    match (Utc::now().date_naive() - date).num_days() {
        1 => ", 1 day ago".to_owned(),
        days @ 2.. => format!(", {days} days ago"),
        _ => String::new(),
    }
}

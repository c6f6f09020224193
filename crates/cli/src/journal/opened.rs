//! Opening a journal by its path or URL, and why that fails.

use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy as _, choose_native_strategy};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use videogen::ErrorKind;
use videogen::journal::{JournalError, JournalErrorKind};
use videogen_journal::{SqliteJournal, Store};

use crate::environment::{PASSWORD, file_of, text, variable};
use crate::exit::{Failure, INVALID, IO};
use crate::output::file as shown_path;

/// Environment variable with the name of this machine in a journal of several.
const MACHINE: &str = "VIDEOGEN_MACHINE";

/// The folder of this program's data.
pub(crate) fn data_folder() -> Result<PathBuf, Failure> {
    let folders = choose_native_strategy().map_err(|_| {
        let message = "there is no home folder for the journal; name a file with --journal";
        Failure::new(IO, ErrorKind::Journal, message)
    })?;
    Ok(folders.data_dir().join("videogen"))
}

/// Whether there is a journal to open. Only opening a database shows whether it is there.
pub(crate) fn is_there(path: &Path) -> bool {
    Store::is_url(path) || path.exists()
}

/// The URL of a database with the password of the file of `--env-file`, which the library does not know.
fn with_password(url: &Path) -> PathBuf {
    let is_needed = file_of(PASSWORD).is_some() && Store::without_password(url) == url;
    let password = variable(PASSWORD)
        .filter(|_| is_needed)
        .and_then(|password| password.into_string().ok());
    let (Some(password), Some(text)) = (password, url.to_str()) else {
        return url.to_owned();
    };
    let mark = if text.contains('?') { '&' } else { '?' };
    let password = utf8_percent_encode(&password, NON_ALPHANUMERIC);
    format!("{text}{mark}password={password}").into()
}

/// Opens a journal, and creates it if it does not exist.
pub(crate) fn opened(path: &Path) -> Result<Store, JournalError> {
    match Store::is_url(path) {
        true => waited(Store::open(with_password(path))).map(|journal| match text(MACHINE) {
            Some(name) => journal.on_machine(&name),
            None => journal,
        }),
        false => SqliteJournal::open(path).map(Store::Sqlite),
    }
}

/// Opens a journal for reading.
pub(crate) fn opened_to_read(path: &Path) -> Result<Store, JournalError> {
    match Store::is_url(path) {
        true => waited(Store::open_read_only(with_password(path))),
        false => SqliteJournal::open_read_only(path).map(Store::Sqlite),
    }
}

/// Waits for a connection, as opening a file waits for the disk.
pub(super) fn waited<T>(opening: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(opening))
}

/// The name of a journal as text.
pub(crate) fn named(journal: &Store) -> String {
    shown_path(Path::new(&journal.name()))
}

/// A journal that cannot be used.
pub(crate) fn failure(error: JournalError) -> Failure {
    let text = error.to_string();
    let hint = match error.kind() {
        JournalErrorKind::InvalidName | JournalErrorKind::Missing => {
            return Failure::new(INVALID, ErrorKind::InvalidRequest, text);
        }
        // Another journal would not know what the machines that share this one have paid for.
        JournalErrorKind::Unavailable | JournalErrorKind::Refused | JournalErrorKind::Unconfirmed => {
            "Check that the database runs, and what the URL says: host, database, user, password (or PGPASSWORD), sslmode, schema. Then \
             run this again."
        }
        _ => "Use another file with --journal PATH, or none with --no-journal.",
    };
    let mut failure = Failure::new(IO, ErrorKind::Journal, text).hint(hint);
    failure.error.retryable = error.kind() == JournalErrorKind::Unavailable;
    failure
}

//! A journal without a file, for commands that only read.

use std::path::Path;

use rusqlite::Connection;
use videogen::journal::JournalError;

use super::{SqliteJournal, schema, text, unusable};

impl SqliteJournal {
    /// Returns the journal that a file at `path` would be, which does not exist: it has no submissions. Writes are refused.
    ///
    /// # Errors
    /// When `path` is not that of a regular file with one name.
    pub fn empty(path: impl AsRef<Path>) -> Result<Self, JournalError> {
        let path = path.as_ref();
        Self::check(path)?;
        let made = || -> Result<Self, String> {
            let mut connection = Connection::open_in_memory().map_err(text)?;
            connection.pragma_update(None, "foreign_keys", false).map_err(text)?;
            schema::migrate(&mut connection).map_err(text)?;
            Ok(Self {
                is_read_only: true,
                ..Self::new(path, connection, None)
            })
        };
        made().map_err(|error| unusable(path, &error))
    }
}

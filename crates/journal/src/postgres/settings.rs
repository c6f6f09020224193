//! Settings of the server on which the promises of the journal depend.

use super::fault::Fault;
use super::row::value;
use super::session::Session;
use videogen::journal::JournalError;

#[derive(Debug, Default)]
pub(super) struct Settings {
    /// What may lose committed submissions.
    pub(super) warnings: Vec<String>,
    /// Whether the user may change the tables.
    pub(super) may_write: bool,
    /// The id of the journal.
    pub(super) id: String,
    /// Whether the tables were created just now.
    pub(super) is_new: bool,
}

/// Reads the settings, once there are tables.
///
/// # Errors
/// When the database cannot store the records.
pub(super) async fn read(session: &Session) -> Result<Settings, Fault> {
    let sql = "SELECT current_setting('synchronous_commit'), current_setting('fsync'),
        current_setting('full_page_writes'), current_setting('synchronous_standby_names'), current_setting('server_encoding'),
        has_table_privilege('submissions', 'INSERT') AND has_table_privilege('submissions', 'UPDATE')
            AND has_table_privilege('events', 'INSERT'), (SELECT id FROM journal LIMIT 1)";
    let Some(row) = session.row(sql, &[]).await? else {
        return Err(Fault::Refused("a query has no answer".to_owned()));
    };
    let setting = |column| value::<String>(&row, column);
    let (commit, fsync, pages, standbys) = (setting(0)?, setting(1)?, setting(2)?, setting(3)?);
    let encoding = setting(4)?;
    if encoding != "UTF8" {
        return Err(Fault::Rule(JournalError::new(format!(
            "the encoding of the database is {encoding}; create one with UTF8"
        ))));
    }
    let lost = "a submission that was accepted can be lost, and its key be paid for again";
    let mut warnings = Vec::new();
    if commit == "off" {
        warnings.push(format!(
            "synchronous_commit is off: when the server stops, the last commits can be missing; {lost}"
        ));
    } else if commit == "local" && !standbys.is_empty() {
        warnings.push(format!(
            "synchronous_commit is local: when a replica takes over, the last commits can be missing; {lost}"
        ));
    }
    for (name, setting) in [("fsync", fsync), ("full_page_writes", pages)] {
        if setting == "off" {
            warnings.push(format!(
                "{name} is off: when the server's machine stops, the database can be damaged; {lost}"
            ));
        }
    }
    let may_write = value(&row, 5)?;
    Ok(Settings {
        warnings,
        may_write,
        id: value(&row, 6)?,
        is_new: false,
    })
}

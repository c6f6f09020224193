//! The journal of the command line.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use videogen::ErrorKind;
use videogen::journal::{Entry, JournalError, JournalErrorKind, Unreadable};
use videogen_journal::{SqliteJournal, Store};

use crate::environment::variable;
use crate::exit::{Failure, INVALID, IO};
use crate::output::{Output, file as shown_path, moment, shown};

mod opened;
mod owned;

use self::opened::data_folder;
pub(crate) use self::opened::{failure, is_there, named, opened, opened_to_read};
pub(crate) use self::owned::{leave, owner, spooling};
use self::owned::{owned, spooled};

#[derive(Args)]
#[command(next_help_heading = "Journal")]
pub(crate) struct JournalArgs {
    /// File or PostgreSQL [default: $VIDEOGEN_JOURNAL or DATA_DIR/videogen/journal.db].
    #[arg(long, global = true, value_name = "PATH|URL")]
    journal: Option<PathBuf>,
    /// Record nothing; an interrupted submission can then be lost.
    #[arg(long, global = true)]
    no_journal: bool,
    /// The file that the configuration names.
    #[arg(skip)]
    configured: Option<PathBuf>,
}

/// The scope of the vendors' own servers, in which budgets and costs are counted.
pub(crate) const PUBLIC: &str = "public";

/// The addresses that the submissions of each scope were sent to. Several names of this machine are one scope, which has one of
/// them: people see those that they used.
pub(crate) struct Addresses(BTreeMap<String, BTreeSet<String>>);

impl Addresses {
    /// From the origins of the submissions in each scope.
    pub(crate) fn of_origins(origins: &BTreeMap<String, BTreeSet<String>>) -> Self {
        let others = origins.iter().filter(|(scope, _)| *scope != PUBLIC);
        let bases = |origins: &BTreeSet<String>| origins.iter().map(|origin| base(origin)).collect();
        Self(others.map(|(scope, origins)| (scope.clone(), bases(origins))).collect())
    }

    /// The addresses of a scope; none of the vendors' own servers.
    pub(crate) fn of(&self, scope: &str) -> Vec<&str> {
        self.0.get(scope).into_iter().flatten().map(String::as_str).collect()
    }

    /// The addresses of a scope, or its name if none is known.
    pub(crate) fn text(&self, scope: &str) -> String {
        match self.of(scope).as_slice() {
            [] => scope.to_owned(),
            addresses => addresses.join(", "),
        }
    }
}

/// The host of an origin, without a path.
fn base(origin: &str) -> String {
    let end = origin.match_indices('/').nth(2).map_or(origin.len(), |(at, _)| at);
    origin[..end].to_owned()
}

/// Environment variable with the path of the file.
pub(crate) const VARIABLE: &str = "VIDEOGEN_JOURNAL";

impl JournalArgs {
    /// Sets the file to use if neither an option nor a variable names one.
    pub(crate) fn configure(&mut self, path: Option<PathBuf>) {
        self.configured = path;
    }

    /// For submissions: requires a journal, unless disabled.
    pub(crate) fn open(&self, output: &Output) -> Result<Option<Arc<Store>>, Failure> {
        if self.no_journal {
            return Ok(None);
        }
        let path = self.path()?;
        let journal = opened(&path).map_err(failure)?;
        if !journal.may_write() {
            let message = format!(
                "the journal {} cannot be used: this user may only read it",
                named(&journal)
            );
            let hint = "Grant the user INSERT, UPDATE and DELETE on its tables, or make the file writable.";
            return Err(Failure::new(IO, ErrorKind::Journal, message).hint(hint));
        }
        if journal.is_new() {
            // A mistyped URL would be paid for again.
            output.note(&format!("Created a journal in {}.", named(&journal)));
        }
        Ok(Some(Arc::new(owned(spooled(journal)))))
    }

    /// For commands that mostly read: creates no journal. One that cannot be written is opened read-only.
    pub(crate) fn open_to_read(&self, output: &Output) -> Result<Option<Arc<Store>>, Failure> {
        let path = self.path().ok().filter(|path| !self.no_journal && !is_there(path));
        if let Some(path) = path {
            let empty = SqliteJournal::empty(&path).map_err(failure)?;
            // A mistyped path must not look like a journal without submissions.
            if self.journal.is_some() {
                output.note(&format!("There is no journal at {}.", shown_path(&path)));
            }
            return Ok(Some(Arc::new(Store::Sqlite(empty))));
        }
        // Opening a database for writing would create its tables.
        if let Ok(path) = self.path()
            && let (false, Some(error)) = (self.no_journal, missing(&path))
        {
            return Err(failure(error));
        }
        let failed = match self.open(output) {
            Err(failed) => failed,
            opened => return opened,
        };
        let Ok(journal) = opened_to_read(&self.path()?) else {
            return Err(failed);
        };
        output.note(&format!(
            "The journal cannot be written, so found tasks are not recorded: {}",
            failed.message.lines().next().unwrap_or_default()
        ));
        Ok(Some(Arc::new(journal)))
    }

    /// For a simulation, which needs no record: only with --journal.
    pub(crate) fn open_if_named(&self, output: &Output) -> Result<Option<Arc<Store>>, Failure> {
        if self.journal.is_some() {
            self.open(output)
        } else {
            Ok(None)
        }
    }

    /// Refuses an option that has no effect without a journal. `simulate`: there is one only if it is named.
    pub(crate) fn needed_for(&self, option: &str, simulate: bool) -> Result<(), Failure> {
        let what_to_do = if self.no_journal {
            "remove --no-journal"
        } else if simulate && self.journal.is_none() {
            "name one with --journal PATH"
        } else {
            return Ok(());
        };
        let message = format!("{option} needs a journal; {what_to_do}");
        Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message))
    }

    /// For updates of a known task: creates no journal, and continues without one that cannot be used.
    pub(crate) fn open_if_there(&self, output: &Output) -> Option<Arc<Store>> {
        let path = self.path().ok()?;
        if self.no_journal || (!is_there(&path) && Store::check(&path).is_ok()) || missing(&path).is_some() {
            return None;
        }
        match self.open(output) {
            Ok(journal) => journal,
            Err(failure) => {
                output.note(&format!("Nothing is recorded: {}", failure.message));
                None
            }
        }
    }

    /// For plans, which change nothing: the journal as it is, if it can be read.
    pub(crate) fn open_unchanged(&self) -> Option<Arc<Store>> {
        let path = self.path().ok().filter(|path| !self.no_journal && is_there(path))?;
        opened_to_read(&path).ok().map(Arc::new)
    }

    /// The same, if there is one; it must be readable.
    pub(crate) fn open_as_it_is(&self) -> Result<Option<Arc<Store>>, Failure> {
        let path = self.path().ok().filter(|path| !self.no_journal && is_there(path));
        let Some(path) = path else { return Ok(None) };
        let opened = opened_to_read(&path).map_err(failure)?;
        Ok(Some(Arc::new(opened)))
    }

    /// The journal that --no-journal leaves out, if it is there.
    pub(crate) fn left_out(&self) -> Option<Arc<Store>> {
        let path = self.path().ok().filter(|path| self.no_journal && is_there(path))?;
        opened_to_read(&path).ok().map(Arc::new)
    }

    /// For views, which change nothing: the journal as it is, if there is one. One that the user named must be readable.
    pub(crate) fn open_to_look(&self, output: &Output) -> Result<Option<Arc<Store>>, Failure> {
        let is_wanted = |path: &PathBuf| !self.no_journal && (self.journal.is_some() || is_there(path));
        let Some(path) = self.path().ok().filter(is_wanted) else {
            return Ok(None);
        };
        match opened_to_read(&path).map_err(failure) {
            Ok(journal) => Ok(Some(Arc::new(journal))),
            Err(failed) if self.journal.is_some() => Err(failed),
            Err(failed) => {
                output.note(&format!("Without the journal: {}", failed.message));
                Ok(None)
            }
        }
    }

    /// For upkeep of the file: it must exist.
    pub(crate) fn open_existing(&self) -> Result<Arc<Store>, Failure> {
        let path = self.path()?;
        let refused = |message: String| Failure::new(INVALID, ErrorKind::InvalidRequest, message);
        if self.no_journal {
            return Err(refused("this is about the journal; remove --no-journal".to_owned()));
        }
        if !is_there(&path) && Store::check(&path).is_ok() {
            return Err(refused(format!("there is no journal at {}", shown_path(&path))));
        }
        // Opening it would create its tables: a mistyped schema would be a sound and empty journal.
        if let Some(error) = missing(&path) {
            return Err(failure(error));
        }
        Ok(Arc::new(spooled(opened(&path).map_err(failure)?)))
    }

    /// The journal options, as given, without a password.
    pub(crate) fn options(&self) -> Vec<OsString> {
        let journal = self.journal.iter().map(Store::without_password);
        let journal = journal.flat_map(|path| ["--journal".into(), path.into()]);
        journal.chain(self.no_journal.then(|| "--no-journal".into())).collect()
    }

    /// The files that no output may replace: the journal, which may not exist yet, and SQLite's files
    /// next to it.
    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let path = self.path().ok().filter(|path| !self.no_journal && !Store::is_url(path));
        let beside = |path: PathBuf| {
            ["", "-wal", "-shm", "-journal"].map(|suffix| {
                let mut name = path.clone().into_os_string();
                name.push(suffix);
                PathBuf::from(name)
            })
        };
        path.map(beside).into_iter().flatten().collect()
    }

    /// Where what belongs to this journal on this machine is kept: next to the file, or in the data directory.
    pub(crate) fn beside(&self, journal: &Store) -> Result<PathBuf, Failure> {
        if let Some(path) = journal.path() {
            return Ok(path.to_owned());
        }
        let name = journal.name();
        let name = name.replace(|sign: char| !sign.is_ascii_alphanumeric() && !"-.".contains(sign), "_");
        Ok(data_folder()?.join(name))
    }

    fn path(&self) -> Result<PathBuf, Failure> {
        self.place().map(|(path, _)| path)
    }

    /// The file or URL, and what names it: `option`, `environment`, `config` or `built_in`. The URL may have a password.
    pub(crate) fn place(&self) -> Result<(PathBuf, &'static str), Failure> {
        if let Some(path) = &self.journal {
            return Ok((path.clone(), "option"));
        }
        if let Some(path) = variable(VARIABLE) {
            return Ok((path.into(), "environment"));
        }
        if let Some(path) = &self.configured {
            return Ok((path.clone(), "config"));
        }
        Ok((data_folder()?.join("journal.db"), "built_in"))
    }
}

/// Why there is no journal in a database; `None` if there is one, or it cannot be reached.
fn missing(path: &Path) -> Option<JournalError> {
    let error = Store::is_url(path).then(|| opened_to_read(path).err()).flatten()?;
    (error.kind() == JournalErrorKind::Missing).then_some(error)
}

/// Unreadable records as text.
pub(crate) fn unreadable(records: &[Unreadable]) -> Option<String> {
    if records.is_empty() {
        return None;
    }
    let lines: Vec<String> = records
        .iter()
        .map(|record| {
            let task = record
                .task
                .as_ref()
                .map(|task| format!(" (task {task})"))
                .unwrap_or_default();
            format!("  {}{task}: {}", record.id, record.reason)
        })
        .collect();
    Some(format!(
        "Unreadable records, left unchanged; another version may have written them:\n{}",
        lines.join("\n")
    ))
}

/// The id of an entry's task, or else of the submission.
pub(crate) fn name(entry: &Entry) -> String {
    match &entry.task {
        Some(task) => task.to_string(),
        None => entry.intent.id.clone(),
    }
}

/// An entry in one line of text.
pub(crate) fn line(entry: &Entry) -> Vec<String> {
    let stands = match &entry.status {
        Some(status) => shown(status),
        None => entry.state.as_str().to_owned(),
    };
    let mut prompt: String = entry.intent.prompt.chars().take(40).collect();
    if prompt.len() < entry.intent.prompt.len() {
        prompt.push_str("...");
    }
    vec![
        moment(entry.intent.at),
        stands,
        entry.intent.vendor.to_string(),
        name(entry),
        entry.intent.model.clone(),
        prompt,
    ]
}

/// The headings of these columns.
pub(crate) const HEADS: [&str; 6] = ["submitted", "status", "vendor", "task or submission", "model", "prompt"];

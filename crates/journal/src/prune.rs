//! Removal of old entries, and which must stay.

use std::collections::{BTreeMap, BTreeSet};

use videogen::journal::{Budget, Entry, FileKind, Period, State, Unreadable};
use videogen::{ErrorKind, TaskStatus, Timestamp};

/// Records of one transaction, so that no other process waits long.
pub(crate) const BATCH: u32 = 500;

/// What [`Store::prune`](crate::Store::prune) removes.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct Prune {
    /// Entries that were submitted before this time. Those of the running month (UTC) and of the current period of a budget
    /// stay.
    pub before: Timestamp,
    /// Whether to remove accepted submissions with an idempotency key: the key can then be submitted, and paid for, again.
    pub keys: bool,
    /// Whether to remove those of groups too, such as the jobs of batches; without it, `keys` leaves them.
    pub groups: bool,
    /// Whether to remove completed tasks whose videos were not downloaded.
    pub undownloaded: bool,
    /// Whether to remove nothing, and only count.
    pub dry_run: bool,
}

impl Prune {
    /// Removes what was submitted before a time.
    #[must_use]
    pub fn before(before: Timestamp) -> Self {
        Self {
            before,
            keys: false,
            groups: false,
            undownloaded: false,
            dry_run: false,
        }
    }
}

/// Result of [`Store::prune`](crate::Store::prune).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Pruned {
    /// Number of removed entries; with [`Prune::dry_run`], of those that would be.
    pub removed: u64,
    /// Number of older entries that stay, by reason.
    pub kept: BTreeMap<Kept, u64>,
    /// The time before which entries were removed.
    pub before: Timestamp,
}

impl Pruned {
    pub(crate) fn new(before: Timestamp) -> Self {
        Self {
            removed: 0,
            kept: BTreeMap::new(),
            before,
        }
    }
}

/// Why an old entry stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kept {
    /// Its submission status is unknown.
    Open,
    /// Its task had not ended, or output files are missing.
    Unfinished,
    /// Its videos were paid for and not downloaded.
    Undownloaded,
    /// Its idempotency key prevents a second submission.
    Key,
    /// Its idempotency key prevents a second submission of a job of a group, such as a batch.
    Group,
    /// It counts against a budget without an end.
    Budget,
    /// The account has a submission whose status is unknown: its task must not be mistaken for that of another one.
    Account,
    /// It cannot be read.
    Unreadable,
}

impl Kept {
    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Unfinished => "unfinished",
            Self::Undownloaded => "undownloaded",
            Self::Key => "key",
            Self::Group => "group",
            Self::Budget => "budget",
            Self::Account => "account",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The rules of one batch, in its transaction.
pub(crate) struct Rules {
    pub(crate) prune: Prune,
    pub(crate) budgets: Vec<Budget>,
    /// Accounts with an open submission.
    pub(crate) open: BTreeSet<String>,
}

impl Rules {
    /// The end of what may be removed.
    pub(crate) fn before(&self, now: Timestamp) -> Timestamp {
        let starts = self.budgets.iter().filter_map(|budget| budget.key.period.start(now));
        let month = Period::Month.start(now);
        starts.chain(month).fold(self.prune.before, Timestamp::min)
    }

    /// Why a record stays. `marks`: its columns `open` and `unfinished`, if they can be read: what another version marked stays
    /// too.
    pub(crate) fn keeps_record(&self, record: &Result<Entry, Unreadable>, marks: [Option<bool>; 2]) -> Option<Kept> {
        match (record, marks) {
            (Err(_), _) | (_, [None, _] | [_, None]) => Some(Kept::Unreadable),
            (_, [Some(true), _]) => Some(Kept::Open),
            (_, [_, Some(true)]) => Some(Kept::Unfinished),
            (Ok(entry), _) => self.keeps(entry),
        }
    }

    /// Why an entry stays.
    fn keeps(&self, entry: &Entry) -> Option<Kept> {
        let counted = entry.counted();
        let counts = |budget: &Budget| {
            let key = &budget.key;
            let is_endless =
                key.period == Period::Total && key.vendor.is_none_or(|vendor| vendor == entry.intent.vendor);
            is_endless && counted.iter().any(|money| money.currency == key.currency)
        };
        // A key whose submission created no task can be used again anyway.
        let has_key = entry.intent.key != entry.intent.id && entry.state == State::Accepted;
        let reasons = [
            (entry.is_open(), Kept::Open),
            (entry.is_unfinished(), Kept::Unfinished),
            (!self.prune.undownloaded && is_undownloaded(entry), Kept::Undownloaded),
            (
                !(self.prune.keys && self.prune.groups) && has_key && entry.intent.group.is_some(),
                Kept::Group,
            ),
            (!self.prune.keys && has_key, Kept::Key),
            (self.budgets.iter().any(counts), Kept::Budget),
            (
                entry.task.is_some() && self.open.contains(&entry.intent.account),
                Kept::Account,
            ),
        ];
        reasons.into_iter().find_map(|(holds, reason)| holds.then_some(reason))
    }
}

/// Whether its task is completed, and a video was never saved anywhere.
fn is_undownloaded(entry: &Entry) -> bool {
    let is_gone = |kind| matches!(kind, ErrorKind::NoVideo | ErrorKind::Moderated);
    let mut videos = (1..=entry.videos.unwrap_or(1)).map(FileKind::of_video);
    entry.status == Some(TaskStatus::Completed)
        && !entry.reason.as_ref().is_some_and(|reason| is_gone(reason.kind))
        && videos.any(|kind| entry.saved_file(kind).is_none_or(|file| !file.placed))
}

//! What this process owns in a journal: the submissions that it sends, and the tasks that it keeps while a database is down.

use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use videogen_journal::{Owner, Store};

use super::opened::{data_folder, failure, named, waited};
use crate::exit::Failure;
use crate::invocation::Invocation;
use crate::output::file as shown_path;
use crate::text::counted;

/// A journal in a database, with a folder for tasks that cannot be recorded.
pub(crate) fn spooling(journal: Store) -> Store {
    match data_folder().ok().filter(|_| journal.path().is_none()) {
        Some(folder) => journal.spooled_in(folder.join("spool")),
        None => journal,
    }
}

/// The same; the tasks of earlier runs are recorded now.
pub(super) fn spooled(journal: Store) -> Store {
    let journal = spooling(journal);
    // What is left is reported by `journal check`.
    let _ = waited(journal.replay());
    journal
}

/// What this process submits is its own while it runs, so that no worker follows it too.
static OWNER: LazyLock<Owner> = LazyLock::new(Owner::new);
/// The journal that it submits with, and the task that extends its lease.
static OWNED: Mutex<Option<(Store, JoinHandle<()>)>> = Mutex::new(None);
/// How long the end of a command waits for a journal that cannot be reached.
const PATIENCE: Duration = Duration::from_secs(2);

/// The journal, in which this process owns what it submits.
pub(super) fn owned(journal: Store) -> Store {
    let journal = journal.owned_by(&OWNER);
    let mut owned = OWNED.lock().unwrap_or_else(PoisonError::into_inner);
    owned.get_or_insert_with(|| (journal.clone(), tokio::spawn(extended(journal.clone()))));
    drop(owned);
    journal
}

/// The owner of what this process submits. `journal`: a database in which its lease begins now, to claim work.
pub(crate) async fn owner(journal: &Store) -> Result<&'static Owner, Failure> {
    if journal.machine().is_some() {
        journal.enter(&OWNER).await.map_err(failure)?;
    }
    Ok(&OWNER)
}

/// Extends the lease of this process, for ever.
async fn extended(journal: Store) {
    loop {
        tokio::time::sleep(OWNER.lease() / 3).await;
        let _ = journal.replay().await;
        if OWNER.has_entered() {
            // Where it fails, workers may follow the same tasks, which is harmless.
            if journal.extend(&OWNER).await == Ok(false) {
                // It was stopped for long. It still has what no other process has taken over.
                let _ = journal.enter(&OWNER).await;
            }
        }
    }
}

/// Gives back what this process submitted: workers follow it from now on. Closes the journal. Returns what to say of tasks that
/// are not recorded.
pub(crate) async fn leave() -> Option<String> {
    let owned = OWNED.lock().unwrap_or_else(PoisonError::into_inner).take();
    let (journal, extending) = owned?;
    extending.abort();
    // It has the journal open, and SQLite's log stays beside a file that is open at the end.
    let _ = extending.await;
    // The database may be back.
    let _ = tokio::time::timeout(PATIENCE, journal.replay()).await;
    if OWNER.has_entered() {
        let _ = tokio::time::timeout(PATIENCE, journal.leave(&OWNER)).await;
    }
    let kept = journal.kept();
    let folder = kept.first()?.parent().map(shown_path).unwrap_or_default();
    Some(format!(
        "Not recorded in {}: {}, kept in {folder}. Until it is recorded, other machines do not know what was paid for. To record it \
         when the database is back, run on this machine: {}",
        named(&journal),
        counted(kept.len() as u64, "task"),
        Invocation::new("journal").arg("check")
    ))
}

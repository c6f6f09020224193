//! Group commit: the writes of this process that wait for the file at the same time are one transaction. Most of a write is the
//! wait for the disk at its commit, which they share.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use videogen::journal::JournalError;

use crate::error::broken;

/// Writes of one transaction, so that other processes are not kept waiting long.
const TOGETHER: usize = 128;

/// The writes that wait for the file.
pub(super) struct Queue {
    connection: Arc<Mutex<Connection>>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    /// Those that have not begun, oldest first.
    writes: VecDeque<Box<dyn Write>>,
    /// Whether there is a [`Run`] that takes them.
    is_running: bool,
}

impl Queue {
    pub(super) fn new(connection: Arc<Mutex<Connection>>) -> Self {
        Self {
            connection,
            waiting: Mutex::default(),
        }
    }

    /// Runs a write in a transaction, which other writes may share. Its result is that of a committed transaction; an error of
    /// `work` undoes what it wrote, and nothing else. Then the others run again, so `work` must do nothing but write. A write is
    /// committed even if its caller no longer waits, or the runtime ends.
    ///
    /// # Errors
    /// That of `work`, or when the file cannot be written.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.result(work, false).await
    }

    /// The same for a write that is left out if its caller is gone before it begins.
    ///
    /// # Errors
    /// Like [`run`](Self::run).
    pub(super) async fn run_if_awaited<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        self.result(work, true).await
    }

    async fn result<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Fn(&Connection) -> Result<T, JournalError> + Send + 'static,
        if_awaited: bool,
    ) -> Result<T, JournalError> {
        // Before the write is added, because it panics outside a runtime.
        let runtime = Handle::current();
        let (caller, result) = oneshot::channel();
        let write = Box::new(One {
            work,
            if_awaited,
            result: None,
            caller,
        });
        if self.add(write) {
            let run = Run(Arc::clone(self));
            runtime.spawn_blocking(move || drop(run));
        }
        result
            .await
            .map_err(|_| JournalError::new("the journal call was aborted: a write of its transaction panicked"))?
    }

    /// Returns whether a [`Run`] must be started.
    fn add(&self, write: Box<dyn Write>) -> bool {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.writes.push_back(write);
        !std::mem::replace(&mut waiting.is_running, true)
    }

    /// The writes of the next transaction. `None`: no write waits, and the [`Run`] ends.
    fn take(&self) -> Option<Vec<Box<dyn Write>>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let count = waiting.writes.len().min(TOGETHER);
        waiting.is_running = count > 0;
        waiting.is_running.then(|| waiting.writes.drain(..count).collect())
    }

    /// Commits the next transaction. Returns `false` if no write waits.
    fn commit_next(&self) -> bool {
        // After a panic, its transaction was rolled back.
        let mut connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(mut writes) = self.take() else {
            return false;
        };
        let committed = commit(&mut connection, &mut writes);
        // So that reads go on.
        drop(connection);
        writes.into_iter().for_each(|write| write.end(committed.clone()));
        true
    }
}

/// Runs the writes of a queue when it is dropped, so also if a runtime ends that has not begun its work.
struct Run(Arc<Queue>);

impl Drop for Run {
    fn drop(&mut self) {
        // A panic ends the writes of its transaction, whose callers get an error.
        while catch_unwind(AssertUnwindSafe(|| self.0.commit_next())).unwrap_or(true) {}
    }
}

/// One of the writes of a transaction.
trait Write: Send {
    /// Does its work. Returns whether that is to be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Reports its result to its caller.
    fn end(self: Box<Self>, committed: Result<(), JournalError>);
}

struct One<T, F> {
    work: F,
    if_awaited: bool,
    result: Option<Result<T, JournalError>>,
    caller: oneshot::Sender<Result<T, JournalError>>,
}

impl<T: Send, F: Fn(&Connection) -> Result<T, JournalError> + Send> Write for One<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        if self.if_awaited && self.caller.is_closed() {
            return true;
        }
        self.result.insert((self.work)(connection)).is_ok()
    }

    fn end(self: Box<Self>, committed: Result<(), JournalError>) {
        let result = match (self.result, committed) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(broken("a write was left out")),
        };
        // A caller that is gone finds it in the file.
        let _ = self.caller.send(result);
    }
}

/// A transaction that locks the file from its beginning, so that its reads are still valid when it writes.
pub(super) fn write(connection: &mut Connection) -> Result<Transaction<'_>, JournalError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(broken)
}

fn commit(connection: &mut Connection, writes: &mut [Box<dyn Write>]) -> Result<(), JournalError> {
    let transaction = write(connection)?;
    if writes.iter_mut().all(|write| write.run(&transaction)) {
        return transaction.commit().map_err(broken);
    }
    // Some errors, such as a full disk, have rolled back already.
    if transaction.is_autocommit() {
        drop(transaction);
    } else {
        transaction.rollback().map_err(broken)?;
    }
    match writes {
        [_] => Ok(()),
        several => commit_apart(connection, several),
    }
}

/// Commits those writes that succeed. Slower, because of the savepoints: each page is copied before a write changes it.
fn commit_apart(connection: &mut Connection, writes: &mut [Box<dyn Write>]) -> Result<(), JournalError> {
    let transaction = write(connection)?;
    let run = |sql: &str| {
        let mut statement = transaction.prepare_cached(sql).map_err(broken)?;
        statement.execute([]).map(drop).map_err(broken)
    };
    for write in writes {
        run("SAVEPOINT one")?;
        if !write.run(&transaction) {
            // Some errors, such as a full disk, have undone the others too.
            if transaction.is_autocommit() {
                return Err(broken("another write at the same time failed, and undid this one"));
            }
            run("ROLLBACK TO one")?;
        }
        run("RELEASE one")?;
    }
    transaction.commit().map_err(broken)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

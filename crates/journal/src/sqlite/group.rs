//! Group commit: the writes of this process that wait for the file at the same time are one transaction. Most of a write is the
//! wait for the disk at its commit, which they share.

use std::iter::once;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;
use videogen::journal::JournalError;

use crate::error::broken;

/// Writes of one transaction, so that other processes are not kept waiting long.
const TOGETHER: usize = 128;

/// The writes that have not begun, and the thread that runs them. It ends when this is dropped, after the last of them.
pub(super) struct Queue {
    /// `None`: it is being dropped.
    writes: Option<Sender<Box<dyn Write>>>,
    thread: Option<JoinHandle<()>>,
}

impl Queue {
    pub(super) fn start(connection: Arc<Mutex<Connection>>) -> std::io::Result<Self> {
        let (writes, waiting) = channel::<Box<dyn Write>>();
        let run = move || {
            while let Ok(first) = waiting.recv() {
                let writes = once(first).chain(waiting.try_iter()).take(TOGETHER).collect();
                // After a panic, the transaction is rolled back, and its writes are reported as aborted.
                let _ = catch_unwind(AssertUnwindSafe(|| commit_all(&connection, writes)));
            }
        };
        Ok(Self {
            writes: Some(writes),
            thread: Some(Builder::new().name("videogen-journal".to_owned()).spawn(run)?),
        })
    }

    /// Runs a write in a transaction, which other writes may share. Its result is that of a committed transaction; an error of
    /// `work` undoes what it wrote, and nothing else. `work` runs again if another write of the transaction fails.
    ///
    /// # Errors
    /// That of `work`, or when the file cannot be written.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (waiting, result) = oneshot::channel();
        let write = Box::new(One {
            work,
            result: None,
            waiting,
        });
        // It is dropped, and its result with it, if the thread has ended.
        let _ = self.writes.as_ref().map(|writes| writes.send(write));
        result
            .await
            .map_err(|_| JournalError::new("the journal call was aborted: it failed, or the program is ending"))?
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        drop(self.writes.take());
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

/// One of the writes of a transaction.
trait Write: Send {
    /// Does its work. Returns whether that is to be kept.
    fn run(&mut self, connection: &Connection) -> bool;
    /// Reports its result to who waits for it.
    fn end(self: Box<Self>, committed: Result<(), JournalError>);
}

struct One<T, F> {
    work: F,
    result: Option<Result<T, JournalError>>,
    waiting: oneshot::Sender<Result<T, JournalError>>,
}

impl<T: Send, F: Fn(&Connection) -> Result<T, JournalError> + Send> Write for One<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        self.result.insert((self.work)(connection)).is_ok()
    }

    fn end(self: Box<Self>, committed: Result<(), JournalError>) {
        let result = match (self.result, committed) {
            (Some(Err(error)), _) | (_, Err(error)) => Err(error),
            (Some(result), Ok(())) => result,
            (None, Ok(())) => Err(broken("a write was left out")),
        };
        // Who no longer waits finds it in the file.
        let _ = self.waiting.send(result);
    }
}

/// A transaction that locks the file from its beginning, so that its reads are still valid when it writes.
pub(super) fn write(connection: &mut Connection) -> Result<Transaction<'_>, JournalError> {
    connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(broken)
}

fn commit_all(connection: &Mutex<Connection>, mut writes: Vec<Box<dyn Write>>) {
    let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
    let committed = commit(&mut connection, &mut writes);
    // Who waits may close the file.
    drop(connection);
    writes.into_iter().for_each(|write| write.end(committed.clone()));
}

fn commit(connection: &mut Connection, writes: &mut [Box<dyn Write>]) -> Result<(), JournalError> {
    let transaction = write(connection)?;
    if writes.iter_mut().all(|write| write.run(&transaction)) {
        return transaction.commit().map_err(broken);
    }
    // Rolls back, unless the error has.
    drop(transaction);
    match writes {
        [_] => Ok(()),
        several => commit_apart(connection, several),
    }
}

/// Commits those writes that succeed. With a savepoint, each page is copied before a write changes it.
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
mod tests {
    use super::*;

    fn queue(connection: Connection) -> (Arc<Mutex<Connection>>, Arc<Queue>) {
        let connection = Arc::new(Mutex::new(connection));
        let queue = Queue::start(Arc::clone(&connection)).unwrap();
        (connection, Arc::new(queue))
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_failure_undoes_only_its_own_write() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE numbers (number)").unwrap();
        let (connection, queue) = queue(connection);
        let writes: Vec<_> = {
            // While the connection is in use, they gather.
            let _held = connection.lock().unwrap();
            (0..300)
                .map(|number: i64| {
                    let queue = Arc::clone(&queue);
                    let write = async move {
                        let work = move |connection: &Connection| {
                            connection
                                .execute("INSERT INTO numbers VALUES (?1)", [number])
                                .map_err(broken)?;
                            match number % 3 {
                                0 => Err(JournalError::new(format!("no {number}"))),
                                _ => Ok(number),
                            }
                        };
                        queue.run(work).await
                    };
                    tokio::spawn(write)
                })
                .collect()
        };
        for (number, write) in (0..).zip(writes) {
            let expected = match number % 3 {
                0 => Err(JournalError::new(format!("no {number}"))),
                _ => Ok(number),
            };
            assert_eq!(write.await.unwrap(), expected);
        }
        let sql = "SELECT count(*) FROM numbers";
        let count = connection.lock().unwrap().query_row(sql, [], |row| row.get(0));
        assert_eq!(count, Ok(200_i64));
    }

    #[tokio::test]
    async fn a_panic_ends_only_its_own_transaction() {
        let (_, queue) = queue(Connection::open_in_memory().unwrap());
        let aborted = queue.run(|_| -> Result<(), _> { panic!("as expected") }).await;
        assert!(aborted.unwrap_err().to_string().contains("aborted"));
        assert_eq!(queue.run(|_| Ok(1)).await, Ok(1));
    }

    /// As when a runtime ends: a task that the vendor accepted is still recorded.
    #[test]
    fn what_nobody_waits_for_is_written_before_the_file_is_closed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("numbers");
        let connection = Connection::open(&path).unwrap();
        connection.execute_batch("CREATE TABLE numbers (number)").unwrap();
        let (connection, queue) = queue(connection);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let held = connection.lock().unwrap();
        runtime.block_on(async {
            let insert = |connection: &Connection| connection.execute("INSERT INTO numbers VALUES (1)", []);
            let write = queue.run(move |connection| insert(connection).map_err(broken));
            tokio::select! { biased; _ = write => {}, () = std::future::ready(()) => {} }
        });
        drop(held);
        drop((runtime, queue));
        assert_eq!(Arc::strong_count(&connection), 1);
        let count = Connection::open(&path)
            .unwrap()
            .query_row("SELECT count(*) FROM numbers", [], |row| row.get(0));
        assert_eq!(count, Ok(1_i64));
    }
}

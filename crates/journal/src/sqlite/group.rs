//! Group commit: the writes of this process that wait for the file at the same time are one transaction. Most of a write is the
//! wait for the disk at its commit, which they share.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;
use videogen::journal::JournalError;

use crate::error::broken;

/// Writes of one transaction, so that other processes are not kept waiting long.
const TOGETHER: usize = 128;

/// A write that has not begun, until a transaction takes it.
type Slot = Mutex<Option<Box<dyn Write>>>;

/// The writes that have not begun, oldest first. What the end of a runtime has dropped is gone.
#[derive(Default)]
pub(super) struct Queue(Mutex<VecDeque<Weak<Slot>>>);

impl Queue {
    fn add(&self, write: Box<dyn Write>) -> Arc<Slot> {
        let slot = Arc::new(Mutex::new(Some(write)));
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        queue.push_back(Arc::downgrade(&slot));
        slot
    }

    /// Runs a write in a transaction, which other writes may share. Its result is that of a committed transaction; an error of
    /// `work` undoes what it wrote, and nothing else.
    ///
    /// # Errors
    /// That of `work`, or when the file cannot be written.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        connection: &Arc<Mutex<Connection>>,
        work: impl FnOnce(&Connection) -> Result<T, JournalError> + Send + 'static,
    ) -> Result<T, JournalError> {
        let (waiting, result) = oneshot::channel();
        let slot = self.add(Box::new(One {
            work: Some(work),
            result: None,
            waiting,
        }));
        let (connection, queue) = (Arc::clone(connection), Arc::clone(self));
        tokio::task::spawn_blocking(move || {
            let is_taken = || slot.lock().unwrap_or_else(PoisonError::into_inner).is_none();
            // By a transaction that began after it was added.
            if is_taken() {
                return;
            }
            // After a panic, its transaction was rolled back.
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            while !is_taken() {
                let mut writes = queue.take();
                let committed = commit(&mut connection, &mut writes);
                writes.into_iter().for_each(|write| write.end(committed.clone()));
            }
        });
        result
            .await
            .map_err(|_| JournalError::new("the journal call was aborted: the program is ending"))?
    }

    /// The writes of the next transaction.
    fn take(&self) -> Vec<Box<dyn Write>> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = queue.len().min(TOGETHER);
        let slots = queue.drain(..count).filter_map(|slot| slot.upgrade());
        slots
            .filter_map(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take())
            .collect()
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
    work: Option<F>,
    result: Option<Result<T, JournalError>>,
    waiting: oneshot::Sender<Result<T, JournalError>>,
}

impl<T: Send, F: FnOnce(&Connection) -> Result<T, JournalError> + Send> Write for One<T, F> {
    fn run(&mut self, connection: &Connection) -> bool {
        self.result = self.work.take().map(|work| work(connection));
        self.result.as_ref().is_some_and(Result::is_ok)
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

fn commit(connection: &mut Connection, writes: &mut [Box<dyn Write>]) -> Result<(), JournalError> {
    let transaction = write(connection)?;
    if let [write] = writes {
        return match write.run(&transaction) {
            true => transaction.commit().map_err(broken),
            false => transaction.rollback().map_err(broken),
        };
    }
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

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn one_failure_undoes_only_its_own_write() {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch("CREATE TABLE numbers (number)").unwrap();
        let (connection, queue) = (Arc::new(Mutex::new(connection)), Arc::new(Queue::default()));
        let writes: Vec<_> = {
            // While the connection is in use, they gather.
            let _held = connection.lock().unwrap();
            (0..300)
                .map(|number: i64| {
                    let (connection, queue) = (Arc::clone(&connection), Arc::clone(&queue));
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
                        queue.run(&connection, work).await
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

    /// As when a runtime ends before the write has begun.
    #[test]
    fn a_write_that_was_dropped_is_left_out() {
        let queue = Queue::default();
        let write = |number: u8| {
            Box::new(One {
                work: Some(move |_: &Connection| Ok(number)),
                result: None,
                waiting: oneshot::channel().0,
            })
        };
        drop(queue.add(write(1)));
        let kept = queue.add(write(2));
        assert_eq!(queue.take().len(), 1);
        assert!(kept.lock().unwrap().is_none() && queue.take().is_empty());
    }
}

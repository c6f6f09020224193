//! Writes that share a transaction, fail, panic, or outlive their callers.

use std::future::ready;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use super::*;

type Shared = Arc<Mutex<Connection>>;

fn queue(connection: Connection) -> (Shared, Arc<Queue>) {
    connection
        .execute_batch("CREATE TABLE IF NOT EXISTS numbers (number)")
        .unwrap();
    let connection = Arc::new(Mutex::new(connection));
    (Arc::clone(&connection), Arc::new(Queue::new(connection)))
}

fn insert(number: i64) -> impl Fn(&Connection) -> Result<i64, JournalError> {
    move |connection| {
        let inserted = connection.execute("INSERT INTO numbers VALUES (?1)", [number]);
        inserted.map(|_| number).map_err(broken)
    }
}

fn numbers(connection: &Connection) -> Vec<i64> {
    let mut statement = connection
        .prepare("SELECT number FROM numbers ORDER BY number")
        .unwrap();
    let numbers = statement.query_map([], |row| row.get(0)).unwrap();
    numbers.collect::<Result<_, _>>().unwrap()
}

fn stored(connection: &Shared) -> Vec<i64> {
    numbers(&connection.lock().unwrap_or_else(PoisonError::into_inner))
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().max_blocking_threads(1).build().unwrap()
}

/// Adds a write whose caller goes away at once.
async fn abandon<T>(write: impl Future<Output = T>) {
    tokio::select! { biased; _ = write => panic!("it waits"), () = ready(()) => {} }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_failure_undoes_only_its_own_write() {
    let (connection, queue) = queue(Connection::open_in_memory().unwrap());
    let writes: Vec<_> = {
        // While the connection is in use, they gather.
        let _held = connection.lock().unwrap();
        (0..300)
            .map(|number: i64| {
                let queue = Arc::clone(&queue);
                let write = async move {
                    let work = move |connection: &Connection| {
                        insert(number)(connection)?;
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
    let expected: Vec<_> = (0..300).filter(|number| number % 3 != 0).collect();
    assert_eq!(stored(&connection), expected);
}

/// Also of a failure that, like a full disk, rolls back the whole transaction: no other write of it reports success.
#[tokio::test]
async fn a_failure_that_rolls_back_everything_is_reported_to_all() {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch("PRAGMA page_size = 512; CREATE TABLE numbers (number)")
        .unwrap();
    let (connection, queue) = queue(connection);
    let pages: i64 = {
        let connection = connection.lock().unwrap();
        connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
    };
    let full = |connection: &Connection| {
        connection
            .pragma_update(None, "max_page_count", pages_of(connection))
            .map_err(broken)?;
        let filled = connection.execute("INSERT INTO numbers VALUES (zeroblob(100000))", []);
        filled.map(|_| 0).map_err(broken)
    };
    let held = connection.lock().unwrap();
    let gathered = async { drop(held) };
    let (first, second, third, ()) =
        tokio::join!(queue.run(insert(1)), queue.run(full), queue.run(insert(2)), gathered);
    for result in [first, second, third] {
        assert!(result.is_err(), "{result:?}");
    }
    assert_eq!(
        (stored(&connection), pages),
        (Vec::new(), pages_of(&connection.lock().unwrap()))
    );
    assert_eq!(queue.run(insert(3)).await, Ok(3));
    assert_eq!(stored(&connection), [3]);
}

fn pages_of(connection: &Connection) -> i64 {
    connection.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap()
}

#[tokio::test]
async fn a_panic_ends_only_its_own_transaction() {
    let (connection, queue) = queue(Connection::open_in_memory().unwrap());
    let panics = |connection: &Connection| -> Result<i64, _> {
        insert(1)(connection)?;
        panic!("as expected")
    };
    let held = connection.lock().unwrap();
    let gathered = async { drop(held) };
    let (panicked, same, ()) = tokio::join!(queue.run(panics), queue.run(insert(2)), gathered);
    for aborted in [panicked, same] {
        assert!(aborted.unwrap_err().to_string().contains("aborted"));
    }
    assert_eq!(queue.run(insert(3)).await, Ok(3));
    assert_eq!(stored(&connection), [3]);
}

#[tokio::test]
async fn a_busy_file_is_an_error_of_all_that_wait_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("numbers");
    let (_, queue) = queue(Connection::open(&path).unwrap());
    let other = Connection::open(&path).unwrap();
    queue.connection.lock().unwrap().busy_timeout(Duration::ZERO).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (first, second) = tokio::join!(queue.run(insert(1)), queue.run(insert(2)));
    for busy in [first, second] {
        assert!(busy.unwrap_err().to_string().contains("locked"));
    }
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(queue.run(insert(3)).await, Ok(3));
    assert_eq!(numbers(&other), [3]);
}

/// Those of a runtime that continues do not depend on one that ends.
#[test]
fn a_journal_outlives_the_runtime_that_used_it_first() {
    let (connection, queue) = queue(Connection::open_in_memory().unwrap());
    let (first, second) = (one_thread(), one_thread());
    let (release, held) = std::sync::mpsc::channel::<()>();
    first.spawn_blocking(move || held.recv());
    first.block_on(abandon(queue.run(insert(1))));
    let waiting = {
        let queue = Arc::clone(&queue);
        second.spawn(async move { queue.run(insert(2)).await })
    };
    second.block_on(tokio::task::yield_now());
    first.shutdown_background();
    drop(release);
    assert_eq!(second.block_on(waiting).unwrap(), Ok(2));
    assert_eq!(second.block_on(queue.run(insert(3))), Ok(3));
    assert_eq!(stored(&connection), [1, 2, 3]);
}

/// Reads and other processes take turns with writes: a transaction has a limit.
#[test]
fn a_transaction_takes_a_limited_number_of_writes() {
    let (_, queue) = queue(Connection::open_in_memory().unwrap());
    let begun = Arc::new(AtomicUsize::new(0));
    let is_first: Vec<bool> = (0..=TOGETHER)
        .map(|_| {
            let begun = Arc::clone(&begun);
            queue.add(Box::new(One {
                work: move |_: &Connection| Ok(begun.fetch_add(1, Ordering::Relaxed)),
                if_awaited: false,
                result: None,
                caller: oneshot::channel().0,
            }))
        })
        .collect();
    assert_eq!(is_first.iter().position(|is_first| *is_first), Some(0));
    assert_eq!(is_first.iter().filter(|is_first| **is_first).count(), 1);
    assert!(queue.commit_next());
    assert_eq!(begun.load(Ordering::Relaxed), TOGETHER);
    assert!(queue.commit_next() && !queue.commit_next());
    assert_eq!(begun.load(Ordering::Relaxed), TOGETHER + 1);
}

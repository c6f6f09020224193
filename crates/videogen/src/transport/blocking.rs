//! Work on threads for blocking calls.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::task::{JoinHandle, spawn_blocking};

/// Starts work on a blocking thread. Tokio's tasks are compiled for each type of work, so there is only this one.
pub(crate) fn start(work: Box<dyn FnOnce() -> io::Result<()> + Send>) -> JoinHandle<io::Result<()>> {
    spawn_blocking(work)
}

/// Runs work on a blocking thread. It goes on when this is dropped.
///
/// # Errors
/// When the work panicked, or the program is ending.
pub(crate) async fn run<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    let result = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&result);
    let work = Box::new(move || {
        let value = work();
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
        Ok(())
    });
    start(work).await.map_err(io::Error::other)??;
    let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
    value.ok_or_else(|| io::Error::other("the work has no result"))
}

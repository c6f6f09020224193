//! Spans and events for `tracing`, behind the feature of that name. Their names and fields are listed in the documentation of
//! the crate. No field contains a key, a prompt, or a URL.

#[cfg(feature = "tracing")]
use std::collections::HashMap;
use std::future::Future;
#[cfg(feature = "tracing")]
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::model::{Error, Note, TaskId, UnlistedModel, VideoTask};

/// Runs `future` within the span of a submission. `model` is masked.
pub(crate) fn submit<T>(vendor: &'static str, model: &str, future: T) -> impl Future<Output = T::Output> + use<T>
where
    T: Future,
{
    #[cfg(feature = "tracing")]
    return tracing::Instrument::instrument(future, tracing::info_span!(target: "videogen", "submit", vendor, model));
    #[cfg(not(feature = "tracing"))]
    {
        let _ = (vendor, model);
        future
    }
}

/// Runs `future` within the span of a download of a task.
pub(crate) fn download<T>(task: &TaskId, kind: &'static str, future: T) -> impl Future<Output = T::Output> + use<T>
where
    T: Future,
{
    #[cfg(feature = "tracing")]
    return tracing::Instrument::instrument(future, tracing::info_span!(target: "videogen", "download", %task, kind));
    #[cfg(not(feature = "tracing"))]
    {
        let _ = (task, kind);
        future
    }
}

/// The span of one wait. It is open until it is dropped.
#[derive(Debug, Clone)]
pub(crate) struct WaitSpan(#[cfg(feature = "tracing")] tracing::Span);

impl WaitSpan {
    pub(crate) fn new(task: &TaskId) -> Self {
        #[cfg(feature = "tracing")]
        return Self(tracing::info_span!(target: "videogen", "wait", %task));
        #[cfg(not(feature = "tracing"))]
        {
            let _ = task;
            Self()
        }
    }

    /// Runs `future` within the span.
    pub(crate) fn within<T: Future>(&self, future: T) -> impl Future<Output = T::Output> + use<T> {
        #[cfg(feature = "tracing")]
        return tracing::Instrument::instrument(future, self.0.clone());
        #[cfg(not(feature = "tracing"))]
        future
    }

    /// Reports the outcome of the wait within the span.
    pub(crate) fn outcome(&self, result: &Result<VideoTask, Error>) {
        #[cfg(feature = "tracing")]
        let _entered = self.0.enter();
        outcome(result);
    }
}

impl Default for WaitSpan {
    /// No span.
    fn default() -> Self {
        Self(
            #[cfg(feature = "tracing")]
            tracing::Span::none(),
        )
    }
}

/// The spans of the waits of a watcher.
#[derive(Debug, Default)]
pub(crate) struct WaitSpans(#[cfg(feature = "tracing")] Mutex<HashMap<TaskId, WaitSpan>>);

impl WaitSpans {
    /// Opens the span of a wait, unless it is open.
    pub(crate) fn begin(&self, task: &TaskId) {
        #[cfg(feature = "tracing")]
        self.open().entry(task.clone()).or_insert_with(|| WaitSpan::new(task));
        #[cfg(not(feature = "tracing"))]
        let _ = task;
    }

    /// The span of a wait.
    pub(crate) fn of(&self, task: &TaskId) -> WaitSpan {
        #[cfg(feature = "tracing")]
        return self.open().get(task).cloned().unwrap_or_default();
        #[cfg(not(feature = "tracing"))]
        {
            let _ = task;
            WaitSpan::default()
        }
    }

    /// Reports the outcome of a wait within its span, and closes the span.
    pub(crate) fn end(&self, task: &TaskId, result: &Result<VideoTask, Error>) {
        self.of(task).outcome(result);
        self.forget(task);
    }

    /// Closes the span of a wait without an outcome.
    pub(crate) fn forget(&self, task: &TaskId) {
        #[cfg(feature = "tracing")]
        self.open().remove(task);
        #[cfg(not(feature = "tracing"))]
        let _ = task;
    }

    #[cfg(feature = "tracing")]
    fn open(&self) -> MutexGuard<'_, HashMap<TaskId, WaitSpan>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reports the outcome of an activity within its span.
pub(crate) fn outcome(result: &Result<VideoTask, Error>) {
    #[cfg(feature = "tracing")]
    match result {
        Ok(task) => tracing::info!(target: "videogen", task = %task.id, status = task.status.as_str(), "ended"),
        Err(error) => failed(error),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = result;
}

/// Reports a call that is made again after a pause.
pub(crate) fn retrying(error: &Error, pause: std::time::Duration) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: "videogen",
        error = error.kind().as_str(),
        pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX),
        "retrying"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = (error, pause);
}

/// Reports a model whose limits are not checked. Its id is masked.
pub(crate) fn unlisted(model: &UnlistedModel) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: "videogen",
        model = model.model,
        did_you_mean = model.did_you_mean,
        "unlisted model"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = model;
}

/// Reports a value that the vendor may refuse.
pub(crate) fn note(note: &Note) {
    #[cfg(feature = "tracing")]
    tracing::warn!(
        target: "videogen",
        field = note.field,
        value = note.value,
        reason = note.reason,
        "the vendor may refuse a value"
    );
    #[cfg(not(feature = "tracing"))]
    let _ = note;
}

/// Reports a failure.
#[cfg(feature = "tracing")]
fn failed(error: &Error) {
    tracing::warn!(
        target: "videogen",
        task = error.task().map(tracing::field::display),
        error = error.kind().as_str(),
        reason = error.message(),
        "failed"
    );
}

/// Reports the outcome of a download, with its size in bytes.
pub(crate) fn downloaded(result: Result<u64, &Error>) {
    #[cfg(feature = "tracing")]
    match result {
        Ok(bytes) => tracing::info!(target: "videogen", bytes, "downloaded"),
        Err(error) => failed(error),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = result;
}

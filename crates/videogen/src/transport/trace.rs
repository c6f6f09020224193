//! Spans and events for `tracing`, behind the feature of that name. Their names and fields are listed in the documentation of
//! the crate. No field contains a key, a prompt, or a URL.

use std::future::Future;

use crate::model::{Error, VideoTask};

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

/// Runs `future` within the span of a wait or a download of a task.
pub(crate) fn about<T>(
    activity: Activity,
    task: &crate::model::TaskId,
    future: T,
) -> impl Future<Output = T::Output> + use<T>
where
    T: Future,
{
    #[cfg(feature = "tracing")]
    {
        let span = match activity {
            Activity::Wait => tracing::info_span!(target: "videogen", "wait", %task),
            Activity::Download(kind) => tracing::info_span!(target: "videogen", "download", %task, kind),
        };
        tracing::Instrument::instrument(future, span)
    }
    #[cfg(not(feature = "tracing"))]
    {
        let _ = (activity, task);
        future
    }
}

/// What is done about a task.
#[cfg_attr(not(feature = "tracing"), allow(dead_code, reason = "only spans name the kind"))]
pub(crate) enum Activity {
    Wait,
    Download(&'static str),
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

/// Reports the outcome of a download of so many bytes.
pub(crate) fn downloaded(result: Result<u64, &Error>) {
    #[cfg(feature = "tracing")]
    match result {
        Ok(bytes) => tracing::info!(target: "videogen", bytes, "downloaded"),
        Err(error) => failed(error),
    }
    #[cfg(not(feature = "tracing"))]
    let _ = result;
}

//! Spans for `tracing`, behind the feature of that name.
//!
//! One span for each submission, wait and download, at level INFO, target `videogen`: `submit` (`vendor`, `model`),
//! `wait` (`task`), `download` (`task`, `kind`). At the end of each, an event reports the outcome: `task` and `status`,
//! or `error` (the kind) and `message`. No field contains a key, a prompt, or a URL.

use std::future::Future;

use crate::model::{Error, VideoTask};

/// Runs `future` within the span of a submission.
pub(crate) fn submit<T>(vendor: &'static str, model: &str, future: T) -> impl Future<Output = T::Output> + use<T>
where
    T: Future,
{
    #[cfg(feature = "tracing")]
    return tracing::Instrument::instrument(
        future,
        tracing::info_span!(target: "videogen", "submit", vendor, model = crate::model::mask::hide_urls(model)),
    );
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
pub(crate) fn failed(error: &Error) {
    #[cfg(feature = "tracing")]
    tracing::warn!(target: "videogen", error = error.kind().as_str(), message = error.message(), "failed");
    #[cfg(not(feature = "tracing"))]
    let _ = error;
}

/// Reports a file that was downloaded.
pub(crate) fn downloaded(bytes: u64) {
    #[cfg(feature = "tracing")]
    tracing::info!(target: "videogen", bytes, "downloaded");
    #[cfg(not(feature = "tracing"))]
    let _ = bytes;
}

//! Events of submissions and uploads in progress.

use std::fmt;
use std::sync::Arc;

use crate::model::{AssetStatus, TaskId};

/// Event of a submission in progress, passed to [`ClientBuilder::on_submission`](crate::ClientBuilder::on_submission).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmitEvent {
    /// The request has local files, which are uploaded now, or read where they are sent inline. Nothing has been submitted:
    /// if the future of the submission is dropped before the next event, nothing is.
    FilesNeeded,
    /// All local files of the request are ready. The submission follows.
    FilesReady,
    /// The submission waits until it is within the vendor's rate limits; see
    /// [`SubmitOptions::within_rate_limits`](crate::submit::SubmitOptions::within_rate_limits). Nothing is in flight: if the future of
    /// the submission is dropped before the next event, nothing is sent.
    Waiting,
    /// It is within the vendor's rate limits, and is recorded and sent next.
    Permitted,
    /// The idempotency key has an earlier submission with this id, whose status is unknown. Nothing is sent: its response is
    /// waited for, or its task searched for. If it turns out to have been refused, [`Recorded`](Self::Recorded) follows.
    Known(String),
    /// The journal has recorded the submission under this id; it is sent next.
    Recorded(String),
    /// The vendor accepted the submission as this task. The journal has yet to record that.
    Accepted(TaskId),
}

/// Event of an upload in progress, passed to [`ClientBuilder::on_upload`](crate::ClientBuilder::on_upload). `file` is the path
/// of the file, or its name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum UploadEvent {
    /// Another process with the same journal, or another client, is uploading the same content. This call waits for its
    /// result.
    Waiting {
        /// The file.
        file: String,
    },
    /// So many bytes of the file were handed to the network. A retry begins again at the first byte.
    Sending {
        /// The file.
        file: String,
        /// Number of bytes so far.
        sent: u64,
        /// Size of the file in bytes.
        total: u64,
    },
    /// The vendor has the file, and checks it before requests can use it.
    Checking {
        /// The file.
        file: String,
        /// Id of its asset.
        asset: String,
        /// Status of the asset.
        status: AssetStatus,
    },
    /// Requests can use the file.
    Ready {
        /// The file.
        file: String,
        /// Whether it was uploaded before, and nothing was sent now.
        reused: bool,
    },
}

/// Called with each event.
pub(crate) struct Observer<E>(Arc<dyn Fn(&E) + Send + Sync>);

impl<E> Clone for Observer<E> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<E> Observer<E> {
    pub(crate) fn new(observe: impl Fn(&E) + Send + Sync + 'static) -> Self {
        Self(Arc::new(observe))
    }

    pub(crate) fn notify(&self, event: &E) {
        (self.0)(event);
    }
}

impl<E> fmt::Debug for Observer<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

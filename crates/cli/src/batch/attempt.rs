//! Attempts of a job: their keys, and which may be followed by another one.

use videogen::ErrorKind;
use videogen::journal::{Entry, State};

use crate::exit::{Failure, NO_VIDEO};

/// The key of a job in the journal. Each attempt has its own.
pub(super) fn key(batch: &str, job: &str, attempt: u32) -> String {
    let first = format!("batch:{batch}:{job}");
    match attempt {
        1 => first,
        attempt => format!("{first}#{attempt}"),
    }
}

/// Whether an attempt ended without a video, or was refused.
pub(super) fn has_failed(entry: &Entry) -> bool {
    let has_ended = entry
        .status
        .as_ref()
        .is_some_and(|status| status.is_ended() && !status.is_completed());
    let is_over = has_ended || entry.is_without_video();
    matches!(entry.state, State::Rejected | State::Dismissed) || (entry.state == State::Accepted && is_over)
}

/// Whether the same submission would be refused again. Other reasons pass: a rate, a balance, a budget, an outage.
pub(super) fn is_final(kind: &str) -> bool {
    let last = [
        ErrorKind::InvalidRequest,
        ErrorKind::Moderated,
        ErrorKind::NotFound,
        ErrorKind::Unsupported,
        ErrorKind::TooLarge,
    ];
    last.iter().any(|last| last.as_str() == kind)
}

/// The failure of a job that has no task, and no first frame.
pub(super) fn without_last_frame() -> Failure {
    let message = "the last frame of the job that it follows is missing";
    Failure::new(NO_VIDEO, ErrorKind::NoVideo, message)
}

//! Whether a submission repeats an earlier one (pure).

use super::entry::is_without_file;
use super::{Entry, Intent, State};
use crate::model::TaskStatus;

impl Entry {
    /// Returns whether the submission of `intent` repeats this one: the same request to the same account within
    /// [`Intent::refuse_repeated_within`]. `false` if that is not set.
    ///
    /// This one counts if it has a video, or may have one. It does not count if it was rejected, provably not sent or
    /// dismissed, if its task ended without a video, or if it belongs to the same [call](Intent::call). A submission with an
    /// idempotency key repeats none, because its key decides; but it counts. A later time counts: the clock may have been set
    /// back.
    #[must_use]
    pub fn is_repeated_by(&self, intent: &Intent) -> bool {
        let (first, Some(within)) = (&self.intent, intent.refuse_repeated_within) else {
            return false;
        };
        let is_request = first.vendor == intent.vendor
            && first.account == intent.account
            && first.request_hash == intent.request_hash
            // Entries of older versions have no origin.
            && (first.origin.is_none() || first.origin == intent.origin);
        let is_same_call = first.id == intent.id || (first.call.is_some() && first.call == intent.call);
        let age = intent.at.signed_duration_since(first.at).to_std().unwrap_or_default();
        is_request && !is_same_call && !intent.has_key() && age <= within && self.may_have_video()
    }

    fn may_have_video(&self) -> bool {
        match self.state {
            State::Rejected | State::NotSent | State::Dismissed => false,
            State::Sending | State::Ambiguous => true,
            State::Accepted => match &self.status {
                Some(TaskStatus::Completed) => !self.reason.as_ref().is_some_and(is_without_file),
                status => !status.as_ref().is_some_and(TaskStatus::is_ended),
            },
        }
    }
}

impl Intent {
    /// Whether the caller set an idempotency key.
    fn has_key(&self) -> bool {
        self.key != self.id
    }
}

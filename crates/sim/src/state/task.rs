//! A task.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde_json::Value;
use url::Url;

use crate::media::Shape;
use crate::spec::{Problem, Vendor};
use crate::state::assets::UsedAsset;
use crate::state::bill::Bill;
use crate::state::clock::after;
use crate::state::delivery::Delivery;
use crate::state::owner::Owner;
use crate::state::plan::{Plan, State, Status};

/// A task.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) vendor: Vendor,
    /// The operation that created it.
    pub(crate) operation: &'static str,
    /// The endpoint family of that operation.
    pub(crate) family: &'static str,
    pub(crate) owner: Owner,
    pub(crate) model: String,
    pub(crate) prompt: String,
    /// The request as received.
    pub(crate) request: Value,
    /// Members of the request that the spec does not know.
    pub(crate) unknown_members: Vec<String>,
    /// Unverified rules that the request violates.
    pub(crate) unverified_rules: Vec<Problem>,
    /// When it was created, in simulated time.
    pub(crate) created: Duration,
    /// When it was created, for responses.
    pub(crate) wall: DateTime<Utc>,
    pub(crate) plan: Plan,
    pub(crate) cancelled: OnceLock<Duration>,
    /// When its record was deleted.
    pub(crate) deleted: OnceLock<Duration>,
    pub(crate) shape: Shape,
    /// The resolution tier that is used.
    pub(crate) tier: String,
    /// The aspect ratio that is used; never `adaptive`.
    pub(crate) ratio: String,
    /// Whether the length was requested in frames.
    pub(crate) by_frames: bool,
    pub(crate) last_frame: bool,
    /// The seed that was sent, also in the prompt.
    pub(crate) seed: Option<Value>,
    /// Its price, unless it ends with one of the statuses `free`.
    pub(crate) bill: Bill,
    /// The statuses that the vendor does not bill, as [`Status::word`] names them.
    pub(crate) free: Vec<&'static str>,
    /// The tokens that the vendor counts.
    pub(crate) tokens: u64,
    /// The caller's own id.
    pub(crate) reference: Option<String>,
    /// The uploaded files and assets that it uses.
    pub(crate) assets: Vec<UsedAsset>,
    pub(crate) callback: Option<Url>,
    pub(crate) delivery: Mutex<Delivery>,
}

impl Task {
    /// Returns the task's state at a simulated time.
    pub(crate) fn state(&self, now: Duration) -> State {
        if let Some(&since) = self.cancelled.get() {
            return State {
                status: Status::Cancelled,
                since,
                progress: self.progress(since),
            };
        }
        let Plan { start, end, ending } = self.plan;
        let (status, since) = match now {
            now if now >= end => (ending, end),
            now if now >= start => (Status::Running, start),
            _ => (Status::Queued, self.created),
        };
        let progress = if now >= end && ending == Status::Completed {
            100
        } else {
            self.progress(now)
        };
        State {
            status,
            since,
            progress,
        }
    }

    /// Its price at a simulated time. It is billed on creation, and nothing if it ends with a status that the vendor does not bill.
    pub(crate) fn cost(&self, now: Duration) -> Bill {
        let status = self.state(now).status;
        let mut bill = self.bill.clone();
        if status.is_terminal() && self.free.contains(&status.word()) {
            bill.amount = Decimal::ZERO;
        }
        bill
    }

    /// The time of day of a simulated time, for responses: at the simulated speed,
    /// counted from the task's creation.
    pub(crate) fn wall_at(&self, moment: Duration) -> DateTime<Utc> {
        after(self.wall, moment.saturating_sub(self.created))
    }

    /// At most 99 percent until the task is completed.
    fn progress(&self, now: Duration) -> u8 {
        let Plan { start, end, .. } = self.plan;
        if now <= start || end <= start {
            return 0;
        }
        let done = (now.min(end) - start).as_secs_f64() / (end - start).as_secs_f64();
        // At most 99, so the cast is exact enough.
        (done * 100.0).min(99.0) as u8
    }

    /// A member of the request.
    pub(crate) fn asked(&self, name: &str) -> Option<&Value> {
        self.request.get(name)
    }

    pub(crate) fn delivery(&self) -> Delivery {
        self.delivery.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_attempt(&self, outcome: Result<(), String>) {
        let mut delivery = self.delivery.lock().unwrap_or_else(PoisonError::into_inner);
        delivery.attempts += 1;
        match outcome {
            Ok(()) => delivery.delivered = true,
            Err(reason) => delivery.last_error = Some(reason),
        }
    }
}

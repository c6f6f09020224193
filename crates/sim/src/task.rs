//! A task and its life.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use url::Url;

use crate::Vendor;
use crate::auth::Owner;
use crate::clock::after;
use crate::shape::Shape;

/// Where a task stands. Each dialect has its own words for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Queued,
    Running,
    Completed,
    Failed(Failure),
    Expired,
    Cancelled,
}

impl Status {
    pub(crate) const fn is_terminal(self) -> bool {
        !matches!(self, Self::Queued | Self::Running)
    }

    /// The status in the simulator's own reports.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "in_progress",
            Self::Completed => "completed",
            Self::Failed(_) => "failed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Why a task failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The generation went wrong.
    Generation,
    /// The result was withheld for its content.
    Moderated,
}

/// How long the stages of a task take, in simulated time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// From creation to the start of the work.
    pub(crate) queued: Duration,
    /// From creation to the end.
    pub(crate) total: Duration,
}

/// What will become of a task, if it is not cancelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    start: Duration,
    end: Duration,
    ending: Status,
}

impl Plan {
    /// The plan for a task that is created now. Reserved words in the prompt steer it:
    ///
    /// - `sim:slow`: everything takes ten times as long;
    /// - `sim:fail`, `sim:moderated`, `sim:expire`: it ends so.
    ///
    /// A task that would take longer than `expires_after` seconds expires.
    pub(crate) fn new(now: Duration, pace: Pace, prompt: &str, expires_after: Option<u64>) -> Self {
        let factor = if prompt.contains("sim:slow") { 10 } else { 1 };
        let total = pace.total * factor;
        let limit = expires_after.map_or(Duration::MAX, Duration::from_secs);
        let ending = if prompt.contains("sim:expire") || limit < total {
            Status::Expired
        } else if prompt.contains("sim:moderated") {
            Status::Failed(Failure::Moderated)
        } else if prompt.contains("sim:fail") {
            Status::Failed(Failure::Generation)
        } else {
            Status::Completed
        };
        let total = total.min(limit);
        Self {
            start: now + (pace.queued * factor).min(total),
            end: now + total,
            ending,
        }
    }

    /// When the task ends.
    pub(crate) const fn end(&self) -> Duration {
        self.end
    }
}

/// Where a task stands, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) since: Duration,
    /// Percent of the work that is done.
    pub(crate) progress: u8,
}

/// How the delivery of a task's webhook went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Delivery {
    /// Attempts so far.
    pub attempts: u32,
    /// Whether one of them was answered with success.
    pub delivered: bool,
    /// What went wrong with the latest attempt that failed.
    pub last_error: Option<String>,
}

/// A task.
pub(crate) struct Task {
    pub(crate) id: String,
    pub(crate) vendor: Vendor,
    /// The operation that made it, which is also its endpoint family.
    pub(crate) operation: &'static str,
    pub(crate) owner: Owner,
    pub(crate) model: String,
    pub(crate) prompt: String,
    /// The request as it came.
    pub(crate) request: Value,
    /// When it was created, in simulated time.
    pub(crate) created: Duration,
    /// When it was created, for the outside world.
    pub(crate) wall: DateTime<Utc>,
    pub(crate) plan: Plan,
    pub(crate) cancelled: OnceLock<Duration>,
    pub(crate) shape: Shape,
    /// The resolution tier that is used.
    pub(crate) tier: String,
    /// The aspect ratio that is used; never `adaptive`.
    pub(crate) ratio: String,
    /// Whether the length was asked in frames.
    pub(crate) by_frames: bool,
    pub(crate) last_frame: bool,
    /// In US dollars, by the simulator's own tariff.
    pub(crate) cost: f64,
    /// The caller's own id.
    pub(crate) reference: Option<String>,
    pub(crate) callback: Option<Url>,
    pub(crate) delivery: Mutex<Delivery>,
}

impl Task {
    /// Where the task stands at a moment of simulated time.
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

    /// When something happened to the task, for the outside world: at its own simulated pace,
    /// counted from its creation.
    pub(crate) fn wall_at(&self, moment: Duration) -> DateTime<Utc> {
        after(self.wall, moment.saturating_sub(self.created))
    }

    /// A task that is not completed has never more than 99 percent.
    fn progress(&self, now: Duration) -> u8 {
        let Plan { start, end, .. } = self.plan;
        if now <= start || end <= start {
            return 0;
        }
        let done = (now.min(end) - start).as_secs_f64() / (end - start).as_secs_f64();
        // At most 99, so the cast is exact enough.
        (done * 100.0).min(99.0) as u8
    }

    /// The caller's own part of the request.
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

/// A task, as the simulator reports it. No key is in here, and no URL.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TaskReport {
    /// The vendor's short name.
    pub vendor: &'static str,
    /// The task's id.
    pub id: String,
    /// The operation that created it.
    pub operation: &'static str,
    /// Model id.
    pub model: String,
    /// The prompt as submitted.
    pub prompt: String,
    /// `queued`, `in_progress`, `completed`, `failed`, `expired` or `cancelled`, at every vendor.
    pub status: &'static str,
    /// Percent of the work that is done.
    pub progress: u8,
    /// When it was created.
    pub created_at: DateTime<Utc>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Frames in all.
    pub frames: u32,
    /// Frames per second.
    pub fps: u32,
    /// Price in US dollars, by the simulator's own tariff.
    pub cost: f64,
    /// The caller's own id.
    pub client_reference: Option<String>,
    /// How its webhook fared, if one was asked for.
    pub webhook: Option<Delivery>,
}

impl TaskReport {
    pub(crate) fn new(task: &Task, now: Duration) -> Self {
        let State { status, progress, .. } = task.state(now);
        Self {
            vendor: task.vendor.slug(),
            id: task.id.clone(),
            operation: task.operation,
            model: task.model.clone(),
            prompt: task.prompt.clone(),
            status: status.word(),
            progress,
            created_at: task.wall,
            width: task.shape.width,
            height: task.shape.height,
            frames: task.shape.frames,
            fps: task.shape.fps,
            cost: task.cost,
            client_reference: task.reference.clone(),
            webhook: task.callback.as_ref().map(|_| task.delivery()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACE: Pace = Pace {
        queued: Duration::from_secs(3),
        total: Duration::from_secs(20),
    };

    fn plan(prompt: &str, expires_after: Option<u64>) -> (u64, u64, Status) {
        let plan = Plan::new(Duration::from_secs(100), PACE, prompt, expires_after);
        (plan.start.as_secs(), plan.end.as_secs(), plan.ending)
    }

    #[test]
    fn reserved_words_steer_a_task() {
        assert_eq!(plan("a fox", None), (103, 120, Status::Completed));
        assert_eq!(plan("sim:slow fox", None), (130, 300, Status::Completed));
        assert_eq!(
            plan("fox sim:fail", None),
            (103, 120, Status::Failed(Failure::Generation))
        );
        assert_eq!(
            plan("sim:moderated", None),
            (103, 120, Status::Failed(Failure::Moderated))
        );
        assert_eq!(plan("sim:expire", None), (103, 120, Status::Expired));
        assert_eq!(plan("sim:slow", Some(60)), (130, 160, Status::Expired));
        assert_eq!(plan("a fox", Some(3_600)), (103, 120, Status::Completed));
    }
}

//! The plan of a task: its statuses, and when each begins.

use std::time::Duration;

/// Status of a task. Each dialect has its own names for it.
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
    /// The generation failed.
    Generation,
    /// The result was withheld for its content.
    Moderated,
}

/// Durations of a task's stages, in simulated time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    /// From creation to the start of the work.
    pub(crate) queued: Duration,
    /// From creation to the end.
    pub(crate) total: Duration,
}

/// The plan of a task, unless it is cancelled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(super) start: Duration,
    pub(super) end: Duration,
    pub(super) ending: Status,
}

impl Plan {
    /// The plan of a task that is created now. Reserved words in the prompt change it:
    ///
    /// - `sim:slow`: everything takes ten times as long;
    /// - `sim:fail`, `sim:moderated`, `sim:expire`: it ends with that status.
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

    /// The plan where a deadline that passes after the work began ends the task with `status`.
    pub(crate) fn overdue_as(mut self, status: Status) -> Self {
        if self.ending == Status::Expired && self.start < self.end {
            self.ending = status;
        }
        self
    }

    /// When the work begins.
    pub(crate) const fn start(&self) -> Duration {
        self.start
    }

    /// The status in which the task ends.
    pub(crate) const fn ending(&self) -> Status {
        self.ending
    }

    /// When the task ends.
    pub(crate) const fn end(&self) -> Duration {
        self.end
    }
}

/// Status of a task, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) since: Duration,
    /// Progress in percent.
    pub(crate) progress: u8,
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
    fn reserved_words_change_the_plan() {
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

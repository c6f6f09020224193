//! Effects of responses on the schedule.

use std::cmp::Reverse;
use std::time::Duration;

use tokio::time::Instant;

use super::{Entry, Queue, Schedule, State};
use crate::model::{Error, ErrorKind, TaskPage, TaskStatus, VideoTask};
use crate::poll::{DurationBook, LastPoll};
use crate::poll::{Known, URL_GRACE};
use crate::wait::job::Job;
use crate::wait::sweep::Swept;
use crate::wait::watch::no_url;

/// How many lists may lack a task, which may be too new, before it is assumed to be missing.
const MISSES: u8 = 2;

impl Schedule {
    /// Accepts a task that did not come from a poll. Returns `true` when that ended the wait.
    pub(crate) fn offer(&mut self, task: VideoTask, now: Instant, book: &mut DurationBook) -> bool {
        let Some(Some(slot)) = self.slots.get(&task.id).copied() else {
            return false;
        };
        if !task.is_final() {
            if task.status.is_ended() {
                self.wake(&task.id, now);
            }
            return false;
        }
        self.update(slot, task, now, book);
        true
    }

    /// Records how long ago the polled task was submitted, if the result has it.
    pub(crate) fn date(&mut self, job: &Job, age: Option<Duration>, now: Instant) {
        if let Some(entry) = self.entries[job.slot].as_mut().filter(|entry| entry.turn == job.turn) {
            entry.age.submitted(age, now - entry.added);
        }
    }

    /// Handles the result of a poll. Returns the failure if the task will be polled again.
    pub(crate) fn answered(
        &mut self,
        job: &Job,
        result: Result<VideoTask, Error>,
        now: Instant,
        book: &mut DurationBook,
    ) -> Option<Error> {
        let in_flight = |entry: &&mut Entry| entry.turn == job.turn && entry.state == State::InFlight;
        // Ended or removed meanwhile.
        let entry = self.entries[job.slot].as_mut().filter(in_flight)?;
        entry.polls = entry.polls.saturating_add(1);
        let failure = match result {
            Ok(task) => {
                if !self.update(job.slot, task, now, book) {
                    return None;
                }
                None
            }
            Err(error) => {
                let waited = now - entry.added;
                let known = entry.age.known(entry.is_found, waited);
                let Some(again) = entry.refusals.again(&error, known, waited) else {
                    let error = known.ending(&entry.id, error);
                    self.end(job.slot, Err(error));
                    return None;
                };
                entry.last = again.into();
                entry.failure = Some(error.message().into());
                Some((known, error))
            }
        };
        let entry = self.entries[job.slot].as_ref()?;
        match entry.deadline.filter(|deadline| *deadline <= now) {
            Some(deadline) => {
                let error = match failure {
                    Some((known, error)) if known != Known::Found && error.kind() == ErrorKind::NotFound => {
                        known.ending(&entry.id, error)
                    }
                    _ => entry.timed_out(deadline),
                };
                self.end(job.slot, Err(error));
                None
            }
            None => {
                self.pause(job.slot, now, book);
                failure.map(|(_, error)| error)
            }
        }
    }

    /// Handles a task. Returns `true` when it has not ended.
    fn update(&mut self, slot: usize, task: VideoTask, now: Instant, book: &mut DurationBook) -> bool {
        let model = task.model.as_deref().map(|model| self.intern(model));
        let Some(entry) = self.entries[slot].as_mut() else {
            return false;
        };
        entry.model = model.or(entry.model.take());
        entry.unknown = matches!(task.status, TaskStatus::Unknown(_)).then(|| Box::new(task.status.clone()));
        entry.age.date(&task, now - entry.added);
        entry.last = LastPoll::Running;
        entry.failure = None;
        entry.refusals.clear();
        entry.is_found = true;
        entry.has_ended = false;
        if task.status.is_ended() && !task.is_final() {
            entry.last = LastPoll::NoUrl;
            entry.without_url += 1;
            if entry.without_url >= URL_GRACE {
                self.end(slot, Err(no_url(&task)));
                return false;
            }
        } else if task.status.is_ended() {
            entry.age.observe(book, &task, now - entry.added, self.policy.scale);
            self.end(slot, Ok(task));
            return false;
        } else {
            entry.age.not_done = entry.age(now);
        }
        true
    }

    /// Handles the result of a page.
    pub(crate) fn listed(&mut self, page: Result<TaskPage, Error>, now: Instant, book: &mut DurationBook) {
        let next = match page {
            Ok(page) => {
                for task in page.tasks {
                    self.seen_in_list(task, now, book);
                }
                match page.incomplete {
                    // The tasks of further pages are polled one by one.
                    Some(reason) => Err(Error::new(ErrorKind::Decode, reason)),
                    None => Ok(page.next),
                }
            }
            Err(error) => Err(error),
        };
        if let Some(swept) = self.lists.answered(next, self.counts[Queue::Listed as usize], now) {
            self.not_in_list(swept);
        }
    }

    fn seen_in_list(&mut self, task: VideoTask, now: Instant, book: &mut DurationBook) {
        let Some(Some(slot)) = self.slots.get(&task.id).copied() else {
            return;
        };
        let Some(entry) = self.entries[slot]
            .as_mut()
            .filter(|entry| entry.state != State::InFlight)
        else {
            return;
        };
        entry.misses = 0;
        if task.status.is_ended() {
            // Lists lack its result, so it is polled. If that is already due, it keeps its place.
            if std::mem::take(&mut entry.is_listed) {
                self.listed -= 1;
                entry.has_ended = true;
                self.wait_until(slot, now);
                self.tick(now);
            }
            return;
        }
        entry.polls = entry.polls.saturating_add(1);
        entry.polled = Some(now);
        let hinted = entry.is_hinted;
        if self.update(slot, task, now, book) && !hinted {
            self.pause(slot, now, book);
        }
    }

    /// After a sweep: tasks that it should have shown and did not are polled one by one; permanently, if whole lists
    /// repeatedly lack them.
    fn not_in_list(&mut self, swept: Swept) {
        let places = std::mem::take(&mut self.due[Queue::Listed as usize]);
        for Reverse((at, turn, slot)) in places {
            let due = State::Due(Queue::Listed);
            let Some(entry) = self.entries[slot]
                .as_mut()
                .filter(|entry| entry.turn == turn && entry.state == due)
            else {
                continue;
            };
            let queue = if at <= swept.began {
                Queue::Single
            } else {
                Queue::Listed
            };
            if queue == Queue::Single {
                entry.misses += u8::from(swept.is_whole);
                if entry.misses >= MISSES {
                    entry.is_listed = false;
                    self.listed -= 1;
                }
                self.counts[Queue::Listed as usize] -= 1;
                self.counts[queue as usize] += 1;
            }
            entry.state = State::Due(queue);
            self.due[queue as usize].push(Reverse((at, turn, slot)));
        }
    }
}

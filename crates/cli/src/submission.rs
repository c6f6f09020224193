//! State of a submission in progress, for interrupts. Uses no command.

use std::sync::{Arc, Mutex, PoisonError};

use videogen::submit::SubmitEvent;
use videogen::{ClientBuilder, ErrorKind, TaskId, Vendor};

use crate::exit::Failure;
use crate::interrupt::Interrupt;
use crate::invocation::Invocation;
use crate::lost;
use crate::output::Output;

/// A submission in progress. Clones share its state.
#[derive(Clone, Default)]
pub(crate) struct Submission(Arc<Mutex<Known>>);

#[derive(Clone, Default)]
struct Known {
    journalled: bool,
    /// The command has submitted other requests before.
    follows: bool,
    /// Its number in the command, if it has several.
    item: Option<String>,
    /// Its local files are not ready, so nothing was sent.
    needs_files: bool,
    /// It waits for the vendor's rate limit, so nothing is in flight.
    waits: bool,
    recorded: Option<String>,
    /// The vendor that is tried.
    vendor: Option<Vendor>,
    /// An earlier submission with the same key, which is waited for. Nothing is in flight.
    earlier: Option<String>,
    task: Option<TaskId>,
}

impl Submission {
    pub(crate) fn new(journalled: bool) -> Self {
        let submission = Self::default();
        submission.change(|known| known.journalled = journalled);
        submission
    }

    /// The id of the submission that the journal has, before and after it was accepted.
    pub(crate) fn recorded(&self) -> Option<String> {
        self.known().recorded
    }

    /// Observes the client of `builder`, and prints the task's id as soon as it is known, because the journal may be
    /// locked for minutes. `quietly`: only if notes are printed.
    pub(crate) fn watch(&self, builder: ClientBuilder, vendor: Vendor, quietly: bool, output: Output) -> ClientBuilder {
        let own = self.clone();
        let journalled = self.known().journalled;
        builder.on_submission(move |event| match event {
            SubmitEvent::FilesNeeded => own.change(|known| known.needs_files = true),
            SubmitEvent::FilesReady => own.change(|known| known.needs_files = false),
            SubmitEvent::Waiting => own.change(|known| known.waits = true),
            SubmitEvent::Permitted => own.change(|known| known.waits = false),
            SubmitEvent::Known(id) => {
                own.change(|known| known.earlier = Some(id.clone()));
                output.note(&format!(
                    "There is no response yet to the earlier submission {id} with this key; waiting for it, then searching for \
                     its task."
                ));
            }
            SubmitEvent::Recorded(id) => own.change(|known| {
                known.recorded = Some(id.clone());
                known.vendor = Some(vendor);
                known.earlier = None;
            }),
            SubmitEvent::Accepted(task) => {
                own.change(|known| known.task = Some(task.clone()));
                if let Some(item) = own.known().item {
                    output.of_job(task, &item);
                }
                output.submitted(task, journalled, quietly);
            }
            _ => {}
        })
    }

    /// A vendor has refused it, and the next one is tried.
    pub(crate) fn refused(&self, next: Vendor) {
        self.change(|known| (known.recorded, known.vendor) = (None, Some(next)));
    }

    /// Begins one of several submissions of the command, by its number from 1. `follows`: others were accepted.
    pub(crate) fn next(&self, number: usize, follows: bool) {
        self.change(|known| {
            *known = Known {
                journalled: known.journalled,
                follows,
                item: Some(number.to_string()),
                ..Known::default()
            };
        });
    }

    /// The task, if already known.
    pub(crate) fn task(&self) -> Option<TaskId> {
        self.known().task
    }

    /// The failure when the user interrupts what needs no response: nothing of this run is in flight. `None`: a request may
    /// be.
    pub(crate) fn idle(&self, interrupt: Interrupt) -> Option<Failure> {
        let known = self.known();
        let nothing = match known.follows {
            true => "this request was not submitted",
            false => "nothing was submitted",
        };
        if known.needs_files {
            let message = format!("interrupted during an upload; {nothing}");
            return Some(Failure::interrupted(interrupt, message));
        }
        if known.waits {
            let message = format!("interrupted while it waited for the vendor's rate limit; {nothing}");
            return Some(Failure::interrupted(interrupt, message));
        }
        let id = known.earlier.filter(|_| known.task.is_none())?;
        let message =
            format!("interrupted while searching for the task of the earlier submission {id} with this key; {nothing}");
        let hint = format!("Search for it with: {}", Invocation::new("recover"));
        let mut failure = Failure::interrupted(interrupt, message).hint(&hint);
        failure.error.submission = Some(id);
        Some(failure)
    }

    /// The failure when the user interrupts the submission.
    pub(crate) fn abandoned(&self, vendor: Vendor, interrupt: Interrupt) -> Failure {
        let known = self.known();
        if let Some(task) = known.task {
            let message = format!("interrupted; {task} was accepted, and the journal has not recorded it yet");
            return Failure::interrupted(interrupt, message).about(&task);
        }
        if known.journalled && known.recorded.is_none() {
            let message = "interrupted while waiting for the journal, before anything was sent";
            let hint = format!("To make sure, see: {}", Invocation::new("recover"));
            return Failure::interrupted(interrupt, message).hint(&hint);
        }
        let kind = ErrorKind::AmbiguousSubmit;
        let Some(id) = known.recorded else {
            let message = "submission status unknown: interrupted before the vendor answered; the task may exist and be \
                billed";
            return Failure::new(interrupt.code(), kind, message).hint("Check the vendor's console.");
        };
        let message = format!(
            "submission status unknown: interrupted before the vendor answered submission {id}; the task may exist and \
             be billed"
        );
        // With a journal, a request has a client reference where the vendor takes one.
        let vendor = known.vendor.unwrap_or(vendor);
        let advice = lost::advice(vendor, vendor.can_search(true), &id);
        let mut failure = Failure::new(interrupt.code(), kind, message).hint(&advice);
        failure.error.submission = Some(id);
        failure
    }

    fn known(&self) -> Known {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Known)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

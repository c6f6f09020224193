//! Corrections of a task that the user entered.

use super::{Entry, Event, State};

impl Entry {
    /// Removes a task that the user entered, and everything that is known from it, if the event replaces or dismisses it.
    pub(super) fn correct_for(&mut self, event: &Event) {
        let corrects = match event {
            Event::Assigned { task, .. } => self.task.as_ref() != Some(task),
            event => *event == Event::Dismissed,
        };
        if corrects && self.task_entered {
            let known = std::mem::replace(self, Self::begin(self.intent.clone()));
            self.state = State::Ambiguous;
            (self.updated_at, self.attempts) = (known.updated_at, known.attempts);
            (self.ambiguity, self.target) = (known.ambiguity, known.target);
        }
    }
}

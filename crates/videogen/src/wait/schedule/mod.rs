//! Which of many tasks to poll next, and the effect of each result: a state machine without network or clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Error, TaskId, TaskStatus, VideoTask};
use crate::poll::{DurationBook, LastPoll, PollPolicy, PollState, Refusals};
use crate::wait::job::Job;
use crate::wait::sweep::{Lists, Request};
use crate::wait::watch::{LAST_TURN, TaskAge, later, timed_out};

mod answers;

/// Hints may be forged, so they trigger a poll no sooner than this after the last one.
const HINT_GAP: Duration = Duration::from_secs(1);
/// How long a due task waits for a sweep of the list to reach it, if there are spare turns.
const PATIENCE: Duration = Duration::from_secs(15);
/// Used for pauses beyond the clock's range.
const NEVER: Duration = Duration::from_secs(86_400);
/// Maximum number of stale queue entries per task.
const STALE: usize = 4;
/// Maximum number of shared model names.
const MODELS: usize = 256;

/// How a task ended.
pub(crate) type Ended = (TaskId, Result<VideoTask, Error>);

/// The queues of due tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Queue {
    /// Possibly shown by a list.
    Listed,
    /// Polled one by one.
    Single,
    /// Hinted to have ended.
    Hinted,
    /// Ended according to a list, which lacks their result.
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Not due yet.
    Waiting,
    /// Due.
    Due(Queue),
    /// Its request is in flight.
    InFlight,
}

/// A task in the schedule. Kept small: there may be tens of thousands.
struct Entry {
    id: Arc<TaskId>,
    model: Option<Arc<str>>,
    /// Distinguishes its queue entry from stale ones, and its request from those of an earlier task in the same slot.
    turn: u64,
    state: State,
    added: Instant,
    deadline: Option<Instant>,
    polled: Option<Instant>,
    age: TaskAge,
    polls: u32,
    last: LastPoll,
    /// Why the last poll failed.
    failure: Option<Box<str>>,
    /// The last status, if this version does not know it.
    unknown: Option<Box<TaskStatus>>,
    without_url: u8,
    /// Number of consecutive whole lists that lacked it.
    misses: u8,
    is_listed: bool,
    is_hinted: bool,
    /// A list showed that it has ended, and it was not polled since.
    has_ended: bool,
    /// Whether the vendor has ever returned it.
    is_found: bool,
    refusals: Refusals,
}

impl Entry {
    fn age(&self, now: Instant) -> Duration {
        self.age.after(now - self.added)
    }

    fn timed_out(&self, deadline: Instant) -> Error {
        let timeout = deadline - self.added;
        timed_out(&self.id, timeout, self.failure.as_deref(), self.unknown.as_deref())
    }

    fn queue(&self) -> Queue {
        match (self.has_ended, self.is_hinted, self.is_listed) {
            (true, ..) => Queue::Ended,
            (_, true, _) => Queue::Hinted,
            (.., true) => Queue::Listed,
            _ => Queue::Single,
        }
    }
}

/// A queue entry: due time, turn, slot. Ended tasks are ordered by when they were added.
type Place = (Instant, u64, usize);

/// All tasks of one watcher.
pub(crate) struct Schedule {
    policy: PollPolicy,
    entries: Vec<Option<Entry>>,
    vacant: Vec<usize>,
    /// `None` for tasks that have ended and are not reported yet.
    slots: HashMap<Arc<TaskId>, Option<usize>>,
    /// Ordered by time. Stale entries are skipped, here and below.
    waiting: BinaryHeap<Reverse<Place>>,
    deadlines: BinaryHeap<Reverse<(Instant, usize, Arc<TaskId>)>>,
    /// Due tasks, the oldest first.
    due: [BinaryHeap<Reverse<Place>>; 4],
    /// Number of entries in each that are not stale.
    counts: [usize; 4],
    /// Whether a hinted task is next: hinted and other tasks alternate, so that neither starves.
    hinted_next: bool,
    /// Whether the oldest listed task has been due for too long.
    is_late: bool,
    turns: u64,
    lists: Lists,
    listed: usize,
    models: Vec<Arc<str>>,
    ended: VecDeque<Ended>,
}

impl Schedule {
    pub(crate) fn new(policy: PollPolicy, lists: Lists) -> Self {
        Self {
            policy,
            entries: Vec::new(),
            vacant: Vec::new(),
            slots: HashMap::new(),
            waiting: BinaryHeap::new(),
            deadlines: BinaryHeap::new(),
            due: Default::default(),
            counts: [0; 4],
            hinted_next: true,
            is_late: false,
            turns: 0,
            lists,
            listed: 0,
            models: Vec::new(),
            ended: VecDeque::new(),
        }
    }

    /// Whether the wait for a task has not ended.
    pub(crate) fn is_waiting(&self, id: &TaskId) -> bool {
        self.slots.get(id).is_some_and(Option::is_some)
    }

    /// Tasks that have not been reported yet.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Adds a task. `false` when it was already added.
    pub(crate) fn add(
        &mut self,
        id: TaskId,
        model: Option<&str>,
        age: Option<Duration>,
        timeout: Option<Duration>,
        now: Instant,
        book: &DurationBook,
    ) -> bool {
        if self.slots.contains_key(&id) {
            return false;
        }
        let id = Arc::new(id);
        let slot = self.vacant.pop().unwrap_or_else(|| {
            self.entries.push(None);
            self.entries.len() - 1
        });
        let deadline = timeout.and_then(|timeout| later(now, timeout));
        self.entries[slot] = Some(Entry {
            id: Arc::clone(&id),
            model: model.map(|model| self.intern(model)),
            turn: 0,
            state: State::Waiting,
            added: now,
            deadline,
            polled: None,
            age: TaskAge::new(age),
            polls: 0,
            last: LastPoll::Running,
            failure: None,
            unknown: None,
            without_url: 0,
            misses: 0,
            is_listed: self.lists.exist(),
            is_hinted: false,
            has_ended: false,
            is_found: false,
            refusals: Refusals::default(),
        });
        self.listed += usize::from(self.lists.exist());
        self.slots.insert(Arc::clone(&id), Some(slot));
        if let Some(deadline) = deadline {
            self.deadlines.push(Reverse((deadline, slot, id)));
        }
        self.pause(slot, now, book);
        true
    }

    /// Adds a task whose wait ends at once. `false` when it was already added.
    pub(crate) fn refuse(&mut self, id: TaskId, error: Error) -> bool {
        if self.slots.contains_key(&id) {
            return false;
        }
        self.slots.insert(Arc::new(id.clone()), None);
        self.ended.push_back((id, Err(error)));
        true
    }

    /// Removes a task.
    pub(crate) fn remove(&mut self, id: &TaskId) -> bool {
        match self.slots.remove(id) {
            Some(Some(slot)) => drop(self.vacate(slot)),
            Some(None) => self.ended.retain(|(ended, _)| ended != id),
            None => return false,
        }
        true
    }

    /// Hints that a task has ended: it is polled soon. `false` when it is not in the schedule.
    pub(crate) fn wake(&mut self, id: &TaskId, now: Instant) -> bool {
        let Some(Some(slot)) = self.slots.get(id).copied() else {
            return false;
        };
        let Some(entry) = self.entries[slot].as_mut() else {
            return false;
        };
        entry.is_hinted = true;
        let at = entry.polled.map_or(now, |polled| (polled + HINT_GAP).max(now));
        // A request in flight may be too early, so another follows. A task that is already due keeps its place.
        if !matches!(entry.state, State::InFlight | State::Due(Queue::Hinted)) {
            self.wait_until(slot, at);
            self.tick(now);
        }
        true
    }

    /// The next ended task.
    pub(crate) fn pop_ended(&mut self) -> Option<Ended> {
        let ended = self.ended.pop_front()?;
        self.slots.remove(&ended.0);
        Some(ended)
    }

    /// Discards requests whose results will not arrive.
    pub(crate) fn abandon(&mut self) {
        self.lists.abandon();
    }

    /// Updates the queues to `now`.
    pub(crate) fn tick(&mut self, now: Instant) {
        while let Some(Reverse((at, turn, slot))) = self.waiting.peek().copied().filter(|Reverse((at, ..))| *at <= now)
        {
            self.waiting.pop();
            let waiting = |entry: &&mut Entry| entry.turn == turn && entry.state == State::Waiting;
            if let Some(entry) = self.entries[slot].as_mut().filter(waiting) {
                let queue = entry.queue();
                entry.state = State::Due(queue);
                let since = if queue == Queue::Ended { entry.added } else { at };
                self.counts[queue as usize] += 1;
                self.due[queue as usize].push(Reverse((since, turn, slot)));
            }
        }
        self.is_late = self.front(Queue::Listed).is_some_and(|(at, ..)| at + PATIENCE <= now);
        // A last poll is due at the deadline; without a turn for it, the wait ends anyway.
        while let Some(Reverse((deadline, slot, id))) = self.deadlines.peek() {
            if *deadline + LAST_TURN > now {
                break;
            }
            let (deadline, slot) = (*deadline, *slot);
            let stands = self.slots.get(id) == Some(&Some(slot));
            self.deadlines.pop();
            let late = self.entries[slot]
                .as_ref()
                .filter(|entry| stands && entry.deadline == Some(deadline));
            if let Some(entry) = late.filter(|entry| entry.state != State::InFlight) {
                let error = entry.timed_out(deadline);
                self.end(slot, Err(error));
            }
        }
    }

    /// The deadline of the task that a poll is for.
    pub(crate) fn deadline(&self, job: &Job) -> Option<Instant> {
        let entry = self.entries[job.slot].as_ref();
        entry.filter(|entry| entry.turn == job.turn)?.deadline
    }

    /// Whether a request is due.
    pub(crate) fn has_work(&self) -> bool {
        let [listed, single, hinted, ended] = self.counts;
        single + hinted + ended > 0 || (listed > 0 && (self.is_late || !self.lists.is_in_flight()))
    }

    /// When the next request or deadline is due.
    pub(crate) fn next_time(&self) -> Option<Instant> {
        let waiting = self.waiting.peek().map(|Reverse((at, ..))| *at);
        let deadline = self.deadlines.peek().map(|Reverse((at, ..))| *at + LAST_TURN);
        match (waiting, deadline) {
            (Some(waiting), Some(deadline)) => Some(waiting.min(deadline)),
            (waiting, deadline) => waiting.or(deadline),
        }
    }

    /// The next request. Hinted and other tasks alternate.
    pub(crate) fn request(&mut self, now: Instant) -> Option<Request> {
        self.tick(now);
        let next = self.next_queue();
        let queue = match self.front(Queue::Hinted) {
            Some(_) if self.hinted_next || next.is_none() => Queue::Hinted,
            _ => next?,
        };
        self.hinted_next = queue != Queue::Hinted;
        if queue == Queue::Listed
            && let Some(query) = self.lists.page(self.counts[queue as usize], self.listed, now)
        {
            return Some(Request::Page(query));
        }
        let Reverse((_, turn, slot)) = self.due[queue as usize].pop()?;
        let entry = self.entries[slot].as_mut()?;
        self.counts[queue as usize] -= 1;
        entry.state = State::InFlight;
        entry.polled = Some(now);
        entry.is_hinted = false;
        let id = Arc::clone(&entry.id);
        Some(Request::Poll(Job { id, slot, turn }))
    }

    /// The next request other than hinted ones: first the next page of a started sweep, then tasks that a list showed
    /// to have ended, then the oldest due task.
    fn next_queue(&mut self) -> Option<Queue> {
        let [ended, single, listed] = [Queue::Ended, Queue::Single, Queue::Listed].map(|queue| self.front(queue));
        let is_in_flight = self.lists.is_in_flight();
        // The page in flight may show it.
        let listed = listed.filter(|_| !is_in_flight || self.is_late);
        if listed.is_some() && self.lists.is_sweeping() && !is_in_flight {
            return Some(Queue::Listed);
        }
        match (ended, single, listed) {
            (Some(_), ..) => Some(Queue::Ended),
            (_, Some(single), listed) if listed.is_none_or(|listed| single < listed) => Some(Queue::Single),
            (.., listed) => listed.map(|_| Queue::Listed),
        }
    }

    /// The oldest entry of a queue that is not stale.
    fn front(&mut self, queue: Queue) -> Option<Place> {
        while let Some(Reverse((at, turn, slot))) = self.due[queue as usize].peek().copied() {
            let entry = self.entries[slot].as_ref();
            if entry.is_some_and(|entry| entry.turn == turn && entry.state == State::Due(queue)) {
                return Some((at, turn, slot));
            }
            self.due[queue as usize].pop();
        }
        None
    }

    /// Schedules a task's next poll.
    fn pause(&mut self, slot: usize, now: Instant, book: &DurationBook) {
        let Some(entry) = &self.entries[slot] else { return };
        let state = PollState {
            elapsed: entry.age(now),
            polls: entry.polls,
            last: entry.last,
            jitter: fastrand::f64(),
        };
        let pause = self.policy.pause(book.of(entry.model.as_deref()), &state);
        let mut at = later(now, pause).unwrap_or(now + NEVER);
        if let (true, Some(polled)) = (entry.is_hinted, entry.polled) {
            at = at.min(polled + HINT_GAP);
        }
        if let Some(deadline) = entry.deadline {
            at = at.min(deadline);
        }
        self.wait_until(slot, at);
    }

    fn wait_until(&mut self, slot: usize, at: Instant) {
        let Some(entry) = self.entries[slot].as_mut() else {
            return;
        };
        if let State::Due(queue) = entry.state {
            self.counts[queue as usize] -= 1;
        }
        self.turns += 1;
        entry.turn = self.turns;
        entry.state = State::Waiting;
        self.waiting.push(Reverse((at, entry.turn, slot)));
        if self.waiting.len() > STALE * (self.slots.len() + STALE) {
            let entries = &self.entries;
            let stands = |turn: u64, slot: usize| entries[slot].as_ref().is_some_and(|entry| entry.turn == turn);
            self.waiting.retain(|Reverse((_, turn, slot))| stands(*turn, *slot));
        }
    }

    fn end(&mut self, slot: usize, result: Result<VideoTask, Error>) {
        if let Some(entry) = self.vacate(slot) {
            self.slots.insert(Arc::clone(&entry.id), None);
            self.ended.push_back(((*entry.id).clone(), result));
        }
    }

    fn vacate(&mut self, slot: usize) -> Option<Entry> {
        let entry = self.entries[slot].take()?;
        if let State::Due(queue) = entry.state {
            self.counts[queue as usize] -= 1;
        }
        self.listed -= usize::from(entry.is_listed);
        self.vacant.push(slot);
        if self.deadlines.len() > STALE * (self.slots.len() + STALE) {
            let slots = &self.slots;
            self.deadlines
                .retain(|Reverse((_, slot, id))| slots.get(id) == Some(&Some(*slot)));
        }
        Some(entry)
    }

    fn intern(&mut self, model: &str) -> Arc<str> {
        if let Some(known) = self.models.iter().find(|known| &***known == model) {
            return Arc::clone(known);
        }
        let model: Arc<str> = model.into();
        if self.models.len() < MODELS {
            self.models.push(Arc::clone(&model));
        }
        model
    }
}

#[cfg(test)]
mod tests;

//! Which of many tasks to ask about next, and what each answer means: a state machine that knows neither network nor clock.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Error, TaskId, VideoTask};
use crate::poll::{DurationBook, LastPoll, PollPolicy, PollState, Refusals};
use crate::wait::job::Job;
use crate::wait::sweep::{Lists, Request};
use crate::wait::watch::{LAST_TURN, TaskAge, later, timed_out};

mod answers;

/// A hint may come from anybody: it does not bring a poll sooner than so long after the last.
const HINT_GAP: Duration = Duration::from_secs(1);
/// How long what is due waits for a pass through the list to come to it, where there are turns to spare.
const PATIENCE: Duration = Duration::from_secs(15);
/// Stands for a pause that is beyond what the clock can tell.
const NEVER: Duration = Duration::from_secs(86_400);
/// Stale places that the queues may hold beside each task.
const STALE: usize = 4;
/// Distinct models whose names are shared.
const MODELS: usize = 256;

/// How a task ended.
pub(crate) type Ended = (TaskId, Result<VideoTask, Error>);

/// The queues of tasks whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Queue {
    /// A list may show them.
    Listed,
    /// They are asked about one by one.
    Single,
    /// Somebody said that they have ended.
    Hinted,
    /// A list showed that they have ended; it leaves out their result.
    Ended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Sleeps until its time.
    Waiting,
    /// Its time has come.
    Due(Queue),
    /// A request about it is on its way.
    Asked,
}

/// A task that is waited for. Kept small: there may be tens of thousands.
struct Entry {
    id: Arc<TaskId>,
    model: Option<Arc<str>>,
    /// Tells its place in the queues from earlier ones, and its request from those about an earlier task in the same slot.
    turn: u64,
    state: State,
    added: Instant,
    deadline: Option<Instant>,
    asked: Option<Instant>,
    age: TaskAge,
    polls: u32,
    last: LastPoll,
    /// Why the last poll told nothing.
    trouble: Option<Box<str>>,
    without_url: u8,
    /// Whole lists in a row that did not show it.
    misses: u8,
    is_listed: bool,
    is_hinted: bool,
    /// A list showed that it has ended, and it was not asked about since.
    has_ended: bool,
    /// Whether the vendor has ever known it.
    is_found: bool,
    refusals: Refusals,
}

impl Entry {
    fn age(&self, now: Instant) -> Duration {
        self.age.after(now - self.added)
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

/// A place in a queue: since when, whose turn, in which slot. What has ended has its place by when it was added.
type Place = (Instant, u64, usize);

/// All tasks of one watcher.
pub(crate) struct Schedule {
    policy: PollPolicy,
    entries: Vec<Option<Entry>>,
    vacant: Vec<usize>,
    /// `None` for those that have ended and are not reported yet.
    slots: HashMap<Arc<TaskId>, Option<usize>>,
    /// By time. Places that are no longer true are skipped, here and below.
    waiting: BinaryHeap<Reverse<Place>>,
    deadlines: BinaryHeap<Reverse<(Instant, usize, Arc<TaskId>)>>,
    /// Those whose time has come, the oldest first.
    due: [BinaryHeap<Reverse<Place>>; 4],
    /// How many of each truly stand there.
    counts: [usize; 4],
    /// Whether a hinted task comes before the others next time: by turns, so that neither waits for ever.
    hinted_next: bool,
    /// Whether the oldest that a list may show has been due for too long.
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

    /// Tasks that have not been reported yet.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Waits for a task. `false` when it is waited for already.
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
            asked: None,
            age: TaskAge::new(age),
            polls: 0,
            last: LastPoll::Running,
            trouble: None,
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

    /// Forgets a task.
    pub(crate) fn remove(&mut self, id: &TaskId) -> bool {
        match self.slots.remove(id) {
            Some(Some(slot)) => drop(self.vacate(slot)),
            Some(None) => self.ended.retain(|(ended, _)| ended != id),
            None => return false,
        }
        true
    }

    /// Somebody says that a task has ended: it is asked about soon. `false` when it is not waited for.
    pub(crate) fn wake(&mut self, id: &TaskId, now: Instant) -> bool {
        let Some(Some(slot)) = self.slots.get(id).copied() else {
            return false;
        };
        let Some(entry) = self.entries[slot].as_mut() else {
            return false;
        };
        entry.is_hinted = true;
        let at = entry.asked.map_or(now, |asked| (asked + HINT_GAP).max(now));
        // A request on its way may have missed it: another follows. What stands there already keeps its place.
        if !matches!(entry.state, State::Asked | State::Due(Queue::Hinted)) {
            self.wait_until(slot, at);
            self.tick(now);
        }
        true
    }

    /// The next that ended.
    pub(crate) fn pop_ended(&mut self) -> Option<Ended> {
        let ended = self.ended.pop_front()?;
        self.slots.remove(&ended.0);
        Some(ended)
    }

    /// Forgets requests whose answers will not come.
    pub(crate) fn abandon(&mut self) {
        self.lists.abandon();
    }

    /// Brings the queues up to `now`.
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
        // A last poll is due at the deadline; what got no turn for it ends without.
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
            if let Some(entry) = late.filter(|entry| entry.state != State::Asked) {
                let error = timed_out(&entry.id, deadline - entry.added, entry.trouble.as_deref());
                self.end(slot, Err(error));
            }
        }
    }

    /// Whether there is something to ask.
    pub(crate) fn has_work(&self) -> bool {
        let [listed, single, hinted, ended] = self.counts;
        single + hinted + ended > 0 || (listed > 0 && (self.is_late || !self.lists.is_asked()))
    }

    /// When there is something to do, unless something else happens first.
    pub(crate) fn next_time(&self) -> Option<Instant> {
        let waiting = self.waiting.peek().map(|Reverse((at, ..))| *at);
        let deadline = self.deadlines.peek().map(|Reverse((at, ..))| *at + LAST_TURN);
        match (waiting, deadline) {
            (Some(waiting), Some(deadline)) => Some(waiting.min(deadline)),
            (waiting, deadline) => waiting.or(deadline),
        }
    }

    /// What to ask next. Hints come by turns with the rest.
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
        entry.state = State::Asked;
        entry.asked = Some(now);
        entry.is_hinted = false;
        let id = Arc::clone(&entry.id);
        Some(Request::Poll(Job { id, slot, turn }))
    }

    /// Whose turn it is, hints aside: a pass through the list that has begun goes on; then what a list showed to have ended;
    /// then the oldest due.
    fn next_queue(&mut self) -> Option<Queue> {
        let [ended, single, listed] = [Queue::Ended, Queue::Single, Queue::Listed].map(|queue| self.front(queue));
        let is_asked = self.lists.is_asked();
        // The page on its way may tell.
        let listed = listed.filter(|_| !is_asked || self.is_late);
        if listed.is_some() && self.lists.is_sweeping() && !is_asked {
            return Some(Queue::Listed);
        }
        match (ended, single, listed) {
            (Some(_), ..) => Some(Queue::Ended),
            (_, Some(single), listed) if listed.is_none_or(|listed| single < listed) => Some(Queue::Single),
            (.., listed) => listed.map(|_| Queue::Listed),
        }
    }

    /// The oldest place in a queue that is still true.
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

    /// Lets a task wait for its next poll.
    fn pause(&mut self, slot: usize, now: Instant, book: &DurationBook) {
        let Some(entry) = &self.entries[slot] else { return };
        let state = PollState {
            elapsed: entry.age(now),
            polls: entry.polls,
            last: entry.last,
            chance: fastrand::f64(),
        };
        let pause = self.policy.pause(book.of(entry.model.as_deref()), &state);
        let mut at = later(now, pause).unwrap_or(now + NEVER);
        if let (true, Some(asked)) = (entry.is_hinted, entry.asked) {
            at = at.min(asked + HINT_GAP);
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

//! All tasks, and counters.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rust_decimal::Decimal;
use serde::Serialize;

use crate::spec::Vendor;
use crate::state::bill::Tariff;
use crate::state::owner::Owner;
use crate::state::task::Task;

/// Counters since the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Stats {
    /// Tasks created, by the vendor's short name. A request counts once it has created a
    /// task, whether or not the answer reached the client.
    pub submissions: BTreeMap<&'static str, u64>,
    /// Number of tasks.
    pub tasks: usize,
    /// Total of the list prices by currency, as exact text in JSON. Tasks that ended with a status that the vendor does not
    /// bill cost nothing.
    pub cost: BTreeMap<String, Decimal>,
    /// Total in US dollars of the tasks that no list price applies to, by the simulator's own tariff.
    pub cost_by_own_tariff: Decimal,
    /// Requests that arrived at the API, by the vendor's short name, including those that were refused or
    /// failed by a fault.
    pub requests: BTreeMap<&'static str, u64>,
    /// API keys that were sent to the storage of uploads, which is another host.
    pub leaked_keys: u64,
    /// Requests that were refused because of a [limit](crate::Builder::rate_limits).
    pub rate_limited: u64,
}

/// All tasks, in the order of their creation, and the counts.
pub(crate) struct Store(Mutex<Inner>);

struct Inner {
    tasks: Vec<Arc<Task>>,
    submissions: BTreeMap<&'static str, u64>,
    requests: BTreeMap<&'static str, u64>,
}

impl Store {
    pub(crate) fn new() -> Self {
        let zero = || Vendor::ALL.into_iter().map(|vendor| (vendor.slug(), 0)).collect();
        Self(Mutex::new(Inner {
            tasks: Vec::new(),
            submissions: zero(),
            requests: zero(),
        }))
    }

    /// Adds a task and counts it.
    pub(crate) fn add(&self, task: Arc<Task>) {
        let mut inner = self.lock();
        *inner.submissions.entry(task.vendor.slug()).or_default() += 1;
        inner.tasks.push(task);
    }

    /// Counts a request.
    pub(crate) fn count_request(&self, vendor: Vendor) {
        *self.lock().requests.entry(vendor.slug()).or_default() += 1;
    }

    /// A task of a vendor, of any owner.
    pub(crate) fn find(&self, vendor: Vendor, id: &str) -> Option<Arc<Task>> {
        let inner = self.lock();
        inner
            .tasks
            .iter()
            .find(|task| task.vendor == vendor && task.id == id)
            .cloned()
    }

    /// An owner's tasks at a vendor, the oldest first.
    pub(crate) fn owned(&self, vendor: Vendor, owner: Owner) -> Vec<Arc<Task>> {
        let inner = self.lock();
        let own = inner
            .tasks
            .iter()
            .filter(|task| task.vendor == vendor && task.owner == owner);
        own.cloned().collect()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Task>> {
        self.lock().tasks.clone()
    }

    pub(crate) fn stats(&self, now: Duration) -> Stats {
        let inner = self.lock();
        let (mut cost, mut own) = (BTreeMap::<String, Decimal>::new(), Decimal::ZERO);
        for bill in inner.tasks.iter().map(|task| task.cost(now)) {
            match bill.by {
                Tariff::List => *cost.entry(bill.currency).or_default() += bill.amount,
                Tariff::Simulator => own += bill.amount,
            }
        }
        Stats {
            submissions: inner.submissions.clone(),
            tasks: inner.tasks.len(),
            cost,
            cost_by_own_tariff: own,
            requests: inner.requests.clone(),
            leaked_keys: 0,
            rate_limited: 0,
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

//! Sweeps of the vendor's list: polls many tasks at once, page by page, the newest first.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Error, ListQuery};
use crate::wait::job::Job;

/// Page size.
pub(crate) const PAGE: usize = 100;
/// How long tasks are polled one by one after a list request failed.
const BLOCKED: Duration = Duration::from_secs(60);

/// A request to the vendor.
#[derive(Debug)]
pub(crate) enum Request {
    /// The status of one task.
    Poll(Job),
    /// A page of its list.
    Page(ListQuery),
}

/// Capabilities of a vendor's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// None, or not to be used.
    None,
    /// Only the newest page.
    Newest,
    /// All pages, one after the other.
    Pages,
}

/// State of the sweeps of a vendor's list.
#[derive(Debug)]
pub(crate) struct Lists {
    listing: Listing,
    sweep: Option<Sweep>,
    blocked: Option<Instant>,
}

/// A finished sweep of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Swept {
    /// When it began: tasks that were due then and not shown are polled one by one.
    pub(crate) began: Instant,
    /// Whether it reached the end of the list, so that tasks that it did not show are not in it.
    pub(crate) is_whole: bool,
}

/// One sweep of the list.
#[derive(Debug)]
struct Sweep {
    began: Instant,
    after: Option<String>,
    /// Remaining pages that cost less than polls one by one.
    left: usize,
    is_in_flight: bool,
}

impl Lists {
    pub(crate) fn new(listing: Listing) -> Self {
        Self {
            listing,
            sweep: None,
            blocked: None,
        }
    }

    pub(crate) fn exist(&self) -> bool {
        self.listing != Listing::None
    }

    pub(crate) fn abandon(&mut self) {
        self.sweep = None;
    }

    pub(crate) fn is_sweeping(&self) -> bool {
        self.sweep.is_some()
    }

    /// Whether a page is in flight.
    pub(crate) fn is_in_flight(&self) -> bool {
        self.sweep.as_ref().is_some_and(|sweep| sweep.is_in_flight)
    }

    /// The next page to request. `due` of the `listed` tasks are to be polled: pages are requested
    /// if they are fewer than those.
    pub(crate) fn page(&mut self, due: usize, listed: usize, now: Instant) -> Option<ListQuery> {
        let pages = match self.listing {
            Listing::None => return None,
            Listing::Newest => 1,
            Listing::Pages => listed.div_ceil(PAGE),
        };
        if self.sweep.is_none() && due > pages && self.blocked.is_none_or(|until| until <= now) {
            self.sweep = Some(Sweep {
                began: now,
                after: None,
                left: due,
                is_in_flight: false,
            });
        }
        let sweep = self.sweep.as_mut().filter(|sweep| !sweep.is_in_flight)?;
        sweep.is_in_flight = true;
        sweep.left = sweep.left.min(due).saturating_sub(1);
        Some(ListQuery {
            limit: u32::try_from(PAGE).ok(),
            after: sweep.after.clone(),
            ..ListQuery::default()
        })
    }

    /// Handles a page; `due` tasks are still to be polled. Returns the sweep's result after the last page.
    pub(crate) fn answered(&mut self, next: Result<Option<String>, Error>, due: usize, now: Instant) -> Option<Swept> {
        let sweep = self.sweep.as_mut()?;
        match next {
            Err(_) => {
                self.blocked = now.checked_add(BLOCKED);
                self.sweep = None;
                None
            }
            // A list that starts again has no end.
            Ok(Some(next)) if self.listing == Listing::Pages && due > 0 && sweep.after.as_ref() != Some(&next) => {
                if sweep.left > 0 {
                    sweep.after = Some(next);
                    sweep.is_in_flight = false;
                    return None;
                }
                self.end(false)
            }
            Ok(_) => self.end(true),
        }
    }

    fn end(&mut self, is_whole: bool) -> Option<Swept> {
        let began = self.sweep.take()?.began;
        Some(Swept { began, is_whole })
    }
}

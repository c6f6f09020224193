//! Asking about many tasks at once, page by page through the vendor's list, the newest first.

use std::time::Duration;

use tokio::time::Instant;

use crate::model::{Error, ListQuery};
use crate::wait::job::Job;

/// Tasks of a page.
pub(crate) const PAGE: usize = 100;
/// How long tasks are asked about one by one after a list could not be had.
const BLOCKED: Duration = Duration::from_secs(60);

/// Something to ask the vendor.
#[derive(Debug)]
pub(crate) enum Request {
    /// How one task stands.
    Poll(Job),
    /// A page of its list.
    Page(ListQuery),
}

/// What a vendor's list can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Listing {
    /// There is none, or it is not to be used.
    None,
    /// Only the newest page.
    Newest,
    /// All pages, one after the other.
    Pages,
}

/// The use of a vendor's list.
#[derive(Debug)]
pub(crate) struct Lists {
    listing: Listing,
    sweep: Option<Sweep>,
    blocked: Option<Instant>,
}

/// A pass through the list that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Swept {
    /// When it began: what was due then and was not shown is to be asked about by itself.
    pub(crate) began: Instant,
    /// Whether it came as far as the list goes: what it did not show then is not in it.
    pub(crate) is_whole: bool,
}

/// One pass through the list.
#[derive(Debug)]
struct Sweep {
    began: Instant,
    after: Option<String>,
    /// Pages that still cost less than asking one by one.
    left: usize,
    is_asked: bool,
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

    /// Whether a page is on its way.
    pub(crate) fn is_asked(&self) -> bool {
        self.sweep.as_ref().is_some_and(|sweep| sweep.is_asked)
    }

    /// The next page to ask for. `due` tasks of the `listed` that a list may show are to be asked about: pages are asked for
    /// when they are fewer than those.
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
                is_asked: false,
            });
        }
        let sweep = self.sweep.as_mut().filter(|sweep| !sweep.is_asked)?;
        sweep.is_asked = true;
        sweep.left = sweep.left.min(due).saturating_sub(1);
        Some(ListQuery {
            limit: u32::try_from(PAGE).ok(),
            after: sweep.after.clone(),
            ..ListQuery::default()
        })
    }

    /// A page was answered; `due` tasks are still to be asked about. When that was the last page, what became of the pass.
    pub(crate) fn answered(&mut self, next: Result<Option<String>, Error>, due: usize, now: Instant) -> Option<Swept> {
        let sweep = self.sweep.as_mut()?;
        match next {
            Err(_) => {
                self.blocked = now.checked_add(BLOCKED);
                self.sweep = None;
                None
            }
            // A list that begins anew has no end.
            Ok(Some(next)) if self.listing == Listing::Pages && due > 0 && sweep.after.as_ref() != Some(&next) => {
                if sweep.left > 0 {
                    sweep.after = Some(next);
                    sweep.is_asked = false;
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

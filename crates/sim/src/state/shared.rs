//! The parts of one simulator.

use crate::state::assets::Assets;
use crate::state::background::Background;
use crate::state::clock::Clock;
use crate::state::fault::Faults;
use crate::state::ids::Ids;
use crate::state::limits::Limits;
use crate::state::links::Links;
use crate::state::log::Log;
use crate::state::plan::Pace;
use crate::state::rewrite::Rewrites;
use crate::state::signature::Signers;
use crate::state::store::{Stats, Store};

/// The state that all connections of one simulator share.
pub(crate) struct Core {
    pub(crate) clock: Clock,
    pub(crate) pace: Pace,
    /// Scheme, host and port of the API.
    pub(crate) origin: String,
    /// For webhooks.
    pub(crate) signers: Signers,
    pub(crate) store: Store,
    pub(crate) assets: Assets,
    pub(crate) faults: Faults,
    pub(crate) rewrites: Rewrites,
    /// Of requests per time.
    pub(crate) limits: Limits,
    pub(crate) links: Links,
    pub(crate) background: Background,
    pub(crate) ids: Ids,
    pub(crate) log: Log,
    /// Whether members that the spec does not know are refused.
    pub(crate) strict: bool,
    /// Whether ids of assets and uploads that were made elsewhere are accepted.
    pub(crate) any_asset: bool,
}

impl Core {
    /// The counters since the start.
    pub(crate) fn stats(&self) -> Stats {
        Stats {
            leaked_keys: self.assets.leaked_keys(),
            rate_limited: self.limits.refused(),
            ..self.store.stats(self.clock.now())
        }
    }
}

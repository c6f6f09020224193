//! A running simulator.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::spec::Vendor;
use crate::state::{Clock, Core, Fault, Stats, TaskReport, reports};

/// A running simulator. Dropping it stops it, with all its connections and deliveries.
pub struct Simulator {
    core: Arc<Core>,
    address: SocketAddr,
    files_address: SocketAddr,
}

impl Simulator {
    pub(crate) fn new(core: Arc<Core>, address: SocketAddr, files_address: SocketAddr) -> Self {
        Self {
            core,
            address,
            files_address,
        }
    }

    /// What stands in the place of a vendor's base URL, by the vendor's short name.
    ///
    /// # Panics
    ///
    /// When there is no such vendor: `token360`, `toapis` and `alltoken` are there.
    pub fn base_url(&self, vendor: &str) -> String {
        match Vendor::from_slug(vendor) {
            Some(vendor) => self.base_url_of(vendor),
            None => panic!("no vendor is called {vendor:?}: there are token360, toapis and alltoken"),
        }
    }

    /// What stands in the place of each vendor's base URL, by the vendors' short names.
    pub fn base_urls(&self) -> BTreeMap<&'static str, String> {
        Vendor::ALL
            .into_iter()
            .map(|vendor| (vendor.slug(), self.base_url_of(vendor)))
            .collect()
    }

    fn base_url_of(&self, vendor: Vendor) -> String {
        format!("http://{}{}", self.address, vendor.prefix())
    }

    /// Where the API is served, and `/_sim/stats` and `/_sim/tasks`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the files are served.
    pub fn files_address(&self) -> SocketAddr {
        self.files_address
    }

    /// The clock that it goes by.
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// Moves its clock ahead.
    pub fn advance(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// Counts since the start.
    pub fn stats(&self) -> Stats {
        self.core.store.stats()
    }

    /// The tasks it holds, the oldest first.
    pub fn tasks(&self) -> Vec<TaskReport> {
        self.tasks_after(0)
    }

    /// The tasks it holds without the `known` oldest.
    pub fn tasks_after(&self, known: usize) -> Vec<TaskReport> {
        reports(&self.core, known)
    }

    /// Lets a fault befall the next requests that it is for. Of several, the first injected comes
    /// first.
    pub fn inject(&self, fault: Fault) {
        self.core.faults.inject(fault);
    }

    /// Takes back the faults that befell nothing yet.
    pub fn clear_faults(&self) {
        self.core.faults.clear();
    }

    /// Stops it, and waits until nothing of it is left running.
    pub async fn shutdown(self) {
        self.core.background.stop().shutdown().await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        drop(self.core.background.stop());
    }
}

impl std::fmt::Debug for Simulator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            address, files_address, ..
        } = self;
        f.debug_struct("Simulator")
            .field("address", address)
            .field("files_address", files_address)
            .finish_non_exhaustive()
    }
}

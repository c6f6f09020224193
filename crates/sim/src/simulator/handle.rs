//! A running simulator.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::spec::{Operation, Vendor};
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

    /// Returns the base URL that replaces a vendor's own.
    pub fn base_url(&self, vendor: impl Into<Vendor>) -> String {
        // A client cannot connect to "all addresses".
        let ip = match self.address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let address = SocketAddr::new(ip, self.address.port());
        format!("http://{address}{}", vendor.into().prefix())
    }

    /// Returns all base URLs, by the vendors' short names.
    pub fn base_urls(&self) -> BTreeMap<&'static str, String> {
        Vendor::ALL
            .into_iter()
            .map(|vendor| (vendor.slug(), self.base_url(vendor)))
            .collect()
    }

    /// Returns the address of the API, and of `/_sim/stats` and `/_sim/tasks`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address of the files.
    pub fn files_address(&self) -> SocketAddr {
        self.files_address
    }

    /// Returns the simulator's clock.
    pub fn clock(&self) -> &Clock {
        &self.core.clock
    }

    /// Moves the clock ahead.
    pub fn advance(&self, by: Duration) {
        self.core.clock.advance(by);
    }

    /// Returns the counters since the start.
    pub fn stats(&self) -> Stats {
        self.core.stats()
    }

    /// Returns all tasks, the oldest first.
    pub fn tasks(&self) -> Vec<TaskReport> {
        self.tasks_after(0)
    }

    /// Returns all tasks but the `known` oldest.
    pub fn tasks_after(&self, known: usize) -> Vec<TaskReport> {
        reports(&self.core, known)
    }

    /// Injects a fault into the next matching requests. Of several, the first injected is applied
    /// first.
    pub fn inject(&self, fault: Fault) {
        self.core.faults.inject(fault);
    }

    /// Changes every response of an operation before it is sent, like gateways and later versions of a
    /// service: changed prompts, other model names, other ids. Several changes
    /// are made in the order in which they were added.
    pub fn rewrite(&self, operation: Operation, change: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.core.rewrites.add(operation, change);
    }

    /// Removes all changes of responses.
    pub fn clear_rewrites(&self) {
        self.core.rewrites.clear();
    }

    /// Removes the faults that were not applied yet.
    pub fn clear_faults(&self) {
        self.core.faults.clear();
    }

    /// Stops the simulator, and waits until its connections and deliveries have ended.
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

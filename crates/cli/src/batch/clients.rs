//! The clients of a batch: one for each vendor that a job may go to.

use std::collections::BTreeMap;
use std::sync::Arc;

use videogen::price::PriceBook;
use videogen::route::Route;
use videogen::{Client, ClientBuilder, Clients, Router, Vendor};
use videogen_journal::SqliteJournal;
use videogen_sim::Simulator;

use super::item::Job;
use super::pace::Pace;
use crate::account;
use crate::exit::Failure;
use crate::output::Output;
use crate::uploads;

/// Clients that share a journal.
pub(crate) struct Vendors {
    clients: Clients,
    paces: BTreeMap<&'static str, Pace>,
}

impl Vendors {
    pub(crate) fn new(
        jobs: &[Job],
        journal: &Arc<SqliteJournal>,
        prices: &PriceBook,
        simulator: Option<&Simulator>,
        output: Output,
    ) -> Result<Self, Failure> {
        let mut clients: Vec<Client> = Vec::new();
        for Route { vendor, .. } in jobs.iter().flat_map(|job| &job.routes) {
            if clients.iter().all(|client| client.vendor() != *vendor) {
                let builder: ClientBuilder = match simulator {
                    Some(simulator) => simulator.client_builder(*vendor).journal(Arc::clone(journal)),
                    None => account::noting_delays(account::builder(*vendor, None, Some(Arc::clone(journal)))?, output),
                };
                clients.push(uploads::report(builder.prices(prices.clone()), output).build()?);
            }
        }
        let pace = |client: &Client| {
            (
                client.vendor().as_str(),
                Pace::new(client.vendor().facts().rate_limits.submit),
            )
        };
        Ok(Self {
            paces: clients.iter().map(pace).collect(),
            clients: Clients::new(clients),
        })
    }

    pub(super) fn of(&self, vendor: Vendor) -> Result<&Client, Failure> {
        Ok(self.clients.of(vendor)?)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Client> {
        self.clients.iter()
    }

    /// Of the vendors of a job.
    pub(super) fn router(&self, job: &Job) -> Result<Router, Failure> {
        Ok(Router::new(&self.clients, job.routes.clone())?)
    }

    /// Waits until a submission to `vendor` is within its documented limits.
    pub(super) async fn turn(&self, vendor: Vendor) {
        if let (Some(pace), Ok(client)) = (self.paces.get(vendor.as_str()), self.clients.of(vendor)) {
            pace.turn(client.speed()).await;
        }
    }
}

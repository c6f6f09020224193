//! Submissions are recorded before they are sent: nothing is sent twice, and nothing is lost at a crash.

mod budgets;
mod caps;
mod child;
mod corrected;
mod keys;
mod kill;
mod leases;
mod odd;
mod recover;
mod released;
mod repeated;
mod reservations;
mod route;
mod search;
mod secrets;
mod settled;
mod targets;
mod unknown_costs;
mod vendors;
mod withheld;

use std::path::Path;
use std::sync::Arc;

use videogen::journal::{Entry, Journal as _, Query};
use videogen::{Client, RetryPolicy, Vendor};
use videogen_journal::SqliteJournal;
use videogen_sim::Simulator;

fn journal(folder: &Path) -> Arc<SqliteJournal> {
    Arc::new(SqliteJournal::open(folder.join("journal.db")).unwrap())
}

fn client(vendor: Vendor, simulator: &Simulator, journal: &Arc<SqliteJournal>) -> Client {
    with_base_url(vendor, &simulator.base_url(crate::cases::simulated(vendor)), journal)
}

fn with_base_url(vendor: Vendor, base_url: &str, journal: &Arc<SqliteJournal>) -> Client {
    Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .retry(RetryPolicy::never())
        .journal(journal.clone())
        .build()
        .unwrap()
}

async fn entries(journal: &SqliteJournal) -> Vec<Entry> {
    journal.find(Query::default()).await.unwrap().entries
}

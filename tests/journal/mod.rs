//! Submissions are recorded before they are sent: nothing is sent twice, and nothing is lost at a crash.

mod budgets;
mod caps;
mod child;
mod copied;
mod corrected;
mod keys;
mod kill;
mod leases;
mod odd;
mod owners;
mod pace;
mod postgres;
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
use videogen_journal::Store;
use videogen_sim::Simulator;

/// The engine of the journals of these tests: SQLite, or `postgres`. The tests of `postgres` run all of them again with that.
const ENGINE: &str = "VIDEOGEN_TEST_JOURNAL";

fn is_postgres() -> bool {
    std::env::var(ENGINE).is_ok_and(|engine| engine == "postgres")
}

/// The name of the journal that belongs to a folder: a file in it, or a schema with its name.
fn name(folder: &Path) -> String {
    if is_postgres() {
        return postgres::server()
            .expect("a server was started")
            .schema(&schema(folder));
    }
    folder.join("journal.db").to_str().unwrap().to_owned()
}

/// A name that no other folder of the tests has.
fn schema(folder: &Path) -> String {
    let parts: Vec<_> = folder.iter().rev().take(2).map(|part| part.to_str().unwrap()).collect();
    let mut name = parts.join("_").to_ascii_lowercase();
    name.retain(|sign| sign.is_ascii_alphanumeric());
    name
}

async fn journal(folder: &Path) -> Arc<Store> {
    Arc::new(Store::open(name(folder)).await.unwrap())
}

/// The same journal, as several processes open it.
async fn journals(folder: &Path, count: usize) -> Vec<Arc<Store>> {
    let mut journals = Vec::new();
    for _ in 0..count {
        journals.push(journal(folder).await);
    }
    journals
}

/// Everything that the journal of a folder has stored, by the places where it is.
async fn contents(folder: &Path) -> Vec<(String, Vec<u8>)> {
    if is_postgres() {
        return postgres::contents(&name(folder)).await;
    }
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files
        .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()))
        .collect()
}

/// Damages the journal of a folder: changes one record with SQL that both engines know.
async fn alter(folder: &Path, sql: &str) {
    let changed = match is_postgres() {
        true => postgres::execute(&name(folder), sql).await,
        false => rusqlite::Connection::open(name(folder))
            .unwrap()
            .execute(sql, [])
            .unwrap() as u64,
    };
    assert_eq!(changed, 1, "{sql}");
}

fn client(vendor: Vendor, simulator: &Simulator, journal: &Arc<Store>) -> Client {
    with_base_url(vendor, &simulator.base_url(crate::cases::simulated(vendor)), journal)
}

fn with_base_url(vendor: Vendor, base_url: &str, journal: &Arc<Store>) -> Client {
    Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .retry(RetryPolicy::never())
        .journal(journal.clone())
        .build()
        .unwrap()
}

async fn entries(journal: &Store) -> Vec<Entry> {
    journal.find(Query::default()).await.unwrap().entries
}

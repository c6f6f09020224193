//! The journal in a PostgreSQL database: all tests of the journal again, and the failures of a server.

mod copied;
mod faults;
mod opened;
mod proxy;
mod server;
mod together;

use std::process::Command;

pub(super) use server::server;
use tokio_postgres::NoTls;

/// Runs a statement in the schema of a URL, and returns the number of changed records.
pub(super) async fn execute(url: &str, sql: &str) -> u64 {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.execute(sql, &[]).await.unwrap()
}

/// All tables of the schema of a URL, as text.
pub(super) async fn contents(url: &str) -> Vec<(String, Vec<u8>)> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let mut contents = Vec::new();
    for table in ["submissions", "events", "uploads", "upload_leases", "budgets", "totals"] {
        let sql = format!("SELECT coalesce(string_agg({table}::text, ' '), '') FROM {table}");
        let text: String = client.query_one(&sql, &[]).await.unwrap().get(0);
        contents.push((table.to_owned(), text.into_bytes()));
    }
    contents
}

/// The tests of this folder, in another process, with a database instead of a file.
#[test]
fn every_test_of_the_journal_passes_with_a_database() {
    let Some(server) = server() else { return };
    let mut tests = Command::new(std::env::current_exe().unwrap());
    let skipped = [
        "journal::postgres",
        // About the file.
        "journal::released",
        // With a clock that stands still, a connection times out at once.
        "a_late_task_is_found",
        "a_submission_without_a_task_stays_open",
        "a_task_of_another_vendor_is_rejected_before_any_request",
    ];
    tests.args(["journal::", "--quiet"]);
    for name in skipped {
        tests.args(["--skip", name]);
    }
    let output = tests
        .env(super::ENGINE, "postgres")
        .env(server::VARIABLE, server.url())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    let said = String::from_utf8_lossy(&output.stdout);
    let passed = said.split(" passed").next().and_then(|text| text.rsplit(' ').next());
    let passed: usize = passed.unwrap().parse().unwrap();
    assert!(passed > 60, "only {passed} tests ran");
}

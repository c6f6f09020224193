//! The journal in a PostgreSQL database: all tests of the journal again, and the failures of a server.

mod faults;
mod opened;
mod proxy;
mod server;

use std::process::Command;

pub(super) use server::server;
use tokio_postgres::NoTls;

/// Runs a statement in the schema of a URL, and returns the number of changed records.
pub(super) async fn execute(url: &str, sql: &str) -> u64 {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.execute(sql, &[]).await.unwrap()
}

/// The tests of this folder, in another process, with a database instead of a file.
#[test]
fn every_test_of_the_journal_passes_with_a_database() {
    let Some(server) = server() else { return };
    let mut tests = Command::new(std::env::current_exe().unwrap());
    // Those that are about the file.
    let skipped = ["journal::postgres", "journal::released"];
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

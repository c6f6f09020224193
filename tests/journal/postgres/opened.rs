//! Opening: schemas, versions, settings of the server, and the password.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use chrono::Utc;
use tokio_postgres::NoTls;
use videogen::journal::{Journal as _, Query};
use videogen_journal::{PostgresJournal, Store};

use super::execute;
use super::server::{Server, server};
use crate::journal::budgets::intent;

fn name(what: &str) -> String {
    format!("{what}_{}", fastrand::u32(..))
}

/// The first runs of several processes create one set of tables.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_may_open_a_new_schema_at_once() {
    let Some(server) = server() else { return };
    for _ in 0..3 {
        let url = server.schema(&name("many"));
        let openers: Vec<_> = (0..8)
            .map(|_| {
                let url = url.clone();
                tokio::spawn(async move { PostgresJournal::open(&url).await.map(drop) })
            })
            .collect();
        for opener in openers {
            opener.await.unwrap().unwrap();
        }
    }
}

#[tokio::test]
async fn schemas_that_are_not_journals_are_not_changed() {
    let Some(server) = server() else { return };
    let (newer, foreign, missing) = (name("newer"), name("foreign"), name("missing"));
    drop(PostgresJournal::open(&server.schema(&newer)).await.unwrap());
    execute(&server.schema(&newer), "INSERT INTO migrations (version) VALUES (99)").await;
    execute(server.url(), &format!("CREATE SCHEMA {foreign}")).await;
    execute(server.url(), &format!("CREATE TABLE {foreign}.songs (name TEXT)")).await;
    for (schema, word) in [(newer, "newer version"), (foreign, "another program")] {
        for opened in [
            PostgresJournal::open(&server.schema(&schema)).await,
            PostgresJournal::open_read_only(&server.schema(&schema)).await,
        ] {
            let error = opened.unwrap_err().to_string();
            assert!(error.contains(word) && error.contains("cannot be opened"), "{error}");
        }
    }
    let error = PostgresJournal::open_read_only(&server.schema(&missing))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("there is no journal"), "{error}");
}

#[tokio::test]
async fn a_journal_that_is_open_for_reading_refuses_writes() {
    let Some(server) = server() else { return };
    let url = server.schema(&name("reading"));
    let journal = Store::open(&url).await.unwrap();
    journal
        .begin(intent("i-1", "ark", Some("1 USD"), Utc::now()))
        .await
        .unwrap();
    let reader = Store::open_read_only(&url).await.unwrap();
    assert!(reader.is_read_only() && !journal.is_read_only());
    assert_eq!(reader.find(Query::default()).await.unwrap().entries.len(), 1);
    assert_eq!(reader.spend(None, None).await.unwrap().ledger.groups.len(), 1);
    let refused = [
        reader.begin(intent("i-2", "ark", None, Utc::now())).await.unwrap_err(),
        reader.set_budget("1/day".parse().unwrap()).await.unwrap_err(),
        reader.vacuum().await.unwrap_err(),
    ];
    for error in refused {
        assert!(error.to_string().contains("is open read-only"), "{error}");
    }
    journal.vacuum().await.unwrap();
}

/// A check that is stopped leaves no statement on the server, and the journal can be used.
#[tokio::test]
async fn a_check_ends_at_its_time_limit() {
    let Some(server) = server() else { return };
    let url = server.schema(&name("limit"));
    let journal = Store::open(&url).await.unwrap();
    assert_eq!(journal.health_within(Duration::ZERO).await.unwrap(), None);
    let (mut client, connection) = tokio_postgres::connect(&url, NoTls).await.unwrap();
    tokio::spawn(connection);
    let transaction = client.transaction().await.unwrap();
    transaction
        .execute("LOCK TABLE submissions IN ACCESS EXCLUSIVE MODE", &[])
        .await
        .unwrap();
    let limit = Duration::from_millis(200);
    assert_eq!(journal.health_within(limit).await.unwrap(), None);
    // The lock is held until the statement is gone, which it is long before it fails to get it.
    let begun = Instant::now();
    let sql = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'submissions'::regclass";
    while transaction.query_one(sql, &[]).await.unwrap().get::<_, i64>(0) > 0 {
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    transaction.commit().await.unwrap();
    let health = journal.health_within(Duration::from_secs(600)).await.unwrap().unwrap();
    assert!(health.is_good(), "{health:?}");
    assert_eq!(journal.health().await.unwrap(), health);
}

#[tokio::test]
async fn settings_that_lose_commits_are_reported() {
    let Some(server) = Server::start() else {
        super::server();
        return;
    };
    let journal = PostgresJournal::open(&server.schema("settings")).await.unwrap();
    assert_eq!(journal.warnings(), [""; 0]);
    execute(server.url(), "ALTER DATABASE postgres SET synchronous_commit TO off").await;
    let journal = PostgresJournal::open(&server.schema("settings")).await.unwrap();
    let [warning] = journal.warnings() else {
        panic!("{journal:?}")
    };
    assert!(warning.contains("synchronous_commit is off"), "{warning}");
}

/// The password of the URL is in no error, and in nothing that can be printed.
#[tokio::test]
async fn the_password_is_shown_nowhere() {
    const CANARY: &str = "canary-7f3a";
    let is_hidden = |shown: &dyn Debug| {
        let shown = format!("{shown:?} {shown:#?}");
        assert!(!shown.contains(CANARY), "{shown}");
    };
    for url in [
        // Nothing listens there.
        format!("postgres://videogen:{CANARY}@127.0.0.1:1/jobs"),
        format!("postgres://videogen:{CANARY}@host.invalid/jobs"),
        format!("postgres://127.0.0.1:1/jobs?password={CANARY}"),
        format!("postgres://videogen:{CANARY}@127.0.0.1:port/jobs"),
        format!("postgres://videogen:{CANARY}@127.0.0.1/jobs?sslmode=maybe"),
        format!("postgres://videogen:{CANARY}#@127.0.0.1/jobs"),
        format!("postgres://videogen:{CANARY}@{CANARY}@127.0.0.1/jobs"),
        format!("postgres://videogen:{CANARY}@127.0.0.1/jobs?sslmode=verify-full&sslrootcert=/none"),
    ] {
        for opened in [Store::open(&url).await, Store::open_read_only(&url).await] {
            let error = opened.unwrap_err();
            is_hidden(&error);
            is_hidden(&videogen::Error::from(error));
        }
        let _ = Store::check(&url).map_err(|error| is_hidden(&error));
    }
    let Some(server) = server() else { return };
    // Its authentication is `trust`, unless another server is named, whose URL is right.
    let url = server
        .schema(&name("canary"))
        .replacen("videogen@", &format!("videogen:{CANARY}@"), 1);
    let journal = Store::open(&url).await.unwrap();
    is_hidden(&journal);
    assert!(!journal.name().contains(CANARY) && !journal.name().contains("videogen@"));
    is_hidden(&journal.begin(intent("", "ark", None, Utc::now())).await);
    is_hidden(
        &journal
            .begin(intent("a\u{0}b", "ark", None, Utc::now()))
            .await
            .unwrap_err(),
    );
    is_hidden(&journal.find(Query::default()).await.unwrap());
}

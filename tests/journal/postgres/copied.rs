//! Copies from a file into a database, and back.

use videogen_journal::{Store, copy};

use super::server::server;
use crate::journal::copied::{copies, entries, fill, refuses, same, waits};

async fn both() -> Option<(tempfile::TempDir, Store, Store)> {
    let folder = tempfile::tempdir().unwrap();
    let url = server()?.schema(&format!("copied_{}", fastrand::u32(..)));
    let file = Store::open(folder.path().join("journal.db")).await.unwrap();
    Some((folder, file, Store::open(&url).await.unwrap()))
}

#[tokio::test]
async fn a_file_is_copied_into_a_database() {
    let Some((_folder, file, database)) = both().await else {
        return;
    };
    copies(&file, &database).await;
}

#[tokio::test]
async fn a_database_is_copied_into_a_file() {
    let Some((_folder, file, database)) = both().await else {
        return;
    };
    copies(&database, &file).await;
}

#[tokio::test]
async fn there_and_back_is_the_same() {
    let Some((folder, file, database)) = both().await else {
        return;
    };
    fill(&file).await;
    copy(&file, &database).await.unwrap();
    let second = Store::open(folder.path().join("second.db")).await.unwrap();
    copy(&database, &second).await.unwrap();
    same(&file, &second).await;
    assert_eq!(entries(&second).await, entries(&file).await);
}

#[tokio::test]
async fn what_would_be_lost_is_refused_in_both_directions() {
    for is_back in [false, true] {
        let Some((_folder, file, database)) = both().await else {
            return;
        };
        let (from, to) = if is_back {
            (&database, &file)
        } else {
            (&file, &database)
        };
        refuses(from, to).await;
        let Some((_folder, file, database)) = both().await else {
            return;
        };
        let (from, to) = if is_back {
            (&database, &file)
        } else {
            (&file, &database)
        };
        waits(from, to).await;
    }
}

//! The leases of uploads: one holder at a time, in every journal.

use std::sync::Arc;

use serde_json::{Value, json};
use videogen::Timestamp;
use videogen::journal::{Journal, UploadKey, UploadLease};
use videogen_journal::Store;

use super::journal;

/// A key whose member `changed` is another.
fn key(changed: &str) -> UploadKey {
    let mut key = json!({
        "account": "a", "origin": "https://vendor.example", "vendor": "token360", "way": "assets", "sha256": "00",
    });
    let other = if changed == "vendor" { "toapis" } else { "other" };
    if let Some(member) = key.get_mut(changed) {
        *member = Value::from(other);
    }
    serde_json::from_value(key).unwrap()
}

/// A lease of ten seconds that begins at the given second.
fn lease(holder: &str, from: i64) -> UploadLease {
    let at = |seconds| Timestamp::from_timestamp(1_795_000_000 + seconds, 500_000_000).unwrap();
    UploadLease::new(key(""), holder, at(from), at(from + 10))
}

/// One journal as one and as two processes see it, and behind a pointer.
async fn journals(folder: &std::path::Path) -> Vec<[Arc<dyn Journal>; 2]> {
    let open = async |name: &str| journal(&folder.join(name)).await;
    let one = open("one").await;
    let shared: Arc<dyn Journal> = open("shared").await;
    vec![
        [one.clone(), one],
        [open("two").await, open("two").await],
        [Arc::new(Arc::clone(&shared)), shared],
    ]
}

#[tokio::test]
async fn an_upload_has_one_holder() {
    let folder = tempfile::tempdir().unwrap();
    for [first, second] in journals(folder.path()).await {
        assert_eq!(first.lease_upload(lease("a", 0)).await, Ok(None));
        // Another holder sees whose it is, and cannot release it.
        assert_eq!(second.lease_upload(lease("b", 1)).await, Ok(Some(lease("a", 0))));
        second.release_upload(lease("b", 1)).await.unwrap();
        assert_eq!(second.lease_upload(lease("b", 9)).await, Ok(Some(lease("a", 0))));
        // The holder extends it.
        assert_eq!(first.lease_upload(lease("a", 5)).await, Ok(None));
        assert_eq!(second.lease_upload(lease("b", 14)).await, Ok(Some(lease("a", 5))));
        // It ends, by itself or when it is released.
        assert_eq!(second.lease_upload(lease("b", 15)).await, Ok(None));
        assert_eq!(first.lease_upload(lease("a", 16)).await, Ok(Some(lease("b", 15))));
        first.release_upload(lease("a", 5)).await.unwrap();
        assert_eq!(first.lease_upload(lease("a", 16)).await, Ok(Some(lease("b", 15))));
        second.release_upload(lease("b", 15)).await.unwrap();
        assert_eq!(first.lease_upload(lease("a", 16)).await, Ok(None));
        // A lease is not an upload.
        assert_eq!(first.find_upload(key("")).await, Ok(None));
    }
}

#[tokio::test]
async fn other_uploads_have_other_leases() {
    let folder = tempfile::tempdir().unwrap();
    for [first, second] in journals(folder.path()).await {
        assert_eq!(first.lease_upload(lease("a", 0)).await, Ok(None));
        for changed in ["account", "origin", "vendor", "way", "sha256"] {
            let other = |holder| {
                let mut lease = lease(holder, 0);
                lease.key = key(changed);
                lease
            };
            assert_eq!(second.lease_upload(other("b")).await, Ok(None), "{changed}");
            assert_eq!(first.lease_upload(other("a")).await, Ok(Some(other("b"))), "{changed}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_of_many_gets_it() {
    let folder = tempfile::tempdir().unwrap();
    for journals in journals(folder.path()).await {
        let tries: Vec<_> = (0..40)
            .map(|n| {
                let journal = Arc::clone(&journals[n % 2]);
                tokio::spawn(async move { journal.lease_upload(lease(&n.to_string(), 0)).await.unwrap() })
            })
            .collect();
        let mut granted = 0;
        for one in tries {
            granted += usize::from(one.await.unwrap().is_none());
        }
        assert_eq!(granted, 1);
    }
}

/// Nobody waits for a record that cannot be read.
#[tokio::test]
async fn a_damaged_lease_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    assert_eq!(journal.lease_upload(lease("a", 0)).await, Ok(None));
    super::alter(folder.path(), "UPDATE upload_leases SET lease = '{\"holder\":'").await;
    assert_eq!(journal.lease_upload(lease("b", 1)).await, Ok(None));
    assert_eq!(journal.lease_upload(lease("a", 2)).await, Ok(Some(lease("b", 1))));
    // A journal that is open for reading grants none.
    let read_only = Store::open_read_only(super::name(folder.path())).await.unwrap();
    let error = read_only.lease_upload(lease("c", 100)).await.unwrap_err();
    assert!(error.to_string().contains("read-only"), "{error}");
}

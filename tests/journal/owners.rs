//! Owners: an unfinished submission has one, and goes to exactly one other when that is gone.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{TimeDelta, Utc};
use videogen::journal::{Entry, Journal as _, Started};
use videogen_journal::{Account, Owner, Store};

use super::budgets::{accepted, event, intent, reason, status, subject};
use super::{journal, journals};
use crate::pause::pause;

/// Long enough for a test on a busy machine.
const LEASE: Duration = Duration::from_secs(600);

fn accounts() -> [Account; 1] {
    [Account::new("a", "https://vendor.example")]
}

async fn begin(journal: &Store, id: &str) {
    let at = Utc::now() - TimeDelta::minutes(1);
    let begun = journal.begin(intent(id, "ark", Some("1 USD"), at)).await.unwrap();
    assert!(matches!(begun, Started::New { .. }), "{begun:?}");
}

/// Running tasks.
async fn fill(journal: &Store, count: usize) {
    for number in 0..count {
        let id = format!("i-{number}");
        begin(journal, &id).await;
        journal
            .record(subject(&id), accepted("ark", &id))
            .await
            .unwrap()
            .unwrap();
    }
}

async fn entered(journal: &Store, lease: Duration) -> Owner {
    let owner = Owner::new().with_lease(lease);
    journal.enter(&owner).await.unwrap();
    owner
}

async fn take(journal: &Store, owner: &Owner, limit: u32) -> Option<Vec<String>> {
    let taken = journal.take_over(owner, &accounts(), limit).await.unwrap()?;
    assert!(taken.unreadable.is_empty(), "{taken:?}");
    Some(taken.entries.iter().map(id).collect())
}

fn id(entry: &Entry) -> String {
    entry.intent.id.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn each_submission_goes_to_one_of_many_owners() {
    const COUNT: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let first = journal(folder.path()).await;
    fill(&first, COUNT).await;
    let mut dying = Vec::new();
    // Twice: from no owner, and from those that died.
    for lease in [Duration::from_millis(1500), LEASE] {
        let owners: Vec<_> = journals(folder.path(), 6)
            .await
            .into_iter()
            .map(|journal| {
                tokio::spawn(async move {
                    let (mut own, mut begun) = (Vec::new(), Instant::now());
                    let owner = entered(&journal, lease).await;
                    // Until nothing was left for as long as a lease.
                    while begun.elapsed() < Duration::from_secs(3) {
                        match take(&journal, &owner, 3).await {
                            Some(taken) if taken.is_empty() => pause(),
                            Some(taken) => {
                                own.extend(taken);
                                begun = Instant::now();
                            }
                            None => break,
                        }
                        // It dies with all that it has.
                        if lease < LEASE && own.len() >= 9 {
                            break;
                        }
                    }
                    (owner, own)
                })
            })
            .collect();
        let mut all = Vec::new();
        for owner in owners {
            let (owner, own) = owner.await.unwrap();
            dying.push(owner);
            all.extend(own);
        }
        let distinct: BTreeSet<_> = all.iter().collect();
        if lease == LEASE {
            assert_eq!(all.len(), COUNT);
            assert_eq!(distinct.len(), COUNT, "{all:?}");
        }
    }
    // The first ones have noticed.
    for owner in &dying[..6] {
        assert!(!first.extend(owner).await.unwrap());
        assert_eq!(take(&first, owner, 1).await, None);
    }
}

#[tokio::test]
async fn what_a_process_submits_is_its_own_until_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    let submitter = Owner::new().with_lease(LEASE);
    assert!(!submitter.has_entered());
    let own = Store::clone(&journal).owned_by(&submitter);
    fill(&own, 3).await;
    assert!(submitter.has_entered());
    let worker = entered(&journal, LEASE).await;
    assert_eq!(take(&journal, &worker, 9).await, Some(vec![]));
    journal.leave(&submitter).await.unwrap();
    assert_eq!(take(&journal, &worker, 2).await.unwrap(), ["i-0", "i-1"]);
    // One comes back, and another worker has it at once.
    journal.release(&worker, "i-0").await.unwrap();
    let other = entered(&journal, LEASE).await;
    assert_eq!(take(&journal, &other, 1).await.unwrap(), ["i-0"]);
    // It is not its own any more.
    journal.release(&worker, "i-0").await.unwrap();
    assert_eq!(take(&journal, &worker, 9).await.unwrap(), ["i-2"]);
    journal.leave(&other).await.unwrap();
    assert_eq!(take(&journal, &worker, 9).await.unwrap(), ["i-0"]);
    assert_eq!(take(&journal, &other, 9).await, None);
    // What is done is left alone, and can be removed.
    journal.record(subject("i-2"), status("failed")).await.unwrap();
    journal.leave(&worker).await.unwrap();
    let worker = entered(&journal, LEASE).await;
    assert_eq!(take(&journal, &worker, 9).await.unwrap(), ["i-0", "i-1"]);
    let mut prune = videogen_journal::Prune::before(Utc::now());
    (prune.keys, prune.undownloaded) = (true, true);
    journal.prune(prune).await.unwrap();
    assert!(journal.health().await.unwrap().is_good());
}

#[tokio::test]
async fn only_what_is_open_or_unfinished_in_an_own_account_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    for id in ["open", "refused", "other"] {
        let mut intent = intent(id, "ark", None, Utc::now() - TimeDelta::minutes(1));
        if id == "other" {
            intent.account = "b".to_owned();
        }
        journal.begin(intent).await.unwrap();
    }
    let refused = event(serde_json::json!({"event": "rejected", "reason": reason()}));
    journal.record(subject("refused"), refused).await.unwrap();
    let mut flying = intent("flying", "ark", None, Utc::now());
    flying.until = Utc::now() + TimeDelta::minutes(5);
    journal.begin(flying).await.unwrap();
    let owner = entered(&journal, LEASE).await;
    assert_eq!(take(&journal, &owner, 9).await.unwrap(), ["open"]);
    let strangers = [Account::new("a", "https://other.example"), Account::new("b", "x")];
    let taken = journal.take_over(&owner, &strangers, 9).await.unwrap().unwrap();
    assert!(taken.entries.is_empty());
    let both = [Account::new("b", "https://vendor.example"), Account::new("a", "x")];
    let taken = journal.take_over(&owner, &both, 9).await.unwrap().unwrap();
    assert_eq!(taken.entries.iter().map(id).collect::<Vec<_>>(), ["other"]);
    // It was never there.
    assert_eq!(take(&journal, &Owner::new(), 9).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_leaves_what_it_avoids_to_others() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    fill(&journal, 3).await;
    let (owner, other) = (entered(&journal, LEASE).await, entered(&journal, LEASE).await);
    assert_eq!(take(&journal, &owner, 1).await.unwrap(), ["i-0"]);
    owner.avoid("i-0", LEASE);
    journal.release(&owner, "i-0").await.unwrap();
    // They do not count for its limit.
    assert_eq!(take(&journal, &owner, 1).await.unwrap(), ["i-1"]);
    assert_eq!(take(&journal, &other, 1).await.unwrap(), ["i-0"]);
    // Also of an owner whose lease has ended, and for a time only.
    journal.leave(&other).await.unwrap();
    let dying = entered(&journal, Duration::from_millis(1)).await;
    while let Some(taken) = take(&journal, &dying, 1).await {
        assert!(taken.len() <= 1);
    }
    assert_eq!(take(&journal, &owner, 9).await.unwrap(), ["i-2"]);
    owner.avoid("i-0", Duration::ZERO);
    assert_eq!(take(&journal, &owner, 9).await.unwrap(), ["i-0"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_counted_by_account() {
    let folder = tempfile::tempdir().unwrap();
    let journal = journal(folder.path()).await;
    fill(&journal, 2).await;
    begin(&journal, "open").await;
    let mut other = intent("other", "ark", None, Utc::now() - TimeDelta::minutes(1));
    other.account = "b".to_owned();
    journal.begin(other).await.unwrap();
    let counted = journal.unfinished(&accounts()).await.unwrap();
    assert_eq!((counted.own, counted.others), (3, 1));
    let counted = journal.unfinished(&[]).await.unwrap();
    assert_eq!((counted.own, counted.others), (0, 4));
    let refused = event(serde_json::json!({"event": "rejected", "reason": reason()}));
    journal.record(subject("open"), refused).await.unwrap();
    assert_eq!(journal.unfinished(&accounts()).await.unwrap().own, 2);
}

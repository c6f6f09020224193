//! A process that submits in a loop, killed at any time.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::sync::Arc;
use std::time::Duration;

use videogen::facts::Operation;
use videogen::journal::{Budget, Entry, Journal as _, State};
use videogen::lost::{LostSubmission, Reconciled};
use videogen::price::Decimal;
use videogen::{ErrorKind, Vendor};
use videogen_sim::Simulator;

use super::child::{CLIP, Work};
use super::{client, entries, journal};
use crate::cases::{newest, simulated, whole_id};

/// Number of concurrent children, which share the journal.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_kills_lose_nothing() {
    kills(200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes some minutes"]
async fn ten_thousand_kills_lose_nothing() {
    kills(10_000).await;
}

async fn kills(count: usize) {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let work = Arc::new(Work::new(folder.path(), &simulator));
    // A budget that is never reached counts every reservation.
    let budget = "1000000/total".parse::<Budget>().unwrap().vendor(Vendor::Ark);
    let model = newest(Vendor::Ark).1;
    journal(folder.path()).await.set_budget(budget).await.unwrap();
    let killers: Vec<_> = (0..AT_ONCE)
        .map(|_| {
            let work = Arc::clone(&work);
            std::thread::spawn(move || {
                for _ in 0..count / AT_ONCE {
                    let mut child = work.start();
                    let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
                    for _ in 0..fastrand::usize(1..4) {
                        assert!(said.by_ref().any(|line| line.unwrap().contains("submitting")));
                    }
                    // The time of the kill is random; it waits for no event.
                    std::thread::sleep(Duration::from_micros(fastrand::u64(0..20_000)));
                    child.kill().unwrap();
                    child.wait().unwrap();
                }
            })
        })
        .collect();
    tokio::task::spawn_blocking(move || killers.into_iter().for_each(|killer| killer.join().unwrap()))
        .await
        .unwrap();

    let journal = journal(folder.path()).await;
    let entries = entries(&journal).await;
    let made = simulator.tasks();
    assert!(made.len() > count / 2, "only {} tasks", made.len());
    // Prompts are unique, so they identify the tasks.
    let by_prompt: HashMap<_, _> = entries
        .iter()
        .map(|entry| (entry.intent.prompt.clone(), entry))
        .collect();
    assert_eq!(by_prompt.len(), entries.len());
    let mut per_prompt: HashMap<String, usize> = HashMap::new();
    for task in &made {
        let prompt = task.prompt.clone();
        *per_prompt.entry(prompt.clone()).or_default() += 1;
        let entry = by_prompt
            .get(&prompt)
            .unwrap_or_else(|| panic!("{prompt} was sent and not noted"));
        match &entry.task {
            Some(known) => assert!(known.id() == whole_id(known.vendor(), &task.model, &task.id)),
            None => assert!(entry.is_open(), "{prompt}: {:?}", entry.state),
        }
    }
    assert!(per_prompt.values().all(|made| *made == 1));
    // Each submission that has a task, or may have one, counts once against the budget.
    let live = |entries: &[Entry]| -> Decimal {
        let live = entries.iter().filter(|entry| entry.intent.vendor == Vendor::Ark);
        let live = live.filter(|entry| entry.task.is_some() || entry.is_open());
        live.filter_map(|entry| Some(entry.intent.estimate.as_ref()?.amount))
            .sum()
    };
    let scope = entries[0].intent.scope().unwrap();
    let counted = || async { journal.budgets(scope.clone()).await.unwrap()[0].1 };
    assert_eq!(counted().await, live(&entries));
    let clips = made
        .iter()
        .map(|task| by_prompt[&task.prompt])
        .filter(|entry| entry.intent.model == model);
    let clips: Vec<_> = clips
        .map(|entry| entry.intent.estimate.as_ref().unwrap().amount)
        .collect();
    assert!(!clips.is_empty() && clips.iter().all(|amount| *amount == CLIP.parse().unwrap()));
    assert!(counted().await >= clips.iter().sum());
    let open = entries.iter().filter(|entry| entry.is_open()).count();
    assert!(open > 0, "no kill fell into a submission: the test proves nothing");

    // After the restart.
    let task_of: HashMap<_, _> = made.iter().map(|task| (task.prompt.clone(), task.id.clone())).collect();
    let mut adopted = 0;
    for vendor in Vendor::ALL.iter().copied() {
        let client = client(vendor, &simulator, &journal);
        let recovered = client.recover(Duration::ZERO).await.unwrap();
        for entry in &recovered.found {
            assert_eq!(
                Some(entry.task.as_ref().unwrap().id()),
                task_of.get(&entry.intent.prompt).map(String::as_str)
            );
            adopted += 1;
        }
        for LostSubmission { entry, candidates, .. } in &recovered.open {
            let Some(task) = task_of.get(&entry.intent.prompt) else {
                continue;
            };
            // It exists, so the vendor must have shown it, if it can: one has no list, and looks up by
            // reference; others have neither; another's list ends after a hundred tasks.
            let has_reference = vendor.facts().families[0].by_reference;
            if !has_reference && !vendor.supports(Operation::List) {
                assert!(candidates.is_empty(), "{entry:?}: {candidates:?}");
                continue;
            }
            assert!(
                vendor.supports(Operation::List),
                "{entry:?} was not found by its reference"
            );
            let ours = made.iter().rev().filter(|made| made.vendor == vendor.as_str());
            let is_whole = ["token360", "ark", "replicate"].contains(&vendor.as_str());
            let is_shown = is_whole || ours.take(100).any(|made| made.id == *task);
            let is_candidate = candidates.iter().any(|candidate| candidate.task.id.id() == task);
            assert_eq!(is_candidate, is_shown, "{entry:?}: {candidates:?}");
        }
    }
    let after = self::entries(&journal).await;
    // What was found keeps its reservation, and so does what is still unknown.
    assert_eq!(counted().await, live(&after));
    assert_eq!(live(&after), live(&entries));
    let accepted = after.iter().filter(|entry| entry.state == State::Accepted).count();
    assert_eq!(accepted, entries.len() - open + adopted);
    assert_eq!(simulator.stats().tasks, made.len(), "recovering made a task");
}

/// Identical submissions, a third of them with lost responses: none is matched with another's task.
#[tokio::test]
async fn identical_prompts_are_not_mixed_up() {
    use videogen::VideoRequest;
    use videogen_sim::{Fault, FaultKind};

    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path()).await;
        let client = client(vendor, &simulator, &journal);
        let simulated = simulated(vendor);
        let mut lost = HashMap::new();
        for turn in 0..100 {
            let kind = [FaultKind::DropAfter, FaultKind::DropBefore][turn % 2].clone();
            if turn % 3 == 0 {
                simulator.inject(Fault::new(simulated, videogen_sim::Operation::Submit, kind));
            }
            let before = simulator.tasks().len();
            let request = VideoRequest::new(vendor.default_model(), "the same words");
            if let Err(error) = client.submit(&request).await {
                let ambiguity = error.ambiguity().unwrap().clone();
                lost.insert(
                    ambiguity.intent.clone().unwrap(),
                    (ambiguity, simulator.tasks().get(before).cloned()),
                );
            }
        }
        assert_eq!(lost.len(), 34);
        for (ambiguity, made) in lost.values() {
            // Without a list or a reference, there is nothing to look in.
            let has_reference = vendor.facts().families[0].by_reference;
            if !has_reference && !vendor.supports(Operation::List) {
                let error = client.reconcile(ambiguity).await.unwrap_err();
                assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
                continue;
            }
            match client.reconcile(ambiguity).await.unwrap() {
                Reconciled::Found(task) => {
                    assert!(vendor.facts().name == "ToAPIs", "{vendor} cannot know");
                    assert_eq!(Some(task.id.id()), made.as_ref().map(|made| made.id.as_str()));
                }
                Reconciled::Candidates(tasks) => {
                    assert!(vendor.facts().name != "ToAPIs");
                    if let Some(made) = made {
                        assert!(tasks.iter().any(|found| found.task.id.id() == made.id));
                    }
                    // Those in the journal already belong to a submission.
                    assert_eq!(tasks.len(), 17);
                }
                Reconciled::NotFound => assert!(made.is_none(), "{vendor}: {made:?}"),
                other => panic!("{other:?}"),
            }
        }
        for entry in entries(&journal).await {
            assert_eq!(
                entry.is_open(),
                lost.get(&entry.intent.id)
                    .is_some_and(|(_, made)| { vendor.facts().name != "ToAPIs" || made.is_none() })
            );
        }
    }
}

//! What differs between vendors, in the words of the command.

use std::path::Path;
use std::time::Duration;

use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{account, document, stderr, stdout, videogen};

const HOUR: Duration = Duration::from_secs(3600);
/// The longest that a simulated task takes.
const WHOLE: Duration = Duration::from_secs(60);

fn simulated(vendor: Vendor) -> videogen_sim::Vendor {
    vendor.as_str().parse().unwrap()
}

/// Exit code, standard output and standard error.
fn run(folder: &Path, simulator: &Simulator, vendor: Vendor, args: &[&str]) -> (i32, String, String) {
    let mut command = videogen(folder, args);
    account(&mut command, vendor, &simulator.base_url(simulated(vendor)));
    let output = command.output().unwrap();
    (output.status.code().unwrap(), stdout(&output), stderr(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_cursor_is_refused() {
    let (folder, simulator) = (
        tempfile::tempdir().unwrap(),
        Simulator::builder().start().await.unwrap(),
    );
    for after in ["X", "source=web", "cursor="] {
        let args = ["list", "--vendor", "replicate", "--after", after];
        let (code, out, err) = run(folder.path(), &simulator, Vendor::Replicate, &args);
        assert_eq!((code, out.as_str()), (2, ""), "{err}");
        assert!(
            err.contains(&format!(
                "--after = {after}: must be the place of a page, `cursor=` with a value"
            )),
            "{err}"
        );
    }
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
}

/// Where nothing can be searched, no text says so, and none offers it.
#[tokio::test(flavor = "multi_thread")]
async fn a_vendor_without_a_list_is_not_searched() {
    let mut seen = 0;
    for vendor in Vendor::ALL.iter().copied().filter(|vendor| !vendor.can_search(true)) {
        seen += 1;
        let (folder, simulator) = (
            tempfile::tempdir().unwrap(),
            Simulator::builder().start().await.unwrap(),
        );
        simulator.inject(Fault::new(simulated(vendor), Operation::Submit, FaultKind::DropAfter));
        let run = |args: &[&str]| run(folder.path(), &simulator, vendor, args);
        let no_search = |text: &str| {
            for word in ["earch", "adopt", "one of them"] {
                assert!(!text.contains(word), "{word}: {text}");
            }
        };
        let (code, _, err) = run(&["generate", "a kite", "--vendor", vendor.as_str()]);
        assert_eq!(code, 6, "{err}");
        no_search(&err);
        let local = document(
            &videogen(folder.path(), &["list", "--local", "--json"])
                .output()
                .unwrap(),
        );
        let submission = local["submissions"][0]["intent"]["id"].as_str().unwrap().to_owned();
        let by_hand = [
            format!("{} lists no tasks", vendor.name()),
            format!("videogen recover {submission} --task TASK"),
            format!("videogen recover {submission} --dismiss"),
        ];
        for words in &by_hand {
            assert!(err.contains(words), "{words}: {err}");
        }

        let (code, out, err) = run(&["recover"]);
        assert_eq!(code, 6, "{err}");
        assert!(!err.contains("Searching"), "{err}");
        for words in &by_hand {
            assert!(out.contains(words), "{words}: {out}");
        }
        let (code, _, err) = run(&["recover", &submission, "--adopt"]);
        assert_eq!(code, 2, "{err}");
        assert!(by_hand.iter().all(|words| err.contains(words)), "{err}");
        let (code, _, err) = run(&["recover", &submission, "--dismiss"]);
        assert_eq!(code, 2, "{err}");
        assert!(by_hand.iter().all(|words| err.contains(words)), "{err}");
        assert!(!err.contains("one of them"), "{err}");
        assert_eq!(simulator.stats().tasks, 1);
    }
    assert!(seen > 0);
}

/// Files that stay for an hour only: said while there is time, and when they are gone.
#[tokio::test(flavor = "multi_thread")]
async fn files_that_are_soon_removed() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let run = |args: &[&str]| run(folder.path(), &simulator, Vendor::Replicate, args);
    let note = "Replicate removes its files an hour after the end.";
    let (code, _, err) = run(&["generate", "a kite", "--vendor", "replicate", "--no-wait", "--json"]);
    assert_eq!(code, 0, "{err}");
    assert!(err.contains(note), "{err}");
    let task = format!("replicate:predictions:{}", simulator.tasks()[0].id);
    let (code, _, err) = run(&["wait", &task, "--timeout", "0"]);
    assert_eq!(code, 5, "{err}");
    assert!(err.contains(note), "{err}");
    simulator.advance(WHOLE);
    let (_, out, _) = run(&["status", &task]);
    assert!(out.contains("completed") && out.contains("link until "), "{out}");

    simulator.advance(HOUR);
    let gone = "Replicate has removed its files, an hour after the end";
    let (code, out, err) = run(&["status", &task]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("completed") && out.contains(gone), "{out}");
    let (code, out, err) = run(&["wait", &task]);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains(gone), "{out}");
    let (code, _, err) = run(&["download", &task, "-o", "a.mp4"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains(gone), "{err}");
    // At a vendor that keeps them for a day or more, there is no such note.
    let (_, _, err) = self::run(
        folder.path(),
        &simulator,
        Vendor::Ark,
        &["generate", "a kite", "--vendor", "ark", "--no-wait"],
    );
    assert!(err.contains("Submitted ark:") && !err.contains("removes"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_or_foreign_request_of_fal_is_not_cancelled() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let run = |args: &[&str]| run(folder.path(), &simulator, Vendor::Fal, args);
    let (code, _, err) = run(&["generate", "a kite", "--vendor", "fal", "--no-wait"]);
    assert_eq!(code, 0, "{err}");
    let submitted = err.lines().find_map(|line| line.strip_prefix("Submitted "));
    let (task, _) = submitted.unwrap().split_once(" to ").unwrap();
    simulator.advance(WHOLE);
    let (code, _, err) = run(&["cancel", task]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("the request has already ended (HTTP 400, code ALREADY_COMPLETED"),
        "{err}"
    );
    let (code, _, err) = run(&["cancel", &format!("{task}0")]);
    assert_eq!(code, 2, "{err}");
    assert!(
        err.contains("there is no such request (HTTP 404, code NOT_FOUND"),
        "{err}"
    );
}

/// Vendors that can cancel.
fn cancelling() -> impl Iterator<Item = Vendor> {
    let can = |vendor: &Vendor| vendor.supports(videogen::facts::Operation::Cancel);
    Vendor::ALL.iter().copied().filter(can)
}

/// A task in the queue.
fn queued(folder: &Path, simulator: &Simulator, vendor: Vendor) -> String {
    let name = vendor.as_str();
    let (code, out, err) = run(
        folder,
        simulator,
        vendor,
        &["generate", "a kite", "--vendor", name, "--no-wait", "--again", "-q"],
    );
    assert_eq!(code, 0, "{name}: {err}");
    out.trim().to_owned()
}

/// The vendor takes the cancellation, and the task is still there: it may be billed, so the command has not succeeded.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_that_is_only_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let task = queued(folder.path(), &simulator, Vendor::Fal);
    let run = |args: &[&str]| run(folder.path(), &simulator, Vendor::Fal, args);
    let accepted = || {
        let body = r#"{"status": "CANCELLATION_REQUESTED"}"#;
        simulator.inject(Fault::status(simulated(Vendor::Fal), Operation::Cancel, 202, body));
    };
    accepted();
    let (code, _, err) = run(&["cancel", &task]);
    assert_eq!(code, 5, "{err}");
    let text = format!("error: fal accepted the cancellation, but {task} is still queued, and may be billed");
    assert!(err.contains(&text), "{err}");
    assert!(
        err.contains(&format!("Look again with: videogen status {task}")),
        "{err}"
    );
    accepted();
    let (code, out, err) = run(&["cancel", &task, "--json"]);
    let document: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(code, 5, "{err}");
    assert_eq!(document["results"][0]["outcome"], "running", "{out}");
    assert_eq!(document["results"][0]["error"]["kind"], "timeout", "{out}");
    // Once it is cancelled, the command succeeds.
    let (code, out, err) = run(&["cancel", &task]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("cancelled"), "{out}");
}

/// The answer to a cancellation is lost: the task shows what became of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_cancellation_whose_answer_is_lost() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in cancelling() {
        let folder = tempfile::tempdir().unwrap();
        let task = queued(folder.path(), &simulator, vendor);
        let run = |args: &[&str]| run(folder.path(), &simulator, vendor, args);
        // It did not arrive: nothing was cancelled, and the command says why.
        simulator.inject(Fault::new(simulated(vendor), Operation::Cancel, FaultKind::DropBefore));
        let (code, _, err) = run(&["cancel", &task]);
        assert_eq!(code, 4, "{vendor}: {err}");
        assert!(err.contains("cancel: network error"), "{vendor}: {err}");
        let (_, out, _) = run(&["status", &task]);
        assert!(out.contains("queued"), "{vendor}: {out}");
        // It arrived.
        simulator.inject(Fault::new(simulated(vendor), Operation::Cancel, FaultKind::DropAfter));
        let (code, out, err) = run(&["cancel", &task]);
        assert_eq!(code, 0, "{vendor}: {err}");
        assert!(out.contains("cancelled"), "{vendor}: {out}");
    }
}

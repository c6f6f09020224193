//! The journal of the command line.

mod access;
pub(super) mod database;
mod listed;
mod scale;
mod upkeep;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{account, document, stderr, stdout, videogen};

pub(super) fn command(folder: &Path, simulator: &Simulator, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    for vendor in Vendor::ALL {
        account(&mut command, *vendor, &simulator.base_url(*vendor));
    }
    command
}

/// Exit code, the JSON document, and standard error.
pub(super) fn run(folder: &Path, simulator: &Simulator, args: &[&str]) -> (i32, Value, String) {
    let output = command(folder, simulator, args).arg("--json").output().unwrap();
    (output.status.code().unwrap(), document(&output), stderr(&output))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_paid_for_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| run(folder.path(), &simulator, args);
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "alltoken",
        "--idempotency-key",
        "order-7",
    ];
    let (code, first, err) = run(&[&generate[..], &["--no-wait"]].concat());
    assert_eq!(code, 0, "{err}");
    simulator.advance(Duration::from_secs(600));
    // The same again, to the end.
    let (code, second, err) = run(&[&generate[..], &["-o", "kite.mp4"]].concat());
    assert_eq!(code, 0, "{err} {second}");
    assert_eq!(second["task"]["id"], first["task"]["id"]);
    assert!(folder.path().join("kite.mp4").exists());
    assert_eq!(simulator.stats().tasks, 1);

    let mut other = generate;
    other[1] = "a sledge";
    let (code, refused, _) = run(&other);
    assert_eq!((code, &refused["error"]["kind"]), (2, &"conflict".into()));
    assert_eq!(refused["error"]["task"], first["task"]["id"]);

    let (code, local, _) = run(&["list", "--local"]);
    let entry = &local["submissions"][0];
    assert_eq!((code, local["submissions"].as_array().unwrap().len()), (0, 1));
    assert_eq!(
        (&entry["state"], &entry["status"]),
        (&"accepted".into(), &"completed".into())
    );
    assert!(entry["file"]["path"].as_str().unwrap().ends_with("kite.mp4"), "{entry}");
    let shown = command(folder.path(), &simulator, &["list", "--local"])
        .output()
        .unwrap();
    assert!(stdout(&shown).contains("a kite") && stdout(&shown).contains("completed"));

    // Keys require a journal.
    let (code, refused, _) = run(&[&generate[..], &["--no-journal"]].concat());
    assert_eq!((code, &refused["error"]["kind"]), (2, &"invalid_request".into()));
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("remove --no-journal"), "{message}");
    let (code, refused, _) = run(&["list", "--local", "--no-journal"]);
    assert_eq!((code, &refused["error"]["kind"]), (2, &"invalid_request".into()));
    assert_eq!(simulator.stats().tasks, 1);
}

/// The response is lost after the task was created.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_response_is_recovered() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| run(folder.path(), &simulator, args);
    for vendor in Vendor::ALL.iter().copied() {
        let name = vendor.as_str();
        simulator.inject(Fault::new(vendor, Operation::Submit, FaultKind::DropAfter));
        let (code, document, _) = run(&[
            "generate",
            "a kite",
            "--vendor",
            name,
            "--no-wait",
            "--search-timeout",
            "1",
        ]);
        let made = simulator.tasks().pop().unwrap().id;
        if name == "toapis" {
            // By the client reference from the journal.
            assert_eq!(
                (code, document["task"]["id"].as_str().unwrap().rsplit(':').next()),
                (0, Some(made.as_str()))
            );
            continue;
        }
        assert_eq!(code, 6, "{document}");
        assert!(
            document["error"]["hint"].as_str().unwrap().contains("videogen recover"),
            "{document}"
        );
        let intent = document["error"]["ambiguity"]["intent"].as_str().unwrap().to_owned();
        let found = document["error"]["candidates"][0]["task"].as_str();
        // Where nothing can be looked up, the user finds it on the vendor's site.
        let family = vendor.families().next().unwrap();
        let candidate = found.map_or_else(|| format!("{name}:{family}:{made}"), str::to_owned);
        let has_list = vendor.supports(videogen::facts::Operation::List);
        assert_eq!(found.is_some(), has_list, "{document}");
        assert!(candidate.ends_with(&made));

        let (code, open, _) = run(&["recover"]);
        assert_eq!((code, open["open"][0]["candidates"][0]["task"].as_str()), (6, found));
        let text = command(folder.path(), &simulator, &["recover"]).output().unwrap();
        assert!(
            stdout(&text).contains(&format!("videogen recover {intent} --task")),
            "{}",
            stdout(&text)
        );
        let (code, settled, err) = run(&["recover", &intent, "--task", &candidate]);
        assert_eq!(
            (code, &settled["submission"]["state"]),
            (0, &"accepted".into()),
            "{err}"
        );
        let (code, _, _) = run(&["recover", &intent, "--dismiss"]);
        assert_eq!(code, 2);
    }
    assert_eq!(simulator.stats().tasks, Vendor::ALL.len());
    let (code, recovered, _) = run(&["recover"]);
    assert_eq!(
        (code, recovered["unfinished"].as_array().unwrap().len()),
        (0, Vendor::ALL.len()),
        "{recovered}"
    );

    // Nothing arrived this time, which only the user can know.
    simulator.inject(Fault::new(Vendor::ToApis, Operation::Submit, FaultKind::DropBefore));
    let (code, lost, _) = run(&[
        "generate",
        "a sledge",
        "--vendor",
        "toapis",
        "--no-wait",
        "--search-timeout",
        "1",
    ]);
    assert_eq!(code, 6);
    let intent = lost["error"]["ambiguity"]["intent"].as_str().unwrap();
    let (code, dismissed, _) = run(&["recover", intent, "--dismiss"]);
    assert_eq!((code, &dismissed["submission"]["state"]), (0, &"dismissed".into()));
    assert_eq!(run(&["recover", "no-such", "--dismiss"]).0, 2);

    // One base URL for all vendors would receive all their keys.
    assert_eq!(run(&["recover", "--base-url", "http://127.0.0.1:9"]).0, 2);

    // Those of other accounts are reported, and not changed.
    let output = videogen(folder.path(), &["recover", "--json"]).output().unwrap();
    let foreign = document(&output);
    assert_eq!(
        foreign["other_accounts"].as_array().unwrap().len(),
        Vendor::ALL.len(),
        "{foreign}"
    );
}

/// A submission that may have created a task is dismissed only after a confirmation; the only matching task is adopted
/// only if permitted.
#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_may_be_paid_needs_a_confirmation_to_be_dismissed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| run(folder.path(), &simulator, args);
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--again",
        "--no-wait",
        "--search-timeout",
        "1",
    ];
    simulator.rewrite(Operation::List, |body| {
        for task in body["data"].as_array_mut().into_iter().flatten() {
            task["prompt"] = "".into();
        }
    });
    simulator.rewrite(Operation::Get, |body| body["prompt"] = "".into());
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
    let (code, lost, _) = run(&generate);
    let candidate = &lost["error"]["candidates"][0];
    assert_eq!((code, &candidate["grade"]), (6, &"weak".into()), "{lost}");
    assert!(
        candidate["reasons"]
            .as_array()
            .unwrap()
            .contains(&"prompt_not_shown".into())
    );
    let intent = lost["error"]["ambiguity"]["intent"].as_str().unwrap();
    let (code, refused, _) = run(&["recover", intent, "--dismiss"]);
    assert_eq!((code, &refused["error"]["kind"]), (2, &"conflict".into()), "{refused}");
    assert!(
        refused["error"]["hint"].as_str().unwrap().contains("--dismiss --yes"),
        "{refused}"
    );
    let shown = command(folder.path(), &simulator, &["recover"]).output().unwrap();
    assert!(stdout(&shown).contains("weak: prompt not shown"), "{}", stdout(&shown));
    // Only certain matches are adopted.
    let (code, refused, _) = run(&["recover", intent, "--adopt"]);
    assert_eq!(
        (code, &refused["error"]["candidates"][0]["grade"]),
        (6, &"weak".into()),
        "{refused}"
    );
    simulator.clear_rewrites();
    let (code, adopted, err) = run(&["recover", intent, "--adopt"]);
    let made = simulator.tasks().pop().unwrap().id;
    assert_eq!(
        (code, &adopted["submission"]["state"]),
        (0, &"accepted".into()),
        "{err} {adopted}"
    );
    assert!(adopted["submission"]["task"].as_str().unwrap().ends_with(&made));

    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
    let (code, found, _) = run(&[&generate[..], &["--adopt"]].concat());
    let made = simulator.tasks().pop().unwrap().id;
    assert_eq!(code, 0, "{found}");
    assert!(found["task"]["id"].as_str().unwrap().ends_with(&made), "{found}");

    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
    let (_, lost, _) = run(&generate);
    let intent = lost["error"]["ambiguity"]["intent"].as_str().unwrap();
    assert_eq!(lost["error"]["candidates"][0]["grade"], "strong");
    let (code, dismissed, _) = run(&["recover", intent, "--dismiss", "--yes"]);
    assert_eq!((code, &dismissed["submission"]["state"]), (0, &"dismissed".into()));
    assert_eq!(simulator.stats().tasks, 3);
}

/// Killed during the wait; the next run downloads the video to its output path.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_wait_is_resumed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut child = command(
        folder.path(),
        &simulator,
        &["generate", "a kite", "--vendor", "token360", "-o", "kite.mp4"],
    )
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().contains("Submitted")));
    // It is recorded right after that.
    while run(folder.path(), &simulator, &["list", "--local"]).1["submissions"][0]["task"].is_null() {
        crate::pause::pause();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!folder.path().join("kite.mp4").exists());

    simulator.advance(Duration::from_secs(600));
    let (code, recovered, err) = run(folder.path(), &simulator, &["recover", "--wait"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        recovered["downloaded"][0]["file"]["path"]
            .as_str()
            .unwrap()
            .ends_with("kite.mp4"),
        "{recovered}"
    );
    let bytes = std::fs::read(folder.path().join("kite.mp4")).unwrap();
    assert_eq!(&bytes[4..8], b"ftyp");
    let (code, recovered, _) = run(folder.path(), &simulator, &["recover"]);
    assert_eq!((code, recovered["unfinished"].as_array().unwrap().len()), (0, 0));
    assert_eq!(simulator.stats().tasks, 1);
}

/// Events of `recover --wait`: a result for each submission, also for one whose status is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_has_events() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--timeout",
        "0",
        "-o",
        "kite.mp4",
    ];
    let (code, running, _) = run(folder.path(), &simulator, &generate);
    assert_eq!(code, 5, "{running}");
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    let lost = ["generate", "a boat", "--vendor", "token360", "--search-timeout", "0"];
    assert_eq!(run(folder.path(), &simulator, &lost).0, 6);

    simulator.advance(Duration::from_secs(600));
    let mut recover = command(folder.path(), &simulator, &["recover", "--wait", "--events"]);
    let output = recover.output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    let lines = super::documents::events(&super::stdout(&output));
    let of = |name: &str| lines.iter().filter(|event| event["event"] == name).collect::<Vec<_>>();
    assert_eq!(of("status")[0]["id"], running["id"], "{lines:?}");
    assert_eq!(of("downloaded").len(), 1, "{lines:?}");
    let results: Vec<_> = of("result")
        .iter()
        .map(|event| {
            let result = &event["result"];
            (
                result["outcome"].clone(),
                result["prompt"].clone(),
                result["file"]["path"].is_string(),
            )
        })
        .collect();
    assert_eq!(
        results,
        [
            ("done".into(), "a kite".into(), true),
            ("ambiguous".into(), "a boat".into(), false)
        ],
        "{lines:?}"
    );
    let output = command(folder.path(), &simulator, &["recover", "--events"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_simulation_records_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let output = super::run(folder.path(), &["generate", "--simulate", "a kite", "--no-wait"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!folder.path().join("journal.db").exists());
    let output = super::run(
        folder.path(),
        &["generate", "--simulate", "a kite", "--no-wait", "--journal", "own.db"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(folder.path().join("own.db").exists());

    // A journal that cannot be used stops a submission before it is sent.
    std::fs::write(
        folder.path().join("bad.db"),
        "no journal at all, but long enough to be read as one".repeat(9),
    )
    .unwrap();
    let mut command = videogen(
        folder.path(),
        &["generate", "a kite", "--vendor", "toapis", "--journal", "bad.db"],
    );
    let output = command
        .env("TOAPIS_API_KEY", "sk-x")
        .env("TOAPIS_BASE_URL", "http://127.0.0.1:9")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains("--no-journal"), "{}", stderr(&output));
}

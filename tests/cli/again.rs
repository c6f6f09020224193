//! The same request again.

use std::process::Stdio;

use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::*;

/// `generate` at Token360.
fn generate(simulator: &Simulator, folder: &Path, prompt: &str, more: &[&str]) -> Command {
    let mut command = videogen(folder, &["generate", prompt, "--vendor", "token360", "--duration", "5"]);
    command.args(more).stdout(Stdio::piped()).stderr(Stdio::piped());
    account(&mut command, Vendor::Token360, &simulator.base_url(Vendor::Token360));
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_again_is_refused_unless_the_user_insists() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |prompt: &str, more: &[&str]| {
        let output = generate(&simulator, folder.path(), prompt, more).output().unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (code, id, notes) = run("a kite", &["--no-wait", "-q"]);
    assert_eq!(code, Some(0), "{notes}");
    let id = id.trim();
    // Where the file goes is not part of the request.
    for (more, files) in [
        (&["--no-wait"][..], ""),
        (&["-o", "kite.mp4"], " -o kite.mp4"),
        (&["-o", "a b/", "--parents", "--timeout", "9"], " -o 'a b/' --timeout 9"),
    ] {
        let (code, shown, notes) = run("a kite", more);
        assert_eq!((code, shown.as_str()), (Some(10), ""), "{notes}");
        let expected = format!(
            " s ago (task {id}); nothing was sent\nWait for it with: videogen wait {id}{files}\nTo submit (and pay) again, add: --again\n"
        );
        assert!(
            notes.contains("Token360: submit: the same request was submitted ") && notes.ends_with(&expected),
            "{notes}"
        );
    }
    assert!(!folder.path().join("kite.mp4").exists());
    let output = generate(&simulator, folder.path(), "a kite", &["--no-wait", "--json"])
        .output()
        .unwrap();
    let document = document(&output);
    let error = &document["error"];
    assert_eq!(
        (&error["kind"], &error["task"], &error["retryable"], &error["delivery"]),
        (&json!("repeated"), &json!(id), &json!(false), &json!("not_sent")),
        "{document}"
    );
    assert!(error["submission"].is_string(), "{document}");
    assert_eq!(
        (&document["outcome"], &document["id"]),
        (&json!("rejected"), &Value::Null),
        "{document}"
    );
    assert_eq!(simulator.stats().tasks, 1);
    // Another request, or the user's word.
    for (prompt, more) in [
        ("a boat", &[][..]),
        ("a kite", &["--seed", "7"]),
        ("a kite", &["--again"]),
        ("a kite", &["--no-journal"]),
        ("a kite", &["--idempotency-key", "order-4711"]),
    ] {
        let (code, _, notes) = run(prompt, &[&["--no-wait"], more].concat());
        assert_eq!(code, Some(0), "{more:?}: {notes}");
    }
    assert_eq!(simulator.stats().tasks, 6);
    // A key would find the first task; `--again` would pay for a second.
    let (code, _, notes) = run("a kite", &["--no-wait", "--again", "--idempotency-key", "order-4711"]);
    assert_eq!(code, Some(2), "{notes}");
    // A rehearsal costs nothing.
    for _ in 0..2 {
        let journal = folder.path().join("journal.db");
        let args = ["generate", "a kite", "--simulate", "--no-wait", "--journal"];
        let mut command = videogen(folder.path(), &args);
        let output = command.arg(journal).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_failed_or_was_cancelled_may_be_submitted_again() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        let output = generate(&simulator, folder.path(), "sim:fail", &[]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 2);
}

/// What to do about a first submission whose task is not known.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_submission_is_looked_up_before_it_is_repeated() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let more = ["--no-wait", "--search-timeout", "0"];
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    let output = generate(&simulator, folder.path(), "a kite", &more).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    let output = generate(&simulator, folder.path(), "a kite", &more).output().unwrap();
    let notes = stderr(&output);
    assert_eq!(output.status.code(), Some(10), "{notes}");
    assert!(
        notes.contains(", and whether it was accepted is unknown; nothing was sent\n"),
        "{notes}"
    );
    let hint = "\nLook it up with: videogen recover\nTo submit (and pay) again, add: --again\n";
    assert!(notes.ends_with(hint), "{notes}");
    let again = [&more[..], &["--again"]].concat();
    let output = generate(&simulator, folder.path(), "a kite", &again).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_processes_at_once_one_submits() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = || generate(&simulator, folder.path(), "a kite", &["--no-wait"]);
    let started: Vec<_> = (0..6).map(|_| command().spawn().unwrap()).collect();
    let mut codes: Vec<_> = started
        .into_iter()
        .map(|child| child.wait_with_output().unwrap().status.code())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, [0, 10, 10, 10, 10, 10].map(Some));
    assert_eq!(simulator.stats().tasks, 1);
}

/// Nothing is uploaded for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_request_uploads_no_file() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("face.png"), media::png(600, 800, 9)).unwrap();
    let more = ["--model", "seedance-2.0", "--reference-image", "face.png", "--no-wait"];
    let output = generate(&simulator, folder.path(), "a kite", &more).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let before = simulator.stats();
    // Wherever the file is now.
    std::fs::rename(folder.path().join("face.png"), folder.path().join("kite.png")).unwrap();
    let moved = ["--model", "seedance-2.0", "--reference-image", "kite.png", "--no-wait"];
    let output = generate(&simulator, folder.path(), "a kite", &moved).output().unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", stderr(&output));
    assert_eq!(simulator.stats(), before);
}

/// Several requests of one command: whatever repeats an earlier one is found before the first is sent, all at once.
#[tokio::test(flavor = "multi_thread")]
async fn several_requests_are_checked_before_the_first_is_sent() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |prompt: &str, more: &[&str]| {
        let output = generate(&simulator, folder.path(), prompt, &[&["--no-wait"], more].concat())
            .output()
            .unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let mut ids = Vec::new();
    for prompt in ["a kite", "a boat"] {
        let (code, id, notes) = run(prompt, &["-q"]);
        assert_eq!(code, Some(0), "{notes}");
        ids.push(id.trim().to_owned());
    }
    let (code, shown, notes) = run("a bird", &["a kite", "a boat"]);
    assert_eq!((code, shown.as_str()), (Some(10), ""), "{notes}");
    for id in &ids {
        let hint = format!("Wait for it with: videogen wait {id}\n");
        assert!(notes.contains(&hint), "{notes}");
    }
    assert_eq!(simulator.stats().tasks, 2);
    let (code, _, notes) = run("a bird", &["a kite", "a boat", "--again"]);
    assert_eq!((code, simulator.stats().tasks), (Some(0), 5), "{notes}");

    // KEY-2 is that of another request.
    let (code, _, notes) = run("a tree", &["--idempotency-key", "k-2"]);
    assert_eq!((code, simulator.stats().tasks), (Some(0), 6), "{notes}");
    let (code, _, notes) = run("a leaf", &["a twig", "--idempotency-key", "k"]);
    assert_eq!((code, simulator.stats().tasks), (Some(2), 6), "{notes}");
    assert!(
        notes.contains("idempotency key k-2 was already used for a different request"),
        "{notes}"
    );
    assert!(
        notes.ends_with("\nTo submit (and pay) again, use a new --idempotency-key\n"),
        "{notes}"
    );
    // The same request resumes.
    let (code, _, notes) = run("a leaf", &["a tree", "--idempotency-key", "k"]);
    assert_eq!((code, simulator.stats().tasks), (Some(0), 7), "{notes}");
}

/// Several ids name one endpoint: what is sent counts.
#[tokio::test(flavor = "multi_thread")]
async fn another_id_of_the_same_endpoint_is_the_same_request() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |model: &str, more: &[&str]| {
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "fal",
            "--duration",
            "5",
            "--no-wait",
            "-m",
            model,
        ];
        let mut command = videogen(folder.path(), &[&args[..], more].concat());
        account(
            &mut command,
            Vendor::Fal,
            &simulator.base_url(videogen_sim::Vendor::Fal),
        );
        let output = command.output().unwrap();
        (output.status.code(), stderr(&output))
    };
    let (short, whole) = ("bytedance/seedance-2.0", "bytedance/seedance-2.0/text-to-video");
    for (models, tasks) in [([short, whole], 1), ([whole, short], 1)] {
        let (code, notes) = run(models[0], &["--resolution", "720p", "--again"]);
        assert_eq!(code, Some(0), "{notes}");
        let before = simulator.stats().tasks;
        for resolution in ["720p", "720P"] {
            let (code, notes) = run(models[1], &["--resolution", resolution]);
            assert_eq!(code, Some(10), "{notes}");
        }
        assert_eq!(simulator.stats().tasks, before);
        let key = format!("order-{tasks}-{}", models[0].len());
        for model in models {
            let (code, notes) = run(model, &["--resolution", "720p", "--idempotency-key", &key]);
            assert_eq!(code, Some(0), "{notes}");
        }
        assert_eq!(simulator.stats().tasks, before + tasks);
    }
    // Another model.
    let (code, notes) = run("bytedance/seedance-2.0/fast", &["--resolution", "720p"]);
    assert_eq!(code, Some(0), "{notes}");
}

/// Whoever made the first submission: one with an idempotency key, or a batch.
#[tokio::test(flavor = "multi_thread")]
async fn a_submission_with_a_key_counts() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |prompt: &str, more: &[&str]| {
        let output = generate(&simulator, folder.path(), prompt, more).output().unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (code, _, notes) = run("a kite", &["--idempotency-key", "k", "-o", "kite.mp4", "--sidecar"]);
    assert_eq!(code, Some(0), "{notes}");
    let batch = |file: &str, jobs: &str, more: &[&str]| {
        std::fs::write(folder.path().join(file), jobs).unwrap();
        let mut command = videogen(
            folder.path(),
            &[&["batch", file, "--vendor", "token360"], more].concat(),
        );
        account(&mut command, Vendor::Token360, &simulator.base_url(Vendor::Token360));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    };
    // The jobs of a batch are as many as the user writes.
    let job = |id: &str| format!("{{\"id\": \"{id}\", \"prompt\": \"a boat\", \"duration\": 5}}\n");
    batch("jobs.jsonl", &(job("one") + &job("two")), &[]);
    assert_eq!(simulator.stats().tasks, 3);
    for (prompt, more) in [
        ("a kite", &["--no-wait"][..]),
        ("a boat", &["--no-wait"]),
        ("a boat", &["-o", "x.mp4"]),
    ] {
        let (code, _, notes) = run(prompt, more);
        assert_eq!(code, Some(10), "{notes}");
        assert!(notes.contains("the same request was submitted"), "{notes}");
    }
    let mut command = videogen(folder.path(), &["generate", "--request", "kite.mp4.json", "--no-wait"]);
    account(&mut command, Vendor::Token360, &simulator.base_url(Vendor::Token360));
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 3);
    // Another key and --again are the user's wish.
    for more in [&["--idempotency-key", "other"][..], &["--again"]] {
        let (code, _, notes) = run("a kite", &[&["--no-wait"], more].concat());
        assert_eq!(code, Some(0), "{notes}");
    }
    batch("more.jsonl", &job("three"), &["--again"]);
    assert_eq!(simulator.stats().tasks, 6);
}

/// Each earlier task is named once, with its own file, and what is not submitted yet is counted.
#[tokio::test(flavor = "multi_thread")]
async fn variations_name_each_earlier_task_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let output = generate(&simulator, folder.path(), "a kite", more).output().unwrap();
        (output.status.code(), stdout(&output), stderr(&output))
    };
    let (code, shown, notes) = run(&["--count", "2", "--no-wait", "-q"]);
    assert_eq!(code, Some(0), "{notes}");
    let ids: Vec<&str> = shown.lines().collect();
    let [first, second] = ids[..] else { panic!("{shown}") };
    let (code, _, notes) = run(&["--count", "3", "-o", "k-{index}.mp4"]);
    assert_eq!(code, Some(10), "{notes}");
    let expected = format!(
        "; nothing was sent\nWait for it with: videogen wait {first} -o k-1.mp4\nWait for it with: videogen wait {second} -o \
         k-2.mp4\nNot submitted yet: 1 of 3\nTo submit (and pay) only what is missing, add: --count 1 --again\n"
    );
    assert!(notes.ends_with(&expected), "{notes}");
    assert_eq!(notes.matches("the same request was submitted").count(), 1, "{notes}");
    // More than are requested now, and another prompt.
    let (code, _, notes) = run(&["a boat", "--no-wait"]);
    assert_eq!(code, Some(10), "{notes}");
    let expected = format!(
        "; nothing was sent\nWait for it with: videogen wait {first}\nWait for it with: videogen wait {second}\nTo submit (and pay) \
         again, add: --again\n"
    );
    assert!(notes.ends_with(&expected), "{notes}");
    assert_eq!(simulator.stats().tasks, 2);
}

/// A key decides alone; a new one for the same request has a note.
#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_for_the_same_request_has_a_note() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |more: &[&str]| {
        let more = [&["--no-wait"], more].concat();
        let output = generate(&simulator, folder.path(), "a kite", &more).output().unwrap();
        assert!(output.status.success(), "{more:?}: {}", stderr(&output));
        (stdout(&output), stderr(&output))
    };
    let (first, _) = run(&["-q"]);
    let first = first.trim();
    let (_, notes) = run(&["--idempotency-key", "a", "-q"]);
    let words = |with: &str, task: &str| {
        format!(" ago {with}, as {task}; this key is new, so it is submitted and paid again.\n")
    };
    assert!(
        notes.starts_with("--idempotency-key a: the same request was submitted ")
            && notes.ends_with(&words("without a key", first)),
        "{notes}"
    );
    // With the same key, it is the same submission.
    let (second, notes) = run(&["--idempotency-key", "a", "-q"]);
    assert_eq!(notes, "");
    let (document, _) = run(&["--idempotency-key", "b", "--json"]);
    let note = &documents::only(&document)["notes"][0];
    assert_eq!(
        (&note["field"], &note["value"]),
        (&json!("idempotency_key"), &json!("b")),
        "{document}"
    );
    let reason = note["reason"].as_str().unwrap();
    assert!(
        reason.contains("with the key a, as ") && reason.contains(second.trim()),
        "{reason}"
    );
    assert_eq!(simulator.stats().tasks, 3);
}

//! Batches that are run again with other output files, or with another API key: nothing is paid twice, and no outcome changes.

use std::path::{Path, PathBuf};

use serde_json::json;
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{at, code, document, outcomes, results, stderr, write};

/// The files of a folder, with what changes when one is written again.
fn files(folder: &Path) -> Vec<(PathBuf, std::time::SystemTime)> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    // A sidecar is written without a request.
    let mut files: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|extension| extension != "json"))
        .map(|path| (path.clone(), path.metadata().unwrap().modified().unwrap()))
        .collect();
    files.sort();
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_be_run_again_with_any_output() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "boat", "prompt": "a boat"}),
        json!({"id": "sails", "prompt": "it sails", "after": "boat"}),
    ];
    write(folder, "jobs.jsonl", &jobs);
    let batch = |into: &str| {
        let args = [
            "batch",
            "jobs.jsonl",
            "--vendor",
            "token360",
            "--parents",
            "--sidecar",
            "--json",
            "-o",
            into,
        ];
        let output = at(&simulator, folder, &args).output().unwrap();
        assert_eq!(code(&output), 0, "{into}: {}", stderr(&output));
        let shown = document(&output);
        let names = ["file", "last_frame_file"].map(|kind| shown["results"][0][kind]["path"].clone());
        let expected = ["boat.mp4", "boat.last-frame.png"].map(|name| json!(format!("{into}{name}")));
        assert_eq!(names, expected);
        assert_eq!(shown["results"][1]["file"]["path"], json!(format!("{into}sails.mp4")));
        let line = results(folder, "jobs.results.jsonl");
        assert!(
            line.iter().any(|line| line["file"]["path"] == names[0]),
            "{into}: {line:?}"
        );
    };
    let requests = || simulator.stats().requests.values().sum::<u64>();
    batch("one/");
    batch("two/");
    let (first, second, before) = (files(&folder.join("one")), files(&folder.join("two")), requests());
    for into in ["two/", "one/", "one/", "two/"] {
        batch(into);
    }
    // Also by the journal alone.
    for into in ["one/", "two/", "one/"] {
        std::fs::remove_file(folder.join("jobs.results.jsonl")).unwrap();
        batch(into);
    }
    assert_eq!(requests(), before);
    assert_eq!(
        (files(&folder.join("one")), files(&folder.join("two"))),
        (first, second)
    );
    assert_eq!(simulator.stats().tasks, 2);
    // What `recover` would complete is complete.
    let output = at(&simulator, folder, &["recover", "--json"]).output().unwrap();
    assert_eq!(document(&output)["unfinished"], json!([]), "{}", stderr(&output));
    // Another file at that place is not replaced, and does not count as the job's.
    std::fs::write(folder.join("two/sails.mp4"), "another").unwrap();
    let args = ["batch", "jobs.jsonl", "--vendor", "token360", "-o", "two/"];
    let output = at(&simulator, folder, &args).output().unwrap();
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    assert_eq!(std::fs::read(folder.join("two/sails.mp4")).unwrap(), b"another");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_key_changes_no_outcome() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "lost", "prompt": "a lost kite"}),
        json!({"id": "running", "prompt": "a boat"}),
        json!({"id": "fails", "prompt": "sim:fail"}),
    ];
    write(folder, "jobs.jsonl", &jobs[..1]);
    let batch = |key: &str, more: &[&str]| {
        let args = ["batch", "jobs.jsonl", "--vendor", "token360", "--search-timeout", "1"];
        let mut command = at(&simulator, folder, &[&args[..], more].concat());
        command.env(Vendor::Token360.facts().key_env, key);
        command.output().unwrap()
    };
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
    assert_eq!(code(&batch("sk-x", &[])), 6);
    write(folder, "jobs.jsonl", &jobs);
    simulator.inject(Fault::new(Vendor::Token360, Operation::Get, FaultKind::Html(502)).times(1000));
    assert_eq!(code(&batch("sk-x", &["--timeout", "0"])), 6);
    simulator.clear_faults();
    let tasks = simulator.stats().tasks;
    let before = results(folder, "jobs.results.jsonl");
    for key in ["sk-other", "sk-sim-401"] {
        let output = batch(key, &["--json"]);
        assert_eq!(code(&output), 6, "{}", stderr(&output));
        let shown = document(&output);
        let outcome = |place: usize| {
            let result = &shown["results"][place];
            assert_eq!(result["error"]["kind"], "conflict", "{result}");
            let words = "with another API key of Token360";
            assert!(result["error"]["message"].as_str().unwrap().contains(words), "{result}");
            (result["outcome"].clone(), result["id"].is_string())
        };
        assert_eq!(outcome(0), (json!("ambiguous"), false));
        assert_eq!(outcome(1), (json!("running"), true));
        assert_eq!(outcome(2), (json!("running"), true));
        assert_eq!(shown["totals"]["outcomes"], json!({"ambiguous": 1, "unfinished": 2}));
    }
    // Nothing was found out, so nothing was recorded, and nothing was submitted.
    assert_eq!(results(folder, "jobs.results.jsonl"), before);
    assert_eq!(simulator.stats().tasks, tasks);
    // With the right key all goes on.
    let output = batch("sk-x", &["--adopt"]);
    assert_eq!(simulator.stats().tasks, tasks, "{}", stderr(&output));
    let outcomes = outcomes(folder);
    assert!(outcomes.contains_key("running"), "{}", stderr(&output));
    assert_eq!(
        ["running", "fails"].map(|id| outcomes[id].as_str()),
        ["done", "failed"],
        "{}",
        stderr(&output)
    );
    // A job that has failed stays so, whoever looks.
    let shown = document(&batch("sk-other", &["--json"]));
    assert_eq!(shown["results"][2]["outcome"], "failed");
    assert_eq!(shown["results"][1]["outcome"], "done");
}

/// A batch names the vendor of each job, and each vendor that has not taken one.
#[tokio::test(flavor = "multi_thread")]
async fn the_vendor_of_each_job_is_named() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let balance = r#"{"error": {"message": "top up", "type": "insufficient_balance"}}"#;
    let poor = || Fault::status(Vendor::Token360, Operation::Submit, 402, balance);
    let run = |id: &str, more: &[&str]| {
        write(folder, "jobs.jsonl", &[json!({"id": id, "prompt": id})]);
        simulator.inject(poor());
        let args = ["batch", "jobs.jsonl", "--vendor", "token360,toapis=seedance-2"];
        at(&simulator, folder, &[&args[..], more].concat()).output().unwrap()
    };
    let notes = stderr(&run("kite", &[]));
    assert!(notes.contains("kite: Token360: submit: "), "{notes}");
    assert!(notes.contains("\nTrying ToAPIs.\n"), "{notes}");
    assert!(notes.contains("kite: done at ToAPIs, kite.mp4"), "{notes}");
    let output = run("boat", &["--events"]);
    let out = super::stdout(&output);
    let events = super::super::documents::events(&out);
    let refused = &events[0];
    assert_eq!(
        (
            &refused["event"],
            &refused["item"],
            &refused["vendor"],
            &refused["next"]
        ),
        (&json!("refused"), &json!("boat"), &json!("token360"), &json!("toapis")),
        "{out}"
    );
    assert_eq!(refused["error"]["kind"], "balance");
    assert_eq!(
        (&events[1]["event"], &events[1]["vendor"]),
        (&json!("submitted"), &json!("toapis"))
    );
    let result = &events.last().unwrap()["result"];
    assert_eq!(
        (&result["vendor"], &result["refused_by"][0]["vendor"]),
        (&json!("toapis"), &json!("token360"))
    );
    // With one vendor for all, it is not repeated.
    write(folder, "jobs.jsonl", &[json!({"id": "bird", "prompt": "a bird"})]);
    let args = ["batch", "jobs.jsonl", "--vendor", "toapis=seedance-2"];
    let notes = stderr(&at(&simulator, folder, &args).output().unwrap());
    assert!(notes.contains("bird: done, bird.mp4"), "{notes}");
}

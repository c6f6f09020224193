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
    let notes = stderr(&output);
    let words = "sails: unfinished: the video is complete, but was not downloaded: ";
    assert!(notes.contains(words), "{notes}");
    assert!(
        notes.contains("\nTo replace two/sails.mp4, add: --overwrite\n"),
        "{notes}"
    );
    assert_eq!(std::fs::read(folder.join("two/sails.mp4")).unwrap(), b"another");
    // A link that is gone: the video is where an earlier run saved it.
    let gone = Fault::status(Vendor::Token360, Operation::File, 404, "gone").times(1000);
    simulator.inject(gone);
    let args = [
        "batch",
        "jobs.jsonl",
        "--vendor",
        "token360",
        "-o",
        "new/",
        "--parents",
        "--dry-run",
        "--json",
    ];
    let planned = document(&at(&simulator, folder, &args).output().unwrap());
    let output = at(&simulator, folder, &args[..args.len() - 2]).output().unwrap();
    let notes = stderr(&output);
    assert_eq!(code(&output), 5, "{notes}");
    assert!(
        notes.contains("boat: unfinished: the video is complete, but was not downloaded: "),
        "{notes}"
    );
    let words = "/boat.mp4: copy that file, or run with -o ";
    assert!(
        notes.contains(words) && notes.contains("An earlier run saved it as "),
        "{notes}"
    );
    assert_eq!(planned["submissions"], 0, "{planned}");
    assert_eq!(simulator.stats().tasks, 2);
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
            // What would be paid again is no advice.
            for paid in ["idempotency key;", "new idempotency key", "--name"] {
                assert!(!result["error"].to_string().contains(paid), "{result}");
            }
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

/// A job that was submitted needs the job that it follows no more: its video is fetched, and no line revokes its result.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_with_a_task_outlives_the_one_that_it_follows() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "a", "prompt": "chain a", "duration": 5}),
        json!({"id": "b", "prompt": "chain b", "duration": 5, "after": "a", "vendor": "alltoken"}),
        json!({"id": "c", "prompt": "chain c", "duration": 5, "after": "a", "vendor": "alltoken"}),
    ];
    write(folder, "jobs.jsonl", &jobs[..2]);
    let batch = |key: &str, more: &[&str]| {
        let args = ["batch", "jobs.jsonl", "--vendor", "token360", "--parents"];
        let mut command = at(&simulator, folder, &[&args[..], more].concat());
        command.env(Vendor::Token360.facts().key_env, key);
        command.output().unwrap()
    };
    assert_eq!(code(&batch("sk-x", &["-o", "one/"])), 0);
    let before = results(folder, "jobs.results.jsonl");
    let id = before[1]["id"].as_str().unwrap().to_owned();
    // One that was not submitted is skipped, also in the plan.
    write(folder, "jobs.jsonl", &jobs);
    let planned = document(&batch("sk-other", &["-o", "two/", "--dry-run", "--json"]));
    let earlier: Vec<_> = planned["jobs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|job| &job["earlier"])
        .collect();
    assert_eq!(earlier[1..], [&json!("done"), &json!("skipped")], "{planned}");
    let output = batch("sk-other", &["-o", "two/", "-q"]);
    assert_eq!(code(&output), 5, "{}", stderr(&output));
    let shown = super::stdout(&output);
    assert!(shown.ends_with("\ntwo/b.mp4\n"), "{shown}{}", stderr(&output));
    assert!(folder.join("two/b.mp4").exists());
    let lines = results(folder, "jobs.results.jsonl");
    let of = |item: &str| {
        lines
            .iter()
            .filter(|line| line["item"] == item)
            .map(|line| line["outcome"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (of("a"), of("b"), of("c")),
        (
            vec![json!("done")],
            vec![json!("done"), json!("done")],
            vec![json!("skipped")]
        )
    );

    // A line of an earlier version that skips the job counts for nothing, with another journal either.
    let skipped = json!({"item": "b", "outcome": "skipped", "vendor": "alltoken", "simulated": false, "attempt": 1});
    let text = lines
        .iter()
        .chain([&skipped])
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    std::fs::write(folder.join("jobs.results.jsonl"), text).unwrap();
    for more in [&["-o", "three/"][..], &["-o", "four/", "--journal", "other.db"]] {
        let output = batch("sk-other", &[more, &["--json"]].concat());
        let shown = document(&output);
        assert_eq!(shown["results"][1]["id"], json!(id), "{shown}");
        assert!(folder.join(more[1]).join("b.mp4").exists(), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().submissions["alltoken"], 1);
    assert_eq!(simulator.stats().tasks, 2);
}

/// A file in the way is found before anything is sent, unless it is the job's own.
#[tokio::test(flavor = "multi_thread")]
async fn files_in_the_way_are_reported_before_anything_is_sent() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "e0", "prompt": "e0"}),
        json!({"id": "e1", "prompt": "e1"}),
        json!({"id": "e2", "prompt": "e2", "after": "e1"}),
        json!({"id": "e3", "prompt": "e3"}),
    ];
    write(folder, "jobs.jsonl", &jobs);
    std::fs::create_dir(folder.join("o")).unwrap();
    for name in ["e1.mp4", "e3.mp4.json"] {
        std::fs::write(folder.join("o").join(name), "mine").unwrap();
    }
    let batch = |more: &[&str]| {
        let args = ["batch", "jobs.jsonl", "--vendor", "token360", "-o", "o/", "--sidecar"];
        at(&simulator, folder, &[&args[..], more].concat()).output().unwrap()
    };
    for more in [&[][..], &["--dry-run"]] {
        let output = batch(more);
        let expected = "error: jobs.jsonl: 2 problems; nothing was sent\n  line 2: output: o/e1.mp4 exists; add --overwrite to \
            replace it\n  line 4: output: o/e3.mp4.json exists; add --overwrite to replace it\n";
        assert_eq!((code(&output), stderr(&output).as_str()), (2, expected));
    }
    assert_eq!(simulator.stats().tasks, 0);
    assert_eq!(code(&batch(&["--overwrite", "--dry-run"])), 0);
    assert_eq!(code(&batch(&["--overwrite"])), 0);
    // Now they are those of the jobs.
    for more in [&[][..], &["--dry-run"]] {
        assert_eq!(code(&batch(more)), 0);
    }
    std::fs::remove_file(folder.join("jobs.results.jsonl")).unwrap();
    assert_eq!(code(&batch(&["--dry-run"])), 0);
    assert_eq!(simulator.stats().tasks, 4);
}

/// Two files of one name are one batch, unless --name or the ids differ: a changed request is found by the journal.
#[tokio::test(flavor = "multi_thread")]
async fn another_file_of_the_same_name_pays_for_nothing() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["a", "c"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    write(folder, "a/jobs.jsonl", &[json!({"prompt": "a kite"})]);
    write(
        folder,
        "c/jobs.jsonl",
        &[json!({"prompt": "a boat"}), json!({"prompt": "a bird"})],
    );
    let batch = |file: &str, more: &[&str]| {
        let into = format!("{}/", &file[..1]);
        let args = ["batch", file, "--vendor", "token360", "-o", &into];
        at(&simulator, folder, &[&args[..], more].concat()).output().unwrap()
    };
    assert_eq!(code(&batch("a/jobs.jsonl", &[])), 0);
    for more in [&["--dry-run"][..], &[]] {
        let output = batch("c/jobs.jsonl", more);
        let expected = "error: c/jobs.jsonl: 1 problem; nothing was sent\n  line 1: 1: its request differs from the one that was \
            submitted under this id; use a new id, or for another batch another --name\n";
        assert_eq!((code(&output), stderr(&output).as_str()), (2, expected));
    }
    assert_eq!(simulator.stats().tasks, 1);
    assert_eq!(code(&batch("c/jobs.jsonl", &["--name", "c"])), 0);
    assert_eq!(simulator.stats().tasks, 3);
    // The same request is the same job, whatever the file of the results.
    assert_eq!(code(&batch("a/jobs.jsonl", &["--results", "other.jsonl"])), 0);
    assert_eq!(simulator.stats().tasks, 3);
    // Another name is another batch, with results of its own.
    let autumn = [
        "batch",
        "a/jobs.jsonl",
        "--vendor",
        "token360",
        "-o",
        "autumn/",
        "--parents",
        "--name",
        "autumn",
        "--again",
    ];
    let output = at(&simulator, folder, &autumn).output().unwrap();
    assert_eq!((code(&output), simulator.stats().tasks), (0, 4), "{}", stderr(&output));
    assert!(folder.join("a/autumn.results.jsonl").exists() && folder.join("autumn/1.mp4").exists());
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

/// A file has one place, however the path to it is written.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_be_run_from_another_folder() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for name in ["a", "b"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    write(folder, "a/jobs.jsonl", &[json!({"id": "boat", "prompt": "a boat"})]);
    let run = |from: &str, args: &[&str]| {
        let output = at(&simulator, folder, args)
            .current_dir(folder.join(from))
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{args:?}: {}", stderr(&output));
        document(&output)
    };
    let batch = [
        "batch",
        "jobs.jsonl",
        "--vendor",
        "token360",
        "--json",
        "--parents",
        "-o",
    ];
    run("a", &[&batch[..], &["out/"]].concat());
    let requests = || simulator.stats().requests.values().sum::<u64>();
    let before = requests();
    let elsewhere = [&["batch", "../a/jobs.jsonl"], &batch[2..], &["../a/out/"]].concat();
    run("b", &elsewhere);
    assert_eq!(requests(), before);
    assert_eq!(run("b", &["recover", "--json"])["unfinished"], json!([]));
    let problems = run("b", &["doctor", "--json"])["problems"].to_string();
    assert!(!problems.contains("unfinished"), "{problems}");
}

//! What programs read of a batch: events, paths, and the plan of a run that continues another one.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use videogen_sim::Simulator;

use super::super::documents;
use super::{at, code, document, outcomes, results, stderr, stdout, write};

fn jobs() -> Vec<Value> {
    vec![
        json!({"id": "boat", "prompt": "a boat"}),
        json!({"id": "sails", "prompt": "it sails", "after": "boat"}),
        json!({"id": "fails", "prompt": "sim:fail"}),
        json!({"id": "refused", "prompt": "sim:refuse"}),
        json!({"id": "next", "prompt": "it lands", "after": "fails"}),
    ]
}

/// The events of each job, in their order.
fn by_item(events: &[Value]) -> BTreeMap<&str, Vec<&str>> {
    let mut items: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for event in events {
        let name = event["event"].as_str().unwrap();
        if let Some(item) = event["item"].as_str() {
            items.entry(item).or_default().push(name);
        }
    }
    items
}

#[tokio::test(flavor = "multi_thread")]
async fn events_follow_each_job_to_its_result() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "jobs.jsonl", &jobs());
    let run = |more: &[&str]| {
        let args = [&["batch", "jobs.jsonl", "--vendor", "token360"][..], more].concat();
        at(&simulator, folder, &args).output().unwrap()
    };
    let output = run(&["--events"]);
    assert_eq!((code(&output), stderr(&output)), (2, String::new()));
    let out = stdout(&output);
    let events = documents::events(&out);
    assert!(events[0]["item"].is_string(), "{}", events[0]);
    let items = by_item(&events);
    for item in ["boat", "sails"] {
        let names = &items[item];
        assert_eq!(names[0], "submitted", "{names:?}");
        assert_eq!(names.last(), Some(&"result"), "{names:?}");
        assert!(names.contains(&"status") && names.contains(&"downloaded"), "{names:?}");
    }
    assert!(items["fails"].contains(&"status"), "{items:?}");
    for (item, names) in &items {
        assert_eq!(names.iter().filter(|name| **name == "result").count(), 1, "{item}");
    }
    assert_eq!((&items["refused"], &items["next"]), (&vec!["result"], &vec!["result"]));
    // What was not accepted has no task, and says what was requested all the same.
    let lines = results(folder, "jobs.results.jsonl");
    let result = |item: &str| {
        let of_item = |event: &&Value| event["event"] == "result" && event["item"] == item;
        let event = &events.iter().find(of_item).unwrap()["result"];
        let line = lines.iter().find(|line| line["item"] == item).unwrap();
        assert_eq!((&event["model"], &event["prompt"]), (&line["model"], &line["prompt"]));
        (line["outcome"].clone(), line["model"].clone(), line["prompt"].clone())
    };
    let model = result("boat").1;
    assert!(model.is_string());
    assert_eq!(result("boat"), (json!("done"), model.clone(), json!("a boat")));
    assert_eq!(
        result("refused"),
        (json!("rejected"), model.clone(), json!("sim:refuse"))
    );
    assert_eq!(result("next"), (json!("skipped"), model, json!("it lands")));

    // The next run reports every job, also those that were done before.
    let output = run(&["--events"]);
    let out = stdout(&output);
    let again = documents::events(&out);
    let items = by_item(&again);
    assert_eq!(items.len(), 5, "{items:?}");
    assert_eq!(items["boat"], ["result"]);
    assert_eq!(
        again
            .iter()
            .find(|event| event["item"] == "boat")
            .map(|event| &event["result"]["file"]["path"]),
        Some(&json!("boat.mp4"))
    );

    let output = run(&["-q"]);
    let last_frame = Path::new("boat.last-frame.png");
    assert!(folder.join(last_frame).exists());
    let fails = lines.iter().find(|line| line["item"] == "fails").unwrap()["id"].clone();
    let expected = format!(
        "boat.mp4\nboat.last-frame.png\nsails.mp4\n{}\n",
        fails.as_str().unwrap()
    );
    assert_eq!(stdout(&output), expected);
    let errors: Vec<String> = stderr(&output).lines().map(str::to_owned).collect();
    assert!(errors.iter().all(|line| line.starts_with("error: ")), "{errors:?}");
    assert!(
        errors.iter().any(|line| line.starts_with("error: refused: ")),
        "{errors:?}"
    );

    let output = run(&["--dry-run", "--events"]);
    assert_eq!(code(&output), 2);
    assert!(stdout(&output).contains("use --json"), "{}", stdout(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_counts_only_what_a_run_would_submit() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut jobs = jobs();
    write(folder, "jobs.jsonl", &jobs);
    let run = |more: &[&str]| {
        let args = [&["batch", "jobs.jsonl", "--vendor", "token360"][..], more].concat();
        at(&simulator, folder, &args).output().unwrap()
    };
    let plan = |more: &[&str]| {
        let shown = document(&run(&[&["--dry-run", "--json"][..], more].concat()));
        let jobs = shown["jobs"].as_array().unwrap();
        let earlier: Vec<String> = jobs.iter().map(|job| job["earlier"].to_string()).collect();
        (
            earlier.join(" ").replace('"', ""),
            shown["submissions"].as_u64().unwrap(),
        )
    };
    assert_eq!(plan(&[]), ("null null null null null".to_owned(), 5));
    assert_eq!(code(&run(&[])), 2);
    jobs.push(json!({"id": "new", "prompt": "a kite"}));
    write(folder, "jobs.jsonl", &jobs);
    let expected = ("done done failed rejected skipped null".to_owned(), 1);
    assert_eq!(plan(&[]), expected);
    // The job that follows the failed one is submitted with it.
    assert_eq!(plan(&["--retry-failed"]).1, 4);
    let text = stdout(&run(&["--dry-run"]));
    assert!(text.contains("\n6 jobs, 1 paid submission:"), "{text}");
    // By the journal alone, and by the results alone.
    let (lines, kept) = (folder.join("jobs.results.jsonl"), folder.join("kept"));
    std::fs::rename(&lines, &kept).unwrap();
    assert_eq!(plan(&[]), expected);
    std::fs::rename(&kept, &lines).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_string_lossy().starts_with("journal.db") {
            std::fs::remove_file(path).unwrap();
        }
    }
    assert_eq!(plan(&[]), expected);

    // Nothing is paid twice where the journal has lost a job: its task is known from the results.
    std::fs::remove_file(folder.join("sails.mp4")).unwrap();
    let before = simulator.stats().tasks;
    let output = run(&[]);
    assert_eq!(simulator.stats().tasks, before + 1, "{}", stderr(&output));
    assert!(folder.join("sails.mp4").exists());
    assert_eq!(outcomes(folder)["new"], "done");
}

/// The vendor has removed the file of a job before it was downloaded: the job has failed, and may be submitted again.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_file_is_a_failure_that_can_be_paid_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(folder, "jobs.jsonl", &[json!({"id": "boat", "prompt": "a boat"})]);
    let run = |more: &[&str]| {
        let args = [
            &[
                "batch",
                "jobs.jsonl",
                "--vendor",
                "replicate",
                "--timeout",
                "0",
                "--json",
            ][..],
            more,
        ];
        at(&simulator, folder, &args.concat()).output().unwrap()
    };
    let first = run(&[]);
    assert_eq!(code(&first), 5, "{}", stderr(&first));
    simulator.advance(Duration::from_secs(2 * 3600));
    let second = run(&[]);
    assert_eq!(code(&second), 1, "{}", stderr(&second));
    assert_eq!(outcomes(folder)["boat"], "failed");
    let planned = |more: &[&str]| {
        let shown = document(&run(&[&["--dry-run"], more].concat()));
        (shown["jobs"][0]["earlier"].clone(), shown["submissions"].clone())
    };
    assert_eq!(planned(&[]), (json!("failed"), json!(0)));
    assert_eq!(planned(&["--retry-failed"]), (json!("failed"), json!(1)));
    assert_eq!(simulator.stats().tasks, 1);
    run(&["--retry-failed"]);
    assert_eq!(simulator.stats().tasks, 2);
}

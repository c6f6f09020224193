//! `journal prune`, `journal export` and `journal check` over files of real submissions.

use std::path::Path;

use serde_json::{Value, json};
use videogen_sim::Simulator;

use super::{command, run};
use crate::{stderr, stdout};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn database(folder: &Path) -> rusqlite::Connection {
    rusqlite::Connection::open(folder.join("journal.db")).unwrap()
}

/// The prompts that are left, oldest first.
fn prompts(folder: &Path) -> Vec<String> {
    let database = database(folder);
    let sql = "SELECT entry ->> '$.intent.prompt' FROM submissions ORDER BY begun, rowid";
    let mut statement = database.prepare(sql).unwrap();
    let prompts = statement.query_map([], |row| row.get(0)).unwrap();
    prompts.map(Result::unwrap).collect()
}

/// Moves all submissions so far into the past.
fn age(folder: &Path, days: i64) {
    let database = database(folder);
    let aged = database.execute("UPDATE submissions SET begun = begun - ?1 * ?2", [DAY, days]);
    assert!(aged.unwrap() > 0);
}

/// One submission of each kind, a year old: downloaded, keyed, refused, undownloaded, failed, unfinished.
async fn fill(folder: &Path, simulator: &Simulator) {
    let generate = |prompt: &str, more: &[&str]| {
        let args = [&["generate", prompt, "--vendor", "toapis"], more].concat();
        run(folder, simulator, &args)
    };
    let mut tasks = Vec::new();
    for (prompt, more, code) in [
        ("saved", &["--no-wait"][..], 0),
        ("keyed", &["--no-wait", "--idempotency-key", "k"], 0),
        ("sim:refuse", &["--no-wait", "--idempotency-key", "r"], 2),
        ("paid", &["--no-wait"], 0),
        ("sim:fail", &["--no-wait"], 0),
    ] {
        let (found, document, err) = generate(prompt, more);
        assert_eq!(found, code, "{prompt}: {document} {err}");
        tasks.extend(document["task"]["id"].as_str().map(str::to_owned));
    }
    simulator.advance(std::time::Duration::from_secs(3600));
    for (task, file) in [(&tasks[0], "saved.mp4"), (&tasks[1], "keyed.mp4")] {
        let (code, document, err) = run(folder, simulator, &["download", task, "-o", file]);
        assert_eq!(code, 0, "{document} {err}");
    }
    for task in &tasks[2..] {
        run(folder, simulator, &["status", task]);
    }
    assert_eq!(generate("running", &["--no-wait"]).0, 0);
    age(folder, 365);
}

fn prune(folder: &Path, simulator: &Simulator, more: &[&str]) -> Value {
    let args = [&["journal", "prune", "--older-than", "90d"], more].concat();
    let (code, document, err) = run(folder, simulator, &args);
    assert_eq!(code, 0, "{document} {err}");
    document
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_no_promise_depends_on_is_pruned() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder, &simulator).await;
    let (code, document, _) = run(
        folder,
        &simulator,
        &["generate", "new", "--vendor", "toapis", "--no-wait"],
    );
    assert_eq!(code, 0, "{document}");
    let all = ["saved", "keyed", "sim:refuse", "paid", "sim:fail", "running", "new"];
    assert_eq!(prompts(folder), all);

    let kept = json!({"key": 1, "undownloaded": 1, "unfinished": 1});
    let pruned = prune(folder, &simulator, &["--dry-run"]);
    assert_eq!((&pruned["removed"], &pruned["kept"]), (&json!(3), &kept), "{pruned}");
    assert_eq!(prompts(folder), all);
    let pruned = prune(folder, &simulator, &[]);
    assert_eq!((&pruned["removed"], &pruned["kept"]), (&json!(3), &kept), "{pruned}");
    assert_eq!(prompts(folder), ["keyed", "paid", "running", "new"]);
    // The key is still paid for, and the rest is intact.
    let keyed = [
        "generate",
        "keyed",
        "--vendor",
        "toapis",
        "--no-wait",
        "--idempotency-key",
        "k",
    ];
    let before = simulator.stats().tasks;
    assert_eq!(run(folder, &simulator, &keyed).0, 0);
    assert_eq!(simulator.stats().tasks, before);
    let (code, checked, _) = run(folder, &simulator, &["journal", "check"]);
    assert_eq!(
        (code, &checked["submissions"], &checked["unfinished"]),
        (0, &json!(4), &json!(2)),
        "{checked}"
    );

    // What a budget without an end counts stays, whatever the options.
    let counted = || {
        database(folder).execute(
            "UPDATE submissions SET entry = json_set(entry, '$.cost', json(?1)) WHERE key = 'k'",
            [r#"{"amount": "1", "currency": "USD", "obtained": "reported"}"#],
        )
    };
    assert_eq!(counted().unwrap(), 1);
    assert_eq!(run(folder, &simulator, &["budget", "set", "100/total"]).0, 0);
    let more = ["--keys", "--include-undownloaded"];
    let pruned = prune(folder, &simulator, &more);
    assert_eq!(pruned["kept"]["budget"], 1, "{pruned}");
    assert!(prompts(folder).contains(&"keyed".to_owned()));
    assert_eq!(run(folder, &simulator, &["budget", "remove", "total"]).0, 0);
    prune(folder, &simulator, &more);
    assert_eq!(prompts(folder), ["running", "new"]);
}

/// Without its entry, a job of a batch would be paid for again.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_of_batches_stay_unless_they_are_named() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("jobs.jsonl"), r#"{"prompt": "a kite"}"#).unwrap();
    let (code, document, err) = run(folder, &simulator, &["batch", "jobs.jsonl", "--vendor", "toapis"]);
    assert_eq!(code, 0, "{document} {err}");
    age(folder, 365);
    for more in [&[][..], &["--keys"]] {
        let pruned = prune(folder, &simulator, more);
        assert_eq!(
            (&pruned["removed"], &pruned["kept"]),
            (&json!(0), &json!({"group": 1})),
            "{more:?}"
        );
    }
    let pruned = prune(folder, &simulator, &["--keys", "--batches"]);
    assert_eq!(pruned["removed"], 1, "{pruned}");
}

/// The task of a submission of unknown status must not be taken for one that is no longer known.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_an_open_submission_keeps_its_tasks() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder, &simulator).await;
    let open = "UPDATE submissions SET open = 1, task = NULL, unfinished = 0,
        entry = json_remove(json_set(entry, '$.state', 'ambiguous'), '$.task', '$.status')
        WHERE entry ->> '$.intent.prompt' = 'running'";
    assert_eq!(database(folder).execute(open, []).unwrap(), 1);
    let pruned = prune(folder, &simulator, &[]);
    // The refused one has no task.
    assert_eq!(
        (&pruned["removed"], &pruned["kept"]["account"], &pruned["kept"]["open"]),
        (&json!(1), &json!(2), &json!(1)),
        "{pruned}"
    );
    let shown = stdout(
        &command(folder, &simulator, &["journal", "prune", "--older-than", "1d"])
            .output()
            .unwrap(),
    );
    assert!(shown.contains("kept 1: their submission status is unknown"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_running_month_and_young_entries_stay() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder, &simulator).await;
    // To today.
    age(folder, -365);
    let pruned = prune(folder, &simulator, &[]);
    assert_eq!(
        (&pruned["removed"], &pruned["kept"]),
        (&json!(0), &json!({})),
        "{pruned}"
    );
    let output = command(folder, &simulator, &["journal", "prune", "--older-than", "2h"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("use at least 1d"), "{}", stderr(&output));
    // A day is not enough within a month: what is spent in it is still counted.
    let (_, pruned, _) = run(folder, &simulator, &["journal", "prune", "--older-than", "1d"]);
    let before: videogen::Timestamp = pruned["before"].as_str().unwrap().parse().unwrap();
    assert!(before <= chrono::Utc::now() - chrono::TimeDelta::days(1), "{pruned}");
    let month = chrono::Utc::now().format("%Y-%m-01T00:00:00Z").to_string();
    assert!(before <= month.parse::<videogen::Timestamp>().unwrap(), "{pruned}");
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions_are_exported_as_they_are_recorded() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(folder, &simulator).await;
    let export = |more: &[&str]| {
        command(folder, &simulator, &[&["journal", "export"], more].concat())
            .output()
            .unwrap()
    };
    let lines = stdout(&export(&[]));
    let exported: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let listed = run(folder, &simulator, &["list", "--local"]).1;
    assert_eq!(json!(exported), listed["submissions"]);
    assert_eq!(exported.len(), 6);
    let rows = stdout(&export(&[
        "--format",
        "csv",
        "--status",
        "completed",
        "--vendor",
        "toapis",
    ]));
    let rows: Vec<&str> = rows.lines().collect();
    assert!(
        rows[0].starts_with("submitted,id,key,account,scope,vendor,model,task,status,"),
        "{rows:?}"
    );
    assert_eq!(rows.len(), 4, "{rows:?}");
    assert!(rows[1..].iter().all(|row| row.contains(",completed,")), "{rows:?}");
    assert_eq!(stdout(&export(&["--since", "2030-01-01"])), "");
    // As in `list --local`.
    let unknown = export(&["--status", "complete"]);
    assert_eq!((unknown.status.code(), stdout(&unknown).as_str()), (Some(2), ""));
    let words = "--status complete: use one of queued, in_progress, completed";
    assert!(
        stderr(&unknown).contains(words) && stderr(&unknown).contains("did you mean completed?"),
        "{}",
        stderr(&unknown)
    );
    assert_eq!(export(&["--json"]).status.code(), Some(2));

    // A record that cannot be read is named, and the others are exported.
    let broken = "UPDATE submissions SET entry = '{}' WHERE key = 'k'";
    assert_eq!(database(folder).execute(broken, []).unwrap(), 1);
    let output = export(&[]);
    assert_eq!((output.status.code(), stdout(&output).lines().count()), (Some(7), 5));
    assert!(stderr(&output).contains("Unreadable records"), "{}", stderr(&output));
    let (code, checked, _) = run(folder, &simulator, &["journal", "check"]);
    assert_eq!(
        (code, &checked["unreadable_count"], &checked["good"]),
        (7, &json!(1), &json!(false)),
        "{checked}"
    );
    // It stays, whatever the options.
    let pruned = prune(folder, &simulator, &["--keys", "--include-undownloaded"]);
    assert_eq!(pruned["kept"]["unreadable"], 1, "{pruned}");
}

#[test]
fn a_damaged_or_missing_file_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let check = || crate::run(folder, &["journal", "check"]);
    let output = check();
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("there is no journal at"),
        "{}",
        stderr(&output)
    );
    assert!(!folder.join("journal.db").exists());
    assert!(crate::run(folder, &["list", "--local"]).status.success());
    let output = check();
    assert!(
        output.status.success() && stdout(&output).contains("The file is intact."),
        "{}",
        stdout(&output)
    );
    let orphan = "PRAGMA foreign_keys = OFF; INSERT INTO events (intent, at, event) VALUES ('none', 0, '{}');";
    database(folder).execute_batch(orphan).unwrap();
    let output = check();
    assert_eq!(output.status.code(), Some(7), "{}", stdout(&output));
    assert!(
        stdout(&output).contains("damaged: row 1 of events has no submission"),
        "{}",
        stdout(&output)
    );
}

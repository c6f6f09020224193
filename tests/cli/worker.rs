//! `videogen worker`: follows, recovers and downloads what other processes submitted.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::journal::{command, run};
use super::{stderr, stdout};
use crate::documents::events;
use crate::journal::database::server;
use crate::outputs::lines;
use crate::pause::pause;

/// Submits, and leaves the task running.
fn submit(folder: &Path, simulator: &Simulator, prompt: &str, more: &[&str]) -> Value {
    let args = [&["generate", prompt, "--vendor", "token360", "--timeout", "0"], more].concat();
    let (code, document, err) = run(folder, simulator, &args);
    assert_eq!(code, 5, "{document} {err}");
    document
}

fn once(folder: &Path, simulator: &Simulator, more: &[&str]) -> (i32, Value) {
    let (code, document, err) = run(folder, simulator, &[&["worker", "--once"], more].concat());
    assert!(code != 2, "{document} {err}");
    (code, document)
}

fn counts(document: &Value) -> [u64; 4] {
    ["completed", "failed", "left", "open"].map(|name| document[name].as_u64().unwrap_or(99))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_finishes_what_was_submitted() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    submit(folder, &simulator, "a kite", &["-o", "kite.mp4"]);
    submit(folder, &simulator, "sim:fail", &["-o", "failed.mp4"]);
    simulator.advance(Duration::from_secs(600));
    let (code, document) = once(folder, &simulator, &[]);
    assert_eq!((code, counts(&document)), (1, [1, 1, 0, 0]), "{document}");
    assert!(folder.join("kite.mp4").exists() && !folder.join("failed.mp4").exists());
    // Nothing is left.
    let (code, document) = once(folder, &simulator, &[]);
    assert_eq!((code, counts(&document)), (0, [0; 4]), "{document}");

    // All files in one folder, with a record of them.
    std::fs::create_dir(folder.join("clips")).unwrap();
    let task = submit(folder, &simulator, "a boat", &["-o", "boat.mp4"])["id"].clone();
    simulator.advance(Duration::from_secs(600));
    let mut worker = command(
        folder,
        &simulator,
        &["worker", "--once", "-o", "clips", "--sidecar", "--events"],
    );
    let output = worker.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let lines = events(&stdout(&output));
    let results: Vec<_> = lines.iter().filter(|line| line["event"] == "result").collect();
    assert_eq!(
        (results.len(), &results[0]["result"]["outcome"]),
        (1, &"done".into()),
        "{lines:?}"
    );
    assert_eq!(results[0]["id"], task);
    assert!(!folder.join("boat.mp4").exists());
    assert_eq!(std::fs::read_dir(folder.join("clips")).unwrap().count(), 2);
    assert_eq!(counts(&once(folder, &simulator, &[]).1), [0; 4]);

    // A lost submission stays open: only the user can decide.
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    let lost = [
        "generate",
        "a sledge",
        "--vendor",
        "token360",
        "--no-wait",
        "--search-timeout",
        "0",
    ];
    assert_eq!(run(folder, &simulator, &lost).0, 6);
    let (code, document) = once(folder, &simulator, &[]);
    assert_eq!((code, counts(&document)), (6, [0, 0, 0, 1]), "{document}");
    assert_eq!(simulator.stats().tasks, 3);

    let (code, refused, _) = run(folder, &simulator, &["worker", "--no-journal"]);
    assert!(
        code == 2
            && refused["error"]["message"]
                .as_str()
                .unwrap()
                .contains("needs a journal")
    );
    assert_eq!(
        run(folder, &simulator, &["worker", "--base-url", "http://127.0.0.1:9"]).0,
        2
    );
}

/// The owned submissions of a file.
fn owned(folder: &Path) -> i64 {
    let database = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    database
        .query_row("SELECT count(*) FROM owned", [], |row| row.get(0))
        .unwrap()
}

fn signal(child: &Child, name: &str) {
    let kill = Command::new("kill").args([name, &child.id().to_string()]).status();
    assert!(kill.unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_worker_gives_back_what_it_followed() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    submit(folder, &simulator, "a kite", &["-o", "kite.mp4"]);
    // The command that submitted it has given it back.
    assert_eq!(owned(folder), 0);
    let mut worker = command(folder, &simulator, &["worker", "--json"]);
    let worker = worker.stdout(Stdio::piped()).spawn().unwrap();
    while owned(folder) == 0 {
        pause();
    }
    // Another one leaves it alone.
    assert_eq!(counts(&once(folder, &simulator, &[]).1), [0; 4]);
    signal(&worker, "-TERM");
    let output = worker.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let document: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(counts(&document), [0, 0, 1, 0], "{document}");
    assert_eq!(owned(folder), 0);
    simulator.advance(Duration::from_secs(600));
    assert_eq!(counts(&once(folder, &simulator, &[]).1), [1, 0, 0, 0]);
    assert!(folder.join("kite.mp4").exists());
}

/// Three machines with one database; one of them dies.
#[tokio::test(flavor = "multi_thread")]
async fn workers_take_over_from_one_that_was_killed() {
    const TASKS: usize = 12;
    let Some(server) = server::server() else { return };
    let url = server.schema(&format!("worker{}", std::process::id()));
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let machines: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let clips = tempfile::tempdir().unwrap();
    for number in 0..TASKS {
        let prompt = format!("clip {number}");
        submit(machines[0].path(), &simulator, &prompt, &["--journal", &url]);
    }
    let start = |machine: usize| {
        let folder = clips.path().to_str().unwrap();
        let args = ["worker", "--events", "-o", folder, "--limit", "8", "--journal", &url];
        let mut worker = command(machines[machine].path(), &simulator, &args);
        worker.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()
    };
    let owned = || async {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        let row = client.query_one("SELECT count(*) FROM owned", &[]).await.unwrap();
        row.get::<_, i64>(0)
    };
    let mut first = start(0);
    while owned().await < 8 {
        pause();
    }
    let others = [start(1), start(2)];
    while owned().await < TASKS as i64 {
        pause();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    simulator.advance(Duration::from_secs(600));
    let count = || {
        std::fs::read_dir(clips.path())
            .unwrap()
            .filter(|file| {
                let path = file.as_ref().unwrap().path();
                path.extension().is_some_and(|ending| ending == "mp4")
            })
            .count()
    };
    while count() < TASKS || owned().await > 0 {
        pause();
    }
    let mut downloaded = Vec::new();
    for worker in others {
        signal(&worker, "-TERM");
        let output = worker.wait_with_output().unwrap();
        let lines = events(&stdout(&output));
        let of = lines.iter().filter(|line| line["event"] == "downloaded");
        downloaded.extend(of.map(|line| line["id"].to_string()));
    }
    downloaded.sort();
    let all = downloaded.len();
    downloaded.dedup();
    assert_eq!((all, downloaded.len()), (TASKS, TASKS));
    assert_eq!(simulator.stats().tasks, TASKS);
}

/// Standard error of a worker, until a line has a word.
fn until(said: &mut impl Iterator<Item = String>, word: &str) -> String {
    said.find(|line| line.contains(word))
        .unwrap_or_else(|| panic!("the worker did not say {word}"))
}

/// One machine cannot write its folder: another one takes over, and the first continues with what it can.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_cannot_write_leaves_the_task_to_others() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let journal = match server::server() {
        Some(server) => server.schema(&format!("unwritten{}", std::process::id())),
        None => folder.join("journal.db").to_str().unwrap().to_owned(),
    };
    let clips = |name: &str| {
        std::fs::create_dir(folder.join(name)).unwrap();
        folder.join(name)
    };
    let start = |clips: &Path| {
        let args = ["worker", "-o", clips.to_str().unwrap(), "--journal", &journal];
        let mut worker = command(folder, &simulator, &args);
        let mut worker = worker.stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let said = lines(worker.stderr.take().unwrap());
        (worker, said)
    };
    let (full, sound) = (clips("full"), clips("sound"));
    let (first, mut said) = start(&full);
    until(&mut said, "Following the submissions");
    // As a disk that is full, or a share that is gone.
    std::fs::remove_dir(&full).unwrap();
    submit(folder, &simulator, "a kite", &["--journal", &journal]);
    simulator.advance(Duration::from_secs(600));
    let left = until(&mut said, "full");
    assert!(
        left.contains("Other workers can take it over; this one tries again in 30 s"),
        "{left}"
    );
    let (second, mut others) = start(&sound);
    until(&mut others, "sound");
    assert_eq!(std::fs::read_dir(&sound).unwrap().count(), 1);
    for (worker, completed) in [(first, 0), (second, 1)] {
        signal(&worker, "-TERM");
        let output = worker.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let counted = format!("{completed} completed, 0 failed, 0 left unfinished");
        assert!(stdout(&output).contains(&counted), "{}", stdout(&output));
    }
}

/// A submission that is not waited for names its file, which a worker or `recover` saves.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_may_be_named_without_waiting_for_it() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = |more: &[&str]| {
        let args = ["generate", "a kite", "--vendor", "token360", "--no-wait"];
        run(folder, &simulator, &[&args, more].concat())
    };
    for (refused, word) in [
        (&["-o", "kite.mp4", "--no-journal"][..], "journal"),
        (&["-o", "kite.mp4", "--simulate"], "simulated"),
        (&["-o", "absent/kite.mp4"], "absent"),
        (&["--parents"], "--parents has no effect"),
        (&["--overwrite"], "--overwrite has no effect"),
        (&["--sidecar"], "--sidecar has no effect"),
    ] {
        let (code, document, err) = generate(refused);
        assert!([2, 7].contains(&code), "{refused:?}: {code} {document}");
        assert!(
            document.to_string().contains(word) || err.contains(word),
            "{refused:?}: {document} {err}"
        );
    }
    let text = |more: &[&str]| {
        let args = ["generate", "a boat", "--vendor", "token360", "--no-wait", "-o"];
        command(folder, &simulator, &[&args, more].concat()).output().unwrap()
    };
    let streamed = text(&["-"]);
    assert!(streamed.status.code() == Some(2) && stderr(&streamed).contains("--no-wait does not wait"));
    assert_eq!(simulator.stats().tasks, 0);
    for name in ["one.mp4", "new/two.mp4", "three.mp4"] {
        let (code, document, err) = generate(&["-o", name, "--parents", "--again"]);
        assert_eq!((code, &document["file"]), (0, &Value::Null), "{document} {err}");
        assert!(!folder.join(name).exists(), "{err}");
    }
    // A repeated key may name another file.
    let keyed = ["--idempotency-key", "order-4", "-o"];
    let first = generate(&[&keyed[..], &["four.mp4"]].concat());
    let again = generate(&[&keyed[..], &["five.mp4"]].concat());
    assert_eq!(first.1["id"], again.1["id"], "{} {}", first.1, again.1);
    assert!(first.1["id"].is_string(), "{}", first.1);
    simulator.advance(Duration::from_secs(600));
    let (code, document) = once(folder, &simulator, &["--limit", "2"]);
    assert_eq!((code, counts(&document)), (0, [4, 0, 0, 0]), "{document}");
    for (name, exists) in [
        ("one.mp4", true),
        ("new/two.mp4", true),
        ("three.mp4", true),
        ("four.mp4", false),
        ("five.mp4", true),
    ] {
        assert_eq!(folder.join(name).exists(), exists, "{name}");
    }
    let text = text(&["six.mp4"]);
    assert!(
        stderr(&text).contains("videogen recover --wait") && stderr(&text).contains("six.mp4"),
        "{}",
        stderr(&text)
    );
    simulator.advance(Duration::from_secs(600));
    assert_eq!(run(folder, &simulator, &["recover", "--wait"]).0, 0);
    assert!(folder.join("six.mp4").exists());
}

/// A video that nobody named a file for, and whose task another command has seen completed.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_with_a_folder_saves_what_nobody_has_downloaded() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = ["generate", "a kite", "--vendor", "token360", "--no-wait"];
    let (code, submitted, err) = run(folder, &simulator, &generate);
    assert_eq!(code, 0, "{submitted} {err}");
    simulator.advance(Duration::from_secs(600));
    let id = submitted["id"].as_str().unwrap();
    let (code, shown, _) = run(folder, &simulator, &["status", id]);
    assert_eq!((code, &shown["task"]["status"]), (0, &"completed".into()), "{shown}");
    assert_eq!(counts(&once(folder, &simulator, &[]).1), [0; 4]);
    std::fs::create_dir(folder.join("clips")).unwrap();
    let (code, document) = once(folder, &simulator, &["-o", "clips"]);
    assert_eq!((code, counts(&document)), (0, [1, 0, 0, 0]), "{document}");
    assert_eq!(document["ended"][0]["outcome"], "done", "{document}");
    let saved = || std::fs::read_dir(folder.join("clips")).unwrap().count();
    assert_eq!(saved(), 1);
    assert_eq!(counts(&once(folder, &simulator, &["-o", "clips"]).1), [0; 4]);
    // With --quiet, the path is what is printed.
    assert_eq!(
        run(
            folder,
            &simulator,
            &generate[..4]
                .iter()
                .chain(&["--no-wait", "--again"])
                .copied()
                .collect::<Vec<_>>()
        )
        .0,
        0
    );
    simulator.advance(Duration::from_secs(600));
    let quiet = command(folder, &simulator, &["worker", "--once", "-o", "clips", "-q"])
        .output()
        .unwrap();
    let path = stdout(&quiet);
    assert!(
        Path::new(path.trim_end()).exists() && saved() == 2,
        "{path} {}",
        stderr(&quiet)
    );
}

/// A sidecar is wanted by the submission, whoever downloads the video.
#[tokio::test(flavor = "multi_thread")]
async fn a_sidecar_is_written_by_whoever_downloads() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::create_dir(folder.join("clips")).unwrap();
    for (name, finish) in [
        ("a.mp4", &["worker", "--once"][..]),
        ("b.mp4", &["recover", "--wait"]),
        ("c.mp4", &["worker", "--once", "-o", "clips"]),
    ] {
        let args = [
            "generate",
            name,
            "--vendor",
            "token360",
            "--no-wait",
            "--sidecar",
            "-o",
            name,
        ];
        assert_eq!(run(folder, &simulator, &args).0, 0);
        simulator.advance(Duration::from_secs(600));
        assert_eq!(run(folder, &simulator, finish).0, 0, "{name}");
        if name != "c.mp4" {
            let sidecar = std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap();
            assert!(sidecar.contains(name), "{sidecar}");
        }
    }
    assert!(!folder.join("c.mp4").exists() && !folder.join("c.mp4.json").exists());
    assert_eq!(std::fs::read_dir(folder.join("clips")).unwrap().count(), 2);
}

/// Submissions of another key are nobody's, unless a worker says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_says_what_it_has_no_key_for() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    submit(folder, &simulator, "a kite", &["-o", "kite.mp4"]);
    let text = |args: &[&str], key: &str| {
        let mut command = command(folder, &simulator, args);
        let output = command.env("TOKEN360_API_KEY", key).output().unwrap();
        (output.status.code(), format!("{}{}", stdout(&output), stderr(&output)))
    };
    let (code, said) = text(&["worker", "--once"], "sk-rotated");
    assert!(
        code == Some(0) && said.contains("1 unfinished submission of other API keys"),
        "{said}"
    );
    let (code, said) = text(&["worker", "--once", "--events"], "sk-rotated");
    assert!(
        code == Some(0) && said.contains("1 unfinished submission of other API keys"),
        "{said}"
    );
    let (_, said) = text(&["worker", "--once", "--json"], "sk-rotated");
    let document: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(document["other_keys"], 1, "{document}");
    // One that another process has, which may have been killed just now.
    let mut first = command(folder, &simulator, &["worker"]);
    let mut first = first.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while owned(folder) == 0 {
        pause();
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let (code, said) = text(&["worker", "--once"], "sk-x");
    assert!(
        code == Some(0) && said.contains("1 more submission is with other processes"),
        "{said}"
    );
    let (_, document) = once(folder, &simulator, &[]);
    assert_eq!(document["elsewhere"], 1, "{document}");
}

//! Invalid and read-only journals, unreadable records, and simulated submissions.

use std::path::Path;

use serde_json::Value;
use videogen_sim::Simulator;

use super::journal::{command, run};
use super::{stderr, stdout, videogen};

const GENERATE: [&str; 5] = ["generate", "a kite", "--vendor", "token360", "--no-wait"];

async fn simulator() -> Simulator {
    Simulator::builder().manual_clock().start().await.unwrap()
}

/// The journal's entries from `list --local`.
fn local(folder: &Path) -> Value {
    let output = videogen(folder, &["list", "--local", "--json"]).output().unwrap();
    assert!(output.status.success(), "{} {}", stdout(&output), stderr(&output));
    super::document(&output)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_does_not_outlive_the_process_is_refused() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let with_key = [&GENERATE[..], &["--idempotency-key", "k"]].concat();
    for name in [":memory:", "file::memory:", "file:a.db?mode=memory", ".", "/dev/null"] {
        let run = |args: &[&str]| run(folder.path(), &simulator, &[args, &["--journal", name]].concat());
        let (code, document, _) = run(&with_key);
        assert_eq!(
            (code, &document["error"]["kind"]),
            (2, &"invalid_request".into()),
            "{name}"
        );
        let message = document["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{name}`")), "{message}");
        let simulated = ["generate", "a kite", "--vendor", "token360", "--simulate", "--no-wait"];
        for args in [&["list", "--local"][..], &["recover"], &simulated] {
            assert_eq!(run(args).0, 2, "{name} {args:?}");
        }
        let mut by_variable = command(folder.path(), &simulator, &with_key);
        let output = by_variable.env("VIDEOGEN_JOURNAL", name).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
    let empty = [&with_key[..], &["--journal", ""]].concat();
    assert_eq!(run(folder.path(), &simulator, &empty).0, 2);
    assert_eq!(simulator.stats().tasks, 0);
}

/// Simulated submissions do not count at other base URLs, nor the reverse.
#[tokio::test(flavor = "multi_thread")]
async fn a_simulated_submission_does_not_use_up_the_key() {
    let (first, second) = (simulator().await, simulator().await);
    let folder = tempfile::tempdir().unwrap();
    let with_key = [&GENERATE[..], &["--idempotency-key", "order-7"]].concat();
    for _ in 0..2 {
        for simulator in [&first, &second] {
            let (code, document, err) = run(folder.path(), simulator, &with_key);
            let made = simulator.tasks().pop().unwrap().id;
            assert_eq!(code, 0, "{document} {err}");
            assert!(document["task"]["id"].as_str().unwrap().ends_with(&made), "{document}");
            assert_eq!(simulator.stats().tasks, 1);
        }
    }
    // The embedded one, whose tasks end with it.
    for _ in 0..2 {
        let args = [
            "generate",
            "a kite",
            "--simulate",
            "--no-wait",
            "--json",
            "--idempotency-key",
            "order-7",
        ];
        let journal = folder.path().join("journal.db");
        let output = videogen(folder.path(), &args)
            .arg("--journal")
            .arg(&journal)
            .output()
            .unwrap();
        let document = super::document(&output);
        assert_eq!(
            (output.status.code(), &document["task"]["already_submitted"]),
            (Some(0), &Value::Null),
            "{document}"
        );
    }
    let listed = local(folder.path());
    let origins: Vec<_> = listed["submissions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| &entry["intent"]["origin"])
        .collect();
    assert_eq!(origins.len(), 4, "{origins:?}");
    // Each is recovered where it was created.
    let (code, recovered, _) = run(folder.path(), &first, &["recover"]);
    let count = |name: &str| recovered[name].as_array().unwrap().len();
    assert_eq!(
        (code, count("unfinished"), count("other_accounts")),
        (0, 1, 3),
        "{recovered}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_record_hides_no_other() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    let keyed = |key| [&GENERATE[..], &["--idempotency-key", key]].concat();
    for key in ["a", "b", "c"] {
        assert_eq!(run(folder.path(), &simulator, &keyed(key)).0, 0);
    }
    let id = local(folder.path())["submissions"][1]["intent"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let database = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    let broken = r#"{"state": "paused", "intent": {"#;
    database
        .execute("UPDATE submissions SET entry = ?1 WHERE intent = ?2", [broken, &id])
        .unwrap();

    let listed = local(folder.path());
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 2, "{listed}");
    assert_eq!(listed["unreadable"][0]["id"], id.as_str());
    assert!(
        listed["unreadable"][0]["reason"]
            .as_str()
            .unwrap()
            .contains("column entry"),
        "{listed}"
    );
    let shown = stdout(
        &command(folder.path(), &simulator, &["list", "--local"])
            .output()
            .unwrap(),
    );
    assert!(shown.contains(&id) && shown.matches("a kite").count() == 2, "{shown}");

    let (code, recovered, err) = run(folder.path(), &simulator, &["recover"]);
    assert_eq!(
        (code, recovered["unfinished"].as_array().unwrap().len()),
        (7, 2),
        "{recovered} {err}"
    );
    assert_eq!(recovered["unreadable"][0]["id"], id.as_str());
    let shown = stdout(&command(folder.path(), &simulator, &["recover"]).output().unwrap());
    assert!(shown.contains(&id) && shown.matches("a kite").count() == 2, "{shown}");
    let (code, refused, _) = run(folder.path(), &simulator, &["recover", &id, "--dismiss"]);
    assert_eq!((code, &refused["error"]["kind"]), (7, &"journal".into()));
    assert!(refused["error"]["message"].as_str().unwrap().contains(&id), "{refused}");

    // Its task may exist, so its key is not free; another one is.
    let (code, refused, _) = run(folder.path(), &simulator, &keyed("b"));
    assert_eq!(
        (code, &refused["error"]["delivery"]),
        (7, &"not_sent".into()),
        "{refused}"
    );
    assert!(refused["error"]["message"].as_str().unwrap().contains(&id), "{refused}");
    assert_eq!(simulator.stats().tasks, 3);
    assert_eq!(run(folder.path(), &simulator, &keyed("d")).0, 0);
    let kept: String = database
        .query_row("SELECT entry FROM submissions WHERE intent = ?1", [&id], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(kept, broken);
}

/// Tasks of another version: shown, refused where they are named, with the next step; the others go on.
#[tokio::test(flavor = "multi_thread")]
async fn tasks_of_an_unknown_family_or_vendor_hide_no_other() {
    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    for key in ["family", "vendor", "plain"] {
        let args = [&GENERATE[..], &["--idempotency-key", key]].concat();
        assert_eq!(run(folder.path(), &simulator, &args).0, 0);
    }
    let database = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
    for (key, from, to) in [
        ("family", "token360:videos:", "token360:clips:"),
        ("vendor", "token360", "acme"),
    ] {
        let sql = "UPDATE submissions SET entry = replace(entry, ?2, ?3), task = replace(task, ?2, ?3) WHERE key = ?1";
        assert_eq!(database.execute(sql, [key, from, to]).unwrap(), 1);
    }
    let task = |key: &str| -> String {
        let sql = "SELECT task FROM submissions WHERE key = ?1";
        database.query_row(sql, [key], |row| row.get(0)).unwrap()
    };
    let listed = local(folder.path());
    let count = |document: &Value, name: &str| document[name].as_array().unwrap().len();
    assert_eq!(
        (count(&listed, "submissions"), count(&listed, "unreadable")),
        (2, 1),
        "{listed}"
    );
    assert_eq!(listed["unreadable"][0]["task"], task("vendor"));

    let (code, refused, _) = run(folder.path(), &simulator, &["status", &task("family")]);
    let message = refused["error"]["message"].as_str().unwrap();
    assert_eq!(code, 2, "{refused}");
    for words in [
        "unknown endpoint family `clips`",
        "Use the version that created the task",
    ] {
        assert!(message.contains(words), "{message}");
    }
    let output = command(folder.path(), &simulator, &["status", &task("vendor")])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = stdout(&output) + &stderr(&output);
    for words in ["unknown vendor `acme`", "Use the version that created the task"] {
        assert!(text.contains(words), "{text}");
    }
    let (_, recovered, _) = run(folder.path(), &simulator, &["recover"]);
    assert_eq!(
        (count(&recovered, "unfinished"), count(&recovered, "unreadable")),
        (2, 1),
        "{recovered}"
    );
    let text = recovered["unfinished"].to_string();
    assert!(text.contains("unknown endpoint family `clips`"), "{text}");
    assert_eq!(run(folder.path(), &simulator, &["status", &task("plain")]).0, 0);
    let again = run(
        folder.path(),
        &simulator,
        &[&GENERATE[..], &["--idempotency-key", "family"]].concat(),
    );
    assert_eq!(again.1["task"]["already_submitted"], true, "{again:?}");
    assert_eq!(simulator.stats().tasks, 3);
}

/// Nothing can be recorded, and everything can be read.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_on_a_read_only_disk_is_read() {
    use std::fs::set_permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt};
    use std::os::unix::process::CommandExt as _;

    let simulator = simulator().await;
    let folder = tempfile::tempdir().unwrap();
    // The superuser may write everywhere.
    let as_reader = |args: &[&str]| {
        let mut command = command(folder.path(), &simulator, args);
        if folder.path().metadata().unwrap().uid() == 0 {
            command.uid(65534).gid(65534);
        }
        command.output().unwrap()
    };
    assert_eq!(run(folder.path(), &simulator, &GENERATE).0, 0);
    simulator.inject(videogen_sim::Fault::new(
        videogen_sim::Vendor::ToApis,
        videogen_sim::Operation::Submit,
        videogen_sim::FaultKind::DropAfter,
    ));
    let lost = ["generate", "a sledge", "--vendor", "toapis", "--no-wait"];
    let mut submission = command(folder.path(), &simulator, &lost);
    assert_eq!(
        submission
            .arg("--search-timeout")
            .arg("0")
            .output()
            .unwrap()
            .status
            .code(),
        Some(6)
    );
    let made = simulator.tasks().pop().unwrap().id;
    let journal = folder.path().join("journal.db");
    assert!(!journal.with_extension("db-wal").exists());
    set_permissions(&journal, PermissionsExt::from_mode(0o444)).unwrap();
    set_permissions(folder.path(), PermissionsExt::from_mode(0o555)).unwrap();
    let before = std::fs::read(&journal).unwrap();
    for (args, code) in [(&["list", "--local"][..], 0), (&["recover"], 6)] {
        let output = as_reader(args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{} {}",
            stdout(&output),
            stderr(&output)
        );
        assert!(stdout(&output).contains("a kite"), "{}", stdout(&output));
        // It is found and reported, although it cannot be recorded.
        assert_eq!(stdout(&output).contains(&made), code == 6, "{}", stdout(&output));
        assert!(
            stderr(&output).contains("found tasks are not recorded"),
            "{}",
            stderr(&output)
        );
    }
    // Nothing is submitted that cannot be recorded.
    let output = as_reader(&GENERATE);
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert_eq!(std::fs::read(&journal).unwrap(), before);
    set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
}

/// The journal contains prompts, so it is readable by its owner only, with any umask and path.
#[cfg(unix)]
#[test]
fn the_journal_is_readable_by_its_owner_only() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    for umask in ["000", "022", "077", "277"] {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        symlink(at("there/journal.db"), at("link.db")).unwrap();
        let script = format!("umask {umask}; exec \"$0\" generate --simulate x --no-wait --journal link.db");
        let output = std::process::Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_videogen")])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{umask}: {}", stderr(&output));
        let mode = |name: &str| at(name).metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode("there"), mode("there/journal.db")), (0o700, 0o600), "{umask}");
    }
}

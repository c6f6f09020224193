//! Results of tasks for programs: one shape in `--json` and `--events`, and `--quiet`.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use super::documents::{events, only, whole};
use super::journal::command;
use super::*;

/// What a program branches on.
fn outcome(result: &Value) -> (&str, Option<&str>, Option<bool>) {
    let error = &result["error"];
    (
        result["outcome"].as_str().unwrap_or_default(),
        error["kind"].as_str(),
        error["retryable"].as_bool(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_submission_and_every_task_has_an_outcome() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let refused = terminal::vendor(&json!({"error": {"message": "busy"}}));
    let generate = |prompt: &str, more: &[&str]| {
        let args = [&["generate", prompt, "--again", "--vendor", "alltoken"], more].concat();
        command(folder.path(), &simulator, &args)
    };
    let lost = || {
        let mut command = generate("a kite", &["--no-wait", "--search-timeout", "0"]);
        command.env("ALLTOKEN_BASE_URL", &refused);
        command
    };
    let nowhere = || {
        let mut command = generate("a kite", &["--no-wait"]);
        command.env("ALLTOKEN_BASE_URL", "http://127.0.0.1:9");
        command
    };
    let cases: [(&dyn Fn() -> Command, i32, _); 8] = [
        (
            &|| generate("a kite", &["-o", "done.mp4", "--overwrite"]),
            0,
            ("done", None, None),
        ),
        (&|| generate("a kite", &["--no-wait"]), 0, ("running", None, None)),
        (
            &|| generate("sim:slow", &["--timeout", "0"]),
            5,
            ("running", Some("timeout"), Some(false)),
        ),
        (
            &|| generate("a kite", &["--max-bytes", "9"]),
            7,
            ("running", Some("too_large"), Some(false)),
        ),
        (
            &|| generate("sim:fail", &[]),
            1,
            ("failed", Some("no_video"), Some(false)),
        ),
        (
            &|| generate("sim:refuse", &[]),
            2,
            ("rejected", Some("moderated"), Some(false)),
        ),
        (&nowhere, 4, ("rejected", Some("transport"), Some(true))),
        (&lost, 6, ("ambiguous", Some("ambiguous_submit"), Some(false))),
    ];
    for (command, code, expected) in cases {
        let output = command().arg("--json").output().unwrap();
        let document = whole(&stdout(&output));
        assert_eq!(output.status.code(), Some(code), "{document} {}", stderr(&output));
        let result = &document["results"][0];
        assert_eq!(outcome(result), expected, "{document}");
        assert_eq!(
            (&result["vendor"], &result["simulated"]),
            (&json!("alltoken"), &json!(false))
        );
        let has_task = !matches!(expected.0, "rejected" | "ambiguous");
        assert_eq!(result["id"].is_string(), has_task, "{document}");
        assert!(
            result["estimate"].is_object() && result["model_known"].is_boolean(),
            "{document}"
        );
        assert_eq!(result["file"].is_object(), expected.0 == "done", "{document}");

        // The same in events: the last line is the result.
        let output = command().arg("--events").output().unwrap();
        let events = events(&stdout(&output));
        let (last, first) = (events.last().unwrap(), &events[0]);
        assert_eq!(output.status.code(), Some(code), "{last} {}", stderr(&output));
        assert_eq!((&last["event"], outcome(&last["result"])), (&json!("result"), expected));
        let results = events.iter().filter(|event| event["event"] == "result");
        assert_eq!(results.count(), 1, "{events:?}");
        if has_task {
            assert_eq!((&first["event"], &first["id"]), (&json!("submitted"), &last["id"]));
        }
    }
}

/// A command that fails as a whole has one error, with everything that programs branch on.
#[test]
fn a_command_that_fails_as_a_whole_has_an_error() {
    let folder = tempfile::tempdir().unwrap();
    for (args, code, kind) in [
        (&["generate"][..], 2, "invalid_request"),
        (&["generate", "a kite", "--vendor", "alltoken"], 3, "config"),
        (&["generate", "", "--simulate"], 2, "invalid_request"),
        (&["wait", "nobody:x:y"], 2, "invalid_request"),
        (&["status", "alltoken:generations:x"], 3, "config"),
        (&["generate", "a kite", "--simulate", "-o", "missing/a.mp4"], 7, "io"),
    ] {
        let output = run(folder.path(), &[args, &["--json"]].concat());
        let document = whole(&stdout(&output));
        assert_eq!(
            (output.status.code(), &document["error"]["kind"]),
            (Some(code), &json!(kind))
        );
        assert_eq!(document["error"]["retryable"], false, "{document}");
        assert!(document.get("results").is_none(), "{document}");
        let output = run(folder.path(), &[args, &["--events"]].concat());
        let events = events(&stdout(&output));
        let last = events.last().unwrap();
        assert_eq!((output.status.code(), &last["event"]), (Some(code), &json!("error")));
        // A message of the parser shows the options.
        for member in ["kind", "retryable", "hint", "violations"] {
            assert_eq!(last["error"][member], document["error"][member], "{last}");
        }
    }
    for (args, word) in [
        (&["models", "--events"][..], "--events is for generate"),
        (&["models", "--events", "--json"], "cannot be used with"),
        (&["models", "--events", "--quiet"], "cannot be used with"),
        (&["models", "--json", "-q"], "cannot be used with"),
    ] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stdout(&output).contains(word), "{args:?} {}", stdout(&output));
    }
}

/// The id is the first line, before any wait, and is not held back by a pipe.
#[tokio::test(flavor = "multi_thread")]
async fn events_are_printed_as_they_happen() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // A note on the unknown cost comes before the submission.
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "alltoken",
        "-o",
        "kite.mp4",
        "--events",
        "--max-cost",
        "5",
        "--allow-unknown-cost",
    ];
    let mut child = command(folder.path(), &simulator, &args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let first = events(&line).remove(0);
    let id = first["id"].as_str().unwrap().to_owned();
    assert_eq!(
        (&first["event"], &first["vendor"]),
        (&json!("submitted"), &json!("alltoken"))
    );
    // The task cannot end before its time.
    simulator.advance(Duration::from_secs(600));
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success(), "{rest}");
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!(err, "", "events are on standard output only");

    let rest = events(&rest);
    let kinds: Vec<&str> = rest.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert!(
        kinds.starts_with(&["note"]),
        "notes of the time before the submission: {kinds:?}"
    );
    assert!(kinds.ends_with(&["downloaded", "result"]), "{kinds:?}");
    for kind in ["status", "downloading"] {
        assert!(kinds.contains(&kind), "{kinds:?}");
    }
    let of_task = rest.iter().filter(|event| event["event"] != "note");
    assert!(of_task.clone().all(|event| event["id"] == id.as_str()), "{rest:?}");
    let result = &rest.last().unwrap()["result"];
    let bytes = std::fs::metadata(folder.path().join("kite.mp4")).unwrap().len();
    assert_eq!(result["file"], json!({"path": "kite.mp4", "bytes": bytes}));

    // Other commands with the same result.
    for args in [
        &["download", &id, "-o", "copy.mp4"][..],
        &["wait", &id],
        &["status", &id],
    ] {
        let output = command(folder.path(), &simulator, args).arg("--json").output().unwrap();
        let document = only(&stdout(&output));
        assert_eq!(
            (&document["outcome"], &document["id"]),
            (&json!("done"), &json!(id)),
            "{args:?}"
        );
        let args = [args, &["--overwrite"][..usize::from(args[0] == "download")]].concat();
        let output = command(folder.path(), &simulator, &args)
            .arg("--events")
            .output()
            .unwrap();
        let events = events(&stdout(&output));
        let last = &events.last().unwrap()["result"];
        assert_eq!(
            (&last["outcome"], &last["task"]["id"]),
            (&json!("done"), &json!(id)),
            "{args:?}"
        );
    }
    // A task that does not exist has one shape too.
    let missing = "alltoken:generations:none";
    for args in [
        &["wait", missing, "--timeout", "0"][..],
        &["status", missing],
        &["download", missing],
        &["cancel", missing],
    ] {
        let output = command(folder.path(), &simulator, args).arg("--json").output().unwrap();
        let document = only(&stdout(&output));
        assert_eq!(
            (&document["outcome"], &document["id"], &document["error"]["kind"]),
            (&json!("not_found"), &json!(missing), &json!("not_found")),
            "{args:?}"
        );
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
    // A line for each task of several, as it ends.
    let args = ["wait", &id, missing, "--timeout", "0", "--events"];
    let output = command(folder.path(), &simulator, &args).output().unwrap();
    let lines = events(&stdout(&output));
    let statuses: Vec<_> = lines.iter().filter(|event| event["event"] == "status").collect();
    let [status] = statuses[..] else { panic!("{lines:?}") };
    assert_eq!((&status["id"], &status["status"]), (&json!(id), &json!("completed")));
    let mut outcomes: Vec<_> = lines
        .iter()
        .filter(|event| event["event"] == "result")
        .map(|event| (event["id"].clone(), event["result"]["outcome"].clone()))
        .collect();
    outcomes.sort_by_key(|(id, _)| id.to_string());
    assert_eq!(
        outcomes,
        {
            let mut expected = vec![(json!(id), json!("done")), (json!(missing), json!("not_found"))];
            expected.sort_by_key(|(id, _)| id.to_string());
            expected
        },
        "{}",
        stdout(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_prints_the_path_or_the_id() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let quiet = |args: &[&str]| {
        let output = command(folder.path(), &simulator, args).arg("-q").output().unwrap();
        (output.status.code().unwrap(), stdout(&output), stderr(&output))
    };
    let generate = ["generate", "a kite", "--vendor", "alltoken"];
    let with = |more: &[&str]| quiet(&[&generate[..], more].concat());
    let (code, out, err) = with(&["-o", "kite.mp4", "--return-last-frame"]);
    assert_eq!(
        (code, out.as_str(), err.as_str()),
        (0, "kite.mp4\nkite.last-frame.png\n", "")
    );
    let (code, id, err) = with(&["--no-wait"]);
    assert!(code == 0 && err.is_empty(), "{err}");
    let id = id.strip_suffix('\n').unwrap();
    assert!(id.starts_with("alltoken:generations:") && !id.contains('\n'), "{id}");
    assert_eq!(quiet(&["wait", id]), (0, format!("{id}\n"), String::new()));
    assert_eq!(
        quiet(&["download", id, "-o", "b.mp4"]),
        (0, "b.mp4\n".to_owned(), String::new())
    );
    // Errors are on standard error; the ids of tasks without a file are not.
    let (code, out, err) = quiet(&["wait", id, "alltoken:generations:none", "--timeout", "0"]);
    assert_eq!((code, out), (2, format!("{id}\nalltoken:generations:none\n")));
    assert!(err.starts_with("error: ") && err.contains("not found"), "{err}");
    let (code, out, err) = quiet(&["generate", "sim:fail", "--vendor", "alltoken"]);
    assert!(code == 1 && out.starts_with("alltoken:generations:"), "{out}");
    assert!(err.starts_with("error: "), "{err}");
}

//! Several submissions by one `generate`, and where prompts and requests are read from.

use std::io::Write as _;
use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::{Value, json};
use videogen_sim::{Fault, FaultKind, Operation, Simulator, Vendor};

use super::{account, document, documents, run, stderr, stdout, videogen};

/// A clip whose price is listed: 0.756 US dollars.
const CLIP: [&str; 6] = [
    "--vendor",
    "ark",
    "--duration=5",
    "--resolution=720p",
    "--aspect-ratio=16:9",
    "--model",
];
const MODEL: &str = "dreamina-seedance-2-0-260128";

/// With `input` as standard input.
fn piped(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    let mut command = videogen(folder, args);
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // The command may end without reading it.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

fn results(output: &Output) -> Vec<Value> {
    documents::whole(&stdout(output))["results"].as_array().unwrap().clone()
}

fn outcomes(results: &[Value]) -> Vec<&str> {
    results
        .iter()
        .map(|result| result["outcome"].as_str().unwrap())
        .collect()
}

#[test]
fn prompts_and_requests_come_from_files_and_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let write = |name: &str, text: &[u8]| std::fs::write(folder.join(name), text).unwrap();
    write("prompt.txt", b"\xef\xbb\xbfa kite\nin the wind\r\n");
    write("empty.txt", b" \n");
    write("latin.txt", b"caf\xe9");
    write("-", b"from a file");
    write("r.json", br#"{"seed": 7, "duration": 6}"#);
    let body = |output: &Output| {
        assert!(output.status.success(), "{}{}", stdout(output), stderr(output));
        document(output)["plan"]["body"].clone()
    };
    let plan = |args: &[&str], input: &[u8]| {
        let args = [&["plan", "--json", "--vendor", "token360"], args].concat();
        piped(folder, &args, input)
    };
    for (args, input, prompt) in [
        (&["-"][..], &b"a boat\n"[..], "a boat"),
        (&["-"], b"two\n\nlines\n\n", "two\n\nlines\n"),
        (&["@prompt.txt"], b"", "a kite\nin the wind"),
        (&["@-"], b"", "from a file"),
        (&["@@home"], b"", "@home"),
        (&["-", "--request", "r.json"], b"a boat", "a boat"),
        (&["a boat", "--request", "@r.json"], b"", "a boat"),
        (&["a boat", "--request", "-"], br#"{"prompt": "other"}"#, "a boat"),
        (&["--request", "-"], br#"{"prompt": "other"}"#, "other"),
    ] {
        let body = body(&plan(args, input));
        assert_eq!(body["prompt"], prompt, "{args:?}");
        assert_eq!(body["seed"] == 7, args.join(" ").contains("r.json"), "{args:?}: {body}");
    }
    for (args, input, code, words) in [
        (&["-"][..], &b""[..], 2, "the prompt from standard input is empty"),
        (&["@empty.txt"], b"", 2, "the prompt from empty.txt is empty"),
        (&["@latin.txt"], b"", 2, "latin.txt: it is not UTF-8 at byte 3"),
        (
            &["@missing.txt"],
            b"",
            7,
            "A prompt that begins with @ is written with @@.",
        ),
        (&["@"], b"", 2, "@ names no file"),
        (
            &["-", "--request", "-"],
            b"{}",
            2,
            "standard input can be read once, and it is the request already",
        ),
        (&["--request", "-"], b"{", 2, "standard input is not a request: "),
        (
            &["--request", "-"],
            b"",
            2,
            "standard input is not a request: it is empty",
        ),
        (
            &["--request", "-"],
            b"{}",
            2,
            "the request in standard input has no prompt; pass it as PROMPT",
        ),
        (
            &["--request", "r.json"],
            b"",
            2,
            "the request in r.json has no prompt; pass it as PROMPT",
        ),
    ] {
        let output = plan(args, input);
        let error = document(&output)["error"].clone();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
        let text = format!("{}{}", error["message"], error["hint"]);
        assert!(text.contains(words), "{args:?}: {text}");
    }
    // All that is wrong at once.
    let output = run(
        folder,
        &["generate", "--simulate", "@empty.txt", "a boat", "@latin.txt"],
    );
    assert_eq!(output.status.code(), Some(2));
    for name in ["empty.txt is empty", "latin.txt: it is not UTF-8"] {
        assert!(stderr(&output).contains(name), "{}", stderr(&output));
    }
}

#[test]
fn several_prompts_and_variations_are_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = [
        "generate",
        "--simulate",
        "a kite",
        "a boat",
        "-n",
        "2",
        "-o",
        "{index}.mp4",
    ];
    let output = run(folder, &[&generate[..], &["--json"]].concat());
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    let found = results(&output);
    for (index, result) in found.iter().enumerate() {
        let number = (index + 1).to_string();
        let prompt = if index < 2 { "a kite" } else { "a boat" };
        assert_eq!(
            (&result["item"], &result["task"]["prompt"]),
            (&json!(number), &json!(prompt))
        );
        assert_eq!(
            (&result["outcome"], &result["simulated"]),
            (&json!("done"), &json!(true))
        );
        assert_eq!(result["file"]["path"], format!("{number}.mp4"));
        assert!(folder.join(format!("{number}.mp4")).exists());
    }
    assert_eq!(found.len(), 4);
    // Nothing is replaced, and that is known before.
    let output = run(folder, &generate);
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains("1.mp4 exists"), "{}", stderr(&output));

    let output = run(folder, &[&generate[..], &["--overwrite", "-q"]].concat());
    assert_eq!(stdout(&output), "1.mp4\n2.mp4\n3.mp4\n4.mp4\n", "{}", stderr(&output));
    let output = run(
        folder,
        &["generate", "--simulate", "a kite", "a boat", "--no-wait", "-q"],
    );
    assert_eq!(stdout(&output).lines().count(), 2, "{}", stdout(&output));

    // Each id before any wait.
    let output = run(folder, &["generate", "--simulate", "a kite", "-n3", "--events"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let events: Vec<Value> = stdout(&output)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    let tasks = |kind: &str| -> Vec<&Value> {
        let of_kind = events.iter().filter(|event| event["event"] == kind);
        of_kind.map(|event| &event["id"]).collect()
    };
    let first = kinds
        .iter()
        .position(|kind| !["submitted", "note"].contains(kind))
        .unwrap();
    assert_eq!(
        kinds[..first].iter().filter(|kind| **kind == "submitted").count(),
        3,
        "{kinds:?}"
    );
    assert_eq!((tasks("submitted").len(), tasks("result").len()), (3, 3));
    let items: std::collections::BTreeSet<(String, String)> = events
        .iter()
        .filter(|event| event.get("id").is_some())
        .map(|event| (event["id"].to_string(), event["item"].to_string()))
        .collect();
    assert_eq!(items.len(), 3, "each event of a task has its number: {items:?}");
    assert!(items.iter().all(|(_, item)| item != "null"), "{items:?}");
    assert!(
        tasks("submitted").iter().all(|id| tasks("result").contains(id)),
        "{events:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_checked_before_the_first_submission() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let generate = |args: &[&str]| {
        let args = [&["generate"], args, &CLIP, &[MODEL]].concat();
        let mut command = videogen(folder, &args);
        account(&mut command, videogen::Vendor::Ark, &simulator.base_url(Vendor::Ark));
        command.output().unwrap()
    };
    let two = ["a kite", "a boat"];
    let refused = |args: &[&str], code: i32, words: &[&str]| {
        let output = generate(&[&two[..], args].concat());
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
        for words in words {
            assert_eq!(text.matches(words).count(), 1, "{args:?}: {words}: {text}");
        }
    };
    refused(
        &["-o", "one.mp4"],
        2,
        &["-o one.mp4 names one file, but there are 2 tasks"],
    );
    refused(
        &["-n", "0"],
        2,
        &["--count = 0: not accepted; use a whole number from 1 to 100"],
    );
    refused(
        &["-n", "51", "--no-wait"],
        2,
        &["102 submissions in one command; at most 100"],
    );
    let shared = ["--client-reference", "r", "--listen-for-webhook", "127.0.0.1:0"];
    refused(
        &shared,
        2,
        &[
            "client_reference identifies one request",
            "--listen-for-webhook is for one task",
        ],
    );
    refused(
        &["-n", "2", "--seed", "7"],
        2,
        &["with a fixed seed, several videos of one prompt are the same video"],
    );
    // The same for both, so it is reported once.
    refused(&["--frames", "1"], 2, &["must be 29 to 289"]);
    refused(
        &["--max-cost", "1.51"],
        9,
        &["the 2 submissions may cost 1.512 USD together, and the maximum is 1.51 USD"],
    );
    refused(
        &["--max-cost", "9CNY"],
        9,
        &["the cost of the 2 submissions in CNY is unknown"],
    );
    assert!(run(folder, &["budget", "set", "1.5/day"]).status.success());
    refused(
        &["--no-wait"],
        9,
        &["over budget: the 2 submissions may cost 1.512 USD, and 1.5 USD are left"],
    );
    let unknown = ["--extra", "x=1", "--no-wait"];
    refused(
        &unknown,
        9,
        &["the cost of the submission is unknown, and the budget is 1.5 USD"],
    );
    let capped = [&unknown[..], &["--max-cost", "9"]].concat();
    refused(
        &capped,
        9,
        &["the cost of the 2 submissions in USD is unknown, and the maximum cost is 9 USD"],
    );
    assert_eq!(simulator.stats().tasks, 0);

    assert!(run(folder, &["budget", "set", "1.6/day"]).status.success());
    let output = generate(&["a kite", "a boat", "--max-cost", "1.512", "--no-wait"]);
    let text = stderr(&output);
    assert!(output.status.success(), "{text}");
    let cost = "2 paid submissions; estimated cost in total: 1.512 USD\n";
    let (cost, first) = (text.find(cost).unwrap(), text.find("Submitted ark:").unwrap());
    assert!(cost < first, "{text}");
    assert_eq!(simulator.stats().tasks, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_resumes_each_submission() {
    let simulator = Simulator::builder().speed(50.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let generate = |count: &str, more: &[&str]| {
        let args = [
            "generate",
            "a kite",
            "--idempotency-key",
            "order",
            "-n",
            count,
            "--json",
            "-o",
            "{n}.mp4",
        ];
        let mut command = videogen(folder.path(), &[&args[..], &CLIP, &[MODEL], more].concat());
        account(&mut command, videogen::Vendor::Ark, &simulator.base_url(Vendor::Ark));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
        let found = results(&output);
        found.iter().map(|result| result["id"].clone()).collect::<Vec<Value>>()
    };
    let first = generate("2", &[]);
    assert_eq!((first.len(), simulator.stats().tasks), (2, 2));
    // The maximum is for what is new: one more clip.
    let again = generate("3", &["--max-cost", "0.756"]);
    assert_eq!((&again[..2], simulator.stats().tasks), (&first[..], 3));
    let output = run(folder.path(), &["list", "--local", "--json"]);
    let listed = document(&output).to_string();
    for key in ["order-1", "order-2", "order-3"] {
        assert!(listed.contains(&format!("\"key\":\"{key}\"")), "{key}: {listed}");
    }
}

#[test]
fn a_failed_task_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["generate", "--simulate", "a kite", "sim:fail", "a boat", "--json"];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(outcomes(&results(&output)), ["done", "failed", "done"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_that_is_not_accepted_is_the_last_one() {
    for is_lost in [false, true] {
        let simulator = Simulator::builder().speed(50.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        if is_lost {
            simulator.inject(Fault::new(Vendor::ToApis, Operation::Submit, FaultKind::DropAfter));
        }
        let args = [
            "generate",
            "a kite",
            "sim:refuse",
            "a boat",
            "a tree",
            "--search-timeout=0",
            "--duration=5",
            "--again",
        ];
        let generate = |more: &str| {
            let mut command = videogen(folder.path(), &args);
            command.args(["--vendor", "toapis", more]);
            account(
                &mut command,
                videogen::Vendor::ToApis,
                &simulator.base_url(Vendor::ToApis),
            );
            command.output().unwrap()
        };
        let output = generate("--json");
        let found = results(&output);
        let (code, wanted) = match is_lost {
            true => (6, ["ambiguous", "skipped", "skipped", "skipped"]),
            false => (2, ["done", "rejected", "skipped", "skipped"]),
        };
        assert_eq!((output.status.code(), outcomes(&found)), (Some(code), wanted.to_vec()));
        assert_eq!(simulator.stats().tasks, 1);
        let reason = match is_lost {
            // It may be paid for.
            true => "the status of submission 1 is unknown: it may have been accepted and billed",
            false => "submission 2 was not accepted",
        };
        let error = &found[3]["error"];
        assert_eq!(
            (&error["kind"], &found[3]["item"]),
            (&json!("not_submitted"), &json!("4"))
        );
        assert_eq!(error["message"], format!("not submitted, because {reason}"));
        if is_lost {
            continue;
        }
        assert!(folder.path().join(found[0]["file"]["path"].as_str().unwrap()).exists());
        let output = generate("--no-wait");
        let text = stderr(&output);
        assert!(
            text.contains("Submission 2 of 4: ") && text.contains("\nNot submitted: 2 more of 4.\n"),
            "{text}"
        );
        let words = "\"a tree\"  not submitted, because submission 2 was not accepted";
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
    }
}

/// A value after a flag is not one more prompt, which would be paid too.
#[test]
fn the_value_of_a_flag_is_no_prompt() {
    let folder = tempfile::tempdir().unwrap();
    for command in [&["generate", "--simulate", "--no-wait"][..], &["plan"]] {
        let args = [command, &["a boat", "--camera-fixed", "true", "--vendor", "token360"]].concat();
        let output = run(folder.path(), &args);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let words = "`true` would be a prompt, and a paid submission";
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

#[test]
fn a_fault_names_its_prompt() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for command in ["plan", "generate"] {
        let refused = |prompts: &[&str], more: &[&str]| {
            let args = [&[command, "--vendor", "ark"], prompts, more].concat();
            let mut command = videogen(folder, &args);
            account(&mut command, videogen::Vendor::Ark, "http://127.0.0.1:1");
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
            stderr(&output)
        };
        let err = refused(&["a kite", "", " "], &[]);
        for (prompt, words) in [(2, "requires a prompt or an input"), (3, "contains only white space")] {
            let begin = err.find(&format!("prompt {prompt}: BytePlus ModelArk: ")).unwrap();
            let line = err[begin..].lines().nth(1).unwrap();
            assert!(line.contains(words), "{command}: {err}");
        }
        // What is wrong with all is said once.
        let err = refused(&["a kite", "a boat"], &["--duration", "99"]);
        assert_eq!(err.matches("duration = 99").count(), 1, "{command}: {err}");
        assert!(
            !err.contains("prompt 1") && !err.contains("prompts 1"),
            "{command}: {err}"
        );
    }
}

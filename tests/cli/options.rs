//! Invalid values of options, which are reported together with everything else that is wrong with a command line.

use super::*;

/// The lines of an error that name options, up to their values.
fn lines(output: &Output) -> Vec<String> {
    let text = stderr(output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    let lines = lines.filter(|line| !line.starts_with("see "));
    lines.map(|line| line.split(": ").next().unwrap().to_owned()).collect()
}

#[test]
fn all_values_are_reported_with_what_else_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "plan",
        "a kite",
        "--vendor",
        "token360",
        "-d",
        "abc",
        "-n",
        "0",
        "-r",
        "5",
        "--frames",
        "-1",
        "--seed",
        "s",
        "--metadata",
        "x",
        "--extra",
        "[1]",
    ];
    let output = run(folder.path(), &args);
    assert_eq!(
        lines(&output),
        [
            "--duration = abc",
            "--count = 0",
            "--frames = -1",
            "--seed = s",
            "--metadata = x",
            "--extra = [1]",
            "--resolution = 5",
        ],
        "{}",
        stderr(&output)
    );
    assert!(
        stderr(&output).starts_with(
            "error: invalid options (nothing was sent)\n  --duration = abc: not accepted; use whole seconds, such as 6, or auto\n  \
             --count = 0: not accepted; use a whole number from 1 to 100\n"
        ),
        "{}",
        stderr(&output)
    );
    let error = document(&run(folder.path(), &[&args[..], &["--json"]].concat()))["error"].clone();
    let violations = error["violations"].as_array().unwrap();
    let named: Vec<&str> = violations.iter().map(|one| one["field"].as_str().unwrap()).collect();
    assert_eq!(
        named,
        [
            "duration",
            "--count",
            "frames",
            "seed",
            "metadata",
            "extra",
            "resolution"
        ],
        "{error}"
    );
    assert_eq!(
        (&violations[0]["value"], &violations[0]["rule"], &violations[0]["hint"]),
        (
            &json!("abc"),
            &json!("not accepted"),
            &json!("use whole seconds, such as 6, or auto")
        ),
        "{error}"
    );
}

#[test]
fn no_problem_of_a_submission_hides_another() {
    let folder = tempfile::tempdir().unwrap();
    let listen = ["--listen-for-webhook", "127.0.0.1:0"];
    let all = |vendor: &str, more: &[&str], words: &[&str]| {
        let args = [&["generate", "a kite", "--vendor", vendor], more].concat();
        let output = run(folder.path(), &args);
        let text = stderr(&output);
        assert!(!output.status.success(), "{text}");
        for word in words {
            assert!(text.contains(word), "{more:?}: no {word} in {text}");
        }
    };
    all(
        "fal",
        &[&["-d", "99", "-o", "none/a.mp4"], &listen[..]].concat(),
        &[
            "--listen-for-webhook needs --webhook-url",
            "--duration = 99",
            "none",
            "FAL_KEY",
        ],
    );
    all(
        "replicate",
        &[
            &["-d", "99", "--max-cost", "0.1", "--webhook-url", "ftp://q"],
            &listen[..],
        ]
        .concat(),
        &["--webhook-url = ftp://q", "--duration = 99", "REPLICATE_API_TOKEN"],
    );
    all(
        "ark",
        &[
            "-d",
            "4.5",
            "-r",
            "9p",
            "--max-cost",
            "abc",
            "--idempotency-key",
            "",
            "--timeout",
            "-1",
            "--max-bytes",
            "x",
        ],
        &[
            "--duration = 4.5",
            "--resolution = 9p",
            "--max-cost = abc",
            "--idempotency-key = \"\": the key is empty; use one",
            "--timeout = -1: not accepted; use a whole number from 0",
            "--max-bytes = x",
            "ARK_API_KEY",
        ],
    );
    // Of several vendors, those that are known are checked.
    all(
        "token360,nosuch",
        &["-d", "99"],
        &["--vendor = nosuch", "--duration = 99", "TOKEN360_API_KEY"],
    );
    all(
        "nosuch",
        &["-d", "4.5", "-o", "none/a.mp4"],
        &["--vendor = nosuch", "--duration = 4.5", "none"],
    );
    all(
        "ark",
        &["", "@none.txt", "-d", "99", "-i", "https://h.example/a.png"],
        &["a prompt is empty", "none.txt", "--duration = 99"],
    );
}

#[test]
fn other_commands_report_all_values_too() {
    let folder = tempfile::tempdir().unwrap();
    let tasks = ["wait", "ark:tasks", "nosuch:a:b", "--timeout", "-1", "--max-bytes", "1"];
    let output = run(folder.path(), &tasks);
    assert_eq!(
        lines(&output),
        ["TASK = ark:tasks", "TASK = nosuch:a:b", "--timeout = -1"],
        "{}",
        stderr(&output)
    );
    assert!(
        stderr(&output).contains("--max-bytes is for downloads"),
        "{}",
        stderr(&output)
    );
    let recover = [
        "recover",
        "--search-timeout",
        "x",
        "--vendor",
        "nosuch",
        "--base-url",
        "https://h.example",
    ];
    let output = run(folder.path(), &recover);
    let named = lines(&output);
    assert!(
        named.len() == 2 && named.contains(&"--search-timeout = x".to_owned()),
        "{}",
        stderr(&output)
    );
    std::fs::write(
        folder.path().join("jobs.jsonl"),
        "{\"prompt\": \"x\", \"duration\": 99}\n",
    )
    .unwrap();
    let batch = [
        "batch",
        "jobs.jsonl",
        "--vendor",
        "ark,nosuch",
        "--in-flight",
        "0",
        "--timeout",
        "x",
        "--max-cost",
        "y",
        "--var",
        "z",
        "--results",
        "-",
    ];
    let output = run(folder.path(), &batch);
    let text = stderr(&output);
    for words in [
        "--vendor = nosuch",
        "--in-flight = 0: not accepted; use a whole number from 1",
        "--timeout = x",
        "--max-cost = y",
        "--var = z: must be NAME=VALUE",
        "--results = -",
        "duration = 99",
    ] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    // A command without such a report ends at the values.
    let output = run(
        folder.path(),
        &["download", "ark:tasks:x", "--max-bytes", "x", "-o", "{x}.mp4"],
    );
    assert_eq!(lines(&output).len(), 2, "{}", stderr(&output));
}

#[test]
fn every_line_of_an_env_file_is_checked() {
    let folder = tempfile::tempdir().unwrap();
    let text = "# keys\nARK_API_KEY=sk-secret\nTOAPIS_API_KEY=sk secret two\nFAL_KEY='sk-secret\n";
    std::fs::write(folder.path().join("bad.env"), text).unwrap();
    let output = run(folder.path(), &["plan", "a kite", "-d", "x", "--env-file", "bad.env"]);
    let text = stderr(&output);
    for words in [
        "bad.env: line 3: not NAME=VALUE",
        "bad.env: line 4: not NAME=VALUE",
        "--duration = x",
    ] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    assert!(!text.contains("secret"), "{text}");
}

/// Where clap ends at the first, the document has it too.
#[test]
fn a_single_value_is_in_the_document() {
    let folder = tempfile::tempdir().unwrap();
    for (args, field, value) in [
        (&["list", "--limit", "x"][..], "--limit", "x"),
        (&["budget", "set", "x/day"], "BUDGET", "x/day"),
        (&["plan", "x", "--sort", "x", "--all"], "--sort", "x"),
    ] {
        let output = run(folder.path(), &[args, &["--json"]].concat());
        let error = document(&output)["error"].clone();
        let violation = &error["violations"][0];
        assert_eq!(
            (output.status.code(), &violation["field"], &violation["value"]),
            (Some(2), &json!(field), &json!(value)),
            "{error}"
        );
        assert!(!violation["rule"].as_str().unwrap().is_empty(), "{error}");
    }
}

#[test]
fn a_wrong_base_url_hides_no_other_problem() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &[
            "generate",
            "x",
            "--vendor",
            "toapis",
            "--base-url",
            "nonsense",
            "-d",
            "99",
            "-r",
            "99p",
        ],
    );
    let shown = stderr(&output);
    for words in [
        "--base-url: the base URL is invalid",
        "--duration = 99",
        "--resolution = 99p",
    ] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    assert_eq!(output.status.code(), Some(2));
}

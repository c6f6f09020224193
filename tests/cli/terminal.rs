//! Input from the command line and files, and output on a terminal.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::process::Output;

use serde_json::{Value, json};

use super::{Vendor, at_once, document, run, stderr, stdout, videogen};

/// A vendor with the same response to every request.
pub(super) fn vendor(answer: &Value) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let body = answer.to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let lines = BufReader::new(socket.try_clone().unwrap()).lines();
            let _head: Vec<String> = lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .collect();
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = socket.write_all((head + &body).as_bytes());
        }
    });
    base_url
}

/// Every text from a vendor, in every command that shows one.
#[test]
fn control_characters_from_vendors_are_escaped() {
    let hostile = "\u{1b}[2J\u{1b}]0;x\u{7}\u{9b}2J\u{202e}\u{200b}\u{2028}\r\nerror: forged $(touch owned)";
    let task = json!({
        "id": hostile, "task_id": hostile, "status": hostile, "model": hostile,
        "error": {"code": hostile, "message": hostile}, "resolution": hostile, "ratio": hostile,
    });
    let list = json!({"tasks": [task], "data": [{"id": hostile, "name": hostile}], "next": hostile, "has_more": true,
        "last_id": hostile});
    let folder = tempfile::tempdir().unwrap();
    for (answer, args) in [
        (&task, &["generate", "a kite", "--no-wait"][..]),
        (&task, &["generate", "a kite", "--timeout", "0"]),
        (&task, &["status", "alltoken:generations:a"]),
        (&task, &["wait", "alltoken:generations:a", "--timeout", "0"]),
        (
            &task,
            &[
                "wait",
                "alltoken:generations:a",
                "alltoken:generations:b",
                "--timeout",
                "0",
            ],
        ),
        (&task, &["download", "alltoken:generations:a"]),
        (&list, &["list"]),
        (&list, &["models", "--live"]),
        (&task, &["recover"]),
        (&task, &["list", "--local"]),
        (&task, &["plan", "a \u{1b}[2J\u{202e} kite"]),
        (&task, &["status", "alltoken:generations:\u{1b}[2J\u{202e}:"]),
        (&task, &["status", "\u{1b}[2J\u{202e}"]),
        (
            &task,
            &["download", "alltoken:generations:a", "-o", "\u{1b}[2J\u{202e}/x"],
        ),
    ] {
        let base_url = vendor(answer);
        for json in [false, true] {
            let mut command = videogen(folder.path(), args);
            command
                .env("ALLTOKEN_API_KEY", "sk-x")
                .env("ALLTOKEN_BASE_URL", &base_url);
            let output = command.args(json.then_some("--json")).output().unwrap();
            let shown = stdout(&output) + &stderr(&output);
            let steers = |c: char| {
                (c.is_control() && c != '\n') || matches!(c, '\u{202e}' | '\u{200b}' | '\u{2028}' | '\u{61c}')
            };
            assert!(!shown.is_empty() && !shown.contains(steers), "{args:?}: {shown:?}");
            assert!(
                !shown.lines().any(|line| line.starts_with("error: forged")),
                "{args:?}: {shown}"
            );
            if json {
                document(&output);
            }
            // Every command to paste is one command.
            for line in shown
                .lines()
                .filter_map(|line| Some(line.split_once(": videogen ")?.1))
                .filter(|_| !json)
            {
                let words = shell_words::split(line).unwrap();
                assert!(!words.iter().any(|word| word == "owned)"), "{line}");
            }
        }
    }
}

fn refused(output: &Output, words: &[&str]) {
    let shown = stdout(output) + &stderr(output);
    assert_eq!(output.status.code(), Some(2), "{shown}");
    for word in words {
        assert!(shown.contains(word), "{word}: {shown}");
    }
}

/// They would be submitted as a prompt, or used as a file name.
#[test]
fn empty_prompts_and_dashes_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["generate", "plan"] {
        for prompt in ["", " \n\t", "\u{3000}"] {
            let args: &[&str] = &[command, prompt, "--vendor", "token360"];
            let simulate = (command == "generate").then_some("--simulate");
            let output = videogen(folder.path(), args).args(simulate).output().unwrap();
            let rule = if prompt.is_empty() {
                "requires a prompt"
            } else {
                "contains only white space"
            };
            refused(&output, &["PROMPT = ", rule]);
        }
    }
    for command in [
        &["generate", "--simulate", "a kite"][..],
        &["download", "token360:videos:x"],
    ] {
        refused(
            &run(folder.path(), &[command, &["--last-frame-output", "-"]].concat()),
            &["standard output", "./-"],
        );
    }
    for key in ["", "  "] {
        let args = ["generate", "--simulate", "a kite", "--idempotency-key", key];
        refused(&run(folder.path(), &args), &["--idempotency-key", "empty"]);
    }
    assert!(!folder.path().join("-").exists());

    // Literal values are possible.
    for prompt in ["-", "@prompt.txt"] {
        std::fs::write(folder.path().join("r.json"), json!({"prompt": prompt}).to_string()).unwrap();
        let output = run(
            folder.path(),
            &["plan", "--request", "r.json", "--vendor", "token360", "--json"],
        );
        assert!(
            document(&output)["plan"]["body"].to_string().contains(prompt),
            "{}",
            stdout(&output)
        );
    }
    let args = ["generate", "--simulate", "a kite", "-o", "./-"];
    assert!(run(folder.path(), &args).status.success());
}

#[test]
fn inputs_on_plain_http_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let defaults = Vendor::ALL
        .iter()
        .map(|vendor| (vendor.as_str(), vendor.default_model()));
    for (vendor, model) in defaults.chain([("toapis", "doubao-seedance-1-5-pro")]) {
        let plan = |url: &str| {
            let args = [
                "plan",
                "a kite",
                "--vendor",
                vendor,
                "--model",
                model,
                "--first-frame",
                url,
            ];
            run(folder.path(), &args)
        };
        refused(
            &plan("http://media.example.com/a.png"),
            &["--first-frame = ", "https://", "give an https:// URL"],
        );
        assert!(plan("http://127.0.0.1:9/a.png").status.success(), "for simulators");
        assert!(plan("https://media.example.com/a.png").status.success());
    }
}

#[test]
fn request_files_are_read_completely_or_rejected() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |bytes: &[u8], more: &[&str]| {
        std::fs::write(folder.path().join("r.json"), bytes).unwrap();
        let args = ["plan", "--request", "r.json", "--vendor", "alltoken", "--json"];
        run(folder.path(), &[&args[..], more].concat())
    };
    let sent = |bytes: &[u8], more: &[&str]| document(&plan(bytes, more))["plan"]["body"].clone();
    let expected = json!({"model": "seedance-1.5-pro", "prompt": "a kite"});
    assert_eq!(
        sent(
            b"\xef\xbb\xbf{\"prompt\": \"a kite\"}",
            &["--model", "seedance-1.5-pro"]
        ),
        expected
    );
    let whole = br#"{"prompt": "a kite", "model": "seedance-2.0"}"#;
    assert_eq!(sent(whole, &["--model", "seedance-1.5-pro"]), expected);
    assert_eq!(sent(br#"{"model": "seedance-1.5-pro"}"#, &["a kite"]), expected);
    assert_eq!(sent(br#"{"prompt": "a kite"}"#, &[])["model"], "seedance-1.5-pro");

    let wide: Vec<u8> = "\u{feff}{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    refused(&plan(&wide, &[]), &["r.json", "UTF-16", "UTF-8"]);
    refused(&plan(b"[{\"prompt\": \"a kite\"}]", &[]), &["r.json", "an array"]);
    refused(&plan(b"{\"prompt\": \"x\", \"sead\": 1}", &[]), &["`sead`", "`seed`"]);
    refused(
        &plan(b"{\"prompt\": \"x\", \"seed\": 1, \"seed\": 2}", &[]),
        &["`seed` is given twice"],
    );
    refused(&plan(b"{}", &[]), &["r.json has no prompt", "PROMPT"]);
}

#[test]
fn documents_report_an_unknown_model_and_a_missing_last_frame() {
    let folder = tempfile::tempdir().unwrap();
    let cases = [("seedance-2.0", true), ("seedance-9", false)]
        .into_iter()
        .flat_map(|case| [&["--no-wait"][..], &["-o"]].map(|more| (case, more)));
    at_once(cases, |((model, known), more)| {
        let file = format!("{model}.mp4");
        let args = [
            "generate",
            "--simulate",
            "a kite",
            "--vendor",
            "token360",
            "--model",
            model,
            "--json",
        ];
        let mut args = [&args[..], more].concat();
        args.extend((more == ["-o"]).then_some(file.as_str()));
        let output = run(folder.path(), &args);
        let document = document(&output);
        assert_eq!(document["model_known"], known, "{}", stdout(&output));
        let near = document.get("did_you_mean").and_then(serde_json::Value::as_str);
        assert_eq!(near, (!known).then_some("seedance-2.0"), "{}", stdout(&output));
    });
}

/// A simulated task ends with the command, so no resume is suggested.
#[test]
fn simulated_tasks_are_not_resumed() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["generate", "--simulate", "a kite", "--timeout", "0"]);
    let shown = stderr(&output);
    assert_eq!(output.status.code(), Some(5), "{shown}");
    assert!(
        !shown.contains("videogen wait") && shown.contains("ended with this command"),
        "{shown}"
    );
    let output = run(folder.path(), &["generate", "--simulate", "a kite", "--no-wait"]);
    assert!(
        stdout(&output).contains("ends with this command"),
        "{}",
        stdout(&output)
    );
}

/// Credits are shown with their value; an account without a limit says so.
#[test]
fn the_balance_is_shown_in_credits_and_dollars() {
    let folder = tempfile::tempdir().unwrap();
    let used = json!({"success": true, "used_credits": 460, "credits_per_usd": 200});
    for (more, remaining) in [
        (json!({"remain_credits": 2100}), "2100 credits (10.50 USD)"),
        (json!({"remain_credits": -1, "unlimited_quota": true}), "unlimited"),
        (json!({}), "unknown"),
    ] {
        let mut answer = used.clone();
        answer
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let mut command = videogen(folder.path(), &["balance", "--vendor", "toapis"]);
        command
            .env("TOAPIS_API_KEY", "sk-x")
            .env("TOAPIS_BASE_URL", vendor(&answer));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let shown = stdout(&output);
        assert!(
            shown.contains(remaining) && shown.contains("460 credits (2.30 USD)"),
            "{shown}"
        );
    }
}

/// What the vendor decides is open in the price too. Advice is for those who left it open, where there is a choice.
#[test]
fn what_the_vendor_decides_is_said_before_it_is_paid_for() {
    let folder = tempfile::tempdir().unwrap();
    let decides = |model: &str| format!("ToAPIs {model} decides the duration, and with it the price.");
    let advised = |model: &str| format!("{} Set --duration to fix both.", decides(model));
    let frame = [
        "--first-frame",
        "https://media.example.com/a.png",
        "--aspect-ratio",
        "adaptive",
    ];
    let with = |more: &[&'static str]| [&["--model", "seedance-2-5"][..], &frame, more].concat();
    for (args, note) in [
        (vec![], Some(advised("seedance-2"))),
        (vec!["--duration", "auto"], Some(decides("seedance-2"))),
        (vec!["--duration", "5"], None),
        (vec!["--model", "doubao-seedance-1-5-pro"], None),
        // No page has its default.
        (vec!["--model", "seedance-2-mini"], Some(advised("seedance-2-mini"))),
        (with(&["--duration", "auto"]), Some(decides("seedance-2-5"))),
        (with(&["--allow-unverified", "duration"]), Some(decides("seedance-2-5"))),
    ] {
        for command in [
            &["plan", "a kite"][..],
            &["generate", "--simulate", "--no-wait", "a kite"],
        ] {
            let args = [command, &["--vendor", "toapis"], &args].concat();
            let output = run(folder.path(), &args);
            let shown = stderr(&output);
            let noted = shown.lines().find(|line| line.contains("decides"));
            assert!(output.status.success(), "{args:?}: {shown}");
            assert_eq!(noted, note.as_deref(), "{args:?}");
            let output = run(folder.path(), &[&args[..], &["--json"]].concat());
            let document = document(&output);
            let holder = if command[0] == "plan" {
                &document["plan"]
            } else {
                &document
            };
            let fields = match note {
                Some(_) => serde_json::json!(["duration"]),
                None => serde_json::Value::Null,
            };
            assert_eq!(holder["vendor_decides"], fields, "{args:?}: {document}");
        }
    }
}

#[test]
fn a_kind_of_tool_that_no_vendor_has_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, name) in [("toapis", "ToAPIs seedance-2"), ("alltoken", "AllToken seedance-2.0")] {
        let model = name.split_once(' ').unwrap().1;
        let args = ["plan", "a kite", "--vendor", vendor, "--model", model, "--tool"];
        let output = run(folder.path(), &[&args[..], &["foo"]].concat());
        assert_eq!(output.status.code(), Some(2));
        let rule = format!("--tool = foo: {name} does not support this tool; use web_search\n");
        assert!(stderr(&output).contains(&rule), "{}", stderr(&output));
        assert!(
            run(folder.path(), &[&args[..], &["web_search"]].concat())
                .status
                .success()
        );
    }
}

/// A model that no table has is planned, and the plan says that nothing bounds it.
#[test]
fn plans_of_unlisted_models_say_so() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model, near) in [
        (
            "toapis",
            "doubao-seedance-1-5-por",
            "Did you mean doubao-seedance-1-5-pro?",
        ),
        ("token360", "seedance-2-0", "Did you mean seedance-2.0?"),
        ("alltoken", "kling-v9", "limits unchecked."),
    ] {
        let args = [
            "plan",
            "a kite",
            "--vendor",
            vendor,
            "--model",
            model,
            "--duration",
            "45",
        ];
        let output = run(folder.path(), &args);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let note = format!("{model} is not in our tables");
        assert!(
            stderr(&output).contains(&note) && stderr(&output).contains(near),
            "{}",
            stderr(&output)
        );
        assert!(stdout(&output).contains("45"), "{}", stdout(&output));
        let output = run(folder.path(), &[&args[..], &["--json"]].concat());
        let plan = document(&output)["plan"].clone();
        assert_eq!(plan["model_known"], false);
        assert_eq!(plan["did_you_mean"].is_string(), near.starts_with("Did"), "{plan}");
        // It is sent as planned, and nothing bounds it there either.
        let args = [
            "generate",
            "--simulate",
            "a kite",
            "--vendor",
            vendor,
            "--model",
            model,
            "--duration",
            "45",
        ];
        let output = run(folder.path(), &[&args[..], &["--no-wait"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert!(stderr(&output).contains("limits unchecked"), "{}", stderr(&output));
    }
}

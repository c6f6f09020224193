//! What the command says of a request before anything is sent.

use super::*;

fn plan(folder: &Path, args: &[&str]) -> Output {
    run(folder, &[&["plan", "a kite"], args].concat())
}

/// With keys of these vendors.
fn keyed(folder: &Path, keys: &[&str], args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    for key in keys {
        command.env(format!("{key}_API_KEY"), "sk-x");
    }
    command.output().unwrap()
}

/// A model of no table is sent to no vendor by chance.
#[test]
fn the_vendor_of_an_unlisted_model_is_named_by_the_user_or_by_the_only_key() {
    let folder = tempfile::tempdir().unwrap();
    for (args, keys) in [
        (&["plan", "a kite", "--model", "seedance-2-6"][..], &[][..]),
        (&["plan", "a kite", "--model", "seedance-2-6"], &["TOAPIS", "TOKEN360"]),
        (&["generate", "a kite", "--model", "seedance-2-6"], &[]),
        (
            &["generate", "a kite", "--model", "seedance-2-6"],
            &["ALLTOKEN", "TOKEN360"],
        ),
        (&["generate", "--simulate", "a kite", "--model", "seedance-2-6"], &[]),
    ] {
        let output = keyed(folder.path(), keys, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stdout(&output));
        let text = stderr(&output);
        for part in [
            "error: seedance-2-6 is in the tables of no vendor, so it is not known which vendor has it\n",
            "\nChoose the vendor with --vendor: token360, toapis, alltoken, ark, ",
            "\nDid you mean seedance-2-5 (ToAPIs) or seedance-2.0 (Token360) or seedance-2.5 (AllToken)?\n",
        ] {
            assert!(text.contains(part), "{args:?}: {text}");
        }
    }
    // The command line is what is wrong, not the keys.
    let output = keyed(
        folder.path(),
        &["ALLTOKEN", "TOKEN360"],
        &["generate", "a kite", "--json"],
    );
    let error = document(&output)["error"].clone();
    assert_eq!(
        (output.status.code(), &error["kind"]),
        (Some(2), &json!("invalid_request"))
    );
    assert_eq!(error["hint"], "Choose one with --vendor.");
    let args = ["plan", "a kite", "--model", "seedance-2-6"];
    let output = keyed(folder.path(), &["ALLTOKEN"], &args);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let note = "No table lists seedance-2-6: using AllToken, because only ALLTOKEN_API_KEY is set.\n";
    assert!(stderr(&output).starts_with(note), "{}", stderr(&output));
    assert!(stdout(&output).contains("api.alltoken.ai"), "{}", stdout(&output));
    let output = keyed(
        folder.path(),
        &["ALLTOKEN"],
        &[&args[..], &["--vendor", "toapis"]].concat(),
    );
    assert!(stdout(&output).contains("toapis.com"), "{}", stdout(&output));
    // A listed model goes where it is listed.
    let output = run(folder.path(), &["plan", "a kite", "--model", "doubao-seedance-1-5-pro"]);
    assert!(stdout(&output).contains("toapis.com"), "{}", stderr(&output));
}

#[test]
fn doubtful_values_are_sent_with_a_note() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model, reason) in [
        (
            "toapis",
            "seedance-2-5",
            "the page lists 480p and 720p; only a client that ran the model lists 1080p",
        ),
        (
            "alltoken",
            "seedance-2.0-fast",
            "the provider of the model lists 480p and 720p",
        ),
    ] {
        let note = format!("Note: --resolution = 1080p: the vendor may refuse it: {reason}\n");
        let args = [
            "--vendor",
            vendor,
            "--model",
            model,
            "--resolution",
            "1080p",
            "--duration",
            "5",
        ];
        let output = plan(folder.path(), &args);
        assert_eq!(
            (output.status.code(), super::without_cost(&stderr(&output))),
            (Some(0), note.clone()),
            "{model}"
        );
        let document = document(&plan(folder.path(), &[&args[..], &["--json"]].concat()));
        let wanted = json!([{"field": "resolution", "value": "1080p", "reason": reason}]);
        assert_eq!(document["plan"]["notes"], wanted);
        assert_eq!(document["plan"]["body"]["resolution"], "1080p");

        let all = ["--all", "--vendor", vendor, "--resolution", "1080p"];
        let output = plan(folder.path(), &all);
        assert!(stdout(&output).contains(note.trim_end()), "{}", stdout(&output));

        let generate = [&["generate", "--simulate", "a kite", "--no-wait"], &args[..]].concat();
        let output = run(folder.path(), &generate);
        assert!(
            output.status.success() && stderr(&output).contains(&note),
            "{}",
            stderr(&output)
        );
        let document = super::document(&run(folder.path(), &[&generate[..], &["--json"]].concat()));
        assert_eq!(document["notes"], wanted, "{document}");
        assert_eq!(document["task"]["notes"], wanted, "{document}");
    }
    // Ids with white space are sent too.
    let output = plan(folder.path(), &["--vendor", "token360", "--model", "seedance-2.0 "]);
    let note = "Note: --model = \"seedance-2.0 \": the vendor may refuse it: it begins or ends with white space\n";
    assert!(
        output.status.success() && stderr(&output).contains(note),
        "{}",
        stderr(&output)
    );
}

/// An empty model, as from an unset variable, is not the default; the vendors' `-1` is `auto` here.
#[test]
fn empty_models_and_negative_durations_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (args, words) in [
        (["--model", ""], "  --model = \"\": it is empty"),
        (
            ["--duration", "-1"],
            "  --duration = -1: not accepted; use whole seconds, such as 6, or auto",
        ),
    ] {
        let output = plan(folder.path(), &[&["--vendor", "toapis"][..], &args].concat());
        let text = stderr(&output);
        assert!(output.status.code() == Some(2) && text.contains(words), "{text}");
    }
}

/// A hint that names some of the models says how to list them all.
#[test]
fn shortened_lists_of_models_name_the_command_for_all() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--vendor", "toapis", "--model", "seedance-2-5", "--seed"];
    let output = plan(folder.path(), &[&args[..], &["7"]].concat());
    let text = stderr(&output);
    let hint = "To list every model that supports the request, use: videogen plan --all\n";
    assert!(text.contains(" more)") && text.ends_with(hint), "{text}");
    let output = plan(folder.path(), &["--vendor", "toapis", "--output-format", "mov"]);
    let text = stderr(&output);
    assert!(text.contains("use ToAPIs (seedance-2-5"), "{text}");
    assert_eq!(text.contains(" more)"), text.contains("--all"), "{text}");
}

/// A member without its own option.
#[test]
fn extra_members_are_given_one_by_one_or_as_json() {
    let folder = tempfile::tempdir().unwrap();
    let unlisted = ["--vendor", "toapis", "--model", "kling-v9"];
    let output = plan(folder.path(), &[&unlisted[..], &["--watermark"]].concat());
    assert_eq!(output.status.code(), Some(2));
    let text = "ToAPIs kling-v9 is not in our tables; where `watermark` goes in its request is not known; send it under \
                the vendor's name for it";
    let option = "To send a field under the vendor's name for it, add: --extra NAME=VALUE\n";
    let shown = stderr(&output);
    assert!(
        shown.contains(text) && shown.ends_with(option) && !shown.contains("`extra`"),
        "{shown}"
    );

    let extra = [
        "--extra",
        "watermark=true",
        "--extra",
        "metadata.mode=pro",
        "--extra",
        r#"{"metadata": {"n": 1, "a=b": "c=d"}}"#,
        "--extra",
        "size=16:9",
    ];
    let output = plan(folder.path(), &[&unlisted[..], &extra, &["--json"]].concat());
    let body = document(&output)["plan"]["body"].clone();
    let wanted = json!({"model": "kling-v9", "prompt": "a kite", "watermark": true, "size": "16:9",
        "metadata": {"mode": "pro", "n": 1, "a=b": "c=d"}});
    assert_eq!(body, wanted);
    for (extra, words) in [
        (&["watermark=1", "watermark=2"][..], "--extra: watermark is given twice"),
        (&["a.b=1", r#"{"a": {"b": 2}}"#], "--extra: a.b is given twice"),
        (&["=1"], "  --extra = =1: the name of a member is empty"),
        (&["a..b=1"], "  --extra = a..b=1: the name of a member is empty"),
        (
            &["watermark"],
            "  --extra = watermark: is neither MEMBER=VALUE nor JSON",
        ),
        (&["{"], "  --extra = {: is neither MEMBER=VALUE nor JSON"),
        (&["[1]"], "  --extra = [1]: must be MEMBER=VALUE or a JSON object"),
        (&["prompt=other"], "set `PROMPT` instead"),
    ] {
        let extra: Vec<&str> = extra.iter().flat_map(|extra| ["--extra", extra]).collect();
        let output = plan(folder.path(), &[&unlisted[..], &extra].concat());
        assert_eq!(output.status.code(), Some(2), "{extra:?}");
        assert!(stderr(&output).contains(words), "{extra:?}: {}", stderr(&output));
    }
}

#[test]
fn a_prompt_is_required_where_the_vendor_requires_it() {
    let folder = tempfile::tempdir().unwrap();
    let frame = ["--first-frame", "https://media.example.com/a.png"];
    let output = run(
        folder.path(),
        &[&["plan", "--vendor", "toapis", "--json"], &frame[..]].concat(),
    );
    let body = document(&output)["plan"]["body"].clone();
    let wanted = json!({"model": "seedance-2", "image_urls": ["https://media.example.com/a.png"]});
    assert_eq!(body, wanted, "{}", stdout(&output));
    for vendor in ["token360", "alltoken"] {
        let output = run(folder.path(), &[&["plan", "--vendor", vendor], &frame[..]].concat());
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert_eq!(text.matches("prompt = ").count(), 1, "{text}");
        assert!(text.contains("requires a prompt; describe the video"), "{text}");
    }
    // Nothing to make a video of.
    let output = run(folder.path(), &["plan", "--vendor", "toapis"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("<PROMPT"), "{}", stderr(&output));
    let output = run(folder.path(), &["plan", "", "--vendor", "toapis"]);
    assert_eq!(output.status.code(), Some(2));
    let text = stderr(&output);
    assert!(
        text.contains("a request without inputs requires prompt; set prompt"),
        "{text}"
    );
}

#[test]
fn zero_seconds_are_called_auto() {
    let folder = tempfile::tempdir().unwrap();
    let output = plan(folder.path(), &["--vendor", "toapis", "--duration", "0"]);
    assert_eq!(output.status.code(), Some(2));
    let text = "duration = 0: ToAPIs seedance-2 supports 4 to 15 seconds; use auto to let the model decide, or 4";
    assert!(stderr(&output).contains(text), "{}", stderr(&output));
    let output = run(folder.path(), &["plan", "--help"]);
    let text = stdout(&output);
    assert!(
        text.contains("edit, extend, auto (alltoken, ark), generate (toapis),"),
        "{text}"
    );
}

#[test]
fn opt_in_adjustments() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "generate",
        "--simulate",
        "a kite",
        "--duration",
        "99",
        "--allow-round",
        "duration",
        "--camera-fixed",
    ];
    let args = [
        &args[..],
        &["--allow-drop", "camera-fixed", "--vendor", "token360", "--json"],
    ]
    .concat();
    let output = run(folder.path(), &args);
    assert!(output.status.success(), "{}", stdout(&output));
    let adjustments = &document(&output)["task"]["adjustments"];
    assert_eq!(
        (&adjustments[0]["sent"], &adjustments[1]["sent"]),
        (&json!("15"), &Value::Null)
    );
}

#[test]
fn a_request_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let request = json!({"model": "seedance-2.0", "prompt": "a kite", "seed": 0, "duration": "auto"});
    std::fs::write(folder.path().join("r.json"), request.to_string()).unwrap();
    let output = run(
        folder.path(),
        &[
            "plan",
            "--request",
            "r.json",
            "--vendor",
            "alltoken",
            "--resolution",
            "480p",
            "--json",
        ],
    );
    let body = json!({"model": "seedance-2.0", "prompt": "a kite", "seed": 0, "duration": -1, "resolution": "480p"});
    assert_eq!(document(&output)["plan"]["body"], body);
    let output = run(
        folder.path(),
        &["generate", "--simulate", "--request", "r.json", "-o", "k.mp4"],
    );
    assert!(output.status.success(), "{}", stderr(&output));

    std::fs::write(
        folder.path().join("r.json"),
        r#"{"prompt": "x", "model": "m", "sead": 1}"#,
    )
    .unwrap();
    let output = run(folder.path(), &["plan", "--request", "r.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("r.json") && stderr(&output).contains("sead"),
        "{}",
        stderr(&output)
    );
}

/// An option replaces all inputs of its role, and the tools; the others stay.
#[test]
fn options_replace_the_inputs_of_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let url = |name: &str| format!("https://files.example.com/{name}.png");
    let input = |role: &str, name: &str| json!({"role": role, "source": url(name)});
    let frames = json!({"model": "dreamina-seedance-2-0-260128", "prompt": "a kite",
        "inputs": [input("first_frame", "a"), input("last_frame", "b")]});
    let references = json!({"model": "dreamina-seedance-2-0-260128", "prompt": "a kite",
        "inputs": [input("reference_image", "a"), input("reference_image", "b"), input("reference_video", "v")]});
    for (request, args, expected) in [
        (
            &frames,
            &["-i", "c"][..],
            &[("last_frame", "b"), ("first_frame", "c")][..],
        ),
        (
            &frames,
            &["--last-frame", "c", "--first-frame", "d"],
            &[("first_frame", "d"), ("last_frame", "c")],
        ),
        (
            &references,
            &["--reference-image", "c"],
            &[("reference_video", "v"), ("reference_image", "c")],
        ),
        (
            &references,
            &["--reference-image", "c", "--reference-image", "d"],
            &[
                ("reference_video", "v"),
                ("reference_image", "c"),
                ("reference_image", "d"),
            ],
        ),
    ] {
        std::fs::write(folder.path().join("r.json"), request.to_string()).unwrap();
        let args: Vec<String> = args
            .iter()
            .map(|arg| {
                if arg.starts_with('-') {
                    (*arg).to_owned()
                } else {
                    url(arg)
                }
            })
            .collect();
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = run(
            folder.path(),
            &[&["plan", "--vendor", "ark", "--request", "r.json", "--json"], &args[..]].concat(),
        );
        assert!(output.status.success(), "{}", stdout(&output));
        let body = document(&output)["plan"]["body"]["content"].clone();
        let found: Vec<(String, String)> = body
            .as_array()
            .unwrap()
            .iter()
            .filter(|part| part["type"] != "text")
            .map(|part| {
                let source = part[part["type"].as_str().unwrap()]["url"].as_str().unwrap().to_owned();
                (part["role"].as_str().unwrap().to_owned(), source)
            })
            .collect();
        let expected: Vec<(String, String)> = expected
            .iter()
            .map(|(role, name)| ((*role).to_owned(), url(name)))
            .collect();
        assert_eq!(found, expected, "{args:?}");
    }
    // A tool that is named twice is one tool.
    let request = json!({"model": "seedance-2.0", "prompt": "a kite", "tools": [{"type": "web_search"}]});
    std::fs::write(folder.path().join("r.json"), request.to_string()).unwrap();
    let tool = [
        "plan",
        "--vendor",
        "alltoken",
        "--request",
        "r.json",
        "--json",
        "--tool",
        "web_search",
    ];
    let output = run(folder.path(), &tool);
    assert!(output.status.success(), "{}", stdout(&output));
    let body = document(&output)["plan"]["body"].to_string();
    assert_eq!(body.matches("web_search").count(), 1, "{body}");
}

/// Every part of a request file may be an option instead, so its schema requires none.
#[test]
fn the_schema_of_a_request_file_is_what_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let schema: Value = serde_json::from_str(&stdout(&run(folder, &["schema", "request"]))).unwrap();
    for (request, is_valid) in [
        (json!({}), true),
        (json!({"seed": 7}), true),
        (json!({"model": "seedance-2.0", "duration": 5}), true),
        (json!({"prompt": "a kite", "inputs": []}), true),
        (json!({"prompt": 7}), false),
        (json!({"sead": 7}), false),
    ] {
        assert_eq!(jsonschema::is_valid(&schema, &request), is_valid, "{request}");
        std::fs::write(folder.join("r.json"), request.to_string()).unwrap();
        let args = ["plan", "a boat", "--vendor", "token360", "--request", "r.json"];
        let output = run(folder, &args);
        assert_eq!(output.status.success(), is_valid, "{request}: {}", stderr(&output));
    }
}

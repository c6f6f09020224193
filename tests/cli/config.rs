//! The configuration file.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use super::documents::document;
use super::{at_once, run, stderr, stdout, videogen};

fn write(folder: &Path, text: &str) {
    fs::write(folder.join("config.toml"), text).unwrap();
}

/// The body of a planned request.
fn body(folder: &Path, args: &[&str]) -> Value {
    let output = run(folder, &[&["plan", "a kite", "--json"], args].concat());
    document(&output)["plan"]["body"].clone()
}

#[test]
fn values_apply_where_nothing_else_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "[defaults]\nvendor = \"token360\"\n[vendor.token360]\nmodel = \"seedance-2.0-fast\"\nduration = 6\n\
         resolution = \"480p\"\n[vendor.toapis]\nduration = 7\n",
    );
    let output = run(folder, &["plan", "a kite"]);
    let notes = stderr(&output);
    assert!(output.status.success(), "{notes}");
    let line = "config.toml: vendor token360, model seedance-2.0-fast, duration 6, resolution 480p.";
    assert!(notes.contains(line), "{notes}");
    let plan = document(&run(folder, &["plan", "a kite", "--json"]));
    let body_of = |args: &[&str]| body(folder, args);
    assert_eq!(plan["plan"]["model"], "seedance-2.0-fast");
    assert_eq!(plan["plan"]["body"]["duration"], 6);
    let keys: Vec<&str> = plan["from_config"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["key"].as_str().unwrap())
        .collect();
    let expected = [
        "defaults.vendor",
        "vendor.token360.model",
        "vendor.token360.duration",
        "vendor.token360.resolution",
    ];
    assert_eq!(keys, expected);
    // An option comes first, then the request file.
    fs::write(folder.join("r.json"), "{\"duration\": 5, \"resolution\": \"720p\"}").unwrap();
    let with_file = body_of(&["--request", "r.json", "-d", "4"]);
    assert_eq!(
        (&with_file["duration"], &with_file["resolution"]),
        (&json!(4), &json!("720p"))
    );
    // Another vendor has its own values.
    assert_eq!(body_of(&["--vendor", "toapis"])["duration"], 7);
    assert_eq!(body_of(&["--vendor", "alltoken"])["duration"], Value::Null);
    // The other way to give a length excludes the configured one; the model decides whether it has it.
    let frames = run(
        folder,
        &["plan", "a kite", "--frames", "57", "-m", "seedance-1.0-pro", "--json"],
    );
    assert_eq!(
        document(&frames)["plan"]["body"]["duration"],
        Value::Null,
        "{}",
        stdout(&frames)
    );
    // All models, each with the values of its vendor.
    let all = document(&run(folder, &["plan", "a kite", "--all", "--json"]));
    for plan in all["plans"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|plan| plan["plan"].is_object())
    {
        let expected = match plan["vendor"].as_str().unwrap() {
            "token360" => json!(6),
            "toapis" => json!(7),
            _ => continue,
        };
        assert!(
            plan["plan"]["body"].to_string().contains(&expected.to_string()),
            "{plan}"
        );
    }
}

#[test]
fn a_refused_value_is_traced_to_the_file() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "[vendor.token360]\nduration = 99\nseed = 1\n");
    for args in [
        &["plan", "a kite", "--vendor", "token360", "--json"][..],
        &["generate", "a kite", "--vendor", "token360", "--simulate", "--json"],
    ] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2));
        let hint = document(&output)["error"]["hint"].to_string();
        assert!(hint.contains("config.toml: vendor.token360.duration."), "{hint}");
        assert!(
            hint.contains("videogen config unset vendor.token360.duration"),
            "{hint}"
        );
    }
}

#[test]
fn a_result_has_what_was_configured() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "[defaults]\nvendor = \"alltoken\"\noutput = \"clips/\"\ntimeout = 60\n[vendor.alltoken]\nduration = 4\n",
    );
    fs::create_dir(folder.join("clips")).unwrap();
    let output = run(folder, &["generate", "a kite", "--simulate", "--json"]);
    let result = document(&output);
    assert!(output.status.success(), "{result}");
    assert_eq!(result["vendor"], "alltoken");
    assert_eq!(
        result["from_config"][1],
        json!({"field": "duration", "key": "vendor.alltoken.duration", "value": 4})
    );
    let path = result["file"]["path"].as_str().unwrap();
    assert!(path.starts_with("clips/") && folder.join(path).exists(), "{path}");
    let output = run(folder, &["generate", "a kite", "--simulate", "-o", "kite.mp4"]);
    assert!(stdout(&output).starts_with("kite.mp4:"), "{}", stdout(&output));
    // A wait takes its limit from there, and does not begin to download.
    write(folder, "[defaults]\ntimeout = 0\noutput = \"clips/\"\n");
    let simulator = tokio::runtime::Runtime::new().unwrap();
    let _guard = simulator.enter();
    let sim = simulator
        .block_on(videogen_sim::Simulator::builder().manual_clock().start())
        .unwrap();
    let url = sim.base_url(videogen_sim::Vendor::AllToken);
    let account = |args: &[&str]| {
        let mut command = videogen(folder, args);
        super::account(&mut command, videogen::Vendor::AllToken, &url);
        command.output().unwrap()
    };
    let id = document(&account(&["generate", "a kite", "--no-wait", "--json"]))["id"].clone();
    let output = account(&["wait", id.as_str().unwrap()]);
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
}

#[test]
fn the_default_vendor_and_model_depend_on_what_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "[defaults]\nvendor = \"ark\"\nmodel = \"dreamina-seedance-2-0-260128\"\n",
    );
    let plan = |args: &[&str]| run(folder, &[&["plan", "a kite"], args].concat());
    let chosen = plan(&[]);
    assert!(
        stderr(&chosen).contains("vendor ark, model dreamina-seedance-2-0-260128"),
        "{}",
        stderr(&chosen)
    );
    // A model that the default vendor does not have.
    let other = plan(&["-m", "seedance-2.0-fast"]);
    assert!(
        stderr(&other).contains("ModelArk does not list seedance-2.0-fast. Using Token360"),
        "{}",
        stderr(&other)
    );
    // A vendor that does not have the default model.
    let other = plan(&["--vendor", "toapis"]);
    assert!(
        stderr(&other).contains("ToAPIs has no dreamina-seedance-2-0-260128 (defaults.model): using seedance-2."),
        "{}",
        stderr(&other)
    );
    // Only a model: it selects the vendor, like an option.
    write(folder, "[defaults]\nmodel = \"dreamina-seedance-2-0-260128\"\n");
    let chosen = document(&run(folder, &["plan", "a kite", "--json"]));
    assert_eq!(chosen["plan"]["vendor"], "ark");
    // Jobs of a batch without a vendor; their options are in their file.
    write(
        folder,
        "[defaults]\nvendor = \"token360\"\n[vendor.token360]\nduration = 9\n",
    );
    fs::write(folder.join("jobs.jsonl"), "{\"prompt\": \"a kite\"}\n").unwrap();
    let output = run(folder, &["batch", "jobs.jsonl", "--dry-run"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("[vendor.token360]"), "{}", stderr(&output));
}

#[test]
fn a_variable_comes_before_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let journal = folder.join("mine.db");
    write(
        folder,
        &format!(
            "[defaults]\njournal = {:?}\n[vendor.ark]\nbase_url = \"http://127.0.0.1:9/ark\"\n",
            journal.to_str().unwrap()
        ),
    );
    let list = |with_variables: bool| {
        let mut command = videogen(folder, &["config", "--json"]);
        match with_variables {
            true => command.env("ARK_BASE_URL", "http://127.0.0.1:7/ark"),
            false => command.env_remove("VIDEOGEN_JOURNAL"),
        };
        let document = document(&command.output().unwrap());
        let rows = document["settings"].as_array().unwrap().clone();
        move |key: &str| rows.iter().find(|row| row["key"] == key).unwrap().clone()
    };
    let row = list(true);
    assert_eq!(row("defaults.journal")["variable"], "VIDEOGEN_JOURNAL");
    let url = row("vendor.ark.base_url");
    assert_eq!(
        (&url["value"], &url["variable"]),
        (&json!("http://127.0.0.1:7/ark"), &json!("ARK_BASE_URL"))
    );
    let row = list(false);
    assert_eq!(
        (&row("defaults.journal")["source"], &row("defaults.journal")["line"]),
        (&json!("config"), &json!(2))
    );
    assert_eq!(row("vendor.ark.base_url")["line"], 4);
    assert_eq!(
        row("defaults.timeout"),
        json!({"key": "defaults.timeout", "value": 1800, "source": "built_in"})
    );
    // They are used.
    let mut spend = videogen(folder, &["budget", "set", "5/day"]);
    assert!(spend.env_remove("VIDEOGEN_JOURNAL").status().unwrap().success());
    assert!(journal.exists());
    let plan = run(folder, &["plan", "a kite", "--vendor", "ark"]);
    assert!(
        stdout(&plan).starts_with("POST http://127.0.0.1:9/ark/"),
        "{}",
        stdout(&plan)
    );
}

#[test]
fn a_broken_file_stops_commands_that_use_it() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "[defaults]\nvendr = \"ark\"\n\n[vendor.ark]\nduration = \"five\"\napi_key = \"sk-canary-1\"\n",
    );
    let commands: [&[&str]; 9] = [
        &["generate", "a kite", "--simulate"],
        &["plan", "a kite"],
        &["batch", "jobs.jsonl"],
        &["wait", "ark:tasks:t1"],
        &["list", "--local"],
        &["models"],
        &["spend"],
        &["config"],
        &["config", "list"],
    ];
    at_once(commands, |args| {
        let output = run(folder, args);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {text}");
        for words in [
            "config.toml has 3 problems",
            "line 2: unknown key `defaults.vendr`; did you mean `defaults.vendor`?",
            "line 5: `vendor.ark.duration`: \"five\"",
            "line 6: `vendor.ark.api_key`",
            "videogen login ark",
        ] {
            assert!(text.contains(words), "{args:?}: {words}: {text}");
        }
        assert!(!text.contains("canary"), "{text}");
        let json = document(&run(folder, &[args, &["--json"]].concat()));
        assert_eq!(json["error"]["kind"], "config");
    });
    for args in [
        &["config", "path"][..],
        &["--help"],
        &["completions", "bash"],
        &["schema", "request"],
        &["man"],
        &["config", "unset", "vendor.ark.api_key"],
        &["config", "unset", "defaults.vendr"],
        &["config", "set", "vendor.ark.duration", "5"],
        &["config"],
    ] {
        let output = run(folder, args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        assert!(!stdout(&output).contains("canary"), "{}", stdout(&output));
    }
    write(folder, "[defaults\nvendor = 'sk-canary-2'\n");
    for args in [&["plan", "a kite"][..], &["config", "set", "defaults.vendor", "ark"]] {
        let output = run(folder, args);
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains("line 1: "), "{}", stderr(&output));
        assert!(!stderr(&output).contains("canary"), "{}", stderr(&output));
    }
}

#[test]
fn changes_keep_the_rest_of_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    write(
        folder,
        "# mine\n[defaults]\nvendor = \"ark\" # for now\n\n# cheap\n[vendor.ark]\nresolution = \"480p\"\n",
    );
    for (key, value) in [
        ("defaults.vendor", "toapis"),
        ("vendor.ark.duration", "5"),
        ("vendor.ark.aspect_ratio", "16:9"),
        ("vendor.ark.generate_audio", "false"),
        ("vendor.fal.seed", "-1"),
        ("vendor.fal.safety_identifier", "42"),
        ("vendor.fal.metadata", "{team = \"boats\"}"),
    ] {
        let output = run(folder, &["config", "set", key, value]);
        assert!(output.status.success(), "{key}: {}", stderr(&output));
    }
    let output = run(folder, &["config", "unset", "vendor.ark.resolution"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = "# mine\n[defaults]\nvendor = \"toapis\" # for now\n\n# cheap\n[vendor.ark]\nduration = 5\n\
                    aspect_ratio = \"16:9\"\ngenerate_audio = false\n\n[vendor.fal]\nseed = -1\n\
                    safety_identifier = \"42\"\nmetadata = {team = \"boats\"}\n";
    assert_eq!(fs::read_to_string(folder.join("config.toml")).unwrap(), expected);
    for (args, words) in [
        (
            &["set", "vendor.ark.durration", "5"][..],
            "did you mean `vendor.ark.duration`?",
        ),
        (&["set", "vendor.ark.duration", "five"], "vendor.ark.duration: \"five\""),
        (&["set", "vendor.ark.api_key", "sk-canary-3"], "no key is kept in it"),
        (&["set", "defaults.vendor", "arc"], "defaults.vendor: "),
        (&["set", "defaults.output", "one.mp4"], "names one file for all tasks"),
        (&["set", "defaults.output", "{id}-{x}.mp4"], "unknown placeholder {x}"),
        (&["set", "defaults.journal", "here.db"], "use an absolute path"),
        (&["set", "vendor.ark.base_url", "https://u:pw@h"], "base URL is invalid"),
        (&["set", "vendor.ark.base_url", "http://gateway.example"], "plain HTTP"),
        (&["set", "vendor.ark.prompt", "x"], "differs between requests"),
        (&["unset", "vendor.ark.seed"], "vendor.ark.seed is not set"),
    ] {
        let output = run(folder, &[&["config"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(words), "{args:?}: {}", stderr(&output));
        assert!(
            !stderr(&output).contains("canary") && !stderr(&output).contains("pw@"),
            "{}",
            stderr(&output)
        );
    }
    assert_eq!(fs::read_to_string(folder.join("config.toml")).unwrap(), expected);
}

/// Each of several processes keeps what the others set.
#[test]
fn changes_at_the_same_time() {
    let folder = tempfile::tempdir().unwrap();
    let vendors = videogen::Vendor::ALL.iter().map(|vendor| vendor.as_str());
    at_once(vendors, |vendor| {
        let output = run(folder.path(), &["config", "set", &format!("vendor.{vendor}.seed"), "1"]);
        assert!(output.status.success(), "{}", stderr(&output));
    });
    let text = fs::read_to_string(folder.path().join("config.toml")).unwrap();
    assert_eq!(text.matches("seed = 1").count(), videogen::Vendor::ALL.len(), "{text}");
}

//! Advice that leads somewhere: each hint can be followed alone, and names what the command line or the job file has.

use std::path::Path;

use serde_json::json;
use videogen::Vendor;
use videogen_sim::{Fault, Operation, Simulator};

use super::{account, at_once, document, run, stderr, stdout, videogen};

const VERSION: &str = "bytedance/seedance-2.0:9dcd6d78e7c6560c340d916fe32e9f24aabfa331e5cce95fe31f77fb03121426";

/// The lines about invalid values.
fn violations(folder: &Path, args: &[&str]) -> Vec<String> {
    let text = stderr(&run(folder, args));
    let lines = text.lines().filter_map(|line| line.strip_prefix("  "));
    lines
        .filter(|line| !line.starts_with("see "))
        .map(str::to_owned)
        .collect()
}

#[test]
fn rules_between_fields_do_not_contradict_each_other() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, model) in [
        ("ark", "dreamina-seedance-2-5-260628"),
        ("toapis", "seedance-2-5"),
        ("alltoken", "seedance-2.5"),
    ] {
        let plan = [
            "plan",
            "a kite",
            "--vendor",
            vendor,
            "--model",
            model,
            "--video-operation",
            "edit",
        ];
        let image = ["--first-frame", "https://media.example.com/a.png"];
        let lines = violations(folder.path(), &[&plan[..], &image, &["--duration", "40"]].concat());
        // Of the length, each line has the same advice.
        let durations: Vec<_> = lines
            .iter()
            .filter(|line| line.starts_with("--duration = 40"))
            .collect();
        assert!(durations.len() > 1, "{vendor}: {lines:#?}");
        assert!(
            durations.iter().all(|line| line.contains("; set duration to auto")),
            "{vendor}: {lines:#?}"
        );
        assert!(
            lines
                .iter()
                .any(|line| line.contains("add a reference_video in place of first_frame")),
            "{vendor}: {lines:#?}"
        );
        // One line for each cause.
        let ratios = lines
            .iter()
            .filter(|line| line.contains("aspect_ratio adaptive"))
            .count();
        assert!(ratios <= 1, "{vendor}: {lines:#?}");
        // Who follows all of it has a valid request.
        let video = ["--reference-video", "https://media.example.com/a.mp4"];
        let rest = ["--duration", "auto", "--aspect-ratio", "adaptive"];
        let output = run(folder.path(), &[&plan[..], &video, &rest].concat());
        assert!(output.status.success(), "{vendor}: {}", stderr(&output));
    }
}

#[test]
fn notes_and_adjustments_name_options() {
    let folder = tempfile::tempdir().unwrap();
    let plan = [
        "plan",
        "a kite --rs 480p",
        "--vendor",
        "ark",
        "--model",
        "dreamina-seedance-2-5-260628",
    ];
    let more = [
        "--resolution",
        "1080p",
        "--duration",
        "60",
        "--allow-round",
        "duration",
        "--aspect-ratio",
        "16:9",
    ];
    let output = run(folder.path(), &[&plan[..], &more].concat());
    let text = stderr(&output);
    for line in [
        "Note: --resolution = 1080p: ",
        "Note: PROMPT = --rs 480p: BytePlus ModelArk reads it as `--resolution`",
        "Adjusted: --duration = 60 was sent as 30: ",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // In a batch, they are members of the job.
    let job = json!({"prompt": "a kite", "duration": 20});
    std::fs::write(folder.path().join("jobs.jsonl"), job.to_string()).unwrap();
    let mut batch = videogen(
        folder.path(),
        &["batch", "jobs.jsonl", "--vendor", "token360", "--dry-run"],
    );
    account(&mut batch, Vendor::Token360, "http://127.0.0.1:9");
    let text = stderr(&batch.output().unwrap());
    let advice = "(unverified rule); to break it, add \"allow_unverified\": [\"duration\"] to the job";
    assert!(text.contains("duration = 20: ") && text.contains(advice), "{text}");
    assert!(
        !text.contains("allow_unverified(") && !text.contains("--allow-unverified"),
        "{text}"
    );
    let job = json!({"prompt": "a kite", "duration": 20, "allow_unverified": ["duration"]});
    std::fs::write(folder.path().join("jobs.jsonl"), job.to_string()).unwrap();
    let output = batch.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    // And those of lists are options.
    let lines = violations(folder.path(), &["list", "--vendor", "replicate", "--limit", "5"]);
    assert!(lines.is_empty(), "no key: {lines:?}");
    let mut list = videogen(folder.path(), &["list", "--vendor", "replicate", "--limit", "5"]);
    account(&mut list, Vendor::Replicate, "http://127.0.0.1:9");
    let text = stderr(&list.output().unwrap());
    let rule = "--limit = 5: Replicate does not support this list option; leave it out: the vendor decides the size of its pages";
    assert!(text.contains(rule), "{text}");
}

/// The values of an operation are those of the specs.
#[test]
fn help_has_the_operations_of_all_vendors() {
    let folder = tempfile::tempdir().unwrap();
    let help = stdout(&run(folder.path(), &["generate", "--help"]));
    let words = help.split_whitespace().collect::<Vec<_>>().join(" ");
    let operations =
        "--video-operation <OPERATION> edit, extend, auto (alltoken, ark), generate (toapis), reference (ark)";
    assert!(words.contains(operations), "{words}");
}

/// The limits of a model hold for its versions, as unverified ones.
#[test]
fn a_pinned_version_is_checked_like_its_model() {
    let folder = tempfile::tempdir().unwrap();
    let plan = [
        "plan",
        "a kite",
        "--vendor",
        "replicate",
        "--model",
        VERSION,
        "--duration",
        "20",
    ];
    let output = run(folder.path(), &plan);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(
        text.contains("supports 4 to 15 seconds; use 15 (unverified rule)"),
        "{text}"
    );
    assert!(
        text.contains("--allow-unverified duration") && !text.contains("limits unchecked"),
        "{text}"
    );
    let output = run(
        folder.path(),
        &[&plan[..], &["--allow-unverified", "duration"]].concat(),
    );
    assert!(
        output.status.success() && stdout(&output).contains(VERSION),
        "{}",
        stderr(&output)
    );
    // The names of its fields are those of the model.
    let output = run(
        folder.path(),
        &[&plan[..6], &["--first-frame", "https://media.example.com/a.png"]].concat(),
    );
    assert!(
        stdout(&output).contains("\"image\": \"https://media.example.com/a.png\""),
        "{}",
        stdout(&output)
    );
}

/// A default model belongs to the vendor's own server.
#[test]
fn a_default_model_at_another_server_has_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let plan = |base_url: &str, more: &[&str]| {
        let args = [&["plan", "a kite", "--vendor", "ark", "--base-url", base_url], more].concat();
        stderr(&run(folder.path(), &args))
    };
    let other = "https://ark.cn-beijing.volces.com/api/v3";
    let note = "dreamina-seedance-2-0-260128 is the default model at ark.ap-southeast.bytepluses.com, and \
                ark.cn-beijing.volces.com may have other models and prices; name one with --model.";
    assert!(plan(other, &[]).contains(note), "{}", plan(other, &[]));
    for (base_url, more) in [
        (other, &["--model", "doubao-seedance-2-0-260128"][..]),
        ("https://ark.ap-southeast.bytepluses.com/api/v3", &[]),
        ("http://127.0.0.1:8787/ark/api/v3", &[]),
    ] {
        assert!(!plan(base_url, more).contains("is the default model"), "{base_url}");
    }
    let args = ["--resolution", "720p", "--duration", "5", "--aspect-ratio", "16:9"];
    let cost = plan(other, &[&["--model", "doubao-seedance-2-0-260128"][..], &args].concat());
    assert!(cost.contains(" CNY") && !cost.contains("USD"), "{cost}");
}

/// No repetition makes a refused key valid: the wait ends with the hint about the key, and can resume.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_key_ends_a_wait_at_once() {
    let simulator = Simulator::builder().speed(50.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    at_once(Vendor::ALL.iter().copied(), |vendor| {
        let simulated: videogen_sim::Vendor = vendor.as_str().parse().unwrap();
        let command = |key: &str, args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            account(&mut command, vendor, &simulator.base_url(simulated));
            command.env(vendor.facts().key_env, key).output().unwrap()
        };
        let generate = ["generate", "a kite", "--vendor", vendor.as_str(), "--no-wait", "-q"];
        let submitted = command("sk-x", &generate);
        let task = stdout(&submitted).trim().to_owned();
        for key in ["sk-sim-401", "sk-sim-403"] {
            let output = command(key, &["wait", &task]);
            let text = stderr(&output);
            assert_eq!(output.status.code(), Some(8), "{vendor} {key}: {text}");
            for words in [
                format!("check the key in {}", vendor.facts().key_env),
                format!("Resume with: videogen wait {task}"),
            ] {
                assert!(text.contains(&words), "{vendor} {key}: {text}");
            }
            assert_eq!(text.contains("retrying"), key != "sk-sim-401", "{vendor} {key}: {text}");
        }
        let error = document(&command("sk-sim-401", &["wait", &task, "--json"]))["error"].clone();
        assert_eq!(
            (&error["kind"], &error["cause"]["kind"]),
            (&json!("poll_refused"), &json!("auth")),
            "{error}"
        );
    });
}

/// A completed task without a link is not done.
#[tokio::test(flavor = "multi_thread")]
async fn a_completed_task_without_a_link() {
    let simulator = Simulator::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let status = |body: &str, more: &[&str]| {
        let vendor = videogen_sim::Vendor::Token360;
        simulator.inject(Fault::status(vendor, Operation::Get, 200, body));
        let mut command = videogen(folder.path(), &[&["status", "token360:videos:video-1"], more].concat());
        account(&mut command, Vendor::Token360, &simulator.base_url(vendor));
        command.output().unwrap()
    };
    let body = json!({"id": "video-1", "status": "completed"}).to_string();
    let text = stdout(&status(&body, &[]));
    for words in [
        "Token360 reports completion without a link to the video.",
        "Wait for the link with: videogen wait token360:videos:video-1",
        "videogen status token360:videos:video-1 --json",
    ] {
        assert!(text.contains(words), "{text}");
    }
    let result = document(&status(&body, &["--json"]));
    assert_eq!(result["outcome"], "running", "{result}");
    assert!(result["next"].as_str().unwrap().contains("without a link"), "{result}");
    // An answer about another task is shown as such.
    let body = json!({"id": "video-2", "status": "queued"}).to_string();
    let text = stdout(&status(&body, &[]));
    assert!(text.starts_with("token360:videos:video-1  queued"), "{text}");
    assert!(
        text.contains("video-2 (the response names this task, and not the one that was requested)"),
        "{text}"
    );
}

//! Batches: checked as a whole, submitted once, resumed after any death, shared by processes.

mod following;
#[cfg(unix)]
mod interrupts;
mod links;
mod places;
mod problems;
mod repeats;
mod survival;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{account, document, run, stderr, stdout, videogen};

const VENDORS: [Vendor; 3] = [Vendor::Token360, Vendor::ToApis, Vendor::AllToken];
/// Models of these vendors that return a last frame and take a first one.
const MODELS: [&str; 3] = ["seedance-2.0", "seedance-2", "seedance-2.0"];

/// The command with accounts at the vendors of a simulator.
fn at(simulator: &Simulator, folder: &Path, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    for vendor in videogen::Vendor::ALL.iter().copied() {
        account(&mut command, vendor, &simulator.base_url(vendor));
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn write(folder: &Path, name: &str, jobs: &[Value]) {
    let lines: Vec<String> = jobs.iter().map(ToString::to_string).collect();
    std::fs::write(folder.join(name), lines.join("\n") + "\n").unwrap();
}

/// The lines of a results file.
fn results(folder: &Path, name: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The last outcome of each job.
fn outcomes(folder: &Path) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lines = results(folder, "jobs.results.jsonl");
    lines
        .iter()
        .map(|line| (text(&line["item"]), text(&line["outcome"])))
        .collect()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn jobs_become_files_and_a_second_run_sends_nothing() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "boat", "prompt": "{{what}} on the {{ place }}", "vars": {"what": "a boat"}, "duration": 5}),
        json!({"id": "sails", "prompt": "it sails on", "after": "boat", "vendor": "toapis=seedance-2"}),
        json!({"id": "lands", "prompt": "it lands", "after": "sails", "output": "{item}-{index}-{vendor}.mp4"}),
        json!({"prompt": "a kite", "vendor": "alltoken"}),
    ];
    write(folder, "jobs.jsonl", &jobs);
    let batch = |more: &[&str]| {
        let args = [
            "batch",
            "jobs.jsonl",
            "--vendor",
            "token360",
            "--var",
            "place=sea",
            "-o",
            "out/",
            "--parents",
        ];
        at(&simulator, folder, &[&args[..], more].concat()).output().unwrap()
    };
    let output = batch(&["--json"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let shown = document(&output);
    let names = |shown: &Value| -> Vec<String> {
        let all = shown["results"].as_array().unwrap().iter();
        all.map(|result| result["file"]["path"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        names(&shown),
        ["out/boat.mp4", "out/sails.mp4", "out/lands-3-token360.mp4", "out/4.mp4"]
    );
    for result in shown["results"].as_array().unwrap() {
        let path = folder.join(result["file"]["path"].as_str().unwrap());
        assert_eq!(result["file"]["bytes"], path.metadata().unwrap().len());
        assert_eq!(result["outcome"], "done");
    }
    // Only what is followed returns its last frame, which begins the next one.
    let frames = ["boat", "sails", "lands-3-token360", "4"]
        .map(|name| folder.join(format!("out/{name}.last-frame.png")).exists());
    assert_eq!(frames, [true, true, false, false]);
    let tasks = simulator.tasks();
    let prompts: Vec<&str> = tasks.iter().map(|task| task.prompt.as_str()).collect();
    assert!(prompts.contains(&"a boat on the sea"), "{prompts:?}");
    assert_eq!(tasks.len(), 4);
    let lines = results(folder, "jobs.results.jsonl");
    assert_eq!(lines.len(), 4);
    // No link to a file is kept.
    for line in &lines {
        assert_eq!(line["task"]["video"]["url"], "http://127.0.0.1/[masked]");
        assert!(
            line["task"]["last_frame"]
                .as_str()
                .is_none_or(|link| link.ends_with("[masked]"))
        );
    }

    let before = simulator.stats().requests.values().sum::<u64>();
    let again = batch(&["--json"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert_eq!(names(&document(&again)), names(&shown));
    // Also without the results: the journal knows them.
    std::fs::remove_file(folder.join("jobs.results.jsonl")).unwrap();
    let again = batch(&["--json"]);
    assert_eq!(names(&document(&again)), names(&shown), "{}", stderr(&again));
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), before);
    assert_eq!(results(folder, "jobs.results.jsonl").len(), 4);

    // A lost file is fetched again, and its task is not made again.
    std::fs::remove_file(folder.join("out/4.mp4")).unwrap();
    assert_eq!(code(&batch(&[])), 0);
    assert!(folder.join("out/4.mp4").exists());
    // A changed request under the same id is noticed before anything is sent.
    let mut changed = jobs.clone();
    changed[3]["prompt"] = "another kite".into();
    write(folder, "jobs.jsonl", &changed);
    let output = batch(&[]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("line 4: 4: its request differs"),
        "{}",
        stderr(&output)
    );
    std::fs::remove_file(folder.join("jobs.results.jsonl")).unwrap();
    let output = batch(&[]);
    assert_eq!(code(&output), 2);
    assert!(
        stderr(&output).contains("line 4: 4: its request differs"),
        "{}",
        stderr(&output)
    );
    assert_eq!(simulator.stats().tasks, 4);
}

#[test]
fn a_dry_run_counts_and_prices_what_would_be_paid() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let clip = json!({"model": "dreamina-seedance-2-0-260128", "prompt": "{{n}}", "duration": 5, "resolution": "720p",
        "aspect_ratio": "16:9"});
    let mut jobs = vec![clip; 3];
    for (index, job) in jobs.iter_mut().enumerate() {
        job["vars"] = json!({"n": index});
        job["id"] = format!("clip-{index}").into();
    }
    jobs.push(json!({"id": "other", "prompt": "x", "vendor": "token360"}));
    write(folder, "jobs.jsonl", &jobs);
    let output = run(folder, &["batch", "jobs.jsonl", "--vendor", "ark", "--dry-run"]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let shown = stdout(&output);
    assert!(
        shown.ends_with("\n4 jobs, 4 paid submissions: 2.268 USD, and 1 of unknown cost\n"),
        "{shown}"
    );
    assert!(shown.contains("clip-2.mp4"), "{shown}");
    let output = run(
        folder,
        &["batch", "jobs.jsonl", "--vendor", "ark", "--dry-run", "--json"],
    );
    let shown = document(&output);
    assert_eq!((&shown["submissions"], &shown["unknown_cost"]), (&json!(4), &json!(1)));
    assert_eq!(
        shown["cost"],
        json!([{"currency": "USD", "low": "2.268", "high": "2.268"}])
    );
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_are_final_until_they_are_retried() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs = [
        json!({"id": "fails", "prompt": "sim:fail"}),
        json!({"id": "next", "prompt": "x", "after": "fails"}),
        json!({"id": "after-next", "prompt": "x", "after": "next"}),
        json!({"id": "refused", "prompt": "sim:refuse"}),
        json!({"id": "fine", "prompt": "a kite"}),
    ];
    write(folder, "jobs.jsonl", &jobs);
    let batch = |more: &[&str]| {
        let args = [&["batch", "jobs.jsonl", "--vendor", "token360"][..], more].concat();
        at(&simulator, folder, &args).output().unwrap()
    };
    let all = ["skipped", "failed", "done", "skipped", "rejected"];
    let output = batch(&[]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
    assert_eq!(outcomes(folder).into_values().collect::<Vec<_>>(), all);
    assert!(
        stderr(&output).contains("next: skipped: the job fails is failed"),
        "{}",
        stderr(&output)
    );
    let (lines, submissions) = (
        results(folder, "jobs.results.jsonl").len(),
        simulator.stats().submissions["token360"],
    );
    assert_eq!((lines, submissions), (5, 2));
    batch(&[]);
    assert_eq!(simulator.stats().submissions["token360"], 2);
    assert_eq!(results(folder, "jobs.results.jsonl").len(), 5);
    // Each once more, under new keys.
    let output = batch(&["--retry-failed"]);
    assert_eq!(simulator.stats().submissions["token360"], 3, "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 3);
    let lines = results(folder, "jobs.results.jsonl");
    let attempts: Vec<_> = lines[5..]
        .iter()
        .map(|line| (line["item"].clone(), line["attempt"].clone()))
        .collect();
    assert!(
        attempts.contains(&(json!("fails"), json!(2))) && attempts.contains(&(json!("refused"), json!(2))),
        "{attempts:?}"
    );
    assert_eq!(outcomes(folder).into_values().collect::<Vec<_>>(), all);
}

/// The next vendor takes a job after a proven refusal, and no vendor does while its status is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn a_job_goes_to_the_next_vendor_only_after_a_proven_refusal() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let balance = r#"{"error": {"message": "top up", "type": "insufficient_balance"}}"#;
    simulator.inject(Fault::status(Vendor::Token360, Operation::Submit, 402, balance));
    write(folder, "jobs.jsonl", &[json!({"id": "a", "prompt": "a kite"})]);
    let args = [
        "batch",
        "jobs.jsonl",
        "--vendor",
        "token360,toapis=seedance-2",
        "--search-timeout",
        "0",
    ];
    let output = at(&simulator, folder, &args).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let result = results(folder, "jobs.results.jsonl").remove(0);
    assert_eq!(result["vendor"], "toapis");
    let refused = &result["refused_by"][0];
    assert_eq!(
        (&refused["vendor"], &refused["kind"]),
        (&json!("token360"), &json!("balance"))
    );

    write(
        folder,
        "jobs.jsonl",
        &[
            json!({"id": "a", "prompt": "a kite"}),
            json!({"id": "b", "prompt": "a boat"}),
        ],
    );
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    for _ in 0..2 {
        let output = at(&simulator, folder, &args).output().unwrap();
        assert_eq!(code(&output), 6, "{}", stderr(&output));
        assert!(stderr(&output).contains("videogen recover"), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 1);
    assert_eq!(outcomes(folder)["b"], "ambiguous");
    assert_eq!(results(folder, "jobs.results.jsonl").len(), 2);
}

/// Every vendor needs a key, and all that are missing are named at once.
#[test]
fn the_keys_of_all_vendors_are_required() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "jobs.jsonl", &[json!({"prompt": "a kite"})]);
    let args = ["batch", "jobs.jsonl", "--vendor", "token360", "--vendor", "toapis"];
    let output = run(folder.path(), &args);
    assert_eq!(code(&output), 3, "{}", stderr(&output));
    let expected = "no API keys of Token360 and ToAPIs: set TOKEN360_API_KEY and TOAPIS_API_KEY";
    assert!(stderr(&output).contains(expected), "{}", stderr(&output));
}

/// The cheapest vendor first, if requested.
#[tokio::test(flavor = "multi_thread")]
async fn the_order_of_the_vendors_may_be_that_of_their_prices() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    priced(folder);
    let cheap = ["prices", "set", "toapis", "seedance-2", "0.05", "--unit", "clip"];
    assert!(run(folder, &cheap).status.success());
    write(folder, "jobs.jsonl", &[json!({"id": "a", "prompt": "a kite"})]);
    let vendors = ["--vendor", "token360,toapis=seedance-2", "--vendor-order", "price"];
    let args = [&["batch", "jobs.jsonl"][..], &vendors].concat();
    let dry = [&args[..], &["--dry-run", "--json"]].concat();
    let planned = document(&at(&simulator, folder, &dry).output().unwrap());
    assert_eq!(planned["jobs"][0]["vendors"], json!(["toapis=seedance-2", "token360"]));
    assert_eq!(planned["jobs"][0]["estimates"][0]["high"], "0.05");
    let output = at(&simulator, folder, &args).output().unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(results(folder, "jobs.results.jsonl")[0]["vendor"], "toapis");
}

/// Two processes at once cannot spend more than the batch may cost, and a later run submits what did not fit.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_keeps_its_maximum_cost_in_two_processes() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let jobs: Vec<Value> = (0..12)
        .map(|index| json!({"prompt": format!("{index}"), "vendor": "token360"}))
        .collect();
    write(folder, "jobs.jsonl", &jobs);
    priced(folder);
    let args = ["batch", "jobs.jsonl", "--max-cost", "0.79"];
    let plan = |more: &[&str]| {
        let args = [&args[..], &["--dry-run"], more].concat();
        at(&simulator, folder, &args).output().unwrap()
    };
    let output = plan(&[]);
    assert_eq!(code(&output), 9, "{}", stdout(&output));
    let words = "The limits allow 7 of them. Others are submitted only if these cost less, or are refused:\n  5 jobs over --max-cost \
                 0.79 USD (0.7 spent or reserved)\n";
    assert!(stdout(&output).ends_with(words), "{}", stdout(&output));
    run(folder, &["budget", "set", "0.35/day"]);
    let planned = document(&plan(&["--json"]));
    assert_eq!((&planned["submissions"], &planned["allowed"]), (&json!(12), &json!(3)));
    assert_eq!(
        planned["jobs"][3]["over"],
        "over the budget of 0.35 USD per day for all vendors (0.3 spent or reserved)"
    );
    run(folder, &["budget", "remove", "day"]);
    let started: Vec<Child> = (0..2).map(|_| at(&simulator, folder, &args).spawn().unwrap()).collect();
    let outputs: Vec<Output> = started
        .into_iter()
        .map(|child| child.wait_with_output().unwrap())
        .collect();
    for output in &outputs {
        assert_eq!(code(output), 9, "{}", stderr(output));
        assert!(
            stderr(output).contains("left of 0.79 USD in total for batch:jobs (its maximum cost)"),
            "{}",
            stderr(output)
        );
        let advice = "over --max-cost or a budget. Raise it and run the same command again";
        assert!(
            stderr(output).contains(advice) && !stderr(output).contains("--retry-failed"),
            "{}",
            stderr(output)
        );
    }
    assert_eq!(simulator.stats().tasks, 7);
    assert_eq!(code(&plan(&[])), 9);
    let lines = results(folder, "jobs.results.jsonl");
    assert_eq!(lines.len(), 12, "{lines:?}");
    let output = at(&simulator, folder, &["batch", "jobs.jsonl", "--max-cost", "1.20"])
        .output()
        .unwrap();
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 12);
    assert!(
        stdout(&output).contains("12 jobs: 12 done; 1.2 USD\n"),
        "{}",
        stdout(&output)
    );
    let output = at(&simulator, folder, &["batch", "jobs.jsonl", "--json"])
        .output()
        .unwrap();
    let totals = document(&output)["totals"].clone();
    assert_eq!(
        (&totals["jobs"], &totals["outcomes"]),
        (&json!(12), &json!({"done": 12}))
    );
    assert_eq!(
        totals["costs"],
        json!([{"currency": "USD", "cost": "1.2", "reserved": "0", "uncertain": "0"}])
    );
}

/// What is reserved for a running job is freed when it costs less: the next one waits for it, in the order of the file.
#[tokio::test(flavor = "multi_thread")]
async fn jobs_wait_for_what_others_have_reserved() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let job = |id: &str| json!({"id": id, "prompt": "a boat", "vendor": "token360", "duration": "auto"});
    let refused = json!({"id": "refused", "prompt": "sim:refuse", "vendor": "token360", "duration": 15});
    write(folder, "jobs.jsonl", &[refused, job("one"), job("two"), job("three")]);
    // From 0.2 to 0.75 USD a job; the simulator makes 5 seconds.
    let set = ["prices", "set", "token360", "seedance-2.0", "0.05", "--unit", "second"];
    assert!(run(folder, &set).status.success());
    let batch = |most: &str| {
        let args = ["batch", "jobs.jsonl", "--max-cost", most];
        let output = at(&simulator, folder, &args).output().unwrap();
        (code(&output), stderr(&output))
    };
    // From 0.2 to 0.75 USD each, so a run may submit more than the plan is sure of.
    let plan = |most: &str| {
        let args = ["batch", "jobs.jsonl", "--max-cost", most, "--dry-run"];
        stdout(&at(&simulator, folder, &args).output().unwrap())
    };
    let shown = plan("1.05");
    let words = "The limits allow 1 of them. Others are submitted only if these cost less, or are refused:\n  3 jobs over --max-cost \
                 1.05 USD (0.75 spent or reserved)";
    assert!(shown.contains(words) && !shown.contains("Not submitted"), "{shown}");
    let shown = plan("0.7");
    let words = "The limits allow 0 of them. Not submitted:\n  4 jobs over --max-cost 0.7 USD (0 spent or reserved)";
    assert!(shown.contains(words), "{shown}");
    let (code, err) = batch("1.05");
    assert_eq!(code, 2, "{err}");
    let of = |outcomes: BTreeMap<String, String>| ["one", "two", "three"].map(|id| outcomes[id].clone());
    assert_eq!(of(outcomes(folder)), ["done", "done", "rejected"], "{err}");
    let (_, err) = batch("1.25");
    assert_eq!(of(outcomes(folder)), ["done", "done", "done"], "{err}");
    assert_eq!(simulator.stats().tasks, 3);
}

/// Every clip of the models costs 0.10 US dollars.
fn priced(folder: &Path) {
    for (vendor, model) in VENDORS.iter().zip(MODELS) {
        let output = run(
            folder,
            &["prices", "set", vendor.as_str(), model, "0.10", "--unit", "clip"],
        );
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

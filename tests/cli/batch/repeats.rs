//! Jobs whose requests were submitted a short time ago, under another key or none.

use serde_json::json;
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{at, code, document, stderr, write};

const REPEATED: i32 = 10;

#[tokio::test(flavor = "multi_thread")]
async fn jobs_that_repeat_a_submission_are_refused_before_anything_is_sent() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |args: &[&str]| at(&simulator, folder, args).output().unwrap();
    let kite = json!({"id": "kite", "prompt": "a kite", "duration": 5, "vendor": "alltoken,token360"});
    let boats = [
        json!({"id": "boat", "prompt": "a boat"}),
        // Two jobs of a batch may request the same.
        json!({"id": "boat-2", "prompt": "a boat"}),
    ];
    write(folder, "boats.jsonl", &boats);
    let batch = |file: &str, more: &[&str]| run(&[&["batch", file, "--vendor", "token360", "--json"], more].concat());
    assert_eq!(code(&batch("boats.jsonl", &[])), 0);
    let generated = run(&["generate", "a kite", "-d", "5", "--vendor", "token360", "--json"]);
    assert_eq!(code(&generated), 0, "{}", stderr(&generated));
    let id = document(&generated)["task"]["id"].as_str().unwrap().to_owned();
    assert_eq!(simulator.stats().tasks, 3);

    // The same batch may be run again. Another one with the same jobs is refused.
    assert_eq!(code(&batch("boats.jsonl", &["--retry-failed"])), 0);
    let fox = json!({"id": "fox", "prompt": "a fox", "duration": 5});
    write(folder, "more.jsonl", &[boats[0].clone(), kite, fox]);
    let requests = || simulator.stats().requests.values().sum::<u64>();
    let before = requests();
    let refused = batch("more.jsonl", &["-o", "more/", "--parents"]);
    assert_eq!(code(&refused), REPEATED, "{}", stderr(&refused));
    let text = document(&refused)["error"]["message"].as_str().unwrap().to_owned()
        + &document(&refused)["error"]["hint"].to_string();
    assert!(text.contains("more.jsonl: 2 jobs repeat earlier submissions"), "{text}");
    assert!(
        text.contains("line 1 (boat): ") && text.contains("line 2 (kite): "),
        "{text}"
    );
    assert!(text.contains(&id) && text.contains("add: --again"), "{text}");
    assert_eq!(document(&refused)["error"]["kind"], "repeated");
    let planned = batch("more.jsonl", &["--dry-run", "-o", "more/", "--parents"]);
    assert_eq!(code(&planned), REPEATED, "{}", stderr(&planned));
    let jobs = document(&planned)["jobs"].clone();
    assert_eq!(jobs[1]["repeats"]["task"], json!(id));
    assert_eq!(jobs[2]["repeats"], json!(null));
    assert_eq!(requests(), before);

    let again = batch("more.jsonl", &["-o", "more/", "--parents", "--again"]);
    assert_eq!(code(&again), 0, "{}", stderr(&again));
    assert_eq!(simulator.stats().tasks, 6);
    // Its submissions count for the command in turn.
    let generated = run(&["generate", "a fox", "-d", "5", "--vendor", "token360"]);
    assert_eq!(code(&generated), REPEATED, "{}", stderr(&generated));
}

/// Whether the earlier one was accepted is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_of_a_lost_submission_is_looked_up_first() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |args: &[&str]| at(&simulator, folder, args).output().unwrap();
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropAfter));
    let lost = run(&["generate", "a boat", "--vendor", "token360", "--search-timeout", "0"]);
    assert_eq!(code(&lost), 6, "{}", stderr(&lost));
    write(folder, "jobs.jsonl", &[json!({"id": "boat", "prompt": "a boat"})]);
    let refused = run(&["batch", "jobs.jsonl", "--vendor", "token360"]);
    assert_eq!(code(&refused), REPEATED, "{}", stderr(&refused));
    let text = stderr(&refused);
    assert!(text.contains("Look them up with: videogen recover"), "{text}");
    let refused = run(&["batch", "jobs.jsonl", "--vendor", "token360", "--json"]);
    let document = document(&refused);
    let job = &document["error"]["jobs"][0];
    assert_eq!((&job["line"], &job["item"]), (&json!(1), &json!("boat")));
    assert!(job["submission"].is_string() && job.get("task").is_none(), "{job}");
    assert_eq!(simulator.stats().tasks, 1);
}

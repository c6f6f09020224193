//! Links to files are credentials: a batch writes none of them, whatever the vendor's responses have.

use std::path::Path;

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::{Operation, Simulator};

use super::{at, code, results, stderr, stdout, write};

const CANARY: &str = "canary-51cd";

/// Adds a link to every object.
fn plant(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(plant),
        Value::Object(members) => {
            members.values_mut().for_each(plant);
            members.insert(
                "planted".to_owned(),
                format!("see https://files.example.com/v.mp4?sig={CANARY}").into(),
            );
        }
        _ => {}
    }
}

/// All strings of a document.
fn texts<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        _ => {}
    }
}

fn assert_masked(document: &Value) {
    let mut found = Vec::new();
    texts(document, &mut found);
    let links: Vec<&str> = found.into_iter().filter(|text| text.contains("://")).collect();
    assert!(!links.is_empty(), "{document}");
    for link in links {
        assert!(link.ends_with("/[masked]"), "{link}: {document}");
    }
}

fn holds(path: &Path, needle: &str) -> bool {
    let held = std::fs::read(path).unwrap();
    held.windows(needle.len()).any(|window| window == needle.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_batch_writes_has_a_link() {
    let simulator = Simulator::builder().speed(100.0).start().await.unwrap();
    for operation in [Operation::Submit, Operation::Get] {
        simulator.rewrite(operation, plant);
    }
    let prompt = format!("as in https://h.example/p.png?sig={CANARY}");
    let vendors = Vendor::ALL.iter().copied();
    let jobs: Vec<Value> = vendors
        .map(|vendor| {
            // Only some vendors return it.
            let frame = (vendor == Vendor::Token360 || vendor == Vendor::Ark).then_some(true);
            json!({"id": vendor.as_str(), "vendor": vendor.as_str(), "prompt": prompt, "return_last_frame": frame})
        })
        .collect();
    for (format, ids) in [("--json", "one"), ("--events", "two")] {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(folder, "jobs.jsonl", &jobs);
        // Twice: earlier results are printed from the file.
        for run in 1..=2 {
            let output = at(&simulator, folder, &["batch", "jobs.jsonl", "--name", ids, format])
                .output()
                .unwrap();
            assert_eq!(code(&output), 0, "{}{}", stdout(&output), stderr(&output));
            let shown = stdout(&output);
            assert!(!shown.contains(CANARY) && !shown.contains("sig="), "{shown}");
            let documents: Vec<Value> = match format {
                "--json" => vec![serde_json::from_str(&shown).unwrap()],
                _ => {
                    let lines = shown.lines().map(|line| serde_json::from_str(line).unwrap());
                    lines.filter(|event: &Value| event["event"] == "result").collect()
                }
            };
            assert_eq!(
                documents.len(),
                if format == "--json" { 1 } else { jobs.len() },
                "{run}"
            );
            documents.iter().for_each(assert_masked);
        }
        let lines = results(folder, &format!("{ids}.results.jsonl"));
        assert_eq!(lines.len(), jobs.len());
        for line in &lines {
            assert_masked(line);
            assert!(
                line["task"]["raw"]
                    .to_string()
                    .contains("see https://files.example.com/[masked]"),
                "{line}"
            );
            assert_eq!(line["prompt"], "as in https://h.example/[masked]");
        }
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            // The file of the jobs is the user's.
            let is_ours = path.is_file() && !path.ends_with("jobs.jsonl");
            assert!(!is_ours || !holds(&path, CANARY), "{}", path.display());
        }
    }
}

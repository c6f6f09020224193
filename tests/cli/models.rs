//! `models`: the table, the vendor's own list, and what differs.

use serde_json::{Value, json};

use super::terminal::vendor;
use super::{document, run, stderr, stdout, videogen};

fn live(slug: &str, variable: &str, answer: &Value, json: bool) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = videogen(folder.path(), &["models", "--live", "--vendor", slug]);
    command.env(format!("{variable}_API_KEY"), "sk-or-x");
    command.env(format!("{variable}_BASE_URL"), vendor(answer));
    command.args(json.then_some("--json")).output().unwrap()
}

fn saved() -> Value {
    serde_json::from_str(include_str!("../models/openrouter.json")).unwrap()
}

#[test]
fn differences_from_the_table_follow_the_list() {
    let output = live("openrouter", "OPENROUTER", &saved(), false);
    let shown = stdout(&output);
    let lines: Vec<String> = shown
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        lines[..4],
        [
            "model name seconds resolutions aspect ratios frames prices in US$",
            "google/veo-3.1 Google: Veo 3.1 4, 6, 8 720p 1080p 4k 16:9 9:16 first_frame last_frame duration_seconds 0.20, \
             duration_seconds_with_audio 0.40",
            "google/veo-3.1-fast Google: Veo 3.1 Fast 4, 6, 8, 10 720p 1080p 1440p first_frame middle_frame by_region \
             {\"eu\":\"0.12\"}, duration_seconds 0.1",
            "acme/film-1 Acme: Film 1",
        ],
        "{shown} {}",
        stderr(&output)
    );
    let at = lines.iter().position(|line| line.starts_with("Differences")).unwrap();
    let missing = &lines[at + 5];
    assert!(
        missing.starts_with("Not in OpenRouter's list: bytedance/seedance-2.0, ")
            && !missing.contains("google/veo-3.1,"),
        "{shown}"
    );
    assert_eq!(
        [&lines[at..at + 5], &lines[at + 6..]].concat(),
        [
            "Differences between OpenRouter's list and the table of this version:",
            "google/veo-3.1-fast: duration: only in the vendor's list: 10",
            "google/veo-3.1-fast: resolution: only in the vendor's list: 1440p; only in this version's table: 4k",
            "google/veo-3.1-fast: frames: only in the vendor's list: middle_frame; only in this version's table: last_frame",
            "google/veo-3.1-fast: seed: only in the vendor's list: false; only in this version's table: true",
            "Not in this version's table, so their limits are not checked before sending: acme/film-1",
        ],
        "{shown}"
    );
}

#[test]
fn the_document_has_the_list_and_the_differences() {
    let document = document(&live("openrouter", "OPENROUTER", &saved(), true));
    assert_eq!(document["models"][0]["durations"], json!([4, 6, 8]));
    let prices = json!({"duration_seconds": "0.20", "duration_seconds_with_audio": "0.40"});
    assert_eq!(document["models"][0]["prices_usd"], prices);
    let differences = document["differences"].as_array().unwrap();
    let new = json!({"difference": "not_in_table", "model": "acme/film-1"});
    assert!(differences.contains(&new), "{document}");
    let seed = json!({"difference": "values", "model": "google/veo-3.1-fast", "field": "seed", "only_listed": ["false"],
        "only_in_table": ["true"]});
    assert!(differences.contains(&seed), "{document}");
}

#[test]
fn a_vendor_without_a_list_names_those_with_one() {
    let output = live("ark", "ARK", &json!({}), false);
    let shown = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{shown}");
    for name in ["Token360", "ToAPIs", "AllToken", "OpenRouter"] {
        assert!(shown.contains(name), "{shown}");
    }
}

#[test]
fn models_are_listed_without_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["models"]);
    assert!(output.status.success());
    for model in ["seedance-2.0-fast", "doubao-seedance-1-5-pro", "seedance-1.0-pro"] {
        assert!(stdout(&output).contains(model), "{}", stdout(&output));
    }
    let output = run(folder.path(), &["models", "--vendor", "alltoken", "--json"]);
    assert_eq!(document(&output)["models"].as_array().unwrap().len(), 6);
    let output = run(folder.path(), &["models", "--vendor", "toapis", "--json"]);
    let models = document(&output)["models"].clone();
    let conditions = |id: &str| {
        let model = models.as_array().unwrap().iter().find(|model| model["model"] == id);
        model.unwrap()["conditions"].as_array().unwrap().clone()
    };
    for condition in [
        json!({
            "when": {"video_operation": ["edit"]}, "requires": {"duration": ["auto"]}, "unverified": true,
        }),
        json!({"when": {"tools": "set"}, "requires": {"inputs": "unset"}, "unverified": false}),
    ] {
        let all = conditions("seedance-2-5");
        assert!(all.contains(&condition), "{all:?}");
    }
    assert!(conditions("doubao-seedance-1-5-pro").is_empty());
}

/// A model that is served at another address of its vendor says so in a plan, unless that is the base URL.
#[test]
fn a_model_at_another_address_is_noted() {
    let folder = tempfile::tempdir().unwrap();
    let china = "https://ark.cn-beijing.volces.com/api/v3";
    let model = "doubao-seedance-2-0-260128";
    let words = format!("{model} is served at {china}, with keys and prices of that address. Set ARK_BASE_URL={china}");
    let all = run(folder.path(), &["plan", "a kite", "--all", "--vendor", "ark"]);
    assert!(stdout(&all).contains(&words), "{}", stdout(&all));
    assert_eq!(
        stdout(&all).matches("dreamina-seedance-2-0-260128 is served").count(),
        0
    );
    let plan = ["plan", "a kite", "--vendor", "ark", "--model", model];
    let output = run(folder.path(), &plan);
    assert!(stderr(&output).contains(&words), "{}", stderr(&output));
    let output = run(folder.path(), &[&plan[..], &["--base-url", china]].concat());
    assert!(!stderr(&output).contains("is served at"), "{}", stderr(&output));
}

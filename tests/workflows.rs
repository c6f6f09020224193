//! The workflows on GitHub, as far as they can be checked without it.

use std::fs;

use serde_json::Value;

use crate::specs::root;

/// Every workflow and other settings of GitHub, parsed.
fn files(folder: &str) -> Vec<(String, String, Value)> {
    let entries = fs::read_dir(root().join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let yaml = paths.filter(|path| path.extension().is_some_and(|extension| extension == "yml"));
    yaml.map(|path| {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let parsed = serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        (name, text, parsed)
    })
    .collect()
}

#[test]
fn every_workflow_parses_and_names_scripts_that_exist() {
    let workflows = files(".github/workflows");
    assert!(workflows.len() >= 4);
    for (name, text, workflow) in &workflows {
        // By default, a token may only read.
        assert_eq!(
            workflow["permissions"],
            serde_json::json!({"contents": "read"}),
            "{name}"
        );
        for (job, steps) in workflow["jobs"].as_object().unwrap() {
            assert!(steps["runs-on"].is_string(), "{name}: {job}");
            for step in steps["steps"].as_array().unwrap() {
                assert!(
                    step["run"].is_string() != step["uses"].is_string(),
                    "{name}: {job}: {step}"
                );
            }
        }
        for (_, rest) in text.match_indices(".ci/").map(|(at, _)| text.split_at(at)) {
            let script: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || "./".contains(*c))
                .collect();
            let script = script.trim_end_matches('.');
            assert!(root().join(script).is_file(), "{name}: {script}");
        }
    }
    assert!(files(".github/ISSUE_TEMPLATE").len() >= 2);
}

/// An action is named by its commit, which nobody can move, and its version, which people read.
#[test]
fn every_action_is_pinned_by_its_commit() {
    let mut pins = Vec::new();
    for (name, text, _) in files(".github/workflows") {
        for line in text
            .lines()
            .filter_map(|line| line.trim_start_matches(['-', ' ']).strip_prefix("uses: "))
        {
            let (action, rest) = line.split_once('@').unwrap_or((line, ""));
            let (commit, version) = rest.split_once(" # v").unwrap_or((rest, ""));
            let is_commit = commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(is_commit && !version.is_empty(), "{name}: {line}");
            assert!(
                action.starts_with("actions/"),
                "{name}: {action}: GitHub's own actions suffice"
            );
            pins.push((action.to_owned(), line.to_owned()));
        }
    }
    pins.sort();
    pins.dedup();
    let actions: Vec<&String> = pins.iter().map(|(action, _)| action).collect();
    assert!(
        actions.windows(2).all(|pair| pair[0] != pair[1]),
        "one version of each: {pins:?}"
    );
    assert!(pins.len() >= 4);
}

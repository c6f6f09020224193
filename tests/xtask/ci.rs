//! `cargo xtask ci`: the script is the only definition of CI.

use std::fs;

use crate::commands::{root, xtask};

#[test]
fn it_runs_the_script_in_the_repository_and_passes_its_exit_code_on() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join(".ci")).unwrap();
    for code in [0, 1, 77] {
        let script = format!("pwd -P > where\nexit {code}\n");
        fs::write(here.join(".ci/run"), script).unwrap();
        assert_eq!(xtask(&["ci"], here), (code, String::new(), String::new()));
        let place = fs::read_to_string(here.join("where")).unwrap();
        assert_eq!(place.trim_end(), here.canonicalize().unwrap().display().to_string());
    }
    // Killed by a signal: no exit code to pass on.
    fs::write(here.join(".ci/run"), "kill -KILL $$\n").unwrap();
    let (code, _, err) = xtask(&["ci"], here);
    assert_eq!(code, 100);
    assert!(err.contains("bash .ci/run was killed: signal: 9"), "{err}");
}

#[test]
fn a_missing_script_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = xtask(&["ci"], folder.path());
    assert_eq!(code, 100);
    assert!(err.contains(".ci/run is missing"), "{err}");
}

/// GitHub runs the same script, and nothing else that could fail only there.
#[test]
fn the_workflow_runs_the_same_script() {
    let workflow = fs::read_to_string(root().join(".github/workflows/ci.yml")).unwrap();
    assert!(workflow.contains("- run: bash .ci/run\n"));
}

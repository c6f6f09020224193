//! `--allow-unverified`.

use serde_json::json;
use videogen::Vendor;
use videogen::facts::Capabilities;

use super::{document, run, stderr, stdout};

#[test]
fn an_unverified_rule_is_overridden_by_its_option() {
    let folder = tempfile::tempdir().unwrap();
    let plan = ["plan", "a kite", "--vendor", "token360", "--duration", "20"];
    let with = |more: &[&str]| run(folder.path(), &[&plan[..], more].concat());
    let output = with(&[]);
    assert_eq!(output.status.code(), Some(2));
    let option = "To break the unverified rules, add: --allow-unverified duration\n";
    let text = stderr(&output);
    assert!(
        text.contains("use 15 (unverified rule)\n") && text.ends_with(option),
        "{text}"
    );
    let error = document(&with(&["--json"]))["error"].clone();
    assert_eq!(error["violations"][0]["unverified"], true, "{error}");
    assert_eq!(error["hint"], option.trim_end(), "{error}");

    let allowed = ["--allow-unverified", "duration"];
    let output = with(&allowed);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let note = "Unverified rule not enforced: --duration = 20: Token360 seedance-2.0 supports 4 to 15 seconds\n";
    assert_eq!(super::without_cost(&stderr(&output)), note);
    let plan = document(&with(&[&allowed[..], &["--json"]].concat()))["plan"].clone();
    assert_eq!(plan["body"]["duration"], 20);
    assert_eq!(plan["overridden"][0]["field"], "duration", "{plan}");

    // Two of the models of this vendor know the rule only from clients.
    let all = ["--all", "--vendor", "token360"];
    let output = run(
        folder.path(),
        &[&["plan", "a kite", "--duration", "20"], &all[..]].concat(),
    );
    assert!(stderr(&output).ends_with(option), "{}", stderr(&output));
    // Calls of the library are of no use here.
    assert!(!stdout(&output).contains("allow_unverified("), "{}", stdout(&output));
    let output = run(
        folder.path(),
        &[&["plan", "a kite", "--duration", "20"], &all[..], &allowed].concat(),
    );
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    let (text, plans) = (stdout(&output), Capabilities::all(Vendor::Token360).count());
    assert_eq!(text.matches("Unverified rule not enforced").count(), plans, "{text}");
    assert_eq!(text.matches(" yes ").count(), plans, "{text}");
}

#[test]
fn a_submission_reports_the_rules_that_it_breaks() {
    let folder = tempfile::tempdir().unwrap();
    let file = json!({"model": "seedance-9", "prompt": "a kite", "frames": 57, "allow_unverified": ["frames"]});
    std::fs::write(folder.path().join("r.json"), file.to_string()).unwrap();
    let generate = [
        "generate",
        "--simulate",
        "--vendor",
        "alltoken",
        "--no-wait",
        "--request",
        "r.json",
    ];
    let output = run(folder.path(), &generate);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let note = "Unverified rule not enforced: frames = 57: AllToken seedance-9 may ignore `frames`";
    assert!(stderr(&output).contains(note), "{}", stderr(&output));
    let document = document(&run(folder.path(), &[&generate[..], &["--json"]].concat()));
    assert_eq!(document["overridden"][0]["field"], "frames", "{document}");
}

#[test]
fn only_unverified_rules_have_the_option() {
    let folder = tempfile::tempdir().unwrap();
    for (more, words) in [
        (
            ["--resolution", "9K", "--allow-unverified", "resolution"],
            "--allow-unverified = resolution: every rule of Token360 seedance-2.0 for `resolution` is verified",
        ),
        (
            ["--duration", "5", "--allow-unverified", "reference-imag"],
            "--allow-unverified = reference_imag: is not a field with rules; did you mean `reference_image`?",
        ),
    ] {
        let output = run(
            folder.path(),
            &[&["plan", "a kite", "--vendor", "token360"], &more[..]].concat(),
        );
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        assert!(text.contains(words) && !text.contains("To break"), "{text}");
    }
}

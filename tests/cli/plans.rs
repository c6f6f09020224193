//! What a plan shows, and what is noted of it.

use videogen_sim::{Fault, Operation, Simulator};

use super::*;

fn plan(folder: &Path, args: &[&str]) -> Output {
    run(folder, &[&["plan", "a kite"], args].concat())
}

/// The text may be pasted into a report; the document is what is sent.
#[test]
fn a_plan_as_text_has_no_credentials_in_urls() {
    let folder = tempfile::tempdir().unwrap();
    let url = "https://user:secret@me.example/cb?token=secret";
    let image = "https://h.example/a.png?sig=secret#x";
    let args = ["--vendor", "ark", "--callback-url", url, "--first-frame", image];
    let text = stdout(&plan(folder.path(), &args));
    assert!(!text.contains("secret"), "{text}");
    for shown in [
        "https://[masked]@me.example/cb?[masked]",
        "https://h.example/a.png?[masked]",
    ] {
        assert!(text.contains(&format!("\"{shown}\"")), "{text}");
    }
    let body = document(&plan(folder.path(), &[&args[..], &["--json"]].concat()));
    assert_eq!(body["plan"]["body"]["callback_url"], url);
    // It is neither a path nor an id.
    assert_eq!(stdout(&plan(folder.path(), &[&args[..], &["-q"]].concat())), "");
}

/// A member that the spec does not have is sent, with a note.
#[test]
fn undocumented_members_have_a_note() {
    let folder = tempfile::tempdir().unwrap();
    for (vendor, member, words) in [
        (
            "ark",
            "seconds=9",
            "Note: --extra = seconds: the vendor may refuse it: BytePlus ModelArk documents no such member for this model, and \
             may ignore it; did you mean `--duration`?\n",
        ),
        ("ark", "bogus=1", "no such member for this model, and may ignore it\n"),
        ("ark", "prioritty=1", "and may ignore it; did you mean priority?\n"),
        (
            "replicate",
            "input.watermark=true",
            "--extra = input.watermark: the vendor may refuse it: Replicate documents",
        ),
    ] {
        let output = plan(folder.path(), &["--vendor", vendor, "--extra", member]);
        let text = stderr(&output);
        assert!(output.status.success() && text.contains(words), "{member}: {text}");
        let simulated = [
            "generate",
            "--simulate",
            "a kite",
            "--no-wait",
            "--vendor",
            vendor,
            "--extra",
            member,
        ];
        let text = stderr(&run(folder.path(), &simulated));
        assert!(text.contains(words), "{member}: {text}");
    }
    let documented = plan(folder.path(), &["--vendor", "ark", "--extra", "priority=1"]);
    assert!(!stderr(&documented).contains("Note"), "{}", stderr(&documented));
    // Nothing is known of other models.
    let unlisted = plan(
        folder.path(),
        &["--vendor", "ark", "--model", "x-9", "--extra", "bogus=1"],
    );
    assert!(!stderr(&unlisted).contains("Note"), "{}", stderr(&unlisted));
    // In a batch too, once for all jobs.
    let job = r#"{"prompt": "a kite", "extra": {"bogus": 1}}"#;
    std::fs::write(folder.path().join("jobs.jsonl"), format!("{job}\n{job}\n")).unwrap();
    let batch = ["batch", "jobs.jsonl", "--vendor", "ark", "--dry-run"];
    let text = stderr(&run(folder.path(), &batch));
    let words = "Line 1: extra = bogus: the vendor may refuse it: BytePlus ModelArk documents no such member";
    assert!(text.contains(words) && text.matches("bogus").count() == 1, "{text}");
    let document = document(&run(folder.path(), &[&batch[..], &["--json"]].concat()));
    assert_eq!(document["jobs"][1]["notes"][0]["value"], "bogus", "{document}");
}

/// The vendor of a model that it does not have lists those that it has.
#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_the_vendor_does_not_have_leads_to_its_list() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let body = json!({"error": {"code": 404, "message": "No such model"}}).to_string();
    simulator.inject(Fault::status(
        videogen_sim::Vendor::OpenRouter,
        Operation::Submit,
        404,
        &body,
    ));
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "openrouter",
        "--model",
        "acme/video3",
        "--no-wait",
    ];
    let mut command = videogen(folder.path(), &args);
    account(
        &mut command,
        Vendor::OpenRouter,
        &simulator.base_url(videogen_sim::Vendor::OpenRouter),
    );
    let text = stderr(&command.output().unwrap());
    let hint = "To list the models of OpenRouter, use: videogen models --vendor openrouter --live\n";
    assert!(text.ends_with(hint), "{text}");
    // None is like it.
    assert!(!text.contains("Did you mean"), "{text}");
}

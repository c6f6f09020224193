//! `generate` at several vendors: the next one only after a proven refusal.

use std::path::Path;
use std::process::Output;

use serde_json::json;
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::documents::sidecar;
use super::journal::command;
use super::{account, document, documents, run, stderr, stdout, videogen};

const KITE: [&str; 4] = ["generate", "a kite", "--vendor", "token360,toapis=seedance-2"];
const BALANCE: &str = r#"{"error": {"message": "top up", "type": "insufficient_balance"}}"#;

fn generate(simulator: &Simulator, folder: &Path, more: &[&str]) -> Output {
    command(folder, simulator, &[&KITE[..], more].concat())
        .output()
        .unwrap()
}

fn poor() -> Fault {
    Fault::status(Vendor::Token360, Operation::Submit, 402, BALANCE)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_vendor_is_tried_after_a_proven_refusal() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    simulator.inject(poor());
    let output = generate(&simulator, folder.path(), &["-o", "kite.mp4", "--sidecar"]);
    let notes = stderr(&output);
    assert!(output.status.success(), "{notes}");
    assert!(
        notes.contains("Token360: submit: ") && notes.contains("Trying ToAPIs."),
        "{notes}"
    );
    let found = sidecar(&folder.path().join("kite.mp4.json"));
    assert_eq!(
        (
            &found["vendor"],
            &found["request"]["model"],
            &found["refused_by"][0]["kind"]
        ),
        (&json!("toapis"), &json!("seedance-2"), &json!("balance")),
        "{found}"
    );
    // The journal has both.
    let listed = command(folder.path(), &simulator, &["list", "--local", "--json"])
        .output()
        .unwrap();
    let text = stdout(&listed);
    assert!(text.contains("rejected") && text.contains("accepted"), "{text}");

    simulator.inject(poor());
    let output = generate(&simulator, folder.path(), &["--again", "--no-wait", "--json"]);
    let result = document(&output);
    assert_eq!(
        (&result["vendor"], &result["refused_by"][0]["vendor"]),
        (&json!("toapis"), &json!("token360")),
        "{result}"
    );
    simulator.inject(poor());
    let output = generate(&simulator, folder.path(), &["--again", "--no-wait", "--events"]);
    let out = stdout(&output);
    let events = documents::events(&out);
    assert_eq!(events[0]["vendor"], "toapis", "{out}");
    let refused = events.iter().find(|event| event["event"] == "refused").unwrap();
    assert_eq!(
        (&refused["vendor"], &refused["error"]["kind"], &refused["next"]),
        (&json!("token360"), &json!("balance"), &json!("toapis")),
        "{out}"
    );
    assert_eq!(simulator.stats().tasks, 3);
    // The same request is one, whichever vendor has taken it.
    let output = generate(&simulator, folder.path(), &["--no-wait"]);
    assert_eq!(
        (output.status.code(), simulator.stats().tasks),
        (Some(10), 3),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn no_other_vendor_is_tried_while_the_status_is_unknown() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    simulator.inject(Fault::new(Vendor::Token360, Operation::Submit, FaultKind::DropBefore));
    let output = generate(&simulator, folder.path(), &["--no-wait", "--search-timeout", "0"]);
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    assert_eq!(simulator.stats().tasks, 0);
    // Each vendor's reason, if none takes it: noted as it happens, and not again.
    simulator.inject(poor());
    simulator.inject(Fault::status(Vendor::ToApis, Operation::Submit, 402, BALANCE));
    let output = generate(&simulator, folder.path(), &["--no-wait", "--again"]);
    let text = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{text}");
    assert_eq!(text.matches("Token360: submit: ").count(), 1, "{text}");
    // With --quiet there are no notes.
    simulator.inject(poor());
    simulator.inject(Fault::status(Vendor::ToApis, Operation::Submit, 402, BALANCE));
    let output = generate(&simulator, folder.path(), &["--no-wait", "--again", "-q"]);
    let text = stderr(&output);
    assert!(text.contains("\n  Token360: submit: "), "{text}");
    simulator.inject(poor());
    simulator.inject(Fault::status(Vendor::ToApis, Operation::Submit, 402, BALANCE));
    let output = generate(&simulator, folder.path(), &["--no-wait", "--again", "--json"]);
    let result = document(&output);
    assert_eq!(output.status.code(), Some(3), "{result}");
    assert_eq!(
        (&result["vendor"], &result["error"]["other_vendors"][0]["vendor"]),
        (&json!("toapis"), &json!("token360")),
        "{result}"
    );
}

/// Several requests, with keys: each goes its way, and a second run sends nothing.
#[tokio::test(flavor = "multi_thread")]
async fn several_requests_go_their_ways() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    simulator.inject(poor());
    let more = ["a boat", "--no-wait", "--idempotency-key", "k", "--json"];
    for _ in 0..2 {
        let output = generate(&simulator, folder.path(), &more);
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
        let results = documents::whole(&stdout(&output))["results"].clone();
        assert_eq!(
            (&results[0]["vendor"], &results[1]["vendor"]),
            (&json!("toapis"), &json!("token360"))
        );
        assert_eq!(simulator.stats().tasks, 2);
    }
}

#[test]
fn what_several_vendors_cannot_share_is_refused_first() {
    let folder = tempfile::tempdir().unwrap();
    let keys = "no API keys of Token360 and ToAPIs: set TOKEN360_API_KEY and TOAPIS_API_KEY";
    for (more, code, words) in [
        (&[][..], 3, keys),
        (&["--base-url", "https://h.example"], 2, "--base-url is for one vendor"),
        (
            &["-o", "{vendor}.mp4"],
            2,
            "{vendor} is not known before the submission",
        ),
        (&["--vendor", "token360"], 2, "token360 is named twice"),
        (&["--listen-for-webhook", "127.0.0.1:0"], 2, "is for one vendor"),
    ] {
        let output = run(folder.path(), &[&KITE[..], more].concat());
        assert_eq!(output.status.code(), Some(code), "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{more:?}: {}", stderr(&output));
    }
    let args = ["generate", "a kite", "--vendor", "ark=x,toapis=y", "--model", "z"];
    let output = run(folder.path(), &args);
    assert!(
        stderr(&output).contains("--model is for no vendor"),
        "{}",
        stderr(&output)
    );
    // A simulation tries the first.
    let output = run(folder.path(), &[&KITE[..], &["--simulate", "--no-wait", "-q"]].concat());
    assert!(
        stdout(&output).starts_with("token360:"),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    // A model that one vendor does not list, and values that one does not take: all at once.
    let mut plan = videogen(
        folder.path(),
        &["generate", "", "--vendor", "token360,toapis", "-d", "99"],
    );
    for vendor in [Vendor::Token360, Vendor::ToApis] {
        account(&mut plan, vendor, "http://127.0.0.1:9");
    }
    let output = plan.output().unwrap();
    let notes = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{notes}");
    assert!(notes.contains("Token360: ") && notes.contains("ToAPIs: "), "{notes}");
}

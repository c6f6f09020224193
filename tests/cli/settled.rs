//! `spend settle`: what the user finds on the vendor's bill.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::journal::command;
use super::{document, run, stderr, stdout};

fn generate(folder: &Path, simulator: &Simulator, prompt: &str, more: &[&str]) -> Output {
    let args = [
        "generate",
        prompt,
        "--vendor",
        "fal",
        "-m",
        "bytedance/seedance-2.0/text-to-video",
        "-d5",
        "-r720p",
        "-a16:9",
        "--no-wait",
        "--json",
    ];
    command(folder, simulator, &[&args[..], more].concat())
        .output()
        .unwrap()
}

/// The only group of the ledger.
fn ledger(folder: &Path) -> Value {
    document(&run(folder, &["spend", "--json"]))["groups"][0].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uncertain_cost_is_settled_by_hand() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let id = document(&generate(folder, &simulator, "a kite sim:fail", &[]))["id"].clone();
    let id = id.as_str().unwrap();
    simulator.advance(Duration::from_secs(3600));
    let status = command(folder, &simulator, &["wait", id]).output().unwrap();
    let hint = format!("videogen spend settle {id} AMOUNT");
    assert!(stdout(&status).contains(&hint), "{}", stdout(&status));
    assert_eq!(ledger(folder)["uncertain"], 1);
    let text = stdout(&run(folder, &["spend"]));
    assert!(text.contains("videogen spend settle TASK AMOUNT"), "{text}");

    let settle = |more: &[&str]| run(folder, &[&["spend", "settle", id], more].concat());
    let output = settle(&["1.20", "USD", "--note", "invoice 7"]);
    let said = format!("{id}: 1.2 USD, entered by you (invoice 7); before: 1.512 USD, uncertain.\n");
    assert_eq!(stdout(&output), said, "{}", stderr(&output));
    let group = ledger(folder);
    assert_eq!(
        (
            &group["entered"],
            &group["uncertain"],
            &group["amounts"][0]["entered"],
            &group["amounts"][0]["total"]
        ),
        (&json!(1), &json!(0), &json!("1.20"), &json!("1.20"))
    );
    let text = stdout(&run(folder, &["spend"]));
    assert!(
        text.contains("entered") && text.contains("1 with a cost that you entered"),
        "{text}"
    );
    let csv = stdout(&run(folder, &["spend", "--csv"]));
    assert!(
        csv.lines()
            .nth(1)
            .unwrap()
            .contains(",USD,1.2,1.2,0,0,0,0,0,1,1,0,0,0,0,1"),
        "{csv}"
    );
    // Wherever the cost of the task is shown.
    let status = command(folder, &simulator, &["status", id, "--json"]).output().unwrap();
    let cost = document(&status)["cost"].clone();
    assert_eq!(
        cost,
        json!({"amount": "1.20", "currency": "USD", "obtained": "entered"})
    );
    let exported = stdout(&run(folder, &["journal", "export", "--format", "csv"]));
    assert!(exported.contains(",entered,1.2,USD,"), "{exported}");

    let output = settle(&["--nothing", "--json"]);
    let document = document(&output);
    assert_eq!(document["charge"], json!({"kind": "entered_not_billed"}));
    assert_eq!(
        document["before"],
        json!({
            "charge": {"kind": "entered", "money": {"amount": "1.20", "currency": "USD"}},
            "settled": {"money": {"amount": "1.20", "currency": "USD"}, "note": "invoice 7"}
        })
    );
    assert_eq!(
        (&ledger(folder)["not_billed"], &ledger(folder)["amounts"]),
        (&json!(1), &json!([]))
    );
    let output = settle(&["--undo"]);
    let said = format!("{id}: 1.512 USD, uncertain; before: not billed, entered by you.\n");
    assert_eq!(stdout(&output), said, "{}", stderr(&output));

    for (args, words) in [
        (
            &["spend", "settle", id, "9 CNY"][..],
            "priced in USD; enter the amount in USD",
        ),
        (&["spend", "settle", id, "-1"], "it is negative"),
        (&["spend", "settle", id, "one"], "AMOUNT: invalid amount `one`"),
        (&["spend", "settle", id], "--nothing"),
        (&["spend", "settle", id, "1", "--nothing"], "cannot be used with"),
        (
            &["spend", "settle", "toapis:videos:x", "1"],
            "the journal has no submission",
        ),
        (&["spend", "settle", "nothing-like-this", "1"], "videogen list --local"),
        (&["spend", "--csv", "settle", id, "1"], "are for the ledger"),
        (&["spend", "settle", id, "1", "--no-journal"], "remove --no-journal"),
    ] {
        let output = run(folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(words), "{args:?}: {}", stderr(&output));
    }
    assert_eq!(ledger(folder)["uncertain"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_submission_is_settled_only_as_not_billed_and_with_a_confirmation() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(run(folder, &["budget", "set", "2/day"]).status.success());
    simulator.inject(Fault::new(Vendor::Fal, Operation::Submit, FaultKind::DropAfter));
    let lost = document(&generate(folder, &simulator, "a kite", &[]));
    assert_eq!(lost["outcome"], "ambiguous");
    let id = lost["error"]["ambiguity"]["intent"].as_str().unwrap();
    assert_eq!(generate(folder, &simulator, "a boat", &[]).status.code(), Some(9));
    let settle = |more: &[&str]| run(folder, &[&["spend", "settle", id], more].concat());
    for more in [&["1.2"][..], &["--nothing"]] {
        let output = settle(more);
        assert_eq!(output.status.code(), Some(2));
        let text = stderr(&output);
        let hint = format!("videogen recover {id} --task TASK");
        assert!(text.contains("is unknown") && text.contains(&hint), "{text}");
        assert_eq!(text.contains("--nothing --yes"), more == ["--nothing"], "{text}");
    }
    assert_eq!(ledger(folder)["amounts"][0]["reserved"], "1.512");
    let output = settle(&["--nothing", "--yes"]);
    let said = format!("{id}: not billed, entered by you; before: 1.512 USD, reserved.\n");
    assert_eq!(stdout(&output), said, "{}", stderr(&output));
    assert!(generate(folder, &simulator, "a boat", &[]).status.success());
    // It is still to be resolved.
    let recovered = command(folder, &simulator, &["recover"]).output().unwrap();
    assert_eq!(recovered.status.code(), Some(6), "{}", stderr(&recovered));
}

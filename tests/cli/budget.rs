//! Budgets, maximum costs and the ledger on the command line.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use videogen::price::Decimal;
use videogen_sim::Simulator;

use super::{document, run, stderr, stdout, videogen};

/// A clip whose price is listed: 0.756 US dollars.
const CLIP: [&str; 8] = [
    "--model",
    "dreamina-seedance-2-0-260128",
    "--duration",
    "5",
    "--resolution",
    "720p",
    "--aspect-ratio",
    "16:9",
];

fn generate(folder: &Path, simulator: &Simulator, prompt: &str, more: &[&str]) -> Output {
    let mut command = videogen(folder, &["generate", prompt, "--vendor", "ark", "--no-wait", "--again"]);
    command.args(CLIP).args(more).env("ARK_API_KEY", "sk-test");
    command.env("ARK_BASE_URL", simulator.base_url(videogen::Vendor::Ark));
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_beyond_a_cap_is_refused_with_its_own_code() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let allow = "To submit at an unknown cost, add: --allow-unknown-cost";
    for (args, words, hint, is_known) in [
        (
            ["--max-cost", "0.75"],
            "over the maximum cost: the submission may cost 0.756 USD, and the maximum is 0.75 USD",
            "raise --max-cost",
            true,
        ),
        (
            ["--max-cost", "9CNY"],
            "priced at 0.756 USD, and the maximum cost is 9 CNY: its cost in CNY is unknown",
            allow,
            false,
        ),
    ] {
        let output = generate(folder, &simulator, "a kite", &args);
        assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
        let text = stderr(&output);
        assert!(text.contains(words) && text.contains(hint), "{text}");
        assert_eq!(text.contains(allow), !is_known, "{text}");
        assert!(!text.contains("budget list"), "{text}");
        let output = generate(folder, &simulator, "a kite", &[args[0], args[1], "--json"]);
        assert_eq!(
            document(&output)["error"]["cost_limit"],
            match is_known {
                true => json!({"kind": "max_cost", "all_vendors": true, "cost_known": true, "currency": "USD"}),
                false => json!({
                    "kind": "max_cost", "all_vendors": true, "cost_known": false, "currency": "CNY",
                    "other_cost": {"amount": "0.756", "currency": "USD"},
                }),
            }
        );
        let in_its_currency = "To limit it in the currency of its price, use: --max-cost 0.756USD. ";
        assert_eq!(text.contains(in_its_currency), !is_known, "{text}");
        let output = generate(folder, &simulator, "a kite", &[args[0], args[1], "--json"]);
        assert_eq!(document(&output)["error"]["kind"], "budget");
    }
    for wrong in ["", "x", "-1", "1,5", "1e3", "2.5 usd"] {
        let output = generate(folder, &simulator, "a kite", &["--max-cost", wrong]);
        assert_eq!(output.status.code(), Some(2), "{wrong}: {}", stderr(&output));
    }
    let output = run(folder, &["budget", "set", "1/day"]);
    assert_eq!(stdout(&output), "Set: 1 USD per day for all vendors.\n");
    let output = generate(folder, &simulator, "a kite", &["--max-cost", "0.756USD"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let output = generate(folder, &simulator, "a kite", &["--allow-unknown-cost"]);
    assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
    let words = "over budget: the submission may cost 0.756 USD, and 0.244 USD are left of 1 USD per day for all vendors (0.756 \
                 USD spent or reserved); the next day begins at ";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    let hint = "budget list";
    assert!(
        stderr(&output).contains(hint) && !stderr(&output).contains(allow),
        "{}",
        stderr(&output)
    );
    // Without the journal there is no budget, and that is said.
    let output = generate(folder, &simulator, "a kite", &["--no-journal"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("The budgets are not checked: "),
        "{}",
        stderr(&output)
    );
    run(folder, &["budget", "remove", "day"]);
    let output = generate(folder, &simulator, "a kite", &["--no-journal"]);
    assert!(!stderr(&output).contains("budgets"), "{}", stderr(&output));
    run(folder, &["budget", "set", "1/day"]);
    // An unknown cost.
    let other = |more: &[&str]| {
        let mut command = videogen(
            folder,
            &[
                "generate",
                "a kite",
                "--vendor",
                "token360",
                "--duration",
                "5",
                "--no-wait",
                "--again",
            ],
        );
        command.args(more).env("TOKEN360_API_KEY", "sk-test");
        command.env("TOKEN360_BASE_URL", simulator.base_url(videogen::Vendor::Token360));
        command.output().unwrap()
    };
    let output = other(&[]);
    assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("add: --allow-unknown-cost"),
        "{}",
        stderr(&output)
    );
    let unknown = "Estimated cost: unknown: no price of Token360 ";
    assert!(stderr(&output).contains(unknown), "{}", stderr(&output));
    assert!(other(&["--allow-unknown-cost"]).status.success());
    // Without a cap, and without any price of the model, it is no news.
    run(folder, &["budget", "remove", "day"]);
    let output = other(&[]);
    assert!(
        output.status.success() && !stderr(&output).contains("cost"),
        "{}",
        stderr(&output)
    );
    let output = other(&["--max-cost", "1", "--allow-unknown-cost"]);
    assert!(
        output.status.success() && stderr(&output).contains(unknown),
        "{}",
        stderr(&output)
    );
    assert_eq!(simulator.stats().tasks, 6);
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_are_listed_with_what_counts_against_them() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(stdout(&run(folder, &["budget", "list"])).starts_with("No budgets in "));
    for args in [&["set", "20/total"][..], &["set", "5CNY/week", "--vendor", "ark"]] {
        assert!(run(folder, &[&["budget"], args].concat()).status.success());
    }
    for args in [
        &["set", "20"][..],
        &["set", "20/year"],
        &["set", "-1/day"],
        &["set", "1/day", "--vendor", "x"],
    ] {
        let output = run(folder, &[&["budget"], args].concat());
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    }
    // Its cost in CNY is unknown.
    let output = generate(folder, &simulator, "a kite", &[]);
    assert_eq!(output.status.code(), Some(9));
    let words = "priced in USD, and the budget is 5 CNY per week for BytePlus ModelArk: its cost in CNY is unknown";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    let output = generate(folder, &simulator, "a kite", &["--allow-unknown-cost"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let listed = || document(&run(folder, &["budget", "list", "--json"]));
    let scope = format!("http://localhost:{}", simulator.address().port());
    let budgets = listed()["budgets"].as_array().unwrap().clone();
    let shown = budgets.iter().map(|budget| {
        json!([
            budget["amount"],
            budget["currency"],
            budget["period"],
            budget["vendor"],
            budget["scope"],
            budget["counted"]
        ])
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [
            json!(["20", "USD", "total", null, "public", "0"]),
            json!(["5", "CNY", "week", "ark", "public", "0"]),
            json!(["20", "USD", "total", null, scope, "0.756"]),
            json!(["5", "CNY", "week", "ark", scope, "0"]),
        ]
    );
    assert_eq!(
        (&budgets[2]["left"], &budgets[2]["until"]),
        (&json!("19.244"), &Value::Null)
    );
    let unknown = budgets.iter().map(|budget| &budget["unknown_cost"]);
    assert_eq!(unknown.collect::<Vec<_>>(), [0, 0, 0, 1]);
    // People see the address that they used.
    let address = format!("http://127.0.0.1:{}", simulator.address().port());
    let addresses = budgets.iter().map(|budget| budget["addresses"].clone());
    assert_eq!(
        addresses.collect::<Vec<_>>(),
        [json!([]), json!([]), json!([address]), json!([address])]
    );
    let text = stdout(&run(folder, &["budget", "list"]));
    assert!(text.contains(&address) && !text.contains(&scope), "{text}");
    // One is removed by what it limits.
    let output = run(folder, &["budget", "remove", "week"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("there is no budget in USD per week for all vendors"),
        "{}",
        stderr(&output)
    );
    let output = run(
        folder,
        &["budget", "remove", "week", "--vendor", "ark", "--currency", "CNY"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(listed()["budgets"].as_array().unwrap().len(), 2);
    let output = run(folder, &["budget", "list", "--no-journal"]);
    assert_eq!(output.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ledger_names_what_was_spent_and_what_is_not_known() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    assert!(stdout(&run(folder, &["spend"])).starts_with("No submissions in "));
    let mut ids = Vec::new();
    for prompt in ["a kite", "sim:fail", "sim:refuse"] {
        let output = generate(folder, &simulator, prompt, &["--json"]);
        ids.extend(document(&output)["task"]["id"].as_str().map(str::to_owned));
    }
    assert_eq!(ids.len(), 2);
    simulator.advance(std::time::Duration::from_secs(3600));
    for id in &ids {
        let mut command = videogen(folder, &["status", id, "--json"]);
        command
            .env("ARK_API_KEY", "sk-test")
            .env("ARK_BASE_URL", simulator.base_url(videogen::Vendor::Ark));
        let task = document(&command.output().unwrap());
        let cost = (task["task"]["status"] == "completed").then(|| task["cost"]["obtained"].clone());
        assert_eq!(
            cost.unwrap_or_default(),
            if id == &ids[0] { json!("computed") } else { Value::Null }
        );
    }
    assert!(generate(folder, &simulator, "a boat", &[]).status.success());
    let ledger = document(&run(folder, &["spend", "--by", "model", "--since", "1d", "--json"]));
    let [group] = ledger["groups"].as_array().unwrap().as_slice() else {
        panic!("{ledger}")
    };
    assert_eq!(group["group"], "ark dreamina-seedance-2-0-260128");
    let address = format!("http://127.0.0.1:{}", simulator.address().port());
    assert_eq!(group["addresses"], json!([address]));
    let computed = &group["amounts"][0]["computed"];
    assert_ne!(computed, "0");
    let count = |name: &str| group[name].as_u64().unwrap();
    assert_eq!(
        [
            "submissions",
            "failed",
            "not_billed",
            "uncertain",
            "unknown",
            "not_submitted"
        ]
        .map(count),
        [3, 1, 1, 0, 0, 1]
    );
    assert_eq!(
        (&group["amounts"][0]["reserved"], &group["amounts"][0]["currency"]),
        (&json!("0.756"), &json!("USD"))
    );
    let amount = |member: &str| -> Decimal { group["amounts"][0][member].as_str().unwrap().parse().unwrap() };
    let billed = BTreeMap::from([("USD".to_owned(), amount("computed") + amount("reserved"))]);
    assert_eq!(simulator.stats().cost, billed);
    let csv = stdout(&run(folder, &["spend", "--csv"]));
    let lines: Vec<_> = csv.lines().collect();
    assert_eq!(
        lines[0],
        "scope,group,currency,cost,entered,reported,computed,estimated,reserved,uncertain,submissions,failed,not_billed,\
         uncertain_tasks,unknown_cost,not_submitted,entered_by_user"
    );
    assert!(lines[1].starts_with(&format!("{address},")), "{csv}");
    assert!(
        lines[1].ends_with(&format!(",0,0,{},0,0.756,0,3,1,1,0,0,1,0", computed.as_str().unwrap())),
        "{csv}"
    );
    assert_eq!(lines.len(), 2);
    // Everything is older than the start, or it is no start.
    assert!(stdout(&run(folder, &["spend", "--since", "2999-01-01"])).starts_with("No submissions"));
    assert_eq!(run(folder, &["spend", "--since", "yesterday"]).status.code(), Some(2));
    let text = stdout(&run(folder, &["spend", "--by", "day"]));
    assert!(
        text.contains("1 not billed\n1 refused or not sent: they cost nothing"),
        "{text}"
    );
}

//! What is said about costs that are not known, not checked, or corrected.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::terminal::vendor;
use super::{document, run, stderr, stdout, videogen};

fn at(folder: &Path, simulator: &Simulator, args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    command
        .env("ARK_API_KEY", "sk-test")
        .env("ARK_BASE_URL", simulator.base_url(Vendor::Ark))
        .env("TOKEN360_API_KEY", "sk-test")
        .env("TOKEN360_BASE_URL", simulator.base_url(Vendor::Token360));
    command.output().unwrap()
}

fn ok(output: Output) -> Output {
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    output
}

#[tokio::test(flavor = "multi_thread")]
async fn budgets_that_are_not_checked_are_named_in_every_format() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(run(folder, &["budget", "set", "1/day"]));
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--duration",
        "5",
        "--no-wait",
        "--no-journal",
    ];
    let words = "not checked: they are in the journal, which --no-journal leaves out";
    let output = ok(at(folder, &simulator, &[&generate[..], &["--json"]].concat()));
    assert_eq!(
        document(&output)["notes"],
        json!([{"field": "budgets", "value": "1", "reason": words}])
    );
    let output = ok(at(folder, &simulator, &[&generate[..], &["-q"]].concat()));
    assert!(
        stderr(&output).contains(&format!("The budgets are {words}.")),
        "{}",
        stderr(&output)
    );
    assert_eq!(stdout(&output).lines().count(), 1);
    let output = ok(at(folder, &simulator, &[&generate[..], &["--events"]].concat()));
    assert!(stdout(&output).contains(words), "{}", stdout(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_budgets_counts_what_is_in_no_amount() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(run(folder, &["budget", "set", "1/day"]));
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--duration",
        "5",
        "--no-wait",
        "--again",
    ];
    let allow = ["--allow-unknown-cost"];
    for _ in 0..2 {
        ok(at(folder, &simulator, &[&generate[..], &allow].concat()));
    }
    let listed = document(&ok(run(folder, &["budget", "list", "--json"])));
    let unknown = listed["budgets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|budget| &budget["unknown_cost"]);
    assert_eq!(unknown.collect::<Vec<_>>(), [&json!(0), &json!(2)]);
    let text = stdout(&ok(run(folder, &["budget", "list"])));
    assert!(
        text.ends_with("\n\nSubmissions of unknown cost, or in another currency, are in no amount.\n"),
        "{text}"
    );
    // Nothing left: it can be any cost.
    ok(run(folder, &["budget", "set", "0/day"]));
    let output = at(folder, &simulator, &[&generate[..], &allow].concat());
    assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
    let words = "over budget: the cost of the submission is unknown, and nothing is left of 0 USD per day";
    let text = stderr(&output);
    assert!(
        text.contains(words) && text.contains("budget list") && !text.contains("add: --allow"),
        "{text}"
    );
    // A failed task of unknown cost is in no amount, and is not called uncertain.
    let ledger = document(&ok(run(folder, &["spend", "--json"])));
    assert_eq!(
        (&ledger["groups"][0]["unknown"], &ledger["groups"][0]["uncertain"]),
        (&json!(2), &json!(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_that_are_invalid_are_explained() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (args, words) in [
        (
            &["budget", "set", "-1/day"][..],
            "invalid amount `-1`: it is negative; use 0 or more",
        ),
        (
            &["prices", "set", "toapis", "seedance-2", "-0.05", "--unit", "second"],
            "invalid amount `-0.05`: it is negative",
        ),
        (
            &["generate", "a kite", "--max-cost", "-2"],
            "--max-cost = -2: it is negative; use 0 or more",
        ),
    ] {
        let output = run(folder, args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        let text = stderr(&output);
        assert!(text.contains(words), "{args:?}: {text}");
    }
    let long = "1234567890123456789012345678901234567890.5";
    let output = run(folder, &["generate", "a kite", "--max-cost", long]);
    assert!(
        stderr(&output).contains(&format!(
            "--max-cost = {}...: not accepted; use at most 28 digits",
            &long[..40]
        )),
        "{}",
        stderr(&output)
    );
}

fn priced(folder: &Path, args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    command
        .env("VIDEOGEN_PRICES", folder.join("prices.toml"))
        .output()
        .unwrap()
}

#[test]
fn a_replaced_price_is_shown_and_one_without_conditions_is_removed_alone() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let set = |args: &[&str]| {
        ok(priced(
            folder,
            &[&["prices", "set", "alltoken", "seedance-2.0"], args].concat(),
        ))
    };
    let by_token = ["--unit", "token", "--per", "1000000", "--input-video"];
    let output = set(&[&["7"], &by_token[..], &["--tokens-per-second", "21600"]].concat());
    let line =
        |price: &str| format!("alltoken  seedance-2.0  {price} USD  1000000 tokens, with input, 21600 per second\n");
    assert!(stdout(&output).ends_with(&line("7")), "{}", stdout(&output));
    assert!(!stdout(&output).contains("Replaced"));
    let again = [&["8"], &by_token[..], &["--tokens-per-second", "21600"]].concat();
    let output = set(&again);
    assert!(
        stdout(&output).ends_with(&format!("Replaced: {}", line("7"))),
        "{}",
        stdout(&output)
    );
    let output = document(&set(&[&again[..], &["--json"]].concat()));
    assert_eq!(
        (&output["replaced"]["price"], &output["price"]["tokens_per_second"]),
        (&json!("8"), &json!("21600"))
    );
    set(&[&["9"], &by_token[..], &["--when", "resolution=1080p"]].concat());
    let unset = ["prices", "unset", "alltoken", "seedance-2.0", "--without-conditions"];
    let output = ok(priced(folder, &unset));
    assert!(
        stdout(&output).contains("1 price of AllToken seedance-2.0"),
        "{}",
        stdout(&output)
    );
    let listed = document(&ok(priced(
        folder,
        &["prices", "list", "--vendor", "alltoken", "--json"],
    )));
    let left = listed["prices"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["when"]), (1, &json!({"resolution": ["1080p"]})));
    assert_eq!(priced(folder, &unset).status.code(), Some(2));
    assert_eq!(
        priced(folder, &[&unset[..], &["--when", "resolution=1080p"]].concat())
            .status
            .code(),
        Some(2)
    );
}

/// The task of another request is recorded only when that is confirmed, also after a dismissal.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_differs_needs_a_confirmation() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let run = |args: &[&str]| at(folder, &simulator, args);
    let other = [
        "generate",
        "a boat",
        "--vendor",
        "ark",
        "--model",
        "seedance-1-0-pro-250528",
        "--no-wait",
        "-q",
    ];
    let other = stdout(&ok(run(&[&other[..], &["--no-journal"]].concat())))
        .trim()
        .to_owned();
    simulator.inject(Fault::new(Vendor::Ark, Operation::Submit, FaultKind::DropAfter));
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "ark",
        "--no-wait",
        "--search-timeout",
        "0",
        "--json",
    ];
    let lost = document(&run(&generate));
    let submission = lost["error"]["ambiguity"]["intent"].as_str().unwrap();
    let made = simulator.tasks().pop().unwrap().id;
    let output = run(&["recover", submission, "--task", &other]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let (text, next) = (
        stderr(&output),
        format!("videogen recover {submission} --task {other} --yes"),
    );
    assert!(
        text.contains("does not look like the task of submission") && text.contains(&next),
        "{text}"
    );
    ok(run(&["recover", submission, "--dismiss", "--yes"]));
    let own = format!("ark:{}:{made}", Vendor::Ark.families().next().unwrap());
    let settled = document(&ok(run(&["recover", submission, "--task", &own, "--json"])));
    assert_eq!(
        (&settled["submission"]["state"], &settled["submission"]["task"]),
        (&json!("accepted"), &json!(own))
    );
}

/// A vendor that hangs does not hold up the rest, and is named.
#[tokio::test(flavor = "multi_thread")]
async fn live_prices_are_not_waited_for_long() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let plan = [
        "plan",
        "a kite",
        "--vendor",
        "openrouter",
        "--model",
        "google/veo-3.1",
        "--duration",
        "8",
        "--resolution",
        "720p",
        "--live",
        "--json",
    ];
    let mut command = videogen(folder.path(), &plan);
    command
        .env("OPENROUTER_API_KEY", "sk-sim-hang")
        .env("OPENROUTER_BASE_URL", simulator.base_url(Vendor::OpenRouter));
    let mut models = videogen(folder.path(), &["models", "--live", "--vendor", "openrouter"]);
    models
        .env("OPENROUTER_API_KEY", "sk-sim-hang")
        .env("OPENROUTER_BASE_URL", simulator.base_url(Vendor::OpenRouter));
    let started = std::time::Instant::now();
    let models = tokio::task::spawn_blocking(move || models.output().unwrap());
    let output = tokio::task::spawn_blocking(move || command.output().unwrap())
        .await
        .unwrap();
    let models = models.await.unwrap();
    assert!(started.elapsed().as_secs() < 30);
    let plan = document(&ok(output));
    let host = format!("localhost:{}", simulator.address().port());
    let note = plan["notes"][0].as_str().unwrap().replace("127.0.0.1", "localhost");
    assert_eq!(
        note,
        format!("No live prices of OpenRouter: {host} did not respond within 12 s")
    );
    assert_eq!(plan["plan"]["estimate"]["origin"]["kind"], "list");
    assert_eq!(models.status.code(), Some(4));
    let text = stderr(&models).replace("127.0.0.1", "localhost");
    let expected = format!("error: OpenRouter: {host} did not respond within 12 s\n");
    assert!(text.ends_with(&expected), "{text}");
}

/// The name of a live price does not say that it is for requests with input videos.
#[test]
fn a_live_price_applies_to_what_it_covers() {
    let folder = tempfile::tempdir().unwrap();
    let base_url = vendor(&json!({"data": [
        {"id": "bytedance/seedance-2.0", "pricing_skus": {"video_tokens": "0.000008"}},
    ]}));
    let plan = |args: &[&str]| -> Value {
        let plan = [
            "plan",
            "a kite",
            "--vendor",
            "openrouter",
            "--model",
            "bytedance/seedance-2.0",
            "--live",
            "--json",
        ];
        let size = ["--duration", "5", "--resolution", "720p", "--aspect-ratio", "16:9"];
        let mut command = videogen(folder.path(), &[&plan[..], &size, args].concat());
        command
            .env("OPENROUTER_API_KEY", "sk-or-v1-x")
            .env("OPENROUTER_BASE_URL", &base_url);
        document(&ok(command.output().unwrap()))["plan"]["estimate"].clone()
    };
    assert_eq!(plan(&[])["high"], "0.864");
    let with_video = plan(&["--reference-video", "https://media.example.com/a.mp4"]);
    let words = "none of the known prices of OpenRouter bytedance/seedance-2.0 covers this request; they depend on \
                 reference_video, resolution";
    assert_eq!(with_video, json!({"unknown": words}));
}

/// A batch that a budget cuts short says what to raise, and only of what failed that a new attempt is needed.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_over_a_budget_says_what_submits_the_rest() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(run(
        folder,
        &["prices", "set", "token360", "seedance-2.0", "0.10", "--unit", "clip"],
    ));
    let jobs = |prompts: &[&str]| {
        let lines = prompts.iter().map(|prompt| json!({"prompt": prompt}).to_string());
        std::fs::write(folder.join("jobs.jsonl"), lines.collect::<Vec<_>>().join("\n")).unwrap();
    };
    let batch = || {
        at(
            folder,
            &simulator,
            &["batch", "jobs.jsonl", "--vendor", "token360=seedance-2.0"],
        )
    };
    jobs(&["a", "b", "c"]);
    let raise =
        "over --max-cost or a budget. Raise it and run the same command again: that submits them. Budgets: videogen";
    for (limit, over, tasks) in [("0.1/day", "2 jobs are ", 1), ("0.2/day", "1 job is ", 2)] {
        ok(run(folder, &["budget", "set", limit]));
        let output = batch();
        let text = stderr(&output);
        assert_eq!(
            (output.status.code(), simulator.stats().tasks),
            (Some(9), tasks),
            "{text}"
        );
        assert!(text.contains(&format!("{over}{raise}")), "{text}");
        assert!(!text.contains("--retry-failed"), "{text}");
    }
    // Both hints, each for its own jobs.
    jobs(&["a", "b", "c", "sim:fail", "d"]);
    ok(run(folder, &["budget", "set", "0.4/day"]));
    let output = batch();
    let text = stderr(&output);
    assert!(text.contains(&format!("1 job is {raise}")), "{text}");
    assert!(
        text.contains("To submit what failed or was refused again, add: --retry-failed"),
        "{text}"
    );
    ok(run(folder, &["budget", "set", "1/day"]));
    let output = batch();
    let text = stderr(&output);
    assert!(text.contains("--retry-failed") && !text.contains(raise), "{text}");
    assert_eq!(simulator.stats().tasks, 5);
}

#[test]
fn prices_are_listed_with_the_least_that_is_billed() {
    let folder = tempfile::tempdir().unwrap();
    let list = ["prices", "list", "--vendor", "ark"];
    let text = stdout(&ok(run(folder.path(), &list)));
    let rows: Vec<&str> = text
        .lines()
        .filter(|line| line.contains(" dreamina-seedance-2-0-260128 ") && line.contains("reference_video=set"))
        .collect();
    assert!(!rows.is_empty(), "{text}");
    for row in &rows {
        // Of 4k, no page has a minimum.
        assert_eq!(
            row.contains("tokens, with input, at least "),
            !row.contains("=4k"),
            "{row}"
        );
    }
    let listed = document(&ok(run(folder.path(), &[&list[..], &["--json"]].concat())));
    let of = |least: &str| {
        let prices = listed["prices"].as_array().unwrap().iter();
        prices
            .filter(|price| price["least"] == least && price["model"] == "dreamina-seedance-2-0-260128")
            .map(|price| price["when"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of("5/3"),
        [json!({"reference_video": "set", "resolution": ["480p", "720p"]})]
    );
    assert!(text.contains(", at least 5/3 of the video"), "{text}");
    // A price without a minimum has none.
    let prices = listed["prices"].as_array().unwrap().iter();
    let mut without = prices.filter(|price| price["when"]["reference_video"] == "unset");
    assert!(without.all(|price| price["least"].is_null()));
}

#[test]
fn an_own_price_by_the_token_says_when_it_gives_no_estimate() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let set = |vendor: &str, model: &str, more: &[&str]| {
        let args = [
            "prices", "set", vendor, model, "7", "--unit", "token", "--per", "1000000",
        ];
        stderr(&ok(priced(folder, &[&args[..], more].concat())))
    };
    let note = "How many tokens a video of Token360 seedance-2.0 has is not known, so this price gives no estimate before a \
                submission. If you know how many a second of video has, add: --tokens-per-second N\n";
    let text = set("token360", "seedance-2.0", &[]);
    assert!(text.contains(note), "{text}");
    let plan = [
        "plan",
        "a kite",
        "--vendor",
        "token360",
        "-m",
        "seedance-2.0",
        "-d",
        "5",
    ];
    let text = stderr(&ok(priced(folder, &plan)));
    assert!(text.contains("--tokens-per-second"), "{text}");
    let text = set("token360", "seedance-2.0", &["--tokens-per-second", "21600"]);
    assert!(!text.contains("--tokens-per-second"), "{text}");
    let text = stderr(&ok(priced(folder, &plan)));
    assert!(text.contains("Estimated cost: 0.756 USD"), "{text}");
    // A page has the sizes of this one.
    let text = set("ark", "dreamina-seedance-2-0-260128", &["--input-video"]);
    assert!(!text.contains("--tokens-per-second"), "{text}");
}

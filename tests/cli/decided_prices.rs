//! The user's own prices for values that the vendor decides: in the estimate, under a cap, and in the ledger.

use std::path::Path;
use std::process::Output;

use serde_json::Value;
use videogen::Vendor;
use videogen_sim::Simulator;

use super::{account, document, run, stderr, videogen};

const MODEL: &str = "dreamina-seedance-2-0-260128";

fn set(folder: &Path, args: &[&str]) {
    let output = run(folder, &[&["prices", "set", "ark", MODEL], args].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

fn generate(folder: &Path, simulator: &Simulator, args: &[&str]) -> Output {
    let begin = ["generate", "a kite", "--vendor", "ark", "-m", MODEL, "--again"];
    let mut command = videogen(folder, &[&begin[..], args].concat());
    account(&mut command, Vendor::Ark, &simulator.base_url(Vendor::Ark));
    command.output().unwrap()
}

/// What the ledger has computed, and what it has estimated, in dollars.
fn spent(folder: &Path) -> (String, String) {
    let output = run(folder, &["spend", "--json"]);
    let amounts = document(&output)["groups"][0]["amounts"][0].clone();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&amounts["computed"]), text(&amounts["estimated"]))
}

/// The seconds of the vendor's own choice, by the name of the file's result.
fn length(output: &Output) -> u64 {
    let task = &document(output)["task"];
    let seconds = task["video"]["duration"]
        .as_f64()
        .or_else(|| task["parameters"]["duration"].as_f64());
    seconds.unwrap().round() as u64
}

#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_the_vendor_decides_costs_by_the_price_of_that_length() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    set(folder, &["0.01", "--unit", "second"]);
    let each: Vec<String> = (4..=15).map(|seconds| seconds.to_string()).collect();
    let when = format!("duration={}", each.join(","));
    set(folder, &["0.10", "--unit", "second", "--when", &when]);
    let fixed = ["-r", "720p", "-a", "16:9"];
    let auto = [&fixed[..], &["-d", "auto"]].concat();
    let output = generate(folder, &simulator, &[&auto[..], &["--max-cost", "0.2"]].concat());
    assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("may cost 0.4 to 1.5 USD"),
        "{}",
        stderr(&output)
    );
    let output = generate(folder, &simulator, &[&auto[..], &["--json"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let cents = length(&output) * 10;
    assert_eq!(spent(folder), (format!("{}", cents as f64 / 100.0), "0".to_owned()));
}

/// A price of clips that depends on the length and on the ratio.
#[tokio::test(flavor = "multi_thread")]
async fn clips_cost_by_the_length_and_the_ratio_that_the_vendor_decides() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    set(folder, &["1", "--unit", "clip"]);
    set(folder, &["2", "--unit", "clip", "--when", "duration=4,5,6"]);
    set(
        folder,
        &[
            "7",
            "--unit",
            "clip",
            "--when",
            "aspect_ratio=9:16,1:1",
            "--when",
            "duration=4",
        ],
    );
    set(
        folder,
        &[
            "5",
            "--unit",
            "clip",
            "--when",
            "aspect_ratio=9:16",
            "--when",
            "duration=5,6,7,8,9,10,11,12,13,14,15",
        ],
    );
    for (open, range) in [
        (&["-d", "auto", "-a", "16:9"][..], "1 to 2 USD"),
        (&["-d", "5", "-a", "adaptive"], "2 to 5 USD"),
        (&["-d", "5"], "2 to 5 USD"),
        (&["-d", "auto", "-a", "adaptive"], "1 to 7 USD"),
        (&["-d", "9", "-a", "9:16"], "5 USD"),
    ] {
        let args = [&["-r", "720p", "--max-cost", "0.5"], open].concat();
        let output = generate(folder, &simulator, &args);
        assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
        assert!(
            stderr(&output).contains(&format!("may cost {range}")),
            "{open:?}: {}",
            stderr(&output)
        );
    }
    let output = generate(
        folder,
        &simulator,
        &["-r", "720p", "-d", "auto", "-a", "adaptive", "--json"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    let (computed, estimated) = spent(folder);
    let ratio = document(&output)["task"]["video"]["aspect_ratio"].clone();
    let expected = match (length(&output), ratio.as_str().unwrap_or_default()) {
        (4, "9:16" | "1:1") => "7",
        (_, "9:16") => "5",
        (4..=6, _) => "2",
        _ => "1",
    };
    assert_eq!((computed.as_str(), estimated.as_str()), (expected, "0"));
}

/// The price for requests without a duration comes before that for the length that the vendor then makes.
#[test]
fn the_price_for_unset_applies_where_nothing_is_set() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    set(folder, &["1", "--unit", "clip", "--when", "duration=5"]);
    set(folder, &["3", "--unit", "clip", "--when", "duration=unset"]);
    for (duration, cost) in [(None, "3 USD"), (Some("5"), "1 USD")] {
        let mut args = vec!["plan", "a kite", "--vendor", "ark", "-m", MODEL, "-r", "720p"];
        args.extend(duration.into_iter().flat_map(|seconds| ["-d", seconds]));
        let output = run(folder, &args);
        assert!(
            stderr(&output).contains(&format!("Estimated cost: {cost}")),
            "{}",
            stderr(&output)
        );
    }
    let output = run(
        folder,
        &[
            "prices",
            "set",
            "ark",
            MODEL,
            "2",
            "--unit",
            "clip",
            "--when",
            "duration=5,unset",
        ],
    );
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maximum_of_nothing_allows_no_unknown_cost() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for more in [&["-d", "5"][..], &["-d", "5", "-n", "2"]] {
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "token360",
            "--max-cost",
            "0",
            "--allow-unknown-cost",
        ];
        let mut command = videogen(folder, &[&args[..], more].concat());
        account(&mut command, Vendor::Token360, &simulator.base_url(Vendor::Token360));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(9), "{}", stderr(&output));
        assert!(stderr(&output).contains("raise --max-cost"), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 0);
}

/// A failed task: whether it is billed is said, also for programs.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_task_says_whether_it_is_billed() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let mut command = videogen(
            folder.path(),
            &[
                "generate",
                "sim:fail",
                "--vendor",
                vendor.as_str(),
                "-d",
                "5",
                "--again",
                "--json",
            ],
        );
        account(&mut command, vendor, &simulator.base_url(vendor));
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let hint = document(&output)["error"]["hint"].as_str().unwrap().to_owned();
        let is_free = vendor.facts().billing.free.contains(&"failed");
        let words = if is_free {
            "does not bill it"
        } else {
            "whether it is billed"
        };
        assert!(hint.contains(words) || hint.starts_with("It cost "), "{vendor}: {hint}");
    }
}

/// The price of a model that stands for several endpoints is for all of them.
#[test]
fn a_short_name_has_the_price_of_its_endpoints() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let short = "bytedance/seedance-2.0";
    let endpoint = "bytedance/seedance-2.0/text-to-video";
    let output = run(folder, &["prices", "set", "fal", short, "2", "--unit", "clip"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains(&format!("for all endpoints of {short}: {endpoint}, ")),
        "{}",
        stderr(&output)
    );
    let cost = |model: &str| {
        let output = run(
            folder,
            &[
                "plan", "a kite", "--vendor", "fal", "-m", model, "-d", "5", "-r", "720p",
            ],
        );
        let text = stderr(&output);
        text.lines()
            .find_map(|line| line.strip_prefix("Estimated cost: "))
            .unwrap_or(&text)
            .to_owned()
    };
    assert!(cost(short).starts_with("2 USD"), "{}", cost(short));
    assert!(cost(endpoint).starts_with("2 USD"), "{}", cost(endpoint));
    // That of an endpoint comes first.
    run(folder, &["prices", "set", "fal", endpoint, "3", "--unit", "clip"]);
    assert!(cost(short).starts_with("3 USD"), "{}", cost(short));
    let listed = document(&run(folder, &["prices", "list", "--vendor", "fal", "--json"]));
    let all = listed["prices"].as_array().unwrap().iter();
    let listed: Vec<&Value> = all
        .filter(|price| price["model"] == endpoint && price["short_name"] == short)
        .collect();
    assert!(listed.len() >= 2, "{listed:?}");
}

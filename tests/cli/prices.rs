//! The estimated cost in `plan` and `generate`, and the user's own prices.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use videogen_sim::Simulator;

use super::terminal::vendor;
use super::{document, stderr, stdout, videogen};

const FIXED: [&str; 6] = ["--duration", "5", "--resolution", "720p", "--aspect-ratio", "16:9"];

/// The command with the prices of this folder.
fn priced(folder: &Path, args: &[&str]) -> Output {
    let (mut command, prices) = (videogen(folder, args), folder.join("config/prices.toml"));
    if prices.exists() || args[0] == "prices" && args[1] != "list" {
        command.env("VIDEOGEN_PRICES", prices);
    }
    command.output().unwrap()
}

fn plan(folder: &Path, args: &[&str]) -> Output {
    priced(folder, &[&["plan", "a kite"], &FIXED[..], args].concat())
}

fn ok(output: Output) -> Output {
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    output
}

#[test]
fn a_plan_shows_the_cost_with_its_origin() {
    let folder = tempfile::tempdir().unwrap();
    let seedance = ["--vendor", "ark", "--model", "dreamina-seedance-2-0-260128"];
    let text = stderr(&ok(plan(folder.path(), &seedance)));
    let shown = "Estimated cost: 0.756 USD: 108000 tokens at 7.0 USD per 1000000 tokens (list price of 2026-10-02, ";
    assert!(
        text.contains(shown) && text.contains("days ago, before taxes, discounts and fees)"),
        "{text}"
    );
    let json = document(&ok(plan(folder.path(), &[&seedance[..], &["--json"]].concat())));
    assert_eq!(json["plan"]["estimate"]["high"], "0.756");

    let open = [&["plan", "a kite", "--duration", "auto"], &seedance[..]].concat();
    let text = stderr(&ok(priced(folder.path(), &open)));
    assert!(text.contains(", depending on duration and aspect_ratio: "), "{text}");
    assert!(text.contains("discounts and fees; unverified)"), "{text}");

    let toapis = ["--vendor", "toapis", "--model", "seedance-2"];
    let text = stderr(&ok(plan(folder.path(), &toapis)));
    assert!(
        text.contains("Estimated cost: unknown: no price of ToAPIs seedance-2 is known"),
        "{text}"
    );
}

#[test]
fn models_are_sorted_by_cost_and_the_cheapest_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let plans = |args: &[&str]| -> Vec<Value> {
        let output = ok(plan(folder.path(), &[args, &["--json"]].concat()));
        document(&output)["plans"].as_array().unwrap().clone()
    };
    let sorted = plans(&["--all", "--sort", "cost"]);
    assert_eq!(sorted.len(), plans(&["--all"]).len());
    let group = |plan: &Value| match (&plan["plan"]["estimate"]["high"], plan["plan"].is_object()) {
        (Value::String(_), _) => 0,
        (_, true) => 1,
        (_, false) => 2,
    };
    assert!(sorted.is_sorted_by_key(group));
    let costs: Vec<(String, f64)> = sorted
        .iter()
        .filter_map(|plan| {
            let estimate = &plan["plan"]["estimate"];
            Some((
                estimate["currency"].as_str()?.to_owned(),
                estimate["high"].as_str()?.parse().unwrap(),
            ))
        })
        .collect();
    assert!(costs.len() > 10 && costs.is_sorted(), "{costs:?}");

    let cheapest = plans(&["--all", "--cheapest"]);
    let least = costs.iter().find(|(currency, _)| currency == "USD").unwrap().1;
    let models: Vec<_> = cheapest.iter().map(|plan| &plan["plan"]["estimate"]).collect();
    assert!(models.iter().all(|estimate| {
        estimate["currency"] != "USD" || estimate["high"].as_str().unwrap().parse::<f64>().unwrap() == least
    }));
    let text = ok(plan(folder.path(), &["--all", "--cheapest"]));
    assert!(stderr(&text).contains(" more models support the request; what they cost is not known."));
    assert!(!stdout(&text).contains("unknown"), "{}", stdout(&text));

    // A price of the user's own makes another one the cheapest.
    ok(priced(
        folder.path(),
        &["prices", "set", "toapis", "seedance-2", "0.00001", "--unit", "clip"],
    ));
    let cheapest = plans(&["--all", "--cheapest", "--vendor", "toapis"]);
    assert_eq!((cheapest.len(), &cheapest[0]["model"]), (1, &json!("seedance-2")));

    let none = plan(
        folder.path(),
        &["--all", "--cheapest", "--vendor", "token360", "--json"],
    );
    assert_eq!(none.status.code(), Some(2));
    assert_eq!(document(&none)["error"]["kind"], "unknown_cost");
    for args in [
        &["--cheapest"][..],
        &["--sort", "cost"],
        &["--all", "--cheapest", "--sort", "cost"],
    ] {
        assert_eq!(plan(folder.path(), args).status.code(), Some(2), "{args:?}");
    }
}

#[test]
fn own_prices_are_set_listed_used_and_removed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/prices.toml");
    let run = |args: &[&str]| priced(folder.path(), args);
    let set = ["prices", "set", "toapis", "seedance-2"];
    ok(run(&[&set[..], &["0.05", "--unit", "second"]].concat()));
    ok(run(&[
        &set[..],
        &[
            "0.1",
            "--unit",
            "second",
            "--when",
            "resolution=1080p,2k",
            "--when",
            "generate-audio=unset",
        ],
    ]
    .concat()));
    std::fs::write(
        &file,
        format!("# Agreed in May.\n{}", std::fs::read_to_string(&file).unwrap()),
    )
    .unwrap();
    ok(run(&[&set[..], &["0.06CNY", "--unit", "second"]].concat()));
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "# Agreed in May.\n[[price]]\nvendor = \"toapis\"\nmodel = \"seedance-2\"\nprice = \"0.06\"\ncurrency = \"CNY\"\n\
         unit = \"second\"\nper = 1\n\n[[price]]\nvendor = \"toapis\"\nmodel = \"seedance-2\"\nprice = \"0.1\"\ncurrency = \"USD\"\n\
         unit = \"second\"\nper = 1\nwhen = { generate_audio = \"unset\", resolution = [\"1080p\", \"2k\"] }\n"
    );
    let toapis = ["--vendor", "toapis", "--model", "seedance-2"];
    let text = stderr(&ok(plan(folder.path(), &toapis)));
    assert!(
        text.contains("Estimated cost: 0.3 CNY: 5 seconds at 0.06 CNY per second (your price)"),
        "{text}"
    );
    let listed = document(&ok(run(&["prices", "list", "--json"])));
    let prices = listed["prices"].as_array().unwrap();
    assert_eq!(prices[0]["origin"], json!({"kind": "user"}));
    assert_eq!(
        prices[1]["when"],
        json!({"generate_audio": "unset", "resolution": ["1080p", "2k"]})
    );
    assert!(
        prices
            .iter()
            .any(|price| price["vendor"] == "ark" && price["price"] == "7.7" && price["origin"]["kind"] == "list")
    );
    let text = stdout(&ok(run(&["prices", "list", "--vendor", "toapis"])));
    assert!(
        text.contains("resolution=1080p,2k") && text.contains("yours") && !text.contains("ark"),
        "{text}"
    );

    ok(run(&[
        "prices",
        "unset",
        "toapis",
        "seedance-2",
        "--when",
        "resolution=1080p,2k",
        "--when",
        "generate_audio=unset",
    ]));
    assert_eq!(std::fs::read_to_string(&file).unwrap().matches("[[price]]").count(), 1);
    ok(run(&["prices", "unset", "toapis", "seedance-2"]));
    assert!(!std::fs::read_to_string(&file).unwrap().contains("toapis"));
    let again = run(&["prices", "unset", "toapis", "seedance-2"]);
    assert_eq!(again.status.code(), Some(2));
    assert!(
        stderr(&again).contains("has no such price of ToAPIs seedance-2"),
        "{}",
        stderr(&again)
    );

    for (args, said) in [
        (&["-1", "--unit", "second"][..], "invalid amount `-1`: it is negative"),
        (&["1e3", "--unit", "second"], "invalid amount `1e3`"),
        (&["1", "--unit", "minute"], "use second, clip or token"),
        (&["1", "--unit", "second", "--per", "0"], "use a whole number from 1"),
        (
            &["1", "--unit", "second", "--per", "-1"],
            "invalid value '-1' for '--per <N>': use a whole number from 1",
        ),
        (
            &["1", "--unit", "second", "--when", "colour=red"],
            "when = colour: a price cannot depend on it",
        ),
        (
            &["1", "--unit", "second", "--tokens-per-second", "5"],
            "is only for the unit token",
        ),
    ] {
        let refused = run(&[&set[..], args].concat());
        assert_eq!(refused.status.code(), Some(2), "{args:?}");
        assert!(stderr(&refused).contains(said), "{args:?}: {}", stderr(&refused));
    }
}

/// Also by commands that would submit: a price that is not read as meant must not let one through.
#[test]
fn a_file_that_cannot_be_read_is_reported_with_the_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config/prices.toml");
    std::fs::create_dir(folder.path().join("config")).unwrap();
    let head = "[[price]]\nvendor = \"toapis\"\nmodel = \"seedance-2\"\nunit = \"second\"\n";
    for (rest, line, said) in [
        ("price = 0.05\n", 5, "a decimal number in quotes"),
        ("price = \"0.05\n", 5, "invalid basic string"),
        ("price = \"x\"\n", 5, "price = x: must be a decimal number"),
        ("price = \"1\"\nprize = 1\n", 6, "unknown field `prize`"),
        (
            "price = \"1\"\nper = 0\ncurrency = \"usd\"\n",
            6,
            "line 7: currency = usd: must be",
        ),
        (
            "price = 1.5\n[[price]]\nmodel = \"m\"\n",
            6,
            "line 5: price: must be a decimal number in quotes",
        ),
    ] {
        std::fs::write(&file, format!("{head}{rest}")).unwrap();
        for args in [
            &["plan", "a kite"][..],
            &["plan", "a kite", "--all"],
            &["generate", "a kite", "--simulate"],
            &["prices", "list"],
            &["prices", "set", "toapis", "seedance-2", "1", "--unit", "clip"],
        ] {
            let refused = priced(folder.path(), args);
            let text = stderr(&refused);
            assert_eq!(refused.status.code(), Some(7), "{args:?}: {text}");
            assert!(
                text.contains(&format!("line {line}")) && text.contains(said),
                "{args:?}: {text}"
            );
            assert!(
                text.contains("VIDEOGEN_PRICES") && text.contains("prices.toml"),
                "{text}"
            );
        }
        assert_eq!(
            std::fs::read_to_string(&file).unwrap(),
            format!("{head}{rest}"),
            "it is left unchanged"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn generate_says_the_cost_before_it_submits() {
    let sim = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let generate = |args: &[&str]| {
        let all = [
            &[
                "generate",
                "a kite",
                "--again",
                "--vendor",
                "ark",
                "--model",
                "dreamina-seedance-2-0-260128",
            ],
            &FIXED[..],
            args,
        ]
        .concat();
        let mut command = videogen(folder.path(), &all);
        command
            .env("ARK_API_KEY", "sk-x")
            .env("ARK_BASE_URL", sim.base_url(videogen_sim::Vendor::Ark));
        ok(command.output().unwrap())
    };
    let text = stderr(&generate(&["--no-wait"]));
    assert!(
        text.lines().any(|line| line.starts_with("Estimated cost: 0.756 USD: ")),
        "{text}"
    );
    let json = document(&generate(&["--no-wait", "--json"]));
    assert_eq!(
        (&json["estimate"]["low"], &json["estimate"]["origin"]["kind"]),
        (&json!("0.756"), &json!("list"))
    );
}

/// Prices that the vendor answers come before the list; a price whose name is not known is said and not used.
#[test]
fn live_prices_come_from_the_vendors_models() {
    let folder = tempfile::tempdir().unwrap();
    let base_url = vendor(&json!({"data": [
        {"id": "bytedance/seedance-2.0", "pricing_skus": {"video_tokens": "0.000008"}},
        {"id": "google/veo-3.1", "pricing_skus": {"duration_seconds": "0.20", "duration_seconds_with_audio": "0.40"}},
        {"id": "bytedance/seedance-2.0-fast", "pricing_skus": {"video_tokens": "0.000001", "video_stars": "1"}},
    ]}));
    let run = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        command
            .env("OPENROUTER_API_KEY", "sk-or-v1-x")
            .env("OPENROUTER_BASE_URL", &base_url);
        ok(command.output().unwrap())
    };
    let plan = |model: &str, args: &[&str]| {
        let start = [
            "plan",
            "a kite",
            "--vendor",
            "openrouter",
            "--live",
            "--model",
            model,
            "--resolution",
            "720p",
        ];
        stderr(&run(
            &[&start[..], &["--aspect-ratio", "16:9", "--duration"], args].concat()
        ))
    };
    let text = plan("bytedance/seedance-2.0", &["5"]);
    assert!(
        text.contains("Estimated cost: 0.864 USD: 108000 tokens at 0.000008 USD per token (the vendor's price at "),
        "{text}"
    );
    let said = "No live price of OpenRouter bytedance/seedance-2.0-fast: this version does not know what is billed by video_stars";
    assert!(text.contains(said), "{text}");
    for (args, cost) in [
        (&["4"][..], "1.6 USD"),
        (&["4", "--no-audio"], "0.8 USD"),
        (&["4", "--audio"], "1.6 USD"),
    ] {
        let text = plan("google/veo-3.1", args);
        assert!(
            text.contains(&format!("Estimated cost: {cost}: 4 seconds at ")),
            "{args:?}: {text}"
        );
    }
    let fast = plan("bytedance/seedance-2.0-fast", &["5"]);
    assert!(fast.contains("USD per 1000000 tokens (list price of "), "{fast}");

    let listed = document(&run(&["prices", "list", "--live", "--json"]));
    let live = |price: &&Value| price["origin"]["kind"] == "live";
    let live: Vec<&Value> = listed["prices"].as_array().unwrap().iter().filter(live).collect();
    assert_eq!(live.len(), 3, "{live:?}");
    // Live prices need a key.
    let output = ok(priced(
        folder.path(),
        &["prices", "list", "--live", "--vendor", "openrouter"],
    ));
    assert!(
        stderr(&output).contains("No live prices of OpenRouter: no API key"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_vendor_without_live_prices_is_named_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = videogen(folder.path(), &["prices", "list", "--live", "--vendor", "ark"]);
    let output = ok(command.env("ARK_API_KEY", "sk-x").output().unwrap());
    assert_eq!(
        stderr(&output),
        "No live prices of BytePlus ModelArk: it has no list of models\n"
    );
}

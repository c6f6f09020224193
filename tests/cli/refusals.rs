//! What is refused before anything is sent, and how it is said.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;

use serde_json::json;
use videogen::Vendor;
use videogen_sim::Simulator;

use super::{account, document, run, stderr, stdout, videogen};

/// A command with keys of these vendors and without base URLs.
fn keyed(folder: &Path, keys: &[Vendor], args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    for vendor in keys {
        command.env(vendor.facts().key_env, "sk-x");
    }
    command.output().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn all_files_are_checked_before_the_first_is_uploaded() {
    let simulator = Simulator::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let media = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/media");
    std::fs::copy(media.join("image.png"), folder.path().join("a.png")).unwrap();
    std::fs::write(folder.path().join("b.txt"), "no picture").unwrap();
    let upload = |more: &[&str]| {
        let args = [&["assets", "upload", "a.png", "b.txt", "missing.png"], more].concat();
        let mut command = videogen(folder.path(), &args);
        account(&mut command, Vendor::ToApis, &simulator.base_url(Vendor::ToApis));
        command.output().unwrap()
    };
    let output = upload(&[]);
    let text = stderr(&output);
    assert!(
        !output.status.success() && stdout(&output).is_empty(),
        "{}",
        stdout(&output)
    );
    for (words, count) in [("b.txt: ", 1), ("missing.png", 1), ("a.png", 0), ("error: ", 1)] {
        assert_eq!(text.matches(words).count(), count, "{words}: {text}");
    }
    assert!(
        text.contains("2 files cannot be uploaded:") && text.ends_with("Nothing was uploaded.\n"),
        "{text}"
    );
    let json = document(&upload(&["--json"]));
    let message = json["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("b.txt") && message.contains("missing.png"),
        "{message}"
    );
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
}

#[test]
fn a_simulation_with_several_keys_takes_the_first() {
    let folder = tempfile::tempdir().unwrap();
    let two = [Vendor::ToApis, Vendor::AllToken];
    let generate = ["generate", "a kite", "--simulate", "--no-wait", "--duration", "5"];
    let output = keyed(folder.path(), &two, &generate);
    let text = stderr(&output);
    assert!(
        output.status.success() && stdout(&output).starts_with("toapis:"),
        "{text}"
    );
    let note = "Using ToAPIs, because a simulation needs no key, and it is the first of those with one (toapis, alltoken); \
                select another vendor with --vendor.";
    assert!(text.contains(note), "{text}");
}

#[test]
fn only_vendors_with_the_operation_count() {
    let folder = tempfile::tempdir().unwrap();
    for (keys, args, message) in [
        (
            &[Vendor::ToApis, Vendor::Fal][..],
            &["list"][..],
            "ToAPIs, fal do not support `list`, and no other API key is set\nSet TOKEN360_API_KEY or ",
        ),
        (
            &[Vendor::Token360, Vendor::AllToken],
            &["balance"],
            "Set TOAPIS_API_KEY.",
        ),
        (
            &[Vendor::Ark, Vendor::ToApis],
            &["assets", "list"],
            "Set ALLTOKEN_API_KEY.",
        ),
    ] {
        let output = keyed(folder.path(), keys, args);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(message), "{args:?}: {text}");
    }
    // The vendor with the operation is used, whatever other keys are set. It refuses the option itself.
    let output = keyed(
        folder.path(),
        &[Vendor::ToApis, Vendor::Token360],
        &["list", "--status", "failed"],
    );
    assert!(
        stderr(&output).contains("Token360 does not support this list option"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_limit_of_zero_breaks_one_rule() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in [Vendor::Token360, Vendor::AllToken, Vendor::Ark, Vendor::Replicate] {
        let args = ["list", "--limit", "0", "--json", "--vendor", vendor.as_str()];
        let violations = document(&keyed(folder.path(), &[vendor], &args))["error"]["violations"].clone();
        assert_eq!(violations.as_array().unwrap().len(), 1, "{violations}");
    }
}

#[test]
fn named_prices_must_exist() {
    let folder = tempfile::tempdir().unwrap();
    let priced = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        command.env("VIDEOGEN_PRICES", folder.path().join("mine/prices.toml"));
        command.output().unwrap()
    };
    let generate: &[&str] = &["generate", "a kite", "--simulate"];
    for args in [
        &["plan", "a kite"][..],
        generate,
        &["prices", "list"],
        &["plan", "a kite", "--all"],
    ] {
        let output = priced(args);
        let text = stderr(&output);
        assert_eq!(output.status.code(), Some(7), "{args:?}: {text}");
        for word in [
            "VIDEOGEN_PRICES names ",
            "mine/prices.toml, which does not exist",
            "prices set",
        ] {
            assert!(text.contains(word), "{args:?}: {text}");
        }
    }
    let set = priced(&["prices", "set", "toapis", "seedance-2", "1", "--unit", "clip"]);
    assert!(set.status.success(), "{}", stderr(&set));
    assert!(priced(&["prices", "list"]).status.success());
    // What is not a regular file is not replaced by one.
    std::fs::remove_file(folder.path().join("mine/prices.toml")).unwrap();
    std::fs::create_dir(folder.path().join("mine/prices.toml")).unwrap();
    let refused = priced(&["prices", "set", "toapis", "seedance-2", "1", "--unit", "clip"]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(
        stderr(&refused).contains("it is not a regular file"),
        "{}",
        stderr(&refused)
    );
}

/// Also of vendors whose keys are not set, but not of those that are not asked.
#[test]
fn plans_refuse_plain_http_like_submissions() {
    let folder = tempfile::tempdir().unwrap();
    let with_url = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        command
            .env("TOKEN360_BASE_URL", "http://gateway.example/v1")
            .env("TOKEN360_API_KEY", "sk-x");
        command.output().unwrap()
    };
    let rule = "TOKEN360_BASE_URL uses plain HTTP, which would send the API key unencrypted; use https://";
    for args in [&["plan", "a kite"][..], &["generate", "a kite"]] {
        let output = with_url(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(stderr(&output).contains(rule), "{args:?}: {}", stderr(&output));
    }
    let option = [
        "plan",
        "a kite",
        "--vendor",
        "fal",
        "--base-url",
        "http://gateway.example",
    ];
    let refused = stderr(&run(folder.path(), &option));
    assert!(
        refused.contains("--base-url: the base URL uses plain HTTP"),
        "{refused}"
    );
    let output = with_url(&["plan", "a kite", "--all", "--vendor", "fal"]);
    assert!(output.status.success(), "{}", stderr(&output));
    // All vendors of a comparison are named at once, and one of a batch once.
    let mut command = videogen(folder.path(), &["plan", "a kite", "--all"]);
    command
        .env("TOKEN360_BASE_URL", "http://gateway.example/v1")
        .env("FAL_BASE_URL", "gateway.example");
    let refused = stderr(&command.output().unwrap());
    assert!(
        refused.contains(rule) && refused.contains("FAL_BASE_URL is invalid"),
        "{refused}"
    );
    let job = |id: &str| json!({"id": id, "prompt": "a kite", "vendor": "token360"}).to_string();
    fs::write(folder.path().join("jobs.jsonl"), [job("a"), job("b")].join("\n")).unwrap();
    let refused = stderr(&with_url(&["batch", "jobs.jsonl"]));
    assert_eq!(refused.matches(rule).count(), 1, "{refused}");
    // A file with variables is named by the same variable.
    fs::write(
        folder.path().join("url.env"),
        "TOKEN360_BASE_URL=http://gateway.example\n",
    )
    .unwrap();
    let mut command = videogen(
        folder.path(),
        &["list", "--vendor", "token360", "--env-file", "url.env"],
    );
    let refused = stderr(&command.env("TOKEN360_API_KEY", "sk-x").output().unwrap());
    assert!(refused.contains(rule), "{refused}");
}

/// What was an option is named as the option, and what was in a file as in the file.
#[test]
fn violations_name_what_the_user_typed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("request.json"),
        r#"{"prompt": "a kite", "duration": 99}"#,
    )
    .unwrap();
    let plan = ["plan", "--vendor", "token360", "--request", "request.json"];
    let options = [
        "--first-frame",
        "http://a.example/x.png",
        "--service-tier",
        "flex",
        "--callback-url",
        "ftp://a.example",
    ];
    let args = [&plan[..], &options].concat();
    let text = stderr(&run(folder.path(), &args));
    for start in [
        "duration = 99: ",
        "--first-frame = http://",
        "--service-tier = flex: ",
        "--callback-url = ftp://",
    ] {
        assert!(text.contains(&format!("\n  {start}")), "{start}: {text}");
    }
    // Programs read the field.
    let violations = document(&run(folder.path(), &[&args[..], &["--json"]].concat()))["error"]["violations"].clone();
    let fields = violations
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap());
    assert_eq!(
        BTreeSet::from_iter(fields),
        BTreeSet::from(["duration", "first_frame", "service_tier", "callback_url"])
    );
    let all = stdout(&run(folder.path(), &["plan", "a kite", "--all", "--duration", "99"]));
    assert!(all.contains(" --duration = 99: "), "{all}");
}

/// The sibling endpoint of the same model, before what other vendors call theirs.
#[test]
fn a_misspelt_endpoint_is_like_its_sibling() {
    let folder = tempfile::tempdir().unwrap();
    let plan = ["plan", "a kite", "--model", "bytedance/seedance-2.0/txt-to-video"];
    let text = stderr(&run(folder.path(), &plan));
    assert!(
        text.contains("Did you mean bytedance/seedance-2.0/text-to-video (fal)"),
        "{text}"
    );
    // A vendor is known: its own model is meant, or else one of another vendor.
    let text = stderr(&run(folder.path(), &[&plan[..], &["--vendor", "fal"]].concat()));
    assert!(
        text.contains("Did you mean bytedance/seedance-2.0/text-to-video?"),
        "{text}"
    );
    let other = ["plan", "a kite", "--model", "fal-ai/veo3.1/image2video"];
    let meant = "Did you mean fal-ai/veo3.1/image-to-video (fal)?";
    for args in [&other[..], &[&other[..], &["--vendor", "replicate"]].concat()] {
        let text = stderr(&run(folder.path(), args));
        assert!(text.contains(meant), "{args:?}: {text}");
    }
}

/// An option that does nothing without another one is refused, also next to one that excludes that one.
#[test]
fn options_that_would_do_nothing_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for args in [
        &["plan", "a kite", "--sort", "cost"][..],
        &["plan", "a kite", "--sort", "cost", "--model", "seedance-2.0"],
        &["plan", "a kite", "--cheapest", "-n", "2"],
        &["list", "--since", "7d"],
        &["list", "--since", "7d", "--base-url", "http://127.0.0.1:9"],
        &["list", "--since", "7d", "--oldest-first"],
        &["recover", "x", "--dismiss", "--sidecar"],
        &["recover", "--sidecar"],
        &["recover", "--task", "token360:videos:x"],
        &["recover", "--yes"],
        &["recover", "x", "--dismiss", "--search-timeout", "5"],
        &["generate", "a kite", "--no-wait", "--timeout", "5"],
        &["plan", "a kite", "--vendor", "ark", "--vendor-order", "price"],
        &["models", "--base-url", "http://127.0.0.1:9"],
        &["journal", "prune", "--older-than", "90d", "--batches"],
    ] {
        let output = run(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", stderr(&output));
        let text = stderr(&output);
        assert!(
            text.contains("cannot be used with")
                || text.contains("required arguments were not provided")
                || text.contains(" is for "),
            "{args:?}: {text}"
        );
    }
}

/// A submission is resolved at its own vendor.
#[test]
fn a_submission_has_one_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let refused = ["generate", "a kite", "--base-url", "http://127.0.0.1:9"];
    assert_eq!(keyed(folder.path(), &[Vendor::ToApis], &refused).status.code(), Some(4));
    let id = stdout(&run(folder.path(), &["list", "--local", "-q"]));
    let other = ["recover", id.trim(), "--dismiss", "--vendor", "fal"];
    let output = keyed(folder.path(), &[Vendor::ToApis, Vendor::Fal], &other);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let expected = format!("--vendor fal: submission {} was sent to toapis", id.trim());
    assert!(stderr(&output).contains(&expected), "{}", stderr(&output));
}

//! The user's own prices: several processes, prices that contradict each other, and conditions that cannot hold.

use std::path::Path;
use std::process::{Output, Stdio};

use serde_json::json;

use super::{document, stderr, stdout, videogen};

fn priced(folder: &Path, args: &[&str]) -> std::process::Command {
    let mut command = videogen(folder, args);
    let prices = folder.join("config/prices.toml");
    if prices.exists() || args[0] == "prices" && args[1] != "list" {
        command.env("VIDEOGEN_PRICES", prices);
    }
    command
}

fn run(folder: &Path, args: &[&str]) -> Output {
    priced(folder, args).output().unwrap()
}

fn set(folder: &Path, args: &[&str]) -> Output {
    run(folder, &[&["prices", "set", "toapis", "seedance-2"], args].concat())
}

fn ok(output: Output) -> Output {
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    output
}

/// The own prices, as their conditions and amounts.
fn own(folder: &Path) -> Vec<String> {
    let listed = document(&ok(run(folder, &["prices", "list", "--json"])));
    let prices = listed["prices"].as_array().unwrap().clone();
    let own = prices.into_iter().filter(|price| price["origin"]["kind"] == "user");
    own.map(|price| {
        format!(
            "{} {} {}",
            price["model"].as_str().unwrap(),
            price["when"],
            price["price"].as_str().unwrap()
        )
    })
    .collect()
}

#[test]
fn processes_that_change_prices_at_once_lose_none() {
    const PROCESSES: usize = 16;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    ok(set(folder, &["0.05", "--unit", "second"]));
    let start = |args: &[&str]| {
        priced(folder, args)
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut children: Vec<_> = (0..PROCESSES)
        .map(|number| {
            start(&[
                "prices",
                "set",
                "toapis",
                &format!("model-{number}"),
                "0.05",
                "--unit",
                "second",
            ])
        })
        .collect();
    children.push(start(&["prices", "unset", "toapis", "seedance-2"]));
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let mut expected: Vec<String> = (0..PROCESSES)
        .map(|number| format!("model-{number} {{}} 0.05"))
        .collect();
    let mut found = own(folder);
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn prices_that_contradict_each_other_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for args in [
        &["0.05", "--unit", "second"][..],
        &["0.1", "--unit", "second", "--when", "resolution=1080p,720p"],
        &["0.2", "--unit", "second", "--when", "resolution=480p"],
    ] {
        ok(set(folder, args));
    }
    let refused = set(folder, &["1", "--unit", "clip", "--when", "reference_video=set"]);
    assert_eq!(refused.status.code(), Some(2));
    let text = stderr(&refused);
    assert!(
        text.contains(
            "your prices of ToAPIs seedance-2 for resolution=1080p,720p and for resolution=480p may apply to the same request"
        ),
        "{text}"
    );
    for unset in ["'resolution=1080p,720p'", "'resolution=480p'"] {
        let unset = format!("videogen prices unset toapis seedance-2 --when {unset}");
        assert!(text.contains(&unset), "{text}");
    }
    ok(set(
        folder,
        &[
            "1",
            "--unit",
            "clip",
            "--when",
            "reference_video=set",
            "--when",
            "resolution=720p",
        ],
    ));
    // The same conditions in another order and spelling replace the price.
    ok(set(
        folder,
        &["0.3", "--unit", "second", "--when", "resolution=720P,1080p"],
    ));
    assert_eq!(
        own(folder),
        [
            r#"seedance-2 {} 0.05"#,
            r#"seedance-2 {"resolution":["1080p","720p"]} 0.3"#,
            r#"seedance-2 {"resolution":["480p"]} 0.2"#,
            r#"seedance-2 {"reference_video":"set","resolution":["720p"]} 1"#,
        ]
    );

    // Written by hand.
    let file = folder.join("config/prices.toml");
    let entry = |price: &str, when: &str| {
        format!(
            "[[price]]\nvendor = \"toapis\"\nmodel = \"seedance-2\"\nunit = \"clip\"\nprice = \"{price}\"\nwhen = {when}\n\n"
        )
    };
    let text = format!(
        "# Agreed.\n{}{}",
        entry("1", "{resolution = \"720p\"}"),
        entry("2", "{draft = \"unset\"}")
    );
    std::fs::write(&file, &text).unwrap();
    for args in [
        &["plan", "a kite"][..],
        &["generate", "a kite", "--simulate"],
        &["prices", "list"],
    ] {
        let refused = run(folder, args);
        assert_eq!(refused.status.code(), Some(7), "{args:?}");
        let words = "line 9: this price of ToAPIs seedance-2 and that in line 2 may apply to the same request";
        assert!(stderr(&refused).contains(words), "{args:?}: {}", stderr(&refused));
    }
    // With every other problem of the file.
    std::fs::write(&file, format!("{text}{}", entry("-3", "{}"))).unwrap();
    let refused = run(folder, &["prices", "list"]);
    let words = ["2 problems", "line 9: this price", "line 20: price = -3"];
    for words in words {
        assert!(stderr(&refused).contains(words), "{words}: {}", stderr(&refused));
    }
    std::fs::write(&file, &text).unwrap();
    // It can be corrected by command too.
    ok(run(
        folder,
        &["prices", "unset", "toapis", "seedance-2", "--when", "resolution=720P"],
    ));
    assert_eq!(own(folder), [r#"seedance-2 {"draft":"unset"} 2"#]);
}

#[test]
fn conditions_are_checked_against_the_models_table() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (when, words) in [
        (
            &["resolution="][..],
            "when.resolution = \"\": is empty; use a value, set or unset",
        ),
        (&["resolution=720p,"], "is empty"),
        (
            &["resolution=720"],
            "when.resolution = 720: must be a resolution, such as 720p",
        ),
        (
            &["duration=5s"],
            "when.duration = 5s: must be a whole number of seconds, or auto",
        ),
        (
            &["generate-audio=yes"],
            "when.generate_audio = yes: must be true or false",
        ),
        (
            &["resolution=480p", "resolution=720p"],
            "--when names resolution twice; separate its values with commas",
        ),
    ] {
        let when: Vec<&str> = when.iter().flat_map(|when| ["--when", when]).collect();
        let refused = set(folder, &[&["1", "--unit", "clip"], &when[..]].concat());
        assert_eq!(refused.status.code(), Some(2), "{when:?}");
        assert!(stderr(&refused).contains(words), "{when:?}: {}", stderr(&refused));
    }
    assert!(own(folder).is_empty());
    // What the table does not have is set, and said.
    let output = ok(set(folder, &["1", "--unit", "clip", "--when", "resolution=9000P"]));
    let words = "resolution 9000p is not in our table for ToAPIs seedance-2 (";
    assert!(stderr(&output).contains(words), "{}", stderr(&output));
    let output = ok(set(folder, &["1", "--unit", "clip", "--when", "resolution=1080P"]));
    assert_eq!(stderr(&output), "");
    assert_eq!(own(folder)[1], r#"seedance-2 {"resolution":["1080p"]} 1"#);
    let unknown = [
        "prices",
        "set",
        "toapis",
        "seedance-2-9",
        "1",
        "--unit",
        "clip",
        "--when",
        "resolution=9000p",
    ];
    let output = ok(run(folder, &unknown));
    assert!(
        stderr(&output).contains("seedance-2-9 is not in our tables for ToAPIs"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn it_is_said_whether_input_videos_are_billed() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let output = ok(set(folder, &["0.05", "--unit", "second"]));
    assert!(stderr(&output).contains("add: --input-video"), "{}", stderr(&output));
    let silent = [
        &["0.05", "--unit", "second", "--input-video"][..],
        &["1", "--unit", "clip"],
    ];
    for args in silent {
        assert_eq!(stderr(&ok(set(folder, args))), "");
    }
    let output = ok(set(
        folder,
        &["0.05", "--unit", "second", "--when", "reference_video=unset"],
    ));
    assert_eq!(stderr(&output), "");
    // A rate without input videos is not one with them.
    let listed = stdout(&ok(run(folder, &["prices", "list", "--vendor", "ark"])));
    let rows = |word: &str| {
        listed
            .lines()
            .filter(|line| line.contains(word))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let with = |rows: &[String]| rows.iter().filter(|row| row.contains("with input")).count();
    assert!(!rows("reference_video=unset").is_empty());
    assert_eq!(with(&rows("reference_video=unset")), 0, "{listed}");
    assert_eq!(
        with(&rows("reference_video=set")),
        rows("reference_video=set").len(),
        "{listed}"
    );
    let listed = document(&ok(run(folder, &["prices", "list", "--vendor", "ark", "--json"])));
    let rates = listed["prices"].as_array().unwrap();
    let without = rates.iter().filter(|rate| rate["when"]["reference_video"] == "unset");
    assert!(without.clone().count() > 0);
    for rate in without {
        assert_eq!(rate["input_video"], json!(false), "{rate}");
    }
}

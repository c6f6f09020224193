//! `videogen doctor`.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::process::Command;

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::Simulator;

use super::documents::document;
use super::{account, run, stderr, stdout, videogen};

fn report(mut command: Command) -> (i32, Value) {
    let output = command.output().unwrap();
    let text = stdout(&output);
    assert!(!text.contains("sk-x") && !text.contains("sk-sim"), "{text}");
    (output.status.code().unwrap(), document(&output))
}

fn messages(report: &Value) -> Vec<&str> {
    let problems = report["problems"].as_array().unwrap().iter();
    problems.map(|problem| problem["message"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_and_vendors_are_checked() {
    let simulator = Simulator::builder().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = videogen(folder.path(), &["doctor", "--json"]);
    for vendor in videogen_sim::Vendor::ALL {
        account(&mut command, vendor.into(), &simulator.base_url(vendor));
    }
    let (code, all) = report(command);
    assert_eq!((code, &all["usable"]), (0, &json!(true)), "{all}");
    let vendors = all["vendors"].as_array().unwrap();
    assert_eq!(vendors.len(), Vendor::ALL.len());
    for vendor in vendors {
        assert_eq!(
            (&vendor["key_accepted"], &vendor["reachable"]),
            (&json!(true), &json!(true)),
            "{vendor}"
        );
        assert!(vendor["round_trip_ms"].is_u64(), "{vendor}");
        assert!(vendor["facts_read"].as_str().unwrap().starts_with("2026-"), "{vendor}");
    }
    // Nothing was submitted.
    assert_eq!(
        messages(&all)
            .iter()
            .filter(|message| message.contains("not usable"))
            .count(),
        0,
        "{all}"
    );

    // A refused key is a problem, and prevents nothing at another vendor.
    let keyed = |keys: &[(Vendor, &str)]| {
        let mut command = videogen(folder.path(), &["doctor", "--json"]);
        for (vendor, key) in keys {
            let sim = *videogen_sim::Vendor::ALL
                .iter()
                .find(|sim| Vendor::from(**sim) == *vendor)
                .unwrap();
            account(&mut command, *vendor, &simulator.base_url(sim));
            command.env(vendor.facts().key_env, key);
        }
        report(command)
    };
    let [first, second, ..] = Vendor::ALL else {
        unreachable!()
    };
    let (code, mixed) = keyed(&[(*first, "sk-sim-401"), (*second, "sk-x")]);
    assert_eq!(code, 0, "{mixed}");
    assert_eq!(mixed["vendors"][0]["key_accepted"], false);
    let problem = &mixed["problems"][0];
    assert!(
        problem["message"].as_str().unwrap().contains("does not accept the key"),
        "{problem}"
    );
    assert_eq!(problem["command"], format!("export {}=KEY", first.facts().key_env));
    let (code, refused) = keyed(&[(*first, "sk-sim-401")]);
    assert_eq!((code, &refused["usable"]), (3, &json!(false)), "{refused}");
    // One that does not answer ends in time, alongside the others.
    let (code, hanging) = keyed(&[(*first, "sk-sim-hang")]);
    assert_eq!(
        (code, &hanging["vendors"][0]["reachable"]),
        (4, &json!(false)),
        "{hanging}"
    );
    let (code, down) = keyed(&[(*first, "sk-sim-503")]);
    assert_eq!((code, &down["vendors"][0]["reachable"]), (4, &json!(true)), "{down}");
}

#[test]
fn without_a_key_or_a_vendor() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["doctor"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stdout(&output).contains("videogen login VENDOR"), "{}", stdout(&output));
    let mut command = videogen(folder.path(), &["doctor", "--json"]);
    account(&mut command, Vendor::ALL[0], "http://127.0.0.1:9");
    let (code, unreachable) = report(command);
    assert_eq!(
        (code, &unreachable["vendors"][0]["reachable"]),
        (4, &json!(false)),
        "{unreachable}"
    );
    let mut command = videogen(folder.path(), &["doctor", "--offline", "--json"]);
    account(&mut command, Vendor::ALL[0], "http://127.0.0.1:9");
    let (code, offline) = report(command);
    assert_eq!(
        (code, &offline["vendors"][0]["reachable"]),
        (0, &Value::Null),
        "{offline}"
    );
}

/// A server whose clock is an hour behind.
#[test]
fn a_wrong_clock_is_a_problem() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    let date = chrono::Utc::now() - chrono::TimeDelta::hours(1);
    let date = date.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    std::thread::spawn(move || {
        for connection in server.incoming() {
            let Ok(mut connection) = connection else { return };
            let mut request = [0; 4096];
            let _ = connection.read(&mut request);
            let answer = format!(
                "HTTP/1.1 404 Not Found\r\nDate: {date}\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\
                 Connection: close\r\n\r\n{{}}"
            );
            let _ = connection.write_all(answer.as_bytes());
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let mut command = videogen(folder.path(), &["doctor", "--json"]);
    account(&mut command, Vendor::ALL[0], &url);
    let (_, report) = report(command);
    let skew = report["vendors"][0]["clock_skew_seconds"].as_i64().unwrap();
    assert!((-3610..=-3590).contains(&skew), "{report}");
    assert!(
        messages(&report)
            .iter()
            .any(|message| message.contains("s ahead of that of")),
        "{report}"
    );
}

#[test]
fn files_and_the_journal_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let doctor = || {
        let mut command = videogen(folder.path(), &["doctor", "--offline", "--json"]);
        account(&mut command, Vendor::ALL[0], "http://127.0.0.1:9");
        report(command)
    };
    assert!(run(folder.path(), &["budget", "set", "5/day"]).status.success());
    let (code, good) = doctor();
    assert_eq!(code, 0, "{good}");
    assert_eq!(
        (&good["journal"]["exists"], &good["journal"]["healthy"]),
        (&json!(true), &json!(true))
    );
    let disks = good["disks"].as_array().unwrap().iter();
    let disks: Vec<_> = disks
        .map(|disk| (disk["holds"].as_str().unwrap(), disk["free_bytes"].is_u64()))
        .collect();
    assert_eq!(disks, [("journal", true), ("videos", true)]);
    assert_eq!(
        (&good["budgets"][0]["counted"], &good["budgets"][0]["left"]),
        (&json!("0"), &json!("5"))
    );
    fs::write(folder.path().join("config.toml"), "[defaults]\nvendr = 'ark'\n").unwrap();
    let (code, broken) = doctor();
    assert_eq!((code, &broken["files"][0]["valid"]), (2, &json!(false)), "{broken}");
    assert!(
        messages(&broken)[0].contains("line 2: unknown key `defaults.vendr`"),
        "{broken}"
    );
    fs::remove_file(folder.path().join("config.toml")).unwrap();
    let prices = folder.path().join(".config/videogen/prices.toml");
    fs::create_dir_all(prices.parent().unwrap()).unwrap();
    fs::write(&prices, "[[price]]\nvendor = 'x'\n").unwrap();
    let (code, broken) = doctor();
    assert_eq!((code, &broken["files"][1]["valid"]), (7, &json!(false)), "{broken}");
    fs::remove_file(&prices).unwrap();
    fs::write(
        folder.path().join("journal.db"),
        "not a database, but long enough to be read as one",
    )
    .unwrap();
    let (code, broken) = doctor();
    assert_eq!((code, &broken["journal"]["healthy"]), (7, &json!(false)), "{broken}");
    let output = run(folder.path(), &["doctor", "--offline"]);
    assert!(
        stdout(&output).contains("videogen journal check"),
        "{} {}",
        stdout(&output),
        stderr(&output)
    );
}

/// Stored keys that are not used prevent nothing where a variable has a key.
#[cfg(unix)]
#[test]
fn stored_keys_that_others_may_read_are_a_problem_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("credentials.toml");
    fs::write(&keys, "[toapis]\napi_key = 'sk-x'\n").unwrap();
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
    for (keyed, expected) in [(true, 0), (false, 3)] {
        let mut command = videogen(folder.path(), &["doctor", "--offline", "--json"]);
        if keyed {
            account(&mut command, Vendor::ALL[0], "http://127.0.0.1:9");
        }
        let (code, found) = report(command);
        assert_eq!(
            (code, &found["usable"], &found["files"][2]["valid"]),
            (expected, &json!(keyed), &json!(false)),
            "{found}"
        );
        let problem = &found["problems"][0];
        assert!(
            problem["command"].as_str().unwrap().starts_with("chmod 600 "),
            "{problem}"
        );
        assert_eq!(problem["exit_code"].is_null(), keyed, "{problem}");
    }
}

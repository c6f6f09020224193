//! A journal in a PostgreSQL database, which every command takes by its URL.

use std::time::Duration;

use videogen_sim::Simulator;

use super::{command, run};
use crate::{stderr, stdout};

#[allow(dead_code, reason = "the tests of the library restart it")]
#[path = "../../journal/postgres/server.rs"]
mod server;

const CANARY: &str = "canary-7f3a";

#[tokio::test(flavor = "multi_thread")]
async fn every_command_takes_the_url_of_a_database() {
    let Some(server) = server::server() else { return };
    let schema = format!("cli{}", std::process::id());
    let url = server
        .schema(&schema)
        .replacen("videogen@", &format!("videogen:{CANARY}@"), 1);
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    // Two machines.
    let run_at = |folder: usize, args: &[&str]| {
        let output = command(folders[folder].path(), &simulator, args)
            .env("VIDEOGEN_JOURNAL", &url)
            .arg("--json")
            .output()
            .unwrap();
        let (out, err) = (stdout(&output), stderr(&output));
        assert!(!format!("{out}{err}").contains(CANARY), "{args:?}: {out} {err}");
        assert_eq!(output.status.code(), Some(0), "{args:?}: {out} {err}");
        serde_json::from_str::<serde_json::Value>(&out).unwrap()
    };
    run_at(0, &["budget", "set", "100/day"]);
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "alltoken",
        "--allow-unknown-cost",
        "--idempotency-key",
        "order-7",
    ];
    let first = run_at(0, &[&generate[..], &["--no-wait"]].concat());
    simulator.advance(Duration::from_secs(600));
    let second = run_at(1, &[&generate[..], &["-o", "kite.mp4"]].concat());
    let id = first["results"][0]["id"].as_str().unwrap();
    assert_eq!(second["results"][0]["id"], id);
    assert_eq!(simulator.stats().tasks, 1);
    assert!(folders[1].path().join("kite.mp4").exists());
    let listed = run_at(0, &["list", "--local"]);
    assert_eq!(listed["submissions"].as_array().unwrap().len(), 1, "{listed}");
    let checked = run_at(0, &["journal", "check"]);
    assert_eq!(
        (&checked["good"], &checked["submissions"]),
        (&true.into(), &1.into()),
        "{checked}"
    );
    assert!(
        checked["path"].as_str().unwrap().starts_with("postgresql://"),
        "{checked}"
    );
    let settled = run_at(1, &["spend", "settle", id, "1.20"]);
    assert_eq!(settled["charge"]["kind"], "entered", "{settled}");
    let spent = run_at(0, &["spend"]);
    assert_eq!(spent["groups"][0]["amounts"][0]["entered"], "1.20", "{spent}");
    for args in [
        &["doctor", "--offline"][..],
        &["budget", "list"],
        &["recover"],
        &["journal", "prune", "--older-than", "2d", "--vacuum"],
        &["config", "list"],
    ] {
        run_at(1, args);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_url_is_printed_nowhere() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Nothing listens there.
    let url = format!("postgres://u:{CANARY}@127.0.0.1:1/jobs");
    for args in [
        &["generate", "a kite", "--vendor", "alltoken"][..],
        &["list", "--local"],
        &["journal", "check"],
        &["journal", "export"],
        &["recover"],
        &["doctor", "--offline"],
        &["config", "list"],
    ] {
        let output = command(folder.path(), &simulator, args)
            .args(["--journal", &url])
            .output()
            .unwrap();
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!said.contains(CANARY), "{args:?}: {said}");
    }
    let (code, _, err) = run(folder.path(), &simulator, &["list", "--local", "--journal", &url]);
    assert!(code == 7 && !err.contains("There was no journal"), "{err}");
    assert_eq!(simulator.stats().tasks, 0);
    let set = ["config", "set", "defaults.journal", &url];
    let (code, refused, err) = run(folder.path(), &simulator, &set);
    let said = format!("{refused} {err}");
    assert!(
        code == 2 && said.contains("PGPASSWORD") && !said.contains(CANARY),
        "{code} {said}"
    );
    let safe = ["config", "set", "defaults.journal", "postgres://u@127.0.0.1:1/jobs"];
    assert_eq!(run(folder.path(), &simulator, &safe).0, 0);
}

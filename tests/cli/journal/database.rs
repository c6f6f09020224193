//! A journal in a PostgreSQL database, which every command takes by its URL.

use std::time::Duration;

use videogen_journal::Store;
use videogen_sim::Simulator;

use super::{command, run};
use crate::{stderr, stdout};

#[allow(dead_code, reason = "the tests of the library restart it")]
#[path = "../../journal/postgres/server.rs"]
pub(crate) mod server;

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

/// A file into a database, and back.
#[tokio::test(flavor = "multi_thread")]
async fn a_journal_is_copied_by_a_command() {
    let Some(server) = server::server() else { return };
    let schema = format!("copied{}", std::process::id());
    let url = server
        .schema(&schema)
        .replacen("videogen@", &format!("videogen:{CANARY}@"), 1);
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        let (code, document, err) = run(folder.path(), &simulator, args);
        assert!(
            !format!("{document}{err}").contains(CANARY),
            "{args:?}: {document} {err}"
        );
        (code, document, err)
    };
    for prompt in ["a kite", "a boat"] {
        let generate = [
            "generate",
            prompt,
            "--vendor",
            "alltoken",
            "--no-wait",
            "--idempotency-key",
            prompt,
        ];
        assert_eq!(run(&generate).0, 0);
    }
    assert_eq!(run(&["budget", "set", "100/month"]).0, 0);
    let into = ["journal", "copy", "journal.db", &url];
    let (code, copied, err) = run(&into);
    assert_eq!(code, 0, "{copied} {err}");
    assert_eq!(
        (&copied["submissions"], &copied["budgets"]),
        (&2.into(), &1.into()),
        "{copied}"
    );
    assert_eq!(run(&into).1["unchanged"], 2);
    let back = ["journal", "copy", &url, "back.db"];
    let (code, copied, err) = run(&back);
    assert_eq!((code, &copied["submissions"]), (0, &2.into()), "{err}");
    let local = |journal: &str| run(&["list", "--local", "--journal", journal]).1["submissions"].clone();
    assert_eq!(local("journal.db"), local("back.db"));
    assert_eq!(local(&url), local("back.db"));
    // Its keys are known in the copy.
    let again = [
        "generate",
        "a kite",
        "--vendor",
        "alltoken",
        "--no-wait",
        "--idempotency-key",
        "a kite",
    ];
    assert_eq!(run(&[&again[..], &["--journal", &url]].concat()).0, 0);
    assert_eq!(simulator.stats().tasks, 2);

    let mut shown = command(
        folder.path(),
        &simulator,
        &["journal", "copy", "journal.db", "third.db"],
    );
    let shown = shown.output().unwrap();
    assert_eq!(
        stdout(&shown).lines().next(),
        Some("Copied 2 submissions with 4 events, 0 uploads and 1 budget from journal.db to third.db.")
    );
    for (args, word) in [
        (
            &["journal", "copy", "none.db", "other.db"][..],
            "there is no journal at none.db",
        ),
        (
            &["journal", "copy", "journal.db", "other.db", "--journal", "x.db"],
            "remove --journal",
        ),
        (&["journal", "copy", "journal.db", "postgres:///x"], "names no host"),
    ] {
        let (code, refused, _) = run(args);
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(code == 2 && message.contains(word), "{code} {message}");
    }
    assert!(!folder.path().join("other.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_password_of_a_url_is_printed_nowhere() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // Nothing listens there.
    let url = format!("postgres://u:{CANARY}@127.0.0.1:1/jobs");
    let mistyped = [
        format!("postgress://u:{CANARY}@127.0.0.1:1/jobs"),
        format!("postgres:/u:{CANARY}@127.0.0.1:1/jobs"),
        format!("jdbc:postgresql://127.0.0.1:1/jobs?password={CANARY}"),
        format!("host=127.0.0.1 password={CANARY} dbname=jobs"),
        format!(" postgres://u:{CANARY}@127.0.0.1:1/jobs"),
    ];
    for url in mistyped.iter().chain([&url]) {
        for args in [
            &["generate", "a kite", "--vendor", "alltoken"][..],
            &["list", "--local"],
            &["worker", "--once"],
            &["journal", "check"],
            &["journal", "export"],
            &["journal", "copy", url, "copy.db"],
            &["journal", "copy", "journal.db", url],
            &["recover"],
            &["doctor", "--offline"],
            &["config", "list"],
            &["config", "set", "defaults.journal", url],
        ] {
            let output = command(folder.path(), &simulator, args)
                .args(["--journal", url])
                .output()
                .unwrap();
            let said = format!("{}{}", stdout(&output), stderr(&output));
            assert!(!said.contains(CANARY), "{url} {args:?}: {said}");
            let is_used = !["doctor", "config"].contains(&args[0]);
            assert!(!is_used || !output.status.success(), "{url} {args:?}: {said}");
        }
    }
    // No file or folder has such a name.
    let names = std::fs::read_dir(folder.path()).unwrap();
    let names: Vec<String> = names
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert!(
        names.iter().all(|name| !name.contains(':') && !name.contains('=')),
        "{names:?}"
    );
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

/// A server that takes encrypted connections only, with a certificate for `localhost`.
#[tokio::test(flavor = "multi_thread")]
async fn connections_are_encrypted_and_the_server_is_checked() {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.pem();
    let files = [
        ("server.crt", certificate.as_str()),
        ("server.key", &certified.signing_key.serialize_pem()),
        ("pg_hba.conf", "local all all trust\nhostssl all all all trust\n"),
    ];
    let Some(server) = server::Server::start_with("ssl = on\n", &files) else {
        server::server();
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    std::fs::write(folder.join("root.pem"), &certificate).unwrap();
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let check = |host: &str, parameters: &str| {
        let url = format!("postgresql://videogen@{host}:{}/postgres?{parameters}", server.port());
        let (code, document, err) = run(folder, &simulator, &["journal", "check", "--journal", &url]);
        (code, format!("{document}{err}"))
    };
    // A check creates nothing.
    for _ in 0..2 {
        let (code, said) = check("127.0.0.1", "sslmode=require");
        assert!(code == 2 && said.contains("there is no journal"), "{code} {said}");
    }
    let url = format!(
        "postgresql://videogen@127.0.0.1:{}/postgres?sslmode=require",
        server.port()
    );
    Store::open(&url).await.unwrap();
    for (host, parameters) in [
        ("127.0.0.1", "sslmode=require"),
        ("127.0.0.1", "sslmode=prefer"),
        ("127.0.0.1", ""),
        ("localhost", "sslmode=verify-full&sslrootcert=root.pem"),
    ] {
        let (code, said) = check(host, parameters);
        assert_eq!(code, 0, "{host} {parameters}: {said}");
    }
    for (host, parameters, reason) in [
        ("127.0.0.1", "sslmode=disable", "no encryption"),
        // Another name, an unknown authority, and none at all.
        ("127.0.0.1", "sslmode=verify-full&sslrootcert=root.pem", "certificate"),
        ("localhost", "sslmode=verify-full", "certificate"),
        ("localhost", "sslmode=verify-full&sslrootcert=absent.pem", "absent.pem"),
    ] {
        let (code, said) = check(host, parameters);
        assert!(code != 0 && said.contains(reason), "{host} {parameters}: {code} {said}");
    }
}

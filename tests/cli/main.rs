//! The `videogen` command as users and programs run it. Part of the package `videogen-cli`, because only there
//! Cargo provides the path of the binary.
#![allow(clippy::unwrap_used)]

mod advice;
mod again;
mod assets;
mod batch;
#[cfg(unix)]
mod browser;
mod budget;
mod choice;
mod config;
mod corrected;
mod costs;
mod deaths;
mod decided_prices;
mod deliveries;
#[cfg(unix)]
mod display;
mod doctor;
mod documents;
mod download;
mod encrypted;
mod faults;
#[path = "../download/server.rs"]
#[allow(dead_code)]
mod file_server;
mod fleet;
mod follow;
#[cfg(unix)]
mod gallery;
mod interrupt;
mod journal;
mod local_files;
mod login;
#[cfg(unix)]
mod login_prompt;
mod many;
#[path = "../uploads/media.rs"]
#[allow(dead_code)]
mod media;
mod models;
mod naming;
#[cfg(unix)]
mod open;
mod options;
mod outputs;
mod own_prices;
#[cfg(unix)]
mod page;
#[path = "../pause.rs"]
mod pause;
mod plans;
mod prices;
mod quiet;
mod records;
mod refusals;
mod requests;
mod results;
mod resumed;
mod routes;
#[cfg(unix)]
mod screen;
mod settled;
mod several;
mod shells;
mod sidecars;
mod spelling;
mod streams;
mod strict;
mod terminal;
mod tidy;
mod together;
mod unsaved;
mod unverified;
mod vendors;
mod webhook;
mod words;
#[cfg(unix)]
mod worker;

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::Simulator;

use self::documents::document;

/// The command in `folder`, with no key in the environment.
fn videogen(folder: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_videogen"));
    command.args(args).current_dir(folder);
    // With its journal in that folder.
    command.env("VIDEOGEN_JOURNAL", folder.join("journal.db"));
    // And configuration and prices, of which there are none.
    command.env("VIDEOGEN_CONFIG", folder.join("config.toml"));
    command.env("VIDEOGEN_CREDENTIALS", folder.join("credentials.toml"));
    command
        .env_remove("VIDEOGEN_PRICES")
        .env("XDG_CONFIG_HOME", folder.join(".config"));
    for facts in Vendor::ALL.iter().map(|vendor| vendor.facts()) {
        command.env_remove(facts.key_env).env_remove(facts.base_url_env);
    }
    command
}

/// Gives a command a key of `vendor`, and this base URL.
fn account(command: &mut Command, vendor: Vendor, base_url: &str) {
    let facts = vendor.facts();
    command.env(facts.key_env, "sk-x").env(facts.base_url_env, base_url);
}

fn run(folder: &Path, args: &[&str]) -> Output {
    videogen(folder, args).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A plan's notes without the one on its cost.
fn without_cost(notes: &str) -> String {
    let (cost, other): (Vec<&str>, Vec<&str>) = notes
        .split_inclusive('\n')
        .partition(|line| line.starts_with("Estimated cost: "));
    assert_eq!(cost.len(), 1, "{notes}");
    other.concat()
}

/// Runs the cases of a test at the same time: they wait for most of it.
fn at_once<T: Send>(cases: impl IntoIterator<Item = T>, run: impl Fn(T) + Sync) {
    let run = &run;
    std::thread::scope(|scope| {
        for case in cases {
            scope.spawn(move || run(case));
        }
    });
}

#[test]
fn json_is_one_document() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(
        folder.path(),
        &["generate", "--simulate", "a kite", "--json", "--duration", "4"],
    );
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        stderr(&output)
    );
    let document = document(&output);
    assert_eq!(document["simulated"], true);
    assert_eq!(document["task"]["status"], "completed");
    let path = document["file"]["path"].as_str().unwrap();
    let size = std::fs::metadata(folder.path().join(path)).unwrap().len();
    assert_eq!(document["file"]["bytes"], size);
}

#[test]
fn failures_have_exit_codes_and_reasons() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["generate", "--simulate", "a kite sim:fail", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let result = document(&output);
    assert_eq!(
        (&result["task"]["status"], &result["error"]["kind"]),
        (&json!("failed"), &json!("no_video"))
    );
    let output = run(folder.path(), &["generate", "--simulate", "sim:moderated", "--json"]);
    let kind = document(&output)["error"]["kind"].clone();
    assert_eq!((output.status.code(), kind), (Some(1), json!("moderated")));

    let output = run(folder.path(), &["generate", "a kite"]);
    assert_eq!(output.status.code(), Some(3));
    let text = stderr(&output);
    for word in ["TOKEN360_API_KEY", "TOAPIS_API_KEY", "ALLTOKEN_API_KEY", "--simulate"] {
        assert!(text.contains(word), "{text}");
        let output = run(folder.path(), &["generate", "a kite", "--json"]);
        assert!(document(&output).to_string().contains(word), "{}", stdout(&output));
    }

    let output = run(
        folder.path(),
        &["generate", "--simulate", "", "--duration", "99", "--json"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(document(&output)["error"]["violations"].as_array().unwrap().len(), 2);

    let output = run(
        folder.path(),
        &["generate", "--simulate", "x", "--first-frame", "missing.png"],
    );
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("--first-frame") && stderr(&output).contains("missing.png"),
        "{}",
        stderr(&output)
    );

    let output = run(folder.path(), &["status", "nobody:x:y"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("token360"), "{}", stderr(&output));
}

#[test]
fn plan_shows_the_exact_request_or_every_violation() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "plan",
        "a kite",
        "--vendor",
        "toapis",
        "--model",
        "doubao-seedance-1-5-pro",
        "--seed",
        "0",
        "--no-audio",
    ];
    let output = run(folder.path(), &args);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = stdout(&output);
    let (head, body) = text.split_once('\n').unwrap();
    assert_eq!(head, "POST https://toapis.com/v1/videos/generations");
    let body: Value = serde_json::from_str(body).unwrap();
    let metadata = json!({"seed": 0, "audio": false});
    let expected = json!({"model": "doubao-seedance-1-5-pro", "prompt": "a kite", "metadata": metadata});
    assert_eq!(body, expected);

    let args = [
        "plan",
        "a kite",
        "--vendor",
        "toapis",
        "--service-tier",
        "flex",
        "--frames",
        "29",
        "--json",
    ];
    let output = run(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    let fields: Vec<_> = document(&output)["error"]["violations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|violation| violation["field"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(fields, ["frames", "service_tier"]);
}

#[test]
fn plan_all_lists_the_models_that_support_it() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["plan", "--all", "a kite", "--frames", "57", "--json"]);
    assert!(output.status.success());
    let document = document(&output);
    let plans = document["plans"].as_array().unwrap();
    let known = videogen::Vendor::ALL.iter().copied();
    assert_eq!(plans.len(), known.flat_map(videogen::facts::Capabilities::all).count());
    for plan in plans {
        let model = plan["model"].as_str().unwrap();
        let can = model.starts_with("seedance-1.0") || plan["vendor"] == "ark" && model.contains("seedance-1-0");
        assert_eq!(plan["plan"].is_object(), can, "{plan}");
        assert_eq!(plan["violations"].is_array(), !can, "{plan}");
    }
    let output = run(folder.path(), &["plan", "--all", "a kite", "--frames", "57"]);
    assert!(stdout(&output).contains("\"frames\":57") && stdout(&output).contains("seedance-2.0-fast"));
    assert_eq!(
        run(folder.path(), &["plan", "--all", "a kite", "--duration", "90"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn schemas_are_printed() {
    let folder = tempfile::tempdir().unwrap();
    for of in ["request", "task", "result", "error", "events"] {
        let output = run(folder.path(), &["schema", of]);
        assert!(document(&output)["properties"].is_object());
    }
}

/// What is refused where no address receives webhooks.
const WITHOUT_LISTENER: &str = "--webhook-url needs --listen-for-webhook; for your own receiver, use --callback-url";

/// Closed pipes never lose a task's id, and no misuse ends in a panic.
#[test]
fn rough_handling() {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "--simulate", "a kite"];
    let with = |more: &[&str]| run(folder.path(), &[&generate[..], more].concat());
    for (more, code, word) in [
        (&["-o", "new/"][..], 7, "add --parents to create it"),
        (&["-o", "new/k.mp4"], 7, "add --parents to create it"),
        (&["-o", "{prompt}.mp4"], 2, "known: {vendor} {model} {id} {n} {index}"),
        (&["-o", "missing/k.mp4"], 7, "missing"),
        (
            &["--metadata", "a=1", "--metadata", "a=2", "--vendor", "token360"],
            2,
            "twice",
        ),
        (&["--metadata", "a"], 2, "KEY=VALUE"),
        (&["--extra", "[1]"], 2, "object"),
        (&["--tool", "", "--vendor", "alltoken"], 2, "kind"),
        (&["--base-url", "https://h.example"], 2, "--simulate"),
        (&["--no-wait", "-o", "k.mp4"], 2, "--no-wait"),
        (&["--first-frame", "https:h"], 2, "--first-frame = https:h"),
        (&["--webhook-url", "https://h"], 2, WITHOUT_LISTENER),
        (&["--webhook-url", "nonsense", "--no-wait"], 2, WITHOUT_LISTENER),
    ] {
        let output = with(more);
        assert_eq!(output.status.code(), Some(code), "{more:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(word), "{more:?}: {}", stderr(&output));
    }
    let output = run(folder.path(), &["--json", "generate"]);
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(document(&output)["error"]["kind"], "invalid_request");
    let output = with(&["--json", "--timeout", "18446744073709551615"]);
    assert_eq!(document(&output)["task"]["status"], "completed");
    for url in ["https://h/?x=1", "ftp://h", "https://:pw@h"] {
        let output = run(folder.path(), &["plan", "a kite", "--base-url", url]);
        assert!(
            stderr(&output).contains("base URL") && !stderr(&output).contains("pw"),
            "{}",
            stderr(&output)
        );
    }
    let output = run(folder.path(), &["sim", "--speed", "1e300"]);
    assert_eq!(output.status.code(), Some(2));
}

#[cfg(unix)]
#[test]
fn closed_pipes_and_odd_names() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = ["generate", "--simulate", "a kite", "--no-wait", "--json"];
    let output = videogen(folder.path(), &args).stdout(full()).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains("token360:videos:"), "{}", stderr(&output));
    let output = videogen(folder.path(), &args[..4]).stderr(full()).output().unwrap();
    assert!(
        output.status.success() && stdout(&output).contains("token360:videos:"),
        "{}",
        stdout(&output)
    );

    let name = std::ffi::OsStr::from_bytes(b"k\xff.mp4");
    let output = videogen(folder.path(), &["generate", "--simulate", "a kite", "-o"])
        .arg(name)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let mode = std::fs::metadata(folder.path().join(name))
        .unwrap()
        .permissions()
        .mode()
        & 0o777;
    let other = tempfile::tempdir().unwrap();
    std::fs::write(other.path().join("x"), "").unwrap();
    let usual = std::fs::metadata(other.path().join("x")).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, usual, "a downloaded file is like any other new file");
}

/// Each command about a task, against a separate simulator.
#[tokio::test(flavor = "multi_thread")]
async fn commands_about_tasks() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let command = |args: &[&str]| {
        let mut command = videogen(folder.path(), args);
        command
            .env("ALLTOKEN_API_KEY", "sk-x")
            .env("ALLTOKEN_BASE_URL", simulator.base_url(videogen_sim::Vendor::AllToken));
        let output = command.output().unwrap();
        (output.status.code().unwrap(), stdout(&output), stderr(&output))
    };

    let (code, out, err) = command(&["generate", "a kite", "--no-wait", "--json"]);
    assert_eq!(code, 0, "{err}");
    let id = documents::only(&out)["task"]["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("alltoken:generations:"));

    let (code, out, _) = command(&["status", &id]);
    assert!(code == 0 && out.contains("queued"), "{out}");
    let (code, _, err) = command(&["wait", &id, "--timeout", "0"]);
    assert!(
        code == 5 && err.contains(&format!("videogen wait {id}")),
        "{code} {err}"
    );
    let (code, _, err) = command(&["download", &id]);
    assert!(code == 5 && err.contains("wait until it has ended"), "{code} {err}");

    simulator.advance(std::time::Duration::from_secs(20));
    let (code, out, _) = command(&["wait", &id]);
    assert!(code == 0 && out.contains("completed"), "{out}");
    // Several at once, one of them twice; each is reported, in the order of the arguments.
    let missing = "alltoken:generations:none";
    let (code, out, err) = command(&["wait", &id, missing, &id, "--timeout", "0", "--json"]);
    let all = documents::whole(&out)["results"].clone();
    let all = all.as_array().unwrap();
    assert!(code == 2 && all.len() == 2, "{code} {err} {all:?}");
    assert_eq!(
        (&all[0]["task"]["id"], &all[0]["task"]["status"]),
        (&json!(id), &json!("completed"))
    );
    assert_eq!(
        (&all[1]["error"]["kind"], &all[1]["error"]["task"]),
        (&json!("not_found"), &json!(missing))
    );
    let (code, out, err) = command(&["wait", &id, &id]);
    assert!(
        code == 0 && out.contains(&format!("{id}  completed")),
        "{code} {out} {err}"
    );
    let (code, _, err) = command(&["wait", &id, "toapis:seedance-2:x", "--base-url", "http://127.0.0.1:9"]);
    assert!(code == 2 && err.contains("are from several"), "{code} {err}");
    let (code, out, _) = command(&["download", &id, "-o", "kite.mp4"]);
    assert!(code == 0 && out.starts_with("kite.mp4"), "{out}");
    let (code, _, err) = command(&["cancel", &id]);
    assert!(code == 2 && err.contains("HTTP 409"), "{code} {err}");
    let (code, out, _) = command(&["list", "--status", "completed"]);
    assert!(code == 0 && out.contains(&id), "{out}");
    let (code, out, _) = command(&["models", "--live"]);
    assert!(code == 0 && out.contains("seedance-1.5-pro"), "{out}");
    let (code, _, err) = command(&["generate", "sim:refuse", "-o", "never.mp4"]);
    // No task was created, unlike after a moderated task.
    assert!(code == 2 && err.contains("HTTP 400"), "{code} {err}");
    assert!(!folder.path().join("never.mp4").exists());
}

/// The simulator alone: base URLs first, counters over HTTP, stopped by an interrupt.
#[cfg(unix)]
#[test]
fn the_simulator_prints_its_base_urls() {
    use std::io::{BufRead as _, BufReader};
    use std::process::Stdio;

    let folder = tempfile::tempdir().unwrap();
    let mut child = videogen(folder.path(), &["sim", "--listen", "127.0.0.1:0", "--speed", "1000"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let mut urls = Vec::new();
    for line in lines.by_ref() {
        if let Some((_, url)) = line.split_once("_BASE_URL=") {
            urls.push(url.to_owned());
        }
        if line.contains("/_sim/stats") {
            break;
        }
    }
    assert!(urls[0].ends_with("/token360") && urls[1].ends_with("/toapis") && urls[2].ends_with("/alltoken/v1"));
    assert!(urls[3].ends_with("/ark/api/v3"));
    let output = videogen(
        folder.path(),
        &["generate", "a kite", "--vendor", "token360", "--no-wait"],
    )
    .env("TOKEN360_API_KEY", "sk-x")
    .env("TOKEN360_BASE_URL", &urls[0])
    .output()
    .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let stopped = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(stopped.success() && child.wait().unwrap().success());
}

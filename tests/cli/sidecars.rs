//! `--sidecar`, and requests that are repeated from one.

use std::fs;
use std::path::Path;

use serde_json::json;
use sha2::{Digest as _, Sha256};
use videogen_sim::Simulator;

use super::documents::sidecar;
use super::journal::command;
use super::outputs::names;
use super::{document, run, stderr, stdout};

const KITE: [&str; 7] = ["generate", "a kite", "--vendor", "token360", "-d", "4", "--sidecar"];

fn digest(path: &Path) -> String {
    let digest = Sha256::digest(fs::read(path).unwrap());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_is_made_again_from_its_sidecar() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let vg = |args: &[&str]| command(folder.path(), &simulator, args).output().unwrap();
    let output = vg(&[
        &KITE[..],
        &[
            "--callback-url",
            "https://hooks.example.com/canary",
            "-o",
            "kite.mp4",
            "--json",
        ],
    ]
    .concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let result = document(&output);
    let first = sidecar(&path("kite.mp4.json"));
    assert_eq!(
        (&first["vendor"], &first["request"]["prompt"]),
        (&json!("token360"), &json!("a kite"))
    );
    assert_eq!(first["task"]["id"], result["id"]);
    assert_eq!(first["model"], first["request"]["model"]);
    assert_eq!(
        (&first["file"], &first["bytes"]),
        (&json!("kite.mp4"), &result["file"]["bytes"])
    );
    assert_eq!(first["sha256"], digest(&path("kite.mp4")));
    assert_eq!(first["cost"], result["cost"]);
    assert!(first["submitted_at"].is_string() && first["downloaded_at"].is_string());
    let text = first.to_string();
    for secret in ["canary", "sk-", "http"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode("kite.mp4.json"), mode("kite.mp4"));
    }
    // The callback URL is not stored, and not left out silently. The journal does not have it either.
    assert_eq!(first["missing"][0]["field"], "callback_url");
    let id = result["id"].as_str().unwrap();
    let output = vg(&["wait", id, "-o", "wait.mp4", "--sidecar"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(sidecar(&path("wait.mp4.json"))["missing"], first["missing"]);
    for name in ["kite.mp4.json", "wait.mp4.json"] {
        let output = vg(&["generate", "--request", name, "-o", "again.mp4"]);
        assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
        let words = "callback_url (callback URLs are not stored); give it as an option";
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert_eq!(simulator.stats().tasks, 1);
    // The same request at the same vendor; options override it.
    let callback = ["--callback-url", "https://hooks.example.com/canary"];
    let repeat = [
        &["generate", "--request", "kite.mp4.json", "-o", "again.mp4", "--sidecar"][..],
        &callback,
    ]
    .concat();
    let output = vg(&[&repeat[..], &["--seed", "7"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let again = sidecar(&path("again.mp4.json"));
    let mut expected = first["request"].clone();
    expected["seed"] = json!(7);
    assert_eq!(again["request"], expected);
    assert_eq!(simulator.stats().tasks, 2);
    // Another one of the same name is replaced on request only, and before anything is paid.
    let output = vg(&repeat);
    assert_eq!(
        (output.status.code(), simulator.stats().tasks),
        (Some(7), 2),
        "{}",
        stderr(&output)
    );
    fs::remove_file(path("again.mp4")).unwrap();
    let output = vg(&repeat);
    assert_eq!(
        (output.status.code(), simulator.stats().tasks),
        (Some(7), 2),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("again.mp4.json exists"), "{}", stderr(&output));
    // The gallery shows it.
    let output = vg(&["gallery", ".", "-o", "page.html"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let page = fs::read_to_string(path("page.html")).unwrap();
    assert!(page.contains(r#""sources":["sidecar","journal"]"#), "{page}");
}

/// What may give access, or is not in the journal, is left out and listed, and not left out silently later.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_stored_is_listed() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.png"), super::media::png(600, 800, 9)).unwrap();
    let vg = |args: &[&str]| command(folder.path(), &simulator, args).output().unwrap();
    let link = "https://files.example.com/b.png?sig=canary";
    let inputs = [
        "-m",
        "seedance-2.0",
        "--reference-image",
        "a.png",
        "--reference-image",
        link,
    ];
    let output = vg(&[&KITE[..6], &inputs, &["--no-wait", "-q", "--idempotency-key", "k"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    let id = stdout(&output).trim().to_owned();
    let again = [&KITE[..], &inputs, &["--idempotency-key", "k", "-o", "own.mp4"]].concat();
    for (args, name, missing) in [
        (&again[..], "own.mp4", 1),
        (&["wait", &id, "-o", "wait.mp4", "--sidecar"], "wait.mp4", 2),
        (&["download", &id, "-o", "download.mp4", "--sidecar"], "download.mp4", 2),
    ] {
        let output = vg(args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        let found = sidecar(&path(&format!("{name}.json")));
        let lacks = found["missing"].as_array().unwrap();
        assert_eq!(lacks.len(), missing, "{found}");
        assert!(lacks.iter().all(|part| part["field"] == "reference_image"), "{found}");
        assert_eq!(
            found["request"]["inputs"].as_array().unwrap().len(),
            2 - missing,
            "{found}"
        );
        assert!(!found.to_string().contains("canary"), "{found}");
    }
    let own = sidecar(&path("own.mp4.json"));
    let source = own["request"]["inputs"][0]["source"].as_str().unwrap();
    assert!(
        Path::new(source.strip_prefix("file:").unwrap()).is_absolute(),
        "{source}"
    );
    // Refused, until it is given.
    let plan = ["plan", "--request", "own.mp4.json", "--json"];
    let output = vg(&plan);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    for words in [
        "own.mp4.json",
        "reference_image (links with a query are not stored; give all 2",
    ] {
        assert!(stdout(&output).contains(words), "{}", stdout(&output));
    }
    // An option replaces all inputs of its role, also those that are stored.
    let output = vg(&[&plan[..], &["--reference-image", link]].concat());
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let words = "reference_image (links with a query are not stored; give all 2, since the option replaces them)";
    assert!(stdout(&output).contains(words), "{}", stdout(&output));
    let both = ["--reference-image", "a.png", "--reference-image", link];
    let output = vg(&[&plan[..], &both].concat());
    assert!(output.status.success(), "{}", stdout(&output));
    let again = ["generate", "--request", "wait.mp4.json", "-o", "again.mp4", "--again"];
    let output = vg(&[&again[..], &both].concat());
    assert!(output.status.success(), "{}", stderr(&output));
}

#[test]
fn simulated_videos_and_streams() {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "--simulate", "a kite", "-d", "4", "--sidecar"];
    let output = run(folder.path(), &[&generate[..], &["-o", "kite.mp4"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(sidecar(&folder.path().join("kite.mp4.json"))["simulated"], true);
    assert_eq!(names(folder.path()), ["kite.mp4", "kite.mp4.json"]);
    let output = run(folder.path(), &[&generate[..], &["-o", "-"]].concat());
    assert_eq!(
        (output.status.code(), output.stdout.len()),
        (Some(2), 0),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recovery_writes_sidecars() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vg = |args: &[&str]| command(folder.path(), &simulator, args).output().unwrap();
    let output = vg(&[&KITE[..6], &["-o", "kite.mp4", "--timeout", "0"]].concat());
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    simulator.advance(std::time::Duration::from_secs(3600));
    let output = vg(&["recover", "--sidecar"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    let output = vg(&["recover", "--wait", "--sidecar"]);
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    assert_eq!(names(folder.path()), ["kite.mp4", "kite.mp4.json"]);
    let found = sidecar(&folder.path().join("kite.mp4.json"));
    assert_eq!(found["request"]["prompt"], "a kite", "{found}");
    assert_eq!(found["sha256"], digest(&folder.path().join("kite.mp4")));
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_writes_sidecars() {
    let simulator = Simulator::builder().speed(200.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let jobs = [
        json!({"id": "boat", "prompt": "a boat", "seed": 7}),
        json!({"id": "sails", "prompt": "it sails", "after": "boat", "vendor": "toapis=seedance-2"}),
    ];
    fs::write(path("jobs.jsonl"), jobs.map(|job| job.to_string()).join("\n")).unwrap();
    let batch = |more: &[&str]| {
        let args = [&["batch", "jobs.jsonl", "--vendor", "token360"][..], more].concat();
        command(folder.path(), &simulator, &args).output().unwrap()
    };
    // Another file is not replaced, and the submission not paid.
    fs::write(path("boat.mp4.json"), "{}").unwrap();
    let output = batch(&["--sidecar"]);
    assert_eq!(
        (output.status.code(), simulator.stats().tasks),
        (Some(2), 0),
        "{}",
        stderr(&output)
    );
    assert!(stderr(&output).contains("boat.mp4.json exists"), "{}", stderr(&output));
    fs::remove_file(path("boat.mp4.json")).unwrap();

    let output = batch(&["--sidecar"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let first = sidecar(&path("boat.mp4.json"));
    assert_eq!(
        (&first["vendor"], &first["request"]["prompt"], &first["request"]["seed"]),
        (&json!("token360"), &json!("a boat"), &json!(7))
    );
    let sails = sidecar(&path("sails.mp4.json"));
    assert_eq!(
        (&sails["vendor"], &sails["request"]["model"]),
        (&json!("toapis"), &json!("seedance-2"))
    );
    let frame = sails["request"]["inputs"][0]["source"].as_str().unwrap();
    assert!(frame.ends_with("/boat.last-frame.png"), "{frame}");
    assert_eq!(sails["sha256"], digest(&path("sails.mp4")));

    // What is finished is not fetched again, and gets what is missing.
    fs::remove_file(path("sails.mp4.json")).unwrap();
    let before = simulator.stats();
    let output = batch(&["--sidecar"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(simulator.stats(), before);
    let again = sidecar(&path("sails.mp4.json"));
    assert_eq!(
        (&again["request"], &again["sha256"], &again["submitted_at"]),
        (&sails["request"], &sails["sha256"], &sails["submitted_at"])
    );
}

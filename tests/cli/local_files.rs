//! Local files in `plan` and `generate`.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;
use std::time::Duration;

use videogen::facts::{Capabilities, Input, Model};

use super::media::{mp4, png, wav};
use super::*;

fn files(folder: &Path) {
    std::fs::write(folder.join("boat.png"), png(1280, 720, 900)).unwrap();
    std::fs::write(folder.join("sail.mp4"), mp4(6)).unwrap();
    std::fs::write(folder.join("sea.wav"), wav(5)).unwrap();
}

/// With the keys and base URLs of all vendors at the simulator.
fn at(simulator: &Simulator, folder: &Path, args: &[&str]) -> Command {
    let mut command = videogen(folder, args);
    for vendor in Vendor::ALL {
        account(&mut command, *vendor, &simulator.base_url(*vendor));
    }
    command
}

/// The first model with inputs of all kinds.
fn model(vendor: Vendor) -> &'static Model {
    let has = |model: &Model, role: &str| model.inputs.iter().any(|rule| rule.role == role);
    let mut models = Capabilities::all(vendor).map(|rules| rules.model);
    let all = [
        "first_frame",
        "last_frame",
        "reference_image",
        "reference_video",
        "reference_audio",
    ];
    models.find(|model| all.iter().all(|role| has(model, role))).unwrap()
}

/// Its rule for inputs of a role.
fn rule(vendor: Vendor, role: &str) -> Input {
    let mut rules = model(vendor).inputs.iter();
    *rules.find(|rule| rule.role == role).unwrap()
}

/// Whether no file can be given in a role.
fn by_url_only(vendor: Vendor, role: &str) -> bool {
    vendor.facts().uploads.is_empty() && !rule(vendor, role).sources.contains(&"data")
}

/// Each role with a file, at each vendor: the plan and a simulated video.
#[test]
fn every_vendor_takes_files_in_every_role() {
    at_once(Vendor::ALL.iter().copied(), |vendor| {
        let folder = tempfile::tempdir().unwrap();
        files(folder.path());
        let model = model(vendor).id;
        for (inputs, note) in [
            (
                &["--first-frame", "boat.png"][..],
                "first_frame boat.png (image/png, 929 bytes): ",
            ),
            (
                &["--first-frame", "boat.png", "--last-frame", "boat.png"],
                "last_frame boat.png (image/png, 929 bytes): ",
            ),
            (
                &["--reference-image", "boat.png"],
                "reference_image boat.png (image/png, ",
            ),
            (
                &["--reference-image", "boat.png", "--reference-video", "sail.mp4"],
                "reference_video sail.mp4 (video/mp4, ",
            ),
            (
                &["--reference-image", "boat.png", "--reference-audio", "sea.wav"],
                "reference_audio sea.wav (audio/wav, ",
            ),
        ] {
            let mut roles = inputs.iter().filter_map(|input| input.strip_prefix("--"));
            if roles.any(|role| by_url_only(vendor, &role.replace('-', "_"))) {
                continue;
            }
            let request = ["it sails on", "--vendor", vendor.as_str(), "--model", model];
            let request = [&request[..], inputs].concat();
            let output = run(folder.path(), &[&["plan"], &request[..]].concat());
            let (out, err) = (stdout(&output), stderr(&output));
            assert!(output.status.success(), "{vendor} {inputs:?}: {err}");
            assert!(err.contains(&format!("File: {note}")), "{vendor}: {err}");
            assert!(out.lines().all(|line| line.len() < 200), "{vendor}: {out}");
            let output = run(folder.path(), &[&["plan", "--json"], &request[..]].concat());
            let plan = document(&output)["plan"].clone();
            let count = |name: &str| plan[name].as_array().map_or(0, Vec::len);
            assert_eq!(count("inline") + count("uploads"), inputs.len() / 2, "{vendor}: {plan}");
            let args = ["generate", "--simulate", "-o", "a.mp4", "--overwrite", "--json"];
            let output = run(folder.path(), &[&args[..], &request].concat());
            assert!(output.status.success(), "{vendor} {inputs:?}: {}", stdout(&output));
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_shows_what_was_uploaded_before_and_sends_nothing() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let plan = |json: bool| {
        let args = ["plan", "it sails on", "--vendor", "toapis", "--model", "seedance-2"];
        let mut command = at(&simulator, folder.path(), &args);
        command
            .args(["--reference-video", "sail.mp4"])
            .args(json.then_some("--json"));
        command.output().unwrap()
    };
    let err = stderr(&plan(false));
    assert!(err.contains("uploaded first, by upload_video (videos)"), "{err}");
    let upload = document(&plan(true))["plan"]["uploads"][0].clone();
    assert_eq!(
        (&upload["gives"], &upload["reused"]),
        (&json!("url"), &json!(false)),
        "{upload}"
    );
    let stats = serde_json::to_value(simulator.stats()).unwrap();
    assert!(!folder.path().join("journal.db").exists(), "a plan creates no journal");

    let args = [
        "generate",
        "it sails on",
        "--vendor",
        "toapis",
        "--model",
        "seedance-2",
        "--duration",
        "5",
        "--again",
        "--no-wait",
    ];
    let output = at(&simulator, folder.path(), &args)
        .args(["--reference-video", "sail.mp4"])
        .output()
        .unwrap();
    assert!(stderr(&output).contains("Uploaded: sail.mp4"), "{}", stderr(&output));
    assert_ne!(serde_json::to_value(simulator.stats()).unwrap(), stats);
    let stats = serde_json::to_value(simulator.stats()).unwrap();
    let err = stderr(&plan(false));
    assert!(err.contains("uploaded before; its reference is used again"), "{err}");
    assert_eq!(document(&plan(true))["plan"]["uploads"][0]["reused"], true);
    assert_eq!(
        serde_json::to_value(simulator.stats()).unwrap(),
        stats,
        "a plan sends nothing"
    );
    let output = at(&simulator, folder.path(), &args)
        .args(["--reference-video", "sail.mp4"])
        .output()
        .unwrap();
    assert!(
        stderr(&output).contains("Uploaded before: sail.mp4"),
        "{}",
        stderr(&output)
    );
    let tasks = simulator.tasks();
    assert_eq!(tasks.len(), 2);
    assert_eq!((tasks[0].assets.len(), &tasks[0].assets), (1, &tasks[1].assets));
}

#[test]
fn all_problems_of_all_files_at_once() {
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    std::fs::write(folder.path().join("long.mp4"), mp4(60)).unwrap();
    std::fs::write(folder.path().join("huge.png"), png(9000, 5000, 9)).unwrap();
    std::fs::write(folder.path().join("text.png"), b"not a picture").unwrap();
    for vendor in Vendor::ALL {
        let model = model(*vendor).id;
        for command in [&["plan"][..], &["generate", "--simulate"]] {
            let args = [
                "it sails on",
                "--vendor",
                vendor.as_str(),
                "--model",
                model,
                "--duration",
                "99",
                "--json",
            ];
            let inputs = [
                "--reference-image",
                "text.png",
                "--reference-image",
                "huge.png",
                "--reference-image",
                "gone.png",
                "--reference-video",
                "long.mp4",
                "--reference-video",
                "boat.png",
            ];
            let output = run(folder.path(), &[command, &args, &inputs].concat());
            assert_eq!(output.status.code(), Some(2), "{vendor} {command:?}");
            let error = document(&output)["error"].clone();
            let violations = error["violations"].as_array().unwrap();
            for value in ["text.png", "huge.png", "gone.png", "long.mp4", "boat.png", "99"] {
                let of_it = violations
                    .iter()
                    .filter(|violation| violation["value"].as_str().unwrap().contains(value));
                // Where no limits are documented, none are checked.
                let (image, video) = (rule(*vendor, "reference_image"), rule(*vendor, "reference_video"));
                let has_seconds = video.media.is_some_and(|media| media.seconds.is_some());
                let has_sides = image.media.is_some_and(|media| media.side.is_some());
                let expected = match value {
                    "long.mp4" => usize::from(has_seconds) + usize::from(by_url_only(*vendor, "reference_video")),
                    "huge.png" => usize::from(has_sides),
                    _ => 1,
                };
                assert_eq!(of_it.count(), expected, "{vendor} {value}: {error}");
            }
        }
    }
}

/// The folder of the request file, not the current one.
#[test]
fn paths_in_a_request_file_are_relative_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let nested = folder.path().join("requests");
    std::fs::create_dir(&nested).unwrap();
    files(&nested);
    let absolute = nested.join("boat.png");
    for (path, found) in [
        ("boat.png", true),
        ("../requests/boat.png", true),
        (absolute.to_str().unwrap(), true),
        ("requests/boat.png", false),
    ] {
        let inputs = json!([{"role": "first_frame", "source": format!("file:{path}")}]);
        let request = json!({"model": "seedance-2.0", "prompt": "it sails on", "inputs": inputs});
        std::fs::write(nested.join("r.json"), request.to_string()).unwrap();
        let args = ["plan", "--vendor", "token360", "--request", "requests/r.json"];
        let output = run(folder.path(), &args);
        assert_eq!(
            output.status.code(),
            Some(if found { 0 } else { 2 }),
            "{path}: {}",
            stderr(&output)
        );
    }
    let request =
        json!({"model": "seedance-2.0", "prompt": "x", "inputs": [{"role": "first_frame", "source": "boat.png"}]});
    std::fs::write(nested.join("r.json"), request.to_string()).unwrap();
    let output = run(
        folder.path(),
        &["plan", "--vendor", "token360", "--request", "requests/r.json"],
    );
    assert!(stderr(&output).contains("a file: path"), "{}", stderr(&output));
}

/// While the vendor checks the asset, so between the upload and the submission.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_command_has_paid_nothing_and_its_upload_is_used_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let args = [
        "generate",
        "it sails on",
        "--vendor",
        "token360",
        "--model",
        "seedance-2.0",
        "--duration",
        "5",
        "--no-wait",
    ];
    let args = [
        &args[..],
        &["--reference-image", "boat.png", "--idempotency-key", "order-1"],
    ]
    .concat();
    let mut child = at(&simulator, folder.path(), &args)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next().unwrap().unwrap();
    assert!(
        line.contains("boat.png: the asset ta_") && line.contains("is processing"),
        "{line}"
    );
    let asset = line.split(' ').find(|word| word.starts_with("ta_")).unwrap().to_owned();
    // SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(simulator.tasks().is_empty());

    simulator.advance(Duration::from_secs(20));
    for already in [false, true] {
        let output = at(&simulator, folder.path(), &args).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(
            stderr(&output).contains("Uploaded before: boat.png"),
            !already,
            "{}",
            stderr(&output)
        );
        let [task] = simulator.tasks().try_into().unwrap();
        assert_eq!(task.assets[0].id, asset);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_have_events_before_the_task() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let request = ["--vendor", "token360", "--model", "seedance-2.0", "--duration", "5"];
    let args = [
        "generate",
        "it sails on",
        "--reference-image",
        "boat.png",
        "--no-wait",
        "--events",
    ];
    let job = serde_json::json!({"prompt": "it lands", "model": "seedance-2.0", "duration": 5,
        "inputs": [{"role": "reference_image", "source": "file:sky.png"}]});
    std::fs::write(folder.path().join("sky.png"), png(1280, 720, 901)).unwrap();
    std::fs::write(folder.path().join("jobs.jsonl"), job.to_string()).unwrap();
    let batch = vec!["batch", "jobs.jsonl", "--vendor", "token360", "--events"];
    for (args, file) in [([&args[..], &request].concat(), "boat.png"), (batch, "sky.png")] {
        let output = at(&simulator, folder.path(), &args).output().unwrap();
        assert!(output.status.success(), "{}", stdout(&output));
        let lines = documents::events(&stdout(&output));
        let place = |name: &str| lines.iter().position(|event| event["event"] == name);
        let (sent, ready) = (place("uploading").unwrap(), place("uploaded").unwrap());
        assert!(sent < ready && ready < place("submitted").unwrap(), "{lines:?}");
        let named = |index: usize| lines[index]["file"].as_str().unwrap_or_default();
        assert!(named(sent).ends_with(file) && named(ready).ends_with(file), "{lines:?}");
        assert_eq!(lines[ready]["reused"], false);
    }
}

/// One interrupt is enough: nothing is paid for yet.
#[cfg(unix)]
#[test]
fn an_interrupted_upload_submits_nothing() {
    use std::io::Read as _;

    at_once([("INT", 130), ("TERM", 143), ("HUP", 129)], |(name, code)| {
        let folder = tempfile::tempdir().unwrap();
        files(folder.path());
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let args = [
            "generate",
            "it sails on",
            "--vendor",
            "toapis",
            "--model",
            "seedance-2",
            "--json",
        ];
        let mut child = videogen(folder.path(), &args)
            .args(["--reference-video", "sail.mp4"])
            .env("TOAPIS_API_KEY", "sk-x")
            .env("TOAPIS_BASE_URL", format!("http://{}", listener.local_addr().unwrap()))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (mut socket, _) = listener.accept().unwrap();
        let mut head = [0; 64];
        socket.read_exact(&mut head).unwrap();
        let head = String::from_utf8_lossy(&head);
        assert!(head.starts_with("POST /v1/uploads/videos "), "{head}");
        let id = child.id().to_string();
        assert!(
            Command::new("kill")
                .args([&format!("-{name}"), &id])
                .status()
                .unwrap()
                .success()
        );
        let mut out = String::new();
        child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(code), "{out}");
        let error = super::documents::only(&out);
        assert_eq!(error["error"]["kind"], "interrupted");
        assert_eq!(
            error["error"]["message"],
            "interrupted during an upload; nothing was submitted"
        );
        let journal = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        let count: u32 = journal
            .query_row("SELECT count(*) FROM submissions", [], |row| row.get(0))
            .unwrap();
        assert_eq!(count, 0);
    });
}

/// It cannot be checked whether the request is the same, but its task is paid for.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_file_has_gone_names_its_task() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let args = [
        "generate",
        "it sails on",
        "--vendor",
        "token360",
        "--model",
        "seedance-2.0",
        "--duration",
        "5",
    ];
    let rest = ["--no-wait", "--first-frame", "boat.png", "--idempotency-key", "order-1"];
    let args = [&args[..], &rest].concat();
    let output = at(&simulator, folder.path(), &args).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    std::fs::remove_file(folder.path().join("boat.png")).unwrap();
    let output = at(&simulator, folder.path(), &args).output().unwrap();
    let err = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{err}");
    let [task] = simulator.tasks().try_into().unwrap();
    let known = format!("The key order-1 has the task token360:videos:{} already", task.id);
    assert!(err.contains(&known) && err.contains("videogen list --local"), "{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_sources_are_named_in_several_forms() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    files(folder.path());
    let output = at(
        &simulator,
        folder.path(),
        &["assets", "upload", "file:boat.png", "--vendor", "toapis"],
    )
    .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    // Once, although it takes two uploads.
    assert_eq!(
        stderr(&output).matches("Uploaded: boat.png").count(),
        1,
        "{}",
        stderr(&output)
    );
    let plan = |source: &std::ffi::OsStr| {
        let args = [
            "plan",
            "x",
            "--vendor",
            "token360",
            "--model",
            "seedance-2.0",
            "--duration",
            "5",
            "--first-frame",
        ];
        videogen(folder.path(), &args).arg(source).output().unwrap()
    };
    for (source, reason) in [
        ("", "the source is empty"),
        ("asset://../x", "is not the id of an asset"),
        ("asset://asset://x", "is not the id of an asset"),
        ("HTTPS://a.example/x.png", "in lower case"),
        ("ftp://a.example/x.png", "an upload: id"),
    ] {
        let output = plan(source.as_ref());
        assert_eq!(output.status.code(), Some(2), "{source}");
        let err = stderr(&output);
        assert!(
            err.contains(reason) && !(source.is_empty() && err.contains("masked")),
            "{source}: {err}"
        );
    }
    std::fs::write(folder.path().join("-dash.png"), png(1280, 720, 9)).unwrap();
    assert!(stderr(&plan("-dash.png".as_ref())).contains("To name the file, write ./-dash.png"));
    assert!(plan("./-dash.png".as_ref()).status.success());
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt as _;
        let name = std::ffi::OsStr::from_bytes(b"sail\xff.png");
        std::fs::write(folder.path().join(name), png(1280, 720, 9)).unwrap();
        let output = plan(name);
        assert!(output.status.success(), "{}", stderr(&output));
    }
}

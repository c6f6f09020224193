//! Formats, sizes and paths of what is delivered, and the pace at which a simulator on this machine is polled.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use videogen_sim::{Simulator, Vendor};

use super::journal::{command, run};
use super::outputs::names;
use super::terminal::vendor;
use super::{document, stderr, stdout, videogen};

const MOVIE: [&str; 9] = [
    "generate",
    "a kite",
    "--vendor",
    "alltoken",
    "--model",
    "seedance-2.5",
    "--duration",
    "4",
    "--output-format=mov",
];

/// The brand of a file, as ffprobe reads it; `None`, with a note, without ffprobe.
fn brand(path: &Path) -> Option<String> {
    let entries = ["-v", "error", "-show_entries", "format_tags=major_brand", "-of", "json"];
    match Command::new("ffprobe").args(entries).arg(path).output() {
        Ok(output) => {
            let found: Value = serde_json::from_slice(&output.stdout).unwrap();
            Some(found["format"]["tags"]["major_brand"].as_str().unwrap().to_owned())
        }
        Err(error) => {
            println!("SKIPPED: ffprobe cannot be run ({error}), so the file was not looked at");
            None
        }
    }
}

/// The name follows the format: from the request before the submission, and from the vendor for a download.
#[tokio::test(flavor = "multi_thread")]
async fn a_quicktime_movie_is_named_mov() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (code, document, err) = run(folder.path(), &simulator, &MOVIE);
    assert_eq!(code, 0, "{document} {err}");
    let id = document["task"]["id"].as_str().unwrap().to_owned();
    let name = document["file"]["path"].as_str().unwrap().to_owned();
    assert_eq!(name, format!("{}.mov", id.replace(':', ".")));
    let path = folder.path().join(&name);
    assert_eq!(&std::fs::read(&path).unwrap()[4..12], b"ftypqt  ");
    assert!(brand(&path).is_none_or(|brand| brand == "qt  "));

    // Without its journal, the vendor's answer shows the format.
    std::fs::remove_file(&path).unwrap();
    let (code, document, err) = run(folder.path(), &simulator, &["download", &id, "--no-journal"]);
    assert_eq!(
        (code, document["file"]["path"].as_str()),
        (0, Some(name.as_str())),
        "{document} {err}"
    );

    // A given name is kept, and the difference is said.
    let output = command(folder.path(), &simulator, &["download", &id, "-o", "kite.mp4"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("The vendor delivers a mov file as kite.mp4."),
        "{}",
        stderr(&output)
    );
    let output = command(folder.path(), &simulator, &["download", &id, "-o", "kite.MOV"])
        .output()
        .unwrap();
    assert!(
        output.status.success() && stderr(&output).is_empty(),
        "{}",
        stderr(&output)
    );
    assert_eq!(simulator.stats().tasks, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_above_the_limit_is_refused_with_the_option_to_raise_it() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--duration",
        "4",
        "-o",
        "kite.mp4",
    ];
    let limited = [&args[..], &["--max-bytes", "1000"]].concat();
    let output = command(folder.path(), &simulator, &limited).output().unwrap();
    let shown = stderr(&output);
    let id = format!("token360:videos:{}", simulator.tasks()[0].id);
    assert_eq!(output.status.code(), Some(7), "{shown}");
    assert!(
        shown.contains("the video is larger than the limit of 1000 bytes"),
        "{shown}"
    );
    let hint = format!("Raise the limit with: videogen download {id} -o kite.mp4");
    assert!(shown.contains(&hint) && shown.contains("--max-bytes BYTES"), "{shown}");
    assert!(!shown.contains("DownloadOptions"), "{shown}");
    assert!(names(folder.path()).is_empty());

    let download = ["download", &id, "-o", "kite.mp4", "--max-bytes"];
    let (code, document, _) = run(folder.path(), &simulator, &[&download[..], &["1000"]].concat());
    assert_eq!(
        (code, &document["error"]["kind"]),
        (7, &json!("too_large")),
        "{document}"
    );
    let (code, document, err) = run(folder.path(), &simulator, &[&download[..], &["100000000"]].concat());
    assert_eq!(code, 0, "{document} {err}");
    assert_eq!(simulator.stats().tasks, 1);
}

/// A copy elsewhere leaves the recorded output file to be written; unless that path is taken by another file.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_elsewhere_replaces_only_a_path_that_is_taken() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    for taken in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| run(folder.path(), &simulator, args);
        // The download fails, so the output file is missing.
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "token360",
            "-o",
            "kite.mp4",
            "--max-bytes",
            "1000",
        ];
        let (code, document, _) = run(&args);
        assert_eq!(code, 7, "{document}");
        let id = document["error"]["task"].as_str().unwrap().to_owned();
        if taken {
            std::fs::write(folder.path().join("kite.mp4"), "mine").unwrap();
        }
        let (code, document, err) = run(&["download", &id, "-o", "copy.mp4"]);
        assert_eq!(code, 0, "{document} {err}");
        let (code, document, _) = run(&["recover", "--wait"]);
        let downloaded = document["downloaded"].as_array().unwrap();
        assert_eq!((code, downloaded.len()), (0, usize::from(!taken)), "{document}");
        assert_eq!(document["unfinished"], json!([]), "{document}");
        let kite = std::fs::read(folder.path().join("kite.mp4")).unwrap();
        let copy = std::fs::read(folder.path().join("copy.mp4")).unwrap();
        assert_eq!(kite == copy, !taken);
        assert_eq!(kite == b"mine", taken);
    }
}

/// A task of 20 s at speed 1000 takes 0.02 s. At the pace for a vendor, the first poll alone comes after several seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_simulator_on_this_machine_is_polled_at_its_speed() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (code, document, err) = run(
        folder.path(),
        &simulator,
        &["generate", "a kite", "--vendor", "token360", "--no-wait"],
    );
    assert_eq!(code, 0, "{document} {err}");
    for vendor in ["token360", "toapis", "alltoken"] {
        // No file to encode: the time is that of the wait.
        let start = Instant::now();
        let args = ["generate", "a kite sim:fail", "--vendor", vendor, "-o", "never.mp4"];
        let (code, document, err) = run(folder.path(), &simulator, &args);
        assert_eq!(code, 1, "{document} {err}");
        assert!(
            start.elapsed() < Duration::from_secs(4),
            "{vendor}: {:?}",
            start.elapsed()
        );
    }
}

/// Only some vendors name their models.
#[test]
fn listed_models_have_a_name_column_only_with_names() {
    let folder = tempfile::tempdir().unwrap();
    for (name, slug, answer, head, row) in [
        (
            "TOAPIS",
            "toapis",
            json!({"data": [{"id": "seedance-2"}]}),
            " model",
            " seedance-2",
        ),
        (
            "ALLTOKEN",
            "alltoken",
            json!({"data": [{"id": "seedance-2.5", "display_name": "Seedance 2.5"}, {"id": "other"}]}),
            " model         name",
            " seedance-2.5  Seedance 2.5",
        ),
    ] {
        let mut command = videogen(folder.path(), &["models", "--live", "--vendor", slug]);
        command
            .env(format!("{name}_API_KEY"), "sk-x")
            .env(format!("{name}_BASE_URL"), vendor(&answer));
        let output = command.output().unwrap();
        let shown = stdout(&output);
        let lines: Vec<&str> = shown.lines().map(str::trim_end).collect();
        assert_eq!(lines[..2], [head, row], "{shown} {}", stderr(&output));
    }
}

/// Refused with a status of success, in the vendor's words.
#[test]
fn a_refused_balance_is_the_vendors_error() {
    let folder = tempfile::tempdir().unwrap();
    let answer = json!({"success": false, "message": "The account cannot be read now."});
    for command in [&["balance"][..], &["models", "--live"]] {
        let run = |json: Option<&str>| {
            let mut videogen = videogen(folder.path(), &[command, &["--vendor", "toapis"]].concat());
            videogen
                .env("TOAPIS_API_KEY", "sk-x")
                .env("TOAPIS_BASE_URL", vendor(&answer));
            videogen.args(json).output().unwrap()
        };
        let output = run(None);
        let expected = format!(
            "error: ToAPIs: {}: The account cannot be read now. (HTTP 200)\n",
            command[0]
        );
        assert_eq!((output.status.code(), stderr(&output)), (Some(4), expected));
        let error = document(&run(Some("--json")))["error"].clone();
        assert_eq!(
            (&error["kind"], &error["status"]),
            (&json!("vendor"), &json!(200)),
            "{error}"
        );
    }
}

/// A rejected submission created no task, so it has another exit code than a task that was moderated.
#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_submission_is_not_a_moderated_task() {
    let simulator = Simulator::builder().speed(1_000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for vendor in [Vendor::Token360, Vendor::ToApis, Vendor::AllToken] {
        let before = simulator.stats().tasks;
        let generate = |prompt: &str| {
            let args = ["generate", prompt, "--vendor", vendor.slug(), "-o", "never.mp4"];
            run(folder.path(), &simulator, &args)
        };
        let (code, document, _) = generate("sim:refuse");
        assert_eq!(
            (code, &document["error"]["delivery"]),
            (2, &json!("rejected")),
            "{document}"
        );
        assert_eq!(simulator.stats().tasks, before);
        let (code, document, _) = generate("sim:moderated");
        assert_eq!(
            (code, &document["error"]["kind"]),
            (1, &json!("moderated")),
            "{document}"
        );
        assert!(document["task"]["id"].is_string(), "{document}");
    }
}

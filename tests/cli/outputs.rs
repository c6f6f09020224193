//! Output paths: checked as far as possible before anything is paid for; later failures never hide a task.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{ChildStderr, Output};
use std::time::Duration;

use videogen_sim::{Fault, Operation, Simulator, Vendor};

use super::journal::command;
use super::{document, stderr};

/// Generates with `args`, and a `--json` document.
fn generate(folder: &Path, simulator: &Simulator, args: &[&str]) -> Output {
    let args = [&["generate", "a kite", "--vendor", "token360", "--json"], args].concat();
    command(folder, simulator, &args).output().unwrap()
}

fn message(output: &Output) -> String {
    document(output)["error"]["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

/// Submits with the key `k`, and lets the task end, so that resuming needs no wait.
fn submit(folder: &Path, simulator: &Simulator, more: &[&str]) -> String {
    let args = [&["--idempotency-key", "k", "--no-wait"], more].concat();
    let output = generate(folder, simulator, &args);
    assert!(output.status.success(), "{}", document(&output));
    simulator.advance(Duration::from_secs(600));
    document(&output)["task"]["id"].as_str().unwrap().to_owned()
}

/// The output of a process, line by line.
pub(crate) fn lines(said: ChildStderr) -> impl Iterator<Item = String> {
    BufReader::new(said).lines().map(Result::unwrap)
}

pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !name.starts_with("journal.db"))
        .collect();
    names.sort();
    names
}

/// In any spelling, the video and the last frame are never the same file, and nothing is submitted.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn two_outputs_are_never_one_file() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("sub")).unwrap();
    fs::write(path("a.mp4"), "mine").unwrap();
    fs::hard_link(path("a.mp4"), path("hard.png")).unwrap();
    std::os::unix::fs::symlink("a.mp4", path("link.png")).unwrap();
    std::os::unix::fs::symlink(folder.path(), path("here")).unwrap();
    let absolute = path("a.mp4").display().to_string();
    let before = names(folder.path());
    for (video, image) in [
        ("a.mp4", "a.mp4"),
        ("a.mp4", "./a.mp4"),
        ("a.mp4", "sub/../a.mp4"),
        ("a.mp4", absolute.as_str()),
        ("a.mp4", "here/a.mp4"),
        ("a.mp4", "link.png"),
        ("link.png", "a.mp4"),
        ("a.mp4", "hard.png"),
        ("new.mp4", "here/sub/../new.mp4"),
    ] {
        let output = generate(
            folder.path(),
            &simulator,
            &["-o", video, "--last-frame-output", image, "--overwrite"],
        );
        assert_eq!(output.status.code(), Some(7), "{video} {image}: {}", stderr(&output));
        assert!(message(&output).contains("same file"), "{}", message(&output));
    }
    assert_eq!(fs::read_to_string(path("a.mp4")).unwrap(), "mine");
    assert_eq!((names(folder.path()), simulator.stats().tasks), (before, 0));

    // Different files are accepted.
    submit(folder.path(), &simulator, &["--return-last-frame"]);
    let args = [
        "--idempotency-key",
        "k",
        "-o",
        "link.png",
        "--last-frame-output",
        "sub/a.mp4",
        "--overwrite",
    ];
    let output = generate(folder.path(), &simulator, &args);
    assert!(output.status.success(), "{}", document(&output));
    // The target of a link is written.
    assert!(path("link.png").symlink_metadata().unwrap().is_symlink());
    assert_eq!(&fs::read(path("a.mp4")).unwrap()[4..8], b"ftyp");
    assert!(fs::read(path("sub/a.mp4")).unwrap().starts_with(b"\x89PNG"));
}

/// Also a journal that does not exist yet, and SQLite's files next to one.
#[tokio::test(flavor = "multi_thread")]
async fn an_output_never_replaces_the_journal() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for args in [
        ["--journal", "new.db", "-o", "new.db"],
        ["--journal", "new.db", "-o", "./new.db-wal"],
        ["--journal", "new.db", "-o", "new.db-shm"],
        ["--journal", "new.db", "--last-frame-output", "new.db-journal"],
    ] {
        let output = generate(folder.path(), &simulator, &[&args[..], &["--overwrite"]].concat());
        assert_eq!(output.status.code(), Some(7), "{args:?}: {}", stderr(&output));
        assert!(
            message(&output).contains("belongs to the journal"),
            "{}",
            message(&output)
        );
    }
    assert_eq!((names(folder.path()).len(), simulator.stats().tasks), (0, 0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn unwritable_outputs_are_rejected_before_anything_is_paid() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink("nowhere.mp4", path("dangling.mp4")).unwrap();
    std::os::unix::fs::symlink("loop.mp4", path("loop.mp4")).unwrap();
    fs::write(path("file"), "").unwrap();
    let long = "x".repeat(256);
    // Only the name of the last frame is too long.
    let nearly = format!("{}.mp4", "x".repeat(251));
    let before = names(folder.path());
    for (args, word) in [
        (&["-o", "dangling.mp4"][..], "nowhere.mp4"),
        (&["-o", "dangling.mp4", "--overwrite"], "nowhere.mp4"),
        (&["-o", "a.mp4", "--last-frame-output", "dangling.mp4"], "nowhere.mp4"),
        (&["-o", "loop.mp4"], "loop.mp4"),
        (&["-o", &long], "long"),
        (&["-o", &nearly, "--return-last-frame"], "long"),
        (&["-o", "none/none/a.mp4"], "none/none"),
        (&["-o", "a.mp4", "--last-frame-output", "none/a.png"], "none"),
        (&["-o", "file/a.mp4"], "file"),
        (&["-o", "/proc/a.mp4"], "/proc"),
        (&["-o", "/dev/null"], "regular"),
        (&["-o", "journal.db", "--overwrite"], "journal"),
        (&["-o", "./journal.db", "--overwrite"], "journal"),
    ] {
        // The journal exists.
        fs::File::options()
            .append(true)
            .create(true)
            .open(path("journal.db"))
            .unwrap();
        let output = generate(folder.path(), &simulator, args);
        assert_eq!(output.status.code(), Some(7), "{args:?}: {}", document(&output));
        assert!(message(&output).contains(word), "{args:?}: {}", message(&output));
    }
    assert_eq!(names(folder.path()), before);

    // No file is given, and the current folder is not writable or deleted.
    let elsewhere = tempfile::tempdir().unwrap();
    let gone = elsewhere.path().join("gone");
    for folder in ["/proc", gone.to_str().unwrap()] {
        let script = format!(
            "mkdir -p {0} 2>/dev/null; cd {0} && (rmdir {0} 2>/dev/null; exec \"$@\")",
            folder
        );
        let args = ["generate", "a kite", "--vendor", "token360", "--json", "--no-journal"];
        let run = command(elsewhere.path(), &simulator, &args);
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", &script, "sh"])
            .arg(run.get_program())
            .args(run.get_args());
        for (name, value) in run.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let output = shell.output().unwrap();
        assert_eq!(output.status.code(), Some(7), "{folder}: {}", document(&output));
        assert!(message(&output).contains("cannot write into"), "{}", message(&output));
    }
    assert_eq!(simulator.stats().tasks, 0);
}

/// The disk is full.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_detected_before_anything_is_paid() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    // A file size limit has the same effect on writes.
    let script = "ulimit -f 0; trap '' XFSZ; exec \"$@\"";
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--json",
        "--no-journal",
        "-o",
        "a.mp4",
    ];
    let run = command(folder.path(), &simulator, &args);
    let mut shell = std::process::Command::new("sh");
    shell
        .args(["-c", script, "sh"])
        .arg(run.get_program())
        .args(run.get_args());
    shell.current_dir(folder.path());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    let output = shell.output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert!(message(&output).contains("cannot write"), "{}", message(&output));
    assert_eq!((names(folder.path()).len(), simulator.stats().tasks), (0, 0));
}

/// Two concurrent runs with the same output file: one fails before it pays, with or without --overwrite.
#[tokio::test(flavor = "multi_thread")]
async fn several_runs_at_once_never_share_a_file() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let first = ["-o", "a.mp4", "--return-last-frame", "--overwrite"];
    let first = [&["generate", "a kite", "--vendor", "token360"], &first[..]].concat();
    let mut first = command(folder.path(), &simulator, &first)
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = lines(first.stderr.take().unwrap());
    assert!(lines.any(|line| line.contains("Submitted")));
    for args in [
        &["-o", "a.mp4", "--overwrite"][..],
        &["-o", "./a.mp4"],
        // Its last frame has the same name.
        &["-o", "a.mov", "--return-last-frame"],
        &["-o", "b.mp4", "--last-frame-output", "a.mp4"],
    ] {
        let output = generate(folder.path(), &simulator, args);
        assert_eq!(output.status.code(), Some(7), "{args:?}: {}", document(&output));
        assert!(message(&output).contains("another run"), "{}", message(&output));
    }
    assert_eq!(simulator.stats().tasks, 1);
    // Nothing is left of an ended run.
    first.kill().unwrap();
    first.wait().unwrap();
    let output = generate(folder.path(), &simulator, &["-o", "a.mp4", "--timeout", "0"]);
    assert_eq!(
        (output.status.code(), simulator.stats().tasks),
        (Some(5), 2),
        "{}",
        document(&output)
    );
}

/// One key is one task: all runs succeed.
#[tokio::test(flavor = "multi_thread")]
async fn runs_with_one_key_share_their_file() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    submit(folder.path(), &simulator, &[]);
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--json",
        "--idempotency-key",
        "k",
        "-o",
        "a.mp4",
    ];
    let runs: Vec<_> = (0..4)
        .map(|_| {
            let mut command = command(folder.path(), &simulator, &args);
            command.stdout(std::process::Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for run in runs {
        let output = run.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", document(&output));
        assert_eq!(document(&output)["file"]["path"], "a.mp4");
    }
    assert_eq!(simulator.stats().tasks, 1);
    assert_eq!(names(folder.path()), ["a.mp4"]);
}

/// Another file exists at the path named after the task: the task is reported, with the next step.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_in_the_way_does_not_hide_the_task() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let id = submit(folder.path(), &simulator, &[]);
    let name = format!("{}.mp4", id.replace(':', "."));
    fs::write(folder.path().join(&name), "mine").unwrap();
    let next = format!("videogen download {id} -o OTHER.mp4");
    let args = ["generate", "a kite", "--vendor", "token360", "--idempotency-key", "k"];
    let output = command(folder.path(), &simulator, &args).output().unwrap();
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains(&next), "{}", stderr(&output));
    let output = generate(folder.path(), &simulator, &args[4..]);
    let error = &document(&output)["error"];
    assert_eq!((output.status.code(), &error["task"]), (Some(7), &id.as_str().into()));
    assert!(error["hint"].as_str().unwrap().contains(&next), "{error}");
    assert_eq!(fs::read(folder.path().join(&name)).unwrap(), b"mine");
    // The suggestion works.
    let args = ["download", &id, "-o", "b.mp4"];
    let output = command(folder.path(), &simulator, &args).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["b.mp4", &name]);
}

/// The same command again, with the file in place: succeeds without a request. Another file there is not changed.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_key_finds_its_file() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    submit(folder.path(), &simulator, &["--return-last-frame"]);
    let args = ["--idempotency-key", "k", "-o", "a.mp4", "--return-last-frame"];
    let first = generate(folder.path(), &simulator, &args);
    assert!(first.status.success(), "{}", document(&first));
    let image = folder.path().join("a.last-frame.png");
    let (video_bytes, image_bytes) = (
        fs::read(folder.path().join("a.mp4")).unwrap(),
        fs::read(&image).unwrap(),
    );
    let asked = simulator.stats().requests;
    for more in [&[][..], &["--overwrite"]] {
        let again = generate(folder.path(), &simulator, &[&args[..], more].concat());
        assert!(again.status.success(), "{}", document(&again));
        for member in ["file", "last_frame_file"] {
            assert_eq!(document(&again)[member], document(&first)[member]);
        }
        assert_eq!(document(&again)["task"]["id"], document(&first)["task"]["id"]);
    }
    assert_eq!(simulator.stats().requests, asked, "nothing had to be asked");

    // One of two is missing.
    fs::remove_file(&image).unwrap();
    let again = generate(folder.path(), &simulator, &args);
    assert!(again.status.success(), "{}", document(&again));
    assert_eq!(fs::read(&image).unwrap(), image_bytes);

    // Another file is there.
    fs::write(folder.path().join("a.mp4"), "mine").unwrap();
    let other = generate(folder.path(), &simulator, &args);
    let error = &document(&other)["error"];
    assert_eq!(
        (other.status.code(), &error["task"]),
        (Some(7), &document(&first)["task"]["id"])
    );
    assert!(
        error["hint"].as_str().unwrap().contains("videogen download token360:"),
        "{error}"
    );
    assert_eq!(fs::read(folder.path().join("a.mp4")).unwrap(), b"mine");
    let replaced = generate(folder.path(), &simulator, &[&args[..], &["--overwrite"]].concat());
    assert!(replaced.status.success(), "{}", document(&replaced));
    assert_eq!(fs::read(folder.path().join("a.mp4")).unwrap(), video_bytes);
    assert_eq!(simulator.stats().tasks, 1);
}

/// A task that is completed according to the journal is polled at once.
#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_key_polls_at_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = ["--idempotency-key", "k"];
    let first = generate(folder.path(), &simulator, &[&key[..], &["--no-wait"]].concat());
    let id = document(&first)["task"]["id"].as_str().unwrap().to_owned();
    simulator.advance(Duration::from_secs(600));
    let args = ["status", &id];
    assert!(
        command(folder.path(), &simulator, &args)
            .output()
            .unwrap()
            .status
            .success()
    );
    // The vendor's first pause is longer than this.
    let args = [&key[..], &["-o", "a.mp4", "--timeout", "5"]].concat();
    let begun = std::time::Instant::now();
    let again = generate(folder.path(), &simulator, &args);
    assert!(again.status.success(), "{}", document(&again));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(simulator.stats().tasks, 1);
}

/// Any failure after the submission names the task.
#[tokio::test(flavor = "multi_thread")]
async fn a_paid_task_is_named_by_every_failure() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (turn, code) in [401, 404, 200].into_iter().enumerate() {
        let name = format!("{code}.mp4");
        let run = command(
            folder.path(),
            &simulator,
            &[
                "generate",
                "a kite",
                "--again",
                "--vendor",
                "token360",
                "--json",
                "--timeout",
                "0",
                "-o",
                &name,
            ],
        );
        let mut run = run;
        simulator.inject(Fault::status(Vendor::Token360, Operation::Get, code, "[]").times(20));
        let output = run.output().unwrap();
        assert_eq!(simulator.stats().tasks, turn + 1);
        let error = &document(&output)["error"];
        let made = simulator.tasks().pop().unwrap().id;
        assert!(
            error["task"].as_str().is_some_and(|task| task.ends_with(&made)),
            "{error}"
        );
        assert!(
            error["hint"].as_str().is_some_and(|hint| hint.contains(&made)),
            "{error}"
        );
    }
}

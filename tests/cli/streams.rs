//! `-o -`: the video on standard output.
#![cfg(unix)]

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::json;
use videogen_sim::Simulator;

use super::file_server::{File, FileServer, Reply, Request};
use super::journal::command;
use super::outputs::names;
use super::resumed::{SIZE, video};
use super::{run, stderr, stdout, videogen};

fn is_video(output: &Output) -> bool {
    output.stdout.get(4..8) == Some(b"ftyp")
}

/// Everything else is on standard error.
#[test]
fn the_video_alone_is_on_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "--simulate", "a kite", "--duration", "4", "-o", "-"];
    let output = run(folder.path(), &generate);
    assert!(output.status.success() && is_video(&output), "{}", stderr(&output));
    let size = output.stdout.len();
    let line = format!("standard output: {size} bytes (simulated)\n");
    assert!(stderr(&output).ends_with(&line), "{}", stderr(&output));
    assert!(names(folder.path()).is_empty());

    let output = run(folder.path(), &[&generate[..], &["-q"]].concat());
    assert!(output.status.success() && is_video(&output), "{}", stderr(&output));
    assert_eq!((output.stdout.len(), stderr(&output).as_str()), (size, ""));

    let last_frame = ["--return-last-frame", "--last-frame-output", "last.png"];
    let output = run(folder.path(), &[&generate[..], &last_frame].concat());
    assert!(output.status.success() && is_video(&output), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["last.png"]);

    // Without a video there is nothing, also with -q.
    for more in [&[][..], &["-q"]] {
        let output = run(
            folder.path(),
            &[&["generate", "--simulate", "sim:fail", "-o", "-"], more].concat(),
        );
        assert_eq!(
            (output.status.code(), output.stdout.len()),
            (Some(1), 0),
            "{}",
            stderr(&output)
        );
    }
    // Downloads of earlier tasks need nothing to be there.
    fs::write(folder.path().join("-"), "mine").unwrap();
    assert!(is_video(&run(folder.path(), &generate)));
    assert_eq!(fs::read_to_string(folder.path().join("-")).unwrap(), "mine");
}

/// Nothing is submitted.
#[tokio::test(flavor = "multi_thread")]
async fn options_that_do_not_fit_are_refused() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let generate = ["generate", "a kite", "--vendor", "token360", "-o", "-"];
    let two = ["token360:videos:video-1", "token360:videos:video-2", "-o", "-"];
    for (args, words) in [
        ([&generate[..], &["--json"]].concat(), "both write to standard output"),
        ([&generate[..], &["--events"]].concat(), "both write to standard output"),
        (
            [&generate[..], &["--return-last-frame"]].concat(),
            "add --last-frame-output PATH",
        ),
        (
            [&generate[..], &["--last-frame-output", "-"]].concat(),
            "only the video can go to standard output",
        ),
        ([&["wait"], &two[..]].concat(), "there are 2 tasks"),
        ([&["download"], &two[..]].concat(), "there are 2 tasks"),
    ] {
        let output = command(folder.path(), &simulator, &args).output().unwrap();
        let shown = stdout(&output) + &stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {shown}");
        assert!(shown.contains(words), "{args:?}: {shown}");
    }
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_terminal_is_refused_before_anything_is_paid() {
    let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let of = command(folder.path(), &simulator, &[]);
    let mut terminal = Command::new("script");
    for (name, value) in of.get_envs().filter_map(|(name, value)| Some((name, value?))) {
        terminal.env(name, value);
    }
    let line = format!(
        "'{}' generate 'a kite' --vendor token360 -o -",
        of.get_program().display()
    );
    let output = terminal
        .current_dir(folder.path())
        .args(["-qec", &line, "/dev/null"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).contains("which is a terminal"), "{}", stdout(&output));
    assert_eq!(simulator.stats().requests.values().sum::<u64>(), 0);
}

/// `wait` and `download` too; a stream is no file of the journal, and leaves nothing to recover.
#[tokio::test(flavor = "multi_thread")]
async fn a_streamed_task_is_recorded() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let vg = |args: &[&str]| command(folder.path(), &simulator, args).output().unwrap();
    let generate = [
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--idempotency-key",
        "k",
        "-o",
        "-",
    ];
    let output = vg(&[
        "generate",
        "a kite",
        "--vendor",
        "token360",
        "--idempotency-key",
        "k",
        "--no-wait",
        "-q",
    ]);
    let id = stdout(&output).trim().to_owned();
    simulator.advance(Duration::from_secs(600));
    for args in [
        &generate[..],
        &["wait", &id, "-o", "-"],
        &["download", &id, "-o", "-"],
        &generate,
    ] {
        let output = vg(args);
        assert!(
            output.status.success() && is_video(&output),
            "{args:?}: {}",
            stderr(&output)
        );
    }
    assert_eq!(simulator.stats().tasks, 1);
    assert!(names(folder.path()).is_empty());
    let output = vg(&["recover", "--json"]);
    assert!(stdout(&output).contains("\"unfinished\":[]") || super::document(&output)["unfinished"] == json!([]));
    let output = vg(&["list", "--local"]);
    assert!(stdout(&output).contains(&id), "{}", stdout(&output));
}

/// A vendor with a finished task whose file is sent by `answer`.
async fn vendor(answer: impl Fn(usize, &File, &Request) -> Reply + Send + Sync + 'static) -> FileServer {
    let file = File::new(video());
    let downloads = std::sync::atomic::AtomicUsize::new(0);
    FileServer::new(move |_, request| {
        if request.path == "/v.mp4" {
            let number = downloads.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            return answer(number, &file, request);
        }
        let url = format!("http://{}/v.mp4", request.header("host").unwrap());
        Reply::json(&json!({"id": "t-1", "status": "completed", "video_url": url}))
    })
    .await
}

fn download(folder: &Path, server: &FileServer) -> Command {
    let mut command = videogen(folder, &["download", "alltoken:generations:t-1", "-o", "-"]);
    command
        .env("ALLTOKEN_API_KEY", "sk-x")
        .env("ALLTOKEN_BASE_URL", server.url(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_transfer_is_resumed_where_the_host_can() {
    let folder = tempfile::tempdir().unwrap();
    let server = vendor(|n, file, request| match n {
        0 => file.answer(request).cut(SIZE / 2),
        _ => file.answer(request),
    })
    .await;
    let output = download(folder.path(), &server).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(output.stdout == video());

    // This one cannot: what was written cannot be taken back.
    let server = vendor(|n, file, request| match n {
        0 => file.answer(request).with("ETag", "").cut(SIZE / 2),
        _ => file.answer(request).with("ETag", ""),
    })
    .await;
    let output = download(folder.path(), &server).output().unwrap();
    assert_eq!(output.status.code(), Some(4), "{}", stderr(&output));
    assert!(video().starts_with(&output.stdout));
    let hint = "Try again with: videogen download alltoken:generations:t-1 -o -";
    assert!(stderr(&output).contains(hint), "{}", stderr(&output));
}

/// The reader ends early, such as `head`.
#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_names_the_next_step() {
    let folder = tempfile::tempdir().unwrap();
    let server = vendor(|_, file, request| file.answer(request)).await;
    let mut child = download(folder.path(), &server).spawn().unwrap();
    let mut some = [0; 1024];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut some).unwrap();
    drop(out);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert!(video().starts_with(&some));
    for words in [
        "cannot write the video to standard output",
        "Try again with: videogen download alltoken:generations:t-1 -o -",
    ] {
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
}

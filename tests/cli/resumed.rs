//! Downloads that a process leaves and the next one resumes.
#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::file_server::{File, FileServer, Reply};
use super::outputs::names;
use super::{stderr, stdout, videogen};

pub(super) const SIZE: usize = 8 * 1024 * 1024;
const DOWNLOAD: [&str; 4] = ["download", "alltoken:generations:t-1", "-o", "v.mp4"];

/// A video without repeating parts.
pub(super) fn video() -> Vec<u8> {
    let mut bytes = b"\0\0\0\x08ftyp\0\0\0\x08moov".to_vec();
    bytes.extend(u32::try_from(SIZE - 16).unwrap().to_be_bytes());
    bytes.extend(b"mdat");
    let mut state = 7_u64;
    while bytes.len() < SIZE {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.push((state >> 56) as u8);
    }
    bytes
}

/// A vendor with a finished task, whose link is another one at each request. The first `hanging` downloads stop in the
/// middle.
async fn vendor(hanging: usize) -> FileServer {
    let file = File::new(video());
    let downloads = std::sync::atomic::AtomicUsize::new(0);
    FileServer::new(move |n, request| {
        if request.path.starts_with("/v.mp4") {
            let reply = file.answer(request);
            let number = downloads.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            return if number < hanging {
                reply.hang(SIZE - 1024)
            } else {
                reply
            };
        }
        let host = request.header("host").unwrap();
        let url = format!("http://{host}/v.mp4?X-Amz-Signature=canary-{n}");
        Reply::json(&json!({"id": "t-1", "status": "completed", "video_url": url}))
    })
    .await
}

fn download(folder: &Path, server: &FileServer) -> Command {
    let mut command = videogen(folder, &DOWNLOAD);
    command
        .env("ALLTOKEN_API_KEY", "sk-canary-key")
        .env("ALLTOKEN_BASE_URL", server.url(""))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// The ranges that were requested of the video.
fn ranges(server: &FileServer) -> Vec<Option<usize>> {
    let seen = server.seen();
    let videos = seen.iter().filter(|request| request.path.starts_with("/v.mp4"));
    videos.map(|request| request.from()).collect()
}

/// Waits until the process has stored most of the video.
fn stored(folder: &Path, child: &mut Child) -> PathBuf {
    loop {
        let parts = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let mut parts = parts.filter(|path| path.extension().is_some_and(|end| end == "part"));
        let is_long = |path: &PathBuf| path.metadata().is_ok_and(|found| found.len() > SIZE as u64 / 2);
        if let Some(partial) = parts.find(is_long) {
            return partial;
        }
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        crate::pause::pause();
    }
}

fn digest(path: &Path) -> Vec<u8> {
    Sha256::digest(fs::read(path).unwrap()).to_vec()
}

/// With SIGKILL, and with Ctrl-C, whose hint is the command that resumes it.
#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_was_stopped_is_resumed_by_the_next_process() {
    for signal in ["-KILL", "-INT"] {
        let server = vendor(1).await;
        let folder = tempfile::tempdir().unwrap();
        let mut child = download(folder.path(), &server).spawn().unwrap();
        let partial = stored(folder.path(), &mut child);
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        assert!(!output.status.success());
        if signal == "-INT" {
            let hint = "videogen download alltoken:generations:t-1 -o v.mp4";
            assert!(stderr(&output).contains(hint), "{}", stderr(&output));
        }
        let length = usize::try_from(partial.metadata().unwrap().len()).unwrap();
        assert!(length < SIZE);
        let mut left = names(folder.path());
        // The lock on the name, which the process could not remove.
        left.retain(|name| name != ".videogen-reserved");
        assert_eq!(left.len(), 2, "{left:?}");
        for name in &left {
            let content = fs::read(folder.path().join(name)).unwrap();
            assert!(!content.windows(6).any(|part| part == b"canary"), "{name}");
        }
        let output = download(folder.path(), &server).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert_eq!(stdout(&output), format!("v.mp4: {SIZE} bytes\n"));
        assert_eq!(ranges(&server), [None, Some(length)]);
        assert_eq!(digest(&folder.path().join("v.mp4")), Sha256::digest(video()).to_vec());
        assert_eq!(names(folder.path()), ["v.mp4"]);
    }
}

/// While one process has the partial file, another one downloads to its own.
#[tokio::test(flavor = "multi_thread")]
async fn a_partial_file_in_use_is_left_alone() {
    let server = vendor(1).await;
    let folder = tempfile::tempdir().unwrap();
    let mut first = download(folder.path(), &server).spawn().unwrap();
    let partial = stored(folder.path(), &mut first);
    let output = download(folder.path(), &server).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(ranges(&server), [None, None]);
    assert_eq!(digest(&folder.path().join("v.mp4")), Sha256::digest(video()).to_vec());
    assert!(partial.exists());
    first.kill().unwrap();
    first.wait().unwrap();
    // It is replaced on request only, and the rest of the first one is still good for that.
    let output = download(folder.path(), &server).arg("--overwrite").output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(names(folder.path()), ["v.mp4"]);
    assert_eq!(digest(&folder.path().join("v.mp4")), Sha256::digest(video()).to_vec());
}

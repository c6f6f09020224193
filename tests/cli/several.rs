//! Tasks with several videos: all files, their names, and what a repeated command does.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Output;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::outputs::names;
use super::{document, stderr, stdout, videogen};

const OPENING: &[u8] = b"\0\0\0\x08ftyp\0\0\0\x08moov\0\0\0\x0cmdat";

/// A vendor that makes two videos; returns the paths that were requested.
fn vendor(broken: bool) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (own, seen) = (base_url.clone(), Arc::new(Mutex::new(Vec::new())));
    let requested = seen.clone();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut reader = BufReader::new(socket.try_clone().unwrap());
            let (mut line, mut length) = (String::new(), 0);
            reader.read_line(&mut line).unwrap();
            let first = line.split(' ').take(2).collect::<Vec<_>>().join(" ");
            while line.trim() != "" {
                line.clear();
                reader.read_line(&mut line).unwrap();
                if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            reader.read_exact(&mut vec![0; length]).unwrap();
            let file = |index: u8| [OPENING, &[index; 4]].concat();
            let (status, body) = match first.as_str() {
                "GET /1.mp4" => (200, file(1)),
                "GET /2.mp4" if broken => (404, Vec::new()),
                "GET /2.mp4" => (200, file(2)),
                path => {
                    let status = if path.starts_with("POST") {
                        "queued"
                    } else {
                        "completed"
                    };
                    let items = json!([{"url": format!("{own}/1.mp4")}, {"url": format!("{own}/2.mp4")}]);
                    let mut task =
                        json!({"id": "t-1", "object": "generation.task", "model": "seedance-2", "status": status});
                    if status == "completed" {
                        task["result"] = json!({"type": "video", "data": items});
                    }
                    (200, task.to_string().into_bytes())
                }
            };
            requested.lock().unwrap().push(first);
            let head = format!(
                "HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = socket.write_all(&[head.as_bytes(), &body].concat());
        }
    });
    (base_url, seen)
}

fn command(folder: &Path, base_url: &str, args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    command.env("TOAPIS_API_KEY", "sk-x").env("TOAPIS_BASE_URL", base_url);
    command.output().unwrap()
}

fn content(folder: &Path, name: &str) -> u8 {
    *std::fs::read(folder.join(name)).unwrap().last().unwrap()
}

#[test]
fn all_videos_are_downloaded_and_listed() {
    let (base_url, _) = vendor(false);
    let folder = tempfile::tempdir().unwrap();
    let output = command(
        folder.path(),
        &base_url,
        &["download", "toapis:generations:t-1", "-o", "v.mp4"],
    );
    assert_eq!(
        stdout(&output),
        "v.mp4: 28 bytes\nv-2.mp4: 28 bytes\n",
        "{}",
        stderr(&output)
    );
    assert_eq!(
        (content(folder.path(), "v.mp4"), content(folder.path(), "v-2.mp4")),
        (1, 2)
    );
    // Without a given name, and as a document.
    let output = command(
        folder.path(),
        &base_url,
        &["download", "toapis:generations:t-1", "--json"],
    );
    let found = document(&output);
    let file = |name: &str| json!({"path": format!("toapis.generations.t-1{name}.mp4"), "bytes": 28});
    assert_eq!(
        (&found["file"], &found["further_files"]),
        (&file(""), &json!([file("-2")])),
        "{found}"
    );
    assert_eq!(found["task"]["more_videos"].as_array().map(Vec::len), Some(1));
    // A template numbers them.
    let args = ["download", "toapis:generations:t-1", "--json", "-o", "{id}-{n}.mp4"];
    let found = document(&command(folder.path(), &base_url, &args));
    assert_eq!(
        (&found["file"]["path"], &found["further_files"][0]["path"]),
        (&json!("t-1-1.mp4"), &json!("t-1-2.mp4")),
        "{found}"
    );
    let args = ["download", "toapis:generations:t-1", "--json", "-o", "k{n}.mp4"];
    let found = document(&command(folder.path(), &base_url, &args));
    assert_eq!(found["further_files"][0]["path"], "k2.mp4", "{found}");
    let output = command(folder.path(), &base_url, &["status", "toapis:generations:t-1"]);
    assert!(stdout(&output).contains("more videos  1 ready"), "{}", stdout(&output));
}

#[test]
fn a_repeated_command_fetches_what_is_missing() {
    let (base_url, seen) = vendor(false);
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "toapis",
        "--duration=5",
        "--idempotency-key",
        "k",
        "-o",
        "v.mp4",
        "--json",
    ];
    let generate = || -> (Value, Vec<String>) {
        seen.lock().unwrap().clear();
        let output = command(folder.path(), &base_url, &args);
        assert!(output.status.success(), "{} {}", stdout(&output), stderr(&output));
        let requested = seen
            .lock()
            .unwrap()
            .iter()
            .filter(|path| path.ends_with(".mp4"))
            .cloned()
            .collect();
        (document(&output), requested)
    };
    let (found, requested) = generate();
    assert_eq!(found["further_files"][0]["path"], "v-2.mp4", "{found}");
    assert_eq!(requested, ["GET /1.mp4", "GET /2.mp4"]);
    std::fs::remove_file(folder.path().join("v-2.mp4")).unwrap();
    let (found, requested) = generate();
    assert_eq!(requested, ["GET /2.mp4"], "{found}");
    let (found, requested) = generate();
    assert!(requested.is_empty(), "{requested:?}");
    assert_eq!(found["further_files"][0]["path"], "v-2.mp4", "{found}");
    assert_eq!(names(folder.path()), ["v-2.mp4", "v.mp4"]);
}

#[test]
fn a_missing_further_video_is_an_error_that_names_what_is_complete() {
    let (base_url, _) = vendor(true);
    let folder = tempfile::tempdir().unwrap();
    let output = command(
        folder.path(),
        &base_url,
        &["download", "toapis:generations:t-1", "-o", "v.mp4"],
    );
    let shown = stderr(&output);
    assert!(!output.status.success(), "{shown}");
    assert!(shown.contains("v.mp4 is complete, but video 2 is missing: "), "{shown}");
    assert_eq!(names(folder.path()), ["v.mp4"]);
}

/// Another run has reserved the name of the second video, which is known only now.
#[test]
fn a_further_video_never_takes_the_file_of_another_run() {
    let (base_url, _) = vendor(false);
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("v-2.mp4"), "other").unwrap();
    let download = ["download", "toapis:generations:t-1", "-o", "v.mp4", "--overwrite"];
    let reserved = folder.path().join(".videogen-reserved");
    std::fs::create_dir(&reserved).unwrap();
    std::fs::write(reserved.join("v-2.mp4"), 7_u64.to_le_bytes()).unwrap();
    let lock = std::fs::File::open(reserved.join("v-2.mp4")).unwrap();
    lock.lock().unwrap();
    let output = command(folder.path(), &base_url, &download);
    let shown = stderr(&output);
    assert_eq!(output.status.code(), Some(7), "{shown}");
    assert!(shown.contains("v-2.mp4 is being written by another run"), "{shown}");
    assert!(
        shown.contains("videogen download toapis:generations:t-1 -o OTHER.mp4"),
        "{shown}"
    );
    assert_eq!(std::fs::read(folder.path().join("v-2.mp4")).unwrap(), b"other");
    assert_eq!(content(folder.path(), "v.mp4"), 1);
    // Without --overwrite, an existing file stays, whichever program wrote it.
    drop(lock);
    let output = command(
        folder.path(),
        &base_url,
        &["download", "toapis:generations:t-1", "-o", "w.mp4"],
    );
    assert!(output.status.success(), "{}", stderr(&output));
    std::fs::write(folder.path().join("u-2.mp4"), "other").unwrap();
    let output = command(
        folder.path(),
        &base_url,
        &["download", "toapis:generations:t-1", "-o", "u.mp4"],
    );
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    assert_eq!(std::fs::read(folder.path().join("u-2.mp4")).unwrap(), b"other");
    // By permission, when no run holds it.
    let output = command(folder.path(), &base_url, &download);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(content(folder.path(), "v-2.mp4"), 2);
}

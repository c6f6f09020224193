//! Files that the command leaves, or does not leave.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader, Write as _};
#[cfg(unix)]
use std::net::TcpListener;
#[cfg(unix)]
use std::sync::mpsc;

#[cfg(unix)]
use serde_json::json;

use crate::{Vendor, at_once, document, run, stderr, stdout};

/// The beginning of a video with its index first.
#[cfg(unix)]
const OPENING: &[u8] = b"\0\0\0\x08ftyp\0\0\0\x08moov";
/// More than the sockets can buffer, so that a part must have been read when almost everything is sent.
#[cfg(unix)]
const SIZE: usize = 64 * 1024 * 1024;

/// A vendor whose video never ends; signals when almost all of it is sent.
#[cfg(unix)]
fn endless_vendor() -> (String, mpsc::Receiver<()>) {
    vendor(vec![0; SIZE - 16], SIZE - 1024 - 16)
}

/// A vendor whose video is `body` after its first box; sends only a part of it, and signals when that is sent.
#[cfg(unix)]
fn vendor(body: Vec<u8>, send: usize) -> (String, mpsc::Receiver<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (on_request, requests) = mpsc::channel();
    let own = base_url.clone();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let lines = BufReader::new(socket.try_clone().unwrap()).lines();
            let head: Vec<String> = lines.map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            if head[0].contains("/v.mp4") {
                let size = body.len() + 16;
                let head = format!("HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {size}\r\n\r\n");
                socket.write_all(head.as_bytes()).unwrap();
                socket.write_all(OPENING).unwrap();
                socket.write_all(&body[..send]).unwrap();
                on_request.send(()).unwrap();
                // It stays open, without more bytes.
                open.push(socket);
            } else {
                let task = json!({"id": "t-1", "status": "completed", "video_url": format!("{own}/v.mp4")}).to_string();
                let head = format!(
                    "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                    task.len()
                );
                socket.write_all((head + &task).as_bytes()).unwrap();
            }
        }
    });
    (base_url, requests)
}

/// Killed in the middle: the path has its previous content, nothing or the old file.
#[cfg(unix)]
#[test]
fn a_kill_in_the_middle_leaves_no_half_a_video() {
    for before in [None, Some("the old one")] {
        let (base_url, requests) = endless_vendor();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.mp4");
        if let Some(before) = before {
            std::fs::write(&path, before).unwrap();
        }
        let args = ["download", "alltoken:generations:t-1", "-o", "v.mp4", "--overwrite"];
        let mut child = crate::videogen(folder.path(), &args)
            .env("ALLTOKEN_API_KEY", "sk-x")
            .env("ALLTOKEN_BASE_URL", base_url)
            .spawn()
            .unwrap();
        requests.recv().unwrap();
        let partial = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap())
            .find(|entry| entry.file_name().to_string_lossy().ends_with(".part"))
            .unwrap();
        assert!(
            partial.metadata().unwrap().len() > 0,
            "it was killed before it wrote anything"
        );
        // SIGKILL.
        child.kill().unwrap();
        assert!(!child.wait().unwrap().success());
        assert_eq!(std::fs::read_to_string(&path).ok().as_deref(), before);
        assert!(partial.path().exists(), "no process is left to delete it");
    }
}

/// Killed while the file is synced or placed, or just after: the path has its previous content or the complete file.
#[cfg(unix)]
#[test]
fn a_kill_at_the_end_leaves_all_of_the_video_or_nothing() {
    const BODY: usize = 8 * 1024 * 1024;
    let mut body = vec![0; BODY];
    body[..8].copy_from_slice(b"\0\x80\0\0mdat");
    let whole = [OPENING, &body[..]].concat();
    for round in 0..16_u32 {
        let (base_url, requests) = vendor(body.clone(), BODY);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("v.mp4");
        let mut args = vec!["download", "alltoken:generations:t-1", "-o", "v.mp4"];
        let before = (round % 2 == 1).then_some(&b"the old one"[..]);
        if let Some(before) = before {
            std::fs::write(&path, before).unwrap();
            args.push("--overwrite");
        }
        let mut child = crate::videogen(folder.path(), &args)
            .env("ALLTOKEN_API_KEY", "sk-x")
            .env("ALLTOKEN_BASE_URL", base_url)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        requests.recv().unwrap();
        let is_whole = |path: &std::path::Path| path.metadata().is_ok_and(|found| found.len() == whole.len() as u64);
        let is_written = || {
            let mut entries = std::fs::read_dir(folder.path()).unwrap();
            entries.any(|entry| is_whole(&entry.unwrap().path()))
        };
        let mut until = |is_so: &dyn Fn() -> bool| {
            while !is_so() {
                let ended = child.try_wait().unwrap();
                assert!(ended.is_none() || is_so(), "{ended:?}");
            }
        };
        // Each round a little later, from the last bytes until the file is in place.
        let is_last = round / 2 == 7;
        match round / 2 {
            0 => {}
            _ if is_last => until(&|| is_whole(&path)),
            later => {
                until(&is_written);
                (0..500_u32 << later).for_each(|_| std::thread::yield_now());
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = std::fs::read(&path).ok();
        let is_all = found.as_ref().is_some_and(|found| *found == whole);
        assert!(is_all || (!is_last && found.as_deref() == before), "round {round}");
    }
}

#[test]
fn the_last_frame_comes_along() {
    let folder = tempfile::tempdir().unwrap();
    let base = ["generate", "--simulate", "a kite", "--duration", "4", "-o", "kite.mp4"];
    let with = |more: &[&str]| run(folder.path(), &[&base[..], more].concat());
    let is_png = |name: &str| std::fs::read(folder.path().join(name)).unwrap().starts_with(b"\x89PNG");

    let output = with(&["--return-last-frame", "--json"]);
    assert!(output.status.success(), "{}", stdout(&output));
    let found = document(&output);
    assert_eq!(found["last_frame_file"]["path"], "kite.last-frame.png");
    let size = std::fs::metadata(folder.path().join("kite.last-frame.png"))
        .unwrap()
        .len();
    assert_eq!(found["last_frame_file"]["bytes"], size);
    assert!(is_png("kite.last-frame.png"));

    // It blocks the next one, which fails before anything is submitted.
    std::fs::remove_file(folder.path().join("kite.mp4")).unwrap();
    let output = with(&["--return-last-frame"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains("kite.last-frame.png exists") && !stderr(&output).contains("Submitted"));

    let output = with(&["--last-frame-output", "end.png"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("kite.mp4: ") && stdout(&output).contains("end.png: "),
        "{}",
        stdout(&output)
    );
    assert!(is_png("end.png"));

    let output = with(&["--last-frame-output", "kite.mp4", "--overwrite"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(stderr(&output).contains("same file"), "{}", stderr(&output));

    // There is none unless requested.
    let output = with(&["--overwrite", "--json"]);
    assert!(document(&output).get("last_frame_file").is_none());
}

#[test]
fn a_simulated_clip_from_every_family() {
    let folder = tempfile::tempdir().unwrap();
    let generate = |(vendor, model): (&str, &str)| {
        let file = format!("{}.{vendor}.mp4", model.replace('/', "-"));
        let args = [
            "generate",
            "--simulate",
            "a paper boat",
            "-o",
            &file,
            "--vendor",
            vendor,
            "--model",
            model,
        ];
        let output = run(folder.path(), &args);
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(stderr(&output).contains("Simulated"), "{}", stderr(&output));
        assert!(stdout(&output).contains("(simulated)"), "{}", stdout(&output));
        let bytes = std::fs::read(folder.path().join(&file)).unwrap();
        assert_eq!(&bytes[4..8], b"ftyp");

        // Existing files are not replaced, and nothing is submitted.
        let again = run(folder.path(), &args);
        assert_eq!(again.status.code(), Some(7));
        assert!(stderr(&again).contains("--overwrite") && !stderr(&again).contains("Submitted"));
    };
    let defaults = Vendor::ALL
        .iter()
        .map(|vendor| (vendor.as_str(), vendor.default_model()));
    at_once(defaults.chain([("toapis", "doubao-seedance-1-5-pro")]), generate);
}

/// Sends a whole video.
#[cfg(unix)]
fn send(mut socket: std::net::TcpStream) {
    let file = b"\0\0\0\x08ftyp\0\0\0\x08moov\0\0\0\x0cmdatabcd";
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        file.len()
    );
    // The command may have ended.
    let _ = socket.write_all(&[head.as_bytes(), file].concat());
}

/// The first of two downloads to one path has placed the file, and records it while the second one finds it there.
#[cfg(unix)]
#[test]
fn a_file_that_another_download_has_just_placed_is_done() {
    use super::interrupt::{answer, end, start, vendor};

    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let (base_url, requests) = vendor();
    let submit = ["generate", "a kite", "--vendor", "alltoken", "--no-wait"];
    let mut submit = start(folder, &base_url, &submit);
    answer(requests.recv().unwrap().1, r#"{"id": "vgen-1", "status": "queued"}"#);
    assert!(submit.wait().unwrap().success());
    let args = ["download", "alltoken:generations:vgen-1", "-o", "kite.mp4"];
    let children = [start(folder, &base_url, &args), start(folder, &base_url, &args)];
    let mut files = Vec::new();
    while files.len() < children.len() {
        let (line, socket) = requests.recv().unwrap();
        if line.contains("/kite.mp4") {
            files.push(socket);
        } else {
            let link = format!("{base_url}/kite.mp4");
            let task = json!({"id": "vgen-1", "status": "completed", "video_url": link});
            answer(socket, &task.to_string());
        }
    }
    let lock = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    lock.execute_batch("BEGIN IMMEDIATE").unwrap();
    for socket in files {
        send(socket);
        while !folder.join("kite.mp4").exists() {
            crate::pause::pause();
        }
    }
    drop(lock);
    // A transfer that breaks is repeated.
    std::thread::spawn(move || requests.into_iter().for_each(|(_, socket)| send(socket)));
    for mut child in children {
        let err = child.stderr.take().unwrap();
        let (code, out, err) = end(child, err);
        assert_eq!((code, out.as_str()), (0, "kite.mp4: 28 bytes\n"), "{err}");
    }
}

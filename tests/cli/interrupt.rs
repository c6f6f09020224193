//! Interrupts of commands.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use serde_json::Value;

use super::{at_once, videogen};

pub(super) const SIGNALS: [(&str, i32); 3] = [("INT", 130), ("TERM", 143), ("HUP", 129)];

/// A vendor that passes each request to the test, which may respond.
pub(super) fn vendor() -> (String, mpsc::Receiver<(String, TcpStream)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let (send, requests) = mpsc::channel();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let socket = socket.unwrap();
            let mut lines = BufReader::new(socket.try_clone().unwrap()).lines();
            let Some(Ok(first)) = lines.next() else { continue };
            if send.send((first, socket)).is_err() {
                return;
            }
        }
    });
    (base_url, requests)
}

pub(super) fn answer(mut socket: TcpStream, body: &str) {
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    socket.write_all((head + body).as_bytes()).unwrap();
}

pub(super) fn start(folder: &Path, base_url: &str, args: &[&str]) -> Child {
    let mut command = videogen(folder, args);
    command
        .env("ALLTOKEN_API_KEY", "sk-x")
        .env("ALLTOKEN_BASE_URL", base_url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

pub(super) fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args([&format!("-{name}"), &id])
            .status()
            .unwrap()
            .success()
    );
}

/// The rest of standard error and standard output, and the exit code.
pub(super) fn end(mut child: Child, mut err: impl std::io::Read) -> (i32, String, String) {
    let (mut out_text, mut err_text) = (String::new(), String::new());
    std::io::Read::read_to_string(child.stdout.as_mut().unwrap(), &mut out_text).unwrap();
    err.read_to_string(&mut err_text).unwrap();
    (child.wait().unwrap().code().unwrap(), out_text, err_text)
}

/// Reads standard error up to a line that contains `word`.
pub(super) fn until(err: &mut impl std::io::BufRead, word: &str) -> String {
    let mut line = String::new();
    while !line.contains(word) {
        line.clear();
        assert!(
            err.read_line(&mut line).unwrap() > 0,
            "it ended without a word of {word}"
        );
    }
    line
}

/// Another program locks the journal while the vendor accepts the task.
#[test]
fn an_id_is_shown_before_a_locked_journal() {
    let cases = SIGNALS.into_iter().flat_map(|signal| [(signal, false), (signal, true)]);
    at_once(cases, |((name, code), json)| {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let mut args = vec!["generate", "a kite", "--vendor", "alltoken", "-o", "it's a kite.mp4"];
        args.extend(json.then_some("--json"));
        let mut child = start(folder.path(), &base_url, &args);
        let (line, socket) = requests.recv().unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let lock = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        lock.execute_batch("BEGIN IMMEDIATE").unwrap();
        answer(socket, r#"{"id": "vgen-1", "status": "queued"}"#);

        let mut err = BufReader::new(child.stderr.take().unwrap());
        let line = until(&mut err, "vgen-1");
        assert!(line.contains("Submitted alltoken:generations:vgen-1"), "{line}");
        signal(&child, name);
        until(&mut err, "Interrupt again");
        signal(&child, name);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{name}: {out} {err}");
        let said = if json { out } else { err };
        let wait = r"Resume with: videogen wait alltoken:generations:vgen-1 -o 'it'\''s a kite.mp4'";
        if json {
            let document = super::documents::only(&said);
            assert_eq!(document["error"]["task"], "alltoken:generations:vgen-1");
            assert_eq!(document["error"]["hint"], wait);
        } else {
            assert!(said.contains(wait) && !said.contains("videogen download"), "{said}");
        }
        assert!(requests.try_recv().is_err(), "nothing else was sent");
        drop(lock);
    });
}

/// Without a response, the submission is named.
#[test]
fn an_interrupted_submission_is_named() {
    for (name, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "alltoken",
            "--json",
            "--journal",
            "own journal.db",
        ];
        let mut child = start(folder.path(), &base_url, &args);
        let (_, socket) = requests.recv().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(&mut err, "Interrupt again");
        signal(&child, name);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{out} {err}");
        drop(socket);

        let document = super::documents::only(&out);
        let error = &document["error"];
        assert_eq!(error["kind"], "ambiguous_submit");
        let recover = "videogen recover --journal 'own journal.db'";
        assert!(error["hint"].as_str().unwrap().contains(recover), "{error}");
        let local = videogen(
            folder.path(),
            &["list", "--local", "--json", "--journal", "own journal.db"],
        );
        let local: Value = serde_json::from_slice(&{ local }.output().unwrap().stdout).unwrap();
        assert_eq!(local["submissions"][0]["intent"]["id"], error["submission"]);
    }
}

/// The response arrives after the first interrupt: the task is named, with the command to resume.
#[test]
fn the_first_interrupt_waits_for_the_response() {
    for (name, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let mut child = start(
            folder.path(),
            &base_url,
            &[
                "generate",
                "a kite",
                "--vendor",
                "alltoken",
                "--return-last-frame",
                "--timeout",
                "900",
            ],
        );
        let (_, socket) = requests.recv().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(&mut err, "Interrupt again");
        answer(socket, r#"{"id": "vgen-1", "status": "queued"}"#);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{out} {err}");
        for words in [
            "alltoken:generations:vgen-1 is still running (queued)",
            "videogen wait alltoken:generations:vgen-1 -o ./ --last-frame-output alltoken.generations.vgen-1.last-frame.png --timeout 900",
        ] {
            assert!(err.contains(words), "{words}: {err}");
        }
    }
}

/// The answer is cut off after the id: the task is known, its status is not.
#[test]
fn a_salvaged_task_has_an_unknown_status() {
    for json in [false, true] {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let mut args = vec!["generate", "a kite", "--vendor", "replicate"];
        args.extend(json.then_some("--json"));
        let mut command = videogen(folder.path(), &args);
        command
            .env("REPLICATE_API_TOKEN", "sk-x")
            .env("REPLICATE_BASE_URL", &base_url)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (_, mut socket) = requests.recv().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, "TERM");
        until(&mut err, "Interrupt again");
        let half = "HTTP/1.1 201 Created\r\nContent-Length: 400\r\n\r\n{\"id\": \"p1q2r3\", \"model\": \"bytedan";
        socket.write_all(half.as_bytes()).unwrap();
        drop(socket);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, 143, "{out} {err}");
        let said = if json { &out } else { &err };
        for words in [
            "replicate:predictions:p1q2r3 was accepted; its status is unknown",
            "videogen wait replicate:predictions:p1q2r3",
            "Replicate removes its files an hour after the end",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
        let local = videogen(folder.path(), &["list", "--local", "--json"])
            .output()
            .unwrap();
        let local: Value = serde_json::from_slice(&local.stdout).unwrap();
        assert_eq!(local["submissions"][0]["status"], "unknown");
    }
}

#[test]
fn every_signal_stops_every_command() {
    let (one, two) = ("alltoken:generations:a", "alltoken:generations:b");
    for args in [
        &["status", one][..],
        &["cancel", one],
        &["wait", one, "--timeout", "900"],
        &["wait", one, two, "--timeout", "900"],
        &["download", one],
        &["list", "--vendor", "alltoken"],
        &["models", "--live", "--vendor", "alltoken"],
    ] {
        for (name, code) in SIGNALS {
            let folder = tempfile::tempdir().unwrap();
            let (base_url, requests) = vendor();
            let mut child = start(folder.path(), &base_url, args);
            let Ok(_held) = requests.recv_timeout(std::time::Duration::from_secs(20)) else {
                let _ = child.kill();
                let err = child.stderr.take().unwrap();
                panic!("{args:?}: {:?}", end(child, err));
            };
            signal(&child, name);
            let err = child.stderr.take().unwrap();
            let (ended, out, err) = end(child, err);
            assert_eq!(ended, code, "{args:?} {name}: {out} {err}");
            let said = format!("{out}{err}");
            assert!(said.contains("interrupted"), "{args:?}: {said}");
            assert!(
                !said.contains("still running"),
                "{args:?}: its status is not known: {said}"
            );
            if args[0] == "wait" {
                assert!(said.contains(&format!("videogen wait {one} --timeout 900")), "{said}");
            }
        }
    }
}

#[test]
fn every_signal_stops_the_simulator() {
    for (name, _) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let mut child = start(folder.path(), "http://127.0.0.1:9", &["sim", "--listen", "127.0.0.1:0"]);
        let mut out = BufReader::new(child.stdout.take().unwrap());
        until(&mut out, "/_sim/stats");
        signal(&child, name);
        assert!(child.wait().unwrap().success(), "{name}");
    }
}

/// Every task that exists is named with its command, and nothing more is submitted.
#[test]
fn an_interrupt_names_each_task_of_several() {
    for (name, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let args = [
            "generate", "a kite", "a boat", "a tree", "--vendor", "alltoken", "--json",
        ];
        let mut child = start(folder.path(), &base_url, &args);
        let (_, socket) = requests.recv().unwrap();
        answer(socket, r#"{"id": "vgen-1", "status": "queued"}"#);
        let (line, socket) = requests.recv().unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let mut err = BufReader::new(child.stderr.take().unwrap());
        until(&mut err, "Submitted alltoken:generations:vgen-1");
        signal(&child, name);
        until(&mut err, "Interrupt again");
        answer(socket, r#"{"id": "vgen-2", "status": "queued"}"#);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{out} {err}");
        let document = super::documents::whole(&out);
        let results = document["results"].as_array().unwrap();
        let outcomes: Vec<&str> = results
            .iter()
            .map(|result| result["outcome"].as_str().unwrap())
            .collect();
        assert_eq!(outcomes, ["running", "running", "skipped"], "{out}");
        for (result, id) in results.iter().zip(["vgen-1", "vgen-2"]) {
            let wait = format!("videogen wait alltoken:generations:{id}");
            assert!(result["error"]["hint"].as_str().unwrap().contains(&wait), "{result}");
        }
        assert_eq!(results[2]["error"]["kind"], "interrupted");
        assert!(requests.try_recv().is_err(), "nothing else was sent");
    }
}

/// The first submission of several: its task is named once.
#[test]
fn an_interrupted_submission_of_several_is_reported_once() {
    for (name, code) in SIGNALS {
        let folder = tempfile::tempdir().unwrap();
        let (base_url, requests) = vendor();
        let args = ["generate", "a kite", "a boat", "--vendor", "alltoken"];
        let mut child = start(folder.path(), &base_url, &args);
        let (_, socket) = requests.recv().unwrap();
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(&mut err, "Interrupt again");
        answer(socket, r#"{"id": "vgen-1", "status": "queued"}"#);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{out} {err}");
        let said = format!("{out}{err}");
        for words in ["vgen-1 is still running", "videogen wait alltoken:generations:vgen-1"] {
            assert_eq!(said.matches(words).count(), 1, "{words}: {said}");
        }
        assert!(
            said.contains("\"a boat\"  not submitted: the command was interrupted"),
            "{said}"
        );
    }
}

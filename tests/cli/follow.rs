//! Reports on accepted tasks that cannot be polled.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use serde_json::json;

use super::{Vendor, account, document, stderr, videogen};

/// A vendor that accepts every submission with the id `id`, and refuses everything else.
fn vendor(id: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let accepted = json!({"id": id, "status": "queued"}).to_string();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut request = vec![0; 65_536];
            let read = socket.read(&mut request).unwrap();
            let (status, body) = match request[..read].starts_with(b"POST ") {
                true => (200, accepted.as_str()),
                false => (401, "{}"),
            };
            let head = format!(
                "HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            // The command may have exited.
            let _ = socket.write_all(format!("{head}{body}").as_bytes());
        }
    });
    format!("http://{address}")
}

/// An id that cannot be polled, and polls that are refused: neither looks as if nothing was paid.
#[test]
fn a_paid_task_has_an_exit_code_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let (dots, refused) = (vendor(".."), vendor("t-1"));
    for vendor in Vendor::ALL.iter().copied() {
        let (name, model) = (vendor.as_str(), vendor.default_model());
        let command = |base_url: &str, args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            account(&mut command, vendor, base_url);
            command.output().unwrap()
        };
        let args = ["generate", "a kite", "--vendor", name, "--model", model, "-o", "a.mp4"];
        let output = command(&dots, &[&args[..], &["--timeout", "0", "--json"]].concat());
        assert_eq!(output.status.code(), Some(8), "{name} {}", stderr(&output));
        let error = &document(&output)["error"];
        assert_eq!(error["kind"], "poll_refused");
        assert_eq!(error["cause"]["kind"], "invalid_request");
        assert!(error["task"].as_str().unwrap().ends_with(".."), "{error}");
        assert!(error["hint"].as_str().unwrap().contains("videogen wait"), "{error}");
        let no_wait = ["generate", "a kite", "--vendor", name, "--model", model, "--no-wait"];
        assert!(command(&refused, &no_wait).status.success());
        // Both tasks are in the journal; for one of them the vendor refuses the key.
        let output = command(&refused, &["recover", "--vendor", name]);
        assert_eq!(output.status.code(), Some(8), "{name} {}", stderr(&output));
        assert!(
            stderr(&output).contains("its status could not be read"),
            "{}",
            stderr(&output)
        );
    }
}

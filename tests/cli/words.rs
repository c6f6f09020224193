//! What a vendor answers, in every form, as the user of a command reads it. The vendor is a server made by hand.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use videogen::facts::{Capabilities, Operation};

use super::*;

type Answer = (u16, String);

/// A vendor that answers a request line with a status and a body.
fn vendor(answer: impl Fn(&str) -> Answer + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for socket in listener.incoming() {
            let mut socket = socket.unwrap();
            let mut request = vec![0; 65_536];
            let read = socket.read(&mut request).unwrap();
            let request = String::from_utf8_lossy(&request[..read]).into_owned();
            let (status, body) = answer(request.lines().next().unwrap_or_default());
            let length = body.len();
            let answer = format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
            // The command may have exited.
            let _ = socket.write_all(answer.as_bytes());
        }
    });
    format!("http://{address}")
}

fn with_vendor(folder: &Path, name: &str, base_url: &str, args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    account(&mut command, name.parse().unwrap(), base_url);
    command.output().unwrap()
}

fn names() -> impl Iterator<Item = &'static str> {
    Vendor::ALL.iter().map(|vendor| vendor.as_str())
}

/// The id of a task of the vendor's default model.
fn task_of(name: &str, id: &str) -> String {
    let vendor: Vendor = name.parse().unwrap();
    let family = Capabilities::of(vendor, vendor.default_model()).family.name;
    // Some ids have a part of the model's before them.
    let app = if name == "fal" { "bytedance/seedance-2.0/" } else { "" };
    format!("{name}:{family}:{app}{id}")
}

fn supports(name: &str, operation: Operation) -> bool {
    name.parse::<Vendor>().unwrap().supports(operation)
}

/// Bodies, the words in them, and the request's id.
fn bodies() -> Vec<(String, &'static str, Option<&'static str>)> {
    vec![
        (
            json!({"detail": [{"loc": ["body", "prompt"], "msg": "too odd", "type": "x"}]}).to_string(),
            "body.prompt: too odd",
            None,
        ),
        (
            json!({"errors": ["no plan", {"field": "seed", "message": "odd"}]}).to_string(),
            "no plan; seed: odd",
            None,
        ),
        ("our office is closed".to_owned(), "our office is closed", None),
        (
            json!({"error": {"message": "not today", "type": "x"}, "request_id": "req-7"}).to_string(),
            "not today",
            Some("req-7"),
        ),
    ]
}

/// Submissions, polls, lists, cancellations, downloads and searches.
#[test]
fn the_vendors_words_reach_the_user_from_every_command() {
    at_once(names(), |name| {
        for (body, words, request_id) in bodies() {
            let folder = tempfile::tempdir().unwrap();
            let refused = body.clone();
            let base_url = vendor(move |_| (422, refused.clone()));
            let task = task_of(name, "t-1");
            let mut commands = vec![
                vec!["generate", "a kite", "--again", "--vendor", name, "--no-wait"],
                vec!["status", &task],
                vec!["download", &task, "-o", "a.mp4"],
            ];
            commands.extend(
                [
                    (Operation::List, vec!["list", "--vendor", name]),
                    (Operation::Models, vec!["models", "--live", "--vendor", name]),
                    (Operation::Balance, vec!["balance", "--vendor", name]),
                    (Operation::Cancel, vec!["cancel", &task]),
                ]
                .into_iter()
                .filter(|(operation, _)| supports(name, *operation))
                .map(|(_, args)| args),
            );
            for args in commands {
                let output = with_vendor(folder.path(), name, &base_url, &args);
                assert!(!output.status.success(), "{args:?}");
                assert!(stderr(&output).contains(words), "{args:?} {body}: {}", stderr(&output));
                let json = [&args[..], &["--json"]].concat();
                let output = with_vendor(folder.path(), name, &base_url, &json);
                let error = document(&output)["error"].clone();
                assert!(error.to_string().contains(words), "{args:?} {body}: {error}");
                assert_eq!(error["request_id"].as_str(), request_id, "{args:?} {body}: {error}");
            }
        }
    });
}

/// The answer to a submission that is lost, and to the search for its task.
#[test]
fn the_vendors_words_are_in_the_report_of_a_search() {
    at_once(names(), |name| {
        for (body, words, _) in bodies() {
            let folder = tempfile::tempdir().unwrap();
            let refused = body.clone();
            let base_url = vendor(move |line| match line.starts_with("POST") {
                true => (502, "the gateway fell asleep".to_owned()),
                false => (422, refused.clone()),
            });
            let args = ["generate", "a kite", "--vendor", name, "--no-wait"];
            let output = with_vendor(folder.path(), name, &base_url, &args);
            assert_eq!(output.status.code(), Some(6), "{name}: {}", stderr(&output));
            assert!(
                stderr(&output).contains("the gateway fell asleep"),
                "{}",
                stderr(&output)
            );
            let output = with_vendor(folder.path(), name, &base_url, &["recover", "--vendor", name]);
            assert!(!output.status.success(), "{name}");
            // Where nothing can be looked up, no search asks the vendor.
            let mut families = name.parse::<Vendor>().unwrap().facts().families.iter();
            let can_be_searched = supports(name, Operation::List) || families.any(|family| family.by_reference);
            let words = if can_be_searched {
                words
            } else {
                "its task cannot be searched for"
            };
            assert!(
                (stdout(&output) + &stderr(&output)).contains(words),
                "{name} {body}: {} {}",
                stdout(&output),
                stderr(&output)
            );
        }
    });
}

/// Not found in the words of a 400 is no failure of the search: the submission stays open.
#[test]
fn a_task_that_does_not_exist_yet_leaves_the_submission_open() {
    let folder = tempfile::tempdir().unwrap();
    let base_url = vendor(|line| match line.starts_with("POST") {
        true => (502, String::new()),
        false => (400, json!({"message": "task_not_exist"}).to_string()),
    });
    let args = [
        "generate",
        "a kite",
        "--vendor",
        "toapis",
        "--no-wait",
        "--client-reference",
        "order-1",
    ];
    let args = [&args[..], &["--search-timeout", "1"]].concat();
    let output = with_vendor(folder.path(), "toapis", &base_url, &args);
    assert_eq!(output.status.code(), Some(6), "{}", stderr(&output));
    let args = ["recover", "--vendor", "toapis", "--json"];
    let output = with_vendor(folder.path(), "toapis", &base_url, &args);
    assert_eq!(output.status.code(), Some(6), "{}", stdout(&output));
    let open = document(&output)["open"].clone();
    assert_eq!(open.as_array().map(Vec::len), Some(1), "{}", stdout(&output));
    let output = with_vendor(
        folder.path(),
        "toapis",
        &base_url,
        &["status", &task_of("toapis", "t-1"), "--json"],
    );
    assert_eq!(document(&output)["error"]["kind"], "not_found");
}

/// A conflict that names the task is the task.
#[test]
fn a_conflict_yields_the_existing_task() {
    let conflicts = [
        json!({"error": {"message": "already accepted", "type": "x", "task_id": "t-9"}}),
        json!({"detail": "already accepted", "task_id": "t-9"}),
    ];
    at_once(names(), |name| {
        for conflict in &conflicts {
            let folder = tempfile::tempdir().unwrap();
            let conflict = conflict.to_string();
            let posts = Arc::new(AtomicU32::new(0));
            let count = Arc::clone(&posts);
            let base_url = vendor(move |line| match line.starts_with("POST") {
                true => {
                    count.fetch_add(1, Ordering::SeqCst);
                    (409, conflict.clone())
                }
                false => (200, json!({"id": "t-9", "status": "queued"}).to_string()),
            });
            let args = ["generate", "a kite", "--vendor", name, "--no-wait", "--json"];
            let output = with_vendor(folder.path(), name, &base_url, &args);
            assert!(output.status.success(), "{name}: {}", stdout(&output));
            assert_eq!(document(&output)["task"]["id"], task_of(name, "t-9"));
            assert_eq!(posts.load(Ordering::SeqCst), 1, "{name}");
        }
    });
}

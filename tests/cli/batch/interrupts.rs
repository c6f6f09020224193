//! Batches that are interrupted.

use std::io::BufReader;

use serde_json::json;

use super::super::interrupt::{SIGNALS, answer, end, signal, start, until, vendor};
use super::super::{at_once, documents, stdout, videogen};
use super::write;

const ARGS: [&str; 6] = ["batch", "jobs.jsonl", "--vendor", "alltoken", "--in-flight", "1"];

/// The first interrupt waits for the submission in flight, and submits nothing more; the next run resumes its task.
#[test]
fn an_interrupt_finishes_the_submissions_in_flight() {
    at_once(SIGNALS, |(name, code)| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(
            folder,
            "jobs.jsonl",
            &[json!({"prompt": "a kite"}), json!({"prompt": "a boat"})],
        );
        let (base_url, requests) = vendor();
        let mut child = start(folder, &base_url, &ARGS);
        let (line, socket) = requests.recv().unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(
            &mut err,
            "waiting for the submissions in flight. Interrupt again to exit",
        );
        answer(socket, r#"{"id": "vgen-1", "status": "queued"}"#);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{name}: {out} {err}");
        assert!(
            err.contains("run the same command again; nothing is submitted twice"),
            "{err}"
        );
        assert!(
            out.contains("2 jobs: 1 unfinished, 1 not submitted; 1 of unknown cost\n"),
            "{out}"
        );
        while let Ok((line, _)) = requests.try_recv() {
            assert!(!line.starts_with("POST "), "{line}");
        }

        let mut child = start(folder, &base_url, &[&ARGS[..], &["--json"]].concat());
        let (line, _socket) = requests.recv().unwrap();
        assert!(line.starts_with("GET ") && line.contains("vgen-1"), "{line}");
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(&mut err, "Interrupt again");
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{name}: {out} {err}");
        let document = documents::whole(&out);
        let outcomes = json!({"unfinished": 1, "not_submitted": 1});
        assert_eq!(document["totals"]["outcomes"], outcomes, "{document}");
    });
}

/// The second interrupt exits at once. What became of the submission is unknown, and it is not repeated.
#[test]
fn a_second_interrupt_exits_and_loses_nothing() {
    at_once(SIGNALS, |(name, code)| {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        write(
            folder,
            "jobs.jsonl",
            &[json!({"prompt": "a kite"}), json!({"prompt": "a boat"})],
        );
        let (base_url, requests) = vendor();
        let mut child = start(folder, &base_url, &ARGS);
        let (line, _socket) = requests.recv().unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let mut err = BufReader::new(child.stderr.take().unwrap());
        signal(&child, name);
        until(&mut err, "Interrupt again");
        signal(&child, name);
        let (ended, out, err) = end(child, err);
        assert_eq!(ended, code, "{name}: {out} {err}");
        assert!(err.contains("run the same command again"), "{err}");
        assert!(out.contains("2 jobs: 1 ambiguous, 1 not submitted"), "{out}");
        let output = videogen(folder, &[&ARGS[..], &["--dry-run", "--json"]].concat()).output();
        let plan = documents::whole(&stdout(&output.unwrap()));
        let jobs = [&plan["jobs"][0], &plan["jobs"][1]].map(|job| (job["earlier"].clone(), job["submits"].clone()));
        assert_eq!(jobs, [(json!("ambiguous"), json!(false)), (json!(null), json!(true))]);
    });
}

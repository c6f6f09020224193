//! `videogen sim`, as a program of any language meets it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use super::*;

/// A running `videogen sim`; it ends when dropped.
struct Running {
    process: Child,
    log: BufReader<std::process::ChildStderr>,
    base_urls: Value,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Running {
    fn start(folder: &Path, args: &[&str]) -> Self {
        let args = [&["sim", "--listen", "127.0.0.1:0", "--speed", "1000", "--json"], args].concat();
        let mut command = videogen(folder, &args);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let log = BufReader::new(process.stderr.take().unwrap());
        let documents = serde_json::Deserializer::from_reader(process.stdout.take().unwrap());
        let document = documents.into_iter::<Value>().next().unwrap().unwrap();
        Self {
            process,
            log,
            base_urls: document["base_urls"].clone(),
        }
    }

    /// `generate --no-wait` with more members in the request's body.
    fn generate(&self, folder: &Path, vendor: Vendor, extra: &Value) -> Output {
        let extra = extra.to_string();
        let args = [
            "generate",
            "a kite",
            "--vendor",
            vendor.as_str(),
            "--no-wait",
            "--json",
            "--extra",
            &extra,
        ];
        let mut command = videogen(folder, &args);
        account(&mut command, vendor, self.base_urls[vendor.as_str()].as_str().unwrap());
        command.output().unwrap()
    }
}

/// What the simulator says of the member, which may be inside another.
fn reports(message: &str) -> bool {
    ["", "input."].iter().any(|inside| {
        message.contains(&format!(
            "unknown members: {inside}seconds (did you mean {inside}duration?)"
        ))
    })
}

/// A member that no vendor reads: a client that sends it gets another video than it asked for.
#[test]
fn a_strict_simulator_refuses_what_the_vendor_would_ignore() {
    let folder = tempfile::tempdir().unwrap();
    let mut sim = Running::start(folder.path(), &["--strict"]);
    for vendor in Vendor::ALL.iter().copied() {
        let output = sim.generate(folder.path(), vendor, &json!({"seconds": 10}));
        assert_eq!(output.status.code(), Some(2), "{vendor}: {}", stdout(&output));
        let error = &document(&output)["error"];
        let message = error["message"].as_str().unwrap();
        assert!(reports(message), "{vendor}: {message}");
        let status = error["status"].as_u64().unwrap();
        assert!([400, 422].contains(&status), "{vendor}: {error}");
        let mut line = String::new();
        sim.log.read_line(&mut line).unwrap();
        assert!(
            line.starts_with(vendor.as_str()) && line.trim_end().ends_with(&format!("answered with {status}")),
            "{line}"
        );
        // The same request without it is accepted.
        let output = sim.generate(folder.path(), vendor, &json!({}));
        assert!(output.status.success(), "{vendor}: {}", stdout(&output));
    }
}

#[test]
fn a_simulator_that_is_not_strict_reports_it_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let mut sim = Running::start(folder.path(), &[]);
    for vendor in Vendor::ALL.iter().copied() {
        let output = sim.generate(folder.path(), vendor, &json!({"seconds": 10}));
        assert!(output.status.success(), "{vendor}: {}", stdout(&output));
        let mut line = String::new();
        sim.log.read_line(&mut line).unwrap();
        assert!(reports(&line), "{line}");
    }
}

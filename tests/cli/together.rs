//! Several processes with one journal at the same time.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;
use std::time::Duration;

use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation};

use super::media::png;
use super::*;

const UPLOAD: &[&str] = &["assets", "upload", "face.png"];
const GENERATE: &[&str] = &[
    "generate",
    "it sails on",
    "--model",
    "seedance-2.0",
    "--reference-image",
    "face.png",
    "--again",
];

/// The command in a folder with the file.
fn at(simulator: &Simulator, folder: &Path, args: &[&str]) -> Command {
    std::fs::write(folder.join("face.png"), png(600, 800, 9)).unwrap();
    let mut command = videogen(folder, args);
    command
        .args(["--vendor", "token360"])
        .env("TOKEN360_API_KEY", "sk-x")
        .env("TOKEN360_BASE_URL", simulator.base_url(Vendor::Token360))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// How many of the processes that wrote `notes` uploaded the file, and how many used the upload of another.
fn uploads(notes: &str) -> (usize, usize) {
    let count = |note: &str| notes.lines().filter(|line| *line == note).count();
    (count("Uploaded: face.png"), count("Uploaded before: face.png"))
}

fn groups(simulator: &Simulator, folder: &Path) -> usize {
    let output = at(simulator, folder, &["assets", "groups", "--json"]).output().unwrap();
    document(&output)["groups"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_in_four_processes_is_one_upload_into_one_group() {
    for args in [UPLOAD, GENERATE] {
        let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let command = || at(&simulator, folder.path(), args);
        let started: Vec<_> = (0..4).map(|_| command().spawn().unwrap()).collect();
        let outputs: Vec<Output> = started
            .into_iter()
            .map(|child| child.wait_with_output().unwrap())
            .collect();
        let notes: String = outputs.iter().map(stderr).collect();
        assert!(outputs.iter().all(|output| output.status.success()), "{notes}");
        assert_eq!(uploads(&notes), (1, 3), "{notes}");
        assert_eq!(groups(&simulator, folder.path()), 1);
        match args[0] {
            "assets" => {
                let shown: Vec<String> = outputs.iter().map(stdout).collect();
                assert!(shown[0].contains("asset://"), "{shown:?}");
                assert!(shown.iter().all(|one| *one == shown[0]), "{shown:?}");
            }
            _ => assert_eq!(simulator.stats().tasks, 4),
        }
    }
}

/// Those that wait say so. When the lease of the killed one has ended, one of them uploads the file.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_upload_is_taken_over_by_one_that_waits() {
    for args in [UPLOAD, GENERATE] {
        let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let command = || at(&simulator, folder.path(), args);
        simulator.inject(Fault::new(Vendor::Token360, Operation::Asset, FaultKind::Hang));
        let mut first = command().spawn().unwrap();
        while simulator.stats().requests["token360"] == 0 {
            assert_eq!(first.try_wait().unwrap(), None);
            crate::pause::pause();
        }
        let others: Vec<_> = (0..3)
            .map(|_| {
                let mut child = command().spawn().unwrap();
                let mut lines = BufReader::new(child.stderr.take().unwrap());
                let mut notes = String::new();
                while !notes.contains("face.png: another process is uploading it; waiting for its result.\n") {
                    assert_ne!(lines.read_line(&mut notes).unwrap(), 0, "{notes}");
                }
                (child, lines)
            })
            .collect();
        first.kill().unwrap();
        first.wait().unwrap();
        // Its lease ends.
        let journal = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        journal.busy_timeout(Duration::from_secs(10)).unwrap();
        let sql = "UPDATE upload_leases SET lease = json_set(lease, '$.until', '2026-01-01T00:00:00Z')
            WHERE way = 'images'";
        assert_eq!(journal.execute(sql, []), Ok(1));
        let mut notes = String::new();
        for (mut child, mut lines) in others {
            lines.read_to_string(&mut notes).unwrap();
            assert!(child.wait().unwrap().success(), "{notes}");
        }
        assert_eq!(uploads(&notes), (1, 2), "{notes}");
        assert_eq!(groups(&simulator, folder.path()), 1);
        assert_eq!(simulator.stats().tasks, if args == GENERATE { 3 } else { 0 });
    }
}

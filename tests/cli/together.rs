//! Several processes with one journal at the same time.

use std::process::Stdio;

use super::media::png;
use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn one_file_in_four_processes_is_one_upload_into_one_group() {
    let upload = ["assets", "upload", "face.png"];
    let generate = [
        "generate",
        "it sails on",
        "--model",
        "seedance-2.0",
        "--reference-image",
        "face.png",
    ];
    for args in [&upload[..], &generate] {
        let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("face.png"), png(600, 800, 9)).unwrap();
        let command = |args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            command.args(["--vendor", "token360"]).env("TOKEN360_API_KEY", "sk-x");
            command.env("TOKEN360_BASE_URL", simulator.base_url(videogen::Vendor::Token360));
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
            command
        };
        let started: Vec<_> = (0..4).map(|_| command(args).spawn().unwrap()).collect();
        let outputs: Vec<Output> = started
            .into_iter()
            .map(|child| child.wait_with_output().unwrap())
            .collect();
        let notes: String = outputs.iter().map(stderr).collect();
        assert!(outputs.iter().all(|output| output.status.success()), "{notes}");
        let count = |note: &str| notes.lines().filter(|line| *line == note).count();
        assert_eq!(
            (count("Uploaded: face.png"), count("Uploaded before: face.png")),
            (1, 3),
            "{notes}"
        );
        let groups = document(&command(&["assets", "groups", "--json"]).output().unwrap());
        assert_eq!(groups["groups"].as_array().map(Vec::len), Some(1), "{groups}");
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

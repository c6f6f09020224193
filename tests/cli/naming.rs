//! Forms of `-o`, and downloads of several tasks.

use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use videogen::journal::Destination;
use videogen_sim::Simulator;

use super::documents::whole;
use super::journal::command;
use super::outputs::names;
use super::{Vendor, document, run, stderr, stdout};

fn simulated(folder: &Path, args: &[&str]) -> Output {
    run(
        folder,
        &[&["generate", "--simulate", "a kite", "--duration", "4", "--json"], args].concat(),
    )
}

fn path(output: &Output) -> String {
    assert!(output.status.success(), "{} {}", stdout(output), stderr(output));
    document(output)["file"]["path"].as_str().unwrap().to_owned()
}

#[test]
fn a_folder_takes_the_default_name() {
    let folder = tempfile::tempdir().unwrap();
    // Created only when requested, with those above it.
    let refused = simulated(folder.path(), &["-o", "a/b/"]);
    assert_eq!(refused.status.code(), Some(7));
    assert!(
        stdout(&refused).contains("add --parents to create it"),
        "{}",
        stdout(&refused)
    );
    assert!(names(folder.path()).is_empty());
    for (out, more) in [
        ("a/b/", &["--parents"][..]),
        ("a/b", &[]),
        ("a/b/", &["--return-last-frame"]),
    ] {
        let output = simulated(folder.path(), &[&["-o", out], more].concat());
        let found = path(&output);
        let id = document(&output)["id"].as_str().unwrap().replace(':', ".");
        assert_eq!(found, format!("a/b/{id}.mp4"));
        assert!(folder.path().join(found).is_file());
        if !more.is_empty() && more[0] != "--parents" {
            assert!(folder.path().join(format!("a/b/{id}.last-frame.png")).is_file());
        }
    }
    let file = simulated(folder.path(), &["-o", "c/d/kite.mp4", "--parents"]);
    assert_eq!(path(&file), "c/d/kite.mp4");
    // A file is in the way of the folder.
    fs::write(folder.path().join("f"), "mine").unwrap();
    let output = simulated(folder.path(), &["-o", "f/k.mp4", "--parents"]);
    assert_eq!(output.status.code(), Some(7));
    assert!(
        stdout(&output).contains("cannot create the folder f"),
        "{}",
        stdout(&output)
    );
}

#[test]
fn a_template_is_made_of_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let args = [
        "-o",
        "{vendor}/{model}-{id}-{n}-{index}.mp4",
        "--parents",
        "--vendor",
        "replicate",
    ];
    let args = [&args[..], &["--model", "bytedance/seedance-1.5-pro"]].concat();
    let output = simulated(folder.path(), &args);
    let found = path(&output);
    let id = document(&output)["id"].as_str().unwrap().parse().unwrap();
    let named = Destination::folder("replicate").name("bytedance-seedance-1.5-pro-{id}-1-1.mp4");
    assert_eq!(Path::new(&found).file_name(), named.video_of(&id).file_name());
    assert!(found.starts_with("replicate/"), "{found}");
    assert!(folder.path().join(&found).is_file());

    // Without the id, the name is checked before the submission.
    let args = ["-o", "kite-{n}.mp4"];
    assert_eq!(path(&simulated(folder.path(), &args)), "kite-1.mp4");
    let again = simulated(folder.path(), &args);
    assert_eq!(again.status.code(), Some(7));
    let shown = stdout(&again);
    assert!(
        shown.contains("kite-1.mp4 exists") && !shown.contains("results"),
        "{shown}"
    );
}

/// Two tasks that have ended.
async fn two_tasks(folder: &Path) -> (Simulator, Vec<String>) {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let mut ids = Vec::new();
    for key in ["one", "two"] {
        let args = ["generate", "a kite", "--vendor", "token360", "--no-wait", "--json"];
        let args = [&args[..], &["--idempotency-key", key]].concat();
        let output = command(folder, &simulator, &args).output().unwrap();
        ids.push(document(&output)["id"].as_str().unwrap().to_owned());
    }
    (simulator, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn several_tasks_are_waited_for_and_downloaded() {
    for verb in ["wait", "download"] {
        let folder = tempfile::tempdir().unwrap();
        let (simulator, ids) = two_tasks(folder.path()).await;
        let run = |args: &[&str]| {
            let args = [&[verb, &ids[0], &ids[1], "--json"], args].concat();
            command(folder.path(), &simulator, &args).output().unwrap()
        };
        // Before any request.
        let requests = simulator.stats().requests;
        for (args, reason) in [
            (&["-o", "a.mp4"][..], "names one file, but there are 2 tasks"),
            (&["-o", "{model}.mp4"], "add {n} or {id}"),
            (
                &["-o", ".", "--last-frame-output", "a.png"],
                "--last-frame-output names one file",
            ),
        ] {
            let output = run(args);
            assert_eq!(output.status.code(), Some(2), "{args:?} {}", stdout(&output));
            assert!(stdout(&output).contains(reason), "{args:?} {}", stdout(&output));
        }
        assert_eq!(simulator.stats().requests, requests);

        simulator.advance(Duration::from_secs(600));
        let output = run(&["-o", "clips/{model}-{n}.mp4", "--parents"]);
        assert!(output.status.success(), "{} {}", stdout(&output), stderr(&output));
        let found = whole(&stdout(&output));
        let model = Vendor::Token360.default_model();
        for (index, id) in ids.iter().enumerate() {
            let result = &found["results"][index];
            assert_eq!(
                (result["id"].as_str(), &result["outcome"]),
                (Some(id.as_str()), &"done".into())
            );
            let path = format!("clips/{model}-{}.mp4", index + 1);
            assert_eq!(result["file"]["path"], path);
            assert_eq!(&fs::read(folder.path().join(path)).unwrap()[4..8], b"ftyp");
        }
        // They are in place: nothing is transferred or replaced, and the default names are others.
        let again = run(&["-o", "clips/{model}-{n}.mp4"]);
        assert!(again.status.success(), "{}", stdout(&again));
        assert!(run(&["-o", "clips/"]).status.success());
        let name = |id: &String| format!("{}.mp4", id.replace(':', "."));
        let mut expected = vec![format!("{model}-1.mp4"), format!("{model}-2.mp4")];
        expected.extend(ids.iter().map(name));
        expected.sort();
        assert_eq!(names(&folder.path().join("clips")), expected);
        // As text, a line for each file.
        let args = [verb, &ids[0], &ids[1], "-o", "clips"];
        let output = command(folder.path(), &simulator, &args).output().unwrap();
        let lines = stdout(&output);
        for id in &ids {
            assert!(lines.contains(&format!("{id}  clips/{}: ", name(id))), "{lines}");
        }
    }
}

/// The hint keeps the output path, quoted, and works.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_wait_keeps_its_output_paths() {
    use std::process::Stdio;

    for several in [false, true] {
        // Tasks that have not ended: an interrupted download has another hint.
        let folder = tempfile::tempdir().unwrap();
        let (simulator, ids) = two_tasks(folder.path()).await;
        let tasks = &ids[..if several { 2 } else { 1 }];
        let out = if several { "it's {n} of 2.mp4" } else { "it's one.mp4" };
        let args: Vec<&str> = std::iter::once("wait")
            .chain(tasks.iter().map(String::as_str))
            .chain(["-o", out, "--with-last-frame", "--json"])
            .collect();
        let before = simulator.stats().requests;
        let child = command(folder.path(), &simulator, &args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        while simulator.stats().requests == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let kill = ["-INT".to_owned(), child.id().to_string()];
        assert!(
            std::process::Command::new("kill")
                .args(kill)
                .status()
                .unwrap()
                .success()
        );
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130), "{}", stdout(&output));
        let found = whole(&stdout(&output));
        simulator.advance(Duration::from_secs(600));
        for (index, id) in tasks.iter().enumerate() {
            let hint = found["results"][index]["error"]["hint"].as_str().unwrap();
            let resume = hint
                .lines()
                .find_map(|line| line.strip_prefix("Resume with: "))
                .unwrap();
            let file = if several {
                format!("it's {} of 2.mp4", index + 1)
            } else {
                out.to_owned()
            };
            let mut shell = std::process::Command::new("bash");
            let run = command(folder.path(), &simulator, &[]);
            for (name, value) in run.get_envs().filter_map(|(name, value)| Some((name, value?))) {
                shell.env(name, value);
            }
            let program = Path::new(run.get_program()).parent().unwrap();
            let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
            shell.current_dir(folder.path()).env("PATH", path).args(["-c", resume]);
            let output = shell.output().unwrap();
            assert!(output.status.success(), "{id} {resume}: {}", stderr(&output));
            assert!(
                folder.path().join(&file).is_file(),
                "{file}: {:?}",
                names(folder.path())
            );
        }
    }
}

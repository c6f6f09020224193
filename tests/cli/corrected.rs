//! What the user decides about lost submissions, and corrects later; tasks of another key; and outcomes that change.

use std::path::Path;
use std::process::Output;

use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::{Fault, FaultKind, Operation, Simulator};

use super::{account, document, stderr, stdout, videogen};

fn at(folder: &Path, simulator: &Simulator, vendor: Vendor, args: &[&str]) -> Output {
    let mut command = videogen(folder, args);
    let simulated: videogen_sim::Vendor = vendor.as_str().parse().unwrap();
    account(&mut command, vendor, &simulator.base_url(simulated));
    command.output().unwrap()
}

/// The exit code, and the document of a submission.
fn decided(output: &Output) -> (Option<i32>, Value) {
    (output.status.code(), document(output))
}

/// Two submissions are alike: which task is whose, only the user knows, and may mistake.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_that_the_user_entered_can_be_corrected() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| at(folder.path(), &simulator, Vendor::Ark, args);
    let family = Vendor::Ark.families().next().unwrap();
    let lost = || {
        simulator.inject(Fault::new(Vendor::Ark, Operation::Submit, FaultKind::DropAfter));
        let generate = [
            "generate",
            "a kite",
            "--again",
            "--vendor",
            "ark",
            "--no-wait",
            "--search-timeout",
            "0",
            "--json",
        ];
        let submission = document(&run(&generate))["error"]["ambiguity"]["intent"].clone();
        let task = format!("ark:{family}:{}", simulator.tasks().pop().unwrap().id);
        (submission.as_str().unwrap().to_owned(), task)
    };
    let ((first, its), (second, other)) = (lost(), lost());

    // It fits the second one as well.
    let output = run(&["recover", &first, "--task", &other]);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    let text = stderr(&output);
    assert!(
        text.contains(&format!("may also be the task of submission {second}")),
        "{text}"
    );
    assert!(
        text.contains(&format!("videogen recover {first} --task {other} --yes")),
        "{text}"
    );
    let (code, wrong) = decided(&run(&["recover", &first, "--task", &other, "--yes", "--json"]));
    assert_eq!(
        (code, &wrong["submission"]["task"]),
        (Some(0), &json!(other)),
        "{wrong}"
    );
    assert_eq!(wrong["submission"]["task_entered"], true);
    let output = run(&["recover", &second, "--task", &other, "--yes"]);
    let (code, text) = (output.status.code(), stderr(&output));
    let taken =
        format!("already belongs to submission {first}; if that is wrong, correct or dismiss that submission first");
    assert!(code == Some(2) && text.contains(&taken), "{text}");

    // Corrected, the other task is free again.
    let (code, right) = decided(&run(&["recover", &first, "--task", &its, "--yes", "--json"]));
    assert_eq!((code, &right["submission"]["task"]), (Some(0), &json!(its)), "{right}");
    let (code, right) = decided(&run(&["recover", &second, "--task", &other, "--json"]));
    assert_eq!(
        (code, &right["submission"]["task"]),
        (Some(0), &json!(other)),
        "{right}"
    );

    // Or dismissed, after a confirmation, because the vendor lists its task.
    assert_eq!(run(&["recover", &second, "--dismiss"]).status.code(), Some(2));
    let (code, dismissed) = decided(&run(&["recover", &second, "--dismiss", "--yes", "--json"]));
    let entry = &dismissed["submission"];
    assert_eq!(
        (code, &entry["state"], &entry["task"]),
        (Some(0), &json!("dismissed"), &Value::Null),
        "{dismissed}"
    );
    let (code, again) = decided(&run(&["recover", &second, "--task", &other, "--json"]));
    assert_eq!(
        (code, &again["submission"]["state"]),
        (Some(0), &json!("accepted")),
        "{again}"
    );

    // What the vendor answered is not for the user to correct.
    let answered = ["generate", "a boat", "--vendor", "ark", "--no-wait", "--json"];
    assert!(run(&answered).status.success());
    let local = document(&run(&["list", "--local", "--json"]));
    let boat = local["submissions"].as_array().unwrap().iter();
    let boat = boat
        .map(|entry| &entry["intent"])
        .find(|intent| intent["prompt"] == "a boat");
    let boat = boat.unwrap()["id"].as_str().unwrap();
    for decision in [&["--task", &its][..], &["--dismiss"]] {
        let output = run(&[&["recover", boat, "--yes"], decision].concat());
        let text = stderr(&output);
        assert!(
            output.status.code() == Some(2) && text.contains("is already accepted"),
            "{text}"
        );
    }
}

/// The console of a vendor that lists no tasks shows its own id.
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_the_console_is_enough_and_may_be_entered_again() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in [Vendor::OpenRouter, Vendor::Fal, Vendor::Ark] {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| at(folder.path(), &simulator, vendor, args);
        let name = vendor.as_str();
        let simulated: videogen_sim::Vendor = name.parse().unwrap();
        simulator.inject(Fault::new(simulated, Operation::Submit, FaultKind::DropAfter));
        let generate = [
            "generate",
            "a kite",
            "--vendor",
            name,
            "--no-wait",
            "--search-timeout",
            "0",
            "--json",
        ];
        let lost = document(&run(&generate));
        let submission = lost["error"]["ambiguity"]["intent"].as_str().unwrap().to_owned();
        let bare = simulator.tasks().pop().unwrap().id;
        let hint = lost["error"]["hint"].as_str().unwrap();
        if !vendor.can_search(false) {
            let command = format!(
                "If it created TASK (the id that the console shows, or vendor:family:id): videogen recover {submission} --task TASK"
            );
            assert!(hint.contains(&command), "{hint}");
        }
        for wrong in ["fal:", "token360:videos", "", " "] {
            let output = run(&["recover", &submission, "--task", wrong]);
            assert_eq!(output.status.code(), Some(2), "{wrong}: {}", stderr(&output));
        }
        let (code, entered) = decided(&run(&["recover", &submission, "--task", &bare, "--yes", "--json"]));
        assert_eq!(code, Some(0), "{entered}");
        let task = entered["submission"]["task"].as_str().unwrap().to_owned();
        assert!(
            task.starts_with(&format!("{vendor}:")) && task.ends_with(&bare),
            "{task}"
        );
        for same in [&bare, &task] {
            let (code, again) = decided(&run(&["recover", &submission, "--task", same, "--json"]));
            assert_eq!((code, &again["submission"]["task"]), (Some(0), &json!(task)), "{again}");
        }
        // An accepted one is named.
        let answered = ["generate", "a boat", "--vendor", name, "--no-wait", "-q"];
        let known = stdout(&run(&answered)).trim().to_owned();
        let local = document(&run(&["list", "--local", "--json"]));
        let mut entries = local["submissions"].as_array().unwrap().iter();
        let boat = entries.find(|entry| entry["task"] == json!(known)).unwrap();
        let boat = boat["intent"]["id"].as_str().unwrap();
        assert!(run(&["recover", boat, "--task", &known]).status.success());
        for other in [&["--task", "another"][..], &["--dismiss"], &["--adopt"]] {
            let output = run(&[&["recover", boat], other].concat());
            let expected = format!("submission {boat} is already accepted: it created {known}");
            assert!(
                output.status.code() == Some(2) && stderr(&output).contains(&expected),
                "{other:?}: {}",
                stderr(&output)
            );
        }
    }
}

/// No command can help with that key, so none is suggested.
#[tokio::test(flavor = "multi_thread")]
async fn a_task_of_another_key_is_named_as_such() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let name = vendor.as_str();
        let submit = ["generate", "a kite", "--vendor", name, "--no-wait", "-q"];
        let task = stdout(&at(folder.path(), &simulator, vendor, &submit))
            .trim()
            .to_owned();
        let hint = format!(
            "The journal has {task} as a task of another key or base URL; set {} and {} as when it was submitted.",
            vendor.facts().key_env,
            vendor.facts().base_url_env
        );
        let mut commands = vec![
            vec!["status", &task],
            vec!["wait", &task],
            vec!["download", &task, "-o", "a.mp4"],
        ];
        if vendor.supports(videogen::facts::Operation::Cancel) {
            commands.push(vec!["cancel", &task]);
        } else {
            // No key helps.
            let mut command = videogen(folder.path(), &["cancel", &task]);
            let simulated: videogen_sim::Vendor = name.parse().unwrap();
            account(&mut command, vendor, &simulator.base_url(simulated));
            let output = command.env(vendor.facts().key_env, "sk-other").output().unwrap();
            assert!(!stderr(&output).contains(&hint), "{vendor}: {}", stderr(&output));
        }
        for args in commands {
            let mut command = videogen(folder.path(), &args);
            let simulated: videogen_sim::Vendor = name.parse().unwrap();
            account(&mut command, vendor, &simulator.base_url(simulated));
            let output = command.env(vendor.facts().key_env, "sk-other").output().unwrap();
            let text = stderr(&output);
            assert!(
                !output.status.success() && text.contains(&hint),
                "{vendor} {args:?}: {text}"
            );
            assert!(!text.contains("Resume with"), "{vendor} {args:?}: {text}");
        }
    }
}

/// The answer to the submission says that the task failed; later it has a video. The last status counts.
#[tokio::test(flavor = "multi_thread")]
async fn the_exit_code_is_that_of_the_last_status() {
    for (vendor, answer) in [
        (Vendor::Replicate, r#"{"id": "ID", "status": "failed"}"#),
        (Vendor::OpenRouter, r#"{"id": "ID", "status": "failed"}"#),
        (Vendor::Ark, r#"{"id": "ID", "status": "failed"}"#),
        (Vendor::Token360, r#"{"id": "ID", "status": "failed"}"#),
    ] {
        let simulator = Simulator::builder().speed(1000.0).start().await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let name = vendor.as_str();
        let submit = [
            "generate",
            "a kite",
            "--vendor",
            name,
            "--no-wait",
            "--no-journal",
            "-q",
        ];
        let task = stdout(&at(folder.path(), &simulator, vendor, &submit))
            .trim()
            .to_owned();
        let id = task.splitn(3, ':').nth(2).unwrap();
        let simulated: videogen_sim::Vendor = name.parse().unwrap();
        simulator.inject(Fault::status(
            simulated,
            Operation::Submit,
            200,
            answer.replace("ID", id),
        ));
        let args = ["generate", "a kite", "--vendor", name, "-o", "kite.mp4", "--json"];
        let output = at(folder.path(), &simulator, vendor, &args);
        let document = document(&output);
        assert_eq!(
            (output.status.code(), &document["outcome"]),
            (Some(0), &json!("done")),
            "{vendor}: {document} {}",
            stderr(&output)
        );
        assert!(folder.path().join("kite.mp4").exists(), "{vendor}");
    }
}

/// A result that is not done has an error, also where the command did what it was to do.
#[tokio::test(flavor = "multi_thread")]
async fn the_status_of_a_failed_task_has_its_reason() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| at(folder.path(), &simulator, vendor, args);
        let submit = [
            "generate",
            "a kite sim:fail",
            "--vendor",
            vendor.as_str(),
            "--no-wait",
            "-q",
        ];
        let task = stdout(&run(&submit)).trim().to_owned();
        simulator.advance(std::time::Duration::from_secs(600));
        let output = run(&["status", &task, "--json"]);
        let shown = document(&output);
        assert_eq!(
            (output.status.code(), &shown["outcome"], &shown["error"]["kind"]),
            (Some(0), &json!("failed"), &json!("no_video")),
            "{vendor}: {shown}"
        );
        assert!(
            shown["error"]["message"].as_str().unwrap().contains(&task),
            "{vendor}: {shown}"
        );
    }
}

/// The search for a lost task that fails says why.
#[tokio::test(flavor = "multi_thread")]
async fn a_failed_search_says_why() {
    let searched = |vendor: &Vendor| vendor.supports(videogen::facts::Operation::List);
    for vendor in Vendor::ALL.iter().copied().filter(searched) {
        for (code, body, words) in [(401, "{}", "HTTP 401"), (200, "nonsense", "cannot be parsed")] {
            let simulator = Simulator::builder().manual_clock().start().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let simulated: videogen_sim::Vendor = vendor.as_str().parse().unwrap();
            simulator.inject(Fault::new(simulated, Operation::Submit, FaultKind::DropAfter));
            for operation in [Operation::List, Operation::Get] {
                simulator.inject(Fault::status(simulated, operation, code, body).times(u32::MAX));
            }
            let args = [
                "generate",
                "a kite",
                "--vendor",
                vendor.as_str(),
                "--no-wait",
                "--search-timeout",
                "1",
            ];
            let output = at(folder.path(), &simulator, vendor, &args);
            let text = stderr(&output);
            assert_eq!(output.status.code(), Some(6), "{vendor}: {text}");
            assert!(
                text.contains("The search for its task failed: ") && text.contains(words),
                "{vendor} {code}: {text}"
            );
        }
    }
}

/// The commands take whole ids, so a hint has one where the user entered a part.
#[tokio::test(flavor = "multi_thread")]
async fn a_hint_has_the_whole_id() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    let vendor = Vendor::Fal;
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| at(folder.path(), &simulator, vendor, args);
    let lose = || {
        simulator.inject(Fault::new(
            videogen_sim::Vendor::Fal,
            Operation::Submit,
            FaultKind::DropAfter,
        ));
        let args = [
            "generate",
            "a kite",
            "--vendor",
            "fal",
            "--no-wait",
            "--search-timeout",
            "0",
            "--again",
            "--json",
        ];
        let lost = document(&run(&args));
        lost["error"]["ambiguity"]["intent"].as_str().unwrap().to_owned()
    };
    let (first, _second) = (lose(), lose());
    let bare = simulator.tasks().pop().unwrap().id;
    let output = run(&["recover", &first, "--task", &bare]);
    let text = stderr(&output);
    let hint = text.lines().find(|line| line.contains("--yes")).unwrap_or_default();
    let (_, command) = hint.split_once(": videogen ").unwrap_or_else(|| panic!("{text}"));
    let args: Vec<&str> = command.split(' ').collect();
    assert!(
        args[3].starts_with("fal:requests:") && args[3].contains('/') && args[3].ends_with(&bare),
        "{text}"
    );
    // It is a task that others take too.
    assert!(run(&["status", args[3]]).status.success());
    assert!(run(&args).status.success());
}

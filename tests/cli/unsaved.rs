//! Completed tasks whose videos were never downloaded.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::{Value, json};
use videogen::Vendor;
use videogen_sim::Simulator;

use super::{account, document, stderr, stdout, videogen};

/// Looking at a task does not remove it from what is left to do; writing its video does.
#[tokio::test(flavor = "multi_thread")]
async fn a_completed_task_is_listed_until_its_video_is_saved() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in [Vendor::Ark, Vendor::AllToken] {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            let simulated: videogen_sim::Vendor = vendor.as_str().parse().unwrap();
            account(&mut command, vendor, &simulator.base_url(simulated));
            command.output().unwrap()
        };
        let left = || {
            let (doctor, recover) = (document(&run(&["doctor", "--json"])), run(&["recover", "--json"]));
            assert!(recover.status.success(), "{vendor}: {}", stderr(&recover));
            let problem = "unfinished tasks, or tasks whose files are missing: 1";
            let problems = doctor["problems"].as_array().unwrap().iter();
            let reported = problems.filter(|found| found["message"] == problem).count();
            assert_eq!(doctor["journal"]["unfinished"], reported, "{vendor}: {doctor}");
            (reported, document(&recover)["unfinished"].clone())
        };
        let submit = || {
            let args = [
                "generate",
                "a kite",
                "--vendor",
                vendor.as_str(),
                "--again",
                "--no-wait",
                "-q",
            ];
            let output = run(&args);
            assert!(output.status.success(), "{vendor}: {}", stderr(&output));
            stdout(&output).trim().to_owned()
        };
        let id = submit();
        simulator.advance(std::time::Duration::from_secs(3600));
        let status = document(&run(&["status", &id, "--json"]));
        let end = |member: &str| -> DateTime<Utc> { status["task"][member].as_str().unwrap().parse().unwrap() };
        // Where links are renewed, the bound of the list is shown: seven days after the submission.
        let expected = vendor.keeps_files_for().map(|kept| end("updated_at") + kept);
        for args in [
            &["status", &id][..],
            &["wait", &id],
            &["download", &id, "-o", "no/such/folder/a.mp4"],
        ] {
            run(args);
            let (reported, unfinished) = left();
            assert_eq!(
                (reported, &unfinished[0]["task"], &unfinished[0]["status"]),
                (1, &json!(id), &json!("completed")),
                "{vendor} {args:?}"
            );
            let until: DateTime<Utc> = unfinished[0]["download_until"].as_str().unwrap().parse().unwrap();
            match expected {
                Some(expected) => assert_eq!(until, expected, "{vendor}"),
                None => {
                    let ahead = until - Utc::now();
                    assert!(
                        ahead > TimeDelta::days(6) && ahead <= TimeDelta::days(7),
                        "{vendor}: {until}"
                    );
                }
            }
            let shown = stdout(&run(&["recover"]));
            let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
            assert!(
                shown.starts_with("Unfinished, or not downloaded yet:\n") && shown.contains(&until),
                "{vendor}: {shown}"
            );
            assert!(
                shown
                    .trim_end()
                    .ends_with("Wait for them and write their files with: videogen recover --wait"),
                "{vendor}: {shown}"
            );
        }
        let output = run(&["recover", "--wait"]);
        assert!(output.status.success(), "{vendor}: {}", stderr(&output));
        let is_video = |entry: &std::fs::DirEntry| entry.path().extension().is_some_and(|found| found == "mp4");
        let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        assert_eq!(files.filter(is_video).count(), 1, "{vendor}");
        assert_eq!(left(), (0, json!([])), "{vendor}");

        // A video that was streamed was downloaded too.
        let id = submit();
        simulator.advance(std::time::Duration::from_secs(3600));
        run(&["wait", &id]);
        assert_eq!(left().0, 1, "{vendor}");
        // Nothing is listed after its end: by the vendor's, or a week after the submission.
        let journal = rusqlite::Connection::open(folder.path().join("journal.db")).unwrap();
        let change = |sql: &str| journal.execute(sql, []).unwrap();
        let (past, back) = match vendor.keeps_files_for() {
            Some(_) => (
                "UPDATE submissions SET entry = replace(entry, '\"updated_at\":\"2', '\"updated_at\":\"1')",
                "UPDATE submissions SET entry = replace(entry, '\"updated_at\":\"1', '\"updated_at\":\"2')",
            ),
            None => (
                "UPDATE submissions SET begun = begun - 604801000",
                "UPDATE submissions SET begun = begun + 604801000",
            ),
        };
        change(past);
        assert_eq!(left(), (0, json!([])), "{vendor}");
        change(back);
        assert_eq!(left().0, 1, "{vendor}");
        let output = run(&["download", &id, "-o", "-"]);
        assert!(
            output.status.success() && output.stdout.len() > 1000,
            "{vendor}: {}",
            stderr(&output)
        );
        assert_eq!(left(), (0, Value::Array(Vec::new())), "{vendor}");
        assert_eq!(stdout(&run(&["recover"])), "No open submissions.\n", "{vendor}");
    }
}

/// The first look at a task that has ended shows the same as the second one.
#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_a_download_is_shown_at_once() {
    let simulator = Simulator::builder().manual_clock().start().await.unwrap();
    for vendor in Vendor::ALL.iter().copied() {
        let folder = tempfile::tempdir().unwrap();
        let run = |args: &[&str]| {
            let mut command = videogen(folder.path(), args);
            let simulated: videogen_sim::Vendor = vendor.as_str().parse().unwrap();
            account(&mut command, vendor, &simulator.base_url(simulated));
            command.output().unwrap()
        };
        let output = run(&["generate", "a kite", "--vendor", vendor.as_str(), "--no-wait", "-q"]);
        assert!(output.status.success(), "{vendor}: {}", stderr(&output));
        let until = || document(&run(&["recover", "--json"]))["unfinished"][0]["download_until"].clone();
        assert_eq!(until(), Value::Null, "{vendor}");
        simulator.advance(std::time::Duration::from_secs(1800));
        let first = until();
        assert!(first.is_string(), "{vendor}: {first}");
        let seconds = |moment: Value| moment.as_str().unwrap().parse::<DateTime<Utc>>().unwrap().timestamp();
        let (first, second) = (seconds(first), seconds(until()));
        assert!((first - second).abs() <= 2, "{vendor}: {first} {second}");

        // What was downloaded is not left to do.
        let output = run(&["recover", "--wait"]);
        let shown = stdout(&output);
        assert!(
            output.status.success() && shown.starts_with("Downloaded:\n") && !shown.contains("Unfinished"),
            "{vendor}: {shown}"
        );
        assert_eq!(stdout(&run(&["recover"])), "No open submissions.\n", "{vendor}");
    }
}

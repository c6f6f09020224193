//! `list --local` over many entries, page by page.

use std::path::Path;

use serde_json::json;
use videogen::journal::{Event, Intent, Journal as _, Subject};
use videogen::{TaskId, TaskStatus, Vendor};
use videogen_journal::SqliteJournal;

use crate::{document, run, stderr, stdout};

/// More than two pages of the journal.
const ENTRIES: u32 = 1040;

fn id(number: u32) -> String {
    format!("i-{number:04}")
}

/// A journal with an entry for each minute, of two vendors by turns. Every tenth failed.
async fn fill(path: &Path) {
    let journal = SqliteJournal::open(path).unwrap();
    let start = "2026-10-01T00:00:00Z".parse::<videogen::Timestamp>().unwrap();
    for number in 0..ENTRIES {
        let vendor = [Vendor::Token360, Vendor::ToApis][number as usize % 2];
        let family = vendor.families().next().unwrap();
        let at = start + chrono::TimeDelta::minutes(number.into());
        let intent: Intent = serde_json::from_value(json!({
            "id": id(number), "key": id(number), "account": "a", "vendor": vendor, "family": family, "model": "m",
            "prompt": format!("kite {number}"), "request": {}, "request_hash": "h", "at": at, "until": at,
        }))
        .unwrap();
        journal.begin(intent).await.unwrap();
        let status = if number % 10 == 0 {
            TaskStatus::Failed
        } else {
            TaskStatus::Completed
        };
        let task = TaskId::new(vendor, family, format!("t-{number}")).unwrap();
        let accepted = Event::Accepted { task, status };
        journal.record(Subject::Intent(id(number)), accepted).await.unwrap();
    }
}

/// The ids that a list prints, and the position of the next page.
fn listed(folder: &Path, more: &[&str]) -> (Vec<String>, Option<String>) {
    let output = run(folder, &[&["list", "--local", "--json"], more].concat());
    assert!(output.status.success(), "{more:?}: {}", stderr(&output));
    let document = document(&output);
    let ids = document["submissions"].as_array().unwrap().iter();
    let ids = ids.map(|entry| entry["intent"]["id"].as_str().unwrap().to_owned());
    (ids.collect(), document["next"].as_str().map(str::to_owned))
}

fn expected(numbers: impl DoubleEndedIterator<Item = u32>) -> Vec<String> {
    numbers.rev().map(id).collect()
}

#[tokio::test]
async fn a_long_journal_is_listed_in_pages_and_by_filters() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fill(&folder.join("journal.db")).await;

    // The newest, and where to continue.
    let (ids, next) = listed(folder, &[]);
    assert_eq!((ids, next.as_deref()), (expected(990..1040), Some("i-0990")));
    let shown = stdout(&run(folder, &["list", "--local"]));
    let more = "More: videogen list --local --after i-0990";
    assert_eq!(
        (shown.lines().count(), shown.lines().last()),
        (53, Some(more)),
        "{shown}"
    );
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let more: Vec<&str> = ["--limit", "300"]
            .into_iter()
            .chain(after.iter().flat_map(|id: &String| ["--after", id]))
            .collect();
        let (ids, next) = listed(folder, &more);
        all.extend(ids);
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(all, expected(0..ENTRIES));
    // The last page is full, and nothing is left.
    assert_eq!(
        listed(folder, &["--limit", "40", "--after", "i-0040"]),
        (expected(0..40), None)
    );
    assert_eq!(listed(folder, &["--limit", "0"]), (expected(0..ENTRIES), None));
    let shown = stdout(&run(folder, &["list", "--local", "--limit", "0"]));
    assert_eq!(shown.matches("submitted").count(), 1);
    assert_eq!(shown.matches(" m ").count(), ENTRIES as usize, "{shown}");

    let failed = |numbers: std::ops::Range<u32>| expected(numbers.filter(|number| number % 10 == 0));
    assert_eq!(
        listed(folder, &["--status", "failed", "--limit", "0"]),
        (failed(0..ENTRIES), None)
    );
    // By the vendors' words too.
    assert_eq!(
        listed(folder, &["--status", "failure", "--limit", "2"]).0,
        failed(1020..ENTRIES)
    );
    assert_eq!(
        listed(folder, &["--vendor", "toapis", "--limit", "3"]),
        (expected([1035, 1037, 1039].into_iter()), Some("i-1035".to_owned()))
    );
    assert_eq!(
        listed(folder, &["--vendor", "toapis", "--status", "failed"]),
        (vec![], None)
    );
    assert_eq!(listed(folder, &["--status", "ambiguous"]), (vec![], None));
    let since = ["--since", "2026-10-01T17:00:00Z", "--vendor", "token360"];
    assert_eq!(listed(folder, &since).0, expected((1020..ENTRIES).step_by(2)));
    let shown = stdout(&run(folder, &["list", "--local", "--since", "2030-01-01"]));
    assert!(shown.starts_with("No matching submissions in "), "{shown}");

    for (args, words) in [
        (&["--after", "i-9999"][..], "the journal has no submission i-9999"),
        (&["--since", "yesterday"], "use a date (2026-11-01)"),
    ] {
        let output = run(folder, &[&["list", "--local"], args].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    let output = run(folder, &["list", "--vendor", "toapis", "--since", "7d"]);
    assert!(stderr(&output).contains("--local"), "{}", stderr(&output));

    // All commands that read the whole journal read all of its pages.
    let ledger = document(&run(folder, &["spend", "--json"]));
    assert_eq!(ledger["groups"][0]["submissions"], ENTRIES);
}

/// Commands that only read create no journal, and say so where the user has named it.
#[test]
fn what_reads_the_journal_creates_none() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (args, words) in [
        (&["spend"][..], "No submissions in typo.db."),
        (&["list", "--local"], "No submissions in typo.db."),
        (&["budget", "list"], "No budgets in typo.db."),
        (&["recover"], ""),
    ] {
        let named = [args, &["--journal", "typo.db"]].concat();
        let output = run(folder, &named);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        assert!(stdout(&output).contains(words), "{args:?}: {}", stdout(&output));
        assert_eq!(stderr(&output), "There is no journal at typo.db.\n", "{args:?}");
        let output = run(folder, args);
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        assert_eq!(stderr(&output), "", "{args:?}");
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0, "{args:?}");
    }
}

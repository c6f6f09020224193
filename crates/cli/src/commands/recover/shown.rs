//! What `recover` prints at its end.

use serde_json::json;
use videogen::TaskStatus;
use videogen::journal::Entry;
use videogen::lost::Recovered;

use super::events;
use super::resumed::{Resumed, advice};
use crate::exit::Failure;
use crate::invocation::Invocation;
use crate::journal::{HEADS, line, name, unreadable};
use crate::lost::candidates;
use crate::output::{Output, moment, table};

pub(super) fn show(all: &Recovered, resumed: &[Resumed], keyless: &[Entry], output: &Output) -> Result<(), Failure> {
    let open: Vec<_> = all
        .open
        .iter()
        .map(|lost| {
            json!({
                "submission": lost.entry,
                "candidates": candidates(&lost.candidates),
                "inconclusive": lost.inconclusive,
            })
        })
        .collect();
    if output.has_events() {
        return events::lost(all, keyless, output);
    }
    let (downloaded, unfinished): (Vec<&Resumed>, Vec<&Resumed>) = resumed.iter().partition(|one| one.is_downloaded());
    let documents = |all: &[&Resumed]| all.iter().map(|one| one.document()).collect::<Vec<_>>();
    let document = json!({
        "found": all.found,
        "open": open,
        "in_flight": all.in_flight,
        "downloaded": documents(&downloaded),
        "unfinished": documents(&unfinished),
        "other_accounts": keyless,
        "unreadable": all.unreadable,
    });
    let ids = || {
        let open = all.open.iter().map(|lost| &lost.entry);
        let left = resumed.iter().map(|one| &one.entry);
        let entries = all
            .found
            .iter()
            .chain(open)
            .chain(&all.in_flight)
            .chain(left)
            .chain(keyless);
        entries.map(name).collect()
    };
    output.result(&document, ids, || {
        let mut text = Vec::new();
        part(&mut text, "Found:", &mut all.found.iter());
        part(
            &mut text,
            "Still open: submission status unknown",
            &mut all.open.iter().map(|lost| &lost.entry),
        );
        part(
            &mut text,
            "In flight, or their sender has just died; retry in a few seconds",
            &mut all.in_flight.iter(),
        );
        part(&mut text, "Downloaded:", &mut downloaded.iter().map(|one| &one.entry));
        if !unfinished.is_empty() {
            let has_end = unfinished.iter().any(|one| one.end.is_some());
            let heads = HEADS.into_iter().chain(has_end.then_some("download until"));
            let rows = unfinished.iter().map(|one| {
                let mut row = line(&one.entry);
                row.extend(has_end.then(|| one.end.map(moment).unwrap_or_default()));
                row
            });
            let table = table(&heads.collect::<Vec<_>>(), rows);
            text.push(format!("Unfinished, or not downloaded yet:\n{table}"));
        }
        part(
            &mut text,
            "Other accounts or base URLs (not searched; set their keys and base URLs)",
            &mut keyless.iter(),
        );
        let is_left = |one: &&Resumed| {
            let is_completed = one.entry.status == Some(TaskStatus::Completed);
            matches!(one.result, Ok(None)) && (one.entry.target.is_some() || is_completed)
        };
        if unfinished.iter().any(is_left) {
            text.push(format!(
                "Wait for them and write their files with: {}",
                Invocation::new("recover").flag("--wait", true)
            ));
        }
        text.extend(unreadable(&all.unreadable));
        text.extend(all.open.iter().map(advice));
        if text.is_empty() {
            text.push("No open submissions.".to_owned());
        }
        text.join("\n\n")
    })
}

/// Adds a table of `entries`, if there are any.
fn part(text: &mut Vec<String>, title: &str, entries: &mut dyn Iterator<Item = &Entry>) {
    let rows: Vec<_> = entries.map(line).collect();
    if !rows.is_empty() {
        text.push(format!("{title}\n{}", table(&HEADS, rows)));
    }
}

//! `videogen list`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::facts::Operation;
use videogen::journal::{Entry, Journal as _, Pages, Position, Query};
use videogen::task::ListQuery;
use videogen::{ErrorKind, TaskStatus, Timestamp};
use videogen_journal::Store;

use crate::account::AccountArgs;
use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::journal::{HEADS, JournalArgs, failure, line, name, named, unreadable};
use crate::nearest;
use crate::output::{Output, moment, table};
use crate::since::since;
use crate::text;

/// Submissions of the journal that are listed by default.
const LOCAL: u32 = 50;

#[derive(Args)]
pub(crate) struct ListArgs {
    /// List the submissions in the journal; contacts no vendor.
    #[arg(long, conflicts_with_all = ["before", "oldest_first", "base_url"])]
    local: bool,
    /// Page size, 1 to 100 (not Replicate); with --local: 50 by default, 0 for all.
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Start after this task or page: the value that the last page printed.
    #[arg(long, value_name = "ID")]
    after: Option<String>,
    /// End before the task with this vendor id (previous page).
    #[arg(long, value_name = "ID")]
    before: Option<String>,
    /// List the oldest first.
    #[arg(long)]
    oldest_first: bool,
    /// Filter by status, such as completed (AllToken, ModelArk, or with --local).
    #[arg(long, value_name = "STATUS")]
    status: Option<String>,
    /// With --local: since a date (UTC), a time, or a duration ago: 7d, 24h.
    #[arg(
        long,
        value_name = "TIME",
        value_parser = since,
        requires = "local",
        conflicts_with_all = ["before", "oldest_first", "base_url"]
    )]
    since: Option<Timestamp>,
    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) async fn list(args: ListArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    if let Some(status) = &args.status {
        nearest::status(status, args.local).map_err(|rule| {
            let message = format!("--status {status}: {rule}");
            Failure::new(INVALID, ErrorKind::InvalidRequest, message)
        })?;
    }
    if args.local {
        return local(&args, journal, output).await;
    }
    let vendor = args.account.choose(None, Operation::List, output)?;
    let query = ListQuery {
        limit: args.limit,
        after: args.after,
        before: args.before,
        oldest_first: args.oldest_first,
        status: args.status.as_deref().map(TaskStatus::from_vendor),
    };
    let is_first = query.after.is_none() && query.before.is_none();
    let page = args.account.client(vendor, output)?.list(&query).await?;
    if page.unreadable > 0 {
        output.note(&format!(
            "Not listed, because they have no task id: {}.",
            text::many(page.unreadable, "task")
        ));
    }
    if let Some(reason) = &page.incomplete {
        output.note(&format!("Further tasks are not listed: {reason}."));
    }
    if let Some(limit) = args.limit.filter(|limit| page.tasks.len() > *limit as usize) {
        output.note(&format!(
            "{} returned more tasks than --limit {limit}; all of them are listed.",
            vendor.name()
        ));
    }
    let ids = || page.tasks.iter().map(|task| task.id.to_string()).collect();
    output.result(&json!(page), ids, || {
        if page.tasks.is_empty() {
            return "No tasks.".to_owned();
        }
        let rows = page.tasks.iter().map(|task| {
            vec![
                task.id.to_string(),
                task.status.to_string(),
                task.model.clone().unwrap_or_default(),
                task.created_at.map(moment).unwrap_or_default(),
            ]
        });
        let table = table(&["task", "status", "model", "created"], rows);
        match &page.next {
            Some(next) => {
                // The next page needs the same options.
                let more = Invocation::new("list")
                    .option("--vendor", Some(vendor.as_str()))
                    .option("--after", Some(next))
                    .option("--limit", query.limit.map(|limit| limit.to_string()))
                    .flag("--oldest-first", query.oldest_first)
                    .option("--status", args.status.as_ref())
                    .option("--base-url", args.account.base_url.as_ref());
                format!("{table}\nMore: {more}")
            }
            None => match page.total.filter(|total| is_first && *total > page.tasks.len() as u64) {
                Some(total) => {
                    let shown = page.tasks.len();
                    let name = vendor.name();
                    format!(
                        "{table}\n{shown} of {}; {name} gives no further pages, so raise --limit.",
                        text::counted(total, "task")
                    )
                }
                None => table,
            },
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The journal's entries, page by page.
async fn local(args: &ListArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let Some(journal) = journal.open_to_read(output)? else {
        let message = "--local shows the journal; remove --no-journal";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    };
    let mut query = Query::default();
    (query.vendor, query.since) = (args.account.vendor, args.since);
    if let Some(status) = &args.status {
        query = query.status(status);
    }
    if let Some(after) = &args.after {
        query.after = Some(position(&journal, after).await?);
    }
    query.limit = Some(args.limit.unwrap_or(LOCAL)).filter(|limit| *limit > 0);
    let is_all = query == Query::default().limit(LOCAL);
    let mut pages = Pages::new(&*journal, query);
    let (mut records, mut next) = (Vec::new(), None);
    let (mut count, mut start) = (0, "{\n  \"submissions\": [\n");
    while let Some(page) = pages.next().await.map_err(failure)? {
        records.extend(page.unreadable);
        next = page.next;
        let entries = page.entries;
        if entries.is_empty() {
            continue;
        }
        let heads = if count > 0 { &[][..] } else { &HEADS };
        let json = || {
            format!(
                "{start}{}",
                entries.iter().map(json_entry).collect::<Vec<_>>().join(",\n")
            )
        };
        output.part(json, || match output.is_quiet() {
            true => entries.iter().map(name).collect::<Vec<_>>().join("\n"),
            false => table(heads, entries.iter().map(line)),
        })?;
        (count, start) = (count + entries.len(), ",\n");
    }
    let next = next.filter(|_| pages.is_cut()).map(|next| next.id);
    let end = || {
        let start = if count > 0 { "" } else { start };
        let rest = text::json(&json!({"unreadable": records, "next": next}));
        format!("{start}  ],\n{}", rest.trim_start_matches("{\n"))
    };
    let more = next.as_ref().map(|next| {
        let more = Invocation::new("list")
            .flag("--local", true)
            .option("--after", Some(next))
            .option("--limit", args.limit.map(|limit| limit.to_string()))
            .option("--since", args.since.map(|since| since.to_rfc3339()))
            .option("--status", args.status.as_ref())
            .option("--vendor", args.account.vendor.map(|vendor| vendor.as_str()));
        format!("\nMore: {more}")
    });
    let none = (count == 0 && records.is_empty()).then(|| {
        let which = if is_all { "" } else { "matching " };
        format!("No {which}submissions in {}.", named(&journal))
    });
    let separated = unreadable(&records).map(|text| if count > 0 { format!("\n{text}") } else { text });
    let parts: Vec<String> = separated.into_iter().chain(more).chain(none).collect();
    if output.is_quiet() || parts.is_empty() && output.is_text() {
        return Ok(ExitCode::SUCCESS);
    }
    output.part(end, || parts.join("\n"))?;
    Ok(ExitCode::SUCCESS)
}

/// A member of a list in JSON.
fn json_entry(entry: &Entry) -> String {
    format!("    {}", text::json(entry).replace('\n', "\n    "))
}

/// The position of a submission, by its id or that of its task.
async fn position(journal: &Store, id: &str) -> Result<Position, Failure> {
    let query = match id.parse() {
        Ok(task) => Query::default().task(task),
        Err(_) => Query::default().intent(id),
    };
    let found = journal.find(query.limit(1)).await.map_err(failure)?;
    match found.entries.first() {
        Some(entry) => Ok(Position::new(entry.intent.at, &entry.intent.id)),
        None => {
            let message = format!("--after: the journal has no submission {id}");
            Err(Failure::new(INVALID, ErrorKind::NotFound, message))
        }
    }
}

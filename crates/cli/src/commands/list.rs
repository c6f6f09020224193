//! `videogen list`.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;
use videogen::journal::{Journal as _, Query};
use videogen::task::ListQuery;
use videogen::{ErrorKind, TaskStatus};

use crate::account::AccountArgs;
use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::journal::{HEADS, JournalArgs, failure, line, unreadable};
use crate::output::{Output, file, moment, table};

#[derive(Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// List the submissions in the journal; contacts no vendor.
    #[arg(long, conflicts_with_all = ["after", "before", "oldest_first", "base_url"])]
    local: bool,
    /// Page size, 1 to 100.
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
}

pub(crate) async fn list(args: ListArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    if args.local {
        return local(&args, journal, output).await;
    }
    let vendor = args.account.choose(None, output)?;
    let query = ListQuery {
        limit: args.limit,
        after: args.after,
        before: args.before,
        oldest_first: args.oldest_first,
        status: args.status.as_deref().map(TaskStatus::from_vendor),
    };
    let page = args.account.client(vendor)?.list(&query).await?;
    if page.unreadable > 0 {
        output.note(&format!(
            "{} entries have no task id and are not listed.",
            page.unreadable
        ));
    }
    if let Some(reason) = &page.incomplete {
        output.note(&format!("Further tasks are not listed: {reason}."));
    }
    output.result(&json!(page), || {
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
            None => table,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The journal's entries.
async fn local(args: &ListArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let Some(journal) = journal.open_to_read(output)? else {
        let message = "--local shows the journal; remove --no-journal";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    };
    let found = journal.find(Query::default()).await.map_err(failure)?;
    let (mut entries, records) = (found.entries, found.unreadable);
    let status = args.status.as_deref().map(TaskStatus::from_vendor);
    entries.retain(|entry| {
        args.account.vendor.is_none_or(|vendor| vendor == entry.intent.vendor)
            && (status.is_none() || status == entry.status)
    });
    entries.truncate(args.limit.map_or(usize::MAX, |limit| limit as usize));
    output.result(&json!({"submissions": entries, "unreadable": records}), || {
        let table = (!entries.is_empty()).then(|| table(&HEADS, entries.iter().map(line)));
        let parts: Vec<String> = table.into_iter().chain(unreadable(&records)).collect();
        if parts.is_empty() {
            return format!("No submissions in {}.", file(journal.path()));
        }
        parts.join("\n\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

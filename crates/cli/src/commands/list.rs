//! `videogen list`.

use std::process::ExitCode;

use serde_json::json;
use videogen::{ListQuery, TaskStatus};

use crate::ListArgs;
use crate::exit::Failure;
use crate::output::{Output, table};

pub(crate) async fn list(args: ListArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(None, false)?;
    let query = ListQuery {
        limit: args.limit,
        after: args.after,
        before: args.before,
        oldest_first: args.oldest_first,
        status: args.status.as_deref().map(TaskStatus::from_vendor),
    };
    let page = args.account.client(vendor)?.list(&query).await?;
    if page.unreadable > 0 {
        output.note(&format!("{} entries name no task and are left out.", page.unreadable));
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
                task.created_at.map(|at| at.to_string()).unwrap_or_default(),
            ]
        });
        let table = table(&["task", "status", "model", "created"], rows);
        match &page.next {
            Some(next) => {
                // The same list, so the same options.
                let mut more = format!("videogen list --vendor {vendor} --after {next}");
                if let Some(limit) = query.limit {
                    more.push_str(&format!(" --limit {limit}"));
                }
                if query.oldest_first {
                    more.push_str(" --oldest-first");
                }
                if let Some(url) = &args.account.base_url {
                    more.push_str(&format!(" --base-url {url}"));
                }
                format!("{table}\nMore: {more}")
            }
            None => table,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

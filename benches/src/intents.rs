//! Submissions of a journal without client and vendor.

use chrono::Utc;
use serde_json::{Value, json};
use videogen::journal::{Event, Intent, Journal as _, Subject};
use videogen::{TaskId, TaskStatus, Vendor};
use videogen_journal::SqliteJournal;

use crate::result::Result;

const VENDOR: Vendor = Vendor::Token360;

/// A submission that began now.
pub(crate) fn intent(id: &str) -> Result<Intent> {
    let request: Value = json!({
        "model": "seedance-2.0", "prompt": "a paper boat drifting down a rainy street, ".repeat(10), "duration": 5,
    });
    let now = Utc::now();
    Ok(serde_json::from_value(json!({
        "id": id, "key": id, "account": "0123456789abcdef", "origin": "https://vendor.example", "vendor": VENDOR,
        "family": "videos", "model": "seedance-2.0", "prompt": request["prompt"], "request": request,
        "request_hash": "0123456789abcdef".repeat(4), "at": now, "until": now,
        "estimate": {"amount": "0.4", "low": "0.4", "currency": "USD"},
    }))?)
}

/// Records a submission, and its task.
pub(crate) async fn record(journal: &SqliteJournal, intent: Intent) -> Result<()> {
    let id = intent.id.clone();
    journal.begin(intent).await?;
    let family = VENDOR.families().next().unwrap_or_default();
    let task = TaskId::new(VENDOR, family, format!("task-{id}")).ok_or("the id of a task")?;
    let status = TaskStatus::Queued;
    journal
        .record(Subject::Intent(id), Event::Accepted { task, status })
        .await?;
    Ok(())
}

//! Listing tasks.

use serde::Serialize;

use crate::model::{TaskStatus, Vendor, VideoTask, Violation};

/// Which tasks to list. What a vendor cannot filter or page by is refused, not ignored.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListQuery {
    /// Page size, 1 to 100.
    pub limit: Option<u32>,
    /// Only tasks that follow this vendor id.
    pub after: Option<String>,
    /// Only tasks that precede this vendor id.
    pub before: Option<String>,
    /// Oldest first, instead of newest first.
    pub oldest_first: bool,
    /// Only tasks that stand so.
    pub status: Option<TaskStatus>,
}

/// One page of tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<VideoTask>,
    /// What to pass as [`ListQuery::after`] for the next page; `None` on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Entries that name no task, and so are not among the tasks.
    #[serde(skip_serializing_if = "is_zero")]
    pub unreadable: usize,
    /// Tasks in all, where the vendor tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// A model as a vendor lists it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ListedModel {
    /// Model id.
    pub id: String,
    /// Name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Kinds of media it takes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub input_modalities: Vec<String>,
    /// Kinds of media it makes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub output_modalities: Vec<String>,
}

impl ListQuery {
    /// What `vendor` cannot list by.
    pub(crate) fn check(&self, vendor: Vendor) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut add = |field: &str, value: String, rule: String, hint: &str| {
            found.push(Violation {
                field: field.to_owned(),
                value,
                rule,
                hint: hint.to_owned(),
                page: None,
            });
        };
        for (name, value) in [
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("after", self.after.clone()),
            ("before", self.before.clone()),
            ("oldest_first", self.oldest_first.then(|| "true".to_owned())),
            ("status", self.status.as_ref().map(ToString::to_string)),
        ] {
            if let Some(value) = value
                && !vendor.list_query().contains(&name)
            {
                add(
                    name,
                    value,
                    format!("{} cannot list by it", vendor.name()),
                    "leave it out",
                );
            }
        }
        if let Some(limit) = self.limit
            && !(1..=100).contains(&limit)
        {
            add(
                "limit",
                limit.to_string(),
                "must be 1 to 100".to_owned(),
                "ask for several pages",
            );
        }
        found
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

//! Listing tasks.

use serde::Serialize;

use crate::model::{TaskStatus, Vendor, VideoTask, Violation};

/// Filter and paging of a task list. Options that a vendor does not support are refused, not ignored.
///
/// ```
/// use videogen::TaskStatus;
/// use videogen::task::ListQuery;
///
/// let query = ListQuery::default().status(TaskStatus::Completed).limit(50);
/// assert_eq!(query.limit, Some(50));
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ListQuery {
    /// Page size, 1 to 100.
    pub limit: Option<u32>,
    /// Only tasks after this vendor id; where the vendor numbers pages, after the page with this number; where it links them,
    /// the page that [`TaskPage::next`] names.
    pub after: Option<String>,
    /// Only tasks before this vendor id.
    pub before: Option<String>,
    /// Oldest first, instead of newest first.
    pub oldest_first: bool,
    /// Only tasks with this status, in the vendor's word for it: [`TaskStatus::Unknown`] sends any word. A vendor whose list
    /// has no such filter refuses it (`invalid_request`): then filter the tasks of [`Client::list_all`] instead.
    ///
    /// [`Client::list_all`]: crate::Client::list_all
    pub status: Option<TaskStatus>,
}

/// One page of tasks.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct TaskPage {
    /// The tasks.
    pub tasks: Vec<VideoTask>,
    /// Value of [`ListQuery::after`] for the next page; `None` on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// Reason why there is no `next`, although the vendor names a next page: this page is not the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incomplete: Option<String>,
    /// Number of entries without a task id, which are not in `tasks`.
    #[serde(skip_serializing_if = "is_zero")]
    pub unreadable: usize,
    /// Total number of tasks, if the vendor reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

impl ListQuery {
    /// Sets the page size, 1 to 100.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Sets the vendor id, or the number of the page, after which the page begins: [`TaskPage::next`] of the page before.
    #[must_use]
    pub fn after(mut self, id: impl Into<String>) -> Self {
        self.after = Some(id.into());
        self
    }

    /// Sets the vendor id before which the page ends.
    #[must_use]
    pub fn before(mut self, id: impl Into<String>) -> Self {
        self.before = Some(id.into());
        self
    }

    /// Sets the order: oldest first, instead of newest first.
    #[must_use]
    pub fn oldest_first(mut self, oldest_first: bool) -> Self {
        self.oldest_first = oldest_first;
        self
    }

    /// Selects the tasks with one status.
    #[must_use]
    pub fn status(mut self, status: TaskStatus) -> Self {
        self.status = Some(status);
        self
    }

    /// The vendor's word for the requested status. `None`: none is requested, or tasks cannot be listed by it.
    pub(crate) fn status_word(&self, vendor: Vendor) -> Option<&'static str> {
        let status = self.status.as_ref()?;
        let mut words = vendor.list_parameter("status")?.values.iter().copied();
        words.find(|word| TaskStatus::of(vendor, word) == *status)
    }

    /// The number of the page, where pages are numbered. `None`: `after` is no number.
    pub(crate) fn page(&self) -> Option<i64> {
        let before = self
            .after
            .as_ref()
            .map_or(Some(0), |number| number.parse::<u32>().ok())?;
        Some(i64::from(before) + 1)
    }

    /// Returns a violation for each option that `vendor` does not support.
    pub(crate) fn check(&self, vendor: Vendor) -> Vec<Violation> {
        let mut found = Vec::new();
        let mut add = |field: &str, value: String, rule: String, hint: &str| {
            found.push(Violation::new(field, value, rule, hint));
        };
        for (name, value) in [
            ("limit", self.limit.map(|limit| limit.to_string())),
            ("after", self.after.clone()),
            ("before", self.before.clone()),
            ("oldest_first", self.oldest_first.then(|| "true".to_owned())),
            ("status", self.status.as_ref().map(ToString::to_string)),
        ] {
            if let Some(value) = value
                && !vendor.lists_by(name)
            {
                let hint = match name {
                    "limit" => "leave it out: the vendor decides the size of its pages",
                    "status" => "leave it out, and select among the listed tasks",
                    _ => "leave it out",
                };
                add(
                    name,
                    value,
                    format!("{} does not support this list option", vendor.name()),
                    hint,
                );
            }
        }
        if let (Some(status), Some(known)) = (&self.status, vendor.list_parameter("status"))
            && self.status_word(vendor).is_none()
        {
            let rule = format!("{} cannot list tasks by this status", vendor.name());
            let known: Vec<String> = known
                .values
                .iter()
                .map(|word| TaskStatus::of(vendor, word).to_string())
                .collect();
            add(
                "status",
                status.to_string(),
                rule,
                &format!("use one of {}", known.join(", ")),
            );
        }
        if let (Some(after), Some(known)) = (&self.after, vendor.list_parameter("page")) {
            let most = known.maximum.unwrap_or(i64::MAX);
            if self.page().is_none_or(|page| page > most) {
                let rule = format!("must be the number of a page, below {most}");
                add(
                    "after",
                    after.clone(),
                    rule,
                    "use the value that the page before returned",
                );
            }
        }
        if let Some(after) = &self.after
            && vendor.list_parameter("next_url").is_some()
            && !is_cursor(vendor, after)
        {
            let form = vendor.list_parameter("cursor");
            let form = form.map_or_else(String::new, |known| format!(", `{}=` with a value", known.wire));
            add(
                "after",
                after.clone(),
                format!("must be the place of a page{form}"),
                "use the value that the page before returned",
            );
        }
        if let Some(limit) = self.limit
            && vendor.lists_by("limit")
            && !(1..=100).contains(&limit)
        {
            let hint = match limit {
                0 => "use at least 1, or leave it out",
                _ => "request several pages",
            };
            add("limit", limit.to_string(), "must be 1 to 100".to_owned(), hint);
        }
        found
    }
}

/// Whether `query`, of the URL of a next page, names a page.
pub(crate) fn is_cursor(vendor: Vendor, query: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_graphic() && !"#\"<>\\^`{|}".contains(c);
    let names_a_page = |pair: &str| {
        pair.split_once('=').is_some_and(|(name, value)| {
            let is_it = vendor.list_parameter("cursor").is_none_or(|known| known.wire == name);
            is_it && !name.is_empty() && !value.is_empty()
        })
    };
    query.chars().all(is_plain) && query.split('&').any(names_a_page)
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde hands out references")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

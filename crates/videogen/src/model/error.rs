//! The error type of the crate.

use std::fmt;
use std::time::Duration;

use crate::model::{Ambiguity, CostLimit, Operation, TaskId, TaskStatus, Vendor, VideoTask, Violation};
use crate::model::{Delivery, ErrorKind};

/// The error of every operation: a kind, a message, and what is known about the request or task.
///
/// Errors never contain API keys, presigned URLs or callback tokens.
///
/// `Display` ends with what to do, which may be a call of this crate; the alternate form (`{error:#}`) leaves such calls out, for
/// programs that show errors to their users.
///
/// ```no_run
/// # async fn example(client: videogen::Client, request: videogen::VideoRequest) {
/// use videogen::Delivery;
///
/// if let Err(error) = client.submit(&request).await {
///     match error.delivery() {
///         Some(Delivery::Ambiguous) => eprintln!("submission status unknown: {error}"),
///         _ => eprintln!("not submitted, nothing was billed: {error}"),
///     }
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Box<Inner>);

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    message: String,
    vendor: Option<Vendor>,
    operation: Option<Operation>,
    status: Option<u16>,
    code: Option<String>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    task: Option<TaskId>,
    submission: Option<String>,
    violations: Vec<Violation>,
    /// Whether repeating the call later can help, where its kind does not tell.
    is_temporary: Option<bool>,
    delivery: Option<Delivery>,
    ambiguity: Option<Ambiguity>,
    cause: Option<Error>,
    cost_limit: Option<CostLimit>,
    other_vendors: Vec<Error>,
    /// What to do, in terms of this crate's items.
    advice: Option<&'static str>,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            vendor: None,
            operation: None,
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
            task: None,
            submission: None,
            violations: Vec::new(),
            is_temporary: None,
            delivery: None,
            ambiguity: None,
            cause: None,
            cost_limit: None,
            other_vendors: Vec::new(),
            advice: None,
        }))
    }

    pub(crate) fn invalid(vendor: Vendor, violations: Vec<Violation>) -> Self {
        let mut error = Self::new(ErrorKind::InvalidRequest, "invalid request (nothing was sent)");
        error.0.vendor = Some(vendor);
        error.0.violations = violations;
        error
    }

    /// An accepted task whose polls keep being refused, because of `cause`.
    pub(crate) fn poll_refused(task: &TaskId, cause: Self) -> Self {
        let message = format!("the task exists, but its status cannot be read: {}", cause.0.message);
        let mut error = Self::new(ErrorKind::PollRefused, message).with_task(task);
        error.0.operation = cause.0.operation;
        error.0.status = cause.0.status;
        error.0.code.clone_from(&cause.0.code);
        error.0.request_id.clone_from(&cause.0.request_id);
        error.0.retry_after = cause.0.retry_after;
        error.0.cause = Some(cause);
        error
    }

    /// A completed task in whose responses no video is found. They may be read later, or by another version.
    pub(crate) fn no_link(task: &TaskId, message: &'static str) -> Self {
        let mut error = Self::new(ErrorKind::PollRefused, message).with_task(task);
        error.0.cause = Some(Self::new(ErrorKind::Decode, message));
        error
    }

    /// The error of an ended task without a file: the vendor's own reason, or else `otherwise`.
    pub(crate) fn without_file(task: &VideoTask, otherwise: &str) -> Self {
        let Some(reason) = &task.error else {
            return Self::new(ErrorKind::NoVideo, otherwise).with_task(&task.id);
        };
        let kind = match reason.kind {
            ErrorKind::Moderated => ErrorKind::Moderated,
            _ => ErrorKind::NoVideo,
        };
        let mut words = reason.clone();
        // The code has its own place.
        words.code = words.code.filter(|_| words.message.is_none());
        let message = match task.status {
            TaskStatus::Completed => format!("the task is completed without a file: {words}"),
            _ => format!("the task is {}: {words}", task.status),
        };
        let mut error = Self::new(kind, message).with_task(&task.id);
        error.0.code.clone_from(&reason.code);
        error
    }

    /// The error of a completed task whose files the vendor has removed; `answer`: how its file host refused them.
    pub(crate) fn removed(task: &TaskId, answer: Option<&str>) -> Self {
        let vendor = task.vendor();
        let kept = vendor
            .keeps_files_for()
            .map_or_else(String::new, |kept| match kept.as_secs() {
                3600 => ", an hour after the end".to_owned(),
                seconds if seconds % 3600 == 0 => format!(", {} hours after the end", seconds / 3600),
                seconds => format!(", {seconds} seconds after the end"),
            });
        let answer = answer.map(|answer| format!(" ({answer})")).unwrap_or_default();
        let message = format!(
            "the task was completed, but {} has removed its files{kept}{answer}",
            vendor.name()
        );
        Self::new(ErrorKind::NoVideo, message).with_task(task)
    }

    /// Repeating the call cannot help, whatever its kind.
    pub(crate) fn permanent(mut self) -> Self {
        self.0.is_temporary = Some(false);
        self
    }

    /// Repeating the call later may help, whatever its kind: nothing was sent or changed.
    pub(crate) fn temporary(mut self) -> Self {
        self.0.is_temporary = Some(true);
        self
    }

    pub(crate) fn is_permanent(&self) -> bool {
        self.0.is_temporary == Some(false)
    }

    pub(crate) fn with_advice(mut self, advice: &'static str) -> Self {
        self.0.advice = Some(advice);
        self
    }

    pub(crate) fn during(mut self, vendor: Vendor, operation: Operation) -> Self {
        self.0.vendor = Some(vendor);
        self.0.operation = Some(operation);
        self
    }

    pub(crate) fn with_task(mut self, task: &TaskId) -> Self {
        self.0.vendor = Some(task.vendor());
        self.0.task = Some(task.clone());
        self
    }

    /// Names the journal's entry of the earlier submission that it is about.
    pub(crate) fn with_submission(mut self, submission: &str) -> Self {
        self.0.submission = Some(submission.to_owned());
        self
    }

    pub(crate) fn with_delivery(mut self, delivery: Delivery) -> Self {
        self.0.delivery = Some(delivery);
        self
    }

    pub(crate) fn with_ambiguity(mut self, ambiguity: Ambiguity) -> Self {
        self.0.ambiguity = Some(ambiguity);
        self
    }

    pub(crate) fn with_cost_limit(mut self, limit: CostLimit) -> Self {
        self.0.cost_limit = Some(limit);
        self
    }

    /// Adds why other vendors did not take the request.
    pub(crate) fn with_other_vendors(mut self, errors: Vec<Self>) -> Self {
        self.0.other_vendors = errors;
        self
    }

    /// Names the journal's entry of an ambiguous submission.
    pub(crate) fn with_intent(mut self, intent: String) -> Self {
        if let Some(ambiguity) = &mut self.0.ambiguity {
            ambiguity.intent = Some(intent);
        }
        self
    }

    pub(crate) fn with_answer(
        mut self,
        status: u16,
        code: Option<String>,
        request_id: Option<String>,
        retry_after: Option<Duration>,
    ) -> Self {
        self.0.status = Some(status);
        self.0.code = code;
        self.0.request_id = request_id;
        self.0.retry_after = retry_after;
        self
    }

    pub(crate) fn after(mut self, wait: Option<Duration>) -> Self {
        self.0.retry_after = wait;
        self
    }

    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the message, without vendor, operation and hints; `Display` includes them.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the vendor.
    #[must_use]
    pub fn vendor(&self) -> Option<Vendor> {
        self.0.vendor
    }

    /// Returns the HTTP status of the vendor's response, if there was one.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Returns the vendor's error code.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns the vendor's request id, for its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// Returns the time to wait before the next request, from `Retry-After`.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the id of the task concerned, from which waiting can resume later or in another process.
    /// A `conflict` names the earlier task that has the key, which is not a task for this request; a `repeated` error names
    /// the task of the earlier submission, if it is known.
    #[must_use]
    pub fn task(&self) -> Option<&TaskId> {
        self.0.task.as_ref()
    }

    /// Returns the journal's id of the earlier submission, for `repeated` errors. That of a submission whose status is unknown
    /// is in [`ambiguity`](Self::ambiguity).
    #[must_use]
    pub fn submission(&self) -> Option<&str> {
        self.0.submission.as_deref()
    }

    /// Returns the error that ended polling, for `poll_refused` errors.
    #[must_use]
    pub fn cause(&self) -> Option<&Error> {
        self.0.cause.as_ref()
    }

    /// Returns why the other vendors of a [`Router`](crate::Router) did not take the request.
    #[must_use]
    pub fn other_vendors(&self) -> &[Error] {
        &self.0.other_vendors
    }

    /// Returns every rule that the request violates. Nothing was sent if there are any.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.0.violations
    }

    /// Returns whether a failed submission may have been billed; `None` for other operations.
    #[must_use]
    pub fn delivery(&self) -> Option<Delivery> {
        self.0.delivery
    }

    /// Returns everything known about a submission whose status is unknown.
    #[must_use]
    pub fn ambiguity(&self) -> Option<&Ambiguity> {
        self.0.ambiguity.as_ref()
    }

    /// Returns the limit of cost that does not allow a submission, for `budget` errors.
    #[must_use]
    pub fn cost_limit(&self) -> Option<CostLimit> {
        self.0.cost_limit.clone()
    }

    /// Returns whether the unchanged call may succeed later without paying twice.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self.0.delivery {
            Some(Delivery::NotSent) => self.0.is_temporary.unwrap_or(self.0.kind == ErrorKind::Transport),
            Some(Delivery::Rejected) => matches!(self.0.kind, ErrorKind::RateLimited),
            Some(Delivery::Ambiguous) => false,
            None if self.0.is_temporary.is_some() => self.0.is_temporary == Some(true),
            None => match &self.0.cause {
                Some(cause) => !cause.is_permanent() && !matches!(cause.0.kind, ErrorKind::Auth | ErrorKind::Balance),
                None => self.0.kind.is_retryable(),
            },
        }
    }
}

impl Error {
    /// Hint about the key or the balance, when the vendor refused one of them.
    fn account_hint(&self) -> Option<String> {
        let kind = self.cause().map_or(self.0.kind, Self::kind);
        let facts = self.0.vendor?.facts();
        let what = match kind {
            ErrorKind::Auth => "check the key in",
            ErrorKind::Balance => "top up the account of the key in",
            _ => return None,
        };
        let page = facts.keys_page.map(|page| format!("; keys and balance: {page}"));
        Some(format!("{what} {}{}", facts.key_env, page.unwrap_or_default()))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(vendor) = inner.vendor {
            write!(f, "{}: ", vendor.name())?;
        }
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        for violation in &inner.violations {
            f.write_str("\n  ")?;
            fmt::Display::fmt(violation, f)?;
        }
        let mut pages: Vec<&str> = inner.violations.iter().filter_map(|violation| violation.page).collect();
        pages.sort_unstable();
        pages.dedup();
        for page in pages {
            write!(f, "\n  see {page}")?;
        }
        let mut notes = Vec::new();
        // Some messages have it.
        let status = inner.status.map(|status| format!("HTTP {status}"));
        notes.extend(status.filter(|status| !inner.message.contains(status)));
        // Some messages end with it.
        let is_named = |code: &&String| inner.message.contains(&format!("({code})"));
        if let Some(code) = inner.code.as_ref().filter(|code| !is_named(code)) {
            notes.push(format!("code {code}"));
        }
        if let Some(id) = &inner.request_id {
            notes.push(format!("request {id}"));
        }
        if let Some(task) = &inner.task {
            notes.push(format!("task {task}"));
        }
        if !notes.is_empty() {
            write!(f, " ({})", notes.join(", "))?;
        }
        if let Some(wait) = inner.retry_after {
            write!(f, "; try again in {} s", wait.as_secs().max(1))?;
        }
        if inner.kind == ErrorKind::Decode && inner.delivery.is_none() {
            f.write_str("; try again later")?;
        }
        if let Some(hint) = self.account_hint() {
            write!(f, "; {hint}")?;
        }
        if let Some(advice) = inner.advice.filter(|_| !f.alternate()) {
            write!(f, "; {advice}")?;
        }
        let is_temporary = matches!(inner.kind, ErrorKind::Vendor | ErrorKind::Transport);
        if inner.operation == Some(Operation::Upload) && is_temporary {
            f.write_str("; an upload costs nothing: try again later")?;
        }
        match inner.delivery {
            Some(Delivery::Ambiguous) => {
                f.write_str("; the vendor may have accepted and billed it, so it was not resent: ")?;
                let is_searchable = match &inner.ambiguity {
                    Some(ambiguity) => ambiguity.is_searchable(),
                    None => inner.vendor.is_none_or(|vendor| vendor.can_search(true)),
                };
                f.write_str(match (is_searchable, f.alternate()) {
                    (false, _) => "check the vendor's console",
                    (true, true) => "search for its task, or check the vendor's console,",
                    (true, false) => "search for its task with Client::reconcile, or check the vendor's console,",
                })?;
                f.write_str(" before submitting again")
            }
            Some(Delivery::NotSent)
                if inner.operation.is_some_and(Operation::is_of_assets) || inner.kind == ErrorKind::Io =>
            {
                f.write_str("; nothing was submitted")
            }
            Some(Delivery::NotSent) => f.write_str("; nothing was sent"),
            _ => Ok(()),
        }?;
        for other in &inner.other_vendors {
            let text = if f.alternate() {
                format!("{other:#}")
            } else {
                other.to_string()
            };
            write!(f, "\n  {}", text.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({}: {self})", self.0.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause().map(|cause| cause as _)
    }
}

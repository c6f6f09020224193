//! Exit codes, and their errors.

use std::collections::BTreeSet;

use videogen::facts::Operation;
use videogen::price::{CostLimit, CostLimitKind, Money};
use videogen::{Delivery, Error, ErrorKind, TaskId, Vendor, VideoTask, Violation};

use crate::error::{CommandKind, ErrorDocument, Kind};
use crate::interrupt::{Interrupt, interrupted};
use crate::invocation::Invocation;
use crate::options;
use crate::result::{Outcome, TaskResult};

/// The task ended without a video.
pub(crate) const NO_VIDEO: u8 = 1;
/// The request, the command line or a variable is invalid; nothing was sent, or the vendor refused it.
pub(crate) const INVALID: u8 = 2;
/// The key is missing or refused, or the account's balance is too low.
pub(crate) const ACCOUNT: u8 = 3;
/// The vendor or the network failed.
pub(crate) const VENDOR: u8 = 4;
/// The task has not ended.
pub(crate) const TIMEOUT: u8 = 5;
/// The status of a submission is unknown.
pub(crate) const AMBIGUOUS: u8 = 6;
/// A file cannot be read or written.
pub(crate) const IO: u8 = 7;
/// A task exists, and its status could not be polled.
const POLL_REFUSED: u8 = 8;
/// A budget or a maximum cost does not allow a submission.
pub(crate) const BUDGET: u8 = 9;
/// The same request was submitted a short time ago.
pub(crate) const REPEATED: u8 = 10;

/// The exit code of several submissions: that of the worst one. A limit of the user is less bad than a refusal.
pub(crate) fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    let rank = |code: &u8| match *code {
        BUDGET | REPEATED => (NO_VIDEO, *code),
        code => (code, 0),
    };
    codes.into_iter().max_by_key(rank).unwrap_or_default()
}

/// The currency of amounts without one.
const DOLLARS: &str = "USD";

/// Why a command ends without success.
pub(crate) struct Failure {
    /// Exit code.
    pub(crate) code: u8,
    /// Message.
    pub(crate) message: String,
    /// For programs.
    pub(crate) error: Box<ErrorDocument>,
    /// The result of the task that it is about, without the error.
    pub(crate) result: Option<Box<TaskResult>>,
    /// Whether the vendor accepted a submission.
    accepted: bool,
    /// Whether the task that it is about is of another key.
    other_key: bool,
}

impl Failure {
    pub(crate) fn new(code: u8, kind: impl Into<Kind>, message: impl Into<String>) -> Self {
        let message = message.into();
        Self {
            code,
            error: Box::new(ErrorDocument::new(kind, message.clone())),
            message,
            result: None,
            accepted: false,
            other_key: false,
        }
    }

    /// Values of options that are invalid; `None` if there are none.
    pub(crate) fn of_options(violations: Vec<Violation>) -> Option<Self> {
        let lines: Vec<String> = violations.iter().map(options::violation).collect();
        let mut failure = Self::new(INVALID, ErrorKind::InvalidRequest, "invalid options (nothing was sent)");
        failure.message = format!("{}\n  {}", failure.message, lines.join("\n  "));
        failure.error = Box::new(failure.error.violating(violations));
        (!lines.is_empty()).then_some(failure)
    }

    /// The user stops the command.
    pub(crate) fn interrupted(interrupt: Interrupt, message: impl Into<String>) -> Self {
        Self::new(interrupt.code(), CommandKind::Interrupted, message)
    }

    /// The task that it is about.
    pub(crate) fn task(&self) -> Option<TaskId> {
        self.error.task.clone()
    }

    /// Whether the user stopped the command.
    pub(crate) fn is_interrupt(&self) -> bool {
        self.error.kind == CommandKind::Interrupted.into()
    }

    /// Whether a task was left before its end.
    pub(crate) fn is_left(&self) -> bool {
        matches!(self.code, TIMEOUT | POLL_REFUSED) || self.is_interrupt()
    }

    /// Whether the vendor refused to show or change a task, and not the key itself.
    pub(crate) fn is_refusal(&self) -> bool {
        let kinds = [Some(self.error.kind), self.error.cause.as_ref().map(|cause| cause.kind)];
        let is_of_key = kinds.contains(&Some(ErrorKind::Auth.into()));
        // Nor does another key help where the vendor does not support the operation.
        let is_unsupported = kinds.contains(&Some(ErrorKind::Unsupported.into()));
        matches!(self.code, INVALID | ACCOUNT | POLL_REFUSED) && !is_of_key && !is_unsupported
    }

    /// Whether files of this machine are the cause.
    pub(crate) fn is_of_files(&self) -> bool {
        let kinds = [Some(self.error.kind), self.error.cause.as_ref().map(|cause| cause.kind)];
        kinds.contains(&Some(ErrorKind::Io.into()))
    }

    /// Adds that the task is of another key, so that repeating the command does not help.
    pub(crate) fn of_other_key(mut self, hint: &str) -> Self {
        self.other_key = true;
        self.error.retryable = false;
        self.hint(hint)
    }

    /// Whether the task is of another key.
    pub(crate) fn is_of_other_key(&self) -> bool {
        self.other_key
    }

    /// Whether a task exists that was left before its end, or before its files were complete.
    pub(crate) fn is_accepted(&self) -> bool {
        self.accepted || (self.is_left() && self.error.task.is_some())
    }

    /// The failure of a call about an accepted task. Its exit code is never one that means that nothing was submitted.
    pub(crate) fn accepted(mut self, task: &TaskId) -> Self {
        self.accepted = true;
        if !matches!(self.code, INVALID | ACCOUNT) {
            return self;
        }
        let message = format!("{task} exists, but its status could not be read: {}", self.message);
        let mut failure = Self::new(POLL_REFUSED, ErrorKind::PollRefused, message).about(task);
        // As the library decides it for refused polls.
        failure.error.retryable = self.code != ACCOUNT;
        failure.error.hint = self.error.hint.take();
        failure.error.cause = Some(self.error);
        (failure.result, failure.accepted) = (self.result, true);
        failure
    }

    /// Joins several failures, each with another message. `None` if there are none.
    pub(crate) fn all(failures: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut failures = failures.into_iter();
        Some(failures.next()?.and(failures))
    }

    /// Adds others, each with another message.
    pub(crate) fn and(mut self, others: impl IntoIterator<Item = Self>) -> Self {
        for other in others {
            if !self.message.contains(&other.message) {
                self.message = format!("{}\n{}", self.message, other.message);
                self.error.add(*other.error);
            }
        }
        self
    }

    /// Adds what to do.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.message = format!("{}\n{hint}", self.message);
        self.error.hint = Some(match self.error.hint.take() {
            Some(earlier) => format!("{earlier}\n{hint}"),
            None => hint.to_owned(),
        });
        self
    }

    /// The same about a simulated task, which ended with this command.
    pub(crate) fn of_simulation(mut self) -> Self {
        const END: &str = "the simulated task ended with this command";
        self.message = match self.is_interrupt() {
            true => format!("interrupted; {END}"),
            false => format!("{}; {END}", self.message),
        };
        self.error.message.clone_from(&self.message);
        self
    }

    /// Begins the message with what it is about.
    pub(crate) fn of(mut self, subject: &str) -> Self {
        self.message = format!("{subject}: {}", self.message);
        self.error.message = format!("{subject}: {}", self.error.message);
        self
    }

    /// Names the task that it is about, for programs.
    pub(crate) fn about(mut self, task: &TaskId) -> Self {
        self.error.task.get_or_insert_with(|| task.clone());
        self
    }

    /// Whether it has a hint.
    pub(crate) fn has_hint(&self) -> bool {
        self.error.hint.is_some()
    }
}

impl Failure {
    /// Adds the result of a submission that no task is known of, unless nothing was sent.
    pub(crate) fn of_submission(mut self, vendor: Vendor) -> Self {
        if let Some(id) = self.task().filter(|_| self.is_accepted()) {
            return self.of_task(&id, None);
        }
        let outcome = match self.error.delivery {
            _ if self.error.kind == ErrorKind::AmbiguousSubmit.into() => Outcome::Ambiguous,
            Some(_) => Outcome::Rejected,
            None => return self,
        };
        self.result = Some(Box::new(TaskResult::new(vendor, outcome)));
        self
    }

    /// Adds the result of a task that exists.
    pub(crate) fn of_task(mut self, id: &TaskId, task: Option<&VideoTask>) -> Self {
        let mut result = match self.result.take() {
            Some(result) => *result,
            None => TaskResult::left(id),
        };
        if result.task.is_none() {
            result.task = task.cloned();
        }
        result.outcome = match self.code {
            NO_VIDEO if result.files.file.is_none() => Outcome::Failed,
            _ => Outcome::Running,
        };
        result.cost = result.task.as_ref().and_then(VideoTask::cost);
        self.result = Some(Box::new(result));
        self
    }

    /// The result that it has, with the error.
    pub(crate) fn result(&self) -> Option<TaskResult> {
        let result = self.result.as_deref()?.clone();
        Some(result.failed(self.document()))
    }

    /// The error, for a result.
    pub(crate) fn document(&self) -> Option<ErrorDocument> {
        Some((*self.error).clone())
    }
}

/// Runs what an interrupt may end at any time.
pub(crate) async fn stoppable<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::select! {
        result = work => result,
        interrupt = interrupted() => Err(Failure::interrupted(interrupt, "interrupted")),
    }
}

/// The options that override all unverified rules among `violations`.
pub(crate) fn overrides<'a>(violations: impl IntoIterator<Item = &'a Violation>) -> Option<String> {
    let unverified = violations.into_iter().filter(|violation| violation.unverified);
    let fields: BTreeSet<&str> = unverified.map(|violation| violation.field.as_str()).collect();
    let permissions = fields.iter().map(|field| format!("--allow-unverified {field}"));
    (!fields.is_empty() && options::has("allow_unverified")).then(|| permissions.collect::<Vec<_>>().join(" "))
}

/// What to do about a limit of cost.
fn within_limit(limit: Option<CostLimit>) -> String {
    let budgets = || Invocation::new("budget").arg("list");
    let set = || Invocation::new("budget").arg("set");
    // An amount without a currency is in US dollars.
    let amount = |currency: &str| match currency {
        DOLLARS => "AMOUNT".to_owned(),
        other => format!("AMOUNT{other}"),
    };
    match limit {
        Some(limit) if limit.kind == CostLimitKind::MaxCost && (limit.cost_known || limit.exhausted) => {
            "To submit it, raise --max-cost, or request less.".to_owned()
        }
        Some(limit) if limit.cost_known || limit.exhausted => format!(
            "To see the budgets, use: {}. To change one, use: {} {}/PERIOD",
            budgets(),
            set(),
            amount(&limit.currency)
        ),
        Some(limit) if limit.kind == CostLimitKind::MaxCost => {
            let prices = Invocation::new("prices").arg("set").flag("--help", true);
            let unknown = format!(
                "To submit at an unknown cost, add: --allow-unknown-cost. To set your own price, see: {prices}"
            );
            match limit.other_cost {
                Some(Money { amount, currency, .. }) => format!(
                    "To limit it in the currency of its price, use: --max-cost {}{currency}. {unknown}",
                    amount.normalize()
                ),
                None => unknown,
            }
        }
        limit => {
            let unknown = format!(
                "To submit at an unknown cost, add: --allow-unknown-cost. To see the budgets, use: {}",
                budgets()
            );
            match limit.and_then(|limit| limit.other_cost) {
                Some(cost) => format!(
                    "{unknown}. To limit also what is priced in {}, use: {} {}/PERIOD",
                    cost.currency,
                    set(),
                    amount(&cost.currency)
                ),
                None => unknown,
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let code = match error.kind() {
            // A value that is malformed, wherever it comes from. A missing key is found before a client is built.
            ErrorKind::Config => INVALID,
            ErrorKind::InvalidRequest | ErrorKind::Unsupported | ErrorKind::NotFound | ErrorKind::Conflict => INVALID,
            // No task was created.
            ErrorKind::Moderated if error.delivery().is_some() => INVALID,
            ErrorKind::NoVideo | ErrorKind::Moderated => NO_VIDEO,
            ErrorKind::Auth | ErrorKind::Balance => ACCOUNT,
            // An asset that is not active in time.
            ErrorKind::Timeout if error.delivery() == Some(Delivery::NotSent) => VENDOR,
            ErrorKind::Timeout | ErrorKind::NotReady => TIMEOUT,
            ErrorKind::PollRefused => POLL_REFUSED,
            ErrorKind::AmbiguousSubmit => AMBIGUOUS,
            ErrorKind::Budget => BUDGET,
            ErrorKind::Repeated => REPEATED,
            ErrorKind::Io | ErrorKind::Journal | ErrorKind::TooLarge => IO,
            _ => VENDOR,
        };
        let failure = Self {
            code,
            // Without the calls of the library to make: the command adds its own hints.
            message: options::in_message(format!("{error:#}"), error.violations()),
            error: Box::new((&error).into()),
            result: None,
            accepted: false,
            other_key: false,
        };
        let any = |test: fn(&Violation) -> bool| error.violations().iter().any(test);
        let failure = match error.kind() {
            ErrorKind::Budget => failure.hint(&within_limit(error.cost_limit())),
            _ => failure,
        };
        let failure = match (error.kind(), error.delivery(), error.vendor()) {
            // What a submission names is the model.
            (ErrorKind::NotFound, Some(Delivery::Rejected), Some(vendor)) => {
                let models = Invocation::new("models").option("--vendor", Some(vendor.as_str()));
                let models = models.flag("--live", vendor.supports(Operation::Models));
                failure.hint(&format!("To list the models of {}, use: {models}", vendor.name()))
            }
            _ => failure,
        };
        let failure = match any(|violation| violation.more_models > 0) {
            true => failure.hint(&format!(
                "To list every model that supports the request, use: {}",
                Invocation::new("plan").flag("--all", true)
            )),
            false => failure,
        };
        let failure = match any(|violation| violation.fits_extra) && options::has("extra") {
            true => failure.hint("To send a field under the vendor's name for it, add: --extra NAME=VALUE"),
            false => failure,
        };
        match overrides(error.violations()) {
            Some(options) => failure.hint(&format!("To break the unverified rules, add: {options}")),
            None => failure,
        }
    }
}

//! Errors as JSON, in one form for every command. Depends on nothing else in this crate.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use videogen::lost::{Ambiguity, Candidate, Evidence, Grade};
use videogen::price::CostLimit;
use videogen::{Delivery, Error, ErrorKind, TaskId, Vendor, Violation};

/// Why a command or one of its tasks did not succeed.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Error")]
pub(crate) struct ErrorDocument {
    /// Kind of the failure.
    pub(crate) kind: Kind,
    /// Message for people.
    pub(crate) message: String,
    /// Whether the unchanged call may succeed later without paying twice. A task that exists is resumed with
    /// `videogen wait`, whatever this says.
    pub(crate) retryable: bool,
    /// What to do, with the commands to run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) hint: Option<String>,
    /// The task that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<TaskId>,
    /// The vendor that answered, or should have.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<Vendor>,
    /// HTTP status of the response.
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    /// The vendor's code of the error.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// The vendor's id of the request, for its support.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// Seconds after which the vendor accepts requests again.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// Of a submission: whether it may have been accepted and billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delivery: Option<Delivery>,
    /// Everything known about a submission whose status is unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ambiguity: Option<Ambiguity>,
    /// Tasks that such a submission may have created.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) candidates: Vec<CandidateDocument>,
    /// The journal's id of such a submission, or of the earlier one that a `repeated` error is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) submission: Option<String>,
    /// The rules that the request breaks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    violations: Vec<Violation>,
    /// What is wrong with the jobs of a batch.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) jobs: Vec<JobProblem>,
    /// The limit of cost that does not allow the submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost_limit: Option<CostLimit>,
    /// The error that led to this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cause: Option<Box<ErrorDocument>>,
    /// Why the other vendors of a route did not take the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    other_vendors: Vec<ErrorDocument>,
}

/// Something wrong with a job of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct JobProblem {
    /// The line of the file where the job begins, from 1.
    pub(crate) line: usize,
    /// The id of the job, if it can be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) item: Option<String>,
    /// What is wrong, for people.
    pub(crate) message: String,
    /// The vendor whose rule the job breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) vendor: Option<Vendor>,
    /// The rule that it breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) violation: Option<Box<Violation>>,
    /// The earlier submission that it repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) submission: Option<String>,
    /// The task of that submission.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) task: Option<Box<TaskId>>,
}

impl JobProblem {
    pub(crate) fn new(line: usize, message: impl Into<String>) -> Self {
        Self {
            line,
            item: None,
            message: message.into(),
            vendor: None,
            violation: None,
            submission: None,
            task: None,
        }
    }
}

impl fmt::Display for JobProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_fmt(format_args!("line {}: {}", self.line, self.message))
    }
}

/// Kind of a failure: of the library, or of the command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(untagged)]
pub(crate) enum Kind {
    Library(ErrorKind),
    Command(CommandKind),
}

/// Kind of a failure that only the command has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CommandKind {
    /// The user or the system interrupted the command.
    Interrupted,
    /// An earlier submission of the command was not accepted, so this one was not sent.
    NotSubmitted,
    /// The cost of a request is needed, and not known.
    UnknownCost,
}

/// A task that a submission of unknown status may have created.
#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "Candidate")]
pub(crate) struct CandidateDocument {
    /// Its id.
    task: TaskId,
    /// How well it matches.
    grade: Grade,
    /// Results of the comparison.
    reasons: Vec<Evidence>,
}

impl Kind {
    /// The name used in JSON.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Library(kind) => kind.as_str(),
            Self::Command(CommandKind::Interrupted) => "interrupted",
            Self::Command(CommandKind::NotSubmitted) => "not_submitted",
            Self::Command(CommandKind::UnknownCost) => "unknown_cost",
        }
    }
}

impl From<ErrorKind> for Kind {
    fn from(kind: ErrorKind) -> Self {
        Self::Library(kind)
    }
}

impl From<CommandKind> for Kind {
    fn from(kind: CommandKind) -> Self {
        Self::Command(kind)
    }
}

impl From<&Candidate> for CandidateDocument {
    fn from(found: &Candidate) -> Self {
        Self {
            task: found.task.id.clone(),
            grade: found.grade,
            reasons: found.reasons.clone(),
        }
    }
}

impl ErrorDocument {
    /// Adds another error of the same command.
    pub(crate) fn add(&mut self, other: Self) {
        self.message = format!("{}\n{}", self.message, other.message);
        self.violations.extend(other.violations);
        self.jobs.extend(other.jobs);
        self.retryable &= other.retryable;
        if let Some(hint) = other.hint {
            self.hint = Some(match self.hint.take() {
                Some(earlier) if earlier.contains(&hint) => earlier,
                Some(earlier) => format!("{earlier}\n{hint}"),
                None => hint,
            });
        }
    }

    /// Adds rules that the command line breaks.
    pub(crate) fn violating(mut self, violations: Vec<Violation>) -> Self {
        self.violations.extend(violations);
        self
    }

    /// The vendor that answered, or should have.
    pub(crate) fn vendor(&self) -> Option<Vendor> {
        self.vendor
    }

    /// The fields of the request that break a rule.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.violations
            .iter()
            .map(|violation| violation.field.as_str())
            .collect()
    }

    pub(crate) fn new(kind: impl Into<Kind>, message: impl Into<String>) -> Self {
        let kind = kind.into();
        Self {
            kind,
            message: message.into(),
            retryable: matches!(kind, Kind::Library(kind) if kind.is_retryable()),
            hint: None,
            task: None,
            vendor: None,
            status: None,
            code: None,
            request_id: None,
            retry_after: None,
            delivery: None,
            ambiguity: None,
            candidates: Vec::new(),
            submission: None,
            violations: Vec::new(),
            jobs: Vec::new(),
            cost_limit: None,
            cause: None,
            other_vendors: Vec::new(),
        }
    }
}

impl From<&Error> for ErrorDocument {
    fn from(error: &Error) -> Self {
        Self {
            retryable: error.is_retryable(),
            task: error.task().cloned(),
            submission: error.submission().map(str::to_owned),
            vendor: error.vendor(),
            status: error.status(),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            retry_after: error.retry_after().map(|wait| wait.as_secs()),
            delivery: error.delivery(),
            ambiguity: error.ambiguity().cloned(),
            violations: error.violations().to_vec(),
            cost_limit: error.cost_limit(),
            cause: error.cause().map(|cause| Box::new(cause.into())),
            other_vendors: error.other_vendors().iter().map(Into::into).collect(),
            ..Self::new(error.kind(), error.message())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use videogen::submit::plan;
    use videogen::{Vendor, VideoRequest};

    use super::*;

    /// The library's own form has the same members.
    #[test]
    fn an_error_of_the_library_keeps_its_members() {
        let refused = plan(Vendor::ALL[0], None, &VideoRequest::new("seedance-2.0", "")).expect_err("no prompt");
        let unknown = Error::from("nobody:x:y".parse::<TaskId>().expect_err("no vendor"));
        for error in [refused, unknown] {
            assert_eq!(json!(ErrorDocument::from(&error)), json!(error));
        }
    }
}

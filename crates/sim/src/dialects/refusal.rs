//! Reasons to refuse a request, before a dialect converts them to the vendor's format.

use crate::dialects::answer::Answer;

/// A reason to refuse a request. Each dialect has its own status and body for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No bearer key was sent.
    NoKey,
    /// The key is invalid.
    BadKey,
    /// The key's account has no balance left.
    NoBalance,
    /// The key is frozen.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// The service failed.
    Internal,
    /// The service is overloaded.
    Unavailable,
    /// The request breaks a rule of the vendor's API.
    Invalid {
        /// The field at fault, if there is one.
        field: Option<String>,
        /// The message, with the field and the rule.
        message: String,
    },
    /// The request breaks a rule of the model behind the API.
    ModelRule {
        /// The field at fault.
        field: String,
        /// The message, with the field and the rule.
        message: String,
    },
    /// The prompt violates the content rules.
    Content,
    /// A callback was requested, but the account has no webhook.
    NoWebhook,
    /// No such task.
    NoTask {
        /// The parameter that names it.
        field: String,
    },
    /// No such asset, group or verification.
    NoAsset {
        /// The parameter that names it.
        field: String,
    },
    /// The group's person is not verified yet.
    GroupNotActive {
        /// The parameter that names it.
        field: String,
    },
    /// The task has no file, or not yet.
    NotReady,
    /// The task can no longer be cancelled.
    TooLate {
        /// The vendor's name of the task's status.
        status: &'static str,
    },
    /// The body is too large.
    TooLarge,
    /// Unknown path.
    NoPath,
    /// The path exists, the method does not.
    NoMethod,
    /// The vendor does not offer the model, or no provider serves it.
    NoModel,
}

impl Refusal {
    /// A violated rule of the API about a field.
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid {
            field: Some(field.into()),
            message: message.into(),
        }
    }

    /// The message; it names the field and the rule.
    pub(crate) fn message(&self) -> String {
        let words = match self {
            Self::NoKey => "no API key: send the header `Authorization: Bearer sk-...`",
            Self::BadKey => "invalid API key: the simulator accepts keys that begin with sk-",
            Self::NoBalance => "insufficient balance",
            Self::Forbidden => "this API key is frozen",
            Self::RateLimited => "rate limit exceeded: retry after the time in Retry-After",
            Self::Internal => "internal error",
            Self::Unavailable => "the service is overloaded",
            Self::Invalid { message, .. } | Self::ModelRule { message, .. } => message,
            Self::Content => "prompt: rejected by the content rules",
            Self::NoWebhook => "callback_url: this account has no webhook",
            Self::NoTask { field } => return format!("{field}: task not found"),
            Self::NoAsset { field } => return format!("{field}: not found"),
            Self::GroupNotActive { .. } => "Asset group is not active",
            Self::NotReady => "the video is not ready: poll until the task is completed",
            Self::TooLate { status } => {
                return format!("the task is {status}: only a queued or processing task can be cancelled");
            }
            Self::TooLarge => "the request body is too large",
            Self::NoPath => "unknown path",
            Self::NoModel => "model: not found",
            Self::NoMethod => "method not allowed for this path",
        };
        words.to_owned()
    }

    /// Adds `Retry-After` to the answer of a rate limit.
    pub(crate) fn with_retry_after(&self, answer: Answer) -> Answer {
        match self {
            Self::RateLimited => answer.header("retry-after", 1),
            _ => answer,
        }
    }

    /// The field at fault, if there is one.
    pub(crate) fn field(&self) -> Option<&str> {
        match self {
            Self::Invalid { field, .. } => field.as_deref(),
            Self::ModelRule { field, .. }
            | Self::NoTask { field }
            | Self::NoAsset { field }
            | Self::GroupNotActive { field } => Some(field),
            Self::Content => Some("prompt"),
            Self::NoModel => Some("model"),
            Self::NoWebhook => Some("callback_url"),
            _ => None,
        }
    }
}

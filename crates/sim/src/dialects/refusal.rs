//! Reasons to refuse a request, before a dialect puts them into the vendor's words.

use crate::dialects::answer::Answer;

/// A reason to refuse a request. Each dialect has its own status and body for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No bearer key was sent.
    NoKey,
    /// The key is not one that works.
    BadKey,
    /// The key's account has no balance left.
    NoBalance,
    /// The key is frozen.
    Forbidden,
    /// Too many requests.
    RateLimited,
    /// The service broke.
    Internal,
    /// The service is overloaded.
    Unavailable,
    /// The request breaks a rule of the vendor's API.
    Invalid {
        /// The field at fault, if there is one.
        field: Option<String>,
        /// The field and the rule, in words.
        message: String,
    },
    /// The request breaks a rule of the model behind the API.
    ModelRule {
        /// The field at fault.
        field: String,
        /// The field and the rule, in words.
        message: String,
    },
    /// The prompt is against the content rules.
    Content,
    /// A callback was requested, but the account has no webhook.
    NoWebhook,
    /// There is no such task.
    NoTask {
        /// The parameter that names it.
        field: String,
    },
    /// The task's file does not exist yet, or never will.
    NotReady,
    /// The task cannot be cancelled any more.
    TooLate {
        /// The vendor's word for the task's status.
        status: &'static str,
    },
    /// The body is too large.
    TooLarge,
    /// There is nothing at this path.
    NoPath,
    /// The path exists, the method does not.
    NoMethod,
    /// The vendor serves no such model, or has nobody to serve it.
    NoModel,
}

impl Refusal {
    /// A broken rule of the API that concerns a field.
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
            Self::NotReady => "the video is not ready: poll until the task is completed",
            Self::TooLate { status } => {
                return format!("the task is {status}: only a queued or processing one can be cancelled");
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
            Self::ModelRule { field, .. } | Self::NoTask { field } => Some(field),
            Self::Content => Some("prompt"),
            Self::NoModel => Some("model"),
            Self::NoWebhook => Some("callback_url"),
            _ => None,
        }
    }
}

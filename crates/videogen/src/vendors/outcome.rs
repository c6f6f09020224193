//! Classification of an exchange: a value, a refusal, or an unknown submission status.

use bytes::Bytes;
use secrecy::SecretString;
use serde_json::Value;
use videogen_wire::{Answer, Exchange, Sent};

use crate::model::{Delivery, Error, ErrorKind, Operation, TaskId, TaskStatus, Vendor, VideoTask};
use crate::model::{Raw, is_moderation};
use crate::transport::retry::retry_after;
use crate::vendors::ids::Origin;
use crate::vendors::words::Words;
use crate::vendors::{CallError, ErrorDetail, dispatch, ids, unreadable};

/// Statuses that reject a submission for certain. After any other that is not a success, its status is unknown.
const REFUSALS: [u16; 8] = [400, 401, 402, 403, 404, 413, 415, 422];
/// Headers with the vendor's request id.
const REQUEST_IDS: [&str; 2] = ["x-request-id", "request-id"];

/// Classifies the calls of one account.
pub(crate) struct Judge<'a> {
    pub(crate) vendor: Vendor,
    pub(crate) key: &'a SecretString,
}

impl Judge<'_> {
    /// The outcome of a submission. `from` is for the task's id when only that could be read.
    pub(crate) fn submission(
        &self,
        from: Origin<'_>,
        result: Result<VideoTask, CallError>,
        exchange: Option<&Exchange>,
    ) -> Result<VideoTask, Error> {
        let operation = Operation::Submit;
        let ambiguous = |reason: &str| {
            Error::new(
                ErrorKind::AmbiguousSubmit,
                format!("submission status unknown: {}", self.clean(reason)),
            )
            .during(self.vendor, operation)
            .with_delivery(Delivery::Ambiguous)
        };
        let answer = match exchange.map(|exchange| &exchange.sent) {
            None | Some(Sent::Recorded) => {
                let reason = result.as_ref().err().map(|CallError(reason)| reason.as_str());
                return Err(self.unbuilt(operation, reason).with_delivery(Delivery::NotSent));
            }
            Some(Sent::NotConnected { reason }) => {
                return Err(self.transport(operation, reason).with_delivery(Delivery::NotSent));
            }
            Some(Sent::Pending) => return Err(ambiguous("the call was cancelled")),
            Some(Sent::Broken { reason }) => return Err(ambiguous(reason)),
            Some(Sent::Answered(answer)) => answer,
        };
        if answer.status.is_success() {
            let CallError(reason) = match result {
                Ok(mut task) => {
                    self.finish(&mut task, Raw::of(answer.body.clone()));
                    begin(&mut task);
                    task.request_id = self.request_id(answer).or(task.request_id);
                    return Ok(task);
                }
                Err(reason) => reason,
            };
            // A paid task is not lost because the rest of the response is unreadable.
            if let Some(id) = ids::accepted(&answer.body, self.id_member()).and_then(|id| self.task_id(from, id)) {
                let mut task = VideoTask::new(id, String::new());
                self.finish(&mut task, json(answer).into());
                begin(&mut task);
                task.request_id = self.request_id(answer).or(task.request_id);
                return Ok(task);
            }
            let reason = match &answer.cut {
                Some(cut) => cut.clone(),
                None => unreadable::response(&answer.body, &reason),
            };
            return Err(self.unknown(from, &reason, exchange, answer, ErrorDetail::default()));
        }
        let status = answer.status.as_u16();
        let detail = dispatch::error(self.vendor, status, json(answer));
        let refused = detail.refused || status == 429 || REFUSALS.contains(&status);
        // A response that names a task is not a rejection, whatever its status.
        if refused && self.possible_tasks(from, exchange).is_empty() {
            return Err(self
                .refusal(operation, answer, detail)
                .with_delivery(Delivery::Rejected));
        }
        let reason = match answer.status.is_redirection() {
            true => unreadable::redirect(status, &answer.headers),
            false => format!("the response was HTTP {status}"),
        };
        Err(self.unknown(from, &reason, exchange, answer, detail))
    }

    /// Error for a response that does not show whether a submission was accepted, with the vendor's message and the
    /// tasks it names.
    fn unknown(
        &self,
        from: Origin<'_>,
        reason: &str,
        exchange: Option<&Exchange>,
        answer: &Answer,
        detail: ErrorDetail,
    ) -> Error {
        let mut message = format!("submission status unknown: {}", self.clean(reason));
        let possible = self.possible_tasks(from, exchange);
        if !possible.is_empty() {
            let ids: Vec<String> = possible.iter().map(ToString::to_string).collect();
            message.push_str(&format!("; the response names the task {}", ids.join(", ")));
        }
        let words = Words::of(&answer.body);
        message.push_str(&self.quoted(&words));
        let error = Error::new(ErrorKind::AmbiguousSubmit, message)
            .during(self.vendor, Operation::Submit)
            .with_delivery(Delivery::Ambiguous);
        // An id in a response that is not a success shows where to look.
        let error = match possible.as_slice() {
            [id] => error.with_task(id),
            _ => error,
        };
        self.with_detail(error, answer, detail, words)
    }

    /// The vendor's message, as a suffix of our own.
    fn quoted(&self, words: &Words) -> String {
        let message = words.message.as_deref().map(|message| self.clean(message));
        message
            .filter(|message| !message.trim().is_empty())
            .map_or_else(String::new, |message| format!("; the vendor's message: {message}"))
    }

    /// The tasks named in the response to a submission, except those in the request.
    pub(crate) fn possible_tasks(&self, from: Origin<'_>, exchange: Option<&Exchange>) -> Vec<TaskId> {
        let Some(Exchange {
            sent: Sent::Answered(answer),
            body,
            ..
        }) = exchange
        else {
            return Vec::new();
        };
        let request = String::from_utf8_lossy(body.as_deref().unwrap_or_default());
        let is_echo = |id: &str| request.contains(&Value::from(id).to_string());
        let is_request = |id: &str| {
            let header = |name: &str| answer.headers.get(name).and_then(|value| value.to_str().ok());
            REQUEST_IDS.iter().any(|name| header(name) == Some(id))
        };
        ids::task_ids(&answer.body, self.id_member())
            .into_iter()
            .filter(|id| !is_echo(id) && !is_request(id))
            .filter_map(|id| self.task_id(from, self.name(&id)))
            .collect()
    }

    /// The id of a task that an answer to a submission calls `id`.
    fn task_id(&self, from: Origin<'_>, id: String) -> Option<TaskId> {
        let id = dispatch::task_id(self.vendor, from.model, id)?;
        TaskId::new(self.vendor, from.family, id)
    }

    /// The member of an answer that has a task's id, if it has another name than usual.
    fn id_member(&self) -> Option<&'static str> {
        self.vendor.facts().tasks.id
    }

    /// The outcome of a call that is not a submission, and its body.
    pub(crate) fn read<T>(
        &self,
        operation: Operation,
        result: Result<T, CallError>,
        exchange: Option<&Exchange>,
    ) -> Result<(T, Bytes), Error> {
        match result {
            Ok(value) => Ok((value, self.answer(operation, None, exchange)?.body.clone())),
            Err(CallError(reason)) => Err(match self.answer(operation, Some(&reason), exchange) {
                Ok(answer) => self.no_value(operation, &reason, answer),
                Err(error) => error,
            }),
        }
    }

    /// The response to a call. `reason`: why it gave no value.
    fn answer<'a>(
        &self,
        operation: Operation,
        reason: Option<&str>,
        exchange: Option<&'a Exchange>,
    ) -> Result<&'a Answer, Error> {
        match exchange.map(|exchange| &exchange.sent) {
            None | Some(Sent::Recorded) => Err(self.unbuilt(operation, reason)),
            Some(Sent::NotConnected { reason } | Sent::Broken { reason }) => Err(self.transport(operation, reason)),
            Some(Sent::Pending) => Err(self.transport(operation, "the call was cancelled")),
            Some(Sent::Answered(answer)) => Ok(answer),
        }
    }

    /// The error of a response that gave no value.
    fn no_value(&self, operation: Operation, reason: &str, answer: &Answer) -> Error {
        let detail = || dispatch::error(self.vendor, answer.status.as_u16(), json(answer));
        // An adapter makes a value of a refusal only where that is the state of a task.
        if !answer.status.is_success() {
            return self.refusal(operation, answer, detail());
        }
        if let Some(cut) = &answer.cut {
            return self.transport(operation, cut);
        }
        // Some refuse with a status of success.
        let detail = detail();
        if operation.is_of_assets() && detail.kind.is_some() {
            return self.refusal(operation, answer, detail);
        }
        let words = Words::of(&answer.body);
        let kind = if words.deny_the_task() {
            ErrorKind::NotFound
        } else {
            ErrorKind::Decode
        };
        let message = format!(
            "the response cannot be parsed: {}{}",
            self.clean(&unreadable::success(&answer.body, reason)),
            self.quoted(&words)
        );
        let error = Error::new(kind, message).during(self.vendor, operation);
        self.with_detail(error, answer, ErrorDetail::default(), words)
    }

    /// Whether the response has an empty or null `member`.
    pub(crate) fn is_null(&self, exchange: Option<&Exchange>, member: &str) -> bool {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) => json(answer).get(member).is_some_and(Value::is_null),
            _ => false,
        }
    }

    /// The vendor's id of the request that `exchange` answered, for display.
    pub(crate) fn request_of(&self, exchange: Option<&Exchange>) -> Option<String> {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) => self.request_id(answer),
            _ => None,
        }
    }

    fn request_id(&self, answer: &Answer) -> Option<String> {
        let header = |name: &&str| answer.headers.get(*name)?.to_str().ok().filter(|id| !id.is_empty());
        let id = REQUEST_IDS.iter().find_map(header);
        id.map(|id| self.clean(id))
    }

    /// The beginning of a response, cleaned for display.
    pub(crate) fn beginning(&self, exchange: Option<&Exchange>) -> Option<String> {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) if !answer.body.is_empty() => {
                Some(self.clean(&String::from_utf8_lossy(&answer.body)))
            }
            _ => None,
        }
    }

    fn unbuilt(&self, operation: Operation, reason: Option<&str>) -> Error {
        let reason = self.clean(reason.unwrap_or("no request was built"));
        Error::new(ErrorKind::Config, reason).during(self.vendor, operation)
    }

    fn transport(&self, operation: Operation, reason: &str) -> Error {
        Error::new(ErrorKind::Transport, format!("network error: {}", self.clean(reason)))
            .during(self.vendor, operation)
    }

    /// The error of a response that refuses with a status of success.
    pub(crate) fn refused(&self, operation: Operation, exchange: Option<&Exchange>) -> Error {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) => self.refusal(operation, answer, ErrorDetail::default()),
            _ => self.transport(operation, "there was no response"),
        }
    }

    /// The error of a response that is not a success.
    fn refusal(&self, operation: Operation, answer: &Answer, detail: ErrorDetail) -> Error {
        let status = answer.status.as_u16();
        let words = Words::of(&answer.body);
        let code = detail.code.as_deref().or(words.code.as_deref());
        let known = self.vendor.facts().errors.iter().find(|known| code == Some(known.code));
        let kind = detail.kind.or_else(|| ErrorKind::named(known?.kind));
        let kind = kind.unwrap_or(match status {
            401 | 403 => ErrorKind::Auth,
            402 => ErrorKind::Balance,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            400 | 413 | 415 | 422 => ErrorKind::InvalidRequest,
            _ => ErrorKind::Vendor,
        });
        // The message is more specific than the status.
        let kind = match kind {
            ErrorKind::InvalidRequest if words.are_of_moderation() => ErrorKind::Moderated,
            ErrorKind::InvalidRequest | ErrorKind::Vendor
                if (400..500).contains(&status) && operation != Operation::Submit && words.deny_the_task() =>
            {
                ErrorKind::NotFound
            }
            kind => kind,
        };
        let message = match (&words.message, known.and_then(|known| known.message)) {
            _ if answer.status.is_redirection() => unreadable::redirect(status, &answer.headers) + &self.quoted(&words),
            (Some(message), _) => self.clean(message),
            (None, Some(meaning)) => meaning.to_owned(),
            (None, None) => format!("the vendor returned HTTP {status} without a message"),
        };
        self.with_detail(
            Error::new(kind, message).during(self.vendor, operation),
            answer,
            detail,
            words,
        )
    }

    /// Adds the status, code, request id and `Retry-After` of the response.
    fn with_detail(&self, error: Error, answer: &Answer, detail: ErrorDetail, words: Words) -> Error {
        let request_id = words.request_id.map(|id| self.clean(&id));
        error.with_answer(
            answer.status.as_u16(),
            detail.code.or(words.code).map(|code| self.clean(&code)),
            request_id.or_else(|| self.request_id(answer)),
            retry_after(&answer.headers),
        )
    }

    /// The kind of error of an asset that was refused for this reason.
    pub(crate) fn refused_asset(&self, reason: &str) -> ErrorKind {
        match is_moderation(reason) {
            true => ErrorKind::Moderated,
            false => ErrorKind::InvalidRequest,
        }
    }
}

/// Sets the status of a new task whose creation was answered without one, where the spec has it.
fn begin(task: &mut VideoTask) {
    if let ("", Some(status)) = (task.vendor_status.as_str(), task.id.vendor().facts().tasks.created) {
        task.status = TaskStatus::from_vendor(status);
    }
}

/// The body as JSON; `null` if it is not JSON.
fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

//! What an exchange means: a value, a refusal, or the honest answer that nobody knows.

use bytes::Bytes;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use videogen_wire::{Answer, Exchange, FromValue, Sent};

use crate::model::Raw;
use crate::model::mask::{KEY, hide_urls};
use crate::model::{Delivery, Error, ErrorKind, Operation, TaskError, TaskId, TaskStatus, Vendor, VideoTask};
use crate::transport::retry::retry_after;
use crate::vendors::{NoValue, Said};

/// The statuses that refuse a submission for good. Any other that is not a success leaves it open.
const REFUSALS: [u16; 8] = [400, 401, 402, 403, 404, 413, 415, 422];
/// Longest vendor message that is passed on.
const MESSAGE_LIMIT: usize = 500;

/// Judges calls to one account.
pub(crate) struct Judge<'a> {
    pub(crate) vendor: Vendor,
    pub(crate) key: &'a SecretString,
}

impl Judge<'_> {
    /// The outcome of a submission. `family` names the task when only its id could be read.
    pub(crate) fn submission(
        &self,
        family: &str,
        result: Result<VideoTask, NoValue>,
        exchange: Option<&Exchange>,
    ) -> Result<VideoTask, Error> {
        let operation = Operation::Submit;
        let ambiguous = |reason: &str| {
            Error::new(
                ErrorKind::AmbiguousSubmit,
                format!("it is not known whether it was accepted: {reason}"),
            )
            .during(self.vendor, operation)
            .with_delivery(Delivery::Ambiguous)
        };
        let answer = match exchange.map(|exchange| &exchange.sent) {
            None | Some(Sent::Recorded) => {
                return Err(self.unbuilt(operation, result).with_delivery(Delivery::NotSent));
            }
            Some(Sent::NotConnected { reason }) => {
                return Err(self.transport(operation, reason).with_delivery(Delivery::NotSent));
            }
            Some(Sent::Pending) => return Err(ambiguous("the call was given up")),
            Some(Sent::Broken { reason }) => return Err(ambiguous(reason)),
            Some(Sent::Answered(answer)) => answer,
        };
        let status = answer.status.as_u16();
        if answer.status.is_success() {
            return match result {
                Ok(mut task) => {
                    self.finish(&mut task, Raw::of(answer.body.clone()));
                    Ok(task)
                }
                // A task that was paid for is not lost because the rest of the answer is odd.
                Err(NoValue(reason)) => match salvage_id(&answer.body) {
                    Some(id) => match TaskId::new(self.vendor, family, id) {
                        Some(id) => {
                            let mut task = VideoTask::new(id, String::new());
                            self.finish(&mut task, json(answer).into());
                            Ok(task)
                        }
                        None => Err(ambiguous(&reason)),
                    },
                    None => Err(self.told(ambiguous(answer.cut.as_deref().unwrap_or(&reason)), answer, None)),
                },
            };
        }
        let said = self.vendor.error(status, json(answer));
        let refused = said.refused || status == 429 || REFUSALS.contains(&status);
        let error = if refused {
            self.refusal(operation, answer, said).with_delivery(Delivery::Rejected)
        } else {
            let words = said
                .message
                .as_deref()
                .map(|words| format!("; it says: {}", self.clean(words)));
            let error = ambiguous(&format!("the answer was HTTP {status}{}", words.unwrap_or_default()));
            // An id beside a failure is no acceptance, but it is where to look.
            let id = salvage_id(&answer.body).and_then(|id| TaskId::new(self.vendor, family, id));
            let error = match id {
                Some(id) => error.with_task(&id),
                None => error,
            };
            self.told(error, answer, Some(said))
        };
        Err(error)
    }

    /// The outcome of a call that changes nothing that costs money, and the body that was read.
    pub(crate) fn read<T>(
        &self,
        operation: Operation,
        result: Result<T, NoValue>,
        exchange: Option<&Exchange>,
    ) -> Result<(T, Bytes), Error> {
        let answer = match exchange.map(|exchange| &exchange.sent) {
            None | Some(Sent::Recorded) => return Err(self.unbuilt(operation, result)),
            Some(Sent::NotConnected { reason } | Sent::Broken { reason }) => {
                return Err(self.transport(operation, reason));
            }
            Some(Sent::Pending) => return Err(self.transport(operation, "the call was given up")),
            Some(Sent::Answered(answer)) => answer,
        };
        if !answer.status.is_success() {
            let said = self.vendor.error(answer.status.as_u16(), json(answer));
            return Err(self.refusal(operation, answer, said));
        }
        match (result, &answer.cut) {
            (Ok(value), _) => Ok((value, answer.body.clone())),
            (Err(_), Some(cut)) => Err(self.transport(operation, cut)),
            (Err(NoValue(reason)), None) => {
                let error = Error::new(ErrorKind::Decode, format!("the answer cannot be read: {reason}"));
                Err(self.told(error.during(self.vendor, operation), answer, None))
            }
        }
    }

    /// Whether the answer holds `member`, and holds nothing in it.
    pub(crate) fn is_null(&self, exchange: Option<&Exchange>, member: &str) -> bool {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) => json(answer).get(member).is_some_and(Value::is_null),
            _ => false,
        }
    }

    /// How an answer begins, fit to be shown.
    pub(crate) fn beginning(&self, exchange: Option<&Exchange>) -> Option<String> {
        match exchange.map(|exchange| &exchange.sent) {
            Some(Sent::Answered(answer)) if !answer.body.is_empty() => {
                Some(self.clean(&String::from_utf8_lossy(&answer.body)))
            }
            _ => None,
        }
    }

    fn unbuilt<T>(&self, operation: Operation, result: Result<T, NoValue>) -> Error {
        let reason = result
            .err()
            .map_or_else(|| "no request was made".to_owned(), |NoValue(reason)| reason);
        Error::new(ErrorKind::Config, reason).during(self.vendor, operation)
    }

    fn transport(&self, operation: Operation, reason: &str) -> Error {
        Error::new(ErrorKind::Transport, format!("the network failed: {reason}")).during(self.vendor, operation)
    }

    /// The vendor said no.
    fn refusal(&self, operation: Operation, answer: &Answer, said: Said) -> Error {
        let status = answer.status.as_u16();
        let kind = said.kind.unwrap_or(match status {
            401 | 403 => ErrorKind::Auth,
            402 => ErrorKind::Balance,
            404 => ErrorKind::NotFound,
            409 => ErrorKind::Conflict,
            429 => ErrorKind::RateLimited,
            400 | 413 | 415 | 422 => ErrorKind::InvalidRequest,
            _ => ErrorKind::Vendor,
        });
        let message = said.message.clone().or_else(|| loose_message(&json(answer)));
        let message = message.map_or_else(
            || format!("the vendor answered HTTP {status} without a reason"),
            |message| self.clean(&message),
        );
        self.told(
            Error::new(kind, message).during(self.vendor, operation),
            answer,
            Some(said),
        )
    }

    /// Adds what the answer says beside its message.
    fn told(&self, error: Error, answer: &Answer, said: Option<Said>) -> Error {
        let said = said.unwrap_or_default();
        let header = |name: &str| Some(answer.headers.get(name)?.to_str().ok()?.to_owned());
        let request_id = said
            .request_id
            .or_else(|| header("x-request-id"))
            .or_else(|| header("request-id"));
        error.with_answer(
            answer.status.as_u16(),
            said.code.map(|code| self.clean(&code)),
            request_id.map(|id| self.clean(&id)),
            retry_after(&answer.headers),
        )
    }

    /// A vendor's words fit to be shown: nothing hidden, nothing that a terminal obeys, and not without end.
    pub(crate) fn clean(&self, text: &str) -> String {
        let hidden = self.hide(text);
        let printable: String = hidden.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        match printable.char_indices().nth(MESSAGE_LIMIT) {
            Some((end, _)) => format!("{}…", &printable[..end]),
            None => printable,
        }
    }

    /// A text without the key, and of URLs only the hosts.
    pub(crate) fn hide(&self, text: &str) -> String {
        let text = hide_urls(text);
        match self.key.expose_secret() {
            "" => text,
            key => text.replace(key, KEY),
        }
    }

    /// Puts its raw answer beside a task, and makes what the task says of itself fit to be shown.
    pub(crate) fn finish(&self, task: &mut VideoTask, raw: Raw) {
        finish(task, raw);
        if let Some(error) = &mut task.error {
            for words in [&mut error.code, &mut error.message].into_iter().flatten() {
                *words = self.clean(words);
            }
        }
    }
}

/// Puts the raw answer beside a task, and finds a reason for failure that stands in an unusual place.
fn finish(task: &mut VideoTask, raw: Raw) {
    if task.error.is_none() && task.status == TaskStatus::Failed {
        let said = raw.json();
        let reason = ["error", "message", "fail_reason"]
            .iter()
            .find_map(|name| said.get(name)?.as_str().filter(|reason| !reason.is_empty()));
        task.error = reason.and_then(|reason| TaskError::new(None, Some(reason.to_owned())));
    }
    task.raw = raw;
}

/// The body as JSON; `null` when it is none.
fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

/// A message in a body of no known shape.
fn loose_message(body: &Value) -> Option<String> {
    ["/error/message", "/error", "/message", "/detail", "/msg"]
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .map(str::to_owned)
}

/// The task id in an answer whose rest cannot be read, even one that was cut off.
fn salvage_id(body: &[u8]) -> Option<String> {
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        let body = body.get(0).unwrap_or(&body);
        return ["/id", "/task_id", "/data/id", "/data/task_id", "/video/id"]
            .iter()
            .find_map(|place| String::from_value(body.pointer(place)?.clone()));
    }
    // Cut off: look for a whole `"id": …` in the outermost object, or in its `data` or `video`.
    let text = String::from_utf8_lossy(body);
    let (mut inside, mut key, mut at) = (Vec::new(), String::new(), 0);
    while let Some(found) = text[at..].find(['{', '[', '}', ']', '"']) {
        let here = at + found;
        at = here + 1;
        match text.as_bytes()[here] {
            b'{' | b'[' => inside.push(std::mem::take(&mut key)),
            b'}' | b']' => drop(inside.pop()),
            _ => {
                let (name, end) = scalar_at(&text, here)?;
                at = end;
                let colon = text[end..].find(|c: char| !c.is_whitespace())?;
                if !text[end + colon..].starts_with(':') {
                    continue;
                }
                let reachable = match inside.as_slice() {
                    [_] => true,
                    [_, around] => around == "data" || around == "video",
                    _ => false,
                };
                let value = end + colon + 1;
                let value = value + text[value..].find(|c: char| !c.is_whitespace())?;
                if reachable && (name == "id" || name == "task_id") {
                    match scalar_at(&text, value) {
                        Some((id, _)) if !id.is_empty() => return Some(id),
                        _ => {}
                    }
                }
                key = name;
                at = value;
                // A string value is stepped over, so that it is not taken for a name.
                if text[value..].starts_with('"') {
                    at = scalar_at(&text, value)?.1;
                }
            }
        }
    }
    None
}

/// The JSON string or number that begins at `start`, and where it ends. One that may go on beyond the end is none.
fn scalar_at(text: &str, start: usize) -> Option<(String, usize)> {
    let mut stream = serde_json::Deserializer::from_slice(&text.as_bytes()[start..]).into_iter::<Value>();
    let value = match stream.next()?.ok()? {
        Value::String(value) => value,
        Value::Number(value) if start + stream.byte_offset() < text.len() => value.to_string(),
        _ => return None,
    };
    Some((value, start + stream.byte_offset()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_wherever_it_arrived_whole() {
        let body = br#"{"object": "video", "meta": {"id": "no"}, "id": "video-1", "status": "queued", "x": ["#;
        assert_eq!(salvage_id(body).as_deref(), Some("video-1"));
        for end in 0..body.len() {
            let found = salvage_id(&body[..end]);
            assert!(
                found.is_none() || found.as_deref() == Some("video-1"),
                "cut at {end}: {found:?}"
            );
        }
        assert_eq!(salvage_id(br#"{"id": "video-"#), None);
        assert_eq!(salvage_id(br#"{"id": 17}"#).as_deref(), Some("17"));
        assert_eq!(salvage_id(br#"{"id": 17, "status": "que"#).as_deref(), Some("17"));
        assert_eq!(salvage_id(br#"{"id": 17"#), None);
        assert_eq!(salvage_id(br#"{"id":"","task_id":"t-7"}"#).as_deref(), Some("t-7"));
        assert_eq!(
            salvage_id(br#"{"code":0,"data":{"id":"abc","status":"que"#).as_deref(),
            Some("abc")
        );
        assert_eq!(salvage_id(br#"{"user":{"id":"abc"},"status":"id","x":"que"#), None);
        assert_eq!(salvage_id(br#"[{"id": "a"}]"#).as_deref(), Some("a"));
        assert_eq!(salvage_id(b"<html>\"id\": \"x\"</html>"), None);
        assert_eq!(salvage_id(b""), None);
    }

    #[test]
    fn messages_lose_keys_and_urls() {
        let key = SecretString::from("sk-canary".to_owned());
        let judge = Judge {
            vendor: Vendor::ALL[0],
            key: &key,
        };
        let cleaned =
            judge.clean("bad key sk-canary for \"https://h.example/p?token=canary\" (see https://d.example/x)");
        assert!(!cleaned.contains("canary"), "{cleaned}");
        assert!(cleaned.contains("h.example") && cleaned.contains("<key>"), "{cleaned}");
        for url in [
            "https://b.example/clip(1).mp4?sig=canary",
            r"https:\/\/b.example\/p?sig=canary",
            "HTTPS://b.example/p?sig=canary",
            "https%3A%2F%2Fb.example%2Fp%3Fsig%3Dcanary",
            "x='https://b.example/it's?sig=canary'",
            "https:x,https://b.example/p?sig=canary",
            "http://b.example/p?sig=canary,https://b.example/q?sig=canary",
            "https%3A%2F%2Fb.example%2Fp%3Fsig%3Dcanary,http://b.example/q",
        ] {
            let cleaned = judge.clean(&format!("cannot fetch {url}, sorry"));
            assert!(!cleaned.contains("canary") && cleaned.ends_with(" sorry"), "{cleaned}");
        }
        assert_eq!(judge.clean("a\u{1b}[2Jb"), "a [2Jb");
        assert!(judge.clean(&"é".repeat(2000)).chars().count() <= MESSAGE_LIMIT + 1);
    }
}

//! fal's queue. Facts: `specs/fal.yaml`.

use serde_json::Value;
use videogen_raw_fal::types;
use videogen_wire::{Answer, Read as _};

use self::connection::client;
use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, Outgoing, Stored, named, value, words};
use crate::model::amount::amount;
use crate::model::{Capabilities, ErrorKind, TaskError, TaskId, TaskStatus, Vendor, Video, VideoRequest, VideoTask};
#[cfg(feature = "webhook")]
use crate::vendors::WebhookEvent;

mod connection;
mod uploads;

const FAMILY: &str = "requests";
/// Namespaces whose apps have a segment more.
const NAMESPACES: [&str; 2] = ["workflows", "comfy"];
/// Header with the kind of a platform's error.
const ERROR_TYPE: &str = "x-fal-error-type";
/// Kinds of errors that end a request otherwise than by a failure.
const CANCELLED: &str = "client_cancelled";
const EXPIRED: &str = "request_timeout";
/// Header with the number of units that were billed.
const UNITS: &str = "x-fal-billable-units";

pub(crate) struct Fal;

impl Adapter for Fal {
    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        let body: types::CreateRequestBody = Body::new(request, rules).read()?;
        let endpoint = request.endpoint(rules.model);
        let hook = request.callback_url.as_ref().map(|url| url.expose());
        let ticket = value(client(call).create_request(endpoint, None, hook, &body).await)?;
        let id = ticket.request_id.read().and_then(|id| Self::task_id(endpoint, id));
        let id = named(id.and_then(|id| TaskId::new(Vendor::Fal, FAMILY, id)), None, "")?;
        let status = ticket.status.read().map(|status| status.as_str().to_owned());
        // The addresses in the ticket are not followed: the key is for the queue's host only.
        let mut task = VideoTask::new(id, status.unwrap_or_default());
        task.model = Some(endpoint.to_owned());
        Ok(task)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        let (app, request) = parts(id);
        let status = value(client(call).get_request_status(app, request, None).await)?;
        let word = status.status.read().map(|status| status.as_str().to_owned());
        let answered = status.request_id.read();
        let answered = answered.and_then(|request| TaskId::new(Vendor::Fal, FAMILY, format!("{app}/{request}")));
        let answered = named(answered, Some(id), word.as_deref().unwrap_or_default())?;
        let mut task = VideoTask::new(answered, word.unwrap_or_default());
        if task.status != TaskStatus::Completed {
            return Ok(task);
        }
        let result = client(call).get_request_result(app, request).await;
        let failed = status.error.read().map(|message| (status.error_type.read(), message));
        match (result, call.session.answer()) {
            (Ok(output), answer) if failed.is_none() => {
                task.video = video(output.into_inner());
                let units = answer.and_then(|answer| amount(answer.headers.get(UNITS)?.to_str().ok()?));
                if units.is_some() {
                    task.usage.get_or_insert_default().billable_units = units;
                }
            }
            (Err(error), Some(answer)) if !answer.status.is_success() => {
                match failure(&answer, failed) {
                    Some(Failure::NotReady) => task.status = TaskStatus::InProgress,
                    Some(Failure::Failed(code, message)) => fail(&mut task, code, message),
                    // An error of the call, not of the request.
                    None => return Err(error.into()),
                }
            }
            (Ok(_), _) => {
                let (code, message) = failed.unwrap_or_default();
                fail(&mut task, code, Some(message));
            }
            (Err(error), _) => return Err(error.into()),
        }
        Ok(task)
    }

    /// The app and the id of the request.
    fn task_id(model: &str, id: String) -> Option<String> {
        if id.contains('/') {
            return Some(id);
        }
        let is_namespaced = model.split('/').next().is_some_and(|first| NAMESPACES.contains(&first));
        let app: Vec<&str> = model.split('/').take(if is_namespaced { 3 } else { 2 }).collect();
        (!model.is_empty()).then(|| format!("{}/{id}", app.join("/")))
    }

    async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
        uploads::reserve(call, file).await.map(Stored::Presigned)
    }

    async fn cancel(call: &Call<'_>, id: &TaskId) -> Result<Option<VideoTask>, CallError> {
        let (app, request) = parts(id);
        value(client(call).cancel_request(app, request).await).map(|_| None)
    }

    fn error(status: u16, body: Value) -> ErrorDetail {
        let code = code(&body);
        let message = words::reason(&body).unwrap_or_default().to_lowercase();
        // Other kinds are those of `x-errors`.
        let kind = (status == 403 && message.contains("balance")).then_some(ErrorKind::Balance);
        ErrorDetail {
            kind,
            code,
            ..ErrorDetail::default()
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_event(body: Value) -> WebhookEvent {
        use videogen_wire::FromValue as _;

        let Some(event) = types::WebhookEvent::from_value(body) else {
            return WebhookEvent::default();
        };
        WebhookEvent {
            kind: event.status.read().map(|status| status.as_str().to_owned()),
            task: event.request_id.read(),
            ended: true,
            ..WebhookEvent::default()
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_task(id: &TaskId, body: Value) -> Result<VideoTask, CallError> {
        use videogen_wire::FromValue as _;

        let unreadable = || CallError("the event cannot be read".to_owned());
        let payload = body.get("payload").cloned().unwrap_or_default();
        let event = types::WebhookEvent::from_value(body).ok_or_else(unreadable)?;
        let mut task = VideoTask::new(id.clone(), "COMPLETED".to_owned());
        match event.status.read().map(|status| status.as_str().to_owned()).as_deref() {
            Some("OK") => {
                let output = types::VideoOutput::from_value(payload).ok_or_else(unreadable)?;
                task.video = video(output);
            }
            Some("ERROR") => {
                let message = words::reason(&payload).or_else(|| event.error.read());
                fail(&mut task, code(&payload), message);
            }
            _ => return Err(unreadable()),
        }
        Ok(task)
    }
}

/// The app and the request of a task.
fn parts(id: &TaskId) -> (&str, &str) {
    id.id().rsplit_once('/').unwrap_or_default()
}

fn video(output: types::VideoOutput) -> Option<Video> {
    let file = output.video.read()?;
    let media_type = file.content_type.read();
    let format = media_type.and_then(|kind| kind.strip_prefix("video/").map(str::to_owned));
    Some(Video {
        format,
        duration: file.duration.read().filter(|seconds| *seconds > 0.0),
        // The whole number is all that a task has.
        fps: file.fps.read().filter(|fps| fps.fract() == 0.0).map(|fps| fps as i64),
        frames: file.num_frames.read(),
        ..Video::at(file.url.read()?)
    })
}

/// What an answer to the result of a completed request says, if it is about the request.
enum Failure {
    /// It has not ended after all.
    NotReady,
    /// Code and message.
    Failed(Option<String>, Option<String>),
}

/// `failed`: kind and message of the error that the status shows.
fn failure(answer: &Answer, failed: Option<(Option<String>, String)>) -> Option<Failure> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let detail = body["detail"].as_str().unwrap_or_default();
    match answer.status.as_u16() {
        400 if detail.contains("still in progress") => return Some(Failure::NotReady),
        // Of the key, of a forgotten request and of the rate.
        401 | 403 | 404 | 408 | 429 => return None,
        _ => {}
    }
    let header = answer.headers.get(ERROR_TYPE).and_then(|kind| kind.to_str().ok());
    let code = code(&body).or_else(|| header.map(str::to_owned));
    if code.is_none() && failed.is_none() {
        return None;
    }
    let (kind, error) = failed.unzip();
    Some(Failure::Failed(code.or(kind.flatten()), words::reason(&body).or(error)))
}

/// The kind of an error: a platform's, the first of a model's, or the word of a refused cancellation.
fn code(body: &Value) -> Option<String> {
    let places = ["/error_type", "/detail/0/type", "/status"];
    places
        .iter()
        .find_map(|place| body.pointer(place)?.as_str())
        .map(str::to_owned)
}

fn fail(task: &mut VideoTask, code: Option<String>, message: Option<String>) {
    task.status = match code.as_deref() {
        Some(CANCELLED) => TaskStatus::Cancelled,
        Some(EXPIRED) => TaskStatus::Expired,
        _ => TaskStatus::Failed,
    };
    if task.status == TaskStatus::Failed {
        task.error = TaskError::new(code, message);
    }
}

//! Replicate. Facts: `specs/replicate.yaml`.

use serde_json::{Value, json};
use videogen_raw_replicate as raw;
use videogen_raw_replicate::forms::CreateFileForm;
use videogen_raw_replicate::types;
use videogen_wire::Read as _;

use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, Outgoing, RawPage, Stored, links, named, read_all, value};
use crate::model::{
    Capabilities, ErrorKind, ListQuery, SecretUrl, TaskError, TaskId, Vendor, Video, VideoRequest, VideoTask,
};

const FAMILY: &str = "predictions";
/// Member of a request that says when to deliver a webhook.
const FILTER: &str = "webhook_events_filter";
/// The code of input or output that was flagged as sensitive.
const FLAGGED: &str = "E005";
/// Longest name of a file, in bytes.
const NAME: usize = 255;

pub(crate) struct Replicate;

impl Adapter for Replicate {
    const LIST_MEMBER: &'static str = "results";

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        let mut body = Body::new(request, rules);
        // Otherwise there is a delivery at each output and each line of the log too.
        if request.callback_url.is_some() {
            body.set_default(FILTER, json!(["completed"]));
        }
        body.set_default("input", json!({}));
        let body: types::CreatePredictionBody = body.read()?;
        read_task(value(client(call).create_prediction(&body).await)?, None)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_task(value(client(call).get_prediction(id.id()).await)?, Some(id))
    }

    async fn cancel(call: &Call<'_>, id: &TaskId) -> Result<Option<VideoTask>, CallError> {
        read_task(value(client(call).cancel_prediction(id.id()).await)?, Some(id)).map(Some)
    }

    async fn list(call: &Call<'_>, _query: &ListQuery) -> Result<RawPage, CallError> {
        // The query of a later page is that of its URL.
        let page = value(client(call).list_predictions(None, None, None, None).await)?;
        Ok(RawPage {
            tasks: read_all(page.results, |task| read_task(task, None))?,
            next: page.next.read(),
            total: None,
            ..RawPage::default()
        })
    }

    async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
        let mut name = file.name();
        while name.len() > NAME {
            name.pop();
        }
        let form = CreateFileForm {
            content: file.part(),
            filename: Some(name),
            type_: Some(file.content.probe.media_type.to_owned()),
        };
        let stored = value(client(call).create_file(form).await)?;
        let url = stored.urls.read().and_then(|urls| urls.get.read());
        url.map(|url| Stored::Url(SecretUrl::new(url), stored.expires_at.read()))
            .ok_or_else(|| CallError("the response contains no URL of the file".to_owned()))
    }

    fn error(status: u16, body: Value) -> ErrorDetail {
        // Codes are only in texts.
        let text = body.get("detail").and_then(Value::as_str).unwrap_or_default();
        let code = code(text);
        ErrorDetail {
            kind: (status == 422 && code.as_deref() == Some(FLAGGED)).then_some(ErrorKind::Moderated),
            code,
            ..ErrorDetail::default()
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_event(body: Value) -> super::WebhookEvent {
        use videogen_wire::FromValue as _;

        use crate::model::TaskStatus;

        let task = types::Prediction::from_value(body).unwrap_or_default();
        let status = task.status.read();
        super::WebhookEvent {
            ended: status.is_some_and(|word| TaskStatus::of(Vendor::Replicate, word.as_str()).is_ended()),
            task: task.id.read(),
            model: task.model.read(),
            ..super::WebhookEvent::default()
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_task(id: &TaskId, body: Value) -> Result<VideoTask, CallError> {
        use videogen_wire::FromValue as _;

        let task = types::Prediction::from_value(body);
        read_task(
            task.ok_or_else(|| CallError("the event contains no prediction".to_owned()))?,
            Some(id),
        )
    }
}

fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}

/// `requested`: the requested task's id, used when the response does not repeat it.
fn read_task(task: types::Prediction, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = task.id.read().and_then(|id| TaskId::new(Vendor::Replicate, FAMILY, id));
    let status = task
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let mut read = VideoTask::new(named(id, requested, &status)?, status);
    read.model = task.model.read();
    read.created_at = task.created_at.read();
    read.completed_at = task.completed_at.read();
    read.updated_at = read.completed_at.or(task.started_at.read());
    let metrics = task.metrics.read().unwrap_or_default();
    // Some models return it in parts while they run.
    let output = task.output.read().filter(|_| read.status.is_completed());
    let links = output.as_ref().map(links::videos).unwrap_or_default();
    let seconds = metrics.video_output_duration_seconds.read();
    // Of several videos, it is not known whose length it is.
    let duration = seconds.filter(|seconds| *seconds > 0.0 && links.len() == 1);
    read.set_videos(links.into_iter().map(|url| Video {
        duration,
        ..Video::at(SecretUrl::new(url))
    }));
    read.error = task
        .error
        .read()
        .and_then(|message| TaskError::new(code(&message), Some(message)));
    if let Some(error) = &mut read.error
        && error.code.as_deref() == Some(FLAGGED)
    {
        error.kind = ErrorKind::Moderated;
    }
    Ok(read)
}

/// The code in parentheses at the end of a message, such as `E005`.
fn code(message: &str) -> Option<String> {
    let (_, rest) = message.rsplit_once("(E")?;
    let (digits, _) = rest.split_once(')')?;
    let is_code = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| format!("E{digits}"))
}

//! OpenRouter. Facts: `specs/openrouter.yaml`.

use serde_json::Value;
use videogen_raw_openrouter as raw;
use videogen_raw_openrouter::types;
use videogen_wire::{FromValue as _, Read as _, ReadItems as _};

use super::body::Body;
#[cfg(feature = "webhook")]
use super::details;
#[cfg(feature = "webhook")]
use super::members::Member;
use super::{Adapter, Call, CallError, ErrorDetail, named, read_all, value};
use crate::model::{
    Capabilities, ErrorKind, ListedModel, SecretUrl, TaskError, TaskId, Vendor, Video, VideoRequest, VideoTask,
};

const FAMILY: &str = "videos";

pub(crate) struct OpenRouter;

impl Adapter for OpenRouter {
    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        let body: types::CreateVideoRequest = Body::new(request, rules).read()?;
        let mut task = read_job(value(client(call).create_video(&body).await)?, None)?;
        // A job does not show it.
        task.model = Some(request.model.clone());
        Ok(task)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_job(value(client(call).get_video(id.id()).await)?, Some(id))
    }

    async fn models(call: &Call<'_>) -> Result<Option<Vec<ListedModel>>, CallError> {
        let list = value(client(call).list_models().await)?;
        let models = read_all(list.data, |model| {
            let frames = model.supported_frame_images.read_items();
            let inputs = if frames.is_empty() {
                vec!["text"]
            } else {
                vec!["text", "image"]
            };
            Ok(ListedModel {
                id: model
                    .id
                    .read()
                    .ok_or_else(|| CallError("the entry names no model".to_owned()))?,
                display_name: model.name.read(),
                input_modalities: inputs.into_iter().map(str::to_owned).collect(),
                output_modalities: vec!["video".to_owned()],
                ..ListedModel::default()
            })
        })?;
        Ok(Some(models.into_iter().flatten().collect()))
    }

    fn error(status: u16, body: Value) -> ErrorDetail {
        let detail = types::ErrorBody::from_value(body).and_then(|body| body.error.read());
        let Some(detail) = detail else {
            return ErrorDetail::default();
        };
        let metadata = detail.metadata.read().unwrap_or_default();
        let is_flagged = !metadata.reasons.read_items().is_empty();
        // The code itself repeats the status.
        let code = metadata
            .error_type
            .read()
            .or_else(|| detail.availability.read()?.code.read());
        let kind = match code.as_deref() {
            None if is_flagged && status == 403 => Some(ErrorKind::Moderated),
            Some("content_policy_violation" | "refusal") => Some(ErrorKind::Moderated),
            Some("authentication" | "permission_denied" | "region_restricted") => Some(ErrorKind::Auth),
            Some("payment_required") => Some(ErrorKind::Balance),
            Some("rate_limit_exceeded" | "capacity_exhausted") => Some(ErrorKind::RateLimited),
            Some("not_found" | "model_not_found" | "no_endpoints" | "model_deprecated") => Some(ErrorKind::NotFound),
            Some("invalid_request" | "invalid_prompt" | "unprocessable" | "wrong_endpoint") => {
                Some(ErrorKind::InvalidRequest)
            }
            _ => None,
        };
        ErrorDetail {
            kind,
            code,
            ..ErrorDetail::default()
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_event(body: Value) -> super::WebhookEvent {
        let event = types::JobEvent::from_value(body).unwrap_or_default();
        let job = event.data.read().unwrap_or_default();
        let (id, status) = (job.id.read(), job.status.read());
        super::WebhookEvent {
            // As in the header, which is not signed.
            id: id
                .as_ref()
                .zip(status)
                .map(|(id, status)| format!("{id}-{}", status.as_str())),
            kind: event.type_.read().map(|kind| kind.to_string()),
            task: id,
            model: job.model.read(),
            without_task: false,
            ended: true,
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_task(id: &TaskId, mut body: Value) -> Result<VideoTask, CallError> {
        let data = body.get_mut("data").map(Value::take).unwrap_or_default();
        let model = data.get("model").and_then(Value::as_str).map(str::to_owned);
        let job = types::Job::from_value(data.clone());
        let job = job.ok_or_else(|| CallError("the event contains no job".to_owned()))?;
        let mut task = read_job(job, Some(id))?;
        task.model = model;
        // At the same places as in a poll's answer.
        details::read(&mut task, &Member::of(data.to_string().as_bytes()));
        Ok(task)
    }
}

fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}

/// `requested`: the requested job's id, used when the response does not repeat it.
fn read_job(job: types::Job, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = job.id.read().and_then(|id| TaskId::new(Vendor::OpenRouter, FAMILY, id));
    let status = job
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let mut task = VideoTask::new(id, status);
    // The links through OpenRouter last as long as the files; the signed ones expire.
    let through: Vec<_> = job.unsigned_urls.read_items();
    if through.is_empty() {
        let expires_at = job.expires_at.read();
        let signed = job.urls.read_items().into_iter();
        task.set_videos(signed.map(|url| Video {
            expires_at,
            ..Video::at(url)
        }));
    } else {
        task.set_videos(through.into_iter().map(|url| Video::at(SecretUrl::from(url))));
    }
    task.error = TaskError::new(None, job.error.read());
    Ok(task)
}

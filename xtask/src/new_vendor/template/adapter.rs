//! Acme. Facts: `specs/acme.yaml`.
//!
//! A skeleton that matches the skeleton of the spec.

use serde_json::Value;
use videogen_raw_acme as raw;
use videogen_raw_acme::types;
use videogen_wire::{FromValue as _, Read as _};

use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, named, value};
use crate::model::{Capabilities, ErrorKind, Role, TaskError, TaskId, Vendor, Video, VideoRequest, VideoTask};

/// The tag of the operations in the spec.
const FAMILY: &str = "videos";

pub(crate) struct Acme;

impl Adapter for Acme {
    // TO DO: `cancel`, `list` and `models` where the vendor has them, and their names in `operations` of
    // crates/videogen/src/model/vendor.rs. A list also needs `LIST_MEMBER`, and `x-query` in the spec.

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        read_task(value(client(call).create_video(&body(request, rules)?).await)?, None)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_task(value(client(call).get_video(id.id()).await)?, Some(id))
    }

    fn error(_status: u16, body: Value) -> ErrorDetail {
        let Some(detail) = types::ErrorBody::from_value(body).and_then(|body| body.error.read()) else {
            return ErrorDetail::default();
        };
        let code = detail.code.read();
        ErrorDetail {
            // TO DO: the meaning of each documented code. For `None`, the HTTP status decides.
            kind: code.as_deref().and_then(|code| match code {
                "invalid_request" => Some(ErrorKind::InvalidRequest),
                _ => None,
            }),
            code,
            ..ErrorDetail::default()
        }
    }

    // TO DO: if the vendor signs its webhooks (`x-webhook` in the spec), `webhook_event` and `webhook_task`, as in ToAPIs.
    // Unsigned webhooks only trigger a poll, and need nothing here.
}

fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}

// TO DO: input media, in the vendor's own shapes. What has an `x-field` in the spec is written already.
fn body(request: &VideoRequest, rules: &Capabilities) -> Result<types::CreateVideoRequest, CallError> {
    let mut body: types::CreateVideoRequest = Body::new(request, rules).read()?;
    body.image_url = request
        .inputs_as(Role::FirstFrame)
        .next()
        .map(|source| source.to_wire());
    Ok(body)
}

/// `requested`: the requested task's id, used when the response does not repeat it.
// TO DO: every member of the spec that has a field in `VideoTask`.
fn read_task(video: types::Video, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = video.id.read();
    let id = id.and_then(|id| TaskId::new(Vendor::Acme, FAMILY, id));
    let status = video
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let mut task = VideoTask::new(id, status);
    task.model = video.model.read();
    task.created_at = video.created_at.read();
    task.video = video.video_url.read().map(Video::at);
    task.error = video
        .error
        .read()
        .and_then(|error| TaskError::new(error.code.read(), error.message.read()));
    Ok(task)
}

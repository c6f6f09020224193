//! BytePlus ModelArk and Volcengine Ark. Facts: `specs/ark.yaml`.

use serde_json::Value;
use videogen_raw_ark as raw;
use videogen_raw_ark::enums::ListStatus;
use videogen_raw_ark::types;
use videogen_wire::{FromValue as _, Read as _};

use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, RawPage, named, read_all, value};
use crate::model::{
    Capabilities, ErrorKind, ListQuery, TaskError, TaskId, Usage, Vendor, Video, VideoRequest, VideoTask,
};

const FAMILY: &str = "tasks";
/// Page size unless one is requested: a page number means nothing without it, and no default is documented.
const PAGE: u32 = 20;

pub(crate) struct Ark;

impl Adapter for Ark {
    const LIST_MEMBER: &'static str = "items";

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        let body: types::CreateTaskRequest = Body::new(request, rules).read()?;
        let created = value(client(call).create_task(&body).await)?;
        let id = created.id.read().and_then(|id| TaskId::new(Vendor::Ark, FAMILY, id));
        // The answer has the id only; the status is in the spec.
        let mut task = VideoTask::new(named(id, None, "")?, String::new());
        task.model = Some(request.model.clone());
        Ok(task)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_task(value(client(call).get_task(id.id()).await)?, Some(id))
    }

    async fn cancel(call: &Call<'_>, id: &TaskId) -> Result<Option<VideoTask>, CallError> {
        value(client(call).cancel_task(id.id()).await).map(|()| None)
    }

    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        let no_page = || CallError("the cursor is not the number of a page".to_owned());
        let number = query.page().ok_or_else(no_page)?;
        let size = i64::from(query.limit.unwrap_or(PAGE));
        let status = query.status_word(Vendor::Ark).map(ListStatus::from);
        let page = client(call)
            .list_tasks(None, None, status.as_ref(), Some(number), Some(size))
            .await;
        let page = value(page)?;
        let tasks = read_all(page.items, |task| read_task(task, None))?;
        let total = page.total.read();
        // Without a total, only a page that is not full is the last.
        let is_last = match total {
            Some(total) => number.saturating_mul(size) >= total,
            None => i64::try_from(tasks.len()).is_ok_and(|listed| listed < size),
        };
        Ok(RawPage {
            next: (!is_last && !tasks.is_empty()).then(|| number.to_string()),
            total: total.and_then(|total| total.try_into().ok()),
            tasks,
            ..RawPage::default()
        })
    }

    fn error(_status: u16, body: Value) -> ErrorDetail {
        let detail = types::ErrorBody::from_value(body).and_then(|body| body.error.read());
        let code = detail.and_then(|detail| detail.code.read());
        // What follows a full stop specifies it, except for two that say why an operation is denied.
        let class = code.as_deref().map(|code| code.split('.').next().unwrap_or(code));
        let kind = match (class, code.as_deref()) {
            (_, Some("OperationDenied.ServiceOverdue")) | (Some("AccountOverdueError"), _) => Some(ErrorKind::Balance),
            // A limit of spending that the account has set: waiting does not help.
            (Some("SetLimitExceeded"), _) => Some(ErrorKind::Balance),
            (Some("MissingParameter" | "InvalidParameter" | "InvalidEndpoint"), _) => Some(ErrorKind::InvalidRequest),
            (Some(class), _) if class.contains("SensitiveContentDetected") => Some(ErrorKind::Moderated),
            (Some("AuthenticationError" | "InvalidAccountStatus" | "AccessDenied" | "OperationDenied"), _) => {
                Some(ErrorKind::Auth)
            }
            (Some("ModelNotOpen" | "InvalidEndpointOrModel" | "NotFound"), _) => Some(ErrorKind::NotFound),
            (Some("InternalServiceError"), _) => Some(ErrorKind::Vendor),
            _ => None,
        };
        ErrorDetail {
            kind,
            code,
            ..ErrorDetail::default()
        }
    }
}

fn client(call: &Call<'_>) -> raw::Client {
    raw::Client::new_with_client(call.base_url, call.http.clone(), call.session.clone())
}

/// `requested`: the requested task's id, used when the response does not repeat it.
fn read_task(task: types::Task, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = task.id.read().and_then(|id| TaskId::new(Vendor::Ark, FAMILY, id));
    let status = task
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let mut read = VideoTask::new(id, status);
    read.model = task.model.read();
    read.created_at = task.created_at.read();
    read.updated_at = task.updated_at.read();
    let files = task.content.read().unwrap_or_default();
    read.video = files.video_url.read().map(|url| Video {
        format: task.output_format.read(),
        duration: task.duration.read().filter(|seconds| *seconds > 0.0),
        resolution: task.resolution.read(),
        aspect_ratio: task.ratio.read(),
        fps: task.framespersecond.read(),
        frames: task.frames.read(),
        ..Video::at(url)
    });
    read.last_frame = files.last_frame_url.read();
    read.usage = task.usage.read().map(|usage| Usage {
        completion_tokens: usage.completion_tokens.read(),
        total_tokens: usage.total_tokens.read(),
        web_searches: usage.tool_usage.read().and_then(|tools| tools.web_search.read()),
        ..Usage::default()
    });
    read.error = task
        .error
        .read()
        .and_then(|error| TaskError::new(error.code.read(), error.message.read()));
    Ok(read)
}

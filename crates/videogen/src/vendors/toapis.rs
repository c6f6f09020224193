//! ToAPIs. Facts: `specs/toapis.yaml`.

mod assets;
mod connection;

use serde_json::{Value, json};
use videogen_raw_toapis::enums::{ErrorType, ModelType};
use videogen_raw_toapis::types;
use videogen_wire::{FromValue as _, Lenient, Read as _, ReadItems as _};

use self::connection::client;
use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, Outgoing, Stored, named, read_all, value};
use crate::model::{
    Asset, AssetGroup, Balance, Capabilities, ErrorKind, ListedModel, Role, SecretUrl, Source, TaskError, TaskId,
    Usage, Vendor, Verification, Video, VideoRequest, VideoTask,
};

pub(crate) struct ToApis;

impl Adapter for ToApis {
    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        let task = client(call).create_generation(&body(request, rules)?.read()?).await;
        read_task(rules.family.name, value(task)?, None)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        // The one path polls the tasks of the former families too.
        read_task(
            id.family(),
            value(client(call).get_generation(id.id()).await)?,
            Some(id),
        )
    }

    async fn models(call: &Call<'_>) -> Result<Option<Vec<ListedModel>>, CallError> {
        let list = value(client(call).list_models(Some(&ModelType::Video)).await)?;
        if list.success.read() == Some(false) {
            return Ok(None);
        }
        let models = read_all(list.data, |model| {
            Ok(ListedModel {
                id: model
                    .id
                    .read()
                    .ok_or_else(|| CallError("the entry names no model".to_owned()))?,
                ..ListedModel::default()
            })
        })?;
        Ok(Some(models.into_iter().flatten().collect()))
    }

    async fn balance(call: &Call<'_>) -> Result<Option<Balance>, CallError> {
        let balance = value(client(call).get_balance().await)?;
        if balance.success.read() == Some(false) {
            return Ok(None);
        }
        let unlimited = balance.unlimited_quota.read().unwrap_or(false);
        Ok(Some(Balance {
            // Where there is no limit, -1 stands for it.
            remaining_credits: balance.remain_credits.read().filter(|_| !unlimited),
            used_credits: balance.used_credits.read(),
            credits_per_usd: balance.credits_per_usd.read(),
            unlimited,
        }))
    }

    async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
        assets::upload(call, file).await
    }

    async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
        assets::asset(call, id).await
    }

    async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
        assets::create_group(call, name).await
    }

    async fn verify(call: &Call<'_>, name: &str, callback_url: Option<&SecretUrl>) -> Result<Verification, CallError> {
        assets::verify(call, name, callback_url).await
    }

    async fn verification(call: &Call<'_>, id: &str) -> Result<Verification, CallError> {
        assets::verification(call, id).await
    }

    async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
        assets::verified(call, verification).await
    }

    fn error(status: u16, body: Value) -> ErrorDetail {
        if (200..300).contains(&status) && body.get("success") == Some(&Value::Bool(false)) {
            return ErrorDetail {
                kind: Some(ErrorKind::InvalidRequest),
                ..ErrorDetail::default()
            };
        }
        let Some(detail) = types::ErrorBody::from_value(body).and_then(|body| body.error.read()) else {
            return ErrorDetail::default();
        };
        let code = detail.code.read();
        // The pages differ in which of the two has the code, and a code may be just the status.
        let words = [detail.type_.read(), code.as_deref().map(ErrorType::from)];
        let kind = words.iter().flatten().find_map(|word| match word {
            ErrorType::InvalidRequest
            | ErrorType::InvalidRequestError
            | ErrorType::WebhookNotConfigured
            | ErrorType::BadRequest => Some(ErrorKind::InvalidRequest),
            ErrorType::Unauthorized | ErrorType::AuthenticationError => Some(ErrorKind::Auth),
            ErrorType::InsufficientQuota => Some(ErrorKind::Balance),
            ErrorType::TaskNotFound | ErrorType::NotFoundError => Some(ErrorKind::NotFound),
            ErrorType::ContentPolicyViolation => Some(ErrorKind::Moderated),
            ErrorType::RateLimitExceeded | ErrorType::RateLimitUnavailable => Some(ErrorKind::RateLimited),
            ErrorType::InternalError => Some(ErrorKind::Vendor),
            ErrorType::Unknown(_) => None,
        });
        let refused = status == 503
            && words
                .iter()
                .flatten()
                .any(|word| *word == ErrorType::RateLimitUnavailable);
        let [class, _] = words;
        ErrorDetail {
            kind,
            refused,
            code: code
                .filter(|code| code.parse::<u16>().is_err())
                .or_else(|| class.map(|class| class.as_str().to_owned())),
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_event(body: Value) -> super::WebhookEvent {
        use videogen_raw_toapis::enums::WebhookEventType as Kind;

        let event = types::WebhookEvent::from_value(body).unwrap_or_default();
        let data = event.data.read().unwrap_or_default();
        let (kind, task) = (event.type_.read(), data.task_id.read());
        super::WebhookEvent {
            id: None,
            without_task: match &kind {
                Some(Kind::EndpointTest) => true,
                Some(Kind::GenerationCompleted | Kind::GenerationFailed) => false,
                // An unknown event is about a task if it names one.
                Some(Kind::Unknown(_)) => task.is_none(),
                None => false,
            },
            ended: matches!(kind, Some(Kind::GenerationCompleted | Kind::GenerationFailed)),
            kind: kind.map(|kind| kind.to_string()),
            task,
            model: data.model.read(),
        }
    }

    #[cfg(feature = "webhook")]
    fn webhook_task(id: &TaskId, mut body: Value) -> Result<VideoTask, CallError> {
        use crate::model::TaskStatus;

        let Some(Value::Object(mut data)) = body.get_mut("data").map(Value::take) else {
            return Err(CallError("the event contains no task".to_owned()));
        };
        let is_completed = data
            .get("status")
            .and_then(Value::as_str)
            .is_some_and(|word| TaskStatus::from_vendor(word) == TaskStatus::Completed);
        // The same members as in a poll's response, some with other names.
        let mut rename = |pushed: &str, polled: &str| {
            if let Some(value) = data.remove(pushed) {
                data.entry(polled).or_insert(value);
            }
        };
        rename("task_id", "id");
        rename("submitted_at", "created_at");
        // The time of any end, unlike a poll, which has only that of a completion.
        if is_completed {
            rename("finished_at", "completed_at");
        }
        // A string here, as in `100%`.
        if let Some(percent) = data.get("progress").and_then(Value::as_str)
            && let Ok(percent) = percent.trim_end_matches('%').parse::<u8>()
        {
            data.insert("progress".to_owned(), percent.into());
        }
        let task = types::Task::from_value(Value::Object(data))
            .ok_or_else(|| CallError("the event's task cannot be read".to_owned()))?;
        read_task(id.family(), task, Some(id))
    }
}

fn body<'a>(request: &VideoRequest, rules: &'a Capabilities) -> Result<Body<'a>, CallError> {
    let mut body = Body::new(request, rules);
    let images: Vec<(Role, &Source)> = request
        .inputs
        .iter()
        .filter(|input| matches!(input.role, Role::FirstFrame | Role::LastFrame | Role::ReferenceImage))
        .map(|input| (input.role, &input.source))
        .collect();
    // A lone first frame travels in `image_urls`, the one form that all pages document for it; anything else with its role.
    // The two exclude each other. Where places in `image_urls` would have roles too, roles leave less to chance.
    match images.as_slice() {
        [(Role::FirstFrame, source)] if body.has("image_urls") => body.list("image_urls", vec![source.to_wire()])?,
        images => body.list("image_with_roles", with_roles(rules, images.iter().copied()))?,
    }
    for (role, list) in [
        (Role::ReferenceVideo, "video_with_roles"),
        (Role::ReferenceAudio, "audio_with_roles"),
    ] {
        body.list(
            list,
            with_roles(rules, request.inputs_as(role).map(|source| (role, source))),
        )?;
    }
    Ok(body)
}

fn with_roles<'a>(rules: &Capabilities, media: impl Iterator<Item = (Role, &'a Source)>) -> Vec<Value> {
    media
        .map(|(role, source)| {
            let rule = rules.model.inputs.iter().find(|input| input.role == role.as_str());
            let word = rule.map_or(role.as_str(), |input| input.wire_role);
            json!({"url": source.to_wire(), "role": word})
        })
        .collect()
}

/// `requested`: the requested task's id, used when the response does not repeat it.
fn read_task(family: &str, task: types::Task, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = task.id.read().and_then(|id| TaskId::new(Vendor::ToApis, family, id));
    let status = task
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let mut read = VideoTask::new(id, status);
    read.model = task.model.read();
    read.progress = task
        .progress
        .read()
        .and_then(|percent| u8::try_from(percent).ok())
        .filter(|percent| *percent <= 100);
    read.created_at = task.created_at.read();
    read.completed_at = task.completed_at.read();
    read.client_reference = task.client_business_id.read();
    // The pages disagree: in the result, or at the top level under one of two names.
    let files = task
        .result
        .read()
        .map(|result| result.data.read_items())
        .unwrap_or_default();
    let mut files = files
        .into_iter()
        .filter(|file| matches!(&file.url, Some(Lenient(Some(_)))));
    let mut file = files.next().unwrap_or_default();
    let further: Vec<_> = files.collect();
    read.last_frame = file.last_frame_url.take().read();
    read.usage = task
        .usage
        .read()
        .and_then(|usage| usage.tool_usage.read())
        .map(|tools| Usage {
            web_searches: tools.web_search.read(),
            ..Usage::default()
        });
    let expires_at = task.expires_at.read();
    let url = file.url.read().or(task.url.read()).or(task.video_url.read());
    file.url = Some(Lenient(url));
    file.duration = Some(Lenient(file.duration.read().or(task.duration.read())));
    file.thumbnail = Some(Lenient(file.thumbnail.read().or(task.thumbnail.read())));
    read.set_videos(std::iter::once(file).chain(further).filter_map(|file| {
        Some(Video {
            expires_at,
            format: file.format.read(),
            duration: file.duration.read().filter(|seconds| *seconds > 0.0),
            thumbnail: file.thumbnail.read(),
            ..Video::at(file.url.read()?)
        })
    }));
    read.error = task
        .error
        .read()
        .and_then(|error| TaskError::new(error.code.read(), error.message.read()));
    Ok(read)
}

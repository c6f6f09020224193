//! Token360. Facts: `specs/token360.yaml`.

mod assets;
mod connection;

use serde_json::Value;
use videogen_raw_token360::enums::{ContentFormat, ErrorType, FrameType, MediaType, ModelType, Order, ReferenceRole};
use videogen_raw_token360::types;
use videogen_wire::{FromValue as _, Read as _};

use self::connection::client;
use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, Outgoing, RawPage, Stored, named, read_all, value};
use crate::model::{
    Asset, AssetGroup, AssetPage, AssetQuery, Capabilities, ErrorKind, ListQuery, ListedModel, Role, SecretUrl, Source,
    TaskError, TaskId, Vendor, Verification, Video, VideoRequest, VideoTask,
};

const FAMILY: &str = "videos";
/// Page size of the catalogue, as clients request it: all of its models are on one page.
const CATALOGUE: i64 = 200;

pub(crate) struct Token360;

impl Adapter for Token360 {
    const LIST_MEMBER: &'static str = "data";

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        read_task(value(client(call).create_video(&body(request, rules)?).await)?, None)
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_task(value(client(call).get_video(id.id()).await)?, Some(id))
    }

    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        let order = query.oldest_first.then_some(Order::Asc);
        let page = client(call)
            .list_videos(
                query.after.as_deref(),
                query.before.as_deref(),
                query.limit.map(i64::from),
                order.as_ref(),
            )
            .await;
        let page = value(page)?;
        let tasks = read_all(page.data, |video| read_task(video, None))?;
        let last = page
            .last_id
            .read()
            // The last task with an id: later ones may be listed twice, but are not lost.
            .or_else(|| Some(tasks.iter().rev().flatten().next()?.id.id().to_owned()));
        let more = page.has_more.read().unwrap_or(false);
        Ok(RawPage {
            tasks,
            next: last.filter(|_| more),
            total: None,
            ..RawPage::default()
        })
    }

    async fn models(call: &Call<'_>) -> Result<Option<Vec<ListedModel>>, CallError> {
        let page = value(client(call).list_models(None, Some(CATALOGUE)).await)?;
        let models = read_all(page.data.read().and_then(|data| data.list), |model| {
            let kind = model.model_type.read();
            let listed = model.name.read().map(|name| ListedModel {
                id: name,
                output_modalities: vec!["video".to_owned()],
                ..ListedModel::default()
            });
            // The catalogue has models of every kind.
            let listed = listed.filter(|_| kind.is_none_or(|kind| kind == ModelType::VideoGeneration));
            listed.ok_or_else(|| CallError("the entry names no video model".to_owned()))
        })?;
        Ok(Some(models.into_iter().flatten().collect()))
    }

    async fn fresh_link(call: &Call<'_>, id: &TaskId) -> Result<Option<SecretUrl>, CallError> {
        let content = client(call).get_video_content(id.id(), Some(&ContentFormat::Url)).await;
        Ok(value(content)?.url.read())
    }

    async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
        assets::upload(call, file).await
    }

    async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
        assets::asset(call, id).await
    }

    async fn groups(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage<AssetGroup>, CallError> {
        assets::groups(call, query).await
    }

    async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
        assets::create_group(call, name).await
    }

    async fn verify(call: &Call<'_>, name: &str, _callback_url: Option<&SecretUrl>) -> Result<Verification, CallError> {
        assets::verify(call, name).await
    }

    async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
        assets::verified(call, verification).await
    }

    fn error(status: u16, body: Value) -> ErrorDetail {
        // The asset operations may refuse with a status of success, and a number other than 0.
        let refused = body.get("code").and_then(Value::as_i64).is_some_and(|code| code != 0);
        if refused && body.get("error").is_none() {
            let code = body.get("serviceCode").and_then(Value::as_str).map(str::to_owned);
            return ErrorDetail {
                kind: (200..300).contains(&status).then_some(ErrorKind::InvalidRequest),
                code,
                ..ErrorDetail::default()
            };
        }
        let Some(detail) = types::ErrorBody::from_value(body).and_then(|body| body.error.read()) else {
            return ErrorDetail::default();
        };
        let (code, class) = (detail.code.read(), detail.type_.read());
        let kind = class.as_ref().and_then(|class| match class {
            ErrorType::InvalidApiKey | ErrorType::ApiKeyFrozen | ErrorType::ModelAccessDenied => Some(ErrorKind::Auth),
            ErrorType::InvalidRequestError => Some(ErrorKind::InvalidRequest),
            ErrorType::NotFoundError | ErrorType::ModelNotFound => Some(ErrorKind::NotFound),
            ErrorType::RateLimitError => Some(ErrorKind::RateLimited),
            ErrorType::InsufficientBalance => Some(ErrorKind::Balance),
            ErrorType::ApiError => Some(ErrorKind::Vendor),
            ErrorType::Unknown(_) => None,
        });
        ErrorDetail {
            // Some codes only repeat the status.
            code: code
                .filter(|code| *code != status.to_string())
                .or_else(|| class.map(|class| class.as_str().to_owned())),
            kind,
            ..ErrorDetail::default()
        }
    }
}

fn body(request: &VideoRequest, rules: &Capabilities) -> Result<types::CreateVideoRequest, CallError> {
    let mut body: types::CreateVideoRequest = Body::new(request, rules).read()?;
    let inputs = || request.inputs.iter();
    body.frame_images = inputs()
        .filter_map(|input| frame_image(input.role, &input.source))
        .collect();
    body.input_references = inputs()
        .filter_map(|input| reference(input.role, &input.source))
        .collect();
    Ok(body)
}

fn frame_image(role: Role, source: &Source) -> Option<types::FrameImage> {
    let frame_type = match role {
        Role::FirstFrame => FrameType::FirstFrame,
        Role::LastFrame => FrameType::LastFrame,
        Role::ReferenceImage | Role::ReferenceVideo | Role::ReferenceAudio => return None,
    };
    Some(types::FrameImage {
        type_: MediaType::ImageUrl,
        frame_type,
        image_url: media(source),
        extra: Default::default(),
    })
}

fn reference(role: Role, source: &Source) -> Option<types::InputReference> {
    let (mut image_url, mut video_url, mut audio_url) = (None, None, None);
    let type_ = match role {
        Role::FirstFrame | Role::LastFrame => return None,
        Role::ReferenceImage => {
            image_url = Some(media(source));
            MediaType::ImageUrl
        }
        Role::ReferenceVideo => {
            video_url = Some(media(source));
            MediaType::VideoUrl
        }
        Role::ReferenceAudio => {
            audio_url = Some(media(source));
            MediaType::AudioUrl
        }
    };
    Some(types::InputReference {
        type_,
        role: Some(ReferenceRole::Reference),
        image_url,
        video_url,
        audio_url,
        extra: Default::default(),
    })
}

fn media(source: &Source) -> types::MediaUrl {
    types::MediaUrl {
        url: source.to_wire(),
        extra: Default::default(),
    }
}

/// `requested`: the requested task's id, used when the response does not repeat it.
fn read_task(video: types::Video, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = video.id.read().and_then(|id| TaskId::new(Vendor::Token360, FAMILY, id));
    let status = video
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let parameters = video.parameters.read().unwrap_or_default();
    let mut task = VideoTask::new(id, status);
    task.model = video.model.read();
    task.created_at = video.created_at.read();
    task.updated_at = video.updated_at.read();
    task.video = video.url.read().or(video.video_url.read()).map(|url| Video {
        format: video.fileformat.read(),
        duration: (video.duration.read())
            .filter(|seconds| *seconds > 0)
            .map(|seconds| seconds as f64),
        resolution: video.resolution.read().or(parameters.resolution.read()),
        aspect_ratio: parameters.aspect_ratio.read(),
        frames: video.frames.read(),
        ..Video::at(url)
    });
    task.last_frame = video.content.read().and_then(|content| content.last_frame_url.read());
    task.error = video
        .error
        .read()
        .and_then(|error| TaskError::new(error.code.read(), error.message.read()));
    Ok(task)
}

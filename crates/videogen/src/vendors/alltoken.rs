//! AllToken. Facts: `specs/alltoken.yaml`.

mod assets;
mod connection;

use serde_json::{Map, Value};
use videogen_raw_alltoken::enums::{ContentRole, ContentType, GenerationStatus};
use videogen_raw_alltoken::types;
use videogen_wire::{FromValue as _, Read as _, ReadItems as _};

use self::connection::client;
use super::body::Body;
use super::{Adapter, Call, CallError, ErrorDetail, Outgoing, RawPage, Stored, named, read_all, value};
use crate::model::ListedModel;
use crate::model::{
    Asset, AssetGroup, AssetPage, AssetQuery, Capabilities, ErrorKind, ListQuery, Role, SecretUrl, Source, TaskError,
    TaskId, Usage, Vendor, Verification, Video, VideoRequest, VideoTask,
};

const FAMILY: &str = "generations";

pub(crate) struct AllToken;

impl Adapter for AllToken {
    const LIST_MEMBER: &'static str = "items";

    async fn submit(call: &Call<'_>, request: &VideoRequest, rules: &Capabilities) -> Result<VideoTask, CallError> {
        read_task(
            value(client(call).create_generation(&body(request, rules)?).await)?,
            None,
        )
    }

    async fn get(call: &Call<'_>, id: &TaskId) -> Result<VideoTask, CallError> {
        read_task(value(client(call).get_generation(id.id()).await)?, Some(id))
    }

    async fn cancel(call: &Call<'_>, id: &TaskId) -> Result<Option<VideoTask>, CallError> {
        read_task(value(client(call).cancel_generation(id.id()).await)?, Some(id)).map(Some)
    }

    async fn list(call: &Call<'_>, query: &ListQuery) -> Result<RawPage, CallError> {
        let status = query.status_word(Vendor::AllToken).map(GenerationStatus::from);
        let page = client(call)
            .list_generations(query.limit.map(i64::from), status.as_ref())
            .await;
        let page = value(page)?;
        Ok(RawPage {
            tasks: read_all(page.items, |generation| read_task(generation, None))?,
            next: None,
            total: page.total.read().and_then(|total| total.try_into().ok()),
            ..RawPage::default()
        })
    }

    async fn models(call: &Call<'_>) -> Result<Option<Vec<ListedModel>>, CallError> {
        let list = value(client(call).list_models().await)?;
        let models = read_all(list.data, |model| {
            Ok(ListedModel {
                id: model
                    .id
                    .read()
                    .ok_or_else(|| CallError("the entry names no model".to_owned()))?,
                display_name: model.display_name.read(),
                input_modalities: model.input_modalities.read_items(),
                output_modalities: model.output_modalities.read_items(),
                ..ListedModel::default()
            })
        })?;
        Ok(Some(models.into_iter().flatten().collect()))
    }

    async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
        assets::upload(call, file).await
    }

    async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
        assets::asset(call, id).await
    }

    async fn assets(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage, CallError> {
        assets::assets(call, query).await
    }

    async fn delete_asset(call: &Call<'_>, id: &str) -> Result<(), CallError> {
        assets::delete_asset(call, id).await
    }

    async fn groups(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage<AssetGroup>, CallError> {
        assets::groups(call, query).await
    }

    async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
        assets::create_group(call, name).await
    }

    async fn verify(call: &Call<'_>, _name: &str, callback_url: Option<&SecretUrl>) -> Result<Verification, CallError> {
        assets::verify(call, callback_url).await
    }

    async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
        assets::verified(call, verification).await
    }

    fn error(_status: u16, body: Value) -> ErrorDetail {
        if let Some(detail) = assets::error(&body) {
            return detail;
        }
        let Some(detail) = types::ErrorBody::from_value(body).and_then(|body| body.error.read()) else {
            return ErrorDetail::default();
        };
        // Messages follow the language of the request; codes do not. A code may also be the bare status.
        let code = detail.code.read().filter(|code| code.parse::<u16>().is_err());
        ErrorDetail {
            kind: code.as_deref().and_then(|code| match code {
                "invalid_request" | "upstream_invalid_parameter" => Some(ErrorKind::InvalidRequest),
                "upstream_content_violation" => Some(ErrorKind::Moderated),
                "upstream_model_not_found" => Some(ErrorKind::NotFound),
                "upstream_error" | "upstream_auth_failed" | "unknown_api_format" => Some(ErrorKind::Vendor),
                _ => None,
            }),
            code,
            ..ErrorDetail::default()
        }
    }
}

fn body(request: &VideoRequest, rules: &Capabilities) -> Result<types::CreateGenerationRequest, CallError> {
    let mut body: types::CreateGenerationRequest = Body::new(request, rules).read()?;
    body.content = request
        .inputs
        .iter()
        .map(|input| media(input.role, &input.source))
        .collect();
    if let Some(draft) = &request.draft_task {
        body.content.push(types::ContentItem {
            draft_task: Some(types::DraftTaskRef {
                id: draft.id().to_owned(),
                extra: Map::new(),
            }),
            ..item(ContentType::DraftTask)
        });
    }
    // The vendor requires this flag with a reference video.
    if request.inputs_as(Role::ReferenceVideo).next().is_some() {
        body.input_has_video = Some(true);
    }
    Ok(body)
}

fn media(role: Role, source: &Source) -> types::ContentItem {
    if let Source::UploadId(id) = source {
        // Only the short forms take one.
        let (type_, role) = match role {
            Role::FirstFrame => (ContentType::Image, ContentRole::FirstFrame),
            Role::LastFrame => (ContentType::Image, ContentRole::LastFrame),
            Role::ReferenceImage => (ContentType::Image, ContentRole::ReferenceImage),
            Role::ReferenceVideo => (ContentType::Video, ContentRole::ReferenceVideo),
            Role::ReferenceAudio => (ContentType::Audio, ContentRole::ReferenceAudio),
        };
        return types::ContentItem {
            upload_id: Some(id.clone()),
            role: Some(role),
            ..item(type_)
        };
    }
    let url = Some(types::MediaUrl {
        url: source.to_wire(),
        extra: Map::new(),
    });
    let with_role = |type_, role| types::ContentItem {
        role: Some(role),
        ..item(type_)
    };
    match role {
        Role::FirstFrame => types::ContentItem {
            image_url: url,
            ..with_role(ContentType::ImageUrl, ContentRole::FirstFrame)
        },
        Role::LastFrame => types::ContentItem {
            image_url: url,
            ..with_role(ContentType::ImageUrl, ContentRole::LastFrame)
        },
        Role::ReferenceImage => types::ContentItem {
            image_url: url,
            ..with_role(ContentType::ImageUrl, ContentRole::ReferenceImage)
        },
        Role::ReferenceVideo => types::ContentItem {
            video_url: url,
            ..with_role(ContentType::VideoUrl, ContentRole::ReferenceVideo)
        },
        Role::ReferenceAudio => types::ContentItem {
            audio_url: url,
            ..with_role(ContentType::AudioUrl, ContentRole::ReferenceAudio)
        },
    }
}

fn item(type_: ContentType) -> types::ContentItem {
    types::ContentItem {
        type_,
        role: None,
        upload_id: None,
        text: None,
        url: None,
        image_url: None,
        video_url: None,
        audio_url: None,
        draft_task: None,
        extra: Map::new(),
    }
}

/// `requested`: the requested task's id, used when the response does not repeat it.
fn read_task(generation: types::Generation, requested: Option<&TaskId>) -> Result<VideoTask, CallError> {
    let id = generation
        .id
        .read()
        .and_then(|id| TaskId::new(Vendor::AllToken, FAMILY, id));
    let status = generation
        .status
        .read()
        .map_or_else(String::new, |status| status.as_str().to_owned());
    let id = named(id, requested, &status)?;
    let mut task = VideoTask::new(id, status);
    task.model = generation.model.read();
    task.created_at = generation.created_at.read();
    task.updated_at = generation.updated_at.read();
    task.completed_at = generation.completed_at.read();
    task.video = generation.video_url.read().map(|url| Video {
        expires_at: generation.video_url_expires_at.read(),
        // Minus one is a request for a length that the model chooses.
        duration: (generation.duration.read())
            .filter(|seconds| *seconds > 0)
            .map(|seconds| seconds as f64),
        resolution: generation.resolution.read(),
        aspect_ratio: generation.ratio.read(),
        fps: generation.fps.read(),
        frames: generation.frames.read(),
        ..Video::at(url)
    });
    task.last_frame = generation.last_frame_url.read();
    task.usage = generation.usage.read().map(|usage| Usage {
        completion_tokens: usage.completion_tokens.read(),
        total_tokens: usage.total_tokens.read(),
        web_searches: usage.tool_usage.read().and_then(|tools| tools.web_search.read()),
        ..Usage::default()
    });
    task.error = generation
        .error
        .read()
        .and_then(|error| TaskError::new(error.code.read(), error.message.read()));
    Ok(task)
}

//! Uploads of ToAPIs, and its avatars: assets that are made from the URL of an upload.

use progenitor_client::Error as RawError;
use videogen_raw_toapis::enums::AssetType;
use videogen_raw_toapis::forms::{UploadImageForm, UploadVideoForm};
use videogen_raw_toapis::types;
use videogen_wire::Read as _;

use super::connection::client;
use crate::model::media_type::medium;
use crate::model::{Asset, AssetGroup, AssetStatus, SecretUrl, Verification};
use crate::vendors::{Call, CallError, Outgoing, Stored, no_callback, value};

/// Result of a verification that succeeded, as the person's browser brings it to the callback URL.
const SUCCEEDED: &str = "10000";

pub(super) async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
    let kind = medium(file.content.probe.media_type);
    let answer = match (file.way.operation, kind) {
        ("upload_image", _) => {
            let form = UploadImageForm {
                file: file.part(),
                purpose: None,
            };
            client(call).upload_image(form).await
        }
        ("upload_video", _) => {
            let form = UploadVideoForm {
                file: file.part(),
                purpose: None,
            };
            client(call).upload_video(form).await
        }
        _ => return avatar(call, file, kind).await.map(Stored::Asset),
    };
    let url = value(answer)?.data.read().and_then(|file| file.url.read());
    url.map(|url| Stored::Url(url, None))
        .ok_or_else(|| CallError("the response contains no URL".to_owned()))
}

async fn avatar(call: &Call<'_>, file: &Outgoing<'_>, kind: &str) -> Result<Asset, CallError> {
    let (Some(url), Some(group)) = (file.via, file.group) else {
        return Err(CallError(format!("`{}` needs a URL and a group", file.way.name)));
    };
    let body = types::CreateAvatarAssetRequest {
        asset_type: AssetType::from(kind),
        description: None,
        group_id: group.to_owned(),
        name: Some(file.name()),
        source_url: url.expose().to_owned(),
        extra: Default::default(),
    };
    let answer = match file.person {
        true => client(call).create_person_asset(&body).await,
        false => client(call).create_avatar_asset(&body).await,
    };
    read_asset(value(answer)?, None)
}

pub(super) async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
    let answer = match client(call).get_avatar_asset(id).await {
        // Those of real persons have another path.
        Err(RawError::UnexpectedResponse(answer)) if answer.status() == 404 => client(call).get_person_asset(id).await,
        answer => answer,
    };
    read_asset(value(answer)?, Some(id))
}

pub(super) async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
    let body = types::CreateAvatarGroupRequest {
        description: None,
        name: name.to_owned(),
        extra: Default::default(),
    };
    let answer = value(client(call).create_avatar_group(&body).await)?;
    let group = answer
        .data
        .read()
        .and_then(|group| Some((group.group_id.read()?, group.name.read())));
    let (id, named) = group.ok_or_else(|| CallError("the response contains no group".to_owned()))?;
    Ok(AssetGroup {
        id,
        name: named.or_else(|| Some(name.to_owned())),
        kind: None,
    })
}

pub(super) async fn verify(
    call: &Call<'_>,
    name: &str,
    callback_url: Option<&SecretUrl>,
) -> Result<Verification, CallError> {
    let callback = callback_url.ok_or_else(no_callback)?;
    let body = types::CreateVerificationRequest {
        biz_id: Some(name.to_owned()),
        callback_url: callback.expose().to_owned(),
        locale: None,
        extra: Default::default(),
    };
    read_verification(value(client(call).create_verification(&body).await)?, None)
}

pub(super) async fn verification(call: &Call<'_>, id: &str) -> Result<Verification, CallError> {
    read_verification(value(client(call).get_verification(id).await)?, Some(id))
}

pub(super) async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
    let (token, id) = (verification.token.as_deref(), verification.id.as_deref());
    let answer = client(call).get_verification_result(token, Some(SUCCEEDED), id).await;
    let result = value(answer)?.data.read().unwrap_or_default();
    let is_verified = result
        .verify_status
        .read()
        .is_some_and(|word| word.eq_ignore_ascii_case("verified"));
    Ok(result.group_id.read().filter(|_| is_verified))
}

fn read_verification(answer: types::VerificationAnswer, requested: Option<&str>) -> Result<Verification, CallError> {
    let session = answer.data.read().unwrap_or_default();
    let id = session.task_id.read().or_else(|| requested.map(str::to_owned));
    Ok(Verification {
        id: Some(id.ok_or_else(|| CallError("the response contains no session".to_owned()))?),
        token: session.byted_token.read().map(|token| token.expose().to_owned()),
        link: session.h5_link.read(),
        expires_at: session.expires_at.read(),
        group: None,
    })
}

fn read_asset(answer: types::AvatarAssetAnswer, requested: Option<&str>) -> Result<Asset, CallError> {
    let asset = answer.data.read().unwrap_or_default();
    let status = asset.status.read();
    let named = asset
        .asset_url
        .read()
        .and_then(|url| Some(url.strip_prefix("asset://")?.to_owned()));
    // The page names it twice; requests take the one in the URL.
    let id = named.or(asset.asset_id.read());
    let id = id.or_else(|| requested.filter(|_| status.is_some()).map(str::to_owned));
    let id = id.ok_or_else(|| CallError("the response contains no asset id".to_owned()))?;
    let word = status.as_ref().map_or("", |status| status.as_str());
    let mut read = Asset::new(id, AssetStatus::from_vendor(word));
    read.name = asset.name.read();
    read.media = asset.asset_type.read().map(|kind| kind.as_str().to_owned());
    read.group = asset.group_id.read();
    read.url = asset.source_url.read();
    let reason = ["fail_reason", "failed_reason", "error_message", "reason", "error"];
    let of_asset = reason
        .iter()
        .find_map(|name| asset.extra.get(*name)?.as_str().map(str::to_owned));
    let of_answer = answer.message.read().filter(|message| !message.trim().is_empty());
    read.reason = of_asset.or(of_answer).filter(|_| read.status == AssetStatus::Failed);
    Ok(read)
}

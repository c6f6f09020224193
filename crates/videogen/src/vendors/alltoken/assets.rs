//! Uploads of AllToken, each for one request, and its portraits.

use serde_json::Value;
use videogen_raw_alltoken::enums::{PortraitAction, PortraitGroupType, UploadContentType, UploadPurpose};
use videogen_raw_alltoken::forms::UploadPortraitForm;
use videogen_raw_alltoken::types;
use videogen_wire::{FromValue as _, Read as _};

use super::connection::client;
use crate::model::media_type::medium;
use crate::model::{Asset, AssetGroup, AssetPage, AssetQuery, AssetStatus, ErrorKind, SecretUrl, Source, Verification};
use crate::transport::put::Presigned;
use crate::vendors::{Call, CallError, ErrorDetail, Outgoing, Stored, no_callback, read_all, value};

/// Version of the portrait service.
const VERSION: &str = "2024-01-01";
/// Longest name of an asset or group.
const NAME: usize = 50;

pub(super) async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
    match file.way.gives {
        "asset" => portrait(call, file).await.map(Stored::Asset),
        _ => presign(call, file).await.map(Stored::Presigned),
    }
}

async fn presign(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Presigned, CallError> {
    let content = file.content;
    let kind = content.probe.media_type;
    let body = types::PresignRequest {
        checksum_sha256: content.sha256.clone(),
        content_length: content.probe.bytes.try_into().unwrap_or(i64::MAX),
        content_md5: content.md5.clone(),
        content_type: UploadContentType::from(kind),
        purpose: match medium(kind) {
            "video" => UploadPurpose::VideoInputVideo,
            "audio" => UploadPurpose::VideoInputAudio,
            _ => UploadPurpose::VideoInputImage,
        },
        extra: Default::default(),
    };
    let answer = value(client(call).presign_upload(&body).await)?;
    let missing = |what: &str| CallError(format!("the response contains no {what}"));
    let demanded = answer.required_headers.read().unwrap_or_default();
    let mut headers = vec![
        (
            "Content-Type".to_owned(),
            demanded.content_type.read().unwrap_or_else(|| kind.to_owned()),
        ),
        (
            "Content-MD5".to_owned(),
            demanded.content_md5.read().unwrap_or_else(|| content.md5.clone()),
        ),
    ];
    let others = demanded.extra.into_iter();
    headers.extend(others.filter_map(|(name, value)| Some((name, value.as_str()?.to_owned()))));
    Ok(Presigned {
        source: Source::UploadId(answer.upload_id.read().ok_or_else(|| missing("upload id"))?),
        url: answer.upload_url.read().ok_or_else(|| missing("upload URL"))?,
        headers,
        max_bytes: answer.max_content_length.read().and_then(|most| most.try_into().ok()),
        expires_at: answer.claim_expires_at.read(),
    })
}

async fn portrait(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Asset, CallError> {
    let form = UploadPortraitForm {
        asset_type: None,
        group_id: file.group.unwrap_or_default().to_owned(),
        name: Some(file.name().chars().take(NAME).collect()),
        file: file.part(),
    };
    read_asset(item(result(value(client(call).upload_portrait(form).await)?)?), None)
}

/// Calls an action of the portrait service.
async fn act(
    call: &Call<'_>,
    action: PortraitAction,
    body: types::PortraitRequest,
) -> Result<types::PortraitResult, CallError> {
    result(value(client(call).call_portrait(&action, VERSION, &body).await)?)
}

/// The service refuses with a status of success; the vendor's words are added from the response.
fn result(answer: types::PortraitAnswer) -> Result<types::PortraitResult, CallError> {
    let metadata = answer.response_metadata.read().unwrap_or_default();
    match metadata.error.read() {
        Some(_) => Err(CallError("the service refused the request".to_owned())),
        None => Ok(answer.result.read().unwrap_or_default()),
    }
}

fn by_id(id: &str) -> types::PortraitRequest {
    types::PortraitRequest {
        id: Some(id.to_owned()),
        ..Default::default()
    }
}

pub(super) async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
    read_asset(item(act(call, PortraitAction::GetAsset, by_id(id)).await?), Some(id))
}

pub(super) async fn delete_asset(call: &Call<'_>, id: &str) -> Result<(), CallError> {
    act(call, PortraitAction::DeleteAsset, by_id(id)).await.map(drop)
}

fn listing(query: &AssetQuery) -> types::PortraitRequest {
    types::PortraitRequest {
        filter: Some(types::PortraitFilter {
            group_ids: query.group.iter().cloned().collect(),
            group_type: match query.persons {
                true => PortraitGroupType::LivenessFace,
                false => PortraitGroupType::Aigc,
            },
            name: None,
            statuses: Vec::new(),
            extra: Default::default(),
        }),
        page_number: query.page.map(i64::from),
        page_size: query.limit.map(i64::from),
        ..Default::default()
    }
}

async fn page<T>(
    call: &Call<'_>,
    action: PortraitAction,
    query: &AssetQuery,
    read: impl Fn(types::PortraitItem) -> Result<T, CallError>,
) -> Result<AssetPage<T>, CallError> {
    let page = act(call, action, listing(query)).await?;
    let items = match page.items {
        // An empty list may be missing.
        None => Vec::new(),
        items => read_all(items, read)?,
    };
    let listed = items.len();
    let items: Vec<T> = items.into_iter().flatten().collect();
    Ok(AssetPage {
        unreadable: listed - items.len(),
        items,
        total: page.total_count.read().and_then(|total| total.try_into().ok()),
    })
}

pub(super) async fn assets(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage, CallError> {
    page(call, PortraitAction::ListAssets, query, |item| read_asset(item, None)).await
}

pub(super) async fn groups(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage<AssetGroup>, CallError> {
    let all = AssetQuery {
        group: None,
        ..query.clone()
    };
    let read = |item: types::PortraitItem| {
        let id = item.id.read();
        Ok(AssetGroup {
            id: id.ok_or_else(|| CallError("the entry names no group".to_owned()))?,
            name: item.name.read().or(item.title.read()),
            kind: item.group_type.read(),
        })
    };
    page(call, PortraitAction::ListAssetGroups, &all, read).await
}

pub(super) async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
    let body = types::PortraitRequest {
        group_type: Some(PortraitGroupType::Aigc),
        name: Some(name.to_owned()),
        ..Default::default()
    };
    let group = act(call, PortraitAction::CreateAssetGroup, body).await?;
    let id = group.id.read().or(group.group_id.read());
    Ok(AssetGroup {
        id: id.ok_or_else(|| CallError("the response contains no group".to_owned()))?,
        name: Some(name.to_owned()),
        kind: Some(PortraitGroupType::Aigc.as_str().to_owned()),
    })
}

pub(super) async fn verify(call: &Call<'_>, callback_url: Option<&SecretUrl>) -> Result<Verification, CallError> {
    let callback = callback_url.ok_or_else(no_callback)?;
    let body = types::PortraitRequest {
        callback_url: Some(callback.expose().to_owned()),
        ..Default::default()
    };
    let session = act(call, PortraitAction::CreateVisualValidateSession, body).await?;
    Ok(Verification {
        id: None,
        token: session.byted_token.read().map(|token| token.expose().to_owned()),
        link: session.h5_link.read(),
        expires_at: None,
        group: None,
    })
}

pub(super) async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
    let body = types::PortraitRequest {
        byted_token: verification.token.clone(),
        ..Default::default()
    };
    Ok(act(call, PortraitAction::GetVisualValidateResult, body)
        .await?
        .group_id
        .read())
}

/// The asset that an action returns alone.
fn item(result: types::PortraitResult) -> types::PortraitItem {
    types::PortraitItem {
        asset_type: result.asset_type,
        failed_reason: result.failed_reason,
        group_id: result.group_id,
        id: result.id,
        name: result.name,
        status: result.status,
        upstream_status: result.upstream_status,
        url: result.url,
        ..Default::default()
    }
}

fn read_asset(asset: types::PortraitItem, requested: Option<&str>) -> Result<Asset, CallError> {
    // The guide and the API's page disagree about which of the two counts.
    let status = asset.upstream_status.read().or(asset.status.read());
    let id = asset
        .id
        .read()
        .or_else(|| requested.filter(|_| status.is_some()).map(str::to_owned));
    let id = id.ok_or_else(|| CallError("the response contains no asset id".to_owned()))?;
    let mut read = Asset::new(id, AssetStatus::from_vendor(&status.unwrap_or_default()));
    read.name = asset.name.read();
    read.media = asset.asset_type.read().map(|kind| kind.to_ascii_lowercase());
    read.group = asset.group_id.read().filter(|group| !group.is_empty());
    read.url = asset.url.read();
    read.reason = asset.failed_reason.read().filter(|reason| !reason.is_empty());
    Ok(read)
}

/// The error of the portrait service, which has its own codes.
pub(super) fn error(body: &Value) -> Option<ErrorDetail> {
    let answer = types::PortraitAnswer::from_value(body.clone())?;
    let code = answer
        .response_metadata
        .read()?
        .error
        .read()?
        .code
        .read()
        .unwrap_or_default();
    let kind = match code.split('.').next().unwrap_or_default() {
        "Unauthorized"
        | "Forbidden"
        | "TokenExpired"
        | "InvalidToken"
        | "InvalidAccessKey"
        | "SubscriptionRequired" => ErrorKind::Auth,
        "NotFound" => ErrorKind::NotFound,
        "RateLimitExceeded" => ErrorKind::RateLimited,
        "MissingParameter" | "InvalidParameter" | "AIGCNotAvailable" => ErrorKind::InvalidRequest,
        "QuotaExceeded" => ErrorKind::Conflict,
        "ValidatePending" => ErrorKind::NotReady,
        _ => ErrorKind::Vendor,
    };
    Some(ErrorDetail {
        kind: Some(kind),
        code: Some(code).filter(|code| !code.is_empty()),
        ..ErrorDetail::default()
    })
}

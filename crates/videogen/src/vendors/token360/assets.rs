//! Assets of Token360: portraits in groups.

use videogen_raw_token360::enums::GroupKind;
use videogen_raw_token360::forms::UploadAssetForm;
use videogen_raw_token360::types;
use videogen_wire::Read as _;

use super::connection::client;
use crate::model::{Asset, AssetGroup, AssetPage, AssetQuery, AssetStatus, Verification};
use crate::vendors::{Call, CallError, Outgoing, Stored, read_all, value};

/// Largest page of groups.
const PAGE: i64 = 100;
/// Pages in which the group of a verification is searched for.
const PAGES: i64 = 10;

pub(super) async fn upload(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Stored, CallError> {
    let form = UploadAssetForm {
        asset_group_id: None,
        file: file.part(),
        group_id: file.group.map(str::to_owned),
        model: None,
        name: Some(file.name()),
    };
    let answer = value(client(call).upload_asset(form).await)?;
    Ok(Stored::Asset(read_asset(answer.data.read(), None)?))
}

pub(super) async fn asset(call: &Call<'_>, id: &str) -> Result<Asset, CallError> {
    let answer = value(client(call).get_asset(id).await)?;
    read_asset(answer.data.read(), Some(id))
}

pub(super) async fn groups(call: &Call<'_>, query: &AssetQuery) -> Result<AssetPage<AssetGroup>, CallError> {
    let kind = query.persons.then_some(GroupKind::RealFace);
    let (page, size) = (query.page.map(i64::from), query.limit.map(i64::from));
    let page = list(call, page, size, kind.as_ref()).await?;
    // The page names one, its example shows the other.
    let listed = if page.list.is_some() { page.list } else { page.records };
    let groups = read_all(listed, |group| read_group(group).map(|(group, _)| group))?;
    let read = groups.len();
    let items: Vec<_> = groups.into_iter().flatten().collect();
    Ok(AssetPage {
        unreadable: read - items.len(),
        items,
        total: page.total.read().and_then(|total| total.try_into().ok()),
    })
}

async fn list(
    call: &Call<'_>,
    page: Option<i64>,
    size: Option<i64>,
    kind: Option<&GroupKind>,
) -> Result<types::AssetGroupPage, CallError> {
    let answer = client(call)
        .list_asset_groups(None, page, kind, None, None, size, None)
        .await;
    let missing = || CallError("the response contains no list".to_owned());
    value(answer)?.data.read().ok_or_else(missing)
}

pub(super) async fn create_group(call: &Call<'_>, name: &str) -> Result<AssetGroup, CallError> {
    let (group, _) = create(call, name, GroupKind::VirtualPortrait).await?;
    Ok(group)
}

async fn create(call: &Call<'_>, name: &str, kind: GroupKind) -> Result<(AssetGroup, types::AssetGroup), CallError> {
    let body = types::CreateAssetGroupRequest {
        group_kind: kind,
        name: name.to_owned(),
        extra: Default::default(),
    };
    let answer = value(client(call).create_asset_group(&body).await)?;
    let missing = || CallError("the response contains no group".to_owned());
    let (mut group, raw) = read_group(answer.data.read().ok_or_else(missing)?)?;
    group.name = group.name.or_else(|| Some(name.to_owned()));
    Ok((group, raw))
}

/// A group of a real person has a link until the person is verified.
pub(super) async fn verify(call: &Call<'_>, name: &str) -> Result<Verification, CallError> {
    let (group, raw) = create(call, name, GroupKind::RealFace).await?;
    Ok(Verification {
        id: Some(group.id.clone()),
        token: None,
        link: raw.h5_link.read(),
        expires_at: None,
        group: Some(group.id),
    })
}

pub(super) async fn verified(call: &Call<'_>, verification: &Verification) -> Result<Option<String>, CallError> {
    let wanted = verification.group.as_ref().or(verification.id.as_ref());
    let wanted = wanted.ok_or_else(|| CallError("the verification names no group".to_owned()))?;
    let is_active = |word: &String| AssetStatus::from_vendor(word) == AssetStatus::Active;
    for number in 1..=PAGES {
        let page = list(call, Some(number), Some(PAGE), Some(&GroupKind::RealFace)).await?;
        let listed = if page.list.is_some() { page.list } else { page.records };
        let groups = read_all(listed, |group| {
            let status = group.status.clone().read();
            read_group(group).map(|(group, _)| (group.id, status))
        })?;
        let is_last = groups.len() < PAGE as usize;
        if let Some((id, status)) = groups.into_iter().flatten().find(|(id, _)| id == wanted) {
            return Ok(Some(id).filter(|_| status.as_ref().is_some_and(is_active)));
        }
        if is_last {
            break;
        }
    }
    Ok(None)
}

fn read_group(group: types::AssetGroup) -> Result<(AssetGroup, types::AssetGroup), CallError> {
    let id = group.group_id.clone().read().or(group.asset_group_id.clone().read());
    let read = AssetGroup {
        id: id.ok_or_else(|| CallError("the response names no group".to_owned()))?,
        name: group.name.clone().read(),
        kind: group.group_kind.clone().read().map(|kind| kind.as_str().to_owned()),
    };
    Ok((read, group))
}

fn read_asset(asset: Option<types::Asset>, requested: Option<&str>) -> Result<Asset, CallError> {
    let asset = asset.ok_or_else(|| CallError("the response contains no asset".to_owned()))?;
    let status = asset.status.read();
    let id = asset.asset_id.read().or(asset.token360_asset_id.read());
    let id = id.or_else(|| requested.filter(|_| status.is_some()).map(str::to_owned));
    let id = id.ok_or_else(|| CallError("the response contains no asset id".to_owned()))?;
    let status = AssetStatus::from_vendor(&status.unwrap_or_default());
    let mut read = Asset::new(id.trim_start_matches("asset://").to_owned(), status);
    read.name = asset.name.read().or(asset.filename.read());
    read.media = asset.media_type.read().map(|kind| kind.to_ascii_lowercase());
    read.group = asset.asset_group_id.read();
    // No page documents where a failed one has its reason.
    let reason = [
        "failReason",
        "failedReason",
        "errorMessage",
        "message",
        "reason",
        "error",
    ];
    read.reason = reason
        .iter()
        .find_map(|name| asset.extra.get(*name)?.as_str().map(str::to_owned));
    Ok(read)
}

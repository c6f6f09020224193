//! Token360: groups of virtual portraits or of one real person, and their assets.

use serde_json::{Value, json};

use super::{asset, check, file, group, link, new_asset, new_group, new_session, text, without_nulls};
use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::refusal::Refusal;
use crate::state::{Asset, Group};

/// Default page size of the list.
const PAGE: usize = 20;

pub(crate) fn answer(call: &Call) -> Result<Answer, Refusal> {
    if call.endpoint.form.is_none() {
        check(call)?;
    }
    let data = match call.endpoint.id.as_str() {
        "create_asset_group" => {
            let is_person = text(call, "groupKind") == Some("REAL_FACE");
            let session = is_person.then(|| new_session(call, "face-", None));
            let h5_link = session.as_ref().map(|session| link(call, session));
            let group = new_group(call, "ag_", text(call, "name").unwrap_or_default(), session);
            let group = call.core.assets.add_group(group);
            json!({"assetGroupId": group.id, "h5Link": h5_link})
        }
        "list_asset_groups" => list(call),
        "update_asset_group" => {
            let old = group(call, call.id(), "groupId")?;
            call.core.assets.replace_group(Group {
                shown: text(call, "status").map(str::to_owned),
                ..(*old).clone()
            });
            json!({"assetGroupId": old.id})
        }
        "delete_asset_group" => {
            let group = group(call, call.id(), "groupId")?;
            call.core.assets.remove_group(&group);
            json!("Deleted successfully")
        }
        "upload_asset" => upload(call)?,
        "get_asset" => show(call, &*asset(call, call.id(), "assetId")?),
        _ => return Err(Refusal::NoPath),
    };
    let data = without_nulls(data);
    Ok(Answer::ok(
        json!({"code": 0, "data": data, "msg": "OK", "serviceCode": null}),
    ))
}

fn kind(group: &Group) -> &'static str {
    if group.session.is_some() {
        "REAL_FACE"
    } else {
        "VIRTUAL_PORTRAIT"
    }
}

fn status(group: &Group) -> &str {
    let own = if group.is_active() {
        "active"
    } else {
        "pending_validation"
    };
    group.shown.as_deref().unwrap_or(own)
}

fn list(call: &Call) -> Value {
    let number = |name: &str| call.query.get(name).and_then(|text| text.parse::<usize>().ok());
    let mut groups = call.core.assets.groups(call.vendor, call.owner);
    if let Some(wanted) = call.query.get("groupKind") {
        groups.retain(|group| kind(group) == wanted);
    }
    if let Some(wanted) = call.query.get("status") {
        groups.retain(|group| status(group).eq_ignore_ascii_case(wanted));
    }
    if let Some(part) = call.query.get("keyword") {
        groups.retain(|group| group.name.contains(part));
    }
    let size = number("size").unwrap_or(PAGE);
    let skipped = number("current").unwrap_or(1).saturating_sub(1).saturating_mul(size);
    let shown = groups.iter().rev().skip(skipped).take(size);
    let records: Vec<_> = shown
        .map(
            |group| json!({"groupId": group.id, "name": group.name, "groupKind": kind(group), "status": status(group)}),
        )
        .collect();
    json!({"records": records, "total": groups.len()})
}

fn upload(call: &Call) -> Result<Value, Refusal> {
    let (file, media_type, medium) = file(call, "is too large")?;
    let id = text(call, "groupId").ok_or_else(|| Refusal::invalid("groupId", "groupId: required"))?;
    let group = group(call, id, "groupId")?;
    if !group.is_active() {
        return Err(Refusal::GroupNotActive {
            field: "groupId".to_owned(),
        });
    }
    let name = text(call, "name").unwrap_or(&file.name);
    let mut asset = new_asset(call, "ta_", &group.id, name, medium);
    asset.file = Some(file.clone());
    let asset = call.core.assets.add_asset(asset);
    let mut shown = show(call, &asset);
    shown["groupName"] = json!(group.name);
    shown["mimeType"] = json!(media_type);
    Ok(shown)
}

fn show(call: &Call, asset: &Asset) -> Value {
    let file = asset.file.as_ref();
    json!({
        "assetId": asset.id,
        "token360AssetId": asset.id,
        "assetGroupId": asset.group,
        "mediaType": asset.medium.to_uppercase(),
        "status": asset.status(call.core.clock.now()).word(),
        "name": asset.name,
        "filename": file.map_or("", |file| &file.name),
        "sizeBytes": file.map_or(0, |file| file.bytes),
    })
}

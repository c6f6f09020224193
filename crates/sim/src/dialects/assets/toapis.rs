//! ToAPIs: uploads with public URLs, avatars made from public URLs, and verified persons.

use std::sync::{Arc, OnceLock};

use serde_json::{Value, json};

use super::{asset, check, file, group, link, new_asset, new_group, new_session, text, verified, without_nulls};
use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::refusal::Refusal;
use crate::state::{Asset, Group, Session, Upload, VERIFICATION};

pub(crate) fn answer(call: &Call) -> Result<Answer, Refusal> {
    if call.endpoint.form.is_none() {
        check(call)?;
    }
    let data = match call.endpoint.id.as_str() {
        "upload_image" => upload(call, "the image is too large: at most 10MB")?,
        "upload_video" => upload(call, "the video is too large: at most 50MB")?,
        "create_avatar_group" => {
            let mut group = new_group(call, "pg_", text(call, "name").unwrap_or_default(), None);
            group.description = text(call, "description").map(str::to_owned);
            let group = call.core.assets.add_group(group);
            json!({"group_id": group.id, "name": group.name, "description": group.description})
        }
        "create_avatar_asset" => create(call, false)?,
        "create_person_asset" => create(call, true)?,
        "get_avatar_asset" => get(call, false)?,
        "get_person_asset" => get(call, true)?,
        "create_verification" => {
            let session = new_session(call, "tsk_dav_", text(call, "callback_url"));
            json!({"task_id": session.id})
        }
        "get_verification" => {
            let session = session(call, Some(call.id()))?;
            let created = session.wall.timestamp();
            json!({
                "task_id": session.id,
                "status": "completed",
                "byted_token": session.token,
                "h5_link": link(call, &session),
                "expires_at": created + VERIFICATION.as_secs() as i64,
                "created_at": created,
                "updated_at": created,
            })
        }
        "get_verification_result" => {
            let named = ["task_id", "byted_token"].iter().find_map(|name| call.query.get(*name));
            let session = session(call, named.map(String::as_str))?;
            match verified(call, &session, "pg_") {
                Some(group) => json!({"verify_status": "verified", "group_id": group.id}),
                None => json!({"verify_status": "pending"}),
            }
        }
        _ => return Err(Refusal::NoPath),
    };
    let data = without_nulls(data);
    Ok(Answer::ok(json!({"success": true, "message": "", "data": data})))
}

/// The form of a refusal, where these operations have their own.
pub(crate) fn refuse(refusal: &Refusal) -> Option<Answer> {
    let status = match refusal {
        Refusal::Invalid { .. } | Refusal::TooLarge | Refusal::GroupNotActive { .. } => 400,
        Refusal::NoAsset { .. } => 404,
        _ => return None,
    };
    let body = json!({"success": false, "message": refusal.message()});
    Some(Answer::json(status, body))
}

fn upload(call: &Call, max: &str) -> Result<Value, Refusal> {
    let (file, media_type, _) = file(call, max)?;
    let id = call.core.ids.next("upload_");
    let ending = media_type.rsplit('/').next().unwrap_or_default();
    let url = call.core.links.open(&format!("/{}/uploads/{id}.{ending}", call.vendor));
    let data = json!({"id": id, "url": url, "mime_type": media_type, "size": file.bytes});
    call.core.assets.add_upload(Upload {
        vendor: call.vendor,
        owner: call.owner,
        id,
        url: Some(url),
        announced: None,
        file: OnceLock::from(file.clone()),
    });
    Ok(data)
}

fn create(call: &Call, of_person: bool) -> Result<Value, Refusal> {
    let group = own_group(call, text(call, "group_id").unwrap_or_default(), "group_id", of_person)?;
    let source = text(call, "source_url").unwrap_or_default();
    let medium = text(call, "asset_type").unwrap_or_default();
    let uploaded = call.core.assets.upload_at(source);
    let file = uploaded.and_then(|upload| upload.file.get().cloned());
    let kind = file.as_ref().and_then(|file| file.media_type);
    if kind.is_some_and(|kind| !kind.starts_with(medium)) {
        let message = format!("asset_type: the file at source_url is no {medium}");
        return Err(Refusal::invalid("asset_type", message));
    }
    let name = text(call, "name").unwrap_or_default();
    let mut asset = new_asset(call, "pa_", &group.id, name, medium);
    asset.source = Some(source.to_owned());
    asset.file = file;
    Ok(show(call, &call.core.assets.add_asset(asset)))
}

fn get(call: &Call, of_person: bool) -> Result<Value, Refusal> {
    let asset = asset(call, call.id(), "asset_id")?;
    own_group(call, &asset.group, "asset_id", of_person)?;
    Ok(show(call, &asset))
}

/// A group of a person comes from a verification, and has its own operations.
fn own_group(call: &Call, id: &str, field: &str, of_person: bool) -> Result<Arc<Group>, Refusal> {
    let group = group(call, id, field)?;
    if group.session.is_some() == of_person {
        return Ok(group);
    }
    Err(Refusal::NoAsset {
        field: field.to_owned(),
    })
}

fn show(call: &Call, asset: &Asset) -> Value {
    json!({
        "asset_id": asset.id,
        "asset_url": format!("asset://{}", asset.id),
        "group_id": asset.group,
        "asset_type": asset.medium,
        "source_url": asset.source,
        "status": asset.status(call.core.clock.now()).word(),
        "name": asset.name,
    })
}

fn session(call: &Call, id: Option<&str>) -> Result<Arc<Session>, Refusal> {
    let found = id.and_then(|id| call.core.assets.session(call.vendor, id));
    found
        .filter(|session| session.owner == call.owner)
        .ok_or_else(|| Refusal::NoAsset {
            field: "task_id".to_owned(),
        })
}

//! Uploads and assets: a file for each vendor, and what they share.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::dialects::call::Call;
use crate::dialects::input::Input;
use crate::dialects::refusal::Refusal;
use crate::media::{StoredFile, seconds};
use crate::state::{Asset, AssetStatus, Group, Session, UsedAsset};

pub(super) mod alltoken;
pub(super) mod fal;
pub(super) mod replicate;
pub(super) mod toapis;
pub(super) mod token360;

/// The uploads and assets that the inputs of a create request name. They must exist, belong to the same key, and be usable.
pub(crate) fn used(call: &Call, inputs: &[Input]) -> Result<Vec<UsedAsset>, Refusal> {
    let mut used = Vec::new();
    // Where no operation makes assets, they are made elsewhere, and every id is taken.
    let is_served = call.spec.document().get("x-uploads").is_some();
    for input in inputs {
        let Some(url) = &input.url else { continue };
        let refused = |rule: String| Refusal::invalid(&input.field, format!("{}: {rule}", input.field));
        if let Some(id) = url.strip_prefix("asset://") {
            match call.core.assets.asset(call.vendor, call.owner, id) {
                Some(asset) => match asset.status(call.core.clock.now()) {
                    AssetStatus::Active => used.push(UsedAsset::new(id, asset.file.as_ref())),
                    status => {
                        return Err(refused(format!(
                            "the asset {id} is not active: it is {}",
                            status.word()
                        )));
                    }
                },
                None if call.core.any_asset || !is_served => used.push(UsedAsset::new(id, None)),
                None => return Err(refused(format!("the asset {id} was not found"))),
            }
        } else if let Some(id) = url.strip_prefix("upload:") {
            let own = call.core.assets.upload(call.vendor, id);
            match own.filter(|upload| upload.owner == call.owner) {
                Some(upload) => {
                    let medium = input.medium.name();
                    let announced = upload.announced.as_ref();
                    if announced.is_some_and(|announced| announced.medium != medium) {
                        return Err(refused(format!("the upload {id} has a purpose other than {medium}")));
                    }
                    if announced.is_some_and(|announced| call.core.clock.now() >= announced.until) {
                        return Err(refused(format!("the upload {id} has expired")));
                    }
                    let Some(file) = upload.file.get() else {
                        return Err(refused(format!("the file of the upload {id} was not received")));
                    };
                    let digest = announced.and_then(|announced| announced.sha256.as_ref());
                    let digests = digest.is_none_or(|digest| *digest == file.sha256);
                    if !digests || announced.is_some_and(|own| !file.can_be(&own.media_type)) {
                        return Err(refused(format!("the file of the upload {id} is not the announced one")));
                    }
                    used.push(UsedAsset::new(id, Some(file)));
                }
                None if call.core.any_asset => used.push(UsedAsset::new(id, None)),
                None => return Err(refused(format!("the upload {id} was not found"))),
            }
        } else if let Some(upload) = call.core.assets.upload_at(url) {
            let Some(file) = upload.file.get() else {
                return Err(refused("the file was not received yet".to_owned()));
            };
            used.push(UsedAsset::new(&upload.id, Some(file)));
        }
    }
    Ok(used)
}

/// The length of an input video in seconds, if the simulator has its file.
pub(crate) fn video_seconds(call: &Call, input: &Input) -> Option<Decimal> {
    let url = input.url.as_deref()?;
    if let Some((_, content)) = url.strip_prefix("data:").and_then(|data| data.split_once(";base64,")) {
        return seconds(&STANDARD.decode(content).ok()?);
    }
    let file = match (url.strip_prefix("asset://"), url.strip_prefix("upload:")) {
        (Some(id), _) => call.core.assets.asset(call.vendor, call.owner, id)?.file.clone(),
        (_, Some(id)) => call.core.assets.upload(call.vendor, id)?.file.get().cloned(),
        _ => call.core.assets.upload_at(url)?.file.get().cloned(),
    };
    seconds(&file?.content().ok()?)
}

/// The first problem of a JSON body.
fn check(call: &Call) -> Result<(), Refusal> {
    let body = call.endpoint.bodies.first();
    match body.and_then(|body| body.problems(&call.body).into_iter().next()) {
        None => Ok(()),
        Some(problem) => Err(Refusal::Invalid {
            field: (!problem.field.is_empty()).then_some(problem.field),
            message: problem.message,
        }),
    }
}

/// A text of the body.
fn text<'a>(call: &'a Call, name: &str) -> Option<&'a str> {
    call.body[name].as_str()
}

/// The file of a form, its type and its medium, if the operation takes such a file.
fn file<'a>(call: &'a Call, max: &str) -> Result<(&'a Arc<StoredFile>, &'static str, &'static str), Refusal> {
    let refused = |rule: &str| Refusal::invalid("file", format!("file: {rule}"));
    let file = call.file.as_ref().ok_or_else(|| refused("required"))?;
    let media_type = file.media_type.unwrap_or_default();
    let medium = media_type.split('/').next().unwrap_or_default();
    let rule = call.spec.upload_rule(&call.endpoint.id, medium);
    let rule = rule.filter(|rule| rule.types.iter().any(|own| own == media_type));
    let Some(rule) = rule else {
        return Err(refused("this file type is not supported"));
    };
    if rule.max_bytes.is_some_and(|most| file.bytes > most) {
        return Err(refused(max));
    }
    if let Some(model) = text(call, "model")
        && !rule.models.is_empty()
        && rule.models.iter().all(|own| own != model)
    {
        return Err(Refusal::invalid("model", "model: takes no assets"));
    }
    Ok((file, media_type, medium))
}

/// One of the key's groups.
fn group(call: &Call, id: &str, field: &str) -> Result<Arc<Group>, Refusal> {
    let own = call.core.assets.groups(call.vendor, call.owner);
    own.into_iter()
        .find(|group| group.id == id)
        .ok_or_else(|| Refusal::NoAsset {
            field: field.to_owned(),
        })
}

/// One of the key's assets.
fn asset(call: &Call, id: &str, field: &str) -> Result<Arc<Asset>, Refusal> {
    let own = call.core.assets.asset(call.vendor, call.owner, id);
    own.ok_or_else(|| Refusal::NoAsset {
        field: field.to_owned(),
    })
}

/// A new group.
fn new_group(call: &Call, prefix: &str, name: &str, session: Option<Arc<Session>>) -> Group {
    Group {
        vendor: call.vendor,
        owner: call.owner,
        id: call.core.ids.next(prefix),
        name: name.to_owned(),
        description: None,
        shown: None,
        session,
        wall: call.core.clock.wall_time(),
    }
}

/// A new asset.
fn new_asset(call: &Call, prefix: &str, group: &str, name: &str, medium: &str) -> Asset {
    Asset {
        vendor: call.vendor,
        owner: call.owner,
        id: call.core.ids.next(prefix),
        group: group.to_owned(),
        name: name.to_owned(),
        medium: medium.to_owned(),
        file: None,
        source: None,
        created: call.core.clock.now(),
        wall: call.core.clock.wall_time(),
    }
}

/// A new verification.
fn new_session(call: &Call, prefix: &str, callback: Option<&str>) -> Arc<Session> {
    call.core.assets.add_session(Session {
        vendor: call.vendor,
        owner: call.owner,
        id: call.core.ids.next(prefix),
        token: call.core.ids.next("token-"),
        callback: callback.map(str::to_owned),
        created: call.core.clock.now(),
        wall: call.core.clock.wall_time(),
        passed: std::sync::OnceLock::new(),
    })
}

/// The page of a verification.
fn link(call: &Call, session: &Session) -> String {
    call.core.links.open(&format!("/{}/verify/{}", call.vendor, session.id))
}

/// The group of a verification that was passed; it is made when it is first asked for.
fn verified(call: &Call, session: &Arc<Session>, prefix: &str) -> Option<Arc<Group>> {
    session.passed.get()?;
    let own = call.core.assets.groups(call.vendor, call.owner);
    let known = own
        .into_iter()
        .find(|group| group.session.as_ref().is_some_and(|own| own.id == session.id));
    Some(known.unwrap_or_else(|| {
        let group = new_group(call, prefix, "person", Some(session.clone()));
        call.core.assets.add_group(group)
    }))
}

/// Removes the members that are null.
fn without_nulls(mut value: Value) -> Value {
    if let Some(members) = value.as_object_mut() {
        members.retain(|_, member| !member.is_null());
    }
    value
}

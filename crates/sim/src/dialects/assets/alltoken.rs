//! AllToken: uploads for one task each, and the portrait service, whose failures have status 200.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{asset, check, file, group, link, new_asset, new_group, new_session, text, verified, without_nulls};
use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::refusal::Refusal;
use crate::state::{Announced, Asset, AssetStatus, Group, Upload, after};

/// How long the address of an upload is valid, in seconds.
const ADDRESS: u32 = 300;
/// How long a request may name an upload.
const CLAIM: Duration = Duration::from_secs(3600);
/// Largest uploads in bytes, by medium. The vendor documents none; these are the simulator's own.
const LARGEST: [(&str, u64); 3] = [("image", 30 << 20), ("video", 200 << 20), ("audio", 15 << 20)];
/// What an action needs of its body.
const REQUIRED: [(&str, &[&str]); 12] = [
    ("CreateAssetGroup", &["GroupType"]),
    ("GetAssetGroup", &["Id"]),
    ("UpdateAssetGroup", &["Id"]),
    ("DeleteAssetGroup", &["Id"]),
    ("ListAssetGroups", &["Filter"]),
    ("CreateAsset", &["GroupId", "URL", "AssetType"]),
    ("GetAsset", &["Id"]),
    ("UpdateAsset", &["Id"]),
    ("DeleteAsset", &["Id"]),
    ("ListAssets", &["Filter"]),
    ("CreateVisualValidateSession", &["CallbackURL"]),
    ("GetVisualValidateResult", &["BytedToken"]),
];

pub(crate) fn answer(call: &Call) -> Result<Answer, Refusal> {
    match call.endpoint.id.as_str() {
        "presign_upload" => presign(call),
        "call_portrait" => {
            let action = call.query.get("Action").map_or("", String::as_str);
            Ok(wrapped(call, action, portrait(call, action)))
        }
        "upload_portrait" => Ok(wrapped(call, "UploadAsset", upload(call).map_err(Failure::from))),
        _ => Err(Refusal::NoPath),
    }
}

/// An error of the portrait service: code and message.
struct Failure(String, String);

impl Failure {
    fn new(code: &str, message: &str) -> Self {
        Self(code.to_owned(), message.to_owned())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let code = match &refusal {
            Refusal::NoAsset { .. } => "NotFound",
            Refusal::GroupNotActive { .. } => "Forbidden",
            _ => "InvalidParameter",
        };
        Self(code.to_owned(), refusal.message())
    }
}

fn wrapped(call: &Call, action: &str, result: Result<Value, Failure>) -> Answer {
    let mut metadata = json!({
        "RequestId": call.core.ids.next("req-"),
        "Action": action,
        "Version": "2024-01-01",
        "Service": "ark",
        "Region": "cn-beijing",
    });
    let body = match result {
        Err(Failure(code, message)) => {
            metadata["Error"] = json!({"Code": code, "Message": message});
            json!({"ResponseMetadata": metadata})
        }
        Ok(Value::Null) => json!({"ResponseMetadata": metadata}),
        Ok(result) => json!({"ResponseMetadata": metadata, "Result": without_nulls(result)}),
    };
    Answer::ok(body)
}

fn presign(call: &Call) -> Result<Answer, Refusal> {
    check(call)?;
    let media_type = text(call, "content_type").unwrap_or_default();
    let of_type = media_type.split('/').next().unwrap_or_default();
    let purpose = text(call, "purpose").unwrap_or_default();
    let medium = match purpose {
        "video_input_video" => "video",
        "video_input_audio" => "audio",
        _ => "image",
    };
    let refused = |field: &str, rule: &str| Err(Refusal::invalid(field, format!("{field}: {rule}")));
    if of_type != medium {
        return refused("content_type", &format!("does not suit the purpose {purpose}"));
    }
    let bytes = call.body["content_length"].as_u64().unwrap_or_default();
    let most = LARGEST
        .iter()
        .find(|(own, _)| *own == medium)
        .map_or(0, |(_, most)| *most);
    if bytes > most {
        return refused("content_length", &format!("at most {most} bytes"));
    }
    let id = call.core.ids.next("upl_");
    let (now, wall) = (call.core.clock.now(), call.core.clock.wall_time());
    let md5 = text(call, "content_md5").unwrap_or_default().to_owned();
    let path = format!("/{}/uploads/{id}", call.vendor);
    let answer = json!({
        "upload_url": call.core.links.sign_path(&path, call.core.clock.unix(now) + i64::from(ADDRESS)),
        "method": "PUT",
        "required_headers": {"Content-Type": media_type, "Content-MD5": md5},
        "upload_id": id,
        "expires_in": ADDRESS,
        "claim_expires_at": rfc3339(after(wall, CLAIM)),
        "max_content_length": most,
    });
    call.core.assets.add_upload(Upload {
        vendor: call.vendor,
        owner: call.owner,
        id,
        url: None,
        announced: Some(Announced {
            // An upload for another purpose fits no input.
            medium: if purpose.starts_with("video_input_") {
                medium
            } else {
                ""
            },
            media_type: media_type.to_owned(),
            bytes: Some(bytes),
            md5: Some(md5),
            sha256: text(call, "checksum_sha256").map(str::to_owned),
            most: Some(most),
            until: now + CLAIM,
        }),
        file: OnceLock::new(),
    });
    Ok(Answer::ok(answer))
}

fn portrait(call: &Call, action: &str) -> Result<Value, Failure> {
    if call.query.get("Version").map(String::as_str) != Some("2024-01-01") {
        return Err(Failure::new("InvalidParameter", "Version: must be 2024-01-01"));
    }
    let required = REQUIRED.iter().find(|(own, _)| *own == action).map(|(_, names)| *names);
    let missing = required
        .unwrap_or_default()
        .iter()
        .find(|name| call.body[**name].is_null());
    if let Some(name) = missing {
        return Err(Failure(format!("MissingParameter.{name}"), format!("{name}: required")));
    }
    check(call)?;
    let id = text(call, "Id").unwrap_or_default();
    match action {
        "CreateAssetGroup" => {
            if text(call, "GroupType") != Some("AIGC") {
                let message = "GroupType: a group of a person comes from a verification";
                return Err(Failure::new("InvalidParameter", message));
            }
            let mut group = new_group(call, "group-", text(call, "Name").unwrap_or_default(), None);
            group.description = text(call, "Description").map(str::to_owned);
            Ok(json!({"Id": call.core.assets.add_group(group).id}))
        }
        "GetAssetGroup" => Ok(shown_group(&*group(call, id, "Id")?)),
        "UpdateAssetGroup" => {
            let old = group(call, id, "Id")?;
            call.core.assets.replace_group(Group {
                name: text(call, "Name").unwrap_or(&old.name).to_owned(),
                description: text(call, "Description").map(str::to_owned).or(old.description.clone()),
                ..(*old).clone()
            });
            Ok(Value::Null)
        }
        "DeleteAssetGroup" => {
            call.core.assets.remove_group(&*group(call, id, "Id")?);
            Ok(Value::Null)
        }
        "ListAssetGroups" => {
            let wanted = &call.body["Filter"];
            let mut groups = call.core.assets.groups(call.vendor, call.owner);
            groups.retain(|group| kind(group) == wanted["GroupType"] && contains(&wanted["Name"], &group.name));
            Ok(page(call, groups.iter().map(|group| shown_group(group)).collect()))
        }
        "CreateAsset" => create(call),
        "GetAsset" => Ok(shown(call, &*asset(call, id, "Id")?)),
        "UpdateAsset" => {
            let old = asset(call, id, "Id")?;
            let name = text(call, "Name").unwrap_or(&old.name);
            call.core.assets.rename_asset(&old, name);
            Ok(Value::Null)
        }
        "DeleteAsset" => {
            call.core.assets.remove_asset(&*asset(call, id, "Id")?);
            Ok(Value::Null)
        }
        "ListAssets" => {
            let wanted = &call.body["Filter"];
            let groups = call.core.assets.groups(call.vendor, call.owner);
            let of_kind = |asset: &Asset| {
                let own = groups.iter().find(|group| group.id == asset.group);
                own.is_some_and(|group| kind(group) == wanted["GroupType"])
            };
            let mut assets = call.core.assets.assets(call.vendor, call.owner);
            assets.retain(|asset| {
                of_kind(asset)
                    && contains(&wanted["Name"], &asset.name)
                    && any(&wanted["GroupIds"], &asset.group)
                    && any(&wanted["Statuses"], word(asset.status(call.core.clock.now())))
            });
            Ok(page(call, assets.iter().map(|asset| shown(call, asset)).collect()))
        }
        "CreateVisualValidateSession" => {
            let session = new_session(call, "validate-", text(call, "CallbackURL"));
            Ok(json!({"BytedToken": session.token, "H5Link": link(call, &session), "CallbackURL": session.callback}))
        }
        "GetVisualValidateResult" => {
            let token = text(call, "BytedToken").unwrap_or_default();
            let found = call.core.assets.session(call.vendor, token);
            let Some(session) = found.filter(|session| session.owner == call.owner && session.token == token) else {
                return Err(Failure::new("InvalidToken", "BytedToken: not found"));
            };
            match verified(call, &session, "group-") {
                Some(group) => Ok(json!({"GroupId": group.id})),
                None => Err(Failure::new("ValidatePending", "the person has not finished")),
            }
        }
        _ => Err(Failure::new("InvalidParameter", "Action: unknown")),
    }
}

fn create(call: &Call) -> Result<Value, Failure> {
    let group = group(call, text(call, "GroupId").unwrap_or_default(), "GroupId")?;
    let url = text(call, "URL").unwrap_or_default();
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(Failure::new("InvalidParameter", "URL: must be a public URL"));
    }
    let medium = text(call, "AssetType").unwrap_or_default().to_lowercase();
    let name = text(call, "Name").unwrap_or_default();
    let mut asset = new_asset(call, "asset-", &group.id, name, &medium);
    asset.source = Some(url.to_owned());
    Ok(json!({"Id": call.core.assets.add_asset(asset).id}))
}

fn upload(call: &Call) -> Result<Value, Refusal> {
    let (file, _, medium) = file(call, "at most 10 MB")?;
    let group: Arc<Group> = group(call, text(call, "GroupId").unwrap_or_default(), "GroupId")?;
    let name = text(call, "Name").unwrap_or(&file.name);
    let mut asset = new_asset(call, "asset-", &group.id, name, medium);
    asset.file = Some(file.clone());
    let asset = call.core.assets.add_asset(asset);
    let mut answer = shown(call, &asset);
    // Only this answer has it in lower case.
    answer["Status"] = json!("processing");
    Ok(answer)
}

fn kind(group: &Group) -> &'static str {
    if group.session.is_some() {
        "LivenessFace"
    } else {
        "AIGC"
    }
}

/// Whether a filter for a part of a name is absent or met.
fn contains(part: &Value, name: &str) -> bool {
    part.as_str().is_none_or(|part| name.contains(part))
}

/// Whether a filter for one of several values is absent or met.
fn any(values: &Value, value: &str) -> bool {
    let values = values.as_array().filter(|values| !values.is_empty());
    values.is_none_or(|values| values.iter().any(|own| own == value))
}

fn page(call: &Call, items: Vec<Value>) -> Value {
    let number = |name: &str| call.body[name].as_u64().and_then(|value| usize::try_from(value).ok());
    let (page, size) = (number("PageNumber").unwrap_or(1), number("PageSize").unwrap_or(10));
    let total = items.len();
    let skipped = page.saturating_sub(1).saturating_mul(size);
    let items: Vec<_> = items.into_iter().skip(skipped).take(size).map(without_nulls).collect();
    json!({"TotalCount": total, "PageNumber": page, "PageSize": size, "Items": items})
}

const fn word(status: AssetStatus) -> &'static str {
    match status {
        AssetStatus::Processing => "Processing",
        AssetStatus::Active => "Active",
        AssetStatus::Failed => "Failed",
    }
}

fn shown_group(group: &Group) -> Value {
    let time = rfc3339(group.wall);
    json!({
        "Id": group.id,
        "Name": group.name,
        "Description": group.description,
        "GroupType": kind(group),
        "ProjectName": "default",
        "CreateTime": time,
        "UpdateTime": time,
    })
}

fn shown(call: &Call, asset: &Asset) -> Value {
    let status = asset.status(call.core.clock.now());
    let medium = match asset.medium.as_str() {
        "video" => "Video",
        "audio" => "Audio",
        _ => "Image",
    };
    let time = rfc3339(asset.wall);
    json!({
        "Id": asset.id,
        "GroupId": asset.group,
        "Name": asset.name,
        "AssetType": medium,
        "Status": word(status),
        "UpstreamStatus": word(status),
        "FailedReason": (status == AssetStatus::Failed).then_some("the file was rejected by the content rules"),
        "URL": asset.source,
        "ProjectName": "default",
        "CreateTime": time,
        "UpdateTime": time,
    })
}

fn rfc3339(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

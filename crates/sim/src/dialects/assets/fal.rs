//! fal: files that are reserved here, sent to the storage, and public from then on.

use std::sync::OnceLock;
use std::time::Duration;

use serde_json::json;

use super::{check, text};
use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::refusal::Refusal;
use crate::state::{Announced, Upload};

/// How long the address of an upload is valid, in seconds. The vendor documents no time; this is the simulator's own.
const ADDRESS: i64 = 3600;

pub(crate) fn answer(call: &Call) -> Result<Answer, Refusal> {
    check(call)?;
    let media_type = text(call, "content_type").unwrap_or_default();
    let medium = match media_type.split('/').next() {
        Some("image") => "image",
        Some("video") => "video",
        Some("audio") => "audio",
        _ => "",
    };
    let rule = call.spec.upload_rule(&call.endpoint.id, medium);
    let Some(rule) = rule.filter(|rule| rule.types.iter().any(|own| own == media_type)) else {
        let message = "content_type: this file type is not supported";
        return Err(Refusal::invalid("content_type", message));
    };
    let id = call.core.ids.next("");
    let ending = media_type.rsplit('/').next().unwrap_or_default();
    let path = format!("/{}/uploads/{id}.{ending}", call.vendor);
    let url = call.core.links.open(&path);
    let until = call.core.clock.unix(call.core.clock.now()) + ADDRESS;
    let answer = json!({"upload_url": call.core.links.sign_path(&path, until), "file_url": url});
    call.core.assets.add_upload(Upload {
        vendor: call.vendor,
        owner: call.owner,
        id,
        url: Some(url),
        announced: Some(Announced {
            medium,
            media_type: media_type.to_owned(),
            bytes: None,
            md5: None,
            sha256: None,
            most: rule.max_bytes,
            until: Duration::MAX,
        }),
        file: OnceLock::new(),
    });
    Ok(Answer::ok(answer))
}

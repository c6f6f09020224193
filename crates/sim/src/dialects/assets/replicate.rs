//! Replicate: uploads with URLs.

use std::sync::OnceLock;

use chrono::SecondsFormat;
use serde_json::json;

use super::file;
use crate::dialects::answer::Answer;
use crate::dialects::call::Call;
use crate::dialects::refusal::Refusal;
use crate::state::Upload;

/// Seconds for which a file is kept.
const KEPT: i64 = 3600;

pub(crate) fn upload(call: &Call) -> Result<Answer, Refusal> {
    let (file, media_type, _) = file(call, "content: the file is larger than 100 MB")?;
    let id = call.core.ids.next("file-");
    // The real URL needs the key when anyone but the service opens it.
    let url = call.core.links.open(&format!("/{}/uploads/{id}", call.vendor));
    let now = call.core.clock.wall_time();
    let time = |seconds: i64| {
        let moment = now + chrono::TimeDelta::seconds(seconds);
        moment.to_rfc3339_opts(SecondsFormat::Millis, true)
    };
    let body = json!({
        "id": id,
        "name": call.body["filename"].as_str().unwrap_or(&file.name),
        "content_type": media_type,
        "size": file.bytes,
        "etag": file.md5,
        "checksums": {"sha256": file.sha256},
        "metadata": {},
        "created_at": time(0),
        "expires_at": time(KEPT),
        "urls": {"get": url},
    });
    call.core.assets.add_upload(Upload {
        vendor: call.vendor,
        owner: call.owner,
        id,
        url: Some(url),
        announced: None,
        file: OnceLock::from(file.clone()),
    });
    Ok(Answer::json(201, body))
}

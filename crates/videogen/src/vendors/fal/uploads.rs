//! Uploads of fal: reserved at the vendor, sent to its storage, and public from then on.

use videogen_raw_fal::types;
use videogen_wire::Read as _;

use super::connection::client;
use crate::model::Source;
use crate::transport::put::Presigned;
use crate::vendors::{Call, CallError, Outgoing, value};

/// The storage that the vendor's own clients name.
const STORAGE: &str = "fal-cdn-v3";

pub(super) async fn reserve(call: &Call<'_>, file: &Outgoing<'_>) -> Result<Presigned, CallError> {
    let content_type = file.content.probe.media_type.to_owned();
    let body = types::InitiateUpload {
        content_type: content_type.clone(),
        file_name: file.name(),
        extra: Default::default(),
    };
    let answer = value(client(call).initiate_upload(Some(STORAGE), &body).await)?;
    let missing = |what: &str| CallError(format!("the response contains no {what}"));
    let url = answer.file_url.read().ok_or_else(|| missing("file URL"))?;
    Ok(Presigned {
        source: Source::Url(url),
        url: answer.upload_url.read().ok_or_else(|| missing("upload URL"))?,
        headers: vec![("Content-Type".to_owned(), content_type)],
        max_bytes: None,
        expires_at: None,
    })
}

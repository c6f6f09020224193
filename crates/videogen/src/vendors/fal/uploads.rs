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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use secrecy::SecretString;
    use videogen_wire::Session;

    use super::*;
    use crate::model::{TaskId, Vendor, VideoRequest};
    use crate::vendors::Adapter as _;
    use crate::vendors::fal::Fal;

    /// The key is in every request of the session, so each goes to a host that the vendor documents.
    #[tokio::test]
    async fn requests_go_to_the_documented_hosts() {
        let facts = Vendor::Fal.facts();
        let session = Session::new(&SecretString::from("k".to_owned()), &facts.auth).unwrap();
        let id = TaskId::new(Vendor::Fal, "requests", "fal-ai/veo3.1/r1").unwrap();
        let request = VideoRequest::new("fal-ai/veo3.1", "a kite");
        for (base_url, queue, other) in [
            (facts.base_url, "https://queue.fal.run", "https://rest.fal.ai"),
            (
                "https://gate.example/fal",
                "https://gate.example/fal",
                "https://gate.example/fal",
            ),
        ] {
            let call = Call {
                base_url,
                http: crate::transport::http::offline().unwrap(),
                session: session.recorder(),
            };
            let url = || call.session.exchange().unwrap().url.to_string();
            let rules = crate::model::Capabilities::of(Vendor::Fal, &request.model);
            let _ = Fal::submit(&call, &request, &rules).await;
            assert_eq!(url(), format!("{queue}/fal-ai/veo3.1"));
            let _ = Fal::get(&call, &id).await;
            assert_eq!(url(), format!("{queue}/fal-ai/veo3.1/requests/r1/status"));
            let _ = client(&call).get_request_result("fal-ai/veo3.1", "r1").await;
            assert_eq!(url(), format!("{queue}/fal-ai/veo3.1/requests/r1"));
            let _ = Fal::cancel(&call, &id).await;
            assert_eq!(url(), format!("{queue}/fal-ai/veo3.1/requests/r1/cancel"));
            let _ = client(&call)
                .initiate_upload(Some(STORAGE), &types::InitiateUpload::default())
                .await;
            assert_eq!(
                url(),
                format!("{other}/storage/upload/initiate?storage_type=fal-cdn-v3")
            );
        }
    }
}

//! Digests that identify a request in the journal.

use serde_json::json;

use crate::model::VideoRequest;
use crate::model::mask::sha256;

/// Digests by which a repeated request is recognised: the one that is recorded, and the one that the first version recorded.
pub(super) fn digests(original: &VideoRequest, request: &VideoRequest) -> [String; 2] {
    let without = |request: &VideoRequest, members: &[&str]| {
        let mut request = json!(request);
        if let Some(request) = request.as_object_mut() {
            request.retain(|member, _| !members.contains(&member.as_str()));
        }
        sha256(request.to_string().as_bytes())
    };
    // Not part of the request's identity: the callback URL may have a different token each time, and a permission to break
    // unverified rules does not change what is sent. The first version had the URL, and the request after its adjustments.
    [
        without(original, &["callback_url", "allow_unverified"]),
        without(request, &["allow_unverified"]),
    ]
}

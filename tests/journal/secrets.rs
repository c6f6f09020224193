//! Plants a canary in every secret: it is in no byte of the journal and in no line of the logs.

use std::sync::Arc;

use videogen::journal::Journal as _;
use videogen::journal::Query;
use videogen::{Client, Role, Source, VideoRequest};

use super::journal;
use crate::canned::Canned;
use crate::cases::targets;
use serde_json::json;

const CANARY: &str = "canary-51d0";

#[tokio::test]
async fn no_secret_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let key = format!("sk-{CANARY}");
    let url = format!("https://files.example.com/{CANARY}/in.png?sig={CANARY}");
    for (vendor, model) in targets() {
        let journal = journal(folder.path()).await;
        let mut request = VideoRequest::new(model, format!("the picture at {url} as a film"))
            .callback_url(format!("https://hooks.example.com/{CANARY}"));
        if request
            .clone()
            .input(Role::FirstFrame, url.parse::<Source>().unwrap())
            .inputs
            .len()
            == 1
        {
            request = request.input(Role::FirstFrame, url.parse::<Source>().unwrap());
        }
        request.extra = json!({"odd": [{"deep": url}]}).as_object().unwrap().clone();
        let done = json!({
            "id": "t", "status": "completed", "url": url, "video_url": url, "last_frame_url": url,
            "content": {"video_url": url},
            "result": {"data": [{"url": url}]},
        });
        let failed = json!({"id": "t", "status": "failed", "error": {"code": "x", "message": format!("{key} {url}")}});
        let refused = json!({"error": {"message": format!("key {key} is bad, see {url}"), "code": "x", "type": "y"}});
        for (status, body) in [
            (200, done),
            (200, failed),
            (401, refused.clone()),
            (500, refused),
            (200, json!(url)),
        ] {
            let canned = Canned::json(status, &body).await;
            let client = Client::builder(vendor)
                .key(key.clone())
                .base_url(&canned.base_url)
                .retry(videogen::RetryPolicy::never())
                .journal(Arc::clone(&journal))
                .build()
                .unwrap();
            // The one task of these responses belongs to the first submission only.
            let result = client.submit(&request).await;
            // A source's URL is a tempting key, but contains a secret.
            let mut named = request.clone();
            named.client_reference = Some(url.clone());
            let keyed = client.submit_with_key(&url, &named).await;
            let other = client.submit_with_key(&url, &VideoRequest::new(model, "another")).await;
            let rendered = format!("{keyed:?} {other:?}");
            assert!(!rendered.contains(CANARY), "{rendered}");
            if let Ok(task) = &result {
                let _ = client.get(&task.id).await;
                let _ = client.download(task, folder.path().join("never.mp4")).await;
            }
            let _ = client.recover(std::time::Duration::ZERO).await;
            let shown = format!(
                "{result:?} {client:?} {journal:?} {:?}",
                journal.find(Query::default()).await.unwrap()
            );
            // The vendor's response is for the caller, and masked in Debug.
            assert!(!shown.contains(CANARY), "{shown}");
        }
    }
    let mut bytes = 0;
    for (place, held) in super::contents(folder.path()).await {
        bytes += held.len();
        let found = held.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
        assert!(!found, "{place} holds the canary");
    }
    assert!(bytes > 10_000, "{bytes} bytes: nothing was written");
}

//! Plants a canary in every secret: it only appears on explicit access.

use serde_json::json;
use videogen::{Role, Source, Vendor, VideoRequest};

use crate::canned::Canned;

const CANARY: &str = "canary-7f3a";

#[tokio::test]
async fn no_secret_in_debug_display_or_errors() {
    let key = format!("sk-{CANARY}");
    let url = format!("https://files.example.com/{CANARY}.mp4?sig={CANARY}");
    for vendor in Vendor::ALL {
        let mut shown = Vec::new();
        let request = VideoRequest::new(vendor.default_model(), "x")
            .callback_url(format!("http://127.0.0.1/hook/{CANARY}"))
            .input(Role::FirstFrame, url.parse::<Source>().unwrap());
        shown.push(format!("{request:?}"));

        let echo = json!({"error": {"message": format!("key {key} is bad, see {url}"), "code": "x", "type": "y"}});
        for (status, body) in [
            (401, echo.clone()),
            (500, echo),
            (200, json!({"id": {}, "url": url})),
            (200, json!(url)),
            (400, json!({"message": format!("cannot fetch '{url}'")})),
        ] {
            let canned = Canned::json(status, &body).await;
            let client = canned.client_with(*vendor, &key);
            shown.push(format!("{client:?}"));
            let error = client.submit(&request).await.unwrap_err();
            shown.push(format!("{error} {error:?} {}", error.message()));
            let id = crate::cases::task(*vendor, "t");
            if let Err(error) = client.get(&id).await {
                shown.push(format!("{error} {error:?}"));
            }
        }

        let body = json!({
            "id": "t", "status": "completed", "url": url, "video_url": url, "last_frame_url": url,
            "content": {"video_url": url, "last_frame_url": url}, "result": {"data": [{"url": url, "thumbnail": url}]},
            "unsigned_urls": [url], "output": url, "video": {"url": url},
        });
        let canned = Canned::json(200, &body).await;
        let client = canned.client_with(*vendor, &key);
        let id = crate::cases::task(*vendor, "t");
        let task = client.get(&id).await.unwrap();
        assert_eq!(task.video.as_ref().unwrap().url.expose(), url);
        shown.push(format!("{task:?}"));
        // That host does not exist; the error is about the signed URL.
        let refused = json!({"id": "t", "status": "completed", "url": format!("http://files.example.com/{CANARY}"),
            "video_url": format!("http://files.example.com/{CANARY}"),
            "content": {"video_url": format!("http://files.example.com/{CANARY}")},
            "unsigned_urls": [format!("http://files.example.com/{CANARY}")],
            "output": format!("http://files.example.com/{CANARY}"),
            "video": {"url": format!("http://files.example.com/{CANARY}")}});
        let canned = Canned::json(200, &refused).await;
        let task = canned.client(*vendor).get(&id).await.unwrap();
        let error = canned.client(*vendor).download(&task, "never.mp4").await.unwrap_err();
        shown.push(format!("{error} {error:?}"));

        let failed =
            json!({"id": "t", "status": "failed", "error": {"code": "x", "message": format!("bad input {url}")}});
        let canned = Canned::json(200, &failed).await;
        let task = canned.client(*vendor).get(&id).await.unwrap();
        let error = canned.client(*vendor).download(&task, "never.mp4").await.unwrap_err();
        shown.push(format!("{task:?} {error} {error:?} {}", task.error.as_ref().unwrap()));

        let refusal = VideoRequest::new(vendor.default_model(), "x")
            .callback_url(format!("ftp://hooks.example.com/{CANARY}"))
            .input(Role::LastFrame, url.as_str());
        let error = client.submit(&refusal).await.unwrap_err();
        shown.push(format!("{error} {error:?} {:?}", error.violations()));

        for text in shown {
            assert!(!text.contains(CANARY), "{vendor}: {text}");
        }
    }
}

/// The file's host gets the presigned URL and no credentials.
#[tokio::test]
async fn the_key_is_not_sent_to_the_file_host() {
    let files = Canned::new(
        200,
        "Content-Type: video/mp4\r\n",
        b"\0\0\0\x08ftyp\0\0\0\x08moov\0\0\0\x08mdat",
    )
    .await;
    for vendor in Vendor::ALL {
        let url = format!("{}/v.mp4?sig=1", files.base_url);
        let api = Canned::json(
            200,
            &json!({"id": "t", "status": "completed", "url": url, "video_url": url, "content": {"video_url": url},
                "unsigned_urls": [url], "output": url, "video": {"url": url}}),
        )
        .await;
        let client = api.client(*vendor);
        let id = crate::cases::task(*vendor, "t");
        let task = client.get(&id).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        client.download(&task, folder.path().join("v.mp4")).await.unwrap();
    }
    for request in files.seen() {
        let request = request.to_ascii_lowercase();
        assert!(!request.contains("authorization") && !request.contains("sk-test") && !request.contains("referer"));
    }
}

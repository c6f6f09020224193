//! Uploads and assets: states, refusals, and the tasks that use them. Every answer is judged by the vendor's spec.

use std::time::Duration;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use videogen_sim::{Simulator, Vendor};

use super::support::{Answer, Api, KEY, create};

pub(super) const OTHER: &str = "sk-other";
pub(super) const PROCESSED: Duration = Duration::from_secs(10);
pub(super) const AVATARS: &str = "/v1/videos/doubao-seedance-2-0/private-avatar";

/// A simulator that knows no asset.
pub(super) async fn start() -> Api {
    Api::with(Simulator::builder().manual_clock()).await
}

pub(super) fn png() -> Vec<u8> {
    [b"\x89PNG\r\n\x1a\n".as_slice(), &[7; 600]].concat()
}

pub(super) fn mp4() -> Vec<u8> {
    [b"\0\0\0\x18ftypisom".as_slice(), &[7; 600]].concat()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Api {
    pub(super) async fn form(
        &self,
        key: &str,
        vendor: Vendor,
        path: &str,
        name: &str,
        file: Vec<u8>,
        texts: &[(&str, &str)],
    ) -> Answer {
        let mut form = Form::new();
        for (name, text) in texts {
            form = form.text((*name).to_owned(), (*text).to_owned());
        }
        let form = form.part("file", Part::bytes(file).file_name(name.to_owned()));
        self.send(self.http.post(self.url(vendor, path)).bearer_auth(key).multipart(form))
            .await
    }

    pub(super) async fn post_as(&self, key: &str, vendor: Vendor, path: &str, body: &Value) -> Answer {
        self.send(self.http.post(self.url(vendor, path)).bearer_auth(key).json(body))
            .await
    }

    /// The result of a portrait action.
    pub(super) async fn portrait(&self, action: &str, body: Value) -> Value {
        let path = format!("/portrait/?Action={action}&Version=2024-01-01");
        let answer = self.post(Vendor::AllToken, &path, &body).await;
        answer.fits(Vendor::AllToken, "call_portrait", 200).body
    }

    /// What the last task used.
    pub(super) fn used(&self) -> Vec<(String, Option<String>)> {
        let tasks = self.sim.tasks();
        let assets = &tasks.last().unwrap().assets;
        assets
            .iter()
            .map(|used| (used.id.clone(), used.sha256.clone()))
            .collect()
    }
}

pub(super) fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{pointer} in {value}"))
        .to_owned()
}

/// A request of the default model with a reference image.
fn with_image(vendor: Vendor, url: &str) -> Value {
    match vendor {
        Vendor::Token360 => json!({"model": "seedance-2.0", "prompt": "a fox", "input_references":
            [{"type": "image_url", "role": "reference", "image_url": {"url": url}}]}),
        Vendor::ToApis => json!({"model": "seedance-2", "prompt": "a fox",
            "image_with_roles": [{"url": url, "role": "reference_image"}]}),
        Vendor::AllToken => json!({"model": "seedance-2.0", "prompt": "a fox", "content":
            [{"type": "image_url", "image_url": {"url": url}, "role": "reference_image"}]}),
        _ => unreachable!("it has no assets of the API key"),
    }
}

#[tokio::test]
async fn toapis_serves_what_was_uploaded_and_its_tasks_name_it() {
    let api = start().await;
    let vendor = Vendor::ToApis;
    let answer = api
        .form(
            KEY,
            vendor,
            "/v1/uploads/images",
            "boat.png",
            png(),
            &[("purpose", "generation")],
        )
        .await;
    let answer = answer.fits(vendor, "upload_image", 200);
    assert_eq!(answer.body["data"]["mime_type"], "image/png");
    assert_eq!(answer.body["data"]["size"], png().len());
    let url = text(&answer.body, "/data/url");
    let served = api.http.get(&url).send().await.unwrap();
    assert_eq!(served.headers()["content-type"], "image/png");
    assert_eq!(served.bytes().await.unwrap(), png());
    let (path, operation, status) = create(vendor);
    api.post(vendor, path, &with_image(vendor, &url))
        .await
        .fits(vendor, operation, status);
    assert_eq!(api.used(), [(text(&answer.body, "/data/id"), Some(hex(&png())))]);

    let clip = api
        .form(KEY, vendor, "/v1/uploads/videos", "kite.mp4", mp4(), &[])
        .await;
    assert_eq!(
        clip.fits(vendor, "upload_video", 200).body["data"]["mime_type"],
        "video/mp4"
    );
    // The content decides, not the name.
    for (path, operation, file) in [
        ("/v1/uploads/images", "upload_image", mp4()),
        ("/v1/uploads/videos", "upload_video", png()),
        ("/v1/uploads/images", "upload_image", b"text".to_vec()),
        (
            "/v1/uploads/images",
            "upload_image",
            [png(), vec![0; 10 << 20]].concat(),
        ),
        (
            "/v1/uploads/videos",
            "upload_video",
            [mp4(), vec![0; 50 << 20]].concat(),
        ),
    ] {
        let refused = api
            .form(KEY, vendor, path, "a.png", file, &[])
            .await
            .fits(vendor, operation, 400);
        assert_eq!(refused.body["success"], false);
    }
    let none = Form::new().text("purpose", "generation");
    let request = api
        .http
        .post(api.url(vendor, "/v1/uploads/images"))
        .bearer_auth(KEY)
        .multipart(none);
    api.send(request).await.fits(vendor, "upload_image", 400);
    let json = api
        .post(vendor, "/v1/uploads/images", &json!({}))
        .await
        .fits(vendor, "upload_image", 400);
    assert!(
        text(&json.body, "/message").contains("multipart/form-data"),
        "{}",
        json.text
    );
    let keyless = api
        .http
        .post(api.url(vendor, "/v1/uploads/images"))
        .multipart(Form::new());
    api.send(keyless).await.fits(vendor, "upload_image", 401);
}

#[tokio::test]
async fn an_asset_is_usable_when_it_is_active_and_only_by_its_owner() {
    let api = start().await;
    let mut used = 0;
    let has_assets = |vendor: &Vendor| videogen::Vendor::from(*vendor).supports(videogen::facts::Operation::Asset);
    for vendor in Vendor::ALL.into_iter().filter(has_assets) {
        let (path, operation, status) = create(vendor);
        for (name, ends) in [("front", "active"), ("sim:asset-failed", "failed")] {
            let id = asset(&api, vendor, name).await;
            let refused = async |key: &str, id: &str, words: &str| {
                let answer = api
                    .post_as(key, vendor, path, &with_image(vendor, &format!("asset://{id}")))
                    .await;
                let answer = answer.fits(vendor, operation, 400);
                assert!(
                    text(&answer.body, "/error/message").contains(words),
                    "{vendor}: {}",
                    answer.text
                );
            };
            assert_eq!(asset_status(&api, vendor, &id).await, "processing", "{vendor}");
            refused(KEY, &id, "is not active: it is processing").await;
            api.sim.advance(PROCESSED);
            assert_eq!(asset_status(&api, vendor, &id).await, ends, "{vendor}");
            refused(OTHER, &id, "was not found").await;
            refused(KEY, "unknown", "was not found").await;
            if ends == "failed" {
                refused(KEY, &id, "is not active: it is failed").await;
            } else {
                let body = with_image(vendor, &format!("asset://{id}"));
                api.post(vendor, path, &body).await.fits(vendor, operation, status);
                assert_eq!(api.used(), [(id, Some(hex(&png())))], "{vendor}");
                used += 1;
            }
        }
    }
    // Nothing that was refused became a task.
    assert!(used > 2 && api.sim.stats().tasks == used);
}

/// Makes an asset from a picture.
pub(super) async fn asset(api: &Api, vendor: Vendor, name: &str) -> String {
    match vendor {
        Vendor::Token360 => {
            let group = api
                .post(
                    vendor,
                    "/v1/asset-groups",
                    &json!({"name": "people", "groupKind": "VIRTUAL_PORTRAIT"}),
                )
                .await;
            let group = text(
                &group.fits(vendor, "create_asset_group", 200).body,
                "/data/assetGroupId",
            );
            let texts = [("groupId", group.as_str()), ("name", name), ("model", "seedance-2.0")];
            let made = api.form(KEY, vendor, "/v1/assets", "a.png", png(), &texts).await;
            text(&made.fits(vendor, "upload_asset", 200).body, "/data/assetId")
        }
        Vendor::ToApis => {
            let group = api
                .post(vendor, &format!("{AVATARS}/groups"), &json!({"name": "people"}))
                .await;
            let group = text(&group.fits(vendor, "create_avatar_group", 200).body, "/data/group_id");
            let file = api.form(KEY, vendor, "/v1/uploads/images", "a.png", png(), &[]).await;
            let body =
                json!({"group_id": group, "asset_type": "image", "source_url": file.body["data"]["url"], "name": name});
            let made = api.post(vendor, &format!("{AVATARS}/assets"), &body).await;
            text(&made.fits(vendor, "create_avatar_asset", 200).body, "/data/asset_id")
        }
        Vendor::AllToken => {
            let group = api
                .portrait("CreateAssetGroup", json!({"GroupType": "AIGC", "Name": "people"}))
                .await;
            let group = text(&group, "/Result/Id");
            let made = api
                .form(
                    KEY,
                    vendor,
                    "/portrait/upload",
                    "a.png",
                    png(),
                    &[("GroupId", &group), ("Name", name)],
                )
                .await;
            text(&made.fits(vendor, "upload_portrait", 200).body, "/Result/Id")
        }
        _ => unreachable!("it has no assets of the API key"),
    }
}

async fn asset_status(api: &Api, vendor: Vendor, id: &str) -> String {
    match vendor {
        Vendor::Token360 => {
            let answer = api.get(vendor, &format!("/v1/assets/{id}")).await;
            text(&answer.fits(vendor, "get_asset", 200).body, "/data/status")
        }
        Vendor::ToApis => {
            let answer = api.get(vendor, &format!("{AVATARS}/assets/{id}")).await;
            text(&answer.fits(vendor, "get_avatar_asset", 200).body, "/data/status")
        }
        Vendor::AllToken => text(&api.portrait("GetAsset", json!({"Id": id})).await, "/Result/Status").to_lowercase(),
        _ => unreachable!("it has no assets of the API key"),
    }
}

/// Reserves an upload of `file`, and returns the answer.
async fn presign(api: &Api, purpose: &str, content_type: &str, file: &[u8], md5: &str) -> Answer {
    let body = json!({"purpose": purpose, "content_type": content_type, "content_length": file.len(),
        "content_md5": md5, "checksum_sha256": hex(file)});
    api.post(Vendor::AllToken, "/uploads/presign", &body).await
}

/// The MD5 of "hello" in base64.
const HELLO: &str = "XUFAKrxLKna5cZ2REBfFkg==";
/// The start of a PNG.
const TINY: &[u8] = b"\x89PNG\r\n\x1a\n";

#[tokio::test]
async fn alltoken_binds_an_upload_once_and_the_storage_takes_no_key() {
    let api = start().await;
    let vendor = Vendor::AllToken;
    let md5 = TINY_MD5.to_owned();
    let answer = presign(&api, "video_input_image", "image/png", TINY, &md5)
        .await
        .fits(vendor, "presign_upload", 200);
    let (url, id) = (text(&answer.body, "/upload_url"), text(&answer.body, "/upload_id"));
    assert_eq!(
        answer.body["required_headers"],
        json!({"Content-Type": "image/png", "Content-MD5": md5})
    );
    let put = async |headers: &[(&str, &str)], body: &[u8]| {
        let mut request = api.http.request(Method::PUT, &url).body(body.to_vec());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.send().await.unwrap().status()
    };
    let right = [("content-type", "image/png"), ("content-md5", md5.as_str())];
    let body = |id: &str, kind: &str, role: &str| {
        json!({"model": "seedance-2.0", "prompt": "a fox",
        "content": [{"type": kind, "upload_id": id, "role": role}]})
    };
    let (path, operation, status) = create(vendor);
    let refused = async |id: &str, kind: &str, role: &str, words: &str| {
        let answer = api
            .post(vendor, path, &body(id, kind, role))
            .await
            .fits(vendor, operation, 400);
        assert_eq!(answer.body["error"]["code"], "invalid_request");
        assert!(text(&answer.body, "/error/message").contains(words), "{}", answer.text);
    };
    refused("upl_unknown", "image", "reference_image", "was not found").await;
    refused(&id, "image", "reference_image", "was not received").await;
    // Refused by the storage, and a key is counted.
    let leaked = [right[0], right[1], ("authorization", "Bearer sk-test")];
    assert_eq!(put(&leaked, TINY).await, StatusCode::BAD_REQUEST);
    assert_eq!(api.sim.stats().leaked_keys, 1);
    assert_eq!(put(&[("content-type", "image/png")], TINY).await, StatusCode::FORBIDDEN);
    assert_eq!(
        put(&[("content-type", "image/jpeg"), right[1]], TINY).await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(put(&right, b"another file").await, StatusCode::BAD_REQUEST);
    refused(&id, "image", "reference_image", "was not received").await;
    assert_eq!(put(&right, TINY).await, StatusCode::OK);
    assert_eq!(api.sim.stats().leaked_keys, 1);
    refused(&id, "video", "reference_video", "purpose").await;
    api.post(vendor, path, &body(&id, "image", "reference_image"))
        .await
        .fits(vendor, operation, status);
    assert_eq!(api.used(), [(id.clone(), Some(hex(TINY)))]);
    refused(&id, "image", "reference_image", "can be used once").await;

    // The address, then the id expire.
    let late = presign(&api, "video_input_image", "image/png", TINY, &md5).await.body;
    let early = presign(&api, "video_input_image", "image/png", TINY, &md5).await.body;
    let send = async |answer: &Value| {
        let request = api.http.put(text(answer, "/upload_url")).body(TINY.to_vec());
        let request = right
            .iter()
            .fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.unwrap().status()
    };
    assert_eq!(send(&early).await, StatusCode::OK);
    api.sim.advance(Duration::from_secs(300));
    assert_eq!(send(&late).await, StatusCode::FORBIDDEN);
    api.sim.advance(Duration::from_secs(3300));
    refused(&text(&early, "/upload_id"), "image", "reference_image", "has expired").await;

    // What is announced is checked at once.
    for (purpose, content_type, md5) in [
        ("video_input_video", "image/png", md5.as_str()),
        ("video_input_image", "image/gif", md5.as_str()),
        ("video_input_image", "image/png", "short"),
        ("portrait", "image/png", HELLO),
    ] {
        let answer = presign(&api, purpose, content_type, TINY, md5)
            .await
            .fits(vendor, "presign_upload", 400);
        assert_eq!(answer.body["error"]["code"], "invalid_request");
    }
    let large = json!({"purpose": "video_input_image", "content_type": "image/png", "content_length": 31_457_281,
        "content_md5": HELLO, "checksum_sha256": hex(b"")});
    api.post(vendor, "/uploads/presign", &large)
        .await
        .fits(vendor, "presign_upload", 400);
}

/// `printf '\x89PNG\r\n\x1a\n' | openssl md5 -binary | base64`
const TINY_MD5: &str = "6d0nlwGMrXkYbgPoxa7I3A==";

/// Up to the documented limits, whatever the size of other requests may be.
#[tokio::test]
async fn a_form_takes_a_file_as_large_as_documented() {
    let api = start().await;
    let vendor = Vendor::ToApis;
    for (bytes, status) in [(52_428_800, 200), (52_428_801, 400)] {
        let mut clip = mp4();
        clip.resize(bytes, 7);
        let answer = api.form(KEY, vendor, "/v1/uploads/videos", "kite.mp4", clip, &[]).await;
        let answer = answer.fits(vendor, "upload_video", status);
        match status {
            200 => assert_eq!(answer.body["data"]["size"], bytes),
            _ => assert!(
                text(&answer.body, "/message").contains("at most 50MB"),
                "{}",
                answer.text
            ),
        }
    }
}

//! A server with the uploads, assets and submissions of the three vendors, which records every request.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::sync::Notify;
use videogen::{Client, ClientBuilder, RetryPolicy, Vendor};
use videogen_journal::SqliteJournal;

use super::cut::Cutting;

/// One request.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// With its query.
    pub(crate) path: String,
    /// Whether it had the API key.
    pub(crate) signed: bool,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// How the server behaves.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Mood {
    /// Polls until an asset is active.
    pub(crate) polls: usize,
    /// Assets fail.
    pub(crate) fails: bool,
    /// Uploads are refused.
    pub(crate) refuses: bool,
    /// The first try of each upload fails.
    pub(crate) stumbles: bool,
    /// Links to uploads have a query.
    pub(crate) signs: bool,
    /// Uploads expire at once by the clock of this machine, but not by the server's, which is an hour behind.
    pub(crate) expires: bool,
    /// Uploads have expired, as their answer states.
    pub(crate) expired: bool,
    /// The link to every upload, in place of one to this server.
    pub(crate) link: Option<&'static str>,
    /// Links to uploads name a host that refuses connections.
    pub(crate) unreachable: bool,
    /// The vendor announces a small limit of uploads.
    pub(crate) narrow: bool,
    /// Submissions are never answered.
    pub(crate) hangs: bool,
    /// Uploads are never answered.
    pub(crate) stalls: bool,
}

#[derive(Default)]
struct Inner {
    mood: Mood,
    seen: Vec<Seen>,
    /// Polls so far of each asset that exists.
    assets: HashMap<String, usize>,
    files: Vec<String>,
    groups: Vec<String>,
    count: usize,
    stumbled: bool,
}

pub(crate) struct Server {
    pub(crate) base_url: String,
    inner: Arc<Mutex<Inner>>,
    /// A submission has arrived.
    pub(crate) submitted: Arc<Notify>,
    /// An upload has arrived.
    pub(crate) uploading: Arc<Notify>,
    /// Connections that are still to break.
    cuts: Arc<AtomicUsize>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

type Shared = (Arc<Mutex<Inner>>, [Arc<Notify>; 2], String);

impl Server {
    pub(crate) async fn new(mood: Mood) -> Self {
        Self::cutting(mood, 0).await
    }

    /// A server whose first connections with a large request break in its middle.
    pub(crate) async fn cutting(mood: Mood, cuts: usize) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let inner = Arc::new(Mutex::new(Inner {
            mood,
            ..Inner::default()
        }));
        let [submitted, uploading] = [Arc::new(Notify::new()), Arc::new(Notify::new())];
        let arrived = [Arc::clone(&submitted), Arc::clone(&uploading)];
        let shared: Shared = (Arc::clone(&inner), arrived, base_url.clone());
        let router = Router::new().fallback(answer).with_state(shared);
        let cuts = Arc::new(AtomicUsize::new(cuts));
        let listener = Cutting {
            listener,
            cuts: Arc::clone(&cuts),
        };
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            base_url,
            inner,
            submitted,
            uploading,
            cuts,
            task,
        }
    }

    pub(crate) fn cuts_left(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }

    pub(crate) fn builder(&self, vendor: Vendor) -> ClientBuilder {
        Client::builder(vendor)
            .key("sk-canary".to_owned())
            .base_url(&self.base_url)
            .retry(RetryPolicy::default().base_delay(std::time::Duration::ZERO))
            .time_scale(1000.0)
    }

    pub(crate) fn client(&self, vendor: Vendor, journal: Option<&Arc<SqliteJournal>>) -> Client {
        let builder = self.builder(vendor);
        let builder = match journal {
            Some(journal) => builder.journal(Arc::clone(journal)),
            None => builder,
        };
        builder.build().unwrap()
    }

    /// Forgets all assets and files, as a vendor may.
    pub(crate) fn forget(&self) {
        let mut inner = self.inner.lock().unwrap();
        inner.assets.clear();
        inner.files.clear();
    }

    pub(crate) fn set(&self, mood: Mood) {
        self.inner.lock().unwrap().mood = mood;
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.inner.lock().unwrap().seen.clone()
    }

    /// The requests that uploaded a file.
    pub(crate) fn uploads(&self) -> Vec<Seen> {
        let seen = self.seen().into_iter();
        seen.filter(|seen| is_upload(&seen.method, &seen.path)).collect()
    }

    /// The number of groups of assets that were created.
    pub(crate) fn groups(&self) -> usize {
        self.inner.lock().unwrap().groups.len()
    }

    /// The bodies of the submissions.
    pub(crate) fn submissions(&self) -> Vec<Value> {
        let seen = self.seen().into_iter();
        seen.filter(|seen| is_submission(&seen.method, &seen.path))
            .map(|seen| seen.json())
            .collect()
    }
}

fn is_submission(method: &str, path: &str) -> bool {
    let paths = [
        "/v1/videos",
        "/v1/videos/generations",
        "/videos/generations",
        "/predictions",
    ];
    // Where the path is the model.
    let names_model = ["/bytedance/", "/fal-ai/"].iter().any(|start| path.starts_with(start));
    method == "POST" && (paths.contains(&path) || names_model)
}

fn is_upload(method: &str, path: &str) -> bool {
    let posted = [
        "/v1/uploads/images",
        "/v1/uploads/videos",
        "/v1/assets",
        "/portrait/upload",
        "/files",
    ];
    (method == "POST" && posted.contains(&path)) || (method == "PUT" && path.starts_with("/storage/"))
}

async fn answer(State((inner, [submitted, uploading], base_url)): State<Shared>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let text = |value: &header::HeaderValue| value.to_str().unwrap().to_owned();
    let headers: HashMap<_, _> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), text(value)))
        .collect();
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let seen = Seen {
        method: head.method.to_string(),
        path: head.uri.to_string(),
        signed: headers.contains_key("authorization"),
        headers,
        body: body.to_vec(),
    };
    inner.lock().unwrap().seen.push(seen.clone());
    if is_upload(&seen.method, &seen.path) {
        uploading.notify_one();
        if inner.lock().unwrap().mood.stalls {
            std::future::pending::<()>().await;
        }
    }
    if is_submission(&seen.method, &seen.path) {
        submitted.notify_one();
        if inner.lock().unwrap().mood.hangs {
            std::future::pending::<()>().await;
        }
        let id = format!("task-{}", seen.body.len());
        return Json(json!({"id": id, "request_id": id, "status": "queued"})).into_response();
    }
    let mut inner = inner.lock().unwrap();
    let (status, body) = inner.answer(&seen, &base_url);
    let behind = chrono::TimeDelta::hours(i64::from(inner.mood.expires));
    let date = (chrono::Utc::now() - behind).format("%a, %d %b %Y %H:%M:%S GMT");
    let headers = [(header::DATE, date.to_string())];
    (StatusCode::from_u16(status).unwrap(), headers, Json(body)).into_response()
}

impl Inner {
    fn answer(&mut self, seen: &Seen, base_url: &str) -> (u16, Value) {
        let (path, query) = seen.path.split_once('?').unwrap_or((&seen.path, ""));
        if is_upload(&seen.method, path) && self.mood.refuses {
            return (
                400,
                json!({"success": false, "message": "the picture has a logo", "error": {"message": "the picture has a logo"}}),
            );
        }
        if is_upload(&seen.method, path) && self.mood.stumbles && !std::mem::replace(&mut self.stumbled, true) {
            return (503, json!({"message": "busy"}));
        }
        match (seen.method.as_str(), path) {
            (_, "/v1/uploads/images" | "/v1/uploads/videos") | ("POST", "/files") => {
                self.count += 1;
                let sign = if self.mood.signs { "?sig=canary" } else { "" };
                let link = format!("/files/{}{sign}", self.count);
                self.files.push(link.clone());
                let base_url = if self.mood.unreachable {
                    "http://127.0.0.1:1"
                } else {
                    base_url
                };
                let url = self
                    .mood
                    .link
                    .map_or_else(|| format!("{base_url}{link}"), str::to_owned);
                let half_an_hour_ago = (chrono::Utc::now() - chrono::TimeDelta::minutes(30)).to_rfc3339();
                let end = match self.mood {
                    Mood { expired: true, .. } => "2020-01-01T00:00:00Z",
                    Mood { expires: true, .. } => half_an_hour_ago.as_str(),
                    _ => "2099-01-01T00:00:00Z",
                };
                (
                    200,
                    json!({"success": true, "message": "", "data": {"id": "upload_1", "url": url}, "urls": {"get": url},
                        "expires_at": end}),
                )
            }
            ("HEAD", link) if link.starts_with("/files/") => match self.files.contains(&seen.path) {
                true => (200, Value::Null),
                false => (404, Value::Null),
            },
            ("POST", "/v1/videos/doubao-seedance-2-0/private-avatar/groups") => {
                self.groups.push("pg_1".to_owned());
                (
                    200,
                    json!({"success": true, "data": {"group_id": "pg_1", "name": "videogen"}}),
                )
            }
            ("POST", "/v1/videos/doubao-seedance-2-0/private-avatar/assets") => {
                (200, json!({"success": true, "data": self.avatar("pa")}))
            }
            ("GET", path) if path.contains("/private-avatar/assets/") => {
                self.polled(path, |asset| json!({"success": true, "data": asset}))
            }
            ("POST", "/v1/asset-groups") => {
                self.groups.push("ag_1".to_owned());
                (200, json!({"code": 0, "data": {"assetGroupId": "ag_1"}, "msg": "OK"}))
            }
            ("GET", "/v1/asset-groups") => {
                let groups: Vec<Value> = self
                    .groups
                    .iter()
                    .map(|id| json!({"groupId": id, "name": "videogen"}))
                    .collect();
                (200, json!({"code": 0, "data": {"list": groups}, "msg": "OK"}))
            }
            ("POST", "/v1/assets") => (200, json!({"code": 0, "data": self.avatar("ta"), "msg": "OK"})),
            ("GET", path) if path.starts_with("/v1/assets/") => {
                self.polled(path, |asset| json!({"code": 0, "data": asset, "msg": "OK"}))
            }
            ("POST", "/uploads/presign") => {
                self.count += 1;
                let asked = seen.json();
                let id = format!("upl_{}", self.count);
                (
                    200,
                    json!({
                        "upload_url": format!("{base_url}/storage/{id}?X-Amz-Signature=canary"), "method": "PUT", "upload_id": id,
                        "required_headers": {"Content-Type": asked["content_type"], "Content-MD5": asked["content_md5"]},
                        "expires_in": 300, "claim_expires_at": "2099-01-01T00:00:00Z", "max_content_length": if self.mood.narrow { 10 } else { 31_457_280 },
                    }),
                )
            }
            ("POST", "/storage/upload/initiate") => {
                self.count += 1;
                let sign = if self.mood.signs { "?sig=canary" } else { "" };
                let link = format!("/files/{}{sign}", self.count);
                self.files.push(link.clone());
                let host = if self.mood.unreachable {
                    "http://127.0.0.1:1"
                } else {
                    base_url
                };
                (
                    200,
                    json!({
                        "upload_url": format!("{base_url}/storage/{}?X-Amz-Signature=canary", self.count),
                        "file_url": self.mood.link.map_or_else(|| format!("{host}{link}"), str::to_owned),
                    }),
                )
            }
            ("PUT", path) if path.starts_with("/storage/") => (200, Value::Null),
            ("POST", "/portrait/upload") => {
                let asset = self.avatar("asset");
                (
                    200,
                    json!({"ResponseMetadata": {}, "Result": {"Id": asset["assetId"], "Status": "processing"}}),
                )
            }
            ("POST", "/portrait/") => self.portrait(query, &seen.json()),
            _ => (404, json!({"error": {"message": format!("no {} {path}", seen.method)}})),
        }
    }

    fn avatar(&mut self, kind: &str) -> Value {
        self.count += 1;
        let id = format!("{kind}_{}", self.count);
        self.assets.insert(id.clone(), 0);
        json!({"asset_id": id, "assetId": id, "asset_url": format!("asset://{id}"), "status": "processing"})
    }

    fn polled(&mut self, path: &str, wrap: impl Fn(Value) -> Value) -> (u16, Value) {
        let id = path.rsplit('/').next().unwrap();
        match self.status(id) {
            Some(status) => {
                let reason = "the face was refused by moderation";
                (
                    200,
                    wrap(json!({"asset_id": id, "assetId": id, "status": status, "reason": reason})),
                )
            }
            None => (404, json!({"error": {"message": "no such asset"}})),
        }
    }

    fn status(&mut self, id: &str) -> Option<&'static str> {
        let Mood { polls, fails, .. } = self.mood;
        let polled = self.assets.get_mut(id)?;
        *polled += 1;
        Some(match (*polled > polls, fails) {
            (false, _) => "processing",
            (true, true) => "failed",
            (true, false) => "active",
        })
    }

    fn portrait(&mut self, query: &str, body: &Value) -> (u16, Value) {
        let refused = |code: &str, message: &str| {
            (
                200,
                json!({"ResponseMetadata": {"Error": {"Code": code, "Message": message}}}),
            )
        };
        let result = |result: Value| {
            (
                200,
                json!({"ResponseMetadata": {"Version": "2024-01-01"}, "Result": result}),
            )
        };
        assert!(query.contains("Version=2024-01-01"), "{query}");
        let action = query.split('&').find_map(|part| part.strip_prefix("Action=")).unwrap();
        let id = body["Id"].as_str().unwrap_or_default();
        match action {
            "CreateAssetGroup" => {
                self.groups.push("group-1".to_owned());
                result(json!({"Id": "group-1"}))
            }
            "ListAssetGroups" => {
                let groups: Vec<Value> = self
                    .groups
                    .iter()
                    .map(|id| json!({"Id": id, "Name": "videogen", "GroupType": "AIGC"}))
                    .collect();
                result(json!({"Items": groups, "TotalCount": groups.len()}))
            }
            "ListAssets" => {
                let assets: Vec<Value> = self
                    .assets
                    .keys()
                    .map(|id| json!({"Id": id, "Status": "Active"}))
                    .collect();
                result(json!({"Items": assets, "TotalCount": assets.len()}))
            }
            "GetAsset" => match self.status(id) {
                Some(status) => result(
                    json!({"Id": id, "UpstreamStatus": status, "FailedReason": "the face was refused by moderation"}),
                ),
                None => refused("NotFound", "no such asset"),
            },
            "DeleteAsset" => match self.assets.remove(id) {
                Some(_) => result(Value::Null),
                None => refused("NotFound", "no such asset"),
            },
            "CreateVisualValidateSession" => {
                result(json!({"BytedToken": "token-canary", "H5Link": "https://verify.example/h5?t=canary"}))
            }
            "GetVisualValidateResult" => result(json!({"GroupId": "group-person"})),
            _ => refused("InvalidParameter", action),
        }
    }
}

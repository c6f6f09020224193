//! A scripted vendor that records the times of its requests.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;
use videogen::{Client, RetryPolicy, TaskId, Vendor};

/// What it answers.
pub(crate) enum Reply {
    Json(Value),
    Status(u16, &'static str),
    HangUp,
}

type Script = dyn Fn(Duration, &str) -> Reply + Send + Sync;

/// A running vendor; it stops when dropped.
pub(crate) struct Stub {
    base_url: String,
    shared: Arc<Shared>,
    server: tokio::task::JoinHandle<()>,
}

struct Shared {
    start: Instant,
    script: Box<Script>,
    seen: Mutex<Vec<(Duration, String)>>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stub {
    /// `script` gets the time since the start and the path with its query.
    pub(crate) async fn new(script: impl Fn(Duration, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            start: Instant::now(),
            script: Box::new(script),
            seen: Mutex::default(),
        });
        let server = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                let mut connections = tokio::task::JoinSet::new();
                while let Ok((socket, _)) = listener.accept().await {
                    connections.spawn(serve(socket, Arc::clone(&shared)));
                }
            }
        });
        Self {
            base_url,
            shared,
            server,
        }
    }

    pub(crate) fn client(&self, vendor: Vendor) -> Client {
        Client::builder(vendor)
            .retry(RetryPolicy::never())
            .key("sk-test".to_owned())
            .base_url(&self.base_url)
            .build()
            .unwrap()
    }

    /// Time since its start.
    pub(crate) fn age(&self) -> Duration {
        self.shared.start.elapsed()
    }

    /// Times and paths of the requests so far.
    pub(crate) fn seen(&self) -> Vec<(Duration, String)> {
        self.shared.seen.lock().unwrap().clone()
    }
}

async fn serve(mut socket: TcpStream, shared: Arc<Shared>) -> Option<()> {
    socket.set_nodelay(true).ok()?;
    let mut bytes = Vec::new();
    loop {
        while !bytes.ends_with(b"\r\n\r\n") {
            if socket.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }
        let path = String::from_utf8_lossy(&bytes).split(' ').nth(1)?.to_owned();
        bytes.clear();
        let at = shared.start.elapsed();
        shared.seen.lock().unwrap().push((at, path.clone()));
        let (status, headers, body) = match (shared.script)(at, &path) {
            Reply::Json(body) => (200, "", body.to_string()),
            Reply::Status(status, headers) => (status, headers, "{}".to_owned()),
            Reply::HangUp => return None,
        };
        let answer = format!(
            "HTTP/1.1 {status} Stub\r\nContent-Type: application/json\r\nContent-Length: {}\r\n{headers}\r\n{body}",
            body.len()
        );
        socket.write_all(answer.as_bytes()).await.ok()?;
    }
}

/// Task number `number` of a vendor.
pub(crate) fn id(vendor: Vendor, number: usize) -> TaskId {
    crate::cases::task(vendor, &format!("t-{number}"))
}

/// The number of the task in a path.
pub(crate) fn number(path: &str) -> usize {
    let id = path.rsplit_once("/t-").unwrap().1;
    id.split('/').next().unwrap().parse().unwrap()
}

/// A task in all vendors' formats at once; each parser reads its own.
pub(crate) fn body(number: usize, done: bool) -> Value {
    let url = "https://files.example/clip.mp4";
    let mut body =
        json!({"id": format!("t-{number}"), "model": "m", "status": if done { "completed" } else { "processing" }});
    if done {
        body["url"] = url.into();
        body["video_url"] = url.into();
        body["output"] = url.into();
        body["content"] = serde_json::json!({"video_url": url});
        body["unsigned_urls"] = serde_json::json!([url]);
        body["video"] = serde_json::json!({"url": url});
        body["result"] = json!({"type": "video", "data": [{"url": url, "format": "mp4"}]});
    }
    body
}

/// Serves `tasks` tasks, each done after its time, one by one and by list.
pub(crate) fn answer(at: Duration, path: &str, tasks: usize, done: impl Fn(usize) -> Duration) -> Reply {
    let Some((_, query)) = path.split_once('?') else {
        let number = number(path);
        return Reply::Json(body(number, done(number) <= at));
    };
    assert!(query.contains("limit=100"), "{query}");
    let after = query.split('&').find_map(|pair| pair.strip_prefix("after=t-"));
    let end = after.map_or(tasks, |after| after.parse().unwrap());
    let start = end.saturating_sub(100);
    // Items of a list lack the result.
    let items: Vec<Value> = (start..end)
        .rev()
        .map(|number| json!({"id": format!("t-{number}"), "status": body(number, done(number) <= at)["status"]}))
        .collect();
    Reply::Json(
        json!({"object": "list", "data": items, "items": items, "total": tasks, "has_more": start > 0,
        "first_id": format!("t-{}", end.max(1) - 1), "last_id": format!("t-{start}")}),
    )
}

/// Polls a future at most `times` times, then drops it.
pub(crate) async fn polled<F: Future>(future: F, times: usize) -> Option<F::Output> {
    let (mut future, mut left) = (pin!(future), times);
    poll_fn(|context| {
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(value) => Poll::Ready(Some(value)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Most requests in any window of `per` seconds.
pub(crate) fn most(seen: &[(Duration, String)], per: u64) -> usize {
    let per = Duration::from_secs(per);
    let after = |from: usize| {
        seen[from..]
            .iter()
            .take_while(|(at, _)| *at < seen[from].0 + per)
            .count()
    };
    (0..seen.len()).map(after).max().unwrap_or(0)
}

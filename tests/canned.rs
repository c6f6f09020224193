//! A server with fixed responses, byte for byte.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use videogen::{Client, Vendor};

/// A running server; it stops when dropped.
pub(crate) struct Canned {
    pub(crate) base_url: String,
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Canned {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Canned {
    /// Answers with `status`, `headers` (each ending in CRLF) and `body`.
    pub(crate) async fn new(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let head = format!(
            "HTTP/1.1 {status} Canned\r\nContent-Length: {}\r\nConnection: close\r\n{headers}\r\n",
            body.len()
        );
        Self::raw([head.as_bytes(), body].concat()).await
    }

    /// Answers with JSON.
    pub(crate) async fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "Content-Type: application/json\r\n", body.to_string()).await
    }

    /// Answers with JSON, in which the links that begin with `base` lead to this server.
    pub(crate) async fn linking(status: u16, body: &serde_json::Value, base: &'static str) -> Self {
        let body = body.to_string();
        Self::answering(move |request| {
            let mut lines = request.lines();
            let host = lines.find_map(|line| line.strip_prefix("host: ")).unwrap_or_default();
            let body = body.replace(base, &format!("http://{host}"));
            let length = body.len();
            format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                .into_bytes()
        })
        .await
    }

    /// Responds with these bytes, then closes.
    pub(crate) async fn raw(answer: Vec<u8>) -> Self {
        Self::answering(move |_| answer.clone()).await
    }

    /// Responds to submissions with one status and body, and to all other requests with another.
    pub(crate) async fn submitted_and_read(submitted: (u16, &str), read: (u16, &str)) -> Self {
        let answer = |(status, body): (u16, &str)| {
            let length = body.len();
            format!("HTTP/1.1 {status} Canned\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                .into_bytes()
        };
        let (submitted, read) = (answer(submitted), answer(read));
        Self::answering(move |request| match request.starts_with("POST") {
            true => submitted.clone(),
            false => read.clone(),
        })
        .await
    }

    /// Responds to each request with the bytes that `answer` gives for it.
    pub(crate) async fn answering(answer: impl Fn(&str) -> Vec<u8> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        let task = tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let request = read_request(&mut socket).await;
                let answer = answer(&request);
                log.lock().unwrap().push(request);
                // The client may close first.
                let _ = socket.write_all(&answer).await;
                let _ = socket.shutdown().await;
            }
        });
        Self { base_url, seen, task }
    }

    /// A client of `vendor` for this server, without retries.
    pub(crate) fn client(&self, vendor: Vendor) -> Client {
        self.client_with(vendor, "sk-test")
    }

    /// The same with another key.
    pub(crate) fn client_with(&self, vendor: Vendor, key: &str) -> Client {
        Client::builder(vendor)
            .retry(videogen::RetryPolicy::never())
            .key(key.to_owned())
            .base_url(&self.base_url)
            .build()
            .unwrap()
    }

    /// The requests so far, head and body.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

async fn read_request(socket: &mut tokio::net::TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            if body.len() >= length {
                return text;
            }
        }
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return text,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
}

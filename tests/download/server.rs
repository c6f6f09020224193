//! A scripted file host on raw sockets, byte for byte.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) text: String,
    pub(crate) path: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.text.lines().find_map(|line| {
            let (found, value) = line.split_once(": ")?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// Start of the requested range.
    pub(crate) fn from(&self) -> Option<usize> {
        let range = self.header("range")?.strip_prefix("bytes=")?.strip_suffix('-')?;
        Some(range.parse().unwrap())
    }
}

/// A response.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    head: Vec<String>,
    body: Vec<u8>,
    /// Number of bytes of the body to send.
    send: usize,
    hang: bool,
}

impl Reply {
    /// A status, with `headers`, a body and its length.
    pub(crate) fn new(status: u16, headers: &[&str], body: &[u8]) -> Self {
        let mut head = vec![
            format!("HTTP/1.1 {status} Canned"),
            format!("Content-Length: {}", body.len()),
        ];
        head.extend(headers.iter().map(|header| (*header).to_owned()));
        Self {
            head,
            body: body.to_vec(),
            send: body.len(),
            hang: false,
        }
    }

    pub(crate) fn json(body: &serde_json::Value) -> Self {
        Self::new(200, &["Content-Type: application/json"], body.to_string().as_bytes())
    }

    pub(crate) fn redirect(target: &str) -> Self {
        Self::new(302, &[&format!("Location: {target}")], b"")
    }

    /// Closes the connection after this many bytes of the body.
    pub(crate) fn cut(mut self, after: usize) -> Self {
        self.send = after.min(self.body.len());
        self
    }

    /// Sends this many bytes of the body, and then nothing more.
    pub(crate) fn hang(mut self, after: usize) -> Self {
        self.hang = true;
        self.cut(after)
    }

    /// Replaces a header, or removes it if the value is empty.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.head
            .retain(|line| !line.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
        if !value.is_empty() {
            self.head.push(format!("{name}: {value}"));
        }
        self
    }

    /// Replaces the body.
    pub(crate) fn map(mut self, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> Self {
        self.body = change(self.body);
        self
    }

    /// Sends the body as one chunk, without a length.
    pub(crate) fn chunked(self) -> Self {
        let mut body = format!("{:x}\r\n", self.body.len()).into_bytes();
        body.extend(&self.body);
        body.extend(b"\r\n0\r\n\r\n");
        let reply = Self {
            send: body.len(),
            body,
            ..self
        };
        reply.with("Content-Length", "").with("Transfer-Encoding", "chunked")
    }
}

/// A well-behaved host: ranges, `If-Range`, a validator.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) validators: Vec<(&'static str, &'static str)>,
}

impl File {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            validators: vec![("ETag", "\"one\"")],
        }
    }

    pub(crate) fn validators(mut self, validators: &[(&'static str, &'static str)]) -> Self {
        self.validators = validators.to_vec();
        self
    }

    pub(crate) fn answer(&self, request: &Request) -> Reply {
        let known = request
            .header("if-range")
            .is_none_or(|tag| self.validators.iter().any(|(_, value)| *value == tag));
        let total = self.bytes.len();
        let mut reply = match request.from().filter(|_| known) {
            Some(from) if from >= total => Reply::new(416, &[&format!("Content-Range: bytes */{total}")], b""),
            Some(from) => Reply::new(206, &[], &self.bytes[from..])
                .with("Content-Range", &format!("bytes {from}-{}/{total}", total - 1)),
            None => Reply::new(200, &[], &self.bytes),
        };
        for (name, value) in &self.validators {
            reply = reply.with(name, value);
        }
        reply.with("Content-Type", "video/mp4")
    }
}

/// A running server; it stops when dropped.
pub(crate) struct FileServer {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Request>>>,
    connections: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for FileServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl FileServer {
    /// Responds to request `n`, counted from 0, with `answer(n)`.
    pub(crate) async fn new(answer: impl Fn(usize, &Request) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (seen, connections) = (Arc::default(), Arc::default());
        let (log, count, answer) = (Arc::clone(&seen), Arc::clone(&connections), Arc::new(answer));
        let task = tokio::spawn(async move {
            let mut running = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                AtomicUsize::fetch_add(&count, 1, Ordering::SeqCst);
                running.spawn(serve(socket, Arc::clone(&log), Arc::clone(&answer)));
            }
        });
        Self {
            address,
            seen,
            connections,
            task,
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// One request per connection.
async fn serve(mut socket: TcpStream, log: Arc<Mutex<Vec<Request>>>, answer: Arc<impl Fn(usize, &Request) -> Reply>) {
    let mut bytes = Vec::new();
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let mut buffer = [0; 4096];
        match socket.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(read) => bytes.extend_from_slice(&buffer[..read]),
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default().to_owned();
    let request = Request { text, path };
    let reply = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        answer(log.len() - 1, &request)
    };
    let mut head = reply.head.join("\r\n");
    head.push_str("\r\nConnection: close\r\n\r\n");
    // The client may close first.
    let _ = socket.write_all(head.as_bytes()).await;
    let _ = socket.write_all(&reply.body[..reply.send]).await;
    if reply.hang {
        std::future::pending::<()>().await;
    }
    let _ = socket.shutdown().await;
}

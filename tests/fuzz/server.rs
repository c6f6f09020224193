//! A server that responds with any bytes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Responds to each request with the current answer, and closes the connection.
pub(super) struct Server {
    pub(super) base_url: String,
    pub(super) answer: Arc<Mutex<Vec<u8>>>,
    /// Number of POST requests.
    pub(super) posts: Arc<AtomicUsize>,
}

impl Server {
    pub(super) async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let (answer, posts) = (Arc::<Mutex<Vec<u8>>>::default(), Arc::<AtomicUsize>::default());
        let (to_send, counter) = (Arc::clone(&answer), Arc::clone(&posts));
        tokio::spawn(async move {
            while let Ok((mut socket, _)) = listener.accept().await {
                let mut request = Vec::new();
                // Unread bytes would reset the connection when the socket closes.
                while !is_whole(&request) && socket.read_buf(&mut request).await.is_ok_and(|read| read > 0) {}
                counter.fetch_add(usize::from(request.starts_with(b"POST ")), Ordering::SeqCst);
                let bytes = to_send.lock().unwrap().clone();
                let _ = socket.write_all(&bytes).await;
                let _ = socket.shutdown().await;
            }
        });
        Self {
            base_url,
            answer,
            posts,
        }
    }
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

//! The HTTP server for webhooks. Anyone may reach its address, so it limits the number of connections, and how long
//! each may take, so that polling and downloading have enough file descriptors.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Maximum number of open connections. One task's webhook needs one; systems allow a process 256 files or more.
const CONNECTIONS: usize = 32;
/// Timeout for the headers of a request. The router limits the time for its body.
const HEADERS: Duration = Duration::from_secs(5);
/// Maximum size of a request's headers, in bytes.
const HEAD: usize = 16 * 1024;

/// Serves until it is dropped, which closes all connections.
pub(crate) async fn serve(listener: TcpListener, router: Router) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        // Connections that are not accepted wait in the system's queue, without a file descriptor of this process.
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        while connections.try_join_next().is_some() {}
        let Ok((stream, _)) = listener.accept().await else {
            // The peer is gone, or file descriptors are exhausted; both are temporary.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEADERS)
            .max_buf_size(HEAD)
            .keep_alive(false)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
        connections.spawn(async move {
            // A broken connection is the caller's problem.
            let _ = connection.await;
            drop(slot);
        });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpStream;
    use tokio::time::Instant;

    use super::*;

    async fn start(router: Router) -> (SocketAddr, JoinSet<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut server = JoinSet::new();
        server.spawn(serve(listener, router));
        (address, server)
    }

    #[tokio::test(start_paused = true)]
    async fn headers_that_do_not_end_time_out() {
        let (address, _server) = start(Router::new()).await;
        // Silent from the beginning, silent in the middle, and a byte every second.
        for sent in ["", "POST / HTTP/1.1\r\nX-Slow: ", "byte by byte"] {
            let begin = Instant::now();
            let mut socket = TcpStream::connect(address).await.unwrap();
            if sent == "byte by byte" {
                let mut head = b"POST / HTTP/1.1\r\nX-Slow: ".iter().chain(std::iter::repeat(&b'a'));
                while begin.elapsed() < 2 * HEADERS {
                    let byte = [*head.next().unwrap()];
                    if socket.write_all(&byte).await.is_err() {
                        break;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
            } else {
                socket.write_all(sent.as_bytes()).await.unwrap();
            }
            let mut rest = Vec::new();
            let _ = socket.read_to_end(&mut rest).await;
            assert!(begin.elapsed() >= HEADERS && begin.elapsed() < 2 * HEADERS, "{sent}");
            assert!(!String::from_utf8_lossy(&rest).contains("200"), "{rest:?}");
        }
    }

    /// More callers than connections: the others wait, and each gets its response.
    #[tokio::test]
    async fn connections_have_a_limit() {
        let (open, most, gate) = (AtomicUsize::new(0), AtomicUsize::new(0), Semaphore::new(0));
        let state = Arc::new((open, most, gate));
        let shared = Arc::clone(&state);
        let router = Router::new().fallback(move || {
            let state = Arc::clone(&shared);
            async move {
                let (open, most, gate) = &*state;
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let _ = gate.acquire().await;
                open.fetch_sub(1, Ordering::SeqCst);
            }
        });
        let (address, _server) = start(router).await;
        let mut callers = JoinSet::new();
        for _ in 0..2 * CONNECTIONS {
            callers.spawn(async move {
                let mut socket = TcpStream::connect(address).await.unwrap();
                socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
                let mut answer = String::new();
                socket.read_to_string(&mut answer).await.unwrap();
                answer
            });
        }
        while state.0.load(Ordering::SeqCst) < CONNECTIONS {
            tokio::task::yield_now().await;
        }
        state.2.add_permits(2 * CONNECTIONS);
        while let Some(answer) = callers.join_next().await {
            assert!(answer.unwrap().starts_with("HTTP/1.1 200"));
        }
        assert_eq!(state.1.load(Ordering::SeqCst), CONNECTIONS);
    }
}

//! A proxy before the server, which cuts a connection in a chosen phase.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

/// When to cut a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// When the client sends this, which does not reach the server.
    Before(&'static [u8]),
    /// When the client sends this, which reaches the server; the answer does not reach the client.
    After(&'static [u8]),
}

/// The statement that ends a transaction, as it is sent.
pub(super) const COMMIT: &[u8] = b"COMMIT\0";

pub(super) struct Proxy {
    pub(super) port: u16,
    next: Arc<Mutex<Option<Cut>>>,
    cuts: Arc<AtomicUsize>,
}

impl Proxy {
    pub(super) async fn start(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (next, cuts) = (Arc::new(Mutex::new(None)), Arc::new(AtomicUsize::new(0)));
        let shared = (Arc::clone(&next), Arc::clone(&cuts));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let (next, cuts) = shared.clone();
                tokio::spawn(async move {
                    // A server that is down refuses the client too.
                    if let Ok(server) = TcpStream::connect(("127.0.0.1", server)).await {
                        pass(client, server, &next, &cuts).await;
                    }
                });
            }
        });
        Self { port, next, cuts }
    }

    /// Cuts the next connection that comes into the phase.
    pub(super) fn cut(&self, cut: Cut) {
        *self.next.lock().unwrap() = Some(cut);
    }

    /// How many connections were cut.
    pub(super) fn cuts(&self) -> usize {
        self.cuts.load(Ordering::SeqCst)
    }
}

async fn pass(client: TcpStream, server: TcpStream, next: &Mutex<Option<Cut>>, cuts: &AtomicUsize) {
    let (from_client, to_client) = client.into_split();
    let (mut from_server, to_server) = server.into_split();
    let answers = tokio::spawn(async move {
        let mut to_client = to_client;
        let _ = tokio::io::copy(&mut from_server, &mut to_client).await;
        (from_server, to_client)
    });
    let is_cut = requests(from_client, to_server, next, &answers).await;
    answers.abort();
    if is_cut {
        cuts.fetch_add(1, Ordering::SeqCst);
    }
}

/// Passes what the client sends. Returns whether the connection is to be cut.
async fn requests(
    mut from_client: OwnedReadHalf,
    mut to_server: OwnedWriteHalf,
    next: &Mutex<Option<Cut>>,
    answers: &tokio::task::JoinHandle<(OwnedReadHalf, OwnedWriteHalf)>,
) -> bool {
    let mut buffer = vec![0; 1 << 16];
    loop {
        let Ok(length @ 1..) = from_client.read(&mut buffer).await else {
            return false;
        };
        let sent = &buffer[..length];
        let has = |word: &[u8]| sent.windows(word.len()).any(|window| window == word);
        let cut = {
            let mut next = next.lock().unwrap();
            next.take_if(|cut| match cut {
                Cut::Before(word) | Cut::After(word) => has(word),
            })
        };
        match cut {
            Some(Cut::Before(_)) => return true,
            Some(Cut::After(_)) => {
                // No answer reaches the client, and the server sees the whole request.
                answers.abort();
                let _ = to_server.write_all(sent).await;
                let _ = to_server.shutdown().await;
                return true;
            }
            None => {
                if to_server.write_all(sent).await.is_err() {
                    return false;
                }
            }
        }
    }
}

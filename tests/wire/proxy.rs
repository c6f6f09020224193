//! A proxy that breaks connections.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use videogen::Vendor;
use videogen_sim::Simulator;

/// Where a connection breaks.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    /// After this many bytes of the request.
    Request(usize),
    /// After this many bytes of the response.
    Answer(usize),
}

/// How it breaks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum How {
    /// An orderly end.
    Fin,
    /// A reset.
    Reset,
    /// Nothing more, until the client gives up.
    Stall,
    /// Random bytes, then the end.
    Garbage,
    /// HTTP/2 frames that refuse a stream and the connection, which mean nothing to HTTP/1.1.
    Http2,
}

/// A proxy that breaks every connection as configured.
pub(super) struct Proxy {
    pub(super) base_url: String,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

struct Shared {
    way: Mutex<(Place, How)>,
    connections: AtomicUsize,
    delivered: Mutex<Vec<u8>>,
    broke: AtomicBool,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Proxy {
    pub(super) async fn new(simulator: &Simulator, vendor: Vendor) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = simulator.address();
        let base_url = simulator
            .base_url(crate::cases::simulated(vendor))
            .replace(&target.to_string(), &address.to_string());
        let shared = Arc::new(Shared {
            way: Mutex::new((Place::Request(0), How::Fin)),
            connections: AtomicUsize::new(0),
            delivered: Mutex::default(),
            broke: AtomicBool::new(false),
        });
        let ours = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                ours.connections.fetch_add(1, Ordering::SeqCst);
                let server = TcpStream::connect(target).await.unwrap();
                // Broken connections are expected here.
                let _ = carry(client, server, &ours).await;
            }
        });
        Self { base_url, shared, task }
    }

    pub(super) fn set(&self, place: Place, how: How) {
        *self.shared.way.lock().unwrap() = (place, how);
        self.shared.broke.store(false, Ordering::SeqCst);
    }

    /// Whether the last connection was broken; if not, it ended before.
    pub(super) fn broke(&self) -> bool {
        self.shared.broke.load(Ordering::SeqCst)
    }

    /// Number of connections since the last call.
    pub(super) fn take_connections(&self) -> usize {
        self.shared.connections.swap(0, Ordering::SeqCst)
    }

    /// Bytes that reached the client since the last call.
    pub(super) fn take_delivered(&self) -> String {
        let delivered = std::mem::take(&mut *self.shared.delivered.lock().unwrap());
        String::from_utf8_lossy(&delivered).into_owned()
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let (place, how) = *shared.way.lock().unwrap();
    let (mut to_server, mut to_client) = match place {
        Place::Request(bytes) => (bytes, usize::MAX),
        Place::Answer(bytes) => (usize::MAX, bytes),
    };
    let (mut up, mut down) = (vec![0; 4096], vec![0; 4096]);
    while to_server > 0 && to_client > 0 {
        tokio::select! {
            read = client.read(&mut up) => {
                let read = read?;
                let pass = read.min(to_server);
                server.write_all(&up[..pass]).await?;
                to_server -= pass;
                if read == 0 {
                    break;
                }
            }
            read = server.read(&mut down) => {
                let read = read?;
                let pass = read.min(to_client);
                client.write_all(&down[..pass]).await?;
                shared.delivered.lock().unwrap().extend(&down[..pass]);
                to_client -= pass;
                if read == 0 {
                    break;
                }
            }
        }
    }
    shared.broke.store(to_server == 0 || to_client == 0, Ordering::SeqCst);
    match how {
        How::Fin => client.shutdown().await,
        How::Reset => client.set_zero_linger(),
        How::Stall => {
            // The client closes after its timeout.
            while client.read(&mut up).await? > 0 {}
            Ok(())
        }
        How::Garbage => {
            client.write_all(b"\x00\xff]}garbage\r\n\r\n").await?;
            client.shutdown().await
        }
        How::Http2 => {
            // SETTINGS; RST_STREAM(1, REFUSED_STREAM); GOAWAY(last stream 0, NO_ERROR).
            client.write_all(b"\0\0\0\x04\0\0\0\0\0").await?;
            client.write_all(b"\0\0\x04\x03\0\0\0\0\x01\0\0\0\x07").await?;
            client.write_all(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\0").await?;
            client.shutdown().await
        }
    }
}

//! A listener whose connections break in the middle of a large request.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

/// Bytes after which a connection breaks.
const MIDDLE: usize = 300_000;

pub(crate) struct Cutting {
    pub(crate) listener: TcpListener,
    /// How many connections are still to break.
    pub(crate) cuts: Arc<AtomicUsize>,
}

impl Listener for Cutting {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (socket, from) = Listener::accept(&mut self.listener).await;
        let cuts = Arc::clone(&self.cuts);
        (
            Connection {
                socket,
                cuts,
                read: 0,
                is_broken: false,
            },
            from,
        )
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

pub(crate) struct Connection {
    socket: TcpStream,
    cuts: Arc<AtomicUsize>,
    read: usize,
    is_broken: bool,
}

impl AsyncRead for Connection {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.socket).poll_read(cx, buffer);
        self.read += buffer.filled().len() - before;
        let is_cut = || {
            let less = |cuts: usize| cuts.checked_sub(1);
            self.cuts.fetch_update(Ordering::SeqCst, Ordering::SeqCst, less).is_ok()
        };
        self.is_broken = self.is_broken || (self.read > MIDDLE && is_cut());
        match self.is_broken {
            true => Poll::Ready(Err(io::ErrorKind::ConnectionReset.into())),
            false => polled,
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.is_broken {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.socket).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

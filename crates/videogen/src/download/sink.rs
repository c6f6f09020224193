//! Destination of a download's bytes: a file, memory, or the reader of a stream.

use std::io::Cursor;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::answer::Version;
use super::media::Media;
use super::partial::Partial;
use crate::model::{Error, ErrorKind};

/// Receives the bytes of a file in order.
pub(super) enum Sink<'s, 'p> {
    File(&'s mut Partial<'p>),
    Memory(&'s mut Vec<u8>),
    Channel(&'s mut Channel),
}

/// Passes bytes on as they arrive. They cannot be discarded later.
pub(super) struct Channel {
    pub(super) sender: mpsc::Sender<Bytes>,
    pub(super) sent: u64,
}

impl Sink<'_, '_> {
    /// Number of bytes received so far.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::File(partial) => partial.length(),
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Channel(channel) => channel.sent,
        }
    }

    /// Version of the bytes so far, if another process received them.
    pub(super) fn version(&mut self) -> Version {
        match self {
            Self::File(partial) => partial.version(),
            Self::Memory(_) | Self::Channel(_) => Version::default(),
        }
    }

    /// Sets the version of the bytes that follow. There are none yet.
    pub(super) fn identify(&mut self, version: &Version) {
        if let Self::File(partial) = self {
            partial.identify(version);
        }
    }

    pub(super) async fn push(&mut self, chunk: Bytes) -> Result<(), Error> {
        match self {
            Self::File(partial) => partial.push(chunk).await,
            Self::Memory(bytes) => {
                bytes.extend_from_slice(&chunk);
                Ok(())
            }
            Self::Channel(channel) => {
                channel.sent += chunk.len() as u64;
                let closed = |_| Error::new(ErrorKind::Io, "the stream was dropped");
                channel.sender.send(chunk).await.map_err(closed)
            }
        }
    }

    pub(super) async fn flush(&mut self) -> Result<(), Error> {
        match self {
            Self::File(partial) => partial.flush().await,
            Self::Memory(_) | Self::Channel(_) => Ok(()),
        }
    }

    /// Discards all bytes.
    ///
    /// # Errors
    /// When some were already passed on.
    pub(super) async fn restart(&mut self) -> Result<(), Error> {
        match self {
            Self::File(partial) => partial.restart().await,
            Self::Memory(bytes) => {
                bytes.clear();
                Ok(())
            }
            Self::Channel(channel) if channel.sent == 0 => Ok(()),
            Self::Channel(channel) => {
                let message = format!(
                    "the file cannot be resumed after {} bytes that were already passed on; download it again",
                    channel.sent
                );
                Err(Error::new(ErrorKind::Transport, message))
            }
        }
    }

    /// The missing part of the file, if any. A stream is not checked: its bytes are not kept.
    pub(super) async fn flaw(&self, media: Media, is_end_known: bool) -> Result<Option<&'static str>, Error> {
        match self {
            Self::File(partial) => partial.flaw(media, is_end_known).await,
            Self::Memory(bytes) => media
                .flaw(&mut Cursor::new(bytes.as_slice()), is_end_known)
                .map_err(|error| Error::new(ErrorKind::Io, error.to_string())),
            Self::Channel(_) => Ok(None),
        }
    }
}

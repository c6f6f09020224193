//! Where the bytes of a download go: a file, memory, or whoever reads a stream.

use std::io::Cursor;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::media::Media;
use super::partial::Partial;
use crate::model::{Error, ErrorKind};

/// A place that takes the bytes of a file in order.
pub(super) enum Sink<'s, 'p> {
    File(&'s mut Partial<'p>),
    Memory(&'s mut Vec<u8>),
    Channel(&'s mut Channel),
}

/// Hands bytes on as they come. What was handed on cannot be taken back.
pub(super) struct Channel {
    pub(super) sender: mpsc::Sender<Bytes>,
    pub(super) sent: u64,
}

impl Sink<'_, '_> {
    /// Bytes taken so far.
    pub(super) fn length(&self) -> u64 {
        match self {
            Self::File(partial) => partial.length(),
            Self::Memory(bytes) => bytes.len() as u64,
            Self::Channel(channel) => channel.sent,
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

    /// Forgets all bytes.
    ///
    /// # Errors
    /// Where some were handed on already.
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

    /// What the file lacks, if anything. A stream is not walked through: its bytes are gone.
    pub(super) async fn flaw(&self, media: Media, is_end_known: bool) -> Result<Option<&'static str>, Error> {
        match self {
            Self::File(partial) => partial.flaw(media, is_end_known).await,
            Self::Memory(bytes) => media
                .flaw(Cursor::new(bytes.as_slice()), is_end_known)
                .map_err(|error| Error::new(ErrorKind::Io, error.to_string())),
            Self::Channel(_) => Ok(None),
        }
    }
}

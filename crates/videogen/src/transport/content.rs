//! The content of a local file: its digests, and its bytes as a stream.

use std::io::{self, Read};
use std::sync::{Arc, OnceLock};

#[cfg(feature = "md5")]
use base64::Engine as _;
#[cfg(feature = "md5")]
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_core::Stream;
use futures_util::stream;
#[cfg(feature = "md5")]
use md5::{Digest as _, Md5};
use ring::digest::{Context, SHA256};

use super::blocking::run;
use crate::model::mask::hex;
use crate::model::{Error, ErrorKind, LocalFile};
use crate::rules::media::{Probe, read_up_to};

/// Bytes read at once: a multiple of 3, so that their base64 forms can be joined.
const CHUNK: u64 = 192 * 1024;
const CHANGED: &str = "it changed while it was being read; try again when nothing changes it";

/// Called with the number of bytes sent so far.
pub(crate) type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// A local file that was read once. Each later read checks that it is still the same.
#[derive(Debug, Clone)]
pub(crate) struct Content {
    pub(crate) file: LocalFile,
    pub(crate) probe: Probe,
    /// In hexadecimal.
    pub(crate) sha256: String,
    /// In base64.
    #[cfg(feature = "md5")]
    pub(crate) md5: String,
    /// Why a stream of it broke off.
    failure: OnceLock<String>,
}

impl Content {
    /// Reads the file. On a blocking thread.
    ///
    /// # Errors
    /// `io` when it cannot be read, or changes.
    pub(crate) async fn of(file: &LocalFile, probe: Probe) -> Result<Arc<Self>, Error> {
        let file = file.clone();
        blocking(move || {
            let (mut sha256, mut length) = (Context::new(&SHA256), 0);
            #[cfg(feature = "md5")]
            let mut md5 = Md5::new();
            let read = each_chunk(&file, &mut |chunk| {
                sha256.update(chunk);
                #[cfg(feature = "md5")]
                md5.update(chunk);
                length += chunk.len() as u64;
                Ok(())
            });
            read.map_err(|reason| unreadable(&file, &reason))?;
            if length != probe.bytes {
                return Err(unreadable(&file, CHANGED));
            }
            Ok(Arc::new(Self {
                sha256: hex(sha256.finish().as_ref()),
                #[cfg(feature = "md5")]
                md5: STANDARD.encode(md5.finalize()),
                file,
                probe,
                failure: OnceLock::new(),
            }))
        })
        .await
    }

    /// Calls `write` with the bytes in chunks whose lengths are multiples of 3, except the last.
    ///
    /// # Errors
    /// When the file cannot be read, has changed, or `write` fails.
    pub(crate) fn each(&self, mut write: impl FnMut(&[u8]) -> io::Result<()>) -> Result<(), String> {
        let mut sha256 = Context::new(&SHA256);
        each_chunk(&self.file, &mut |chunk| {
            sha256.update(chunk);
            write(chunk)
        })?;
        match hex(sha256.finish().as_ref()) == self.sha256 {
            true => Ok(()),
            false => Err(CHANGED.to_owned()),
        }
    }

    /// Returns all bytes.
    ///
    /// # Errors
    /// `io` when it cannot be read, or has changed.
    pub(crate) async fn bytes(self: &Arc<Self>) -> Result<Vec<u8>, Error> {
        let content = Arc::clone(self);
        blocking(move || {
            let mut bytes = Vec::with_capacity(content.probe.bytes.try_into().unwrap_or_default());
            let read = content.each(|chunk| {
                bytes.extend_from_slice(chunk);
                Ok(())
            });
            read.map_err(|reason| unreadable(&content.file, &reason))?;
            Ok(bytes)
        })
        .await
    }

    /// Why it could not be sent, if a stream of it broke off.
    pub(crate) fn failure(&self) -> Option<Error> {
        Some(unreadable(&self.file, self.failure.get()?))
    }

    /// Returns the bytes as a stream. It fails before the last chunk if the file has changed, so that the request with it
    /// stays incomplete. `sent` is called with the number of bytes taken from the stream.
    pub(crate) fn stream(self: &Arc<Self>, sent: Progress) -> impl Stream<Item = io::Result<Bytes>> + Send + use<> {
        let content = Arc::clone(self);
        stream::try_unfold(None, move |reading: Option<Reading>| {
            let (content, sent) = (Arc::clone(&content), Arc::clone(&sent));
            let failing = Arc::clone(&content);
            async move {
                let total = content.probe.bytes;
                let read = run(move || match reading {
                    Some(reading) => reading.next(),
                    None => Reading::begin(content)?.next(),
                });
                let read = read.await?.inspect_err(|error| {
                    failing.failure.get_or_init(|| error.to_string());
                })?;
                if let Some((_, Some(reading))) = &read {
                    sent(total - reading.left);
                }
                Ok(read)
            }
        })
    }
}

/// A file while it is streamed.
struct Reading {
    content: Arc<Content>,
    reader: crate::model::Reader,
    sha256: Context,
    left: u64,
}

impl Reading {
    fn begin(content: Arc<Content>) -> io::Result<Self> {
        Ok(Self {
            reader: content.file.open().map_err(io::Error::other)?,
            sha256: Context::new(&SHA256),
            left: content.probe.bytes,
            content,
        })
    }

    fn next(mut self) -> io::Result<Option<(Bytes, Option<Self>)>> {
        if self.left == 0 {
            return Ok(None);
        }
        let mut chunk = Vec::new();
        read_up_to(&mut self.reader, CHUNK.min(self.left), &mut chunk)?;
        self.left -= chunk.len() as u64;
        self.sha256.update(&chunk);
        let is_last = self.left == 0;
        if chunk.is_empty() || (is_last && self.has_changed()?) {
            return Err(io::Error::other(CHANGED));
        }
        Ok(Some((chunk.into(), Some(self))))
    }

    /// Whether the file, read to the end, is another than before.
    fn has_changed(&mut self) -> io::Result<bool> {
        let has_grown = self.reader.read(&mut [0])? > 0;
        let is_same = hex(self.sha256.clone().finish().as_ref()) == self.content.sha256;
        Ok(has_grown || !is_same)
    }
}

/// Reads a file to its end.
fn each_chunk(file: &LocalFile, use_chunk: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> Result<(), String> {
    let mut reader = file.open()?;
    let mut chunk = Vec::new();
    loop {
        chunk.clear();
        let read = read_up_to(&mut reader, CHUNK, &mut chunk);
        read.map_err(|error| error.to_string())?;
        if chunk.is_empty() {
            return Ok(());
        }
        use_chunk(&chunk).map_err(|error| error.to_string())?;
    }
}

pub(crate) fn unreadable(file: &LocalFile, reason: &str) -> Error {
    let reason = match reason.starts_with("cannot read") {
        true => reason.to_owned(),
        false => format!("cannot read {file}: {reason}"),
    };
    Error::new(ErrorKind::Io, reason)
}

/// Runs `work` on a blocking thread.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let ending = |_| Error::new(ErrorKind::Io, "reading a file was aborted: the program is ending");
    run(work).await.map_err(ending)?
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use futures_util::TryStreamExt as _;

    use super::*;

    fn probe(bytes: u64) -> Probe {
        Probe {
            media_type: "image/png",
            bytes,
            size: None,
            seconds: None,
            fps: None,
            is_damaged: false,
        }
    }

    #[tokio::test]
    async fn digests_and_stream() {
        let bytes: Vec<u8> = (0..500_000_u32).map(|n| n as u8).collect();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, &bytes).unwrap();
        let content = Content::of(&path.as_path().into(), probe(500_000)).await.unwrap();
        let empty = Content::of(&Vec::new().into(), probe(0)).await.unwrap();
        #[cfg(feature = "md5")]
        assert_eq!(empty.md5, "1B2M2Y8AsgTpgAmY7PhCfg==");
        assert_eq!(
            empty.sha256,
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let sent = Arc::clone(&seen);
        let progress: Progress = Arc::new(move |bytes| sent.lock().unwrap().push(bytes));
        let chunks: Vec<Bytes> = content.stream(progress).try_collect().await.unwrap();
        assert!(chunks.len() > 1 && chunks.concat() == bytes);
        assert_eq!(*seen.lock().unwrap(), [CHUNK, 2 * CHUNK, 500_000]);
        let quiet = || -> Progress { Arc::new(|_| ()) };
        assert_eq!(content.bytes().await.unwrap(), bytes);

        // Touched: the content is what counts.
        let touched = std::time::SystemTime::now() + std::time::Duration::from_secs(60);
        let opened = std::fs::File::options().append(true).open(&path).unwrap();
        opened.set_modified(touched).unwrap();
        let chunks: Vec<Bytes> = content.stream(quiet()).try_collect().await.unwrap();
        assert_eq!(chunks.concat(), bytes);
        assert!(content.failure().is_none());

        // Grown, changed in place, cut, and gone.
        let mut longer = bytes.clone();
        longer.push(0);
        std::fs::write(&path, &longer).unwrap();
        let streamed: Result<Vec<Bytes>, _> = content.stream(quiet()).try_collect().await;
        assert_eq!(streamed.unwrap_err().to_string(), CHANGED);
        assert!(content.failure().unwrap().message().contains(CHANGED));
        let mut other = bytes.clone();
        other[7] ^= 1;
        std::fs::write(&path, &other).unwrap();
        let streamed: Result<Vec<Bytes>, _> = content.stream(quiet()).try_collect().await;
        assert_eq!(streamed.unwrap_err().to_string(), CHANGED);
        assert!(content.bytes().await.unwrap_err().message().contains(CHANGED));
        std::fs::write(&path, &bytes[..9]).unwrap();
        let streamed: Result<Vec<Bytes>, _> = content.stream(quiet()).try_collect().await;
        assert_eq!(streamed.unwrap_err().to_string(), CHANGED);
        std::fs::remove_file(&path).unwrap();
        assert!(content.stream(quiet()).try_collect::<Vec<_>>().await.is_err());
    }
}

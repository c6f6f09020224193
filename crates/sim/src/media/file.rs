//! Files made on demand, each once.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

use crate::media::clip;
use crate::media::quicktime;
use crate::media::shape::{Container, Shape};
use crate::media::still;

/// Number of files kept. Most clips are some hundred kilobytes.
const KEPT: usize = 32;

/// A file's content, and its type.
#[derive(Clone, Debug)]
pub(crate) struct Blob {
    pub(crate) bytes: Bytes,
    pub(crate) content_type: &'static str,
}

/// One of the files of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FileKind {
    /// The clip.
    Video,
    /// The clip's first frame, as PNG.
    Thumbnail,
    /// The clip's last frame, as PNG.
    LastFrame,
}

/// A file could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make the file: {0}")]
pub(crate) struct MakeError(String);

type Key = (Shape, FileKind);
type Cell = Arc<OnceCell<Blob>>;

/// Files by content, shared by all simulators of the process; the oldest are removed first. Tasks of
/// the same shape share a file.
static CACHE: Mutex<VecDeque<(Key, Cell)>> = Mutex::new(VecDeque::new());

/// Returns a file of this shape, and makes it first if needed: on a blocking thread, and only once
/// for concurrent callers.
pub(crate) async fn file(shape: Shape, kind: FileKind) -> Result<Blob, MakeError> {
    let blob = cell((shape, kind))
        .get_or_try_init(async || {
            let work = move || match kind {
                FileKind::Video => blob(clip_of(shape), shape.container.content_type()),
                FileKind::Thumbnail => blob(still::encode(shape, 0), "image/png"),
                FileKind::LastFrame => blob(still::encode(shape, shape.frames.saturating_sub(1)), "image/png"),
            };
            tokio::task::spawn_blocking(work)
                .await
                .map_err(|error| MakeError(error.to_string()))?
        })
        .await?
        .clone();
    Ok(blob)
}

fn clip_of(shape: Shape) -> Result<Bytes, String> {
    let file = clip::encode(shape)?;
    match shape.container {
        Container::Mp4 => Ok(file),
        Container::QuickTime => quicktime::of_mp4(&file),
    }
}

fn blob(made: Result<Bytes, String>, content_type: &'static str) -> Result<Blob, MakeError> {
    let bytes = made.map_err(MakeError)?;
    Ok(Blob { bytes, content_type })
}

fn cell(key: Key) -> Cell {
    let mut cache = CACHE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, cell)) = cache.iter().find(|(known, _)| *known == key) {
        return cell.clone();
    }
    if cache.len() == KEPT {
        cache.pop_front();
    }
    let cell = Cell::default();
    cache.push_back((key, cell.clone()));
    cell
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[tokio::test]
    async fn a_file_is_made_once() {
        let shape = Shape {
            width: 160,
            height: 96,
            frames: 7,
            fps: 12,
            sound: false,
            container: Container::Mp4,
        };
        let (one, two) = tokio::join!(file(shape, FileKind::Video), file(shape, FileKind::Video));
        let (one, two) = (one.unwrap().bytes, two.unwrap().bytes);
        assert_eq!(one.as_ptr(), two.as_ptr());
        assert_eq!(&one[4..8], b"ftyp");
    }
}

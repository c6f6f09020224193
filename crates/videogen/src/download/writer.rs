//! Writes chunks into a file, in batches and on another thread.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, IoSlice, Seek as _, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use crate::transport::blocking::{run, start};

/// Batch size: written with one system call, while more chunks arrive.
const BATCH: usize = 1024 * 1024;
/// Maximum number of chunks in a batch, because small chunks may keep larger buffers alive.
const CHUNKS: usize = 256;
/// How long a chunk is held back at most, while others arrive: what a killed process loses.
const HELD: Duration = Duration::from_secs(1);

/// A file that is written from its position on. Dropping this writes what is left.
pub(super) struct Writer {
    file: Arc<File>,
    batch: Vec<Bytes>,
    held: usize,
    /// When the batch was begun.
    since: Instant,
    /// Batches that are not written yet, in their order. Its lock is held while one is written.
    queue: Arc<Mutex<VecDeque<Vec<Bytes>>>>,
    writing: Option<JoinHandle<io::Result<()>>>,
}

impl Writer {
    pub(super) fn new(file: File) -> Self {
        Self {
            file: Arc::new(file),
            batch: Vec::new(),
            held: 0,
            since: Instant::now(),
            queue: Arc::default(),
            writing: None,
        }
    }

    /// The file. Chunks may not be in it yet.
    pub(super) fn file(&self) -> Arc<File> {
        Arc::clone(&self.file)
    }

    /// Adds a chunk.
    ///
    /// # Errors
    /// Of the file, perhaps about an earlier chunk.
    pub(super) async fn push(&mut self, chunk: Bytes) -> io::Result<()> {
        if self.batch.is_empty() {
            self.since = Instant::now();
        }
        self.held += chunk.len();
        self.batch.push(chunk);
        if self.held >= BATCH || self.batch.len() >= CHUNKS || self.since.elapsed() >= HELD {
            self.write().await?;
        }
        Ok(())
    }

    /// Waits until everything is written.
    ///
    /// # Errors
    /// Of the file.
    pub(super) async fn flush(&mut self) -> io::Result<()> {
        self.write().await?;
        self.settle().await
    }

    /// Removes all bytes from the file.
    ///
    /// # Errors
    /// Of the file.
    pub(super) async fn restart(&mut self) -> io::Result<()> {
        self.batch.clear();
        self.held = 0;
        self.settle().await?;
        let file = self.file();
        run(move || {
            file.set_len(0)?;
            (&*file).rewind()
        })
        .await?
    }

    /// Starts to write the gathered batch, once the last one is written.
    async fn write(&mut self) -> io::Result<()> {
        self.settle().await?;
        if !self.batch.is_empty() {
            let batch = std::mem::take(&mut self.batch);
            self.queue
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_back(batch);
            self.held = 0;
            let (file, queue) = (self.file(), Arc::clone(&self.queue));
            self.writing = Some(start(Box::new(move || write_queued(&file, &queue))));
        }
        Ok(())
    }

    async fn settle(&mut self) -> io::Result<()> {
        match self.writing.take() {
            Some(writing) => writing.await.unwrap_or_else(|error| Err(io::Error::other(error))),
            None => Ok(()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        let batch = std::mem::take(&mut self.batch);
        self.queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(batch);
        // After the batch that another thread may be writing. A failure leaves fewer bytes to resume from.
        let _ = write_queued(&self.file, &self.queue);
    }
}

fn write_queued(file: &File, queue: &Mutex<VecDeque<Vec<Bytes>>>) -> io::Result<()> {
    let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
    while let Some(batch) = queue.pop_front() {
        if let Err(error) = write_all(file, &batch) {
            // What follows would be in the wrong place.
            queue.clear();
            return Err(error);
        }
    }
    Ok(())
}

fn write_all(mut file: &File, batch: &[Bytes]) -> io::Result<()> {
    let mut slices: Vec<IoSlice<'_>> = batch.iter().map(|chunk| IoSlice::new(chunk)).collect();
    let mut rest = slices.as_mut_slice();
    // Empty chunks are ignored.
    IoSlice::advance_slices(&mut rest, 0);
    while !rest.is_empty() {
        match file.write_vectored(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => IoSlice::advance_slices(&mut rest, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn file() -> (tempfile::NamedTempFile, Writer) {
        let file = tempfile::NamedTempFile::new().unwrap();
        let writer = Writer::new(file.reopen().unwrap());
        (file, writer)
    }

    fn read(file: &tempfile::NamedTempFile) -> Vec<u8> {
        std::fs::read(file.path()).unwrap()
    }

    #[tokio::test]
    async fn what_is_held_back_is_written_when_dropped_and_in_order() {
        let (file, mut writer) = file();
        let mut expected = Vec::new();
        for number in 0..1000_u32 {
            let chunk = number.to_be_bytes().repeat(100);
            expected.extend_from_slice(&chunk);
            writer.push(chunk.into()).await.unwrap();
        }
        // Some batches are on their way, and the last one is not complete.
        drop(writer);
        assert!(read(&file) == expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_file_is_written_every_second() {
        let (file, mut writer) = file();
        for _ in 0..3 {
            writer.push(Bytes::from_static(b"ab")).await.unwrap();
            tokio::time::sleep(Duration::from_millis(600)).await;
        }
        // As after a kill, nothing is dropped.
        writer.settle().await.unwrap();
        assert_eq!(read(&file), b"ababab");
    }
}

//! Downloads without a file: into memory, or as a stream.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc;

use super::file::{kept_until, link};
use super::media::Media;
use super::options::DownloadOptions;
use super::sink::{Channel, Sink};
use super::transfer::Transfer;
use crate::client::Client;
use crate::model::{Error, TaskRef};
use crate::transport::trace;

/// Maximum number of chunks buffered for the reader of a stream.
const WAITING: usize = 2;

/// Stream of a video's bytes; returned by [`Client::download_stream`].
#[must_use = "a stream does nothing until it is polled"]
pub struct VideoStream(Pin<Box<dyn Stream<Item = Result<Bytes, Error>> + Send>>);

impl Client {
    /// Downloads the finished video into memory, at most `limit` bytes. It is resumed and checked like a
    /// [file](Self::download).
    ///
    /// # Errors
    /// `too_large` when it is larger than `limit`; otherwise the same as [`download_with`](Self::download_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, task: videogen::VideoTask) -> Result<(), videogen::Error> {
    /// let video = client.download_bytes(&task, 64 * 1024 * 1024).await?;
    /// println!("{} bytes", video.len());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_bytes(&self, task: impl TaskRef, limit: u64) -> Result<Bytes, Error> {
        let task = &*self.at_hand(&task).await?;
        let options = DownloadOptions::default().max_bytes(limit);
        let mut bytes = Vec::new();
        let mut transfer = Transfer {
            client: self,
            id: &task.id,
            media: Media::video(options.video),
            kept_until: kept_until(task),
            options: &options,
            progress: &mut |_, _| {},
        };
        let filling = async {
            let filled = match link(Media::Video, task) {
                Ok(link) => transfer.fill(link.clone(), &mut Sink::Memory(&mut bytes)).await,
                Err(error) => Err(error),
            };
            let result = match filled {
                Ok(()) => Ok(Bytes::from(bytes)),
                Err(error) => Err(error.with_task(&task.id)),
            };
            trace::downloaded(result.as_ref().map(|bytes| bytes.len() as u64));
            result
        };
        Box::pin(trace::download(&task.id, Media::Video.name(), filling)).await
    }

    /// Downloads the finished video as a stream of its bytes. Interrupted transfers resume like those of a
    /// [file](Self::download); nothing is requested before the stream is polled.
    ///
    /// The length and the first bytes are checked, but not whether the video is complete inside, because its bytes are
    /// not kept. If a host cannot resume after bytes were returned, the stream ends with an error.
    ///
    /// # Errors
    /// An error is the last item; errors are the same as of [`download_with`](Self::download_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, task: videogen::VideoTask) -> Result<(), videogen::Error> {
    /// let mut video = client.download_stream(&task, videogen::download::DownloadOptions::default());
    /// while let Some(chunk) = video.next().await {
    ///     println!("{} bytes", chunk?.len());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn download_stream(&self, task: impl TaskRef, options: DownloadOptions) -> VideoStream {
        let (client, id, known) = (self.clone(), task.task_id().clone(), task.task().cloned());
        let (sender, mut receiver) = mpsc::channel(WAITING);
        let (about, media) = (id.clone(), Media::video(options.video));
        let filling = async move {
            let task = match &known {
                Some(task) => client.at_hand(task).await?,
                None => client.at_hand(&id).await?,
            };
            let mut transfer = Transfer {
                client: &client,
                id: &id,
                media,
                kept_until: kept_until(&task),
                options: &options,
                progress: &mut |_, _| {},
            };
            let mut channel = Channel { sender, sent: 0 };
            let link = link(media, &task)?.clone();
            let filled = transfer.fill(link, &mut Sink::Channel(&mut channel)).await;
            match filled {
                Ok(()) => {
                    client.record_streamed(&id, media.into(), channel.sent).await;
                    Ok(channel.sent)
                }
                Err(error) => Err(error.with_task(&id)),
            }
        };
        let traced = async move {
            let result = filling.await;
            trace::downloaded(result.as_ref().copied());
            result
        };
        let traced = trace::download(&about, Media::Video.name(), traced);
        let mut filling = Some(Box::pin(traced));
        let mut failure = None;
        VideoStream(Box::pin(stream::poll_fn(move |context| {
            // Polled by the reader; its failure is returned after the last chunk.
            if let Some(Poll::Ready(result)) = filling.as_mut().map(|filling| filling.as_mut().poll(context)) {
                filling = None;
                failure = result.err();
            }
            receiver
                .poll_recv(context)
                .map(|chunk| chunk.map(Ok).or_else(|| failure.take().map(Err)))
        })))
    }
}

impl VideoStream {
    /// Returns the next bytes, or `None` after the last ones or an error.
    pub async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        self.0.next().await
    }
}

impl Stream for VideoStream {
    type Item = Result<Bytes, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.as_mut().poll_next(context)
    }
}

impl fmt::Debug for VideoStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VideoStream").finish_non_exhaustive()
    }
}

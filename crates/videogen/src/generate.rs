//! Submit, wait and download in one call.
//!
//! Floor 7: depends on the activities `submit`, `wait` and `download`.

use std::borrow::Borrow;
use std::future::IntoFuture;
use std::path::PathBuf;

use futures_util::future::BoxFuture;

use crate::client::Client;
use crate::download::{DownloadOptions, file::check_writable, options::Downloaded};
use crate::journal::further_video;
use crate::model::{Delivery, Error, VideoRequest, VideoTask};
use crate::wait::WaitOptions;

/// A pending [`Client::generate`] call. It starts when it is awaited.
#[derive(Debug, Clone)]
#[must_use = "nothing is submitted until it is awaited"]
pub struct Generate {
    client: Client,
    request: VideoRequest,
    path: PathBuf,
    key: Option<String>,
    wait: WaitOptions,
    download: DownloadOptions,
}

/// A video that was generated and downloaded.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Generated {
    /// The finished task.
    pub task: VideoTask,
    /// The file.
    pub file: Downloaded,
    /// Further files, if the vendor made several videos: `boat-2.mp4` next to `boat.mp4`.
    pub more_files: Vec<Downloaded>,
}

impl Client {
    /// Submits `request`, waits for the video and downloads it to `path`; of several videos, all, as
    /// [`download_all`](Self::download_all) does.
    ///
    /// Nothing is submitted if the file cannot be written: when `path` exists (unless [`DownloadOptions::overwrite`] is set),
    /// is a folder or empty, or its folder is missing or read-only. The error has the kind `io` and [`Delivery::NotSent`].
    /// If the journal already has a task for the key, nothing is paid, and the path is checked at the download.
    ///
    /// If it fails after the submission, [`Error::task`] contains the task id: wait for that task and download it instead of
    /// submitting again. If the submission status is unknown, [`Error::ambiguity`] contains everything known about it.
    ///
    /// # Errors
    /// The same as [`submit`](Self::submit), [`wait`](Self::wait) and [`download`](Self::download); `no_video` or `moderated` when
    /// the task ended without a video.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// let request = videogen::VideoRequest::new("seedance-2.0", "a paper boat on a rainy street").duration(6);
    /// let video = client.generate(&request, "boat.mp4").await?;
    /// println!("{} bytes", video.file.bytes);
    ///
    /// // With a key (requires a journal), repeated calls return the same task; an existing file is replaced.
    /// use videogen::download::DownloadOptions;
    /// let replace = DownloadOptions::default().overwrite(true);
    /// client.generate(&request, "boat.mp4").key("order-4711").download(replace).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn generate(&self, request: impl Borrow<VideoRequest>, path: impl Into<PathBuf>) -> Generate {
        Generate {
            client: self.clone(),
            request: request.borrow().clone(),
            path: path.into(),
            key: None,
            wait: WaitOptions::default(),
            download: DownloadOptions::default(),
        }
    }
}

impl Generate {
    /// Sets an idempotency key, as for [`Client::submit_with_key`]. Requires a journal.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets the wait options.
    pub fn wait(mut self, options: WaitOptions) -> Self {
        self.wait = options;
        self
    }

    /// Sets the download options.
    pub fn download(mut self, options: DownloadOptions) -> Self {
        self.download = options;
        self
    }

    async fn run(self) -> Result<Generated, Error> {
        let Self {
            client,
            request,
            path,
            key,
            wait,
            download,
        } = self;
        let known = match &key {
            Some(key) => client.journal_entry_with_key(key).await.ok().flatten(),
            None => None,
        };
        if known.is_none_or(|entry| entry.task.is_none()) {
            check_writable(&path, &download).map_err(|error| error.with_delivery(Delivery::NotSent))?;
        }
        let submitted = match &key {
            Some(key) => client.submit_with_key(key, &request).await?,
            None => client.submit(&request).await?,
        };
        let task = client
            .wait_with(&submitted, wait, |_| {})
            .await?
            .submitted_as(&submitted);
        let file = client.download_with(&task, &path, download.clone(), |_, _| {}).await?;
        let mut more_files = Vec::new();
        for number in (2..).take(task.more_videos.len()) {
            let (path, options) = (further_video(&path, number), download.clone().video(number));
            more_files.push(client.download_with(&task, path, options, |_, _| {}).await?);
        }
        Ok(Generated { task, file, more_files })
    }
}

impl IntoFuture for Generate {
    type Output = Result<Generated, Error>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

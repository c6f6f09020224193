//! The download calls of a client.

use futures_util::future::BoxFuture;
use std::borrow::Cow;
use std::path::Path;

use super::media::Media;
use super::options::{DownloadOptions, Downloaded};
use super::partial::Partial;
use super::transfer::{Progress, Transfer};

use crate::client::Client;
use crate::journal::{FileKind, SavedFile, further_video};
use crate::model::{Error, ErrorKind, Operation, SecretUrl, TaskId, TaskRef, TaskStatus, Timestamp, VideoTask};
use crate::transport::{blocking::run, trace};
use crate::vendors::dispatch;

impl Client {
    /// Downloads the video of a completed task to `path`, which must not exist.
    ///
    /// # Errors
    /// The same as [`download_with`](Self::download_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let file = client.download(&id, "boat.mp4").await?;
    /// println!("{} bytes in {}", file.bytes, file.path.display());
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download(&self, task: impl TaskRef, path: impl AsRef<Path>) -> Result<Downloaded, Error> {
        self.download_with(task, path, DownloadOptions::default(), |_, _| {})
            .await
    }

    /// Downloads the video of a completed task to `path`. `progress` is called with the bytes received and, if known,
    /// the total; it restarts at zero when the download has to start over. If `task` is an id, or had not ended when it was
    /// received, it is looked up first.
    ///
    /// The output file appears only when complete: it is written next to `path` with the extension `.part`, synced to
    /// disk, and then renamed. Dropping the future deletes the partial file, unless the download is
    /// [resumable](DownloadOptions::resumable). A killed process may leave a `.part` file, which is safe to delete. Some
    /// file systems (FAT, some network file systems) cannot rename without replacing; there, a file that another process
    /// creates at `path` at the last moment is overwritten.
    ///
    /// Interrupted, stalled or truncated transfers resume where they stopped if `ETag` or `Last-Modified` shows that
    /// the file is unchanged; otherwise they start over. Attempts are limited by [`RetryPolicy`], not counting attempts
    /// that make progress. Expired links are refreshed if the vendor supports it, even mid-download.
    ///
    /// The content decides whether the file is a video, not the `Content-Type`. A file is refused when it is compressed
    /// (`Content-Encoding`), is truncated, or lacks a `moov` or `moof` box; bytes after the last box are kept.
    ///
    /// The API key is never sent to the file's host. Links and redirects (at most 5) must use HTTPS and point to the
    /// public internet, unless [`ClientBuilder::allow_private_hosts`] is set. With a proxy in the environment, the
    /// proxy resolves host names.
    ///
    /// # Errors
    /// `moderated` when the vendor withheld the video, and `no_video` when the task ended without one for another reason, both
    /// with the vendor's code and message; `no_video` also when its link has expired and cannot be renewed; `not_ready` when
    /// the task has not ended; `too_large` above [`DownloadOptions::max_bytes`]; `io` when the file exists or cannot be
    /// written; `vendor` when the link is not allowed; `decode` when the content is not a video; `transport` when the download
    /// fails; `invalid_request` for a task of another vendor.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let options = videogen::download::DownloadOptions::default().overwrite(true);
    /// let progress = |bytes, total| println!("{bytes} of {total:?}");
    /// client.download_with(&id, "boat.mp4", options, progress).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`RetryPolicy`]: crate::RetryPolicy
    /// [`ClientBuilder::allow_private_hosts`]: crate::ClientBuilder::allow_private_hosts
    pub async fn download_with(
        &self,
        task: impl TaskRef,
        path: impl AsRef<Path>,
        options: DownloadOptions,
        mut progress: impl FnMut(u64, Option<u64>) + Send,
    ) -> Result<Downloaded, Error> {
        let task = &*self.at_hand(&task).await?;
        let media = Media::video(options.video);
        self.fetch(media, task, path.as_ref(), &options, &mut progress).await
    }

    /// Downloads all videos of a completed task: the first to `path`, further ones next to it, `boat-2.mp4` next to `boat.mp4`
    /// ([`further_video`](crate::journal::further_video)). Most tasks have one. `progress` is called as for each single file.
    ///
    /// # Errors
    /// The same as [`download_with`](Self::download_with); the files before the one that failed are complete.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// let options = videogen::download::DownloadOptions::default();
    /// for file in client.download_all(&id, "boat.mp4", options, |_, _| {}).await? {
    ///     println!("{} bytes in {}", file.bytes, file.path.display());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_all(
        &self,
        task: impl TaskRef,
        path: impl AsRef<Path>,
        options: DownloadOptions,
        mut progress: impl FnMut(u64, Option<u64>) + Send,
    ) -> Result<Vec<Downloaded>, Error> {
        let task = &*self.at_hand(&task).await?;
        let path = path.as_ref();
        let first = self.fetch(Media::Video, task, path, &options, &mut progress).await?;
        let mut files = vec![first];
        for number in (2..).take(task.more_videos.len()) {
            let (media, path) = (Media::Further(number), further_video(path, number));
            files.push(self.fetch(media, task, &path, &options, &mut progress).await?);
        }
        Ok(files)
    }

    /// Downloads the last frame of the video, an image, to `path`, like [`download_with`](Self::download_with). It
    /// exists if [`return_last_frame`](crate::VideoRequest::return_last_frame) was requested; the vendor chooses the
    /// format (PNG, JPEG, WebP or GIF).
    ///
    /// # Errors
    /// `no_video` when the task has no last frame; otherwise the same as [`download_with`](Self::download_with).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// client.download_last_frame(&id, "last.png", videogen::download::DownloadOptions::default()).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub async fn download_last_frame(
        &self,
        task: impl TaskRef,
        path: impl AsRef<Path>,
        options: DownloadOptions,
    ) -> Result<Downloaded, Error> {
        let task = &*self.at_hand(&task).await?;
        self.fetch(Media::LastFrame, task, path.as_ref(), &options, &mut |_, _| {})
            .await
    }

    /// The task as the caller has it, if nothing is missing; otherwise as the vendor reports it now. It is rejected if it
    /// belongs to another vendor.
    pub(super) async fn at_hand<'a>(&self, task: &'a impl TaskRef) -> Result<Cow<'a, VideoTask>, Error> {
        self.check_owner(task.task_id())?;
        match task.task() {
            Some(task) if task.is_final() => Ok(Cow::Borrowed(task)),
            _ => self.get(task).await.map(Cow::Owned),
        }
    }

    /// Returns the file at `path` if it is this file of the task according to the journal, so that it need not be downloaded again.
    /// A file that a killed process completed without recording it is recorded, and so is one that was downloaded to several paths.
    ///
    /// Size and content are compared, so the whole file is read.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, id: videogen::TaskId) -> Result<(), videogen::Error> {
    /// use videogen::journal::FileKind;
    ///
    /// if client.saved_file(&id, FileKind::Video, "boat.mp4").await.is_none() {
    ///     client.download(&id, "boat.mp4").await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn saved_file(&self, task: &TaskId, kind: FileKind, path: impl AsRef<Path>) -> Option<Downloaded> {
        let path = path.as_ref().to_owned();
        let entry = self.journal_entry(task).await.ok()??;
        let file = entry.saved_file(kind)?.clone();
        let bytes = file.bytes?;
        let (known, place) = (file.clone(), path.clone());
        let is_there = run(move || known.is_at(&place)).await;
        if !is_there.is_ok_and(|is_there| is_there) {
            return None;
        }
        let here = SavedFile::new(&path, bytes, file.sha256);
        // The journal keeps the output file, if it has several; it compares paths as text.
        if here.path != file.path || !file.placed {
            self.record_download(task, kind, Ok(&here)).await;
        }
        Some(Downloaded { path, bytes })
    }

    fn fetch<'a>(
        &'a self,
        media: Media,
        task: &'a VideoTask,
        path: &'a Path,
        options: &'a DownloadOptions,
        progress: Progress<'a>,
    ) -> BoxFuture<'a, Result<Downloaded, Error>> {
        let downloading = async move {
            let transfer = Transfer {
                client: self,
                id: &task.id,
                media,
                kept_until: kept_until(task),
                options,
                progress,
            };
            let kind = FileKind::from(media);
            let result = match link(media, task) {
                Ok(link) => transfer.run(link.clone(), path).await,
                Err(error) => Err(error),
            };
            self.record_download(&task.id, kind, result.as_ref()).await;
            match result {
                Ok(file) => Ok(Downloaded {
                    path: path.to_owned(),
                    bytes: file.bytes.unwrap_or_default(),
                }),
                Err(error) => Err(error.with_task(&task.id)),
            }
        };
        let traced = async move {
            let result = downloading.await;
            trace::downloaded(result.as_ref().map(|file| file.bytes));
            result
        };
        Box::pin(trace::download(&task.id, media.name(), traced))
    }

    /// A new link to the same file. `None`: the vendor returns the same one again.
    pub(crate) async fn renew(&self, media: Media, id: &TaskId, old: &SecretUrl) -> Result<Option<SecretUrl>, Error> {
        let task = self.get(id).await?;
        let fresh = link(media, &task)?;
        if fresh != old {
            return Ok(Some(fresh.clone()));
        }
        self.fresh_link(media, id).await
    }

    /// A new link to the video, if the one from `get` does not work.
    pub(crate) async fn fresh_link(&self, media: Media, id: &TaskId) -> Result<Option<SecretUrl>, Error> {
        if media != Media::Video {
            return Ok(None);
        }
        self.paced(async {
            let call = self.call(&self.0.http.read);
            let result = match self.timed(dispatch::fresh_link(self.0.vendor, &call, id)).await {
                Ok(None) => return Ok(None),
                result => result,
            };
            let (link, _) = self
                .judge()
                .read(Operation::Get, result, call.session.exchange().as_ref())?;
            Ok(link)
        })
        .await
    }
}

/// Checks that a file can be written to `path`, before a task is paid for.
pub(crate) fn check_writable(path: &Path, options: &DownloadOptions) -> Result<(), Error> {
    Partial::new(path, options.overwrite, None).map(drop)
}

/// When the vendor removes the files of the task, if that is known and their links cannot be renewed.
pub(super) fn kept_until(task: &VideoTask) -> Option<Timestamp> {
    let is_renewed = task.id.vendor().facts().result_url.refreshable;
    let video = task.video.as_ref().filter(|_| !is_renewed)?;
    video.expires_at
}

/// The URL of the file to download.
pub(super) fn link(media: Media, task: &VideoTask) -> Result<&SecretUrl, Error> {
    let is_done = matches!(task.status, TaskStatus::Completed | TaskStatus::Unknown(_));
    let link = match media {
        Media::Video => task.video.as_ref().map(|video| &video.url),
        Media::LastFrame => task.last_frame.as_ref(),
        Media::Further(number) => task.videos().nth(usize::from(number) - 1).map(|video| &video.url),
    };
    if let (true, Some(link)) = (is_done, link) {
        return Ok(link);
    }
    Err(match &task.status {
        TaskStatus::Completed if task.is_removed() => Error::removed(&task.id, None),
        TaskStatus::Completed => {
            let message = format!("the task is completed, but the vendor returned no URL for {media}");
            Error::without_file(task, &message)
        }
        status if status.is_ended() => Error::without_file(task, &format!("the task is {status}")),
        status => {
            let message = format!("the task is {status}; wait until it has ended");
            Error::new(ErrorKind::NotReady, message).with_task(&task.id)
        }
    })
}

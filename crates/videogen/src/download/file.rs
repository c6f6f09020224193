//! From a presigned URL to a file.

use futures_util::future::BoxFuture;
use std::borrow::Cow;
use std::path::Path;

use super::media::Media;
use super::options::{DownloadOptions, Downloaded};
use super::transfer::{Progress, Transfer};

use crate::client::Client;
use crate::journal::FileKind;
use crate::model::{Error, ErrorKind, Operation, SecretUrl, TaskId, TaskRef, TaskStatus, VideoTask};
use crate::transport::trace::{self, Activity};

impl Client {
    /// Downloads the finished video to `path`, which must not exist yet.
    ///
    /// # Errors
    /// As [`download_with`](Self::download_with).
    pub async fn download(&self, task: impl TaskRef, path: impl AsRef<Path>) -> Result<Downloaded, Error> {
        self.download_with(task, path, DownloadOptions::default(), |_, _| {})
            .await
    }

    /// Downloads the finished video to `path`. `progress` is called with the bytes so far and, where known, in all; the
    /// bytes go back to zero when the file has to be begun again.
    ///
    /// The file is written beside `path`, under a name of its own that ends in `.part`, and put in place when it is whole
    /// and on the disk: at `path` there is all of it or nothing, even when the process is killed. What a killed process
    /// leaves beside it is nobody's, and may be deleted. Dropping the future leaves nothing, except after the file was put
    /// in place.
    /// Some file systems (FAT, some over a network) cannot rename without replacing: there, what another process puts at
    /// `path` in the very last instant is replaced even when nothing is to be replaced.
    ///
    /// A transfer that breaks off, stands still or ends early goes on where it stopped, if the host says by its `ETag` or
    /// `Last-Modified` that the file is still the same; else it begins again. It is tried as [`RetryPolicy`] says, where a
    /// try that got further than all before it does not count. A link that has expired is renewed where the vendor can,
    /// also in the middle of the file.
    ///
    /// The bytes decide whether it is a video, not the `Content-Type`. A file that is compressed on the way
    /// (`Content-Encoding`), ends within a box, or has no `moov` or `moof` box is refused; bytes after the last box are kept.
    ///
    /// The API key is not sent to the file's host. Links and redirects (five at most) must be HTTPS and lead to the public
    /// internet; [`ClientBuilder::allow_private_hosts`] allows more. With a proxy in the environment it is the proxy that
    /// resolves names.
    ///
    /// # Errors
    /// `no_video` when the task has none, with the reason it failed, or when its link has expired and cannot be renewed;
    /// `not_ready` when it has not ended; `io` when the file cannot be written or exists; `vendor` when the link may not be
    /// followed; `decode` when what arrives is no video; `transport` when it cannot be fetched.
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
        self.fetch(Media::Video, task, path.as_ref(), &options, &mut progress)
            .await
    }

    /// Downloads the last frame of the video, an image, to `path`. It is there when the request asked for it and the vendor
    /// and the model can; its format (PNG, JPEG, WebP or GIF) is the vendor's choice. All else is as with
    /// [`download_with`](Self::download_with).
    ///
    /// # Errors
    /// `no_video` when the task has no last frame; else as [`download_with`](Self::download_with).
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

    /// The task itself; where only its id is given, it is looked up.
    pub(super) async fn at_hand<'a>(&self, task: &'a impl TaskRef) -> Result<Cow<'a, VideoTask>, Error> {
        match task.task() {
            Some(task) => Ok(Cow::Borrowed(task)),
            None => self.get(task).await.map(Cow::Owned),
        }
    }

    /// The file at `path`, if the journal knows it as this file of the task and it is still as it was written. Nothing has
    /// to be downloaded then. A file that a process left in its place when it was killed is recorded.
    ///
    /// Size and content are compared, so the whole file is read.
    pub async fn saved(&self, task: &TaskId, kind: FileKind, path: impl AsRef<Path>) -> Option<Downloaded> {
        let path = path.as_ref().to_owned();
        let entry = self.recorded(task).await.ok()??;
        let file = entry.saved(kind)?.clone();
        let (known, place) = (file.clone(), path.clone());
        let is_there = tokio::task::spawn_blocking(move || known.is_at(&place)).await;
        if !is_there.is_ok_and(|is_there| is_there) {
            return None;
        }
        if !file.placed {
            self.record_download(task, kind, Ok(&file)).await;
        }
        Some(Downloaded {
            path,
            bytes: file.bytes?,
        })
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
            match &result {
                Ok(file) => trace::downloaded(file.bytes),
                Err(error) => trace::failed(error),
            }
            result
        };
        Box::pin(trace::about(Activity::Download(media.noun()), &task.id, traced))
    }

    /// Another link to the same file. `None`: the vendor gives the same one again.
    pub(crate) async fn renew(&self, media: Media, id: &TaskId, old: &SecretUrl) -> Result<Option<SecretUrl>, Error> {
        let task = self.get(id).await?;
        let fresh = link(media, &task)?;
        if fresh != old {
            return Ok(Some(fresh.clone()));
        }
        self.fresh_link(media, id).await
    }

    /// Another link to the video, for what `get` tells does not work.
    pub(crate) async fn fresh_link(&self, media: Media, id: &TaskId) -> Result<Option<SecretUrl>, Error> {
        if media != Media::Video {
            return Ok(None);
        }
        self.paced(async {
            let call = self.call(&self.0.http.read);
            let result = match self.0.vendor.fresh_link(&call, id).await {
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

/// The URL of what is to be fetched.
pub(super) fn link(media: Media, task: &VideoTask) -> Result<&SecretUrl, Error> {
    let is_done = matches!(task.status, TaskStatus::Completed | TaskStatus::Unknown(_));
    let link = match media {
        Media::Video => task.video.as_ref().map(|video| &video.url),
        Media::LastFrame => task.last_frame.as_ref(),
    };
    if let (true, Some(link)) = (is_done, link) {
        return Ok(link);
    }
    let kind = match &task.status {
        status if status.is_terminal() => ErrorKind::NoVideo,
        _ => ErrorKind::NotReady,
    };
    let message = match (&task.status, &task.error) {
        (TaskStatus::Completed, _) => format!("the task is completed, but the vendor gives no URL for {media}"),
        (status, Some(error)) => format!("the task is {status}: {error}"),
        (status, None) if status.is_terminal() => format!("the task is {status}"),
        (status, None) => format!("the task is {status}; wait for it first"),
    };
    Err(Error::new(kind, message).with_task(&task.id))
}

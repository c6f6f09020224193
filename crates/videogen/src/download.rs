//! From a presigned URL to a file.

use std::io;
use std::path::{Path, PathBuf};

use reqwest::header::CONTENT_TYPE;
use tempfile::NamedTempFile;
use tokio::io::AsyncWriteExt as _;
use url::Url;

use crate::http::is_safe;
use crate::{Client, Error, ErrorKind, SecretUrl, TaskId, TaskStatus, VideoTask};

/// How to download.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// Whether a file that exists is replaced.
    pub overwrite: bool,
    /// Largest file that is taken, in bytes.
    pub max_bytes: u64,
}

impl Default for DownloadOptions {
    /// Nothing is replaced; 4 GiB at most.
    fn default() -> Self {
        Self {
            overwrite: false,
            max_bytes: 4 * 1024 * 1024 * 1024,
        }
    }
}

impl DownloadOptions {
    /// Sets whether a file that exists is replaced.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Sets the largest file that is taken, in bytes.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }
}

/// A file that arrived whole.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Where it is.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
}

/// Why a file did not arrive.
pub(crate) struct Failure {
    kind: ErrorKind,
    message: String,
    status: Option<u16>,
}

impl Failure {
    fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            status: None,
        }
    }

    fn file(path: &Path, error: &io::Error) -> Self {
        Self::new(ErrorKind::Io, format!("cannot write {}: {error}", path.display()))
    }

    /// Whether the file's host no longer honours the link.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(self.status, Some(400 | 401 | 403 | 404 | 410))
    }

    pub(crate) fn into_error(self, id: &TaskId, what: &str) -> Error {
        Error::new(self.kind, format!("{what}: {}", self.message)).with_task(id)
    }
}

impl Client {
    /// Downloads the finished video to `path`, which must not exist yet.
    ///
    /// # Errors
    /// As [`download_with`](Self::download_with).
    pub async fn download(&self, task: &VideoTask, path: impl AsRef<Path>) -> Result<Downloaded, Error> {
        self.download_with(task, path, DownloadOptions::default(), |_, _| {})
            .await
    }

    /// Downloads the finished video to `path`. `progress` is called with the bytes so far and, where known, in all.
    ///
    /// The file is written beside `path` and put in place when it is whole. A link that has expired is renewed where the
    /// vendor can. The API key is not sent to the file's host.
    ///
    /// # Errors
    /// `no_video` when the task has none, with the reason it failed; `io` when the file cannot be written or exists;
    /// `transport` when it cannot be fetched.
    pub async fn download_with(
        &self,
        task: &VideoTask,
        path: impl AsRef<Path>,
        options: DownloadOptions,
        mut progress: impl FnMut(u64, Option<u64>),
    ) -> Result<Downloaded, Error> {
        let (file, path) = (&self.0.http.file, path.as_ref());
        let url = result_url(task)?;
        match fetch(file, url, path, &options, &mut progress).await {
            Err(failure) if failure.is_gone() => {
                if !self.0.vendor.facts().result_url.refreshable {
                    return Err(failure.into_error(&task.id, "the link has expired and this vendor cannot renew it"));
                }
                let fresh = self.get(&task.id).await?;
                let url = result_url(&fresh)?;
                let again = fetch(file, url, path, &options, &mut progress).await;
                again.map_err(|failure| failure.into_error(&task.id, "a renewed link does not work either"))
            }
            result => result.map_err(|failure| failure.into_error(&task.id, "the video cannot be fetched")),
        }
    }
}

/// The URL of a task's video.
pub(crate) fn result_url(task: &VideoTask) -> Result<&SecretUrl, Error> {
    if let (TaskStatus::Completed | TaskStatus::Unknown(_), Some(video)) = (&task.status, &task.video) {
        return Ok(&video.url);
    }
    let kind = match &task.status {
        status if status.is_terminal() => ErrorKind::NoVideo,
        _ => ErrorKind::NotReady,
    };
    let message = match (&task.status, &task.error) {
        (TaskStatus::Completed, _) => "the task is completed, but the vendor gives no URL for the video".to_owned(),
        (status, Some(error)) => format!("the task is {status}: {error}"),
        (status, None) if status.is_terminal() => format!("the task is {status}"),
        (status, None) => format!("the task is {status}; wait for it first"),
    };
    Err(Error::new(kind, message).with_task(&task.id))
}

pub(crate) async fn fetch(
    http: &reqwest::Client,
    url: &SecretUrl,
    path: &Path,
    options: &DownloadOptions,
    progress: &mut impl FnMut(u64, Option<u64>),
) -> Result<Downloaded, Failure> {
    let exists = || {
        Failure::new(
            ErrorKind::Io,
            format!("{} exists; say so to replace it", path.display()),
        )
    };
    if !options.overwrite && path.exists() {
        return Err(exists());
    }
    let url = Url::parse(url.expose())
        .ok()
        .filter(is_safe)
        .ok_or_else(|| Failure::new(ErrorKind::Vendor, "the vendor gives a link that is not https"))?;
    let mut response = http.get(url).send().await.map_err(|error| network(&error))?;
    if response.status() != reqwest::StatusCode::OK {
        return Err(Failure {
            status: Some(response.status().as_u16()),
            ..Failure::new(
                ErrorKind::Transport,
                format!("the file's host answered {}", response.status()),
            )
        });
    }
    let kind = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default();
    if kind.starts_with("text/") || kind.starts_with("application/json") {
        return Err(Failure::new(
            ErrorKind::Transport,
            format!("the file's host sent {kind}, not a video"),
        ));
    }
    let total = response.content_length();
    let too_large = || {
        Failure::new(
            ErrorKind::Transport,
            format!("the file is larger than {} bytes", options.max_bytes),
        )
    };
    if total.is_some_and(|total| total > options.max_bytes) {
        return Err(too_large());
    }

    // Beside its target, so that putting it in place is one rename.
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".videogen-").suffix(".part");
    // A temporary file is private; this one becomes a file like any other, as the user's umask says.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let partial = builder
        .tempfile_in(folder)
        .map_err(|error| Failure::file(path, &error))?;
    let (file, partial) = partial.into_parts();
    let mut file = tokio::fs::File::from_std(file);
    let (mut bytes, mut head) = (0_u64, Vec::with_capacity(12));
    while let Some(chunk) = response.chunk().await.map_err(|error| network(&error))? {
        if head.len() < 12 {
            head.extend(chunk.iter().take(12 - head.len()));
        }
        file.write_all(&chunk)
            .await
            .map_err(|error| Failure::file(path, &error))?;
        bytes += chunk.len() as u64;
        if bytes > options.max_bytes {
            return Err(too_large());
        }
        progress(bytes, total);
    }
    if total.is_some_and(|total| total != bytes) {
        return Err(Failure::new(ErrorKind::Transport, "the file ended early"));
    }
    // Every MP4 and MOV begins with a box of type `ftyp`, WebM with the EBML magic.
    if head.get(4..8) != Some(b"ftyp") && !head.starts_with(&[0x1a, 0x45, 0xdf, 0xa3]) {
        return Err(Failure::new(ErrorKind::Decode, "what arrived is not a video file"));
    }
    file.flush().await.map_err(|error| Failure::file(path, &error))?;
    file.sync_all().await.map_err(|error| Failure::file(path, &error))?;
    let whole = NamedTempFile::from_parts(file.into_std().await, partial);
    let placed = if options.overwrite {
        whole.persist(path)
    } else {
        whole.persist_noclobber(path)
    };
    match placed {
        Ok(_) => Ok(Downloaded {
            path: path.to_owned(),
            bytes,
        }),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => Err(exists()),
        Err(error) => Err(Failure::file(path, &error.error)),
    }
}

/// The URL in a reqwest error is the presigned one, so only the causes are told.
fn network(error: &reqwest::Error) -> Failure {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let reason = if std::ptr::addr_eq(cause, error) {
        "no answer".to_owned()
    } else {
        cause.to_string()
    };
    Failure::new(ErrorKind::Transport, format!("the network failed: {reason}"))
}

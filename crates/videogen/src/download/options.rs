//! Options and result of a download.

use std::path::PathBuf;
use std::time::Duration;

/// Options of a download.
///
/// ```
/// let options = videogen::download::DownloadOptions::default().overwrite(true).max_bytes(500_000_000);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// Whether to replace an existing file.
    pub overwrite: bool,
    /// Maximum file size, in bytes.
    pub max_bytes: u64,
    /// Idle timeout: how long the file's host may send nothing before the rest is requested again. There is no timeout for
    /// the whole file.
    pub idle_timeout: Duration,
    /// Number of the video, from 1, of a task that has several.
    pub video: u16,
    /// Whether another process can resume the download.
    pub resumable: bool,
}

impl Default for DownloadOptions {
    /// Existing files are not replaced; at most 4 GiB; 30 s idle timeout; the first video; not resumable by another
    /// process.
    fn default() -> Self {
        Self {
            overwrite: false,
            max_bytes: 4 * 1024 * 1024 * 1024,
            idle_timeout: Duration::from_secs(30),
            video: 1,
            resumable: false,
        }
    }
}

impl DownloadOptions {
    /// Sets whether to replace an existing file.
    #[must_use]
    pub fn overwrite(mut self, overwrite: bool) -> Self {
        self.overwrite = overwrite;
        self
    }

    /// Sets the maximum file size, in bytes.
    #[must_use]
    pub fn max_bytes(mut self, max_bytes: u64) -> Self {
        self.max_bytes = max_bytes;
        self
    }

    /// Selects a video of a task that has several ([`VideoTask::more_videos`](crate::VideoTask::more_videos)), by its number
    /// from 1. It does not matter for the last frame.
    #[must_use]
    pub fn video(mut self, number: u16) -> Self {
        self.video = number;
        self
    }

    /// Sets whether another process can resume the download. An interrupted download, one whose process is killed, and one
    /// that fails for a reason that may not last then leave two files next to the target: the partial file
    /// `.videogen-HASH.part`, and `.videogen-HASH.part.json` with its task, version and length, but no URL. The next download
    /// of the same file to the same path requests the rest, and starts over if the version is another one. Both files are
    /// removed when the download is complete or cannot succeed. They are safe to delete while no download uses them.
    ///
    /// If another process is downloading the same file to the same path, or the file system does not support locks, the
    /// download cannot be resumed. It does not matter for downloads without a path.
    #[must_use]
    pub fn resumable(mut self, resumable: bool) -> Self {
        self.resumable = resumable;
        self
    }

    /// Sets the idle timeout.
    #[must_use]
    pub fn idle_timeout(mut self, idle_timeout: Duration) -> Self {
        self.idle_timeout = idle_timeout;
        self
    }
}

/// A complete file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Downloaded {
    /// Path of the file.
    pub path: PathBuf,
    /// Size in bytes.
    pub bytes: u64,
}

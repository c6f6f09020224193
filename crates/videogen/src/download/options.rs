//! How to download, and what was downloaded.

use std::path::PathBuf;
use std::time::Duration;

/// How to download.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DownloadOptions {
    /// Whether a file that exists is replaced.
    pub overwrite: bool,
    /// Largest file that is taken, in bytes.
    pub max_bytes: u64,
    /// How long the file's host may send nothing before it is asked again for the rest. The whole file may take as long as
    /// it takes.
    pub stall: Duration,
}

impl Default for DownloadOptions {
    /// Nothing is replaced; 4 GiB at most; half a minute of silence.
    fn default() -> Self {
        Self {
            overwrite: false,
            max_bytes: 4 * 1024 * 1024 * 1024,
            stall: Duration::from_secs(30),
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

    /// Sets how long the file's host may send nothing.
    #[must_use]
    pub fn stall(mut self, stall: Duration) -> Self {
        self.stall = stall;
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

//! Downloads, with every kind of behaviour of a file's host.

mod addresses;
mod codings;
mod kept;
mod key;
mod labels;
mod last_frame;
mod place;
mod renew;
mod resume;
mod server;
mod several;

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use videogen::download::DownloadOptions;
use videogen::{Client, Downloaded, Error, RetryPolicy, Vendor, VideoTask};

use server::{File, FileServer, Reply, Request};

const KIB: usize = 1024;
/// The beginning of a video with its index first.
const OPENING: &[u8] = b"\0\0\0\x08ftyp\0\0\0\x08moov";

/// A video of `size` bytes without repeating parts.
fn video(size: usize, seed: u64) -> Vec<u8> {
    let mut bytes = OPENING.to_vec();
    bytes.extend(u32::try_from(size - 16).unwrap().to_be_bytes());
    bytes.extend(b"mdat");
    let mut state = seed;
    while bytes.len() < size {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        bytes.push((state >> 56) as u8);
    }
    bytes
}

/// A completed task with its video at `url`.
fn task(vendor: Vendor, url: &str) -> VideoTask {
    let id = crate::cases::task(vendor, "t-1");
    let task = json!({"id": id, "status": "completed", "vendor_status": "completed", "video": {"url": url}});
    serde_json::from_value(task).unwrap()
}

/// Retries without pauses.
fn at_once() -> RetryPolicy {
    RetryPolicy::default().base_delay(Duration::ZERO)
}

fn client(vendor: Vendor, base_url: &str) -> Client {
    Client::builder(vendor)
        .retry(at_once())
        .key("sk-canary-9b1e".to_owned())
        .base_url(base_url)
        .build()
        .unwrap()
}

/// A client whose vendor is on this machine, and is not called.
fn local() -> Client {
    client(Vendor::ALL[0], "http://127.0.0.1:9")
}

/// Downloads `/v.mp4` of a server into a new folder.
struct Run {
    folder: tempfile::TempDir,
    client: Client,
    task: VideoTask,
    options: DownloadOptions,
}

impl Run {
    fn new(server: &FileServer) -> Self {
        Self::on(&client(Vendor::ALL[0], &server.url("")), server)
    }

    /// With an existing client: creating one takes longer than a download.
    fn on(client: &Client, server: &FileServer) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            client: client.clone(),
            task: task(client.vendor(), &server.url("/v.mp4")),
            options: DownloadOptions::default(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("v.mp4")
    }

    async fn start(&self) -> Result<Downloaded, Error> {
        let options = self.options.clone();
        let result = self
            .client
            .download_with(&self.task, self.path(), options, |_, _| {})
            .await;
        let left = names(self.folder.path());
        match &result {
            Ok(_) => assert_eq!(left, ["v.mp4"]),
            Err(error) => {
                assert!(left.is_empty(), "{left:?} after {error}");
                assert_eq!(error.task(), Some(&self.task.id));
            }
        }
        result
    }

    /// Downloads, and compares the file.
    async fn arrives(&self, bytes: &[u8]) {
        let file = self.start().await.unwrap();
        let found = std::fs::read(self.path()).unwrap();
        assert_eq!(file.bytes, bytes.len() as u64);
        assert!(found == bytes, "what arrived is another file");
    }
}

/// The files in a folder.
fn names(folder: &Path) -> Vec<String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

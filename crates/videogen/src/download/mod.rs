//! Downloads: to a complete file, into memory, or as a stream.
//!
//! ```no_run
//! # async fn example(client: videogen::Client, task: videogen::VideoTask) -> Result<(), videogen::Error> {
//! use videogen::download::DownloadOptions;
//!
//! let options = DownloadOptions::default().max_bytes(500_000_000);
//! let file = client.download_with(&task, "boat.mp4", options, |bytes, total| println!("{bytes} of {total:?}")).await?;
//! println!("{} bytes in {}", file.bytes, file.path.display());
//! # Ok(())
//! # }
//! ```
// Floor 6: depends on `client` and the floors below. It may not use the other activities.

mod answer;
pub(crate) mod file;
mod kept;
mod media;
mod memory;
pub(crate) mod options;
mod page;
mod partial;
mod sink;
mod transfer;
mod walk;
mod writer;

pub use memory::VideoStream;
pub use options::DownloadOptions;

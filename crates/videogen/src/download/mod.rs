//! Downloads: from a presigned URL to a complete file.
//!
//! Floor 5: depends on `client` and the floors below. It may not use the other activities.

mod answer;
mod file;
mod media;
mod memory;
mod options;
mod page;
mod partial;
mod sink;
mod transfer;
mod walk;

pub use memory::VideoStream;
pub use options::{DownloadOptions, Downloaded};

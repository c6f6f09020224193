//! From a presigned URL to a file.
//!
//! Floor 5: depends on `client` and the floors below; knows nothing of the other activities.

mod answer;
mod file;
mod media;
mod options;
mod page;
mod partial;
mod transfer;
mod walk;

pub use options::{DownloadOptions, Downloaded};

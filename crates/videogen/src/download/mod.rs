//! From a presigned URL to a file.
//!
//! Floor 5: depends on `client` and the floors below; knows nothing of the other activities.

mod answer;
mod file;
mod media;
mod options;
mod partial;
mod transfer;

pub use options::{DownloadOptions, Downloaded};

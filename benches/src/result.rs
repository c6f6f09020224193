//! Results of benchmarks.

/// A benchmark that cannot run says why and ends.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error + Send + Sync>>;

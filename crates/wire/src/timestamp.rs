//! Timestamps.

/// A point in time, in UTC. [`SystemTime`](std::time::SystemTime) becomes one with `into()`, and one becomes a `SystemTime`.
pub type Timestamp = chrono::DateTime<chrono::Utc>;

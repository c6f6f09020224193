//! Exit codes that commands share.

/// Exit code: the command failed: a file cannot be read or written, or no code can be generated from a spec.
pub const CANNOT: u8 = 100;

//! Exit codes that commands share.

/// Exit code: the command could not do its work: a file cannot be read or written, a spec cannot be turned into code.
pub const CANNOT: u8 = 100;

//! Reads content up to a limit.

use std::io::{self, Read};

/// Reads at most `most` bytes. Compiled once, not for each kind of content.
pub(crate) fn read_up_to(content: &mut dyn Read, most: u64, bytes: &mut Vec<u8>) -> io::Result<usize> {
    content.take(most).read_to_end(bytes)
}

//! The owner of a task.

use sha2::{Digest, Sha256};

/// The owner of a task: the SHA-256 of the key that created it. The key itself is not kept.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Owner([u8; 32]);

impl Owner {
    pub(crate) fn of_key(key: &str) -> Self {
        Self(Sha256::digest(key).into())
    }
}

//! What a client has uploaded: references that later requests can use, kept in memory.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::journal::{UploadKey, UploadRecord};

/// The last upload with a key. The lock is held during an upload, so that the same file is uploaded once at a time.
pub(crate) type Slot = Arc<tokio::sync::Mutex<Option<UploadRecord>>>;

/// The uploads of a client and its clones. References may be URLs with credentials, which no journal stores.
#[derive(Debug, Default)]
pub(crate) struct Uploads(Mutex<HashMap<UploadKey, Slot>>);

impl Uploads {
    pub(crate) fn slot(&self, key: &UploadKey) -> Slot {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(slots.entry(key.clone()).or_default())
    }
}

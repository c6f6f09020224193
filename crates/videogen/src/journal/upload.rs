//! Uploaded files.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{Timestamp, Vendor};

/// What identifies an upload: the account that made it, the way it was uploaded, and the content of the file.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadKey {
    /// Fingerprint of the vendor and API key; see [`Client::account`](crate::Client::account).
    pub account: String,
    /// Origin of the base URL; see [`Client::origin`](crate::Client::origin).
    pub origin: String,
    /// Vendor.
    pub vendor: Vendor,
    /// Name of the way: an entry of [`uploads`](crate::facts::Vendor::uploads).
    pub way: String,
    /// SHA-256 of the content, in hexadecimal.
    pub sha256: String,
}

/// The right to make an upload, which one holder has at a time; see
/// [`Journal::lease_upload`](super::Journal::lease_upload).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadLease {
    /// What is uploaded.
    #[serde(flatten)]
    pub key: UploadKey,
    /// Unique id of the holder.
    pub holder: String,
    /// When it was taken or last extended.
    pub at: Timestamp,
    /// When it ends. A running holder extends it.
    pub until: Timestamp,
}

impl UploadLease {
    /// Returns a lease from `at` until `until`.
    #[must_use]
    pub fn new(key: UploadKey, holder: impl Into<String>, at: Timestamp, until: Timestamp) -> Self {
        Self {
            key,
            holder: holder.into(),
            at,
            until,
        }
    }

    /// Returns whether this lease may replace `held`, which has the same key: it is the same holder's, or `held` has
    /// ended.
    #[must_use]
    pub fn replaces(&self, held: &Self) -> bool {
        self.holder == held.holder || held.until <= self.at
    }
}

/// An uploaded file whose reference later requests can use. The reference is an `asset://` id or a public URL, never one
/// with credentials.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UploadRecord {
    /// What identifies it.
    #[serde(flatten)]
    pub key: UploadKey,
    /// The reference, as a request contains it.
    pub reference: String,
    /// Media type.
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Time of the upload.
    pub at: Timestamp,
    /// End of its lifetime, if the vendor documents one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl UploadRecord {
    /// Returns whether it can still be used at `now`.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// Shows no link to the file.
impl fmt::Debug for UploadRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UploadRecord")
            .field("key", &self.key)
            .field("reference", &crate::model::mask::hide_urls(&self.reference))
            .field("bytes", &self.bytes)
            .field("at", &self.at)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

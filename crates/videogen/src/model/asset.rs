//! Assets: files that a vendor keeps for an account.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::model::{SecretUrl, Source, Timestamp};

/// A file that the vendor keeps for the account. Requests name it by [`source`](Self::source).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Asset {
    /// Id at the vendor.
    pub id: String,
    /// Status.
    pub status: AssetStatus,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// `image`, `video` or `audio`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media: Option<String>,
    /// Id of its group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// A link to its content, which may be signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<SecretUrl>,
    /// When it was created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// Why it failed, in the vendor's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Asset {
    /// An asset of which only id and status are known.
    #[allow(dead_code, reason = "only some vendors have assets")]
    pub(crate) fn new(id: String, status: AssetStatus) -> Self {
        Self {
            id,
            status,
            name: None,
            media: None,
            group: None,
            url: None,
            created_at: None,
            reason: None,
        }
    }

    /// Returns the source that names it in a request.
    #[must_use]
    pub fn source(&self) -> Source {
        Source::Asset(self.id.clone())
    }
}

/// Status of an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum AssetStatus {
    /// The vendor is checking it; requests cannot use it yet.
    Processing,
    /// Requests can use it.
    Active,
    /// The vendor refused it.
    Failed,
    /// A status that this version does not know.
    Unknown(String),
}

impl AssetStatus {
    /// Parses a vendor's word.
    #[must_use]
    pub fn from_vendor(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "active" | "ready" | "success" | "completed" | "available" => Self::Active,
            "processing" | "pending" | "queued" | "in_progress" | "created" | "uploading" => Self::Processing,
            "failed" | "error" | "rejected" | "inactive" => Self::Failed,
            _ => Self::Unknown(word.to_owned()),
        }
    }

    /// Returns the name used in JSON.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Processing => "processing",
            Self::Active => "active",
            Self::Failed => "failed",
            Self::Unknown(word) => word,
        }
    }
}

impl From<String> for AssetStatus {
    fn from(word: String) -> Self {
        Self::from_vendor(&word)
    }
}

impl From<AssetStatus> for String {
    fn from(status: AssetStatus) -> Self {
        status.as_str().to_owned()
    }
}

impl fmt::Display for AssetStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A group of assets, such as the pictures of one character.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssetGroup {
    /// Id at the vendor.
    pub id: String,
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The vendor's kind of group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}

/// Which assets to list; see [`Assets::list`](crate::upload::Assets::list).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssetQuery {
    /// Only those of this group.
    pub group: Option<String>,
    /// Those of verified persons, for vendors that list them separately.
    pub persons: bool,
    /// Number of the page, from 1.
    pub page: Option<u32>,
    /// Maximum number of assets on a page.
    pub limit: Option<u32>,
}

impl AssetQuery {
    /// Selects the assets of a group.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Selects those of verified persons, for vendors that list them separately.
    #[must_use]
    pub fn persons(mut self, persons: bool) -> Self {
        self.persons = persons;
        self
    }

    /// Selects a page, from 1.
    #[must_use]
    pub fn page(mut self, page: u32) -> Self {
        self.page = Some(page);
        self
    }

    /// Sets the maximum number of assets on a page.
    #[must_use]
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = Some(limit);
        self
    }
}

/// One page of assets, or of groups of assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct AssetPage<T = Asset> {
    /// The items, in the vendor's order.
    pub items: Vec<T>,
    /// Number of items on all pages, if the vendor reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
    /// Number of entries that could not be read.
    pub unreadable: usize,
}

/// A session in which a real person proves that they agree to be shown; see
/// [`Assets::verify`](crate::upload::Assets::verify).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Verification {
    /// Id of the session at the vendor, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Token of the session, if the vendor returns one: a secret, which the person's browser also brings to the callback
    /// URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// The link that the person opens on a phone, if it is ready.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<SecretUrl>,
    /// When the link expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The group for the person's pictures, if it is known before the verification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
}

/// Shows neither the token nor the link.
impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification")
            .field("id", &self.id)
            .field("link", &self.link)
            .field("expires_at", &self.expires_at)
            .field("group", &self.group)
            .finish_non_exhaustive()
    }
}

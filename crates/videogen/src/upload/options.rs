//! Options and results of an upload.

use serde::Serialize;

use crate::model::{Asset, Source, Timestamp};

/// Options of an upload; see [`Client::upload`](crate::Client::upload).
///
/// ```
/// use videogen::upload::UploadOptions;
///
/// let options = UploadOptions::default().model("seedance-2.0").again(true);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct UploadOptions {
    /// The way to upload it: the name of an entry of [`uploads`](crate::facts::Vendor::uploads). By default the first that
    /// takes the file.
    pub way: Option<String>,
    /// Only a way whose references this model takes.
    pub model: Option<String>,
    /// The group of assets to add it to. By default a group named `videogen`, which is created when it is first needed.
    pub group: Option<String>,
    /// Whether the group is that of a verified person; see [`Assets::verify`](crate::upload::Assets::verify).
    pub person: bool,
    /// Upload it even if it was uploaded before.
    pub again: bool,
}

impl UploadOptions {
    /// Sets the way to upload it.
    #[must_use]
    pub fn way(mut self, way: impl Into<String>) -> Self {
        self.way = Some(way.into());
        self
    }

    /// Selects a way whose references this model takes.
    #[must_use]
    pub fn model(mut self, model: impl Into<String>) -> Self {
        self.model = Some(model.into());
        self
    }

    /// Sets the group of assets to add it to.
    #[must_use]
    pub fn group(mut self, group: impl Into<String>) -> Self {
        self.group = Some(group.into());
        self
    }

    /// Sets the group of a verified person, and adds it there.
    #[must_use]
    pub fn person(mut self, group: impl Into<String>) -> Self {
        self.person = true;
        self.group(group)
    }

    /// Sets whether to upload it even if it was uploaded before.
    #[must_use]
    pub fn again(mut self, again: bool) -> Self {
        self.again = again;
        self
    }
}

/// An uploaded file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Uploaded {
    /// The source that names it in a request.
    pub source: Source,
    /// The way it was uploaded.
    pub way: &'static str,
    /// Its media type.
    pub media_type: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
    /// When the reference expires, if the vendor documents it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it was uploaded before, and nothing was sent now.
    pub reused: bool,
    /// Whether only one request can use it.
    pub single_use: bool,
    /// The asset, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset: Option<Asset>,
}

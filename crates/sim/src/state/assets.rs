//! Uploaded files, assets and their groups, and verifications of persons.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::media::StoredFile;
use crate::spec::Vendor;
use crate::state::owner::Owner;

/// How long an asset is processed, in simulated time.
const PROCESSING: Duration = Duration::from_secs(10);
/// How long the link of a verification is valid.
pub(crate) const VERIFICATION: Duration = Duration::from_secs(120);
/// In the name of an asset or of its file: processing fails.
const FAILS: &str = "sim:asset-failed";

/// A file that was uploaded, or for which an upload is reserved.
pub(crate) struct Upload {
    pub(crate) vendor: Vendor,
    pub(crate) owner: Owner,
    pub(crate) id: String,
    /// Its public URL, if it has one.
    pub(crate) url: Option<String>,
    /// Of a reserved one: what was announced.
    pub(crate) announced: Option<Announced>,
    pub(crate) file: OnceLock<Arc<StoredFile>>,
}

/// What a client announces of a file before it sends it.
pub(crate) struct Announced {
    pub(crate) medium: &'static str,
    pub(crate) media_type: String,
    /// What else is announced depends on the vendor.
    pub(crate) bytes: Option<u64>,
    pub(crate) md5: Option<String>,
    pub(crate) sha256: Option<String>,
    /// Largest file that is received.
    pub(crate) most: Option<u64>,
    /// Until when a request may name the upload, in simulated time.
    pub(crate) until: Duration,
}

/// A group of assets.
#[derive(Clone)]
pub(crate) struct Group {
    pub(crate) vendor: Vendor,
    pub(crate) owner: Owner,
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// A status that replaces the visible one, and changes nothing else.
    pub(crate) shown: Option<String>,
    /// The verification that its person must pass; of other groups none.
    pub(crate) session: Option<Arc<Session>>,
    pub(crate) wall: DateTime<Utc>,
}

impl Group {
    /// Whether assets can be added.
    pub(crate) fn is_active(&self) -> bool {
        self.session
            .as_ref()
            .is_none_or(|session| session.passed.get().is_some())
    }
}

/// The verification of a person.
pub(crate) struct Session {
    pub(crate) vendor: Vendor,
    pub(crate) owner: Owner,
    pub(crate) id: String,
    pub(crate) token: String,
    /// Where the person's browser is sent in the end.
    pub(crate) callback: Option<String>,
    pub(crate) created: Duration,
    pub(crate) wall: DateTime<Utc>,
    /// Set when the person has opened the link in time.
    pub(crate) passed: OnceLock<()>,
}

/// An asset.
#[derive(Clone)]
pub(crate) struct Asset {
    pub(crate) vendor: Vendor,
    pub(crate) owner: Owner,
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) name: String,
    /// `image`, `video` or `audio`.
    pub(crate) medium: String,
    /// The file, if it was uploaded to the simulator.
    pub(crate) file: Option<Arc<StoredFile>>,
    /// Where the vendor got it from, if it was not uploaded.
    pub(crate) source: Option<String>,
    pub(crate) created: Duration,
    pub(crate) wall: DateTime<Utc>,
}

/// Status of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AssetStatus {
    Processing,
    Active,
    Failed,
}

impl AssetStatus {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Active => "active",
            Self::Failed => "failed",
        }
    }
}

impl Asset {
    pub(crate) fn status(&self, now: Duration) -> AssetStatus {
        let file = self.file.as_ref().map_or("", |file| &file.name);
        if now < self.created + PROCESSING {
            AssetStatus::Processing
        } else if self.name.contains(FAILS) || file.contains(FAILS) {
            AssetStatus::Failed
        } else {
            AssetStatus::Active
        }
    }
}

/// An uploaded file or an asset that a task uses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct UsedAsset {
    /// Id of the asset or of the upload.
    pub id: String,
    /// Size of the file in bytes, if it was uploaded to the simulator.
    pub bytes: Option<u64>,
    /// SHA-256 of the file in hexadecimal digits, if it was uploaded to the simulator.
    pub sha256: Option<String>,
}

impl UsedAsset {
    pub(crate) fn new(id: &str, file: Option<&Arc<StoredFile>>) -> Self {
        Self {
            id: id.to_owned(),
            bytes: file.map(|file| file.bytes),
            sha256: file.map(|file| file.sha256.clone()),
        }
    }
}

/// All of them.
#[derive(Default)]
pub(crate) struct Assets(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    uploads: Vec<Arc<Upload>>,
    groups: Vec<Arc<Group>>,
    assets: Vec<Arc<Asset>>,
    sessions: Vec<Arc<Session>>,
    leaked_keys: u64,
}

impl Assets {
    pub(crate) fn add_upload(&self, upload: Upload) -> Arc<Upload> {
        let upload = Arc::new(upload);
        self.lock().uploads.push(upload.clone());
        upload
    }

    /// An upload of any owner.
    pub(crate) fn upload(&self, vendor: Vendor, id: &str) -> Option<Arc<Upload>> {
        let inner = self.lock();
        let mut found = inner.uploads.iter();
        found.find(|upload| upload.vendor == vendor && upload.id == id).cloned()
    }

    /// The upload with a public URL.
    pub(crate) fn upload_at(&self, url: &str) -> Option<Arc<Upload>> {
        let inner = self.lock();
        let mut found = inner.uploads.iter();
        found.find(|upload| upload.url.as_deref() == Some(url)).cloned()
    }

    pub(crate) fn add_group(&self, group: Group) -> Arc<Group> {
        let group = Arc::new(group);
        self.lock().groups.push(group.clone());
        group
    }

    /// An owner's groups, the oldest first.
    pub(crate) fn groups(&self, vendor: Vendor, owner: Owner) -> Vec<Arc<Group>> {
        let inner = self.lock();
        let own = inner.groups.iter();
        own.filter(|group| group.vendor == vendor && group.owner == owner)
            .cloned()
            .collect()
    }

    /// Replaces what may be changed of a group.
    pub(crate) fn replace_group(&self, group: Group) {
        let mut inner = self.lock();
        let mut groups = inner.groups.iter_mut();
        if let Some(old) = groups.find(|old| old.vendor == group.vendor && old.id == group.id) {
            *old = Arc::new(group);
        }
    }

    /// Removes a group and its assets.
    pub(crate) fn remove_group(&self, group: &Group) {
        let mut inner = self.lock();
        inner
            .groups
            .retain(|other| other.vendor != group.vendor || other.id != group.id);
        inner
            .assets
            .retain(|asset| asset.vendor != group.vendor || asset.group != group.id);
    }

    pub(crate) fn add_asset(&self, asset: Asset) -> Arc<Asset> {
        let asset = Arc::new(asset);
        self.lock().assets.push(asset.clone());
        asset
    }

    /// An owner's assets, the oldest first.
    pub(crate) fn assets(&self, vendor: Vendor, owner: Owner) -> Vec<Arc<Asset>> {
        let inner = self.lock();
        let own = inner.assets.iter();
        own.filter(|asset| asset.vendor == vendor && asset.owner == owner)
            .cloned()
            .collect()
    }

    /// One of an owner's assets.
    pub(crate) fn asset(&self, vendor: Vendor, owner: Owner, id: &str) -> Option<Arc<Asset>> {
        let own = self.assets(vendor, owner);
        own.into_iter().find(|asset| asset.id == id)
    }

    /// Gives an asset another name. Its file and status stay.
    pub(crate) fn rename_asset(&self, asset: &Asset, name: &str) {
        let mut inner = self.lock();
        let mut assets = inner.assets.iter_mut();
        if let Some(old) = assets.find(|old| old.vendor == asset.vendor && old.id == asset.id) {
            *old = Arc::new(Asset {
                name: name.to_owned(),
                ..(**old).clone()
            });
        }
    }

    pub(crate) fn remove_asset(&self, asset: &Asset) {
        self.lock()
            .assets
            .retain(|other| other.vendor != asset.vendor || other.id != asset.id);
    }

    pub(crate) fn add_session(&self, session: Session) -> Arc<Session> {
        let session = Arc::new(session);
        self.lock().sessions.push(session.clone());
        session
    }

    /// The verification with an id or a token, of any owner.
    pub(crate) fn session(&self, vendor: Vendor, id: &str) -> Option<Arc<Session>> {
        let inner = self.lock();
        let mut found = inner.sessions.iter().filter(|session| session.vendor == vendor);
        found.find(|session| session.id == id || session.token == id).cloned()
    }

    /// Counts a key that was sent to the storage.
    pub(crate) fn count_leak(&self) {
        self.lock().leaked_keys += 1;
    }

    pub(crate) fn leaked_keys(&self) -> u64 {
        self.lock().leaked_keys
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

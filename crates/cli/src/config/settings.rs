//! What the configuration holds.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use videogen::Vendor;

/// How long to wait for a task, in seconds, if neither an option nor the configuration has a time.
pub(crate) const TIMEOUT: u64 = 1800;

/// The values of a configuration file.
#[derive(Clone, Default)]
pub(crate) struct Config {
    /// The file; empty if there is no folder for it.
    pub(crate) path: PathBuf,
    /// The vendor of a command that names none.
    pub(crate) vendor: Option<Vendor>,
    /// The model of a request without one.
    pub(crate) model: Option<String>,
    /// Folder or template of output files.
    pub(crate) output: Option<PathBuf>,
    /// Journal.
    pub(crate) journal: Option<PathBuf>,
    /// How long to wait for a task, in seconds.
    pub(crate) timeout: Option<u64>,
    /// Whether `login` stores keys in the keyring, and not in a file.
    pub(crate) uses_keyring: bool,
    /// By vendor.
    pub(crate) vendors: BTreeMap<Vendor, VendorConfig>,
    /// All values as they are in the file, in its order.
    pub(crate) settings: Vec<Setting>,
}

/// The values for one vendor.
#[derive(Clone, Default)]
pub(crate) struct VendorConfig {
    /// The model of a request without one.
    pub(crate) model: Option<String>,
    /// Base URL.
    pub(crate) base_url: Option<String>,
    /// Members of requests.
    pub(crate) fields: Map<String, Value>,
}

/// A value in the file.
#[derive(Clone)]
pub(crate) struct Setting {
    /// Its key, such as `vendor.ark.duration`.
    pub(crate) key: String,
    pub(crate) value: Value,
    pub(crate) line: usize,
}

/// A key of the file.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Key {
    Vendor,
    Model,
    Output,
    Journal,
    Timeout,
    SecretsIn,
    VendorModel(Vendor),
    BaseUrl(Vendor),
    Field(Vendor, String),
}

impl Config {
    /// How long to wait for a task: as an option has it, or else the configuration.
    pub(crate) fn timeout(&self, option: Option<u64>) -> Duration {
        Duration::from_secs(option.or(self.timeout).unwrap_or(TIMEOUT))
    }

    /// The base URL of a vendor.
    pub(crate) fn base_url(&self, vendor: Vendor) -> Option<&str> {
        self.vendors.get(&vendor)?.base_url.as_deref()
    }

    /// Whether requests to a vendor get fields.
    pub(crate) fn has_fields(&self, vendor: Vendor) -> bool {
        self.vendors
            .get(&vendor)
            .is_some_and(|settings| !settings.fields.is_empty())
    }
}

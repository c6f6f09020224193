//! The document of `doctor --json`. Depends on `error` only.

use schemars::JsonSchema;
use serde::Serialize;
use videogen::Vendor;

use crate::error::ErrorDocument;

/// What `doctor` found.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Diagnosis {
    /// Whether generating can be expected to work, at one vendor at least.
    pub(crate) usable: bool,
    /// Version of this program.
    pub(crate) version: &'static str,
    /// The configuration, the user's prices and the stored keys.
    pub(crate) files: Vec<FileReport>,
    /// The journal.
    pub(crate) journal: JournalReport,
    /// Free space where the journal and the videos are written.
    pub(crate) disks: Vec<DiskReport>,
    /// The vendors with a key.
    pub(crate) vendors: Vec<VendorReport>,
    /// The budgets for the vendors' own servers.
    pub(crate) budgets: Vec<BudgetReport>,
    /// What to do, the most important first.
    pub(crate) problems: Vec<Finding>,
}

/// A file of the user.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FileReport {
    /// `configuration`, `prices` or `keys`.
    pub(crate) file: &'static str,
    /// Its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// Whether it is there. It need not be.
    pub(crate) exists: bool,
    /// Whether it can be used.
    pub(crate) valid: bool,
}

/// The journal.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub(crate) struct JournalReport {
    /// Its path, or its URL without a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) path: Option<String>,
    /// What can be said of it.
    pub(crate) state: JournalState,
    /// Whether it is there. The first submission creates it.
    pub(crate) exists: bool,
    /// Whether it is intact; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) healthy: Option<bool>,
    /// Its size.
    pub(crate) bytes: u64,
    /// Number of submissions in it.
    pub(crate) submissions: u64,
    /// Submissions whose status is unknown.
    pub(crate) unknown: u64,
    /// Tasks that had not ended, or whose files are missing.
    pub(crate) unfinished: u64,
}

/// What can be said of a journal.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum JournalState {
    /// There is none.
    #[default]
    None,
    /// All records are sound, and it can be used.
    Intact,
    /// All records are sound, and this user may not add any.
    ReadOnly,
    /// It is too large to be checked quickly.
    Unchecked,
    /// It is damaged.
    Damaged,
    /// It cannot be opened or read.
    Unusable,
    /// Its database cannot be reached.
    Unreachable,
}

/// Free space in a folder.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DiskReport {
    /// What is written there: `journal` or `videos`.
    pub(crate) holds: &'static str,
    /// The folder, or the one in which it would be created.
    pub(crate) path: String,
    /// Bytes that this user can write.
    pub(crate) free_bytes: u64,
}

/// A vendor with a key.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VendorReport {
    /// The vendor.
    pub(crate) vendor: Vendor,
    /// Where its key comes from: `environment`, `env_file`, `keyring` or `login`, a file.
    pub(crate) key_from: &'static str,
    /// The base URL that is used.
    pub(crate) base_url: String,
    /// Day on which the newest page about it was read for this version.
    pub(crate) facts_read: &'static str,
    /// Whether it answered; absent with `--offline`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reachable: Option<bool>,
    /// Whether it accepts the key; absent if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key_accepted: Option<bool>,
    /// Milliseconds until its answer, with the connection.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) round_trip_ms: Option<u64>,
    /// Seconds by which its clock is ahead of that of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) clock_skew_seconds: Option<i64>,
    /// Models in its list that are newer than this version.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) new_models: Vec<String>,
    /// Why it could not be checked, or does not accept the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<ErrorDocument>,
}

/// A budget.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BudgetReport {
    /// Amount, period and vendors of the budget, as text.
    pub(crate) budget: String,
    /// What is spent or reserved.
    pub(crate) counted: String,
    /// What is left; negative if prices or budgets changed.
    pub(crate) left: String,
}

/// Something to do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Finding {
    /// Exit code, if it alone prevents generating.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) exit_code: Option<u8>,
    /// What is wrong.
    pub(crate) message: String,
    /// The command to type.
    pub(crate) command: String,
}

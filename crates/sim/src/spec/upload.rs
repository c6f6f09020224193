//! Entries of `x-uploads`.

use serde::Deserialize;

/// What an operation takes.
#[derive(Debug, Deserialize)]
pub(crate) struct UploadRule {
    pub(crate) operation: String,
    pub(crate) media: Vec<String>,
    pub(crate) types: Vec<String>,
    pub(crate) max_bytes: Option<u64>,
    #[serde(default)]
    pub(crate) models: Vec<String>,
}

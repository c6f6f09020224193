// @generated from specs/token360.yaml by `cargo xtask generate token360`. Do not edit: change the spec.

//! Multipart bodies of the spec.

use videogen_wire::{FilePart, Form};

/// A file to add to a group.
#[derive(Debug)]
pub struct UploadAssetForm {
    /// Number of an older group.
    pub asset_group_id: Option<i64>,
    /// The file.
    pub file: FilePart,
    /// Id of the group.
    pub group_id: Option<String>,
    /// Model whose limits the file is checked against.
    pub model: Option<String>,
    /// Name of the asset.
    pub name: Option<String>,
}

impl UploadAssetForm {
    /// The body of `upload_asset`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {
        Form::default()
            .text("assetGroupId", self.asset_group_id)
            .text("groupId", self.group_id)
            .text("model", self.model)
            .text("name", self.name)
            .file("file", Some(self.file))
            .build()
    }
}

// @generated from specs/alltoken.yaml by `cargo xtask generate alltoken`. Do not edit: change the spec.

//! Multipart bodies of the spec.

use videogen_wire::{FilePart, Form};

/// A portrait to add to a group.
#[derive(Debug)]
pub struct UploadPortraitForm {
    /// Medium of an asset.
    pub asset_type: Option<String>,
    /// Id of the group.
    pub group_id: String,
    /// Name of the asset.
    pub name: Option<String>,
    /// JPEG, PNG or WebP of at most 10 MB.
    pub file: FilePart,
}

impl UploadPortraitForm {
    /// The body of `upload_portrait`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {
        Form::default()
            .text("AssetType", self.asset_type)
            .text("GroupId", Some(self.group_id))
            .text("Name", self.name)
            .file("file", Some(self.file))
            .build()
    }
}

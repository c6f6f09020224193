// @generated from specs/toapis.yaml by `cargo xtask generate toapis`. Do not edit: change the spec.

//! Multipart bodies of the spec.

use videogen_wire::{FilePart, Form};

/// An image to store.
#[derive(Debug)]
pub struct UploadImageForm {
    /// JPEG, PNG, WebP or GIF of at most 10 MB.
    pub file: FilePart,
    /// What the file is for.
    pub purpose: Option<String>,
}

impl UploadImageForm {
    /// The body of `upload_image`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {
        Form::default()
            .text("purpose", self.purpose)
            .file("file", Some(self.file))
            .build()
    }
}

/// A video to store.
#[derive(Debug)]
pub struct UploadVideoForm {
    /// MP4, WebM or MOV of at most 50 MB.
    pub file: FilePart,
    /// What the file is for.
    pub purpose: Option<String>,
}

impl UploadVideoForm {
    /// The body of `upload_video`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {
        Form::default()
            .text("purpose", self.purpose)
            .file("file", Some(self.file))
            .build()
    }
}

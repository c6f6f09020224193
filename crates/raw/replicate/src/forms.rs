// @generated from specs/replicate.yaml by `cargo xtask generate replicate`. Do not edit: change the spec.

//! Multipart bodies of the spec.

use videogen_wire::{FilePart, Form};

/// A file to store.
#[derive(Debug)]
pub struct CreateFileForm {
    /// The file.
    pub content: FilePart,
    /// Its name.
    pub filename: Option<String>,
    /// Its media type.
    pub type_: Option<String>,
}

impl CreateFileForm {
    /// The body of `create_file`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {
        Form::default()
            .text("filename", self.filename)
            .text("type", self.type_)
            .file("content", Some(self.content))
            .build()
    }
}

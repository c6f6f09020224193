//! Bodies of uploads: multipart forms whose files are streamed.

use std::fmt;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::multipart;

/// A file in a multipart form. It is streamed, and its size is known in advance.
pub struct FilePart {
    name: String,
    content_type: String,
    length: u64,
    body: reqwest::Body,
}

impl FilePart {
    /// Creates a part of `length` bytes from `body`. `name` is the file name that the vendor sees, with `_` for control
    /// characters, which would change the form.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        content_type: impl Into<String>,
        length: u64,
        body: impl Into<reqwest::Body>,
    ) -> Self {
        Self {
            name: name.into().replace(char::is_control, "_"),
            content_type: content_type.into(),
            length,
            body: body.into(),
        }
    }
}

impl fmt::Debug for FilePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FilePart")
            .field("name", &self.name)
            .field("content_type", &self.content_type)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// Builds a multipart form. Called by the generated forms.
#[derive(Debug, Default)]
pub struct Form(multipart::Form);

impl Form {
    /// Adds a text, if there is one.
    #[must_use]
    pub fn text(self, name: &'static str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => Self(self.0.text(name, value.to_string())),
            None => self,
        }
    }

    /// Adds a file, if there is one.
    #[must_use]
    pub fn file(self, name: &'static str, file: Option<FilePart>) -> Self {
        let Some(file) = file else { return self };
        let mut headers = HeaderMap::new();
        // A type that is no header value is left to the vendor to detect.
        if let Ok(kind) = HeaderValue::from_str(&file.content_type) {
            headers.insert(CONTENT_TYPE, kind);
        }
        let part = multipart::Part::stream_with_length(file.body, file.length)
            .file_name(file.name)
            .headers(headers);
        Self(self.0.part(name, part))
    }

    /// The form to send.
    #[must_use]
    pub fn build(self) -> multipart::Form {
        self.0
    }
}

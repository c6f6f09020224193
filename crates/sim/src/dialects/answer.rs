//! Responses, as data.

use serde_json::Value;

use crate::media::Shape;

/// A response, before the HTTP layer sends it.
#[derive(Debug)]
pub(crate) struct Answer {
    /// HTTP status; that of a file depends on the range that was requested.
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
}

/// The content of a response.
#[derive(Debug)]
pub(crate) enum Content {
    Empty,
    Json(Value),
    /// The clip of this shape.
    Clip(Shape),
}

impl Answer {
    /// A JSON answer.
    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            content: Content::Json(body),
        }
    }

    /// A JSON answer with status 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self::json(200, body)
    }

    /// A redirect.
    pub(crate) fn found(location: String) -> Self {
        Self {
            status: 302,
            headers: vec![("location", location)],
            content: Content::Empty,
        }
    }

    /// The clip of a shape.
    pub(crate) fn clip(shape: Shape) -> Self {
        Self {
            status: 200,
            headers: Vec::new(),
            content: Content::Clip(shape),
        }
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

//! Responses, as data.

use std::time::Duration;

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

    /// Replaces the seconds in `Retry-After`, if the vendor sends it.
    pub(crate) fn retry_after(mut self, wait: Duration) -> Self {
        for (_, value) in self.headers.iter_mut().filter(|(name, _)| *name == "retry-after") {
            *value = wait.as_secs_f64().ceil().max(1.0).to_string();
        }
        self
    }

    /// Adds a header.
    pub(crate) fn header(mut self, name: &'static str, value: impl ToString) -> Self {
        self.headers.push((name, value.to_string()));
        self
    }
}

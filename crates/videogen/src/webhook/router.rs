//! An axum router for a receiver.

use std::time::Duration;

use axum::Router;
use axum::body::{HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::http::{Method, StatusCode};

use super::{Receiver, Refusal, Rejection};

/// Maximum size of a request body, in bytes.
pub const BODY_LIMIT: usize = 1024 * 1024;

impl Receiver {
    /// Returns a router for `POST path` and `POST path/token`, where `path` is the path of the base URL passed to
    /// [`callback`](Self::callback). To nest it elsewhere, use the path `/`.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// # let client = videogen::Client::builder(videogen::Vendor::Token360).key("sk-test").build()?;
    /// let receiver = videogen::webhook::Receiver::builder(client).build()?;
    /// // Serve it behind HTTPS: `axum::serve(listener, app)`.
    /// let app: axum::Router = receiver.router("/hooks");
    /// # Ok(()) }
    /// ```
    ///
    /// It responds with 204 to accepted deliveries, including repeats, with 503 when the vendor should retry, and with
    /// the same empty 404 to everything else.
    ///
    /// The router limits the size of a body and the time to read it. Limit the connections too, because anyone can open
    /// them:
    /// `axum::serve` has no limit on their number, nor on the time for headers, so half-open connections use up the
    /// process's file descriptors, and polls and downloads fail. Listen behind a reverse proxy that reads whole
    /// requests, or accept with a semaphore and hyper's `header_read_timeout`, as `crates/cli/src/listen.rs` does.
    pub fn router(&self, path: &str) -> Router {
        let (receiver, path) = (self.clone(), path.trim_matches('/').to_owned());
        // One handler for all paths and methods, so that all responses are the same.
        Router::new().fallback(move |request: Request| async move {
            match receiver.take(&path, request).await {
                Ok(()) => StatusCode::NO_CONTENT,
                Err(rejection) => StatusCode::from_u16(rejection.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            }
        })
    }

    async fn take(&self, path: &str, request: Request) -> Result<(), Rejection> {
        // Read before anything is checked: an unread body would affect the connection visibly.
        let (head, body) = request.into_parts();
        if body.size_hint().lower() > BODY_LIMIT as u64 {
            return Err(Refusal::Body.into());
        }
        // After the vendor's own timeout, a slow sender is not the vendor.
        let limit = Duration::from_secs(self.vendor().facts().webhook.timeout);
        let body = tokio::time::timeout(limit, to_bytes(body, BODY_LIMIT)).await;
        let body = body.map_err(|_| Refusal::Body)?.map_err(|_| Refusal::Body)?;
        let token = token_in(head.uri.path(), path).filter(|_| head.method == Method::POST);
        let token = token.ok_or(Refusal::Token)?;
        let token = (!token.is_empty()).then_some(token);
        self.receive(token, &head.headers, &body).await.map(drop)
    }
}

/// The rest of `full` after `path`: one segment, or nothing. `None`: another path, or more segments.
fn token_in<'a>(full: &'a str, path: &str) -> Option<&'a str> {
    let rest = full.strip_prefix('/')?.strip_prefix(path)?;
    let token = match rest.strip_prefix('/') {
        Some(token) => token,
        None if path.is_empty() || rest.is_empty() => rest,
        None => return None,
    };
    (!token.contains('/')).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::token_in;

    #[test]
    fn one_segment_after_the_path() {
        for (full, path, token) in [
            ("/hooks/abc", "hooks", Some("abc")),
            ("/hooks", "hooks", Some("")),
            ("/hooks/", "hooks", Some("")),
            ("/a/b/c", "a/b", Some("c")),
            ("/abc", "", Some("abc")),
            ("/", "", Some("")),
            ("/hooksabc", "hooks", None),
            ("/hooks/abc/d", "hooks", None),
            ("/other/abc", "hooks", None),
            ("/abc", "hooks", None),
            ("/a/b", "", None),
            ("*", "", None),
        ] {
            assert_eq!(token_in(full, path), token, "{full} under {path}");
        }
    }
}

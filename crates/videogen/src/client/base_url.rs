//! Base URLs.

use url::Url;

use crate::model::{Error, ErrorKind};

/// Parses a base URL to which paths can be appended. `source` names it in the error.
pub(crate) fn parse_base_url(source: &str, given: &str) -> Result<Url, Error> {
    Url::parse(given.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| {
            // An invalid URL may contain a password, so it is not repeated.
            let message = format!(
                "{source} is invalid; use https://host[/path] (http:// for this machine) without user, query and fragment"
            );
            Error::new(ErrorKind::Config, message)
        })
}

//! Base URLs.

use url::Url;

use crate::client::Client;
use crate::model::address::is_safe;
use crate::model::{Error, ErrorKind};

impl Client {
    /// The URL of a page on one of the vendor's hosts. With another base URL than the vendor's own, its path is requested
    /// below that, so that one base URL replaces all hosts.
    ///
    /// # Errors
    /// `config` when it is no URL.
    #[cfg_attr(not(feature = "webhook"), allow(dead_code))]
    pub(crate) fn page(&self, url: &str) -> Result<Url, Error> {
        let (given, own) = (&self.0.base_url, self.vendor().facts().base_url);
        let page = parse_base_url("the spec's URL", url)?;
        match given == own.trim_end_matches('/') {
            true => Ok(page),
            false => parse_base_url("the base URL", &format!("{given}{}", page.path())),
        }
    }
}

/// Refuses a base URL to which the API key would be sent unencrypted.
pub(crate) fn check_encrypted(source: &str, url: &Url) -> Result<(), Error> {
    if is_safe(url) {
        return Ok(());
    }
    let message = format!("{source} uses plain HTTP, which would send the API key unencrypted; use https://");
    Err(Error::new(ErrorKind::Config, message))
}

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

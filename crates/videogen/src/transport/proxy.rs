//! Proxies from the environment. An invalid one is an error, and is never bypassed.

use std::ffi::OsString;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{NoProxy, Proxy};
use url::Url;

use crate::model::{Error, ErrorKind};

/// Reads an environment variable.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Schemes of proxies.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The proxies for requests to HTTP and to HTTPS hosts.
#[derive(Debug, Default)]
pub(crate) struct Proxies {
    http: Option<String>,
    https: Option<String>,
    /// Hosts that are reached without a proxy.
    none_for: String,
}

impl Proxies {
    /// # Errors
    /// `config` when a variable is not a proxy's address.
    pub(crate) fn from_env(variable: Variables<'_>) -> Result<Self, Error> {
        // The caller of a CGI script controls its environment.
        if variable("REQUEST_METHOD").is_some() {
            return Ok(Self::default());
        }
        let (http, https, all) = (
            proxy("HTTP_PROXY", variable)?,
            proxy("HTTPS_PROXY", variable)?,
            proxy("ALL_PROXY", variable)?,
        );
        let none_for = first("NO_PROXY", variable).map(|(_, hosts)| hosts.to_string_lossy().into_owned());
        Ok(Self {
            http: http.or_else(|| all.clone()),
            https: https.or(all),
            none_for: none_for.unwrap_or_default(),
        })
    }

    /// Adds them to a client.
    ///
    /// # Errors
    /// `config` when the HTTP client rejects one.
    pub(crate) fn apply(&self, mut builder: reqwest::ClientBuilder) -> Result<reqwest::ClientBuilder, Error> {
        builder = builder.no_proxy();
        let http = self.http.as_deref().map(|address| (address, Proxy::http(address)));
        let https = self.https.as_deref().map(|address| (address, Proxy::https(address)));
        for (address, proxy) in http.into_iter().chain(https) {
            let proxy = proxy.map_err(|_| {
                let message = format!("the proxy {} cannot be used", shown(address));
                Error::new(ErrorKind::Config, message)
            })?;
            builder = builder.proxy(proxy.no_proxy(NoProxy::from_string(&self.none_for)));
        }
        Ok(builder)
    }

    /// Host and port of the proxy on the way to `url`.
    pub(crate) fn towards(&self, url: &Url) -> Option<String> {
        let matcher = Matcher::builder()
            .http(self.http.clone().unwrap_or_default())
            .https(self.https.clone().unwrap_or_default())
            .no(self.none_for.clone())
            .build();
        let proxy = matcher.intercept(&url.as_str().parse().ok()?)?;
        Some(proxy.uri().authority()?.to_string())
    }

    /// Their hosts, spelled as in links. A proxy resolves other names itself; its own name may be that of a
    /// host on a private network.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let both = [&self.http, &self.https].into_iter().flatten();
        both.filter_map(|address| host(address)).collect()
    }
}

/// A variable, or its lower-case spelling.
fn first(name: &str, variable: Variables<'_>) -> Option<(String, OsString)> {
    let spellings = [name.to_owned(), name.to_lowercase()];
    spellings
        .into_iter()
        .find_map(|name| Some((name.clone(), variable(&name)?)))
}

/// The proxy from a variable.
fn proxy(name: &str, variable: Variables<'_>) -> Result<Option<String>, Error> {
    let Some((name, value)) = first(name, variable) else {
        return Ok(None);
    };
    let address = value.to_string_lossy();
    let address = address.trim();
    if address.is_empty() {
        return Ok(None);
    }
    let Some(reason) = unusable(address) else {
        return Ok(Some(address.to_owned()));
    };
    let message = format!(
        "the proxy in {name} cannot be used: {}: {reason}; set it to http://HOST:PORT, https://HOST:PORT or \
         socks5h://HOST:PORT, or unset it",
        shown(address)
    );
    Err(Error::new(ErrorKind::Config, message))
}

/// Why an address is not a valid proxy.
fn unusable(address: &str) -> Option<String> {
    if let Some((scheme, _)) = address.split_once("://")
        && !SCHEMES.contains(&scheme.to_ascii_lowercase().as_str())
    {
        return Some("unknown scheme".to_owned());
    }
    if host(address).is_none() {
        return Some("no valid host and port".to_owned());
    }
    // Parsed like the HTTP client does, which would silently use no proxy.
    let matcher = Matcher::builder().all(address.to_owned()).build();
    let is_read = "https://vendor.invalid/"
        .parse()
        .is_ok_and(|url| matcher.intercept(&url).is_some());
    (!is_read).then(|| "invalid URL (escape special characters of user and password by %XX)".to_owned())
}

fn host(address: &str) -> Option<String> {
    // Parsed as an http URL, whatever the scheme, so that the same address has the same spelling as in links.
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let url = Url::parse(&format!("http://{rest}")).ok()?;
    url.host_str().map(str::to_owned)
}

/// An address without user, password, path and query, as far as they can be separated.
fn shown(address: &str) -> String {
    let (scheme, rest) = address
        .split_once("://")
        .map_or(("", address), |(scheme, rest)| (scheme, rest));
    let (user, rest) = rest.rsplit_once('@').map_or(("", rest), |(_, rest)| ("***@", rest));
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let place = match rest[..end].rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') && !port.chars().all(|c| c.is_ascii_digit()) => {
            format!("{host}:***")
        }
        _ => rest[..end].to_owned(),
    };
    let colon = if scheme.is_empty() { "" } else { "://" };
    format!("{scheme}{colon}{user}{place}").escape_debug().to_string()
}

#[cfg(test)]
mod tests;

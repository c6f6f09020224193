//! The HTTP clients: one for submissions, one for reads, one for files.

use std::time::Duration;

use reqwest::redirect;
use url::{Host, Url};

use crate::{Error, ErrorKind};

/// Shorter than any total limit, so that a connection that never came about is told apart from a lost answer.
const CONNECT: Duration = Duration::from_secs(10);
/// Submissions wait long: giving up early would leave it open whether the task exists.
pub(crate) const SUBMIT: Duration = Duration::from_secs(120);
const READ: Duration = Duration::from_secs(30);
/// A file may take as long as it takes, but not stand still.
const STALL: Duration = Duration::from_secs(30);
const REDIRECTS: usize = 5;

/// The clients of one account.
#[derive(Debug, Clone)]
pub(crate) struct Http {
    /// For submissions: always a fresh connection, because a pooled one that the vendor just closed cannot be told from a
    /// lost answer.
    pub(crate) submit: reqwest::Client,
    /// For polls and other reads.
    pub(crate) read: reqwest::Client,
    /// For files, which lie with somebody else: no key ever travels with it.
    pub(crate) file: reqwest::Client,
}

impl Http {
    /// # Errors
    /// `config` when TLS cannot be set up.
    pub(crate) fn new(base_url: &Url, submit: Duration) -> Result<Self, Error> {
        let api = || {
            let builder = reqwest::Client::builder()
                .connect_timeout(CONNECT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false);
            // Reading the platform's certificates takes longer than all else, and plain HTTP has no use for them.
            let builder = if base_url.scheme() == "http" {
                builder.tls_certs_only([])
            } else {
                builder
            };
            // A proxy cannot reach what runs on this machine.
            if is_loopback(base_url) {
                builder.no_proxy()
            } else {
                builder
            }
        };
        let file = reqwest::Client::builder()
            .connect_timeout(CONNECT)
            .read_timeout(STALL)
            .referer(false)
            .redirect(redirect::Policy::custom(|attempt| {
                if attempt.previous().len() > REDIRECTS {
                    attempt.error("too many redirects")
                } else if is_safe(attempt.url()) {
                    attempt.follow()
                } else {
                    attempt.error("a redirect leads to plain HTTP")
                }
            }));
        let file = if is_loopback(base_url) { file.no_proxy() } else { file };
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|_| Error::new(ErrorKind::Config, "the HTTP client cannot be set up: no usable TLS"))
        };
        Ok(Self {
            submit: build(api().timeout(submit).pool_max_idle_per_host(0))?,
            read: build(api().timeout(READ))?,
            file: build(file)?,
        })
    }
}

/// HTTPS, or plain HTTP that does not leave this machine.
pub(crate) fn is_safe(url: &Url) -> bool {
    url.scheme() == "https" || (url.scheme() == "http" && is_loopback(url))
}

pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

//! The HTTP clients: one for submissions, one for reads, one for files.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect;
use rustls::ClientConfig;
use url::Url;

use crate::model::address::{Guard, Reach, is_loopback};
use crate::model::{Error, ErrorKind};
use crate::transport::proxy::{Proxies, Variables};
use crate::transport::resolve::{Guarded, Lookup};
use crate::transport::tls;

/// Shorter than any total timeout, so that a failed connection is distinguished from a lost response.
const CONNECT: Duration = Duration::from_secs(10);
/// Long, because a submission that times out has an unknown status.
pub(crate) const SUBMIT: Duration = Duration::from_secs(120);
const READ: Duration = Duration::from_secs(30);
/// Some hosts answer 403 to requests without one.
const USER_AGENT: &str = concat!("videogen/", env!("CARGO_PKG_VERSION"));

/// The clients of one account.
#[derive(Debug)]
pub(crate) struct Http {
    /// For submissions: always a new connection, because a pooled one that the vendor just closed looks like a
    /// lost response.
    pub(crate) submit: reqwest::Client,
    /// For polls and other reads.
    pub(crate) read: reqwest::Client,
    /// Checks the hosts of files. The client follows no redirects, so that each is checked.
    pub(crate) guard: Arc<Guard>,
    /// For files; created on first use, because reading the platform's certificates is slow.
    file: OnceLock<reqwest::Client>,
    proxies: Proxies,
    lookup: Lookup,
}

impl Http {
    /// # Errors
    /// `config` when TLS cannot be set up, or a proxy variable is invalid.
    pub(crate) fn new(
        base_url: &Url,
        submit: Duration,
        private_hosts: bool,
        lookup: Lookup,
        variable: Variables<'_>,
    ) -> Result<Self, Error> {
        let local = is_loopback(base_url);
        // No proxy can reach a vendor on this machine.
        let proxies = match local {
            true => Proxies::default(),
            false => Proxies::from_env(variable)?,
        };
        // Plain HTTP to this machine needs no certificates.
        let tls = tls::config(!local || base_url.scheme() != "http")?;
        let api = || -> Result<reqwest::ClientBuilder, Error> {
            // Shorter than the total timeout, so that a failed connection is distinguished from a lost response.
            Ok(client(&proxies, tls.clone())?.connect_timeout(CONNECT.min(submit / 2)))
        };
        let reach = match (private_hosts, local) {
            (true, _) => Reach::Anywhere,
            (false, true) => Reach::Loopback,
            (false, false) => Reach::Public,
        };
        Ok(Self {
            submit: build(api()?.timeout(submit).pool_max_idle_per_host(0))?,
            read: build(api()?.timeout(READ))?,
            guard: Arc::new(Guard::new(reach, proxies.hosts())),
            file: OnceLock::new(),
            proxies,
            lookup,
        })
    }

    /// Host and port of the proxy on the way to `url`.
    pub(crate) fn proxy_towards(&self, url: &Url) -> Option<String> {
        self.proxies.towards(url)
    }

    /// The client for files. It knows no key; `download` adds it to links on the vendor's own origin that need it.
    ///
    /// # Errors
    /// `config` when TLS cannot be set up.
    pub(crate) fn file(&self) -> Result<&reqwest::Client, Error> {
        if let Some(file) = self.file.get() {
            return Ok(file);
        }
        let resolver = Guarded {
            guard: Arc::clone(&self.guard),
            lookup: self.lookup.clone(),
        };
        // No total timeout for files; the reader has an idle timeout.
        let plain = client(&self.proxies, tls::config(true)?)?
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd();
        let file = build(plain.dns_resolver(Arc::new(resolver)))?;
        Ok(self.file.get_or_init(|| file))
    }
}

/// A client that only builds requests, and never connects.
///
/// # Errors
/// `config` when TLS cannot be set up.
pub(crate) fn offline() -> Result<&'static reqwest::Client, Error> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();

    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let new = build(client(&Proxies::default(), tls::config(false)?)?)?;
    Ok(CLIENT.get_or_init(|| new))
}

/// Settings of all clients.
fn client(proxies: &Proxies, tls: ClientConfig) -> Result<reqwest::ClientBuilder, Error> {
    let builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .referer(false);
    proxies.apply(builder)
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder
        .build()
        .map_err(|_| Error::new(ErrorKind::Config, "the HTTP client cannot be set up: no usable TLS"))
}

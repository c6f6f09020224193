//! The HTTP clients: one for submissions, one for reads, one for files.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::redirect;
use url::Url;

use crate::model::address::{Guard, Reach, is_loopback};
use crate::model::{Error, ErrorKind};
use crate::transport::resolve::{Guarded, Lookup, proxies};

/// Shorter than any total limit, so that a connection that never came about is told apart from a lost answer.
const CONNECT: Duration = Duration::from_secs(10);
/// Submissions wait long: giving up early would leave it open whether the task exists.
pub(crate) const SUBMIT: Duration = Duration::from_secs(120);
const READ: Duration = Duration::from_secs(30);
/// Some hosts answer 403 to who does not name itself.
const USER_AGENT: &str = concat!("videogen/", env!("CARGO_PKG_VERSION"));

/// The clients of one account.
#[derive(Debug)]
pub(crate) struct Http {
    /// For submissions: always a fresh connection, because a pooled one that the vendor just closed cannot be told from a
    /// lost answer.
    pub(crate) submit: reqwest::Client,
    /// For polls and other reads.
    pub(crate) read: reqwest::Client,
    /// Judges what is asked for files. Their client follows no redirect by itself, so that each is judged.
    pub(crate) guard: Arc<Guard>,
    /// For files, once one is fetched: reading the platform's certificates takes longer than all else here.
    file: OnceLock<reqwest::Client>,
    local: bool,
    lookup: Lookup,
}

impl Http {
    /// # Errors
    /// `config` when TLS cannot be set up.
    pub(crate) fn new(base_url: &Url, submit: Duration, private_hosts: bool, lookup: Lookup) -> Result<Self, Error> {
        let local = is_loopback(base_url);
        let api = || {
            // Shorter than the whole, so that a connection that never came about is told apart from a lost answer.
            let builder = client(local).connect_timeout(CONNECT.min(submit / 2));
            // Plain HTTP has no use for certificates.
            if base_url.scheme() == "http" {
                builder.tls_certs_only([])
            } else {
                builder
            }
        };
        let reach = match (private_hosts, local) {
            (true, _) => Reach::Anywhere,
            (false, true) => Reach::Loopback,
            (false, false) => Reach::Public,
        };
        Ok(Self {
            submit: build(api().timeout(submit).pool_max_idle_per_host(0))?,
            read: build(api().timeout(READ))?,
            guard: Arc::new(Guard::new(reach, if local { Vec::new() } else { proxies() })),
            file: OnceLock::new(),
            local,
            lookup,
        })
    }

    /// The client for files, which lie with somebody else: no key ever travels with it.
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
        // A file may take as long as it takes; that it does not stand still is seen to where it is read.
        let plain = client(self.local).no_gzip().no_brotli().no_deflate().no_zstd();
        let file = build(plain.dns_resolver(Arc::new(resolver)))?;
        Ok(self.file.get_or_init(|| file))
    }
}

/// What holds for all of them. `local`: the vendor runs on this machine, where no proxy can reach it.
fn client(local: bool) -> reqwest::ClientBuilder {
    let builder = reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .redirect(redirect::Policy::none())
        .retry(reqwest::retry::never())
        .http1_only()
        .referer(false);
    if local { builder.no_proxy() } else { builder }
}

fn build(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, Error> {
    builder
        .build()
        .map_err(|_| Error::new(ErrorKind::Config, "the HTTP client cannot be set up: no usable TLS"))
}

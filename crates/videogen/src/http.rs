//! The HTTP clients: one for submissions, one for reads, one for files.

use std::sync::Arc;
use std::time::Duration;

use reqwest::redirect;
use url::Url;

use crate::address::{Guard, Reach, is_loopback};
use crate::resolve::{Guarded, Lookup, proxies};
use crate::{Error, ErrorKind};

/// Shorter than any total limit, so that a connection that never came about is told apart from a lost answer.
const CONNECT: Duration = Duration::from_secs(10);
/// Submissions wait long: giving up early would leave it open whether the task exists.
const SUBMIT: Duration = Duration::from_secs(120);
const READ: Duration = Duration::from_secs(30);

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
    /// Judges what `file` is asked for. It follows no redirect by itself, so that each is judged.
    pub(crate) guard: Arc<Guard>,
}

impl Http {
    /// # Errors
    /// `config` when TLS cannot be set up.
    pub(crate) fn new(base_url: &Url, private_hosts: bool, lookup: Lookup) -> Result<Self, Error> {
        let local = is_loopback(base_url);
        let client = || {
            let builder = reqwest::Client::builder()
                .connect_timeout(CONNECT)
                .redirect(redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false);
            // A proxy cannot reach what runs on this machine.
            if local { builder.no_proxy() } else { builder }
        };
        let reach = match (private_hosts, local) {
            (true, _) => Reach::Anywhere,
            (false, true) => Reach::Loopback,
            (false, false) => Reach::Public,
        };
        let guard = Arc::new(Guard::new(reach, if local { Vec::new() } else { proxies() }));
        let resolver = Guarded {
            guard: Arc::clone(&guard),
            lookup,
        };
        let build = |builder: reqwest::ClientBuilder| {
            builder
                .build()
                .map_err(|_| Error::new(ErrorKind::Config, "the HTTP client cannot be set up: no usable TLS"))
        };
        Ok(Self {
            submit: build(client().timeout(SUBMIT).pool_max_idle_per_host(0))?,
            read: build(client().timeout(READ))?,
            // A file may take as long as it takes; that it does not stand still is seen to where it is read.
            file: build(client().dns_resolver(Arc::new(resolver)))?,
            guard,
        })
    }
}

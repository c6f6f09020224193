//! Setting up a client.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;
use url::Url;
use videogen_wire::Session;

use crate::account::Account;
use crate::address::is_safe;
use crate::client::Inner;
use crate::http::{Http, SUBMIT};
use crate::journal::Journal;
use crate::resolve::Lookup;
use crate::retry::Budget;
use crate::submit::LEASE;
use crate::{Client, Error, ErrorKind, RetryPolicy, TaskId, Vendor};

/// Sets up a [`Client`].
#[derive(Debug)]
#[must_use]
pub struct ClientBuilder {
    vendor: Vendor,
    key: Option<SecretString>,
    base_url: Option<String>,
    allow_http: bool,
    allow_private_hosts: bool,
    lookup: Lookup,
    retry: RetryPolicy,
    submit_timeout: Duration,
    journal: Option<Arc<dyn Journal>>,
    observer: Option<Observer>,
}

/// What [`ClientBuilder::on_submission`] is called with, while a submission is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SubmitEvent {
    /// The journal has recorded the submission under this id; it is sent next.
    Recorded(String),
    /// The vendor accepted the submission as this task. The journal has yet to record that.
    Accepted(TaskId),
}

/// Called with each event of each submission.
#[derive(Clone)]
pub(crate) struct Observer(Arc<dyn Fn(&SubmitEvent) + Send + Sync>);

impl Observer {
    pub(crate) fn notify(&self, event: &SubmitEvent) {
        (self.0)(event);
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

impl ClientBuilder {
    pub(crate) fn new(vendor: Vendor) -> Self {
        Self {
            vendor,
            key: None,
            base_url: None,
            allow_http: false,
            allow_private_hosts: false,
            lookup: Lookup::default(),
            retry: RetryPolicy::default(),
            submit_timeout: SUBMIT,
            journal: None,
            observer: None,
        }
    }

    /// The API key.
    pub fn key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Another base URL than the vendor's own: a gateway, or the simulator.
    ///
    /// A base URL on this machine (`localhost`, 127.0.0.0/8, `[::1]`) changes two things: the links to files that it gives
    /// may lead to this machine too, and a proxy in the environment is not used, neither for the vendor nor for files.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Allows a base URL with plain HTTP that is not on this machine. The key then travels unprotected.
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Whether files may be fetched from hosts that are not on the public internet, such as a gateway's own storage. By
    /// default a link that leads into this machine, its network or a metadata service is refused. This machine is allowed
    /// when the base URL is on it.
    pub fn allow_private_hosts(mut self, allow: bool) -> Self {
        self.allow_private_hosts = allow;
        self
    }

    /// How the names of the hosts of files are resolved, instead of the way of the system. What it answers is judged like
    /// any other address.
    pub fn dns_resolver<F, A>(mut self, resolve: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        self.lookup = Lookup::new(resolve);
        self
    }

    /// How what failed is sent again.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// How long a submission may take in all; two minutes unless set. A submission that is given up is ambiguous, so a short
    /// time saves nothing.
    pub fn submit_timeout(mut self, timeout: Duration) -> Self {
        self.submit_timeout = timeout;
        self
    }

    /// Where submissions are noted before they are sent; see [`journal`](crate::journal).
    ///
    /// A vendor that finds tasks by the caller's own id is given one then, unless the request brings it.
    pub fn journal(mut self, journal: Arc<dyn Journal>) -> Self {
        self.journal = Some(journal);
        self
    }

    /// Calls `observe` with each [`SubmitEvent`] as it happens, before anything else is waited for. So the id of a task is
    /// known even if the program is stopped while the journal, locked by another program, cannot record it.
    ///
    /// It is called on the runtime's threads and must not block.
    pub fn on_submission(mut self, observe: impl Fn(&SubmitEvent) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer(Arc::new(observe)));
        self
    }

    /// Makes the client. What was not set is taken from the environment: the key from `TOKEN360_API_KEY`,
    /// `TOAPIS_API_KEY` or `ALLTOKEN_API_KEY`, the base URL from `TOKEN360_BASE_URL`, `TOAPIS_BASE_URL` or
    /// `ALLTOKEN_BASE_URL`.
    ///
    /// # Errors
    /// `config` when there is no key, it cannot stand in a header, or the base URL is unusable or plain HTTP.
    pub fn build(self) -> Result<Client, Error> {
        let facts = self.vendor.facts();
        let config = |message: String| Error::new(ErrorKind::Config, message);
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.trim().is_empty());
        let key = match self
            .key
            .or_else(|| Some(variable(facts.key_env)?.trim().to_owned().into()))
        {
            Some(key) => key,
            None => return Err(config(format!("no key for {}: set {}", facts.name, facts.key_env))),
        };
        let (source, given) = match (self.base_url, variable(facts.base_url_env)) {
            (Some(given), _) => ("the base URL", given),
            (None, Some(given)) => (facts.base_url_env, given),
            (None, None) => ("the base URL", facts.base_url.to_owned()),
        };
        let url = parse_base_url(source, &given)?;
        if !is_safe(&url) && !self.allow_http {
            return Err(config(format!(
                "{source} is plain HTTP, which would show the key to everyone on the way; use https"
            )));
        }
        let session = Session::new(&key).map_err(|error| config(error.to_string()))?;
        Ok(Client(Arc::new(Inner {
            vendor: self.vendor,
            base_url: url.as_str().trim_end_matches('/').to_owned(),
            key,
            session,
            http: Http::new(&url, self.submit_timeout, self.allow_private_hosts, self.lookup)?,
            retry: self.retry,
            journal: self.journal,
            observer: self.observer,
            on_their_way: watch::Sender::new(0),
            patience: self.submit_timeout.saturating_add(LEASE),
            budget: Budget::default(),
            account: Account::new(facts.rate_limits.query),
        })))
    }
}

/// A base URL that paths can be put behind. `source` names it in the error.
pub(crate) fn parse_base_url(source: &str, given: &str) -> Result<Url, Error> {
    Url::parse(given.trim())
        .ok()
        .filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host())
        .filter(|url| url.query().is_none() && url.fragment().is_none())
        .filter(|url| url.username().is_empty() && url.password().is_none())
        .ok_or_else(|| {
            // What cannot be read may hold a password, so it is not repeated.
            let message = format!(
                "{source} must read https://host[/path] (http:// for this machine), with no user, query or fragment"
            );
            Error::new(ErrorKind::Config, message)
        })
}

//! Configuration of a client.

use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;
use videogen_wire::Session;

use crate::client::Client;
use crate::client::account::Account;
use crate::client::core::Inner;
use crate::client::delay::Delays;
use crate::client::observer::{Observer, SubmitEvent, UploadEvent};
use crate::client::recording::{fingerprint, origin};
use crate::client::submit_limit::SubmitLimiter;
use crate::client::turns::SharedTurns;
use crate::client::{check_encrypted, is_own_server, parse_base_url};
use crate::journal::Journal;
use crate::journal::LEASE;
use crate::model::address::is_loopback;
use crate::model::{Error, ErrorKind, PriceBook, TimeScale, Vendor};
use crate::transport::RetryPolicy;
use crate::transport::http::{Http, SUBMIT};
use crate::transport::proxy::Variables;
use crate::transport::resolve::Lookup;
use crate::transport::retry::Budget;

impl Client {
    /// Returns a builder for a client of `vendor`.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// use videogen::{Client, Vendor};
    ///
    /// let client = Client::builder(Vendor::Token360).key("sk-test").build()?;
    /// assert_eq!(client.vendor(), Vendor::Token360);
    /// # Ok(()) }
    /// ```
    pub fn builder(vendor: Vendor) -> ClientBuilder {
        ClientBuilder::new(vendor)
    }

    /// Returns a client with the API key and base URL from the environment; see [`ClientBuilder::build`] for the
    /// variables.
    ///
    /// # Errors
    /// The same as [`ClientBuilder::build`].
    ///
    /// ```no_run
    /// # fn main() -> Result<(), videogen::Error> {
    /// // Reads TOKEN360_API_KEY.
    /// let client = videogen::Client::from_env(videogen::Vendor::Token360)?;
    /// # Ok(()) }
    /// ```
    pub fn from_env(vendor: Vendor) -> Result<Self, Error> {
        Self::builder(vendor).build()
    }
}

/// Builder of a [`Client`]; see [`Client::builder`].
///
/// ```
/// # fn main() -> Result<(), videogen::Error> {
/// use std::time::Duration;
/// use videogen::{Client, RetryPolicy, Vendor};
///
/// let client = Client::builder(Vendor::Token360)
///     .key("sk-test")
///     .base_url("https://gateway.example.com")
///     .allow_private_hosts(true) // the gateway stores files on its own network
///     .retry(RetryPolicy::default().retries(5))
///     .submit_timeout(Duration::from_secs(60))
///     .build()?;
/// assert_eq!(client.origin(), "https://gateway.example.com");
/// # Ok(()) }
/// ```
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
    observer: Option<Observer<SubmitEvent>>,
    upload_observer: Option<Observer<UploadEvent>>,
    delays: Option<Delays>,
    time_scale: f64,
    prices: PriceBook,
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
            upload_observer: None,
            delays: None,
            time_scale: 1.0,
            prices: PriceBook::default(),
        }
    }

    /// Sets the API key.
    pub fn key(mut self, key: impl Into<SecretString>) -> Self {
        self.key = Some(key.into());
        self
    }

    /// Sets a base URL other than the vendor's own, for a gateway or the simulator.
    ///
    /// With a base URL on this machine (`localhost`, 127.0.0.0/8, `[::1]`), result links may also point to this
    /// machine, and proxy settings in the environment are ignored for API calls and downloads.
    pub fn base_url(mut self, base_url: impl Into<String>) -> Self {
        self.base_url = Some(base_url.into());
        self
    }

    /// Allows a plain HTTP base URL that is not on this machine. The API key is then sent unencrypted.
    ///
    /// ```
    /// use videogen::{Client, Vendor};
    ///
    /// let gateway = || Client::builder(Vendor::Token360).key("sk-test").base_url("http://gateway.example:8080");
    /// assert!(gateway().build().is_err());
    /// assert!(gateway().allow_http().build().is_ok());
    /// ```
    pub fn allow_http(mut self) -> Self {
        self.allow_http = true;
        self
    }

    /// Sets whether files may be downloaded from hosts that are not on the public internet, such as a gateway's own
    /// storage.
    ///
    /// By default, links to this machine, private networks and cloud metadata services are refused. Links to this
    /// machine are allowed when the base URL is on it.
    pub fn allow_private_hosts(mut self, allow: bool) -> Self {
        self.allow_private_hosts = allow;
        self
    }

    /// Sets a custom DNS resolver for file downloads. The addresses that it returns pass the same checks as any others.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), videogen::Error> {
    /// use videogen::{Client, Vendor};
    ///
    /// let client = Client::builder(Vendor::Token360)
    ///     .dns_resolver(|host| async move {
    ///         let found = tokio::net::lookup_host((host, 0)).await?;
    ///         Ok(found.map(|address| address.ip()).collect())
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn dns_resolver<F, A>(mut self, resolve: F) -> Self
    where
        F: Fn(String) -> A + Send + Sync + 'static,
        A: Future<Output = io::Result<Vec<IpAddr>>> + Send + 'static,
    {
        self.lookup = Lookup::new(resolve);
        self
    }

    /// Sets the retry policy.
    pub fn retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sets the total timeout of a submission; the default is 2 minutes. A submission that times out has an unknown
    /// status, so a short timeout does not make failures cheaper.
    pub fn submit_timeout(mut self, timeout: Duration) -> Self {
        self.submit_timeout = timeout;
        self
    }

    /// Sets the journal in which submissions are recorded before they are sent; see [`journal`](crate::journal).
    ///
    /// For vendors that support client references, one is generated unless the request sets it. To share a journal
    /// between clients, pass each of them a clone of its `Arc`.
    ///
    /// ```no_run
    /// # fn example(journal: impl videogen::journal::Journal + 'static) -> Result<(), videogen::Error> {
    /// use std::sync::Arc;
    /// use videogen::{Client, Vendor};
    ///
    /// // For example, `videogen_journal::SqliteJournal::open("videogen.db")?`.
    /// let journal = Arc::new(journal);
    /// let first = Client::builder(Vendor::Token360).journal(Arc::clone(&journal)).build()?;
    /// let second = Client::builder(Vendor::ToApis).journal(journal).build()?;
    /// # Ok(()) }
    /// ```
    pub fn journal(mut self, journal: impl Journal + 'static) -> Self {
        self.journal = Some(Arc::new(journal));
        self
    }

    /// Sets a callback for each [`SubmitEvent`], called before anything else is awaited. So the id of a task is known
    /// even if the program is stopped while the journal, locked by another program, cannot record it.
    ///
    /// It is called on the runtime's threads and must not block.
    ///
    /// ```no_run
    /// # fn main() -> Result<(), videogen::Error> {
    /// use videogen::submit::SubmitEvent;
    /// use videogen::{Client, Vendor};
    ///
    /// let client = Client::builder(Vendor::Token360)
    ///     .on_submission(|event| {
    ///         if let SubmitEvent::Accepted(task) = event {
    ///             eprintln!("accepted: {task}");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn on_submission(mut self, observe: impl Fn(&SubmitEvent) + Send + Sync + 'static) -> Self {
        self.observer = Some(Observer::new(observe));
        self
    }

    /// Sets a callback for each [`UploadEvent`], such as the progress of a large upload. The callback must not block: the
    /// upload waits for it.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// use videogen::upload::UploadEvent;
    ///
    /// let client = videogen::Client::builder(videogen::Vendor::ALL[0])
    ///     .key("sk-test")
    ///     .on_upload(|event| {
    ///         if let UploadEvent::Sending { file, sent, total } = event {
    ///             eprintln!("{file}: {sent} of {total} bytes");
    ///         }
    ///     })
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn on_upload(mut self, observe: impl Fn(&UploadEvent) + Send + Sync + 'static) -> Self {
        self.upload_observer = Some(Observer::new(observe));
        self
    }

    /// Sets a callback for a vendor that has not responded to a request for `after`: to a submission, a poll, or another call
    /// of its API; transfers of files are not included. The request continues until its timeout. The callback is called once,
    /// and again only after the vendor has responded. It must not block.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// use std::time::Duration;
    ///
    /// let client = videogen::Client::builder(videogen::Vendor::ALL[0])
    ///     .key("sk-test")
    ///     .on_delay(Duration::from_secs(10), |vendor| eprintln!("{} does not respond", vendor.name()))
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn on_delay(mut self, after: Duration, observe: impl Fn(&Vendor) + Send + Sync + 'static) -> Self {
        self.delays = Some(Delays::new(after, Observer::new(observe)));
        self
    }

    /// Sets the speed of the vendor's time relative to real time; the default is 1. For simulators only.
    ///
    /// Everything that is stated in the vendor's time passes faster by this factor: the default pauses of
    /// [`wait`](Client::wait), [`watch`](Client::watch) and [`Watcher`](crate::wait::Watcher), rate limits, pauses
    /// before retries, and `Retry-After`. Without it, waits follow the speed that a simulator on this machine reports. Times that the caller sets in `WaitOptions` or `WatcherOptions`, and time
    /// limits of requests, stay in real time.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// let client = videogen::Client::builder(videogen::Vendor::ALL[0])
    ///     .key("sk-test")
    ///     .base_url("http://127.0.0.1:8787/token360") // `videogen sim --speed 60`
    ///     .time_scale(60.0)
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn time_scale(mut self, factor: f64) -> Self {
        self.time_scale = factor;
        self
    }

    /// Sets prices that override or complete the vendor's list prices, for [`Plan::cost`](crate::submit::Plan::cost).
    ///
    /// ```
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// use videogen::facts::PriceUnit;
    /// use videogen::price::{PriceBook, PriceEntry};
    /// use videogen::{Client, Vendor};
    ///
    /// let mut prices = PriceBook::default();
    /// prices.set(PriceEntry::new(Vendor::ALL[0], "seedance-2.0", "0.05".parse()?, PriceUnit::Second)?);
    /// let client = Client::builder(Vendor::ALL[0]).key("sk-test").prices(prices).build()?;
    /// # Ok(()) }
    /// ```
    pub fn prices(mut self, prices: PriceBook) -> Self {
        self.prices = prices;
        self
    }

    /// Builds the client. Values that were not set are read from the environment: the API key from `TOKEN360_API_KEY`,
    /// `TOAPIS_API_KEY` or `ALLTOKEN_API_KEY`, the base URL from `TOKEN360_BASE_URL`, `TOAPIS_BASE_URL` or
    /// `ALLTOKEN_BASE_URL`.
    ///
    /// # Errors
    /// `config` when the key is missing or is not a valid header value, when the base URL is invalid or uses plain
    /// HTTP, when a time scale is invalid or set for the vendor's own host, or when `HTTP_PROXY`, `HTTPS_PROXY` or
    /// `ALL_PROXY` is not a usable proxy. No proxy is used if the base URL is on this machine.
    ///
    /// ```
    /// use videogen::{Client, ErrorKind, Vendor};
    ///
    /// let error = Client::builder(Vendor::Token360).key("sk-test").base_url("gateway.example").build().unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Config);
    /// ```
    pub fn build(self) -> Result<Client, Error> {
        self.build_in(&|name| std::env::var_os(name))
    }

    /// Like [`build`](Self::build), with another environment.
    pub(crate) fn build_in(self, environment: Variables<'_>) -> Result<Client, Error> {
        let facts = self.vendor.facts();
        let config = |message: String| Error::new(ErrorKind::Config, message);
        let variable = |name: &str| {
            let value = environment(name)?.into_string().ok();
            value.filter(|value| !value.trim().is_empty())
        };
        let key = match self
            .key
            .or_else(|| Some(variable(facts.key_env)?.trim().to_owned().into()))
        {
            Some(key) => key,
            None => return Err(config(format!("no API key for {}; set {}", facts.name, facts.key_env))),
        };
        let (source, given) = match (self.base_url, variable(facts.base_url_env)) {
            (Some(given), _) => ("the base URL", given),
            (None, Some(given)) => (facts.base_url_env, given),
            (None, None) => ("the base URL", facts.base_url.to_owned()),
        };
        let url = parse_base_url(source, &given)?;
        if !self.allow_http {
            check_encrypted(source, &url)?;
        }
        let scale = TimeScale::new(self.time_scale).ok_or_else(|| {
            let factor = self.time_scale;
            config(format!("time scale {factor} is invalid; set a number above 0"))
        })?;
        if !scale.is_real() && url.host_str() == parse_base_url("the base URL", facts.base_url)?.host_str() {
            let name = facts.name;
            return Err(config(format!(
                "a time scale is for simulators; set a base URL other than {name}'s own"
            )));
        }
        let http = Http::new(
            &url,
            self.submit_timeout,
            self.allow_private_hosts,
            self.lookup,
            environment,
        )?;
        let session = Session::new(&key, &facts.auth).map_err(|error| config(error.to_string()))?;
        let session = session.through(http.proxy_towards(&url).as_deref());
        let base_url = url.as_str().trim_end_matches('/').to_owned();
        let turns = |limit| {
            let (journal, account) = (self.journal.clone()?, fingerprint(self.vendor, &key));
            Some(SharedTurns::new(journal, account, origin(&base_url), limit))
        };
        let account = Account::new(facts.rate_limits.query, scale, turns("query"));
        let submit_limiter = SubmitLimiter::new(facts.rate_limits.submit, turns("submit"));
        Ok(Client(Arc::new(Inner {
            vendor: self.vendor,
            base_url,
            key,
            session,
            http,
            retry: self.retry,
            journal: self.journal,
            observer: self.observer,
            upload_observer: self.upload_observer,
            delays: self.delays,
            in_flight: watch::Sender::new(0),
            patience: self.submit_timeout.saturating_add(LEASE),
            skew: Mutex::default(),
            budget: Budget::new(scale),
            account,
            submit_limiter,
            uploads: Default::default(),
            prices: self.prices,
            scale,
            is_local: is_loopback(&url),
            is_own_server: is_own_server(self.vendor, &url),
            reported: Mutex::default(),
        })))
    }
}

//! One account at one vendor.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::header::DATE;
use secrecy::SecretString;
use tokio::sync::watch;
use videogen_wire::{Exchange, Sent, Session};

use crate::client::account::Account;
use crate::client::delay::Delays;
use crate::client::observer::{Observer, SubmitEvent, UploadEvent};
use crate::client::submit_limit::SubmitLimiter;
use crate::client::uploads::Uploads;
use crate::journal::Journal;
use crate::model::{Error, ErrorKind, PriceBook, TaskId, TimeScale, Vendor};
use crate::transport::RetryPolicy;
use crate::transport::http::Http;
use crate::transport::retry::{Budget, Retries};
use crate::vendors::{Call, Judge};

/// Header with the speed of a simulator's time.
const SPEED: &str = "x-videogen-speed";

/// A client for one account at one vendor.
///
/// Cloning is cheap. Clones share connections and the account's rate limit: when the vendor throttles one of them, all
/// of them slow down.
///
/// ```no_run
/// # async fn example() -> Result<(), videogen::Error> {
/// use videogen::{Client, Vendor, VideoRequest};
///
/// let client = Client::from_env(Vendor::Token360)?;
/// let request = VideoRequest::new("seedance-2.0", "a paper boat on a rainy street").duration(6);
/// let video = client.generate(&request, "boat.mp4").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) vendor: Vendor,
    pub(crate) base_url: String,
    pub(crate) key: SecretString,
    pub(crate) session: Session,
    pub(crate) http: Http,
    pub(crate) retry: RetryPolicy,
    pub(crate) budget: Budget,
    pub(crate) journal: Option<Arc<dyn Journal>>,
    pub(crate) observer: Option<Observer<SubmitEvent>>,
    pub(crate) upload_observer: Option<Observer<UploadEvent>>,
    pub(crate) delays: Option<Delays>,
    /// Number of submissions that were sent and whose response has not been recorded yet.
    pub(crate) in_flight: watch::Sender<usize>,
    /// Longer than any submission in flight.
    pub(crate) patience: Duration,
    pub(crate) account: Account,
    pub(crate) submit_limiter: SubmitLimiter,
    /// By how much the vendor's clock is ahead, from its last response.
    pub(crate) skew: Mutex<Option<TimeDelta>>,
    pub(crate) uploads: Uploads,
    pub(crate) prices: PriceBook,
    /// Speed of the vendor's time, as set by the caller.
    pub(crate) scale: TimeScale,
    /// Whether the base URL is on this machine.
    pub(crate) is_local: bool,
    /// Whether it is the vendor's own server, or stands for it on this machine: its list prices are the vendor's.
    pub(crate) is_own_server: bool,
    /// Speed that a simulator on this machine reports.
    pub(crate) reported: Mutex<Option<TimeScale>>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("vendor", &self.0.vendor)
            .field("base_url", &self.origin())
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Returns the client's vendor.
    ///
    /// ```no_run
    /// # fn example(client: videogen::Client) {
    /// println!("{}", client.vendor().name());
    /// # }
    /// ```
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.0.vendor
    }

    /// Stops all retries of this client and its clones: pauses before a retry end at once, and nothing is resent.
    /// Requests in flight still complete, and a [`Router`](crate::Router) tries no other vendor after them. For a graceful
    /// shutdown, together with [`drain`](Self::drain).
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) {
    /// client.stop_retrying();
    /// client.drain().await;
    /// # }
    /// ```
    pub fn stop_retrying(&self) {
        self.0.budget.close();
    }

    /// Whether retries were stopped.
    pub(crate) fn has_stopped(&self) -> bool {
        self.0.budget.is_closed()
    }

    pub(crate) fn retries(&self) -> Retries<'_> {
        Retries::new(&self.0.retry, &self.0.budget)
    }

    pub(crate) fn call<'a>(&'a self, http: &'a reqwest::Client) -> Call<'a> {
        Call {
            base_url: &self.0.base_url,
            http,
            session: self.0.session.call(),
        }
    }

    /// Makes a request, and reports to the caller that its response takes long.
    pub(crate) async fn timed<T>(&self, request: impl Future<Output = T>) -> T {
        match &self.0.delays {
            Some(delays) => delays.watch(self.0.vendor, request).await,
            None => request.await,
        }
    }

    /// Makes a call and returns the exchange. Updates the clock difference from the response's date, and the speed of a
    /// simulator.
    pub(crate) fn exchange(&self, call: &Call<'_>) -> Option<Exchange> {
        let exchange = call.session.exchange()?;
        if let (Some(delays), Sent::Answered(_)) = (&self.0.delays, &exchange.sent) {
            delays.responded();
        }
        if self.0.is_local
            && let Sent::Answered(answer) = &exchange.sent
            && let Some(speed) = answer.headers.get(SPEED).and_then(|speed| speed.to_str().ok())
        {
            let scale = speed.parse().ok().and_then(TimeScale::new);
            *self.0.reported.lock().unwrap_or_else(PoisonError::into_inner) =
                scale.filter(|scale| scale.factor() > 1.0);
        }
        if let Sent::Answered(answer) = &exchange.sent
            && let Some(date) = answer.headers.get(DATE).and_then(|date| date.to_str().ok())
            && let Ok(date) = DateTime::parse_from_rfc2822(date)
        {
            let skew = date.to_utc() - Utc::now();
            *self.0.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        }
        Some(exchange)
    }

    /// Returns by how much the vendor's clock is ahead of this machine's, by the `Date` of its last response; `None` before
    /// the first one.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// let client = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").build()?;
    /// assert_eq!(client.clock_skew(), None);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn clock_skew(&self) -> Option<TimeDelta> {
        *self.0.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Speed of waits: as set by the caller, or as a simulator on this machine reports it.
    pub(crate) fn scale(&self) -> TimeScale {
        let reported = || *self.0.reported.lock().unwrap_or_else(PoisonError::into_inner);
        match self.0.scale.is_real() {
            true => reported().unwrap_or_default(),
            false => self.0.scale,
        }
    }

    /// Returns the speed of the vendor's time, as a multiple of real time: 1, unless
    /// [`time_scale`](crate::ClientBuilder::time_scale) is set or a simulator on this machine has reported another.
    ///
    /// ```
    /// # fn main() -> Result<(), videogen::Error> {
    /// let client = videogen::Client::builder(videogen::Vendor::ToApis).key("sk-test").build()?;
    /// assert_eq!(client.speed(), 1.0);
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.scale().factor()
    }

    pub(crate) fn judge(&self) -> Judge<'_> {
        Judge {
            vendor: self.0.vendor,
            key: &self.0.key,
        }
    }

    /// Rejects a value of another vendor.
    pub(crate) fn check_vendor(&self, what: &str, vendor: Vendor) -> Result<(), Error> {
        if vendor == self.0.vendor {
            return Ok(());
        }
        let message = format!("{what} belongs to {}, not to {}", vendor.name(), self.0.vendor.name());
        Err(Error::new(ErrorKind::InvalidRequest, message).with_advice("use a client of that vendor"))
    }

    /// Rejects a task of another vendor.
    pub(crate) fn check_owner(&self, task: &TaskId) -> Result<(), Error> {
        self.check_vendor("the task", task.vendor())
            .map_err(|error| error.with_task(task))
    }
}

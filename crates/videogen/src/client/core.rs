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
use crate::client::observer::Observer;
use crate::journal::Journal;
use crate::model::{Error, ErrorKind, TimeScale, Vendor};
use crate::transport::RetryPolicy;
use crate::transport::http::Http;
use crate::transport::retry::{Budget, Retries};
use crate::vendors::Call;
use crate::vendors::Judge;

/// A client for one account at one vendor. Cloning is cheap; clones share connections, and the pace of the account: when the
/// vendor asks one of them to slow down, all do.
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
    pub(crate) observer: Option<Observer>,
    /// How many submissions have been sent and are not answered and noted yet.
    pub(crate) on_their_way: watch::Sender<usize>,
    /// Longer than any submission under way.
    pub(crate) patience: Duration,
    pub(crate) account: Account,
    /// By how much the vendor's clock is ahead, as its last answer showed.
    pub(crate) skew: Mutex<Option<TimeDelta>>,
    /// How fast the vendor's time passes.
    pub(crate) scale: TimeScale,
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
    /// The vendor.
    #[must_use]
    pub fn vendor(&self) -> Vendor {
        self.0.vendor
    }

    /// Ends every pause before another try, of this client and its clones, and lets nothing be sent again. What is on its
    /// way is still answered: for a program that is asked to end.
    pub fn stop_retrying(&self) {
        self.0.budget.close();
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

    /// What a call put on the wire and what came back. The date of an answer tells how far the clocks differ.
    pub(crate) fn exchange(&self, call: &Call<'_>) -> Option<Exchange> {
        let exchange = call.session.exchange()?;
        if let Sent::Answered(answer) = &exchange.sent
            && let Some(date) = answer.headers.get(DATE).and_then(|date| date.to_str().ok())
            && let Ok(date) = DateTime::parse_from_rfc2822(date)
        {
            let skew = date.to_utc() - Utc::now();
            *self.0.skew.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        }
        Some(exchange)
    }

    /// By how much the vendor's clock is ahead, where an answer has shown it.
    pub(crate) fn clock_skew(&self) -> Option<TimeDelta> {
        *self.0.skew.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn judge(&self) -> Judge<'_> {
        Judge {
            vendor: self.0.vendor,
            key: &self.0.key,
        }
    }

    /// What belongs to another vendor.
    pub(crate) fn wrong_vendor(&self, what: &str) -> Error {
        let message = format!("this client is for {}, {what} is not", self.0.vendor.name());
        Error::new(ErrorKind::InvalidRequest, message)
    }
}

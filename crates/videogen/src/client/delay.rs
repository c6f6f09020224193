//! Requests whose response takes long.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::time::timeout;

use crate::client::observer::Observer;
use crate::model::Vendor;

/// What a client does when its vendor does not respond.
#[derive(Debug)]
pub(crate) struct Delays {
    after: Duration,
    observer: Observer<Vendor>,
    /// Whether the observer knows that the vendor does not respond.
    is_reported: AtomicBool,
}

impl Delays {
    pub(crate) fn new(after: Duration, observer: Observer<Vendor>) -> Self {
        Self {
            after,
            observer,
            is_reported: AtomicBool::new(false),
        }
    }

    /// The vendor has responded.
    pub(crate) fn responded(&self) {
        self.is_reported.store(false, Ordering::Relaxed);
    }

    /// Makes a request to `vendor`, and reports that its response takes long.
    pub(super) async fn watch<T>(&self, vendor: Vendor, request: impl Future<Output = T>) -> T {
        let mut request = pin!(request);
        if let Ok(result) = timeout(self.after, &mut request).await {
            return result;
        }
        if !self.is_reported.swap(true, Ordering::Relaxed) {
            self.observer.notify(&vendor);
        }
        request.await
    }
}

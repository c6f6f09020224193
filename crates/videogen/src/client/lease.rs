//! Leases in the journal, by which other processes know that a call is still running.

use std::pin::pin;
use std::time::Duration;

use chrono::Utc;
use tokio::time::timeout;

use crate::journal::LEASE;
use crate::model::Timestamp;

/// Interval at which a running call extends its lease.
pub(crate) const PULSE: Duration = Duration::from_secs(5);

/// End of a lease that begins now.
pub(crate) fn lease_end() -> Timestamp {
    Utc::now() + LEASE
}

/// Makes the call, and extends its lease with `extend` until it ends.
pub(crate) async fn alive<T, E: Future>(extend: impl Fn(Timestamp) -> E, call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    loop {
        match timeout(PULSE, &mut call).await {
            Ok(result) => return result,
            Err(_) => {
                // A missed extension only makes others act as if this process had died. The call continues.
                tokio::select! {
                    biased;
                    result = &mut call => return result,
                    _ = extend(lease_end()) => {}
                }
            }
        }
    }
}

//! One upload of the same content at a time, in all processes that share the journal.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::client::{Client, alive, lease_end};
use crate::journal::{Journal, LEASE, UploadKey, UploadLease, UploadRecord};
use crate::model::Error;

/// First and longest pause between two looks at another's lease.
const FIRST: Duration = Duration::from_millis(20);
const LONGEST: Duration = Duration::from_millis(500);

/// What to do next.
#[derive(Debug)]
pub(super) enum Turn {
    /// Make the upload, within this lease.
    Own(Lease),
    /// Use this one, which another client has made.
    Recorded(UploadRecord),
}

/// The lease of an upload; none without a journal. It is released when it is dropped.
#[derive(Debug)]
pub(super) struct Lease(Option<(Arc<dyn Journal>, UploadLease)>);

impl Lease {
    pub(super) fn is_some(&self) -> bool {
        self.0.is_some()
    }

    /// Makes the call, extends the lease until it ends, and releases it.
    pub(super) async fn during<T>(mut self, call: impl Future<Output = T>) -> T {
        let Some((journal, lease)) = &self.0 else {
            return call.await;
        };
        let extend = |until| {
            let at = Utc::now();
            journal.lease_upload(UploadLease {
                at,
                until,
                ..lease.clone()
            })
        };
        let result = alive(extend, call).await;
        self.release().await;
        result
    }

    /// Failures are ignored: the lease ends by itself.
    async fn release(&mut self) {
        if let Some((journal, lease)) = self.0.take() {
            let _ = journal.release_upload(lease).await;
        }
    }
}

impl Drop for Lease {
    /// The caller may drop the upload at any time; others need not wait for the end of the lease.
    fn drop(&mut self) {
        if let (Some((journal, lease)), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(async move { journal.release_upload(lease).await });
        }
    }
}

impl Client {
    /// Waits until no other client makes the upload with this key, or until one has recorded it. A record for which
    /// `is_usable` is false does not count. `waits` is called once, before the first pause.
    ///
    /// # Errors
    /// `journal` when the journal cannot be read. If it cannot be written, the upload is made without a lease: it costs
    /// nothing.
    pub(super) async fn turn(
        &self,
        key: &UploadKey,
        is_usable: &(dyn Fn(&UploadRecord) -> bool + Sync),
        waits: &mut (dyn FnMut() + Send),
    ) -> Result<Turn, Error> {
        let Some(journal) = &self.0.journal else {
            return Ok(Turn::Own(Lease(None)));
        };
        let mut own = UploadLease::new(key.clone(), Uuid::now_v7(), Utc::now(), lease_end());
        // Before the first try, because the lease may be stored although this future is dropped meanwhile.
        let mut lease = Lease(Some((Arc::clone(journal), own.clone())));
        let mut is_first = true;
        let mut seen: Option<(UploadLease, Instant)> = None;
        let mut pause = FIRST;
        loop {
            (own.at, own.until) = (Utc::now(), lease_end());
            // The system clocks may differ or be set back; this one is monotonic.
            if let Some((held, _)) = seen.as_ref().filter(|(_, since)| since.elapsed() >= LEASE) {
                own.at = own.at.max(held.until);
            }
            let Ok(held) = journal.lease_upload(own.clone()).await else {
                return Ok(Turn::Own(Lease(None)));
            };
            if let Some(record) = self.recorded(key).await?.filter(is_usable) {
                match held {
                    None => lease.release().await,
                    Some(_) => lease.0 = None,
                }
                return Ok(Turn::Recorded(record));
            }
            let Some(held) = held else {
                return Ok(Turn::Own(lease));
            };
            if std::mem::take(&mut is_first) {
                waits();
            }
            if seen.as_ref().is_none_or(|(before, _)| *before != held) {
                seen = Some((held, Instant::now()));
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::future::ready;
    use std::sync::Mutex;

    use chrono::TimeDelta;

    use super::*;
    use crate::journal::{BoxFuture, Entry, Event, Found, Intent, JournalError, Query, Started, Subject};
    use crate::model::Vendor;

    /// A journal of one upload in memory.
    #[derive(Debug, Default)]
    struct Memory {
        lease: Mutex<Option<UploadLease>>,
        record: Mutex<Option<UploadRecord>>,
    }

    fn unused<T: Send + 'static>() -> BoxFuture<'static, Result<T, JournalError>> {
        Box::pin(ready(Err(JournalError::new("not used"))))
    }

    impl Journal for Memory {
        fn begin(&self, _: Intent) -> BoxFuture<'_, Result<Started, JournalError>> {
            unused()
        }

        fn record(&self, _: Subject, _: Event) -> BoxFuture<'_, Result<Option<Entry>, JournalError>> {
            unused()
        }

        fn find(&self, _: Query) -> BoxFuture<'_, Result<Found, JournalError>> {
            unused()
        }

        fn find_upload(&self, _: UploadKey) -> BoxFuture<'_, Result<Option<UploadRecord>, JournalError>> {
            Box::pin(ready(Ok(self.record.lock().unwrap().clone())))
        }

        fn lease_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<Option<UploadLease>, JournalError>> {
            let mut stored = self.lease.lock().unwrap();
            let held = stored.clone().filter(|held| !lease.replaces(held));
            if held.is_none() {
                *stored = Some(lease);
            }
            Box::pin(ready(Ok(held)))
        }

        fn release_upload(&self, lease: UploadLease) -> BoxFuture<'_, Result<(), JournalError>> {
            let mut stored = self.lease.lock().unwrap();
            stored.take_if(|held| held.holder == lease.holder);
            Box::pin(ready(Ok(())))
        }
    }

    /// A client, and the key of an upload that another holder has just begun.
    fn held(journal: &Arc<Memory>) -> (Client, UploadKey) {
        let builder = Client::builder(Vendor::ALL[0]).key("sk-x".to_owned());
        let client = builder.journal(Arc::clone(journal)).build().unwrap();
        let key = client.upload_key("way", "00", None);
        let lease = UploadLease::new(key.clone(), "other", Utc::now(), lease_end());
        *journal.lease.lock().unwrap() = Some(lease);
        (client, key)
    }

    /// By the monotonic clock too: that of the holder may be an hour ahead.
    #[tokio::test(start_paused = true)]
    async fn a_lease_that_is_not_extended_is_taken_over() {
        let journal = Arc::new(Memory::default());
        let (client, key) = held(&journal);
        journal.lease.lock().unwrap().as_mut().unwrap().until += TimeDelta::hours(1);
        let (begun, mut waits) = (Instant::now(), 0);
        let turn = client.turn(&key, &|_| true, &mut || waits += 1).await.unwrap();
        assert!(matches!(turn, Turn::Own(lease) if lease.is_some()));
        let waited = begun.elapsed();
        assert!(waited >= LEASE && waited <= LEASE + 2 * LONGEST, "{waited:?}");
        assert_eq!(waits, 1);
    }

    /// A running upload keeps its lease for as long as it takes, and releases it then.
    #[tokio::test(start_paused = true)]
    async fn a_running_upload_is_waited_for() {
        let journal = Arc::new(Memory::default());
        let (client, key) = held(&journal);
        *journal.lease.lock().unwrap() = None;
        let Turn::Own(lease) = client.turn(&key, &|_| true, &mut || ()).await.unwrap() else {
            panic!("it was recorded")
        };
        let length = 20 * LEASE;
        let begun = Instant::now();
        let mut waits = || ();
        let turn = client.turn(&key, &|_| true, &mut waits);
        let (_, turn) = tokio::join!(lease.during(sleep(length)), turn);
        assert!(matches!(turn.unwrap(), Turn::Own(_)));
        assert!((length..=length + LONGEST).contains(&begun.elapsed()));
    }

    #[tokio::test(start_paused = true)]
    async fn a_recorded_upload_ends_the_wait() {
        let journal = Arc::new(Memory::default());
        let (client, key) = held(&journal);
        let of = |reference: &str| UploadRecord {
            key: key.clone(),
            reference: reference.to_owned(),
            media_type: String::new(),
            bytes: 0,
            at: Utc::now(),
            expires_at: None,
        };
        *journal.record.lock().unwrap() = Some(of("gone"));
        let recording = async {
            sleep(Duration::from_secs(2)).await;
            *journal.record.lock().unwrap() = Some(of("new"));
        };
        let begun = Instant::now();
        let is_usable = |record: &UploadRecord| record.reference != "gone";
        let mut waits = || ();
        let (turn, ()) = tokio::join!(client.turn(&key, &is_usable, &mut waits), recording);
        assert!(matches!(turn.unwrap(), Turn::Recorded(record) if record.reference == "new"));
        assert!(begun.elapsed() <= Duration::from_secs(2) + LONGEST);
        // The holder keeps its lease.
        assert_eq!(journal.lease.lock().unwrap().as_ref().unwrap().holder, "other");
    }
}

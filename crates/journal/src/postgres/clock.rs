//! The database's clock, by which leases are judged: those of processes on other machines may differ.

use chrono::{TimeDelta, Utc};
use videogen::Timestamp;
use videogen::journal::{Entry, Event, Intent, UploadLease};

/// Selects the time of the database, in microseconds since 1970.
pub(super) const NOW: &str = "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
/// Clocks that differ less are treated as equal: the time of an answer is not known more exactly.
const TOLERANCE: TimeDelta = TimeDelta::seconds(2);

/// How much the database's clock is ahead of this machine's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Skew(TimeDelta);

impl Skew {
    /// Compares the time that the database has just returned.
    pub(super) fn of(database: Timestamp) -> Self {
        Self::between(database, Utc::now())
    }

    fn between(database: Timestamp, here: Timestamp) -> Self {
        let ahead = database - here;
        Self(if ahead.abs() < TOLERANCE {
            TimeDelta::zero()
        } else {
            ahead
        })
    }

    /// A time of this machine as one of the database.
    fn stored(self, at: Timestamp) -> Timestamp {
        at.checked_add_signed(self.0).unwrap_or(at)
    }

    /// A time of the database as one of this machine.
    fn here(self, at: Timestamp) -> Timestamp {
        at.checked_sub_signed(self.0).unwrap_or(at)
    }

    /// The intent to store. Its age is judged by the database's clock too.
    pub(super) fn intent(self, mut intent: Intent) -> Intent {
        (intent.at, intent.until) = (self.stored(intent.at), self.stored(intent.until));
        intent
    }

    /// The event to apply to a stored entry.
    pub(super) fn event(self, event: Event) -> Event {
        match event {
            Event::Alive { until } => Event::Alive {
                until: self.stored(until),
            },
            event => event,
        }
    }

    /// A stored entry for this machine, which compares the end of its lease with its own clock.
    pub(super) fn entry(self, mut entry: Entry) -> Entry {
        entry.intent.until = self.here(entry.intent.until);
        entry
    }

    pub(super) fn stored_lease(self, mut lease: UploadLease) -> UploadLease {
        (lease.at, lease.until) = (self.stored(lease.at), self.stored(lease.until));
        lease
    }

    pub(super) fn lease(self, mut lease: UploadLease) -> UploadLease {
        (lease.at, lease.until) = (self.here(lease.at), self.here(lease.until));
        lease
    }
}

/// The time that [`NOW`] selected.
pub(super) fn time(micros: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(micros).unwrap_or_else(Utc::now)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn intent(at: Timestamp, until: Timestamp) -> Intent {
        serde_json::from_value(serde_json::json!({
            "id": "i", "key": "k", "account": "a", "vendor": videogen::Vendor::ALL[0], "family": "f", "model": "m",
            "prompt": "p", "request": {}, "request_hash": "h", "at": at, "until": until,
        }))
        .unwrap()
    }

    /// A lease of 15 seconds is one on every machine, whatever its clock shows.
    #[test]
    fn a_lease_is_judged_by_the_clock_of_the_database() {
        let database: Timestamp = "2026-11-28T12:00:00Z".parse().unwrap();
        for (writer, reader) in [(-3600, 3600), (3600, -3600), (0, 7200), (1, -1)] {
            let clock = |ahead| database + TimeDelta::seconds(ahead);
            let (writes, reads) = (clock(writer), clock(reader));
            let intent = intent(writes, writes + TimeDelta::seconds(15));
            let stored = Entry::begin(Skew::between(database, writes).intent(intent));
            let seen = Skew::between(database, reads).entry(stored);
            assert!(seen.is_in_flight(reads), "{writer} {reader}");
            assert!(!seen.is_in_flight(reads + TimeDelta::seconds(18)), "{writer} {reader}");
        }
    }

    #[test]
    fn equal_clocks_change_nothing() {
        let here = Utc::now();
        let skew = Skew::between(here + TimeDelta::milliseconds(700), here);
        let intent = intent(here, here);
        assert_eq!(skew.intent(intent.clone()), intent);
    }
}

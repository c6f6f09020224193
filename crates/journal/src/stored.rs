//! Records as they are stored, for copies. The same in every engine.

use chrono::Utc;
use videogen::journal::{Entry, JournalError};

use crate::record::Values;

/// A record and its events, as text. What cannot be read is copied too, because its key and task must stay taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) intent: String,
    pub(crate) key: String,
    pub(crate) account: String,
    pub(crate) origin: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) client_reference: Option<String>,
    pub(crate) task: Option<String>,
    pub(crate) open: bool,
    pub(crate) unfinished: bool,
    /// Milliseconds since 1970.
    pub(crate) begun: i64,
    /// The whole entry as JSON.
    pub(crate) entry: String,
    pub(crate) vendor_id: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) counted: Option<String>,
    pub(crate) currency: Option<String>,
    pub(crate) group_name: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) other_counted: Option<String>,
    pub(crate) other_currency: Option<String>,
    pub(crate) request_hash: Option<String>,
    pub(crate) model: Option<String>,
    pub(crate) charge: Option<String>,
    pub(crate) events: Vec<Logged>,
}

/// An event: its time in milliseconds since 1970, and its JSON.
pub(crate) type Logged = (i64, String);

/// The columns of a [`Stored`] in the order of its fields.
pub(crate) const COLUMNS: &str = "intent, key, account, origin, scope, client_reference, task, open, unfinished, begun, entry, \
    vendor_id, vendor, counted, currency, group_name, status, other_counted, other_currency, request_hash, model, charge";

impl Stored {
    /// Sets the columns that another version or engine stores in another way: all that this version computes from the entry.
    /// The entry itself stays as it is.
    pub(crate) fn refreshed(mut self) -> Result<Self, JournalError> {
        let Ok(entry) = serde_json::from_str::<Entry>(&self.entry) else {
            return Ok(self);
        };
        let values = Values::of(&entry)?;
        let (counted, other) = (values.counted.as_ref(), values.other_counted.as_ref());
        self.scope = values.scope.or(self.scope);
        self.open = entry.is_open();
        self.unfinished = entry.is_unfinished();
        self.begun = values.begun;
        self.vendor_id = entry.vendor_id.clone();
        self.vendor = Some(entry.intent.vendor.as_str().to_owned());
        self.counted = counted.map(|money| money.amount.to_string());
        self.currency = counted.map(|money| money.currency.clone());
        self.group_name = entry.intent.group.as_ref().map(|group| group.name.clone());
        self.status = Some(entry.status_name().to_owned());
        self.other_counted = other.map(|money| money.amount.to_string());
        self.other_currency = other.map(|money| money.currency.clone());
        self.client_reference = entry.intent.client_reference.clone();
        self.request_hash = Some(entry.intent.request_hash.clone());
        self.model = Some(entry.intent.model.clone());
        self.charge = Some(values.charge.to_owned());
        Ok(self)
    }

    /// Fails if its sender may still be running: its result would be missing in the copy.
    pub(crate) fn at_rest(&self) -> Result<(), JournalError> {
        let entry = serde_json::from_str::<Entry>(&self.entry);
        if entry.is_ok_and(|entry| entry.is_in_flight(Utc::now())) {
            let id = &self.intent;
            return Err(JournalError::new(format!(
                "submission {id} is in flight; end the programs that use the journal, and copy it again"
            )));
        }
        Ok(())
    }
}

/// What a copy does with a record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The target does not have it.
    Insert,
    /// The target has it.
    Keep,
    /// The target has an earlier state of it, with this number of its events.
    Replace(usize),
}

/// What to do with a record that the target has too, or not. A change in the target since an earlier copy is not replaced.
pub(crate) fn step(record: &Stored, there: Option<(&str, &[Logged])>) -> Result<Step, JournalError> {
    match there {
        None => Ok(Step::Insert),
        Some((entry, events)) if entry == record.entry && events == record.events => Ok(Step::Keep),
        Some((_, events)) if record.events.starts_with(events) => Ok(Step::Replace(events.len())),
        Some(_) => {
            let id = &record.intent;
            Err(JournalError::new(format!(
                "the target has another state of submission {id}; it was changed there, so it is not replaced"
            )))
        }
    }
}

/// The error of a key or task that another submission of the target has.
pub(crate) fn occupied(record: &str, other: &str, what: &str) -> JournalError {
    JournalError::new(format!(
        "submission {record} cannot be copied: the target's submission {other} has the same {what}"
    ))
}

/// The error of a record that has something else than text.
pub(crate) fn uncopied(place: &str, reason: &str) -> JournalError {
    JournalError::new(format!("the record {place} cannot be copied: {reason}"))
}

/// A stored upload: its key (account, origin, vendor, way, hash), time and JSON.
pub(crate) type Upload = ([String; 5], i64, String);

/// A stored budget: its key (vendor, currency, period) and JSON.
pub(crate) type StoredBudget = ([String; 3], String);

/// The error of a budget that the target has with other values.
pub(crate) fn other_budget([vendor, currency, period]: &[String; 3]) -> JournalError {
    let of = if vendor.is_empty() {
        String::new()
    } else {
        format!(" of {vendor}")
    };
    JournalError::new(format!(
        "the target has another budget{of} in {currency} per {period}; make them equal, or remove one"
    ))
}

/// Number of records that a copy makes of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) inserted: u64,
    pub(crate) replaced: u64,
    pub(crate) kept: u64,
    pub(crate) events: u64,
}

impl Written {
    pub(crate) fn add(&mut self, step: &Step, events: usize) {
        match step {
            Step::Insert => self.inserted += 1,
            Step::Keep => self.kept += 1,
            Step::Replace(_) => self.replaced += 1,
        }
        self.events += events as u64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_replaces_only_an_earlier_state_of_itself() {
        let event = |text: &str| (1, text.to_owned());
        let record = Stored {
            intent: "i".to_owned(),
            key: "k".to_owned(),
            account: "a".to_owned(),
            origin: None,
            scope: None,
            client_reference: None,
            task: None,
            open: false,
            unfinished: false,
            begun: 1,
            entry: "{\"b\":2}".to_owned(),
            vendor_id: None,
            vendor: None,
            counted: None,
            currency: None,
            group_name: None,
            status: None,
            other_counted: None,
            other_currency: None,
            request_hash: None,
            model: None,
            charge: None,
            events: vec![event("a"), event("b")],
        };
        let of = |entry: &str, events: &[Logged]| step(&record, Some((entry, events)));
        assert_eq!(step(&record, None), Ok(Step::Insert));
        assert_eq!(of("{\"b\":2}", &record.events), Ok(Step::Keep));
        assert_eq!(of("{\"a\":1}", &[event("a")]), Ok(Step::Replace(1)));
        assert_eq!(of("{\"a\":1}", &record.events), Ok(Step::Replace(2)));
        for others in [
            vec![event("c")],
            vec![event("a"), event("c")],
            vec![event("a"), event("b"), event("c")],
        ] {
            let error = of("{}", &others);
            assert!(error.is_err_and(|error| error.to_string().contains("submission i")));
        }
        // What cannot be read stays as it is.
        assert_eq!(record.clone().refreshed(), Ok(record));
    }
}

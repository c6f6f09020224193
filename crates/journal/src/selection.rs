//! Which records a query selects, and the pages of its result. The same in every engine, but for the spelling.

use chrono::TimeDelta;
use videogen::Timestamp;
use videogen::journal::{Entry, Found, Intent, Position, Query, Unreadable};

/// How an engine spells a condition.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// The placeholder of the value with this number, from 1.
    pub(crate) placeholder: fn(usize) -> String,
    /// What follows the name of a column that must be true.
    pub(crate) is_true: &'static str,
}

/// The value of a placeholder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Number(i64),
}

/// The conditions of a query, and their values.
pub(crate) struct Selection {
    /// Joined by `AND`.
    pub(crate) wanted: String,
    pub(crate) values: Vec<Value>,
    /// Whether few records have the marks that the query selects by.
    pub(crate) is_rare: bool,
    pub(crate) limit: Option<u32>,
}

impl Selection {
    pub(crate) fn of(query: Query, dialect: Dialect) -> Self {
        let (mut wanted, mut values) = (Vec::new(), Vec::new());
        let mut value = |value: Value| {
            values.push(value);
            (dialect.placeholder)(values.len())
        };
        let texts = [
            ("account", query.account),
            ("intent", query.intent),
            ("key", query.key),
            ("task", query.task.map(|task| task.to_string())),
            ("vendor_id", query.vendor_id),
            ("client_reference", query.client_reference),
            ("vendor", query.vendor.map(|vendor| vendor.as_str().to_owned())),
            ("status", query.status),
        ];
        for (column, text) in texts {
            if let Some(text) = text {
                wanted.push(format!("{column} = {}", value(Value::Text(text))));
            }
        }
        // Records of older versions have neither.
        for (column, text) in [("origin", query.origin), ("scope", query.scope)] {
            if let Some(text) = text {
                wanted.push(format!("({column} = {} OR {column} IS NULL)", value(Value::Text(text))));
            }
        }
        if let Some(since) = query.since {
            wanted.push(format!("begun >= {}", value(Value::Number(since.timestamp_millis()))));
        }
        if let Some(Position { at, id, .. }) = query.after {
            let (at, id) = (value(Value::Number(at.timestamp_millis())), value(Value::Text(id)));
            wanted.push(format!("(begun, intent) < ({at}, {id})"));
        }
        for (column, is_wanted) in [("open", query.open), ("unfinished", query.unfinished)] {
            if is_wanted {
                wanted.push(format!("{column}{}", dialect.is_true));
            }
        }
        Self {
            wanted: if wanted.is_empty() {
                "1 = 1".to_owned()
            } else {
                wanted.join(" AND ")
            },
            values,
            is_rare: query.open || query.unfinished,
            limit: query.limit,
        }
    }

    /// The number of records to select: one more than the limit, to know whether there are more.
    pub(crate) fn count(&self) -> Option<i64> {
        self.limit.map(|limit| i64::from(limit) + 1)
    }
}

/// The result of a query, filled record by record.
#[derive(Default)]
pub(crate) struct Page {
    found: Found,
    limit: Option<u32>,
    count: u32,
    last: Option<Position>,
}

impl Page {
    pub(crate) fn new(limit: Option<u32>) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Whether it is full: the next record belongs to the next page, which begins after the last position.
    pub(crate) fn is_full(&self) -> bool {
        self.limit == Some(self.count)
    }

    pub(crate) fn add(&mut self, position: Position, record: Result<Entry, Unreadable>) {
        self.count += 1;
        if self.is_full() {
            self.last = Some(position);
        }
        match record {
            Ok(entry) => self.found.entries.push(entry),
            Err(record) => self.found.unreadable.push(record),
        }
    }

    /// The result. `has_more`: a record was left out.
    pub(crate) fn end(self, has_more: bool) -> Found {
        self.found.next(self.last.filter(|_| has_more))
    }
}

/// The position of a record, whose time may be damaged.
pub(crate) fn position(begun: i64, id: &str) -> Position {
    let beyond = if begun < 0 {
        Timestamp::MIN_UTC
    } else {
        Timestamp::MAX_UTC
    };
    Position::new(Timestamp::from_timestamp_millis(begun).unwrap_or(beyond), id)
}

/// Milliseconds since which submissions may be repeated by this one, if they are refused. One with an idempotency key repeats
/// none, whatever the journal has.
pub(crate) fn repeated_since(intent: &Intent) -> Option<i64> {
    if intent.key != intent.id {
        return None;
    }
    let within = TimeDelta::from_std(intent.refuse_repeated_within?).ok();
    let start = within.and_then(|within| intent.at.checked_sub_signed(within));
    Some(start.map_or(i64::MIN, |start| start.timestamp_millis()))
}

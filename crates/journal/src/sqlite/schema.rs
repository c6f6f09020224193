//! The tables and their migrations.

use rusqlite::{Connection, TransactionBehavior};
use videogen::journal::JournalError;

use super::totals;

/// Marks the totals of a row as unknown: those of its day, of all time, and of its group, in both currencies.
macro_rules! unknown_totals {
    ($row:literal $(, $table:literal)?) => {
        concat!(
            "INSERT INTO totals
                SELECT DISTINCT period, name, currency, scope, day, vendor, NULL FROM (
                SELECT period,
                    CASE is_group WHEN 1 THEN ", $row, ".group_name ELSE '' END AS name,
                    CASE is_other WHEN 1 THEN ", $row, ".other_currency ELSE ", $row, ".currency END AS currency,
                    CASE is_other WHEN 1 THEN ", $row, ".other_counted ELSE ", $row, ".counted END AS amount,
                    coalesce(", $row, ".scope, '') AS scope,
                    CASE period WHEN 'day' THEN ", $row, ".begun / 86400000 ELSE 0 END AS day,
                    coalesce(", $row, ".vendor, '') AS vendor
                FROM (SELECT 'day' AS period, 0 AS is_group UNION ALL SELECT 'total', 0 UNION ALL SELECT 'total', 1),
                    (SELECT 0 AS is_other UNION ALL SELECT 1)", $($table,)? "
                WHERE is_group = 0 OR ", $row, ".group_name <> ''
                ) WHERE amount IS NOT NULL AND currency IS NOT NULL
                ON CONFLICT DO UPDATE SET amount = NULL"
        )
    };
}

/// Migrations; append only, because files of every version exist. The column `entry` is the whole entry as JSON; the
/// others are for lookups.
const STEPS: [&str; 14] = [
    "CREATE TABLE submissions (
        intent TEXT PRIMARY KEY,
        key TEXT NOT NULL UNIQUE,
        account TEXT NOT NULL,
        client_reference TEXT,
        task TEXT UNIQUE,
        open INTEGER NOT NULL,
        unfinished INTEGER NOT NULL,
        begun INTEGER NOT NULL,
        entry TEXT NOT NULL
    ) STRICT;
    CREATE INDEX submissions_open ON submissions (account) WHERE open = 1;
    CREATE INDEX submissions_unfinished ON submissions (account) WHERE unfinished = 1;
    CREATE INDEX submissions_reference ON submissions (client_reference) WHERE client_reference IS NOT NULL;
    CREATE INDEX submissions_begun ON submissions (begun);",
    // All events, in order; entries have only the current state.
    "CREATE TABLE events (
        id INTEGER PRIMARY KEY,
        intent TEXT NOT NULL REFERENCES submissions (intent),
        at INTEGER NOT NULL,
        event TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_intent ON events (intent);",
    // Keys and tasks are unique within a scope, no longer in the whole file. Records of older versions have none.
    "CREATE TABLE scoped (
        intent TEXT PRIMARY KEY,
        key TEXT NOT NULL,
        account TEXT NOT NULL,
        origin TEXT,
        scope TEXT,
        client_reference TEXT,
        task TEXT,
        open INTEGER NOT NULL,
        unfinished INTEGER NOT NULL,
        begun INTEGER NOT NULL,
        entry TEXT NOT NULL,
        UNIQUE (key, scope),
        UNIQUE (task, scope)
    ) STRICT;
    INSERT INTO scoped (intent, key, account, client_reference, task, open, unfinished, begun, entry)
        SELECT intent, key, account, client_reference, task, open, unfinished, begun, entry FROM submissions;
    DROP TABLE submissions;
    ALTER TABLE scoped RENAME TO submissions;
    CREATE INDEX submissions_open ON submissions (account) WHERE open = 1;
    CREATE INDEX submissions_unfinished ON submissions (account) WHERE unfinished = 1;
    CREATE INDEX submissions_reference ON submissions (client_reference) WHERE client_reference IS NOT NULL;
    CREATE INDEX submissions_begun ON submissions (begun);",
    "ALTER TABLE submissions ADD COLUMN vendor_id TEXT;
    CREATE INDEX submissions_vendor_id ON submissions (vendor_id) WHERE vendor_id IS NOT NULL;",
    // All names of this machine are one scope, which version 3 did not know: `localhost`, always with a port. Where that
    // gives a key to two records, the second keeps its scope.
    "UPDATE OR IGNORE submissions SET scope = scheme || 'localhost:' || CASE
            WHEN instr(host, ':') > 0 THEN substr(host, instr(host, ':') + 1)
            WHEN scheme = 'https://' THEN '443'
            ELSE '80' END
        FROM (SELECT intent AS id, substr(scope, 1, instr(scope, '://') + 2) AS scheme,
            replace(substr(scope, instr(scope, '://') + 3), '[::1]', 'localhost') AS host FROM submissions)
        WHERE id = intent AND (host GLOB '127.[0-9]*.[0-9]*.[0-9]*' OR host = 'localhost' OR host GLOB 'localhost:*');",
    // Uploaded files. The column `upload` is the whole record as JSON.
    "CREATE TABLE uploads (
        account TEXT NOT NULL,
        origin TEXT NOT NULL,
        vendor TEXT NOT NULL,
        way TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        at INTEGER NOT NULL,
        upload TEXT NOT NULL,
        PRIMARY KEY (account, origin, vendor, way, sha256)
    ) STRICT;",
    // Uploads in progress. The column `lease` is the whole lease as JSON.
    "CREATE TABLE upload_leases (
        account TEXT NOT NULL,
        origin TEXT NOT NULL,
        vendor TEXT NOT NULL,
        way TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        holder TEXT NOT NULL,
        lease TEXT NOT NULL,
        PRIMARY KEY (account, origin, vendor, way, sha256)
    ) STRICT;",
    // What each submission counts against budgets, as `Entry::counted` returns it: an exact decimal number. Submissions of
    // older versions have no estimate, so they count nothing. The column `budget` is the whole budget as JSON; the vendor of
    // one for all vendors is empty.
    "ALTER TABLE submissions ADD COLUMN vendor TEXT;
    ALTER TABLE submissions ADD COLUMN counted TEXT;
    ALTER TABLE submissions ADD COLUMN currency TEXT;
    CREATE INDEX submissions_counted ON submissions (currency, begun, scope, vendor, counted) WHERE counted IS NOT NULL;
    CREATE TABLE budgets (
        vendor TEXT NOT NULL,
        currency TEXT NOT NULL,
        period TEXT NOT NULL,
        budget TEXT NOT NULL,
        PRIMARY KEY (vendor, currency, period)
    ) STRICT;",
    // The name of the group that a submission belongs to.
    "ALTER TABLE submissions ADD COLUMN group_name TEXT;
    CREATE INDEX submissions_group ON submissions (group_name, currency, counted) WHERE group_name IS NOT NULL;",
    // For lists. The column `status` is that of the task, or the state of a submission without a task. A record that cannot be
    // read has neither, and is listed without a filter only.
    "ALTER TABLE submissions ADD COLUMN status TEXT;
    UPDATE submissions SET status = coalesce(json_extract(entry, '$.status'), json_extract(entry, '$.state')),
            vendor = coalesce(vendor, json_extract(entry, '$.intent.vendor'))
        WHERE CASE WHEN json_valid(entry) THEN json_type(entry) = 'object' ELSE 0 END;
    CREATE INDEX submissions_status ON submissions (status, begun);
    CREATE INDEX submissions_vendor ON submissions (vendor, begun, status);",
    // What a submission counts in a second currency: the cost that its vendor reported in another one than the estimate's.
    "ALTER TABLE submissions ADD COLUMN other_counted TEXT;
    ALTER TABLE submissions ADD COLUMN other_currency TEXT;
    UPDATE submissions SET other_counted = json_extract(entry, '$.cost.amount'),
            other_currency = json_extract(entry, '$.cost.currency')
        WHERE counted IS NOT NULL AND CASE WHEN json_valid(entry) THEN json_type(entry, '$.cost.amount') = 'text'
            AND json_type(entry, '$.cost.currency') = 'text' AND json_extract(entry, '$.cost.currency') <> currency ELSE 0 END;
    CREATE INDEX submissions_other ON submissions (other_currency, begun) WHERE other_counted IS NOT NULL;",
    // For repeated requests. Those with an idempotency key are found by their time.
    "ALTER TABLE submissions ADD COLUMN request_hash TEXT;
    UPDATE submissions SET request_hash = json_extract(entry, '$.intent.request_hash')
        WHERE CASE WHEN json_valid(entry) THEN json_type(entry, '$.intent.request_hash') = 'text' ELSE 0 END;
    CREATE INDEX submissions_request ON submissions (request_hash, begun) WHERE key = intent;",
    // For sums. The columns `charge` and `model` are set with the column `revision`: what another version writes changes no
    // revision, so its `charge` is NULL, and the entry is read. The sums of totals are kept in the transaction that changes a
    // submission; that of an earlier version leaves NULL, which is computed again.
    concat!(
        "ALTER TABLE submissions ADD COLUMN model TEXT;
        ALTER TABLE submissions ADD COLUMN charge TEXT;
        ALTER TABLE submissions ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
        CREATE TRIGGER submissions_other_version AFTER UPDATE OF intent, key, task, entry ON submissions
            WHEN NEW.revision = OLD.revision AND NEW.charge IS NOT NULL
                AND (NEW.intent, NEW.key, NEW.task, NEW.entry) IS NOT (OLD.intent, OLD.key, OLD.task, OLD.entry)
            BEGIN UPDATE submissions SET charge = NULL WHERE rowid = NEW.rowid; END;
        CREATE INDEX submissions_charge ON submissions (begun, charge, scope, origin, vendor, model, status, currency, counted,
            other_currency, other_counted) WHERE charge IS NOT NULL;
        CREATE INDEX submissions_no_charge ON submissions (begun) WHERE charge IS NULL;
        CREATE INDEX submissions_vendor_status ON submissions (vendor, status, begun);
        CREATE TABLE totals (
            period TEXT NOT NULL,
            group_name TEXT NOT NULL,
            currency TEXT NOT NULL,
            scope TEXT NOT NULL,
            day INTEGER NOT NULL,
            vendor TEXT NOT NULL,
            amount TEXT,
            PRIMARY KEY (period, group_name, currency, scope, day, vendor)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX totals_unknown ON totals (period) WHERE amount IS NULL;
        CREATE TRIGGER totals_insert AFTER INSERT ON submissions WHEN coalesce(NEW.counted, NEW.other_counted) IS NOT NULL
            BEGIN ",
        unknown_totals!("NEW"),
        "; END;
        CREATE TRIGGER totals_delete AFTER DELETE ON submissions WHEN coalesce(OLD.counted, OLD.other_counted) IS NOT NULL
            BEGIN ",
        unknown_totals!("OLD"),
        "; END;
        CREATE TRIGGER totals_update AFTER UPDATE ON submissions
            WHEN (NEW.counted, NEW.currency, NEW.other_counted, NEW.other_currency, NEW.scope, NEW.vendor, NEW.begun,
                NEW.group_name) IS NOT (OLD.counted, OLD.currency, OLD.other_counted, OLD.other_currency, OLD.scope, OLD.vendor,
                OLD.begun, OLD.group_name)
            BEGIN ",
        unknown_totals!("OLD"),
        "; ",
        unknown_totals!("NEW"),
        "; END; ",
        unknown_totals!("submissions", ", submissions"),
        ";"
    ),
    // Processes that own submissions, until the time of their lease.
    "CREATE TABLE owners (owner TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
    CREATE TABLE owned (
        intent TEXT PRIMARY KEY REFERENCES submissions (intent) ON DELETE CASCADE,
        owner TEXT NOT NULL
    ) STRICT;
    CREATE INDEX owned_owner ON owned (owner);",
];

/// The steps that a file lacks. Its `user_version` is the number of applied steps.
///
/// # Errors
/// When the file cannot be read, is not a journal, or was written by a newer version.
pub(crate) fn missing(connection: &Connection) -> Result<&'static [&'static str], JournalError> {
    let number = |sql: &str| {
        let number = connection.query_row(sql, [], |row| row.get::<_, i64>(0));
        number.map_err(unmigrated)
    };
    let version = number("PRAGMA user_version")?;
    if version == 0 && number("SELECT count(*) FROM sqlite_schema")? > 0 {
        return Err(JournalError::new("it is another program's database"));
    }
    let missing = usize::try_from(version).ok().and_then(|version| STEPS.get(version..));
    missing.ok_or_else(|| JournalError::new("it was written by a newer version of this program; use that one"))
}

/// Migrates a file to the newest version, and keeps its data. Foreign keys must be off, because a step may replace a table that
/// others refer to.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), JournalError> {
    if missing(connection).is_ok_and(<[_]>::is_empty) {
        return Ok(());
    }
    // Under the lock, because another process may migrate it too.
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(unmigrated)?;
    for step in missing(&transaction)? {
        transaction.execute_batch(step).map_err(unmigrated)?;
    }
    totals::fill(&transaction)?;
    let newest = i64::try_from(STEPS.len()).unwrap_or(i64::MAX);
    transaction
        .pragma_update(None, "user_version", newest)
        .map_err(unmigrated)?;
    transaction.commit().map_err(unmigrated)
}

#[expect(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn unmigrated(error: rusqlite::Error) -> JournalError {
    JournalError::new(format!("it cannot be migrated: {error}"))
}

/// Creates a file of an older version.
#[cfg(test)]
pub(crate) fn older_version(connection: &Connection, steps: usize) -> rusqlite::Result<()> {
    connection.execute_batch(&STEPS[..steps].concat())?;
    connection.pragma_update(None, "user_version", i64::try_from(steps).unwrap_or_default())
}

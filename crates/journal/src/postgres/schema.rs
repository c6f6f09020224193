//! The tables and their migrations.
//!
//! Migrations only add columns and tables: processes of earlier versions may have the journal open. As in an SQLite file, one of an earlier version
//! cannot open it afterwards.

use super::fault::Fault;
use super::session::{Session, quoted};
use videogen::journal::JournalError;

/// Migrations; append only. The column `entry` is the whole entry as JSON; the others are for lookups and sums. Times are
/// milliseconds since 1970, in UTC. Text is compared by its bytes, as in an SQLite file.
const STEPS: [&str; 5] = [
    r#"
CREATE TABLE submissions (
    intent TEXT COLLATE "C" PRIMARY KEY,
    key TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C",
    scope TEXT COLLATE "C",
    client_reference TEXT COLLATE "C",
    task TEXT COLLATE "C",
    vendor_id TEXT COLLATE "C",
    vendor TEXT COLLATE "C",
    model TEXT COLLATE "C",
    status TEXT COLLATE "C",
    group_name TEXT COLLATE "C",
    request_hash TEXT COLLATE "C",
    open BOOLEAN NOT NULL,
    unfinished BOOLEAN NOT NULL,
    begun BIGINT NOT NULL,
    counted NUMERIC,
    currency TEXT COLLATE "C",
    other_counted NUMERIC,
    other_currency TEXT COLLATE "C",
    charge TEXT COLLATE "C",
    -- The call that committed the last attempt.
    call TEXT COLLATE "C",
    -- What another version writes changes no revision.
    revision BIGINT NOT NULL DEFAULT 0,
    entry TEXT NOT NULL,
    UNIQUE (key, scope)
);
-- A vendor decides how long an id is, and an index cannot have every length.
CREATE UNIQUE INDEX submissions_one_task ON submissions (md5(task), scope);
CREATE INDEX submissions_task ON submissions USING hash (task);
CREATE INDEX submissions_vendor_id ON submissions USING hash (vendor_id) WHERE vendor_id IS NOT NULL;
CREATE INDEX submissions_reference ON submissions USING hash (client_reference) WHERE client_reference IS NOT NULL;
CREATE INDEX submissions_begun ON submissions (begun, intent);
CREATE INDEX submissions_open ON submissions (begun, intent) WHERE open;
CREATE INDEX submissions_unfinished ON submissions (begun, intent) WHERE unfinished;
CREATE INDEX submissions_status ON submissions (status, begun, intent);
CREATE INDEX submissions_vendor ON submissions (vendor, begun, intent);
CREATE INDEX submissions_request ON submissions (request_hash, begun) WHERE key = intent;

-- All events, in order; entries have only the current state.
CREATE TABLE events (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    intent TEXT COLLATE "C" NOT NULL REFERENCES submissions (intent),
    at BIGINT NOT NULL,
    event TEXT NOT NULL
);
CREATE INDEX events_intent ON events (intent, id);

-- The column `upload` is the whole record as JSON.
CREATE TABLE uploads (
    account TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    vendor TEXT COLLATE "C" NOT NULL,
    way TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    upload TEXT NOT NULL,
    PRIMARY KEY (account, origin, vendor, way, sha256)
);
-- Uploads in progress. The column `lease` is the whole lease as JSON.
CREATE TABLE upload_leases (
    account TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    vendor TEXT COLLATE "C" NOT NULL,
    way TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    lease TEXT NOT NULL,
    PRIMARY KEY (account, origin, vendor, way, sha256)
);

-- The column `budget` is the whole budget as JSON; the vendor of one for all vendors is empty.
CREATE TABLE budgets (
    vendor TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    budget TEXT NOT NULL,
    PRIMARY KEY (vendor, currency, period)
);

-- What submissions count: by day (since 1970, in UTC) without a group, and of all time by group. A missing scope or vendor is
-- empty. Each sum is in several rows, so that transactions at the same time rarely wait for each other.
CREATE TABLE totals (
    group_name TEXT COLLATE "C" NOT NULL,
    currency TEXT COLLATE "C" NOT NULL,
    scope TEXT COLLATE "C" NOT NULL,
    day BIGINT NOT NULL,
    vendor TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    amount NUMERIC NOT NULL,
    PRIMARY KEY (group_name, currency, scope, day, vendor, shard)
) WITH (fillfactor = 50);

CREATE FUNCTION parts(scope TEXT, vendor TEXT, begun BIGINT, group_name TEXT, counted NUMERIC, currency TEXT,
    other_counted NUMERIC, other_currency TEXT)
RETURNS TABLE (part_group TEXT, part_currency TEXT, part_scope TEXT, part_day BIGINT, part_vendor TEXT, part_amount NUMERIC)
LANGUAGE sql IMMUTABLE AS $$
    SELECT g.name, c.currency, coalesce($1, ''), g.day, coalesce($2, ''), c.amount
    FROM (VALUES ($6, $5), ($8, $7)) AS c (currency, amount),
        (VALUES ('', floor($3 / 86400000.0)::bigint), (nullif($4, ''), 0)) AS g (name, day)
    WHERE c.amount IS NOT NULL AND c.currency IS NOT NULL AND g.name IS NOT NULL
$$;

-- Sorted, so that two transactions never wait for each other.
CREATE FUNCTION count_parts() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO totals
            SELECT part_group, part_currency, part_scope, part_day, part_vendor, pg_backend_pid() % 8, sum(part_amount)
            FROM added, parts(scope, vendor, begun, group_name, counted, currency, other_counted, other_currency)
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (group_name, currency, scope, day, vendor, shard)
                DO UPDATE SET amount = totals.amount + EXCLUDED.amount;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO totals
            SELECT part_group, part_currency, part_scope, part_day, part_vendor, pg_backend_pid() % 8, -sum(part_amount)
            FROM removed, parts(scope, vendor, begun, group_name, counted, currency, other_counted, other_currency)
            GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (group_name, currency, scope, day, vendor, shard)
                DO UPDATE SET amount = totals.amount + EXCLUDED.amount;
    ELSE
        INSERT INTO totals
            SELECT part_group, part_currency, part_scope, part_day, part_vendor, pg_backend_pid() % 8, sum(part_amount * sign)
            FROM (SELECT 1 AS sign, * FROM added UNION ALL SELECT -1, * FROM removed) AS changed,
                parts(scope, vendor, begun, group_name, counted, currency, other_counted, other_currency)
            GROUP BY 1, 2, 3, 4, 5 HAVING sum(part_amount * sign) <> 0 ORDER BY 1, 2, 3, 4, 5
            ON CONFLICT (group_name, currency, scope, day, vendor, shard)
                DO UPDATE SET amount = totals.amount + EXCLUDED.amount;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER submissions_added AFTER INSERT ON submissions REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_parts();
CREATE TRIGGER submissions_removed AFTER DELETE ON submissions REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION count_parts();
CREATE TRIGGER submissions_changed AFTER UPDATE ON submissions REFERENCING OLD TABLE AS removed NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION count_parts();

-- An entry that another version changed is read for sums, because its columns may be those of an earlier state.
CREATE FUNCTION forget_charge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.charge := NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER submissions_other_version BEFORE UPDATE ON submissions FOR EACH ROW
    WHEN (NEW.revision = OLD.revision AND NEW.entry IS DISTINCT FROM OLD.entry)
    EXECUTE FUNCTION forget_charge();
"#,
    // Processes that own submissions, until the time of their lease.
    r#"
CREATE TABLE owners (
    owner TEXT COLLATE "C" PRIMARY KEY,
    until TIMESTAMPTZ NOT NULL
);
CREATE TABLE owned (
    intent TEXT COLLATE "C" PRIMARY KEY REFERENCES submissions (intent) ON DELETE CASCADE,
    owner TEXT COLLATE "C" NOT NULL
);
CREATE INDEX owned_owner ON owned (owner);
"#,
    // Several processes that share work: who has none, notifications, turns of accounts, and jobs.
    r#"
ALTER TABLE submissions ADD COLUMN is_owned BOOLEAN NOT NULL DEFAULT false;
UPDATE submissions SET is_owned = true FROM owned WHERE owned.intent = submissions.intent;
CREATE INDEX submissions_free ON submissions (begun, intent) WHERE (open OR unfinished) AND NOT is_owned;

CREATE FUNCTION mark_owned() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE submissions SET is_owned = true FROM added WHERE submissions.intent = added.intent AND NOT is_owned;
    RETURN NULL;
END
$$;
CREATE TRIGGER owned_added AFTER INSERT ON owned REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION mark_owned();

-- Notifications are hints. Their channel is that of the schema.
CREATE FUNCTION mark_free() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE submissions SET is_owned = false FROM removed WHERE submissions.intent = removed.intent AND is_owned;
    IF EXISTS (SELECT FROM removed JOIN submissions USING (intent) WHERE open OR unfinished) THEN
        PERFORM pg_notify('videogen_' || md5(TG_TABLE_SCHEMA), '{"released": true}');
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER owned_removed AFTER DELETE ON owned REFERENCING OLD TABLE AS removed
    FOR EACH STATEMENT EXECUTE FUNCTION mark_free();

CREATE FUNCTION notify_event() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    notice TEXT;
BEGIN
    SELECT json_build_object('submission', intent, 'task', task, 'status', status)::text INTO notice
        FROM submissions WHERE intent = NEW.intent;
    -- The longest one is 8000 bytes.
    IF octet_length(notice) < 7900 THEN
        PERFORM pg_notify('videogen_' || md5(TG_TABLE_SCHEMA), notice);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER events_added AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.event ~ '^\{"event":"(accepted|rejected|not_sent|ambiguous|found|assigned|dismissed|status)"')
    EXECUTE FUNCTION notify_event();

-- When the next request to an account may be sent, in microseconds since 1970.
CREATE TABLE turns (
    account TEXT COLLATE "C" NOT NULL,
    origin TEXT COLLATE "C" NOT NULL,
    limit_name TEXT COLLATE "C" NOT NULL,
    next BIGINT NOT NULL,
    PRIMARY KEY (account, origin, limit_name)
) WITH (fillfactor = 50);

-- Work that is no submission yet, and the owner that does it.
CREATE TABLE claims (
    name TEXT COLLATE "C" PRIMARY KEY,
    owner TEXT COLLATE "C" NOT NULL
);
CREATE INDEX claims_owner ON claims (owner);
"#,
    // Processes send notices themselves, after the commit. Most changes of a record count nothing.
    r#"
DROP TRIGGER events_added ON events;
DROP FUNCTION notify_event();

CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO totals
        SELECT part_group, part_currency, part_scope, part_day, part_vendor, pg_backend_pid() % 8, sum(part_amount)
        FROM (
            SELECT * FROM parts(NEW.scope, NEW.vendor, NEW.begun, NEW.group_name, NEW.counted, NEW.currency,
                NEW.other_counted, NEW.other_currency)
            UNION ALL
            SELECT part_group, part_currency, part_scope, part_day, part_vendor, -part_amount
            FROM parts(OLD.scope, OLD.vendor, OLD.begun, OLD.group_name, OLD.counted, OLD.currency,
                OLD.other_counted, OLD.other_currency)
        ) AS changed
        GROUP BY 1, 2, 3, 4, 5 HAVING sum(part_amount) <> 0 ORDER BY 1, 2, 3, 4, 5
        ON CONFLICT (group_name, currency, scope, day, vendor, shard)
            DO UPDATE SET amount = totals.amount + EXCLUDED.amount;
    RETURN NULL;
END
$$;
DROP TRIGGER submissions_changed ON submissions;
CREATE TRIGGER submissions_changed AFTER UPDATE ON submissions FOR EACH ROW
    WHEN ((OLD.scope, OLD.vendor, OLD.begun, OLD.group_name, OLD.counted, OLD.currency, OLD.other_counted, OLD.other_currency)
        IS DISTINCT FROM
        (NEW.scope, NEW.vendor, NEW.begun, NEW.group_name, NEW.counted, NEW.currency, NEW.other_counted, NEW.other_currency))
    EXECUTE FUNCTION count_change();
"#,
    // What tells this journal from its copies, and from others, however its URL is written.
    r#"
CREATE TABLE journal (id TEXT NOT NULL);
INSERT INTO journal SELECT gen_random_uuid()::text;
"#,
];

/// The state of a schema.
pub(super) enum State {
    /// It has no tables.
    Empty,
    /// A journal of this version of the schema.
    Journal(usize),
    /// It has tables of another program.
    Foreign,
}

/// The newest version.
pub(super) fn newest() -> usize {
    STEPS.len()
}

pub(super) async fn state(session: &Session, schema: &str) -> Result<State, Fault> {
    let sql = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = namespace.oid AND relname = 'migrations'),
            EXISTS (SELECT FROM pg_class WHERE relnamespace = namespace.oid)
        FROM (SELECT (SELECT oid FROM pg_namespace WHERE nspname = $1) AS oid) AS namespace";
    let Some(row) = session.row(sql, &[&schema]).await? else {
        return Ok(State::Empty);
    };
    match (row.try_get(0)?, row.try_get(1)?) {
        (true, _) => {
            // With its schema: without the right to use it, the table would seem to be missing.
            let sql = format!("SELECT coalesce(max(version), 0) FROM {}.migrations", quoted(schema));
            let row = session.row(&sql, &[]).await?;
            let version = row.map(|row| row.try_get::<_, i32>(0)).transpose()?;
            Ok(State::Journal(
                version.and_then(|version| version.try_into().ok()).unwrap_or(0),
            ))
        }
        (false, true) => Ok(State::Foreign),
        (false, false) => Ok(State::Empty),
    }
}

/// Whether a journal in this state can be used, and has to be migrated.
pub(super) fn needs_migration(state: &State, schema: &str) -> Result<bool, Fault> {
    let refused = |reason: String| Err(Fault::Rule(JournalError::new(reason)));
    match state {
        State::Empty => Ok(true),
        State::Journal(version) if *version > newest() => {
            refused("it was written by a newer version of this program; use that one".to_owned())
        }
        State::Journal(version) => Ok(*version < newest()),
        State::Foreign => refused(format!(
            "the schema {schema} has another program's tables; name another one with options=-csearch_path%3DNAME"
        )),
    }
}

/// Migrates to the newest version. Several processes may do so at once: the first does it, and the others wait.
pub(super) async fn migrate(session: &Session, schema: &str) -> Result<(), Fault> {
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))";
    session.run(lock, &[&format!("videogen/{schema}/migrate")]).await?;
    let found = state(session, schema).await?;
    if !needs_migration(&found, schema)? {
        return Ok(());
    }
    // A user who may not create a schema can use an existing one.
    let sql = "SELECT FROM pg_namespace WHERE nspname = $1";
    if session.row(sql, &[&schema]).await?.is_none() {
        session.batch(&format!("CREATE SCHEMA {}", quoted(schema))).await?;
    }
    session
        .batch("CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at TIMESTAMPTZ NOT NULL DEFAULT now())")
        .await?;
    let applied = match found {
        State::Journal(version) => version,
        State::Empty | State::Foreign => 0,
    };
    for (number, step) in STEPS.iter().enumerate().skip(applied) {
        session.batch(step).await?;
        let version = i32::try_from(number + 1).unwrap_or(i32::MAX);
        session
            .run("INSERT INTO migrations (version) VALUES ($1)", &[&version])
            .await?;
    }
    Ok(())
}

//! Owners of submissions. Their leases are judged by the database's clock.

use std::collections::HashSet;

use super::fault::Fault;
use super::row::{columns, now, read, skew, value};
use super::session::Session;
use crate::owner::{Account, Owner, Taken, Unfinished};

/// The end of a lease that begins now; `$2` is its length in milliseconds.
const UNTIL: &str = "clock_timestamp() + $2::bigint * interval '1 millisecond'";

/// Makes an owner, `$1`, the owner of a submission that it begins, `$3`, and begins its lease if that has not begun or soon ends.
pub(super) fn beginning() -> String {
    // Mostly its record is not written: submissions that begin at the same time would wait for each other.
    format!(
        "WITH entered AS (
            INSERT INTO owners (owner, until) SELECT $1, {UNTIL}
                WHERE NOT EXISTS (SELECT FROM owners
                    WHERE owner = $1 AND until > clock_timestamp() + $2::bigint * interval '0.5 millisecond')
                ON CONFLICT (owner) DO UPDATE SET until = EXCLUDED.until
        )
        INSERT INTO owned (intent, owner) VALUES ($3, $1) ON CONFLICT (intent) DO UPDATE SET owner = EXCLUDED.owner"
    )
}

/// Begins the lease of an owner, and removes owners that ended long ago, and what they owned. In a transaction.
pub(super) async fn enter(session: &Session, owner: &Owner) -> Result<(), Fault> {
    owner.entering();
    let sql = "DELETE FROM owners WHERE until < clock_timestamp() - interval '1 hour'";
    session.run(sql, &[]).await?;
    for table in ["owned", "claims"] {
        let sql =
            format!("DELETE FROM {table} WHERE NOT EXISTS (SELECT FROM owners WHERE owners.owner = {table}.owner)");
        session.run(&sql, &[]).await?;
    }
    let sql = format!(
        "INSERT INTO owners (owner, until) VALUES ($1, {UNTIL}) ON CONFLICT (owner) DO UPDATE SET until = EXCLUDED.until"
    );
    session.run(&sql, &[&owner.id(), &owner.millis()]).await?;
    Ok(())
}

/// Extends a lease that has not ended.
pub(super) async fn extend(session: &Session, owner: &Owner) -> Result<bool, Fault> {
    let sql = format!("UPDATE owners SET until = {UNTIL} WHERE owner = $1 AND until > clock_timestamp()");
    Ok(session.run(&sql, &[&owner.id(), &owner.millis()]).await? > 0)
}

/// Takes over submissions, in a transaction. Two processes that do so at once skip what the other one is taking, and the owner
/// in `owned` decides.
pub(super) async fn take_over(
    session: &Session,
    owner: &Owner,
    accounts: &[Account],
    limit: u32,
) -> Result<Option<Taken>, Fault> {
    if !extend(session, owner).await? {
        return Ok(None);
    }
    let mut taken = Taken::default();
    if limit == 0 {
        return Ok(Some(taken));
    }
    let names: Vec<&str> = accounts.iter().map(|account| account.account.as_str()).collect();
    let origins: Vec<&str> = accounts.iter().map(|account| account.origin.as_str()).collect();
    let avoided = owner.avoided();
    // Of owners whose lease has ended, and then without an owner, each from an index.
    const DEAD: &str = "intent IN (SELECT intent FROM owned JOIN owners ON owners.owner = owned.owner
        WHERE owners.until <= clock_timestamp())";
    let mut found = Vec::new();
    for whose in [DEAD, "NOT is_owned"] {
        let limit = i64::from(limit) - found.len() as i64;
        if limit <= 0 {
            break;
        }
        let sql = format!(
            "SELECT {} FROM submissions WHERE (open OR unfinished) AND {whose} AND intent <> ALL ($4::text[])
                AND EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS wanted (account, origin)
                    WHERE submissions.account = wanted.account
                        AND (submissions.origin IS NULL OR submissions.origin = wanted.origin))
            ORDER BY begun, intent LIMIT $3 FOR UPDATE OF submissions SKIP LOCKED",
            columns()
        );
        for row in session.rows(&sql, &[&names, &origins, &limit, &avoided]).await? {
            let (intent, skew, now): (String, _, _) = (value(&row, 0)?, skew(&row)?, now(&row)?);
            let record = read(&row);
            // Its sender extends its lease itself.
            if record.as_ref().is_ok_and(|entry| entry.is_in_flight(now)) {
                continue;
            }
            found.push((intent, record.map(|entry| skew.entry(entry))));
        }
    }
    let intents: Vec<&str> = found.iter().map(|(intent, _)| intent.as_str()).collect();
    let sql = "INSERT INTO owned (intent, owner) SELECT unnest($1::text[]), $2
        ON CONFLICT (intent) DO UPDATE SET owner = EXCLUDED.owner
            WHERE NOT EXISTS (SELECT FROM owners WHERE owners.owner = owned.owner AND owners.until > clock_timestamp())
        RETURNING intent";
    let mut own = HashSet::new();
    for row in session.rows(sql, &[&intents, &owner.id()]).await? {
        own.insert(value::<String>(&row, 0)?);
    }
    for (_, record) in found.into_iter().filter(|(intent, _)| own.contains(intent)) {
        taken.add(record);
    }
    Ok(Some(taken))
}

/// The number of submissions that are left.
pub(super) async fn unfinished(session: &Session, accounts: &[Account]) -> Result<Unfinished, Fault> {
    let names: Vec<&str> = accounts.iter().map(|account| account.account.as_str()).collect();
    let origins: Vec<&str> = accounts.iter().map(|account| account.origin.as_str()).collect();
    let sql = "SELECT count(*) FILTER (WHERE own), count(*) FILTER (WHERE NOT own) FROM (
        SELECT EXISTS (SELECT FROM unnest($1::text[], $2::text[]) AS wanted (account, origin)
            WHERE submissions.account = wanted.account
                AND (submissions.origin IS NULL OR submissions.origin = wanted.origin)) AS own
        FROM submissions WHERE open OR unfinished) AS left_over";
    let Some(row) = session.row(sql, &[&names, &origins]).await? else {
        return Ok(Unfinished::default());
    };
    let count = |column| value::<i64>(&row, column).map(i64::unsigned_abs);
    Ok(Unfinished {
        own: count(0)?,
        others: count(1)?,
    })
}

/// Takes one submission, unless another owner with a lease has it, or this one has none.
pub(super) async fn take(session: &Session, owner: &Owner, intent: &str) -> Result<bool, Fault> {
    let sql = "INSERT INTO owned (intent, owner) SELECT intent, owner FROM submissions, owners
            WHERE intent = $1 AND owner = $2 AND until > clock_timestamp()
        ON CONFLICT (intent) DO UPDATE SET owner = EXCLUDED.owner
            WHERE owned.owner = EXCLUDED.owner
                OR NOT EXISTS (SELECT FROM owners WHERE owners.owner = owned.owner AND owners.until > clock_timestamp())";
    Ok(session.run(sql, &[&intent, &owner.id()]).await? > 0)
}

/// Claims work by its name, unless another owner with a lease has it, or this one has none.
pub(super) async fn claim(session: &Session, owner: &Owner, name: &str) -> Result<bool, Fault> {
    let sql =
        "INSERT INTO claims (name, owner) SELECT $1, owner FROM owners WHERE owner = $2 AND until > clock_timestamp()
        ON CONFLICT (name) DO UPDATE SET owner = EXCLUDED.owner
        WHERE claims.owner = EXCLUDED.owner
            OR NOT EXISTS (SELECT FROM owners WHERE owners.owner = claims.owner AND owners.until > clock_timestamp())";
    Ok(session.run(sql, &[&name, &owner.id()]).await? > 0)
}

/// Gives claimed work back.
pub(super) async fn unclaim(session: &Session, owner: &Owner, name: &str) -> Result<(), Fault> {
    let sql = "DELETE FROM claims WHERE name = $1 AND owner = $2";
    session.run(sql, &[&name, &owner.id()]).await?;
    Ok(())
}

/// Gives a submission back.
pub(super) async fn release(session: &Session, owner: &Owner, intent: &str) -> Result<(), Fault> {
    let sql = "DELETE FROM owned WHERE intent = $1 AND owner = $2";
    session.run(sql, &[&intent, &owner.id()]).await?;
    Ok(())
}

/// Gives everything back. In a transaction.
pub(super) async fn leave(session: &Session, owner: &Owner) -> Result<(), Fault> {
    for sql in [
        "DELETE FROM claims WHERE owner = $1",
        "DELETE FROM owned WHERE owner = $1",
        "DELETE FROM owners WHERE owner = $1",
    ] {
        session.run(sql, &[&owner.id()]).await?;
    }
    Ok(())
}

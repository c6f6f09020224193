//! Uploaded files, and the leases of uploads in progress.

use videogen::journal::{UploadKey, UploadLease, UploadRecord};

use super::clock::{NOW, Skew, time};
use super::fault::Fault;
use super::row::value;
use super::session::Session;
use crate::error::broken;

const SAME: &str = "account = $1 AND origin = $2 AND vendor = $3 AND way = $4 AND sha256 = $5";

/// The upload with this key. One that cannot be read is as good as none: the file is uploaded again.
pub(super) async fn find(session: &Session, key: &UploadKey) -> Result<Option<UploadRecord>, Fault> {
    let sql = format!("SELECT upload FROM uploads WHERE {SAME}");
    let values: super::session::Values<'_> = &[&key.account, &key.origin, &key.vendor.as_str(), &key.way, &key.sha256];
    let row = session.row(&sql, values).await?;
    let json: Option<String> = row.as_ref().map(|row| value(row, 0)).transpose()?;
    Ok(json.and_then(|json| serde_json::from_str(&json).ok()))
}

pub(super) async fn put(session: &Session, record: &UploadRecord) -> Result<(), Fault> {
    let sql =
        "INSERT INTO uploads (account, origin, vendor, way, sha256, at, upload) VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (account, origin, vendor, way, sha256) DO UPDATE SET at = EXCLUDED.at, upload = EXCLUDED.upload";
    let key = &record.key;
    let json = serde_json::to_string(record).map_err(broken)?;
    let at = record.at.timestamp_millis();
    let vendor = key.vendor.as_str();
    session
        .run(
            sql,
            &[&key.account, &key.origin, &vendor, &key.way, &key.sha256, &at, &json],
        )
        .await?;
    Ok(())
}

/// Removes an upload, unless another process has replaced it.
pub(super) async fn remove(session: &Session, record: &UploadRecord) -> Result<(), Fault> {
    let found = find(session, &record.key).await?;
    if found.is_some_and(|found| found.reference != record.reference) {
        return Ok(());
    }
    let key = &record.key;
    let sql = format!("DELETE FROM uploads WHERE {SAME} AND at = $6");
    let at = record.at.timestamp_millis();
    let vendor = key.vendor.as_str();
    session
        .run(&sql, &[&key.account, &key.origin, &vendor, &key.way, &key.sha256, &at])
        .await?;
    Ok(())
}

/// Stores a lease, or returns that of another holder. In a transaction.
pub(super) async fn lease(session: &Session, lease: &UploadLease, lock: &str) -> Result<Option<UploadLease>, Fault> {
    // The record may not exist yet.
    let sql = format!("SELECT pg_advisory_xact_lock(hashtextextended($1, 0)), {NOW}");
    let locked = session.row(&sql, &[&lock]).await?;
    let now: i64 = locked.as_ref().map_or(Ok(0), |row| value(row, 1))?;
    let skew = Skew::of(time(now));
    let lease = skew.stored_lease(lease.clone());
    let key = &lease.key;
    let vendor = key.vendor.as_str();
    let sql = format!("SELECT lease FROM upload_leases WHERE {SAME}");
    let row = session
        .row(&sql, &[&key.account, &key.origin, &vendor, &key.way, &key.sha256])
        .await?;
    let json: Option<String> = row.as_ref().map(|row| value(row, 0)).transpose()?;
    // One that cannot be read is as good as none.
    let held = json.and_then(|json| serde_json::from_str::<UploadLease>(&json).ok());
    if let Some(held) = held.filter(|held| !lease.replaces(held)) {
        return Ok(Some(skew.lease(held)));
    }
    let sql = "INSERT INTO upload_leases (account, origin, vendor, way, sha256, holder, lease)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        ON CONFLICT (account, origin, vendor, way, sha256) DO UPDATE SET holder = EXCLUDED.holder, lease = EXCLUDED.lease";
    let json = serde_json::to_string(&lease).map_err(broken)?;
    session
        .run(
            sql,
            &[
                &key.account,
                &key.origin,
                &vendor,
                &key.way,
                &key.sha256,
                &lease.holder,
                &json,
            ],
        )
        .await?;
    Ok(None)
}

/// Removes a lease, unless another holder has taken it over.
pub(super) async fn release(session: &Session, lease: &UploadLease) -> Result<(), Fault> {
    let sql = format!("DELETE FROM upload_leases WHERE {SAME} AND holder = $6");
    let key = &lease.key;
    let vendor = key.vendor.as_str();
    session
        .run(
            &sql,
            &[&key.account, &key.origin, &vendor, &key.way, &key.sha256, &lease.holder],
        )
        .await?;
    Ok(())
}

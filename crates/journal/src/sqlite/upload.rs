//! Uploaded files, and the leases of uploads in progress.

use rusqlite::{Connection, OptionalExtension as _, params};
use videogen::journal::{JournalError, UploadKey, UploadLease, UploadRecord};

use crate::error::broken;

const SAME: &str = "account = ?1 AND origin = ?2 AND vendor = ?3 AND way = ?4 AND sha256 = ?5";

/// The upload with this key. One that cannot be read is as good as none: the file is uploaded again.
pub(crate) fn find(connection: &Connection, key: &UploadKey) -> Result<Option<UploadRecord>, JournalError> {
    let sql = format!("SELECT CAST(upload AS BLOB) FROM uploads WHERE {SAME}");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let key = params![key.account, key.origin, key.vendor.as_str(), key.way, key.sha256];
    let found = statement.query_row(key, |row| row.get::<_, Vec<u8>>(0)).optional();
    Ok(found
        .map_err(broken)?
        .and_then(|json| serde_json::from_slice(&json).ok()))
}

pub(crate) fn put(connection: &Connection, record: &UploadRecord) -> Result<(), JournalError> {
    let sql = "INSERT OR REPLACE INTO uploads (account, origin, vendor, way, sha256, at, upload)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let key = &record.key;
    let json = serde_json::to_string(record).map_err(broken)?;
    let at = record.at.timestamp_millis();
    let stored = statement.execute(params![
        key.account,
        key.origin,
        key.vendor.as_str(),
        key.way,
        key.sha256,
        at,
        json
    ]);
    stored.map(drop).map_err(broken)
}

/// Removes an upload, unless another process has replaced it.
pub(crate) fn remove(connection: &Connection, record: &UploadRecord) -> Result<(), JournalError> {
    if find(connection, &record.key)?.is_some_and(|found| found.reference != record.reference) {
        return Ok(());
    }
    let key = &record.key;
    let sql = format!("DELETE FROM uploads WHERE {SAME} AND at = ?6");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let at = record.at.timestamp_millis();
    let removed = statement.execute(params![
        key.account,
        key.origin,
        key.vendor.as_str(),
        key.way,
        key.sha256,
        at
    ]);
    removed.map(drop).map_err(broken)
}

/// The lease that another holder has. One that cannot be read is as good as none.
pub(crate) fn in_the_way(connection: &Connection, lease: &UploadLease) -> Result<Option<UploadLease>, JournalError> {
    let sql = format!("SELECT CAST(lease AS BLOB) FROM upload_leases WHERE {SAME}");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let key = &lease.key;
    let key = params![key.account, key.origin, key.vendor.as_str(), key.way, key.sha256];
    let found = statement.query_row(key, |row| row.get::<_, Vec<u8>>(0)).optional();
    Ok(found
        .map_err(broken)?
        .and_then(|json| serde_json::from_slice(&json).ok())
        .filter(|held| !lease.replaces(held)))
}

pub(crate) fn put_lease(connection: &Connection, lease: &UploadLease) -> Result<(), JournalError> {
    let sql = "INSERT OR REPLACE INTO upload_leases (account, origin, vendor, way, sha256, holder, lease)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut statement = connection.prepare_cached(sql).map_err(broken)?;
    let key = &lease.key;
    let json = serde_json::to_string(lease).map_err(broken)?;
    let stored = statement.execute(params![
        key.account,
        key.origin,
        key.vendor.as_str(),
        key.way,
        key.sha256,
        lease.holder,
        json
    ]);
    stored.map(drop).map_err(broken)
}

/// Removes a lease, unless another holder has taken it over.
pub(crate) fn remove_lease(connection: &Connection, lease: &UploadLease) -> Result<(), JournalError> {
    let sql = format!("DELETE FROM upload_leases WHERE {SAME} AND holder = ?6");
    let mut statement = connection.prepare_cached(&sql).map_err(broken)?;
    let key = &lease.key;
    let removed = statement.execute(params![
        key.account,
        key.origin,
        key.vendor.as_str(),
        key.way,
        key.sha256,
        lease.holder
    ]);
    removed.map(drop).map_err(broken)
}

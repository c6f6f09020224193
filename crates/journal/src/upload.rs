//! Uploaded files.

use rusqlite::{Connection, OptionalExtension as _, params};
use videogen::journal::{JournalError, UploadKey, UploadRecord};

use crate::row::broken;

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

//! Presigned URLs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::core::random;

/// The HMAC-SHA256 of some parts as lower-case hex.
pub(crate) fn hmac_hex(key: &[u8], parts: &[&[u8]]) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        unreachable!("HMAC takes keys of any length")
    };
    for part in parts {
        mac.update(part);
    }
    let mut hex = String::new();
    for byte in mac.finalize().into_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// Signs links to the file origin, and checks them.
pub(crate) struct Links {
    origin: String,
    key: Vec<u8>,
}

/// Why a link does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denied {
    Expired,
    BadSignature,
}

impl Links {
    pub(crate) fn new(origin: String) -> Self {
        let key = (0..4).flat_map(|_| random().to_le_bytes()).collect();
        Self { origin, key }
    }

    /// A URL that holds until a moment, in unix seconds.
    pub(crate) fn sign(&self, path: &str, expires: i64) -> String {
        format!(
            "{}{path}?expires={expires}&signature={}",
            self.origin,
            self.signature(path, expires)
        )
    }

    /// Whether a request may have what is at a path.
    pub(crate) fn check(&self, path: &str, query: &BTreeMap<String, String>, now: i64) -> Result<(), Denied> {
        let expires = query.get("expires").and_then(|text| text.parse::<i64>().ok());
        let expires = expires.ok_or(Denied::BadSignature)?;
        if query.get("signature") != Some(&self.signature(path, expires)) {
            return Err(Denied::BadSignature);
        }
        if now >= expires { Err(Denied::Expired) } else { Ok(()) }
    }

    fn signature(&self, path: &str, expires: i64) -> String {
        hmac_hex(&self.key, &[path.as_bytes(), b"\n", expires.to_string().as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_link_holds_for_its_path_and_its_time() {
        let links = Links::new("http://127.0.0.1:1".to_owned());
        let url = url::Url::parse(&links.sign("/toapis/a.mp4", 100)).unwrap();
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(links.check(url.path(), &query, 99), Ok(()));
        assert_eq!(links.check(url.path(), &query, 100), Err(Denied::Expired));
        assert_eq!(links.check("/toapis/b.mp4", &query, 99), Err(Denied::BadSignature));
        let mut later = query.clone();
        later.insert("expires".to_owned(), "200".to_owned());
        assert_eq!(links.check(url.path(), &later, 99), Err(Denied::BadSignature));
        assert_eq!(links.check(url.path(), &BTreeMap::new(), 99), Err(Denied::BadSignature));
    }

    #[test]
    fn the_hmac_is_the_one_of_rfc_4231() {
        let hex = hmac_hex(b"Jefe", &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }
}

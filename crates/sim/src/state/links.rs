//! Presigned URLs.

use std::collections::BTreeMap;

use crate::media::FileKind;
use crate::spec::Vendor;
use crate::state::ids::random;
use crate::state::signature::hmac_hex;
use crate::state::task::Task;

/// Signs links to the file origin, and verifies them.
pub(crate) struct Links {
    origin: String,
    key: Vec<u8>,
}

/// Reason to deny a link.
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

    /// The URL of one of a task's files, valid until a time in unix seconds.
    pub(crate) fn sign(&self, task: &Task, kind: FileKind, expires: i64) -> String {
        self.sign_path(&path(task, kind), expires)
    }

    /// The URL of a path that is not signed.
    pub(crate) fn open(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    pub(crate) fn sign_path(&self, path: &str, expires: i64) -> String {
        format!(
            "{}{path}?expires={expires}&signature={}",
            self.origin,
            self.signature(path, expires)
        )
    }

    /// Verifies the signature and the expiry of a path.
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

/// The path of one of a task's files.
fn path(task: &Task, kind: FileKind) -> String {
    let ending = match kind {
        FileKind::Video => &format!(".{}", task.shape.container.name()),
        FileKind::Thumbnail => "-first.png",
        FileKind::LastFrame => "-last.png",
    };
    format!("/{}/{}{ending}", task.vendor, task.id)
}

/// The vendor, the task's id and the file in a path.
pub(crate) fn parse_path(path: &str) -> (Option<Vendor>, &str, FileKind) {
    let vendor = path.split('/').nth(1).and_then(Vendor::from_slug);
    let name = path.rsplit('/').next().unwrap_or_default();
    let (id, kind) = if let Some(id) = name.strip_suffix("-last.png") {
        (id, FileKind::LastFrame)
    } else if let Some(id) = name.strip_suffix("-first.png") {
        (id, FileKind::Thumbnail)
    } else {
        (name.rsplit_once('.').map_or(name, |(id, _)| id), FileKind::Video)
    };
    (vendor, id, kind)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_link_is_valid_for_its_path_and_its_time() {
        let links = Links::new("http://127.0.0.1:1".to_owned());
        let url = url::Url::parse(&links.sign_path("/toapis/a.mp4", 100)).unwrap();
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(links.check(url.path(), &query, 99), Ok(()));
        assert_eq!(links.check(url.path(), &query, 100), Err(Denied::Expired));
        assert_eq!(links.check("/toapis/b.mp4", &query, 99), Err(Denied::BadSignature));
        let mut later = query.clone();
        later.insert("expires".to_owned(), "200".to_owned());
        assert_eq!(links.check(url.path(), &later, 99), Err(Denied::BadSignature));
        assert_eq!(links.check(url.path(), &BTreeMap::new(), 99), Err(Denied::BadSignature));
    }
}

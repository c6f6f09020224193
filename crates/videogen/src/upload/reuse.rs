//! One upload per file: what was uploaded before is found, checked and used again.

use std::borrow::Borrow;
use std::sync::Arc;

use chrono::{TimeDelta, Utc};
use videogen_wire::facts::Upload;

use super::send::{Group, Reference};
use super::turn::Turn;
use super::{UploadEvent, Uploaded};
use crate::client::{Client, Plan};
use crate::journal::{UploadKey, UploadRecord};
use crate::model::{Asset, Error, ErrorKind, Source, VideoRequest};
use crate::rules::media::Probe;
use crate::transport::content::{Content, blocking, unreadable};

impl Client {
    /// Like [`plan`](Self::plan), and marks the files that were uploaded before, according to this client and its journal.
    /// Sends nothing: whether the vendor still has them is checked by the submission.
    ///
    /// # Errors
    /// `invalid_request` with every violation; `io` when a file cannot be read; `journal` when the journal cannot be read.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client, request: videogen::VideoRequest) -> Result<(), videogen::Error> {
    /// for upload in client.plan_with_journal(&request).await?.uploads {
    ///     println!("{}: {} bytes, uploaded before: {}", upload.file, upload.bytes, upload.reused);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn plan_with_journal(&self, request: impl Borrow<VideoRequest>) -> Result<Plan, Error> {
        let mut plan = self.plan(request)?;
        let reusable = |name: &str| {
            let way = self.0.vendor.facts().uploads.iter().find(|way| way.name == name);
            way.is_some_and(|way| way.reusable)
        };
        for upload in plan.uploads.iter_mut().filter(|upload| reusable(upload.way)) {
            let file = upload.local.clone();
            let probe = blocking(move || Probe::of(&file).map_err(|reason| unreadable(&file, &reason))).await?;
            let content = Content::of(&upload.local, probe).await?;
            let key = self.upload_key(upload.way, &content.sha256, None);
            let mut known = self.0.uploads.slot(&key).lock().await.clone();
            if known.is_none() {
                known = self.recorded(&key).await?;
            }
            upload.reused = known.is_some_and(|record| record.is_alive(Utc::now()));
        }
        Ok(plan)
    }

    /// The reference of a file: that of an earlier upload, or else of a new one. An asset is active.
    ///
    /// # Errors
    /// Why it cannot be uploaded, or the vendor's reason why it cannot be used.
    pub(crate) async fn uploaded(
        &self,
        way: &'static Upload,
        content: &Arc<Content>,
        group: Group<'_>,
        again: bool,
    ) -> Result<Uploaded, Error> {
        let uploaded = self.obtained(way, content, group, again).await?;
        self.notify_upload(|| UploadEvent::Ready {
            file: content.file.to_string(),
            reused: uploaded.reused,
        });
        Ok(uploaded)
    }

    /// The same without an event: it may be a step of another way.
    pub(super) async fn obtained(
        &self,
        way: &'static Upload,
        content: &Arc<Content>,
        group: Group<'_>,
        again: bool,
    ) -> Result<Uploaded, Error> {
        if !way.reusable {
            let sent = self.send(way, content, group).await?;
            return self.ready(way, content, sent, false).await;
        }
        let key = self.upload_key(way.name, &content.sha256, group.id);
        let slot = self.0.uploads.slot(&key);
        let mut known = slot.lock().await;
        if known.is_none() {
            *known = self.recorded(&key).await?;
        }
        let mut last = known.take();
        let lease = loop {
            if let Some(record) = last.as_ref().filter(|_| !again) {
                if record.is_alive(Utc::now())
                    && let Some(mut reference) = self.still_there(way, &record.reference).await?
                {
                    reference.expires_at = record.expires_at;
                    // An asset may still be processed, or have failed.
                    let uploaded = self.ready(way, content, reference, true).await;
                    match &uploaded {
                        Err(error) if is_final(error) => self.forget(record).await,
                        _ => *known = last,
                    }
                    return uploaded;
                }
                self.forget(record).await;
            }
            let is_newer = |record: &UploadRecord| !again && Some(record) != last.as_ref();
            let mut waits = || {
                let file = content.file.to_string();
                self.notify_upload(|| UploadEvent::Waiting { file });
            };
            match self.turn(&key, &is_newer, &mut waits).await? {
                Turn::Own(lease) => break lease,
                Turn::Recorded(record) => last = Some(record),
            }
        };
        let sending = async {
            let mut sent = self.send(way, content, group).await?;
            let now = Utc::now();
            let record = UploadRecord {
                key,
                reference: sent.source().to_wire(),
                media_type: content.probe.media_type.to_owned(),
                bytes: content.probe.bytes,
                at: now,
                expires_at: sent.expires_at.or_else(|| {
                    let lives = way.lives.and_then(|lives| i64::try_from(lives).ok());
                    Some(now + TimeDelta::try_seconds(lives?)?)
                }),
            };
            sent.expires_at = record.expires_at;
            // Before it is active, so that other processes need not upload it, even if this one is killed meanwhile.
            self.record(&record).await;
            Ok::<_, Error>((sent, record))
        };
        let (sent, record) = lease.during(sending).await?;
        let uploaded = self.ready(way, content, sent, false).await;
        match &uploaded {
            Err(error) if is_final(error) => self.forget(&record).await,
            _ => *known = Some(record),
        }
        uploaded
    }

    async fn ready(
        &self,
        way: &'static Upload,
        content: &Content,
        reference: Reference,
        reused: bool,
    ) -> Result<Uploaded, Error> {
        let asset: Option<Asset> = match &reference.asset {
            Some(asset) if way.poll.is_some() => Some(self.active(asset.clone(), content).await?),
            asset => asset.clone(),
        };
        Ok(Uploaded {
            source: reference.source(),
            way: way.name,
            media_type: content.probe.media_type.to_owned(),
            bytes: content.probe.bytes,
            sha256: content.sha256.clone(),
            expires_at: reference.expires_at,
            reused,
            single_use: !way.reusable,
            asset,
        })
    }

    pub(super) fn upload_key(&self, way: &str, sha256: &str, group: Option<&str>) -> UploadKey {
        UploadKey {
            account: self.account(),
            origin: self.origin(),
            vendor: self.0.vendor,
            way: match group {
                Some(group) => format!("{way}/{group}"),
                None => way.to_owned(),
            },
            sha256: sha256.to_owned(),
        }
    }

    pub(super) async fn recorded(&self, key: &UploadKey) -> Result<Option<UploadRecord>, Error> {
        match &self.0.journal {
            Some(journal) => journal.find_upload(key.clone()).await.map_err(Error::from),
            None => Ok(None),
        }
    }

    /// Records an upload. Failures are ignored: the file can be uploaded again.
    pub(super) async fn record(&self, record: &UploadRecord) {
        if let Some(journal) = self.0.journal.as_ref().filter(|_| is_public(&record.reference)) {
            let _ = journal.record_upload(record.clone()).await;
        }
    }

    /// Removes an upload. Failures are ignored: it is checked again before it is used.
    async fn forget(&self, record: &UploadRecord) {
        if let Some(journal) = &self.0.journal {
            let _ = journal.forget_upload(record.clone()).await;
        }
    }

    /// What the vendor still has under a reference; `None` if it has nothing.
    async fn still_there(&self, way: &'static Upload, reference: &str) -> Result<Option<Reference>, Error> {
        let Ok(source) = reference.parse::<Source>() else {
            return Ok(None);
        };
        match (source, way.poll) {
            (Source::Asset(id), Some(_)) => match self.asset(&id).await {
                Ok(asset) => Ok(Some(Reference::asset(asset))),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(error),
            },
            (Source::Asset(id), None) => Ok(Some(Reference::id(id))),
            (Source::Url(url), _) => Ok(self.is_served(&url).await.then(|| Reference::url(url))),
            _ => Ok(None),
        }
    }
}

/// Whether the vendor's decision about an asset will not change.
fn is_final(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::InvalidRequest | ErrorKind::Moderated | ErrorKind::NotFound
    )
}

/// Whether a reference contains no credentials, so that a journal may store it.
fn is_public(reference: &str) -> bool {
    match url::Url::parse(reference) {
        Ok(url) => {
            let has_user = !url.username().is_empty() || url.password().is_some();
            url.query().is_none() && url.fragment().is_none() && !has_user
        }
        // An id.
        Err(_) => !reference.contains(['/', '?', '@']),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_not_stored() {
        for (reference, public) in [
            ("asset://ta_1", true),
            ("https://files.example.com/u/a.png", true),
            ("https://files.example.com/u/a.png?sig=canary", false),
            ("https://canary@files.example.com/a.png", false),
            ("https://files.example.com/a.png#canary", false),
            ("group-1", true),
            ("//canary@host/a", false),
        ] {
            assert_eq!(is_public(reference), public, "{reference}");
        }
    }
}

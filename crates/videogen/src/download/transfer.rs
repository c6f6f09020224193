//! Fetching a file to its end, through whatever happens on the way.

use std::path::Path;

use reqwest::header::CONTENT_TYPE;
use reqwest::{Response, StatusCode};
use tokio::time::timeout;

use super::DownloadOptions;
use super::answer::{Trouble, Version, ask};
use super::media::{MAGIC, Media};
use super::partial::Partial;
use crate::client::Client;
use crate::journal::SavedFile;
use crate::model::{Error, ErrorKind, SecretUrl, TaskId};

/// Fresh links that are asked for in a row without getting further.
const RENEWALS: u32 = 2;

/// Is told of the bytes so far and, where known, in all.
pub(super) type Progress<'a> = &'a mut (dyn FnMut(u64, Option<u64>) + Send);

/// One call for one file.
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) id: &'a TaskId,
    pub(super) media: Media,
    pub(super) options: &'a DownloadOptions,
    pub(super) progress: Progress<'a>,
}

impl Transfer<'_> {
    /// Tries until the file is there, the failure is final, or the retries are used up.
    pub(super) async fn run(mut self, mut link: SecretUrl, target: &Path) -> Result<SavedFile, Error> {
        let client = self.client;
        let mut partial = Partial::new(target, self.options.overwrite)?;
        let mut version = Version::default();
        let (mut retries, mut furthest, mut renewals) = (client.retries(), 0, 0);
        loop {
            let result = self.attempt(&link, &mut partial, &mut version).await;
            // Also after trouble: from here on it is known to be written.
            partial.flush().await?;
            if partial.length() > furthest {
                furthest = partial.length();
                renewals = 0;
                retries.progressed();
            }
            let error = match result {
                Ok(()) => {
                    retries.succeeded();
                    let file = partial.finish(client.0.journal.is_some()).await?;
                    client.note_placing(self.id, self.media.into(), &file).await;
                    partial.place().await?;
                    return Ok(file);
                }
                Err(Trouble::Final(error)) => return Err(error),
                Err(Trouble::Passing(error)) => error,
                Err(Trouble::Gone(status)) => {
                    let answered = format!("the file's host answered {status}");
                    if !client.vendor().facts().result_url.refreshable {
                        let message = format!(
                            "the link has expired or was withdrawn ({answered}), and this vendor cannot renew it: {} can no \
                             longer be fetched",
                            self.media
                        );
                        return Err(Error::new(ErrorKind::NoVideo, message));
                    }
                    renewals += 1;
                    let fresh = match renewals {
                        1 => client.renew(self.media, self.id, &link).await?,
                        RENEWALS => client.fresh_link(self.media, self.id).await?,
                        _ => None,
                    };
                    match fresh {
                        Some(fresh) => {
                            link = fresh;
                            continue;
                        }
                        None => Error::new(
                            ErrorKind::Transport,
                            format!("the vendor gives no link to {} that works: {answered}", self.media),
                        ),
                    }
                }
            };
            retries.pause(error).await?;
        }
    }

    /// Asks once for what is missing, and takes what comes.
    async fn attempt(
        &mut self,
        link: &SecretUrl,
        partial: &mut Partial<'_>,
        version: &mut Version,
    ) -> Result<(), Trouble> {
        let rest = match version.validator() {
            Some(validator) if partial.length() > 0 => Some((partial.length(), validator)),
            _ => None,
        };
        let response = ask(&self.client.0.http, link, rest, self.options.stall).await?;
        let (headers, told) = (response.headers(), response.content_length());
        // Before anything is given up: a page that a proxy puts in between is no other version of the file.
        let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        if let Some(kind) = kind.filter(|kind| self.media.is_ruled_out_by(kind))
            && response.status() != StatusCode::RANGE_NOT_SATISFIABLE
        {
            let kind: String = kind.chars().take(80).collect();
            return Err(Trouble::passing(format!(
                "the file's host sent {kind}, not {}",
                self.media.noun()
            )));
        }
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
        let end = match response.status().as_u16() {
            206 if rest.is_some() => match version.continued(headers, partial.length()) {
                Some(end) => Some(end),
                None => return Err(begin_again(partial, version, "the file changed on the way").await),
            },
            200 => {
                *version = Version::new(headers, told);
                if partial.length() > 0 {
                    partial.restart().await.map_err(Trouble::Final)?;
                }
                told
            }
            416 if rest.is_some() && version.ends(headers, partial.length()) => {
                version.total = Some(partial.length());
                return self.judge(partial, version).await;
            }
            status => {
                let message = format!("the file's host answered {status} to a request for the file from its beginning");
                let message = if rest.is_some() {
                    "the file's host has no rest of the file".to_owned()
                } else {
                    message
                };
                return Err(begin_again(partial, version, &message).await);
            }
        };
        if version.total.or(end).is_some_and(|end| end > self.options.max_bytes) {
            return Err(self.too_large());
        }
        match self.take(response, partial, version, end).await {
            // It broke when everything was there.
            Err(Trouble::Passing(_)) if partial.length() > 0 && version.total == Some(partial.length()) => {}
            result => result?,
        }
        if version.total.or(end).is_some_and(|end| partial.length() < end) {
            return Err(Trouble::passing("the file ended early"));
        }
        if is_part && version.total.is_none() {
            // There may be more: the host is asked until it tells of the end.
            return Err(Trouble::passing("the file's host does not tell where the file ends"));
        }
        self.judge(partial, version).await
    }

    /// Judges what arrived to its end, as far as the host tells it.
    async fn judge(&mut self, partial: &mut Partial<'_>, version: &mut Version) -> Result<(), Trouble> {
        if partial.head().len() < MAGIC {
            if partial.length() == 0 || version.total.is_none() {
                return Err(Trouble::passing("the file ended before it began"));
            }
            self.check(partial.head())?;
        }
        partial.flush().await.map_err(Trouble::Final)?;
        if partial.is_cut(self.media).await.map_err(Trouble::Final)? {
            return Err(begin_again(partial, version, "the file ends in the middle").await);
        }
        Ok(())
    }

    /// Reads a body that should end at `end`.
    async fn take(
        &mut self,
        mut response: Response,
        partial: &mut Partial<'_>,
        version: &mut Version,
        end: Option<u64>,
    ) -> Result<(), Trouble> {
        loop {
            let chunk = match timeout(self.options.stall, response.chunk()).await {
                Err(_) => return Err(Trouble::stalled(self.options.stall)),
                Ok(Err(error)) => return Err(Trouble::network(&error)),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(chunk))) => chunk,
            };
            let length = partial.length() + chunk.len() as u64;
            if end.is_some_and(|end| length > end) {
                let reason = "the file's host sent more than it said";
                return Err(begin_again(partial, version, reason).await);
            }
            if length > self.options.max_bytes {
                return Err(self.too_large());
            }
            let is_known = partial.head().len() >= MAGIC;
            partial.push(chunk).await.map_err(Trouble::Final)?;
            if !is_known && partial.head().len() >= MAGIC {
                self.check(partial.head())?;
            }
            (self.progress)(length, version.total);
        }
    }

    fn check(&self, head: &[u8]) -> Result<(), Trouble> {
        if self.media.begins_with(head) {
            return Ok(());
        }
        let message = format!("what arrived is not {} file", self.media.noun());
        Err(Trouble::Final(Error::new(ErrorKind::Decode, message)))
    }

    fn too_large(&self) -> Trouble {
        let message = format!("the file is larger than {} bytes", self.options.max_bytes);
        Trouble::Final(Error::new(ErrorKind::Transport, message))
    }
}

/// Forgets what has arrived: it does not belong to what would come.
async fn begin_again(partial: &mut Partial<'_>, version: &mut Version, reason: &str) -> Trouble {
    *version = Version::default();
    match partial.restart().await {
        Ok(()) => Trouble::passing(reason),
        Err(error) => Trouble::Final(error),
    }
}

//! The transfer of a file: attempts, resumption, and renewal of its link.

use std::path::Path;

use bytes::{Bytes, BytesMut};
use chrono::Utc;
use reqwest::Response;
use reqwest::header::{CONTENT_TYPE, TRANSFER_ENCODING};
use tokio::time::timeout;

use super::DownloadOptions;
use super::answer::{ContentRange, FetchError, Version, ask, coding};
use super::kept::Origin;
use super::media::{MAGIC, Media};
use super::page::{PAGE, is_page, words};
use super::partial::Partial;
use super::sink::Sink;
use crate::client::Client;
use crate::journal::SavedFile;
use crate::model::{Error, ErrorKind, SecretUrl, TaskId, Timestamp};
use crate::transport::retry::retry_after;

/// Maximum number of link renewals in a row without progress.
const RENEWALS: u32 = 2;

/// Callback with the bytes received and, if known, the total.
pub(super) type Progress<'a> = &'a mut (dyn FnMut(u64, Option<u64>) + Send);

/// One download of one file.
pub(super) struct Transfer<'a> {
    pub(super) client: &'a Client,
    pub(super) id: &'a TaskId,
    pub(super) media: Media,
    /// When the vendor removes the file, if that is known and its link cannot be renewed.
    pub(super) kept_until: Option<Timestamp>,
    pub(super) options: &'a DownloadOptions,
    pub(super) progress: Progress<'a>,
}

impl Transfer<'_> {
    /// Makes attempts until the file is complete, the failure is permanent, or the retries are used up.
    pub(super) async fn run(mut self, link: SecretUrl, target: &Path) -> Result<SavedFile, Error> {
        let origin = || Origin::new(self.id, self.media.into(), &self.client.0.base_url);
        let origin = self.options.resumable.then(origin);
        let mut partial = Partial::new(target, self.options.overwrite, origin)?;
        match self.save(link, &mut partial).await {
            Ok(file) => {
                partial.place().await?;
                Ok(file)
            }
            Err(error) => {
                if would_repeat(error.kind()) {
                    partial.discard();
                }
                Err(error)
            }
        }
    }

    /// Completes the partial file.
    async fn save(&mut self, link: SecretUrl, partial: &mut Partial<'_>) -> Result<SavedFile, Error> {
        self.fill(link, &mut Sink::File(partial)).await?;
        let file = partial.finish(self.client.0.journal.is_some()).await?;
        self.client.record_placing(self.id, self.media.into(), &file).await;
        Ok(file)
    }

    /// The same for any destination; a file is not moved to its place yet.
    pub(super) async fn fill(&mut self, mut link: SecretUrl, sink: &mut Sink<'_, '_>) -> Result<(), Error> {
        let client = self.client;
        let mut version = sink.version();
        let (mut retries, mut furthest, mut renewals) = (client.retries(), sink.length(), 0);
        loop {
            let result = self.attempt(&link, sink, &mut version).await;
            // Also after failures: from here on everything is written.
            sink.flush().await?;
            if sink.length() > furthest {
                furthest = sink.length();
                renewals = 0;
                retries.progressed();
            }
            let error = match result {
                Ok(()) => {
                    retries.succeeded();
                    return Ok(());
                }
                Err(FetchError::Final(error)) => return Err(error),
                Err(FetchError::Passing(error)) => error,
                Err(FetchError::Gone(answered)) => {
                    if self.kept_until.is_some_and(|end| end < Utc::now()) {
                        return Err(Error::removed(self.id, Some(&answered)));
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
                        None => self.withheld(&answered),
                    }
                }
            };
            retries.pause(error).await?;
        }
    }

    /// The file host refuses the latest link, before its end. That may pass: a proxy refuses the host, or the file is not there
    /// yet.
    fn withheld(&self, answered: &str) -> Error {
        let until = match self.kept_until {
            Some(end) => format!("; the vendor keeps it until {}", end.format("%Y-%m-%d %H:%M:%S UTC")),
            None => String::new(),
        };
        let message = format!(
            "the vendor returned no working link to {}: {answered}{until}",
            self.media
        );
        Error::new(ErrorKind::Transport, message)
    }

    /// Requests the missing part once, and stores what arrives.
    async fn attempt(
        &mut self,
        link: &SecretUrl,
        sink: &mut Sink<'_, '_>,
        version: &mut Version,
    ) -> Result<(), FetchError> {
        let rest = match version.validator() {
            Some(validator) if sink.length() > 0 => Some((sink.length(), validator)),
            _ => None,
        };
        let response = ask(self.client, link, rest, self.options.idle_timeout).await?;
        let mut response = self.accepted(response).await?;
        let (headers, announced) = (response.headers(), response.content_length());
        let status = response.status().as_u16();
        if status == 416 && rest.is_some() && version.ends(headers, sink.length()) {
            version.total = Some(sink.length());
            return self.judge(sink, version, true).await;
        }
        let is_part = status == 206;
        if let Some(coding) = coding(headers).filter(|_| status != 416) {
            let coding = self.client.judge().clean(&coding);
            let message =
                format!("the file host sent the file compressed or encoded ({coding}), which was not requested");
            // A host that encodes parts may send the whole file unencoded.
            return Err(if is_part {
                begin_again(sink, version, &message).await
            } else {
                FetchError::passing(message)
            });
        }
        let is_end_known = announced.is_some() || headers.contains_key(TRANSFER_ENCODING);
        let range = ContentRange::read(headers).filter(|_| is_part);
        // The whole file, however the host indicates it, or the requested part.
        let (fresh, end) = match (status, range) {
            (200, _) => (Some(Version::new(headers, announced)), announced),
            (206, Some(range)) if range.first == 0 => (Some(Version::new(headers, range.total)), Some(range.end)),
            (206, _) if rest.is_some() => match version.continued(headers, sink.length()) {
                Some(end) => (None, Some(end)),
                None => return Err(begin_again(sink, version, "the file changed during the download").await),
            },
            _ => {
                let message = if rest.is_some() {
                    "the file host cannot send the rest of the file".to_owned()
                } else {
                    format!("the file host returned HTTP {status} to a request for the whole file")
                };
                return Err(begin_again(sink, version, &message).await);
            }
        };
        let total = fresh.as_ref().unwrap_or(version).total;
        if total.or(end).is_some_and(|end| end > self.options.max_bytes) {
            return Err(self.too_large(sink));
        }
        let mut opening = Bytes::new();
        if let Some(fresh) = fresh {
            opening = self.open(&mut response, sink.length() > 0).await?;
            *version = fresh;
            if sink.length() > 0 {
                sink.restart().await.map_err(FetchError::Final)?;
            }
            sink.identify(version);
        }
        match self.take(opening, response, sink, version, end).await {
            // The connection broke after the last byte.
            Err(FetchError::Passing(_)) if sink.length() > 0 && version.total == Some(sink.length()) => {}
            result => result?,
        }
        if version.total.or(end).is_some_and(|end| sink.length() < end) {
            return Err(FetchError::passing("the transfer was cut off"));
        }
        if is_part && version.total.is_none() {
            // There may be more: the rest is requested until the host reports the end.
            return Err(FetchError::passing(
                "the file host does not report the size of the file",
            ));
        }
        self.judge(sink, version, is_end_known).await
    }

    /// Checks the whole file.
    async fn judge(
        &mut self,
        sink: &mut Sink<'_, '_>,
        version: &mut Version,
        is_end_known: bool,
    ) -> Result<(), FetchError> {
        sink.flush().await.map_err(FetchError::Final)?;
        let is_end_known = is_end_known || version.total.is_some();
        match sink.flaw(self.media, is_end_known).await.map_err(FetchError::Final)? {
            None => Ok(()),
            Some(flaw) => Err(begin_again(sink, version, &format!("the file is incomplete: {flaw}")).await),
        }
    }

    /// Returns responses with a file, a part of it, or status 416; other statuses are errors, with the host's message.
    async fn accepted(&mut self, mut response: Response) -> Result<Response, FetchError> {
        let status = response.status();
        if matches!(status.as_u16(), 200 | 206 | 416) {
            return Ok(response);
        }
        let pause = retry_after(response.headers());
        let mut message = format!("the file host returned HTTP {status}");
        let words = self.words(&mut response, BytesMut::new()).await.unwrap_or_default();
        if !words.is_empty() {
            message = format!("{message}: {words}");
        }
        Err(match status.as_u16() {
            400 | 401 | 403 | 404 | 410 => FetchError::Gone(message),
            _ => FetchError::Passing(Error::new(ErrorKind::Transport, message).after(pause)),
        })
    }

    /// The text of a page, after its `opening`; empty for other content.
    async fn words(&mut self, response: &mut Response, opening: BytesMut) -> Result<String, FetchError> {
        let url = response.url().clone();
        let page = self.gather(response, opening, PAGE).await?;
        // A character may be cut at the end.
        let text = String::from_utf8_lossy(&page);
        let is_text = !text.trim_end_matches('\u{fffd}').contains(['\0', '\u{fffd}']);
        let text = if is_text { words(&page, &url) } else { String::new() };
        Ok(self.client.judge().clean(&text))
    }

    /// Reads the first bytes of a body, enough to identify the file type. This is done before any stored bytes are
    /// discarded: a page from a proxy is not another version of the file.
    async fn open(&mut self, response: &mut Response, is_known: bool) -> Result<Bytes, FetchError> {
        let is_end_known = response.content_length().is_some();
        let opening = self.gather(response, BytesMut::new(), MAGIC).await?;
        if self.media.begins_with(&opening) {
            return Ok(opening.freeze());
        }
        if opening.is_empty() || (opening.len() < MAGIC && !is_end_known) {
            return Err(FetchError::passing("the file host sent an empty or truncated file"));
        }
        let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = self.client.judge().clean(kind.unwrap_or_default());
        if !is_page(&opening, &kind) {
            let error = Error::new(
                ErrorKind::Decode,
                format!("the downloaded file is not {}", self.media.noun()),
            );
            return Err(if is_known {
                FetchError::passing(error.to_string())
            } else {
                FetchError::Final(error)
            });
        }
        let words = self.words(response, opening).await?;
        let kind = if kind.is_empty() { "a page" } else { &kind };
        let message = format!("the file host sent {kind} instead of {}: {words}", self.media.noun());
        Err(FetchError::passing(message))
    }

    /// Reads until `opening` has enough bytes, or the body ends.
    async fn gather(
        &mut self,
        response: &mut Response,
        mut bytes: BytesMut,
        enough: usize,
    ) -> Result<BytesMut, FetchError> {
        while bytes.len() < enough
            && let Some(chunk) = self.chunk(response).await?
        {
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    }

    async fn chunk(&mut self, response: &mut Response) -> Result<Option<Bytes>, FetchError> {
        match timeout(self.options.idle_timeout, response.chunk()).await {
            Err(_) => Err(FetchError::stalled(self.options.idle_timeout)),
            Ok(result) => result.map_err(|error| FetchError::network(&self.client.0.http, response.url(), &error)),
        }
    }

    /// Reads the rest of a body, after `opening`, up to `end`.
    async fn take(
        &mut self,
        opening: Bytes,
        mut response: Response,
        sink: &mut Sink<'_, '_>,
        version: &mut Version,
        end: Option<u64>,
    ) -> Result<(), FetchError> {
        let mut next = Some(opening).filter(|opening| !opening.is_empty());
        loop {
            let chunk = match next.take() {
                Some(chunk) => chunk,
                None => match self.chunk(&mut response).await? {
                    Some(chunk) => chunk,
                    None => return Ok(()),
                },
            };
            let length = sink.length() + chunk.len() as u64;
            if end.is_some_and(|end| length > end) {
                let reason = "the file host sent more bytes than announced";
                return Err(begin_again(sink, version, reason).await);
            }
            if length > self.options.max_bytes {
                return Err(self.too_large(sink));
            }
            sink.push(chunk).await.map_err(FetchError::Final)?;
            (self.progress)(length, version.total);
        }
    }

    fn too_large(&self, sink: &Sink<'_, '_>) -> FetchError {
        let message = format!(
            "{} is larger than the limit of {} bytes",
            self.media, self.options.max_bytes
        );
        let advice = match sink {
            Sink::Memory(_) => "raise the limit of Client::download_bytes",
            Sink::File(_) | Sink::Channel(_) => "raise DownloadOptions::max_bytes",
        };
        FetchError::Final(Error::new(ErrorKind::TooLarge, message).with_advice(advice))
    }
}

/// Whether another download would fail in the same way, so that the bytes so far are of no use.
fn would_repeat(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Decode
            | ErrorKind::InvalidRequest
            | ErrorKind::Io
            | ErrorKind::Moderated
            | ErrorKind::NotFound
            | ErrorKind::NoVideo
            | ErrorKind::TooLarge
            | ErrorKind::Unsupported
    )
}

/// Discards the bytes so far: they do not belong to the bytes that would follow.
async fn begin_again(sink: &mut Sink<'_, '_>, version: &mut Version, reason: &str) -> FetchError {
    *version = Version::default();
    match sink.restart().await {
        Ok(()) => FetchError::passing(reason),
        Err(error) => FetchError::Final(error),
    }
}

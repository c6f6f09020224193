//! Sending a file, and waiting until its asset is active.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use reqwest::StatusCode;
use tokio::time::{Instant, sleep};
use videogen_wire::facts::Upload;

use super::turn::Turn;
use crate::client::{Client, UploadEvent};
use crate::journal::UploadRecord;
use crate::model::mask::sha256;
use crate::model::{Asset, AssetQuery, AssetStatus, Error, ErrorKind, Operation, SecretUrl, Source, Timestamp};
use crate::transport::content::{Content, Progress};
use crate::transport::put;
use crate::transport::retry::retrying;
use crate::vendors::{Outgoing, Stored, dispatch};

/// Time limit of an upload: this, and a second for each so many bytes.
const BASE: Duration = Duration::from_secs(60);
const BYTES_PER_SECOND: u64 = 64 * 1024;
/// Name of the group of assets for uploads without one.
const GROUP: &str = "videogen";
/// First and longest pause between two polls of an asset, and the time after which it is given up.
const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(300);

/// The group of assets to add a file to.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Group<'a> {
    pub(crate) id: Option<&'a str>,
    /// Whether it is that of a verified person.
    pub(crate) person: bool,
}

/// What a request can name.
#[derive(Debug, Clone)]
pub(super) struct Reference {
    source: Source,
    pub(super) asset: Option<Asset>,
    pub(super) expires_at: Option<Timestamp>,
}

impl Reference {
    fn new(source: Source) -> Self {
        Self {
            source,
            asset: None,
            expires_at: None,
        }
    }

    pub(super) fn asset(asset: Asset) -> Self {
        Self {
            asset: Some(asset.clone()),
            ..Self::new(asset.source())
        }
    }

    pub(super) fn id(id: String) -> Self {
        Self::new(Source::Asset(id))
    }

    pub(super) fn url(url: SecretUrl) -> Self {
        Self::new(Source::Url(url))
    }

    pub(super) fn source(&self) -> Source {
        self.source.clone()
    }
}

impl Client {
    /// Uploads a file.
    pub(super) async fn send(
        &self,
        way: &'static Upload,
        content: &Arc<Content>,
        group: Group<'_>,
    ) -> Result<Reference, Error> {
        self.offered(Operation::Upload)?;
        let person = group.person;
        let group = match (group.id, way.group) {
            (Some(group), _) => Some(group.to_owned()),
            (None, Some(_)) => Some(self.own_group().await?),
            (None, None) => None,
        };
        // Some take a URL in place of the file, which another way gives.
        let via = match way.via {
            Some(via) => {
                let ways = self.0.vendor.facts().uploads;
                let via = ways.iter().find(|way| way.name == via);
                let unknown = || {
                    Error::new(
                        ErrorKind::Config,
                        format!("the spec has no way of upload {:?}", way.via),
                    )
                };
                let first = via.ok_or_else(unknown)?;
                match Box::pin(self.obtained(first, content, Group::default(), false))
                    .await?
                    .source
                {
                    Source::Url(url) => Some(url),
                    _ => return Err(unknown()),
                }
            }
            None => None,
        };
        retrying!(self.retries(), async {
            let sent = pin!(self.send_once(
                way,
                content,
                Group {
                    id: group.as_deref(),
                    person
                },
                via.as_ref()
            ));
            let sent = self.paced(sent).await;
            // The connection fails too, but because of the file.
            let failure = content.failure();
            failure.map_or(sent, |error| Err(error.during(self.0.vendor, Operation::Upload)))
        })
    }

    async fn send_once(
        &self,
        way: &'static Upload,
        content: &Arc<Content>,
        group: Group<'_>,
        via: Option<&SecretUrl>,
    ) -> Result<Reference, Error> {
        let vendor = self.0.vendor;
        let limit = BASE + Duration::from_secs(content.probe.bytes / BYTES_PER_SECOND);
        let mut call = self.call(&self.0.http.read);
        call.session = call.session.timeout(limit);
        let sent = self.progress(content);
        let file = Outgoing {
            way,
            content,
            sent: Arc::clone(&sent),
            group: group.id,
            person: group.person,
            via,
        };
        let result = dispatch::upload(vendor, &call, &file).await;
        let exchange = self.exchange(&call);
        let (stored, _) = self.judge().read(Operation::Upload, result, exchange.as_ref())?;
        match stored {
            Stored::Url(url, expires_at) => {
                self.check_stored(&url, expires_at)?;
                Ok(Reference {
                    expires_at,
                    ..Reference::url(url)
                })
            }
            Stored::Asset(asset) => Ok(Reference::asset(asset)),
            Stored::Presigned(presigned) => {
                if let Source::Url(url) = &presigned.source {
                    self.check_stored(url, presigned.expires_at)?;
                }
                put::put(&self.0.http, &presigned, content, sent, limit)
                    .await
                    .map_err(|error| {
                        let message = self.judge().clean(error.message());
                        Error::new(error.kind(), message)
                            .after(error.retry_after())
                            .during(vendor, Operation::Upload)
                    })?;
                Ok(Reference {
                    expires_at: presigned.expires_at,
                    ..Reference::new(presigned.source)
                })
            }
        }
    }

    /// Rejects a link to a file that a paid request could not use: not on the public internet, or expired by the vendor's
    /// clock.
    fn check_stored(&self, url: &SecretUrl, expires_at: Option<Timestamp>) -> Result<(), Error> {
        let unusable = |reason: String| {
            let message = format!("the link to the uploaded file cannot be used: {reason}");
            Error::new(ErrorKind::Decode, message).during(self.0.vendor, Operation::Upload)
        };
        self.0.http.guard.parse(url.expose()).map_err(unusable)?;
        let now = Utc::now() + self.clock_skew().unwrap_or_default();
        match expires_at.filter(|end| *end <= now) {
            Some(end) => Err(unusable(format!("it expired at {}", end.format("%FT%TZ")))),
            None => Ok(()),
        }
    }

    pub(super) fn notify_upload(&self, event: impl FnOnce() -> UploadEvent) {
        if let Some(observer) = &self.0.upload_observer {
            observer.notify(&event());
        }
    }

    /// Reports the bytes of a file that are sent.
    fn progress(&self, content: &Content) -> Progress {
        let Some(observer) = self.0.upload_observer.clone() else {
            return Arc::new(|_| ());
        };
        let (file, total) = (content.file.to_string(), content.probe.bytes);
        Arc::new(move |sent| {
            let file = file.clone();
            observer.notify(&UploadEvent::Sending { file, sent, total });
        })
    }

    /// The group for uploads without one: created once, and found again by its name or in the journal.
    async fn own_group(&self) -> Result<String, Error> {
        let key = self.upload_key("group", &sha256(GROUP.as_bytes()), None);
        let slot = self.0.uploads.slot(&key);
        let mut known = slot.lock().await;
        if known.is_none() {
            *known = self.recorded(&key).await?;
        }
        if let Some(group) = self.existing_group(known.as_ref()).await? {
            return Ok(group);
        }
        let is_newer = |record: &UploadRecord| Some(record) != known.as_ref();
        let lease = match self.turn(&key, &is_newer, &mut || ()).await? {
            Turn::Own(lease) => lease,
            Turn::Recorded(record) => return Ok(known.insert(record).reference.clone()),
        };
        let is_leased = lease.is_some();
        let creating = async {
            // It may have been created before the lease was taken.
            if is_leased && let Some(group) = self.existing_group(None).await? {
                return Ok(group);
            }
            let group = self.assets().create_group(GROUP).await?;
            let record = UploadRecord {
                key,
                reference: group.id.clone(),
                media_type: String::new(),
                bytes: 0,
                at: Utc::now(),
                expires_at: None,
            };
            self.record(&record).await;
            *known = Some(record);
            Ok(group.id)
        };
        lease.during(creating).await
    }

    /// The id of that group, if the vendor lists it; if the vendor has no list, as it was recorded.
    async fn existing_group(&self, known: Option<&UploadRecord>) -> Result<Option<String>, Error> {
        if !self.0.vendor.supports(Operation::Groups) {
            return Ok(known.map(|record| record.reference.clone()));
        }
        let groups = self.assets().groups(&AssetQuery::default().limit(100)).await?.items;
        let recorded = known.and_then(|record| groups.iter().find(|group| group.id == record.reference));
        let named = || groups.iter().find(|group| group.name.as_deref() == Some(GROUP));
        Ok(recorded.or_else(named).map(|group| group.id.clone()))
    }

    /// Requests the status of an asset.
    pub(super) async fn asset(&self, id: &str) -> Result<Asset, Error> {
        self.offered(Operation::Asset)?;
        retrying!(
            self.retries(),
            self.paced(async {
                let call = self.call(&self.0.http.read);
                let result = self.timed(dispatch::asset(self.0.vendor, &call, id)).await;
                let exchange = self.exchange(&call);
                let (asset, _) = self.judge().read(Operation::Asset, result, exchange.as_ref())?;
                Ok(self.judge().asset(asset))
            })
        )
    }

    /// Polls an asset until it is active.
    ///
    /// # Errors
    /// The vendor's reason if it failed; `timeout` if it is still processed after some minutes.
    pub(super) async fn active(&self, asset: Asset, content: &Content) -> Result<Asset, Error> {
        let (mut asset, begun) = (asset, Instant::now());
        let patience = self.scale().real(PATIENCE);
        let mut pause = FIRST;
        let file = &content.file;
        let failed =
            |kind: ErrorKind, message: String| Err(Error::new(kind, message).during(self.0.vendor, Operation::Upload));
        loop {
            match &asset.status {
                AssetStatus::Active => return Ok(asset),
                AssetStatus::Failed => {
                    let reason = asset.reason.as_deref().unwrap_or("the vendor gives no reason");
                    let kind = self.judge().refused_asset(reason);
                    return failed(kind, format!("{file} was refused as the asset {}: {reason}", asset.id));
                }
                AssetStatus::Processing | AssetStatus::Unknown(_) if begun.elapsed() > patience => {
                    let (id, status) = (&asset.id, &asset.status);
                    let minutes = PATIENCE.as_secs() / 60;
                    return failed(
                        ErrorKind::Timeout,
                        format!(
                            "{file} was uploaded as the asset {id}, which is {status} after {minutes} minutes; try again later"
                        ),
                    );
                }
                AssetStatus::Processing | AssetStatus::Unknown(_) => {}
            }
            self.notify_upload(|| UploadEvent::Checking {
                file: file.to_string(),
                asset: asset.id.clone(),
                status: asset.status.clone(),
            });
            sleep(self.scale().real(pause)).await;
            pause = (pause * 3 / 2).min(LONGEST);
            asset = self.asset(&asset.id).await?;
        }
    }

    /// Whether a link to an uploaded file still works: `false` if its host cannot be reached, or says that there is no such
    /// file.
    pub(super) async fn is_served(&self, url: &SecretUrl) -> bool {
        let (Ok(link), Ok(client)) = (self.0.http.guard.parse(url.expose()), self.0.http.file()) else {
            return true;
        };
        let head = client.head(link).timeout(Duration::from_secs(30)).send().await;
        head.is_ok_and(|answer| !matches!(answer.status(), StatusCode::NOT_FOUND | StatusCode::GONE))
    }
}

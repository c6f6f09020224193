//! The assets of an account.

use std::fmt;
use std::time::Duration;

use tokio::time::sleep;
use videogen_wire::facts::Upload;

use super::send::Group;
use crate::client::Client;
use crate::model::{
    Asset, AssetGroup, AssetPage, AssetQuery, Error, ErrorKind, LocalFile, Operation, SecretUrl, Verification,
};
use crate::rules::media::{Probe, way_for};
use crate::rules::of_file;
use crate::transport::content::{Content, blocking, unreadable};
use crate::transport::retry::retrying;
use crate::upload::{UploadOptions, Uploaded};
use crate::vendors::dispatch;

/// The assets of an account; see [`Client::assets`].
///
/// Which operations a vendor has is in [`Vendor::operations`](crate::Vendor::operations); the others are `unsupported`.
#[derive(Clone)]
pub struct Assets {
    client: Client,
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Assets").field(&self.client).finish()
    }
}

impl Client {
    /// Uploads a local file and returns its reference, for use in several requests. An asset is active when this returns.
    /// If a file with the same content was uploaded before and its reference can still be used, nothing is sent.
    ///
    /// # Errors
    /// `io` when the file cannot be read; `invalid_request` when the vendor takes no such file; `unsupported` when it takes
    /// none; `moderated` or `invalid_request` with the vendor's reason when it refuses the content; `timeout` when an asset
    /// is not active after some minutes. Uploads are retried like reads, because they cost nothing.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// use videogen::VideoRequest;
    /// use videogen::upload::UploadOptions;
    ///
    /// let boat = client.upload("boat.png", UploadOptions::default()).await?;
    /// let request = VideoRequest::new("seedance-2", "it sails on").first_frame(boat.source);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn upload(&self, file: impl Into<LocalFile>, options: UploadOptions) -> Result<Uploaded, Error> {
        self.upload_as(file.into(), options, None).await
    }

    /// Checks what [`upload`](Self::upload) checks before it sends anything, so that the faults of several files are known before
    /// the first one is sent. It reads the header of the file.
    ///
    /// # Errors
    /// `io` when the file cannot be read; `invalid_request` when the vendor takes no such file; `unsupported` when it takes none.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// use videogen::upload::UploadOptions;
    ///
    /// let options = UploadOptions::default();
    /// for file in ["boat.png", "sea.mp4"] {
    ///     client.check_upload(file, options.clone()).await?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_upload(&self, file: impl Into<LocalFile>, options: UploadOptions) -> Result<(), Error> {
        self.way_of(&file.into(), &options, None).await.map(drop)
    }

    /// Returns the assets of the account.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// use videogen::upload::{AssetQuery, UploadOptions};
    ///
    /// let assets = client.assets();
    /// let face = assets.upload("face.png", UploadOptions::default()).await?;
    /// for asset in assets.list(&AssetQuery::default()).await?.items {
    ///     println!("{} is {}", asset.id, asset.status);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn assets(&self) -> Assets {
        Assets { client: self.clone() }
    }

    async fn upload_as(
        &self,
        file: LocalFile,
        options: UploadOptions,
        gives: Option<&'static str>,
    ) -> Result<Uploaded, Error> {
        let (way, probe) = self.way_of(&file, &options, gives).await?;
        let content = Content::of(&file, probe).await?;
        let group = Group {
            id: options.group.as_deref(),
            person: options.person,
        };
        self.uploaded(way, &content, group, options.again).await
    }

    /// Checks a file, and returns how it is uploaded.
    async fn way_of(
        &self,
        file: &LocalFile,
        options: &UploadOptions,
        gives: Option<&'static str>,
    ) -> Result<(&'static Upload, Probe), Error> {
        let vendor = self.0.vendor;
        self.offered(Operation::Upload)?;
        let invalid =
            |message: String| Error::new(ErrorKind::InvalidRequest, message).during(vendor, Operation::Upload);
        let probed = file.clone();
        let probe = blocking(move || {
            probed.open().map_err(|reason| unreadable(&probed, &reason))?;
            Ok(Probe::of(&probed))
        });
        let probe = probe.await?.map_err(|reason| invalid(format!("{file}: {reason}")))?;
        let kind = crate::model::media_type::medium(probe.media_type);
        let all = vendor.facts().uploads.iter();
        let ways = || {
            all.clone().filter(|way| {
                options.way.as_ref().is_none_or(|name| way.name == name)
                    && gives.is_none_or(|gives| way.gives == gives)
                    && options.model.as_ref().is_none_or(|model| way.serves(model))
            })
        };
        if let Some(name) = options.way.as_ref().filter(|_| ways().next().is_none()) {
            let known: Vec<&str> = all.clone().map(|way| way.name).collect();
            return Err(invalid(format!(
                "no way of upload `{name}`; use one of {}",
                known.join(", ")
            )));
        }
        let way = match way_for(vendor, ways().filter(|way| way.media.contains(&kind)), &probe) {
            Ok(way) => way,
            Err(Some(refusal)) => {
                return Err(invalid(format!(
                    "{file} ({}): {}; {}",
                    probe.media_type, refusal.rule, refusal.hint
                )));
            }
            Err(None) => {
                let media: Vec<&str> = ways().flat_map(|way| way.media).copied().collect();
                let what = gives.map_or("files", |_| "assets");
                let model = options
                    .model
                    .as_ref()
                    .map_or_else(String::new, |model| format!(" for {model}"));
                let taken = if media.is_empty() {
                    "none".to_owned()
                } else {
                    media.join(", ")
                };
                return Err(invalid(format!(
                    "{file} is {kind}; {what} that can be uploaded{model}: {taken}; a request may take the file itself: \
                     plan it with the path of the file"
                )));
            }
        };
        if options.group.is_some() && way.group.is_none() {
            return Err(invalid(format!(
                "the way of upload `{}` has no groups; leave the group out",
                way.name
            )));
        }
        if let Some(model) = options.model.clone() {
            let checked = file.clone();
            let found = blocking(move || Ok(of_file(vendor, &model, &checked))).await?;
            if !found.is_empty() {
                return Err(Error::invalid(vendor, self.judge().violations(found)));
            }
        }
        Ok((way, probe))
    }
}

/// Polls of a session that has no link yet, and the pause between them.
const SESSION_POLLS: u32 = 15;
const SESSION_PAUSE: Duration = Duration::from_secs(2);

/// A call with retries: an operation, and its dispatch.
macro_rules! call {
    ($client:expr, $operation:ident, $call:ident => $dispatch:expr) => {{
        let client = $client;
        client.offered(Operation::$operation)?;
        let called: Result<_, Error> = retrying!(
            client.retries(),
            client.paced(async {
                let $call = client.call(&client.0.http.read);
                let result = client.timed($dispatch).await;
                let exchange = client.exchange(&$call);
                Ok(client.judge().read(Operation::$operation, result, exchange.as_ref())?.0)
            })
        );
        called
    }};
}

impl Assets {
    /// Uploads a local file as an asset, and returns it when it is active. Like [`Client::upload`], but only in ways that
    /// give an asset, which outlives the request.
    ///
    /// # Errors
    /// The same as [`Client::upload`].
    pub async fn upload(&self, file: impl Into<LocalFile>, options: UploadOptions) -> Result<Uploaded, Error> {
        self.client.upload_as(file.into(), options, Some("asset")).await
    }

    /// Checks what [`upload`](Self::upload) checks before it sends anything. Like [`Client::check_upload`].
    ///
    /// # Errors
    /// The same as [`Client::check_upload`].
    pub async fn check(&self, file: impl Into<LocalFile>, options: UploadOptions) -> Result<(), Error> {
        self.client
            .way_of(&file.into(), &options, Some("asset"))
            .await
            .map(drop)
    }

    /// Returns an asset with its current status.
    ///
    /// # Errors
    /// `not_found` when the account has no such asset; `unsupported` when the vendor has no such operation.
    pub async fn get(&self, id: &str) -> Result<Asset, Error> {
        self.client.asset(bare(id)?).await
    }

    /// Returns one page of the account's assets.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    pub async fn list(&self, query: &AssetQuery) -> Result<AssetPage, Error> {
        let (client, vendor) = (&self.client, self.client.0.vendor);
        let mut page = call!(client, Assets, call => dispatch::assets(vendor, &call, query))?;
        page.items = page
            .items
            .into_iter()
            .map(|asset| client.judge().asset(asset))
            .collect();
        Ok(page)
    }

    /// Deletes an asset. A request that names it is refused from then on.
    ///
    /// # Errors
    /// `not_found` when the account has no such asset; `unsupported` when the vendor has no such operation.
    pub async fn delete(&self, id: &str) -> Result<(), Error> {
        let (client, id) = (&self.client, bare(id)?);
        call!(client, DeleteAsset, call => dispatch::delete_asset(client.0.vendor, &call, id))
    }

    /// Returns one page of the account's groups of assets. The query's group is ignored.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    pub async fn groups(&self, query: &AssetQuery) -> Result<AssetPage<AssetGroup>, Error> {
        let client = &self.client;
        let mut page = call!(client, Groups, call => dispatch::groups(client.0.vendor, &call, query))?;
        page.items = page
            .items
            .into_iter()
            .map(|group| client.judge().group(group))
            .collect();
        Ok(page)
    }

    /// Creates a group of assets of invented persons or things. For real persons, see [`verify`](Self::verify).
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    pub async fn create_group(&self, name: &str) -> Result<AssetGroup, Error> {
        let client = &self.client;
        let group = call!(client, CreateGroup, call => dispatch::create_group(client.0.vendor, &call, name))?;
        Ok(client.judge().group(group))
    }

    /// Begins the verification of a real person, whose pictures some vendors accept only after it. The person opens the
    /// [`link`](Verification::link) on a phone within the time that it is valid, usually two minutes. Then their browser is sent
    /// to `callback_url`, for vendors that use one. [`verified`](Self::verified) returns the result.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    pub async fn verify(&self, name: &str, callback_url: Option<&SecretUrl>) -> Result<Verification, Error> {
        let (client, vendor) = (&self.client, self.client.0.vendor);
        let mut session = call!(client, Verify, call => dispatch::verify(vendor, &call, name, callback_url))?;
        for _ in 0..SESSION_POLLS {
            let Some(id) = session.id.as_deref().filter(|_| session.link.is_none()) else {
                break;
            };
            sleep(client.scale().real(SESSION_PAUSE)).await;
            session = call!(client, Verify, call => dispatch::verification(vendor, &call, id))?;
        }
        Ok(session)
    }

    /// Returns the id of the group for a verified person's pictures, or `None` while the person is not verified.
    ///
    /// # Errors
    /// `unsupported` when the vendor has no such operation.
    pub async fn verified(&self, verification: &Verification) -> Result<Option<String>, Error> {
        let client = &self.client;
        let verified: Result<_, Error> =
            async { call!(client, Verified, call => dispatch::verified(client.0.vendor, &call, verification)) }.await;
        match verified {
            // Some vendors report it as an error.
            Err(error) if error.kind() == ErrorKind::NotReady => Ok(None),
            result => result,
        }
    }
}

/// The id of `asset://ID` or `ID`, which becomes a part of a path.
fn bare(id: &str) -> Result<&str, Error> {
    let bare = id.strip_prefix("asset://").unwrap_or(id);
    if bare.is_empty() || matches!(bare, "." | "..") || bare.contains(['/', '\\', '?', '#']) {
        let message = format!("`{}` is not the id of an asset", crate::model::mask::hide_urls(id));
        return Err(Error::new(ErrorKind::InvalidRequest, message));
    }
    Ok(bare)
}

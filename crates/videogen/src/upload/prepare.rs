//! From a request with local files to one that a vendor takes.

use std::sync::Arc;

use futures_util::{FutureExt as _, StreamExt as _, TryStreamExt as _, stream};
use videogen_wire::facts::Upload;

use super::files::Contents;
use super::send::Group;
use crate::client::Client;
use crate::model::{Capabilities, Delivery, Error, Source, VideoRequest};
use crate::rules::media::{Route, route};
use crate::transport::content::{Content, unreadable};

/// Uploads at once for one request.
const AT_ONCE: usize = 4;

impl Client {
    /// Replaces the local files of a valid request by their content or by references, for which it uploads them.
    ///
    /// # Errors
    /// Why one cannot be uploaded. The request was not submitted.
    pub(crate) async fn place_files(&self, request: VideoRequest, contents: &Contents) -> Result<VideoRequest, Error> {
        let mut request = request;
        let rules = Capabilities::of(self.0.vendor, &request.model);
        let mut jobs = Vec::new();
        for (index, input) in request.inputs.iter().enumerate() {
            let Source::File(file) = &input.source else { continue };
            let content = contents.find(file).ok_or_else(|| unreadable(file, "it was not read"))?;
            let way = match route(&rules, &request.model, input.role, &content.probe) {
                Ok(Route::Upload(way)) => Some(way),
                Ok(Route::Inline) => None,
                // An unverified rule that the caller overrides.
                Err(refusal) => refusal.way,
            };
            let content = Arc::clone(content);
            let job = async move { Ok((index, self.place_file(way, &content).await?)) };
            jobs.push(job.boxed());
        }
        let placed: Result<Vec<(usize, Source)>, Error> =
            stream::iter(jobs).buffer_unordered(AT_ONCE).try_collect().await;
        let sources = placed.map_err(|error| error.with_delivery(Delivery::NotSent))?;
        for (index, source) in sources {
            request.inputs[index].source = source;
        }
        Ok(request)
    }

    async fn place_file(&self, way: Option<&'static Upload>, content: &Arc<Content>) -> Result<Source, Error> {
        Ok(match way {
            Some(way) => self.uploaded(way, content, Group::default(), false).await?.source,
            None => Source::Data {
                media_type: content.probe.media_type.to_owned(),
                bytes: content.bytes().await?,
            },
        })
    }
}

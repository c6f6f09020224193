//! A job of a batch.

use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use videogen::journal::Destination;
use videogen::price::Estimate;
use videogen::route::Route;
use videogen::submit::Note;
use videogen::{LocalFile, Role, Vendor, VideoRequest};

/// A job that can be submitted.
#[derive(Debug)]
pub(crate) struct Job {
    /// The line where it begins, from 1.
    pub(crate) line: usize,
    /// Its id in the batch.
    pub(crate) id: String,
    /// The job whose last frame is its first frame.
    pub(crate) after: Option<usize>,
    /// The request, without the first frame of the job before.
    pub(crate) request: VideoRequest,
    /// The vendors, in order.
    pub(crate) routes: Vec<Route>,
    /// File for the video.
    pub(crate) output: PathBuf,
    /// What it may cost at each vendor.
    pub(crate) estimates: Vec<Estimate>,
    /// What is sent although a vendor may refuse it.
    pub(crate) notes: Vec<Note>,
    /// Digest of what it requests, to notice a change under the same id.
    pub(crate) sha256: String,
}

impl Job {
    /// File for the last frame, if it is requested.
    pub(crate) fn last_frame(&self) -> Option<PathBuf> {
        let wanted = self.request.return_last_frame == Some(true);
        wanted.then(|| self.output.with_extension("last-frame.png"))
    }

    /// Puts its vendors in the order of their prices, like [`RouteOrder::Price`](videogen::route::RouteOrder::Price).
    pub(crate) fn cheapest_first(&mut self) {
        let known = self.estimates.iter().find_map(Estimate::known);
        let Some(currency) = known.map(|cost| cost.currency.clone()) else {
            return;
        };
        let most = |estimate: &Estimate| {
            let known = estimate.known().filter(|cost| cost.currency == currency);
            known.map(|cost| cost.high)
        };
        let routes = std::mem::take(&mut self.routes).into_iter();
        let mut all: Vec<(Route, Estimate)> = routes.zip(std::mem::take(&mut self.estimates)).collect();
        all.sort_by_key(|(_, estimate)| (most(estimate).is_none(), most(estimate)));
        (self.routes, self.estimates) = all.into_iter().unzip();
    }

    /// The model that is requested at a vendor.
    pub(super) fn model_at(&self, vendor: Vendor) -> Option<String> {
        let route = self.routes.iter().find(|route| route.vendor == vendor)?;
        route.request(&self.request).ok().map(|request| request.model)
    }

    /// The request, whose first frame is `frame` if it follows another job.
    pub(crate) fn request(&self, frame: Option<PathBuf>) -> VideoRequest {
        match frame {
            Some(frame) => self.request.clone().input(Role::FirstFrame, LocalFile::from(frame)),
            None => self.request.clone(),
        }
    }
}

/// A path as the journal records it: files are compared by it.
pub(super) fn place(path: &Path) -> PathBuf {
    Destination::file(path).video.unwrap_or_default()
}

/// A digest of what a job requests.
pub(super) fn digest(request: &VideoRequest, after: Option<&str>) -> String {
    let text = serde_json::json!({"request": request, "after": after}).to_string();
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture that stands for the last frame of another job until that exists: an empty PNG file of 1280x720.
pub(super) fn stand_in() -> LocalFile {
    const HEAD: &[u8] =
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x02\xd0\x08\x02\0\0\0\x40\x1f\x4a\x01\0\0\0\0IEND\xaeB`\x82";
    LocalFile::from(HEAD.to_vec()).named("last-frame.png")
}

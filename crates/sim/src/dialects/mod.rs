//! The vendors' dialects: from a request to the vendor's response, as pure functions of the state.
//!
//! Contains a file for each vendor, and the trait that they share. Nothing here uses the HTTP
//! layer or waits. It imports the floors below: `spec`, `media` and `state`.

mod alltoken;
mod answer;
mod ark;
mod assets;
mod call;
mod dialect;
mod fal;
mod input;
mod openrouter;
mod refusal;
mod replicate;
mod toapis;
mod token360;

use crate::spec::Vendor;

pub(crate) use answer::{Answer, Content};
pub(crate) use assets::{used, video_seconds};
pub(crate) use call::Call;
pub(crate) use dialect::Dialect;
pub(crate) use input::{Input, Medium};
pub(crate) use refusal::Refusal;

/// The dialect of a vendor.
pub(crate) fn dialect(vendor: Vendor) -> &'static dyn Dialect {
    match vendor {
        Vendor::Token360 => &token360::Token360,
        Vendor::ToApis => &toapis::ToApis,
        Vendor::AllToken => &alltoken::AllToken,
        Vendor::Ark => &ark::Ark,
        Vendor::OpenRouter => &openrouter::OpenRouter,
        Vendor::Replicate => &replicate::Replicate,
        Vendor::Fal => &fal::Fal,
    }
}

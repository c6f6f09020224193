//! The vendors.

use std::fmt;
use std::str::FromStr;

/// A vendor that the simulator supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Vendor {
    /// Token360.
    Token360,
    /// ToAPIs.
    ToApis,
    /// AllToken.
    AllToken,
    /// BytePlus ModelArk and Volcengine Ark.
    Ark,
    /// OpenRouter.
    OpenRouter,
    /// Replicate.
    Replicate,
    /// fal's queue.
    Fal,
}

impl Vendor {
    /// All vendors, in the order in which reports list them.
    pub const ALL: [Self; 7] = [
        Self::Token360,
        Self::ToApis,
        Self::AllToken,
        Self::Ark,
        Self::OpenRouter,
        Self::Replicate,
        Self::Fal,
    ];

    /// The short name, such as `token360`.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Token360 => "token360",
            Self::ToApis => "toapis",
            Self::AllToken => "alltoken",
            Self::Ark => "ark",
            Self::OpenRouter => "openrouter",
            Self::Replicate => "replicate",
            Self::Fal => "fal",
        }
    }

    /// The vendor with this short name.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|vendor| vendor.slug() == slug)
    }

    /// The path between the simulator's origin and the paths of the vendor's spec. Some base URLs have an additional path.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Token360 => "/token360",
            Self::ToApis => "/toapis",
            Self::AllToken => "/alltoken/v1",
            Self::Ark => "/ark/api/v3",
            Self::OpenRouter => "/openrouter/api/v1",
            Self::Replicate => "/replicate/v1",
            Self::Fal => "/fal",
        }
    }

    /// The vendor whose prefix a request path has, and the path after it.
    pub(crate) fn of_path(path: &str) -> Option<(Self, &str)> {
        Self::ALL.into_iter().find_map(|vendor| {
            let rest = path.strip_prefix(vendor.prefix())?;
            (rest.is_empty() || rest.starts_with('/')).then_some((vendor, rest))
        })
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// The name of an unknown vendor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the simulator has no vendor `{0}`; use token360, toapis, alltoken, ark, openrouter, replicate or fal")]
pub struct ParseVendorError(String);

impl FromStr for Vendor {
    type Err = ParseVendorError;

    /// Parses a short name.
    fn from_str(slug: &str) -> Result<Self, ParseVendorError> {
        Self::from_slug(slug).ok_or_else(|| ParseVendorError(slug.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_path_belongs_to_the_vendor_of_its_prefix() {
        assert_eq!(
            Vendor::of_path("/token360/v1/videos"),
            Some((Vendor::Token360, "/v1/videos"))
        );
        assert_eq!(
            Vendor::of_path("/alltoken/v1/videos/models"),
            Some((Vendor::AllToken, "/videos/models"))
        );
        assert_eq!(Vendor::of_path("/token3600/v1/videos"), None);
        assert_eq!(Vendor::from_slug("toapis").unwrap().to_string(), "toapis");
    }
}

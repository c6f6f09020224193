//! The vendors: identity, names, and the facts of their specs.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use videogen_wire::facts;

use crate::model::Operation;
use crate::model::nearest::nearest;

macro_rules! vendors {
    ($(
        $(#[$doc:meta])*
        $vendor:ident = $name:literal, $raw:ident {
            operations: [$($operation:ident),*],
            }
    )*) => {
        /// A vendor. Each has a Cargo feature.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "lowercase")]
        #[non_exhaustive]
        pub enum Vendor {$(
            $(#[$doc])*
            #[cfg(feature = $name)]
            $vendor,
        )*}

        impl Vendor {
            /// Every vendor whose feature is enabled.
            pub const ALL: &'static [Self] = &[$(
                #[cfg(feature = $name)]
                Self::$vendor,
            )*];

            /// Returns the short name used in task ids, features and file names.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => $name,
                )*}
            }

            /// Returns the facts of the vendor's spec: models, limits, polling advice, webhooks.
            #[must_use]
            pub fn facts(self) -> &'static facts::Vendor {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => &$raw::facts::VENDOR,
                )*}
            }

            /// Returns the supported operations.
            #[must_use]
            pub fn operations(self) -> &'static [Operation] {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => &[$(Operation::$operation),*],
                )*}
            }
        }
    };
}

vendors! {
    /// <https://www.token360.ai>
    Token360 = "token360", videogen_raw_token360 {
        operations: [Submit, Get, List, Models, Upload, Asset, Groups, CreateGroup, Verify, Verified],
    }
    /// <https://toapis.com>
    ToApis = "toapis", videogen_raw_toapis {
        operations: [Submit, Get, Models, Balance, Upload, Asset, CreateGroup, Verify, Verified],
    }
    /// <https://alltoken.ai>
    AllToken = "alltoken", videogen_raw_alltoken {
        operations: [
            Submit, Get, Cancel, List, Models, Upload, Asset, Assets, DeleteAsset, Groups, CreateGroup, Verify, Verified
        ],
    }
    /// <https://docs.byteplus.com/en/docs/ModelArk>, and Volcengine Ark under another base URL.
    Ark = "ark", videogen_raw_ark {
        operations: [Submit, Get, Cancel, List],
    }
    /// <https://openrouter.ai>
    OpenRouter = "openrouter", videogen_raw_openrouter {
        operations: [Submit, Get, Models],
    }
    /// <https://replicate.com>
    Replicate = "replicate", videogen_raw_replicate {
        operations: [Submit, Get, Cancel, List, Upload],
    }
    /// <https://fal.ai>
    Fal = "fal", videogen_raw_fal {
        operations: [Submit, Get, Cancel, Upload],
    }
}

impl Vendor {
    /// Returns the display name.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// Returns the base URL that serves a model, if it is not [the default one](facts::Vendor::base_url). Keys and prices differ
    /// there.
    #[must_use]
    pub fn base_url_of(self, model: &str) -> Option<&'static str> {
        let mut others = self.facts().model_base_urls.iter();
        others.find(|(start, _)| model.starts_with(start)).map(|(_, url)| *url)
    }

    /// Returns an endpoint family whose tasks can be polled by the caller's own id too.
    pub(crate) fn finds_by_reference(self) -> Option<&'static str> {
        let mut families = self.facts().families.iter();
        families.find(|family| family.by_reference).map(|family| family.name)
    }

    /// The parameter of the vendor's list that carries an option of a list query, or the number of a page.
    pub(crate) fn list_parameter(self, name: &str) -> Option<&'static facts::ListParameter> {
        self.facts().list.iter().find(|parameter| parameter.name == name)
    }

    /// Whether the vendor's list takes an option of a list query. Where pages are numbered or have URLs, these stand for `after`.
    pub(crate) fn lists_by(self, option: &str) -> bool {
        let cursors = ["page", "next_url"];
        let has_cursor = option == "after" && cursors.iter().any(|name| self.list_parameter(name).is_some());
        has_cursor || self.list_parameter(option).is_some()
    }

    /// One endpoint family for each operation that polls tasks.
    #[cfg(feature = "webhook")]
    pub(crate) fn polled_families(self) -> impl Iterator<Item = &'static str> {
        let families = self.facts().families;
        self.families().filter(move |name| {
            let poll = |name: &str| {
                families
                    .iter()
                    .find(|family| family.name == name)
                    .map(|family| family.poll)
            };
            let first = self.families().find(|first| poll(first) == poll(name));
            first == Some(*name)
        })
    }

    /// Iterates over the endpoint families, as used in task ids. Former ones, whose tasks can still be polled, come last.
    pub fn families(self) -> impl Iterator<Item = &'static str> {
        let of = |former: bool| {
            self.facts()
                .families
                .iter()
                .filter(move |family| family.former == former)
        };
        of(false).chain(of(true)).map(|family| family.name)
    }

    /// Returns whether the task of a submission whose response was lost can be searched for: the vendor lists tasks, or looks
    /// them up by client reference, if there is one.
    #[must_use]
    pub fn can_search(self, has_reference: bool) -> bool {
        self.supports(Operation::List) || (has_reference && self.finds_by_reference().is_some())
    }

    /// Returns how long the vendor keeps the files of a task after its end, where their links cannot be renewed.
    #[must_use]
    pub fn keeps_files_for(self) -> Option<Duration> {
        let links = &self.facts().result_url;
        links.ttl.filter(|_| !links.refreshable).map(Duration::from_secs)
    }

    /// Returns the default model.
    #[must_use]
    pub fn default_model(self) -> &'static str {
        self.facts().models[0].id
    }

    /// Returns whether the vendor supports `operation`.
    #[must_use]
    pub fn supports(self, operation: Operation) -> bool {
        self.operations().contains(&operation)
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Error of parsing a [`Vendor`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseVendorError(String);

impl fmt::Display for ParseVendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect();
        write!(f, "unknown vendor `{}`; use one of: {}", self.0, known.join(", "))?;
        match nearest(&self.0, known) {
            Some(near) => write!(f, "; did you mean {near}?"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ParseVendorError {}

impl<'de> Deserialize<'de> for Vendor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

impl FromStr for Vendor {
    type Err = ParseVendorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|vendor| vendor.as_str().eq_ignore_ascii_case(text))
            .ok_or_else(|| ParseVendorError(text.to_owned()))
    }
}

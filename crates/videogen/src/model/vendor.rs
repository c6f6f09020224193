//! The vendors: identity, names, and the facts of their specs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use videogen_wire::facts;

use crate::model::Operation;

macro_rules! vendors {
    ($(
        $(#[$doc:meta])*
        $vendor:ident = $name:literal, $raw:ident {
            operations: [$($operation:ident),*],
            list_query: [$($member:literal),*],
        }
    )*) => {
        /// A vendor of generated video. One Cargo feature each.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[non_exhaustive]
        pub enum Vendor {$(
            $(#[$doc])*
            #[cfg(feature = $name)]
            $vendor,
        )*}

        impl Vendor {
            /// Every vendor that is compiled in.
            pub const ALL: &'static [Self] = &[$(
                #[cfg(feature = $name)]
                Self::$vendor,
            )*];

            /// The short name used in task ids, features and file names.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => $name,
                )*}
            }

            /// What the vendor's spec says beyond its schemas.
            #[must_use]
            pub fn facts(self) -> &'static facts::Vendor {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => &$raw::facts::VENDOR,
                )*}
            }

            /// Operations that the vendor has.
            #[must_use]
            pub fn operations(self) -> &'static [Operation] {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => &[$(Operation::$operation),*],
                )*}
            }

            /// Members of [`ListQuery`](crate::ListQuery) that the vendor's list takes.
            pub(crate) fn list_query(self) -> &'static [&'static str] {
                match self {$(
                    #[cfg(feature = $name)]
                    Self::$vendor => &[$($member),*],
                )*}
            }
        }
    };
}

vendors! {
    /// <https://www.token360.ai>
    Token360 = "token360", videogen_raw_token360 {
        operations: [Submit, Get, List],
        list_query: ["limit", "after", "before", "oldest_first"],
    }
    /// <https://toapis.com>
    ToApis = "toapis", videogen_raw_toapis {
        operations: [Submit, Get],
        list_query: [],
    }
    /// <https://alltoken.ai>
    AllToken = "alltoken", videogen_raw_alltoken {
        operations: [Submit, Get, Cancel, List, Models],
        list_query: ["limit", "status"],
    }
}

impl Vendor {
    /// The vendor's name as it writes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// The endpoint families, as they stand in task ids.
    pub fn families(self) -> impl Iterator<Item = &'static str> {
        self.facts().families.iter().map(|family| family.name)
    }

    /// The model to use when the caller names none.
    #[must_use]
    pub fn default_model(self) -> &'static str {
        self.facts().models[0].id
    }

    /// Whether the vendor has an operation.
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

/// Why a text is not a [`Vendor`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseVendorError(String);

impl fmt::Display for ParseVendorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known: Vec<_> = Vendor::ALL.iter().map(|vendor| vendor.as_str()).collect();
        write!(f, "`{}` is not a vendor; those are {}", self.0, known.join(", "))
    }
}

impl std::error::Error for ParseVendorError {}

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

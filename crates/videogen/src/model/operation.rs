//! Operations of a vendor.

use std::fmt;

/// An operation of a vendor's API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Submit a request, which creates a task.
    Submit,
    /// Get the status of a task.
    Get,
    /// Cancel a task.
    Cancel,
    /// List tasks.
    List,
    /// List models.
    Models,
    /// Query the balance of the account.
    Balance,
    /// Upload a file.
    Upload,
    /// Get the status of an asset.
    Asset,
    /// List assets.
    Assets,
    /// Delete an asset.
    DeleteAsset,
    /// List groups of assets.
    Groups,
    /// Create a group of assets.
    CreateGroup,
    /// Begin the verification of a real person.
    Verify,
    /// Get the result of a verification.
    Verified,
}

impl Operation {
    /// Whether it concerns uploaded files, not tasks.
    pub(crate) fn is_of_assets(self) -> bool {
        matches!(
            self,
            Self::Upload
                | Self::Asset
                | Self::Assets
                | Self::DeleteAsset
                | Self::Groups
                | Self::CreateGroup
                | Self::Verify
                | Self::Verified
        )
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submit => "submit",
            Self::Get => "get",
            Self::Cancel => "cancel",
            Self::List => "list",
            Self::Models => "models",
            Self::Balance => "balance",
            Self::Upload => "upload",
            Self::Asset => "get asset",
            Self::Assets => "list assets",
            Self::DeleteAsset => "delete asset",
            Self::Groups => "list asset groups",
            Self::CreateGroup => "create asset group",
            Self::Verify => "verify",
            Self::Verified => "get verification",
        })
    }
}

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
        })
    }
}

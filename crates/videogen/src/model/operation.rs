//! Operations of a vendor.

use std::fmt;

/// Something a vendor can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// Create a task.
    Submit,
    /// Ask how a task stands.
    Get,
    /// End a task.
    Cancel,
    /// List tasks.
    List,
    /// List models.
    Models,
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Submit => "submit",
            Self::Get => "get",
            Self::Cancel => "cancel",
            Self::List => "list",
            Self::Models => "models",
        })
    }
}

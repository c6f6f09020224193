//! Kinds of requests.

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Submit a task.
    Submit,
    /// Poll a task.
    Get,
    /// List tasks.
    List,
    /// Cancel a task.
    Cancel,
    /// List models.
    Models,
    /// Query the balance of the account.
    Balance,
    /// Fetch a file, or a link to it, through the API.
    Content,
    /// Upload a file, or manage assets.
    Asset,
    /// Download a file from its presigned URL.
    File,
}

impl Operation {
    /// The kind of a spec's operation, by its tag and the naming rule of `specs/`.
    pub(crate) fn of(tag: &str, operation_id: &str) -> Option<Self> {
        match operation_id {
            _ if matches!(tag, "uploads" | "assets") => Some(Self::Asset),
            "list_models" => Some(Self::Models),
            "get_balance" => Some(Self::Balance),
            "get_video_content" => Some(Self::Content),
            id => match id.split_once('_')?.0 {
                "create" => Some(Self::Submit),
                "get" => Some(Self::Get),
                "list" => Some(Self::List),
                "cancel" => Some(Self::Cancel),
                _ => None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_is_derived_from_tag_and_operation_id() {
        assert_eq!(Operation::of("videos", "create_seedance_1"), Some(Operation::Submit));
        assert_eq!(Operation::of("videos", "get_video_content"), Some(Operation::Content));
        assert_eq!(Operation::of("models", "list_models"), Some(Operation::Models));
        assert_eq!(Operation::of("account", "get_balance"), Some(Operation::Balance));
        assert_eq!(Operation::of("assets", "create_asset_group"), Some(Operation::Asset));
        assert_eq!(Operation::of("uploads", "presign_upload"), Some(Operation::Asset));
        assert_eq!(Operation::of("videos", "video"), None);
    }
}

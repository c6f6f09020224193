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
    /// Download a file from its presigned URL.
    File,
}

impl Operation {
    /// The kind of a spec's operation, by the naming rule of `specs/`.
    pub(crate) fn of(operation_id: &str) -> Option<Self> {
        match operation_id {
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
    fn the_kind_is_derived_from_the_operation_id() {
        assert_eq!(Operation::of("create_seedance_1"), Some(Operation::Submit));
        assert_eq!(Operation::of("get_video_content"), Some(Operation::Content));
        assert_eq!(Operation::of("list_models"), Some(Operation::Models));
        assert_eq!(Operation::of("get_balance"), Some(Operation::Balance));
        assert_eq!(Operation::of("video"), None);
    }
}

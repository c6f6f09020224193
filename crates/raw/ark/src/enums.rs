// @generated from specs/ark.yaml by `cargo xtask generate ark`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Width to height.
    pub enum AspectRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
    }

    /// Resolution tier.
    pub enum Resolution {
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Status of the task.
    pub enum VideoStatus {
        Queued = "queued",
        InProgress = "in_progress",
        Completed = "completed",
        Failed = "failed",
    }
}

// @generated from specs/openrouter.yaml by `cargo xtask generate openrouter`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio.
    pub enum AspectRatio {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
        V4x3 = "4:3",
        V3x4 = "3:4",
        V3x2 = "3:2",
        V2x3 = "2:3",
        V21x9 = "21:9",
        V9x21 = "9:21",
    }

    /// Which frame.
    pub enum FrameType {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
    }

    /// What happened.
    pub enum JobEventType {
        VideoGenerationCompleted = "video.generation.completed",
        VideoGenerationFailed = "video.generation.failed",
        VideoGenerationCancelled = "video.generation.cancelled",
        VideoGenerationExpired = "video.generation.expired",
    }

    /// Status of the job.
    pub enum JobStatus {
        Pending = "pending",
        InProgress = "in_progress",
        Completed = "completed",
        Failed = "failed",
        Cancelled = "cancelled",
        Expired = "expired",
    }

    /// Type of a reference, which names the member with its URL.
    pub enum ReferenceType {
        ImageUrl = "image_url",
        AudioUrl = "audio_url",
        VideoUrl = "video_url",
    }

    /// Resolution tier.
    pub enum Resolution {
        V360p = "360p",
        V480p = "480p",
        V720p = "720p",
        V768p = "768p",
        V1080p = "1080p",
        V1K = "1K",
        V2K = "2K",
        V4K = "4K",
    }
}

// @generated from specs/ark.yaml by `cargo xtask generate ark`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio, or `adaptive`.
    pub enum AspectRatio {
        Adaptive = "adaptive",
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
        V21x9 = "21:9",
    }

    /// Role of a medium. A single image without one is the first frame.
    pub enum ContentRole {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        ReferenceImage = "reference_image",
        ReferenceVideo = "reference_video",
        ReferenceAudio = "reference_audio",
    }

    /// Type of an item, which names the member with its content.
    pub enum ContentType {
        Text = "text",
        ImageUrl = "image_url",
        VideoUrl = "video_url",
        AudioUrl = "audio_url",
        DraftTask = "draft_task",
    }

    /// Statuses by which tasks can be listed; `expired` is not among them.
    pub enum ListStatus {
        Queued = "queued",
        Running = "running",
        Cancelled = "cancelled",
        Succeeded = "succeeded",
        Failed = "failed",
    }

    /// What to do with the references. The SDK has the parameter without its values; these are used by clients. One client writes `edit_video` and `extend_video`.
    pub enum OmniReferenceTaskType {
        Auto = "auto",
        Reference = "reference",
        Edit = "edit",
        Extend = "extend",
    }

    /// File format.
    pub enum OutputFormat {
        Mp4 = "mp4",
        Mov = "mov",
    }

    /// Resolution tier.
    pub enum Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
        V4k = "4k",
    }

    /// Service tier.
    pub enum ServiceTier {
        Default = "default",
        Flex = "flex",
    }

    /// Status of the task.
    pub enum TaskStatus {
        Queued = "queued",
        Running = "running",
        Succeeded = "succeeded",
        Failed = "failed",
        Cancelled = "cancelled",
        Expired = "expired",
    }

    /// Type of a tool.
    pub enum ToolType {
        WebSearch = "web_search",
    }
}

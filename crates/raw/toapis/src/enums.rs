// @generated from specs/toapis.yaml by `cargo xtask generate toapis`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio.
    pub enum AspectRatio1 {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
        V4x3 = "4:3",
        V3x4 = "3:4",
        V21x9 = "21:9",
    }

    /// Aspect ratio, or `adaptive`.
    pub enum AspectRatio2 {
        Adaptive = "adaptive",
        V21x9 = "21:9",
        V16x9 = "16:9",
        V4x3 = "4:3",
        V1x1 = "1:1",
        V3x4 = "3:4",
        V9x16 = "9:16",
    }

    /// Status of an asset.
    pub enum AssetStatus {
        Processing = "processing",
        Active = "active",
        Failed = "failed",
    }

    /// Medium of an asset.
    pub enum AssetType {
        Image = "image",
        Video = "video",
        Audio = "audio",
    }

    /// Role of an audio file.
    pub enum AudioRole {
        ReferenceAudio = "reference_audio",
    }

    /// Class of error. The last is the provider's, and only clients have shown it.
    pub enum ErrorType {
        InvalidRequest = "invalid_request",
        InvalidRequestError = "invalid_request_error",
        Unauthorized = "unauthorized",
        AuthenticationError = "authentication_error",
        InsufficientQuota = "insufficient_quota",
        TaskNotFound = "task_not_found",
        NotFoundError = "not_found_error",
        ContentPolicyViolation = "content_policy_violation",
        RateLimitExceeded = "rate_limit_exceeded",
        InternalError = "internal_error",
        WebhookNotConfigured = "webhook_not_configured",
        RateLimitUnavailable = "rate_limit_unavailable",
        BadRequest = "BadRequest",
    }

    /// Role of an image in a Seedance 1.5 Pro video.
    pub enum FrameRole {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
    }

    /// Role of an image in a Seedance 1.0 video.
    pub enum ImageRole1 {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        Reference = "reference",
    }

    /// Role of an image in a Seedance 2 video.
    pub enum ImageRole2 {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        ReferenceImage = "reference_image",
    }

    /// Kind of model; `text` if left out.
    pub enum ModelType {
        Text = "text",
        Image = "image",
        Video = "video",
        Audio = "audio",
        All = "all",
    }

    /// File format.
    pub enum OutputFormat {
        Mp4 = "mp4",
        Mov = "mov",
    }

    /// Which of the limits a request counts against.
    pub enum RateLimitCategory {
        AsyncSubmit = "async_submit",
        AsyncQuery = "async_query",
    }

    /// Resolution tier of a Seedance 1 video.
    pub enum Resolution1 {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Resolution tier of a Seedance 2 video; 2 Fast and 2 Mini have the first two.
    pub enum Resolution2 {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
        V4k = "4k",
    }

    /// Resolution tier of a Seedance 2.5 video.
    pub enum Resolution25 {
        V480p = "480p",
        V720p = "720p",
    }

    /// Status of the task.
    pub enum TaskStatus {
        Queued = "queued",
        InProgress = "in_progress",
        Completed = "completed",
        Failed = "failed",
    }

    /// Type of a tool.
    pub enum ToolType {
        WebSearch = "web_search",
    }

    /// What to do with the references.
    pub enum VideoOperation {
        Generate = "generate",
        Edit = "edit",
        Extend = "extend",
    }

    /// Role of a video.
    pub enum VideoRole {
        ReferenceVideo = "reference_video",
    }

    /// Type of the event.
    pub enum WebhookEventType {
        GenerationCompleted = "generation.completed",
        GenerationFailed = "generation.failed",
        EndpointTest = "endpoint.test",
    }

    /// Status of the task, in other words than in a poll.
    pub enum WebhookStatus {
        Success = "SUCCESS",
        Failure = "FAILURE",
    }
}

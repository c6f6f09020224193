// @generated from specs/toapis.yaml by `cargo xtask generate toapis`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio of a Seedance 1 video.
    pub enum AspectRatio1 {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
        V4x3 = "4:3",
        V3x4 = "3:4",
        V21x9 = "21:9",
    }

    /// Aspect ratio of a Seedance 2 video.
    pub enum AspectRatio2 {
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
        V4x3 = "4:3",
    }

    /// Role of an audio file.
    pub enum AudioRole {
        ReferenceAudio = "reference_audio",
    }

    /// Class of error.
    pub enum ErrorType {
        InvalidRequest = "invalid_request",
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
    }

    /// Role of an image. A reference is `reference` for the 1.0 models and `reference_image` for all others.
    pub enum ImageRole {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        ReferenceImage = "reference_image",
        Reference = "reference",
    }

    /// Role of an image in a Seedance 2 video.
    pub enum ImageRole2 {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        ReferenceImage = "reference_image",
    }

    /// Which of the limits a request counts against.
    pub enum RateLimitCategory {
        AsyncSubmit = "async_submit",
        AsyncQuery = "async_query",
    }

    /// Resolution tier. 1.5 Pro has no 1080p.
    pub enum Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Status of the task. One table has `submitted` instead of `queued`.
    pub enum TaskStatus {
        Queued = "queued",
        Submitted = "submitted",
        InProgress = "in_progress",
        Completed = "completed",
        Failed = "failed",
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
}

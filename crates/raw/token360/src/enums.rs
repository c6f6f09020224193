// @generated from specs/token360.yaml by `cargo xtask generate token360`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio, or `adaptive`.
    pub enum AspectRatio {
        Adaptive = "adaptive",
        V16x9 = "16:9",
        V9x16 = "9:16",
        V1x1 = "1:1",
        V4x3 = "4:3",
        V3x4 = "3:4",
        V21x9 = "21:9",
        V9x21 = "9:21",
    }

    /// How `content` delivers a file.
    pub enum ContentFormat {
        Redirect = "redirect",
        Url = "url",
        Binary = "binary",
    }

    /// Class of error.
    pub enum ErrorType {
        InvalidApiKey = "invalid_api_key",
        InvalidRequestError = "invalid_request_error",
        NotFoundError = "not_found_error",
        ModelNotFound = "model_not_found",
        ApiKeyFrozen = "api_key_frozen",
        ModelAccessDenied = "model_access_denied",
        RateLimitError = "rate_limit_error",
        InsufficientBalance = "insufficient_balance",
        ApiError = "api_error",
    }

    /// Frame that an image is used for.
    pub enum FrameType {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
    }

    /// What a group is for.
    pub enum GroupKind {
        VirtualPortrait = "VIRTUAL_PORTRAIT",
        RealFace = "REAL_FACE",
    }

    /// Type of an item's medium, and the member with its content.
    pub enum MediaType {
        ImageUrl = "image_url",
        VideoUrl = "video_url",
        AudioUrl = "audio_url",
    }

    /// What a model generates.
    pub enum ModelType {
        VideoGeneration = "VIDEO_GENERATION",
        ImageGeneration = "IMAGE_GENERATION",
        AudioTextToSpeech = "AUDIO_TEXT_TO_SPEECH",
        AudioSpeechToText = "AUDIO_SPEECH_TO_TEXT",
    }

    /// Switch of the header `Token360-Native-Params`, in any letter case.
    pub enum NativeParams {
        True = "true",
        V1 = "1",
        Yes = "yes",
        On = "on",
    }

    /// Direction of a listing.
    pub enum Order {
        Asc = "asc",
        Desc = "desc",
    }

    /// Role of a reference; some clients omit it.
    pub enum ReferenceRole {
        Reference = "reference",
    }

    /// Resolution tier.
    pub enum Resolution {
        V360p = "360p",
        V480p = "480p",
        V540p = "540p",
        V720p = "720p",
        V1080p = "1080p",
        V1K = "1K",
        V2K = "2K",
        V4K = "4K",
    }

    /// Status of the task.
    pub enum VideoStatus {
        Queued = "queued",
        InProgress = "in_progress",
        Completed = "completed",
        Failed = "failed",
    }
}

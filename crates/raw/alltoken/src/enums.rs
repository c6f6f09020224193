// @generated from specs/alltoken.yaml by `cargo xtask generate alltoken`. Do not edit: change the spec.

//! String enums of the spec; each keeps values it does not know.

videogen_wire::open_enum! {
    /// Aspect ratio, or `adaptive`.
    pub enum AspectRatio {
        Adaptive = "adaptive",
        V16x9 = "16:9",
        V9x16 = "9:16",
        V4x3 = "4:3",
        V3x4 = "3:4",
        V21x9 = "21:9",
        V1x1 = "1:1",
    }

    /// Role of a medium.
    pub enum ContentRole {
        FirstFrame = "first_frame",
        LastFrame = "last_frame",
        ReferenceImage = "reference_image",
        ReferenceVideo = "reference_video",
        ReferenceAudio = "reference_audio",
    }

    /// Type of an item, which names the member with its content. The short forms `image`, `video` and `audio` use `url`.
    pub enum ContentType {
        Text = "text",
        ImageUrl = "image_url",
        VideoUrl = "video_url",
        AudioUrl = "audio_url",
        DraftTask = "draft_task",
        Image = "image",
        Video = "video",
        Audio = "audio",
    }

    /// Status of the task. `expired` applies to a task and to a result. A comment in the SDK's types has `succeeded` instead of `completed`.
    pub enum GenerationStatus {
        Queued = "queued",
        Processing = "processing",
        Completed = "completed",
        Failed = "failed",
        Expired = "expired",
        Cancelled = "cancelled",
    }

    /// Type of the input, as the service understood it.
    pub enum InputType {
        Text = "text",
        ImageFirstFrame = "image_first_frame",
        ImageFirstLastFrame = "image_first_last_frame",
        ImageReference = "image_reference",
        VideoReference = "video_reference",
        Multimodal = "multimodal",
        DraftTask = "draft_task",
    }

    /// What the model generates.
    pub enum ModelModality {
        Text = "text",
        Vision = "vision",
        Image = "image",
        Video = "video",
        Audio = "audio",
    }

    /// Type of the entry; the page shows `model` only.
    pub enum ModelObject {
        Model = "model",
        Video = "video",
        Image = "image",
        Audio = "audio",
    }

    /// What to do with the references. An empty string means `auto`.
    pub enum OmniReferenceTaskType {
        Auto = "auto",
        Edit = "edit",
        Extend = "extend",
        Empty = "",
    }

    /// File format; `mov` has full chroma (yuv444p) and uncompressed PCM audio.
    pub enum OutputFormat {
        Mp4 = "mp4",
        Mov = "mov",
    }

    /// Action of the portrait service.
    pub enum PortraitAction {
        CreateAssetGroup = "CreateAssetGroup",
        GetAssetGroup = "GetAssetGroup",
        UpdateAssetGroup = "UpdateAssetGroup",
        DeleteAssetGroup = "DeleteAssetGroup",
        ListAssetGroups = "ListAssetGroups",
        CreateAsset = "CreateAsset",
        GetAsset = "GetAsset",
        UpdateAsset = "UpdateAsset",
        DeleteAsset = "DeleteAsset",
        ListAssets = "ListAssets",
        CreateVisualValidateSession = "CreateVisualValidateSession",
        GetVisualValidateResult = "GetVisualValidateResult",
    }

    /// Medium of an asset.
    pub enum PortraitAssetType {
        Image = "Image",
        Video = "Video",
        Audio = "Audio",
    }

    /// Kind of group: pictures that a model generated, or a verified person. Groups of persons come from a verification, and cannot be created otherwise.
    pub enum PortraitGroupType {
        Aigc = "AIGC",
        LivenessFace = "LivenessFace",
    }

    /// Direction of a listing.
    pub enum PortraitSortOrder {
        Asc = "Asc",
        Desc = "Desc",
    }

    /// Resolution tier.
    pub enum Resolution {
        V480p = "480p",
        V720p = "720p",
        V1080p = "1080p",
    }

    /// Service tier.
    pub enum ServiceTier {
        Default = "default",
        Flex = "flex",
    }

    /// Type of a tool.
    pub enum ToolType {
        WebSearch = "web_search",
    }

    /// Media type of an upload.
    pub enum UploadContentType {
        ImagePng = "image/png",
        ImageJpeg = "image/jpeg",
        ImageWebp = "image/webp",
        VideoMp4 = "video/mp4",
        VideoWebm = "video/webm",
        VideoQuicktime = "video/quicktime",
        AudioWav = "audio/wav",
        AudioMpeg = "audio/mpeg",
        AudioMp4 = "audio/mp4",
        AudioAac = "audio/aac",
        AudioOgg = "audio/ogg",
        AudioWebm = "audio/webm",
    }

    /// What an upload is for.
    pub enum UploadPurpose {
        ImageEditSource = "image_edit_source",
        ImageEditMask = "image_edit_mask",
        ImageVariationSource = "image_variation_source",
        VideoInputImage = "video_input_image",
        VideoInputVideo = "video_input_video",
        VideoInputAudio = "video_input_audio",
    }
}

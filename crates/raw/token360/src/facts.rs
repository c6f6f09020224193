// @generated from specs/token360.yaml by `cargo xtask generate token360`. Do not edit: change the spec.

//! What the spec says beyond its schemas. `specs/README.md` explains each member.

use videogen_wire::facts::*;

/// All facts of Token360.
pub const VENDOR: Vendor = Vendor {
    name: "Token360",
    key_env: "TOKEN360_API_KEY",
    keys_page: Some("https://www.token360.ai/en-US/docs"),
    base_url_env: "TOKEN360_BASE_URL",
    base_url: "https://api.token360.ai",
    poll: Poll { first: 5, every: (5, 10), give_up: None },
    result_url: ResultUrl { ttl: 3600, refreshable: true },
    webhook: Webhook { timeout: 30, retries: &[1, 3], signature: Signature::None, tolerance: None },
    rate_limits: RateLimits { submit: &[], query: &[] },
    pages: PAGES,
    task_fields: TASK_FIELDS,
    families: FAMILIES,
    models: MODELS,
};

const PAGES: &[Page] = &[
    Page { name: "create", url: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", read: "2026-11-20", note: None },
    Page { name: "download", url: "https://www.token360.ai/en-US/docs/api-reference/video-generation/download-video", read: "2026-11-20", note: None },
    Page { name: "errors", url: "https://www.token360.ai/en-US/docs/api-reference/error-handling", read: "2026-11-20", note: None },
    Page { name: "list", url: "https://www.token360.ai/en-US/docs/api-reference/video-generation/list-all-videos", read: "2026-11-20", note: None },
    Page { name: "poll", url: "https://www.token360.ai/en-US/docs/api-reference/video-generation/poll-video-generation-status", read: "2026-11-20", note: None },
    Page { name: "webhook", url: "https://www.token360.ai/en-US/docs/models/webhook", read: "2026-11-20", note: None },
];

const TASK_FIELDS: &[TaskField] = &[
    TaskField { name: "duration", places: &["/parameters/duration"] },
    TaskField { name: "resolution", places: &["/resolution", "/parameters/resolution"] },
    TaskField { name: "aspect_ratio", places: &["/parameters/aspect_ratio"] },
    TaskField { name: "generate_audio", places: &["/generate_audio", "/parameters/audio", "/parameters/generate_audio"] },
    TaskField { name: "seed", places: &["/parameters/seed"] },
    TaskField { name: "watermark", places: &["/parameters/watermark"] },
    TaskField { name: "return_last_frame", places: &["/parameters/return_last_frame"] },
    TaskField { name: "expires_after", places: &["/parameters/execution_expires_after"] },
    TaskField { name: "safety_identifier", places: &["/parameters/safety_identifier"] },
    TaskField { name: "error_param", places: &["/error/param"] },
];

const FAMILIES: &[Family] = &[
    Family { name: "videos", poll: "get_video", by_reference: false, former: false },
];

const CREATE_VIDEO_CREATE_VIDEO_REQUEST: Request = Request {
    name: "CreateVideoRequest",
    create: "create_video",
    path: "/v1/videos",
    fields: &[
        Field { name: "aspect_ratio", wire: "aspect_ratio", minimum: None, maximum: None, max_length: None, prefix: None, values: &["adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "callback_url", wire: "callback_url", minimum: None, maximum: None, max_length: None, prefix: Some("https://"), values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "duration", wire: "duration", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "expires_after", wire: "execution_expires_after", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "first_frame", wire: "frame_images", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: true },
        Field { name: "last_frame", wire: "frame_images", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: true },
        Field { name: "generate_audio", wire: "generate_audio", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "reference_image", wire: "input_references", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: true },
        Field { name: "reference_video", wire: "input_references", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: true },
        Field { name: "reference_audio", wire: "input_references", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: true },
        Field { name: "metadata", wire: "metadata", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "model", wire: "model", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "prompt", wire: "prompt", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "client_reference", wire: "request_id", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/models/webhook", unverified: false },
        Field { name: "resolution", wire: "resolution", minimum: None, maximum: None, max_length: None, prefix: None, values: &["360p", "480p", "540p", "720p", "1080p", "1K", "2K", "4K"], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "return_last_frame", wire: "return_last_frame", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "safety_identifier", wire: "safety_identifier", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "seed", wire: "seed", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
        Field { name: "watermark", wire: "watermark", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request", unverified: false },
    ],
};

const MODELS: &[Model] = &[
    Model {
        id: "seedance-2.0",
        family: "videos",
        request: CREATE_VIDEO_CREATE_VIDEO_REQUEST,
        duration: Duration { min: 4, max: Some(15), auto: Some(Auto::Absent), default: None },
        frames: None,
        resolutions: &["360p", "480p", "540p", "720p", "1080p", "1K", "2K", "4K"],
        default_resolution: None,
        aspect_ratios: &["adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"],
        default_aspect_ratio: None,
        inputs: &[
            Input { role: "first_frame", wire_role: "first_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "last_frame", wire_role: "last_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "reference_image", wire_role: "reference_image", max: 9, sources: &["url", "asset"], alone: false },
            Input { role: "reference_video", wire_role: "reference_video", max: 3, sources: &["url", "asset"], alone: false },
            Input { role: "reference_audio", wire_role: "reference_audio", max: 3, sources: &["url", "asset"], alone: false },
        ],
        exclusive: &[&["first_frame", "last_frame"], &["reference_image", "reference_video", "reference_audio"]],
        conditions: &[],
        without: &[],
        unverified: &["duration", "inputs", "exclusive"],
        page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request",
    },
    Model {
        id: "seedance-2.0-fast",
        family: "videos",
        request: CREATE_VIDEO_CREATE_VIDEO_REQUEST,
        duration: Duration { min: 4, max: Some(15), auto: Some(Auto::Absent), default: None },
        frames: None,
        resolutions: &["480p", "720p"],
        default_resolution: None,
        aspect_ratios: &["adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"],
        default_aspect_ratio: None,
        inputs: &[
            Input { role: "first_frame", wire_role: "first_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "last_frame", wire_role: "last_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "reference_image", wire_role: "reference_image", max: 9, sources: &["url", "asset"], alone: false },
            Input { role: "reference_video", wire_role: "reference_video", max: 3, sources: &["url", "asset"], alone: false },
            Input { role: "reference_audio", wire_role: "reference_audio", max: 3, sources: &["url", "asset"], alone: false },
        ],
        exclusive: &[&["first_frame", "last_frame"], &["reference_image", "reference_video", "reference_audio"]],
        conditions: &[],
        without: &[],
        unverified: &["duration", "resolutions", "inputs", "exclusive"],
        page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request",
    },
    Model {
        id: "*",
        family: "videos",
        request: CREATE_VIDEO_CREATE_VIDEO_REQUEST,
        duration: Duration { min: 1, max: None, auto: Some(Auto::Absent), default: None },
        frames: None,
        resolutions: &["360p", "480p", "540p", "720p", "1080p", "1K", "2K", "4K"],
        default_resolution: None,
        aspect_ratios: &["adaptive", "16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "9:21"],
        default_aspect_ratio: None,
        inputs: &[
            Input { role: "first_frame", wire_role: "first_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "last_frame", wire_role: "last_frame", max: 1, sources: &["url", "asset", "data"], alone: false },
            Input { role: "reference_image", wire_role: "reference_image", max: 9, sources: &["url", "asset"], alone: false },
            Input { role: "reference_video", wire_role: "reference_video", max: 3, sources: &["url", "asset"], alone: false },
            Input { role: "reference_audio", wire_role: "reference_audio", max: 3, sources: &["url", "asset"], alone: false },
        ],
        exclusive: &[],
        conditions: &[],
        without: &[],
        unverified: &["duration", "inputs"],
        page: "https://www.token360.ai/en-US/docs/api-reference/video-generation/submit-video-generation-request",
    },
];

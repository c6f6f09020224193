// @generated from specs/ark.yaml by `cargo xtask generate ark`. Do not edit: change the spec.

//! What the spec says beyond its schemas. `specs/README.md` explains each member.

use videogen_wire::facts::*;

/// All facts of Ark.
pub const VENDOR: Vendor = Vendor {
    name: "Ark",
    key_env: "ARK_API_KEY",
    keys_page: Some("https://docs.example.com/ark/keys"),
    base_url_env: "ARK_BASE_URL",
    base_url: "https://api.example.com",
    poll: Poll { first: 5, every: (5, 10), give_up: None },
    result_url: ResultUrl { ttl: 3600, refreshable: false },
    webhook: Webhook { timeout: 30, retries: &[], signature: Signature::None, tolerance: None },
    rate_limits: RateLimits { submit: &[], query: &[] },
    pages: PAGES,
    task_fields: TASK_FIELDS,
    families: FAMILIES,
    models: MODELS,
};

const PAGES: &[Page] = &[
    Page { name: "create", url: "https://docs.example.com/ark/create", read: "2026-11-27", note: None },
    Page { name: "poll", url: "https://docs.example.com/ark/poll", read: "2026-11-27", note: None },
];

const TASK_FIELDS: &[TaskField] = &[
];

const FAMILIES: &[Family] = &[
    Family { name: "videos", poll: "get_video", by_reference: false, former: false },
];

const CREATE_VIDEO_CREATE_VIDEO_REQUEST: Request = Request {
    name: "CreateVideoRequest",
    create: "create_video",
    path: "/v1/videos",
    fields: &[
        Field { name: "aspect_ratio", wire: "aspect_ratio", minimum: None, maximum: None, max_length: None, prefix: None, values: &["16:9", "9:16"], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "callback_url", wire: "callback_url", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "duration", wire: "duration", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "first_frame", wire: "image_url", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "model", wire: "model", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "prompt", wire: "prompt", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "resolution", wire: "resolution", minimum: None, maximum: None, max_length: None, prefix: None, values: &["720p", "1080p"], page: "https://docs.example.com/ark/create", unverified: false },
        Field { name: "seed", wire: "seed", minimum: None, maximum: None, max_length: None, prefix: None, values: &[], page: "https://docs.example.com/ark/create", unverified: false },
    ],
};

const MODELS: &[Model] = &[
    Model {
        id: "ark-video-1",
        family: "videos",
        request: CREATE_VIDEO_CREATE_VIDEO_REQUEST,
        limits_known: true,
        duration: Duration { min: 4, max: Some(10), auto: None, default: Some(5) },
        frames: None,
        resolutions: &["720p", "1080p"],
        default_resolution: None,
        aspect_ratios: &["16:9", "9:16"],
        default_aspect_ratio: None,
        default_generate_audio: None,
        inputs: &[
            Input { role: "first_frame", wire_role: "first_frame", max: Some(1), sources: &["url"], alone: false },
        ],
        exclusive: &[],
        conditions: &[],
        without: &[],
        unverified: &[],
        page: "https://docs.example.com/ark/create",
    },
    Model {
        id: "*",
        family: "videos",
        request: CREATE_VIDEO_CREATE_VIDEO_REQUEST,
        limits_known: false,
        duration: Duration { min: 1, max: None, auto: None, default: None },
        frames: None,
        resolutions: &[],
        default_resolution: None,
        aspect_ratios: &[],
        default_aspect_ratio: None,
        default_generate_audio: None,
        inputs: &[
            Input { role: "first_frame", wire_role: "first_frame", max: None, sources: &["url"], alone: false },
        ],
        exclusive: &[],
        conditions: &[],
        without: &[],
        unverified: &[],
        page: "https://docs.example.com/ark/create",
    },
];

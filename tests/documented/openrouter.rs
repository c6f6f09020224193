//! The bodies of OpenRouter's OpenAPI document, guides and SDKs.

use serde_json::{Value, json};

use super::Fate;

const JOB: &str = "gen-vid-1795684087-Rk5tB9Wq1NzYd4HsLp8E";

pub(super) fn bodies() -> Vec<(Value, Fate)> {
    [requests(), jobs(), models(), errors(), events()].concat()
}

fn requests() -> Vec<(Value, Fate)> {
    let create = || Fate::Request {
        operation: "create_video",
        status: 202,
    };
    vec![
        (
            json!({"model": "google/veo-3.1", "prompt": "A cable car climbs out of the mist towards a red hut",
                "duration": 8, "resolution": "4K", "aspect_ratio": "16:9", "generate_audio": true, "seed": 21}),
            create(),
        ),
        (
            json!({"model": "bytedance/seedance-2.0", "prompt": "The shutters open one after another",
                "frame_images": [
                    {"type": "image_url", "image_url": {"url": "https://media.example.com/street-night.jpg"},
                        "frame_type": "first_frame"},
                    {"type": "image_url", "image_url": {"url": "https://media.example.com/street-day.jpg"},
                        "frame_type": "last_frame"}],
                "duration": 6, "resolution": "1080p", "callback_url": "http://127.0.0.1:9/openrouter"}),
            create(),
        ),
        (
            json!({"model": "bytedance/seedance-2.0-fast", "prompt": "The puppet copies the wave while the bell rings",
                "input_references": [
                    {"type": "image_url", "image_url": {"url": "https://media.example.com/puppet.png"}},
                    {"type": "video_url", "video_url": {"url": "https://media.example.com/wave.mp4"}},
                    {"type": "audio_url", "audio_url": {"url": "https://media.example.com/bell.mp3"}}],
                "duration": 5, "aspect_ratio": "9:16", "resolution": "480p"}),
            create(),
        ),
        (
            json!({"model": "google/veo-3.1-lite", "prompt": "An orchid opens on a dark table", "size": "1280x720",
                "duration": 4, "generate_audio": false, "user": "customer-77",
                "provider": {"options": {"google-vertex": {"parameters": {"negativePrompt": "blur"}}}}}),
            create(),
        ),
    ]
}

fn jobs() -> Vec<(Value, Fate)> {
    let (path, address) = (
        format!("/api/v1/videos/{JOB}"),
        format!("https://openrouter.example.com/api/v1/videos/{JOB}"),
    );
    let job = || Fate::Response {
        operation: "get_video",
        status: 200,
    };
    vec![
        (
            json!({"id": JOB, "polling_url": address, "status": "pending"}),
            Fate::Response {
                operation: "create_video",
                status: 202,
            },
        ),
        (json!({"id": JOB, "polling_url": path, "status": "in_progress"}), job()),
        (
            json!({"id": JOB, "generation_id": "gen-1795684120-9hY2", "polling_url": address, "status": "completed",
                "unsigned_urls": [format!("{address}/content?index=0")],
                "urls": ["https://files.example.com/or/Rk5tB9.mp4?signature=simulated"], "expires_at": 1_795_770_487,
                "usage": {"cost": 3.2, "is_byok": false}}),
            job(),
        ),
        (
            json!({"id": JOB, "polling_url": path, "status": "failed", "error": "The provider refused the prompt"}),
            job(),
        ),
        (
            json!({"id": JOB, "polling_url": path, "status": "expired", "error": "The job outlived its time"}),
            job(),
        ),
    ]
}

fn models() -> Vec<(Value, Fate)> {
    vec![(
        json!({"data": [{"id": "google/veo-3.1", "canonical_slug": "google/veo-3.1", "name": "Google: Veo 3.1",
            "description": "Video with sound", "created": 1_760_486_400, "hugging_face_id": null,
            "supported_resolutions": ["720p", "1080p"], "supported_aspect_ratios": ["16:9", "9:16"],
            "supported_sizes": ["1280x720", "720x1280"], "supported_durations": [4, 6, 8],
            "supported_frame_images": ["first_frame", "last_frame"], "generate_audio": true, "seed": true,
            "upscale_factor": null, "creativity": null,
            "pricing_skus": {"duration_seconds": "0.20", "duration_seconds_with_audio": "0.40"},
            "allowed_passthrough_parameters": ["negativePrompt", "personGeneration"]}]}),
        Fate::Response {
            operation: "list_models",
            status: 200,
        },
    )]
}

fn errors() -> Vec<(Value, Fate)> {
    let error = |status| Fate::Response {
        operation: "create_video",
        status,
    };
    vec![
        (
            json!({"error": {"code": 400, "message": "duration: 5 is not one of 4, 6, 8",
                "metadata": {"error_type": "invalid_request"}}}),
            error(400),
        ),
        (
            json!({"error": {"code": 401, "message": "Missing Authentication header"}}),
            error(401),
        ),
        (
            json!({"error": {"code": 402, "message": "Insufficient credits"}}),
            error(402),
        ),
        (
            json!({"error": {"code": 403, "message": "The input was flagged", "metadata": {"reasons": ["violence"],
                "flagged_input": "…", "provider_name": "Google", "model_slug": "google/veo-3.1"}}}),
            error(403),
        ),
        (
            json!({"error": {"code": 429, "message": "All providers are at capacity",
                "metadata": {"error_type": "rate_limit_exceeded"}}}),
            error(429),
        ),
    ]
}

fn events() -> Vec<(Value, Fate)> {
    let file = format!("https://openrouter.example.com/api/v1/videos/{JOB}/content?index=0");
    vec![
        (
            json!({"type": "video.generation.completed", "created_at": "2026-11-26T09:11:02.114Z",
                "data": {"id": JOB, "status": "completed", "generation_id": "gen-1795684120-9hY2",
                    "model": "google/veo-3.1", "unsigned_urls": [file], "usage": {"cost": 3.2, "is_byok": false}}}),
            Fate::Event("JobEvent"),
        ),
        (
            json!({"type": "video.generation.failed", "created_at": "2026-11-26T09:12:00.000Z",
                "data": {"id": JOB, "status": "failed", "generation_id": null, "model": null,
                    "error": "The provider refused the prompt"}}),
            Fate::Event("JobEvent"),
        ),
    ]
}

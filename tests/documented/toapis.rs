//! The bodies of ToAPIs' pages, of its limiter, and of clients that show what the pages leave out.

use serde_json::{Value, json};

use super::Fate;

fn task(status: u16) -> Fate {
    let operation = "get_generation";
    Fate::Response { operation, status }
}

pub(super) fn bodies() -> Vec<(Value, Fate)> {
    [requests(), tasks(), errors(), account_and_assets()].concat()
}

fn requests() -> Vec<(Value, Fate)> {
    let create = || Fate::Request {
        operation: "create_generation",
        status: 200,
    };
    vec![
        (
            json!({"model": "seedance-2", "prompt": "A ferry turns in a harbour of paper boats", "duration": 5,
                "aspect_ratio": "16:9", "resolution": "480p", "generate_audio": false,
                "client_business_id": "order-2201"}),
            create(),
        ),
        (
            json!({"model": "seedance-2-mini", "duration": 8, "aspect_ratio": "adaptive", "resolution": "720p",
                "prompt": "The baker of image 1 kneads to the beat of audio 1, framed as in video 1",
                "image_with_roles": [{"url": "asset://pa_baker", "role": "reference_image"}],
                "video_with_roles": [{"url": "https://media.example.com/framing.mp4", "role": "reference_video"}],
                "audio_with_roles": [{"url": "https://media.example.com/beat.mp3", "role": "reference_audio"}]}),
            create(),
        ),
        (
            json!({"model": "seedance-2-fast", "prompt": "Frost leaves the pane until the garden shows", "duration": 6,
                "resolution": "720p", "return_last_frame": true, "image_with_roles": [
                    {"url": "https://media.example.com/frost.png", "role": "first_frame"},
                    {"url": "https://media.example.com/garden.png", "role": "last_frame"}]}),
            create(),
        ),
        (
            json!({"model": "seedance-2-5", "prompt": "Let the kite of video 1 rise above the clouds",
                "video_operation": "extend", "duration": -1, "aspect_ratio": "adaptive", "resolution": "720p",
                "output_format": "mov",
                "video_with_roles": [{"url": "https://media.example.com/kite.mp4", "role": "reference_video"}]}),
            create(),
        ),
        (
            json!({"model": "seedance-2", "prompt": "The newest tram of Lisbon", "tools": [{"type": "web_search"}]}),
            create(),
        ),
    ]
}

fn tasks() -> Vec<(Value, Fate)> {
    vec![
        // The answer to a submission may already be in progress.
        (
            json!({"id": "tsk_vid_01KX2FERRY", "client_business_id": "order-2201", "object": "generation.task",
                "model": "seedance-2", "status": "in_progress", "progress": 10, "created_at": 1_795_219_200}),
            Fate::Response {
                operation: "create_generation",
                status: 200,
            },
        ),
        (
            json!({"id": "tsk_vid_01KX2FERRY", "object": "generation.task", "model": "seedance-2",
                "status": "completed", "progress": 100, "created_at": 1_795_219_200, "completed_at": 1_795_219_420,
                "expires_at": 1_795_305_820, "result": {"type": "video", "data": [{
                    "url": "https://files.example.com/tsk_vid_01KX2FERRY/a.mp4", "format": "mp4",
                    "last_frame_url": "https://files.example.com/tsk_vid_01KX2FERRY/a.png"}]},
                "usage": {"tool_usage": {"web_search": 0}}}),
            task(200),
        ),
        (
            json!({"id": "tsk_vid_1", "object": "generation.task", "model": "seedance-2", "status": "failed",
                "error": {"code": "generation_failed", "message": "No."}}),
            task(200),
        ),
        (
            json!({"id": "evt_01KX2", "type": "generation.completed", "api_version": "v1",
                "created_at": 1_795_219_421, "data": {"task_id": "tsk_vid_01KX2FERRY",
                "client_business_id": "order-2201", "task_type": "video", "model": "seedance-2", "status": "SUCCESS",
                "progress": "100%", "result": {"type": "video", "data": [
                    {"url": "https://files.example.com/a.mp4", "format": "mp4"}]},
                "error": null, "submitted_at": 1_795_219_200, "finished_at": 1_795_219_420}}),
            Fate::Event("WebhookEvent"),
        ),
        (
            json!({"id": "evt_01KX3", "type": "generation.failed", "api_version": "v1", "created_at": 1_795_219_421,
                "data": {"task_id": "tsk_vid_2", "task_type": "video", "model": "seedance-2", "status": "FAILURE",
                "progress": "100%", "result": null, "error": {"code": "generation_failed", "message": "No."},
                "submitted_at": 1_795_219_200, "finished_at": 1_795_219_420}}),
            Fate::Event("WebhookEvent"),
        ),
        (
            json!({"id": "evt_01KX4", "type": "endpoint.test", "api_version": "v1", "created_at": 1_795_219_421,
                "data": {"task_id": "endpoint_test", "result": {"message": "A test."}, "submitted_at": 0,
                "finished_at": 0}}),
            Fate::Event("WebhookEvent"),
        ),
    ]
}

fn errors() -> Vec<(Value, Fate)> {
    let create = |status| Fate::Response {
        operation: "create_generation",
        status,
    };
    let error = |code: Value, class: &str| json!({"error": {"code": code, "message": "No.", "type": class}});
    // The limiter sends no type.
    let limiter = |code: &str| json!({"error": {"code": code, "message": "No."}});
    vec![
        (error(404.into(), "not_found_error"), task(404)),
        (error(401.into(), "authentication_error"), create(401)),
        (error(400.into(), "invalid_request_error"), create(400)),
        (
            error("webhook_not_configured".into(), "webhook_not_configured"),
            create(400),
        ),
        (limiter("rate_limit_exceeded"), create(429)),
        (limiter("rate_limit_unavailable"), create(503)),
        (json!({"message": "task_not_exist"}), task(400)),
        // The provider's own form.
        (
            json!({"error": {"code": "InputImageSensitiveContentDetected.PrivacyInformation", "param": "",
                "message": "The input image 'content[3]' may contain real person.", "type": "BadRequest"}}),
            create(400),
        ),
    ]
}

fn account_and_assets() -> Vec<(Value, Fate)> {
    let response = |operation, status| Fate::Response { operation, status };
    let failure = json!({"success": false, "message": "No."});
    vec![
        (
            json!({"success": true, "object": "list", "data": [{"id": "seedance-2", "object": "model",
                "created": 1_786_492_800, "owned_by": "toapis", "supported_endpoint_types": ["video"]}]}),
            response("list_models", 200),
        ),
        (
            json!({"success": true, "remain_balance": 10.5, "used_balance": 2.3, "remain_credits": 2100,
                "used_credits": 460, "credits_per_usd": 200, "unlimited_quota": false}),
            response("get_balance", 200),
        ),
        (failure.clone(), response("get_balance", 200)),
        (
            json!({"success": true, "message": "", "data": {"id": "upload_1",
                "url": "https://files.example.com/uploads/baker.jpg", "mime_type": "image/jpeg", "size": 89234}}),
            response("upload_image", 200),
        ),
        (failure.clone(), response("upload_image", 400)),
        (failure, response("upload_video", 400)),
        (
            json!({"group_id": "pg_01KX3", "asset_type": "image",
                "source_url": "https://files.example.com/uploads/baker.png", "name": "baker-front"}),
            Fate::Request {
                operation: "create_avatar_asset",
                status: 200,
            },
        ),
        (
            json!({"success": true, "message": "", "data": {"asset_id": "pa_01KX4", "asset_url": "asset://pa_01KX4",
                "group_id": "pg_01KX3", "asset_type": "image",
                "source_url": "https://files.example.com/uploads/baker.png", "status": "processing",
                "name": "baker-front"}}),
            response("create_avatar_asset", 200),
        ),
        (
            json!({"success": true, "message": "", "data": {"task_id": "tsk_dav_1", "status": "completed",
                "byted_token": "token", "h5_link": "https://verify.example.com/s/1", "expires_at": 1_795_219_320,
                "created_at": 1_795_219_200, "updated_at": 1_795_219_201}}),
            response("get_verification", 200),
        ),
        (
            json!({"success": true, "message": "", "data": {"verify_status": "verified", "group_id": "pg_01KX7"}}),
            response("get_verification_result", 200),
        ),
    ]
}

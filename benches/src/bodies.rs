//! The server's responses: tasks as on the vendors' pages.

use crate::result::Result;
use serde_json::{Value, json};
use videogen::{TaskId, Vendor};

/// The three vendors.
pub const VENDORS: [Vendor; 3] = [Vendor::Token360, Vendor::ToApis, Vendor::AllToken];

/// The path of a vendor's tasks.
#[must_use]
pub fn path(vendor: Vendor) -> &'static str {
    videogen::facts::Capabilities::of(vendor, vendor.default_model())
        .model
        .request
        .path
}

/// Task number `number` of a vendor.
///
/// # Errors
/// Never: the ids are valid for all of them.
pub fn id(vendor: Vendor, number: usize) -> Result<TaskId> {
    let family = vendor.families().next().ok_or("a vendor without families")?;
    TaskId::new(vendor, family, format!("t-{number}")).ok_or_else(|| "an id that is none".into())
}

/// A completed task.
#[must_use]
pub fn completed(vendor: Vendor, number: usize) -> Value {
    let url =
        format!("https://files.example.com/t-{number}.mp4?X-Signature=0123456789abcdef0123456789abcdef&X-Expires=3600");
    let prompt = "A lighthouse keeper winds an old brass clock while rain runs down the window";
    match vendor {
        Vendor::ToApis => json!({
            "id": format!("t-{number}"), "object": "generation.task", "model": "seedance-2", "status": "completed",
            "progress": 100, "created_at": 1_795_219_200, "completed_at": 1_795_219_298, "expires_at": 1_795_305_698,
            "metadata": {}, "client_business_id": "order-2041",
            "result": {"type": "video", "data": [{"url": url, "format": "mp4"}]},
        }),
        Vendor::AllToken => json!({
            "id": format!("t-{number}"), "status": "completed", "model": "seedance-2.0", "input_type": "text",
            "ratio": "16:9", "resolution": "720p", "duration": 6, "frames": 145, "fps": 24, "seed": 1200,
            "video_url": url, "video_url_expires_at": "2026-11-20T09:05:00Z", "video_url_ttl": 3600, "is_expired": false,
            "usage": {"completion_tokens": 108_900, "total_tokens": 108_900},
            "created_at": "2026-11-20T08:00:00Z", "completed_at": "2026-11-20T08:01:10Z",
        }),
        _ => json!({
            "id": format!("t-{number}"), "object": "video", "status": "completed", "model": "seedance-2.0",
            "prompt": prompt, "created_at": 1_795_219_200, "updated_at": 1_795_219_298,
            "parameters": {"resolution": "720p", "duration": 6, "aspect_ratio": "16:9"},
            "duration": 6, "url": url, "content": {"last_frame_url": "https://files.example.com/t-last.png"},
        }),
    }
}

/// A newly accepted task.
#[must_use]
pub fn accepted(vendor: Vendor, number: usize) -> Value {
    match vendor {
        Vendor::ToApis => json!({
            "id": format!("t-{number}"), "object": "generation.task", "model": "seedance-2", "status": "queued",
            "progress": 0, "created_at": 1_795_219_200, "metadata": {}, "client_business_id": "order-2041",
        }),
        Vendor::AllToken => json!({
            "id": format!("t-{number}"), "status": "queued", "model": "seedance-2.0", "input_type": "text",
            "ratio": "16:9", "resolution": "720p", "duration": 6, "created_at": "2026-11-20T08:00:00Z",
        }),
        _ => json!({
            "id": format!("t-{number}"), "object": "video", "status": "queued", "model": "seedance-2.0",
            "prompt": "A lighthouse keeper winds an old brass clock while rain runs down the window",
            "created_at": 1_795_219_200,
            "parameters": {"resolution": "720p", "duration": 6, "aspect_ratio": "16:9", "generate_audio": true},
        }),
    }
}

/// A page of completed tasks, for the two vendors with lists.
#[must_use]
pub fn page(vendor: Vendor, tasks: usize) -> Value {
    let items: Vec<Value> = (0..tasks).map(|number| completed(vendor, number)).collect();
    match vendor {
        Vendor::AllToken => json!({"items": items, "total": tasks}),
        _ => json!({"object": "list", "data": items, "has_more": false, "first_id": "t-0", "last_id": "t-0"}),
    }
}

//! Bodies in the form of the vendors' pages and types, with our own texts. An independent check of the specs and the
//! simulator, to be updated by hand when a page changes: each body is taken, and an example of the spec has its members;
//! or it is refused, and the spec says why.

use std::collections::BTreeSet;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use videogen_sim::{Simulator, Spec, Vendor};

use crate::specs::{examples, operations, resolve};

mod openrouter;
mod toapis;

/// What becomes of a body.
#[derive(Clone)]
enum Fate {
    /// The simulator accepts it.
    Request { operation: &'static str, status: u16 },
    /// It is valid.
    Response { operation: &'static str, status: u16 },
    /// It is a valid payload of a webhook.
    Event(&'static str),
    /// A request that the simulator refuses; the spec gives the reason.
    Refused {
        operation: &'static str,
        headers: &'static [(&'static str, &'static str)],
        words: &'static str,
    },
}

/// The bodies of Token360's pages, and of clients of its catalogue.
fn token360() -> Vec<(Value, Fate)> {
    vec![
        (
            json!({"model": "seedance-2.0", "content": [{"type": "text", "text": "A clockmaker lights the shop"},
                {"type": "image_url", "image_url": {"url": "asset://ta_0123456789abcdef0123456789abcdef"},
                    "role": "reference_image"}],
                "ratio": "16:9", "resolution": "720p", "duration": 5, "generate_audio": true, "watermark": false}),
            Fate::Refused {
                operation: "create_video",
                headers: &[("Token360-Native-Params", "true")],
                words: "Token360-Native-Params: the simulator does not support the model's own format",
            },
        ),
        (
            json!({"code": 0, "data": {"id": 8123, "assetId": "ta_0123456789abcdef0123456789abcdef",
                "assetGroupId": "ag_71", "groupName": "clockmaker", "mediaType": "IMAGE", "status": "processing",
                "name": "front", "mimeType": "image/png", "sizeBytes": 204_800, "width": 1024, "height": 1024},
                "msg": "OK", "serviceCode": null}),
            Fate::Response {
                operation: "upload_asset",
                status: 200,
            },
        ),
        (
            json!({"data": {"list": [{"name": "seedance-2.0", "modelType": "VIDEO_GENERATION",
                "supported_parameters": ["prompt", "duration"]}]}}),
            Fate::Response {
                operation: "list_models",
                status: 200,
            },
        ),
        // A poll with nulls, and with the names of the provider.
        (
            json!({"id": "video-4f1c", "object": "video", "status": "in_progress", "model": "seedance-2.0",
                "parameters": {"audio": true, "watermark": false, "seed": 7}, "video_url": null, "error": null}),
            Fate::Response {
                operation: "get_video",
                status: 200,
            },
        ),
        // As one client sends every callback.
        (
            json!({"model": "seedance-2.0", "prompt": "A clockmaker lights the shop", "request_id": null,
                "callback_url": "https://hooks.example.com/video"}),
            Fate::Request {
                operation: "create_video",
                status: 200,
            },
        ),
    ]
}

/// The bodies of AllToken's types and pages.
fn alltoken() -> Vec<(Value, Fate)> {
    let create = Fate::Request {
        operation: "create_generation",
        status: 202,
    };
    vec![
        (
            json!({"model": "seedance-2.5", "prompt": "Make the street of the clip snowy",
                "content": [{"type": "video", "upload_id": "upl_7f3a9c", "role": "reference_video"}],
                "omni_reference_task_type": "edit", "ratio": "adaptive", "duration": -1, "resolution": "720p",
                "output_format": "mov", "input_has_video": true}),
            Fate::Request {
                operation: "create_generation",
                status: 202,
            },
        ),
        (
            json!({"model": "seedance-2.0", "prompt": "The tailor of the picture bows",
                "content": [{"type": "image_url", "image_url": {"url": "asset://asset-20261120-tailor"},
                    "role": "reference_image"}],
                "ratio": "9:16", "duration": 6, "resolution": "720p", "generate_audio": true}),
            create,
        ),
        (
            json!({"purpose": "video_input_image", "content_type": "image/png", "content_length": 20480,
                "content_md5": "1B2M2Y8AsgTpgAmY7PhCfg==",
                "checksum_sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}),
            Fate::Request {
                operation: "presign_upload",
                status: 200,
            },
        ),
        (
            json!({"upload_url": "https://storage.example.com/u/7f3a9c?X-Amz-Signature=simulated", "method": "PUT",
                "required_headers": {"Content-Type": "image/png", "Content-MD5": "1B2M2Y8AsgTpgAmY7PhCfg=="},
                "upload_id": "upl_7f3a9c", "expires_in": 300, "claim_expires_at": "2026-11-27T10:05:00Z",
                "max_content_length": 31_457_280}),
            Fate::Response {
                operation: "presign_upload",
                status: 200,
            },
        ),
        (
            json!({"object": "list", "data": [{"id": "seedance-2.5", "object": "video", "created": 1_786_492_800,
                "owned_by": "chat", "modality": "video", "display_name": "Seedance 2.5",
                "input_modalities": ["text", "image", "video", "audio"], "output_modalities": ["video"],
                "capabilities": {"ratios": {"values": ["16:9", "9:16", "1:1"], "default": "16:9"},
                    "resolutions": {"values": ["480p", "720p"], "default": "720p"},
                    "duration": {"type": "range", "min": 4, "max": 30, "step": 1, "default": 5, "supports_auto": true},
                    "frames": null, "features": {"generate_audio": true, "camera_fixed": false}}}]}),
            Fate::Response {
                operation: "list_models",
                status: 200,
            },
        ),
        (
            json!({"ResponseMetadata": {"RequestId": "req-91", "Action": "GetAsset", "Version": "2024-01-01",
                "Service": "ark", "Region": "cn-beijing"}, "Result": {"Id": "asset-20261120-tailor",
                "GroupId": "group-20261120-a1", "Name": "tailor", "AssetType": "Image", "Status": "Active",
                "UpstreamStatus": "Active", "URL": "https://files.example.com/tailor.png"}}),
            Fate::Response {
                operation: "call_portrait",
                status: 200,
            },
        ),
    ]
}

/// The bodies of BytePlus ModelArk, as its SDKs and captured answers show them.
fn ark() -> Vec<(Value, Fate)> {
    let create = || Fate::Request {
        operation: "create_task",
        status: 200,
    };
    let response = |operation| Fate::Response { operation, status: 200 };
    vec![
        (
            json!({"model": "dreamina-seedance-2-0-260128",
                "content": [{"type": "text", "text": "A diver finds a music box in the wreck"}],
                "resolution": "720p", "ratio": "16:9", "duration": 6, "generate_audio": true, "watermark": false,
                "callback_url": "http://127.0.0.1:9/ark"}),
            create(),
        ),
        (
            json!({"model": "seedance-1-5-pro-251215",
                "content": [
                    {"type": "text", "text": "The tide comes in until the castle is gone"},
                    {"type": "image_url", "image_url": {"url": "https://media.example.com/castle.jpg"}, "role": "first_frame"},
                    {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAIAAAA="}, "role": "last_frame"}],
                "resolution": "1080p", "ratio": "adaptive", "duration": -1, "seed": 42, "camera_fixed": true,
                "return_last_frame": true, "service_tier": "flex", "execution_expires_after": 86_400}),
            create(),
        ),
        (
            json!({"model": "doubao-seedance-2-5-260628",
                "content": [{"type": "text", "text": "The sailor of image 1 ties the knot of video 1 to the shanty of audio 1"},
                    {"type": "image_url", "image_url": {"url": "asset://asset-20261101-sailor"}, "role": "reference_image"},
                    {"type": "video_url", "video_url": {"url": "https://media.example.com/knot.mp4"}, "role": "reference_video"},
                    {"type": "audio_url", "audio_url": {"url": "https://media.example.com/shanty.mp3"}, "role": "reference_audio"}],
                "resolution": "720p", "ratio": "adaptive", "duration": 12, "output_format": "mov",
                "omni_reference_task_type": "reference", "priority": 3, "safety_identifier": "u-5f1c"}),
            create(),
        ),
        // An image without a role is the first frame.
        (
            json!({"model": "seedance-1-0-pro-fast-251015",
                "content": [{"type": "image_url", "image_url": {"url": "https://media.example.com/gate.jpg"}}]}),
            create(),
        ),
        (json!({"id": "cgt-20261126090807-x7m2p"}), response("create_task")),
        (
            json!({"id": "cgt-20261126091500-b3vtn", "model": "seedance-1-5-pro-251215", "status": "failed",
                "error": {"code": "OutputAudioSensitiveContentDetected.PolicyViolation", "message": "No."},
                "created_at": 1_795_684_500, "updated_at": 1_795_684_561}),
            response("get_task"),
        ),
        (
            json!({"id": "cgt-20261126090807-x7m2p", "model": "dreamina-seedance-2-0-260128", "status": "succeeded",
                "content": {"video_url": "https://files.example.com/a.mp4", "last_frame_url": "https://files.example.com/a.png"},
                "usage": {"completion_tokens": 108_900, "total_tokens": 108_900}, "created_at": 1_795_684_087,
                "updated_at": 1_795_684_211, "seed": 7, "resolution": "720p", "ratio": "16:9", "duration": 5.04,
                "framespersecond": 24, "service_tier": "default", "execution_expires_after": 172_800,
                "generate_audio": true, "draft": false, "priority": 0}),
            response("get_task"),
        ),
        (json!({"items": [], "total": 0}), response("list_tasks")),
    ]
}

/// The bodies of Replicate, as its document, its clients and captured answers show them.
fn replicate() -> Vec<(Value, Fate)> {
    let create = || Fate::Request {
        operation: "create_prediction",
        status: 201,
    };
    let response = |operation, status| Fate::Response { operation, status };
    let urls = json!({"get": "https://api.example.com/v1/predictions/4k7x2m9q1srme0cqw8x9b3t5fr",
        "cancel": "https://api.example.com/v1/predictions/4k7x2m9q1srme0cqw8x9b3t5fr/cancel",
        "web": "https://web.example.com/p/4k7x2m9q1srme0cqw8x9b3t5fr"});
    let shown = |status: &str, more: &Value| {
        let mut body = json!({"id": "4k7x2m9q1srme0cqw8x9b3t5fr", "model": "bytedance/seedance-2.0", "version": "hidden",
            "input": {"prompt": "A glassblower lifts the vase", "duration": 6}, "logs": "", "output": null,
            "data_removed": false, "error": null, "status": status, "source": "api",
            "created_at": "2026-11-26T09:08:07.114Z", "urls": urls});
        let members = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(members);
        body
    };
    let ended = json!({"started_at": "2026-11-26T09:08:09.002Z", "completed_at": "2026-11-26T09:09:41.620Z",
        "metrics": {"predict_time": 92.6, "total_time": 94.5}});
    vec![
        (
            json!({"version": "bytedance/seedance-2.0", "input": {"prompt": "A glassblower lifts the vase and the shop glows",
                "duration": 6, "resolution": "720p", "aspect_ratio": "16:9", "generate_audio": true, "seed": 5},
                "webhook": "http://127.0.0.1:9/replicate", "webhook_events_filter": ["completed"]}),
            create(),
        ),
        (
            json!({"version": "kwaivgi/kling-v3-video", "input": {"prompt": "The tide takes the sand castle",
                "start_image": "https://media.example.com/castle.jpg", "end_image": "https://media.example.com/beach.jpg",
                "mode": "standard", "duration": 5, "generate_audio": false}}),
            create(),
        ),
        (
            json!({"version": "bytedance/seedance-2.0", "input": {"prompt": "The clown of the picture juggles as in the clip",
                "reference_images": ["https://media.example.com/clown.png"],
                "reference_videos": ["https://media.example.com/juggle.mp4"], "duration": -1, "aspect_ratio": "adaptive"}}),
            create(),
        ),
        (
            json!({"version": "9dcd6d78e7c6560c340d916fe32e9f24aabfa331e5cce95fe31f77fb03121426",
                "input": {"prompt": "A lantern drifts down the river"}}),
            create(),
        ),
        (shown("starting", &json!({})), response("create_prediction", 201)),
        (
            shown(
                "processing",
                &json!({"started_at": "2026-11-26T09:08:09.002Z", "logs": "rendering\n"}),
            ),
            response("get_prediction", 200),
        ),
        (
            shown("succeeded", &{
                let mut more = ended.clone();
                more["output"] = json!("https://files.example.com/rep/4k7x2m9q/tmp0.mp4");
                more
            }),
            response("get_prediction", 200),
        ),
        (
            shown("failed", &{
                let mut more = ended.clone();
                more["error"] = json!("The input or output was flagged as sensitive. Please try again. (E005)");
                more
            }),
            response("get_prediction", 200),
        ),
        (
            shown("succeeded", &{
                let mut more = ended;
                more["input"] = json!({});
                more["data_removed"] = json!(true);
                more
            }),
            response("get_prediction", 200),
        ),
        (
            shown("canceled", &json!({"completed_at": "2026-11-26T09:08:12.000Z"})),
            response("cancel_prediction", 200),
        ),
        (
            json!({"next": "https://api.example.com/v1/predictions?cursor=cD0yMDI2LTExLTI2", "previous": null,
                "results": []}),
            response("list_predictions", 200),
        ),
        (
            json!({"title": "Input validation failed", "detail": "- input.duration: Must be less than or equal to 15\n",
                "status": 422, "invalid_fields": [{"type": "number_lte", "field": "input.duration",
                    "description": "Must be less than or equal to 15"}]}),
            response("create_prediction", 422),
        ),
        (
            json!({"title": "Unauthenticated", "detail": "You did not pass a valid authentication token", "status": 401}),
            response("create_prediction", 401),
        ),
        (
            json!({"title": "Insufficient credit", "detail": "You have insufficient credit to run this model.",
                "status": 402}),
            response("create_prediction", 402),
        ),
        (
            json!({"detail": "Request was throttled. Your rate limit resets in ~30s."}),
            response("create_prediction", 429),
        ),
        (
            json!({"detail": "The requested resource could not be found.", "status": 404}),
            response("get_prediction", 404),
        ),
    ]
}

/// The members of a value, by path. Items of a list share one.
fn members(value: &Value, path: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                let path = format!("{path}/{name}");
                members(value, &path, found);
                found.insert(path);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| members(item, &format!("{path}/*"), found)),
        _ => {}
    }
}

/// Whether an example of the spec has all members of `body`.
fn is_shown<'a>(body: &Value, media: impl Iterator<Item = &'a Value>) -> bool {
    let all = |value: &Value| {
        let mut found = BTreeSet::new();
        members(value, "", &mut found);
        found
    };
    let wanted = all(body);
    let mut examples = media.flat_map(examples);
    examples.any(|(_, example)| wanted.is_subset(&all(&example)))
}

#[tokio::test]
async fn every_documented_body_is_taken_or_refused_for_a_reason() {
    let sim = Simulator::builder()
        .manual_clock()
        .strict(true)
        .any_asset(true)
        .start()
        .await
        .unwrap();
    let http = crate::http::client();
    for (vendor, bodies) in [
        (Vendor::Token360, token360()),
        (Vendor::ToApis, toapis::bodies()),
        (Vendor::AllToken, alltoken()),
        (Vendor::Ark, ark()),
        (Vendor::Replicate, replicate()),
        (Vendor::OpenRouter, openrouter::bodies()),
    ] {
        let spec = Spec::of(vendor).unwrap();
        let post = async |path: &str, headers: &[(&'static str, &'static str)], body: &Value| {
            let headers: HeaderMap = headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect();
            let url = format!("{}{path}", sim.base_url(vendor));
            let request = http.post(url).bearer_auth("sk-test").headers(headers).json(body);
            let response = request.send().await.unwrap();
            (response.status().as_u16(), response.json::<Value>().await.unwrap())
        };
        let all = operations(spec.document());
        let named = |id: &str| {
            let mut found = all.iter().filter(|(_, _, operation)| operation["operationId"] == id);
            let (path, _, operation) = found.next().unwrap();
            (path.as_str(), *operation)
        };
        let request_of = |operation: &'static Value| &operation["requestBody"]["content"]["application/json"];
        for (mut body, fate) in bodies {
            if body.get("group_id").is_some() {
                let path = named("create_avatar_group").0;
                let (_, group) = post(path, &[], &json!({"name": "bakery"})).await;
                body["group_id"] = group["data"]["group_id"].clone();
            }
            match fate {
                Fate::Request { operation, status } => {
                    let (path, operation) = named(operation);
                    let (answered, answer) = post(path, &[], &body).await;
                    assert_eq!(answered, status, "{vendor} {body}: {answer}");
                    assert!(
                        is_shown(&body, std::iter::once(request_of(operation))),
                        "{vendor} {body}"
                    );
                }
                Fate::Response { operation, status } => {
                    let problems = spec.response_problems(operation, status, &body);
                    assert!(problems.is_empty(), "{vendor} {body}: {problems:?}");
                    let answer = &named(operation).1["responses"][status.to_string()];
                    let media = &resolve(spec.document(), answer)["content"]["application/json"];
                    assert!(is_shown(&body, std::iter::once(media)), "{vendor} {body}");
                }
                Fate::Event(component) => {
                    let problems = spec.component_problems(component, &body);
                    assert!(problems.is_empty(), "{vendor} {body}: {problems:?}");
                    let callbacks = all
                        .iter()
                        .flat_map(|(_, _, operation)| operation["callbacks"].as_object());
                    let payloads = callbacks.flatten().flat_map(|(_, callback)| callback.as_object());
                    let media = payloads.flatten().map(|(_, item)| request_of(&item["post"]));
                    assert!(is_shown(&body, media), "{vendor} {body}");
                }
                Fate::Refused {
                    operation,
                    headers,
                    words,
                } => {
                    let (path, operation) = named(operation);
                    let (answered, answer) = post(path, headers, &body).await;
                    assert_eq!(answered, 400, "{vendor} {body}: {answer}");
                    let message = answer["error"]["message"].as_str().unwrap();
                    assert!(message.starts_with(words), "{vendor} {body}: {message}");
                    let parameters = operation["parameters"].as_array().unwrap();
                    let mut parameters = parameters.iter().filter(|found| found["name"] == headers[0].0);
                    let reason = parameters.next().unwrap()["description"].as_str().unwrap();
                    assert!(reason.contains("the simulator refuses it"), "{vendor}: {reason}");
                }
            }
        }
    }
}

/// A body that is none, under the header of the model's own format.
#[tokio::test]
async fn the_native_header_needs_a_body() {
    let sim = Simulator::builder().manual_clock().start().await.unwrap();
    let post = async |switch: &str, body: Value| -> (u16, Value) {
        let url = format!("{}/v1/videos", sim.base_url(Vendor::Token360));
        let request = crate::http::client().post(url).bearer_auth("sk-test").json(&body);
        let response = request.header("token360-native-params", switch).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    };
    for switch in ["true", "1", "YES", "on"] {
        for body in [json!({}), json!([1])] {
            let (status, answer) = post(switch, body).await;
            let words = "JSON object body is required when Token360-Native-Params is enabled";
            assert_eq!((status, &answer["error"]["message"]), (400, &json!(words)), "{switch}");
        }
    }
    let body = json!({"model": "seedance-2.0", "prompt": "a fox"});
    assert_eq!(post("false", body.clone()).await.0, 200);
    assert_eq!(post("on", body).await.0, 400);
}

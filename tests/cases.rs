//! Requests that together use every field.

use serde_json::json;
use videogen::facts::{Capabilities, FieldState, Place, Scheme};
use videogen::submit::Plan;
use videogen::{Role, Source, TaskId, Vendor, VideoRequest};

/// One model of each endpoint family and generation of models that needs no inputs, each vendor's newest first.
pub(crate) const TARGETS: &[(Vendor, &str)] = &[
    (Vendor::Token360, "seedance-2.0"),
    (Vendor::ToApis, "seedance-2"),
    (Vendor::ToApis, "seedance-2-5"),
    (Vendor::ToApis, "doubao-seedance-2-0"),
    (Vendor::ToApis, "doubao-seedance-1-5-pro"),
    (Vendor::ToApis, "doubao-seedance-1-0-pro-fast"),
    (Vendor::AllToken, "seedance-2.0"),
    (Vendor::AllToken, "seedance-1.5-pro"),
    (Vendor::AllToken, "seedance-2.5"),
    (Vendor::AllToken, "seedance-1.0-pro"),
    (Vendor::Ark, "dreamina-seedance-2-0-260128"),
    (Vendor::Ark, "seedance-1-5-pro-251215"),
    (Vendor::Ark, "dreamina-seedance-2-5-260628"),
    (Vendor::Ark, "seedance-1-0-lite-i2v-250428"),
    (Vendor::Ark, "seedance-1-0-pro-250528"),
    (Vendor::OpenRouter, "bytedance/seedance-2.0"),
    (Vendor::OpenRouter, "google/veo-3.1"),
    (Vendor::Replicate, "bytedance/seedance-2.0"),
    (Vendor::Replicate, "google/veo-3.1"),
    (Vendor::Replicate, "kwaivgi/kling-v3-video"),
    (Vendor::Replicate, "minimax/hailuo-2.3"),
    (Vendor::Replicate, "bytedance/seedance-1.5-pro"),
    (Vendor::Fal, "bytedance/seedance-2.0"),
    (Vendor::Fal, "bytedance/seedance-2.5"),
    (Vendor::Fal, "fal-ai/veo3.1"),
    (Vendor::Fal, "fal-ai/kling-video/v3/pro"),
    (Vendor::Fal, "fal-ai/bytedance/seedance/v1.5/pro"),
];

/// Models with a body of their own that need inputs.
pub(crate) const WITH_INPUTS: &[(Vendor, &str)] = &[
    (Vendor::Fal, "fal-ai/veo3.1/image-to-video"),
    (Vendor::Fal, "fal-ai/veo3.1/first-last-frame-to-video"),
    (Vendor::Fal, "fal-ai/veo3.1/reference-to-video"),
];

/// A model's id as a part of a file's name.
pub(crate) fn in_a_name(model: &str) -> String {
    model.replace('/', "-")
}

/// [`TARGETS`], by value.
pub(crate) fn targets() -> impl Iterator<Item = (Vendor, &'static str)> + Clone {
    TARGETS.iter().copied()
}

/// The target with a vendor's newest model.
pub(crate) fn newest(vendor: Vendor) -> (Vendor, &'static str) {
    targets().find(|target| target.0 == vendor).unwrap()
}

/// The target with a vendor's oldest model.
pub(crate) fn oldest(vendor: Vendor) -> (Vendor, &'static str) {
    targets().filter(|target| target.0 == vendor).last().unwrap()
}

/// The path of the operation that polls a vendor's tasks.
fn poll_path(vendor: Vendor) -> &'static str {
    let document = videogen_sim::Spec::of(simulated(vendor)).unwrap().document();
    let poll = &document["x-families"][0]["poll"];
    let mut paths = document["paths"].as_object().unwrap().iter();
    paths.find(|(_, item)| item["get"]["operationId"] == *poll).unwrap().0
}

/// The id of the task that an answer to a submission for `model` calls `id`. Where polling needs a part of the model's id, it
/// comes first.
pub(crate) fn whole_id(vendor: Vendor, model: &str, id: &str) -> String {
    match poll_path(vendor).matches('{').count() {
        1 => id.to_owned(),
        _ => {
            let app: Vec<&str> = model.split('/').take(2).collect();
            format!("{}/{id}", app.join("/"))
        }
    }
}

/// A task of the vendor's default model and first family.
pub(crate) fn task(vendor: Vendor, id: &str) -> TaskId {
    task_of(vendor, vendor.families().next().unwrap(), id)
}

/// A task of the vendor's default model.
pub(crate) fn task_of(vendor: Vendor, family: &str, id: &str) -> TaskId {
    TaskId::new(vendor, family, whole_id(vendor, vendor.default_model(), id)).unwrap()
}

/// Whether a vendor documents how its keys begin.
pub(crate) fn documents_form_of_keys(vendor: Vendor) -> bool {
    let document = videogen_sim::Spec::of(simulated(vendor)).unwrap().document();
    let mut schemes = document["components"]["securitySchemes"].as_object().unwrap().values();
    schemes.any(|scheme| scheme["x-key-prefixes"].is_array())
}

/// The environment variable of the account's secret, with which a vendor signs webhooks.
pub(crate) fn webhook_secret_env(vendor: Vendor) -> Option<&'static str> {
    match vendor.facts().webhook.signature?.scheme {
        Scheme::HmacSha256 { secret_env, .. } => Some(secret_env),
        Scheme::Ed25519 { .. } => None,
    }
}

/// Whether a vendor signs webhooks with a secret of the account.
pub(crate) fn has_webhook_secret(vendor: Vendor) -> bool {
    webhook_secret_env(vendor).is_some()
}

/// Number of requests that read a completed task.
pub(crate) fn reads(vendor: Vendor) -> usize {
    let document = videogen_sim::Spec::of(simulated(vendor)).unwrap().document();
    if document["x-families"][0]["result"].is_null() {
        1
    } else {
        2
    }
}

/// The model that a planned request names, in its body or path.
pub(crate) fn sent_model(vendor: Vendor, plan: &Plan) -> String {
    let rules = Capabilities::of(vendor, &plan.model);
    let field = rules.field("model").unwrap();
    match field.place {
        Place::Path => {
            let path = plan.url.strip_prefix(vendor.facts().base_url).unwrap();
            path.trim_start_matches('/').split('?').next().unwrap().to_owned()
        }
        _ => plan.body[field.wire].as_str().unwrap_or_default().to_owned(),
    }
}

/// `request` with the inputs that its model needs for any prompt.
pub(crate) fn with_needed_inputs(rules: &Capabilities, mut request: VideoRequest) -> VideoRequest {
    let needed = rules.model.conditions.iter().flat_map(|condition| {
        let is_of_prompt = matches!(condition.when, [test] if test.field == "prompt" && test.is == FieldState::Set);
        condition.requires.iter().filter(move |_| is_of_prompt)
    });
    for test in needed {
        let any = rules.model.inputs.first().map(|input| input.role);
        let name = if test.field == "inputs" { any } else { Some(test.field) };
        let role = Role::ALL.into_iter().find(|role| Some(role.as_str()) == name).unwrap();
        if request.inputs.iter().all(|input| input.role != role) {
            request = request.input(role, url("needed.png"));
        }
    }
    request
}

/// A model of a vendor that renders drafts, if one does.
pub(crate) fn of_drafts(vendor: Vendor) -> &'static str {
    let mut takers = Capabilities::all(vendor).filter(|entry| entry.field("draft").is_some());
    takers.next().map_or(vendor.default_model(), |entry| entry.model.id)
}

/// The simulator's type for a vendor.
pub(crate) fn simulated(vendor: Vendor) -> videogen_sim::Vendor {
    vendor.into()
}

pub(crate) fn url(name: &str) -> Source {
    format!("https://media.example.com/{name}").parse().unwrap()
}

fn asset(name: &str) -> Source {
    format!("asset://{name}").parse().unwrap()
}

/// Named requests to `model`; not every vendor can express each of them.
pub(crate) fn cases(vendor: Vendor, model: &str) -> Vec<(&'static str, VideoRequest)> {
    let new = || VideoRequest::new(model, "A kite pulls a small sledge over the ice");
    let mut with_extra = new();
    with_extra.extra = json!({"camera": "crane", "metadata": {"style": "film"}})
        .as_object()
        .unwrap()
        .clone();
    let family = vendor.families().next().unwrap();
    let data = Source::Data {
        media_type: "image/png".to_owned(),
        bytes: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x02\xd0\x08\x02\0\0\0".to_vec(),
    };
    let rules = Capabilities::of(vendor, model);
    vec![
        ("text", new()),
        (
            "every_parameter",
            with_needed_inputs(&rules, every_parameter(&rules, new())),
        ),
        ("duration_seconds", new().duration(8)),
        ("duration_auto", new().duration_auto()),
        ("frames", new().frames(57)),
        ("seed_zero", new().seed(0)),
        ("seed_minus_one", new().seed(-1)),
        (
            "switches_off",
            new().generate_audio(false).watermark(false).camera_fixed(false),
        ),
        ("first_frame", new().input(Role::FirstFrame, url("first.png"))),
        ("first_frame_asset", new().input(Role::FirstFrame, asset("img-1"))),
        ("first_frame_local", new().input(Role::FirstFrame, data)),
        (
            "first_and_last_frame",
            new()
                .input(Role::FirstFrame, url("first.png"))
                .input(Role::LastFrame, url("last.png")),
        ),
        ("reference_image", new().input(Role::ReferenceImage, url("ref.png"))),
        (
            "reference_images",
            new()
                .input(Role::ReferenceImage, url("a.png"))
                .input(Role::ReferenceImage, url("b.png")),
        ),
        ("reference_video", new().input(Role::ReferenceVideo, url("ref.mp4"))),
        (
            "references_mixed",
            new()
                .input(Role::ReferenceImage, url("ref.png"))
                .input(Role::ReferenceVideo, asset("clip-1"))
                .input(Role::ReferenceAudio, url("ref.mp3")),
        ),
        (
            "frames_and_references",
            new()
                .input(Role::FirstFrame, url("first.png"))
                .input(Role::ReferenceImage, url("ref.png")),
        ),
        ("last_frame_alone", new().input(Role::LastFrame, url("last.png"))),
        ("audio_alone", new().input(Role::ReferenceAudio, url("ref.mp3"))),
        ("draft", new().draft(true)),
        (
            "draft_task",
            new().draft_task(TaskId::new(vendor, family, "draft-1").unwrap()),
        ),
        ("tools", new().tool("web_search")),
        (
            "edit",
            new()
                .input(Role::ReferenceVideo, url("ref.mp4"))
                .video_operation("edit")
                .aspect_ratio("adaptive")
                .duration_auto(),
        ),
        (
            "edit_without_adaptive",
            new()
                .input(Role::ReferenceVideo, url("ref.mp4"))
                .video_operation("edit")
                .aspect_ratio("16:9"),
        ),
        ("output_format", new().output_format("mov")),
        ("client_reference", new().client_reference("order-1")),
        ("callback", new().callback_url("https://hooks.example.com/v")),
        ("extra", with_extra),
        ("too_long", new().duration(99).resolution("8K").aspect_ratio("5:1")),
    ]
}

/// `request` with every field set that `rules` support.
pub(crate) fn every_parameter(rules: &Capabilities, mut request: VideoRequest) -> VideoRequest {
    let has = |name: &str| rules.field(name).is_some();
    let model = rules.model;
    request.duration = has("duration").then(|| model.duration.nearest(60).into());
    request.resolution = has("resolution").then(|| model.resolutions[0].to_owned());
    request.aspect_ratio = has("aspect_ratio").then(|| model.aspect_ratios[0].to_owned());
    request.generate_audio = has("generate_audio").then_some(true);
    request.seed = has("seed").then_some(7);
    request.watermark = has("watermark").then_some(true);
    request.camera_fixed = has("camera_fixed").then_some(true);
    request.return_last_frame = has("return_last_frame").then_some(true);
    request.service_tier = has("service_tier").then(|| "flex".to_owned());
    request.expires_after = has("expires_after").then_some(7200);
    request.safety_identifier = has("safety_identifier").then(|| "customer-77".to_owned());
    request.callback_url = has("callback_url").then(|| "https://hooks.example.com/v".into());
    request.client_reference = has("client_reference").then(|| "order-1".to_owned());
    request.output_format = has("output_format").then(|| "mov".to_owned());
    request.draft = has("draft").then_some(false);
    if has("tools") {
        request = request.tool("web_search");
    }
    if has("metadata") {
        request.metadata = json!({"campaign": "autumn"}).as_object().unwrap().clone();
    }
    request
}

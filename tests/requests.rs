//! Requests for the property tests: valid ones, invalid ones, and those that only a caller in Rust can build.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value, json};
use videogen::facts::Capabilities;
use videogen::facts::{Field, Frames};
use videogen::{Input, Role, SecretUrl, Source, Vendor, VideoRequest};

/// Placeholder for the id of a draft that exists in the simulator.
const DRAFT: &str = "a-real-draft";
/// Values of each field that does not depend on the model: valid ones, then odd ones.
const VALUES: &str = r#"{
    "prompt": [["A kite over the ice", "é 🪁 \u200b", "\u0000", "\"}]\\"], ["", " ", "\t\r\n", "\u2003"]],
    "seed": [[-1, 0, 1, 7, 4294967295], [-2, 4294967296, -9223372036854775808, 9223372036854775807]],
    "service_tier": [["default", "flex"], ["", "Flex", "priority"]],
    "video_operation": [["edit", "extend"], ["auto", "generate", "", "Edit"]],
    "output_format": [["mp4", "mov"], ["", "MOV", "webm"]],
    "expires_after": [[3600, 3601, 7200, 259200], [0, 3599, 259201, 4294967295]],
    "safety_identifier": [["customer-77", "A64", "E64"], ["", "A64x", "E64é"]],
    "generate_audio": [[true, false], [true]], "watermark": [[true, false], [true]],
    "camera_fixed": [[true, false], [true]], "return_last_frame": [[true, false], [true]],
    "draft": [[true, false], [true]], "client_reference": [["order-1", "ö\u0000 ", "A64A64A64A64A64"], [""]],
    "metadata": [[{"campaign": "autumn"}, {"a": {"b": [1, -2.5, null, "é"]}, "": 18446744073709551615}], [{"x": null}]],
    "tools": [
        [[{"type": "web_search"}], [{"type": "web_search", "limit": 3, "deep": {"on": null}}, {"type": ""}]],
        [[{"type": "typed twice"}]]
    ],
    "callback_url": [
        ["http://127.0.0.1:9/hook", "http://localhost:9/hook?token=1#x", "http://[::1]:9", "http://127.1:9/a",
            "https://hooks.example.com/v?a=%20", "HTTP://LOCALHOST:9/"],
        ["", "hook", "//hooks.example.com", "http://", "https://", "ftp://hooks.example.com/", "mailto:a@example.com",
            "http://hooks.example.com/", "http://0.0.0.0/", "https:hooks.example.com", "http://127.1:9/a b",
            "HTTPS://hooks.example.com/", " https://hooks.example.com/", "https://hooks.example.com/\n",
            "https://hooks.example.com/a b", "https://hooks.example.com/{id}", "https://hooks.example.com/%zz",
            "https://h:99999/", "https://münchen.example/ü", "https:\\\\hooks.example.com\\v"]
    ],
    "extra": [
        [{"camera": "crane"}, {"": [null, 1e300], "deep": {"a": {"b": []}}}, {"input_has_video": true, "ratio_": 1}],
        [{"metadata": 5}, {"metadata": {"seed": 1, "x": 2}}, {"metadata": {"style": "film"}}, {"content": []}]
    ]
}"#;
const TIERS: &str = "480p 360p 540p 720p 1080p 1K 2K 4K 4k 8K 720P";
const RATIOS: &str = "16:9 adaptive 9:16 1:1 4:3 3:4 21:9 9:21 2:1 16/9";
const MODELS: &str = "seedance-9 doubao-seedance-9 doubao-seedance- Seedance-2.0 * é";
pub(crate) const ROLES: &str = "first_frame last_frame reference_image reference_video reference_audio";
/// Combinations of roles; not every model supports each.
const SETS: &str = "first_frame,first_frame last_frame,reference_image,reference_video reference_image,\
    reference_audio reference_image,first_frame last_frame reference_image reference_video reference_audio,\
    first_frame reference_audio";
const MEDIA: &str = "https://media.example.com/a.png http://localhost:9/a.png asset://img-1 data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAABQAAAALQCAIAAAA=";
/// Odd sources, parsed or constructed directly: see [`unparsed`].
const ODD_MEDIA: &str = "HTTPS://media.example.com/A http://media.example.com/a http://10.0.0.1/a https:media.example.com/a data:;base64, asset://unparsed:asset \
    asset://unparsed: asset://unparsed:media asset://unparsed:ftp://h/a asset://unparsed:https://";

type Gen<T = Value> = BoxedStrategy<T>;

fn one(values: impl IntoIterator<Item = impl Into<Value>>) -> Gen {
    select(values.into_iter().map(Into::into).collect::<Vec<_>>()).boxed()
}

fn words(text: &str) -> Gen {
    one(text.split_whitespace())
}

fn models(vendor: Vendor) -> Gen {
    let known = one(Capabilities::all(vendor).map(|entry| entry.model.id));
    prop_oneof![60 => known, 16 => words(MODELS), 1 => one(["", " ", "\u{2003}\n", "seedance-2.0 "])].boxed()
}

/// Requests to any model of `vendor`: many valid, many with one error, some with many.
pub(crate) fn requests(vendor: Vendor) -> impl Strategy<Value = VideoRequest> {
    (models(vendor), 0..12_u8).prop_flat_map(move |(model, bold)| {
        let rules = Capabilities::of(vendor, model.as_str().unwrap());
        let (names, members): (Vec<_>, Vec<_>) = members(rules, bold == 0).into_iter().unzip();
        (members, 0..4_u8).prop_map(move |(members, both)| {
            let mut fields: Map<_, _> = names.iter().cloned().zip(members).collect();
            fields.retain(|_, value| !value.is_null());
            fields.insert("model".to_owned(), model.clone());
            fields.entry("prompt").or_insert(json!("x"));
            // Together they are rejected, so this is rare.
            if fields.contains_key("frames") && both > 0 {
                fields.remove("duration");
            }
            unparsed(serde_json::from_value(fields.into()).unwrap())
        })
    })
}

/// A choice of value for each field; null means absent.
fn members(rules: Capabilities, wild: bool) -> Vec<(String, Gen)> {
    let (model, vendor) = (rules.model, rules.vendor);
    let mut found = Vec::new();
    let mut add = |name: &str, good: Gen, odd: Gen| {
        let (none, some, strange) = match (wild, rules.field(name).is_some()) {
            _ if name == "prompt" => (1, 400, 10),
            _ if name == "inputs" => (60, 40, if wild { 60 } else { 8 }),
            (true, _) => (2, 1, 1),
            (false, true) => (60, 36, 3),
            // Members beyond the fields of a request are accepted by all vendors.
            (false, false) if name == "extra" => (60, 36, 3),
            (false, false) => (197, 2, 1),
        };
        let choice = prop_oneof![none => Just(Value::Null), some => good, strange => odd];
        found.push((name.to_owned(), choice.boxed()));
    };
    let text = VALUES.replace("A64", &"a".repeat(64)).replace("E64", &"é".repeat(64));
    for (name, values) in object(serde_json::from_str(&text).unwrap()) {
        let [good, mut odd] = [0, 1].map(|at| values[at].as_array().unwrap().clone());
        if name == "extra" {
            let fields = rules.model.request.fields.iter();
            let tops = fields.map(|field| field.wire.split('.').next().unwrap());
            odd.extend(tops.map(|top| json!({top: "mine"})));
        }
        // Without documented bounds, the odd ones are valid too.
        let bounded = |field: &Field| field.minimum.is_some() || field.max_length.is_some();
        let free = ["seed", "expires_after"].contains(&name.as_str()) && !rules.field(&name).is_some_and(bounded);
        add(&name, one(if free { odd.clone() } else { good }), one(odd));
    }
    // Without a maximum, any length is valid.
    let (min, max) = (model.duration.min, model.duration.max.unwrap_or(60));
    let lengths = (min..=max).filter(|seconds| model.duration.allows(*seconds));
    let lengths = lengths.map(Value::from);
    let lengths = lengths.chain(model.duration.auto.map(|_| json!("auto")));
    let odd = [0, 1, min - 1, min + 1, max + 1, 16, 61, u32::MAX].map(Value::from);
    add("duration", one(lengths), one(odd.into_iter().chain([json!("auto")])));
    let frames = |rule: Frames| (rule.min..=rule.max).step_by(rule.step as usize).collect();
    let odd = [0, 25, 28, 29, 30, 31, 288, 289, 290, 293, u32::MAX];
    add("frames", one(model.frames.map_or(vec![29], frames)), one(odd));
    for (name, offered, any) in [
        ("resolution", rules.values("resolution"), TIERS),
        ("aspect_ratio", rules.values("aspect_ratio"), RATIOS),
    ] {
        let all = any.split_whitespace().chain(["", " 720p"]);
        let good: Vec<_> = if offered.is_empty() {
            all.clone().collect()
        } else {
            offered.to_vec()
        };
        add(name, one(good), one(all));
    }
    let drafts = |vendor: &Vendor| format!("{vendor}:{}:{DRAFT}", vendor.families().next().unwrap());
    let others = Vendor::ALL.iter().filter(|other| **other != vendor).map(drafts);
    add("draft_task", one([drafts(&vendor)]), one(others));
    add("inputs", good_inputs(rules), odd_inputs());
    found
}

/// Media that the model supports, in any order.
fn good_inputs(rules: Capabilities) -> Gen {
    let rules = rules.model.inputs;
    let picks = prop::collection::vec((1..10_u32, any::<Index>()), 5);
    let media = (select(SETS.split(',').collect::<Vec<_>>()), picks).prop_map(move |(set, picks)| {
        let rule_of = |role: &str| rules.iter().find(|rule| rule.role == role);
        let taken = set.split(' ').filter_map(rule_of);
        let inputs = taken.zip(picks).flat_map(|(rule, (count, source))| {
            // Kinds of sources that a request cannot state as text have none here.
            let of_kind = |kind: &&str| {
                MEDIA
                    .split(' ')
                    .find(|text| text.starts_with(&kind.replace("url", "https")))
            };
            let sources: Vec<_> = rule.sources.iter().filter_map(of_kind).collect();
            let source = *source.get(&sources);
            vec![json!({"role": rule.role, "source": source}); count.min(rule.max.unwrap_or(count)) as usize]
        });
        inputs.collect::<Vec<_>>()
    });
    media.prop_shuffle().prop_map(Value::from).boxed()
}

/// Any media in any number, or too many of one.
fn odd_inputs() -> Gen {
    let odd = ODD_MEDIA.split_whitespace().chain([" https://media.example.com/a"]);
    let odd = one(odd.filter(|text| text.parse::<Source>().is_ok()));
    let source = prop_oneof![24 => words(MEDIA), 1 => odd];
    let input = (words(ROLES), source).prop_map(|(role, source)| json!({"role": role, "source": source}));
    let mixed = prop::collection::vec(input.clone(), 1..7);
    let crowd = (input, 1..11_usize).prop_map(|(input, count)| vec![input; count]);
    prop_oneof![mixed, crowd].prop_map(Value::from).boxed()
}

/// Adds values that JSON cannot represent but a caller in Rust can.
fn unparsed(mut request: VideoRequest) -> VideoRequest {
    for Input { role, source } in &mut request.inputs {
        // Sent as it is, where a file would be uploaded if the model takes no inline media.
        if matches!(source, Source::File(_)) {
            let (media_type, bytes) = match role {
                Role::ReferenceAudio => ("audio/wav", b"RIFF\0\0\0\0WAVEfmt ".to_vec()),
                Role::ReferenceVideo => ("video/mp4", crate::uploads::media::mp4(2)),
                _ => (
                    "image/png",
                    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x05\0\0\0\x02\xd0\x08\x02\0\0\0".to_vec(),
                ),
            };
            *source = Source::Data {
                media_type: media_type.to_owned(),
                bytes,
            };
        }
        if let Source::Asset(id) = &source
            && let Some(text) = id.strip_prefix("unparsed:")
        {
            *source = match text {
                "asset" => Source::Asset(String::new()),
                _ => Source::Url(SecretUrl::new(text)),
            };
        }
    }
    // A setting must not replace the kind of tool.
    for tool in request.tools.iter_mut().filter(|tool| tool.kind == "typed twice") {
        tool.settings.insert("type".to_owned(), json!(5));
    }
    request
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

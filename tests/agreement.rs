//! Validation and the simulator read the same specs, each with code of its own. Here thousands of generated requests
//! ask both, and where they disagree one of them is wrong.
//!
//! What validation accepts is submitted. What it refuses cannot be, so [`wire_body`] writes the body of any request by
//! itself; that it writes what the adapters would is held against `plan` for every request that is accepted. A refused
//! request is then judged both ways: what the simulator refuses, validation names; and what it takes breaks only rules
//! that are listed in [`facade_only`].

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::panic::{AssertUnwindSafe, catch_unwind};

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use serde_json::{Map, Value, json};
use tokio::runtime::Runtime;
use videogen::facts::{Field, Frames};
use videogen::{
    Capabilities, Client, Input, Role, SecretUrl, Source, TaskId, Vendor, VideoDuration, VideoRequest, Violation, plan,
    validate,
};
use videogen_sim::Simulator;

/// Requests for each vendor.
const CASES: u32 = 4_000;
/// The same requests in every run.
const SEED: &[u8; 32] = b"validation and simulator agree!!";
/// The id that stands for a draft which the simulator really has.
const DRAFT: &str = "a-real-draft";
/// Everything a violation can be about: fields, roles, and what concerns several of them.
const SUBJECTS: &str = "model prompt duration frames resolution aspect_ratio generate_audio seed watermark camera_fixed \
    return_last_frame service_tier expires_after safety_identifier callback_url client_reference draft draft_task tools \
    metadata first_frame last_frame reference_image reference_video reference_audio inputs extra";

/// For each field that does not depend on the model: values that are good where there are rules, then odd ones.
const VALUES: &str = r#"{
    "prompt": [["A kite over the ice", "é 🪁 \u200b", "\u0000", "\"}]\\"], ["", " ", "\t\r\n", "\u2003"]],
    "seed": [[-1, 0, 1, 7, 4294967295], [-2, 4294967296, -9223372036854775808, 9223372036854775807]],
    "service_tier": [["default", "flex"], ["", "Flex", "priority"]],
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
const TIERS: &str = "480p 360p 540p 720p 1080p 1K 2K 4K 8K 720P";
const RATIOS: &str = "16:9 adaptive 9:16 1:1 4:3 3:4 21:9 9:21 2:1 16/9";
const MODELS: &str = "seedance-9 doubao-seedance-9 doubao-seedance- Seedance-2.0 * é";
const ROLES: &str = "first_frame last_frame reference_image reference_video reference_audio";
/// Roles that stand together in a request; not every model takes every set.
const SETS: &str = "first_frame,first_frame last_frame,reference_image,reference_video reference_image,\
    reference_audio reference_image,first_frame last_frame reference_image reference_video reference_audio,\
    first_frame reference_audio";
const MEDIA: &str = "https://media.example.com/a.png http://h/ asset://img-1 data:image/png;base64,iVBORw0K";
/// What the parser of sources makes of these is as odd as what a caller can build without it: see [`unparsed`].
const ODD_MEDIA: &str = "HTTPS://media.example.com/A https:media.example.com/a data:;base64, asset://unparsed:asset \
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

/// Requests to any model of `vendor`: a good part of them valid, many with one thing wrong, some with everything.
fn requests(vendor: Vendor) -> impl Strategy<Value = VideoRequest> {
    (models(vendor), 0..12_u8).prop_flat_map(move |(model, bold)| {
        let rules = Capabilities::of(vendor, model.as_str().unwrap());
        let (names, members): (Vec<_>, Vec<_>) = members(rules, bold == 0).into_iter().unzip();
        (members, 0..4_u8).prop_map(move |(members, both)| {
            let mut fields: Map<_, _> = names.iter().cloned().zip(members).collect();
            fields.retain(|_, value| !value.is_null());
            fields.insert("model".to_owned(), model.clone());
            fields.entry("prompt").or_insert(json!("x"));
            // Together they are refused, which need not become of most requests with frames.
            if fields.contains_key("frames") && both > 0 {
                fields.remove("duration");
            }
            unparsed(serde_json::from_value(fields.into()).unwrap())
        })
    })
}

/// A choice of value for each field; null stands for absent.
fn members(rules: Capabilities, wild: bool) -> Vec<(String, Gen)> {
    let (model, vendor) = (rules.model, rules.vendor);
    let mut found = Vec::new();
    let mut add = |name: &str, good: Gen, odd: Gen| {
        let (none, some, strange) = match (wild, rules.field(name).is_some()) {
            _ if name == "prompt" => (1, 400, 10),
            _ if name == "inputs" => (60, 40, if wild { 60 } else { 8 }),
            (true, _) => (2, 1, 1),
            (false, true) => (60, 36, 3),
            // What vendors take beyond the fields of a request, all of them do.
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
            let fields = rules.family.fields.iter();
            let tops = fields.map(|field| field.wire.split('.').next().unwrap());
            odd.extend(tops.map(|top| json!({top: "mine"})));
        }
        // Where the vendor states no bounds, the odd ones are as good.
        let bounded = |field: &Field| field.minimum.is_some() || field.max_length.is_some();
        let free = ["seed", "expires_after"].contains(&name.as_str()) && !rules.field(&name).is_some_and(bounded);
        add(&name, one(if free { odd.clone() } else { good }), one(odd));
    }
    // Where no longest is known, any length is as good as the next.
    let (min, max) = (model.duration.min, model.duration.max.unwrap_or(60));
    let lengths = (min..=max).map(Value::from);
    let lengths = lengths.chain(model.duration.auto.map(|_| json!("auto")));
    let odd = [0, 1, min - 1, max + 1, 16, 61, u32::MAX].map(Value::from);
    add("duration", one(lengths), one(odd.into_iter().chain([json!("auto")])));
    let frames = |rule: Frames| (rule.min..=rule.max).step_by(rule.step as usize).collect();
    let odd = [0, 25, 28, 29, 30, 31, 288, 289, 290, 293, u32::MAX];
    add("frames", one(model.frames.map_or(vec![29], frames)), one(odd));
    for (name, offered, any) in [
        ("resolution", model.resolutions, TIERS),
        ("aspect_ratio", model.aspect_ratios, RATIOS),
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

/// Media that the model takes, in any order.
fn good_inputs(rules: Capabilities) -> Gen {
    let rules = rules.model.inputs;
    let picks = prop::collection::vec((1..10_u32, any::<Index>()), 5);
    let media = (select(SETS.split(',').collect::<Vec<_>>()), picks).prop_map(move |(set, picks)| {
        let rule_of = |role: &str| rules.iter().find(|rule| rule.role == role);
        let taken = set.split(' ').filter_map(rule_of);
        let inputs = taken.zip(picks).flat_map(|(rule, (count, source))| {
            let scheme = source.get(rule.sources).replace("url", "https");
            let source = MEDIA.split(' ').find(|text| text.starts_with(&scheme)).unwrap();
            vec![json!({"role": rule.role, "source": source}); count.min(rule.max) as usize]
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

/// Puts in what JSON cannot say and a caller in Rust can.
fn unparsed(mut request: VideoRequest) -> VideoRequest {
    for Input { source, .. } in &mut request.inputs {
        if let Source::Asset(id) = &source
            && let Some(text) = id.strip_prefix("unparsed:")
        {
            *source = match text {
                "asset" => Source::Asset(String::new()),
                _ => Source::Url(SecretUrl::new(text)),
            };
        }
    }
    // A setting must not pass for the kind of tool itself.
    for tool in request.tools.iter_mut().filter(|tool| tool.kind == "typed twice") {
        tool.settings.insert("type".to_owned(), json!(5));
    }
    request
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap()
}

/// The body that stands for `request`, valid or not. A field without a place at the vendor is left out.
fn wire_body(vendor: Vendor, request: &VideoRequest) -> Value {
    let rules = Capabilities::of(vendor, &request.model);
    let mut fields = object(serde_json::to_value(request).unwrap());
    match request.duration {
        Some(VideoDuration::Auto) if vendor == Vendor::AllToken => fields.insert("duration".to_owned(), json!(-1)),
        Some(VideoDuration::Auto) => fields.remove("duration"),
        _ => None,
    };
    let mut body = json!({});
    for (name, value) in fields {
        let scalar = !matches!(name.as_str(), "inputs" | "draft_task" | "extra");
        if let Some(field) = rules.family.fields.iter().find(|field| field.name == name && scalar) {
            let pointer = field.wire.split('.').fold(&mut body, |place, step| &mut place[step]);
            *pointer = value;
        }
    }
    for input in &request.inputs {
        let (list, item) = medium(vendor, request, input, &rules);
        push(&mut body, list, item);
    }
    if vendor == Vendor::AllToken {
        if let Some(draft) = &request.draft_task {
            let draft = json!({"id": draft.id()});
            push(&mut body, "content", json!({"type": "draft_task", "draft_task": draft}));
        }
        if request.inputs_as(Role::ReferenceVideo).next().is_some() {
            body["input_has_video"] = json!(true);
        }
    }
    for (name, value) in &request.extra {
        match (&mut body[name], value) {
            (Value::Object(place), Value::Object(members)) => place.extend(members.clone()),
            (place, value) => *place = value.clone(),
        }
    }
    body
}

fn push(body: &mut Value, list: &str, item: Value) {
    match &mut body[list] {
        Value::Array(items) => items.push(item),
        none => *none = json!([item]),
    }
}

/// One medium, and the list that it goes to.
fn medium(vendor: Vendor, request: &VideoRequest, input: &Input, rules: &Capabilities) -> (&'static str, Value) {
    let (role, url) = (input.role, input.source.to_wire());
    let (kind, list) = match role {
        Role::ReferenceVideo => ("video_url", "video_with_roles"),
        Role::ReferenceAudio => ("audio_url", "audio_with_roles"),
        _ => ("image_url", "image_with_roles"),
    };
    let sounds_and_videos = [Role::ReferenceVideo, Role::ReferenceAudio].map(|role| request.inputs_as(role).count());
    let alone = request.inputs.len() - sounds_and_videos.iter().sum::<usize>() == 1;
    let rule = rules.model.inputs.iter().find(|rule| rule.role == role.as_str());
    let word = rule.map_or(role.as_str(), |rule| rule.wire_role);
    match (vendor, role) {
        (Vendor::Token360, Role::FirstFrame | Role::LastFrame) => (
            "frame_images",
            json!({"type": kind, "frame_type": role, kind: {"url": url}}),
        ),
        (Vendor::Token360, _) => (
            "input_references",
            json!({"type": kind, "role": "reference", kind: {"url": url}}),
        ),
        (Vendor::ToApis, Role::FirstFrame) if alone => ("image_urls", json!(url)),
        (Vendor::ToApis, _) => (list, json!({"role": word, "url": url})),
        _ => ("content", json!({"type": kind, "role": role, kind: {"url": url}})),
    }
}

/// The rules that the simulator cannot see broken, or whose breach the vendors put up with.
fn facade_only(vendor: Vendor, request: &VideoRequest, violation: &Violation) -> bool {
    let without = Capabilities::of(vendor, &request.model).model.without;
    match violation.field.as_str() {
        // A member that the vendor does not know does no harm there. It would be dropped, so the facade refuses it.
        name if violation.rule.ends_with("has no such parameter") => !without.contains(&name),
        // The specs do not say that these may not be blank or empty, save for one prompt.
        "model" => true,
        "prompt" => vendor != Vendor::AllToken || !request.prompt.is_empty(),
        "safety_identifier" | "client_reference" => violation.value == "\"\"",
        // The vendors let the frames win.
        "duration" if violation.rule.contains("frame count") => true,
        // One vendor takes 0 for "not set".
        "duration" if request.duration == Some(VideoDuration::Seconds(0)) => vendor == Vendor::AllToken,
        // "Let the model decide" is no value at the others: nothing is sent.
        "duration" if request.duration == Some(VideoDuration::Auto) => vendor != Vendor::AllToken,
        // The schema asks for a kind of tool, and takes any.
        "tools" => violation.value == "\"\"",
        // What overrides a field may be as good as what it overrides.
        "extra" => true,
        _ => false,
    }
}

/// What validation would call a field that the simulator finds fault with.
fn subjects(vendor: Vendor, request: &VideoRequest, wire: &str) -> BTreeSet<&'static str> {
    let inside = |place: &str| {
        let rest = wire.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let fields = Capabilities::of(vendor, &request.model).family.fields;
    // Two lists that a family may not have at all.
    let lists = [
        ("video_with_roles", "reference_video"),
        ("audio_with_roles", "reference_audio"),
    ];
    let places = fields.iter().map(|field| (field.wire, field.name)).chain(lists);
    let mut found: BTreeSet<_> = places
        .filter(|(place, _)| inside(place))
        .map(|(_, name)| name)
        .collect();
    if ROLES.split(' ').any(|role| found.contains(role)) {
        found.insert("inputs");
    }
    // Another model has other rules.
    if request.extra.keys().any(|key| key == "model" || inside(key)) {
        found.insert("extra");
    }
    found
}

/// What came of the requests to one vendor.
#[derive(Default)]
struct Tally {
    accepted: u32,
    refused_by_both: u32,
    refused_by_the_facade: u32,
    subjects: BTreeSet<String>,
}

/// Both judges, for one vendor.
struct Court {
    vendor: Vendor,
    simulator: Simulator,
    client: Client,
    http: reqwest::Client,
    draft: Option<TaskId>,
}

impl Court {
    async fn new(vendor: Vendor) -> Self {
        let simulator = Simulator::builder().manual_clock().start().await.unwrap();
        let base_url = simulator.base_url(vendor.as_str());
        let builder = Client::builder(vendor).key("sk-test".to_owned());
        let client = builder.base_url(base_url).build().unwrap();
        let request = VideoRequest::new(vendor.default_model(), "x").draft(true);
        let draft = client.submit(&request).await.ok().map(|task| task.id);
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            vendor,
            simulator,
            client,
            http,
            draft,
        }
    }

    /// Says what is wrong when the two judge differently.
    async fn judge(&self, mut request: VideoRequest, tally: &mut Tally) -> Result<(), String> {
        if let (Some(draft), Some(real)) = (&mut request.draft_task, &self.draft)
            && draft.vendor() == self.vendor
        {
            *draft = real.clone();
        }
        let violations = validate(self.vendor, &request);
        let fields = violations.iter().map(|violation| violation.field.clone());
        tally.subjects.extend(fields);
        let body = wire_body(self.vendor, &request);
        let differ = |what: &str, answer: &str| {
            let request = serde_json::to_string(&request).unwrap();
            format!("{what}\nrequest: {request}\nviolations: {violations:#?}\nbody: {body}\nsimulator: {answer}")
        };
        if violations.is_empty() {
            tally.accepted += 1;
            let planned = plan(self.vendor, None, &request).map_err(|error| differ("no plan", &error.to_string()))?;
            if planned.body != body {
                return Err(differ("the adapter writes another body", &planned.body.to_string()));
            }
            let submitted = self.client.submit(&request).await.map(drop);
            return submitted.map_err(|error| differ("validation takes it", &error.to_string()));
        }
        let path = Capabilities::of(self.vendor, &request.model).family.path;
        let url = format!("{}{path}", self.simulator.base_url(self.vendor.as_str()));
        let sent = self.http.post(url).bearer_auth("sk-test").json(&body).send();
        let response = sent.await.unwrap();
        let (status, answer) = (response.status(), response.text().await.unwrap());
        // What overrides a member may hide that it was wrong.
        let overridden = violations.iter().any(|violation| violation.field == "extra");
        let own = |violation: &&Violation| overridden || facade_only(self.vendor, &request, violation);
        if status.is_success() {
            tally.refused_by_the_facade += 1;
            return match violations.iter().find(|violation| !own(violation)) {
                Some(violation) => Err(differ(&format!("only validation minds: {violation}"), &answer)),
                None => Ok(()),
            };
        }
        tally.refused_by_both += 1;
        let message: Value = serde_json::from_str(&answer).unwrap();
        let message = message["error"]["message"].as_str().unwrap_or_default();
        let named = subjects(self.vendor, &request, message.split(": ").next().unwrap_or_default());
        let agrees = |found: &Violation| named.contains(found.field.as_str()) && (overridden || !own(&found));
        if status.as_u16() >= 500 || !violations.iter().any(agrees) {
            let what = format!("only the simulator minds {named:?}, HTTP {status}");
            return Err(differ(&what, &answer));
        }
        Ok(())
    }
}

/// What is asked of one case; it tells what is wrong, and counts.
pub(crate) type Check<V, T> = Box<dyn Fn(&V, &mut T) -> Result<(), String>>;
/// Gives `cases` generated values to the check of each vendor, one thread for each, and panics with the smallest that
/// fails. The seed is fixed, so that a failure comes again.
pub(crate) fn on_every_vendor<V: Debug + 'static, T: Default + Send>(
    (cases, seed): (u32, &[u8; 32]),
    prepare: impl Fn(Vendor) -> (BoxedStrategy<V>, Check<V, T>) + Sync,
) -> Vec<T> {
    let run = &|vendor: &Vendor| {
        let (values, check) = prepare(*vendor);
        let mut config = Config::with_cases(cases);
        (config.failure_persistence, config.max_shrink_iters) = (None, 2_000);
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, seed));
        let tally = RefCell::new(T::default());
        let result = runner.run(&values, |value| {
            let checked = catch_unwind(AssertUnwindSafe(|| check(&value, &mut tally.borrow_mut())));
            let checked = checked.unwrap_or_else(|_| Err("it panics".to_owned()));
            checked.map_err(TestCaseError::fail)
        });
        match result {
            Ok(()) => Ok(tally.into_inner()),
            Err(TestError::Fail(reason, _) | TestError::Abort(reason)) => {
                Err(format!("{vendor}, seed {}: {}", seed.escape_ascii(), reason.message()))
            }
        }
    };
    let (mut passed, mut failed) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let start = |vendor| scope.spawn(move || run(vendor));
        let threads: Vec<_> = Vendor::ALL.iter().map(start).collect();
        for thread in threads {
            match thread.join().unwrap() {
                Ok(tally) => passed.push(tally),
                Err(reason) => failed.push(reason),
            }
        }
    });
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
    passed
}

pub(crate) fn runtime() -> Runtime {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().unwrap()
}

#[test]
fn validation_and_the_simulator_agree() {
    let tallies = on_every_vendor((CASES, SEED), |vendor| {
        let runtime = runtime();
        let court = runtime.block_on(Court::new(vendor));
        let check =
            move |request: &VideoRequest, tally: &mut Tally| runtime.block_on(court.judge(request.clone(), tally));
        (requests(vendor).boxed(), Box::new(check))
    });
    let sum = |count: fn(&Tally) -> u32| tallies.iter().map(count).sum::<u32>();
    let (accepted, both) = (sum(|tally| tally.accepted), sum(|tally| tally.refused_by_both));
    let facade = sum(|tally| tally.refused_by_the_facade);
    let all = accepted + both + facade;
    println!("{all} requests: {accepted} accepted, {both} refused by both, {facade} by the facade alone");
    // Else the test would go on passing when it has stopped to ask anything.
    assert!(all >= 10_000 && accepted * 10 >= all * 3 && both * 5 >= all && facade * 20 >= all);
    let seen = tallies.iter().flat_map(|tally| &tally.subjects).map(String::as_str);
    let seen: BTreeSet<_> = seen.collect();
    assert_eq!(seen, SUBJECTS.split_whitespace().collect());
}

//! Validation and the simulator read the same specs with separate code. This test compares them on thousands of
//! generated requests; where they disagree, one of them is wrong.
//!
//! Valid requests are submitted. Invalid ones cannot be, so [`wire_body`] writes the body of any request
//! separately; for valid requests it is compared with `plan`. An invalid
//! request is checked in both directions: validation reports every violation that the simulator reports; and requests
//! that the simulator accepts violate only rules listed in [`facade_only`], or unverified rules, which it reports. A request
//! that violates only those is also submitted with the permission to break them.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use videogen::facts::{Auto, Capabilities};
use videogen::submit::{plan, validate};
use videogen::{Client, Input, Role, TaskId, Vendor, VideoDuration, VideoRequest, Violation};
use videogen_sim::Simulator;

use crate::property::{on_every_vendor, runtime};
use crate::requests::{ROLES, object, requests};

/// Number of requests for each vendor.
const CASES: u32 = 1_500;
/// Fixed seed.
const SEED: &[u8; 32] = b"validation and simulator agree!!";
/// All subjects of violations: fields, roles, and combinations.
const SUBJECTS: &str = "model prompt duration frames resolution aspect_ratio generate_audio seed watermark camera_fixed \
    return_last_frame service_tier expires_after safety_identifier callback_url client_reference draft draft_task tools \
    video_operation output_format metadata first_frame last_frame reference_image reference_video reference_audio inputs extra";

/// Whether "let the model decide" has a value.
fn writes_auto(vendor: Vendor, rules: &Capabilities) -> bool {
    matches!(vendor, Vendor::AllToken | Vendor::Ark) || rules.model.duration.auto == Some(Auto::MinusOne)
}

/// The body of `request`, valid or not. A field without a counterpart at the vendor is omitted.
fn wire_body(vendor: Vendor, request: &VideoRequest) -> Value {
    let rules = Capabilities::of(vendor, &request.model);
    let mut fields = object(serde_json::to_value(request).unwrap());
    match request.duration {
        Some(VideoDuration::Auto) if writes_auto(vendor, &rules) => fields.insert("duration".to_owned(), json!(-1)),
        Some(VideoDuration::Auto) => fields.remove("duration"),
        _ => None,
    };
    if request.prompt.is_empty() {
        fields.remove("prompt");
    }
    let mut body = json!({});
    if vendor == Vendor::Ark
        && let Some(prompt) = fields.remove("prompt")
    {
        push(&mut body, "content", json!({"type": "text", "text": prompt}));
    }
    for (name, value) in fields {
        let scalar = !matches!(name.as_str(), "inputs" | "draft_task" | "extra");
        if let Some(field) = rules
            .model
            .request
            .fields
            .iter()
            .find(|field| field.name == name && scalar)
        {
            let word = field.words.iter().find(|word| value == word.value);
            let pointer = field.wire.split('.').fold(&mut body, |place, step| &mut place[step]);
            *pointer = word.map_or(value, |word| json!(word.wire));
        }
    }
    for input in &request.inputs {
        let (list, item) = medium(vendor, request, input, &rules);
        push(&mut body, list, item);
    }
    if let (Vendor::AllToken | Vendor::Ark, Some(draft)) = (vendor, &request.draft_task) {
        let draft = json!({"id": draft.id()});
        push(&mut body, "content", json!({"type": "draft_task", "draft_task": draft}));
    }
    if vendor == Vendor::AllToken && request.inputs_as(Role::ReferenceVideo).next().is_some() {
        body["input_has_video"] = json!(true);
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

/// One medium, and its list in the body.
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
        (Vendor::Token360 | Vendor::OpenRouter, Role::FirstFrame | Role::LastFrame) => (
            "frame_images",
            json!({"type": kind, "frame_type": role, kind: {"url": url}}),
        ),
        (Vendor::Token360, _) => (
            "input_references",
            json!({"type": kind, "role": "reference", kind: {"url": url}}),
        ),
        (Vendor::OpenRouter, _) => ("input_references", json!({"type": kind, kind: {"url": url}})),
        (Vendor::ToApis, Role::FirstFrame) if alone => ("image_urls", json!(url)),
        (Vendor::ToApis, _) => (list, json!({"role": word, "url": url})),
        _ => ("content", json!({"type": kind, "role": role, kind: {"url": url}})),
    }
}

/// Rules whose violation the simulator cannot see, or the vendors tolerate.
fn facade_only(vendor: Vendor, request: &VideoRequest, violation: &Violation) -> bool {
    let rules = Capabilities::of(vendor, &request.model);
    let without = rules.model.without;
    match violation.field.as_str() {
        // Vendors ignore unknown members. They would be dropped, so the facade rejects them.
        name if violation.rule.ends_with(&format!("does not support `{name}`")) => !without.contains(&name),
        name if violation
            .rule
            .ends_with(&format!("where `{name}` goes in its request is not known")) =>
        {
            rules.field(name).is_none()
        }
        // Nor does the simulator, where the model's roles are unverified.
        role if violation.rule.ends_with("this input role") && rules.model.unverified.contains(&"inputs") => {
            rules.field(role).is_none()
        }
        // The specs do not forbid blank values, and of empty ones only a prompt.
        "model" => true,
        "prompt" => !request.prompt.is_empty(),
        "safety_identifier" | "client_reference" => violation.value == "\"\"",
        "resolution" | "aspect_ratio" if violation.value == "\"\"" => rules
            .field(&violation.field)
            .is_some_and(|field| field.values.is_empty()),
        // The vendors prefer the frames.
        "duration" if violation.rule.contains("frame count") => true,
        // Some vendors take a 0 for "auto" or "not set".
        "duration" if request.duration == Some(VideoDuration::Seconds(0)) => rules.model.duration.zero.is_some(),
        // The others have no value for "let the model decide": nothing is sent.
        "duration" if request.duration == Some(VideoDuration::Auto) => !writes_auto(vendor, &rules),
        // An overriding value may be valid too.
        "extra" => true,
        _ => false,
    }
}

/// The subject in validation of a field that the simulator rejects.
fn subjects(vendor: Vendor, request: &VideoRequest, wire: &str) -> BTreeSet<&'static str> {
    let inside = |place: &str| {
        let rest = wire.strip_prefix(place);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    let fields = Capabilities::of(vendor, &request.model).model.request.fields;
    // Lists that a family may lack.
    let lists = [
        ("image_with_roles", "first_frame"),
        ("image_with_roles", "last_frame"),
        ("image_with_roles", "reference_image"),
        ("video_with_roles", "reference_video"),
        ("audio_with_roles", "reference_audio"),
    ];
    let places = fields.iter().map(|field| (field.wire, field.name)).chain(lists);
    let mut found: BTreeSet<_> = places
        .filter(|(place, _)| inside(place))
        .map(|(_, name)| name)
        .collect();
    // A required input has no place of its own.
    found.extend(ROLES.split(' ').chain(["inputs"]).filter(|name| *name == wire));
    if ROLES.split(' ').any(|role| found.contains(role)) {
        found.insert("inputs");
    }
    // Another model has other rules.
    if request.extra.keys().any(|key| key == "model" || inside(key)) {
        found.insert("extra");
    }
    found
}

/// Results for one vendor.
#[derive(Default)]
struct Tally {
    accepted: u32,
    refused_by_both: u32,
    refused_by_the_facade: u32,
    overridden: u32,
    subjects: BTreeSet<String>,
}

/// Validation and simulator, for one vendor.
struct Court {
    vendor: Vendor,
    simulator: Simulator,
    client: Client,
    http: reqwest::Client,
    draft: Option<TaskId>,
}

impl Court {
    async fn new(vendor: Vendor) -> Self {
        let simulator = Simulator::builder()
            .manual_clock()
            .any_asset(true)
            .start()
            .await
            .unwrap();
        let base_url = simulator.base_url(crate::cases::simulated(vendor));
        let builder = Client::builder(vendor)
            .retry(videogen::RetryPolicy::never())
            .key("sk-test".to_owned());
        let client = builder.base_url(base_url).build().unwrap();
        let request = VideoRequest::new(crate::cases::of_drafts(vendor), "x").draft(true);
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

    /// Returns the disagreement, if any.
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
        if violations.iter().all(|violation| violation.unverified) {
            let mut request = request.clone();
            request.allow_unverified = violations.iter().map(|violation| violation.field.clone()).collect();
            let planned = match plan(self.vendor, None, &request) {
                Ok(planned) => planned,
                // The types of members that no field stands for are checked when the body is written.
                Err(error) if !request.extra.is_empty() && error.to_string().contains("extra members") => return Ok(()),
                Err(error) => return Err(differ("no plan", &error.to_string())),
            };
            if planned.body != body {
                return Err(differ("the adapter writes another body", &planned.body.to_string()));
            }
            if planned.overridden != violations {
                return Err(differ("the plan conceals a rule", &format!("{:?}", planned.overridden)));
            }
            tally.overridden += u32::from(!violations.is_empty());
        }
        if violations.is_empty() {
            tally.accepted += 1;
            let submitted = self.client.submit(&request).await.map(drop);
            return submitted.map_err(|error| differ("validation takes it", &error.to_string()));
        }
        let path = Capabilities::of(self.vendor, &request.model).model.request.path;
        let url = format!(
            "{}{path}",
            self.simulator.base_url(crate::cases::simulated(self.vendor))
        );
        let sent = self.http.post(url).bearer_auth("sk-test").json(&body).send();
        let response = sent.await.unwrap();
        let reported = response.headers().get("x-videogen-unverified-rules");
        let reported = reported.map_or("", |header| header.to_str().unwrap()).split(", ");
        let reported: BTreeSet<_> = reported
            .flat_map(|wire| subjects(self.vendor, &request, wire))
            .collect();
        let (status, answer) = (response.status(), response.text().await.unwrap());
        // An overriding value may hide an invalid one.
        let overridden = violations.iter().any(|violation| violation.field == "extra");
        let own = |violation: &&Violation| overridden || facade_only(self.vendor, &request, violation);
        // The vendor's own word for a value that users spell otherwise.
        let rules = Capabilities::of(self.vendor, &request.model);
        let respelt = |found: &&Violation| {
            let words = rules.field(&found.field).map_or(&[][..], |field| field.words);
            words.iter().any(|word| word.wire == found.value)
        };
        if status.is_success() {
            tally.refused_by_the_facade += 1;
            let known = |found: &&Violation| {
                own(found) || respelt(found) || (found.unverified && reported.contains(found.field.as_str()))
            };
            return match violations.iter().find(|violation| !known(violation)) {
                Some(violation) => Err(differ(&format!("only validation minds: {violation}"), &answer)),
                None => Ok(()),
            };
        }
        tally.refused_by_both += 1;
        let message: Value = serde_json::from_str(&answer).unwrap();
        let message = message["error"]["message"].as_str().unwrap_or_default();
        let named = subjects(self.vendor, &request, message.split(": ").next().unwrap_or_default());
        let enforced = |found: &Violation| !found.unverified && !own(&found);
        let agrees = |found: &Violation| named.contains(found.field.as_str()) && (overridden || enforced(found));
        // The caller's own members have a type in the schema, which only the body's writer checks.
        let minds_extra = named.contains("extra");
        if status.as_u16() >= 500 || !(minds_extra || violations.iter().any(agrees)) {
            let what = format!("only the simulator minds {named:?}, HTTP {status}");
            return Err(differ(&what, &answer));
        }
        Ok(())
    }
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
    let broken = sum(|tally| tally.overridden);
    println!(
        "{all} requests: {accepted} accepted, {both} refused by both, {facade} by the facade alone ({broken} overridden)"
    );
    // Otherwise the test would still pass if it no longer tested anything.
    assert!(all >= 3_750 && accepted * 10 >= all * 3 && both * 5 >= all && facade * 20 >= all && broken * 50 >= all);
    let seen = tallies.iter().flat_map(|tally| &tally.subjects).map(String::as_str);
    let seen: BTreeSet<_> = seen.collect();
    assert_eq!(seen, SUBJECTS.split_whitespace().collect());
}

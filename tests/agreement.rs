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
use videogen::facts::{Auto, Capabilities, Field, Form, Place};
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
    let auto = rules.model.duration.auto;
    matches!(vendor, Vendor::AllToken | Vendor::Ark) || matches!(auto, Some(Auto::MinusOne | Auto::Word))
}

/// The body of `request`, valid or not. A field without a counterpart at the vendor is omitted.
fn wire_body(vendor: Vendor, request: &VideoRequest) -> Value {
    let rules = Capabilities::of(vendor, &request.model);
    let mut fields = object(serde_json::to_value(request).unwrap());
    match request.duration {
        Some(VideoDuration::Auto) if rules.model.duration.auto == Some(Auto::Word) => {
            fields.insert("duration".to_owned(), json!("auto"))
        }
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
            .find(|field| field.name == name && scalar && field.place == Place::Body)
        {
            let word = field.words.iter().find(|word| value == word.value);
            *at(&mut body, field.wire) = match field.form {
                _ if word.is_some() => json!(word.map(|word| word.wire)),
                Form::Text(unit) if value.is_number() => json!(format!("{value}{unit}")),
                _ => value,
            };
        }
    }
    if vendor == Vendor::Replicate {
        for input in &request.inputs {
            let mut fields = rules.model.request.fields.iter();
            if let Some(field) = fields.find(|field| field.name == input.role.as_str()) {
                let (place, url) = (at(&mut body, field.wire), json!(input.source.to_wire()));
                match (field.form, place) {
                    (Form::Url, place) => *place = url,
                    (_, Value::Array(items)) => items.push(url),
                    (_, none) => *none = json!([url]),
                }
            }
        }
        // What the body itself has not is a member of the model's input.
        for (name, value) in &request.extra {
            let place = match name.as_str() {
                "version" | "webhook" | "webhook_events_filter" | "input" => &mut body[name],
                _ => &mut body["input"][name],
            };
            match (place, value) {
                (Value::Object(place), Value::Object(members)) => place.extend(members.clone()),
                (place, value) => *place = value.clone(),
            }
        }
        let defaults = [("input", json!({})), ("webhook_events_filter", json!(["completed"]))];
        for (name, value) in defaults {
            if body[name].is_null() && (name == "input" || request.callback_url.is_some()) {
                body[name] = value;
            }
        }
        body.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        return body;
    }
    for input in &request.inputs {
        let mut plain = rules.model.request.fields.iter();
        // A list of plain URLs, or the property that is one.
        let is_plain = |field: &&Field| field.form == Form::Url || field.item.is_some_and(|item| item.value.is_empty());
        let plain = plain.find(|field| field.name == input.role.as_str() && is_plain(field));
        if let Some(field) = plain {
            match field.item {
                Some(_) => push(&mut body, field.wire, json!(input.source.to_wire())),
                None => body[field.wire] = json!(input.source.to_wire()),
            }
            continue;
        }
        if vendor == Vendor::Fal {
            // The body has no place for it.
            continue;
        }
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

/// The headers of `request`, valid or not: numbers with their units.
fn wire_headers(vendor: Vendor, request: &VideoRequest) -> Vec<(&'static str, String)> {
    let values = object(serde_json::to_value(request).unwrap());
    let fields = Capabilities::of(vendor, &request.model).model.request.fields.iter();
    fields
        .filter(|field| field.place == Place::Header)
        .filter_map(|field| match field.form {
            Form::Text(unit) => Some((field.wire, format!("{}{unit}", values.get(field.name)?))),
            _ => Some((field.wire, values.get(field.name)?.to_string())),
        })
        .collect()
}

/// The place with this path, with dots.
fn at<'a>(body: &'a mut Value, wire: &str) -> &'a mut Value {
    wire.split('.').fold(body, |place, step| &mut place[step])
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
        // Where the body has no place for an input, the request is another one without it.
        role if violation.rule.ends_with("this input role") && vendor == Vendor::Fal => rules.field(role).is_none(),
        // Nor does a body that has one property for each role, and none for this role.
        role if ROLES.split(' ').any(|known| known == role)
            && rules.model.request.fields.iter().any(|field| field.form == Form::Url) =>
        {
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
    // A required input has no separate place.
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
        let http = crate::http::builder().build().unwrap();
        Self {
            vendor,
            simulator,
            client,
            http,
            draft,
        }
    }

    /// Where requests like this one go.
    fn url(&self, request: &VideoRequest) -> String {
        let model = Capabilities::of(self.vendor, &request.model).model;
        let endpoint = request.endpoint(model).replace(' ', "%20");
        let path = model.request.path.replace("{model}", &endpoint);
        let simulated = crate::cases::simulated(self.vendor);
        format!("{}{path}", self.simulator.base_url(simulated))
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
        // A property for one URL cannot hold two, so there is no such request.
        let rules = Capabilities::of(self.vendor, &request.model);
        let holds_one = |role: &Role| rules.field(role.as_str()).is_some_and(|field| field.form == Form::Url);
        let crowded = |role: &Role| holds_one(role) && request.inputs_as(*role).count() > 1;
        if let Some(role) = Role::ALL.iter().find(|role| crowded(role)) {
            tally.refused_by_the_facade += 1;
            let is_refused = violations.iter().any(|found| found.field == role.as_str());
            return is_refused
                .then_some(())
                .ok_or_else(|| format!("{role} twice is accepted: {violations:?}"));
        }
        // The letter case of a tier does not matter.
        let mut sent = request.clone();
        if let Some(tier) = &mut sent.resolution {
            let lower = tier.to_lowercase();
            let mut doubtful = rules.model.doubtful.iter();
            if rules.values("resolution").contains(&lower.as_str()) || doubtful.any(|doubt| doubt.value == lower) {
                *tier = lower;
            }
        }
        let body = wire_body(self.vendor, &sent);
        let differ = |what: &str, answer: &str| {
            let request = serde_json::to_string(&request).unwrap();
            format!("{what}\nrequest: {request}\nviolations: {violations:#?}\nbody: {body}\nsimulator: {answer}")
        };
        if violations.iter().all(|violation| violation.unverified) {
            let mut request = request.clone();
            request.allow_unverified = violations.iter().map(|violation| violation.field.clone()).collect();
            let planned = match plan(self.vendor, None, &request) {
                Ok(planned) => planned,
                // The types of members without a field are checked when the body is written.
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
        let rules = Capabilities::of(self.vendor, &request.model);
        let is_in_path = rules.field("model").is_some_and(|field| field.place == Place::Path);
        if is_in_path && request.model.trim().is_empty() {
            // Not a path of the vendor.
            return Ok(());
        }
        let auth = self.vendor.facts().auth;
        let sent = self.http.post(self.url(&request));
        let mut sent = sent.header(auth.header, format!("{}sk-test", auth.prefix)).json(&body);
        let mut query = rules.model.request.fields.iter();
        let hook = query.find(|field| field.name == "callback_url" && field.place == Place::Query);
        if let Some((field, url)) = hook.zip(request.callback_url.as_ref()) {
            sent = sent.query(&[(field.wire, url.expose())]);
        }
        for (name, value) in wire_headers(self.vendor, &request) {
            sent = sent.header(name, value);
        }
        let response = sent.send().await.unwrap();
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
        let message = crate::simulator::support::message(crate::cases::simulated(self.vendor), &message);
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

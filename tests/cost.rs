//! What a plan says that a request costs: the worked examples of the specs, what is open, and the caller's own prices.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};
use videogen::facts::{Capabilities, PriceUnit};
use videogen::price::{CostEstimate, Estimate, FieldRule, PriceBook, PriceEntry, PriceOrigin};
use videogen::submit::{Plan, plan};
use videogen::{LocalFile, Role, Vendor, VideoRequest};

use crate::property::{Check, on_every_vendor};
use crate::specs::spec;
use crate::uploads::media::mp4;

pub(crate) fn known(plan: &Plan) -> &CostEstimate {
    plan.cost()
        .known()
        .unwrap_or_else(|| panic!("{} {}: {}", plan.vendor, plan.model, plan.cost()))
}

pub(crate) fn unknown(plan: &Plan) -> &str {
    match plan.cost() {
        Estimate::Unknown { reason, .. } => reason,
        estimate => panic!("{} {}: {estimate}", plan.vendor, plan.model),
    }
}

pub(crate) fn planned(vendor: Vendor, request: &VideoRequest) -> Plan {
    plan(vendor, None, request).unwrap_or_else(|error| panic!("{vendor} {}: {error}", request.model))
}

/// The request of a worked example. One with input videos has a file of that length, and may be one that the vendor does not
/// document to take files.
fn example(vendor: Vendor, example: &Value) -> VideoRequest {
    let mut members = example["request"].as_object().unwrap().clone();
    members.insert("prompt".to_owned(), json!("a kite"));
    let id = members["model"].as_str().unwrap().to_owned();
    let mut models = Capabilities::all(vendor);
    let parent = models.find(|entry| {
        let ends = entry.model.endpoints;
        ends.is_some_and(|ends| [Some(ends.text), ends.frames, ends.references].contains(&Some(id.as_str())))
    });
    let mut inputs = Vec::new();
    for role in Role::ALL {
        if members.remove(role.as_str()).is_some() {
            inputs.push((role, "https://media.example.com/a"));
        }
    }
    if let Some(parent) = parent {
        members.insert("model".to_owned(), parent.model.id.into());
        let ends = parent.model.endpoints.unwrap();
        if inputs.is_empty() && example["input_seconds"].is_null() {
            match () {
                () if ends.frames == Some(&id) => inputs.push((Role::FirstFrame, "https://media.example.com/a.png")),
                () if ends.references == Some(&id) => {
                    inputs.push((Role::ReferenceImage, "https://media.example.com/a.png"));
                }
                () => {}
            }
        }
    }
    let mut request: VideoRequest = serde_json::from_value(members.into()).unwrap();
    for (role, url) in inputs {
        request = request.input(role, url);
    }
    if let Some(seconds) = example["input_seconds"].as_u64() {
        let file = LocalFile::from(mp4(seconds.try_into().unwrap())).named("steps.mp4");
        request = request.reference_video(file);
    }
    request
}

#[test]
fn the_worked_examples_of_the_specs_are_computed_exactly() {
    let mut checked = 0;
    for vendor in Vendor::ALL.iter().copied() {
        let spec = spec(vendor);
        for price in spec["x-prices"].as_array().into_iter().flatten() {
            for worked in price["examples"].as_array().unwrap() {
                let wanted = worked["cost"].as_str().unwrap().parse().unwrap();
                let request = example(vendor, worked);
                let plan = match plan(vendor, None, &request) {
                    Ok(plan) => plan,
                    // Where only URLs are taken, whose length is not known, the example is in the range.
                    Err(_) if !worked["input_seconds"].is_null() => {
                        let mut of_url = request;
                        of_url.inputs.clear();
                        let plan = planned(vendor, &of_url.reference_video("https://media.example.com/a.mp4"));
                        let cost = known(&plan);
                        assert!(cost.low <= wanted && wanted <= cost.high, "{vendor} {worked}: {cost}");
                        assert_eq!(cost.depends_on, ["reference_video"], "{worked}");
                        continue;
                    }
                    Err(error) => panic!("{vendor} {worked}: {error}"),
                };
                let cost = known(&plan);
                assert_eq!(
                    (cost.low, cost.high),
                    (wanted, wanted),
                    "{vendor} {worked}: {}",
                    cost.basis
                );
                assert_eq!(cost.currency, price["currency"], "{worked}");
                assert_eq!(cost.depends_on, [""; 0], "{worked}");
                assert!(matches!(cost.origin, PriceOrigin::List { .. }));
                if price["unverified"] == true {
                    assert!(cost.unverified, "{worked}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked >= 24, "{checked}");
}

/// Seedance 2.0 at ModelArk: 7 dollars per million tokens.
pub(crate) fn seedance() -> VideoRequest {
    VideoRequest::new("dreamina-seedance-2-0-260128", "a kite")
        .resolution("720p")
        .aspect_ratio("16:9")
}

#[test]
fn what_the_vendor_decides_is_a_range() {
    let plan = planned(Vendor::Ark, &seedance().duration_auto());
    let cost = known(&plan);
    assert_eq!(cost.to_string(), "0.6048 to 2.268 USD");
    assert_eq!(cost.basis, "86400 to 324000 tokens at 7.0 USD per 1000000 tokens");
    assert_eq!(cost.depends_on, ["duration"]);
    assert_eq!(cost.most().to_string(), "2.268 USD");
    assert!(!cost.unverified);

    // 720p has 1112x834 and 1470x630 too, which no page documents.
    let adaptive = planned(Vendor::Ark, &seedance().duration(5).aspect_ratio("adaptive"));
    let cost = known(&adaptive);
    assert_eq!(cost.depends_on, ["aspect_ratio"]);
    assert_eq!((cost.low.to_string().as_str(), cost.unverified), ("0.756", true));
    assert_eq!(cost.high.to_string(), "0.760767");

    let plan = planned(Vendor::Ark, &seedance().duration(5));
    let json = serde_json::to_value(&plan).unwrap();
    assert_eq!(
        json["estimate"],
        json!({
            "low": "0.756", "high": "0.756", "currency": "USD",
            "basis": "108000 tokens at 7.0 USD per 1000000 tokens", "tokens": {"price": "7.0", "per": 1000000},
            "origin": {"kind": "list", "read": "2026-10-02", "page": "https://docs.byteplus.com/en/docs/ModelArk/1544106"},
            "unverified": false,
        })
    );
}

#[test]
fn members_of_the_vendors_own_make_the_cost_unknown() {
    let mut request = seedance().duration(5);
    request.extra.insert("size".to_owned(), json!("3840x2160"));
    let plan = planned(Vendor::Ark, &request);
    assert_eq!(unknown(&plan), "the price may depend on `extra`: size");
    // What is documented to be for statistics only does not.
    let mut request = VideoRequest::new("bytedance/seedance-2.0", "a kite")
        .duration(5)
        .resolution("720p")
        .aspect_ratio("16:9");
    request.extra.insert("user".to_owned(), json!("a-user"));
    request.extra.insert("session_id".to_owned(), json!("a-session"));
    assert_eq!(planned(Vendor::OpenRouter, &request).cost().to_string(), "0.756 USD");
    request.extra.insert("size".to_owned(), json!("3840x2160"));
    let size = "the price may depend on `extra`: size";
    assert_eq!(unknown(&planned(Vendor::OpenRouter, &request)), size);
}

#[test]
fn a_size_that_nobody_states_has_no_cost() {
    let hd = |ratio: Option<&str>| {
        let mut request = seedance().duration(5).resolution("1080p");
        request.aspect_ratio = ratio.map(str::to_owned);
        planned(Vendor::Ark, &request)
    };
    assert_eq!(hd(Some("16:9")).cost().to_string(), "1.8711 USD");
    assert_eq!(
        unknown(&hd(Some("1:1"))),
        "the size of 1080p videos of 1:1 is not known"
    );
    for open in [None, Some("adaptive")] {
        assert_eq!(
            unknown(&hd(open)),
            "the vendor decides the aspect ratio, and the size of 1080p videos of 4:3 is not known; set aspect_ratio"
        );
    }
}

#[test]
fn the_price_of_a_second_is_known_where_the_length_alone_is_open() {
    let of = |request: VideoRequest| known(&planned(Vendor::Ark, &request)).per_second;
    assert_eq!(of(seedance().duration_auto()), Some("0.1512".parse().unwrap()));
    assert_eq!(of(seedance().duration(5)), None);
    assert_eq!(of(seedance().duration_auto().aspect_ratio("adaptive")), None);
    // Their least number of seconds is not proportional.
    assert_eq!(
        of(seedance().duration_auto().reference_video("https://a.example/a.mp4")),
        None
    );
}

#[test]
fn input_videos_count_with_their_length_or_their_limits() {
    let of_url = seedance()
        .duration(5)
        .reference_video("https://media.example.com/a.mp4");
    let plan = planned(Vendor::Ark, &of_url);
    let cost = known(&plan);
    assert_eq!(cost.depends_on, ["reference_video"]);
    // From 2 seconds, which are billed as 9 with those of the video, to 15.
    assert_eq!(
        (cost.low.to_string(), cost.high.to_string()),
        ("0.83592".to_owned(), "1.8576".to_owned())
    );
    assert!(cost.unverified);
}

#[test]
fn what_no_page_says_is_unknown_and_never_zero() {
    let request = VideoRequest::new("seedance-2", "a kite").duration(5);
    assert_eq!(
        unknown(&planned(Vendor::ToApis, &request)),
        "no price of ToAPIs seedance-2 is known"
    );
    let draft = VideoRequest::new("seedance-1-5-pro-251215", "a kite")
        .duration(5)
        .draft(true);
    assert_eq!(
        unknown(&planned(Vendor::Ark, &draft)),
        "none of the known prices of BytePlus ModelArk seedance-1-5-pro-251215 covers this request; they depend on draft, \
         draft_task, generate_audio, service_tier"
    );
    let request = VideoRequest::new("seedance-1.5-pro", "a kite").duration(5);
    let mut open = planned(Vendor::AllToken, &request);
    let mut book = PriceBook::default();
    book.set(entry(
        Vendor::AllToken,
        "seedance-1.5-pro",
        "1",
        PriceUnit::Clip,
        &[("resolution", "480p")],
    ));
    open.price_with(&book);
    let said = unknown(&open);
    assert!(
        said.contains(" covers this request if the vendor makes it in ") && said.ends_with("on resolution"),
        "{said}"
    );
    let unlisted = VideoRequest::new("dreamina-seedance-9-0-300101", "a kite").duration(5);
    assert!(unknown(&planned(Vendor::Ark, &unlisted)).starts_with("no price of BytePlus ModelArk dreamina-seedance-9"));
}

#[test]
fn a_list_price_is_not_documented_for_another_server() {
    let request = seedance().duration(5);
    let unverified = |base_url: &str| known(&plan(Vendor::Ark, Some(base_url), &request).unwrap()).unverified;
    assert!(unverified("https://gateway.example.com/api/v3"));
    // A simulator takes the vendor's place.
    assert!(!unverified("http://127.0.0.1:8787/ark"));
}

pub(crate) fn entry(vendor: Vendor, model: &str, price: &str, unit: PriceUnit, when: &[(&str, &str)]) -> PriceEntry {
    let mut entry = PriceEntry::new(vendor, model, price.parse().unwrap(), unit).unwrap();
    let rule = |rule: &str| -> FieldRule { rule.parse().unwrap() };
    entry.when = when
        .iter()
        .map(|(field, is)| ((*field).to_owned(), rule(is)))
        .collect::<BTreeMap<_, _>>();
    entry.checked().unwrap()
}

#[test]
fn own_prices_come_before_answered_ones_and_those_before_the_list() {
    let model = "dreamina-seedance-2-0-260128";
    let mut plan = planned(Vendor::Ark, &seedance().duration(5));
    let mut book = PriceBook::default();
    let at = "2026-11-27T12:00:00Z".parse().unwrap();
    book.add_live(at, [entry(Vendor::Ark, model, "0.2", PriceUnit::Second, &[])]);
    plan.price_with(&book);
    assert_eq!(
        (plan.cost().to_string().as_str(), known(&plan).origin),
        ("1 USD", PriceOrigin::Live { at })
    );

    book.set(entry(Vendor::Ark, model, "5CNY", PriceUnit::Clip, &[]));
    book.set(entry(
        Vendor::Ark,
        model,
        "0.3",
        PriceUnit::Second,
        &[("resolution", "720p"), ("generate_audio", "unset,false")],
    ));
    plan.price_with(&book);
    assert_eq!(
        (plan.cost().to_string().as_str(), known(&plan).origin),
        ("1.5 USD", PriceOrigin::User)
    );
    let mut other = planned(Vendor::Ark, &seedance().duration(5).resolution("1080p"));
    other.price_with(&book);
    assert_eq!(
        (other.cost().to_string().as_str(), known(&other).basis.as_str()),
        ("5 CNY", "1 clip at 5 CNY per clip")
    );
    // A clip has a price whatever its length.
    let mut open = planned(Vendor::Ark, &seedance().duration_auto().resolution("1080p"));
    open.price_with(&book);
    assert_eq!(
        (open.cost().to_string().as_str(), known(&open).depends_on.len()),
        ("5 CNY", 0)
    );
}

#[test]
fn prices_that_contradict_each_other_give_no_estimate() {
    let model = "seedance-2";
    let mut plan = planned(
        Vendor::ToApis,
        &VideoRequest::new(model, "a kite").duration(5).resolution("720p"),
    );
    let mut book = PriceBook::default();
    let second = |price: &str, when| entry(Vendor::ToApis, model, price, PriceUnit::Second, when);
    let at = "2026-11-27T12:00:00Z".parse().unwrap();
    book.add_live(
        at,
        [
            second("1", &[("resolution", "720p")]),
            second("2", &[("reference_video", "unset")]),
        ],
    );
    plan.price_with(&book);
    assert!(
        unknown(&plan).starts_with("the vendor answered two prices that apply"),
        "{}",
        plan.cost()
    );

    let mut open = planned(Vendor::ToApis, &VideoRequest::new(model, "a kite").duration(5));
    let mut book = PriceBook::default();
    book.set(second("1", &[("resolution", "480p,720p")]));
    open.price_with(&book);
    assert_eq!(known(&open).to_string(), "5 USD");
    book.set(second("9CNY", &[("duration", "5")]));
    open.price_with(&book);
    assert_eq!(
        unknown(&open),
        "two of your prices apply, 9 CNY per second for duration=5 and 1 USD per second for resolution=480p,720p; give one of \
         them another condition"
    );
    book.set(second("3", &[("duration", "5"), ("resolution", "720p")]));
    book.set(second("3", &[("duration", "5"), ("resolution", "480p")]));
    open.price_with(&book);
    assert_eq!(known(&open).to_string(), "15 USD", "the most conditions");
}

#[derive(Default)]
struct Tally {
    points: u32,
    ranges: u32,
}

/// Whatever is open, the cost of each way in which it can be decided is in the range, and its ends are reached.
#[test]
fn a_range_holds_the_cost_of_every_decision() {
    let tallies = on_every_vendor::<(usize, Option<u32>, usize, bool), Tally>(
        (150, b"what is open has a range of cost"),
        |vendor| {
            let models: Vec<Capabilities> = Capabilities::all(vendor).collect();
            let values = (
                0..models.len(),
                proptest::option::of(1..20_u32),
                0..4_usize,
                any::<bool>(),
            );
            let check: Check<_, Tally> = Box::new(
                move |(model, duration, tier, audio): &(usize, Option<u32>, usize, bool), tally: &mut Tally| {
                    let rules: Capabilities = models[*model];
                    let mut request = VideoRequest::new(rules.model.id, "a kite");
                    request.duration = duration.map(|seconds| rules.model.duration.nearest(seconds).into());
                    request.resolution = rules.model.resolutions.get(*tier).map(|tier| (*tier).to_owned());
                    if *audio && rules.field("generate_audio").is_some() {
                        request.generate_audio = Some(false);
                    }
                    let Ok(open) = plan(vendor, None, &request) else {
                        return Ok(());
                    };
                    let Some(range) = open.cost().known().cloned() else {
                        return Ok(());
                    };
                    let lengths: Vec<u32> = match (request.duration, rules.model.duration.max) {
                        (None, Some(max)) => (rules.model.duration.min..=max)
                            .filter(|s| rules.model.duration.allows(*s))
                            .collect(),
                        _ => vec![],
                    };
                    let mut costs = Vec::new();
                    for length in lengths
                        .iter()
                        .map(|length| Some(*length))
                        .chain(lengths.is_empty().then_some(None))
                    {
                        for ratio in rules
                            .model
                            .aspect_ratios
                            .iter()
                            .copied()
                            .filter(|ratio| *ratio != "adaptive")
                        {
                            let mut decided = request.clone().aspect_ratio(ratio);
                            decided.duration = length.map(Into::into).or(decided.duration);
                            let Ok(decided) = plan(vendor, None, &decided) else {
                                continue;
                            };
                            let cost = decided
                                .cost()
                                .known()
                                .ok_or_else(|| format!("{decided:?}: {}", decided.cost()))?;
                            costs.push((cost.low, cost.high));
                        }
                    }
                    let is_default = request.duration.is_none() && rules.model.duration.default.is_some();
                    let low = costs.iter().map(|cost| cost.0).min().unwrap_or(range.low);
                    let high = costs.iter().map(|cost| cost.1).max().unwrap_or(range.high);
                    let holds = match is_default {
                        // The default is one of the decisions.
                        true => low <= range.low && range.high <= high,
                        false
                            if rules
                                .model
                                .default_aspect_ratio
                                .is_some_and(|ratio| ratio != "adaptive") =>
                        {
                            low <= range.low && range.high <= high
                        }
                        false => (low, high) == (range.low, range.high),
                    };
                    match range.low == range.high {
                        true => tally.points += 1,
                        false => tally.ranges += 1,
                    }
                    match holds && range.low > 0.into() {
                        true => Ok(()),
                        false => Err(format!("{}: {range} is not {low} to {high}", request.model)),
                    }
                },
            );
            (values.boxed(), check)
        },
    );
    let all = |of: fn(&Tally) -> u32| tallies.iter().map(of).sum::<u32>();
    assert!(
        all(|tally| tally.points) > 10 && all(|tally| tally.ranges) > 20,
        "{} {}",
        all(|t| t.points),
        all(|t| t.ranges)
    );
}

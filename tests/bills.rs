//! What the facade expects a request to cost, and what the simulator bills for it, by the same specs with separate code. This test
//! compares them on thousands of generated requests; where they disagree, one of them is wrong.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::json;
use videogen::facts::{Capabilities, Endpoints};
use videogen::journal::{GroupBy, Journal as _, Ledger, Query};
use videogen::price::{Decimal, Obtained, PriceBook, PriceOrigin};
use videogen::submit::{Plan, plan, validate};
use videogen::{Client, Error, LocalFile, RetryPolicy, Role, Source, TaskId, Vendor, VideoDuration, VideoRequest};
use videogen_journal::SqliteJournal;
use videogen_sim::{Bill, Simulator, Tariff};

use crate::cases::simulated;
use crate::property::runtime;
use crate::uploads::media::mp4_of;

/// Requests in all: the same number for each vendor with prices.
const REQUESTS: usize = 10_000;
/// Of each of these vendors, the tasks that are polled to their end.
const POLLED: usize = 150;
const SEED: &[u8; 32] = b"estimate and bill are the same!!";
/// How tasks end; most are completed.
const PROMPTS: &str = "kite kite kite kite sim:fail sim:moderated sim:expire";
/// Switches at the end of a prompt that change no price.
const SWITCHES: &str = "--seed 7 --wm false";
/// Roles of inputs, of which a model has some.
const INPUTS: &str = "none none none first_frame reference_image reference_video reference_video";

fn priced() -> Vec<Vendor> {
    let vendors = Vendor::ALL.iter().copied();
    vendors.filter(|vendor| !vendor.facts().prices.is_empty()).collect()
}

/// The models that have a price, by their own id or by that of an endpoint.
fn models(vendor: Vendor) -> Vec<Capabilities> {
    let has_price = |id: &str| vendor.facts().prices.iter().any(|price| price.models.contains(&id));
    let of_endpoint = |ends: Endpoints| {
        [Some(ends.text), ends.frames, ends.references]
            .into_iter()
            .flatten()
            .any(has_price)
    };
    let all = Capabilities::all(vendor);
    all.filter(|rules| has_price(rules.model.id) || rules.model.endpoints.is_some_and(of_endpoint))
        .collect()
}

/// Where an input comes from: a URL, the bytes in the request, or a file.
fn source(role: Role, kind: u8, millis: u32) -> Source {
    match (role, kind) {
        (Role::ReferenceVideo, 0) => LocalFile::from(mp4_of(millis)).named("steps.mp4").into(),
        (Role::ReferenceVideo, 1) => Source::Data {
            media_type: "video/mp4".to_owned(),
            bytes: mp4_of(millis),
        },
        _ => "https://media.example.com/a".parse().unwrap(),
    }
}

type Choice = (Option<Index>, Option<Index>, Option<Index>);

/// Requests to the models with prices. Few are invalid.
fn requests(vendor: Vendor) -> BoxedStrategy<VideoRequest> {
    let maybe = || proptest::option::weighted(0.8, any::<Index>());
    let words = |words: &'static str| select(words.split(' ').collect::<Vec<_>>());
    let switches = (proptest::option::of(any::<bool>()), 0..8_u8, 0..8_u8);
    let media = (words(INPUTS), 1..3_usize, 0..4_u8, 2_000..6_000_u32);
    let values = (
        select(models(vendor)),
        (maybe(), maybe(), maybe()),
        switches,
        media,
        words(PROMPTS),
    );
    let build = move |(rules, choice, switches, media, prompt): (Capabilities, Choice, _, _, &str)| {
        let (audio, tier, length): (Option<bool>, u8, u8) = switches;
        let (role, count, kind, millis): (&str, usize, u8, u32) = media;
        let model = rules.model;
        let mut request = VideoRequest::new(model.id, prompt);
        if tier == 3 {
            request.prompt = format!("{prompt} {SWITCHES}");
        }
        let pick = |index: Option<Index>, values: &[&str]| {
            let index = index.filter(|_| !values.is_empty())?;
            Some((*index.get(values)).to_owned())
        };
        request.resolution = pick(choice.0, model.resolutions);
        request.aspect_ratio = pick(choice.1, model.aspect_ratios);
        let lengths = model.duration.min..=model.duration.max.unwrap_or(20);
        let lengths: Vec<u32> = lengths.filter(|seconds| model.duration.allows(*seconds)).collect();
        request.duration = choice.2.map(|index| VideoDuration::Seconds(*index.get(&lengths)));
        if length == 0 && model.duration.auto.is_some() {
            request.duration = Some(VideoDuration::Auto);
        }
        if let (1 | 2, Some(frames), Some(index)) = (length, model.frames, choice.2) {
            let counts: Vec<u32> = (frames.min..=frames.max).step_by(frames.step as usize).collect();
            (request.duration, request.frames) = (None, Some(*index.get(&counts)));
        }
        let takes = |field: &str| rules.field(field).is_some();
        request.generate_audio = audio.filter(|_| takes("generate_audio"));
        request.service_tier = (tier < 2 && takes("service_tier")).then(|| "flex".to_owned());
        request.draft = (tier == 7 && takes("draft")).then_some(true);
        let role = Role::ALL.into_iter().find(|known| known.as_str() == role);
        if let Some(role) = role.filter(|role| model.inputs.iter().any(|rule| rule.role == role.as_str())) {
            for number in 0..if role == Role::FirstFrame { 1 } else { count } {
                request = request.input(role, source(role, kind, millis + 1_001 * number as u32));
            }
        }
        // Some endpoints need an input.
        for role in [Role::FirstFrame, Role::ReferenceVideo] {
            let with = request.clone().input(role, source(role, kind, millis));
            if !validate(vendor, &request).is_empty() && validate(vendor, &with).is_empty() {
                return with;
            }
        }
        request
    };
    values.prop_map(build).boxed()
}

fn generated(vendor: Vendor, seed: &[u8; 32]) -> impl Iterator<Item = VideoRequest> {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let requests = requests(vendor);
    std::iter::from_fn(move || Some(requests.new_tree(&mut runner).unwrap().current()))
}

async fn simulator() -> Simulator {
    Simulator::builder()
        .manual_clock()
        .any_asset(true)
        .start()
        .await
        .unwrap()
}

fn client(vendor: Vendor, simulator: &Simulator) -> videogen::ClientBuilder {
    Client::builder(vendor)
        .key("sk-test".to_owned())
        .base_url(simulator.base_url(simulated(vendor)))
        .retry(RetryPolicy::never())
}

fn planned(vendor: Vendor, simulator: &Simulator, request: &VideoRequest) -> Result<Plan, Error> {
    plan(vendor, Some(&simulator.base_url(simulated(vendor))), request)
}

/// The vendor's part of a task's id.
fn own(id: &TaskId) -> &str {
    id.id().rsplit('/').next().unwrap()
}

#[derive(Debug, Default)]
struct Tally {
    points: usize,
    ranges: usize,
    unknown: usize,
    own_tariff: usize,
    refused: usize,
}

/// Submits requests of one vendor and compares each estimate with the bill.
async fn compare(vendor: Vendor, count: usize) -> Tally {
    let simulator = simulator().await;
    let client = client(vendor, &simulator).build().unwrap();
    let mut tally = Tally::default();
    let mut made = Vec::new();
    let mut generated = generated(vendor, SEED);
    while made.len() < count {
        let request = generated.next().unwrap();
        let Ok(plan) = planned(vendor, &simulator, &request) else {
            tally.refused += 1;
            assert!(tally.refused < count, "{vendor}: most requests are invalid");
            continue;
        };
        let estimate = plan.cost().known().cloned();
        let task = client
            .submit(&request)
            .await
            .unwrap_or_else(|error| panic!("{request:?}: {error}"));
        let reserved = task
            .estimate
            .map(|estimate| (estimate.low, estimate.amount, estimate.currency));
        let expected = estimate
            .as_ref()
            .map(|cost| (cost.low, cost.high, cost.currency.clone()));
        assert_eq!(reserved, expected, "{request:?}");
        made.push((task.id, request, estimate));
    }
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    let bills: BTreeMap<String, Bill> = simulator.tasks().into_iter().map(|task| (task.id, task.cost)).collect();
    for (id, request, estimate) in &made {
        let bill = &bills[own(id)];
        let said = || {
            format!(
                "{vendor} {}\n{bill:?}\n{estimate:#?}",
                serde_json::to_string(request).unwrap()
            )
        };
        match bill.by {
            Tariff::List => *totals.entry(bill.currency.clone()).or_default() += bill.amount,
            _ => tally.own_tariff += 1,
        }
        assert!(bill.amount > Decimal::ZERO, "{}", said());
        let Some(estimate) = estimate else {
            tally.unknown += 1;
            continue;
        };
        assert_eq!(
            (&bill.currency, bill.by),
            (&estimate.currency, Tariff::List),
            "{}",
            said()
        );
        if estimate.low == estimate.high {
            tally.points += 1;
            assert_eq!(bill.amount, estimate.low, "{}", said());
        } else {
            tally.ranges += 1;
            assert!((estimate.low..=estimate.high).contains(&bill.amount), "{}", said());
        }
    }
    assert_eq!(simulator.stats().cost, totals, "{vendor}");
    // What the vendor reports of the finished tasks comes to the bill.
    simulator.advance(Duration::from_secs(120));
    let bills: BTreeMap<String, Bill> = simulator.tasks().into_iter().map(|task| (task.id, task.cost)).collect();
    let free = vendor.facts().billing.free;
    for (id, request, _) in made.iter().take(POLLED) {
        let task = client.get(id).await.unwrap();
        let bill = &bills[own(id)];
        let said = || {
            format!(
                "{vendor} {}\n{bill:?}\n{task:#?}",
                serde_json::to_string(request).unwrap()
            )
        };
        assert!(task.status.is_ended(), "{}", said());
        assert_eq!(
            bill.amount.is_zero(),
            free.contains(&task.status.as_str()),
            "{}",
            said()
        );
        if let Some(cost) = task.cost().filter(|cost| cost.obtained != Obtained::Estimated) {
            assert_eq!(
                (cost.money.amount.normalize(), &cost.money.currency),
                (bill.amount, &bill.currency),
                "{}",
                said()
            );
        }
    }
    tally
}

#[test]
fn the_bill_is_what_was_expected() {
    let vendors = priced();
    let count = REQUESTS.div_ceil(vendors.len());
    let tallies: Vec<(Vendor, Tally)> = std::thread::scope(|scope| {
        let threads = vendors.iter().map(|vendor| {
            (
                *vendor,
                scope.spawn(move || runtime().block_on(compare(*vendor, count))),
            )
        });
        let threads: Vec<_> = threads.collect();
        threads
            .into_iter()
            .map(|(vendor, thread)| (vendor, thread.join().unwrap()))
            .collect()
    });
    for (vendor, tally) in &tallies {
        assert_eq!(tally.points + tally.ranges + tally.unknown, count, "{vendor}");
        assert!(
            tally.points > count / 10 && tally.own_tariff <= tally.unknown,
            "{vendor}: {tally:?}"
        );
    }
    let ranges: usize = tallies.iter().map(|(_, tally)| tally.ranges).sum();
    assert!(ranges > REQUESTS / 10, "{tallies:#?}");
}

/// The ledger of a journal and the counters of the simulator are the same amount.
#[tokio::test]
async fn the_ledger_is_what_was_billed() {
    let folder = tempfile::tempdir().unwrap();
    for vendor in priced() {
        let simulator = simulator().await;
        let path = folder.path().join(format!("{vendor}.db"));
        let journal = std::sync::Arc::new(SqliteJournal::open(path).unwrap());
        let client = client(vendor, &simulator).journal(journal.clone()).build().unwrap();
        let mut ids = Vec::new();
        for request in generated(vendor, b"the ledger is what was billed...").take(120) {
            let plan = planned(vendor, &simulator, &request);
            let cost = plan.ok().and_then(|plan| plan.cost().known().cloned());
            if cost.is_some_and(|cost| cost.low == cost.high) {
                ids.push(client.submit(&request).await.unwrap().id);
            }
        }
        assert!(ids.len() > 20, "{vendor}: {}", ids.len());
        let check = async || {
            let entries = journal.find(Query::default()).await.unwrap().entries;
            let ledger = Ledger::of(&entries, Some(GroupBy::Vendor));
            let [spend] = ledger.groups.as_slice() else {
                panic!("{ledger:?}")
            };
            let totals = spend
                .amounts
                .iter()
                .map(|amounts| (amounts.currency.clone(), amounts.total()));
            assert_eq!(simulator.stats().cost, totals.collect(), "{vendor}: {spend:#?}");
            assert_eq!(simulator.stats().cost_by_own_tariff, Decimal::ZERO, "{vendor}");
        };
        check().await;
        simulator.advance(Duration::from_secs(120));
        for id in &ids {
            client.get(id).await.unwrap();
        }
        check().await;
    }
}

/// What the simulated list of models states comes to the same as the list prices.
#[tokio::test]
async fn answered_prices_are_those_that_are_billed() {
    let vendor = Vendor::OpenRouter;
    let simulator = simulator().await;
    let client = client(vendor, &simulator).build().unwrap();
    let mut book = PriceBook::default();
    let at = "2026-11-27T12:00:00Z".parse().unwrap();
    let unread = book.add_listed(vendor, at, &client.models().await.unwrap());
    assert!(unread.is_empty(), "{unread:?}");
    let mut compared = 0;
    for mut request in generated(vendor, b"prices in a list of models......").take(400) {
        // A name of a price cannot state that it is for requests without input videos.
        request.inputs.retain(|input| input.role != Role::ReferenceVideo);
        let Ok(mut plan) = planned(vendor, &simulator, &request) else {
            continue;
        };
        let listed = plan.cost().known().cloned();
        plan.price_with(&book);
        let Some(listed) = listed else { continue };
        let live = plan
            .cost()
            .known()
            .cloned()
            .unwrap_or_else(|| panic!("{request:?}: {}", plan.cost()));
        assert!(matches!(live.origin, PriceOrigin::Live { .. }), "{request:?}");
        assert_eq!(
            (live.low, live.high, live.currency),
            (listed.low, listed.high, listed.currency),
            "{request:?}"
        );
        compared += 1;
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn what_has_no_price_is_billed_by_the_simulators_own_tariff() {
    let simulator = simulator().await;
    let client = client(Vendor::ToApis, &simulator).build().unwrap();
    for prompt in ["a kite", "sim:fail"] {
        let request = VideoRequest::new("seedance-2", prompt).duration(8).resolution("720p");
        client.submit(&request).await.unwrap();
    }
    let billed = |simulator: &Simulator| serde_json::to_value(simulator.stats()).unwrap();
    assert_eq!(billed(&simulator)["cost"], json!({}));
    assert_eq!(billed(&simulator)["cost_by_own_tariff"], "0.8");
    assert_eq!(
        serde_json::to_value(&simulator.tasks()[0]).unwrap()["cost"],
        json!({"amount": "0.4", "currency": "USD", "by": "simulator"})
    );
    // ToAPIs refunds failed tasks.
    simulator.advance(Duration::from_secs(120));
    assert_eq!(billed(&simulator)["cost_by_own_tariff"], "0.4");
}

/// At the end of a prompt, the simulator reads what the vendor reads, so an estimate of the fields alone would be wrong.
#[tokio::test]
async fn switches_in_a_prompt_are_billed() {
    let simulator = simulator().await;
    let client = client(Vendor::Ark, &simulator).build().unwrap();
    let request = |prompt: &str| {
        let request = VideoRequest::new("dreamina-seedance-2-0-260128", prompt).aspect_ratio("16:9");
        request.resolution("480p").duration(5)
    };
    let large = request("a kite").resolution("720p").duration(10);
    for (prompt, same, is_known) in [
        ("a kite --rs 720p --dur 10", large.clone(), false),
        ("a kite --duration 10 --seed 3 --resolution 720p", large, false),
        ("a kite --seed 3 --cf true", request("a kite"), true),
        // Wrong values are ignored, and so is what is not at the end.
        ("a kite --rs 9000p --dur x", request("a kite"), false),
        ("--rs 1080p a kite", request("a kite"), true),
    ] {
        let plan = planned(Vendor::Ark, &simulator, &request(prompt)).unwrap();
        assert_eq!(plan.cost().known().is_some(), is_known, "{prompt}: {}", plan.cost());
        let task = client.submit(request(prompt)).await.unwrap();
        client.submit(&same).await.unwrap();
        let tasks = simulator.tasks();
        let [.., made, other] = tasks.as_slice() else {
            panic!("{tasks:?}")
        };
        let size = |task: &videogen_sim::TaskReport| (task.width, task.height, task.frames);
        assert_eq!((&made.cost, size(made)), (&other.cost, size(other)), "{prompt}");
        // The tokens of the task give its cost where the price does not depend on the switches.
        simulator.advance(Duration::from_secs(120));
        let task = client.get(&task.id).await.unwrap().submitted_as(&task);
        let billed = made_cost(&simulator, &task.id);
        let cost = task.cost().map(|cost| cost.money.amount);
        assert_eq!(cost, (!prompt.contains("9000p")).then_some(billed), "{prompt}");
    }
}

#[tokio::test]
async fn a_seed_in_a_prompt_is_in_the_task() {
    let simulator = simulator().await;
    let client = client(Vendor::Ark, &simulator).build().unwrap();
    // The second model has no seed, so the vendor ignores it.
    for (model, seed) in [("seedance-1-5-pro-251215", 3), ("dreamina-seedance-2-0-260128", 58944)] {
        let task = client
            .submit(VideoRequest::new(model, "a kite --seed 3"))
            .await
            .unwrap();
        simulator.advance(Duration::from_secs(120));
        let task = client.get(&task.id).await.unwrap();
        assert_eq!(task.raw.json()["seed"], seed, "{model}");
    }
}

/// What is not billed follows the status that the vendor shows.
#[tokio::test]
async fn an_ending_is_free_where_the_status_of_its_task_is() {
    let simulator = simulator().await;
    let mut endings = 0;
    for (vendor, model) in crate::cases::targets() {
        let client = client(vendor, &simulator).build().unwrap();
        let free = vendor.facts().billing.free;
        for prompt in ["sim:fail", "sim:moderated", "sim:expire", "a kite"] {
            let task = client.submit(&VideoRequest::new(model, prompt)).await.unwrap();
            simulator.advance(Duration::from_secs(120));
            let task = client.get(&task.id).await.unwrap();
            let is_free = free.contains(&task.status.as_str());
            assert_eq!(
                made_cost(&simulator, &task.id).is_zero(),
                is_free,
                "{vendor} {model} {prompt}: {}",
                task.status
            );
            endings += usize::from(is_free);
        }
    }
    assert!(endings > 5, "{endings}");
}

/// What the simulator billed for a task.
fn made_cost(simulator: &Simulator, id: &TaskId) -> Decimal {
    let tasks = simulator.tasks();
    tasks.iter().find(|task| task.id == own(id)).unwrap().cost.amount
}

//! A vendor's own list of models, and what differs from the table.

use serde_json::{Value, json};
use videogen::facts::{Capabilities, ListedModel, ModelDifference, Operation, compare_models};
use videogen::{ErrorKind, Vendor};
use videogen_sim::Simulator;

use crate::canned::Canned;

const FAST: &str = "google/veo-3.1-fast";

/// An answer of the vendor, with members, values and entries that no page mentions.
pub(crate) fn saved() -> Value {
    serde_json::from_str(include_str!("models/openrouter.json")).unwrap()
}

async fn listed(vendor: Vendor, answer: &Value) -> Vec<ListedModel> {
    let server = Canned::json(200, answer).await;
    server.client(vendor).models().await.unwrap()
}

fn values(model: &str, field: &'static str, only_listed: &[&str], only_in_table: &[&str]) -> Value {
    json!({"difference": "values", "model": model, "field": field, "only_listed": only_listed,
        "only_in_table": only_in_table})
}

/// The simulator makes its list from the spec with its own code.
#[tokio::test]
async fn the_simulators_lists_agree_with_the_tables() {
    let sim = Simulator::builder().manual_clock().start().await.unwrap();
    let mut detailed = 0;
    for vendor in Vendor::ALL.iter().filter(|vendor| vendor.supports(Operation::Models)) {
        let client = videogen::Client::builder(*vendor).key("sk-test");
        let client = client
            .base_url(sim.base_url(crate::cases::simulated(*vendor)))
            .build()
            .unwrap();
        let models = client.models().await.unwrap();
        assert_eq!(compare_models(*vendor, &models), [], "{vendor}");
        detailed += models.iter().filter(|model| model.durations.is_some()).count();
    }
    assert!(detailed >= 11, "{detailed}");
}

#[tokio::test]
async fn every_difference_from_the_table_is_found() {
    let models = listed(Vendor::OpenRouter, &saved()).await;
    let found = compare_models(Vendor::OpenRouter, &models);
    let found: Vec<Value> = found.iter().map(|one| json!(one)).collect();
    let (missing, found): (Vec<Value>, Vec<Value>) =
        found.into_iter().partition(|one| one["difference"] == "not_listed");
    assert_eq!(
        found,
        [
            values(FAST, "duration", &["10"], &[]),
            values(FAST, "resolution", &["1440p"], &["4k"]),
            values(FAST, "frames", &["middle_frame"], &["last_frame"]),
            values(FAST, "seed", &["false"], &["true"]),
            json!({"difference": "not_in_table", "model": "acme/film-1"}),
        ]
    );
    let all: Vec<&str> = Capabilities::all(Vendor::OpenRouter)
        .map(|known| known.model.id)
        .collect();
    let gone: Vec<&str> = missing.iter().map(|one| one["model"].as_str().unwrap()).collect();
    let kept = all.into_iter().filter(|id| !["google/veo-3.1", FAST].contains(id));
    assert_eq!(gone, kept.collect::<Vec<_>>());
}

#[tokio::test]
async fn limits_are_read_in_the_words_of_requests() {
    let models = listed(Vendor::OpenRouter, &saved()).await;
    let ids: Vec<&str> = models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["google/veo-3.1", FAST, "acme/film-1"]);
    assert_eq!(models[0].resolutions.as_deref().unwrap(), ["720p", "1080p", "4k"]);
    assert_eq!(models[0].durations, Some([4, 6, 8].into()));
    assert_eq!(models[0].prices_usd["duration_seconds_with_audio"], "0.40");
    assert_eq!(models[1].durations, Some([4, 6, 8, 10].into()));
    assert_eq!(models[1].aspect_ratios, None);
    assert_eq!(models[1].prices_usd["duration_seconds"], "0.1");
    assert_eq!(models[1].prices_usd["by_region"], r#"{"eu":"0.12"}"#);
    let unknown = json!({"id": "acme/film-1", "display_name": "Acme: Film 1", "input_modalities": ["text"],
        "output_modalities": ["video"]});
    assert_eq!(json!(models[2]), unknown);
}

/// A range in place of a list, and values one level down.
#[tokio::test]
async fn ranges_are_read_too() {
    let capabilities = json!({"ratios": {"values": ["16:9", "4:5"]}, "resolutions": {"values": null},
        "duration": {"type": "range", "values": [], "min": 4, "max": 31}, "features": {"generate_audio": false}});
    let answer = json!({"object": "list", "data": [{"id": "seedance-2.5", "capabilities": capabilities}]});
    let models = listed(Vendor::AllToken, &answer).await;
    let found = compare_models(Vendor::AllToken, &models);
    let about = |one: &&ModelDifference| matches!(one, ModelDifference::Values { .. });
    let found: Vec<Value> = found.iter().filter(about).map(|one| json!(one)).collect();
    let table = ["adaptive", "9:16", "4:3", "3:4", "21:9", "1:1"];
    assert_eq!(
        found,
        [
            values("seedance-2.5", "duration", &["31"], &[]),
            values("seedance-2.5", "aspect_ratio", &["4:5"], &table),
            values("seedance-2.5", "generate_audio", &["false"], &["true"]),
        ]
    );
}

#[tokio::test]
async fn vendors_without_a_list_name_those_with_one() {
    for vendor in Vendor::ALL.iter().filter(|vendor| !vendor.supports(Operation::Models)) {
        let server = Canned::json(200, &json!({})).await;
        let error = server.client(*vendor).models().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported);
        for other in Vendor::ALL.iter().filter(|other| other.supports(Operation::Models)) {
            assert!(error.to_string().contains(other.name()), "{error}");
        }
    }
}

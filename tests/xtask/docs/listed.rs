//! The vendor's own list of models as a page.

use serde_json::{Value, json};
use xtask::docs::Desk;
use xtask::docs::report::{Report, State};

use crate::commands::root;

const FAST: &str = "model google/veo-3.1-fast";

fn report(answer: &Value) -> Report {
    let desk = Desk::open(root(), "openrouter").unwrap();
    desk.report("models.json", answer.to_string().as_bytes(), None).unwrap()
}

fn saved() -> Value {
    serde_json::from_str(include_str!("../../models/openrouter.json")).unwrap()
}

#[test]
fn differences_of_a_saved_answer_are_reported_with_their_places() {
    let report = report(&saved());
    assert_eq!(
        (report.page.as_deref(), report.state),
        (Some("model_list"), State::Differs)
    );
    let found: Vec<_> = report
        .differences
        .iter()
        .map(|one| (one.at.as_str(), one.what, one.page.as_deref(), one.spec.as_deref()))
        .collect();
    let (gone, found): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.3 == Some("in x-models"));
    assert_eq!(
        found,
        [
            (FAST, "duration", Some("4, 6, 8, 10"), Some("4, 6, 8")),
            (FAST, "resolutions", Some("720p, 1080p, 1440p"), Some("1080p, 4k, 720p")),
            (
                FAST,
                "inputs",
                Some("first_frame, middle_frame"),
                Some("first_frame, last_frame")
            ),
            (FAST, "supports", Some("seed not supported"), Some("seed supported")),
            ("model acme/film-1", "model", Some("listed"), None),
        ]
    );
    assert!(gone.iter().all(|one| one.1 == "model" && one.2.is_none()), "{gone:?}");
    assert!(gone.iter().any(|one| one.0 == "model runway/gen-4.5"), "{gone:?}");
    let duration = report.differences.iter().find(|one| one.what == "duration").unwrap();
    assert!(duration.pointer.starts_with("/x-models/"), "{}", duration.pointer);
    assert_eq!(
        duration.text.as_deref(),
        Some("google/veo-3.1-fast durations: 4, 6, 8, 10")
    );
}

/// Nothing is concluded from what an entry leaves open.
#[test]
fn null_members_are_not_compared() {
    let mut answer = saved();
    for member in ["resolutions", "aspect_ratios", "durations", "frame_images"] {
        answer["data"][1][format!("supported_{member}")] = Value::Null;
    }
    answer["data"][1]["seed"] = json!(true);
    let report = report(&answer);
    assert_eq!(report.state, State::Differs);
    let about: Vec<_> = report.differences.iter().filter(|one| one.at == FAST).collect();
    assert!(about.is_empty(), "{}", about.len());
}

#[test]
fn a_list_of_other_models_is_another_page() {
    let report = report(&json!({"data": [{"id": "acme/film-1"}]}));
    assert_eq!(report.state, State::NotUnderstood);
    assert!(report.reason.unwrap().starts_with("it lists none of the spec's models"));
}

#[test]
fn other_json_is_no_page() {
    for answer in [
        json!({"data": []}),
        json!({"data": "none"}),
        json!([1]),
        json!({"data": [{"name": "x"}]}),
    ] {
        let report = report(&answer);
        assert_eq!(report.state, State::NotUnderstood, "{answer}");
        assert_eq!(report.reason.as_deref(), Some("it is JSON, not a page"), "{answer}");
    }
}

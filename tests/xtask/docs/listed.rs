//! The vendor's own list of models as a page.

use serde_json::{Value, json};
use xtask::docs::Desk;
use xtask::docs::kept::load;
use xtask::docs::report::{Report, State};

use crate::commands::{root, xtask};

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

/// A list is kept like any other page, and the next answer is compared with it.
#[test]
fn a_list_is_kept_and_compared_with_its_next_answer() {
    let copy = tempfile::tempdir().unwrap();
    std::fs::create_dir(copy.path().join("specs")).unwrap();
    let spec = "specs/openrouter.yaml";
    std::fs::copy(root().join(spec), copy.path().join(spec)).unwrap();
    let file = copy.path().join("models.json");
    let run = |answer: &Value, more: &[&str]| {
        std::fs::write(&file, answer.to_string()).unwrap();
        let args = [&["docs", "openrouter", file.to_str().unwrap()], more].concat();
        let (code, out, err) = xtask(&args, copy.path());
        (code, out + &err)
    };
    let (code, out) = run(&saved(), &["--keep"]);
    assert!(
        code == 1 && out.contains("(page `model_list`): differs; kept now\n"),
        "{out}"
    );
    let kept = load(copy.path(), "openrouter", "model_list").unwrap().unwrap();
    let is_fast = |limit: &&xtask::docs::facts::Limit| limit.model == "google/veo-3.1-fast";
    assert_eq!(kept.facts.limits.iter().filter(is_fast).count(), 6);
    let (_, out) = run(&saved(), &[]);
    assert!(!out.contains("since the kept capture"), "{out}");

    let mut next = saved();
    let models = next["data"].as_array_mut().unwrap();
    let veo = models.iter_mut().find(|model| model["id"] == "google/veo-3.1").unwrap();
    veo["supported_durations"] = json!([4, 6]);
    let (code, out) = run(&next, &[]);
    let changed = "model google/veo-3.1: duration: the page has `4, 6`, the spec `4, 6, 8`";
    assert!(code == 1 && out.contains(changed), "{out}");
    assert!(out.contains("since the kept capture"), "{out}");
}

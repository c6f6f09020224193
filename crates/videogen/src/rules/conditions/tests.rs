use super::*;
use crate::model::{Capabilities, Vendor};

const EDIT: Condition = Condition {
    when: &[FieldTest {
        field: "video_operation",
        is: FieldState::OneOf(&["edit", "extend"]),
    }],
    unverified: false,
    requires: &[
        FieldTest {
            field: "duration",
            is: FieldState::OneOf(&["auto"]),
        },
        FieldTest {
            field: "reference_video",
            is: FieldState::Set,
        },
        FieldTest {
            field: "seed",
            is: FieldState::Unset,
        },
    ],
};

/// A model without defaults, with these conditions.
fn any(conditions: &'static [Condition]) -> Model {
    Model {
        conditions,
        ..*Capabilities::of(Vendor::ALL[0], "a-model-of-tomorrow").model
    }
}

fn lines(model: &Model, request: &VideoRequest) -> Vec<String> {
    let found = broken(model, request).into_iter();
    found
        .map(|broken| format!("{} = {}: {}; {}", broken.field, broken.value, broken.rule, broken.hint))
        .collect()
}

#[test]
fn what_is_not_set_has_the_models_default() {
    const LOW: Condition = Condition {
        when: &[],
        unverified: false,
        requires: &[FieldTest {
            field: "resolution",
            is: FieldState::OneOf(&["480p", "720p"]),
        }],
    };
    let model = Model {
        default_resolution: Some("720p"),
        ..any(&[LOW])
    };
    assert!(broken(&model, &VideoRequest::new("m", "x")).is_empty());
    assert_eq!(broken(&any(&[LOW]), &VideoRequest::new("m", "x")).len(), 1);
    assert_eq!(
        broken(&model, &VideoRequest::new("m", "x").resolution("1080p")).len(),
        1
    );
}

#[test]
fn a_value_may_be_left_out_where_the_rule_allows_it() {
    const LOW: Condition = Condition {
        when: &[],
        requires: &[FieldTest {
            field: "resolution",
            is: FieldState::OneOf(&["480p", "unset"]),
        }],
        unverified: false,
    };
    let model = Model {
        default_resolution: Some("720p"),
        ..any(&[LOW])
    };
    let new = || VideoRequest::new("m", "x");
    assert!(broken(&model, &new()).is_empty());
    assert!(broken(&model, &new().resolution("480p")).is_empty());
    let found = broken(&model, &new().resolution("720p")).remove(0);
    assert_eq!(found.hint, "set resolution to 480p, or leave it out");
}

#[test]
fn every_unmet_requirement_is_reported_with_the_remedy() {
    let request = VideoRequest::new("m", "x").video_operation("edit").duration(6).seed(1);
    assert_eq!(
        lines(&any(&[EDIT]), &request),
        [
            "duration = 6: video_operation edit requires duration auto; set duration to auto",
            "reference_video = not set: video_operation edit requires a reference_video; add a reference_video",
            "seed = 1: video_operation edit requires no seed; remove seed",
        ]
    );
}

#[test]
fn a_rule_that_does_not_apply_requires_nothing() {
    assert!(broken(&any(&[EDIT]), &VideoRequest::new("m", "x").duration(6)).is_empty());
    let fine = VideoRequest::new("m", "x")
        .video_operation("extend")
        .duration_auto()
        .reference_video("https://media.example.com/a.mp4");
    assert!(broken(&any(&[EDIT]), &fine).is_empty());
}

/// Whoever follows one of the hints breaks no rule that it did not break before.
#[test]
fn several_rules_for_one_field_do_not_contradict_each_other() {
    const FRAME: Condition = Condition {
        when: &[FieldTest {
            field: "first_frame",
            is: FieldState::Set,
        }],
        unverified: false,
        requires: &[
            FieldTest {
                field: "duration",
                is: FieldState::OneOf(&["auto"]),
            },
            FieldTest {
                field: "resolution",
                is: FieldState::OneOf(&["480p", "720p"]),
            },
        ],
    };
    const DRAFT: Condition = Condition {
        when: &[FieldTest {
            field: "draft",
            is: FieldState::OneOf(&["true"]),
        }],
        unverified: false,
        requires: &[FieldTest {
            field: "resolution",
            is: FieldState::OneOf(&["480p", "unset"]),
        }],
    };
    let model = Model {
        exclusive: &[&["first_frame"], &["reference_video"]],
        ..any(&[EDIT, FRAME, DRAFT])
    };
    let request = VideoRequest::new("m", "x")
        .video_operation("edit")
        .draft(true)
        .resolution("1080p")
        .duration(6)
        .first_frame("https://media.example.com/a.png");
    assert_eq!(
        lines(&model, &request),
        [
            "duration = 6: video_operation edit and first_frame require duration auto; set duration to auto",
            "reference_video = not set: video_operation edit requires a reference_video; add a reference_video in place of \
             first_frame",
            "resolution = 1080p: first_frame requires resolution 480p or 720p; set resolution to 480p",
            "resolution = 1080p: draft true requires resolution 480p; set resolution to 480p",
        ]
    );
}

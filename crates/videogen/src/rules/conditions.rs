//! Rules between the fields of a request, as the specs state them for each model.

use videogen_wire::facts::{Condition, FieldState, FieldTest, Model};

use crate::model::demand::{UNSET, fits};
use crate::model::{Role, VideoDuration, VideoRequest};

/// A requirement that a request does not meet.
pub(super) struct Broken {
    pub(super) field: &'static str,
    pub(super) value: String,
    pub(super) rule: String,
    pub(super) hint: String,
}

/// The requirements of `condition` that `request` does not meet; none where the condition does not apply.
pub(super) fn broken(condition: &Condition, model: &Model, request: &VideoRequest) -> Vec<Broken> {
    if !condition.when.iter().all(|test| holds(test, model, request)) {
        return Vec::new();
    }
    let cause: Vec<String> = condition.when.iter().map(|test| cause(test, request)).collect();
    let unmet = condition.requires.iter().filter(|test| !holds(test, model, request));
    unmet
        .map(|test| {
            let (demand, hint) = demand(test, request);
            Broken {
                field: test.field,
                value: value(request, test.field).unwrap_or_else(|| "not set".to_owned()),
                rule: format!("{} requires {demand}", cause.join(" with ")),
                hint,
            }
        })
        .collect()
}

fn holds(test: &FieldTest, model: &Model, request: &VideoRequest) -> bool {
    fits(test.is.into(), value(request, test.field), || {
        default(model, test.field)
    })
}

/// What the model takes a field that is not set for, if documented.
fn default(model: &Model, field: &str) -> Option<String> {
    match field {
        "resolution" => model.default_resolution.map(str::to_owned),
        "aspect_ratio" => model.default_aspect_ratio.map(str::to_owned),
        "duration" => model.duration.default.map(|seconds| seconds.to_string()),
        _ => None,
    }
}

/// The part of the request that makes a rule apply, such as `video_operation edit`.
fn cause(test: &FieldTest, request: &VideoRequest) -> String {
    match (test.is, value(request, test.field)) {
        (FieldState::OneOf(_), Some(value)) => format!("{} {value}", test.field),
        (FieldState::Unset, _) => format!("a request without {}", test.field),
        (FieldState::OneOf(_), None) => format!("the default {}", test.field),
        (FieldState::Set, _) if test.field == "prompt" => "a request with a prompt".to_owned(),
        _ => test.field.to_owned(),
    }
}

/// What is required, and what to do.
fn demand(test: &FieldTest, request: &VideoRequest) -> (String, String) {
    let field = test.field;
    match test.is {
        FieldState::Set if field == "inputs" => ("an input".to_owned(), "add an input".to_owned()),
        FieldState::Set if is_role(field) => (format!("a {field}"), format!("add a {field}")),
        FieldState::Set => (field.to_owned(), format!("set {field}")),
        FieldState::Unset if field == "inputs" => {
            let set = Role::ALL
                .into_iter()
                .filter(|role| request.inputs_as(*role).count() > 0);
            let set: Vec<&str> = set.map(Role::as_str).collect();
            ("no inputs".to_owned(), format!("remove {}", set.join(", ")))
        }
        FieldState::Unset => (format!("no {field}"), format!("remove {field}")),
        FieldState::OneOf(values) => {
            let set: Vec<&str> = values.iter().copied().filter(|value| *value != UNSET).collect();
            let set = set.join(" or ");
            let or_not = if values.contains(&UNSET) {
                ", or leave it out"
            } else {
                ""
            };
            (format!("{field} {set}"), format!("set {field} to {set}{or_not}"))
        }
    }
}

fn is_role(field: &str) -> bool {
    Role::ALL.iter().any(|role| role.as_str() == field)
}

/// The value of a field in the words of the specs. `None`: it is not set.
pub(super) fn value(request: &VideoRequest, field: &str) -> Option<String> {
    let switch = |value: Option<bool>| value.map(|value| value.to_string());
    let count = |count: usize| (count > 0).then(|| count.to_string());
    match field {
        "duration" => request.duration.map(|duration| match duration {
            VideoDuration::Auto => "auto".to_owned(),
            length => length.to_string(),
        }),
        "frames" => request.frames.map(|frames| frames.to_string()),
        "resolution" => request.resolution.clone(),
        "aspect_ratio" => request.aspect_ratio.clone(),
        "generate_audio" => switch(request.generate_audio),
        "seed" => request.seed.map(|seed| seed.to_string()),
        "watermark" => switch(request.watermark),
        "camera_fixed" => switch(request.camera_fixed),
        "return_last_frame" => switch(request.return_last_frame),
        "service_tier" => request.service_tier.clone(),
        "draft" => switch(request.draft),
        "draft_task" => request.draft_task.as_ref().map(ToString::to_string),
        "tools" => count(request.tools.len()),
        "video_operation" => request.video_operation.clone(),
        "output_format" => request.output_format.clone(),
        "prompt" => (!request.prompt.is_empty()).then(|| request.prompt.clone()),
        "inputs" => count(request.inputs.len()),
        role => count(
            request
                .inputs
                .iter()
                .filter(|input| input.role.as_str() == role)
                .count(),
        ),
    }
}

#[cfg(test)]
mod tests {
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

    /// A model without defaults.
    fn any() -> &'static Model {
        Capabilities::of(Vendor::ALL[0], "a-model-of-tomorrow").model
    }

    #[test]
    fn what_is_not_set_has_the_models_default() {
        let low = Condition {
            when: &[],
            unverified: false,
            requires: &[FieldTest {
                field: "resolution",
                is: FieldState::OneOf(&["480p", "720p"]),
            }],
        };
        let model = Model {
            default_resolution: Some("720p"),
            ..*any()
        };
        assert!(broken(&low, &model, &VideoRequest::new("m", "x")).is_empty());
        assert_eq!(broken(&low, any(), &VideoRequest::new("m", "x")).len(), 1);
        assert_eq!(
            broken(&low, &model, &VideoRequest::new("m", "x").resolution("1080p")).len(),
            1
        );
    }

    #[test]
    fn a_value_may_be_left_out_where_the_rule_allows_it() {
        let low = Condition {
            when: &[],
            requires: &[FieldTest {
                field: "resolution",
                is: FieldState::OneOf(&["480p", "unset"]),
            }],
            unverified: false,
        };
        let model = Model {
            default_resolution: Some("720p"),
            ..*any()
        };
        let new = || VideoRequest::new("m", "x");
        assert!(broken(&low, &model, &new()).is_empty());
        assert!(broken(&low, &model, &new().resolution("480p")).is_empty());
        let found = broken(&low, &model, &new().resolution("720p")).remove(0);
        assert_eq!(found.hint, "set resolution to 480p, or leave it out");
    }

    #[test]
    fn every_unmet_requirement_is_reported_with_the_remedy() {
        let request = VideoRequest::new("m", "x").video_operation("edit").duration(6).seed(1);
        let found: Vec<String> = broken(&EDIT, any(), &request)
            .into_iter()
            .map(|broken| format!("{} = {}: {}; {}", broken.field, broken.value, broken.rule, broken.hint))
            .collect();
        assert_eq!(
            found,
            [
                "duration = 6: video_operation edit requires duration auto; set duration to auto",
                "reference_video = not set: video_operation edit requires a reference_video; add a reference_video",
                "seed = 1: video_operation edit requires no seed; remove seed",
            ]
        );
    }

    #[test]
    fn a_rule_that_does_not_apply_requires_nothing() {
        assert!(broken(&EDIT, any(), &VideoRequest::new("m", "x").duration(6)).is_empty());
        let fine = VideoRequest::new("m", "x")
            .video_operation("extend")
            .duration_auto()
            .reference_video("https://media.example.com/a.mp4");
        assert!(broken(&EDIT, any(), &fine).is_empty());
    }
}

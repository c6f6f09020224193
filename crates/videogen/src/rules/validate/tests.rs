use super::*;
use crate::model::{Role, Source};

fn fields(vendor: Vendor, request: &VideoRequest) -> Vec<String> {
    validate(vendor, request)
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}

#[test]
fn all_violations_come_at_once() {
    let request = VideoRequest::new("seedance-2.0-fast", " ")
        .duration(60)
        .resolution("4K")
        .aspect_ratio("2:1")
        .service_tier("flex")
        .camera_fixed(true)
        .input(Role::LastFrame, Source::Asset("a".into()))
        .input(Role::ReferenceAudio, Source::Asset("b".into()));
    assert_eq!(
        fields(Vendor::Token360, &request),
        [
            "prompt",
            "duration",
            "resolution",
            "aspect_ratio",
            "service_tier",
            "camera_fixed",
            "last_frame",
            "reference_audio",
            "inputs"
        ]
    );
}

#[test]
fn frames_only_where_they_are_honoured() {
    let request = VideoRequest::new("seedance-2.0", "x").frames(29);
    assert_eq!(fields(Vendor::AllToken, &request), ["frames"]);
    let request = VideoRequest::new("seedance-1.0-pro", "x").frames(29);
    assert!(fields(Vendor::AllToken, &request).is_empty());
    let violations = validate(Vendor::AllToken, &VideoRequest::new("seedance-1.0-pro", "x").frames(30));
    assert_eq!(violations[0].hint, "use 29");
    assert_eq!(fields(Vendor::AllToken, &request.duration(5)), ["duration"]);
}

#[test]
fn extra_may_add_but_not_override() {
    let mut request = VideoRequest::new("doubao-seedance-1-5-pro", "x");
    request.extra =
        serde_json::from_str(r#"{"new": 1, "duration": 5, "metadata": {"x": 1, "seed": 2}}"#).expect("an object");
    let values: Vec<_> = validate(Vendor::ToApis, &request)
        .into_iter()
        .map(|v| v.value)
        .collect();
    assert_eq!(values, ["duration", "metadata.seed"]);
}

/// The limits of other models say nothing of an unlisted one; what the request cannot carry, or only as other values, is
/// refused all the same.
#[test]
fn limits_of_unlisted_models_are_not_checked() {
    for vendor in Vendor::ALL.iter().copied() {
        for model in ["seedance-9", "doubao-seedance-9", "kling-v9"] {
            let rules = Capabilities::of(vendor, model);
            assert!(!rules.is_known(), "{vendor} {model}");
            // Where no page describes the body of unlisted models, it has a place for a prompt only.
            if rules.field("duration").is_none() {
                assert_eq!(
                    fields(vendor, &VideoRequest::new(model, "x").duration(600)),
                    ["duration"]
                );
                continue;
            }
            let mut request = VideoRequest::new(model, "x").duration(600).aspect_ratio("21:9");
            for number in 0..40 {
                let source = Source::Url(format!("https://media.example.com/{number}.png").into());
                request = request.input(Role::ReferenceImage, source);
            }
            assert!(fields(vendor, &request).is_empty(), "{vendor} {model}");
            let first = Source::Url("https://media.example.com/first.png".to_owned().into());
            assert!(fields(vendor, &request.clone().input(Role::FirstFrame, first)).is_empty());
            assert_eq!(fields(vendor, &request.clone().duration(0)), ["duration"]);
            assert_eq!(fields(vendor, &request.clone().aspect_ratio(" ")), ["aspect_ratio"]);
        }
    }
    // Tiers of the protocol, whatever the model.
    for (tier, violations) in [("4K", 0), ("9K", 1)] {
        let request = VideoRequest::new("seedance-9", "x").resolution(tier);
        assert_eq!(fields(Vendor::Token360, &request).len(), violations, "{tier}");
    }
    // A model that ignores a frame count bills another length.
    let violations = validate(Vendor::AllToken, &VideoRequest::new("seedance-9", "x").frames(57));
    assert!(violations[0].rule.contains("may ignore `frames`"), "{}", violations[0]);
}

#[test]
fn an_unlisted_model_goes_to_the_default_family_and_may_be_a_typo() {
    for (vendor, model, near) in [
        (Vendor::Token360, "seedance-2", Some("seedance-2.0")),
        (Vendor::Token360, " Seedance-2.0-Fast", Some("seedance-2.0-fast")),
        (Vendor::AllToken, "seedance-1-5-pro", Some("seedance-1.5-pro")),
        (Vendor::AllToken, "sora", None),
        (
            Vendor::ToApis,
            "doubao-seedance-1-5-prp",
            Some("doubao-seedance-1-5-pro"),
        ),
        (Vendor::ToApis, "", None),
    ] {
        assert_eq!(Capabilities::nearest(vendor, model), near, "{vendor} {model}");
    }
    let unlisted = Capabilities::of(Vendor::ToApis, "doubao-seedance-9");
    assert_eq!(unlisted.model.request.path, "/v1/videos/generations");
}

/// Where a field goes is not known of an unlisted model, which does not mean that the model lacks it.
#[test]
fn what_has_no_known_place_is_sent_as_an_extra_member() {
    let request = VideoRequest::new("seedance-2-5-pro", "x")
        .watermark(true)
        .reference_video("https://media.example.com/a.mp4");
    let texts = |request: &VideoRequest| -> Vec<String> {
        let found = validate(Vendor::ToApis, request).into_iter();
        found.map(|found| found.to_string()).collect()
    };
    let text = |field: &str, value: &str, more: &str| {
        format!(
            "{field} = {value}: ToAPIs seedance-2-5-pro is not in our tables; where `{field}` goes in its request is not \
             known; send it under the vendor's name for it; did you mean the model seedance-2-5?{more} (in `extra`)"
        )
    };
    let (watermark, video) = (text("watermark", "true", ""), text("reference_video", "1", ""));
    assert_eq!(texts(&request), [watermark, video.clone()]);
    let request = request.allow_unverified("watermark");
    let more = " (`allow_unverified` does not help: a field without a known place cannot be sent)";
    assert_eq!(texts(&request), [text("watermark", "true", more), video]);
    for vendor in [Vendor::Token360, Vendor::AllToken] {
        let request = VideoRequest::new("sora-9", "x")
            .video_operation("edit")
            .client_reference("order-1");
        let found = validate(vendor, &request);
        let [only] = found.as_slice() else { panic!("{found:?}") };
        assert!(
            only.rule.contains("sora-9 is not in our tables") && !only.hint.contains("mean"),
            "{only}"
        );
        assert!(only.fits_extra, "{only}");
    }
}

/// Some vendors take a 0 for something else than a length.
#[test]
fn a_duration_of_zero_has_another_name() {
    for (vendor, model, hint) in [
        (Vendor::ToApis, "seedance-2", "use auto to let the model decide, or 4"),
        (
            Vendor::ToApis,
            "seedance-2-fast",
            "use auto to let the model decide, or 4",
        ),
        (Vendor::ToApis, "seedance-2-mini", "use 4"),
        (Vendor::ToApis, "doubao-seedance-1-5-pro", "use 4"),
        (
            Vendor::Token360,
            "seedance-2.0",
            "use auto to let the model decide, or 4",
        ),
        (
            Vendor::AllToken,
            "seedance-2.0",
            "leave it out for the default, or use 4",
        ),
        (
            Vendor::AllToken,
            "seedance-1.0-pro",
            "leave it out for the default, or use 2",
        ),
        (Vendor::AllToken, "seedance-9", "leave it out for the default, or use 1"),
    ] {
        let found = validate(vendor, &VideoRequest::new(model, "x").duration(0));
        assert_eq!((found.len(), found[0].hint.as_str()), (1, hint), "{vendor} {model}");
        assert!(!found[0].unverified);
    }
}

#[test]
fn hints_name_what_to_type() {
    let hint = |vendor, request: VideoRequest| validate(vendor, &request)[0].hint.clone();
    let new = |model: &str| VideoRequest::new(model, "x");
    // The letter case of other words counts.
    assert_eq!(
        hint(Vendor::AllToken, new("seedance-2.0").service_tier("FLEX")),
        "use flex"
    );
    assert_eq!(
        hint(Vendor::AllToken, new("seedance-2.5").output_format("MOV")),
        "use mov"
    );
    let operation = |vendor, model: &str| hint(vendor, new(model).video_operation("generaet"));
    assert_eq!(
        operation(Vendor::AllToken, "seedance-2.5"),
        "use one of auto, edit, extend"
    );
    assert_eq!(
        operation(Vendor::ToApis, "seedance-2-5"),
        "use one of generate, edit, extend; did you mean generate?"
    );
    let searching = new("seedance-2")
        .tool("web_search")
        .reference_image("https://media.example.com/a.png")
        .reference_video("https://media.example.com/a.mp4");
    assert_eq!(
        hint(Vendor::ToApis, searching),
        "remove reference_image, reference_video"
    );
    // A few models stand for all that take a field.
    let searching = hint(Vendor::Token360, new("seedance-2.0").tool("web_search"));
    let models = Capabilities::all(Vendor::ToApis).filter(|entry| entry.field("tools").is_some());
    let more = models.count() - 3;
    assert!(more > 0);
    let first =
        format!("leave it out, or use ToAPIs (seedance-2, seedance-2-fast, seedance-2-mini and {more} more), AllToken");
    assert!(searching.starts_with(&first), "{searching}");
    let more_models = |request: VideoRequest| validate(Vendor::ToApis, &request)[0].more_models;
    assert!(more_models(new("seedance-2-5").seed(7)) > more);
    assert_eq!(more_models(new("seedance-2").output_format("mov")), 0);
}

#[test]
fn the_kinds_of_tools_are_those_of_the_vendor() {
    for (vendor, model) in [
        (Vendor::ToApis, "seedance-2"),
        (Vendor::ToApis, "seedance-2-5"),
        (Vendor::ToApis, "doubao-seedance-2-0"),
        (Vendor::AllToken, "seedance-2.0"),
        (Vendor::AllToken, "seedance-9"),
    ] {
        let with = |kinds: &[&str]| {
            let mut request = VideoRequest::new(model, "x");
            for kind in kinds {
                request = request.tool(*kind);
            }
            let found = validate(vendor, &request).into_iter();
            found.map(|found| found.to_string()).collect::<Vec<_>>()
        };
        assert!(with(&["web_search"]).is_empty(), "{model}");
        let whom = format!("{} {model} does not support this tool; use web_search", vendor.name());
        assert_eq!(with(&["foo"]), [format!("tools = foo: {whom}")]);
        let both = [
            format!("tools = Web_Search: {whom}"),
            "tools = \"\": a tool requires a kind".to_owned(),
        ];
        let found = with(&["web_search", "Web_Search", ""]);
        assert!(
            found.len() == 2 && found[0] == both[0] && found[1].starts_with(&both[1]),
            "{found:?}"
        );
    }
}

/// Whether a prompt is required is a fact of each body.
#[test]
fn a_prompt_may_be_left_out_where_the_vendor_does_not_require_it() {
    let framed = |model: &str| VideoRequest::new(model, "").first_frame("https://media.example.com/a.png");
    for (vendor, model, count) in [
        (Vendor::ToApis, "seedance-2", 0),
        (Vendor::ToApis, "seedance-2-mini", 0),
        (Vendor::ToApis, "doubao-seedance-1-5-pro", 1),
        (Vendor::ToApis, "kling-v9", 1),
        (Vendor::Token360, "seedance-2.0", 1),
        (Vendor::AllToken, "seedance-2.0", 1),
    ] {
        let found = validate(vendor, &framed(model));
        assert_eq!(found.len(), count, "{vendor} {model}: {found:?}");
        if count == 1 {
            let text = format!(
                "prompt = \"\": {} {model} requires a prompt; describe the video",
                vendor.name()
            );
            assert_eq!(found[0].to_string(), text);
        }
    }
    let plan = crate::submit::plan(Vendor::ToApis, None, &framed("seedance-2")).expect("it is valid");
    assert!(plan.body.get("prompt").is_none(), "{}", plan.body);
    // Nobody says what is made of nothing.
    let found = validate(Vendor::ToApis, &VideoRequest::new("seedance-2", ""));
    assert_eq!(
        (found.len(), found[0].field.as_str(), found[0].unverified),
        (1, "prompt", true)
    );
    let blank = validate(Vendor::ToApis, &VideoRequest::new("seedance-2", " \n"));
    assert_eq!(
        blank[0].to_string(),
        "prompt = \" \\n\": contains only white space; describe the video"
    );
}

/// Client references must be usable for lookups.
#[test]
fn references_that_cannot_be_looked_up_are_rejected() {
    for reference in ["a/b", "/", r"a\b", ".", ".."] {
        let request = |vendor: Vendor| VideoRequest::new(vendor.default_model(), "x").client_reference(reference);
        let violations = validate(Vendor::ToApis, &request(Vendor::ToApis));
        assert_eq!(
            (violations.len(), violations[0].field.as_str()),
            (1, "client_reference"),
            "{reference}"
        );
        assert!(violations[0].rule.contains("URL path"), "{}", violations[0]);
    }
    for reference in ["order-1", "a.b", "...", "50% off?", "été"] {
        let request = VideoRequest::new(Vendor::ToApis.default_model(), "x").client_reference(reference);
        assert!(fields(Vendor::ToApis, &request).is_empty(), "{reference}");
    }
}

/// Loopback is for simulators.
#[test]
fn inputs_over_plain_http() {
    for vendor in Vendor::ALL.iter().copied() {
        let with = |url: &str| {
            let source = Source::Url(url.to_owned().into());
            VideoRequest::new(vendor.default_model(), "x").input(Role::FirstFrame, source)
        };
        let violations = validate(vendor, &with("http://media.example.com/a.png?sig=s3cret"));
        assert_eq!(violations.len(), 1, "{vendor}");
        let text = violations[0].to_string();
        assert!(
            text.starts_with("first_frame = ") && text.ends_with("; give an https:// URL"),
            "{text}"
        );
        assert!(
            text.contains("http:// inputs are not sent") && !text.contains("s3cret"),
            "{text}"
        );
        assert!(fields(vendor, &with("https://media.example.com/a.png")).is_empty());
        assert!(fields(vendor, &with("http://127.0.0.1:8787/a.png")).is_empty());
    }
}

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use super::*;
use crate::model::{Source, Vendor};
use crate::rules::adjust::adjust;
use crate::rules::media::Files;
use crate::rules::{overridden, validate};

fn texts(vendor: Vendor, request: &VideoRequest) -> Vec<String> {
    validate(vendor, request).iter().map(ToString::to_string).collect()
}

#[test]
fn a_refusal_names_the_unverified_rule_and_how_to_override_it() {
    let request = VideoRequest::new("seedance-2.0", "x").duration(20).resolution("9K");
    assert_eq!(
        texts(Vendor::Token360, &request),
        [
            "duration = 20: Token360 seedance-2.0 supports 4 to 15 seconds; use 15 (unverified rule: \
             allow_unverified(\"duration\") overrides it)",
            "resolution = 9K: Token360 seedance-2.0 does not support this value; use one of 360p, 480p, 540p, 720p, \
             1080p, 1k, 2k, 4k",
        ]
    );
    let request = VideoRequest::new("seedance-2.0", "x")
        .duration(20)
        .allow_unverified("duration");
    assert!(texts(Vendor::Token360, &request).is_empty());
    let overridden = overridden(Vendor::Token360, &request, &Files::default());
    assert_eq!((overridden.len(), overridden[0].field.as_str()), (1, "duration"));
}

#[test]
fn every_kind_of_unverified_rule_can_be_overridden() {
    let url = |name: &str| Source::Url(format!("https://media.example.com/{name}").into());
    let new = |model: &str| VideoRequest::new(model, "x");
    let mut crowd = new("seedance-2.0");
    for number in 0..12 {
        crowd = crowd.input(Role::ReferenceImage, url(&number.to_string()));
    }
    let mixed = new("seedance-2.0")
        .first_frame(url("a.png"))
        .reference_image(url("b.png"));
    let asset: Source = "asset://img-1".parse().unwrap();
    for (vendor, field, request) in [
        (Vendor::Token360, "reference_image", crowd),
        (Vendor::Token360, "inputs", mixed),
        (Vendor::AllToken, "first_frame", new("seedance-2.5").first_frame(asset)),
        (
            Vendor::AllToken,
            "reference_video",
            new("seedance-1.0-pro").reference_video(url("a.mp4")),
        ),
        (
            Vendor::Token360,
            "reference_audio",
            new("seedance-2.0").reference_audio(url("a.mp3")),
        ),
        (
            Vendor::AllToken,
            "generate_audio",
            new("seedance-1.0-pro").generate_audio(true),
        ),
        (
            Vendor::Token360,
            "resolution",
            new("seedance-2.0-fast").resolution("1080p"),
        ),
        (Vendor::AllToken, "frames", new("seedance-9").frames(57)),
    ] {
        let [refused] = &validate(vendor, &request)[..] else {
            panic!("{field}: {:?}", texts(vendor, &request));
        };
        assert!(refused.unverified && refused.field == field, "{refused}");
        let request = request.allow_unverified(field);
        assert!(validate(vendor, &request).is_empty(), "{field}");
        // It is sent as requested, also where an adjustment is permitted too.
        let request = match field {
            "inputs" => request,
            field => request.adjust(field, crate::model::Adjust::Drop),
        };
        let (sent, made) = adjust(vendor, &request, &Files::default()).unwrap();
        assert!(sent == request && made.is_empty(), "{field}");
    }
}

/// Whether a rule is documented is stated for each rule, not for all of a kind.
#[test]
fn documented_rules_are_not_called_unverified() {
    let url = |name: &str| Source::Url(format!("https://media.example.com/{name}").into());
    let marks = |request: &VideoRequest| -> Vec<(String, bool)> {
        let found = validate(Vendor::ToApis, request).into_iter();
        found.map(|found| (found.field, found.unverified)).collect()
    };
    let found = |pairs: &[(&str, bool)]| -> Vec<(String, bool)> {
        pairs.iter().map(|(field, mark)| ((*field).to_owned(), *mark)).collect()
    };
    let new = |model: &str| VideoRequest::new(model, "x");
    let edit = new("seedance-2-5").video_operation("edit").duration(8);
    let wanted = [("aspect_ratio", false), ("reference_video", false), ("duration", true)];
    assert_eq!(marks(&edit), found(&wanted));
    let framed = new("seedance-2-5").first_frame(url("a.png")).duration(8);
    assert_eq!(marks(&framed), found(&[("aspect_ratio", false), ("duration", true)]));
    let framed = framed.aspect_ratio("adaptive").allow_unverified("duration");
    assert_eq!(marks(&framed), []);
    let alone = |model: &str| new(model).input(Role::ReferenceAudio, url("a.mp3"));
    assert_eq!(marks(&alone("seedance-2")), found(&[("reference_audio", false)]));
    assert_eq!(marks(&alone("seedance-2-5")), []);
    // Of some numbers, the page does not say that they hold for this model.
    let many = |role: Role, count: usize| {
        (0..count).fold(new("seedance-2"), |request, index| {
            request.input(role, url(&index.to_string()))
        })
    };
    assert_eq!(
        marks(&many(Role::ReferenceVideo, 4)),
        found(&[("reference_video", true)])
    );
    assert_eq!(
        marks(&many(Role::ReferenceImage, 10)),
        found(&[("reference_image", false)])
    );
    let data: Source = "data:video/mp4;base64,AAAA".parse().unwrap();
    let source = new("seedance-2").input(Role::ReferenceVideo, data);
    assert_eq!(marks(&source), found(&[("reference_video", false)]));
    let refused = validate(
        Vendor::ToApis,
        &many(Role::ReferenceImage, 10).allow_unverified("aspect_ratio"),
    );
    assert!(
        refused[1]
            .rule
            .starts_with("every rule of ToAPIs seedance-2 for `aspect_ratio` is verified")
    );
}

#[test]
fn only_unverified_rules_of_known_fields_are_overridden() {
    let refused = |vendor, request: VideoRequest| texts(vendor, &request).join("\n");
    let pro = VideoRequest::new("seedance-1.5-pro", "x").allow_unverified("duration");
    let text = refused(Vendor::AllToken, pro.clone().duration(30));
    assert!(
        text.contains("duration = 30: AllToken seedance-1.5-pro supports 4 to 12 seconds"),
        "{text}"
    );
    let misused = "allow_unverified = duration: every rule of AllToken seedance-1.5-pro for `duration` is verified; only \
        unverified ones can be overridden; remove it";
    assert!(text.ends_with(&format!("{misused}, and correct `duration`")), "{text}");
    assert_eq!(refused(Vendor::AllToken, pro.duration(5)), misused);

    let new = VideoRequest::new("seedance-2.0", "x");
    for (name, hint) in [
        ("lenght", "use one of prompt, duration, "),
        ("reference-image", "did you mean `reference_image`?"),
    ] {
        let text = refused(Vendor::Token360, new.clone().allow_unverified(name));
        assert!(
            text.starts_with(&format!("allow_unverified = {name}: is not a field with rules; {hint}")),
            "{text}"
        );
    }
    // No video has no length; that does not depend on what clients have shown.
    let text = refused(Vendor::Token360, new.duration(0).allow_unverified("duration"));
    assert!(
        text.ends_with("(this rule is verified: `allow_unverified` does not override it)"),
        "{text}"
    );
    // An unlisted model has no limits to override.
    let unlisted = VideoRequest::new("seedance-9", "x")
        .duration(600)
        .allow_unverified("duration");
    assert_eq!(refused(Vendor::AllToken, unlisted), "");
    // The bounds of the vendor's field remain.
    let frames = VideoRequest::new("seedance-9", "x")
        .frames(400)
        .allow_unverified("frames");
    assert!(refused(Vendor::AllToken, frames).starts_with("frames = 400: must be 29 to 289; use 289"));
}

#[test]
fn every_field_of_the_specs_can_be_named() {
    let known: BTreeSet<&str> = names().collect();
    for model in Vendor::ALL.iter().flat_map(|vendor| vendor.facts().models) {
        for field in model.request.fields {
            let is_required = ["model", "prompt"].contains(&field.name);
            assert!(is_required || known.contains(field.name), "{}", field.name);
        }
    }
}

//! Hints of violations: what they suggest must be possible.

use videogen::facts::Capabilities;
use videogen::submit::validate;
use videogen::{LocalFile, Role, Source, Vendor, VideoRequest, Violation};

/// The violations of one field.
fn about(vendor: Vendor, request: &VideoRequest, field: &str) -> Vec<Violation> {
    let mut found = validate(vendor, request);
    found.retain(|violation| violation.field == field);
    found
}

/// The words of a hint for each kind of source.
const KINDS: [(&str, &str); 4] = [
    ("url", "https://"),
    ("asset", "asset://"),
    ("upload_id", "upload:"),
    ("data", "data:"),
];

/// Of every role: a file of no known type, and each kind of source that it does not take.
#[test]
fn only_sources_that_are_taken_are_suggested() {
    let mut tried = 0;
    for vendor in Vendor::ALL.iter().copied() {
        for rules in Capabilities::all(vendor) {
            for input in rules.model.inputs {
                let role = Role::ALL.into_iter().find(|role| role.as_str() == input.role).unwrap();
                let sources = [
                    LocalFile::from(b"nothing".to_vec()).into(),
                    Source::Asset("a-1".to_owned()),
                    Source::UploadId("u-1".to_owned()),
                    Source::Data {
                        media_type: "image/png".to_owned(),
                        bytes: b"nothing".to_vec(),
                    },
                ];
                for source in sources {
                    let request = VideoRequest::new(rules.model.id, "x").input(role, source);
                    for violation in about(vendor, &request, input.role) {
                        let Some(usable) = violation.hint.strip_prefix("use ") else {
                            continue;
                        };
                        for (kind, words) in KINDS {
                            assert!(
                                !usable.contains(words) || input.sources.contains(&kind),
                                "{vendor} {} {role}: {violation}",
                                rules.model.id
                            );
                        }
                        tried += 1;
                    }
                }
            }
        }
    }
    assert!(tried > 100, "{tried}");
    // A local file is no way to send what only a URL can name.
    let data = "data:video/mp4;base64,AAAA".parse::<Source>().unwrap();
    let model = Capabilities::all(Vendor::OpenRouter)
        .find(|rules| rules.model.inputs.iter().any(|input| input.role == "reference_video"))
        .unwrap();
    let request = VideoRequest::new(model.model.id, "x").input(Role::ReferenceVideo, data);
    let [violation] = about(Vendor::OpenRouter, &request, "reference_video")
        .try_into()
        .unwrap();
    assert_eq!(violation.hint, "use an https:// URL");
}

#[test]
fn a_character_that_a_url_must_not_contain_is_named() {
    for (url, odd, escaped) in [
        ("https://x.example/a?b=é", "'é'", "%C3%A9"),
        ("https://x.example/a b", "' '", "%20"),
        ("https://x.example/{id}", "'{'", "%7B"),
    ] {
        let request = VideoRequest::new("seedance-2", "x").callback_url(url);
        let [violation] = about(Vendor::ToApis, &request, "callback_url").try_into().unwrap();
        assert!(violation.rule.contains(&format!("contains {odd}")), "{violation}");
        assert_eq!(violation.hint, format!("write it as {escaped}"));
    }
}

#[test]
fn an_empty_file_is_called_empty() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let request = VideoRequest::new(Vendor::Fal.default_model(), "x").first_frame(file.path());
    let [violation] = about(Vendor::Fal, &request, "first_frame").try_into().unwrap();
    assert_eq!(violation.rule, "it is empty");
}

/// Its page, and not that of another endpoint of the model.
#[test]
fn a_violation_links_the_page_of_the_endpoint() {
    let page = |model: &str| {
        validate(Vendor::Fal, &VideoRequest::new(model, "x").duration(99))[0]
            .page
            .unwrap()
    };
    for (model, endpoint) in [
        ("bytedance/seedance-2.0", "bytedance/seedance-2.0/text-to-video"),
        (
            "bytedance/seedance-2.0/image-to-video",
            "bytedance/seedance-2.0/image-to-video",
        ),
        ("fal-ai/veo3.1/reference-to-video", "fal-ai/veo3.1/reference-to-video"),
    ] {
        assert_eq!(page(model), format!("https://fal.ai/models/{endpoint}/api"));
    }
}

/// What the vendor has in the query or a header of a request is not read in its body.
#[test]
fn an_own_member_that_belongs_elsewhere_is_refused() {
    for (vendor, name, rule, hint) in [
        (
            Vendor::Fal,
            "fal_webhook",
            "the vendor has `fal_webhook` in the query of the URL, and would ignore it in the body",
            "set `callback_url` instead",
        ),
        (
            Vendor::Fal,
            "x-fal-request-timeout",
            "the vendor has `x-fal-request-timeout` in a header, and would ignore it in the body",
            "set `expires_after` instead",
        ),
        (
            Vendor::Replicate,
            "webhook",
            "would override the vendor's `webhook`",
            "set `callback_url` instead",
        ),
    ] {
        let mut request = VideoRequest::new(vendor.default_model(), "x");
        request
            .extra
            .insert(name.to_owned(), "https://hooks.example.com/".into());
        let [violation] = about(vendor, &request, "extra").try_into().unwrap();
        assert_eq!(
            (violation.rule.as_str(), violation.hint.as_str()),
            (rule, hint),
            "{name}"
        );
    }
}

/// An endpoint that needs an input names the roles that it has.
#[test]
fn a_missing_input_is_named() {
    let endpoint = "bytedance/seedance-2.0/image-to-video";
    let found = validate(Vendor::Fal, &VideoRequest::new(endpoint, "x"));
    let hints: Vec<&str> = found.iter().map(|violation| violation.hint.as_str()).collect();
    assert!(
        hints.iter().any(|hint| hint.starts_with("add a first_frame")),
        "{found:?}"
    );
}

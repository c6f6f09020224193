//! Notes on values that are sent although the vendor may refuse them, or reads them otherwise.

use crate::model::mask::hide_urls;
use crate::model::{Capabilities, Note, Vendor, VideoRequest};
use crate::rules::media::{Files, unchecked};
use crate::rules::prompt_flags::prompt_flags;

/// Returns the notes on the values of `request`: those that the model's entry calls doubtful, a model id that no vendor would
/// give a model, local files whose limits cannot be checked, and words of the prompt that the vendor reads as fields.
pub(crate) fn notes(vendor: Vendor, request: &VideoRequest, files: &Files) -> Vec<Note> {
    let rules = Capabilities::of(vendor, &request.model);
    let odd = odd_id(&request.model).filter(|_| !rules.is_known()).map(|reason| Note {
        field: "model".to_owned(),
        value: hide_urls(&format!("{:?}", request.model)),
        reason: reason.to_owned(),
        sets: None,
    });
    let doubtful = [
        ("resolution", &request.resolution),
        ("aspect_ratio", &request.aspect_ratio),
    ];
    let doubtful = doubtful.into_iter().filter_map(|(field, value)| {
        let doubt = rules.model.doubt(field, value.as_deref()?)?;
        Some(Note {
            field: field.to_owned(),
            value: doubt.value.to_owned(),
            reason: doubt.reason.to_owned(),
            sets: None,
        })
    });
    let unchecked = unchecked(&rules, request, files).into_iter();
    let unchecked = unchecked.map(|(role, file, reason)| Note {
        field: role.as_str().to_owned(),
        value: hide_urls(&file),
        reason,
        sets: None,
    });
    let flags = prompt_flags(vendor, &request.prompt).into_iter().map(|found| Note {
        field: "prompt".to_owned(),
        value: hide_urls(&format!("{} {}", found.flag, found.value)),
        reason: format!(
            "{} reads it as `{field}`, in place of the field; remove it, and set `{field}`",
            vendor.name(),
            field = found.field
        ),
        sets: Some(found.field.to_owned()),
    });
    odd.into_iter().chain(doubtful).chain(unchecked).chain(flags).collect()
}

/// Why an id is probably a mistake.
fn odd_id(model: &str) -> Option<&'static str> {
    if model.trim() != model {
        Some("it begins or ends with white space")
    } else if model.contains(char::is_whitespace) {
        Some("it contains white space")
    } else if !model
        .chars()
        .all(|c| c.is_ascii_graphic() && !"\"'`<>\\^{|}".contains(c))
    {
        Some("it contains characters that model ids do not have")
    } else {
        None
    }
}

// The cases are from real vendors.
#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
mod tests {
    use super::*;
    use crate::rules::validate;

    fn texts(vendor: Vendor, request: &VideoRequest) -> Vec<String> {
        notes(vendor, request, &Files::default())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn doubtful_values_pass_with_a_note() {
        let tier = |model: &str, tier: &str| VideoRequest::new(model, "x").resolution(tier);
        for (vendor, model, note) in [
            (
                Vendor::ToApis,
                "seedance-2-5",
                "resolution = 1080p: the vendor may refuse it: the page lists 480p and 720p; only a client that ran the \
                 model lists 1080p",
            ),
            (
                Vendor::AllToken,
                "seedance-2.0-fast",
                "resolution = 1080p: the vendor may refuse it: the provider of the model lists 480p and 720p",
            ),
        ] {
            assert!(validate(vendor, &tier(model, "1080p")).is_empty(), "{model}");
            assert_eq!(texts(vendor, &tier(model, "1080p")), [note]);
            assert!(texts(vendor, &tier(model, "720p")).is_empty());
        }
        // Nobody has seen that one.
        let refused = validate(Vendor::ToApis, &tier("seedance-2-5", "4k"));
        assert_eq!(refused[0].hint, "use one of 480p, 720p");
        assert!(texts(Vendor::AllToken, &tier("seedance-2.0", "1080p")).is_empty());
    }

    #[test]
    fn odd_model_ids_have_a_note() {
        for (model, value, reason) in [
            (" seedance-2.0", "\" seedance-2.0\"", "begins or ends with white space"),
            ("seedance 2.0", "\"seedance 2.0\"", "contains white space"),
            (
                "seedance\u{200b}-2",
                "\"seedance\\u{200b}-2\"",
                "contains characters that model ids do not have",
            ),
        ] {
            for vendor in Vendor::ALL.iter().copied() {
                let request = VideoRequest::new(model, "x");
                assert!(validate(vendor, &request).is_empty(), "{model}");
                let text = format!("model = {value}: the vendor may refuse it: it {reason}");
                assert_eq!(texts(vendor, &request), [text]);
            }
        }
        for model in ["seedance-9", "acme/video:v1.2@latest", "Veo3.1-fast"] {
            assert!(
                texts(Vendor::ToApis, &VideoRequest::new(model, "x")).is_empty(),
                "{model}"
            );
        }
    }
}

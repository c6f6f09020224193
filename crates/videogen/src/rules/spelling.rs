//! Letter case of values: `4K` is `4k`, however the vendor writes it.

use std::borrow::Cow;

use crate::model::{Capabilities, Vendor, VideoRequest};

/// The request with the letter case of the tables in the values that users and vendors write in several ways.
pub(crate) fn spelled(vendor: Vendor, request: &VideoRequest) -> Cow<'_, VideoRequest> {
    let rules = Capabilities::of(vendor, &request.model);
    let known = |field: &str, value: &Option<String>| {
        let value = value.as_deref()?;
        let doubtful = rules.model.doubtful.iter().filter(|doubt| doubt.field == field);
        let mut known = rules
            .values(field)
            .iter()
            .copied()
            .chain(doubtful.map(|doubt| doubt.value));
        let known = known.find(|known| known.eq_ignore_ascii_case(value))?;
        (known != value).then(|| known.to_owned())
    };
    let resolution = known("resolution", &request.resolution);
    let ratio = known("aspect_ratio", &request.aspect_ratio);
    if resolution.is_none() && ratio.is_none() {
        return Cow::Borrowed(request);
    }
    let mut spelled = request.clone();
    spelled.resolution = resolution.or(spelled.resolution);
    spelled.aspect_ratio = ratio.or(spelled.aspect_ratio);
    Cow::Owned(spelled)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_letter_case_will_do() {
        for vendor in Vendor::ALL.iter().copied() {
            for entry in Capabilities::all(vendor) {
                for tier in entry.model.resolutions {
                    for given in [tier.to_uppercase(), tier.to_lowercase()] {
                        let request = VideoRequest::new(entry.model.id, "x").resolution(given);
                        assert_eq!(spelled(vendor, &request).resolution.as_deref(), Some(*tier));
                    }
                }
                assert!(entry.model.resolutions.iter().all(|tier| *tier == tier.to_lowercase()));
            }
            let unknown = VideoRequest::new(vendor.default_model(), "x").resolution("Huge");
            assert_eq!(spelled(vendor, &unknown).resolution.as_deref(), Some("Huge"));
        }
    }
}

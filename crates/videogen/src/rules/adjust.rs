//! Opt-in adjustments: drops or rounds fields that the model does not support, as the caller permits.

use crate::model::{Adjust, Adjustment, Role};
use crate::model::{Capabilities, Vendor, VideoDuration, VideoRequest, Violation};
use crate::rules::media::{Files, is_unusable, role_rule};
use crate::rules::permission::unset;
use crate::rules::spelling::spelled;
use crate::rules::validate_with;

/// Applies the permitted adjustments to `request`, and returns the adjusted request with the list of changes.
///
/// # Errors
/// Every remaining violation.
pub(crate) fn adjust(
    vendor: Vendor,
    request: &VideoRequest,
    files: &Files,
) -> Result<(VideoRequest, Vec<Adjustment>), Vec<Violation>> {
    let request = &*spelled(vendor, request);
    let violations = validate_with(vendor, request, files);
    if violations.is_empty() {
        return Ok((request.clone(), Vec::new()));
    }
    let (mut fitted, mut made) = (request.clone(), Vec::new());
    for violation in &violations {
        if made.iter().any(|made: &Adjustment| made.field == violation.field) {
            continue;
        }
        let sent = match request.adjust.get(&violation.field) {
            Some(Adjust::Drop) if has_mistake(vendor, request, files, &violation.field) => continue,
            Some(Adjust::Drop) if unset(&mut fitted, &violation.field) => None,
            Some(Adjust::Round) => match round(vendor, &mut fitted, &violation.field) {
                Some(sent) => Some(sent),
                None => continue,
            },
            _ => continue,
        };
        made.push(Adjustment {
            field: violation.field.clone(),
            requested: violation.value.clone(),
            sent,
            rule: violation.rule.clone(),
        });
    }
    // Violations without a permission remain, and those that a permission could not fix.
    let left = validate_with(vendor, &fitted, files);
    if left.is_empty() { Ok((fitted, made)) } else { Err(left) }
}

/// Whether an input is itself at fault, such as a path without a file: a mistake of the caller, and nothing that the model
/// does not support.
fn has_mistake(vendor: Vendor, request: &VideoRequest, files: &Files, field: &str) -> bool {
    let rules = Capabilities::of(vendor, &request.model);
    let role = Role::ALL.into_iter().find(|role| role.as_str() == field);
    role.filter(|role| role_rule(&rules, *role).is_some())
        .is_some_and(|role| request.inputs_as(role).any(|source| is_unusable(source, files)))
}

/// Replaces a field's value by the nearest supported one, and returns it.
fn round(vendor: Vendor, request: &mut VideoRequest, field: &str) -> Option<String> {
    let rules = Capabilities::of(vendor, &request.model);
    let model = rules.model;
    match field {
        "duration" => {
            let seconds = match request.duration? {
                VideoDuration::Seconds(seconds) => seconds,
                VideoDuration::Millis(millis) => {
                    u32::try_from(millis.max(0).saturating_add(500) / 1000).unwrap_or(u32::MAX)
                }
                VideoDuration::Auto => return None,
            };
            let nearest = model.duration.nearest(seconds);
            request.duration = Some(nearest.into());
            Some(nearest.to_string())
        }
        "frames" => {
            let nearest = model.frames?.nearest(request.frames?);
            request.frames = Some(nearest);
            Some(nearest.to_string())
        }
        "resolution" => {
            let requested = lines(request.resolution.as_deref()?)?;
            let tiers = rules.values("resolution").iter();
            // Of two that are as near, the lower one, which costs less.
            let distance = |tier: &str| lines(tier).map(|lines| (lines.abs_diff(requested), lines));
            let nearest = *tiers
                .filter(|tier| lines(tier).is_some())
                .min_by_key(|tier| distance(tier))?;
            request.resolution = Some(nearest.to_owned());
            Some(nearest.to_owned())
        }
        _ => None,
    }
}

/// Number of lines of a tier, for ordering: `720p`, `2K`.
fn lines(tier: &str) -> Option<u32> {
    let (unit_at, unit) = tier.char_indices().last()?;
    let number: u32 = tier[..unit_at].parse().ok()?;
    match unit {
        'p' | 'P' => Some(number),
        // 1K is about a thousand columns of a 16:9 picture.
        'k' | 'K' => number.checked_mul(540),
        _ => None,
    }
}

// The cases are from real vendors.
#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn nothing_changes_without_permission() {
        let request = VideoRequest::new("seedance-2.0-fast", "x")
            .duration(60)
            .resolution("1080p");
        assert_eq!(
            adjust(Vendor::ALL[0], &request, &Files::default()).unwrap_err().len(),
            2
        );
    }

    #[test]
    fn permitted_adjustments_are_made_and_reported() {
        let request = VideoRequest::new("seedance-2.0-fast", "x")
            .duration(60)
            .resolution("4K")
            .camera_fixed(true)
            .adjust("duration", Adjust::Round)
            .adjust("resolution", Adjust::Round)
            .adjust("camera_fixed", Adjust::Drop);
        let (fitted, made) = adjust(Vendor::ALL[0], &request, &Files::default()).expect("it fits");
        assert_eq!(fitted.duration, Some(15.into()));
        assert_eq!(fitted.resolution.as_deref(), Some("720p"));
        assert_eq!(fitted.camera_fixed, None);
        let reported: Vec<_> = made
            .iter()
            .map(|made| (made.field.as_str(), made.sent.as_deref()))
            .collect();
        assert_eq!(
            reported,
            [
                ("duration", Some("15")),
                ("resolution", Some("720p")),
                ("camera_fixed", None)
            ]
        );
    }

    #[test]
    fn a_resolution_is_rounded_to_the_nearest_number_of_lines() {
        for (requested, sent) in [
            ("719p", "720p"),
            ("601p", "720p"),
            // As near to both.
            ("600p", "480p"),
            ("599p", "480p"),
            ("144p", "480p"),
            ("901p", "720p"),
            ("4k", "720p"),
        ] {
            let request = VideoRequest::new("seedance-2.0-fast", "x")
                .resolution(requested)
                .adjust("resolution", Adjust::Round);
            let (fitted, _) = adjust(Vendor::ALL[0], &request, &Files::default()).expect("it fits");
            assert_eq!(fitted.resolution.as_deref(), Some(sent), "{requested}");
        }
    }

    #[test]
    fn a_permission_that_does_not_help_leaves_the_violation() {
        let request = VideoRequest::new("seedance-2.0", "x")
            .resolution("huge")
            .adjust("resolution", Adjust::Round);
        assert_eq!(
            adjust(Vendor::ALL[0], &request, &Files::default()).unwrap_err()[0].field,
            "resolution"
        );
    }

    #[test]
    fn tiers_are_ordered() {
        let tiers = ["360p", "480p", "540p", "720p", "1080p", "2k", "4K"];
        assert!(tiers.is_sorted_by_key(|tier| lines(tier)));
        assert_eq!(
            (lines(""), lines("p"), lines("huge"), lines("é")),
            (None, None, None, None)
        );
    }
}

//! What a request leaves open: every value that the vendor may choose, as far as they are known.

use rust_decimal::Decimal;
use videogen_wire::facts::{Size, Tokens, Zero};

use crate::model::{Capabilities, Role, Source, VideoDuration, VideoRequest};
use crate::rules::media::{Files, role_rule};

/// Decimal places of a file's length in seconds.
const MILLIS: u32 = 3;

/// Length of a video.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Seconds(u32),
    Frames(u32),
}

/// The resolutions that the video may have; `None`: nothing is known of it.
pub(super) fn resolutions<'a>(request: &'a VideoRequest, rules: &Capabilities) -> Vec<Option<&'a str>> {
    let given = request.resolution.as_deref().or(rules.model.default_resolution);
    match given {
        None if rules.is_known() && !rules.model.resolutions.is_empty() => {
            rules.model.resolutions.iter().map(|tier| Some(*tier)).collect()
        }
        given => vec![given],
    }
}

/// The lengths that the video may have.
///
/// # Errors
/// Why they are not known.
pub(super) fn lengths(request: &VideoRequest, rules: &Capabilities) -> Result<Vec<Length>, String> {
    let allowed = rules.model.duration;
    if let Some(frames) = request.frames {
        return Ok(vec![Length::Frames(frames)]);
    }
    let seconds = match request.duration {
        _ if request.draft_task.is_some() => return Err("the draft decides the length".to_owned()),
        Some(VideoDuration::Seconds(0)) if allowed.zero == Some(Zero::Auto) => None,
        Some(VideoDuration::Seconds(0)) if allowed.zero == Some(Zero::Default) => allowed.default,
        Some(VideoDuration::Seconds(seconds)) => Some(seconds),
        Some(VideoDuration::Auto) => None,
        Some(length) => return Err(format!("a length of {length} seconds is not a whole number")),
        None => allowed.default,
    };
    let all: Vec<u32> = match (seconds, allowed.values, allowed.max) {
        (Some(seconds), _, _) => vec![seconds],
        (None, [_, ..], _) if rules.is_known() => allowed.values.to_vec(),
        (None, [], Some(max)) if rules.is_known() => (allowed.min..=max).collect(),
        _ => return Err("the vendor decides the length; set duration".to_owned()),
    };
    Ok(all.into_iter().map(Length::Seconds).collect())
}

/// The sizes in pixels that the video may have: that of its aspect ratio, or those of every one that the vendor may choose.
///
/// # Errors
/// Why they are not known.
pub(super) fn sizes(
    request: &VideoRequest,
    rules: &Capabilities,
    tokens: Tokens,
    resolution: Option<&str>,
    ratio: Option<&str>,
) -> Result<Vec<&'static Size>, String> {
    let is_of_tier = |size: &&Size| resolution.is_none_or(|tier| size.resolution == tier);
    let of_tier: Vec<&'static Size> = tokens.sizes.iter().filter(is_of_tier).collect();
    let tier = resolution.unwrap_or_default();
    if of_tier.is_empty() {
        return Err(format!("the size of {tier} videos is not known"));
    }
    let given = ratio
        .or(request.aspect_ratio.as_deref())
        .or(rules.model.default_aspect_ratio);
    if let Some(ratio) = given.filter(|ratio| is_ratio(ratio)) {
        let exact: Vec<_> = of_tier.into_iter().filter(|size| size.aspect_ratio == ratio).collect();
        return match exact.is_empty() {
            true => Err(format!("the size of {tier} videos of {ratio} is not known")),
            false => Ok(exact),
        };
    }
    let mut ratios = rules.model.aspect_ratios.iter().filter(|ratio| is_ratio(ratio));
    match ratios.find(|ratio| of_tier.iter().all(|size| size.aspect_ratio != **ratio)) {
        Some(ratio) => Err(format!(
            "the vendor decides the aspect ratio, and the size of {tier} videos of {ratio} is not known; set aspect_ratio"
        )),
        None => Ok(of_tier),
    }
}

/// The aspect ratios that the video may have; none if they are not known.
pub(super) fn ratios<'a>(request: &'a VideoRequest, rules: &Capabilities) -> Vec<&'a str> {
    let given = request.aspect_ratio.as_deref().or(rules.model.default_aspect_ratio);
    match given.filter(|ratio| is_ratio(ratio)) {
        Some(given) => vec![given],
        None if rules.is_known() => {
            let all = rules.model.aspect_ratios.iter().copied();
            all.filter(|ratio| is_ratio(ratio)).collect()
        }
        None => Vec::new(),
    }
}

/// Whether it is a ratio, unlike the words by which the vendor decides it.
fn is_ratio(text: &str) -> bool {
    text.contains(':')
}

/// The shortest and the longest length of all input videos together, in seconds.
///
/// # Errors
/// Why it is not known.
pub(super) fn input_seconds(
    rules: &Capabilities,
    request: &VideoRequest,
    files: &Files,
) -> Result<(Decimal, Decimal), String> {
    let limits = role_rule(rules, Role::ReferenceVideo).and_then(|rule| rule.media);
    let exact = |seconds: f64| Decimal::try_from(seconds).ok().map(|seconds| seconds.round_dp(MILLIS));
    let (mut low, mut high, mut is_open) = (Decimal::ZERO, Decimal::ZERO, false);
    for source in request.inputs_as(Role::ReferenceVideo) {
        let probed = match source {
            Source::File(file) => files.probe(file).ok().and_then(|probe| exact(probe.seconds?)),
            _ => None,
        };
        if let Some(seconds) = probed {
            (low, high) = (low + seconds, high + seconds);
            continue;
        }
        is_open = true;
        let bounds = limits.and_then(|limits| limits.seconds);
        let bounds = bounds.and_then(|(least, most)| Some((exact(least)?, exact(most)?)));
        let Some((least, most)) = bounds else {
            return Err("the length of an input video is not known, and it is billed too; use a local file".to_owned());
        };
        (low, high) = (low + least, high + most);
    }
    let together = limits.and_then(|limits| exact(limits.total_seconds?));
    Ok(match together.filter(|_| is_open) {
        Some(most) => (low, high.min(most).max(low)),
        None => (low, high),
    })
}

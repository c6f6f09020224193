//! The videos that the vendor may make of a request: every combination of what it decides, as far as a price may depend on it.

use super::decided::Decided;
use super::open::{Length, lengths, ratios, resolutions};
use super::terms::Offers;

/// Every video that the vendor may make.
///
/// # Errors
/// Why they are not known, where a price depends on it.
pub(super) fn decisions<'a>(offers: &Offers<'a>) -> Result<Vec<Decided<'a>>, String> {
    let (request, rules) = (offers.request, &offers.rules);
    let resolutions = resolutions(request, rules);
    if resolutions == [None] && offers.own_distinguishes("resolution") {
        return Err(undecided("resolution", "resolution"));
    }
    let lengths: Vec<Option<Length>> = match lengths(request, rules) {
        Err(reason) if offers.distinguishes("duration") => return Err(reason),
        Err(_) => vec![None],
        Ok(lengths) => lengths.into_iter().map(Some).collect(),
    };
    if let [Some(Length::Frames(frames))] = lengths[..]
        && offers.distinguishes("duration")
    {
        return Err(format!(
            "the price depends on duration, and how many seconds {frames} frames are is not known; set duration"
        ));
    }
    let ratios: Vec<Option<&str>> = match offers.distinguishes("aspect_ratio") {
        true => ratios(request, rules).into_iter().map(Some).collect(),
        false => vec![None],
    };
    if ratios.is_empty() {
        return Err(undecided("aspect ratio", "aspect_ratio"));
    }
    let set = request.generate_audio.or(rules.model.default_generate_audio);
    let audios = match set {
        None if offers.own_distinguishes("generate_audio") => vec![Some(true), Some(false)],
        set => vec![set],
    };
    let mut all = Vec::new();
    for (tier, resolution) in resolutions.iter().enumerate() {
        for (time, length) in lengths.iter().enumerate() {
            for (shape, aspect_ratio) in ratios.iter().enumerate() {
                all.extend(audios.iter().enumerate().map(|(sound, audio)| Decided {
                    resolution: *resolution,
                    length: *length,
                    aspect_ratio: *aspect_ratio,
                    audio: *audio,
                    places: [tier, time, shape, sound],
                }));
            }
        }
    }
    Ok(all)
}

fn undecided(what: &str, field: &str) -> String {
    format!("the price depends on the {what}, and the vendor decides it; set {field}")
}

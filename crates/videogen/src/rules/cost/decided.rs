//! The videos that the vendor may make of a request: every combination of what it decides, as far as a price may depend on it.

use videogen_wire::facts::Model;

use super::open::{Length, lengths, ratios, resolutions};
use super::terms::Offers;

/// What the vendor decides, or the request sets.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Decided<'a> {
    pub(super) resolution: Option<&'a str>,
    pub(super) length: Option<Length>,
    pub(super) aspect_ratio: Option<&'a str>,
    pub(super) audio: Option<bool>,
    /// Which of the values of each it is, in this order.
    pub(super) places: [usize; 4],
}

impl Decided<'_> {
    /// The value of a field, in the words of the specs.
    pub(super) fn value(&self, field: &str, model: &Model) -> Option<String> {
        match field {
            "resolution" => self.resolution.map(str::to_owned),
            "aspect_ratio" => { self.aspect_ratio }.or(model.default_aspect_ratio).map(str::to_owned),
            "generate_audio" => { self.audio }
                .or(model.default_generate_audio)
                .map(|audio| audio.to_string()),
            "duration" => match self.length {
                Some(Length::Seconds(seconds)) => Some(seconds.to_string()),
                _ => None,
            },
            _ => None,
        }
    }
}

impl<'a> Offers<'a> {
    /// Every video that the vendor may make.
    ///
    /// # Errors
    /// Why they are not known, where a price depends on it.
    pub(super) fn decisions(&self) -> Result<Vec<Decided<'a>>, String> {
        let (request, rules) = (self.request, &self.rules);
        let resolutions = resolutions(request, rules);
        if resolutions == [None] && self.own_distinguishes("resolution") {
            return Err(undecided("resolution", "resolution"));
        }
        let lengths: Vec<Option<Length>> = match lengths(request, rules) {
            Err(reason) if self.distinguishes("duration") => return Err(reason),
            Err(_) => vec![None],
            Ok(lengths) => lengths.into_iter().map(Some).collect(),
        };
        if let [Some(Length::Frames(frames))] = lengths[..]
            && self.distinguishes("duration")
        {
            return Err(format!(
                "the price depends on duration, and how many seconds {frames} frames are is not known; set duration"
            ));
        }
        let ratios: Vec<Option<&str>> = match self.distinguishes("aspect_ratio") {
            true => ratios(request, rules).into_iter().map(Some).collect(),
            false => vec![None],
        };
        if ratios.is_empty() {
            return Err(undecided("aspect ratio", "aspect_ratio"));
        }
        let set = request.generate_audio.or(rules.model.default_generate_audio);
        let audios = match set {
            None if self.own_distinguishes("generate_audio") => vec![Some(true), Some(false)],
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
}

fn undecided(what: &str, field: &str) -> String {
    format!("the price depends on the {what}, and the vendor decides it; set {field}")
}

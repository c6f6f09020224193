//! What the vendor decides of a video.

use videogen_wire::facts::Model;

use super::open::Length;

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

//! List prices, how they are counted, and what is not billed: `x-prices`, `x-sizes`, `x-billing`.

use serde::{Deserialize, Serialize};

use super::FieldTest;

/// List price of some models: before taxes, discounts and fees.
///
/// ```text
/// seconds = length of the video, plus that of the input videos if `input_video`; at least what `least` of the rate says
/// tokens  = seconds × width × height × frames per second / 1024, rounded up to a whole one
/// cost    = tokens, seconds or 1 clip × price of the rate / `per`
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Ids of the models. Of a model that has several endpoints, the ids of these.
    pub models: &'static [&'static str],
    /// ISO 4217 code of the currency, such as `USD`.
    pub currency: &'static str,
    /// What is billed.
    pub unit: PriceUnit,
    /// Number of units that the amounts of the rates are for.
    pub per: u64,
    /// The first whose conditions all hold applies. If there is none, the price is unknown.
    pub rates: &'static [Rate],
    /// How tokens are counted; always there if they are the unit.
    pub tokens: Option<Tokens>,
    /// Whether the seconds of input videos are billed too.
    pub input_video: bool,
    /// Date on which it was read, `YYYY-MM-DD`.
    pub read: &'static str,
    /// Page it comes from, if documented.
    pub page: Option<&'static str>,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

/// What a price is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// A second of video.
    Second,
    /// A video, whatever its length.
    Clip,
    /// A token, which is a number of pixels over time.
    Token,
}

/// `second`, `clip` or `token`.
impl std::fmt::Display for PriceUnit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(match self {
            Self::Second => "second",
            Self::Clip => "clip",
            Self::Token => "token",
        })
    }
}

/// An amount, and the requests that it applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Exact decimal number, such as `7.0`.
    pub price: &'static str,
    /// What must hold of a request.
    pub when: &'static [FieldTest],
    /// The billed seconds are at least the length of the video times this fraction, rounded up to a whole second.
    pub least: Option<(u32, u32)>,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

/// How the tokens of a video are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tokens {
    /// Frames per second.
    pub fps: u32,
    /// Sizes of videos.
    pub sizes: &'static [Size],
}

/// The size of videos of one resolution and aspect ratio, in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Resolution tier.
    pub resolution: &'static str,
    /// Aspect ratio.
    pub aspect_ratio: &'static str,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

/// Which tasks are billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Billing {
    /// Normalised statuses: a task that ends with one costs nothing. Of other statuses than `completed` it is unknown.
    pub free: &'static [&'static str],
    /// Members of the vendor's own in a request that do not change its price, as documented. Of others it is unknown.
    pub unaffected: &'static [&'static str],
    /// Page the fact comes from, if documented.
    pub page: Option<&'static str>,
    /// Seen in clients only, not documented.
    pub unverified: bool,
}

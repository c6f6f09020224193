//! The price of a task: by the list prices of the spec, or else by the simulator's own tariff.

use rust_decimal::Decimal;

use crate::dialects::{Call, Input, video_seconds};
use crate::media::{Length, Shape, cost, tokens};
use crate::spec::{Fields, Model, Price, Rate, Unit};
use crate::state::{Bill, Tariff};
use crate::submit::conditions::fits;
use crate::submit::rules::role_of;

/// What pixels over time are divided by to give tokens.
const PIXELS: u32 = 1024;
/// Length of an input video whose file is not known.
const SECONDS: u32 = 5;
const VIDEO: &str = "reference_video";

/// A request with what the vendor decides.
pub(super) struct Order<'a> {
    pub(super) call: &'a Call,
    pub(super) model: &'a Model,
    pub(super) fields: Fields<'a>,
    pub(super) inputs: &'a [Input],
    pub(super) tier: &'a str,
    pub(super) ratio: &'a str,
    pub(super) length: Length,
    pub(super) shape: Shape,
}

impl Order<'_> {
    /// The price, and the number of tokens that the vendor counts.
    pub(super) fn bill(&self) -> (Bill, u64) {
        let own = || tokens((self.shape.width, self.shape.height), self.length);
        match self.by_list() {
            Some((bill, tokens)) => (bill, tokens.unwrap_or_else(own)),
            None => (Bill::new(cost(&self.shape), "USD", Tariff::Simulator), own()),
        }
    }

    /// `None` if the spec has no price for this request.
    fn by_list(&self) -> Option<(Bill, Option<u64>)> {
        let prices = &self.call.spec.prices;
        let price = prices.of(self.fields.text("model")?)?;
        let roles = self.roles();
        let default = |field: &str| self.default(field);
        let applies = |rate: &&Rate| {
            let mut when = rate.when.iter();
            when.all(|(field, wanted)| fits(self.model, self.fields, &roles, (field, wanted), &default))
        };
        let rate = price.rates.iter().find(applies)?;
        let (units, tokens) = match price.unit {
            Unit::Clip => (Decimal::ONE, None),
            Unit::Second => {
                let Length::Seconds(_) = self.length else { return None };
                (self.billed_frames(price, rate, 1), None)
            }
            Unit::Token => {
                let rule = price.tokens.as_ref()?;
                let (width, height) = prices.size(rule, self.tier, self.ratio)?;
                let pixels = Decimal::from(u64::from(width) * u64::from(height));
                let tokens = (self.billed_frames(price, rate, rule.fps) * pixels / Decimal::from(PIXELS)).ceil();
                (tokens, tokens.try_into().ok())
            }
        };
        let amount = units * rate.price / Decimal::from(price.per);
        Some((Bill::new(amount, &price.currency, Tariff::List), tokens))
    }

    /// The length that is billed, in frames of `1/fps` seconds.
    fn billed_frames(&self, price: &Price, rate: &Rate, fps: u32) -> Decimal {
        let fps = Decimal::from(fps);
        let own = match self.length {
            Length::Seconds(seconds) => Decimal::from(seconds) * fps,
            Length::Frames(frames) => frames.into(),
        };
        let input = if price.input_video {
            self.input_seconds() * fps
        } else {
            Decimal::ZERO
        };
        let least = rate.least.map_or(Decimal::ZERO, |least| {
            (own * Decimal::from(least.over) / Decimal::from(least.under) / fps).ceil() * fps
        });
        (own + input).max(least)
    }

    /// The length of all input videos.
    fn input_seconds(&self) -> Decimal {
        let prices = &self.call.spec.prices;
        let medium = self.model.inputs.get(VIDEO).and_then(|rule| rule.media.as_deref());
        let videos = self
            .inputs
            .iter()
            .filter(|input| role_of(self.model, input) == Ok(VIDEO));
        let (mut known, mut assumed) = (Decimal::ZERO, Decimal::ZERO);
        for video in videos {
            match video_seconds(self.call, video) {
                Some(seconds) => known += seconds,
                None => assumed += prices.assumed_seconds(medium, SECONDS.into()),
            }
        }
        match prices.most_seconds(medium) {
            Some(most) => known + assumed.min((most - known).max(Decimal::ZERO)),
            None => known + assumed,
        }
    }

    fn roles(&self) -> Vec<&'static str> {
        let roles = self.inputs.iter().filter_map(|input| role_of(self.model, input).ok());
        roles.collect()
    }

    /// What a field that was not sent is.
    fn default(&self, field: &str) -> Option<String> {
        match (field, self.length) {
            ("resolution", _) => Some(self.tier.to_owned()),
            ("aspect_ratio", _) => Some(self.ratio.to_owned()),
            ("duration", Length::Seconds(seconds)) => Some(seconds.to_string()),
            ("generate_audio", _) => self.model.default_generate_audio.map(|audio| audio.to_string()),
            _ => None,
        }
    }
}

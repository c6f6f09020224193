//! What a request costs, by the prices of the caller, of a vendor's answer and of the specs, in this order.
//!
//! What the request leaves to the vendor has every value that the model allows, and the estimate is the range of their costs.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use videogen_wire::facts::{PriceUnit, Size, Tokens, Zero};

use super::conditions::{Demand, fits, value};
use super::media::{Files, role_rule};
use super::prompt_flags::prompt_flags;
use crate::model::{
    Capabilities, CostEstimate, Estimate, PriceBook, PriceEntry, PriceOrigin, Role, Source, TokenPrice, Vendor,
    VideoDuration, VideoRequest,
};

/// What pixels over time are divided by to give tokens.
const PIXELS: u32 = 1024;
/// Decimal places of a file's length in seconds.
const MILLIS: u32 = 3;
/// What an estimate can depend on, in the order of [`Outcome::choices`].
const OPEN: [&str; 4] = ["resolution", "duration", "aspect_ratio", "reference_video"];

/// What the cost of a request depends on.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Order {
    vendor: Vendor,
    request: VideoRequest,
    /// Shortest and longest length of its input videos, in seconds.
    input: Result<(Decimal, Decimal), String>,
    /// Whether it goes to the vendor's own server, which the list prices are for.
    is_own_server: bool,
}

/// Length of a video.
#[derive(Clone, Copy)]
enum Length {
    Seconds(u32),
    Frames(u32),
}

/// A price that applies.
#[derive(Clone, Copy)]
struct Terms<'a> {
    price: Decimal,
    currency: &'a str,
    unit: PriceUnit,
    per: u64,
    least: Option<(u32, u32)>,
    input_video: bool,
    tokens_per_second: Option<Decimal>,
    tokens: Option<Tokens>,
    origin: PriceOrigin,
    unverified: bool,
}

/// The cost by one of the values of each thing that is open.
struct Outcome<'a> {
    choices: [usize; OPEN.len()],
    terms: Terms<'a>,
    units: Decimal,
    cost: Decimal,
    unverified: bool,
}

impl Order {
    /// `request` as it is sent, after adjustments and with its local files.
    pub(crate) fn new(vendor: Vendor, request: &VideoRequest, files: &Files, is_own_server: bool) -> Self {
        Self {
            vendor,
            request: request.clone(),
            input: input_seconds(&Capabilities::of(vendor, &request.model), request, files),
            is_own_server,
        }
    }

    pub(crate) fn cost(&self, book: &PriceBook) -> Estimate {
        match self.known(book) {
            Ok(estimate) => Estimate::Known(estimate),
            Err(reason) => Estimate::Unknown { reason },
        }
    }

    /// # Errors
    /// Why it is not known.
    fn known(&self, book: &PriceBook) -> Result<CostEstimate, String> {
        // The vendor's own members may choose another size, or several videos.
        if !self.request.extra.is_empty() {
            let members: Vec<&str> = self.request.extra.keys().map(String::as_str).collect();
            return Err(format!("the price may depend on `extra`: {}", members.join(", ")));
        }
        if let Some(set) = prompt_flags(self.vendor, &self.request.prompt).first() {
            return Err(format!("the prompt sets {}: {} {}", set.field, set.flag, set.value));
        }
        let rules = Capabilities::of(self.vendor, &self.request.model);
        let resolutions = self.resolutions(&rules);
        let lengths = self.lengths(&rules);
        let each_length: Vec<Option<Length>> = match &lengths {
            Ok(lengths) => lengths.iter().copied().map(Some).collect(),
            Err(_) => vec![None],
        };
        let mut outcomes = Vec::new();
        for (tier, resolution) in resolutions.iter().enumerate() {
            for (time, length) in each_length.iter().enumerate() {
                let terms = self.terms(book, &rules, *resolution, *length, resolutions.len() > 1)?;
                let length = match terms.unit {
                    PriceUnit::Clip => None,
                    _ => Some(length.ok_or_else(|| lengths.as_ref().err().cloned().unwrap_or_default())?),
                };
                let inputs = match &self.input {
                    _ if !terms.input_video => [Decimal::ZERO; 2],
                    Ok((low, high)) => [*low, *high],
                    Err(reason) => return Err(reason.clone()),
                };
                for (shape, size) in self.sizes(&rules, &terms, *resolution)?.into_iter().enumerate() {
                    for (end, input) in inputs.into_iter().enumerate() {
                        let units = terms.units(length, input, size)?;
                        outcomes.push(Outcome {
                            choices: [tier, time, shape, end],
                            cost: terms.cost(units).ok_or("the amount is too large")?,
                            unverified: terms.unverified || size.is_some_and(|size| size.unverified),
                            terms,
                            units,
                        });
                    }
                }
            }
        }
        self.range(&outcomes)
    }

    fn range(&self, outcomes: &[Outcome<'_>]) -> Result<CostEstimate, String> {
        let by_cost = |one: &&Outcome<'_>, other: &&Outcome<'_>| -> Ordering { one.cost.cmp(&other.cost) };
        let (Some(low), Some(high)) = (outcomes.iter().min_by(by_cost), outcomes.iter().max_by(by_cost)) else {
            return Err("the model has no size that the price is counted by".to_owned());
        };
        if outcomes
            .iter()
            .any(|outcome| outcome.terms.currency != high.terms.currency)
        {
            return Err("prices in several currencies may apply".to_owned());
        }
        let depends_on: Vec<&str> = (0..OPEN.len())
            .filter(|open| depends(outcomes, *open))
            .map(|open| OPEN[open])
            .collect();
        Ok(CostEstimate {
            low: low.cost.normalize(),
            high: high.cost.normalize(),
            currency: high.terms.currency.to_owned(),
            basis: basis(low, high),
            depends_on,
            tokens: token_price(outcomes),
            origin: high.terms.origin,
            unverified: outcomes.iter().any(|outcome| outcome.unverified),
        })
    }

    /// The resolutions that the video may have; `None`: nothing is known of it.
    fn resolutions(&self, rules: &Capabilities) -> Vec<Option<&str>> {
        let given = self.request.resolution.as_deref().or(rules.model.default_resolution);
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
    fn lengths(&self, rules: &Capabilities) -> Result<Vec<Length>, String> {
        let allowed = rules.model.duration;
        if let Some(frames) = self.request.frames {
            return Ok(vec![Length::Frames(frames)]);
        }
        let seconds = match self.request.duration {
            _ if self.request.draft_task.is_some() => return Err("the draft decides the length".to_owned()),
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

    /// The sizes in pixels that the video may have; `None` where they do not matter.
    fn sizes(
        &self,
        rules: &Capabilities,
        terms: &Terms<'_>,
        resolution: Option<&str>,
    ) -> Result<Vec<Option<&'static Size>>, String> {
        let tokens = match (terms.unit, terms.tokens_per_second, terms.tokens) {
            (PriceUnit::Token, None, Some(tokens)) => tokens,
            (PriceUnit::Token, None, None) => {
                let model = &self.request.model;
                return Err(format!("how many tokens a video of {model} has is not known"));
            }
            _ => return Ok(vec![None]),
        };
        let of_tier = tokens
            .sizes
            .iter()
            .filter(|size| resolution.is_none_or(|tier| size.resolution == tier));
        let ratio = self
            .request
            .aspect_ratio
            .as_deref()
            .or(rules.model.default_aspect_ratio);
        let exact: Vec<_> = of_tier
            .clone()
            .filter(|size| Some(size.aspect_ratio) == ratio)
            .map(Some)
            .collect();
        let sizes: Vec<_> = if exact.is_empty() {
            of_tier.map(Some).collect()
        } else {
            exact
        };
        match sizes.is_empty() {
            true => Err(format!(
                "the size of {} videos is not known",
                resolution.unwrap_or_default()
            )),
            false => Ok(sizes),
        }
    }

    /// The price that applies.
    ///
    /// # Errors
    /// Why none does.
    fn terms<'a>(
        &self,
        book: &'a PriceBook,
        rules: &Capabilities,
        resolution: Option<&str>,
        length: Option<Length>,
        is_open: bool,
    ) -> Result<Terms<'a>, String> {
        let endpoint = self.request.endpoint(rules.model);
        let default = |field: &str| match field {
            "resolution" => resolution.map(str::to_owned),
            "aspect_ratio" => rules.model.default_aspect_ratio.map(str::to_owned),
            "generate_audio" => rules.model.default_generate_audio.map(|audio| audio.to_string()),
            "duration" => match length {
                Some(Length::Seconds(seconds)) => Some(seconds.to_string()),
                _ => None,
            },
            _ => None,
        };
        let holds = |field: &str, demand: Demand<'_>| fits(demand, value(&self.request, field), || default(field));
        let mut listed = self.vendor.facts().prices.iter();
        let listed = listed.find(|price| price.models.contains(&endpoint));
        let tokens = listed.and_then(|price| price.tokens);

        let is_model = |entry: &PriceEntry| entry.model == endpoint || entry.model == self.request.model;
        let is_for = |entry: &PriceEntry| {
            let mut when = entry.when.iter();
            entry.vendor == self.vendor && is_model(entry) && when.all(|(field, rule)| holds(field, rule.into()))
        };
        let of = |entry: &'a PriceEntry, origin: PriceOrigin| Terms {
            price: entry.price,
            currency: &entry.currency,
            unit: entry.unit,
            per: entry.per,
            least: None,
            input_video: entry.input_video,
            tokens_per_second: entry.tokens_per_second,
            tokens,
            origin,
            unverified: false,
        };
        // The first of those with the most conditions.
        let own = book
            .own()
            .iter()
            .filter(|entry| is_for(entry))
            .rev()
            .max_by_key(|entry| entry.when.len());
        if let Some(entry) = own {
            return Ok(of(entry, PriceOrigin::User));
        }
        let live: Vec<_> = book.live().iter().filter(|(_, entry)| is_for(entry)).collect();
        if let Some((at, entry)) = live.iter().max_by_key(|(_, entry)| entry.when.len()) {
            let alike =
                |other: &&&(_, PriceEntry)| other.1.when.len() == entry.when.len() && other.1.price != entry.price;
            if let Some((_, other)) = live.iter().find(alike) {
                return Err(format!(
                    "the vendor answered two prices that apply, {} per {} and {} per {}",
                    other.price, other.unit, entry.price, entry.unit
                ));
            }
            return Ok(of(entry, PriceOrigin::Live { at: *at }));
        }

        let (vendor, model) = (self.vendor.name(), &self.request.model);
        let mut rates = listed.iter().flat_map(|price| price.rates);
        let rate = rates.find(|rate| rate.when.iter().all(|test| holds(test.field, test.is.into())));
        let (Some(listed), Some(rate)) = (listed, rate) else {
            let own = book.own().iter().chain(book.live().iter().map(|(_, entry)| entry));
            let own = own.filter(|entry| entry.vendor == self.vendor && is_model(entry));
            let tests = listed.iter().flat_map(|price| price.rates).flat_map(|rate| rate.when);
            let fields = own.flat_map(|entry| entry.when.keys().map(String::as_str));
            let fields: BTreeSet<&str> = fields.chain(tests.map(|test| test.field)).collect();
            if fields.is_empty() {
                return Err(format!("no price of {vendor} {model} is known"));
            }
            let made = match resolution.filter(|_| is_open) {
                Some(resolution) => format!(" if the vendor makes it in {resolution}"),
                None => String::new(),
            };
            let fields = Vec::from_iter(fields).join(", ");
            return Err(format!(
                "none of the known prices of {vendor} {model} covers this request{made}; they depend on {fields}"
            ));
        };
        Ok(Terms {
            // The specs are checked to have decimal numbers.
            price: Decimal::from_str_exact(rate.price).map_err(|error| format!("{}: {error}", rate.price))?,
            currency: listed.currency,
            unit: listed.unit,
            per: listed.per,
            least: rate.least,
            input_video: listed.input_video,
            tokens_per_second: None,
            tokens,
            origin: PriceOrigin::List {
                read: listed.read,
                page: listed.page,
            },
            unverified: listed.unverified || rate.unverified || !self.is_own_server,
        })
    }
}

impl Terms<'_> {
    /// Number of billed units. `length` is there for every unit but the clip.
    fn units(&self, length: Option<Length>, input: Decimal, size: Option<&Size>) -> Result<Decimal, String> {
        let Some(length) = length else { return Ok(Decimal::ONE) };
        // Counted in frames where there are sizes, so that nothing is rounded.
        let fps = Decimal::from(size.and(self.tokens).map_or(1, |tokens| tokens.fps));
        let own = match length {
            Length::Seconds(seconds) => Decimal::from(seconds) * fps,
            Length::Frames(frames) if size.is_some() => Decimal::from(frames),
            Length::Frames(frames) => {
                return Err(format!(
                    "how many seconds {frames} frames are is not known; set duration"
                ));
            }
        };
        let mut billed = own + input * fps;
        if let Some((over, under)) = self.least {
            let seconds = (own * Decimal::from(over) / (Decimal::from(under) * fps)).ceil();
            billed = billed.max(seconds * fps);
        }
        let units = match (size, self.tokens_per_second) {
            (Some(size), _) => {
                let pixels = Decimal::from(u64::from(size.width) * u64::from(size.height));
                billed
                    .checked_mul(pixels)
                    .map(|pixels| (pixels / Decimal::from(PIXELS)).ceil())
            }
            (None, Some(tokens)) if self.unit == PriceUnit::Token => {
                billed.checked_mul(tokens).map(|tokens| tokens.ceil())
            }
            _ => Some(billed),
        };
        units.ok_or_else(|| "the video is too long".to_owned())
    }

    fn cost(&self, units: Decimal) -> Option<Decimal> {
        units.checked_mul(self.price)?.checked_div(Decimal::from(self.per))
    }

    /// `7.0 USD per 1000000 tokens`.
    fn rate(&self) -> String {
        let units = match self.per {
            1 => self.unit.to_string(),
            per => format!("{per} {}s", self.unit),
        };
        format!("{} {} per {units}", self.price, self.currency)
    }

    /// `108000 tokens`.
    fn quantity(&self, units: Decimal) -> String {
        let plural = if units == Decimal::ONE { "" } else { "s" };
        format!("{} {}{plural}", units.normalize(), self.unit)
    }
}

/// How the least and the most are computed.
fn basis(low: &Outcome<'_>, high: &Outcome<'_>) -> String {
    let (from, to) = (low.terms.quantity(low.units), high.terms.quantity(high.units));
    let (lowest, highest) = (low.terms.rate(), high.terms.rate());
    match (lowest == highest, low.units == high.units) {
        (true, true) => format!("{to} at {highest}"),
        (true, false) => format!("{} to {to} at {highest}", low.units.normalize()),
        (false, _) => format!("{from} at {lowest} to {to} at {highest}"),
    }
}

/// The price of tokens, if it is the same for all outcomes.
fn token_price(outcomes: &[Outcome<'_>]) -> Option<TokenPrice> {
    let terms = outcomes.first()?.terms;
    let is_same = |outcome: &Outcome<'_>| {
        let other = outcome.terms;
        (other.unit, other.price, other.per) == (PriceUnit::Token, terms.price, terms.per)
    };
    let price = TokenPrice {
        price: terms.price,
        per: terms.per,
    };
    outcomes.iter().all(is_same).then_some(price)
}

/// Whether the cost differs by one of the choices alone.
fn depends(outcomes: &[Outcome<'_>], open: usize) -> bool {
    let mut others: BTreeMap<[usize; OPEN.len()], Decimal> = BTreeMap::new();
    outcomes.iter().any(|outcome| {
        let mut rest = outcome.choices;
        rest[open] = 0;
        *others.entry(rest).or_insert(outcome.cost) != outcome.cost
    })
}

/// The shortest and the longest length of all input videos together.
///
/// # Errors
/// Why it is not known.
fn input_seconds(rules: &Capabilities, request: &VideoRequest, files: &Files) -> Result<(Decimal, Decimal), String> {
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

// The cases are worked examples of a real price list.
#[cfg(all(test, feature = "ark"))]
mod tests {
    use super::*;

    #[test]
    fn input_seconds_count_and_have_a_floor() {
        let model = "dreamina-seedance-2-0-260128";
        for (resolution, output, input, cost) in [
            ("720p", 5, "2", "0.83592 USD"),
            ("720p", 5, "5", "0.9288 USD"),
            // 5/3 of 6 seconds are 10, and of 7 they are 12.
            ("720p", 6, "3.5", "0.9288 USD"),
            ("720p", 7, "4.999", "1.11456 USD"),
            // Whole tokens.
            ("720p", 7, "5.001", "1.1146546 USD"),
        ] {
            let request = VideoRequest::new(model, "x").resolution(resolution).duration(output);
            let request = request
                .aspect_ratio("16:9")
                .reference_video("https://media.example.com/a.mp4");
            let mut order = Order::new(Vendor::Ark, &request, &Files::default(), true);
            let input = Decimal::from_str_exact(input).unwrap_or_default();
            order.input = Ok((input, input));
            assert_eq!(order.cost(&PriceBook::default()).to_string(), cost, "{output} {input}");
        }
    }
}

//! The price that applies to a request: the caller's own, else one that the vendor answered, else the list price.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use rust_decimal::Decimal;
use videogen_wire::facts::{Price, PriceUnit, Size, Tokens};

use super::open::Length;
use crate::model::demand::{Demand, fits};
use crate::model::{Capabilities, PriceBook, PriceEntry, PriceOrigin, UnitPrice, Vendor, VideoRequest};
use crate::rules::conditions::value;

/// What pixels over time are divided by to give tokens.
const PIXELS: u32 = 1024;

/// A price that applies.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    pub(super) price: Decimal,
    pub(super) currency: &'a str,
    pub(super) unit: PriceUnit,
    pub(super) per: u64,
    least: Option<(u32, u32)>,
    pub(super) input_video: bool,
    pub(super) tokens_per_second: Option<Decimal>,
    pub(super) tokens: Option<Tokens>,
    pub(super) origin: PriceOrigin,
    pub(super) unverified: bool,
}

/// Where prices are looked for.
pub(super) struct Offers<'a> {
    pub(super) vendor: Vendor,
    pub(super) request: &'a VideoRequest,
    pub(super) rules: Capabilities,
    pub(super) book: &'a PriceBook,
    /// Whether the list prices are for the server.
    pub(super) is_own_server: bool,
}

impl<'a> Offers<'a> {
    /// The price that applies to one of the resolutions and lengths that the video may have.
    ///
    /// # Errors
    /// Why none does.
    pub(super) fn terms(
        &self,
        resolution: Option<&str>,
        length: Option<Length>,
        is_open: bool,
    ) -> Result<Terms<'a>, String> {
        let (vendor, model) = (self.vendor.name(), &self.request.model);
        let listed = self.listed();
        let tokens = listed.and_then(|price| price.tokens);
        let holds = |field: &str, demand: Demand<'_>| self.holds(field, demand, resolution, length);
        let is_for = |entry: &PriceEntry| {
            let mut when = entry.when.iter();
            self.is_model(entry) && when.all(|(field, rule)| holds(field, rule.into()))
        };

        let book: &'a PriceBook = self.book;
        let own = book.own().iter().filter(|entry| is_for(entry));
        if let Some((entry, other)) = self.best(own, |entry| entry) {
            if let Some(other) = other {
                let [one, other] = [entry, other].map(described);
                return Err(format!(
                    "two of your prices apply, {one} and {other}; give one of them another condition"
                ));
            }
            return Ok(Terms::of(entry, PriceOrigin::User, tokens));
        }
        let live = book.live().iter().filter(|(_, entry)| is_for(entry));
        if let Some(((at, entry), other)) = self.best(live, |(_, entry)| entry) {
            if let Some((_, other)) = other {
                let [one, other] = [entry, other].map(described);
                return Err(format!("the vendor answered two prices that apply, {one} and {other}"));
            }
            return Ok(Terms::of(entry, PriceOrigin::Live { at: *at }, tokens));
        }

        let mut rates = listed.iter().flat_map(|price| price.rates);
        let rate = rates.find(|rate| rate.when.iter().all(|test| holds(test.field, test.is.into())));
        let (Some(listed), Some(rate)) = (listed, rate) else {
            let fields = self.fields(listed);
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

    /// Whether a known price of the model depends on a field.
    pub(super) fn depends_on(&self, field: &str) -> bool {
        self.fields(self.listed()).contains(field)
    }

    fn listed(&self) -> Option<&'static Price> {
        let endpoint = self.request.endpoint(self.rules.model);
        let mut prices = self.vendor.facts().prices.iter();
        prices.find(|price| price.models.contains(&endpoint))
    }

    fn is_model(&self, entry: &PriceEntry) -> bool {
        let is_meant = entry.model == self.request.model || self.is_endpoint(entry);
        entry.vendor == self.vendor && is_meant
    }

    fn is_endpoint(&self, entry: &PriceEntry) -> bool {
        entry.model == self.request.endpoint(self.rules.model)
    }

    /// The one with the most conditions, and of as many that for the endpoint; and another one like it with another price.
    fn best<T: Copy>(
        &self,
        entries: impl Iterator<Item = T> + Clone,
        entry: impl Fn(T) -> &'a PriceEntry,
    ) -> Option<(T, Option<T>)> {
        let rank = |one: T| (entry(one).when.len(), self.is_endpoint(entry(one)));
        // Of equal ones the first.
        let best = entries.clone().min_by_key(|one| Reverse(rank(*one)))?;
        let is_rival = |other: &T| rank(*other) == rank(best) && !entry(*other).has_price_of(entry(best));
        let rival = { entries }.find(is_rival);
        Some((best, rival))
    }

    /// Whether a field is as demanded, where the vendor decides for this resolution and length.
    fn holds(&self, field: &str, demand: Demand<'_>, resolution: Option<&str>, length: Option<Length>) -> bool {
        let model = self.rules.model;
        fits(demand, value(self.request, field), || match field {
            "resolution" => resolution.map(str::to_owned),
            "aspect_ratio" => model.default_aspect_ratio.map(str::to_owned),
            "generate_audio" => model.default_generate_audio.map(|audio| audio.to_string()),
            "duration" => match length {
                Some(Length::Seconds(seconds)) => Some(seconds.to_string()),
                _ => None,
            },
            _ => None,
        })
    }

    /// The fields that the known prices of the model depend on.
    fn fields(&self, listed: Option<&'static Price>) -> BTreeSet<&'a str> {
        let book: &'a PriceBook = self.book;
        let own = book.own().iter().chain(book.live().iter().map(|(_, entry)| entry));
        let own = own.filter(|entry| self.is_model(entry));
        let tests = listed
            .into_iter()
            .flat_map(|price| price.rates)
            .flat_map(|rate| rate.when);
        let fields = own.flat_map(|entry| entry.when.keys().map(String::as_str));
        fields.chain(tests.map(|test| test.field)).collect()
    }
}

/// `0.05 USD per second`, with its conditions.
fn described(entry: &PriceEntry) -> String {
    let PriceEntry {
        price,
        currency,
        unit,
        per,
        ..
    } = entry;
    let when: Vec<String> = entry
        .when
        .iter()
        .map(|(field, rule)| format!("{field}={rule}"))
        .collect();
    let when = match when.is_empty() {
        true => String::new(),
        false => format!(" for {}", when.join(" ")),
    };
    format!("{}{when}", rate(price, currency, *unit, *per))
}

/// `7.0 USD per 1000000 tokens`.
fn rate(price: &Decimal, currency: &str, unit: PriceUnit, per: u64) -> String {
    let units = match per {
        1 => unit.to_string(),
        per => format!("{per} {unit}s"),
    };
    format!("{price} {currency} per {units}")
}

impl<'a> Terms<'a> {
    fn of(entry: &'a PriceEntry, origin: PriceOrigin, tokens: Option<Tokens>) -> Self {
        Self {
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
        }
    }

    /// The price of a unit, if the units of a finished task alone give its cost.
    pub(super) fn unit_price(&self) -> Option<UnitPrice> {
        let is_by_task = match self.unit {
            PriceUnit::Token => true,
            PriceUnit::Second => !self.input_video && self.least.is_none(),
            PriceUnit::Clip => false,
        };
        is_by_task.then(|| UnitPrice {
            price: self.price,
            per: self.per,
            unit: self.unit,
            currency: self.currency.to_owned(),
        })
    }

    /// Why the number of tokens is not known, and what to do about it.
    pub(super) fn without_tokens(&self, reason: String) -> String {
        match self.origin {
            PriceOrigin::User => format!("{reason}; give your price tokens_per_second (--tokens-per-second)"),
            _ => reason,
        }
    }

    /// Number of billed units. `length` is there for every unit but the clip.
    pub(super) fn units(&self, length: Option<Length>, input: Decimal, size: Option<&Size>) -> Result<Decimal, String> {
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

    pub(super) fn cost(&self, units: Decimal) -> Option<Decimal> {
        units.checked_mul(self.price)?.checked_div(Decimal::from(self.per))
    }

    /// `7.0 USD per 1000000 tokens`.
    pub(super) fn rate(&self) -> String {
        rate(&self.price, self.currency, self.unit, self.per)
    }

    /// `108000 tokens`.
    pub(super) fn quantity(&self, units: Decimal) -> String {
        let plural = if units == Decimal::ONE { "" } else { "s" };
        format!("{} {}{plural}", units.normalize(), self.unit)
    }
}

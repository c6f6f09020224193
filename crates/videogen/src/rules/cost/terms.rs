//! The price that applies to a request: the caller's own, else one that the vendor answered, else the list price.

use std::cmp::Reverse;

use rust_decimal::Decimal;
use videogen_wire::facts::{FieldTest, Price, PriceUnit, Size, Tokens};

use super::decided::Decided;
use super::open::Length;
use crate::model::demand::{Demand, Fit, UNSET, fit};
use crate::model::price_book::short_names;
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

/// Which of the prices that apply comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    conditions: usize,
    is_endpoint: bool,
    /// How many of the conditions the request itself meets; the vendor decides the others.
    stated: usize,
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
    /// The price that applies to one of the videos that the vendor may make.
    ///
    /// # Errors
    /// Why none does.
    pub(super) fn terms(&self, decided: &Decided<'_>, is_open: bool) -> Result<Terms<'a>, String> {
        let (vendor, model) = (self.vendor.name(), &self.request.model);
        let listed = self.listed();
        let tokens = listed.and_then(|price| price.tokens);
        let book: &'a PriceBook = self.book;
        if let Some((entry, other)) = self.best(book.own().iter(), |entry| entry, decided) {
            if let Some(other) = other {
                let [one, other] = [entry, other].map(described);
                return Err(format!(
                    "two of your prices apply, {one} and {other}; give one of them another condition"
                ));
            }
            return Ok(Terms::of(entry, PriceOrigin::User, tokens));
        }
        if let Some(((at, entry), other)) = self.best(book.live().iter(), |(_, entry)| entry, decided) {
            if let Some((_, other)) = other {
                let [one, other] = [entry, other].map(described);
                return Err(format!("the vendor answered two prices that apply, {one} and {other}"));
            }
            return Ok(Terms::of(entry, PriceOrigin::Live { at: *at }, tokens));
        }

        let mut rates = listed.iter().flat_map(|price| price.rates);
        let holds = |test: &FieldTest| self.fit(test.field, &test.is.into(), decided).is_some();
        let rate = rates.find(|rate| rate.when.iter().all(holds));
        let (Some(listed), Some(rate)) = (listed, rate) else {
            let fields = self.fields(listed);
            if fields.is_empty() {
                return Err(format!("no price of {vendor} {model} is known"));
            }
            let made = match decided.resolution.filter(|_| is_open) {
                Some(resolution) => format!(" if the vendor makes it in {resolution}"),
                None => String::new(),
            };
            let fields = fields.join(", ");
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

    fn listed(&self) -> Option<&'static Price> {
        let endpoint = self.request.endpoint(self.rules.model);
        let mut prices = self.vendor.facts().prices.iter();
        prices.find(|price| price.models.contains(&endpoint))
    }

    fn is_model(&self, entry: &PriceEntry) -> bool {
        let endpoint = self.request.endpoint(self.rules.model);
        let is_meant = entry.model == self.request.model || self.is_endpoint(entry);
        // A price of a model that stands for several endpoints is for each of them.
        let is_all = || short_names(self.vendor, endpoint).contains(&entry.model.as_str());
        entry.vendor == self.vendor && (is_meant || is_all())
    }

    fn is_endpoint(&self, entry: &PriceEntry) -> bool {
        entry.model == self.request.endpoint(self.rules.model)
    }

    /// The one that applies first of those that fit, and another one of the same rank with another price.
    fn best<T: Copy>(
        &self,
        entries: impl Iterator<Item = T>,
        entry: impl Fn(T) -> &'a PriceEntry,
        decided: &Decided<'_>,
    ) -> Option<(T, Option<T>)> {
        let ranked = |one: T| Some((one, self.rank(entry(one), decided)?));
        let fitting: Vec<(T, Rank)> = entries.filter_map(ranked).collect();
        // Of equal ones the first.
        let (best, highest) = *fitting.iter().min_by_key(|(_, rank)| Reverse(*rank))?;
        // What the request itself meets decides only between prices that depend on the same fields.
        let is_second = |other: &PriceEntry, rank: &Rank| {
            let has_fewer = rank.stated < highest.stated && other.when.keys().eq(entry(best).when.keys());
            (rank.conditions, rank.is_endpoint) != (highest.conditions, highest.is_endpoint) || has_fewer
        };
        let is_rival =
            |(other, rank): &&(T, Rank)| !is_second(entry(*other), rank) && !entry(*other).has_price_of(entry(best));
        let rival = fitting.iter().find(is_rival).map(|(other, _)| *other);
        Some((best, rival))
    }

    /// The rank of a price that applies.
    fn rank(&self, entry: &PriceEntry, decided: &Decided<'_>) -> Option<Rank> {
        if !self.is_model(entry) {
            return None;
        }
        let mut stated = 0;
        for (field, rule) in &entry.when {
            if self.fit(field, &rule.into(), decided)? == Fit::Stated {
                stated += 1;
            }
        }
        Some(Rank {
            conditions: entry.when.len(),
            is_endpoint: self.is_endpoint(entry),
            stated,
        })
    }

    fn fit(&self, field: &str, demand: &Demand<'_>, decided: &Decided<'_>) -> Option<Fit> {
        fit(
            demand,
            value(self.request, field).as_deref(),
            decided.value(field, self.rules.model).as_deref(),
        )
    }

    /// Whether a price of the model is for some values of a field only.
    pub(super) fn distinguishes(&self, field: &str) -> bool {
        let listed = { self.listed() }.into_iter().flat_map(|price| price.rates);
        let mut tests = listed.flat_map(|rate| rate.when).filter(|test| test.field == field);
        self.own_distinguishes(field) || tests.any(|test| is_by_value(&test.is.into()))
    }

    /// Whether a price that is not in the list is for some values of a field only.
    pub(super) fn own_distinguishes(&self, field: &str) -> bool {
        let entries = self
            .book
            .own()
            .iter()
            .chain(self.book.live().iter().map(|(_, entry)| entry));
        let mut rules = entries
            .filter(|entry| self.is_model(entry))
            .filter_map(|entry| entry.when.get(field));
        rules.any(|rule| is_by_value(&rule.into()))
    }

    /// The fields that the known prices of the model depend on.
    fn fields(&self, listed: Option<&'static Price>) -> Vec<&'a str> {
        let book: &'a PriceBook = self.book;
        let own = book.own().iter().chain(book.live().iter().map(|(_, entry)| entry));
        let own = own.filter(|entry| self.is_model(entry));
        let tests = listed
            .into_iter()
            .flat_map(|price| price.rates)
            .flat_map(|rate| rate.when);
        let fields = own.flat_map(|entry| entry.when.keys().map(String::as_str));
        let mut fields: Vec<&str> = fields.chain(tests.map(|test| test.field)).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    }
}

/// Whether a demand is met by some values only, which the vendor may decide.
fn is_by_value(demand: &Demand<'_>) -> bool {
    let is_word = |value: &&str| matches!(*value, UNSET | "auto" | "adaptive");
    matches!(demand, Demand::OneOf(values) if !values.iter().all(is_word))
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

//! What a request costs, by the prices of the caller, of a vendor's answer and of the specs, in this order.
//!
//! What the request leaves to the vendor has every value that the model allows, and the estimate is the range of their costs.

mod decided;
mod decisions;
mod open;
mod terms;

use std::cmp::Ordering;
use std::collections::BTreeMap;

use rust_decimal::Decimal;
use videogen_wire::facts::PriceUnit;

use self::decided::Decided;
use self::decisions::decisions;
use self::open::{Length, input_seconds, lengths, sizes};
use self::terms::{Offers, Terms};
use super::media::Files;
use super::prompt_flags::{PromptFlag, prompt_flags};
use crate::model::{
    Capabilities, CostEstimate, Estimate, PossibleCost, PriceBook, PriceOrigin, Role, TokenPrice, UnitPrice, Vendor,
    VideoRequest, may_decide,
};

/// What an estimate can depend on, in the order of [`Outcome::choices`].
const OPEN: [&str; 5] = ["resolution", "duration", "aspect_ratio", "generate_audio", INPUT];
/// The length of input videos, which is no field of a request.
const INPUT: &str = "reference_video";

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

/// The cost by one of the values of each thing that is open.
struct Outcome<'a> {
    choices: [usize; OPEN.len()],
    terms: Terms<'a>,
    decided: Decided<'a>,
    /// The ratio of its size, if it is counted by that.
    ratio: Option<&'static str>,
    length: Option<Length>,
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

    /// The vendor's own members that may choose another size, or several videos.
    fn members(&self) -> Vec<&str> {
        let unaffected = self.vendor.facts().billing.unaffected;
        let members = self.request.extra.keys().map(String::as_str);
        members.filter(|member| !unaffected.contains(member)).collect()
    }

    /// The flags in the prompt that a price may depend on.
    fn prompt_flags(&self) -> Vec<PromptFlag<'_>> {
        let mut flags = prompt_flags(self.vendor, &self.request.prompt);
        flags.retain(|flag| may_decide(flag.field));
        flags
    }

    fn offers<'a>(&self, request: &'a VideoRequest, book: &'a PriceBook) -> Offers<'a> {
        Offers {
            vendor: self.vendor,
            request,
            rules: Capabilities::of(self.vendor, &request.model),
            book,
            is_own_server: self.is_own_server,
        }
    }

    /// The price of a unit, if it is the same whatever the vendor decides, and whatever it reads in the prompt.
    fn unit_price(&self, book: &PriceBook) -> Option<UnitPrice> {
        if !self.members().is_empty() {
            return None;
        }
        let mut flagged = self.request.clone();
        for flag in self.prompt_flags() {
            let value = Some(flag.value.to_owned());
            match flag.field {
                "resolution" => flagged.resolution = value,
                "aspect_ratio" => flagged.aspect_ratio = value,
                // A wrong value is ignored.
                "duration" => flagged.duration = flag.value.parse().ok().or(flagged.duration),
                _ => return None,
            }
        }
        let mut found: Option<UnitPrice> = None;
        for request in [&self.request, &flagged] {
            let offers = self.offers(request, book);
            for decided in decisions(&offers).ok()? {
                let price = offers.terms(&decided, false).ok()?.unit_price()?;
                if found.get_or_insert_with(|| price.clone()) != &price {
                    return None;
                }
            }
        }
        found
    }

    pub(crate) fn cost(&self, book: &PriceBook) -> Estimate {
        match self.known(book) {
            Ok(estimate) => Estimate::Known(estimate),
            Err(reason) => Estimate::Unknown {
                reason,
                unit_price: self.unit_price(book),
            },
        }
    }

    /// # Errors
    /// Why it is not known.
    fn known(&self, book: &PriceBook) -> Result<CostEstimate, String> {
        let members = self.members();
        if !members.is_empty() {
            return Err(format!("the price may depend on `extra`: {}", members.join(", ")));
        }
        if let Some(set) = self.prompt_flags().first() {
            return Err(format!("the prompt sets {}: {} {}", set.field, set.flag, set.value));
        }
        let request = &self.request;
        let offers = self.offers(request, book);
        let rules = offers.rules;
        let decisions = decisions(&offers)?;
        let is_open = decisions.iter().any(|decided| decided.places[0] > 0);
        let mut outcomes = Vec::new();
        for decided in decisions {
            let terms = offers.terms(&decided, is_open)?;
            let length = match (terms.unit, decided.length) {
                (PriceUnit::Clip, _) => None,
                (_, Some(length)) => Some(length),
                (_, None) => return Err(lengths(request, &rules).err().unwrap_or_default()),
            };
            let inputs = match &self.input {
                _ if !terms.input_video => [Decimal::ZERO; 2],
                Ok((low, high)) => [*low, *high],
                Err(reason) => return Err(reason.clone()),
            };
            let sizes = match (terms.unit, terms.tokens_per_second, terms.tokens) {
                (PriceUnit::Token, None, Some(tokens)) => {
                    let sizes = sizes(request, &rules, tokens, decided.resolution, decided.aspect_ratio);
                    let sizes = sizes.map_err(|reason| terms.without_tokens(reason))?;
                    sizes.into_iter().map(Some).collect()
                }
                (PriceUnit::Token, None, None) => {
                    let reason = format!("how many tokens a video of {} has is not known", request.model);
                    return Err(terms.without_tokens(reason));
                }
                _ => vec![None],
            };
            for (shape, size) in sizes.into_iter().enumerate() {
                for (end, input) in inputs.into_iter().enumerate() {
                    let units = terms.units(length, input, size)?;
                    let [tier, time, ratio, sound] = decided.places;
                    outcomes.push(Outcome {
                        choices: [tier, time, ratio + shape, sound, end],
                        cost: terms.cost(units).ok_or("the amount is too large")?,
                        unverified: terms.unverified || size.is_some_and(|size| size.unverified),
                        terms,
                        decided,
                        ratio: size.map(|size| size.aspect_ratio),
                        length,
                        units,
                    });
                }
            }
        }
        let mut estimate = range(&outcomes)?;
        let has_input = self.request.inputs_as(Role::ReferenceVideo).next().is_some();
        let is_left_out = |outcome: &Outcome<'_>| {
            let terms = &outcome.terms;
            terms.origin == PriceOrigin::User && terms.unit != PriceUnit::Clip && !terms.input_video
        };
        if has_input && outcomes.iter().any(is_left_out) {
            estimate.basis.push_str(", without the seconds of input videos");
        }
        Ok(estimate)
    }
}

fn range(outcomes: &[Outcome<'_>]) -> Result<CostEstimate, String> {
    let by_cost = |one: &&Outcome<'_>, other: &&Outcome<'_>| -> Ordering { one.cost.cmp(&other.cost) };
    let (Some(low), Some(high)) = (outcomes.iter().min_by(by_cost), outcomes.iter().max_by(by_cost)) else {
        return Err("the model has no size that the price is counted by".to_owned());
    };
    if outcomes
        .iter()
        .any(|outcome| outcome.terms.currency != high.terms.currency)
    {
        let by = depends(outcomes, &|one, other| one.terms.currency == other.terms.currency).join(" and ");
        return Err(format!(
            "prices in several currencies may apply, depending on {by}; set {by}"
        ));
    }
    let depends_on = depends(outcomes, &|one, other| one.cost == other.cost);
    let per_second = per_second(outcomes).filter(|_| depends_on == ["duration"]);
    Ok(CostEstimate {
        low: low.cost.normalize(),
        high: high.cost.normalize(),
        currency: high.terms.currency.to_owned(),
        basis: basis(low, high),
        possible: match per_second {
            None => possible(outcomes, &depends_on),
            Some(_) => Vec::new(),
        },
        per_second,
        depends_on,
        tokens: token_price(outcomes),
        origin: high.terms.origin,
        low_origin: (low.terms.origin != high.terms.origin).then_some(low.terms.origin),
        unverified: outcomes.iter().any(|outcome| outcome.unverified),
    })
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

/// The cost by what the vendor decides; none where that decides nothing but the number of tokens, which the vendor counts.
fn possible(outcomes: &[Outcome<'_>], depends_on: &[&str]) -> Vec<PossibleCost> {
    let is_counted = |outcome: &Outcome<'_>| outcome.terms.tokens_per_second.is_none();
    if token_price(outcomes).is_some() && outcomes.iter().all(is_counted) {
        return Vec::new();
    }
    let by = |field: &str| depends_on.contains(&field);
    let mut all: Vec<PossibleCost> = Vec::new();
    if depends_on.iter().all(|field| *field == INPUT) {
        return all;
    }
    for outcome in outcomes {
        let (decided, terms) = (&outcome.decided, &outcome.terms);
        let seconds = match decided.length {
            Some(Length::Seconds(seconds)) => Some(seconds),
            _ => None,
        };
        let ratio = decided.aspect_ratio.or(outcome.ratio);
        let one = PossibleCost {
            resolution: decided.resolution.filter(|_| by("resolution")).map(str::to_owned),
            duration: seconds.filter(|_| by("duration")),
            aspect_ratio: ratio.filter(|_| by("aspect_ratio")).map(str::to_owned),
            generate_audio: decided.audio.filter(|_| by("generate_audio")),
            low: outcome.cost.normalize(),
            amount: outcome.cost.normalize(),
            tokens: (terms.unit == PriceUnit::Token).then_some(TokenPrice {
                price: terms.price,
                per: terms.per,
            }),
        };
        match all.iter_mut().find(|other| other.is_for_the_same(&one)) {
            Some(other) => other.widen(&one),
            None => all.push(one),
        }
    }
    all
}

/// The choices by one of which alone a property differs, which `is_same` compares.
fn depends(outcomes: &[Outcome<'_>], is_same: &dyn Fn(&Outcome<'_>, &Outcome<'_>) -> bool) -> Vec<&'static str> {
    let differs = |open: usize| {
        let mut others: BTreeMap<[usize; OPEN.len()], &Outcome<'_>> = BTreeMap::new();
        outcomes.iter().any(|outcome| {
            let mut rest = outcome.choices;
            rest[open] = 0;
            !is_same(others.entry(rest).or_insert(outcome), outcome)
        })
    };
    (0..OPEN.len())
        .filter(|open| differs(*open))
        .map(|open| OPEN[open])
        .collect()
}

/// The price of a second of video, if the cost is that price times the length.
fn per_second(outcomes: &[Outcome<'_>]) -> Option<Decimal> {
    let each = |outcome: &Outcome<'_>| match outcome.length? {
        Length::Seconds(seconds) => outcome.cost.checked_div(seconds.into()),
        Length::Frames(_) => None,
    };
    let first = each(outcomes.first()?)?;
    let is_same = |outcome: &Outcome<'_>| each(outcome) == Some(first);
    outcomes.iter().all(is_same).then(|| first.normalize())
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

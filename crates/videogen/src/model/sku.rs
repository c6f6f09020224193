//! Prices in a vendor's list of models, whose unit is in their name.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use videogen_wire::facts::{FieldState, FieldTest, Price, PriceUnit};

use crate::model::amount::amount;
use crate::model::{FieldRule, ListedModel, Money, PriceBook, PriceEntry, Timestamp, Vendor};

/// Names of what is billed: the unit, and the decimal places by which the amounts are shifted from dollars.
const UNITS: [(&str, PriceUnit, u32); 6] = [
    ("video_tokens", PriceUnit::Token, 0),
    ("duration_seconds", PriceUnit::Second, 0),
    ("cents_per_video_output_second", PriceUnit::Second, 2),
    ("cents_per_output_second", PriceUnit::Second, 2),
    ("cents_per_video_second", PriceUnit::Second, 2),
    ("cents_per_second", PriceUnit::Second, 2),
];

/// A listed price.
struct Sku {
    unit: PriceUnit,
    amount: Decimal,
    audio: Option<bool>,
    resolution: Option<String>,
}

impl Sku {
    /// Reads `duration_seconds_with_audio_1080p`; every part must be known.
    ///
    /// # Errors
    /// Why it cannot be used.
    fn read(name: &str, price: &str) -> Result<Self, String> {
        let sku = Self::of(name).ok_or_else(|| format!("this version does not know what is billed by {name}"));
        let (mut sku, places) = sku?;
        let amount = amount(price).and_then(|mut amount| {
            amount.set_scale(amount.scale() + places).ok()?;
            Some(amount)
        });
        sku.amount = amount.ok_or_else(|| format!("{name} = {price} is not a price"))?;
        Ok(sku)
    }

    /// The price of this name, without its amount, and the decimal places by which that is shifted.
    fn of(name: &str) -> Option<(Self, u32)> {
        let (unit, places, rest) = UNITS.iter().find_map(|(start, unit, places)| {
            let rest = name.strip_prefix(start)?;
            (rest.is_empty() || rest.starts_with('_')).then_some((*unit, *places, rest))
        })?;
        let mut sku = Self {
            unit,
            amount: Decimal::ZERO,
            audio: None,
            resolution: None,
        };
        let mut words = rest.split('_').filter(|word| !word.is_empty());
        while let Some(word) = words.next() {
            match word {
                "with" | "without" if sku.audio.is_none() && words.next() == Some("audio") => {
                    sku.audio = Some(word == "with");
                }
                tier if sku.resolution.is_none() && is_tier(tier) => sku.resolution = Some(tier.to_owned()),
                _ => return None,
            }
        }
        Some((sku, places))
    }
}

/// `720p` or `4k`.
fn is_tier(word: &str) -> bool {
    let lines = word.strip_suffix(['p', 'k']).unwrap_or_default();
    !lines.is_empty() && lines.bytes().all(|byte| byte.is_ascii_digit())
}

impl PriceBook {
    /// Adds the prices in a list of models that `vendor` answered at a time, and returns by model why some are not
    /// used: this version does not know what they are for, or they are no amounts. A model with one of them gets no price,
    /// because that one may be what is billed. The prices are for requests without input videos, unless the model's list price covers those with them:
    /// the names do not say it.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) -> Result<(), videogen::Error> {
    /// use videogen::price::PriceBook;
    ///
    /// let mut prices = PriceBook::default();
    /// let asked = "2026-11-27T12:00:00Z".parse().expect("a time");
    /// for (model, reasons) in prices.add_listed(client.vendor(), asked, &client.models().await?) {
    ///     eprintln!("no live price of {model}: {}", reasons.join("; "));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn add_listed(
        &mut self,
        vendor: Vendor,
        at: Timestamp,
        models: &[ListedModel],
    ) -> BTreeMap<String, Vec<String>> {
        let mut refused = BTreeMap::new();
        for model in models {
            match entries(vendor, model) {
                Ok(entries) => self.add_live(at, entries),
                Err(reasons) => drop(refused.insert(model.id.clone(), reasons)),
            }
        }
        refused
    }
}

/// # Errors
/// Why some cannot be used.
fn entries(vendor: Vendor, model: &ListedModel) -> Result<Vec<PriceEntry>, Vec<String>> {
    let (mut skus, mut reasons) = (Vec::new(), Vec::new());
    for (name, price) in &model.prices_usd {
        match Sku::read(name, price) {
            Ok(sku) => skus.push(sku),
            Err(reason) => reasons.push(reason),
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let is_for_input_videos = has_rate_for_input_videos(vendor, &model.id);
    let has_audio = |with: bool| skus.iter().any(|sku| sku.audio == Some(with));
    let entry = |sku: &Sku| {
        // The other side of a price with or without audio. A request that does not set it may get audio.
        let audio = match sku.audio {
            None if has_audio(true) && !has_audio(false) => Some(false),
            None if has_audio(false) && !has_audio(true) => Some(true),
            audio => audio,
        };
        let audio: Option<&[&str]> = audio.map(|audio| if audio { &["true", "unset"][..] } else { &["false"] });
        let one_of = |values: &[&str]| FieldRule::OneOf(values.iter().map(|value| (*value).to_owned()).collect());
        let resolution = sku.resolution.as_deref();
        let audio = audio.map(|values| ("generate_audio".to_owned(), one_of(values)));
        let resolution = resolution.map(|tier| ("resolution".to_owned(), one_of(&[tier])));
        let mut entry = PriceEntry::new(vendor, model.id.clone(), Money::usd(sku.amount), sku.unit).ok()?;
        let without_video = (!is_for_input_videos).then(|| ("reference_video".to_owned(), FieldRule::Unset));
        entry
            .when
            .extend({ audio.into_iter() }.chain(resolution).chain(without_video));
        Some(entry)
    };
    Ok(skus.iter().filter_map(entry).collect())
}

/// Whether the model's list price covers requests with input videos. The name of a price does not say whether it does.
fn has_rate_for_input_videos(vendor: Vendor, model: &str) -> bool {
    let is_of_model = |price: &&Price| price.models.contains(&model);
    let rates = vendor
        .facts()
        .prices
        .iter()
        .filter(is_of_model)
        .flat_map(|price| price.rates);
    let excludes =
        |test: &FieldTest| matches!(test.field, "reference_video" | "inputs") && matches!(test.is, FieldState::Unset);
    { rates }.any(|rate| !rate.when.iter().any(excludes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(prices: &[(&str, &str)]) -> ListedModel {
        ListedModel {
            id: "maker/model".to_owned(),
            prices_usd: prices
                .iter()
                .map(|(name, price)| ((*name).to_owned(), (*price).to_owned()))
                .collect(),
            ..ListedModel::default()
        }
    }

    fn shown(prices: &[(&str, &str)]) -> Vec<String> {
        let mut book = PriceBook::default();
        let at = Timestamp::from_timestamp_millis(0).unwrap_or_default();
        let refused = book.add_listed(Vendor::ALL[0], at, &[listed(prices)]);
        assert!(refused.is_empty(), "{refused:?}");
        let when = |entry: &PriceEntry| -> String {
            entry
                .when
                .iter()
                .map(|(field, rule)| format!(" {field}={rule}"))
                .collect()
        };
        let show = |(_, entry): &(Timestamp, PriceEntry)| format!("{} per {}{}", entry.price, entry.unit, when(entry));
        book.live().iter().map(show).collect()
    }

    #[test]
    fn the_name_of_a_price_has_its_unit_and_its_conditions() {
        assert_eq!(
            shown(&[("video_tokens", "0.000007")]),
            ["0.000007 per token reference_video=unset"]
        );
        assert_eq!(
            shown(&[("video_tokens", "7e-6")]),
            ["0.000007 per token reference_video=unset"]
        );
        assert_eq!(
            shown(&[("duration_seconds", "0.20"), ("duration_seconds_with_audio", "0.40")]),
            [
                "0.20 per second generate_audio=false reference_video=unset",
                "0.40 per second generate_audio=true,unset reference_video=unset"
            ]
        );
        assert_eq!(
            shown(&[
                ("cents_per_video_output_second_720p", "5"),
                ("cents_per_second_with_audio_4k", "12.5")
            ]),
            [
                "0.125 per second generate_audio=true,unset reference_video=unset resolution=4k",
                "0.05 per second generate_audio=false reference_video=unset resolution=720p"
            ]
        );
    }

    #[test]
    fn a_model_with_an_unknown_price_has_none() {
        for name in [
            "duration_secondsish",
            "duration_seconds_hd",
            "duration_seconds_with_music",
            "duration_seconds_720p_1080p",
            "image_tokens",
            "",
        ] {
            let mut book = PriceBook::default();
            let at = Timestamp::from_timestamp_millis(0).unwrap_or_default();
            let models = [listed(&[("duration_seconds", "0.2"), (name, "1")])];
            let refused = book.add_listed(Vendor::ALL[0], at, &models);
            let reason = format!("this version does not know what is billed by {name}");
            assert_eq!(refused["maker/model"], [reason]);
            assert!(book.live().is_empty());
        }
        for price in ["free", "-1", ""] {
            let mut book = PriceBook::default();
            let at = Timestamp::from_timestamp_millis(0).unwrap_or_default();
            let refused = book.add_listed(Vendor::ALL[0], at, &[listed(&[("duration_seconds", price)])]);
            let reason = format!("duration_seconds = {price} is not a price");
            assert_eq!(refused["maker/model"], [reason]);
        }
    }
}

//! What the request of a worked example costs, exactly.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::spec::facts::{FieldState, FieldWord, Model, ROLES};
use crate::spec::prices::{Example, Price, Rate, Sizes, Tokens, Unit, each};

/// What pixels over time are divided by to give tokens.
const PIXELS: u32 = 1024;

/// The cost of an example by the entry `price`.
///
/// # Errors
/// Why that is not certain.
pub(super) fn cost(price: &Price, sizes: &[Sizes], model: &Model, example: &Example) -> Result<Decimal, String> {
    let of = Request { model, example };
    let applies = |rate: &&Rate| rate.when.iter().all(|(field, state)| of.is(field, state));
    let rate = price.rates.iter().find(applies).ok_or("no rate applies to it")?;
    let amount = each(&rate.price, price.per).ok_or("its price is no decimal number")?;
    if price.unit == Unit::Clip {
        return Ok(amount);
    }
    // Counted in frames where there are tokens, so that nothing is rounded.
    let fps = Decimal::from(price.tokens.as_ref().map_or(1, |tokens| tokens.fps));
    let whole = |field: &str| of.value(field).and_then(|text| text.parse::<u32>().ok());
    let own = match (whole("frames"), whole("duration")) {
        (Some(frames), _) if price.tokens.is_some() => Decimal::from(frames),
        (None, Some(seconds)) => Decimal::from(seconds) * fps,
        _ => return Err("its length is not certain: give `duration` in seconds".to_owned()),
    };
    let mut billed = own;
    if price.input_video {
        billed += Decimal::from(example.input_seconds.unwrap_or_default()) * fps;
    }
    if let Some((over, under)) = rate.least() {
        let seconds = (own * Decimal::from(over) / (Decimal::from(under) * fps)).ceil();
        billed = billed.max(seconds * fps);
    }
    let Some(tokens) = &price.tokens else {
        return Ok(billed * amount);
    };
    let (width, height) = of.size(tokens, sizes)?;
    let pixels = Decimal::from(u64::from(width) * u64::from(height));
    Ok((billed * pixels / Decimal::from(PIXELS)).ceil() * amount)
}

struct Request<'a> {
    model: &'a Model,
    example: &'a Example,
}

impl Request<'_> {
    /// Whether the grammar of `conditions` holds.
    fn is(&self, field: &str, state: &FieldState) -> bool {
        let set = self.set(field);
        match state {
            FieldState::Word(FieldWord::Set) => set.is_some(),
            FieldState::Word(FieldWord::Unset) => set.is_none(),
            FieldState::OneOf(values) if set.is_none() && values.iter().any(|value| value == "unset") => true,
            FieldState::OneOf(values) => self.value(field).is_some_and(|value| values.contains(&value)),
        }
    }

    fn set(&self, field: &str) -> Option<String> {
        let request = &self.example.request;
        match field {
            "reference_video" => self.example.input_seconds.map(|_| "set".to_owned()),
            "inputs" => {
                let any = ROLES.iter().any(|role| request.contains_key(*role));
                (any || self.example.input_seconds.is_some()).then(|| "set".to_owned())
            }
            field => request.get(field).map(|value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            }),
        }
    }

    /// The value of a field, or what the model takes it for where it is not set.
    fn value(&self, field: &str) -> Option<String> {
        let model = self.model;
        self.set(field).or_else(|| match field {
            "resolution" => model.default_resolution.clone(),
            "aspect_ratio" => model.default_aspect_ratio.clone(),
            "duration" => model.duration.default.map(|seconds| seconds.to_string()),
            "generate_audio" => model.default_generate_audio.map(|audio| audio.to_string()),
            _ => None,
        })
    }

    fn size(&self, tokens: &Tokens, sizes: &[Sizes]) -> Result<(u32, u32), String> {
        let (Some(resolution), Some(ratio)) = (self.value("resolution"), self.value("aspect_ratio")) else {
            return Err("its size is not certain: give `resolution` and `aspect_ratio`".to_owned());
        };
        let table = sizes.iter().find(|table| table.name == tokens.sizes);
        let size = table.and_then(|table| table.sizes.get(&resolution)?.get(&ratio));
        size.copied()
            .ok_or_else(|| format!("`{}` has no size of {resolution} {ratio}", tokens.sizes))
    }
}

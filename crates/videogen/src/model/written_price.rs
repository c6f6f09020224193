//! Reads a price as it is written, and reports every member that is invalid.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use videogen_wire::facts::PriceUnit;

use crate::model::price::is_too_long;
use crate::model::price_problem::PriceProblem;
use crate::model::{FieldRule, InvalidPriceError, PriceEntry, Vendor};

/// The members of an entry.
const MEMBERS: [&str; 9] = [
    "vendor",
    "model",
    "price",
    "currency",
    "unit",
    "per",
    "when",
    "input_video",
    "tokens_per_second",
];

/// A number that is not read as a binary fraction.
#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a decimal number in quotes, such as \"0.05\"")]
enum Exact {
    Whole(u64),
    Text(String),
}

struct Reader {
    members: Map<String, Value>,
    problems: Vec<PriceProblem>,
}

impl Reader {
    fn problem(&mut self, member: &str, text: String) {
        self.problems.push(PriceProblem::new(member, text));
    }

    /// A member that may be left out.
    fn member<T: DeserializeOwned>(&mut self, member: &str) -> Option<T> {
        let value = self.members.remove(member)?;
        match serde_json::from_value(value) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(member, format!("{member}: {error}"));
                None
            }
        }
    }

    /// A member that may not.
    fn required<T: DeserializeOwned>(&mut self, member: &str) -> Option<T> {
        if !self.members.contains_key(member) {
            self.problem(member, format!("missing field `{member}`"));
        }
        self.member(member)
    }

    fn exact(&mut self, member: &str, written: Option<Exact>) -> Option<Decimal> {
        let text = match written? {
            Exact::Whole(number) => return Some(number.into()),
            Exact::Text(text) => text,
        };
        let read = Decimal::from_str_exact(&text);
        if read.is_err() {
            let rule = match is_too_long(&text) {
                true => "must have at most 28 digits",
                false => "must be a decimal number, such as \"0.05\"",
            };
            self.problem(member, format!("{member} = {}: {rule}", text.escape_debug()));
        }
        read.ok()
    }

    fn when(&mut self) -> BTreeMap<String, FieldRule> {
        let written: Map<String, Value> = self.member("when").unwrap_or_default();
        let mut when = BTreeMap::new();
        for (field, rule) in written {
            match serde_json::from_value(rule) {
                Ok(rule) => drop(when.insert(field, rule)),
                Err(error) => {
                    let member = format!("when.{field}");
                    self.problem(&member, format!("when.{}: {error}", field.escape_debug()));
                }
            }
        }
        when
    }
}

impl TryFrom<Map<String, Value>> for PriceEntry {
    type Error = InvalidPriceError;

    fn try_from(members: Map<String, Value>) -> Result<Self, InvalidPriceError> {
        let mut reader = Reader {
            members,
            problems: Vec::new(),
        };
        let (vendor, model) = (reader.required::<Vendor>("vendor"), reader.required::<String>("model"));
        let price = reader.required("price");
        let price = reader.exact("price", price);
        let unit = reader.required::<PriceUnit>("unit");
        let tokens = reader.member("tokens_per_second");
        let entry = Self {
            vendor: vendor.unwrap_or(Vendor::ALL[0]),
            model: model.clone().unwrap_or_else(|| "unknown".to_owned()),
            price: price.unwrap_or_default(),
            currency: reader.member("currency").unwrap_or_else(|| "USD".to_owned()),
            unit: unit.unwrap_or(PriceUnit::Token),
            per: reader.member("per").unwrap_or(1),
            when: reader.when(),
            input_video: reader.member("input_video").unwrap_or_default(),
            tokens_per_second: reader.exact("tokens_per_second", tokens),
        };
        let mut entry = entry;
        entry.check(&mut reader.problems);
        let unknown: Vec<String> = reader.members.keys().cloned().collect();
        for member in unknown {
            let text = format!(
                "unknown field `{}`, expected one of {}",
                member.escape_debug(),
                MEMBERS.join(", ")
            );
            reader.problem(&member, text);
        }
        match reader.problems.is_empty() {
            true => Ok(entry),
            false => Err(InvalidPriceError(reader.problems)),
        }
    }
}

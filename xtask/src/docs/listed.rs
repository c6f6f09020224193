//! The vendor's own list of models, saved as its operation answered it (`x-listed-models`): limits of models, and nothing
//! else.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use super::facts::{At, Facts, Limit, plain};
use super::line::Line;
use crate::spec::Spec;
use crate::spec::listing::{ListedModels, pointer};
use crate::spec::lists::words;

/// The layout of facts from such an answer.
pub const LAYOUT: &str = "list of models";

/// Where the answer has what, and the vendor's spelling of values that users spell otherwise.
#[derive(Debug, Clone)]
pub struct Places {
    models: String,
    id: String,
    members: Vec<(&'static str, String)>,
    words: BTreeMap<String, String>,
}

impl Places {
    /// Those of a spec, if it has them.
    #[must_use]
    pub fn of(spec: &Spec) -> Option<Self> {
        let listing = ListedModels::deserialize(spec.doc.get("x-listed-models")?).ok()?;
        let properties = spec.schemas().flat_map(|(_, schema)| {
            let properties = crate::spec::members(schema.get("properties"));
            properties.filter(|(_, property)| property.get("x-field").is_some())
        });
        let words = properties.flat_map(|(_, property)| words(property));
        Some(Self {
            models: pointer(&listing.models),
            id: pointer(&listing.id),
            members: listing.members(),
            words: words.map(|(value, word)| (word, value)).collect(),
        })
    }

    /// The list in an answer; `None` for any other JSON.
    fn entries<'a>(&self, answer: &'a Value) -> Option<Vec<(String, &'a Value)>> {
        let list = answer.pointer(&self.models)?.as_array()?.iter();
        let named = list.filter_map(|entry| Some((entry.pointer(&self.id)?.as_str()?.to_owned(), entry)));
        let entries: Vec<_> = named.collect();
        (!entries.is_empty()).then_some(entries)
    }
}

/// The facts of an answer, and their text: a line for each model and member. `None` for any other JSON.
#[must_use]
pub fn read(answer: &Value, places: &Places) -> Option<(Facts, Vec<Line>)> {
    let mut facts = Facts {
        layout: LAYOUT.to_owned(),
        ..Facts::default()
    };
    let mut lines: Vec<Line> = Vec::new();
    for (model, entry) in places.entries(answer)? {
        let mut add = |what: &str, says: String| {
            let number = lines.len() + 1;
            lines.push(Line {
                number,
                text: format!("{model} {what}: {says}"),
                heading: false,
            });
            facts.limits.push(Limit {
                model: model.clone(),
                what: what.to_owned(),
                says,
                at: At(number),
            });
        };
        add("id", model.clone());
        let at = |member: &str| {
            let (_, place) = places.members.iter().find(|(name, _)| *name == member)?;
            entry.pointer(place).filter(|value| !value.is_null())
        };
        let list = |member: &str| {
            let items = at(member)?.as_array()?.iter().map(plain);
            let word = |item: String| places.words.get(&item).cloned().unwrap_or(item);
            let items: Vec<String> = items.map(word).collect();
            (!items.is_empty()).then_some(items)
        };
        let number = |member: &str| at(member).map(plain)?.parse::<i64>().ok();
        let range = || {
            let (min, max) = number("duration_min").zip(number("duration_max"))?;
            Some((min..=max.min(min + 3_600)).map(|second| second.to_string()).collect())
        };
        if let Some(seconds) = list("durations").or_else(range) {
            add("durations", seconds.join(", "));
        }
        for what in ["resolutions", "aspect_ratios", "frames"] {
            if let Some(values) = list(what) {
                add(what, values.join(", "));
            }
        }
        for what in ["generate_audio", "seed"] {
            if let Some(told) = at(what).and_then(Value::as_bool) {
                add(&format!("supports.{what}"), if told { "yes" } else { "no" }.to_owned());
            }
        }
    }
    Some((facts, lines))
}

//! A change, judged.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::judge::{Direction, Judgement, Rule};
use super::place::Found;

/// One change of one spec.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// The vendor, by the name of its spec.
    pub vendor: String,
    /// Its judgement; the worst, if it is judged in both directions.
    pub judgement: Judgement,
    /// The rule that found it.
    #[serde(serialize_with = "by_name")]
    pub rule: Rule,
    /// What changed, by the old spec's name for it.
    pub place: String,
    /// How it changed.
    pub text: String,
    /// Whether the value is sent, received or both; empty where that means nothing.
    pub directions: BTreeSet<Direction>,
    /// The operations that it reaches.
    pub operations: BTreeSet<String>,
    /// Names in the raw crate, the old before the new.
    pub rust: BTreeSet<String>,
    /// Normalised fields and other names of the facade.
    pub facade: BTreeSet<String>,
    /// Models whose limits it is about.
    pub models: Vec<String>,
}

fn by_name<S: serde::Serializer>(rule: &Rule, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(rule.name())
}

/// Judges changes, and merges those that are the same change seen from several places.
pub(super) fn finish(vendor: &str, found: Vec<Found>) -> Vec<Change> {
    let mut merged: BTreeMap<(String, Rule, String), Change> = BTreeMap::new();
    for found in found {
        let judgement = found.rule.judge(found.direction);
        let key = (found.place.clone(), found.rule, found.text.clone());
        let change = merged.entry(key).or_insert_with(|| Change {
            vendor: vendor.to_owned(),
            judgement,
            rule: found.rule,
            place: found.place,
            text: found.text,
            directions: BTreeSet::new(),
            operations: BTreeSet::new(),
            rust: BTreeSet::new(),
            facade: BTreeSet::new(),
            models: Vec::new(),
        });
        change.judgement = change.judgement.max(judgement);
        change.directions.extend(found.direction);
        change.operations.extend(found.operations);
        // Documentation affects no name.
        if !found.rule.is_about_words() {
            change.rust.extend(found.rust);
            change.facade.extend(found.facade);
        }
        if let Some(model) = found.model.filter(|model| !change.models.contains(model)) {
            change.models.push(model);
        }
    }
    let mut changes: Vec<Change> = merged.into_values().collect();
    changes.sort_by(|a, b| (b.judgement, &a.place, &a.text).cmp(&(a.judgement, &b.place, &b.text)));
    changes
}

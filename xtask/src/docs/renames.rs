//! What is gone and what is new, put together where it is the same thing under another name.

use std::collections::BTreeSet;

use super::expected::Expected;
use super::facts::{Parameter, Place, plain};
use crate::spec::changes::rename;

/// Names that have less in common than this are two things, if nothing else shows that they are one.
const ALIKE: f32 = 0.5;
/// The least share of values, bounds or members in common that shows it.
const DETAILS: f32 = 0.6;

/// A parameter that only one of two sides has.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// Its operation, in the words of the newer side.
    pub(super) of: Option<String>,
    pub(super) place: Place,
    /// Name, with dots between the levels.
    pub(super) name: String,
    pub(super) kind: Option<String>,
    /// Values, bounds, default, and names of members.
    pub(super) details: BTreeSet<String>,
    /// The names before and after it on its level, where the order is known.
    pub(super) beside: Option<[Option<String>; 2]>,
}

impl Named {
    /// A parameter of a page, among the others.
    pub(super) fn of_page(parameter: &Parameter, all: &[Parameter], of: Option<String>) -> Self {
        let same = |other: &&Parameter| {
            other.place == parameter.place && other.of == parameter.of && level(&other.name) == level(&parameter.name)
        };
        let siblings: Vec<&str> = all.iter().filter(same).map(|other| other.name.as_str()).collect();
        let own = siblings.iter().position(|name| *name == parameter.name);
        let name = |index: Option<usize>| siblings.get(index?).map(|name| (*name).to_owned());
        let beside = own.map(|own| [name(own.checked_sub(1)), name(own.checked_add(1))]);
        let inside = format!("{}.", parameter.name);
        let members = all
            .iter()
            .filter(|other| other.place == parameter.place && other.of == parameter.of);
        let members = members.filter_map(|other| other.name.strip_prefix(&inside));
        let bounds = [
            ("minimum", parameter.minimum),
            ("maximum", parameter.maximum),
            ("maxLength", parameter.max_length),
        ];
        let bounds = bounds
            .into_iter()
            .filter_map(|(key, bound)| Some(format!("{key} {}", bound?)));
        let default = parameter
            .default
            .iter()
            .map(|default| format!("default {}", plain(default)));
        let details = parameter
            .values
            .iter()
            .cloned()
            .chain(members.map(|name| format!(".{name}")));
        Self {
            of,
            place: parameter.place,
            name: parameter.name.clone(),
            kind: parameter.kind.clone(),
            details: details.chain(bounds).chain(default).collect(),
            beside,
        }
    }

    /// A parameter or member of a spec, by what a finding says of its place.
    pub(super) fn of_spec(expected: &Expected<'_>, at: &str, pointer: &str) -> Option<Self> {
        let own = name(at);
        let mut all = expected.calls.iter().flat_map(|call| &call.fields);
        let ((place, _), field) = all.find(|((_, known), field)| known == own && field.pointer == pointer)?;
        let inside = format!("{own}.");
        let calls = expected
            .calls
            .iter()
            .filter(|call| call.fields.contains_key(&(*place, own.to_owned())));
        let members = calls.take(1).flat_map(|call| call.fields.keys());
        let members = members
            .filter(|(of, _)| of == place)
            .filter_map(|(_, known)| known.strip_prefix(&inside));
        let values = field.values.iter().flat_map(|values| values.list.iter().cloned());
        let bounds = ["minimum", "maximum", "maxLength", "default"];
        let bounds = bounds
            .iter()
            .filter_map(|key| Some(format!("{key} {}", plain(field.keyword(key)?))));
        Some(Self {
            of: operation(at),
            place: *place,
            name: own.to_owned(),
            kind: field.kind.clone(),
            details: values
                .chain(members.map(|name| format!(".{name}")))
                .chain(bounds)
                .collect(),
            beside: None,
        })
    }
}

/// Which of the parameters that are gone became which of the new ones; `known` are pairs of names that did.
pub(super) fn pairs(gone: &[Named], new: &[Named], known: &[(String, String)]) -> Vec<(usize, usize)> {
    rename::pairs(gone, new, |old, new| {
        match known.contains(&(old.name.clone(), new.name.clone())) {
            true => Some(2.0),
            false => alike(old, new),
        }
    })
}

/// How alike two parameters are, by operation, place, type and name, or by all that is said of them.
fn alike(old: &Named, new: &Named) -> Option<f32> {
    if old.place != new.place || old.of != new.of {
        return None;
    }
    let kind = |one: &Named| one.kind.clone().filter(|kind| kind != "listed" && kind != "any");
    let kinds = (kind(old), kind(new));
    if let (Some(a), Some(b)) = &kinds
        && a.split('<').next() != b.split('<').next()
    {
        return None;
    }
    // What moved to another level keeps its name.
    if level(&old.name) != level(&new.name) {
        return (last(&old.name) == last(&new.name)).then_some(1.0);
    }
    let likeness = rename::names(last(&old.name), last(&new.name));
    if likeness >= ALIKE {
        return Some(likeness);
    }
    let is_one_kind = kinds.0.is_some() && kinds.0 == kinds.1;
    let common = old.details.intersection(&new.details).count();
    #[allow(clippy::cast_precision_loss, reason = "a parameter has no 2^23 values")]
    let share = common as f32 / old.details.union(&new.details).count().max(1) as f32;
    let is_in_place = old.beside.is_some() && old.beside == new.beside && old.details == new.details;
    // Less than any name that is alike.
    (is_one_kind && (share >= DETAILS || is_in_place)).then_some(likeness / 2.0 + share / 10.0)
}

fn level(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(level, _)| level)
}

fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

/// The name in the words of a finding: operation, place, name.
pub(super) fn name(at: &str) -> &str {
    at.rsplit(' ').next().unwrap_or_default()
}

/// The operation in the words of a finding.
pub(super) fn operation(at: &str) -> Option<String> {
    at.rsplitn(3, ' ').nth(2).map(str::to_owned)
}

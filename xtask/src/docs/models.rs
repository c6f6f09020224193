//! What a page says of models against `x-models`.

use std::collections::BTreeSet;

use serde_json::Value;

use super::expected::{Expected, Field, Model};
use super::facts::{Facts, Limit, Parameter, plain};
use super::limits::{ALL, range};
use super::listed::LAYOUT;
use super::page::Page;
use crate::spec::facts::ROLES;

/// Something that a page says of a model and the spec does not.
pub struct Misfit {
    /// Id of the model.
    pub model: String,
    /// What of it.
    pub what: &'static str,
    /// What the page says.
    pub page: Option<String>,
    /// What the spec says.
    pub spec: Option<String>,
    /// Line of the page.
    pub line: usize,
    /// JSON pointer.
    pub pointer: String,
}

/// The models that are a page's: those that the spec has from it and that it names.
#[must_use]
pub fn own<'a, 'b>(page: &Page, name: &str, expected: &'b Expected<'a>) -> Vec<&'b Model<'a>> {
    let own = expected.models.iter().filter(|model| model.source == name);
    own.filter(|model| page.has_word(&model.id)).collect()
}

/// Compares all that a page says of models beside its parameters.
#[must_use]
pub fn limits(facts: &Facts, own: &[&Model<'_>], expected: &Expected<'_>) -> Vec<Misfit> {
    let mut found = Vec::new();
    for limit in &facts.limits {
        if limit.model == ALL {
            for model in own {
                // What is said of all may be narrower for one, unless there is only one, or this one has its own words.
                let told = facts
                    .limits
                    .iter()
                    .any(|other| other.model == model.id && other.what == limit.what);
                if !told {
                    found.extend(one(limit, model, own.len() == 1));
                }
            }
            continue;
        }
        match expected.models.iter().find(|model| model.id == limit.model) {
            Some(model) => found.extend(one(limit, model, true)),
            // Its id is reported.
            None if facts.layout == LAYOUT && limit.what != "id" => {}
            // A model in the list of models is reported by the list.
            None if facts.models().contains(&limit.model) => {}
            None => found.push(Misfit {
                model: limit.model.clone(),
                what: "model",
                page: Some(match limit.what.as_str() {
                    "id" => "listed".to_owned(),
                    what => format!("{what} {}", limit.says),
                }),
                spec: None,
                line: limit.at.0,
                pointer: "/x-models".to_owned(),
            }),
        }
    }
    found.extend(lists(facts, own));
    if facts.layout == LAYOUT {
        let is_listed = |model: &&Model<'_>| facts.limits.iter().any(|limit| limit.model == model.id);
        let gone = expected.models.iter().filter(|model| !is_listed(model));
        found.extend(gone.map(|model| Misfit {
            model: model.id.clone(),
            what: "model",
            page: None,
            spec: Some("in x-models".to_owned()),
            line: 0,
            pointer: model.pointer.clone(),
        }));
    }
    found
}

fn one(limit: &Limit, model: &Model<'_>, exact: bool) -> Option<Misfit> {
    let misfit = |what, page: String, spec: Option<String>, part: &str| {
        Some(Misfit {
            model: model.id.clone(),
            what,
            page: Some(page),
            spec,
            line: limit.at.0,
            pointer: format!("{}{}", model.pointer, nearest(model.value, part)),
        })
    };
    let says = || limit.says.clone();
    match limit.what.split('.').collect::<Vec<_>>().as_slice() {
        ["duration"] => {
            let (from, to) = range(&limit.says)?;
            let own = bounds(model.value);
            let fits = match exact {
                true => own == (Some(from), Some(to)),
                false => own.0.is_none_or(|own| own >= from) && own.1.is_none_or(|own| own <= to),
            };
            let own = shown(own);
            (!fits).then(|| misfit("duration", says(), own, "/duration"))?
        }
        ["durations"] => {
            let values = model.value.pointer("/duration/values").and_then(Value::as_array);
            let own: Vec<i64> = match (values, bounds(model.value)) {
                (Some(values), _) => values.iter().filter_map(Value::as_i64).collect(),
                (None, (Some(min), Some(max))) => (min..=max).collect(),
                (None, _) => return None,
            };
            let told: Vec<i64> = limit
                .says
                .split(", ")
                .filter_map(|second| second.parse().ok())
                .collect();
            (own != told).then(|| misfit("duration", seconds(&told), Some(seconds(&own)), "/duration"))?
        }
        ["frames"] => {
            let told: BTreeSet<&str> = limit.says.split(", ").collect();
            let own: BTreeSet<&str> = ["first_frame", "last_frame"]
                .into_iter()
                .filter(|role| supports(model.value, role))
                .collect();
            let text = |roles: BTreeSet<&str>| roles.into_iter().collect::<Vec<_>>().join(", ");
            let spec = (!own.is_empty()).then(|| text(own.clone()));
            (own != told).then(|| misfit("inputs", text(told), spec, "/inputs"))?
        }
        ["resolutions"] => list("resolutions", limit, model, exact),
        ["aspect_ratios"] => list("aspect_ratios", limit, model, exact),
        ["inputs", role, "max"] => {
            let own = model
                .value
                .pointer(&format!("/inputs/{role}/max"))
                .and_then(Value::as_i64);
            // Of a role that the model does not take, a word on all models does not speak.
            let fits = own.map(|own| own.to_string()) == Some(says()) || (own.is_none() && !exact);
            (!fits).then(|| {
                misfit(
                    "inputs",
                    format!("{role} ≤ {}", limit.says),
                    own.map(|own| format!("{role} ≤ {own}")),
                    &format!("/inputs/{role}/max"),
                )
            })?
        }
        ["supports", field] => {
            let has = supports(model.value, field);
            let told = match limit.says.strip_prefix("only ") {
                Some(models) => models.split(", ").any(|id| id == model.id),
                None => limit.says == "yes",
            };
            let word = |has: bool| format!("{field} {}", if has { "supported" } else { "not supported" });
            (has != told).then(|| misfit("supports", word(told), Some(word(has)), "/inputs"))?
        }
        ["exclusive"] if limit.says == "frames, references" => {
            let groups = model.value.get("exclusive").and_then(Value::as_array);
            let groups: Vec<&Value> = groups.into_iter().flatten().collect();
            let group = |role: &str| {
                groups.iter().position(|group| {
                    group
                        .as_array()
                        .is_some_and(|group| group.iter().any(|known| known == role))
                })
            };
            let (frames, references) = (group("first_frame"), group("reference_image"));
            let apart = frames.is_some() && references.is_some() && frames != references;
            let both = supports(model.value, "first_frame") && supports(model.value, "reference_image");
            (both && !apart).then(|| misfit("exclusive", says(), None, "/exclusive"))?
        }
        _ => None,
    }
}

fn list(what: &'static str, limit: &Limit, model: &Model<'_>, exact: bool) -> Option<Misfit> {
    let own = model.value.get(what).and_then(Value::as_array);
    if own.is_none() && limit.model == ALL {
        return None;
    }
    let own: BTreeSet<&str> = own.into_iter().flatten().filter_map(Value::as_str).collect();
    let told: BTreeSet<&str> = limit.says.split(", ").collect();
    let fits = if exact { own == told } else { own.is_subset(&told) };
    (!fits).then(|| Misfit {
        model: model.id.clone(),
        what,
        page: Some(limit.says.clone()),
        spec: (!own.is_empty()).then(|| own.into_iter().collect::<Vec<_>>().join(", ")),
        line: limit.at.0,
        pointer: format!("{}{}", model.pointer, nearest(model.value, &format!("/{what}"))),
    })
}

/// The resolutions that a table has a row for each of.
fn lists(facts: &Facts, own: &[&Model<'_>]) -> Vec<Misfit> {
    let rows: Vec<&Limit> = facts.limits.iter().filter(|limit| limit.what == "resolution").collect();
    let Some(first) = rows.first() else { return Vec::new() };
    let mut values: Vec<&str> = rows.iter().map(|row| row.says.as_str()).collect();
    values.sort_unstable();
    let limit = Limit {
        what: "resolutions".to_owned(),
        says: values.join(", "),
        ..(*first).clone()
    };
    let own = own
        .iter()
        .filter_map(|model| list("resolutions", &limit, model, own.len() == 1));
    own.collect()
}

/// Compares a parameter's own bounds and values with those of the page's models. `None` where they have none, and the
/// schema alone counts.
#[must_use]
pub fn parameter(parameter: &Parameter, field: &Field, facts: &Facts, own: &[&Model<'_>]) -> Option<Vec<Misfit>> {
    let carries = field.carries.as_deref()?;
    let (what, says) = match carries {
        "duration" => {
            let (from, to) = (parameter.minimum?, parameter.maximum?);
            ("duration", format!("{from}-{to}"))
        }
        "resolution" if !parameter.values.is_empty() => ("resolutions", parameter.values.join(", ")),
        "aspect_ratio" if !parameter.values.is_empty() => ("aspect_ratios", parameter.values.join(", ")),
        _ => return None,
    };
    let limit = Limit {
        model: ALL.to_owned(),
        what: what.to_owned(),
        says,
        at: parameter.at,
    };
    let key = if what == "duration" { "duration" } else { what };
    let own: Vec<_> = own.iter().filter(|model| model.value.get(key).is_some()).collect();
    if own.is_empty() {
        return None;
    }
    let told = |model: &Model<'_>| {
        facts
            .limits
            .iter()
            .any(|other| other.model == model.id && other.what == what)
    };
    let found = own.iter().filter(|model| !told(model));
    Some(found.filter_map(|model| one(&limit, model, own.len() == 1)).collect())
}

/// A value that some of the page's models take.
pub struct Offered {
    /// The value, in the vendor's spelling.
    pub value: String,
    /// JSON pointer to it, or to the list that has it, in the entry of the first of them.
    pub pointer: String,
    /// Whether it is documented for one of them.
    pub is_documented: bool,
}

/// The values that the page's models take of a field, whose schema may be that of other models too. `None` where
/// `x-models` says nothing of it.
#[must_use]
pub fn offered(field: &Field, own: &[&Model<'_>], expected: &Expected<'_>) -> Option<Vec<Offered>> {
    let (member, values) = match field.carries.as_deref() {
        Some("resolution") => ("resolutions", None),
        Some("aspect_ratio") => ("aspect_ratios", None),
        None => ("inputs", Some(&field.values.as_ref()?.list)),
        Some(_) => return None,
    };
    if let Some(values) = values {
        let all = || expected.models.iter().flat_map(|model| roles(model, ROLES));
        let is_role = |value: &String| ROLES.contains(&value.as_str()) || all().any(|(role, _)| role == *value);
        if field.roles.is_empty() || !values.iter().all(is_role) {
            return None;
        }
    }
    let mut found: Vec<Offered> = Vec::new();
    for model in own {
        let unverified = model.value.get("unverified").and_then(Value::as_array);
        let is_documented = !unverified.is_some_and(|list| list.iter().any(|known| known == member));
        let listed = match values {
            Some(_) => roles(model, &field.roles),
            None => {
                let list = model.value.get(member).and_then(Value::as_array);
                let list = list.into_iter().flatten().filter_map(Value::as_str);
                list.map(|value| (value.to_owned(), format!("/{member}"))).collect()
            }
        };
        for (value, place) in listed {
            match found.iter_mut().find(|known| known.value == value) {
                Some(known) => known.is_documented |= is_documented,
                None => found.push(Offered {
                    value,
                    pointer: format!("{}{place}", model.pointer),
                    is_documented,
                }),
            }
        }
    }
    (!found.is_empty()).then_some(found)
}

/// The vendor's words for those roles that a model takes, and their places in its entry.
fn roles(model: &Model<'_>, roles: &[impl AsRef<str>]) -> Vec<(String, String)> {
    let known = roles.iter().filter_map(|role| {
        let place = format!("/inputs/{}", role.as_ref());
        let word = model.value.pointer(&place)?.get("role").and_then(Value::as_str);
        Some((word.unwrap_or(role.as_ref()).to_owned(), place))
    });
    known.collect()
}

/// Whether one of the page's models is documented to take a value; true where nothing is known of them.
#[must_use]
pub fn is_documented(offered: Option<&[Offered]>, value: &str) -> bool {
    offered.is_none_or(|all| all.iter().any(|known| known.is_documented && known.value == value))
}

/// Whether none of the page's models takes a field that others with the same schema take.
#[must_use]
pub fn lack(field: &Field, own: &[&Model<'_>]) -> bool {
    let mut carried = field.carries.iter().chain(&field.roles).peekable();
    let is_carried = carried.peek().is_some() && !own.is_empty();
    is_carried && !carried.any(|field| own.iter().any(|model| supports(model.value, field)))
}

/// A parameter that the page lists and none of its models takes.
#[must_use]
pub fn refused(parameter: &Parameter, field: &Field, own: &[&Model<'_>]) -> Vec<Misfit> {
    let is_whole = field.keyword("x-field").is_some();
    let refused = own.iter().filter(|_| is_whole && lack(field, own)).map(|model| {
        let carried: Vec<&str> = field.carries.iter().chain(&field.roles).map(String::as_str).collect();
        let (carried, place) = match field.roles.is_empty() {
            true => (carried.join(", "), "/without"),
            false => (carried.join(", "), "/inputs"),
        };
        Misfit {
            model: model.id.clone(),
            what: "supports",
            page: Some(format!("{carried} supported")),
            spec: Some(format!("{carried} not supported")),
            line: parameter.at.0,
            pointer: format!("{}{}", model.pointer, nearest(model.value, place)),
        }
    });
    refused.collect()
}

/// Compares a default with those of the page's models. `None` where they have none.
#[must_use]
pub fn default(parameter: &Parameter, field: &Field, own: &[&Model<'_>]) -> Option<Vec<Misfit>> {
    let stated = parameter.default.as_ref().map(plain)?;
    let at = match field.carries.as_deref()? {
        "model" => return own.iter().any(|model| model.id == stated).then(Vec::new),
        "duration" => "/duration/default",
        "resolution" => "/default_resolution",
        "aspect_ratio" => "/default_aspect_ratio",
        _ => return None,
    };
    let own = own
        .iter()
        .filter_map(|model| Some((model, plain(model.value.pointer(at)?))));
    let own: Vec<_> = own.collect();
    let unlike = own.iter().filter(|(_, own)| *own != stated).map(|(model, own)| Misfit {
        model: model.id.clone(),
        what: "default",
        page: Some(stated.clone()),
        spec: Some(own.clone()),
        line: parameter.at.0,
        pointer: format!("{}{at}", model.pointer),
    });
    (!own.is_empty()).then(|| unlike.collect())
}

/// Seconds in ascending order, as a range if none is missing.
fn seconds(all: &[i64]) -> String {
    match all {
        [first, .., last] if all.windows(2).all(|pair| pair[1] == pair[0] + 1) => format!("{first}-{last}"),
        all => all.iter().map(i64::to_string).collect::<Vec<_>>().join(", "),
    }
}

fn bounds(model: &Value) -> (Option<i64>, Option<i64>) {
    let bound = |key: &str| model.pointer(&format!("/duration/{key}")).and_then(Value::as_i64);
    let values = model.pointer("/duration/values").and_then(Value::as_array);
    let value = |at: Option<&Value>| at.and_then(Value::as_i64);
    match values {
        Some(values) => (value(values.first()), value(values.last())),
        None => (bound("min"), bound("max")),
    }
}

fn shown((from, to): (Option<i64>, Option<i64>)) -> Option<String> {
    let text = |bound: Option<i64>| bound.map(|bound| bound.to_string()).unwrap_or_default();
    (from.is_some() || to.is_some()).then(|| format!("{}-{}", text(from), text(to)))
}

fn supports(model: &Value, field: &str) -> bool {
    let is_role = ROLES.contains(&field);
    let without = model.get("without").and_then(Value::as_array);
    match is_role {
        true => model.pointer(&format!("/inputs/{field}")).is_some(),
        false => !without.is_some_and(|without| without.iter().any(|known| known == field)),
    }
}

/// The longest beginning of a pointer that there is.
fn nearest<'a>(value: &Value, pointer: &'a str) -> &'a str {
    let mut place = pointer;
    while !place.is_empty() && value.pointer(place).is_none() {
        place = place.rsplit_once('/').map_or("", |(parent, _)| parent);
    }
    place
}

//! Limits of files: two entries of `x-media`, and what they mean for an input.

use serde_json::Value;

use super::judge::Rule;
use super::keywords::{from_to, quoted};
use super::sets::{narrower_unless, strings};

/// Limits that are a maximum.
pub(crate) const MOST: [&str; 3] = ["max_bytes", "total_seconds", "max_request_bytes"];
/// Limits that are a range.
pub(crate) const RANGES: [&str; 4] = ["side", "ratio", "seconds", "fps"];

/// Compares the limits of an input's files, each in the `x-media` of its spec. What changed within limits that both name
/// is no change of the input.
pub(crate) fn of_input(old: (&Value, &Value), new: (&Value, &Value)) -> Option<(Rule, String)> {
    let ((all_old, before), (all_new, after)) = (old, new);
    let side = |media: &Value| media.as_str().unwrap_or_default().to_owned();
    let (was, is) = (named(all_old, &side(before)), named(all_new, &side(after)));
    if before == after && was.is_null() == is.is_null() {
        return None;
    }
    let word = |value: &Value| (!value.is_null()).then(|| value.clone());
    let named = from_to("media", word(before).as_ref(), word(after).as_ref());
    let changes = files(was, is);
    let texts: Vec<&str> = changes.iter().map(|(_, text)| text.as_str()).collect();
    let rule = match changes.as_slice() {
        [] => Rule::LimitRestated,
        some if some.iter().any(|(rule, _)| *rule == Rule::LimitNarrowed) => Rule::LimitNarrowed,
        _ => Rule::LimitWidened,
    };
    let text = if texts.is_empty() {
        format!("{named}, with the same limits")
    } else {
        format!("{named}: {}", texts.join("; "))
    };
    Some((rule, text))
}

/// Compares two entries of `x-media`; null has no limits.
pub(crate) fn files(old: &Value, new: &Value) -> Vec<(Rule, String)> {
    let mut found = match (old.is_null(), new.is_null()) {
        (true, false) => vec![(Rule::LimitNarrowed, format!("types any → {}", types(new)))],
        (false, true) => vec![(Rule::LimitWidened, format!("types {} → any", types(old)))],
        _ => sets(old, new, &["types"]),
    };
    found.extend(MOST.into_iter().filter_map(|key| most(old, new, key)));
    for key in RANGES.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
        let ((low, high), (new_low, new_high)) = (range(&old[key]), range(&new[key]));
        let rule = narrower_unless(new_low <= low && new_high >= high);
        found.push((rule, from_to(key, old.get(key), new.get(key))));
    }
    found
}

pub(crate) fn types(entry: &Value) -> String {
    quoted(&strings(&entry["types"]).into_iter().collect::<Vec<_>>())
}

fn range(bounds: &Value) -> (f64, f64) {
    (
        bounds[0].as_f64().unwrap_or(f64::NEG_INFINITY),
        bounds[1].as_f64().unwrap_or(f64::INFINITY),
    )
}

/// Compares a maximum; without one, anything goes.
pub(crate) fn most(old: &Value, new: &Value, key: &str) -> Option<(Rule, String)> {
    let number = |entry: &Value| entry[key].as_f64().unwrap_or(f64::INFINITY);
    let rule = narrower_unless(number(new) >= number(old));
    (old.get(key) != new.get(key)).then(|| (rule, from_to(key, old.get(key), new.get(key))))
}

/// Compares lists of accepted values: removed ones, and added ones.
pub(crate) fn sets(old: &Value, new: &Value, keys: &[&str]) -> Vec<(Rule, String)> {
    let mut found = Vec::new();
    for key in keys {
        let (before, after) = (strings(&old[*key]), strings(&new[*key]));
        for (rule, verb, values) in [
            (Rule::LimitNarrowed, "no longer", &before - &after),
            (Rule::LimitWidened, "now also", &after - &before),
        ] {
            if !values.is_empty() {
                let values: Vec<String> = values.into_iter().collect();
                found.push((rule, format!("{key}: {verb} {}", quoted(&values))));
            }
        }
    }
    found
}

pub(crate) fn list(value: &Value) -> Vec<&Value> {
    value.as_array().into_iter().flatten().collect()
}

pub(crate) fn name(entry: &Value) -> &str {
    entry["name"].as_str().unwrap_or_default()
}

/// The entry of a list with a name; null if there is none.
pub(crate) fn named<'a>(value: &'a Value, name_of: &str) -> &'a Value {
    const NONE: &Value = &Value::Null;
    list(value)
        .into_iter()
        .find(|entry| name(entry) == name_of)
        .unwrap_or(NONE)
}

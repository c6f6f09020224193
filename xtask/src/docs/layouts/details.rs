//! Details in a parameter's description: values, default, bounds.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::docs::facts::Parameter;
use crate::docs::line::Line;
use crate::docs::pattern::pattern;

/// How many lines of a description may state a default or a bound; later lines describe other things.
const NEAR: usize = 3;

/// Reads the lines below a parameter's name.
pub(crate) fn read(parameter: &mut Parameter, lines: &[Line]) {
    static LEAD: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)(options|models|values|one of|status|statuses|roles|fixed to)\s*[:.]?$"));
    for (index, line) in lines.iter().enumerate() {
        if index < NEAR {
            words(parameter, &line.text);
        }
        if parameter.values.is_empty() && LEAD.is_match(&line.text) {
            parameter.values = listed(&lines[index + 1..]);
        }
    }
}

/// The values of a list: each item is a value, alone or followed by a dash and words.
fn listed(lines: &[Line]) -> Vec<String> {
    let items = lines.iter().map_while(|line| item(&line.text));
    let values: Option<Vec<Vec<String>>> = items
        .map(|text| {
            if let Some(values) = keyed(text) {
                return Some(values);
            }
            let first = text.split([' ', '—', '–']).next().unwrap_or_default();
            let rest = text[first.len()..].trim_start();
            let is_alone = rest.is_empty() || rest.starts_with(['-', '–', '—', ':', '(']);
            Some(vec![value(first.trim_end_matches(':')).filter(|_| is_alone)?])
        })
        .collect();
    let mut all: Vec<String> = Vec::new();
    for value in values.unwrap_or_default().into_iter().flatten() {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    all
}

/// The values after a colon, where they belong to what stands before it: `fast: 480p, 720p`. Words are no such values.
fn keyed(text: &str) -> Option<Vec<String>> {
    let (_, rest) = text.split_once(": ")?;
    let parts = rest
        .trim_end_matches('.')
        .split([',', '/'])
        .flat_map(|part| part.split(" and "));
    let values: Option<Vec<String>> = parts.map(|part| value(part.trim())).collect();
    values.filter(|values| {
        values
            .iter()
            .all(|value| value.contains(|c: char| c.is_ascii_digit()) && !value.contains('-'))
    })
}

/// The words of a list item.
pub(crate) fn item(text: &str) -> Option<&str> {
    ["• ", "- ", "* "]
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
        .map(str::trim)
}

/// Reads one line.
pub(crate) fn words(parameter: &mut Parameter, text: &str) {
    static OPTIONS: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)(?:options|one of|(?:allowed|possible|available|accepted) values)\s*:\s*(.+)$"));
    static DEFAULT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r#"(?:[Dd]efaults?(?: value)?:\s*|\([Dd]efault\s*|\b[Dd]efaults to\s+)("[^"]*"|[^\s,;)]+)"#)
    });
    static RANGE: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)range(?: is|:)?\s*(-?\d+)\s*(?:~|-|–|to|\.\.+)\s*(-?\d+)|\((-?\d+)\s*(?:~|-|–|to)\s*(-?\d+)\)|(-?\d+)\s*<=?\s*x\s*<=?\s*(-?\d+)|\bfrom (-?\d+) to (-?\d+)",
        )
    });
    static LENGTH: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"(?i)(?:up to|at most|max(?:imum)?(?: length)?:?)\s*(\d+)\s*char"));
    static MAXIMUM: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)\bmax(?:imum)?:?\s*(\d+)\b"));
    static RUN: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?:^|:|\bare|\bis|\bof)\s*(`[^`\s]+`(?:, `[^`\s]+`)*,? (?:or|and) `[^`\s]+`)(?:[.:;]|$)")
    });
    let is_list = parameter
        .kind
        .as_deref()
        .is_some_and(|kind| kind.starts_with("array") || kind == "object");
    if parameter.values.is_empty()
        && !is_list
        && let Some(found) = RUN.captures(text)
    {
        parameter.values = found[1].split('`').skip(1).step_by(2).filter_map(value).collect();
    }
    let text = powers(&text.replace('`', ""));
    if parameter.values.is_empty()
        && let Some(found) = OPTIONS.captures(&text)
    {
        parameter.values = options(&found[1]);
    }
    if parameter.default.is_none()
        && let Some(found) = DEFAULT.captures(&text)
    {
        parameter.default = scalar(&found[1]);
    }
    if parameter.minimum.is_none()
        && parameter.maximum.is_none()
        && let Some(found) = RANGE.captures(&text)
    {
        let mut numbers = found
            .iter()
            .skip(1)
            .flatten()
            .map(|number| number.as_str().parse().ok());
        parameter.minimum = numbers.next().flatten();
        parameter.maximum = numbers.next().flatten();
    }
    if let Some(found) = LENGTH.captures(&text) {
        parameter.max_length = found[1].parse().ok();
    } else if parameter.maximum.is_none()
        && let Some(found) = MAXIMUM.captures(&text)
    {
        parameter.maximum = found[1].parse().ok();
    }
}

/// `2^32-1` as the number that it is.
fn powers(text: &str) -> String {
    static POWER: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b2\s?\^\s?(\d{1,2})(\s?-\s?1\b)?"));
    let number = |found: &regex::Captures<'_>| {
        let power = found[1]
            .parse()
            .ok()
            .and_then(|power| 1_i64.checked_shl(power))
            .filter(|power| *power > 0);
        match power {
            Some(power) => (power - i64::from(found.get(2).is_some())).to_string(),
            None => found[0].to_owned(),
        }
    };
    POWER.replace_all(text, number).into_owned()
}

/// Values in a row: between commas, bars or slashes, or between spaces where there are none of those.
pub(crate) fn options(text: &str) -> Vec<String> {
    let text = text.trim().trim_end_matches('.');
    let parts: Vec<&str> = match text.contains([',', '|', '/']) {
        true => text
            .split([',', '|', '/'])
            .flat_map(|part| part.split(" or "))
            .collect(),
        false => text.split(' ').collect(),
    };
    let parts = parts
        .iter()
        .map(|part| part.trim().trim_start_matches("or ").trim_start_matches("and ").trim());
    let values: Option<Vec<String>> = parts.filter(|part| !part.is_empty()).map(value).collect();
    values.unwrap_or_default()
}

/// A word as a value.
pub(crate) fn value(word: &str) -> Option<String> {
    let word = word.trim_matches(['`', '"', '\'']);
    let fine = |c: char| c.is_ascii_alphanumeric() || "_-.:+".contains(c);
    (!word.is_empty() && word.chars().all(fine) && word.chars().any(|c| c.is_ascii_alphanumeric()))
        .then(|| word.to_owned())
}

/// A default as JSON: a number, a truth value, or text.
pub(crate) fn scalar(text: &str) -> Option<Value> {
    let text = text.trim().trim_matches('`').trim_end_matches('.');
    match serde_json::from_str(text) {
        Ok(value @ (Value::Number(_) | Value::Bool(_) | Value::String(_))) => Some(value),
        Ok(_) => None,
        Err(_) => value(text).map(Value::String),
    }
}

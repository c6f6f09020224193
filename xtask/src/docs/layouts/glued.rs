//! `name`, type and `required` on one line, with or without spaces between, and the description after them or below.

use serde_json::Value;

use super::details;
use super::words::{Words, is_name, kind, plain_name, section};
use crate::docs::facts::Parameter;
use crate::docs::line::Line;

/// The types as this layout writes them, longer ones before their prefixes.
const TYPES: [&str; 14] = [
    "enum<string>",
    "enum<integer>",
    "enum",
    "array<string>",
    "array<object>",
    "array<integer>",
    "array",
    "string[]",
    "object[]",
    "string",
    "integer",
    "number",
    "boolean",
    "object",
];

/// Reads a page.
pub(super) fn read(lines: &[Line], _: &Words) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    let (mut place, mut start, mut open) = (None, 0, false);
    for (index, line) in lines.iter().enumerate() {
        let heading = section(&line.text);
        let head = place.and_then(|place| head(line).map(|(head, rest)| (place, head, rest)));
        if heading.is_some() || line.heading || head.is_some() {
            if open && let Some(parameter) = found.last_mut() {
                details::read(parameter, &lines[start..index]);
            }
            open = false;
        }
        if heading.is_some() {
            place = heading;
        } else if let Some((place, head, rest)) = head {
            let mut parameter = Parameter::new(place, &plain_name(head.name), line.number);
            parameter.kind = kind(head.kind);
            parameter.required = head.required;
            parameter.default = head.default;
            details::words(&mut parameter, rest);
            found.push(parameter);
            (start, open) = (index + 1, true);
        }
    }
    if open && let Some(parameter) = found.last_mut() {
        details::read(parameter, &lines[start..]);
    }
    found
}

struct Head<'a> {
    name: &'a str,
    kind: &'a str,
    required: bool,
    default: Option<Value>,
}

/// Where a value ends and words begin: at a space, or at a capital after a small letter or a digit.
fn value_end(text: &str) -> Option<usize> {
    if let Some(quoted) = text.strip_prefix('"') {
        return Some(quoted.find('"')? + 2);
    }
    let ends = text.char_indices().zip(text.chars().skip(1));
    ends.into_iter()
        .find(|((_, c), next)| *next == ' ' || ((c.is_ascii_lowercase() || c.is_ascii_digit()) && next.is_uppercase()))
        .map(|((at, c), _)| at + c.len_utf8())
}

/// Type, `required` and default at the beginning of a text, with or without spaces between, and what follows them.
pub(super) fn stated(text: &str, spaced: bool) -> Option<(&'static str, bool, Option<Value>, &str)> {
    let kind = TYPES.iter().find(|name| text.starts_with(**name))?;
    let (mut after, mut required, mut default) = (&text[kind.len()..], None, None);
    // They come in either order.
    loop {
        // `integerdefault:20required`: the default is glued to both.
        if let (None, Some(rest)) = (&default, after.trim_start().strip_prefix("default:")) {
            let rest = rest.trim_start();
            let marks = ["required", "optional"].iter().filter(|_| !rest.starts_with('"'));
            let ends = marks.filter_map(|mark| rest.find(mark)).chain(value_end(rest));
            let end = ends.min().unwrap_or(rest.len());
            default = Some(details::scalar(&rest[..end])?);
            after = &rest[end..];
            continue;
        }
        let mark = ["required", "optional"].into_iter().find_map(|mark| {
            let rest = after.trim_start().strip_prefix(mark)?;
            // `requiredVideo …`, and no word of a sentence.
            let ends = !spaced || rest.is_empty() || rest.trim_start().starts_with("default:");
            ends.then_some((mark == "required", rest))
        });
        match mark.filter(|_| required.is_none()) {
            Some((is_required, rest)) => (required, after) = (Some(is_required), rest),
            None => return Some((kind, required.unwrap_or(false), default, after)),
        }
    }
}

/// Splits a line into name, type, `required`, and the words that follow.
fn head(line: &Line) -> Option<(Head<'_>, &str)> {
    let text = line.text.as_str();
    // Either the type is glued to the first word, or it is the second word.
    let split = |at: usize| {
        let (name, rest) = (text.get(..at)?, text.get(at..)?);
        let spaced = rest.starts_with(' ');
        let rest = rest.trim_start();
        let (kind, required, default, after) = stated(rest, spaced)?;
        // The description begins with a capital or a digit; anything else continues the name or the type.
        let ends = after.is_empty() || (!spaced && after.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
        (is_name(name) && ends).then_some((
            Head {
                name,
                kind,
                required,
                default,
            },
            after,
        ))
    };
    let first = text.find(' ').unwrap_or(text.len());
    (1..=first).find_map(split)
}

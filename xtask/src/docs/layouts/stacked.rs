//! A name on its own line, the type below it, then `default:…` and `required`, then the description.

use serde_json::Value;

use super::details;
use super::glued::stated;
use super::words::{Words, is_name, kind, plain_name, section};
use crate::docs::facts::{Parameter, Place};
use crate::docs::line::Line;

/// Reads a page.
pub(super) fn read(lines: &[Line], _: &Words) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    let mut place: Option<Place> = None;
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        index += 1;
        // A parameter may be called like a section: `Authorization`.
        let begins = |index| begins(lines, index);
        let (Some(place), true) = (place, begins(index - 1)) else {
            place = section(&line.text).or(place);
            continue;
        };
        let mut parameter = Parameter::new(place, &plain_name(&line.text), line.number);
        if let Some(typed) = typed(&lines[index].text) {
            (parameter.kind, parameter.required, parameter.default) = typed;
        }
        index += 1;
        while let Some(line) = lines.get(index) {
            match line.text.as_str() {
                "required" => parameter.required = true,
                "optional" | "deprecated" => {}
                text => match text.strip_prefix("default:") {
                    Some(default) => parameter.default = details::scalar(default),
                    None => break,
                },
            }
            index += 1;
        }
        let start = index;
        while let Some(line) = lines.get(index)
            && !line.heading
            && section(&line.text).is_none()
            && !begins(index)
        {
            index += 1;
        }
        details::read(&mut parameter, &lines[start..index]);
        found.push(parameter);
    }
    found
}

/// Whether a parameter begins on a line.
fn begins(lines: &[Line], index: usize) -> bool {
    let next = lines.get(index + 1).and_then(|line| typed(&line.text));
    // Where the copy lost the names, the last word of a sentence stands above the type; names begin in lower case.
    let fits = |text: &str| {
        is_name(text)
            && (text.starts_with(|c: char| c.is_lowercase() || c == '_') || section(text) == Some(Place::Header))
    };
    lines.get(index).is_some_and(|line| fits(&line.text)) && next.is_some()
}

/// A line that has nothing but a type, and maybe what is glued to it: `integerdefault:20required`.
fn typed(text: &str) -> Option<(Option<String>, bool, Option<Value>)> {
    if let Some(kind) = kind(text) {
        return Some((Some(kind), false, None));
    }
    let (found, required, default, after) = stated(text, false)?;
    after.is_empty().then(|| (kind(found), required, default))
}

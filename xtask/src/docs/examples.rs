//! The JSON of a page's examples: its members, and the bodies they belong to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::facts::{Example, Lines, Parameter, Place, json_type};
use super::operations::Calls;
use super::page::Line;
use super::pattern::pattern;

/// The examples of a page, and whether the last one breaks off.
pub struct Examples {
    /// What they show, one entry for each body.
    pub found: Vec<Example>,
    /// The line on which an example begins that the page's end cuts off.
    pub cut: Option<usize>,
}

/// Members that only answers have, unless the page lists them for requests.
const ANSWERS: [&str; 5] = ["id", "object", "status", "error", "data"];

/// Reads the examples. `parameters` decide whose they are.
#[must_use]
pub fn read(lines: &[Line], parameters: &[Parameter], calls: &Calls) -> Examples {
    static DATA: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)(?:-d|--data\S*|--json)\s*['\x22]\{"));
    let text = lines
        .iter()
        .map(|line| line.text.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let mut result = Examples {
        found: Vec::new(),
        cut: None,
    };
    let (mut offset, mut past) = (0, 0);
    for line in lines {
        let start = offset;
        offset += line.text.len() + 1;
        if start < past {
            continue;
        }
        let sent = DATA.find(&line.text);
        let begin = match &sent {
            Some(found) => start + found.end() - 1,
            None if line.text.starts_with(['{', '[']) => start,
            None => continue,
        };
        let mut stream = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                past = begin + stream.byte_offset();
                add(
                    &mut result.found,
                    &value,
                    line.number,
                    sent.is_some(),
                    parameters,
                    calls,
                );
            }
            // Anything but the end of the text means that this is not JSON.
            Some(Err(error)) if error.is_eof() => result.cut = Some(line.number),
            _ => {}
        }
    }
    result
}

fn add(found: &mut Vec<Example>, value: &Value, line: usize, sent: bool, parameters: &[Parameter], calls: &Calls) {
    let listed = |place: Place, name: &str| {
        parameters
            .iter()
            .any(|known| known.place == place && known.name == name)
    };
    let mut members = BTreeMap::new();
    let place = match value {
        Value::Object(object) if !object.is_empty() => {
            collect(value, "", &mut members);
            let shared = |place: Place| object.keys().filter(|key| listed(place, key)).count();
            let answer = |key: &str| object.contains_key(key) && !listed(Place::Request, key);
            match () {
                () if sent => Place::Request,
                () if ANSWERS.iter().any(|key| answer(key)) => Place::Response,
                () if shared(Place::Request) > 0 => Place::Request,
                () if shared(Place::Response) > 0 => Place::Response,
                // A fragment; the page does not state of which body.
                () => return,
            }
        }
        // A list next to a parameter that accepts one shows its items.
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let owner = parameters.iter().rfind(|known| known.at.0 < line);
            let Some(owner) = owner.filter(|known| known.kind.as_deref().is_some_and(|kind| kind.starts_with("array")))
            else {
                return;
            };
            members.insert(owner.name.clone(), "array".to_owned());
            collect(value, &owner.name, &mut members);
            owner.place
        }
        _ => return,
    };
    let of = calls.of(line);
    let index = found.iter().position(|known| known.place == place && known.of == of);
    let index = index.unwrap_or_else(|| {
        found.push(Example {
            place,
            of,
            members: BTreeMap::new(),
            at: Lines::default(),
        });
        found.len() - 1
    });
    let example = &mut found[index];
    for (name, kind) in members {
        example.at.0.entry(name.clone()).or_insert(line);
        let known = example.members.entry(name).or_insert_with(|| kind.clone());
        if known == "null" {
            *known = kind;
        }
    }
}

fn collect(value: &Value, prefix: &str, members: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let name = if prefix.is_empty() {
                    key.clone()
                } else {
                    format!("{prefix}.{key}")
                };
                let kind = members.entry(name.clone()).or_insert_with(|| "null".to_owned());
                if kind == "null" {
                    *kind = json_type(value).to_owned();
                }
                collect(value, &name, members);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, prefix, members)),
        _ => {}
    }
}

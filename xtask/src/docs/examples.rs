//! The JSON of a page's examples: its members, and the bodies they belong to.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use super::facts::{At, Example, Lines, Operation, Parameter, Place, Status, json_type};
use super::line::Line;
use super::mdx::Block;
use super::operations::{self, Calls};
use super::pattern::pattern;

/// The examples of a page, and whether the last one breaks off.
#[derive(Default)]
pub struct Examples {
    /// What they show, one entry for each body.
    pub found: Vec<Example>,
    /// The line on which an example begins that the page's end cuts off.
    pub cut: Option<usize>,
    /// The statuses of errors that they are of.
    pub statuses: Vec<Status>,
    /// Line and reason of each that is no JSON.
    pub strange: Vec<(usize, String)>,
}

/// A body in a command.
static SENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)(?:-d|--data\S*|--json)\s*['\x22]\{"));

/// Members that only answers have, unless the page lists them for requests.
const ANSWERS: [&str; 5] = ["id", "object", "status", "error", "data"];

/// An example that was found, and what is known of it besides.
struct Shown<'a> {
    value: &'a Value,
    line: usize,
    /// Whose body it is, where that is known.
    place: Option<Place>,
    of: Option<Operation>,
}

/// Reads the examples. `parameters` decide whose they are.
#[must_use]
pub fn read(lines: &[Line], parameters: &[Parameter], calls: &Calls) -> Examples {
    let text = lines
        .iter()
        .map(|line| line.text.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    let mut result = Examples::default();
    let (mut offset, mut past) = (0, 0);
    for line in lines {
        let start = offset;
        offset += line.text.len() + 1;
        if start < past {
            continue;
        }
        let sent = SENT.find(&line.text);
        let begin = match &sent {
            Some(found) => start + found.end() - 1,
            None if line.text.starts_with(['{', '[']) => start,
            None => continue,
        };
        let mut stream = serde_json::Deserializer::from_str(&text[begin..]).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                past = begin + stream.byte_offset();
                let shown = Shown {
                    value: &value,
                    line: line.number,
                    place: sent.is_some().then_some(Place::Request),
                    of: calls.of(line.number),
                };
                add(&mut result.found, &shown, parameters);
            }
            // Anything but the end of the text means that this is not JSON.
            Some(Err(error)) if error.is_eof() => result.cut = Some(line.number),
            _ => {}
        }
    }
    result
}

/// Reads the code blocks of a source, which say more: their language, and the component that holds them.
#[must_use]
pub fn blocks(blocks: &[Block], parameters: &[Parameter], calls: &Calls) -> Examples {
    static STATUS: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)([1-5]\d\d)(?:\s|$)"));
    let mut result = Examples::default();
    for block in blocks {
        let status = STATUS.captures(&block.title).map(|found| found[1].to_owned());
        let is_error = status.as_deref().is_some_and(|status| status >= "400");
        let command = operations::command(&block.code, block.line);
        let sent = SENT.find(&block.code);
        let json = match (&sent, block.language.as_str()) {
            (Some(found), _) => &block.code[found.end() - 1..],
            (None, "json" | "json5" | "jsonc") => block.code.as_str(),
            (None, "") if block.code.trim_start().starts_with(['{', '[']) => block.code.as_str(),
            _ => continue,
        };
        let skipped = block.code[..block.code.len() - json.len()].matches('\n').count();
        let line = block.line + skipped;
        if is_error && let Some(code) = status {
            let at = At(block.line);
            result.statuses.push(Status { code, at });
        }
        let mut stream = serde_json::Deserializer::from_str(json).into_iter::<Value>();
        match stream.next() {
            Some(Ok(value)) => {
                let place = match block.place {
                    _ if sent.is_some() => Some(Place::Request),
                    _ if is_error => Some(Place::Error),
                    place => place,
                };
                let shown = Shown {
                    value: &value,
                    line,
                    place,
                    of: command.or_else(|| calls.of(line)),
                };
                add(&mut result.found, &shown, parameters);
            }
            Some(Err(error)) => result.strange.push((line, format!("the example is no JSON: {error}"))),
            None => {}
        }
    }
    result
}

fn add(found: &mut Vec<Example>, shown: &Shown<'_>, parameters: &[Parameter]) {
    let Shown { value, line, .. } = *shown;
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
            match shown.place {
                Some(place) => place,
                None if object.len() == 1 && object.contains_key("error") => Place::Error,
                None if ANSWERS.iter().any(|key| answer(key)) => Place::Response,
                None if shared(Place::Request) > 0 => Place::Request,
                None if shared(Place::Response) > 0 => Place::Response,
                // A fragment; the page does not state of which body.
                None => return,
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
    let of = shown.of.clone();
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

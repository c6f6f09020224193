//! `name(required) — words`, in a list or, where the list's markup is lost, all on one line.

use std::sync::LazyLock;

use regex::Regex;

use super::details;
use super::words::{Words, plain_name};
use crate::docs::facts::{At, Parameter, Place, Status};
use crate::docs::line::Line;
use crate::docs::pattern::pattern;

/// What a list below a heading holds.
enum List {
    Parameters(Place),
    /// The values of a member of the response.
    Values(String),
}

/// Reads a page.
pub(super) fn read(lines: &[Line], words: &Words) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    let mut list: Option<(List, bool)> = None;
    for line in lines {
        if let Some(next) = heading(&line.text) {
            list = Some((next, false));
            continue;
        }
        let Some((kind, begun)) = &mut list else { continue };
        let items = items(&line.text, words, false);
        if items.is_empty() || line.heading {
            // Text may precede the list; text after it ends the section.
            if *begun || line.heading {
                list = None;
            }
            continue;
        }
        *begun = true;
        match kind {
            List::Parameters(place) => {
                for item in items {
                    parameter(*place, &item, line.number, words, &mut found);
                }
            }
            List::Values(name) => {
                let known = found
                    .iter_mut()
                    .find(|known| known.place == Place::Response && known.name == *name);
                let values = items.into_iter().map(|item| item.name);
                match known {
                    Some(known) => known.values.extend(values),
                    None => {
                        let mut parameter = Parameter::new(Place::Response, name, line.number);
                        parameter.values = values.collect();
                        found.push(parameter);
                    }
                }
            }
        }
    }
    found
}

/// The status codes under a heading of errors, with their lines.
#[must_use]
pub fn statuses(lines: &[Line]) -> Vec<Status> {
    let start = lines.iter().position(|line| {
        let text = line.text.to_lowercase();
        text.contains("error") && text.len() < 40 && !text.ends_with('.')
    });
    let mut found = Vec::new();
    for line in &lines[start.map_or(lines.len(), |start| start + 1)..] {
        let at = At(line.number);
        if let Some(code) = row(&line.text) {
            found.push(Status { code, at });
            continue;
        }
        let items = items(&line.text, &Words::new(), true);
        if items.is_empty() && !found.is_empty() {
            break;
        }
        found.extend(items.into_iter().map(|item| Status { code: item.name, at }));
    }
    found
}

/// The status code that a row of a table begins with.
fn row(text: &str) -> Option<String> {
    let cell = text.strip_prefix('|')?.split('|').next()?.trim().trim_matches('`');
    let is_code = cell.len() == 3 && cell.starts_with(['4', '5']) && cell.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| cell.to_owned())
}

fn heading(text: &str) -> Option<List> {
    static PARAMETERS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)(?:^|[.\s])(request|body|query|path|header|response)\s+(?:param(?:eter)?s|fields):?$")
    });
    static VALUES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?i)^(?:\w+ )?(\w+) values:?$"));
    if let Some(found) = PARAMETERS.captures(text) {
        return Some(List::Parameters(match found[1].to_lowercase().as_str() {
            "query" => Place::Query,
            "path" => Place::Path,
            "header" => Place::Header,
            "response" => Place::Response,
            _ => Place::Request,
        }));
    }
    let found = VALUES.captures(text)?;
    Some(List::Values(found[1].to_lowercase()))
}

struct Item {
    name: String,
    required: bool,
    words: String,
}

/// Splits a line into its items.
fn items(text: &str, words: &Words, digits: bool) -> Vec<Item> {
    static NAMES: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"([A-Za-z_][A-Za-z0-9_]*)(?:\s?\((required|optional)\)\s*)?(?:—|–|- )"));
    static CODES: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|[^0-9])([1-5]\d{2})()\s*(?:—|–|- )"));
    static FIRST: LazyLock<Regex> =
        LazyLock::new(|| pattern(r"^([A-Za-z0-9_]+)(?:\s?\((required|optional)\))?\s*(?:—|–|- )"));
    let text = details::item(text).unwrap_or(text).replace('`', "");
    let mut heads: Vec<(usize, usize, String, bool)> = Vec::new();
    let named = if digits { &CODES } else { &NAMES };
    // A list that kept its lines has one item on each, whose name is the first word.
    let first = FIRST
        .captures(&text)
        .filter(|found| !digits || found[1].chars().all(|c| c.is_ascii_digit()));
    let after = first.as_ref().map_or(0, |found| found[0].len());
    if let Some(found) = &first {
        heads.push((
            0,
            after,
            found[1].to_owned(),
            found.get(2).is_some_and(|mark| mark.as_str() == "required"),
        ));
    }
    for found in named.captures_iter(text.get(after..).unwrap_or_default()) {
        let (Some(all), Some(run)) = (found.get(0), found.get(1)) else {
            continue;
        };
        let (start, end) = (after + run.start(), after + all.end());
        let before = text[..start].chars().next_back();
        // Before a dash, a word of a sentence is between spaces.
        if text[..end].ends_with("- ") && text[after + run.end()..end].starts_with(' ') && found.get(2).is_none() {
            continue;
        }
        let name = name(run.as_str(), before, words, digits);
        let required = found.get(2).is_some_and(|mark| mark.as_str() == "required");
        heads.push((start + run.len() - name.len(), end, name.to_owned(), required));
    }
    let ends: Vec<usize> = heads.iter().skip(1).map(|head| head.0).chain([text.len()]).collect();
    let items = heads.into_iter().zip(ends);
    items
        .map(|((_, from, name, required), to)| Item {
            name,
            required,
            words: text.get(from..to).unwrap_or_default().trim().to_owned(),
        })
        .collect()
}

/// The name at the end of a run of letters. After a bracket or a quotation mark the whole run is the name; elsewhere
/// the last word of the sentence before it is a part of the run, and only known words tell them apart. The end of a
/// name is not a name: `new_ratio` is not `ratio`.
fn name<'a>(run: &'a str, before: Option<char>, words: &Words, digits: bool) -> &'a str {
    if digits || before.is_none_or(|before| ")\"”'".contains(before)) {
        return run;
    }
    let known = (1..run.len()).find(|start| {
        let (head, tail) = run.split_at(*start);
        !head.ends_with('_') && words.contains(tail)
    });
    known.map_or(run, |start| &run[start..])
}

fn parameter(place: Place, item: &Item, line: usize, words: &Words, found: &mut Vec<Parameter>) {
    static VALUES: LazyLock<Regex> = LazyLock::new(|| {
        // A colon belongs to a ratio; before anything else it ends the words.
        let value = r"(?:\d+:\d+|[A-Za-z0-9_.+-]*[A-Za-z0-9])";
        pattern(&format!(r"(?:^|:|\()\s*({value}(?:\s?/\s?{value})+)\s*(?:$|[).;,])"))
    });
    static MEMBERS: LazyLock<Regex> = LazyLock::new(|| pattern(r"([A-Za-z_]+)\s?\(([\w.:-]+(?:\s?/\s?[\w.:-]+)+)\)"));
    let mut parameter = Parameter::new(place, &plain_name(&item.name), line);
    parameter.required = item.required;
    details::words(&mut parameter, &item.words);
    if item.words.to_lowercase().contains("array") {
        parameter.kind = Some("array".to_owned());
    }
    let mut members = Vec::new();
    if parameter.kind.is_some() {
        // The members of an array's items: `… has type (a/b) and role (c/d)`.
        for member in MEMBERS.captures_iter(&item.words) {
            let name = name(&member[1], Some(' '), words, false).to_owned();
            let mut inner = Parameter::new(place, &format!("{}.{name}", parameter.name), line);
            inner.values = details::options(&member[2]);
            members.push(inner);
        }
    } else if parameter.values.is_empty()
        && let Some(values) = VALUES.captures(&item.words)
    {
        parameter.values = details::options(&values[1]);
    }
    found.push(parameter);
    found.extend(members);
}

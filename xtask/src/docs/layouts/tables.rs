//! Tables: a row for each parameter, the first row names the columns.

use super::details;
use super::words::{Words, is_name, kind, plain_name, section};
use crate::docs::facts::{Parameter, Place};
use crate::docs::line::Line;

/// Which column holds what.
struct Columns {
    name: usize,
    kind: Option<usize>,
    required: Option<usize>,
    default: Option<usize>,
    words: Option<usize>,
}

/// Reads a page.
pub(super) fn read(lines: &[Line], _: &Words) -> Vec<Parameter> {
    let mut found = Vec::new();
    let mut place = Some(Place::Request);
    let mut columns: Option<Columns> = None;
    for line in lines {
        let Some(cells) = cells(&line.text) else {
            columns = None;
            if let Some(section) = section(&line.text) {
                place = Some(section);
            } else if line.heading {
                place = loose(&line.text);
            }
            continue;
        };
        let (Some(place), Some(columns)) = (place, &columns) else {
            columns = header(&cells);
            continue;
        };
        let cell = |column: Option<usize>| column.and_then(|column| cells.get(column)).copied().unwrap_or_default();
        let (name, star) = match cell(Some(columns.name)).trim_matches('`') {
            name if name.ends_with('*') => (name.trim_end_matches('*').trim(), true),
            name => (name, false),
        };
        let name = name.trim_start_matches(['└', '├', '─', '>', '↳', ' ', '`']);
        if !is_name(name) {
            continue;
        }
        let mut parameter = Parameter::new(place, &plain_name(name), line.number);
        parameter.kind = kind(cell(columns.kind));
        let required = cell(columns.required).to_lowercase();
        parameter.required = star || ["yes", "true", "required", "✓", "✅", "y"].contains(&required.as_str());
        parameter.default = details::scalar(cell(columns.default)).filter(|default| default != "-");
        details::words(&mut parameter, cell(columns.words));
        found.push(parameter);
    }
    found
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix('|')?.strip_suffix('|')?;
    Some(row.split('|').map(str::trim).collect())
}

/// The columns, if this row names a column of names and one of types.
fn header(cells: &[&str]) -> Option<Columns> {
    let column = |names: &[&str]| {
        let fits = |cell: &&str| names.contains(&cell.to_lowercase().trim_matches(['*', '`']));
        cells.iter().position(fits)
    };
    Some(Columns {
        name: column(&["name", "parameter", "field", "param", "property", "key"])?,
        kind: Some(column(&["type"])?),
        required: column(&["required", "required?", "mandatory"]),
        default: column(&["default", "default value"]),
        words: column(&["description", "notes", "meaning", "details"]),
    })
}

/// Headings in free text; one that mentions neither requests nor responses ends the section.
fn loose(heading: &str) -> Option<Place> {
    let heading = heading.to_lowercase();
    let has = |word: &str| heading.contains(word);
    match () {
        () if has("error") => None,
        () if has("response") || has("returns") => Some(Place::Response),
        () if has("query") && has("param") => Some(Place::Query),
        () if has("path") && has("param") => Some(Place::Path),
        () if has("header") || has("auth") => Some(Place::Header),
        () if has("param") || has("body") || has("request") => Some(Place::Request),
        () => None,
    }
}

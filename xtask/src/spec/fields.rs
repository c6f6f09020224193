//! The tables in `docs/fields.md` of the fields that each vendor and model supports, of local files and of prices, made
//! from the specs.

use std::fmt::Write as _;

use crate::spec::facts::{Auto, Condition, FIELDS, Facts, Field, FieldState, FieldWord, Form, Model, Place, ROLES};
use crate::spec::local_files;
use crate::spec::price_tables;
use crate::spec::tasks::{Status, TASK_FIELDS};

/// The page, from the repository's root.
pub const PAGE: &str = "docs/fields.md";

/// A cell of a field that a model does not support.
const NONE: &str = "–";

/// Markers before and after the tables on the page.
const BEGIN: &str = "<!-- fields: begin. Made by `cargo xtask generate` from the specs; do not edit. -->";
const END: &str = "<!-- fields: end -->";

/// Returns the page with new tables; `None` when the markers are missing.
#[must_use]
pub fn with_tables(page: &str, all: &[Facts]) -> Option<String> {
    let (before, rest) = page.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let mut tables: Vec<String> = all.iter().map(table).collect();
    tables.push(tasks(all));
    let more = local_files::tables(all).into_iter().chain(price_tables::tables(all));
    tables.extend(more.filter(|table| !table.is_empty()));
    Some(format!("{before}{BEGIN}\n\n{}\n{END}{after}", tables.join("\n")))
}

/// Most columns of a table, so that it can be read.
const COLUMNS: usize = 6;

/// Models with the same limits.
type Column<'a> = (Vec<&'a str>, &'a Model);

/// One vendor: tables with a row per field, and a column per group of models with the same limits.
fn table(facts: &Facts) -> String {
    let mut columns: Vec<Column<'_>> = Vec::new();
    for model in &facts.models {
        match columns.iter_mut().find(|(_, first)| alike(first, model)) {
            Some((ids, _)) => ids.push(&model.id),
            None => columns.push((vec![&model.id], model)),
        }
    }
    let mut out = format!("**{}**\n", facts.vendor.name);
    for columns in split(facts, columns) {
        models(facts, &columns, &mut out);
    }
    let mut rest: Vec<(&str, Vec<&str>)> = Vec::new();
    for model in &facts.models {
        for member in &facts.shape(model).rest {
            match rest.iter_mut().find(|(known, _)| *known == member.wire) {
                Some((_, ids)) => ids.push(&model.id),
                None => rest.push((&member.wire, vec![&model.id])),
            }
        }
    }
    if !rest.is_empty() {
        let rest = rest.iter().map(|(member, ids)| {
            let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
            format!("`{member}` ({})", ids.join(", "))
        });
        let rest: Vec<String> = rest.collect();
        let _ = writeln!(
            out,
            "\nMembers without a field, sent with `--extra`: {}.",
            rest.join("; ")
        );
    }
    out.push_str(&between(facts));
    if let Some(last) = facts.models.last() {
        let _ = writeln!(
            out,
            "\nModels that are not listed go to `POST {}`.",
            facts.shape(last).path
        );
    }
    out.push_str(&of_tasks(facts));
    out
}

/// The columns of each table: those of one request body stay together as far as possible.
fn split<'a>(facts: &'a Facts, columns: Vec<Column<'a>>) -> Vec<Vec<Column<'a>>> {
    let mut bodies: Vec<(&str, Vec<Column<'_>>)> = Vec::new();
    for column in columns {
        let body = facts.shape(column.1).name.as_str();
        match bodies.last_mut() {
            Some((last, all)) if *last == body => all.push(column),
            _ => bodies.push((body, vec![column])),
        }
    }
    let mut tables: Vec<Vec<Column<'_>>> = vec![Vec::new()];
    for (_, all) in bodies {
        let parts = all.len().div_ceil(COLUMNS);
        for part in all.chunks(all.len().div_ceil(parts)) {
            match tables.last_mut() {
                Some(last) if last.len() + part.len() <= COLUMNS => last.extend_from_slice(part),
                _ => tables.push(part.to_vec()),
            }
        }
    }
    tables
}

/// One table, and the fields that none of its models has.
fn models(facts: &Facts, columns: &[Column<'_>], out: &mut String) {
    out.push_str("\n|");
    for (ids, _) in columns {
        let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
        let _ = write!(out, " | {}", ids.join(", "));
    }
    out.push_str(" |\n|---");
    out.push_str(&"|---".repeat(columns.len()));
    out.push_str("|\n");
    let mut missing = Vec::new();
    for name in FIELDS {
        let cells: Vec<String> = columns.iter().map(|(_, model)| cell(facts, model, name)).collect();
        if cells.iter().all(|cell| cell == NONE) {
            missing.push(format!("`{name}`"));
        } else {
            let _ = writeln!(out, "| `{name}` | {} |", cells.join(" | "));
        }
    }
    if !missing.is_empty() {
        let _ = writeln!(out, "\nNot supported: {}.", missing.join(", "));
    }
}

/// The rules between fields, each with the models that have it.
fn between(facts: &Facts) -> String {
    let mut rules: Vec<(String, Vec<String>)> = Vec::new();
    for model in &facts.models {
        let mut own: Vec<String> = model.conditions.iter().map(rule).collect();
        let groups: Vec<String> = model.exclusive.iter().map(|group| names(group)).collect();
        if !groups.is_empty() {
            let mark = mark(model.unverified.iter().any(|member| member == "exclusive"));
            own.push(format!("{} exclude each other{mark}", groups.join(" and ")));
        }
        for text in own {
            let id = format!("`{}`", model.id);
            match rules.iter_mut().find(|(known, _)| *known == text) {
                Some((_, ids)) => ids.push(id),
                None => rules.push((text, vec![id])),
            }
        }
    }
    if rules.is_empty() {
        return String::new();
    }
    let lines = rules
        .iter()
        .map(|(text, ids)| format!("- {text}: {}\n", ids.join(", ")));
    format!("\nRules between fields:\n\n{}", lines.collect::<String>())
}

fn rule(condition: &Condition) -> String {
    let side = |tests: &std::collections::BTreeMap<String, FieldState>| {
        let tests = tests.iter().map(|(field, state)| match state {
            FieldState::Word(FieldWord::Set) => format!("`{field}`"),
            FieldState::Word(FieldWord::Unset) => format!("no `{field}`"),
            FieldState::OneOf(values) => format!("`{field}` {}", values.join(" or ")),
        });
        tests.collect::<Vec<_>>().join(" and ")
    };
    let (when, requires) = (side(&condition.when), side(&condition.requires));
    format!("{when} requires {requires}{}", mark(condition.unverified))
}

fn names(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    names.join("/")
}

/// A time, in days or hours where it is a whole number of them.
fn time(seconds: u64) -> String {
    const UNITS: [(u64, &str); 2] = [(24 * 60 * 60, "days"), (60 * 60, "hours")];
    match UNITS.iter().find(|(unit, _)| seconds.is_multiple_of(*unit)) {
        Some((unit, name)) => format!("{} {name}", seconds / unit),
        None => format!("{seconds} seconds"),
    }
}

pub(super) const fn mark(is_unverified: bool) -> &'static str {
    if is_unverified { " (unverified)" } else { "" }
}

/// What is particular to the vendor's tasks.
fn of_tasks(facts: &Facts) -> String {
    let tasks = &facts.tasks;
    let statuses = |all: &[Status]| {
        let names: Vec<String> = all.iter().map(|status| format!("`{}`", status.name())).collect();
        names.join(" or ")
    };
    let mut out = String::new();
    let words: Vec<String> = tasks
        .statuses
        .iter()
        .map(|(word, status)| format!("`{word}` is `{}`", status.name()))
        .collect();
    if !words.is_empty() {
        let _ = writeln!(out, "Status words: {}.", words.join(", "));
    }
    if let Some(status) = tasks.created {
        let _ = writeln!(
            out,
            "A new task, which the response does not show, is `{}`.",
            status.name()
        );
    }
    if !tasks.cancel_when.is_empty() {
        let _ = writeln!(
            out,
            "Only a task that is {} can be cancelled.",
            statuses(&tasks.cancel_when)
        );
    }
    if let Some(seconds) = tasks.kept {
        let _ = writeln!(
            out,
            "Tasks can be polled and listed for {} after their creation.",
            time(seconds)
        );
    }
    if out.is_empty() { out } else { format!("\n{out}") }
}

/// Where the responses carry the members of a task that only some vendors return: a row per member, a column per vendor.
fn tasks(all: &[Facts]) -> String {
    let mut out = "**Members of a task**\n\n| ".to_owned();
    for facts in all {
        let _ = write!(out, " | {}", facts.vendor.name);
    }
    out.push_str(" |\n|---");
    out.push_str(&"|---".repeat(all.len()));
    out.push_str("|\n");
    for name in TASK_FIELDS {
        let _ = write!(out, "| `{name}`");
        for facts in all {
            let places = facts.task_fields.iter().find(|field| field.name == name);
            let places = places.iter().flat_map(|field| &field.places);
            let places: Vec<String> = places
                .map(|place| format!("`{}`", place[1..].replace('/', ".")))
                .collect();
            let _ = write!(
                out,
                " | {}",
                if places.is_empty() {
                    "–".to_owned()
                } else {
                    places.join(", else ")
                }
            );
        }
        out.push_str(" |\n");
    }
    out
}

/// Whether two models differ in nothing but their names.
fn alike(a: &Model, b: &Model) -> bool {
    let strip = |model: &Model| Model {
        id: String::new(),
        source: String::new(),
        unverified: Vec::new(),
        ..model.clone()
    };
    strip(a) == strip(b)
}

/// A model's support for a field: `✓`, its property, and its bounds; `–` when unsupported.
fn cell(facts: &Facts, model: &Model, name: &str) -> String {
    let fields: Vec<&Field> = facts
        .shape(model)
        .fields
        .iter()
        .filter(|field| field.name == name)
        .collect();
    let role = ROLES.contains(&name).then(|| model.inputs.get(name));
    let out_of_reach = fields.is_empty()
        || model.without.iter().any(|without| without == name)
        || role.is_some_and(|input| input.is_none())
        || (name == "frames" && model.frames.is_none());
    if out_of_reach {
        return NONE.to_owned();
    }
    let places = fields.iter().map(|field| match field.place == Place::Header {
        true => format!("header `{}`", field.wire),
        false => format!("`{}`", field.wire),
    });
    let places: Vec<String> = places.collect();
    let mut how = vec![places.join(" ")];
    match (fields[0].place, &fields[0].form) {
        (Place::Path, _) => how.push("in the path".to_owned()),
        (Place::Query, _) => how.push("in the query".to_owned()),
        (Place::Body, Form::Text(unit)) => how.push(format!("as text like `\"6{unit}\"`")),
        (Place::Body | Place::Header, _) => {}
    }
    if name == "prompt" && !fields.iter().any(|field| field.required) {
        how.push("optional".to_owned());
    } else if name == "prompt" && fields.iter().any(|field| field.item.is_some()) {
        how.push("or an input".to_owned());
    }
    let bounds = fields[0];
    match (bounds.minimum, bounds.maximum) {
        // Those depend on the model, below.
        _ if matches!(name, "duration" | "frames") => {}
        (Some(low), Some(high)) => how.push(format!("{low}…{high}")),
        (Some(low), None) => how.push(format!("from {low}")),
        (None, Some(high)) => how.push(format!("up to {high}")),
        (None, None) => {}
    }
    if let Some(most) = bounds.max_length {
        how.push(format!("≤ {most} characters"));
    }
    let is_taken = |value: &str| match name {
        "resolution" if model.limits_known() => model.resolutions.iter().any(|taken| taken == value),
        "aspect_ratio" if model.limits_known() => model.aspect_ratios.iter().any(|taken| taken == value),
        _ => true,
    };
    let words = bounds.words.iter().filter(|(value, _)| is_taken(value));
    how.extend(words.map(|(value, wire)| format!("{value} as `{wire}`")));
    match name {
        "duration" => {
            let min = model.duration.min();
            how.push(match (model.duration.listed(), model.duration.max()) {
                (Some(values), _) => format!("{values} s"),
                (None, Some(max)) => format!("{min}…{max} s"),
                (None, None) => format!("from {min} s"),
            });
            how.extend(model.duration.auto.map(|auto| match auto {
                Auto::Absent => "auto by leaving it out".to_owned(),
                Auto::MinusOne => "auto as `-1`".to_owned(),
                Auto::Word => "auto as `\"auto\"`".to_owned(),
            }));
        }
        "frames" => how.extend(
            model
                .frames
                .as_ref()
                .map(|frames| format!("{}…{} by {}", frames.min, frames.max, frames.step)),
        ),
        "resolution" | "aspect_ratio" => {
            let values = match name {
                _ if !model.limits_known() => &bounds.values,
                "resolution" => &model.resolutions,
                _ => &model.aspect_ratios,
            };
            let doubtful: Vec<&str> = model
                .doubtful
                .iter()
                .filter(|doubt| doubt.field == name)
                .map(|doubt| doubt.value.as_str())
                .collect();
            let sure = values.iter().filter(|value| !doubtful.contains(&value.as_str()));
            let shown: Vec<String> = sure
                .cloned()
                .chain(doubtful.iter().map(|value| format!("({value})")))
                .collect();
            how.push(if shown.is_empty() {
                "any".to_owned()
            } else {
                shown.join(" ")
            });
        }
        "service_tier" | "video_operation" | "output_format" | "tools" => {
            let values = bounds.values.iter().filter(|value| !value.is_empty());
            how.push(values.cloned().collect::<Vec<_>>().join(" "));
        }
        _ => {}
    }
    if let Some(Some(input)) = role {
        let sources = input.sources.join("/");
        how.push(match input.max {
            Some(max) => format!("up to {max}, {sources}"),
            None => format!("any number, {sources}"),
        });
        how.extend(input.role.as_ref().map(|word| format!("as `{word}`")));
        how.extend(match input.needs.as_deref() {
            Some([]) => Some("may be the only input".to_owned()),
            Some(needs) => Some(format!("with {}", needs.join(" or "))),
            None => None,
        });
    }
    format!("✓ {}", how.join(", "))
}

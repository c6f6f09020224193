//! Reads jobs from JSON Lines, CSV, TOML or YAML: each as JSON members with the line where it begins.

use std::collections::HashSet;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use serde_saphyr::{DuplicateKeyPolicy, Spanned};
use toml_edit::{Document, Item};
use videogen::{ErrorKind, Role};

use super::quotes;
use super::written::{self, Written};
use crate::error::JobProblem;
use crate::exit::{Failure, INVALID, IO};
use crate::input;
use crate::output::file;
use crate::request_file::Unique;
use crate::words;

/// Members of a job that a request does not have.
pub(super) const OWN: [&str; 5] = ["after", "id", "output", "vars", "vendor"];
/// How a source begins that is no path.
const SCHEMES: [&str; 6] = ["https:", "http:", "asset:", "upload:", "file:", "data:"];
/// Prefix of the columns of a CSV file that are variables.
const VARIABLE: &str = "vars.";

/// A job as the file has it.
#[derive(Debug)]
pub(super) struct Raw {
    /// The line where it begins, from 1.
    pub(super) line: usize,
    pub(super) members: Map<String, Value>,
    /// Its values that JSON writes in another way.
    pub(super) written: Written,
}

/// The jobs of a file, and what is wrong with others.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    pub(super) jobs: Vec<Raw>,
    pub(super) problems: Vec<JobProblem>,
}

impl Jobs {
    fn add(&mut self, line: usize, value: Value) {
        self.add_written(line, value, Written::new());
    }

    fn add_written(&mut self, line: usize, value: Value, written: Written) {
        match value {
            Value::Object(members) => self.jobs.push(Raw { line, members, written }),
            _ => self.problems.push(JobProblem::new(
                line,
                "a job must be an object, such as {\"prompt\": \"a kite\"}",
            )),
        }
    }
}

/// Reads the file at `path`; its extension names the format.
pub(super) fn read(path: &Path) -> Result<Jobs, Failure> {
    let shown = file(path);
    let bytes = std::fs::read(path)
        .map_err(|error| Failure::new(IO, ErrorKind::Io, format!("cannot read {shown}: {error}")))?;
    let invalid = |reason: String| Failure::new(INVALID, ErrorKind::InvalidRequest, format!("{shown}: {reason}"));
    let text = input::text(&bytes).map_err(invalid)?;
    let extension = path
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default();
    let jobs = match extension.to_ascii_lowercase().as_str() {
        "jsonl" | "ndjson" => json_lines(text),
        "csv" => csv(text),
        "toml" => toml(text),
        "yaml" | "yml" => yaml(text),
        _ => {
            let message = "the format is not known; name the file .jsonl (a job per line), .csv, .toml or .yaml";
            return Err(invalid(message.to_owned()));
        }
    };
    // Of such a file, nothing more is known.
    let jobs = jobs.unwrap_or_else(|problem| Jobs {
        problems: vec![problem],
        ..Jobs::default()
    });
    if jobs.jobs.is_empty() && jobs.problems.is_empty() {
        return Err(invalid("it has no jobs".to_owned()));
    }
    Ok(jobs)
}

/// One object per line; empty lines are skipped.
fn json_lines(text: &str) -> Result<Jobs, JobProblem> {
    let mut found = Jobs::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(Unique(value)) => found.add(index + 1, value),
            Err(error) => {
                // The line is ours.
                let text = format!("invalid JSON at column {}: {}", error.column(), words::syntax(&error));
                found.problems.push(JobProblem::new(index + 1, text));
            }
        }
    }
    Ok(found)
}

/// The first line names the members. Empty cells are left out. Columns `vars.NAME` are variables, and those named after a role
/// are inputs.
fn csv(text: &str) -> Result<Jobs, JobProblem> {
    let broken = |error: &::csv::Error| {
        JobProblem::new(
            line(text, error.position()),
            match error.kind() {
                ::csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                    format!("it has {len} cells, and the first line has {expected_len} names")
                }
                _ => error.to_string(),
            },
        )
    };
    let delimiter = delimiter(text);
    if let Some(problem) = quotes::fault(text, delimiter) {
        return Err(problem);
    }
    let mut reader = ::csv::ReaderBuilder::new()
        .trim(::csv::Trim::All)
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let names: Vec<String> = reader
        .headers()
        .map_err(|error| broken(&error))?
        .iter()
        .map(str::to_owned)
        .collect();
    let mut found = Jobs::default();
    let mut seen = HashSet::new();
    for name in names.iter().filter(|name| !seen.insert(name.as_str())) {
        found
            .problems
            .push(JobProblem::new(1, format!("the column `{name}` is there twice")));
    }
    let strings = texts();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                found.problems.push(broken(&error));
                continue;
            }
        };
        let mut members = Map::new();
        let mut inputs = Vec::new();
        for (name, cell) in names.iter().zip(&record).filter(|(_, cell)| !cell.is_empty()) {
            if let Some(name) = name.strip_prefix(VARIABLE) {
                let vars = members.entry("vars").or_insert_with(|| json!({}));
                vars[name] = cell.into();
            } else if serde_json::from_value::<Role>(name.as_str().into()).is_ok() {
                let has_scheme = SCHEMES.iter().any(|scheme| cell.starts_with(scheme));
                let source = if has_scheme {
                    cell.to_owned()
                } else {
                    format!("file:{cell}")
                };
                inputs.push(json!({"role": name, "source": source}));
            } else {
                members.insert(name.clone(), typed(&strings, name, cell));
            }
        }
        if !inputs.is_empty() {
            members.entry("inputs").or_insert(inputs.into());
        }
        found.add(line(text, record.position()), members.into());
    }
    Ok(found)
}

/// The line where a record begins. Its position may be before the end of the line before.
fn line(text: &str, position: Option<&::csv::Position>) -> usize {
    let start = position.map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
    let (before, after) = text.as_bytes().split_at(start.min(text.len()));
    let breaks = after.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    1 + before.iter().chain(breaks).filter(|byte| **byte == b'\n').count()
}

/// What separates the cells: a comma, or what some spreadsheets write instead of it. Names of members have neither.
fn delimiter(text: &str) -> u8 {
    let names = text.lines().next().unwrap_or_default();
    let other = [b';', b'\t'];
    let found = other.into_iter().find(|other| names.contains(char::from(*other)));
    found.filter(|_| !names.contains(',')).unwrap_or(b',')
}

/// The members of a request that are text, so that `7` is not a number there.
pub(super) fn texts() -> HashSet<String> {
    let schema = videogen::submit::request_schema();
    let members = schema["properties"].as_object().into_iter().flatten();
    let is_text = |kind: &Value| {
        let kinds = kind.as_array().cloned().unwrap_or_else(|| vec![kind.clone()]);
        kinds.iter().all(|kind| kind == "string" || kind == "null")
    };
    let texts = members.filter(|(_, member)| !member["type"].is_null() && is_text(&member["type"]));
    texts
        .map(|(name, _)| name.clone())
        .chain(OWN.map(str::to_owned))
        .collect()
}

/// A value from text: JSON where the member `name` is not text.
pub(super) fn typed(texts: &HashSet<String>, name: &str, text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(value) if !texts.contains(name) && !matches!(value, Value::String(_) | Value::Null) => value,
        _ => text.into(),
    }
}

/// How an error about a member that is given twice begins.
const DUPLICATE: &str = "duplicate mapping key: ";

fn twice(name: &str) -> String {
    format!("the member `{}` is given twice", name.trim())
}

/// Tables named `[[jobs]]`.
fn toml(text: &str) -> Result<Jobs, JobProblem> {
    let line = |at: Option<usize>| 1 + text[..at.unwrap_or_default().min(text.len())].matches('\n').count();
    let broken = |error: toml_edit::TomlError| {
        let at = error.span().unwrap_or_default();
        let reason = match error.message() {
            "duplicate key" => twice(text.get(at.clone()).unwrap_or_default()),
            other => other.to_owned(),
        };
        JobProblem::new(line(Some(at.start)), reason)
    };
    let document = Document::parse(text).map_err(broken)?;
    let mut values: Value = toml_edit::de::from_str(text).map_err(|error| JobProblem::new(1, error.message()))?;
    let lines: Vec<usize> = match document.get("jobs") {
        Some(Item::ArrayOfTables(tables)) => {
            let begin = |table: &toml_edit::Table| line(table.span().map(|span| span.start));
            tables.iter().map(begin).collect()
        }
        Some(Item::Value(toml_edit::Value::Array(all))) => {
            let begin = |value: &toml_edit::Value| line(value.span().map(|span| span.start));
            all.iter().map(begin).collect()
        }
        _ => return Err(JobProblem::new(1, "it has no jobs: write each as a table [[jobs]]")),
    };
    if let Some(name) = document.iter().map(|(name, _)| name).find(|name| *name != "jobs") {
        let at = document.get(name).and_then(Item::span).map(|span| span.start);
        return Err(JobProblem::new(
            line(at),
            format!("unknown table or value `{name}`: jobs are tables [[jobs]]"),
        ));
    }
    let written = written::in_toml(text, &document, &mut values);
    let mut found = Jobs::default();
    let jobs = values["jobs"].as_array_mut().map(std::mem::take).unwrap_or_default();
    for (index, (line, job)) in lines.into_iter().zip(jobs).enumerate() {
        found.add_written(line, job, written::of_job(&written, &format!("/jobs/{index}")));
    }
    Ok(found)
}

/// A list, or a mapping with the list `jobs`.
fn yaml(text: &str) -> Result<Jobs, JobProblem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Whole {
        jobs: Vec<Spanned<Value>>,
    }
    let broken = |error: serde_saphyr::Error| {
        let line = error.location().map_or(1, |location| location.line());
        let reason = error.to_string();
        let reason = reason.lines().next().unwrap_or_default();
        // `error: line 4 column 3: …`
        let reason = reason
            .split_once(": ")
            .filter(|(start, _)| *start == "error")
            .map_or(reason, |(_, rest)| rest);
        let reason = reason
            .split_once(": ")
            .filter(|(start, _)| start.starts_with("line "))
            .map_or(reason, |(_, rest)| rest);
        let name = reason.strip_prefix(DUPLICATE).and_then(|rest| rest.split(',').next());
        let reason = name.map_or_else(|| reason.to_owned(), twice);
        JobProblem::new(usize::try_from(line).unwrap_or_default(), reason)
    };
    // As in YAML 1.2, `no` is a text.
    let strict = || serde_saphyr::options! { strict_booleans: true };
    let mut found = Jobs::default();
    let mut lenient = false;
    if let Err(error) = serde_saphyr::from_str_with_options::<Value>(text, strict()) {
        let is_duplicate = error.to_string().contains(DUPLICATE);
        let problem = broken(error);
        if !is_duplicate {
            return Err(problem);
        }
        // The rest is checked too.
        (lenient, found.problems) = (true, vec![problem]);
    }
    let options = || match lenient {
        true => serde_saphyr::options! { strict_booleans: true, duplicate_keys: DuplicateKeyPolicy::FirstWins },
        false => strict(),
    };
    let whole: Value = serde_saphyr::from_str_with_options(text, options()).map_err(broken)?;
    let (jobs, list): (Vec<Spanned<Value>>, &str) = match whole.is_object() {
        true => {
            let Whole { jobs } = serde_saphyr::from_str_with_options(text, options()).map_err(broken)?;
            (jobs, "/jobs")
        }
        false => (
            serde_saphyr::from_str_with_options(text, options()).map_err(broken)?,
            "",
        ),
    };
    let written = match lenient {
        true => Written::default(),
        false => written::in_yaml(text, &whole),
    };
    for (index, job) in jobs.into_iter().enumerate() {
        let line = usize::try_from(job.referenced.line()).unwrap_or_default();
        found.add_written(line, job.value, written::of_job(&written, &format!("{list}/{index}")));
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(jobs: &Jobs) -> Vec<(usize, Value)> {
        let shown = |job: &Raw| (job.line, Value::Object(job.members.clone()));
        jobs.jobs.iter().map(shown).collect()
    }

    #[test]
    fn every_format_has_the_same_jobs() {
        let kite = json!({"id": "kite", "prompt": "a kite", "duration": 6, "vars": {"sky": "blue"}});
        let boat = json!({"prompt": "7", "after": "kite", "generate_audio": true});
        let lines = format!("{kite}\n\n{boat}\n");
        assert_eq!(
            shown(&json_lines(&lines).unwrap()),
            [(1, kite.clone()), (3, boat.clone())]
        );
        let table = "id,prompt,duration,vars.sky,after,generate_audio\nkite,a kite,6,blue,,\n,7,,,kite,true\n";
        assert_eq!(shown(&csv(table).unwrap()), [(2, kite.clone()), (3, boat.clone())]);
        for other in [";", "\t"] {
            let jobs = csv(&table.replace(',', other)).unwrap();
            assert_eq!(shown(&jobs), [(2, kite.clone()), (3, boat.clone())]);
        }
        let tables = "[[jobs]]\nid = 'kite'\nprompt = 'a kite'\nduration = 6\nvars = {sky = 'blue'}\n\n[[jobs]]\nprompt = '7'\n\
                      after = 'kite'\ngenerate_audio = true\n";
        assert_eq!(shown(&toml(tables).unwrap()), [(1, kite.clone()), (7, boat.clone())]);
        let list = "- id: kite\n  prompt: a kite\n  duration: 6\n  vars: {sky: blue}\n- prompt: '7'\n  after: kite\n  \
                    generate_audio: true\n";
        let all = [(1, kite), (5, boat)];
        assert_eq!(shown(&yaml(list).unwrap()), all);
        let mapping = format!("jobs:\n{list}");
        let lines: Vec<usize> = yaml(&mapping).unwrap().jobs.iter().map(|job| job.line).collect();
        assert_eq!(lines, [2, 6]);
    }

    #[test]
    fn a_line_of_a_csv_file_is_the_same_with_any_line_breaks() {
        for end in ["\n", "\r\n"] {
            let text = ["prompt,seed", "\"a\nb\",1", "", "c,2", "d"].join(end);
            let jobs = csv(&text).unwrap();
            let lines: Vec<usize> = jobs.jobs.iter().map(|job| job.line).collect();
            assert_eq!(lines, [2, 5], "{end:?}");
            assert_eq!(jobs.problems[0].line, 6, "{end:?}");
        }
    }

    #[test]
    fn a_csv_file_names_inputs_by_their_role() {
        let jobs = csv("prompt,first_frame\nit sails,boat.png\nit lands,https://h.example/a.png\n").unwrap();
        for (job, source) in jobs.jobs.iter().zip(["file:boat.png", "https://h.example/a.png"]) {
            assert_eq!(
                job.members["inputs"],
                json!([{"role": "first_frame", "source": source}])
            );
        }
    }

    #[test]
    fn what_cannot_be_read_has_its_line() {
        let first = |jobs: Jobs| jobs.problems.first().map(ToString::to_string).unwrap_or_default();
        for (problem, words) in [
            (
                first(json_lines("{}\n{\"a\": }\n").unwrap()),
                "line 2: invalid JSON at column 7: this is no JSON value",
            ),
            (
                first(json_lines("{}\n[]\n").unwrap()),
                "line 2: a job must be an object",
            ),
            (first(json_lines("{\"a\": 1, \"a\": 2}").unwrap()), "`a` is given twice"),
            (
                first(csv("prompt,seed\na,1\nb\n").unwrap()),
                "line 3: it has 1 cells, and the first line has 2 names",
            ),
            (
                first(csv("prompt,prompt\na,b\n").unwrap()),
                "line 1: the column `prompt` is there twice",
            ),
            (toml("[[jobs]]\nprompt = \n").unwrap_err().to_string(), "line 2: "),
            (toml("[[job]]\nprompt = 'a'\n").unwrap_err().to_string(), "[[jobs]]"),
            (toml("x = 1\n[[jobs]]\n").unwrap_err().to_string(), "`x`"),
            (yaml("- prompt: a\n- prompt: [\n").unwrap_err().to_string(), "line "),
            (yaml("jobs: []\nmore: 1\n").unwrap_err().to_string(), "more"),
        ] {
            assert!(problem.contains(words), "{words}: {problem}");
        }
    }
}

//! Reads the text of a configuration file. Every problem is reported with its line.

use std::fmt;
use std::ops::Range;

use serde_json::{Map, Value};
use toml_edit::{Document, Item, TableLike};
use videogen::Vendor;

use super::check::{CheckOutput, put};
use super::settings::{Config, Key, Setting};
use crate::user_file::line;

/// What is wrong in a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) text: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format!("line {}: {}", self.line, self.text))
    }
}

/// The values that are valid, and the problems of the others, in the order of the lines.
pub(super) fn parse(text: &str, check_output: CheckOutput) -> (Config, Vec<Problem>) {
    let mut reader = Reader {
        text,
        config: Config::default(),
        problems: Vec::new(),
        check_output,
    };
    match Document::parse(text) {
        Ok(document) => reader.sections(document.as_table()),
        // Without the text of the line, which may hold anything.
        Err(error) => {
            let message = error.message().trim_end().replace('\n', "; ");
            reader.problem(error.span(), message);
        }
    }
    let Reader {
        config, mut problems, ..
    } = reader;
    problems.sort_by_key(|problem| problem.line);
    (config, problems)
}

struct Reader<'a> {
    text: &'a str,
    config: Config,
    problems: Vec<Problem>,
    check_output: CheckOutput,
}

impl Reader<'_> {
    fn problem(&mut self, span: Option<Range<usize>>, text: impl Into<String>) {
        self.problems.push(Problem {
            line: line(self.text, span),
            text: text.into(),
        });
    }

    fn sections(&mut self, root: &dyn TableLike) {
        for (name, item) in root.iter() {
            let span = root.key(name).and_then(toml_edit::Key::span);
            match (name, item.as_table_like()) {
                ("defaults", Some(table)) => self.values("defaults", table),
                ("vendor", Some(vendors)) => {
                    for (vendor, item) in vendors.iter() {
                        let name = format!("vendor.{vendor}");
                        if let Err(error) = vendor.parse::<Vendor>() {
                            let span = vendors.key(vendor).and_then(toml_edit::Key::span);
                            self.problem(span, error.to_string());
                            continue;
                        }
                        match item.as_table_like() {
                            Some(table) => self.values(&name, table),
                            None => {
                                let span = vendors.key(vendor).and_then(toml_edit::Key::span);
                                self.problem(span, format!("`{name}` must be a table: [{name}]"));
                            }
                        }
                    }
                }
                ("defaults" | "vendor", None) => self.problem(span, format!("`{name}` must be a table")),
                _ => {
                    let reason = Key::named(name).err().unwrap_or_default();
                    self.problem(span, reason);
                }
            }
        }
    }

    fn values(&mut self, section: &str, table: &dyn TableLike) {
        for (name, item) in table.iter() {
            let span = table.key(name).and_then(toml_edit::Key::span);
            let key = format!("{section}.{name}");
            let value = json(item);
            match Key::named(&key) {
                Err(reason) => self.problem(span, reason),
                Ok(known) => match put(&mut self.config, &known, &value, self.check_output) {
                    Err(reason) => self.problem(span, format!("`{key}`: {reason}")),
                    Ok(()) => {
                        let line = line(self.text, span);
                        self.config.settings.push(Setting { key, value, line });
                    }
                },
            }
        }
    }
}

/// A value as JSON. Dates are text.
pub(super) fn json(item: &Item) -> Value {
    match item {
        Item::Value(value) => value_json(value),
        Item::Table(table) => {
            let members = table.iter().map(|(name, item)| (name.to_owned(), json(item)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Item::ArrayOfTables(tables) => tables.iter().map(|table| json(&Item::Table(table.clone()))).collect(),
        Item::None => Value::Null,
    }
}

fn value_json(value: &toml_edit::Value) -> Value {
    match value {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(number) => (*number.value()).into(),
        toml_edit::Value::Float(number) => (*number.value()).into(),
        toml_edit::Value::Boolean(is_on) => (*is_on.value()).into(),
        toml_edit::Value::Datetime(time) => time.value().to_string().into(),
        toml_edit::Value::Array(items) => items.iter().map(value_json).collect(),
        toml_edit::Value::InlineTable(table) => {
            let members = table.iter().map(|(name, value)| (name.to_owned(), value_json(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        let (_, problems) = parse(text, |_| Ok(()));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_value_is_read() {
        let text = "[defaults]\nvendor = 'ark'\ntimeout = 60\n\n[vendor.ark]\nduration = 5\nresolution = '720p'\n\
                    metadata.team = 'boats'\nbase_url = 'http://127.0.0.1:9'\n[vendor.ark.extra]\na = [1, true, 2.5]\n";
        let (config, problems) = parse(text, |_| Ok(()));
        assert_eq!(problems, []);
        let vendor: videogen::Vendor = "ark".parse().expect("a vendor");
        assert_eq!((config.vendor, config.timeout), (Some(vendor), Some(60)));
        let fields = &config.vendors[&vendor].fields;
        assert_eq!(fields["duration"], 5);
        assert_eq!(fields["metadata"], serde_json::json!({"team": "boats"}));
        assert_eq!(fields["extra"], serde_json::json!({"a": [1, true, 2.5]}));
        assert_eq!(config.base_url(vendor), Some("http://127.0.0.1:9"));
        let lines: Vec<usize> = config.settings.iter().map(|setting| setting.line).collect();
        assert_eq!(lines, [2, 3, 6, 7, 8, 9, 10]);
    }

    #[test]
    fn every_problem_has_its_line() {
        let text = "vendor_name = 1\n[defaults]\nvendr = 'ark'\ntimeout = -1\njournal = 'here.db'\nmodel = ''\n\
                    [vendor.ark]\nduration = 'five'\naspect-ratio = '16:9'\napi_key = 'sk-secret'\nprompt = 'x'\n\
                    base_url = 'https://u:pw@h'\nseed = 1.5\nresolution = 720\n[vendor.arc]\nseed = 1\n[vendor.foo]\n";
        let found = problems(text);
        let lines = [1, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 17];
        assert_eq!(found.len(), lines.len(), "{found:#?}");
        for (problem, line) in found.iter().zip(lines) {
            assert!(problem.starts_with(&format!("line {line}: ")), "{problem}");
        }
        let all = found.join("\n");
        for words in [
            "did you mean `vendor`?",
            "did you mean `defaults.vendor`?",
            "-1 is not a number of seconds",
            "use an absolute path",
            "it is empty",
            "use whole seconds",
            "did you mean `vendor.ark.aspect_ratio`?",
            "no key is kept in it",
            "it differs between requests",
            "base URL is invalid",
            "line 13: `vendor.ark.seed`: 1.5 is not a whole number",
            "line 14: `vendor.ark.resolution`: 720 is not text; put it in quotes",
            "unknown vendor `arc`; use one of: token360, ",
            "; did you mean ark?",
            "line 17: unknown vendor `foo`",
        ] {
            assert!(all.contains(words), "{words}\n{all}");
        }
        assert!(!all.contains("sk-secret") && !all.contains("pw@"), "{all}");
    }

    #[test]
    fn errors_of_syntax_show_no_text() {
        let found = problems("[defaults]\nvendor = 'ark'\n\"api_key = sk-secret\n");
        assert_eq!(found.len(), 1);
        assert!(
            found[0].starts_with("line 3: ") && !found[0].contains("sk-"),
            "{found:?}"
        );
    }
}

//! `videogen config`.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use url::Url;
use videogen::Vendor;
use videogen_journal::Store;

use crate::config::{self, Config, TIMEOUT, known_keys};
use crate::environment;
use crate::exit::Failure;
use crate::files::check_default_output;
use crate::journal::{JournalArgs, VARIABLE};
use crate::output::{Output, file, fitted};

#[derive(Args)]
pub(crate) struct ConfigArgs {
    #[command(subcommand)]
    pub(crate) command: Option<ConfigCommand>,
}

#[derive(Subcommand)]
pub(crate) enum ConfigCommand {
    /// List the values, and where each comes from
    List,
    /// Set a value in the file; its comments are kept
    Set(SetArgs),
    /// Remove a value from the file
    Unset(UnsetArgs),
    /// Print the path of the file
    Path,
}

#[derive(Args)]
pub(crate) struct SetArgs {
    /// Key, such as defaults.vendor or vendor.ark.duration.
    key: String,
    /// Value.
    #[arg(allow_negative_numbers = true)]
    value: String,
}

#[derive(Args)]
pub(crate) struct UnsetArgs {
    /// Key, such as vendor.ark.duration.
    key: String,
}

impl ConfigArgs {
    /// Whether a file with problems prevents the command, which could otherwise not correct it.
    pub(crate) fn needs_valid_file(&self) -> bool {
        matches!(self.command, None | Some(ConfigCommand::List))
    }
}

pub(crate) fn config(args: ConfigArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    match args.command {
        None | Some(ConfigCommand::List) => list(config::get(), journal, output)?,
        Some(ConfigCommand::Path) => {
            let path = config::path()?;
            output.product(&json!({"path": path.to_string_lossy()}), || file(&path))?;
        }
        Some(ConfigCommand::Set(SetArgs { key, value })) => {
            let changed = config::set(&key, &value, check_default_output)?;
            let path = file(&changed.path);
            let document = json!({"path": changed.path.to_string_lossy(), "set": key, "problems": changed.problems});
            output.result(&document, Vec::new, || format!("Set {key} in {path}."))?;
            remaining(&changed.problems, output);
        }
        Some(ConfigCommand::Unset(UnsetArgs { key })) => {
            let changed = config::unset(&key, check_default_output)?;
            let path = file(&changed.path);
            let document =
                json!({"path": changed.path.to_string_lossy(), "removed": key, "problems": changed.problems});
            output.result(&document, Vec::new, || format!("Removed {key} from {path}."))?;
            remaining(&changed.problems, output);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn remaining(problems: &[String], output: &Output) {
    for problem in problems {
        output.note(&format!("Still to correct: {problem}"));
    }
}

/// A value, and where it comes from.
struct Row {
    key: String,
    value: Value,
    source: &'static str,
    /// Line in the file, or variable.
    place: Value,
}

impl Row {
    fn document(&self) -> Value {
        let mut document = json!({"key": self.key, "value": self.value, "source": self.source});
        match &self.place {
            Value::Number(line) => document["line"] = line.clone().into(),
            Value::String(name) => document["variable"] = name.clone().into(),
            _ => {}
        }
        document
    }

    fn cells(&self) -> Vec<String> {
        let value = match &self.value {
            Value::Null => "-".to_owned(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let from = match (&self.place, self.source) {
            (Value::Number(line), _) => format!("line {line}"),
            (Value::String(name), _) => name.clone(),
            (_, "built_in") => "built in".to_owned(),
            (_, source) => source.to_owned(),
        };
        vec![self.key.clone(), value, from]
    }
}

fn list(config: &Config, journal: &JournalArgs, output: &Output) -> Result<(), Failure> {
    let in_file = |key: &str| {
        let setting = config.settings.iter().find(|setting| setting.key == key)?;
        Some(Row {
            key: key.to_owned(),
            value: setting.value.clone(),
            source: "config",
            place: setting.line.into(),
        })
    };
    let built_in = |key: &str, value: Value| Row {
        key: key.to_owned(),
        value,
        source: "built_in",
        place: Value::Null,
    };
    let mut rows = Vec::new();
    for (key, value) in [
        ("defaults.vendor", Value::Null),
        ("defaults.model", Value::Null),
        ("defaults.output", Value::Null),
        ("defaults.timeout", TIMEOUT.into()),
        ("defaults.key_store", "file".into()),
    ] {
        rows.push(in_file(key).unwrap_or_else(|| built_in(key, value)));
    }
    rows.push(journal_row(journal, in_file("defaults.journal")));
    for key in known_keys().iter().filter(|key| key.starts_with("vendor.")) {
        let from_environment = Vendor::ALL.iter().find_map(|vendor| {
            let variable = vendor.facts().base_url_env;
            let is_of = *key == format!("vendor.{vendor}.base_url");
            let value = is_of.then(|| environment::text(variable)).flatten()?;
            Some(Row {
                key: key.clone(),
                value: shown_url(&value).into(),
                source: "environment",
                place: variable.into(),
            })
        });
        rows.extend(from_environment.or_else(|| in_file(key)));
    }
    let path = &config.path;
    let exists = path.exists();
    let settings: Vec<Value> = rows.iter().map(Row::document).collect();
    let document = json!({"path": path.to_string_lossy(), "exists": exists, "settings": settings});
    output.result(
        &document,
        || vec![file(path)],
        || {
            let head = match exists {
                true => file(path),
                false => format!("{} (does not exist)", file(path)),
            };
            let rows = fitted(&["key", "value", "from"], rows.iter().map(Row::cells));
            format!("{head}\n{rows}")
        },
    )
}

fn journal_row(journal: &JournalArgs, in_file: Option<Row>) -> Row {
    let place = journal.place().ok();
    let source = place.as_ref().map_or("built_in", |(_, source)| source);
    match in_file {
        Some(row) if source == "config" => row,
        _ => Row {
            key: "defaults.journal".to_owned(),
            value: place.map_or(Value::Null, |(path, _)| {
                Store::without_password(path).to_string_lossy().to_string().into()
            }),
            source,
            place: match source {
                "environment" => VARIABLE.into(),
                _ => Value::Null,
            },
        },
    }
}

/// A base URL; an invalid one may contain a password.
fn shown_url(url: &str) -> String {
    match Url::parse(url) {
        Ok(parsed) if parsed.username().is_empty() && parsed.password().is_none() && parsed.query().is_none() => {
            url.to_owned()
        }
        _ => "(invalid)".to_owned(),
    }
}

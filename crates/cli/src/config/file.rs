//! The configuration file of this run.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use videogen::ErrorKind;

use super::check::CheckOutput;
use super::parse::{Problem, parse};
use super::settings::Config;
use crate::environment::variable;
use crate::exit::{Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::output::file;
use crate::text::many;
use crate::user_file;

/// Environment variable with the path of the file.
pub(crate) const VARIABLE: &str = "VIDEOGEN_CONFIG";

static CONFIG: OnceLock<Config> = OnceLock::new();

/// The configuration; empty before [`load`].
pub(crate) fn get() -> &'static Config {
    CONFIG.get_or_init(Config::default)
}

/// Reads the file for the rest of the run; there need not be one.
///
/// # Errors
/// When it cannot be read, with every problem in it.
pub(crate) fn load(check_output: CheckOutput) -> Result<(), Failure> {
    // Without a home folder there is none.
    if let Ok(path) = path() {
        let config = read(path, check_output)?;
        let _ = CONFIG.set(config);
    }
    Ok(())
}

/// The path of the file.
///
/// # Errors
/// When there is no folder for it.
pub(crate) fn path() -> Result<PathBuf, Failure> {
    if let Some(path) = variable(VARIABLE) {
        return Ok(path.into());
    }
    user_file::in_config_folder("config.toml").ok_or_else(|| {
        let message = format!("there is no home folder for the configuration; name a file with {VARIABLE}");
        Failure::new(IO, ErrorKind::Io, message)
    })
}

fn read(path: PathBuf, check_output: CheckOutput) -> Result<Config, Failure> {
    let text = text(&path)?;
    let (config, problems) = parse(&text, check_output);
    if problems.is_empty() {
        return Ok(Config { path, ..config });
    }
    Err(broken(&path, &problems))
}

/// The text of the file.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    user_file::read(path).map_err(|error| {
        let code = match error.kind() {
            std::io::ErrorKind::InvalidData => INVALID,
            _ => IO,
        };
        let message = format!("cannot read the configuration in {}: {error}", file(path));
        Failure::new(code, ErrorKind::Config, message)
            .hint(&format!("Correct the file, or name another with {VARIABLE}."))
    })
}

/// A file with these problems.
pub(super) fn broken(path: &Path, problems: &[Problem]) -> Failure {
    let count = many(problems.len(), "problem");
    let lines: Vec<String> = problems.iter().map(|problem| format!("  {problem}")).collect();
    let message = format!("the configuration in {} has {count}\n{}", file(path), lines.join("\n"));
    Failure::new(INVALID, ErrorKind::Config, message).hint(&format!(
        "Correct the file, or remove a value with: {} KEY",
        Invocation::new("config").arg("unset")
    ))
}

//! The file of `--env-file`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use videogen::facts::Scheme;
use videogen::{ErrorKind, Vendor};

use crate::environment;
use crate::exit::{Failure, INVALID, IO};
use crate::output::{Output, file};

#[derive(Args)]
#[command(next_help_heading = "Account")]
pub(crate) struct EnvFileArgs {
    /// Read API keys and other variables of this program from FILE (.env).
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
}

impl EnvFileArgs {
    /// Reads the file. Variables that this program does not know are ignored.
    ///
    /// # Errors
    /// When it cannot be read or parsed.
    pub(crate) fn load(&self, output: &Output) -> Result<(), Failure> {
        let Some(path) = &self.env_file else { return Ok(()) };
        let variables = read(path)?;
        if variables.is_empty() {
            output.note(&format!("{} sets no variable of this program.", file(path)));
        }
        environment::add(path.clone(), variables);
        Ok(())
    }

    /// The option, as given.
    pub(crate) fn options(&self) -> Vec<OsString> {
        let path = self.env_file.iter();
        path.flat_map(|path| ["--env-file".into(), path.into()]).collect()
    }
}

/// Whether this program reads a variable.
fn is_known(name: &str) -> bool {
    let is_of = |vendor: &Vendor| {
        let facts = vendor.facts();
        let secret = match facts.webhook.signature.map(|signature| signature.scheme) {
            Some(Scheme::HmacSha256 { secret_env, .. }) => Some(secret_env),
            _ => None,
        };
        [Some(facts.key_env), Some(facts.base_url_env), secret].contains(&Some(name))
    };
    name.starts_with("VIDEOGEN_") || name == environment::PASSWORD || Vendor::ALL.iter().any(is_of)
}

fn read(path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new(IO, ErrorKind::Io, format!("cannot read {}: {error}", file(path))))?;
    let (mut variables, mut places) = (BTreeMap::new(), Vec::new());
    // The lines from here on.
    let mut begin = 0;
    for pair in dotenvy::from_read_iter(text.as_bytes()) {
        match pair {
            Ok((name, value)) if is_known(&name) && !value.trim().is_empty() => drop(variables.insert(name, value)),
            Ok(_) => {}
            // Without the text of the line, which may be a key.
            Err(error) => {
                let broken = match &error {
                    dotenvy::Error::LineParse(broken, _) => broken.trim(),
                    _ => "",
                };
                let is_broken = |line: &str| {
                    let line = line.trim();
                    !line.is_empty() && !broken.is_empty() && (line.contains(broken) || broken.contains(line))
                };
                let line = text
                    .lines()
                    .skip(begin)
                    .position(is_broken)
                    .map(|line| begin + line + 1);
                begin = line.unwrap_or(begin);
                places.push(line.map_or_else(String::new, |line| format!("line {line}: ")));
            }
        }
    }
    let message = |place: &String| format!("{}: {place}not NAME=VALUE; quote a value that has blanks", file(path));
    let faults = places
        .iter()
        .map(|place| Failure::new(INVALID, ErrorKind::Config, message(place)));
    Failure::all(faults).map_or(Ok(variables), Err)
}

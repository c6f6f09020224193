//! `cargo xtask ci`: runs `.ci/run`, the only definition of CI.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

/// The script, from the repository's root.
const SCRIPT: &str = ".ci/run";

/// Runs CI in the repository at `root`, with the terminal of this process. Returns its exit code.
///
/// # Errors
/// When the script or bash is missing, or a signal killed it.
pub(crate) fn run(root: &Path) -> Result<u8, Box<dyn std::error::Error>> {
    if !root.join(SCRIPT).is_file() {
        return Err(format!("{SCRIPT} is missing from {}", root.display()).into());
    }
    let status = match Command::new("bash").arg(SCRIPT).current_dir(root).status() {
        Ok(status) => status,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(format!(
                "this machine has no bash, which {SCRIPT} is written for. Install it (on Windows it comes with Git), or run the \
                 steps of {SCRIPT} by hand"
            )
            .into());
        }
        Err(error) => return Err(format!("bash {SCRIPT} cannot be run: {error}").into()),
    };
    match status.code() {
        Some(code) => Ok(u8::try_from(code).unwrap_or(u8::MAX)),
        None => Err(format!("bash {SCRIPT} was killed: {status}").into()),
    }
}

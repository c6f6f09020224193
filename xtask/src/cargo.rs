//! Runs Cargo.

use std::path::Path;
use std::process::Command;

/// The Cargo that runs this command, in the repository at `root`, with the terminal of this process.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

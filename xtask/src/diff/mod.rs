//! `cargo xtask diff`: arguments and exit codes. [`crate::spec::changes`] finds the changes.

use std::path::Path;

use clap::Args;

use crate::spec::changes::show::Format;
use crate::spec::changes::{Judgement, between};
use crate::spec::source::Sides;

/// Exit code: there are changes, none of which breaks a client.
pub const HARMLESS: u8 = 1;
/// Exit code: there are changes that break a client.
pub const BREAKING: u8 = 2;

/// Arguments of `cargo xtask diff`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sides: Sides,
    /// Output format
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Arguments {
    /// Compares, and writes the changes to `out`. Returns the exit code.
    ///
    /// # Errors
    /// When a side cannot be read.
    pub fn run(&self, root: &Path, out: &mut Vec<u8>) -> Result<u8, Box<dyn std::error::Error>> {
        let (old, new) = self.sides.read(root)?;
        let changes = between(&old, &new)?;
        out.extend(changes.show(self.format).into_bytes());
        Ok(match changes.verdict() {
            None => 0,
            Some(Judgement::Breaking) => BREAKING,
            Some(_) => HARMLESS,
        })
    }
}

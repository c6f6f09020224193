//! `cargo xtask diff`: arguments, and what the exit code says.

use std::path::Path;

use clap::Args;

use super::judge::{Judgement, Rule};
use super::place::{Found, Place};
use super::show::{Diff, Format};
use super::source::{self, Pair, Source, SourceError};
use super::{Change, diff, finish};

/// Exit code: there are changes, none of which breaks a client.
pub const HARMLESS: u8 = 1;
/// Exit code: there are changes that break a client.
pub const BREAKING: u8 = 2;

/// What to compare.
#[derive(Debug, Args)]
pub struct Sides {
    /// Spec file, folder of specs or git revision [default: where this branch left origin/main or main; on main, HEAD].
    pub old: Option<String>,
    /// Spec file, folder of specs or git revision [default: the working tree].
    pub new: Option<String>,
}

/// Arguments of `cargo xtask diff`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sides: Sides,
    /// Shape of the output.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

impl Arguments {
    /// Compares, and writes what changed to `out`. Returns the exit code.
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

impl Sides {
    /// Reads both sides.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(&self, root: &Path) -> Result<(Source, Source), SourceError> {
        source::sides(self.old.as_deref(), self.new.as_deref(), root)
    }
}

/// Everything that changed between two states.
///
/// # Errors
/// When a spec is no YAML, or has no counterpart.
pub fn between(old: &Source, new: &Source) -> Result<Diff, SourceError> {
    let changes = source::pairs(old, new)?.iter().flat_map(changes).collect();
    Ok(Diff {
        old: old.name.clone(),
        new: new.name.clone(),
        changes,
    })
}

/// Everything that changed at one vendor.
#[must_use]
pub fn changes((vendor, old, new): &Pair) -> Vec<Change> {
    let whole = |rule: Rule, text: &str| finish(vendor, vec![Found::at(&Place::named("vendor"), rule, text)]);
    match (old, new) {
        (Some(old), Some(new)) => diff(old, new),
        (Some(_), None) => whole(Rule::OperationRemoved, "the whole spec was removed"),
        (None, Some(_)) => whole(Rule::OperationAdded, "a new vendor"),
        (None, None) => Vec::new(),
    }
}

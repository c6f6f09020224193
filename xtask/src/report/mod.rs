//! `cargo xtask report`: the report for reviewers of a change to the specs.
//!
//! Verdict, then the changes on the wire, in the generated Rust, in the models' limits and in the snapshots. This file
//! writes the report; `snapshots` lists the snapshots that changed, `stale` those that are older than the specs, `changelog`
//! has the entries of the raw crates, `versions` checks their versions. [`crate::spec::changes`] finds the changes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use similar::TextDiff;

use crate::spec::Spec;
use crate::spec::changes::show::Diff;
use crate::spec::changes::{Judgement, changes, models};
use crate::spec::raw::raw_crate_of;
use crate::spec::raw::surface::surface;
use crate::spec::source::{self, Pair, Sides, Source};

mod changelog;
mod snapshots;
mod stale;
mod versions;

/// Exit code: the version of a raw crate is too small for the change of its spec.
pub const TOO_SMALL: u8 = 1;

/// The snapshots were not written from these specs.
const OLDER: &str = "**The snapshots are older than the specs**";
/// Longest diff of one vendor's generated surface.
const SURFACE_LINES: usize = 120;

/// Arguments of `cargo xtask report`.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    sides: Sides,
    /// Write to FILE instead of standard output
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the changes of each raw crate into CHANGELOG.md, below "Unreleased", instead of the report
    #[arg(long, conflicts_with = "out")]
    changelog: bool,
    /// Check that the version of each raw crate rose as much as its changes need, instead of the report
    ///
    /// A breaking change needs a new first number, what is new or behaves otherwise a new second one, anything else a new
    /// third one; before 1.0, a new second number, or a new third one.
    #[arg(long, conflicts_with_all = ["out", "changelog"])]
    check: bool,
}

impl Arguments {
    /// Writes the report. Returns the exit code.
    ///
    /// # Errors
    /// When a side cannot be read, or the file cannot be written.
    pub fn run(&self, root: &Path, out: &mut Vec<u8>) -> Result<u8, Box<dyn std::error::Error>> {
        let (old, new) = self.sides.read(root)?;
        if self.check || self.changelog {
            let pairs = source::pairs(&old, &new)?;
            let vendors: Vec<_> = pairs.iter().map(|pair| (pair.0.clone(), changes(pair))).collect();
            if self.check {
                let (text, suffice) = versions::check(&vendors, (&old, &new), root)?;
                out.extend(text.into_bytes());
                return Ok(if suffice { 0 } else { TOO_SMALL });
            }
            let file = root.join(changelog::FILE);
            let text = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", changelog::FILE))?;
            std::fs::write(&file, changelog::with_entries(&text, &vendors)?)?;
            out.extend(format!("{}: {} raw crates changed\n", changelog::FILE, vendors.len()).into_bytes());
            return Ok(0);
        }
        let page = page(&old, &new, root)?;
        match &self.out {
            None => out.extend(page.into_bytes()),
            Some(path) => {
                let unwritable = |error: std::io::Error| format!("{}: {error}", path.display());
                if let Some(folder) = path.parent() {
                    std::fs::create_dir_all(folder).map_err(unwritable)?;
                }
                std::fs::write(path, page).map_err(unwritable)?;
            }
        }
        Ok(0)
    }
}

fn page(old: &Source, new: &Source, root: &Path) -> Result<String, Box<dyn std::error::Error>> {
    let pairs = source::pairs(old, new)?;
    let diff = Diff {
        old: old.name.clone(),
        new: new.name.clone(),
        changes: pairs.iter().flat_map(changes).collect(),
    };
    let stale = stale::stale(new, root)?;
    let mut page = format!("# Changes for clients\n\n{}\n\n", verdict(&diff));
    if !stale.is_empty() {
        let _ = writeln!(page, "{OLDER}: see [In the snapshots](#in-the-snapshots).\n");
    }
    page.push_str("## On the wire\n\n");
    page.push_str(&diff.markdown());
    page.push_str("\n## In the generated Rust\n\n");
    page.push_str(&section(&pairs, generated, "No name and no type changed.\n"));
    page.push_str("\n## In the models' limits\n\n");
    page.push_str(&section(&pairs, models, "No limit changed.\n"));
    page.push_str("\n## In the snapshots\n\n");
    if !stale.is_empty() {
        let _ = writeln!(
            page,
            "{OLDER}, so they do not show this change. Write them with `cargo xtask snapshots`.\n"
        );
        for line in &stale {
            let _ = writeln!(page, "{line}");
        }
        page.push('\n');
    }
    page.push_str(&snapshots::list(old, new, root)?);
    Ok(page)
}

fn verdict(diff: &Diff) -> String {
    let meaning = match diff.verdict() {
        None => return "**Verdict: nothing changed** in the specs.".to_owned(),
        Some(Judgement::Breaking) => "something that worked is rejected, is lost or no longer compiles",
        Some(Judgement::Behaviour) => "everything still works, but differently",
        Some(Judgement::Addition) => "only additions, which existing code can ignore",
        Some(Judgement::Docs) => "not visible to clients",
    };
    let worst = diff.verdict().unwrap_or(Judgement::Docs);
    format!("**Verdict: {worst}** ({}): {meaning}.", diff.counts())
}

/// The section of each vendor, or `nothing`.
fn section(pairs: &[Pair], of: fn(&Pair) -> Option<String>, nothing: &str) -> String {
    let parts: Vec<String> = pairs
        .iter()
        .filter_map(|pair| Some(format!("### {}\n\n{}", pair.0, of(pair)?)))
        .collect();
    if parts.is_empty() {
        nothing.to_owned()
    } else {
        parts.join("\n")
    }
}

/// The surface of the generated crate, before and after.
fn generated((_, old, new): &Pair) -> Option<String> {
    let side = |spec: &Option<Spec>| -> Result<String, String> {
        let Some(spec) = spec else { return Ok(String::new()) };
        let tree = raw_crate_of(spec).map_err(|error| error.to_string())?;
        surface(&tree).map_err(|error| error.to_string())
    };
    let (before, after) = match (side(old), side(new)) {
        (Ok(before), Ok(after)) => (before, after),
        (Err(error), _) => return Some(format!("No code can be generated from the old spec: {error}\n")),
        (_, Err(error)) => return Some(format!("**No code can be generated from the new spec:** {error}\n")),
    };
    if before == after {
        return None;
    }
    let diff = TextDiff::from_lines(&before, &after)
        .unified_diff()
        .context_radius(0)
        .to_string();
    let lines: Vec<&str> = diff.lines().filter(|line| !line.starts_with("@@")).collect();
    let mut text = String::from("```diff\n");
    for line in lines.iter().take(SURFACE_LINES) {
        let _ = writeln!(text, "{line}");
    }
    if lines.len() > SURFACE_LINES {
        let _ = writeln!(text, "... {} more lines", lines.len() - SURFACE_LINES);
    }
    text.push_str("```\n");
    Some(text)
}

/// One row for each limit of each model that changed.
fn models((_, old, new): &Pair) -> Option<String> {
    let (Some(old), Some(new)) = (old, new) else {
        return None;
    };
    let rows = models::rows(&old.doc, &new.doc);
    if rows.is_empty() {
        return None;
    }
    let mut text = String::from("| model | member | before | after |\n|---|---|---|---|\n");
    for [model, member, before, after] in rows {
        let _ = writeln!(text, "| `{model}` | {member} | {before} | {after} |");
    }
    Some(text)
}

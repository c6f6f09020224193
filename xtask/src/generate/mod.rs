//! `cargo xtask generate`: writes `crates/raw/<vendor>`, the simulator's copies of the specs, the tables in
//! `docs/fields.md` and the pages in `docs/vendors`, or checks them.
//!
//! Arguments and the flow over files; [`crate::spec::raw`], [`crate::spec::fields`] and [`crate::spec::vendor_pages`] make their
//! contents.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use crate::spec::facts::Facts;
use crate::spec::fields::{PAGE, with_tables};
use crate::spec::raw::tree::{self, Tree};
use crate::spec::{Spec, SpecError, copies, raw, vendor_pages, vendors as known_vendors};

/// Exit code: generated files are stale.
pub const STALE: u8 = 4;

/// Write `crates/raw/<vendor>` and the simulator's copy from `specs/<vendor>.yaml`
///
/// Exit codes: 0 written, or nothing stale; 4 stale (with --check); 100 no code can be generated from a spec.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Vendors, by the name of their spec file [default: all]
    vendors: Vec<String>,
    /// Write nothing; report every file that is stale, missing or left over
    #[arg(long)]
    check: bool,
}

impl Arguments {
    /// Writes or checks. Returns the exit code.
    ///
    /// # Errors
    /// When no code can be generated from a spec, or a file cannot be written.
    pub fn run(&self, root: &Path, out: &mut dyn Write) -> Result<u8, Box<dyn std::error::Error>> {
        generate(root, &self.vendors, self.check, out)
    }
}

/// Writes the crates of `vendors` (all, if none is named) and the field tables; or checks them.
///
/// # Errors
/// When no code can be generated from a spec, or a file cannot be written.
fn generate(
    root: &Path,
    vendors: &[String],
    check: bool,
    out: &mut dyn Write,
) -> Result<u8, Box<dyn std::error::Error>> {
    let mut stale = false;
    let mut facts = BTreeMap::new();
    let mut copied = Tree::new();
    let mut pages = Tree::new();
    let requested = known_vendors(root, vendors)?;
    let known = known_vendors(root, &[])?;
    // The tables show all vendors, and the simulator has all, also when only some are generated. These come first.
    let others = known.iter().filter(|vendor| !requested.contains(vendor));
    let all: Vec<&String> = requested.iter().chain(others).collect();
    for (vendor, made) in all.iter().zip(made(root, &all, &requested)) {
        let made = made?;
        if let Some(wanted) = &made.code {
            stale |= folder(root, &format!("crates/raw/{vendor}"), wanted, check, out)?;
        }
        copied.insert(made.copy.0.into(), made.copy.1);
        pages.insert(made.page.0.into(), made.page.1);
        facts.insert((*vendor).clone(), made.facts);
    }
    // A crate without a spec is left over as a whole.
    if vendors.is_empty() {
        for entry in std::fs::read_dir(root.join("crates/raw"))? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if !known.contains(&name) {
                writeln!(out, "left over: crates/raw/{name} has no specs/{name}.yaml; delete it")?;
                stale |= check;
            }
        }
    }
    stale |= folder(root, copies::FOLDER, &copied, check, out)?;
    if !tree::compare(&root.join(vendor_pages::FOLDER), &pages)?.is_empty() {
        stale |= folder(root, vendor_pages::FOLDER, &pages, check, out)?;
    }
    stale |= contents(root, &facts, check, out)?;
    stale |= fields(root, &facts.into_values().collect::<Vec<_>>(), check, out)?;
    if stale {
        writeln!(
            out,
            "The generated code does not match the specs. Run: cargo xtask generate"
        )?;
        return Ok(STALE);
    }
    Ok(0)
}

/// What is generated from a spec.
struct Made {
    /// Its crate, if that was requested.
    code: Option<Tree>,
    facts: Facts,
    /// The simulator's copy: name and text.
    copy: (String, String),
    /// Its page: name and text.
    page: (String, String),
}

impl Made {
    fn of(root: &Path, vendor: &str, with_code: bool) -> Result<Self, SpecError> {
        let spec = Spec::load(root, vendor)?;
        let (code, facts) = match with_code {
            true => raw::with_facts(&spec).map(|(code, facts)| (Some(code), facts))?,
            false => (None, raw::facts(&spec)?),
        };
        Ok(Self {
            code,
            copy: copies::copy(&spec),
            page: vendor_pages::page(&spec, &facts),
            facts,
        })
    }
}

/// Generates in parallel, in memory. Code only for the `requested` vendors.
fn made(root: &Path, vendors: &[&String], requested: &[String]) -> Vec<Result<Made, SpecError>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = vendors
            .iter()
            .map(|vendor| scope.spawn(|| Made::of(root, vendor, requested.contains(vendor))))
            .collect();
        // Propagates a panic as if there were no threads.
        let made = threads.into_iter().map(|thread| thread.join());
        made.map(|made| made.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Writes or checks a folder. Returns whether it is stale.
fn folder(
    root: &Path,
    path: &str,
    wanted: &Tree,
    check: bool,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn std::error::Error>> {
    let changes = tree::compare(&root.join(path), wanted)?;
    if check {
        for change in &changes {
            writeln!(out, "{}", change.describe(path))?;
        }
        return Ok(!changes.is_empty());
    }
    tree::apply(&root.join(path), &changes)?;
    writeln!(out, "{path}: {}", tree::summary(&changes))?;
    Ok(false)
}

/// Writes or checks the field tables of these vendors. Returns whether they are stale.
fn fields(root: &Path, all: &[Facts], check: bool, out: &mut dyn Write) -> Result<bool, Box<dyn std::error::Error>> {
    part(root, PAGE, "the tables", |old| with_tables(old, all), check, out)
}

/// Writes or checks the vendors in the table of contents. Returns whether they are stale.
fn contents(
    root: &Path,
    all: &BTreeMap<String, Facts>,
    check: bool,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn std::error::Error>> {
    let links = |old: &str| vendor_pages::with_links(old, all.iter().map(|(vendor, facts)| (vendor.as_str(), facts)));
    // Repositories of tests have none.
    if !root.join(vendor_pages::SUMMARY).exists() {
        return Ok(false);
    }
    part(root, vendor_pages::SUMMARY, "the vendors", links, check, out)
}

/// Writes or checks the part of a page between two markers. Returns whether it is stale.
fn part(
    root: &Path,
    page: &str,
    what: &str,
    with: impl Fn(&str) -> Option<String>,
    check: bool,
    out: &mut dyn Write,
) -> Result<bool, Box<dyn std::error::Error>> {
    let old = std::fs::read_to_string(root.join(page))?;
    let new = with(&old).ok_or_else(|| format!("{page} lacks the markers around {what}"))?;
    if old == new {
        return Ok(false);
    }
    let change = tree::Change {
        path: page.into(),
        old: Some(old),
        new: Some(new),
    };
    if check {
        writeln!(out, "{}", change.describe("."))?;
    } else {
        tree::apply(root, &[change])?;
        writeln!(out, "{page}: wrote {what}")?;
    }
    Ok(check)
}

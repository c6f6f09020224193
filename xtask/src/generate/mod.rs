//! `cargo xtask generate`: writes `crates/raw/<vendor>`, the simulator's copies of the specs, the tables in
//! `docs/fields.md` and the pages in `docs/vendors`, or checks them.
//!
//! Arguments and the flow over files; [`crate::spec::raw`], [`crate::spec::fields`] and [`crate::spec::vendor_pages`] make their
//! contents.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::Write;
use std::path::Path;

use crate::spec::facts::Facts;
use crate::spec::fields::{PAGE, with_tables};
use crate::spec::raw::tree::{self, Tree};
use crate::spec::{Spec, copies, raw, vendor_pages, vendors as known_vendors};

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
    let mut copy = |spec: &Spec, facts: &Facts| {
        let (name, text) = copies::copy(spec);
        copied.insert(name.into(), text);
        let (name, text) = vendor_pages::page(spec, facts);
        pages.insert(name.into(), text);
    };
    for vendor in known_vendors(root, vendors)? {
        let spec = Spec::load(root, &vendor)?;
        let (wanted, read) = raw::with_facts(&spec)?;
        stale |= folder(root, &format!("crates/raw/{vendor}"), &wanted, check, out)?;
        copy(&spec, &read);
        facts.insert(vendor, read);
    }
    let known = known_vendors(root, &[])?;
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
    // The tables show all vendors, and the simulator has all, also when only some are generated.
    for vendor in known {
        if let Entry::Vacant(place) = facts.entry(vendor) {
            let spec = Spec::load(root, place.key())?;
            let read = raw::facts(&spec)?;
            copy(&spec, &read);
            place.insert(read);
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

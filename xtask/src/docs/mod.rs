//! `cargo xtask docs`: saved documentation pages against the specs.
//!
//! A page becomes lines of text ([`page`]), those become facts ([`mod@read`], one reader for each layout in
//! [`layouts`]), and the facts are compared with the spec both ways ([`compare`]) and with the facts of the kept page
//! ([`since`], [`kept`]). From a page with too few facts nothing is concluded ([`identify`]).

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

pub use self::desk::Desk;
use self::report::{Report, State};
use crate::spec::vendors;

pub mod compare;
mod desk;
pub mod examples;
pub mod expected;
pub mod facts;
mod html;
pub mod identify;
pub mod kept;
pub mod layouts;
pub mod limits;
pub mod line;
pub mod lines;
pub mod mdx;
pub mod models;
pub mod operations;
pub mod page;
mod pattern;
pub mod read;
mod renames;
pub mod report;
pub mod since;

/// Arguments of the command.
#[derive(Args)]
pub struct Arguments {
    /// Vendor, by the name of its spec file
    vendor: String,
    /// Saved pages (HTML, Markdown or text); HTML works best
    ///
    /// In text that was copied from a browser, names may run into the words before them.
    #[arg(required = true)]
    pages: Vec<PathBuf>,
    /// The page's short name in the spec's x-pages [default: found from the page itself]
    #[arg(long, value_name = "NAME")]
    page: Option<String>,
    /// Store the pages' facts in specs/pages/VENDOR/NAME.yaml, to compare later captures with
    #[arg(long)]
    keep: bool,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

/// Compares pages with a spec. Returns the exit code.
///
/// # Errors
/// When the spec or a kept page cannot be read, or a page cannot be kept.
pub fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<u8, Box<dyn Error>> {
    let Arguments {
        vendor,
        pages,
        page,
        keep,
        json,
    } = arguments;
    let vendor = &vendors(root, std::slice::from_ref(vendor))?[0];
    let desk = Desk::open(root, vendor)?;
    let today = chrono::Utc::now().date_naive().to_string();
    let mut reports = Vec::new();
    for path in pages {
        let file = path.display().to_string();
        reports.push(match fs::read(path) {
            Ok(bytes) => desk.report(&file, &bytes, page.as_deref(), keep.then_some(today.as_str()))?,
            Err(error) => Report::without(&file, page.as_deref(), State::CannotRead, error.to_string()),
        });
    }
    let code = reports.iter().map(|report| report.state.code()).max().unwrap_or(0);
    if *json {
        serde_json::to_writer_pretty(&mut *out, &serde_json::json!({"vendor": vendor, "pages": reports}))?;
        writeln!(out)?;
    } else {
        for report in &reports {
            report.write(vendor, out)?;
        }
    }
    Ok(code)
}

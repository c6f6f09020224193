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
use crate::spec::pages::PageKind;
use crate::spec::{Spec, vendors};

pub mod called;
pub mod compare;
mod desk;
pub mod documented;
pub mod examples;
pub mod expected;
pub mod facts;
pub mod fetch;
mod folder;
mod html;
pub mod identify;
pub mod kept;
pub mod layouts;
pub mod limits;
pub mod line;
pub mod lines;
pub mod listed;
pub mod mdx;
pub mod models;
pub mod openapi;
pub mod operations;
pub mod page;
mod pattern;
mod priced;
pub mod prices;
pub mod read;
mod renames;
pub mod report;
pub mod since;
mod skeleton;
mod told;
mod values;

/// Arguments of the command.
#[derive(Args)]
pub struct Arguments {
    /// Vendor, by the name of its spec file
    vendor: String,
    /// Pages (HTML, MDX, Markdown, text), OpenAPI documents (JSON, YAML), or folders of them
    ///
    /// Or the saved answer of the operation that lists the models (JSON), where the spec has x-listed-models.
    ///
    /// In text that was copied from a browser, names may run into the words before them. In a folder, such as a clone of
    /// the vendor's documentation, pages are found by the end of their path; those that are none of the spec's are counted.
    #[arg(required_unless_present = "fetch")]
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
    /// Print the YAML of the page's models and request body, to paste into the spec and review, instead of comparing
    ///
    /// BODY is the name of the component. If the spec has it, what the page says replaces what it has.
    #[arg(long, value_name = "BODY", requires = "page", conflicts_with_all = ["keep", "json"])]
    skeleton: Option<String>,
    /// Fetch the pages, documents and repositories of x-pages, and compare them
    ///
    /// Over HTTPS only, at most 16 MiB and 60 s each, and as the robots.txt of the host allows. A page that cannot be fetched
    /// cannot be read; nothing is concluded from it.
    #[arg(long, conflicts_with_all = ["pages", "page", "skeleton"])]
    fetch: bool,
    /// Folder for what --fetch fetches [default: target/pages/VENDOR]
    #[arg(long, value_name = "DIR", requires = "fetch")]
    into: Option<PathBuf>,
    /// Also fetch http:// URLs of this machine, for tests
    #[arg(long, hide = true, requires = "fetch")]
    loopback: bool,
}

/// Compares pages with a spec. Returns the exit code.
///
/// # Errors
/// When the spec or a kept page cannot be read, or a page cannot be kept.
pub fn run(root: &Path, arguments: &Arguments, out: &mut dyn Write) -> Result<u8, Box<dyn Error>> {
    let vendor = &vendors(root, std::slice::from_ref(&arguments.vendor))?[0];
    let desk = Desk::open(root, vendor)?;
    let page = arguments.page.as_deref();
    let today = chrono::Utc::now().date_naive().to_string();
    if let (Some(body), Some(page)) = (&arguments.skeleton, page) {
        for path in &arguments.pages {
            let read = fs::read(path).map_err(|error| error.to_string());
            let text = read.and_then(|bytes| desk.skeleton(&bytes, page, body, &today));
            write!(out, "{}", text.map_err(|error| format!("{}: {error}", path.display()))?)?;
        }
        return Ok(0);
    }
    let (mut reports, mut folders) = (Vec::new(), Vec::new());
    for path in &arguments.pages {
        if path.is_dir() && page.is_some() {
            return Err(format!("{} is a folder: --page names the page of a single file", path.display()).into());
        }
        read(&desk, path, page, (&mut reports, &mut folders))?;
    }
    if arguments.fetch {
        fetched(root, arguments, &desk, (&mut reports, &mut folders))?;
    }
    if arguments.keep {
        desk.keep(&mut reports, &today)?;
    }
    let code = reports.iter().map(|report| report.state.code()).max().unwrap_or(0);
    if arguments.json {
        let json = serde_json::json!({"vendor": vendor, "pages": reports, "folders": folders});
        serde_json::to_writer_pretty(&mut *out, &json)?;
        writeln!(out)?;
    } else {
        for report in &reports {
            report.write(vendor, out)?;
        }
        for folder in &folders {
            folder.write(&reports, out)?;
        }
    }
    Ok(code)
}

/// Compares a file, or the pages in a folder.
fn read(
    desk: &Desk,
    path: &Path,
    page: Option<&str>,
    (reports, folders): (&mut Vec<Report>, &mut Vec<report::Folder>),
) -> Result<(), Box<dyn Error>> {
    let file = path.display().to_string();
    if path.is_dir() {
        let (found, summary) = folder::read(desk, path, &folder::files(path)?)?;
        reports.extend(found);
        folders.push(summary);
        return Ok(());
    }
    reports.push(match fs::read(path) {
        Ok(bytes) => desk.report(&file, &bytes, page)?,
        Err(error) => Report::without(&file, page, State::CannotRead, error.to_string()),
    });
    Ok(())
}

/// Fetches the vendor's pages, and compares them.
fn fetched(
    root: &Path,
    arguments: &Arguments,
    desk: &Desk,
    (reports, folders): (&mut Vec<Report>, &mut Vec<report::Folder>),
) -> Result<(), Box<dyn Error>> {
    let spec = Spec::load(root, &arguments.vendor)?;
    let pages = serde_json::from_value(spec.doc["x-pages"].clone())
        .map_err(|error| spec.error("/x-pages", error.to_string()))?;
    let default = || root.join("target/pages").join(&spec.vendor);
    let into = arguments.into.clone().unwrap_or_else(default);
    let mut fetcher = fetch::Fetcher::new(fetch::Limits {
        loopback: arguments.loopback,
        ..fetch::Limits::default()
    })?;
    for due in fetch::due(&pages) {
        let (name, page, _) = due;
        // The repository of the vendor's documentation has it.
        if reports.iter().any(|report| report.page.as_deref() == Some(name)) {
            continue;
        }
        match fetch::one(due, &into, &mut fetcher) {
            Ok(path) => {
                let name = Some(name).filter(|_| page.kind != PageKind::Repository);
                read(desk, &path, name, (&mut *reports, &mut *folders))?;
            }
            Err(reason) => reports.push(Report::without(&page.url, Some(name), State::CannotRead, reason)),
        }
    }
    Ok(())
}

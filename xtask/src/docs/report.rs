//! The report on each page, as text and as JSON.

use std::io::{self, Write};

use serde::Serialize;

use super::compare::Difference;
use super::kept::Known;
use super::lines::Changed;
use super::since::Move;

/// Exit code: a page and the spec differ, or the page changed since it was kept.
pub const DIFFERS: u8 = 1;
/// Exit code: a page, or a change in one, was not understood.
pub const NOT_UNDERSTOOD: u8 = 3;
/// Exit code: a file cannot be read.
pub const CANNOT_READ: u8 = 100;

/// The most lines of one change that are shown in text.
const RUN: usize = 20;

/// Whether a page agrees with the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Page, spec and kept capture agree, except for known differences.
    Agreement,
    /// They differ.
    Differs,
    /// All that is understood is as it should be, but the text is not the kept one.
    Changed,
    /// The page is like those of the spec, which does not list it.
    Unlisted,
    /// The page is unreadable, incomplete or another page.
    NotUnderstood,
    /// The file cannot be read.
    CannotRead,
}

impl State {
    /// The exit code.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Self::Agreement => 0,
            Self::Differs | Self::Unlisted => DIFFERS,
            Self::Changed | Self::NotUnderstood => NOT_UNDERSTOOD,
            Self::CannotRead => CANNOT_READ,
        }
    }
}

/// The report on one page.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The file, as given.
    pub file: String,
    /// The page's short name, where it was found.
    pub page: Option<String>,
    /// The outcome.
    pub state: State,
    /// Why the page was not read or not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The layout, and the number of facts read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read: Option<Read>,
    /// Page against spec, without known differences.
    pub differences: Vec<Difference>,
    /// Page against the kept capture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Kept>,
    /// Differences that the kept file explains.
    pub known: Vec<Known>,
    /// Lines that changed since the page was kept and are in no finding above.
    pub changed: Vec<Changed>,
    /// Parts of the page that were not understood.
    pub strange: Vec<String>,
    /// Whether the page was never kept, so that its text is compared with nothing.
    pub first: bool,
    /// Explanations of differences that no longer exist.
    pub unused: Vec<Known>,
    /// Facts of the kept capture that this one cannot show; not compared.
    pub unseen: Vec<String>,
    /// Whether the page was kept now.
    pub kept: bool,
    /// Why it was not, although it was to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_kept: Option<String>,
}

/// The number of facts read.
#[derive(Debug, Serialize)]
pub struct Read {
    /// Name of the layout.
    pub layout: String,
    /// Number of operations.
    pub operations: usize,
    /// Number of parameters and members.
    pub parameters: usize,
    /// Number of bodies of which there are examples.
    pub examples: usize,
    /// Number of statements on models.
    pub limits: usize,
    /// Number of prices.
    pub prices: usize,
}

/// Changes since a capture.
#[derive(Debug, Serialize)]
pub struct Kept {
    /// The day on which it was kept.
    pub date: String,
    /// The changes.
    pub moves: Vec<Move>,
}

/// What a folder holds besides the pages that are reported.
#[derive(Debug, Serialize)]
pub struct Folder {
    /// The folder, as it was named.
    pub folder: String,
    /// How many files in it may be pages.
    pub files: usize,
    /// How many of those are no page of the spec.
    pub other: usize,
    /// Pages of the spec that are not in it.
    pub missing: Vec<String>,
}

impl Folder {
    /// Writes one line on the folder.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, reports: &[Report], out: &mut dyn Write) -> io::Result<()> {
        let Self {
            folder,
            files,
            other,
            missing,
        } = self;
        let count = |state: State| reports.iter().filter(|report| report.state == state).count();
        write!(
            out,
            "{folder}: {files} files; {} in agreement, {} differ, {} changed, {} not in x-pages, {} not understood; {other} are \
             no page of the spec",
            count(State::Agreement),
            count(State::Differs),
            count(State::Changed),
            count(State::Unlisted),
            count(State::NotUnderstood),
        )?;
        match missing.is_empty() {
            true => writeln!(out),
            false => writeln!(out, "; not in it: {}", missing.join(", ")),
        }
    }
}

impl Report {
    /// A report with nothing but a reason.
    #[must_use]
    pub fn without(file: &str, page: Option<&str>, state: State, reason: String) -> Self {
        Self {
            file: file.to_owned(),
            page: page.map(str::to_owned),
            state,
            reason: Some(reason),
            read: None,
            differences: Vec::new(),
            since: None,
            known: Vec::new(),
            changed: Vec::new(),
            strange: Vec::new(),
            first: false,
            unused: Vec::new(),
            unseen: Vec::new(),
            kept: false,
            not_kept: None,
        }
    }

    /// Whether the page differs from the spec, apart from known differences.
    #[must_use]
    pub fn differs(&self) -> bool {
        !(self.differences.is_empty() && self.unused.is_empty())
    }

    /// Writes the report as text.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, vendor: &str, out: &mut dyn Write) -> io::Result<()> {
        let page = self
            .page
            .as_ref()
            .map(|page| format!(" (page `{page}`)"))
            .unwrap_or_default();
        let state = match self.state {
            State::Agreement => "in agreement",
            State::Differs => "differs",
            State::Unlisted => "not in x-pages",
            State::Changed => "changed, not understood",
            State::NotUnderstood => "not understood",
            State::CannotRead => "cannot be read",
        };
        let mut notes = Vec::new();
        if !self.known.is_empty() {
            let plural = if self.known.len() == 1 { "" } else { "s" };
            notes.push(format!("{} known difference{plural}", self.known.len()));
        }
        if self.first {
            notes.push("never kept, so its sentences were compared with nothing".to_owned());
        }
        if self.kept {
            notes.push("kept now".to_owned());
        }
        let notes = if notes.is_empty() {
            String::new()
        } else {
            format!("; {}", notes.join("; "))
        };
        writeln!(out, "{}{page}: {state}{notes}", self.file)?;
        if let Some(reason) = &self.reason {
            writeln!(out, "  {reason}")?;
        }
        if let Some(reason) = &self.not_kept {
            writeln!(out, "  not kept: {reason}")?;
        }
        if let Some(Read {
            layout,
            operations,
            parameters,
            examples,
            limits,
            prices,
        }) = &self.read
        {
            let limits = if *limits > 0 {
                format!(", {limits} limits of models")
            } else {
                String::new()
            };
            let prices = match prices {
                0 => String::new(),
                some => format!(", {some} prices"),
            };
            writeln!(
                out,
                "  read as: {layout}; {operations} operations, {parameters} parameters, examples of {examples} \
                 bodies{limits}{prices}"
            )?;
        }
        for part in &self.strange {
            writeln!(out, "  not understood: {part}")?;
        }
        for difference in &self.differences {
            let Difference {
                at,
                what,
                page,
                spec,
                line,
                text,
                pointer,
            } = difference;
            writeln!(
                out,
                "  {at}: {what}: {}",
                sides("page", page.as_ref(), "spec", spec.as_ref())
            )?;
            if let (Some(line), Some(text)) = (line, text) {
                writeln!(out, "    page, line {line}: {text}")?;
            }
            writeln!(out, "    specs/{vendor}.yaml: {pointer}")?;
        }
        for known in &self.unused {
            let name = self.page.as_deref().unwrap_or_default();
            let (page, spec) = (
                known.page.as_ref().map(super::facts::plain),
                known.spec.as_ref().map(super::facts::plain),
            );
            writeln!(
                out,
                "  {}: {}: {}\n    this known difference no longer exists: delete it from {}",
                known.at,
                known.what,
                sides("page", page.as_ref(), "spec", spec.as_ref()),
                super::kept::file(vendor, name)
            )?;
        }
        if let Some(Kept { date, moves }) = self.since.as_ref().filter(|since| !since.moves.is_empty()) {
            writeln!(out, "  since the kept capture of {date}:")?;
            for Move {
                at,
                what,
                was,
                now,
                line,
            } in moves
            {
                let line = line.map(|line| format!(" (line {line})")).unwrap_or_default();
                let change = match (was, now) {
                    (Some(was), Some(now)) => format!("`{was}` became `{now}`"),
                    (Some(was), None) => format!("`{was}` is gone"),
                    (None, Some(now)) => format!("`{now}` is new"),
                    (None, None) => continue,
                };
                writeln!(out, "    {at}: {what}: {change}{line}")?;
            }
        }
        if !self.changed.is_empty() {
            writeln!(out, "  changed lines since the kept capture:")?;
        }
        for run in runs(&self.changed) {
            let (shown, rest) = run.split_at(if run.len() > RUN { RUN / 2 } else { run.len() });
            shown.iter().try_for_each(|one| changed(one, out))?;
            if let (Some(first), Some(last)) = (
                rest.first().and_then(|one| one.line),
                rest.last().and_then(|one| one.line),
            ) {
                writeln!(out, "    lines {first} to {last}, {} of them, changed too", rest.len())?;
            }
        }
        if !self.unseen.is_empty() {
            writeln!(
                out,
                "  not shown by this capture, so not compared: {}",
                self.unseen.join("; ")
            )?;
        }
        Ok(())
    }
}

/// Changed lines that follow each other; what is gone is on its own.
fn runs(changed: &[Changed]) -> impl Iterator<Item = &[Changed]> {
    changed.chunk_by(|one, next| one.now.is_some() && next.now.is_some() && next.was.is_none())
}

fn changed(Changed { line, was, now }: &Changed, out: &mut dyn Write) -> io::Result<()> {
    let line = line.map_or("the end".to_owned(), |line| format!("line {line}"));
    // Of the old line, only its names and numbers are known.
    let had = was.as_ref().filter(|words| !words.is_empty());
    let had = had.map(|words| format!(" (it had: {words})")).unwrap_or_default();
    match (was, now) {
        (Some(_), Some(now)) => writeln!(out, "    {line} changed{had}: {now}"),
        (None, Some(now)) => writeln!(out, "    {line} is new: {now}"),
        (Some(_), None) => writeln!(out, "    a line before {line} is gone{had}"),
        (None, None) => Ok(()),
    }
}

fn sides(one: &str, this: Option<&String>, other: &str, that: Option<&String>) -> String {
    match (this, that) {
        (Some(this), Some(that)) => format!("the {one} has `{this}`, the {other} `{that}`"),
        (Some(this), None) => format!("the {one} has `{this}`, the {other} lacks it"),
        (None, Some(that)) => format!("the {other} has `{that}`, the {one} does not show it"),
        (None, None) => "differs".to_owned(),
    }
}

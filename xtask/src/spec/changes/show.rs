//! Changes as text, JSON and Markdown.

use std::fmt::Write as _;

use serde_json::json;

use super::change::Change;
use super::judge::{Direction, Judgement};

/// Output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Text for a terminal: by vendor, the worst first.
    Text,
    /// JSON.
    Json,
    /// Markdown for a pull request.
    Markdown,
}

/// All changes between two states.
#[derive(Debug, Clone)]
pub struct Diff {
    /// Name of the old state.
    pub old: String,
    /// Name of the new state.
    pub new: String,
    /// The changes, by vendor, the worst first.
    pub changes: Vec<Change>,
}

impl Diff {
    /// The worst of all judgements; `None`: nothing changed.
    #[must_use]
    pub fn verdict(&self) -> Option<Judgement> {
        self.changes.iter().map(|change| change.judgement).max()
    }

    /// Number of changes of each judgement: `2 breaking, 1 addition`.
    #[must_use]
    pub fn counts(&self) -> String {
        if self.changes.is_empty() {
            return "nothing changed".to_owned();
        }
        let counts = Judgement::WORST_FIRST.iter().filter_map(|judgement| {
            let count = self
                .changes
                .iter()
                .filter(|change| change.judgement == *judgement)
                .count();
            (count > 0).then(|| format!("{count} {judgement}"))
        });
        counts.collect::<Vec<_>>().join(", ")
    }

    /// The changes in the requested format.
    #[must_use]
    pub fn show(&self, format: Format) -> String {
        match format {
            Format::Text => self.text(),
            Format::Json => self.json(),
            Format::Markdown => self.markdown(),
        }
    }

    fn text(&self) -> String {
        let mut out = String::new();
        for (vendor, changes) in self.by_vendor() {
            let _ = writeln!(out, "{vendor}");
            for change in changes {
                let _ = writeln!(out, "  {:<9}  {}{}", change.judgement, change.line(), reach(change, ""));
                let names: Vec<&str> = change.names().collect();
                if !names.is_empty() {
                    let _ = writeln!(out, "             affects {}", names.join(", "));
                }
            }
        }
        let _ = writeln!(out, "{} → {}: {}", self.old, self.new, self.counts());
        out
    }

    fn json(&self) -> String {
        let value = json!({
            "old": self.old,
            "new": self.new,
            "verdict": self.verdict(),
            "changes": self.changes,
        });
        format!("{value:#}\n")
    }

    /// One table for each vendor.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = String::new();
        for (vendor, changes) in self.by_vendor() {
            let _ = writeln!(
                out,
                "### {vendor}\n\n| judgement | change | reaches | affects |\n|---|---|---|---|"
            );
            for change in changes {
                let mark = if change.judgement == Judgement::Breaking {
                    "**"
                } else {
                    ""
                };
                let names: Vec<String> = change.names().map(|name| format!("`{name}`")).collect();
                let _ = writeln!(
                    out,
                    "| {mark}{}{mark} | {} | {} | {} |",
                    change.judgement,
                    cell(&change.line()),
                    cell(reach(change, "`").trim_start_matches("  (").trim_end_matches(')')),
                    cell(&names.join(", ")),
                );
            }
            out.push('\n');
        }
        let _ = writeln!(out, "{} → {}: {}.", self.old, self.new, self.counts());
        out
    }

    fn by_vendor(&self) -> impl Iterator<Item = (&str, &[Change])> {
        self.changes
            .chunk_by(|a, b| a.vendor == b.vendor)
            .map(|changes| (changes[0].vendor.as_str(), changes))
    }
}

impl Change {
    /// The change in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self {
            place, text, models, ..
        } = self;
        if models.is_empty() {
            format!("{place}: {text}")
        } else {
            format!("{place}: {text} [{}]", models.join(", "))
        }
    }

    /// Names in Rust, then fields of the facade.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.rust.iter().chain(&self.facade).map(String::as_str)
    }
}

/// Direction, and the operations that use it.
fn reach(change: &Change, quote: &str) -> String {
    let ways: Vec<&str> = change
        .directions
        .iter()
        .map(|direction| match direction {
            Direction::Sent => "sent",
            Direction::Received => "received",
        })
        .collect();
    let operations: Vec<String> = change
        .operations
        .iter()
        .map(|name| format!("{quote}{name}{quote}"))
        .collect();
    match (ways.is_empty(), operations.is_empty()) {
        (true, true) => String::new(),
        (true, false) => format!("  ({})", operations.join(", ")),
        (false, true) => format!("  ({})", ways.join(" and ")),
        (false, false) => format!("  ({} by {})", ways.join(" and "), operations.join(", ")),
    }
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

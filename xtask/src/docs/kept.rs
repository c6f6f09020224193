//! `specs/pages/<vendor>/<page>.yaml`: the facts of a page when it was last kept, and the known differences.

use std::fmt::Write as _;
use std::path::Path;
use std::{fs, io};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::compare::Difference;
use super::facts::Facts;
use super::facts::plain;
use crate::spec::SpecError;

/// A kept page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kept {
    /// Vendor, by the name of its spec.
    pub vendor: String,
    /// Short name of the page in the spec's `x-pages`.
    pub page: String,
    /// The day on which it was kept.
    pub kept: String,
    /// SHA-256 of the page's normalised text.
    pub text: String,
    /// Its lines, as [`super::lines`] keeps them.
    #[serde(default)]
    pub lines: Vec<String>,
    /// Its facts.
    pub facts: Facts,
    /// The known differences from the spec. Written by hand.
    #[serde(default)]
    pub known: Vec<Known>,
}

/// A difference between page and spec that is explained.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Known {
    /// Operation, place and name, as in the report.
    pub at: String,
    /// The detail that differs, as in the report.
    pub what: String,
    /// The page's value; omitted if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<Value>,
    /// The spec's value; omitted if none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub spec: Option<Value>,
    /// Why the spec is right.
    pub reason: String,
}

impl Known {
    /// Whether this explains a difference: all parts must be equal.
    #[must_use]
    pub fn explains(&self, difference: &Difference) -> bool {
        self.at == difference.at
            && self.what == difference.what
            && self.page.as_ref().map(plain) == difference.page
            && self.spec.as_ref().map(plain) == difference.spec
    }
}

/// The file of a page, relative to the repository.
#[must_use]
pub fn file(vendor: &str, page: &str) -> String {
    format!("specs/pages/{vendor}/{page}.yaml")
}

/// Reads a kept page; `None` when there is none.
///
/// # Errors
/// When the file is there and cannot be used.
pub fn load(root: &Path, vendor: &str, page: &str) -> Result<Option<Kept>, SpecError> {
    let file = file(vendor, page);
    let error = |reason: String| SpecError {
        file: file.clone(),
        pointer: String::new(),
        reason,
    };
    let text = match fs::read_to_string(root.join(&file)) {
        Ok(text) => text,
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(other) => return Err(error(other.to_string())),
    };
    let kept: Kept = serde_saphyr::from_str(&text).map_err(|reason| error(reason.to_string()))?;
    if (kept.vendor.as_str(), kept.page.as_str()) != (vendor, page) {
        return Err(error(format!("is a file of {}/{}", kept.vendor, kept.page)));
    }
    if let Some(known) = kept.known.iter().find(|known| known.reason.trim().is_empty()) {
        return Err(error(format!("the known difference at `{}` has no reason", known.at)));
    }
    Ok(Some(kept))
}

/// Writes the facts of a page; the known differences stay as they are, comments included.
///
/// # Errors
/// When the file cannot be written.
pub fn save(
    root: &Path,
    vendor: &str,
    page: &str,
    day: &str,
    (hash, lines): (&str, &[String]),
    facts: &Facts,
) -> io::Result<()> {
    let path = root.join(file(vendor, page));
    let old = fs::read_to_string(&path).unwrap_or_default();
    let known = match old.find("\nknown:") {
        Some(start) => old[start + 1..].to_owned(),
        None => "known: []\n".to_owned(),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, render(vendor, page, day, hash, facts) + &listed(lines) + &known)
}

fn render(vendor: &str, page: &str, day: &str, hash: &str, facts: &Facts) -> String {
    // Facts are plain data, which can always be turned into JSON.
    let facts = serde_json::to_value(facts).unwrap_or_default();
    let mut out = format!(
        "# Facts that `cargo xtask docs {vendor} … --keep` read from this page. Only `known` is written by hand.\n\
         vendor: {vendor}\npage: {page}\nkept: '{day}'\ntext: '{hash}'\nfacts:\n  layout: {}\n  last: {}\n",
        flow(&facts["layout"]),
        flow(&facts["last"])
    );
    for name in [
        "hosts",
        "operations",
        "statuses",
        "parameters",
        "examples",
        "limits",
        "prices",
    ] {
        let items = facts[name].as_array().map_or(&[][..], Vec::as_slice);
        // Few pages have any.
        if name == "prices" && items.is_empty() {
            continue;
        }
        let _ = writeln!(out, "  {name}:{}", if items.is_empty() { " []" } else { "" });
        for item in items {
            let _ = writeln!(out, "    - {}", flow(item));
        }
    }
    out
}

/// The lines, in their order.
fn listed(lines: &[String]) -> String {
    let lines = lines.iter().map(|line| format!("  - '{}'\n", line.replace('\'', "''")));
    format!("lines:\n{}", lines.collect::<String>())
}

/// A value on one line of YAML.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(object) => {
            // In the order of handwritten entries: place, kind, the rest.
            let rank = |key: &str| {
                ["in", "of", "name", "type", "model", "what", "says"]
                    .iter()
                    .position(|first| *first == key)
                    .unwrap_or(9)
            };
            let mut members: Vec<_> = object.iter().collect();
            members.sort_by_key(|(key, _)| rank(key));
            let members = members
                .iter()
                .map(|(key, value)| format!("{}: {}", scalar(key), flow(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Text, quoted unless every YAML reader would read it as text.
fn scalar(text: &str) -> String {
    let word = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "_./<> -".contains(c))
        && !text.ends_with(' ');
    let other = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    if word && !other.contains(&text.to_lowercase().as_str()) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', "''"))
}

//! Places to edit, from the JSON of `cargo xtask docs` and `cargo xtask lint`.

use std::error::Error;
use std::path::Path;
use std::{fmt, fs};

use serde_json::Value;

use crate::spec::escape;
use crate::spec::lines::Lines;

/// A place to edit.
#[derive(Debug)]
pub(super) struct Place {
    /// File, relative to the repository.
    pub(super) file: String,
    /// Line, from 1.
    pub(super) line: usize,
    /// What is wrong there; the same when the line moves.
    pub(super) fault: String,
    /// What is right, or how to correct it.
    pub(super) says: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            fault,
            says,
        } = self;
        write!(f, "{file}:{line}: {fault}\n{says}")
    }
}

/// What a step leaves open.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// The places to edit, from top to bottom.
    pub(super) places: Vec<Place>,
    /// The files from which nothing was concluded.
    pub(super) not_read: Vec<String>,
    /// Whether lines of a page changed that were not understood.
    pub(super) is_changed: bool,
}

/// The findings of `lint`, which are in the order of the file.
pub(super) fn of_findings(json: &Value) -> Open {
    let places = list(&json["findings"]).iter().map(|finding| Place {
        file: text(&finding["file"]),
        line: number(&finding["line"]),
        fault: format!("{}: {}", text(&finding["pointer"]), text(&finding["reason"])),
        says: format!("  fix: {}", text(&finding["fix"])),
    });
    Open {
        places: places.collect(),
        ..Open::default()
    }
}

/// The differences between pages and spec and the dates to write, by their lines in the spec; then the explanations of
/// differences that are gone.
///
/// # Errors
/// When the spec or a kept page cannot be read.
pub(super) fn of_pages(root: &Path, json: &Value) -> Result<Open, Box<dyn Error>> {
    let vendor = text(&json["vendor"]);
    let spec = File::read(root, format!("specs/{vendor}.yaml"))?;
    let (mut open, mut gone) = (Open::default(), Vec::new());
    for page in list(&json["pages"]) {
        let name = text(&page["page"]);
        for one in list(&page["differences"]) {
            let mut shown = value(&one["page"]);
            if let Some(line) = one["line"].as_u64() {
                shown += &format!(" (line {line}: {})", text(&one["text"]));
            }
            let fault = format!("{}: {}", text(&one["at"]), text(&one["what"]));
            let says = format!("  page: {shown}\n  spec: {}", value(&one["spec"]));
            open.places.push(spec.place(&text(&one["pointer"]), fault, says));
        }
        let has_new_lines = !list(&page["changed"]).is_empty() || page["reason"].is_string();
        let pointer = format!("/x-pages/{}/read", escape(&name));
        let (read, kept) = (spec.text(&pointer), text(&page["since"]["date"]));
        let today = chrono::Utc::now().date_naive().to_string();
        let is_new = has_new_lines || !list(&page["since"]["moves"]).is_empty();
        if is_new && !read.is_empty() && read <= kept && read < today {
            let says = format!("  page: changed since it was kept on {kept}\n  spec: read on {read}");
            open.places
                .push(spec.place(&pointer, format!("{name}: the day on which it was read"), says));
        }
        let unused = list(&page["unused"]);
        if !unused.is_empty() {
            let kept = File::read(root, format!("specs/pages/{vendor}/{name}.yaml"))?;
            for one in unused {
                let is_it = |known: &&Value| known["at"] == one["at"] && known["what"] == one["what"];
                let index = list(&kept.doc["known"]).iter().position(|known| is_it(&known));
                let fault = format!("{}: {}", text(&one["at"]), text(&one["what"]));
                let says = "  delete this known difference: it no longer exists".to_owned();
                gone.push(kept.place(&format!("/known/{}", index.unwrap_or(0)), fault, says));
            }
        }
        match page["state"].as_str() {
            Some("unlisted" | "not_understood" | "cannot_read") => open.not_read.push(text(&page["file"])),
            _ => open.is_changed |= has_new_lines,
        }
    }
    // A stable sort: what is on one line stays in the order of the page.
    open.places.sort_by_key(|place| place.line);
    open.places.append(&mut gone);
    Ok(open)
}

/// A YAML file.
struct File {
    name: String,
    doc: Value,
    lines: Lines,
}

impl File {
    fn read(root: &Path, name: String) -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(root.join(&name)).map_err(|error| format!("{name}: {error}"))?;
        let doc = serde_saphyr::from_str(&text).map_err(|error| format!("{name}: {error}"))?;
        let lines = Lines::read(&text);
        Ok(Self { name, doc, lines })
    }

    fn text(&self, pointer: &str) -> String {
        self.doc.pointer(pointer).map(text).unwrap_or_default()
    }

    fn place(&self, pointer: &str, fault: String, says: String) -> Place {
        Place {
            file: self.name.clone(),
            line: self.lines.line(pointer),
            fault,
            says,
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn number(value: &Value) -> usize {
    value
        .as_u64()
        .and_then(|number| usize::try_from(number).ok())
        .unwrap_or(1)
}

/// What one side has.
fn value(side: &Value) -> String {
    side.as_str()
        .map_or_else(|| "nothing".to_owned(), |text| format!("`{text}`"))
}

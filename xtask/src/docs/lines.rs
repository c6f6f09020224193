//! The lines of a page as they are kept: a hash of each, with the numbers and names in it, and no sentences.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::limits::Known;
use super::line::Line;
use super::page::Page;
use super::pattern::pattern;

/// Bytes of a line's hash that are kept.
const HASH: usize = 5;
/// Names and numbers of a line that are kept.
const WORDS: usize = 12;
/// The least share of the kept lines that a page must have for its prose to be compared line by line.
const SAME: f64 = 0.5;

/// Lines that are not as they were.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Changed {
    /// Line of the page; where lines are gone, the one that follows them.
    pub line: Option<usize>,
    /// The names and numbers of the lines that are gone.
    pub was: Option<String>,
    /// The line that is new.
    pub now: Option<String>,
}

/// How the text of a page stands to the kept one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Text {
    /// Nothing changed.
    Same,
    /// These lines did.
    Changed(Vec<Changed>),
    /// Too few lines are the same to tell which ones changed: how many, and of how many.
    Other(usize, usize),
}

/// The lines of a page in the form in which they are kept.
#[must_use]
pub fn prints(page: &Page, known: &Known) -> Vec<String> {
    page.lines.iter().map(|line| print(line, known)).collect()
}

/// The hash of a line; spaces do not count.
fn hash(text: &str) -> String {
    let mut hash = Sha256::new();
    text.split(' ').for_each(|word| hash.update(word.as_bytes()));
    let mut out = String::new();
    for byte in hash.finalize().iter().take(HASH) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn print(line: &Line, known: &Known) -> String {
    let mut out = hash(&line.text);
    let words = line.text.split(|c: char| c == ' ' || "`\"'<>=(){},;|".contains(c));
    let words = words.map(|word| word.trim_matches(['.', ':', '*']));
    let is_fact = |word: &str| {
        let is_number = word.starts_with(|c: char| c.is_ascii_digit())
            && word.len() < 10
            && word.chars().all(|c| c.is_ascii_alphanumeric() || ".:-–~".contains(c));
        is_number || known.models.contains(word) || (word.contains('_') && known.words.contains(word))
    };
    let mut seen = BTreeSet::new();
    for word in words.filter(|word| is_fact(word) && seen.insert(*word)).take(WORDS) {
        out.push(' ');
        out.push_str(word);
    }
    out
}

/// Compares the lines of a page with those that were kept. A line is the same if it is now, or was `before`.
#[must_use]
pub fn compare(kept: &[String], page: &Page, before: &dyn Fn(&Line) -> Vec<String>) -> Text {
    let old: Vec<String> = kept
        .iter()
        .map(|print| print.split(' ').next().unwrap_or_default().to_owned())
        .collect();
    let known: BTreeSet<&String> = old.iter().collect();
    let print = |line: &Line| {
        let now = hash(&line.text);
        if known.contains(&now) {
            return now;
        }
        let mut before = before(line).into_iter().map(|text| hash(&text));
        before.find(|hash| known.contains(hash)).unwrap_or(now)
    };
    let new: Vec<String> = page.lines.iter().map(print).collect();
    if old == new {
        return Text::Same;
    }
    let changes = capture_diff_slices(Algorithm::Myers, &old, &new);
    let same: usize = changes
        .iter()
        .filter(|op| op.tag() == DiffTag::Equal)
        .map(|op| op.old_range().len())
        .sum();
    #[allow(clippy::cast_precision_loss, reason = "a page has no 2^52 lines")]
    if (same as f64) < old.len() as f64 * SAME || old.is_empty() {
        return Text::Other(same, old.len());
    }
    let mut found = Vec::new();
    for op in changes.iter().filter(|op| op.tag() != DiffTag::Equal) {
        let words = |print: &String| print.split(' ').skip(1).map(str::to_owned).collect::<Vec<_>>();
        let was: Vec<String> = kept[op.old_range()].iter().flat_map(words).collect();
        let mut was = (!op.old_range().is_empty()).then(|| was.join(" "));
        let next = page.lines.get(op.new_range().start).map(|line| line.number);
        if op.new_range().is_empty() {
            found.push(Changed {
                line: next,
                was,
                now: None,
            });
            continue;
        }
        for line in &page.lines[op.new_range()] {
            found.push(Changed {
                line: Some(line.number),
                was: was.take(),
                now: Some(line.text.clone()),
            });
        }
    }
    Text::Changed(found)
}

/// Whether a line has nothing but a name, or a component with the attributes that are read.
#[must_use]
pub fn is_bare(text: &str) -> bool {
    static COMPONENT: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r#"^<\w+ (?:body|query|path|header|name)="[^"]*"(?: (?:type|default)=(?:"[^"]*"|\{[^}]*\})| required)*>$"#,
        )
    });
    !text.contains(' ') || COMPONENT.is_match(text)
}

/// Whether a line has nothing but models and their limits, each of which was read from it: `model: 4-12`.
#[must_use]
pub fn is_limit(text: &str, read: &[(&str, &str)]) -> bool {
    let words = |text: &str| -> Vec<String> {
        let words = text.split([' ', ',', '/']).map(str::to_owned);
        words.filter(|word| !word.is_empty() && word != "and").collect()
    };
    let text = text.replace(['`', '*'], "");
    let item = text
        .trim_start_matches(['-', '+', '\u{2022}', ' '])
        .trim_end_matches('.');
    let Some((models, values)) = item.split_once(": ") else {
        return false;
    };
    let is_all = |part: &str, read: Vec<String>| words(part).iter().all(|word| read.contains(word));
    !read.is_empty()
        && is_all(models, read.iter().flat_map(|(at, _)| words(at)).collect())
        && is_all(values, read.iter().flat_map(|(_, says)| words(says)).collect())
}

/// The share of the kept lines that a page has.
#[must_use]
pub fn share(kept: &[String], page: &Page) -> f64 {
    match compare(kept, page, &|_| Vec::new()) {
        Text::Same => 1.0,
        _ if kept.is_empty() => 0.0,
        _ => {
            let new: BTreeSet<String> = page.lines.iter().map(|line| hash(&line.text)).collect();
            let is_there = |print: &&String| new.contains(print.split(' ').next().unwrap_or_default());
            let same = kept.iter().filter(is_there).count();
            #[allow(clippy::cast_precision_loss, reason = "a page has no 2^52 lines")]
            let share = same as f64 / kept.len() as f64;
            share
        }
    }
}

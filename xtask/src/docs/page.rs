//! A saved page as lines of text, whatever it was saved as.

use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::html;
use super::line::Line;
use super::mdx;
use super::openapi;
use super::pattern::pattern;
use crate::spec::is_invisible;

/// A page's text, line by line, without markup, empty lines and line numbers of code.
#[derive(Debug, Clone)]
pub struct Page {
    /// The lines.
    pub lines: Vec<Line>,
    /// The page's title.
    pub title: String,
    /// The address it was saved from, if the page has it.
    pub url: Option<String>,
    /// Why its end seems to be missing, as far as the format shows.
    pub cut: Option<String>,
    /// It was copied, or saved without the markup that would show its end.
    pub is_text: bool,
    /// What its markup says, where it is a documentation source.
    pub source: Option<mdx::Source>,
    /// The document, where it is an OpenAPI document; its lines are those of the facts that are read from it.
    pub document: Option<Value>,
    /// Any other JSON. It is a page if it is the vendor's list of models.
    pub answer: Option<Value>,
}

impl Page {
    /// Reads a page that was saved as text, Markdown or HTML.
    ///
    /// # Errors
    /// Why this cannot be a page: it is empty, not text, or an API response.
    pub fn read(bytes: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is not UTF-8 text".to_owned())?;
        let text = text.trim_start_matches('\u{feff}');
        if text.contains('\0') {
            return Err("it is not text".to_owned());
        }
        if text.trim().is_empty() {
            return Err("it is empty".to_owned());
        }
        if let Some(document) = openapi::document(text) {
            let document = document.map_err(|reason| format!("its OpenAPI is broken: {reason}"))?;
            let title = document.pointer("/info/title").and_then(Value::as_str);
            return Ok(Self {
                lines: Vec::new(),
                title: title.unwrap_or_default().to_owned(),
                url: None,
                cut: None,
                is_text: false,
                source: None,
                document: Some(document),
                answer: None,
            });
        }
        if let Ok(answer) = serde_json::from_str::<Value>(text) {
            return Ok(Self {
                lines: Vec::new(),
                title: String::new(),
                url: None,
                cut: None,
                is_text: false,
                source: None,
                document: None,
                answer: Some(answer),
            });
        }
        let page = if html::is_html(text) {
            let reduced = html::reduce(text);
            let cut = !text.to_lowercase().contains("</html>") && text.to_lowercase().contains("<html");
            Self {
                lines: lines(&reduced.text),
                title: readable(&reduced.title),
                url: reduced.url,
                is_text: false,
                cut: cut.then(|| "its HTML does not end (`</html>` is missing)".to_owned()),
                source: None,
                document: None,
                answer: None,
            }
        } else if mdx::is_source(text) {
            let source = mdx::read(text).map_err(|reason| format!("its MDX is broken: {reason}"))?;
            Self {
                lines: lines(&called(text)),
                title: source.title.clone(),
                url: None,
                cut: None,
                is_text: false,
                source: Some(source),
                document: None,
                answer: None,
            }
        } else {
            let lines = lines(&without_breaks(text));
            let title = lines.iter().find(|line| line.heading).or(lines.first());
            let title = title.map(|line| line.text.clone()).unwrap_or_default();
            Self {
                lines,
                title,
                url: None,
                cut: None,
                is_text: true,
                source: None,
                document: None,
                answer: None,
            }
        };
        match page.lines.is_empty() {
            true => Err("it has no text: a script renders this page; save it after it has rendered".to_owned()),
            false => Ok(page),
        }
    }

    /// SHA-256 of the normalised text.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hash = Sha256::new();
        for line in &self.lines {
            hash.update(line.text.as_bytes());
            hash.update(b"\n");
        }
        hash.finalize().iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// The line with this number, shortened for reports.
    #[must_use]
    pub fn quote(&self, number: usize) -> String {
        let line = self.lines.iter().find(|line| line.number == number);
        let text = line.map(|line| line.text.as_str()).unwrap_or_default();
        match text.char_indices().nth(QUOTE) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.to_owned(),
        }
    }

    /// Whether the page has these characters anywhere.
    #[must_use]
    pub fn contains(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.text.contains(word))
    }
}

impl Page {
    /// Whether the page has this word, and not only as a part of a longer one.
    #[must_use]
    pub fn has_word(&self, word: &str) -> bool {
        let part = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        self.lines.iter().any(|line| {
            line.text.match_indices(word).any(|(at, _)| {
                let before = line.text[..at].chars().next_back();
                let mut after = line.text[at + word.len()..].chars();
                let next = after.next();
                // A full stop ends a sentence; before a digit it is a part of the word.
                let goes_on =
                    next.is_some_and(part) || (next == Some('.') && after.next().is_some_and(|c| c.is_ascii_digit()));
                !before.is_some_and(part) && !goes_on
            })
        })
    }
}

/// Longest quotation of a line, in characters.
const QUOTE: usize = 72;

/// A text without invisible characters, and with one kind of hyphen.
fn readable(text: &str) -> String {
    let text = text.chars();
    let seen = text.filter(|c| c.is_control() || c.is_whitespace() || !is_invisible(*c));
    seen.map(|c| if matches!(c, '\u{2010}' | '\u{2011}') { '-' } else { c })
        .collect()
}

/// Markdown without the HTML that allows or forbids a line break, and without escaped underscores.
fn without_breaks(text: &str) -> String {
    static BREAKS: LazyLock<Regex> = LazyLock::new(|| {
        pattern(
            r"(?i)<wbr\s*/?>|</wbr>|&(shy|zwsp|zerowidthspace|nobreak|wj|zwj|zwnj);|&#0*(173|820[3-7]|8288|65279);|&#x0*(ad|200[b-f]|2060|feff);",
        )
    });
    BREAKS.replace_all(text, "").replace("\\_", "_")
}

/// A source whose front matter names the operation as a heading would.
fn called(text: &str) -> String {
    static CALLED: LazyLock<Regex> =
        LazyLock::new(|| pattern(r#"(?m)^(?:api|openapi):\s*["']?((?:GET|POST|PUT|PATCH|DELETE)\s[^"'\n]*)["']?\s*$"#));
    CALLED.replace(text, "$1").into_owned()
}

fn lines(text: &str) -> Vec<Line> {
    let mut found: Vec<Line> = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let raw = readable(raw);
        let words: Vec<&str> = raw
            .split(|c: char| c.is_whitespace() || c.is_control())
            .filter(|word| !word.is_empty())
            .collect();
        let text = words.join(" ");
        let bare = text.trim_start_matches('#');
        // `#` alone, or glued to a word, is no heading.
        let heading = bare.len() < text.len() && bare.starts_with(' ');
        let text = if heading { bare.trim().to_owned() } else { text };
        if text.is_empty() || text.starts_with("```") {
            continue;
        }
        found.push(Line {
            number: index + 1,
            text,
            heading,
        });
    }
    without_numbers(found)
}

/// Takes the line numbers off code: runs of lines that begin with 1, 2, 3 … or with `| 1 |`, `| 2 |` ….
fn without_numbers(mut lines: Vec<Line>) -> Vec<Line> {
    let mut start = 0;
    while start < lines.len() {
        let run = lines[start..]
            .iter()
            .zip(1..)
            .take_while(|(line, number)| unnumbered(&line.text, *number).is_some())
            .count();
        if run < 2 {
            start += 1;
            continue;
        }
        for (line, number) in lines[start..start + run].iter_mut().zip(1..) {
            line.text = unnumbered(&line.text, number).unwrap_or_default();
        }
        start += run;
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

fn unnumbered(text: &str, number: usize) -> Option<String> {
    let number = number.to_string();
    if let Some(row) = text.strip_prefix('|') {
        let (first, rest) = row.split_once('|')?;
        let code = rest.trim().strip_suffix('|')?.trim();
        return (first.trim() == number).then(|| code.to_owned());
    }
    let code = text.strip_prefix(&number)?;
    // `16:9` is no line of code, and `1. …` is a list.
    (!code.starts_with(|c: char| c.is_ascii_digit() || ":.),".contains(c))).then(|| code.trim().to_owned())
}

//! From a page's text to its facts.

use super::examples;
use super::facts::{Facts, Parameter, Place};
use super::layouts::{self, dashes};
use super::limits::{self, Known};
use super::line::Line;
use super::listed;
use super::openapi;
use super::operations;
use super::page::Page;
use super::prices;

/// The layout of a page that has prices, and no parameters.
pub const PRICES: &str = "prices";

/// The facts read from a page.
pub struct Understood {
    /// The facts.
    pub facts: Facts,
    /// Why the page's end seems to be missing.
    pub cut: Option<String>,
    /// Line and reason of each part that was not understood.
    pub strange: Vec<(usize, String)>,
}

/// Reads the facts of a page.
///
/// # Errors
/// Why it has no facts.
pub fn read(page: &Page, known: &Known) -> Result<Understood, String> {
    if let Some(document) = &page.document {
        let (mut facts, lines) = openapi::read(document, known);
        facts.limits = limits::read(&lines, &facts.parameters, known);
        if facts.operations.is_empty() {
            let stems: Vec<&str> = known.stems.iter().map(String::as_str).collect();
            return Err(format!("no operation in it is one of {}", stems.join(", ")));
        }
        return Ok(Understood {
            facts,
            cut: None,
            strange: Vec::new(),
        });
    }
    if let Some(answer) = &page.answer {
        let read = known.places.as_ref().and_then(|places| listed::read(answer, places));
        return Ok(Understood {
            facts: read.ok_or("it is JSON, not a page")?.0,
            cut: None,
            strange: Vec::new(),
        });
    }
    let lines = &page.lines;
    let mut calls = operations::read(lines);
    let priced = prices::read(lines, known);
    let components = page.source.as_ref().map(|source| source.parameters.clone());
    let (layout, parameters) = match components.filter(|components| !components.is_empty()) {
        Some(components) => ("components", components),
        None => match layouts::best(lines, &known.words) {
            Some(best) => best,
            // A source without parameters may still tell of errors, or show examples.
            None if page.source.is_some() => ("prose", Vec::new()),
            None if !priced.is_empty() => (PRICES, Vec::new()),
            None => return Err(nothing(page)),
        },
    };
    if let Some(source) = &page.source {
        calls.without_headings(&source.described);
    }
    let mut found: Vec<Parameter> = Vec::new();
    for mut parameter in parameters {
        parameter.of = calls.of(parameter.at.0).filter(|_| parameter.place != Place::Header);
        // A page may list the same thing twice, for example in a summary; the first one counts.
        if !found.iter().any(|known| known.is(&parameter)) {
            found.push(parameter);
        }
    }
    let examples = match &page.source {
        Some(source) => examples::blocks(&source.blocks, &found, &calls),
        None => examples::read(lines, &found, &calls),
    };
    let mut strange = page
        .source
        .as_ref()
        .map(|source| source.strange.clone())
        .unwrap_or_default();
    strange.extend(examples.strange);
    let cut = examples
        .cut
        .map(|line| format!("the example on line {line} is incomplete"));
    let is_code = |line: &Line| {
        page.source
            .iter()
            .flat_map(|source| &source.code)
            .any(|code| code.contains(&line.number))
    };
    let prose: Vec<Line> = lines.iter().filter(|line| !is_code(line)).cloned().collect();
    let mut statuses = dashes::statuses(&prose);
    for status in examples.statuses {
        if !statuses.contains(&status) {
            statuses.push(status);
        }
    }
    // What a price depends on is no limit of a model.
    let limits = match layout {
        PRICES => Vec::new(),
        _ => limits::read(&prose, &found, known),
    };
    let mut facts = Facts {
        layout: layout.to_owned(),
        hosts: calls.hosts,
        operations: calls.operations,
        statuses,
        parameters: found,
        examples: examples.found,
        limits,
        prices: priced,
        last: String::new(),
    };
    let last = facts.marks().max_by_key(|(_, line)| *line);
    facts.last = last.map(|(mark, _)| mark).unwrap_or_default();
    Ok(Understood {
        facts,
        cut: page.cut.clone().or(cut),
        strange,
    })
}

/// Why a page without parameters may have none, guessed from its text.
fn nothing(page: &Page) -> String {
    let text: String = page.lines.iter().map(|line| line.text.to_lowercase() + "\n").collect();
    let has = |words: &[&str]| words.iter().any(|word| text.contains(word));
    let seems = match () {
        () if has(&["enable javascript", "requires javascript", "turn on javascript"]) => {
            "; a script renders this page: save it after it has rendered"
        }
        () if has(&["password", "log in", "login", "sign in"]) => "; it looks like a login page",
        () if has(&["captcha", "are you human", "not a robot", "checking your browser"]) => {
            "; it looks like a robot check"
        }
        () if has(&["cookie"]) => "; it looks like a cookie consent page",
        () => "",
    };
    format!("no layout finds a parameter in it{seems}")
}

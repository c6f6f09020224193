//! From a page's text to its facts.

use super::examples;
use super::facts::{Facts, Parameter, Place};
use super::layouts::{self, Words, dashes};
use super::operations;
use super::page::Page;

/// The facts read from a page.
pub struct Understood {
    /// The facts.
    pub facts: Facts,
    /// Why the page's end seems to be missing.
    pub cut: Option<String>,
}

/// Reads the facts of a page.
///
/// # Errors
/// Why it has no facts.
pub fn read(page: &Page, words: &Words) -> Result<Understood, String> {
    let lines = &page.lines;
    let Some((layout, parameters)) = layouts::best(lines, words) else {
        return Err(nothing(page));
    };
    let calls = operations::read(lines);
    let mut found: Vec<Parameter> = Vec::new();
    for mut parameter in parameters {
        parameter.of = calls.of(parameter.at.0).filter(|_| parameter.place != Place::Header);
        // A page may list the same thing twice, for example in a summary; the first one counts.
        if !found.iter().any(|known| known.is(&parameter)) {
            found.push(parameter);
        }
    }
    let examples = examples::read(lines, &found, &calls);
    let cut = examples
        .cut
        .map(|line| format!("the example on line {line} is incomplete"));
    let mut facts = Facts {
        layout: layout.to_owned(),
        hosts: calls.hosts,
        operations: calls.operations,
        statuses: dashes::statuses(lines),
        parameters: found,
        examples: examples.found,
        last: String::new(),
    };
    let last = facts.marks().max_by_key(|(_, line)| *line);
    facts.last = last.map(|(mark, _)| mark).unwrap_or_default();
    Ok(Understood {
        facts,
        cut: page.cut.clone().or(cut),
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

//! `cargo xtask lint`: everything in a spec that a YAML reader, the OpenAPI model or the generator would swallow, choke on
//! or take for something else.
//!
//! Each file of this module is one group of rules, and each rule adds findings to a `Found`. What the generator cannot
//! live with is refused by [`refuse`] and [`refuse_facts`], which run some of the same groups: no rule is written twice.

use std::rc::Rc;

use serde::Serialize;

use self::walk::Node;
use crate::generate::raw_crate_of;
use crate::spec::{Spec, SpecError};

pub mod command;
mod extensions;
mod facts;
mod models;
mod openapi;
mod operations;
mod references;
mod schemas;
mod servers;
mod source;
mod strangers;
mod style;
mod texts;
mod values;
mod walk;

/// One thing that is wrong in a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1: of the place itself, or of the nearest thing around it that the file has.
    pub line: usize,
    /// JSON pointer into the document, empty for the whole of it.
    pub pointer: String,
    /// Name of the rule.
    pub rule: &'static str,
    /// What is wrong.
    pub reason: String,
    /// What to do instead.
    pub fix: String,
}

/// The findings of one file, in the making.
struct Found<'a> {
    spec: &'a Spec,
    /// Of that spec, found once for all groups of rules.
    nodes: Rc<[Node<'a>]>,
    findings: Vec<Finding>,
}

impl<'a> Found<'a> {
    fn new(spec: &'a Spec) -> Self {
        Self {
            spec,
            nodes: walk::nodes(spec).into(),
            findings: Vec::new(),
        }
    }

    /// The spec's nodes, apart from the findings, so that these can be added to on the way.
    fn nodes(&self) -> Rc<[Node<'a>]> {
        Rc::clone(&self.nodes)
    }

    /// Adds a finding whose line is not known yet.
    fn add(
        &mut self,
        rule: &'static str,
        pointer: impl Into<String>,
        reason: impl Into<String>,
        fix: impl Into<String>,
    ) {
        self.findings.push(Finding {
            file: self.spec.file.clone(),
            line: 0,
            pointer: pointer.into(),
            rule,
            reason: reason.into(),
            fix: fix.into(),
        });
    }

    /// The first finding as an error.
    fn refuse(self) -> Result<(), SpecError> {
        match self.findings.into_iter().next() {
            None => Ok(()),
            Some(first) => Err(SpecError {
                file: first.file,
                pointer: first.pointer,
                reason: format!("{}; {}", first.reason, first.fix),
            }),
        }
    }
}

/// A group of rules.
type Group = fn(&Spec, &mut Found<'_>);

/// What would make the generator fail, panic or lose something.
const FATAL: [Group; 5] = [
    texts::check,
    openapi::check,
    references::nowhere,
    operations::check,
    schemas::check,
];

/// What would make the tables wrong.
const FACTS: [Group; 3] = [facts::check, models::check, servers::check];

/// What the dialect wants besides.
const FURTHER: [Group; 6] = [
    extensions::check,
    models::agreement,
    references::names,
    references::unused,
    style::check,
    values::check,
];

/// Refuses a spec that cannot be turned into code.
///
/// # Errors
/// The first finding.
pub fn refuse(spec: &Spec) -> Result<(), SpecError> {
    run(spec, &FATAL).refuse()
}

/// Refuses a spec whose extensions cannot be turned into tables.
///
/// # Errors
/// The first finding.
pub fn refuse_facts(spec: &Spec) -> Result<(), SpecError> {
    run(spec, &FACTS).refuse()
}

/// Everything that is wrong in the text of a spec, in the order of the file. `file` is the name that findings carry.
///
/// # Errors
/// When the text is not YAML, or not an object.
pub fn lint(file: &str, text: &str) -> Result<Vec<Finding>, SpecError> {
    let spec = Spec::parse_leniently(file, text)?;
    let source = source::Source::read(text);
    let mut found = run(&spec, &[FATAL.as_slice(), &FACTS].concat());
    // Only what passes so far is worth a try. What the generator refuses then has no rule of its own yet.
    if found.findings.is_empty()
        && let Err(error) = raw_crate_of(&spec)
    {
        found.add("generator", error.pointer, error.reason, "write it in a simpler way");
    }
    for group in FURTHER {
        group(&spec, &mut found);
    }
    for finding in &mut found.findings {
        finding.line = source.line(&finding.pointer);
    }
    // These know their line: what is there twice has one pointer for two places.
    source.check(&mut found);
    let mut findings = found.findings;
    findings.sort_by(|a, b| (a.line, &a.pointer, a.rule).cmp(&(b.line, &b.pointer, b.rule)));
    findings.dedup();
    Ok(findings)
}

fn run<'a>(spec: &'a Spec, groups: &[Group]) -> Found<'a> {
    let mut found = Found::new(spec);
    for group in groups {
        group(spec, &mut found);
    }
    found
}

/// What to do about a word that is none of `known`: the nearest of them, or all.
fn instead(word: &str, known: &[&str]) -> String {
    match near(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The one of `known` that `word` may be meant to be.
fn near<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    similar::get_close_matches(word, known, 1, 0.6).first().copied()
}

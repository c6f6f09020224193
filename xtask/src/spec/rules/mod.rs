//! The rules for specs: everything that a YAML reader, the OpenAPI model or the generator would drop, fail
//! on or misread.
//!
//! Each file is one group of rules, and each rule adds findings to a `Found`. Specs that the generator cannot use are
//! refused by [`refuse`] and [`refuse_facts`], which run some of the same groups: no rule is written twice. Nothing
//! here runs the generator.

pub use self::found::Finding;
use self::found::Found;
use self::found::{instead, near};
use super::lines::Lines;
use super::{Spec, SpecError};

mod bodies;
mod cost;
mod extensions;
mod facts;
mod families;
mod forms;
mod found;
mod like;
mod listing;
mod lists;
mod models;
mod named;
mod openapi;
mod operations;
mod prices;
mod references;
mod schemas;
mod servers;
mod source;
mod strangers;
mod style;
mod texts;
mod uploads;
mod values;
mod walk;
mod webhooks;
mod words;

/// A group of rules.
type Group = fn(&Spec, &mut Found<'_>);

/// Rules on anything that makes the generator fail, panic or lose something.
const FATAL: [Group; 5] = [
    texts::check,
    openapi::check,
    references::nowhere,
    operations::check,
    schemas::check,
];

/// Rules on anything that makes the tables wrong.
const FACTS: [Group; 12] = [
    like::check,
    facts::check,
    lists::check,
    listing::check,
    families::check,
    models::check,
    bodies::check,
    uploads::check,
    prices::check,
    webhooks::check,
    servers::check,
    words::check,
];

/// All other rules.
const FURTHER: [Group; 6] = [
    extensions::check,
    models::agreement,
    references::names,
    references::unused,
    style::check,
    values::check,
];

/// Rejects a spec that no code can be generated from.
///
/// # Errors
/// The first finding.
pub fn refuse(spec: &Spec) -> Result<(), SpecError> {
    run(spec, &FATAL).refuse()
}

/// Rejects a spec whose extensions cannot be turned into tables.
///
/// # Errors
/// The first finding.
pub fn refuse_facts(spec: &Spec) -> Result<(), SpecError> {
    run(spec, &FACTS).refuse()
}

/// The findings on a spec, in the order of the file, which has these lines. `more` adds findings on the generator.
pub(super) fn all(spec: &Spec, lines: &Lines, more: impl FnOnce() -> Option<SpecError>) -> Vec<Finding> {
    if let Some(only) = source::operation_twice(lines, spec) {
        return vec![only];
    }
    let mut found = run(spec, &[FATAL.as_slice(), &FACTS].concat());
    // The generator is only run on specs without findings so far.
    if found.findings.is_empty()
        && let Some(error) = more()
    {
        found.add("generator", error.pointer, error.reason, "simplify it");
    }
    for group in FURTHER {
        group(spec, &mut found);
    }
    like::once(spec, &mut found.findings);
    for finding in &mut found.findings {
        finding.line = lines.line(&finding.pointer);
    }
    // These set their own line: a duplicate key has one pointer for two places.
    source::check(lines, &mut found);
    let mut findings = found.findings;
    findings.sort_by(|a, b| (a.line, &a.pointer, a.rule).cmp(&(b.line, &b.pointer, b.rule)));
    findings.dedup();
    findings
}

fn run<'a>(spec: &'a Spec, groups: &[Group]) -> Found<'a> {
    let mut found = Found::new(spec);
    for group in groups {
        group(spec, &mut found);
    }
    found
}

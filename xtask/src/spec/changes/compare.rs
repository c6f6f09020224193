//! Two states of one spec, or of all.

use super::change::{Change, finish};
use super::judge::Rule;
use super::place::{Found, Place};
use super::schemas::Walk;
use super::show::Diff;
use super::{facts, families, models, operations, prices, uploads};
use crate::spec::Spec;
use crate::spec::source::{self, Pair, Source, SourceError};

/// All changes of one vendor's spec: the worst first, then by place.
#[must_use]
pub fn diff(old: &Spec, new: &Spec) -> Vec<Change> {
    if old.doc == new.doc {
        return Vec::new();
    }
    let mut walk = Walk::new(old, new);
    operations::diff(&mut walk);
    let mut found = walk.finish();
    found.extend(facts::diff(&old.doc, &new.doc));
    found.extend(families::diff(old, new));
    found.extend(models::diff(old, new));
    found.extend(uploads::diff(&old.doc, &new.doc));
    found.extend(prices::diff(&old.doc, &new.doc));
    finish(&new.vendor, found)
}

/// All changes between two states.
///
/// # Errors
/// When a spec is not YAML, or has no counterpart.
pub fn between(old: &Source, new: &Source) -> Result<Diff, SourceError> {
    let changes = source::pairs(old, new)?.iter().flat_map(changes).collect();
    Ok(Diff {
        old: old.name.clone(),
        new: new.name.clone(),
        changes,
    })
}

/// All changes of one vendor's spec.
#[must_use]
pub fn changes((vendor, old, new): &Pair) -> Vec<Change> {
    let whole = |rule: Rule, text: &str| finish(vendor, vec![Found::at(&Place::named("vendor"), rule, text)]);
    match (old, new) {
        (Some(old), Some(new)) => diff(old, new),
        (Some(_), None) => whole(Rule::OperationRemoved, "the whole spec was removed"),
        (None, Some(_)) => whole(Rule::OperationAdded, "a new vendor"),
        (None, None) => Vec::new(),
    }
}

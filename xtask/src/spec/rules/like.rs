//! Entries of `x-models` that are like another one.

use super::{Finding, Found};
use crate::spec::Spec;

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    for fault in &spec.likes.faults {
        found.add(fault.rule, &fault.pointer, &fault.reason, &fault.fix);
    }
}

/// Drops the findings that an entry inherits, and those on entries that lack members because their `like` is wrong.
pub(super) fn once(spec: &Spec, findings: &mut Vec<Finding>) {
    let entry = |pointer: &str| {
        let (index, rest) = pointer.strip_prefix("/x-models/")?.split_once('/')?;
        Some((index.parse::<usize>().ok()?, rest.to_owned()))
    };
    let all = findings.clone();
    let has_wrong_like = |index: usize| {
        let place = format!("/x-models/{index}/like");
        spec.likes.faults.iter().any(|fault| fault.pointer == place)
    };
    findings.retain(|finding| {
        if finding.rule == "missing-member"
            && let Some(index) = finding
                .pointer
                .strip_prefix("/x-models/")
                .and_then(|index| index.parse().ok())
        {
            return !has_wrong_like(index);
        }
        let Some((index, rest)) = entry(&finding.pointer) else {
            return true;
        };
        let Some(base) = spec.likes.of.get(&index) else {
            return true;
        };
        let inherited = format!("/x-models/{base}/{rest}");
        !all.iter()
            .any(|other| other.pointer == inherited && other.rule == finding.rule && other.reason == finding.reason)
    });
}

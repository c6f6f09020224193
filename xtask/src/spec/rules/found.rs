//! Findings and their collection.

use std::rc::Rc;

use serde::Serialize;

use super::walk::{self, Node};
use crate::spec::{Spec, SpecError};

/// One error in a spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, as given.
    pub file: String,
    /// Line, from 1: of the place itself, or of the nearest node around it in the file.
    pub line: usize,
    /// JSON pointer into the document, empty for the whole of it.
    pub pointer: String,
    /// Name of the rule.
    pub rule: &'static str,
    /// The problem.
    pub reason: String,
    /// The fix.
    pub fix: String,
}

/// The findings of one file, while it is checked.
pub(super) struct Found<'a> {
    pub(super) spec: &'a Spec,
    /// The nodes of that spec, walked once for all groups of rules.
    nodes: Rc<[Node<'a>]>,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Found<'a> {
    pub(super) fn new(spec: &'a Spec) -> Self {
        Self {
            spec,
            nodes: walk::nodes(spec).into(),
            findings: Vec::new(),
        }
    }

    /// The spec's nodes, detached from `self`, so that findings can be added while iterating.
    pub(super) fn nodes(&self) -> Rc<[Node<'a>]> {
        Rc::clone(&self.nodes)
    }

    /// Adds a finding without a line, which is added later.
    pub(super) fn add(
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
    pub(super) fn refuse(self) -> Result<(), SpecError> {
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

/// The fix for a word that is not in `known`: the nearest of them, or all.
pub(super) fn instead(word: &str, known: &[&str]) -> String {
    match near(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known: {}", known.join(", ")),
    }
}

/// The word in `known` that is most like `word`.
pub(super) fn near<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    similar::get_close_matches(word, known, 1, 0.6).first().copied()
}

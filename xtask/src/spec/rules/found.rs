//! Findings, and where they are collected.

use std::rc::Rc;

use serde::Serialize;

use super::walk::{self, Node};
use crate::spec::{Spec, SpecError};

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
pub(super) struct Found<'a> {
    pub(super) spec: &'a Spec,
    /// Of that spec, found once for all groups of rules.
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

    /// The spec's nodes, apart from the findings, so that these can be added to on the way.
    pub(super) fn nodes(&self) -> Rc<[Node<'a>]> {
        Rc::clone(&self.nodes)
    }

    /// Adds a finding whose line is not known yet.
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

/// What to do about a word that is none of `known`: the nearest of them, or all.
pub(super) fn instead(word: &str, known: &[&str]) -> String {
    match near(word, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    }
}

/// The one of `known` that `word` may be meant to be.
pub(super) fn near<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    similar::get_close_matches(word, known, 1, 0.6).first().copied()
}

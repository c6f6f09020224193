//! Which operations of an OpenAPI document concern a spec: by their paths, and those that moved, by their ids and members.

use std::collections::BTreeSet;

use heck::ToSnakeCase as _;

use super::called::Called;
use super::facts::{Operation, Place, shape};

/// What tells the operations that concern a spec from the rest of a document: the first part of a path after its version.
#[must_use]
pub fn stem(path: &str) -> String {
    let shape = shape(path);
    let is_version = |part: &&str| {
        part.strip_prefix('v')
            .is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    shape
        .split('/')
        .find(|part| !is_version(part))
        .unwrap_or_default()
        .to_owned()
}

/// An operation that the spec has from a document.
#[derive(Debug, Clone)]
pub struct Documented(Offered);

/// An operation of a document.
#[derive(Debug, Clone)]
pub struct Offered {
    /// Method and whole path.
    pub operation: Operation,
    /// Its `operationId`; empty if it has none.
    pub id: String,
    /// The members of its request body.
    pub members: BTreeSet<String>,
}

impl Documented {
    /// An operation of the spec with its `operationId`.
    #[must_use]
    pub fn of(call: &Called, id: &str) -> Self {
        let own = call.fields.keys().filter(|(place, _)| *place == Place::Request);
        let own = own.map(|(_, name)| name.clone()).filter(|name| !name.contains('.'));
        Self(Offered {
            operation: call.operation.clone(),
            id: id.to_owned(),
            members: own.collect(),
        })
    }

    /// Whether an operation at another path is this one: by its id, or by most members of both bodies.
    fn became(&self, new: &Offered) -> bool {
        let Self(old) = self;
        let common = 2 * old.members.intersection(&new.members).count();
        let has_most = common > 0 && common >= old.members.len() && common >= new.members.len();
        let has_id = !new.id.is_empty() && new.id.to_snake_case() == old.id.to_snake_case();
        old.operation.method == new.operation.method && (has_most || has_id)
    }
}

/// The paths to which operations moved that the document no longer has at their own.
#[must_use]
pub fn moved(documented: &[Documented], offered: &[Offered]) -> Vec<String> {
    let is_there = |Documented(old): &&Documented| offered.iter().any(|new| new.operation.is(&old.operation));
    let gone: Vec<_> = documented.iter().filter(|old| !is_there(old)).collect();
    let moved = offered.iter().filter(|new| gone.iter().any(|old| old.became(new)));
    moved.map(|new| new.operation.path.clone()).collect()
}

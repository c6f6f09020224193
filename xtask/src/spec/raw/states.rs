//! Statements about the fields of a request, in conditions and in prices.

use std::collections::BTreeMap;

use crate::spec::facts::{FieldState, FieldWord};

/// Statements about fields, as items of a list.
pub(super) fn tests(tests: &BTreeMap<String, FieldState>) -> String {
    let tests: Vec<String> = tests
        .iter()
        .map(|(field, state)| {
            let state = match state {
                FieldState::Word(FieldWord::Set) => "Set".to_owned(),
                FieldState::Word(FieldWord::Unset) => "Unset".to_owned(),
                FieldState::OneOf(values) => format!("OneOf(&{values:?})"),
            };
            format!("FieldTest {{ field: {field:?}, is: FieldState::{state} }}")
        })
        .collect();
    tests.join(", ")
}

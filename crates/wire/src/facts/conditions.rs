//! Rules between fields, and values with a note.

/// Rule between fields: where everything in `when` is true of a request, everything in `requires` must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// When the rule applies.
    pub when: &'static [FieldTest],
    /// What must then be true.
    pub requires: &'static [FieldTest],
    /// Whether no page documents the rule.
    pub unverified: bool,
}

/// A value that is accepted with a note, because the vendor may refuse it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// Normalised field.
    pub field: &'static str,
    /// Its value.
    pub value: &'static str,
    /// Why the vendor may refuse it.
    pub reason: &'static str,
}

/// A statement about one field of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldTest {
    /// Normalised field, input role, or `inputs` for an input of any role.
    pub field: &'static str,
    /// What it must be.
    pub is: FieldState,
}

/// What a [`FieldTest`] demands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldState {
    /// Set, whatever its value.
    Set,
    /// Not set.
    Unset,
    /// Set to one of these values; an automatic duration is `auto`, and `unset` stands for not set at all.
    OneOf(&'static [&'static str]),
}

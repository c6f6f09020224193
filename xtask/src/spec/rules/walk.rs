//! Every node of a spec that is specification: schemas, and the objects around them. What is in examples, defaults,
//! enums and extensions is data, and is not walked.

use serde_json::Value;

use crate::spec::{Spec, escape, members};

/// Kind of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A schema under `components/schemas`.
    Component,
    /// A property of an object.
    Property,
    /// Any other inline schema: of a parameter, a body, an array's items.
    Inline,
    /// A member of `allOf`, `oneOf` or `anyOf`.
    Part,
    /// The schema in `not`; not checked, and not walked further.
    Excluded,
    /// Not a schema.
    Other,
}

impl Kind {
    /// Whether the node is a schema that describes something.
    pub(super) fn is_schema(self) -> bool {
        !matches!(self, Self::Other | Self::Excluded)
    }
}

/// A node and its place.
pub(super) struct Node<'a> {
    pub(super) pointer: String,
    pub(super) value: &'a Value,
    pub(super) kind: Kind,
}

/// All nodes that are objects, parents first.
pub(super) fn nodes(spec: &Spec) -> Vec<Node<'_>> {
    let mut found = Vec::new();
    visit(&spec.doc, String::new(), Kind::Other, &mut found);
    found
}

fn visit<'a>(value: &'a Value, pointer: String, kind: Kind, found: &mut Vec<Node<'a>>) {
    if let Value::Array(items) = value {
        for (index, item) in items.iter().enumerate() {
            visit(item, format!("{pointer}/{index}"), kind, found);
        }
        return;
    }
    let Value::Object(object) = value else { return };
    if kind == Kind::Excluded {
        found.push(Node { pointer, value, kind });
        return;
    }
    let here = pointer.clone();
    found.push(Node { pointer, value, kind });
    for (key, member) in object {
        let place = format!("{here}/{}", escape(key));
        let mut each = |kind: Kind| {
            for (name, member) in members(Some(member)) {
                visit(member, format!("{place}/{}", escape(name)), kind, found);
            }
        };
        match (kind, key.as_str()) {
            (_, key) if key.starts_with("x-") => {}
            (Kind::Other, "example" | "examples") => {}
            (Kind::Other, "schema") => visit(member, place, Kind::Inline, found),
            (Kind::Other, "schemas") if here == "/components" => each(Kind::Component),
            (Kind::Other, _) => visit(member, place, Kind::Other, found),
            (_, "properties") => each(Kind::Property),
            (_, "items" | "additionalProperties") => visit(member, place, Kind::Inline, found),
            (_, "allOf" | "oneOf" | "anyOf") => visit(member, place, Kind::Part, found),
            (_, "not") => visit(member, place, Kind::Excluded, found),
            _ => {}
        }
    }
}

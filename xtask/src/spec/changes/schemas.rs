//! Both specs walked side by side, from the operations down to the last schema.
//!
//! Each pair of components is compared once for each direction it is reached in; which operations and normalised
//! fields it serves is computed at the end, when all edges are known.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::components::{is_renamed, named, schema};
use super::judge::{Direction, Rule};
use super::keywords::{self, Kind};
use super::place::{Found, NodeKey, Place};
use super::properties::{Member, Sides};
use super::rest::rest;
use super::{names, properties};
use crate::spec::schema::is_string_enum;
use crate::spec::{Spec, component, members};

/// The results for a pair of components.
#[derive(Debug, Default, Clone)]
struct Node {
    inner: Vec<Edge>,
    operations: BTreeSet<String>,
    fields: BTreeSet<String>,
    is_status: bool,
}

#[derive(Debug, Clone)]
struct Edge {
    to: NodeKey,
    fields: Vec<String>,
    is_status: bool,
}

/// The walk, and its findings so far.
pub(crate) struct Walk<'a> {
    pub(crate) old: &'a Spec,
    pub(crate) new: &'a Spec,
    pub(crate) found: Vec<Found>,
    nodes: BTreeMap<NodeKey, Node>,
    waiting: Vec<NodeKey>,
    /// Which normalised fields some property carries, before and after.
    pub(crate) carriers: [BTreeMap<String, BTreeSet<String>>; 2],
}

impl<'a> Walk<'a> {
    pub(crate) fn new(old: &'a Spec, new: &'a Spec) -> Self {
        Self {
            old,
            new,
            found: Vec::new(),
            nodes: BTreeMap::new(),
            waiting: Vec::new(),
            carriers: [properties::carriers(old), properties::carriers(new)],
        }
    }

    /// Walks the schemas that the operations refer to. Returns all findings.
    pub(crate) fn finish(mut self) -> Vec<Found> {
        while let Some(key) = self.waiting.pop() {
            self.component(&key);
        }
        self.unused();
        self.settle();
        properties::moved(&mut self.found);
        self.found
    }

    /// Compares two schemas, which may be references.
    pub(crate) fn schema(&mut self, at: &Place, old: &Value, new: &Value) {
        self.schema_of(at, old, new, false);
    }

    /// As [`Self::schema`]; `is_status`: the value is a task's status.
    pub(crate) fn schema_of(&mut self, at: &Place, old: &Value, new: &Value, is_status: bool) {
        let names = [(self.old, old), (self.new, new)].map(|(spec, schema)| named(spec, schema));
        if let [Some(a), Some(b)] = names {
            if a == b || is_renamed(self.old, self.new, a, b) {
                self.edge(at, a, b, is_status);
                let handled = ["$ref", "allOf", "x-field"];
                self.facets(at, old, new, &handled);
            } else {
                self.retyped(at, a, b);
            }
            return;
        }
        let (a, b) = (resolved(self.old, old), resolved(self.new, new));
        let typed = |name: Option<&str>, schema: &Value| match name {
            Some(name) if is_string_enum(schema) || schema.get("type") == Some(&json!("object")) => name.to_owned(),
            _ => Kind::of(schema).to_string(),
        };
        let (from, to) = (typed(names[0], &a), typed(names[1], &b));
        if from != to && (names[0].is_some_and(|name| name == from) || names[1].is_some_and(|name| name == to)) {
            self.retyped(at, &from, &to);
            return;
        }
        self.resolved(at, &a, &b);
    }

    /// Compares two schemas that are not references.
    fn resolved(&mut self, at: &Place, old: &Value, new: &Value) {
        if !keywords::types(at, old, new, &mut self.found) {
            return;
        }
        if old.get("properties").is_some() || new.get("properties").is_some() {
            let sides = Sides {
                old: self.old,
                new: self.new,
                carriers: &self.carriers,
            };
            for member in properties::diff(sides, at, old, new, &mut self.found) {
                let Member {
                    place,
                    old,
                    new,
                    is_status,
                } = member;
                self.schema_of(&place, old, new, is_status);
            }
        }
        if let (Some(a), Some(b)) = (old.get("items"), new.get("items")) {
            let mut items = at.inner(format!("{}[]", at.name));
            items.rust.clone_from(&at.rust);
            self.schema(&items, a, b);
        }
        if let (Some(a @ Value::Object(_)), Some(b @ Value::Object(_))) =
            (old.get("additionalProperties"), new.get("additionalProperties"))
        {
            self.schema(&at.inner(format!("{}.*", at.name)), a, b);
        } else {
            keywords::extras(at, old, new, &mut self.found);
        }
        let mut handled = vec![
            "type",
            "oneOf",
            "properties",
            "required",
            "additionalProperties",
            "x-field",
        ];
        if old.get("items").is_some() && new.get("items").is_some() {
            handled.push("items");
        }
        self.facets(at, old, new, &handled);
    }

    /// Compares everything about a schema except its shape.
    fn facets(&mut self, at: &Place, old: &Value, new: &Value, handled: &[&str]) {
        keywords::diff(at, old, new, &mut self.found);
        let handled: Vec<&str> = handled.iter().copied().chain(keywords::HANDLED).collect();
        rest(at, old, new, &handled, &mut self.found);
    }

    fn retyped(&mut self, at: &Place, from: &str, to: &str) {
        self.found.push(Found::at(
            at,
            Rule::TypeChanged,
            format!("type changed from `{from}` to `{to}`"),
        ));
    }

    fn edge(&mut self, at: &Place, old: &str, new: &str, is_status: bool) {
        let Some(direction) = at.direction else { return };
        let to: NodeKey = (old.to_owned(), new.to_owned(), direction);
        if !self.nodes.contains_key(&to) {
            self.nodes.insert(to.clone(), Node::default());
            self.waiting.push(to.clone());
        }
        let fields = at.fields.clone();
        if let Some(from) = &at.node {
            let edge = Edge { to, fields, is_status };
            self.nodes.entry(from.clone()).or_default().inner.push(edge);
        } else if let Some(node) = self.nodes.get_mut(&to) {
            node.operations.extend(at.operation.clone());
            node.fields.extend(fields);
        }
    }

    /// Compares a pair of components.
    fn component(&mut self, key: &NodeKey) {
        let (old_name, new_name, direction) = key;
        let (Some(old), Some(new)) = (schema(self.old, old_name), schema(self.new, new_name)) else {
            return;
        };
        let mut at = Place::named(old_name).going(*direction);
        at.node = Some(key.clone());
        let prefix = if is_string_enum(old) { "enums" } else { "types" };
        if old_name != new_name {
            let mut found = Found::at(&at, Rule::SchemaRenamed, format!("renamed to `{new_name}`"));
            found.rust = vec![format!("{prefix}::{old_name} → {new_name}")];
            self.found.push(found);
        }
        at.rust =
            (is_string_enum(old) || old.get("type") == Some(&json!("object"))).then(|| format!("{prefix}::{old_name}"));
        self.resolved(&at, old, new);
    }

    /// Compares components that no operation of either spec reaches, including added and removed ones.
    fn unused(&mut self) {
        let reached =
            |pick: fn(&NodeKey) -> &String| -> BTreeSet<String> { self.nodes.keys().map(pick).cloned().collect() };
        let (old_reached, new_reached) = (reached(|key| &key.0), reached(|key| &key.1));
        let (old_used, new_used) = (used(self.old), used(self.new));
        for (name, _) in self.old.schemas().filter(|(name, _)| !old_reached.contains(*name)) {
            let mut at = Place::named(name);
            at.rust = Some(format!("types::{name}"));
            if schema(self.new, name).is_some() {
                if !new_reached.contains(name) {
                    self.met_elsewhere(&at, name);
                }
            } else if !old_used.contains(name) {
                self.found
                    .push(Found::at(&at, Rule::SchemaRemoved, "removed; no operation used it"));
            }
        }
        for (name, _) in self.new.schemas().filter(|(name, _)| !new_reached.contains(*name)) {
            if schema(self.old, name).is_none() && !new_used.contains(name) {
                let mut at = Place::named(name);
                at.rust = Some(format!("types::{name}"));
                self.found
                    .push(Found::at(&at, Rule::SchemaAdded, "added; no operation uses it yet"));
            }
        }
        while let Some(key) = self.waiting.pop() {
            self.component(&key);
        }
        self.unused_parts();
    }

    /// A component that no pair of operations shares: one is sent and received as in the operations of either spec.
    fn met_elsewhere(&mut self, at: &Place, name: &str) {
        let mut ways: BTreeSet<(Direction, Option<String>)> = BTreeSet::new();
        for spec in [self.new, self.old] {
            for operation in spec.operations() {
                for (key, direction) in [("requestBody", Direction::Sent), ("responses", Direction::Received)] {
                    if references(spec, &operation.value[key]).contains(&format!("#/components/schemas/{name}")) {
                        ways.insert((direction, operation.id().map(str::to_owned)));
                    }
                }
            }
        }
        if ways.is_empty() {
            ways.insert((Direction::Received, None));
        }
        for (direction, operation) in ways {
            let mut at = at.going(direction);
            at.operation = operation;
            self.edge(&at, name, name, false);
        }
    }

    /// Compares parameters, responses and the like that nothing refers to: not visible to clients.
    fn unused_parts(&mut self) {
        let (old, new) = (&self.old.doc["components"], &self.new.doc["components"]);
        let (old_used, new_used) = (
            references(self.old, &self.old.doc["paths"]),
            references(self.new, &self.new.doc["paths"]),
        );
        let kinds: BTreeSet<&str> = members(Some(old))
            .chain(members(Some(new)))
            .map(|(kind, _)| kind)
            .collect();
        for kind in kinds
            .into_iter()
            .filter(|kind| !matches!(*kind, "schemas" | "securitySchemes"))
        {
            let (before, after) = (&old[kind], &new[kind]);
            let names: BTreeSet<&str> = members(Some(before))
                .chain(members(Some(after)))
                .map(|(name, _)| name)
                .collect();
            for name in names {
                let reference = format!("#/components/{kind}/{name}");
                let is_used = old_used.contains(&reference) || new_used.contains(&reference);
                if !is_used && before.get(name) != after.get(name) {
                    let at = Place::named(format!("{kind} {name}"));
                    self.found
                        .push(Found::at(&at, Rule::Docs, "changed; no operation uses it"));
                }
            }
        }
    }

    /// Passes operations, fields and statuses down the edges, and adds them to the findings.
    fn settle(&mut self) {
        let mut waiting: Vec<NodeKey> = self.nodes.keys().cloned().collect();
        while let Some(key) = waiting.pop() {
            let node = self.nodes[&key].clone();
            for edge in &node.inner {
                let Some(inner) = self.nodes.get_mut(&edge.to) else {
                    continue;
                };
                let before = (inner.operations.len(), inner.fields.len(), inner.is_status);
                inner.operations.extend(node.operations.iter().cloned());
                if edge.fields.is_empty() {
                    inner.fields.extend(node.fields.iter().cloned());
                } else {
                    inner.fields.extend(edge.fields.iter().cloned());
                }
                inner.is_status |= edge.is_status;
                if before != (inner.operations.len(), inner.fields.len(), inner.is_status) {
                    waiting.push(edge.to.clone());
                }
            }
        }
        for found in &mut self.found {
            let Some(node) = found.node.as_ref().and_then(|key| self.nodes.get(key)) else {
                continue;
            };
            found.operations.extend(node.operations.iter().cloned());
            if found.facade.is_empty() {
                found.facade.extend(node.fields.iter().cloned());
            }
            if node.is_status {
                found
                    .facade
                    .extend(found.words.iter().map(|word| names::task_status(&self.new.doc, word)));
            }
        }
    }
}

/// A reference's target, overlaid with the keys next to the reference.
fn resolved(spec: &Spec, value: &Value) -> Value {
    let Some(target) = named(spec, value).and_then(|name| schema(spec, name)) else {
        return value.clone();
    };
    let mut whole = target.clone();
    if let Some(whole) = whole.as_object_mut() {
        let beside = members(Some(value)).filter(|(key, _)| !matches!(*key, "$ref" | "allOf"));
        whole.extend(beside.map(|(key, member)| (key.to_owned(), member.clone())));
    }
    whole
}

/// Every component schema that the operations of a spec can reach.
fn used(spec: &Spec) -> BTreeSet<String> {
    let all = references(spec, &spec.doc["paths"]);
    all.iter()
        .filter_map(|reference| component(reference))
        .map(str::to_owned)
        .collect()
}

/// Every reference that a part of a spec leads to.
fn references(spec: &Spec, part: &Value) -> BTreeSet<String> {
    fn walk(spec: &Spec, value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(reference) = object.get("$ref").and_then(Value::as_str)
                    && found.insert(reference.to_owned())
                    && let Some(target) = spec.doc.pointer(reference.trim_start_matches('#'))
                {
                    walk(spec, target, found);
                }
                for (key, value) in object {
                    if key != "example" && key != "examples" {
                        walk(spec, value, found);
                    }
                }
            }
            Value::Array(items) => items.iter().for_each(|value| walk(spec, value, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    walk(spec, part, &mut found);
    found
}

//! Every reference and every name exists, and every component is used.

use std::collections::BTreeSet;

use serde_json::Value;

use super::walk::Kind;
use super::{Found, instead};
use crate::spec::{Spec, auth, escape, members};

/// References to missing components.
pub(super) fn nowhere(spec: &Spec, found: &mut Found<'_>) {
    for node in &*found.nodes() {
        if node.kind == Kind::Excluded {
            continue;
        }
        if let Some(target) = node.value.get("$ref")
            && !target
                .as_str()
                .and_then(|target| target.strip_prefix('#'))
                .is_some_and(|target| target.starts_with('/') && spec.doc.pointer(target).is_some())
        {
            let (section, name) = target
                .as_str()
                .and_then(|target| target.rsplit_once('/'))
                .unwrap_or_default();
            let known: Vec<&str> = members(spec.doc.pointer(section.trim_start_matches('#')))
                .map(|(name, _)| name)
                .collect();
            found.add(
                "ref-nowhere",
                format!("{}/$ref", node.pointer),
                format!("{target} is not in this file"),
                instead(name, &known),
            );
        }
    }
}

/// Security schemes that no client can use, and schemes and tags that are not declared.
pub(super) fn names(spec: &Spec, found: &mut Found<'_>) {
    let schemes = spec.doc.pointer("/components/securitySchemes");
    for (name, scheme) in members(schemes) {
        if let Some((reason, fix)) = auth::fault(scheme) {
            let place = format!("/components/securitySchemes/{}", escape(name));
            found.add("security-kind", place, reason, fix);
        }
    }
    if list(spec.doc.get("security")).next().is_none() {
        found.add(
            "missing-security",
            "/security",
            "the key is sent with every call, but the file has no `security`",
            "write `security: [{bearer: []}]`, with the scheme in /components/securitySchemes",
        );
    }
    let tags: BTreeSet<&str> = list(spec.doc.get("tags"))
        .filter_map(|tag| tag.get("name")?.as_str())
        .collect();
    let operations = spec.operations().map(|operation| (operation.pointer, operation.value));
    for (place, holder) in operations.chain(spec.callbacks()).chain([(String::new(), &spec.doc)]) {
        for (index, requirement) in list(holder.get("security")).enumerate() {
            for (name, _) in members(Some(requirement)) {
                if schemes.and_then(|schemes| schemes.get(name)).is_none() {
                    found.add(
                        "security-nowhere",
                        format!("{place}/security/{index}/{}", escape(name)),
                        format!("no security scheme is called `{name}`"),
                        "add it to /components/securitySchemes, or use one of those",
                    );
                }
            }
        }
        if place.is_empty() {
            continue;
        }
        for (index, tag) in list(holder.get("tags")).enumerate() {
            if tag.as_str().is_some_and(|tag| !tags.contains(tag)) {
                found.add(
                    "tag-nowhere",
                    format!("{place}/tags/{index}"),
                    format!("the tag {tag} is not among the file's tags"),
                    "add it to /tags with a description, or use one of those",
                );
            }
        }
    }
}

fn list(value: Option<&Value>) -> impl Iterator<Item = &Value> {
    value.and_then(Value::as_array).into_iter().flatten()
}

/// Components that nothing under `paths` refers to.
pub(super) fn unused(spec: &Spec, found: &mut Found<'_>) {
    let mut used = BTreeSet::new();
    follow(spec, spec.doc.get("paths"), &mut used);
    schemes(spec.doc.get("security"), &mut used);
    for (section, all) in members(spec.doc.get("components")) {
        if section.starts_with("x-") {
            continue;
        }
        for (name, _) in members(Some(all)) {
            let place = format!("/components/{section}/{}", escape(name));
            let by_name = section == "securitySchemes" && used.contains(name);
            if !by_name && !used.contains(&place) {
                found.add(
                    "unused-component",
                    place,
                    format!("nothing uses `{name}`"),
                    "delete it, or refer to it",
                );
            }
        }
    }
}

fn follow(spec: &Spec, value: Option<&Value>, used: &mut BTreeSet<String>) {
    match value {
        Some(Value::Object(object)) => {
            for (key, value) in object {
                match (key.as_str(), value) {
                    ("$ref", Value::String(target)) => {
                        let target = target.trim_start_matches('#');
                        if used.insert(target.to_owned()) {
                            follow(spec, spec.doc.pointer(target), used);
                        }
                    }
                    ("security", value) => schemes(Some(value), used),
                    (_, value) => follow(spec, Some(value), used),
                }
            }
        }
        Some(Value::Array(items)) => items.iter().for_each(|item| follow(spec, Some(item), used)),
        _ => {}
    }
}

/// Security schemes are used by their names.
fn schemes(requirements: Option<&Value>, used: &mut BTreeSet<String>) {
    for requirement in list(requirements) {
        used.extend(members(Some(requirement)).map(|(name, _)| name.to_owned()));
    }
}

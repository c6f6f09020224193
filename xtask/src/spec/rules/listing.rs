//! `x-listed-models` names an operation of the file, and members of its answer.

use serde_json::Value;

use super::{Found, instead};
use crate::spec::listing::STATED;
use crate::spec::schema::target;
use crate::spec::{Spec, members};

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let Some(listing) = spec.doc.get("x-listed-models") else {
        return;
    };
    let text = |member: &str| listing.get(member).and_then(Value::as_str);
    let Some((id, list)) = text("operation").zip(text("models")) else {
        return;
    };
    let known: Vec<&str> = spec.operations().filter_map(|operation| operation.id()).collect();
    let Some(operation) = spec.operations().find(|operation| operation.id() == Some(id)) else {
        let reason = format!("the operation `{id}` is not in this file");
        return found.add(
            "unknown-operation",
            "/x-listed-models/operation",
            reason,
            instead(id, &known),
        );
    };
    let Some(answer) = operation.success_schemas().next() else {
        let reason = format!("the operation `{id}` returns no JSON");
        return found.add(
            "unknown-operation",
            "/x-listed-models/operation",
            reason,
            "name another one",
        );
    };
    let entry = match lookup(spec, answer, list) {
        Ok(schema) => match schema.and_then(|schema| schema.get("items")) {
            Some(entry) => entry,
            None => {
                let reason = format!("`{list}` is no list in the answer of `{id}`");
                return found.add(
                    "unknown-member",
                    "/x-listed-models/models",
                    reason,
                    "name the list of the models",
                );
            }
        },
        Err(fix) => {
            let reason = format!("the answer of `{id}` has no member `{list}`");
            return found.add("unknown-member", "/x-listed-models/models", reason, fix);
        }
    };
    for member in std::iter::once("id").chain(STATED) {
        let Some(path) = text(member) else { continue };
        if let Err(fix) = lookup(spec, entry, path) {
            let reason = format!("an entry of `{list}` has no member `{path}`");
            found.add("unknown-member", format!("/x-listed-models/{member}"), reason, fix);
        }
    }
}

/// The schema at a path with dots; `None` where an object with arbitrary members may have it.
///
/// # Errors
/// What to write instead.
fn lookup<'a>(spec: &'a Spec, schema: &'a Value, path: &str) -> Result<Option<&'a Value>, String> {
    let mut schema = target(spec, schema);
    for name in path.split('.') {
        let properties = schema.get("properties");
        match properties.and_then(|properties| properties.get(name)) {
            Some(property) => schema = target(spec, property),
            None if schema.get("additionalProperties") == Some(&Value::Bool(true)) => return Ok(None),
            None => {
                let known: Vec<&str> = members(properties).map(|(name, _)| name).collect();
                return Err(instead(name, &known));
            }
        }
    }
    Ok(Some(schema))
}

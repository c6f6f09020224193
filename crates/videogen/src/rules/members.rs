//! Notes on the caller's own members (`extra`), by the members of the request's schema.

use serde_json::{Map, Value};
use videogen_wire::facts::{Field, Place};

use super::conditions::value;
use crate::model::extra::placed;
use crate::model::mask::hide_urls;
use crate::model::nearest::nearest;
use crate::model::{Capabilities, Note, VideoRequest};

/// What other APIs call fields whose names here are not like theirs.
const ELSEWHERE: [(&str, &str); 3] = [
    ("seconds", "duration"),
    ("length", "duration"),
    ("audio", "generate_audio"),
];

/// Returns the notes on own members that the vendor reads in place of fields that are sent too, and at a listed model on those
/// that are not documented.
pub(super) fn members(rules: &Capabilities, request: &VideoRequest) -> Vec<Note> {
    let mut found = Vec::new();
    if request.extra.is_empty() {
        return found;
    }
    level(
        rules,
        request,
        &placed(&rules.model.request, &request.extra),
        "",
        &mut found,
    );
    found
}

/// One level of the body. `prefix`: the path of the object around it, which ends in a dot.
fn level(
    rules: &Capabilities,
    request: &VideoRequest,
    extra: &Map<String, Value>,
    prefix: &str,
    found: &mut Vec<Note>,
) {
    let body = &rules.model.request;
    let is_of_model = |field: &&Field| field.place == Place::Body && !rules.model.without.contains(&field.name);
    let fields = body.fields.iter().filter(is_of_model);
    let all = fields
        .map(|field| field.wire)
        .chain(body.rest.iter().map(|rest| rest.wire));
    let all: Vec<&str> = all.collect();
    // The names of this level.
    let mut known: Vec<&str> = all
        .iter()
        .filter_map(|wire| wire.strip_prefix(prefix)?.split('.').next())
        .collect();
    for extra in body.extra.iter().filter(|_| prefix.is_empty()) {
        known.push(extra.inside);
        known.extend(extra.own);
    }
    for (name, member) in extra {
        let wire = format!("{prefix}{name}");
        if let Some(rest) = body.rest.iter().find(|rest| rest.wire == wire) {
            let both = rest.replaces.iter().filter(|field| value(request, field).is_some());
            found.extend(both.map(|field| Note {
                field: "extra".to_owned(),
                value: wire.clone(),
                reason: format!(
                    "{} reads it in place of `{field}`, which is set too; leave one of them out",
                    rules.vendor.name()
                ),
                sets: Some((*field).to_owned()),
            }));
        } else if !known.contains(&name.as_str()) {
            let near = || nearest(name, known.iter().copied()).map(str::to_owned);
            let meant = field(rules, name).map(|field| format!("`{field}`")).or_else(near);
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
            found.extend(rules.is_known().then(|| Note {
                field: "extra".to_owned(),
                value: hide_urls(&wire),
                reason: format!(
                    "{} documents no such member for this model, and may ignore it{meant}",
                    rules.vendor.name()
                ),
                sets: None,
            }));
        } else if let Value::Object(members) = member {
            let inside = format!("{wire}.");
            // Of others, the spec does not have what is in them.
            if all.iter().any(|wire| wire.starts_with(&inside)) {
                level(rules, request, members, &inside, found);
            }
        }
    }
}

/// The field that the model supports under another name, if a member is called like it here or in another API.
fn field(rules: &Capabilities, name: &str) -> Option<&'static str> {
    let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name);
    let name = elsewhere.map_or(name, |(_, field)| field);
    let mut fields = rules.model.request.fields.iter().map(|field| field.name);
    fields.find(|field| *field == name && rules.field(field).is_some())
}

// The cases are from real vendors.
#[cfg(all(test, feature = "ark", feature = "openrouter", feature = "replicate"))]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::Vendor;

    fn notes(vendor: Vendor, request: &VideoRequest) -> Vec<String> {
        let found = members(&Capabilities::of(vendor, &request.model), request);
        found.iter().map(ToString::to_string).collect()
    }

    fn with(vendor: Vendor, name: &str, value: Value) -> VideoRequest {
        let mut request = VideoRequest::new(vendor.default_model(), "x");
        request.extra.insert(name.to_owned(), value);
        request
    }

    #[test]
    fn an_undocumented_member_has_a_note() {
        let note = |name: &str, vendor: &str, near: &str| {
            let meant = match near {
                "" => String::new(),
                near => format!("; did you mean {near}?"),
            };
            format!(
                "extra = {name}: the vendor may refuse it: {vendor} documents no such member for this model, and may ignore \
                 it{meant}"
            )
        };
        for (vendor, name, value, expected) in [
            (
                Vendor::Ark,
                "prioritty",
                json!(5),
                Some(note("prioritty", "BytePlus ModelArk", "priority")),
            ),
            (Vendor::Ark, "priority", json!(5), None),
            (
                Vendor::Ark,
                "zoom",
                json!(5),
                Some(note("zoom", "BytePlus ModelArk", "")),
            ),
            (
                Vendor::Ark,
                "seconds",
                json!(9),
                Some(note("seconds", "BytePlus ModelArk", "`duration`")),
            ),
            (
                Vendor::Ark,
                "aspect_ratio",
                json!("1:1"),
                Some(note("aspect_ratio", "BytePlus ModelArk", "`aspect_ratio`")),
            ),
            (
                Vendor::Ark,
                "tools",
                json!([{"type": "x"}]),
                Some(note("tools", "BytePlus ModelArk", "")),
            ),
            (
                Vendor::Replicate,
                "input",
                json!({"watermark": true}),
                Some(note("input.watermark", "Replicate", "")),
            ),
            (Vendor::Replicate, "webhook_events_filter", json!(["completed"]), None),
            (
                Vendor::OpenRouter,
                "provder",
                json!({}),
                Some(note("provder", "OpenRouter", "provider")),
            ),
            (
                Vendor::OpenRouter,
                "provider",
                json!({"options": {"x": {"y": 1}}}),
                None,
            ),
        ] {
            let found = notes(vendor, &with(vendor, name, value));
            assert_eq!(found.first(), expected.as_ref(), "{vendor} {name}");
        }
        // Nothing is known about what other models take.
        let unlisted = VideoRequest {
            model: "unlisted".to_owned(),
            ..with(Vendor::Ark, "prioritty", json!(5))
        };
        assert!(notes(Vendor::Ark, &unlisted).is_empty());
    }

    #[test]
    fn no_documented_member_has_such_a_note() {
        let nested = |wire: &str| {
            let nest = |value, name: &str| Value::Object(Map::from_iter([(name.to_owned(), value)]));
            let Value::Object(members) = wire.rsplit('.').fold(json!("x"), nest) else {
                unreachable!()
            };
            members
        };
        for rules in Vendor::ALL.iter().flat_map(|vendor| Capabilities::all(*vendor)) {
            let body = &rules.model.request;
            let fields = body.fields.iter().filter(|field| field.place == Place::Body);
            let fields = fields
                .filter(|field| rules.field(field.name).is_some())
                .map(|field| field.wire);
            for wire in fields.chain(body.rest.iter().map(|rest| rest.wire)) {
                let request = VideoRequest {
                    extra: nested(wire),
                    ..VideoRequest::new(rules.model.id, "x")
                };
                let found = members(&rules, &request);
                let is_undocumented = |note: &Note| note.reason.contains("documents no such member");
                assert!(
                    !found.iter().any(is_undocumented),
                    "{} {wire}: {found:?}",
                    rules.model.id
                );
            }
        }
    }

    #[test]
    fn a_member_in_place_of_a_field_has_a_note() {
        let request = with(Vendor::OpenRouter, "size", json!("1280x720"));
        assert!(notes(Vendor::OpenRouter, &request).is_empty());
        assert_eq!(
            notes(Vendor::OpenRouter, &request.resolution("720p")),
            ["extra = size: OpenRouter reads it in place of `resolution`, which is set too; leave one of them out"]
        );
    }
}

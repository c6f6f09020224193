//! Members of a request that the spec does not know.
//!
//! A service may drop such a member silently, and make something else than was requested.

use serde_json::Value;

use crate::spec::document::Spec;
use crate::spec::endpoint::Endpoint;
use crate::spec::fields::{Carrier, Outside, carrier_named};
use crate::spec::reference::resolve;
use crate::spec::vendor::Vendor;

/// Names that other APIs of this kind have for a normalised field.
const FOREIGN: [(&str, &str); 5] = [
    ("seconds", "duration"),
    ("length", "duration"),
    ("quality", "resolution"),
    ("audio", "generate_audio"),
    ("sound", "generate_audio"),
];
/// Least similarity of a name and the one that was probably meant.
const SIMILAR: f64 = 0.8;
/// Longest name that is repeated to the client.
const LONGEST: usize = 100;

/// A member that the spec does not know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UnknownMember {
    /// Its path, as in `metadata.size`. Printable ASCII: it goes into a header.
    pub(crate) path: String,
    /// The documented member that was probably meant.
    pub(crate) nearest: Option<String>,
}

impl UnknownMember {
    /// The member, and the one that was probably meant.
    pub(crate) fn hint(&self) -> String {
        match &self.nearest {
            Some(nearest) => format!("{} (did you mean {nearest}?)", self.path),
            None => self.path.clone(),
        }
    }
}

/// Returns the members of a body that the schema of its model does not know. All keys of an object that the
/// schema leaves open are known.
pub(crate) fn unknown_members(
    spec: &Spec,
    endpoint: &Endpoint,
    outside: &[Outside],
    body: &Value,
) -> Vec<UnknownMember> {
    let Some((_, shape)) = spec.addressed(endpoint, outside, body) else {
        return Vec::new();
    };
    let mut search = Search {
        document: spec.document(),
        carriers: &shape.carriers,
        found: Vec::new(),
    };
    search.look(&search.branches(spec.body_schema(shape)), body, "");
    search.found
}

struct Search<'a> {
    document: &'a Value,
    carriers: &'a [Carrier],
    found: Vec<UnknownMember>,
}

impl<'a> Search<'a> {
    /// A schema, and all that it is composed of.
    fn branches(&self, schema: &'a Value) -> Vec<&'a Value> {
        let schema = resolve(self.document, schema);
        let parts = ["allOf", "anyOf", "oneOf"].into_iter();
        let parts = parts.flat_map(|name| schema[name].as_array().into_iter().flatten());
        std::iter::once(schema)
            .chain(parts.flat_map(|part| self.branches(part)))
            .collect()
    }

    fn look(&mut self, schemas: &[&'a Value], value: &Value, path: &str) {
        match value {
            Value::Object(members) if is_closed(schemas) => {
                for (name, value) in members {
                    let name_path = if path.is_empty() {
                        printable(name)
                    } else {
                        format!("{path}.{}", printable(name))
                    };
                    let known = schemas.iter().filter_map(|schema| schema["properties"].get(name));
                    let known: Vec<_> = known.flat_map(|schema| self.branches(schema)).collect();
                    if known.is_empty() {
                        let nearest = self.nearest(schemas, name, value, path);
                        self.found.push(UnknownMember {
                            path: name_path,
                            nearest,
                        });
                    } else {
                        self.look(&known, value, &name_path);
                    }
                }
            }
            Value::Array(items) => {
                let known = schemas.iter().filter_map(|schema| schema.get("items"));
                let known: Vec<_> = known.flat_map(|schema| self.branches(schema)).collect();
                for (index, item) in items.iter().enumerate() {
                    self.look(&known, item, &format!("{path}[{index}]"));
                }
            }
            _ => {}
        }
    }

    /// The documented member of the same meaning, or else the one in the same object with the most similar name.
    fn nearest(&self, schemas: &[&Value], name: &str, value: &Value, path: &str) -> Option<String> {
        if let Some(meant) = self.of_same_meaning(name, value) {
            return Some(meant);
        }
        let names = schemas.iter().filter_map(|schema| schema["properties"].as_object());
        let names = names.flat_map(|properties| properties.keys());
        let scored = names.map(|known| (strsim::jaro_winkler(known, name), known));
        let (score, best) = scored.max_by(|(one, _), (other, _)| one.total_cmp(other))?;
        let separator = if path.is_empty() { "" } else { "." };
        (score >= SIMILAR).then(|| format!("{path}{separator}{best}"))
    }

    /// What this endpoint calls a field that other vendors, or other APIs, call `name`.
    fn of_same_meaning(&self, name: &str, value: &Value) -> Option<String> {
        let own = |field: &str| {
            let carrier = self.carriers.iter().find(|carrier| carrier.field == field)?;
            Some(carrier.path.join("."))
        };
        let foreign = FOREIGN.iter().find(|(foreign, _)| *foreign == name);
        // Some APIs call the ratio so, others the tier.
        let size = match value.as_str() {
            Some(text) if text.contains(':') || text == "adaptive" => "aspect_ratio",
            _ => "resolution",
        };
        let size = (name == "size").then_some(size);
        let of_others = || {
            let specs = Vendor::ALL.into_iter().filter_map(|vendor| Spec::of(vendor).ok());
            let mut bodies = specs
                .flat_map(|spec| &spec.endpoints)
                .flat_map(|endpoint| &endpoint.bodies);
            bodies.find_map(|body| carrier_named(&body.carriers, name))
        };
        let field = foreign.map(|(_, field)| *field).or(size).or_else(of_others);
        own(field.unwrap_or(name))
    }
}

/// Whether a member that no schema names is unknown: some are named, and no schema leaves the object open.
fn is_closed(schemas: &[&Value]) -> bool {
    let open = |schema: &&Value| match &schema["additionalProperties"] {
        Value::Bool(open) => *open,
        other => other.is_object(),
    };
    schemas.iter().any(|schema| schema["properties"].is_object()) && !schemas.iter().any(open)
}

/// A name as it may be repeated: printable ASCII, and not too long.
fn printable(name: &str) -> String {
    name.escape_default().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    fn hints(vendor: Vendor, body: Value) -> Vec<String> {
        let spec = Spec::of(vendor).unwrap();
        let create = &spec.models[0].create;
        let endpoint = spec.endpoints.iter().find(|endpoint| endpoint.id == *create).unwrap();
        unknown_members(spec, endpoint, &[], &body)
            .iter()
            .map(UnknownMember::hint)
            .collect()
    }

    #[test]
    fn the_nearest_member_is_named() {
        let body = json!({"model": "seedance-2.0", "prompt": "a fox", "seconds": 10, "ratio": "1:1", "promt": "",
            "zzz": 1});
        let found = hints(Vendor::Token360, body);
        let wanted = [
            "promt (did you mean prompt?)",
            "ratio (did you mean aspect_ratio?)",
            "seconds (did you mean duration?)",
            "zzz",
        ];
        assert_eq!(found, wanted);
        let body = json!({"aspect_ratio": "1:1"});
        assert_eq!(hints(Vendor::AllToken, body), ["aspect_ratio (did you mean ratio?)"]);
    }

    #[test]
    fn a_size_is_a_ratio_or_a_tier_by_its_value() {
        let body = |model: &str, size: &str| json!({"model": model, "prompt": "a fox", "size": size});
        let old = "doubao-seedance-1-5-pro";
        for (vendor, model, size, meant) in [
            (Vendor::ToApis, old, "16:9", "aspect_ratio"),
            (Vendor::ToApis, old, "720p", "metadata.resolution"),
            (Vendor::AllToken, "seedance-2.0", "9:16", "ratio"),
            (Vendor::AllToken, "seedance-2.0", "1280x720", "resolution"),
            (Vendor::Token360, "seedance-2.0", "1:1", "aspect_ratio"),
        ] {
            assert_eq!(
                hints(vendor, body(model, size)),
                [format!("size (did you mean {meant}?)")]
            );
        }
        // Sent by the vendor's own samples.
        for model in ["seedance-2", "seedance-2-5"] {
            assert!(hints(Vendor::ToApis, body(model, "16:9")).is_empty(), "{model}");
        }
    }

    #[test]
    fn members_are_found_at_every_depth_and_open_objects_hold_anything() {
        let body = json!({"content": [{"type": "text", "text": "a", "tex": 1},
            {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "urls": 1}}]});
        let wanted = [
            "content[0].tex (did you mean content[0].text?)",
            "content[1].image_url.urls (did you mean content[1].image_url.url?)",
        ];
        assert_eq!(hints(Vendor::AllToken, body), wanted);
        let body = json!({"metadata": {"order": 1, "deep": {"seconds": 3}}});
        assert!(hints(Vendor::Token360, body).is_empty());
    }

    #[test]
    fn names_are_printable_and_short() {
        let found = hints(Vendor::Token360, json!({"a\r\nb\u{e9}": 1, "x".repeat(5_000): 2}));
        assert_eq!(found[0], r"a\r\nb\u{e9}");
        assert_eq!(found[1].len(), LONGEST);
    }

    #[test]
    fn the_examples_of_the_specs_have_no_unknown_members() {
        for vendor in Vendor::ALL {
            let spec = Spec::of(vendor).unwrap();
            for endpoint in spec.endpoints.iter().filter(|endpoint| !endpoint.bodies.is_empty()) {
                for (outside, example) in spec.request_examples(&endpoint.id) {
                    let found = unknown_members(spec, endpoint, &outside, example);
                    assert!(found.is_empty(), "{vendor} {}: {found:?}", endpoint.id);
                }
            }
        }
    }
}

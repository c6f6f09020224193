//! Members of a JSON body, read by JSON pointer. Members that are not read are not parsed.

use std::borrow::Cow;
use std::cell::OnceCell;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// A value in a body. The members of an object are separated when one of them is first asked for.
#[derive(Default)]
pub(super) struct Member<'a> {
    /// Empty: there is no JSON.
    text: &'a str,
    members: OnceCell<Members<'a>>,
}

type Members<'a> = Vec<(Cow<'a, str>, Member<'a>)>;

impl<'a> Member<'a> {
    /// A body. One that is not JSON has no members.
    pub(super) fn of(body: &'a [u8]) -> Self {
        Self::new(std::str::from_utf8(body).unwrap_or_default())
    }

    fn new(text: &'a str) -> Self {
        Self {
            text,
            members: OnceCell::new(),
        }
    }

    /// The member at `place`, a JSON pointer through objects. Of members with the same name, the last counts.
    pub(super) fn at(&self, place: &str) -> Option<&Self> {
        let mut names = place.strip_prefix('/')?.as_bytes().split(|byte| *byte == b'/');
        names.try_fold(self, |object, name| {
            let mut members = object.members().iter().rev();
            // Only few names have a slash or tilde, which a place escapes.
            let found = match name.contains(&b'~') {
                true => members.find(|(known, _)| known.replace('~', "~0").replace('/', "~1").as_bytes() == name),
                false => members.find(|(known, _)| known.as_bytes() == name),
            };
            found.map(|(_, member)| member)
        })
    }

    /// The value, parsed.
    pub(super) fn value(&self) -> Value {
        serde_json::from_str(self.text).unwrap_or_default()
    }

    fn members(&self) -> &Members<'a> {
        self.members.get_or_init(|| {
            let object: Result<Object<'a>, _> = serde_json::from_str(self.text);
            object.map(|Object(members)| members).unwrap_or_default()
        })
    }
}

/// An object in the order of its members.
struct Object<'a>(Members<'a>);

#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((Name(name), value)) = map.next_entry::<_, &RawValue>()? {
                    members.push((name, Member::new(value.get())));
                }
                Ok(Object(members))
            }
        }
        json.deserialize_map(Read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_goes_through_objects() {
        let body = br#"{"a": {"b/c": [1, {"x": 2}], "d~": null, "\u00e9": "\ud83d"}, "a2": 1, "e": 1, "e": 2}"#;
        let body = Member::of(body);
        assert_eq!(body.at("/a/b~1c").unwrap().value(), json!([1, {"x": 2}]));
        assert_eq!(body.at("/a/d~0").unwrap().value(), Value::Null);
        assert_eq!(body.at("/e").unwrap().value(), json!(2));
        // A text with half of a character spoils only itself.
        assert_eq!(body.at("/a/é").unwrap().value(), Value::Null);
        for missing in ["/b", "/a/b", "/a2/x", "/a/b~1c/0", "/a/d~0/x"] {
            assert!(body.at(missing).is_none(), "{missing}");
        }
    }

    #[test]
    fn what_is_not_json_has_no_members() {
        for body in [
            &b""[..],
            b"{",
            b"[]",
            b"\"a\"",
            b"\xff{}",
            b"{\"a\": 1} x",
            b"{\"a\": 1,}",
        ] {
            assert!(Member::of(body).at("/a").is_none(), "{body:?}");
        }
    }

    /// The same as a JSON pointer of the parsed body, except in lists.
    #[test]
    fn places_are_those_of_a_json_pointer() {
        let names = ["", "a", "b", "~0", "~1", "é", "\"", "a~1b"];
        let bodies = [
            json!({"a": {"a": 1, "b": {"": "x"}, "": true}, "b": "2", "": {"é": 2.5}}),
            json!({"~": {"/": {"~0": null}}, "/": [1], "é": {"\"": {"a/b": "c"}}, "\"": {}}),
            json!({"a/b": {"a/b": {"a/b": -3}}, "a": null}),
            json!([{"a": 1}]),
            json!("a"),
        ];
        for body in bodies {
            let text = body.to_string();
            let read = Member::of(text.as_bytes());
            let extend = |places: Vec<String>| -> Vec<String> {
                let longer = |place: String| names.map(|name| format!("{place}/{name}"));
                places.into_iter().flat_map(longer).collect()
            };
            let (mut places, mut found) = (vec![String::new()], 0);
            for _ in 0..3 {
                places = extend(places);
                for place in &places {
                    assert_eq!(
                        read.at(place).map(Member::value),
                        body.pointer(place).cloned(),
                        "{place}"
                    );
                    found += usize::from(read.at(place).is_some());
                }
            }
            assert_eq!(found > 0, body.is_object(), "{body}");
        }
    }
}

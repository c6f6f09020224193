//! Values of a YAML text, from the events that also give its lines, so that the text is parsed once.
//!
//! Only of what all versions of YAML read alike and specs consist of. Anything else (errors, duplicate keys, anchors, tags,
//! unusual numbers) is left to the library that reads into values.

use serde_json::{Map, Value};
use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

/// Builds a value from events.
#[derive(Default)]
pub(super) struct Composer {
    open: Vec<Open>,
    value: Option<Value>,
    /// Whether something is left to the library.
    is_unusual: bool,
}

/// The collection being read.
enum Open {
    Sequence(Vec<Value>),
    Mapping(Map<String, Value>, Option<String>),
}

/// The value of a text; `None` if the library has to read it.
pub(super) fn compose(text: &str) -> Option<Value> {
    let mut composer = Composer::default();
    for event in Parser::new_from_str(text) {
        composer.add(&event.ok()?.0);
    }
    composer.finish()
}

impl Composer {
    /// Adds the next event.
    pub(super) fn add(&mut self, event: &Event<'_>) {
        match event {
            Event::Scalar(text, style, 0, None) => {
                if let Some(Open::Mapping(members, key @ None)) = self.open.last_mut() {
                    self.is_unusual |= is_unusual_key(text) || members.contains_key(&**text);
                    *key = Some(text.to_string());
                } else if *style == ScalarStyle::Plain {
                    match plain(text) {
                        Some(value) => self.put(value),
                        None => self.is_unusual = true,
                    }
                } else {
                    self.put(Value::from(&**text));
                }
            }
            Event::SequenceStart(_, 0, None) => self.begin(Open::Sequence(Vec::new())),
            Event::MappingStart(_, 0, None) => self.begin(Open::Mapping(Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::Sequence(items)) => self.put(items.into()),
                Some(Open::Mapping(members, _)) => self.put(members.into()),
                None => self.is_unusual = true,
            },
            Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
            _ => self.is_unusual = true,
        }
    }

    fn begin(&mut self, collection: Open) {
        // A key that is a collection.
        self.is_unusual |= matches!(self.open.last(), Some(Open::Mapping(_, None)));
        self.open.push(collection);
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            Some(Open::Sequence(items)) => items.push(value),
            Some(Open::Mapping(members, key)) => match key.take() {
                Some(key) => drop(members.insert(key, value)),
                None => self.is_unusual = true,
            },
            None => self.is_unusual |= self.value.replace(value).is_some(),
        }
    }

    /// The value of the whole text; `None` if the library has to read it.
    pub(super) fn finish(self) -> Option<Value> {
        self.value.filter(|_| !self.is_unusual && self.open.is_empty())
    }
}

/// Null as a key, or a merge.
fn is_unusual_key(text: &str) -> bool {
    text.is_empty() || matches!(text, "~" | "<<") || text.eq_ignore_ascii_case("null")
}

/// The value of an unquoted scalar.
fn plain(text: &str) -> Option<Value> {
    let is_number = |text: &str| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        digits && !text.is_empty() && (text == "0" || !text.starts_with('0'))
    };
    let first = text.chars().next()?;
    match text {
        "null" => Some(Value::Null),
        "true" => Some(true.into()),
        "false" => Some(false.into()),
        _ if is_number(text) => text.parse::<u64>().ok().map(Value::from),
        _ if text
            .strip_prefix('-')
            .is_some_and(|rest| rest != "0" && is_number(rest)) =>
        {
            text.parse::<i64>().ok().map(Value::from)
        }
        // Not in any notation of numbers, times or degrees; or a version.
        _ if first.is_ascii_digit() && (!is_numeric(text) || is_version(text)) => Some(text.into()),
        _ if first.is_ascii_digit() => {
            let (whole, part) = text.split_once('.')?;
            let is_decimal = is_number(whole) && !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            // Exact, as decimals of up to 15 digits are.
            let value = text.parse::<f64>().ok().filter(|_| is_decimal && text.len() <= 16)?;
            Some(value.into())
        }
        _ if "+-.~".contains(first) => None,
        // Words that some reader takes for another type.
        _ if text.len() <= 9 && is_word_of_another_type(&text.to_ascii_lowercase()) => None,
        _ => Some(text.into()),
    }
}

/// Whether a text that begins with a digit has only characters of numbers, or the prefix of another base.
fn is_numeric(text: &str) -> bool {
    let mut start = text.bytes().take(2).map(|byte| byte.to_ascii_lowercase());
    let has_base = start.next() == Some(b'0') && start.next().is_some_and(|byte| b"xob".contains(&byte));
    has_base
        || text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || b"_.:eE+-".contains(&byte))
}

fn is_version(text: &str) -> bool {
    let mut parts = text.split('.');
    parts.clone().count() > 2 && parts.all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}

fn is_word_of_another_type(text: &str) -> bool {
    matches!(text, "null" | "true" | "false" | "nan" | "inf" | "infinity")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn library(text: &str) -> Option<Value> {
        serde_saphyr::from_str_with_options(text, serde_saphyr::options! { strict_booleans: true }).ok()
    }

    #[test]
    fn values_are_those_of_the_library() {
        for text in [
            "a: 1\nb: [x, 'y', \"z\\n\", -5, 0, 5.25, true, false, null]\nc: {d: {}, e: []}\n",
            "- |\n  two\n  lines\n- >-\n  one\n  line\n- https://a.example/b#c\n- 18446744073709551615\n",
            "200: {description: yes}\n'16:9': on\nno: off\n",
            "[480p, 4k, 5/3, 100%, 5c1d, 0a1-2, 1 a, 3.0.3]",
            "text",
        ] {
            assert_eq!(compose(text), Some(library(text).unwrap()), "{text}");
        }
    }

    #[test]
    fn the_rest_is_left_to_the_library() {
        for text in [
            "",
            "a: ",
            "a: ~",
            "a: 010",
            "a: 0x10",
            "a: 1e3",
            "a: .5",
            "a: +5",
            "a: -0",
            "a: .inf",
            "a: NaN",
            "a: True",
            "a: 2026-01-31",
            "a: 16:9",
            "a: &b 1",
            "a: *b",
            "a: !!str 1",
            "a: 1\na: 2",
            "? [a]\n: 1",
            "<<: {a: 1}",
            "a: [",
            "~: 1",
            "a: 18446744073709551616",
            "--- 1\n--- 2",
        ] {
            assert_eq!(compose(text), None, "{text}");
        }
    }

    #[test]
    fn every_spec_is_read_without_the_library() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs");
        let mut read = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                let text = std::fs::read_to_string(&path).unwrap();
                let value = compose(&text);
                assert!(value.is_some(), "{}", path.display());
                assert_eq!(value, library(&text), "{}", path.display());
                read += 1;
            }
        }
        assert!(read > 0);
    }
}

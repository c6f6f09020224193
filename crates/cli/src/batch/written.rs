//! Numbers and booleans as a file has them, where JSON writes them in another way: `0x1F`, `1_000`, `007`, `True`. Their values lose
//! that, and so would the texts that have them as variables.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;
use toml_edit::{Document, Item};

/// Place of a value, such as `/0/vars/n`, and its text.
pub(super) type Written = BTreeMap<String, String>;

/// The text of the scalar `value` at `place`, if it is another one than in JSON.
fn note(written: &mut Written, place: &str, value: &Value, text: &str) {
    if matches!(value, Value::Number(_) | Value::Bool(_)) && value.to_string().as_str() != text {
        written.insert(place.to_owned(), text.to_owned());
    }
}

/// Those of a YAML file whose content is `value`.
pub(super) fn in_yaml(text: &str, value: &Value) -> Written {
    let mut written = Written::new();
    // The text was read before.
    let _ = serde_saphyr::with_deserializer_from_str(text, |source| {
        let place = String::new();
        let node = Node {
            value,
            place,
            written: &mut written,
        };
        node.deserialize(source)
    });
    written
}

/// Those of a TOML file whose content is `value`. Dates, which JSON does not have, become texts.
pub(super) fn in_toml(text: &str, document: &Document<&str>, value: &mut Value) -> Written {
    let mut written = Written::new();
    of_item(text, document.as_item(), value, "", &mut written);
    written
}

fn of_item(text: &str, item: &Item, value: &mut Value, place: &str, written: &mut Written) {
    if let Some(table) = item.as_table_like() {
        for (name, item) in table.iter() {
            if let Some(value) = value.get_mut(name) {
                of_item(text, item, value, &format!("{place}/{name}"), written);
            }
        }
    } else if let Some(tables) = item.as_array_of_tables() {
        for (index, table) in tables.iter().enumerate() {
            if let Some(value) = value.get_mut(index) {
                of_item(
                    text,
                    &Item::Table(table.clone()),
                    value,
                    &format!("{place}/{index}"),
                    written,
                );
            }
        }
    } else if let Some(values) = item.as_array() {
        for (index, item) in values.iter().enumerate() {
            if let Some(value) = value.get_mut(index) {
                of_item(
                    text,
                    &Item::Value(item.clone()),
                    value,
                    &format!("{place}/{index}"),
                    written,
                );
            }
        }
    } else if let Some(own) = item.span().and_then(|span| text.get(span)) {
        if item.as_datetime().is_some() {
            *value = own.into();
        }
        note(written, place, value, own);
    }
}

/// A part of a YAML file.
struct Node<'a> {
    value: &'a Value,
    place: String,
    written: &'a mut Written,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, source: D) -> Result<(), D::Error> {
        match self.value {
            Value::Object(_) => source.deserialize_map(self),
            Value::Array(_) => source.deserialize_seq(self),
            Value::Number(_) | Value::Bool(_) => source.deserialize_str(self),
            _ => source.deserialize_ignored_any(IgnoredAny).map(drop),
        }
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the same content as before")
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        note(self.written, &self.place, self.value, text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let values = self.value.as_array().into_iter().flatten();
        for (index, value) in values.enumerate() {
            let node = Node {
                value,
                place: format!("{}/{index}", self.place),
                written: self.written,
            };
            items.next_element_seed(node)?;
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        while let Some(name) = entries.next_key::<String>()? {
            let value = self
                .value
                .get(&name)
                .ok_or_else(|| A::Error::custom("another content than before"))?;
            entries.next_value_seed(Node {
                value,
                place: format!("{}/{name}", self.place),
                written: self.written,
            })?;
        }
        Ok(())
    }
}

/// Those of one job, such as `vars/n`.
pub(super) fn of_job(written: &Written, job: &str) -> Written {
    let own = written.iter().filter_map(|(place, text)| {
        let place = place.strip_prefix(job)?.strip_prefix('/')?;
        Some((place.to_owned(), text.clone()))
    });
    own.collect()
}

//! Integers that a JSON reader cannot keep.

use serde_json::Value;

/// The path of the first integer that does not fit in 64 bits. The JSON parser turns such a one into a float, and
/// loses its digits; so it is looked for in the text.
pub(crate) fn wide_integer(text: &[u8], body: &Value) -> Option<String> {
    let wide = numbers(text).find(|number| {
        let is_integer = !number.contains(['.', 'e', 'E']);
        is_integer && number.parse::<i64>().is_err() && number.parse::<u64>().is_err()
    })?;
    place_of(wide.parse().ok()?, body, "")
}

/// The number literals of a JSON text.
fn numbers(text: &[u8]) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let mut in_string = false;
        let mut at = 0;
        while at < rest.len() {
            match rest[at] {
                b'\\' if in_string => at += 1,
                b'"' => in_string = !in_string,
                b'-' | b'0'..=b'9' if !in_string => {
                    let part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
                    let length = rest[at..].iter().take_while(|byte| part(byte)).count();
                    let (number, after) = rest[at..].split_at(length);
                    rest = after;
                    return str::from_utf8(number).ok();
                }
                _ => {}
            }
            at += 1;
        }
        None
    })
}

/// The path of a float in a value.
fn place_of(number: f64, value: &Value, path: &str) -> Option<String> {
    match value {
        Value::Number(found) if found.is_f64() && found.as_f64() == Some(number) => Some(path.to_owned()),
        Value::Object(members) => members.iter().find_map(|(name, value)| {
            let separator = if path.is_empty() { "" } else { "." };
            place_of(number, value, &format!("{path}{separator}{name}"))
        }),
        Value::Array(items) => {
            let mut items = items.iter().enumerate();
            items.find_map(|(index, item)| place_of(number, item, &format!("{path}[{index}]")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn found(text: &str) -> Option<String> {
        wide_integer(text.as_bytes(), &serde_json::from_str(text).unwrap())
    }

    #[test]
    fn only_integers_beyond_64_bits_are_found() {
        assert_eq!(
            found(r#"{"seed": 18446744073709551615, "b": -9223372036854775808}"#),
            None
        );
        assert_eq!(found(r#"{"seed": 18446744073709551616}"#).as_deref(), Some("seed"));
        assert_eq!(
            found(r#"{"a": [1, {"b": -9223372036854775809}]}"#).as_deref(),
            Some("a[1].b")
        );
        assert_eq!(found(r#"{"a": 1e30, "b": 36893488147419103232.0}"#), None);
    }

    #[test]
    fn digits_in_strings_are_text() {
        assert_eq!(found(r#"{"99999999999999999999": "\"99999999999999999999"}"#), None);
        assert_eq!(
            found(r#"{"a\\": "b\\", "c": 99999999999999999999}"#).as_deref(),
            Some("c")
        );
    }
}

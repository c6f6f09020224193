//! Lenient readers for vendors' JSON.

use chrono::Datelike as _;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};

use crate::timestamp::Timestamp;

/// Reads a value from any JSON that can represent it.
pub trait FromValue: Sized {
    /// Reads `value` leniently: `"5"` and `5.0` are the integer 5.
    fn from_value(value: Value) -> Option<Self>;

    /// Reads the same directly from JSON. Objects and lists read their members without an intermediate `Value`.
    ///
    /// # Errors
    /// When it is not JSON. A value that cannot be read is `None`.
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
        Value::deserialize(json).map(Self::from_value)
    }
}

/// The body of an operation, which may be one of several component schemas.
pub trait RequestBody: Sized {
    /// Reads `value` as the component `name`. Members that it does not have are kept. `None`: it does not fit, or there is
    /// no such component among the bodies of the operation.
    fn of_component(name: &str, value: Value) -> Option<Self>;
}

/// A member of a response. An unreadable one counts as absent instead of failing the whole body; the body itself
/// is kept too, so nothing is lost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Lenient<T>(pub Option<T>);

impl<T> Default for Lenient<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<'de, T: FromValue> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::from_json(deserializer).map(Self)
    }
}

/// Shorthand for the `Option<Lenient<T>>` of generated types.
pub trait Read<T> {
    /// The value, if present and readable.
    fn read(self) -> Option<T>;
}

impl<T> Read<T> for Option<Lenient<T>> {
    fn read(self) -> Option<T> {
        self.and_then(|lenient| lenient.0)
    }
}

/// The same for lists.
pub trait ReadItems<T> {
    /// The readable items; none if there is no list.
    fn read_items(self) -> Vec<T>;
}

impl<T> ReadItems<T> for Option<Lenient<Vec<Lenient<T>>>> {
    fn read_items(self) -> Vec<T> {
        let items = self.read().unwrap_or_default();
        items.into_iter().filter_map(|item| item.0).collect()
    }
}

impl FromValue for Value {
    fn from_value(value: Value) -> Option<Self> {
        Some(value)
    }
}

impl FromValue for Map<String, Value> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(map),
            _ => None,
        }
    }
}

/// An empty string is absent: services written in Go send one for every member that is not set.
impl FromValue for String {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// Numbers keep all digits: ids may be larger than 64 bits, which a `Value` would round.
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
        let json = Box::<RawValue>::deserialize(json)?;
        if json.get().bytes().all(|byte| byte.is_ascii_digit()) {
            return Ok(Some(json.get().to_owned()));
        }
        serde_json::from_str(json.get())
            .map(Self::from_value)
            .map_err(serde::de::Error::custom)
    }
}

impl FromValue for bool {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Bool(flag) => Some(flag),
            Value::Number(number) => match number.as_i64()? {
                0 => Some(false),
                1 => Some(true),
                _ => None,
            },
            Value::String(text) => text.trim().to_ascii_lowercase().parse().ok(),
            _ => None,
        }
    }
}

impl FromValue for f64 {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|number: &f64| number.is_finite()),
            _ => None,
        }
    }
}

impl FromValue for i64 {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Number(number) => whole(&number),
            Value::String(text) => {
                let text = text.trim();
                text.parse()
                    .ok()
                    .or_else(|| whole(&Number::from_f64(text.parse().ok()?)?))
            }
            _ => None,
        }
    }
}

/// The integer value of a JSON number: `5.0` counts, `5.5` and `1e30` do not.
fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        // Above 2^53, a float does not identify one integer.
        (float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0).then_some(float as i64)
    })
}

/// Unix seconds or milliseconds (as numbers or strings) and RFC 3339.
impl FromValue for Timestamp {
    fn from_value(value: Value) -> Option<Self> {
        if let Value::String(text) = &value
            && let Ok(timestamp) = text.trim().parse()
        {
            return Some(timestamp).filter(is_representable);
        }
        let number = f64::from_value(value)?;
        // Zero means "not yet" in these APIs. Seconds reach 10^11 in the year 5138, milliseconds did in 1973.
        if number <= 0.0 {
            return None;
        }
        let milliseconds = if number < 1e11 { number * 1000.0 } else { number };
        Timestamp::from_timestamp_millis(milliseconds.round() as i64).filter(is_representable)
    }
}

/// RFC 3339 has four digits for the year.
fn is_representable(time: &Timestamp) -> bool {
    (0..10_000).contains(&time.year())
}

/// A list whose items are read separately: an unreadable one keeps its place, and does not affect others.
impl<T: FromValue> FromValue for Vec<Lenient<T>> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Array(items) => Some(items.into_iter().map(|item| Lenient(T::from_value(item))).collect()),
            _ => None,
        }
    }

    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
        let json = Box::<RawValue>::deserialize(json)?;
        Ok(serde_json::from_slice(json.get().as_bytes()).ok())
    }
}

/// Reads an object by its type. Its end is found first, so that an invalid object does not affect others.
///
/// # Errors
/// When it is not JSON.
#[doc(hidden)]
pub fn object<'de, T, D>(json: D) -> Result<Option<T>, D::Error>
where
    T: FromValue + DeserializeOwned,
    D: Deserializer<'de>,
{
    let json = Box::<RawValue>::deserialize(json)?;
    // A duplicate member is an error for the type; in a `Value` the last one counts.
    let again = || T::from_value(serde_json::from_slice(json.get().as_bytes()).ok()?);
    // From bytes, like the body, so that each type is compiled for one kind of source.
    Ok(serde_json::from_slice(json.get().as_bytes()).ok().or_else(again))
}

/// Implements [`FromValue`] for generated types.
#[macro_export]
macro_rules! from_value {
    ($($name:ty),* $(,)?) => {$(
        impl $crate::FromValue for $name {
            // Compiled on use: most of these types are only sent.
            #[inline]
            fn from_value(value: $crate::serde_json::Value) -> Option<Self> {
                // Not from the value directly: that is rare, and would compile every type for another kind of source.
                $crate::serde_json::from_slice(&$crate::serde_json::to_vec(&value).ok()?).ok()
            }

            fn from_json<'de, D: $crate::serde::Deserializer<'de>>(json: D) -> Result<Option<Self>, D::Error> {
                $crate::object(json)
            }
        }
    )*};
}

/// Implements [`RequestBody`] for a component, or for the union of several and its variants.
#[macro_export]
macro_rules! request_body {
    ($name:ty) => {
        impl $crate::RequestBody for $name {
            fn of_component(_: &str, value: $crate::serde_json::Value) -> Option<Self> {
                $crate::FromValue::from_value(value)
            }
        }
    };
    ($name:ident = $($component:ident)|+) => {
        impl $crate::RequestBody for types::$name {
            fn of_component(name: &str, value: $crate::serde_json::Value) -> Option<Self> {
                match name {
                    $(stringify!($component) => <types::$component as $crate::FromValue>::from_value(value).map(Into::into),)+
                    _ => None,
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;

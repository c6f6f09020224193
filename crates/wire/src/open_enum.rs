//! String enums that keep unknown values.

/// Declares a string enum with the known values and `Unknown(String)` for any other.
///
/// Vendors add values without notice; a closed enum would fail to parse the whole body because of one of them.
///
/// ```
/// videogen_wire::open_enum! {
///     /// Status of a task.
///     pub enum Status {
///         Queued = "queued",
///         Done = "done",
///     }
/// }
/// assert_eq!(Status::from("done"), Status::Done);
/// assert_eq!(Status::from("paused").as_str(), "paused");
/// ```
#[macro_export]
macro_rules! open_enum {
    ($($(#[$meta:meta])* pub enum $name:ident { $($variant:ident = $value:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $(#[doc = concat!("`", $value, "`")] $variant,)+
            /// A value that is not in the spec.
            Unknown(String),
        }

        impl $name {
            /// The values in the spec.
            pub const KNOWN: &'static [&'static str] = &[$($value),+];

            /// The value as sent on the wire.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $value,)+
                    Self::Unknown(value) => value,
                }
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                match value {
                    $($value => Self::$variant,)+
                    other => Self::Unknown(other.to_owned()),
                }
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::from(value.as_str())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = ::std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::serde::Serialize for $name {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <String as $crate::serde::Deserialize>::deserialize(deserializer).map(Self::from)
            }
        }

        impl $crate::FromValue for $name {
            fn from_value(value: $crate::serde_json::Value) -> Option<Self> {
                <String as $crate::FromValue>::from_value(value).map(Self::from)
            }
        }
    )+};
}

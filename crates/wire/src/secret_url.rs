//! URLs that are credentials.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::lenient::FromValue;

/// A URL that is a credential: a presigned result, or a callback URL with a token.
///
/// `Debug` and `Display` show only scheme and host. [`expose`](Self::expose) and serialization return the full URL.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretUrl(String);

impl SecretUrl {
    /// Wraps a URL without checking it.
    #[must_use]
    pub fn new(url: impl Into<String>) -> Self {
        Self(url.into())
    }

    /// Returns the full URL.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match url::Url::parse(&self.0) {
            Ok(url) => match url.host_str() {
                Some(host) => write!(f, "{}://{host}/[masked]", url.scheme()),
                None => write!(f, "{}:[masked]", url.scheme()),
            },
            Err(_) => f.write_str("[masked]"),
        }
    }
}

impl fmt::Debug for SecretUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}

impl<T: Into<String>> From<T> for SecretUrl {
    fn from(url: T) -> Self {
        Self::new(url)
    }
}

impl FromValue for SecretUrl {
    fn from_value(value: Value) -> Option<Self> {
        String::from_value(value).map(Self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for SecretUrl {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretUrl".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "uri"})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_no_more_than_the_host() {
        let url = SecretUrl::new("https://user:pass@files.example.com/a/b.mp4?sig=canary");
        assert_eq!(
            format!("{url} {url:?}"),
            "https://files.example.com/[masked] \"https://files.example.com/[masked]\""
        );
        assert_eq!(SecretUrl::new("not a url: canary").to_string(), "[masked]");
    }
}

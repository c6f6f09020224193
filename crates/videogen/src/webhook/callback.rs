//! Callback URLs with random tokens.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest::{SHA256, SHA256_OUTPUT_LEN, digest};
use ring::rand::{SecureRandom as _, SystemRandom};
use serde::{Deserialize, Serialize};

use crate::client::parse_base_url;
use crate::model::{Error, ErrorKind, SecretUrl};

/// What messages call the URL that a token is added to.
const BASE: &str = "the webhook's base URL";
/// Random bytes in a token: 256 bits.
const TOKEN_BYTES: usize = 32;

/// Callback URL for the webhook of one task. It contains the only copy of the token; the receiver stores its hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Callback {
    url: SecretUrl,
    hash: TokenHash,
}

impl Callback {
    /// # Errors
    /// `config` when no path can be appended to `base`; `io` when the system returns no random bytes.
    pub(crate) fn new(base: &str) -> Result<Self, Error> {
        let base = parse_base_url(BASE, base)?;
        let mut bytes = [0; TOKEN_BYTES];
        SystemRandom::new().fill(&mut bytes).map_err(|_| {
            Error::new(
                ErrorKind::Io,
                "cannot create a callback token: the system returned no random bytes",
            )
        })?;
        let token = URL_SAFE_NO_PAD.encode(bytes);
        Ok(Self {
            hash: TokenHash::of(&token),
            url: SecretUrl::new(format!("{}/{token}", base.as_str().trim_end_matches('/'))),
        })
    }

    /// Checks the `base` of a callback URL, such as before there is a [`Receiver`](super::Receiver).
    ///
    /// # Errors
    /// `config` as of [`Receiver::callback`](super::Receiver::callback).
    ///
    /// ```
    /// use videogen::webhook::Callback;
    ///
    /// assert!(Callback::check("https://example.com/hooks").is_ok());
    /// assert!(Callback::check("ftp://example.com").is_err());
    /// ```
    pub fn check(base: &str) -> Result<(), Error> {
        parse_base_url(BASE, base).map(drop)
    }

    /// Returns the URL to send as `callback_url`.
    #[must_use]
    pub fn url(&self) -> &SecretUrl {
        &self.url
    }

    /// Returns the hash of the token, by which the receiver identifies the URL.
    #[must_use]
    pub fn hash(&self) -> &TokenHash {
        &self.hash
    }
}

/// SHA-256 of a callback token. It is not a secret: the token cannot be derived from it. Store it with the task id, to
/// [restore](super::Receiver::restore) the callback after a restart.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub(crate) fn of(token: &str) -> Self {
        let mut hash = [0; SHA256_OUTPUT_LEN];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(hash)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenHash({self})")
    }
}

/// Error of parsing a [`TokenHash`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseTokenHashError(());

impl fmt::Display for ParseTokenHashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The input may be the token itself, so it is not repeated.
        f.write_str("invalid token hash; the format is 32 bytes in base64url, as printed by TokenHash")
    }
}

impl std::error::Error for ParseTokenHashError {}

impl FromStr for TokenHash {
    type Err = ParseTokenHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ParseTokenHashError(()))?;
        bytes.try_into().map(Self).map_err(|_| ParseTokenHashError(()))
    }
}

impl Serialize for TokenHash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TokenHash {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_token_is_new_and_shown_nowhere() {
        let base = "https://videos.example.com/hooks/";
        let mut tokens = std::collections::HashSet::new();
        for _ in 0..100 {
            let callback = Callback::new(base).unwrap();
            let token = callback.url().expose().strip_prefix(base).unwrap().to_owned();
            assert_eq!(URL_SAFE_NO_PAD.decode(&token).unwrap().len(), TOKEN_BYTES);
            assert!(!format!("{callback:?}").contains(&token));
            assert_eq!(callback.hash(), &TokenHash::of(&token));
            tokens.insert(token);
        }
        assert_eq!(tokens.len(), 100);
    }

    #[test]
    fn a_hash_round_trips_through_text() {
        let hash = TokenHash::of("x");
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let json = serde_json::to_string(&hash).unwrap();
        assert_eq!(serde_json::from_str::<TokenHash>(&json).unwrap(), hash);
        assert!("short".parse::<TokenHash>().is_err());
    }

    #[test]
    fn a_base_without_a_path_to_extend_is_rejected() {
        for base in [
            "hooks",
            "ftp://h.example",
            "https://h.example/?x=1",
            "https://u:p@h.example",
        ] {
            assert_eq!(Callback::new(base).unwrap_err().kind(), ErrorKind::Config, "{base}");
        }
    }
}

//! How webhooks are delivered and signed: `x-webhook`.

/// How webhooks are delivered, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Webhook {
    /// Timeout of one delivery.
    pub timeout: u64,
    /// Pauses before each retry.
    pub retries: &'static [u64],
    /// Authentication of deliveries, if they are signed.
    pub signature: Option<Signature>,
    /// Maximum difference between the signed time and the clock.
    pub tolerance: Option<u64>,
}

/// How webhook deliveries are signed. In templates, `{name}` stands for the value of that name: the raw body (`body`), its
/// SHA-256 in lower-case hex (`body_sha256`), the signature, or a header's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Algorithm, and where its key comes from.
    pub scheme: Scheme,
    /// Text form of the signature.
    pub encoding: Encoding,
    /// Template of the signed message.
    pub message: &'static str,
    /// Headers: the name of the value, and that of the header.
    pub headers: &'static [(&'static str, &'static str)],
    /// Template of the header with the signature: one of its entries, or several with the separator between them.
    pub form: &'static str,
    /// What separates the entries of that header, if it may have several.
    pub separator: Option<char>,
}

impl Signature {
    /// The header that has the value called `name`.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&'static str> {
        let mut headers = self.headers.iter();
        headers.find(|(known, _)| *known == name).map(|(_, header)| *header)
    }
}

/// Signing algorithm, and where its key comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// HMAC-SHA256 with a secret of the account.
    HmacSha256 {
        /// How the secret gives the key.
        key: SigningKey,
        /// The environment variable of the secret.
        secret_env: &'static str,
    },
    /// Ed25519, with one of the public keys that the vendor publishes.
    Ed25519 {
        /// URL of their JWKS.
        keys: &'static str,
    },
}

/// Text form of bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Lower-case hexadecimal digits.
    Hex,
    /// Base64 with padding.
    Base64,
}

/// How a secret gives the key of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SigningKey {
    /// Its text is the key.
    Text,
    /// It is base64, after a prefix such as `whsec_`.
    Base64 {
        /// The prefix; empty if there is none.
        prefix: &'static str,
    },
}

//! How requests carry the key: `security`, and the scheme that it names.

use serde_json::Value;

use crate::spec::{Spec, members};

/// The first scheme of `security`.
#[derive(Default)]
pub(crate) struct Auth {
    /// The header, in lower case.
    pub(crate) header: String,
    /// What precedes the key.
    pub(crate) prefix: String,
}

impl Auth {
    pub(crate) fn read(spec: &Spec) -> Self {
        let name = members(spec.doc.pointer("/security/0")).next().map(|(name, _)| name);
        let schemes = spec.doc.pointer("/components/securitySchemes");
        let scheme = name.zip(schemes).and_then(|(name, schemes)| schemes.get(name));
        // The rules refuse other kinds.
        match scheme {
            Some(scheme) if scheme["type"] == "apiKey" => Self {
                header: scheme["name"].as_str().unwrap_or_default().to_ascii_lowercase(),
                prefix: scheme["x-scheme"]
                    .as_str()
                    .map_or_else(String::new, |word| format!("{word} ")),
            },
            _ => Self {
                header: "authorization".to_owned(),
                prefix: "Bearer ".to_owned(),
            },
        }
    }
}

/// Why a security scheme cannot be used.
pub(crate) fn fault(scheme: &Value) -> Option<(&'static str, &'static str)> {
    let text = |key: &str| scheme.get(key).and_then(Value::as_str).unwrap_or_default();
    match text("type") {
        "http" if text("scheme").eq_ignore_ascii_case("bearer") => None,
        "apiKey" if text("in") == "header" && is_token(text("name")) => None,
        _ => Some((
            "the generated client sends the key in one header only",
            "write `{type: http, scheme: bearer}`, or `{type: apiKey, in: header, name: …}`, with `x-scheme` if a word \
             precedes the key",
        )),
    }
}

/// Whether a text can be the name of a header.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

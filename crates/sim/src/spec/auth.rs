//! How a request carries its key.

use serde_json::Value;

use crate::spec::reference::resolve;

/// The first scheme of `security`.
#[derive(Clone, Debug)]
pub(crate) struct Auth {
    /// The header, in lower case.
    pub(crate) header: String,
    /// The word before the key.
    pub(crate) word: Option<String>,
    /// How keys begin.
    pub(crate) key_prefixes: Vec<String>,
}

impl Auth {
    pub(super) fn read(document: &Value) -> Result<Self, String> {
        let named = document["security"][0]
            .as_object()
            .and_then(|needed| needed.keys().next());
        let name = named.ok_or("no security")?;
        let scheme = resolve(document, &document["components"]["securitySchemes"][name]);
        let text = |key: &str| scheme[key].as_str().map(str::to_owned);
        let (header, word) = match scheme["type"].as_str() {
            Some("http") => ("authorization".to_owned(), Some("bearer".to_owned())),
            Some("apiKey") => (text("name").ok_or("no header for the key")?, text("x-scheme")),
            _ => return Err("an unknown kind of security".to_owned()),
        };
        let prefixes = scheme["x-key-prefixes"].as_array();
        let prefixes = prefixes.map(|all| all.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        Ok(Self {
            header: header.to_ascii_lowercase(),
            word,
            // Any key, where nothing is known of keys.
            key_prefixes: prefixes.unwrap_or_else(|| vec![String::new()]),
        })
    }
}

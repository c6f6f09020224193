//! The rules about the callback URL.

use videogen_wire::facts::Field;

use super::{Basis, Check};
use crate::model::SecretUrl;

impl Check<'_> {
    pub(super) fn callback(&mut self, field: &'static Field, url: &SecretUrl) {
        // The parser mends what is not quite a URI, but the text travels as it is.
        let exact = url.expose().chars().all(is_in_urls)
            && url.expose().split('%').skip(1).all(|rest| {
                rest.get(..2)
                    .is_some_and(|escape| escape.chars().all(|c| c.is_ascii_hexdigit()))
            });
        let parsed = url::Url::parse(url.expose())
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http"));
        let parsed = parsed.filter(|_| exact);
        let Some(parsed) = parsed else {
            // The first character that must be escaped.
            let odd = url.expose().chars().find(|c| !is_in_urls(*c));
            let (rule, hint) = match odd.filter(|_| url.expose().contains("://")) {
                Some(odd) => {
                    let mut bytes = [0; 4];
                    let bytes = odd.encode_utf8(&mut bytes).bytes();
                    let escaped: String = bytes.map(|byte| format!("%{byte:02X}")).collect();
                    (
                        format!("contains {odd:?}, which a URL must not contain"),
                        format!("write it as {escaped}"),
                    )
                }
                None => (
                    "is not an http(s) URL".to_owned(),
                    "use a full URL with https:// and without spaces".to_owned(),
                ),
            };
            self.add(Basis::Field(field), field.name, url, rule, hint);
            return;
        };
        // Plain HTTP to this machine is for simulators: no vendor can reach it.
        if let Some(prefix) = field.prefix
            && !url.expose().starts_with(prefix)
            && !crate::model::address::is_loopback(&parsed)
        {
            let rule = format!("must begin with {prefix}");
            self.add(Basis::Limit(field), field.name, url, rule, "serve it over TLS");
        }
    }
}

/// Whether a URL may contain a character without an escape.
fn is_in_urls(c: char) -> bool {
    c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c)
}

//! Masking of what may be a credential before it is stored or shown.

use aws_lc_rs::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::Value;

use crate::model::SecretUrl;

/// What stands for an API key.
pub(crate) const KEY: &str = "<key>";

/// Whether a part of a text has been hidden, so that it is not what was sent.
pub(crate) fn is_masked(text: &str) -> bool {
    text.contains(KEY) || text.contains("/…")
}

/// Whether a character is a control character, or one that reorders text, breaks lines or cannot be seen.
pub(crate) fn steers_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A text with only the hosts of its URLs: the rest may be a credential.
pub(crate) fn hide_urls(text: &str) -> String {
    let mut cleaned = String::new();
    // Brackets and single quotes may stand in a URL, so they do not end one here.
    for word in text.split_inclusive(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>')) {
        match url_start(word) {
            Some(start) => {
                let url = word[start..].trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '>'));
                let rest = &word[start + url.len()..];
                cleaned.push_str(&format!("{}{}{rest}", &word[..start], SecretUrl::new(url)));
            }
            None => cleaned.push_str(word),
        }
    }
    cleaned
}

/// Where the first URL begins in a word, whatever its scheme, and also where its slashes are escaped or encoded. Assets are
/// ids, not URLs.
fn url_start(word: &str) -> Option<usize> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    // Where one separator ends and another begins, the scheme begins there.
    word.char_indices().find_map(|(colon, _)| {
        let rest = after(&word[colon..], &[":", "%3a"])?;
        let slashes = after(rest, &["/", "\\/", "%2f"])?;
        if slashes.trim_start_matches(['/', '\\']).trim_end().is_empty() {
            // Only a scheme is named.
            return None;
        }
        let before = &word[..colon];
        let scheme = &before[before.trim_end_matches(is_scheme).len()..];
        let is_web = |name: &str| {
            let start = scheme.len().checked_sub(name.len())?;
            scheme
                .get(start..)?
                .eq_ignore_ascii_case(name)
                .then_some(colon - name.len())
        };
        // What stands before `http` in the same run of letters is no part of the URL.
        let web = is_web("https").or_else(|| is_web("http"));
        let other = || {
            let is_url = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme != "asset";
            (is_url && after(slashes, &["/", "\\/", "%2f"]).is_some()).then_some(colon - scheme.len())
        };
        web.or_else(other)
    })
}

/// What follows one of `starts`, in any case, at the beginning of `text`.
fn after<'a>(text: &'a str, starts: &[&str]) -> Option<&'a str> {
    starts.iter().find_map(|start| {
        let (head, rest) = text.split_at_checked(start.len())?;
        head.eq_ignore_ascii_case(start).then_some(rest)
    })
}

/// JSON with all its texts masked, the names of members included.
pub(crate) fn json(value: Value, hide: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(hide(&text)),
        Value::Array(items) => items.into_iter().map(|item| json(item, hide)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(name, value)| (hide(&name), json(value, hide)))
            .collect(),
        scalar => scalar,
    }
}

/// A value as JSON that `Debug` may show: no URLs, no media.
pub(crate) fn debug(value: &impl Serialize) -> Value {
    json(
        serde_json::to_value(value).unwrap_or_default(),
        &|text| match text.strip_prefix("data:") {
            Some(data) => format!("data:{};…", data.split([';', ',']).next().unwrap_or_default()),
            None => hide_urls(text),
        },
    )
}

/// SHA-256 in hexadecimal, where a text must be told from others without being shown.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

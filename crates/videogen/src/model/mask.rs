//! Masking of possible credentials before a text is stored or shown.

use std::borrow::Cow;

use ring::digest::{SHA256, digest};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::model::SecretUrl;

/// Placeholder for an API key.
pub(crate) const KEY: &str = "<key>";

/// Whether a part of a text has been masked, so that it differs from the text that was sent. Earlier versions masked
/// with `…`.
pub(crate) fn is_masked(text: &str) -> bool {
    text.contains(KEY) || text.contains("/[masked]") || text.contains("/…")
}

/// Whether a character is a control character, or one that reorders text, breaks lines or is invisible.
pub(crate) fn steers_a_terminal(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Reduces the URLs in a text to their hosts, as in a journal: the rest may contain credentials.
///
/// ```
/// use videogen::journal::hide_urls;
///
/// let text = hide_urls("see https://files.example.com/boat.mp4?signature=4f1c");
/// assert_eq!(text, "see https://files.example.com/[masked]");
/// ```
#[must_use]
pub fn hide_urls(text: &str) -> String {
    without_urls(text).into_owned()
}

/// The same; most texts have none.
pub(crate) fn without_urls(text: &str) -> Cow<'_, str> {
    // A scheme ends with a colon, which may be encoded.
    if !text.bytes().any(|byte| matches!(byte, b':' | b'%')) {
        return Cow::Borrowed(text);
    }
    let mut cleaned = String::new();
    // Brackets and single quotes may be part of a URL, so they do not end one here.
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
    cleaned.into()
}

/// Start of the first URL in a word, with any scheme, and also with escaped or encoded slashes. Assets are
/// ids, not URLs.
fn url_start(word: &str) -> Option<usize> {
    let is_scheme = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    // A scheme begins after the previous separator.
    word.char_indices().find_map(|(colon, _)| {
        let rest = after(&word[colon..], &[":", "%3a"])?;
        let slashes = after(rest, &["/", "\\/", "%2f"])?;
        if slashes.trim_start_matches(['/', '\\']).trim_end().is_empty() {
            // Only a scheme.
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
        // Letters directly before `http` are not part of the URL.
        let web = is_web("https").or_else(|| is_web("http"));
        let other = || {
            let is_url = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme != "asset";
            (is_url && after(slashes, &["/", "\\/", "%2f"]).is_some()).then_some(colon - scheme.len())
        };
        web.or_else(other)
    })
}

/// The rest of `text` after one of `starts`, ignoring case.
fn after<'a>(text: &'a str, starts: &[&str]) -> Option<&'a str> {
    starts.iter().find_map(|start| {
        let (head, rest) = text.split_at_checked(start.len())?;
        head.eq_ignore_ascii_case(start).then_some(rest)
    })
}

/// Masks all strings in a JSON value, including member names.
pub(crate) fn json(value: Value, hide: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) => Value::String(hide(&text)),
        Value::Array(items) => items.into_iter().map(|item| json(item, hide)).collect(),
        Value::Object(members) => {
            let mut hidden = Map::new();
            for (name, value) in members {
                hidden.insert(hide(&name), json(value, hide));
            }
            hidden.into()
        }
        scalar => scalar,
    }
}

/// Reduces the URLs in all strings of a JSON value to their hosts, including member names; see [`hide_urls`].
#[must_use]
pub fn hide_urls_in(value: Value) -> Value {
    json(value, &hide_urls)
}

/// A value as JSON for `Debug`: URLs and media are masked.
pub(crate) fn debug(value: &impl Serialize) -> Value {
    json(
        serde_json::to_value(value).unwrap_or_default(),
        &|text| match text.strip_prefix("data:") {
            Some(data) => format!("data:{};[masked]", data.split([';', ',']).next().unwrap_or_default()),
            None => hide_urls(text),
        },
    )
}

/// SHA-256 in hexadecimal, to identify a text without showing it.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| char::from(b"0123456789abcdef"[usize::from(digit)]))
        .collect()
}

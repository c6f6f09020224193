//! Masking of what may be a credential before it is stored or shown.

use crate::model::SecretUrl;

/// What stands for an API key.
pub(crate) const KEY: &str = "<key>";

/// Whether a part of a text has been hidden, so that it is not what was sent.
pub(crate) fn is_masked(text: &str) -> bool {
    text.contains(KEY) || text.contains("/…")
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

/// Where the first URL begins in a word, also one with its slashes escaped or encoded.
fn url_start(word: &str) -> Option<usize> {
    fn after<'a>(text: &'a [u8], starts: &[&str]) -> Option<&'a [u8]> {
        starts.iter().find_map(|start| {
            let (head, rest) = text.split_at_checked(start.len())?;
            head.eq_ignore_ascii_case(start.as_bytes()).then_some(rest)
        })
    }
    let mut starts = word.match_indices(['h', 'H']).map(|(start, _)| start);
    starts.find(|&start| {
        after(&word.as_bytes()[start..], &["https", "http"])
            .and_then(|rest| after(rest, &[":", "%3a"]))
            .is_some_and(|rest| after(rest, &["/", "\\/", "%2f"]).is_some())
    })
}

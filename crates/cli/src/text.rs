//! Cleans text from other sources (vendors, file names, the journal) for a terminal. Everything that this program
//! prints is cleaned here, by [`Output`](crate::output::Output). Depends on nothing else in this crate.

use serde::Serialize;

/// Text on one line: control characters, escape sequences, line breaks, and
/// characters that reorder text or are invisible are escaped.
pub(crate) fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if is_plain(c) {
            shown.push(c);
        } else {
            shown.extend(c.escape_debug());
        }
        shown
    })
}

/// A number of things, such as `1 job` or `2 jobs`.
pub(crate) fn counted(count: impl Into<u64>, thing: &str) -> String {
    match count.into() {
        1 => format!("1 {thing}"),
        count => format!("{count} {thing}s"),
    }
}

/// The same for the length of a list.
pub(crate) fn many(count: usize, thing: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), thing)
}

/// Text of several lines, each of them [visible].
pub(crate) fn lines(text: &str) -> String {
    text.split('\n').map(visible).collect::<Vec<_>>().join("\n")
}

/// A JSON document over several lines, with control characters escaped as in JSON.
pub(crate) fn json(document: &impl Serialize) -> String {
    escaped(&serde_json::to_string_pretty(document).unwrap_or_default())
}

/// The same on one line.
pub(crate) fn json_line(document: &impl Serialize) -> String {
    escaped(&serde_json::to_string(document).unwrap_or_default())
}

fn escaped(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' || is_plain(c) {
            shown.push(c);
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shown.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    shown
}

/// Whether a terminal only displays the character.
pub(crate) fn is_plain(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let is_space = c.is_whitespace() && !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
    // After another character, because combining accents alone would be escaped.
    is_space || format!("a{c}").escape_debug().nth(1) == Some(c)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn control_characters_are_escaped() {
        for (text, shown) in [
            ("a kite, 'é' \"\\\" — 風\u{3000}e\u{301} \u{1f1e9}", None),
            ("\u{1b}[2J", Some("\\u{1b}[2J")),
            ("\u{1b}]0;title\u{7}", Some("\\u{1b}]0;title\\u{7}")),
            ("a\u{9b}2Jb\u{7f}", Some("a\\u{9b}2Jb\\u{7f}")),
            ("a\r\nb\tc\0", Some("a\\r\\nb\\tc\\0")),
            (
                "\u{202e}gpj\u{2066}\u{200f}\u{61c}",
                Some("\\u{202e}gpj\\u{2066}\\u{200f}\\u{61c}"),
            ),
            (
                "a\u{200b}b\u{feff}\u{2028}\u{2029}\u{85}",
                Some("a\\u{200b}b\\u{feff}\\u{2028}\\u{2029}\\u{85}"),
            ),
            ("\u{e0041}", Some("\\u{e0041}")),
        ] {
            assert_eq!(visible(text), shown.unwrap_or(text));
            let document = json(&Value::from(text));
            assert!(document.chars().all(is_plain), "{document}");
            assert_eq!(serde_json::from_str::<Value>(&document).ok(), Some(Value::from(text)));
        }
        assert_eq!(lines("a\nb\u{1b}"), "a\nb\\u{1b}");
    }
}

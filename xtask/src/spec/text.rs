//! Text: invisible characters, and segments of JSON pointers.

use std::borrow::Cow;

/// Whether a character is invisible: controls, joiners, separators and marks of text direction.
#[must_use]
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text on one line, with every invisible character written out as `\u{…}`.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_invisible(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Escapes one segment of a JSON pointer. Most need no escape, and every node of every spec is named by such pointers.
#[must_use]
pub fn escape(segment: &str) -> Cow<'_, str> {
    let bytes = segment.as_bytes();
    if bytes.contains(&b'~') || bytes.contains(&b'/') {
        segment.replace('~', "~0").replace('/', "~1").into()
    } else {
        segment.into()
    }
}

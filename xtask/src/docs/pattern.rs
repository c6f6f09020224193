//! Regular expressions.

use regex::Regex;

/// Compiles a pattern of ours.
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("our own patterns are sound")
}

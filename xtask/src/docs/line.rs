//! A line of a page.

/// A line of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1: in the file or, for HTML, in the text that is left of it.
    pub number: usize,
    /// Its text, words separated by one space.
    pub text: String,
    /// Whether markup makes it a heading.
    pub heading: bool,
}

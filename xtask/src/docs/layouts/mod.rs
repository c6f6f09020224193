//! One small reader for each layout of parameters: a function from text to facts.

pub use self::words::Words;
use super::facts::Parameter;
use super::line::Line;

pub mod dashes;
pub(super) mod details;
mod glued;
mod stacked;
mod tables;
pub(super) mod words;

/// A layout of parameters.
pub struct Layout {
    /// Its name.
    pub name: &'static str,
    /// Its reader.
    pub read: fn(&[Line], &Words) -> Vec<Parameter>,
}

/// All layouts.
pub const LAYOUTS: [Layout; 4] = [
    Layout {
        name: "name and type on one line",
        read: glued::read,
    },
    Layout {
        name: "name above type",
        read: stacked::read,
    },
    Layout {
        name: "name, dash, words",
        read: dashes::read,
    },
    Layout {
        name: "table",
        read: tables::read,
    },
];

/// The layout that reads the most facts from a page, and those facts.
#[must_use]
pub fn best(lines: &[Line], words: &Words) -> Option<(&'static str, Vec<Parameter>)> {
    let read = LAYOUTS.iter().map(|layout| (layout.name, (layout.read)(lines, words)));
    let mut read: Vec<_> = read.filter(|(_, found)| !found.is_empty()).collect();
    // The sort is stable: of equals, the first layout stays first.
    read.sort_by_key(|(_, found)| std::cmp::Reverse(found.len()));
    read.into_iter().next()
}

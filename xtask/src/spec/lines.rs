//! Lines of a YAML text: of every node, and of what parsed values lose.

use std::collections::{BTreeMap, BTreeSet};

use serde_saphyr::granit_parser::{Event, Parser, ScalarStyle};

use super::text::escape;

/// The lines of a document.
pub struct Lines {
    /// Pointer → line.
    of: BTreeMap<String, usize>,
    /// Duplicate keys: pointer and line.
    pub(super) twice: Vec<(String, usize)>,
    /// Unquoted scalars: pointer, line, text, and whether it is a key.
    pub(super) plain: Vec<(String, usize, String, bool)>,
}

/// The collection being read.
enum Open {
    Sequence {
        pointer: String,
        next: usize,
    },
    Mapping {
        pointer: String,
        keys: BTreeSet<String>,
        key: Option<String>,
    },
}

impl Lines {
    /// Reads the places of a text that is valid YAML.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut lines = Self {
            of: BTreeMap::new(),
            twice: Vec::new(),
            plain: Vec::new(),
        };
        let mut open: Vec<Open> = Vec::new();
        for event in Parser::new_from_str(text) {
            let Ok((event, span)) = event else { break };
            let line = span.start.line();
            match event {
                Event::Scalar(text, style, ..) => {
                    let plain = style == ScalarStyle::Plain;
                    if let Some(Open::Mapping { pointer, keys, key }) = open.last_mut()
                        && key.is_none()
                    {
                        let place = format!("{pointer}/{}", escape(&text));
                        if plain {
                            lines.plain.push((place.clone(), line, text.to_string(), true));
                        }
                        if keys.insert(text.to_string()) {
                            lines.of.entry(place.clone()).or_insert(line);
                        } else {
                            lines.twice.push((place.clone(), line));
                        }
                        *key = Some(place);
                    } else {
                        let place = lines.step(&mut open, line);
                        if plain {
                            lines.plain.push((place, line, text.into_owned(), false));
                        }
                    }
                }
                Event::SequenceStart(..) => {
                    let pointer = lines.step(&mut open, line);
                    open.push(Open::Sequence { pointer, next: 0 });
                }
                Event::MappingStart(..) => {
                    let pointer = lines.step(&mut open, line);
                    open.push(Open::Mapping {
                        pointer,
                        keys: BTreeSet::new(),
                        key: None,
                    });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    open.pop();
                }
                Event::Alias(_) => {
                    lines.step(&mut open, line);
                }
                _ => {}
            }
        }
        lines
    }

    /// The place of a value that starts here; advances its parent.
    fn step(&mut self, open: &mut [Open], line: usize) -> String {
        let place = match open.last_mut() {
            None => String::new(),
            Some(Open::Sequence { pointer, next }) => {
                *next += 1;
                format!("{pointer}/{}", *next - 1)
            }
            // A key that is not a scalar has no place.
            Some(Open::Mapping { pointer, key, .. }) => key.take().unwrap_or_else(|| pointer.clone()),
        };
        self.of.entry(place.clone()).or_insert(line);
        place
    }

    /// The line of a pointer, or of the nearest node around it.
    #[must_use]
    pub fn line(&self, pointer: &str) -> usize {
        let mut place = pointer;
        loop {
            if let Some(line) = self.of.get(place) {
                return *line;
            }
            match place.rsplit_once('/') {
                Some((around, _)) => place = around,
                None => return 1,
            }
        }
    }
}

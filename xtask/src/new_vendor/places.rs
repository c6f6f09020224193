//! Where a vendor is registered, and how each place is found.
//!
//! Each place is found by the code around it, not by line number or by a vendor's name, so that it is
//! found with any number of vendors; a place that is not found is reported.

use std::collections::BTreeMap;
use std::path::Path;

use regex::Regex;

use super::name::{Name, Refused, read};
use super::paging::Paging;

/// A place in a handwritten file that lists the vendors.
struct Place {
    file: &'static str,
    /// The list, for messages.
    what: &'static str,
    at: At,
    /// The text to add, with the template's names.
    text: &'static str,
}

enum At {
    /// After the last line that matches, and as many lines as this.
    After(&'static str),
    /// Before the first line that is the second, after the first line that contains the first.
    Before(&'static str, &'static str),
    /// At the end of the list that begins with the second and ends with the third, after the first.
    In(&'static str, &'static str, &'static str),
}

const ADAPTERS: &str = "crates/videogen/src/vendors/mod.rs";
const DISPATCH: &str = "crates/videogen/src/vendors/dispatch.rs";
const IDENTITY: &str = "crates/videogen/src/model/vendor.rs";

const PLACES: [Place; 12] = [
    Place {
        file: "Cargo.toml",
        what: "the members of the workspace",
        at: At::After(r#"^    "crates/raw/\w+",$"#),
        text: "    \"crates/raw/acme\",\n",
    },
    Place {
        file: "Cargo.toml",
        what: "the generated crates among the workspace's dependencies",
        at: At::After(r"^videogen-raw-\w+ = \{"),
        // All crates have one version.
        text: concat!(
            "videogen-raw-acme = { path = \"crates/raw/acme\", version = \"",
            env!("CARGO_PKG_VERSION"),
            "\" }\n"
        ),
    },
    Place {
        file: "crates/videogen/Cargo.toml",
        what: "the features that are on by default",
        at: At::In("\ndefault = ", "[", "]"),
        text: ", \"acme\"",
    },
    Place {
        file: "crates/videogen/Cargo.toml",
        what: "the features of the vendors",
        at: At::After(r#"^\w+ = \["dep:videogen-raw-\w+"\]$"#),
        text: "acme = [\"dep:videogen-raw-acme\"]\n",
    },
    Place {
        file: "crates/videogen/Cargo.toml",
        what: "the generated crates among the dependencies",
        at: At::After(r"^videogen-raw-\w+ = \{"),
        text: "videogen-raw-acme = { workspace = true, optional = true }\n",
    },
    Place {
        file: "crates/videogen/src/lib.rs",
        what: "the check that some vendor is enabled",
        at: At::In("#[cfg(not(any(", "any(", ")"),
        text: ", feature = \"acme\"",
    },
    Place {
        file: ADAPTERS,
        what: "the modules of the adapters",
        at: At::After(r"^mod \w+;$"),
        text: "#[cfg(feature = \"acme\")]\nmod acme;\n",
    },
    Place {
        file: DISPATCH,
        what: "the imports of the adapters",
        at: At::After(r"^use super::\w+;$"),
        text: "#[cfg(feature = \"acme\")]\nuse super::acme;\n",
    },
    Place {
        file: DISPATCH,
        what: "the match of `on_adapter!`",
        at: At::Before("macro_rules! on_adapter", "        }"),
        text: "            #[cfg(feature = \"acme\")]\n            Vendor::Acme => {\n                type $adapter = acme::Acme;\n                $call\n            }\n",
    },
    Place {
        file: IDENTITY,
        what: "the table of vendors",
        at: At::Before("\nvendors! {", "}"),
        text: "    /// <https://docs.example.com/acme>\n    Acme = \"acme\", videogen_raw_acme {\n        operations: [Submit, Get],\n    }\n",
    },
    Place {
        file: ".ci/run",
        what: "the vendors that are compiled alone",
        at: At::In("\nfor features in ", "in ", "; do"),
        text: " acme,webhook",
    },
    Place {
        file: "tests/cases.rs",
        what: "`TARGETS`",
        at: At::Before("pub(crate) const TARGETS: ", "];"),
        text: "    (Vendor::Acme, \"acme-video-1\"),\n",
    },
];

/// The files that list vendors, with a new one.
///
/// # Errors
/// When a file cannot be read, or a place in it is not found.
pub(super) fn registered(root: &Path, name: &Name, has_list: bool) -> Result<BTreeMap<&'static str, String>, Refused> {
    let mut files = BTreeMap::new();
    let mut missing = Vec::new();
    for place in PLACES {
        let text = match files.get(place.file) {
            Some(text) => text,
            None => {
                let text = read(root, place.file)?;
                files.entry(place.file).or_insert(text)
            }
        };
        let added = match has_list {
            true => Paging::registered(place.text),
            false => place.text.to_owned(),
        };
        let added = name.fill(&added);
        match insert(text, &place.at, &added) {
            Some(text) => drop(files.insert(place.file, text)),
            None => missing.push(format!(
                "{}: {} not found; add this there: {}",
                place.file,
                place.what,
                added.trim()
            )),
        }
    }
    if missing.is_empty() {
        Ok(files)
    } else {
        Err(Refused(missing))
    }
}

fn insert(text: &str, at: &At, added: &str) -> Option<String> {
    let (index, added) = match *at {
        At::After(pattern) => {
            let lines = Regex::new(&format!("(?m){pattern}")).ok()?;
            let last = lines.find_iter(text).last()?;
            (last.end() + text[last.end()..].find('\n')? + 1, added)
        }
        At::Before(open, close) => {
            let start = text.find(open)?;
            (start + text[start..].find(&format!("\n{close}\n"))? + 1, added)
        }
        At::In(anchor, open, close) => {
            let start = text.find(anchor)?;
            let start = start + text[start..].find(open)? + open.len();
            let end = start + text[start..].find(close)?;
            // A list with one entry per line has a trailing comma.
            let end = text[..end]
                .trim_end_matches(|last: char| last == ',' || last.is_whitespace())
                .len();
            let added = if end == start {
                added.trim_start_matches([',', ' '])
            } else {
                added
            };
            (end, added)
        }
    };
    Some(format!("{}{added}{}", &text[..index], &text[index..]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_found_by_the_code_around_them() {
        let after = At::After(r"^mod \w+;$");
        assert_eq!(
            insert("mod a;\nmod b;\n\nx\n", &after, "mod c;\n").unwrap(),
            "mod a;\nmod b;\nmod c;\n\nx\n"
        );
        assert_eq!(insert("pub mod a;\n", &after, "mod c;\n"), None);
        let before = At::Before("enum V {", "}");
        assert_eq!(
            insert("enum V {\n    A,\n}\n}\n", &before, "    B,\n").unwrap(),
            "enum V {\n    A,\n    B,\n}\n}\n"
        );
        assert_eq!(insert("enum W {\n    A,\n}\n", &before, "    B,\n"), None);
        let list = At::In("cfg(not(", "any(", ")");
        assert_eq!(
            insert("cfg(not(any(a, b)))", &list, ", c").unwrap(),
            "cfg(not(any(a, b, c)))"
        );
        assert_eq!(
            insert("cfg(not(any(\n    a,\n)))", &list, ", c").unwrap(),
            "cfg(not(any(\n    a, c,\n)))"
        );
        assert_eq!(insert("cfg(not(any()))", &list, ", c").unwrap(), "cfg(not(any(c)))");
        assert_eq!(insert("cfg(any(a))", &list, ", c"), None);
    }
}

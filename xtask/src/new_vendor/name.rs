//! A new vendor's name: its validation, and its forms in the templates.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use regex::Regex;

use crate::spec::names::is_identifier;
use crate::spec::{is_vendor, vendors};

/// The template of the adapter.
pub(super) const ADAPTER: &str = include_str!("template/adapter.rs");

/// Why nothing was written: one reason per line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub(super) struct Refused(pub(super) Vec<String>);

impl Refused {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Self(vec![reason.into()])
    }
}

/// A vendor's name in the forms that the templates have.
pub(super) struct Name {
    pub(super) lower: String,
}

impl Name {
    /// # Errors
    /// When the name is invalid or taken.
    pub(super) fn check(text: &str, root: &Path) -> Result<Self, Refused> {
        if !is_vendor(text) {
            let lower: String = text
                .to_ascii_lowercase()
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .collect();
            let lower = lower.trim_start_matches(|first: char| first.is_ascii_digit());
            let hint = if lower.is_empty() { "acme" } else { lower };
            return Err(Refused::because(format!(
                "{text:?} cannot be a vendor's name: it becomes a file, a Rust module and a feature, so it begins with a letter \
                 and has lower-case ASCII letters and digits only, such as `{hint}`"
            )));
        }
        let name = Self { lower: text.to_owned() };
        if !is_identifier(text) {
            return Err(Refused::because(format!(
                "`{text}` is a Rust keyword; choose another name, such as `{text}ai`"
            )));
        }
        let vendors = vendors(root, &[]).map_err(|error| Refused::because(error.to_string()))?;
        if vendors.contains(&name.lower) {
            return Err(Refused::because(format!(
                "vendor `{text}` exists already (specs/{text}.yaml). To change it, edit that file and run cargo xtask generate"
            )));
        }
        let mut used = BTreeSet::from([String::from("self"), String::from("tests")]);
        for code in [
            read(root, "crates/videogen/src/vendors/mod.rs")?.as_str(),
            read(root, "crates/videogen/src/vendors/dispatch.rs")?.as_str(),
            read(root, "crates/videogen/src/model/vendor.rs")?.as_str(),
            ADAPTER,
            include_str!("template/paging/number.rs"),
            include_str!("template/paging/cursor.rs"),
        ] {
            let tokens = code
                .parse()
                .map_err(|error: proc_macro2::LexError| Refused::because(error.to_string()))?;
            identifiers(tokens, &mut used);
        }
        for line in read(root, "crates/videogen/Cargo.toml")?.lines() {
            let key = line.split([' ', '.', '=']).next().unwrap_or_default();
            used.insert(key.to_owned());
        }
        // The template's own name for what is yet to be named.
        used.remove("acme");
        used.remove("Acme");
        if used.contains(text) || used.contains(&name.pascal()) {
            return Err(Refused::because(format!(
                "`{text}` is a name that the adapters, or crates/videogen/Cargo.toml, use for something else; take another, such \
                 as `{text}ai`"
            )));
        }
        Ok(name)
    }

    pub(super) fn pascal(&self) -> String {
        let (first, rest) = self.lower.split_at(1);
        first.to_ascii_uppercase() + rest
    }

    /// A template, with this name.
    pub(super) fn fill(&self, template: &str) -> String {
        let form = |found: &regex::Captures<'_>| match &found[0] {
            "Acme" => self.pascal(),
            "ACME" => self.lower.to_ascii_uppercase(),
            _ => self.lower.clone(),
        };
        match Regex::new("acme|Acme|ACME") {
            Ok(names) => names.replace_all(template, form).into_owned(),
            Err(_) => template.to_owned(),
        }
    }
}

fn identifiers(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => drop(found.insert(ident.to_string())),
            TokenTree::Group(group) => identifiers(group.stream(), found),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// The text of a file of the repository.
pub(super) fn read(root: &Path, file: &str) -> Result<String, Refused> {
    fs::read_to_string(root.join(file)).map_err(|error| Refused::because(format!("{file}: {error}")))
}

//! `x-pages`: what a vendor publishes, and how it is fetched.

use schemars::JsonSchema;
use serde::Deserialize;

#[derive(Deserialize, JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code, reason = "how a page is fetched is checked for its shape, not emitted")]
pub(crate) struct Page {
    #[schemars(regex(pattern = "^https://"))]
    pub(crate) url: String,
    #[schemars(regex(pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"))]
    pub(crate) read: String,
    pub(crate) note: Option<String>,
    #[serde(default)]
    pub(crate) kind: PageKind,
    pub(crate) fetch: Option<Fetch>,
    /// The part of a repository that holds the pages, or the one file.
    #[schemars(regex(pattern = r"^[A-Za-z0-9_][A-Za-z0-9_.@/-]*$"))]
    pub(crate) path: Option<String>,
}

/// What a vendor publishes.
#[derive(Deserialize, JsonSchema, Default, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum PageKind {
    /// A documentation page.
    #[default]
    Page,
    /// An OpenAPI document.
    OpenApi,
    /// A repository of the sources of pages.
    Repository,
    /// The vendor's own list of models, the answer of the operation of `x-listed-models`.
    Models,
    /// A package with types that the vendor generates from its own document. People read it, no command does.
    Types,
}

/// How it is fetched.
#[derive(Deserialize, JsonSchema, Clone, Copy, PartialEq, Eq, Debug)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Fetch {
    /// GET of the address.
    Get,
    /// GET of the address with `.md` at its end.
    Md,
    /// A shallow clone.
    Git,
}

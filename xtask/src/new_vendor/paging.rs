//! A list of tasks in the skeleton: its operation and component in the spec, and its function in the adapter.

/// How the pages of a list follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Paging {
    /// Each has a number
    Number,
    /// Each returns the cursor of the next one
    Cursor,
}

impl Paging {
    /// The operation and the component, with the separator between them.
    fn spec(self) -> &'static str {
        match self {
            Self::Number => include_str!("template/paging/number.yaml"),
            Self::Cursor => include_str!("template/paging/cursor.yaml"),
        }
    }

    fn adapter(self) -> &'static str {
        match self {
            Self::Number => include_str!("template/paging/number.rs"),
            Self::Cursor => include_str!("template/paging/cursor.rs"),
        }
    }

    /// The template of the spec with the list. `None`: a place in the template is missing.
    pub(super) fn in_spec(self, template: &str) -> Option<String> {
        let (operation, component) = self.spec().split_once("# components\n")?;
        let text = before(template, "  /v1/videos/{video_id}:\n", operation)?;
        before(&text, "    ErrorBody:\n", component)
    }

    /// The template of the adapter with the list.
    pub(super) fn in_adapter(self, template: &str) -> Option<String> {
        let list = format!("{}\n", self.adapter());
        let mut text = before(template, "    fn error(", &list)?;
        text = text.replacen(
            "impl Adapter for Acme {\n",
            "impl Adapter for Acme {\n    const LIST_MEMBER: &'static str = \"data\";\n\n",
            1,
        );
        if self == Self::Number {
            let size =
                "/// Page size if the caller names none.\n// TO DO: the vendor's own.\nconst PAGE: u32 = 20;\n\n";
            text = before(&text, "pub(crate) struct Acme;", size)?;
        }
        text = text.replacen(
            "    // TO DO: `cancel`, `list` and `models` where the vendor has them, and their names in `operations` of\n    \
             // crates/videogen/src/model/vendor.rs. A list also needs `LIST_MEMBER`, and `x-query` in the spec.\n",
            "    // TO DO: `cancel` and `models` where the vendor has them, and their names in `operations` of\n    \
             // crates/videogen/src/model/vendor.rs.\n",
            1,
        );
        text = text.replacen("named, value}", "RawPage, named, read_all, value}", 1);
        Some(text.replacen("ErrorKind, Role", "ErrorKind, ListQuery, Role", 1))
    }

    /// The registration of a vendor with the list.
    pub(super) fn registered(text: &str) -> String {
        text.replacen("operations: [Submit, Get]", "operations: [Submit, Get, List]", 1)
    }
}

/// `text` with `added` before the first `anchor`.
fn before(text: &str, anchor: &str, added: &str) -> Option<String> {
    let index = text.find(anchor)?;
    Some(format!("{}{added}{}", &text[..index], &text[index..]))
}

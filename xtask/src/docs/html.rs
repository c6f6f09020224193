//! HTML to lines of text, as a browser shows it.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{ElementRef, Html, Node};

/// What is left of an HTML page.
pub(super) struct Reduced {
    /// Lines; headings begin with `#`, list items with `•`, and the cells of a table's row are between `|`.
    pub(super) text: String,
    /// The first heading, or the page's title.
    pub(super) title: String,
    /// The page's own address.
    pub(super) url: Option<String>,
}

/// Elements on separate lines.
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
];

/// Elements that show nothing, or only lead elsewhere.
const SKIPPED: [&str; 9] = [
    "script", "style", "noscript", "template", "svg", "head", "nav", "footer", "iframe",
];

/// Whether a text is HTML rather than Markdown or plain text.
pub(super) fn is_html(text: &str) -> bool {
    let text = text.trim_start().to_lowercase();
    text.starts_with('<')
        && ["<html", "<!doctype", "<body", "<head", "<main", "<div"]
            .iter()
            .any(|tag| text.contains(tag))
}

/// Reduces a page to its text.
pub(super) fn reduce(html: &str) -> Reduced {
    let document = Html::parse_document(html);
    let mut writer = Writer::default();
    let mut skipped = 0usize;
    let mut url = None;
    let (mut title, mut in_title, mut heading) = (String::new(), false, None);
    // The tree is walked without recursion: a page may nest as deep as it likes.
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => {
                    let name = element.name();
                    if let Some(found) = address(name, element) {
                        url.get_or_insert(found);
                    }
                    in_title |= name == "title";
                    skipped += usize::from(is_skipped(element));
                    if skipped == 0 {
                        writer.open(name);
                        if name.len() == 2 && name.starts_with('h') && name != "hr" && heading.is_none() {
                            heading = ElementRef::wrap(node).map(|heading| heading.text().collect::<String>());
                        }
                    }
                }
                Node::Text(text) if in_title => title.push_str(text),
                Node::Text(text) if skipped == 0 => writer.text(text),
                Node::Comment(comment) => {
                    if let Some((_, found)) = comment.split_once("saved from url=") {
                        let found = found.trim_start_matches(|c: char| c == '(' || c == ')' || c.is_ascii_digit());
                        url.get_or_insert(found.trim().to_owned());
                    }
                }
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    in_title &= element.name() != "title";
                    if skipped == 0 {
                        writer.close(element.name());
                    }
                    skipped -= usize::from(is_skipped(element));
                }
            }
        }
    }
    let tidy = |text: String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The site's name follows the page's.
    let own = title.split(" | ").next().unwrap_or_default();
    let own = own.split(" - ").next().unwrap_or_default().to_owned();
    Reduced {
        text: writer.out,
        title: tidy(heading.unwrap_or(own)),
        url,
    }
}

fn is_skipped(element: &Element) -> bool {
    SKIPPED.contains(&element.name()) || element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true")
}

/// The page's own address, if an element in the head has it.
fn address(name: &str, element: &Element) -> Option<String> {
    let found = match name {
        "link" if element.attr("rel") == Some("canonical") => element.attr("href"),
        "meta" if element.attr("property") == Some("og:url") => element.attr("content"),
        _ => None,
    };
    found.filter(|url| url.starts_with("http")).map(str::to_owned)
}

/// Puts lines together.
#[derive(Default)]
struct Writer {
    out: String,
    /// How many `pre` and how many cells are open.
    pre: usize,
    cells: usize,
    /// The last thing was the end of an element inside a line.
    after_inline: bool,
}

impl Writer {
    fn open(&mut self, name: &str) {
        // It only allows a break inside a word.
        if name == "wbr" {
            return;
        }
        match name {
            "pre" => {
                self.pre += 1;
                self.out.push('\n');
            }
            "td" | "th" => {
                self.cells += 1;
                self.out.push_str("| ");
            }
            _ if self.pre > 0 && name != "br" => {}
            _ if self.cells > 0 => self.out.push(' '),
            "li" => self.out.push_str("\n• "),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.out.push_str("\n# "),
            // What begins a list item belongs to its line.
            _ if BLOCKS.contains(&name) && !self.out.ends_with("• ") => self.out.push('\n'),
            // Two names side by side are two words, even without a space between.
            _ if self.after_inline => self.out.push(' '),
            _ => {}
        }
        self.after_inline = false;
    }

    fn close(&mut self, name: &str) {
        if name == "wbr" {
            return;
        }
        self.after_inline = false;
        match name {
            "pre" => {
                self.pre = self.pre.saturating_sub(1);
                self.out.push('\n');
            }
            "td" | "th" => {
                self.cells = self.cells.saturating_sub(1);
                self.out.push(' ');
            }
            "tr" => self.out.push_str("|\n"),
            _ if self.pre > 0 => {}
            _ if self.cells > 0 => self.out.push(' '),
            _ if BLOCKS.contains(&name) => self.out.push('\n'),
            _ => self.after_inline = true,
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            self.out.push_str(text);
            return;
        }
        if text.trim().is_empty() {
            // White space between two blocks is nothing, between two words it is a space.
            if !self.out.ends_with(['\n', ' ']) {
                self.out.push(' ');
            }
        } else {
            // Line breaks of the source are spaces.
            self.out.push_str(&text.replace(['\n', '\r'], " "));
        }
        self.after_inline = false;
    }
}

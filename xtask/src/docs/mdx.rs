//! Documentation sources in MDX (Mintlify): components, code blocks and front matter.

use std::ops::RangeInclusive;

use markdown::mdast::{AttributeContent, AttributeValue, MdxJsxFlowElement, MdxJsxTextElement, Node};
use markdown::message::Place as At;
use markdown::{Constructs, ParseOptions};
use serde_json::Value;

use super::facts::{Parameter, Place};
use super::layouts::{details, words};
use super::line::Line;

/// What the markup of a source says; the rest is in its lines.
#[derive(Debug, Clone, Default)]
pub struct Source {
    /// The title in the front matter, or the first heading.
    pub title: String,
    /// What the components list.
    pub parameters: Vec<Parameter>,
    /// Lines of code.
    pub code: Vec<RangeInclusive<usize>>,
    /// Lines of those components.
    pub described: Vec<RangeInclusive<usize>>,
    /// Code blocks.
    pub blocks: Vec<Block>,
    /// Line and reason of each part that was not understood.
    pub strange: Vec<(usize, String)>,
}

/// A code block.
#[derive(Debug, Clone)]
pub struct Block {
    /// The language after the fence.
    pub language: String,
    /// What follows the language: a title, or a status code.
    pub title: String,
    /// The code.
    pub code: String,
    /// Its first line.
    pub line: usize,
    /// Whether the component around it holds requests or responses.
    pub place: Option<Place>,
}

/// How many characters that break the syntax are looked past.
const REPAIRS: usize = 64;

/// Whether a text is such a source rather than plain Markdown.
pub(super) fn is_source(text: &str) -> bool {
    let is_front = text.starts_with("---\n") && text[4..].contains("\n---");
    is_front || ["<ParamField", "<ResponseField"].iter().any(|tag| text.contains(tag))
}

/// Reads the markup of a source.
///
/// # Errors
/// Where the syntax breaks for good.
pub(super) fn read(text: &str) -> Result<Source, String> {
    let options = ParseOptions {
        constructs: Constructs {
            frontmatter: true,
            gfm_table: true,
            ..Constructs::mdx()
        },
        ..ParseOptions::mdx()
    };
    let mut source = Source::default();
    let mut text = text.to_owned();
    let tree = loop {
        let message = match markdown::to_mdast(&text, &options) {
            Ok(tree) => break tree,
            Err(message) => message,
        };
        let (line, offset) = match message.place.as_deref() {
            Some(At::Point(point)) => (point.line, point.offset),
            Some(At::Position(position)) => (position.start.line, position.start.offset),
            None => (0, 0),
        };
        let reason = format!("line {line}: {}", message.reason);
        // A stray `<` or `{` in a sentence is no component: it is looked past, and named.
        let stray = text.get(..offset).and_then(|before| {
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            before[start..].rfind(['<', '{']).map(|at| start + at)
        });
        match stray {
            Some(at) if source.strange.len() < REPAIRS => {
                text.replace_range(at..=at, " ");
                source.strange.push((line, message.reason));
            }
            _ => return Err(reason),
        }
    };
    walk(&tree, &Around::default(), &mut source);
    Ok(source)
}

/// What is around a node.
#[derive(Clone, Default)]
struct Around {
    /// Place and name of the parameter that it belongs to.
    inside: Option<(Place, String)>,
    /// Whether examples are of requests or of responses.
    place: Option<Place>,
}

fn walk(node: &Node, around: &Around, source: &mut Source) {
    let line = node.position().map_or(0, |position| position.start.line);
    match node {
        Node::Yaml(front) => {
            let title = front.value.lines().find_map(|line| line.strip_prefix("title:"));
            source.title = title.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned();
        }
        Node::Heading(_) if source.title.is_empty() => source.title = plain(node),
        Node::Code(code) => {
            let end = node.position().map_or(line, |position| position.end.line);
            source.code.push(line..=end);
            source.blocks.push(Block {
                language: code.lang.clone().unwrap_or_default(),
                title: code.meta.clone().unwrap_or_default(),
                code: code.value.clone(),
                line: line + 1,
                place: around.place,
            });
        }
        Node::MdxJsxFlowElement(MdxJsxFlowElement { name, attributes, .. })
        | Node::MdxJsxTextElement(MdxJsxTextElement { name, attributes, .. }) => {
            let mut around = around.clone();
            match name.as_deref() {
                Some("RequestExample") => around.place = Some(Place::Request),
                Some("ResponseExample") => around.place = Some(Place::Response),
                Some("ParamField" | "ResponseField") => {
                    let end = node.position().map_or(line, |position| position.end.line);
                    source.described.push(line..=end);
                    match field(node, attributes, line, &around) {
                        Some(parameter) => {
                            around.inside = Some((parameter.place, parameter.name.clone()));
                            source.parameters.push(parameter);
                        }
                        None => source.strange.push((line, "the field has no name".to_owned())),
                    }
                }
                _ => {}
            }
            node.children()
                .into_iter()
                .flatten()
                .for_each(|child| walk(child, &around, source));
            return;
        }
        _ => {}
    }
    node.children()
        .into_iter()
        .flatten()
        .for_each(|child| walk(child, around, source));
}

fn field(node: &Node, attributes: &[AttributeContent], line: usize, around: &Around) -> Option<Parameter> {
    let attribute = |wanted: &str| {
        attributes.iter().find_map(|attribute| match attribute {
            AttributeContent::Property(property) if property.name == wanted => Some(match &property.value {
                None => Value::Bool(true),
                Some(AttributeValue::Literal(text)) => Value::String(text.clone()),
                Some(AttributeValue::Expression(code)) => {
                    serde_json::from_str(code.value.trim()).unwrap_or_else(|_| Value::String(code.value.clone()))
                }
            }),
            _ => None,
        })
    };
    let places = [
        ("body", Place::Request),
        ("query", Place::Query),
        ("path", Place::Path),
        ("header", Place::Header),
        ("name", Place::Response),
    ];
    let (place, name) = places
        .into_iter()
        .find_map(|(key, place)| Some((place, attribute(key)?.as_str()?.to_owned())))?;
    let name = words::plain_name(&name);
    let (place, name) = match &around.inside {
        Some((outer, prefix)) => (*outer, format!("{prefix}.{name}")),
        None => (place, name),
    };
    let mut parameter = Parameter::new(place, &name, line);
    parameter.kind = attribute("type").and_then(|kind| words::kind(kind.as_str()?));
    parameter.required = attribute("required").is_some_and(|required| required != Value::Bool(false));
    let stated = attribute("default");
    let mut lines = Vec::new();
    described(node, &mut lines);
    details::read(&mut parameter, &lines);
    if stated.is_some() {
        parameter.default = stated;
    }
    Some(parameter)
}

/// The sentences and lists that are directly in a component, not in those within it.
fn described(node: &Node, lines: &mut Vec<Line>) {
    for child in node.children().into_iter().flatten() {
        let number = child.position().map_or(0, |position| position.start.line);
        match child {
            Node::Paragraph(_) => add(&plain(child), number, lines),
            Node::List(list) => {
                for item in &list.children {
                    let first = item.children().into_iter().flatten().next();
                    let number = item.position().map_or(0, |position| position.start.line);
                    add(&format!("• {}", first.map(plain).unwrap_or_default()), number, lines);
                }
            }
            // The words of a component on a single line.
            Node::Text(_) | Node::InlineCode(_) => {
                add(&plain(node), number, lines);
                return;
            }
            _ => {}
        }
    }
}

fn add(text: &str, number: usize, lines: &mut Vec<Line>) {
    for (text, number) in text.lines().zip(number..) {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if !text.is_empty() {
            lines.push(Line {
                number,
                text,
                heading: false,
            });
        }
    }
}

/// A node's words; code keeps its backticks, emphasis does not keep its stars.
fn plain(node: &Node) -> String {
    match node {
        Node::Text(text) => text.value.clone(),
        Node::InlineCode(code) => format!("`{}`", code.value),
        Node::Break(_) => "\n".to_owned(),
        Node::MdxJsxTextElement(element) if matches!(element.name.as_deref(), Some("ParamField" | "ResponseField")) => {
            String::new()
        }
        other => other.children().into_iter().flatten().map(plain).collect(),
    }
}

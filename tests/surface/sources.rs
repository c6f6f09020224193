//! The modules of our crates, parsed from their sources, and what a name in one of them means.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Item, UseTree, Visibility};

/// A module by its crate and the names that lead to it.
pub(super) type Place = Vec<String>;

/// One module.
#[derive(Default)]
pub(super) struct Module {
    /// Its items, also those that a macro of the same crate defines, with the macro's own names for what differs.
    pub(super) items: Vec<Item>,
    /// Calls of such macros, and the types that their items define or extend.
    pub(super) calls: Vec<(String, Vec<String>)>,
}

/// All modules of several crates.
#[derive(Default)]
pub(super) struct Sources(pub(super) BTreeMap<Place, Module>);

/// What a name means.
pub(super) enum Meaning {
    /// A module.
    Module(Place),
    /// The items of this name in a module.
    Items(Place, String),
    /// An item of another crate, by its path.
    Elsewhere(String),
}

impl Sources {
    /// Reads a crate from its folder `src`.
    pub(super) fn read(&mut self, name: &str, folder: &Path) {
        self.file(vec![name.to_owned()], &folder.join("lib.rs"), folder);
    }

    fn file(&mut self, place: Place, file: &Path, folder: &Path) {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let parsed = syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        self.module(place, parsed.items, folder);
    }

    /// Adds a module whose children are in `folder`.
    fn module(&mut self, place: Place, items: Vec<Item>, folder: &Path) {
        let mut module = Module::default();
        let mut macros = BTreeMap::new();
        for item in items {
            if attributes(&item)
                .iter()
                .any(|attribute| spelt(attribute) == "#[cfg(test)]")
            {
                continue;
            }
            match item {
                Item::Macro(item) if item.mac.path.is_ident("macro_rules") => {
                    macros.insert(item.ident.map(|name| name.to_string()), item.mac.tokens);
                }
                Item::Macro(item) => {
                    let name = item.mac.path.segments.last().map(|segment| segment.ident.to_string());
                    let Some(rules) = macros.get(&name) else { continue };
                    let items = transcriber(rules.clone());
                    let types = items.iter().filter_map(|item| match item {
                        Item::Impl(block) => subject(block),
                        other => ident(other),
                    });
                    module
                        .calls
                        .push((spelt(&without_docs(item.mac.to_token_stream())), types.collect()));
                    module.items.extend(items);
                }
                Item::Mod(mut item) => {
                    let name = item.ident.to_string();
                    let child = [place.clone(), vec![name.clone()]].concat();
                    match item.content.take() {
                        Some((_, items)) => self.module(child, items, &folder.join(&name)),
                        None => {
                            let file = folder.join(format!("{name}.rs"));
                            let file = if file.exists() {
                                file
                            } else {
                                folder.join(&name).join("mod.rs")
                            };
                            self.file(child, &file, &folder.join(&name));
                        }
                    }
                    module.items.push(Item::Mod(item));
                }
                item => module.items.push(item),
            }
        }
        self.0.insert(place, module);
    }

    /// The meaning of a path in a module.
    pub(super) fn find(&self, from: &[String], path: &[String]) -> Meaning {
        let (first, rest) = path.split_first().expect("a path has a segment");
        let start = match first.as_str() {
            "crate" => Meaning::Module(from[..1].to_vec()),
            "self" => Meaning::Module(from.to_vec()),
            "super" => Meaning::Module(from[..from.len() - 1].to_vec()),
            name if self.0.contains_key(std::slice::from_ref(first)) => Meaning::Module(vec![name.to_owned()]),
            name => match self.named(from, name, 0) {
                Some(meaning) => meaning,
                None => return Meaning::Elsewhere(path.join("::")),
            },
        };
        rest.iter().fold(start, |at, name| match at {
            Meaning::Module(place) => self
                .named(&place, name, 0)
                .unwrap_or_else(|| panic!("{} has no {name}", place.join("::"))),
            Meaning::Elsewhere(path) => Meaning::Elsewhere(format!("{path}::{name}")),
            Meaning::Items(..) => Meaning::Elsewhere(path.join("::")),
        })
    }

    /// The meaning of a name that a module defines or imports.
    fn named(&self, place: &[String], name: &str, depth: usize) -> Option<Meaning> {
        let child = [place, &[name.to_owned()]].concat();
        if self.0.contains_key(&child) {
            return Some(Meaning::Module(child));
        }
        let module = self.0.get(place).filter(|_| depth < 9)?;
        if module.items.iter().any(|item| ident(item).as_deref() == Some(name)) {
            return Some(Meaning::Items(place.to_vec(), name.to_owned()));
        }
        let uses = module.items.iter().filter_map(|item| match item {
            Item::Use(item) => Some(leaves(&item.tree)),
            _ => None,
        });
        let uses: Vec<(Vec<String>, String)> = uses.flatten().collect();
        if let Some((path, _)) = uses.iter().find(|(_, known)| known == name) {
            return (path.as_slice() != [name]).then(|| self.find(place, path));
        }
        let mut globs = uses.iter().filter(|(_, known)| known == "*");
        globs.find_map(|(path, _)| match self.find(place, path) {
            Meaning::Module(from) if from != place => self.named(&from, name, depth + 1),
            _ => None,
        })
    }
}

/// What a `use` imports: the path of each, and its name here; `*` for all of a module.
pub(super) fn leaves(tree: &UseTree) -> Vec<(Vec<String>, String)> {
    let one = |name: &syn::Ident, known: &syn::Ident| vec![(vec![name.to_string()], known.to_string())];
    match tree {
        UseTree::Path(path) => {
            let mut found = leaves(&path.tree);
            for (segments, known) in &mut found {
                if segments.as_slice() == ["self"] {
                    *segments = Vec::new();
                    *known = path.ident.to_string();
                }
                segments.insert(0, path.ident.to_string());
            }
            found
        }
        UseTree::Name(name) => one(&name.ident, &name.ident),
        UseTree::Rename(name) => one(&name.ident, &name.rename),
        UseTree::Glob(_) => vec![(Vec::new(), "*".to_owned())],
        UseTree::Group(group) => group.items.iter().flat_map(leaves).collect(),
    }
}

/// The items that the first rule of a macro writes, once, with the names of its variables.
fn transcriber(rules: TokenStream) -> Vec<Item> {
    let mut groups = rules.into_iter().filter_map(|token| match token {
        TokenTree::Group(group) => Some(group.stream()),
        _ => None,
    });
    let body = once(groups.nth(1).expect("a rule has two sides"));
    let text = body.to_string();
    syn::parse2::<syn::File>(body)
        .unwrap_or_else(|error| panic!("{error}: {text}"))
        .items
}

/// Tokens without `$`, and with the content of each repetition once.
fn once(tokens: TokenStream) -> TokenStream {
    let mut found = TokenStream::new();
    let mut tokens = tokens.into_iter().peekable();
    let is = |token: Option<&TokenTree>, marks: &str| match token {
        Some(TokenTree::Punct(punct)) => marks.contains(punct.as_char()),
        _ => false,
    };
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(mark) if mark.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Group(repeated)) => {
                    found.extend(once(repeated.stream()));
                    // A separator and the operator.
                    if is(tokens.peek(), ",;|") {
                        tokens.next();
                    }
                    if is(tokens.peek(), "*+?") {
                        tokens.next();
                    }
                }
                other => found.extend(other),
            },
            TokenTree::Group(group) => {
                found.extend([TokenTree::from(Group::new(group.delimiter(), once(group.stream())))]);
            }
            other => found.extend([other]),
        }
    }
    found
}

/// Tokens without `#[doc = …]`.
fn without_docs(tokens: TokenStream) -> TokenStream {
    let mut found: Vec<TokenTree> = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) if group.stream().to_string().starts_with("doc =") => {
                found.pop();
            }
            TokenTree::Group(group) => {
                found.push(Group::new(group.delimiter(), without_docs(group.stream())).into());
            }
            other => found.push(other),
        }
    }
    found.into_iter().collect()
}

/// The name of an item that has one.
pub(super) fn ident(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Its visibility.
pub(super) fn is_public(item: &Item) -> bool {
    let visibility = match item {
        Item::Const(item) => &item.vis,
        Item::Enum(item) => &item.vis,
        Item::Fn(item) => &item.vis,
        Item::Mod(item) => &item.vis,
        Item::Static(item) => &item.vis,
        Item::Struct(item) => &item.vis,
        Item::Trait(item) => &item.vis,
        Item::Type(item) => &item.vis,
        Item::Union(item) => &item.vis,
        Item::Use(item) => &item.vis,
        _ => return false,
    };
    matches!(visibility, Visibility::Public(_))
}

/// Its attributes.
pub(super) fn attributes(item: &Item) -> &[syn::Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name of the type that an `impl` is for.
pub(super) fn subject(block: &syn::ItemImpl) -> Option<String> {
    let syn::Type::Path(path) = &*block.self_ty else {
        return None;
    };
    Some(path.path.segments.last()?.ident.to_string())
}

/// Tokens as people write them.
pub(super) fn spelt(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string().replace('\n', " ");
    for (from, to) in [
        (" ::", "::"),
        (":: ", "::"),
        ("::<", ":: <"),
        (" <", "<"),
        ("< ", "<"),
        (" >", ">"),
        (" ,", ","),
        (",)", ")"),
        (", >", ">"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" :", ":"),
        (" ;", ";"),
        ("& ", "&"),
        ("# [", "#["),
        ("! [", "!["),
        (" ! ", "! "),
        (" !(", "!("),
        (" = &", " = &"),
        ("crate::", ""),
        ("(mut ", "("),
        (", mut ", ", "),
    ] {
        text = text.replace(from, to);
    }
    text.replace("->", " -> ")
        .replace("  ->", " ->")
        .replace("->  ", "-> ")
        .replace("=>(", "=> (")
}

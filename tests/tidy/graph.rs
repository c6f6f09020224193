//! The module graph of a crate, computed from its sources: which file imports what from which other file.
//!
//! An import is a `use`, or a path in code or in a macro's arguments. Re-exports are followed: a file that imports
//! `crate::model::Error` depends on the file that defines `Error`. Code under `cfg(test)` does not count.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, ImplItem, Item, ItemImpl, ItemUse, UseTree, Visibility};

/// Sources by their path below the crate's `src`, such as `model/error.rs`.
pub(super) type Sources = BTreeMap<String, String>;

/// One file needs an item of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) from: String,
    pub(super) to: String,
    pub(super) item: String,
    /// The path goes through the crate's root instead of naming the module.
    pub(super) through_root: bool,
}

/// Methods that a file adds to a type of another file. Who calls one depends on that file without importing it.
#[derive(Debug)]
pub(super) struct Extension {
    /// File of the `impl`.
    pub(super) file: String,
    /// The type, and the file that defines it.
    pub(super) of: (String, String),
    pub(super) methods: Vec<String>,
}

/// A path from the crate's root, such as `["model", "Error"]`.
type Path = Vec<String>;

#[derive(Default)]
struct Module {
    file: String,
    items: BTreeSet<String>,
    /// Names that a `use` imports, with the path behind them.
    names: HashMap<String, Path>,
    globs: Vec<Path>,
    /// Paths that code uses, and whether each is only a re-export.
    needs: Vec<(Path, bool)>,
    /// Inherent `impl` blocks: the path of the type, and the methods.
    impls: Vec<(Path, Vec<String>)>,
    /// Methods that code calls, with what is before the name: `self.poll` and `Client::poll`.
    calls: BTreeSet<(String, String)>,
}

#[derive(Default)]
struct Crate {
    modules: HashMap<Path, Module>,
}

/// The imports between the files of the crate whose root is `root` (`lib.rs` or `main.rs`).
pub(super) fn edges(sources: &Sources, root: &str) -> Vec<Edge> {
    let mut found = Crate::default();
    found.load(sources, root, Vec::new());
    found.edges()
}

/// Methods that a file calls, with what is before each name.
pub(super) type Calls = BTreeMap<String, BTreeSet<(String, String)>>;

/// The inherent `impl` blocks outside the file of their type, and the methods that each file calls.
pub(super) fn methods(sources: &Sources, root: &str) -> (Vec<Extension>, Calls) {
    let mut found = Crate::default();
    found.load(sources, root, Vec::new());
    let (mut extensions, mut calls) = (Vec::new(), Calls::new());
    for module in found.modules.values() {
        let called = calls.entry(module.file.clone()).or_default();
        let is_own = |on: &str, method: &String| {
            matches!(on, "self" | "Self") && module.impls.iter().any(|(_, methods)| methods.contains(method))
        };
        called.extend(module.calls.iter().filter(|(on, method)| !is_own(on, method)).cloned());
        for (path, methods) in &module.impls {
            if let Some((file, item)) = found.resolve(path, 0).filter(|(file, _)| *file != module.file) {
                extensions.push(Extension {
                    file: module.file.clone(),
                    of: (item, file),
                    methods: methods.clone(),
                });
            }
        }
    }
    (extensions, calls)
}

/// The shortest circle of files in `edges`, as the edges along it.
pub(super) fn circle(edges: &[Edge]) -> Option<Vec<Edge>> {
    let mut next: BTreeMap<&str, Vec<&Edge>> = BTreeMap::new();
    for edge in edges.iter().filter(|edge| edge.from != edge.to) {
        next.entry(&edge.from).or_default().push(edge);
    }
    let mut shortest: Option<Vec<Edge>> = None;
    for start in next.keys() {
        // Breadth first, with the edge by which each file was reached.
        let mut reached: HashMap<&str, &Edge> = HashMap::new();
        let mut queue = std::collections::VecDeque::from([*start]);
        while let Some(file) = queue.pop_front() {
            for edge in next.get(file).into_iter().flatten() {
                if reached.contains_key(edge.to.as_str()) {
                    continue;
                }
                reached.insert(&edge.to, edge);
                queue.push_back(&edge.to);
            }
        }
        let Some(last) = reached.get(start) else { continue };
        let mut along = vec![(*last).clone()];
        while along.last().unwrap().from != *start {
            along.push(reached[along.last().unwrap().from.as_str()].clone());
        }
        along.reverse();
        if shortest.as_ref().is_none_or(|known| along.len() < known.len()) {
            shortest = Some(along);
        }
    }
    shortest
}

fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let words = attribute.meta.to_token_stream().to_string();
        attribute.path().is_ident("cfg") && (words == "cfg (test)" || words.starts_with("cfg (all (test"))
    })
}

impl Crate {
    fn load(&mut self, sources: &Sources, file: &str, path: Path) {
        let text = sources.get(file).unwrap_or_else(|| panic!("{file} is missing"));
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self.items(sources, file, path, parsed.items);
    }

    fn items(&mut self, sources: &Sources, file: &str, path: Path, items: Vec<Item>) {
        let mut module = Module {
            file: file.to_owned(),
            ..Module::default()
        };
        // A file's own folder: that of a root or a `mod.rs`, else the one with the file's name.
        let folder = match file.rsplit_once('/') {
            Some((folder, "mod.rs")) => format!("{folder}/"),
            _ if path.is_empty() => String::new(),
            _ => format!("{}/", file.trim_end_matches(".rs")),
        };
        let mut children = Vec::new();
        for item in items {
            let (name, attributes): (Option<String>, &[Attribute]) = match &item {
                Item::Mod(item) => (None, &item.attrs),
                Item::Use(item) => (None, &item.attrs),
                Item::Fn(item) => (Some(item.sig.ident.to_string()), &item.attrs),
                Item::Struct(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Enum(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Trait(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Type(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Const(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Static(item) => (Some(item.ident.to_string()), &item.attrs),
                Item::Impl(item) => (None, &item.attrs),
                Item::Macro(item) => (item.ident.as_ref().map(ToString::to_string), &item.attrs),
                _ => (None, &[]),
            };
            if is_test(attributes) {
                continue;
            }
            module.items.extend(name);
            match item {
                Item::Mod(item) => children.push(item),
                Item::Use(item) => module.import(&path, &item),
                other => {
                    if let Item::Impl(block) = &other {
                        module.inherent(&path, block);
                    }
                    module.code(&path, other.to_token_stream());
                }
            }
        }
        self.modules.insert(path.clone(), module);
        for item in children {
            let name = item.ident.to_string();
            let child = [path.as_slice(), std::slice::from_ref(&name)].concat();
            match item.content {
                Some((_, items)) => self.items(sources, file, child, items),
                None => {
                    let flat = format!("{folder}{name}.rs");
                    let file = if sources.contains_key(&flat) {
                        flat
                    } else {
                        format!("{folder}{name}/mod.rs")
                    };
                    self.load(sources, &file, child);
                }
            }
        }
    }

    /// Resolves a path: the file that defines its item, and the item; `None` outside the crate.
    fn resolve(&self, path: &[String], depth: usize) -> Option<(String, String)> {
        let mut at: Path = Vec::new();
        for (index, name) in path.iter().enumerate() {
            let module = &self.modules[&at];
            let child = [at.as_slice(), std::slice::from_ref(name)].concat();
            if self.modules.contains_key(&child) {
                at = child;
                continue;
            }
            if module.items.contains(name) || depth > 16 {
                return Some((module.file.clone(), name.clone()));
            }
            let rest = &path[index + 1..];
            if let Some(named) = module.names.get(name) {
                return self.resolve(&[named.as_slice(), rest].concat(), depth + 1);
            }
            let globbed = module.globs.iter().find_map(|glob| {
                let path = [glob.as_slice(), &path[index..]].concat();
                self.resolve(&path, depth + 1).filter(|(file, _)| *file != module.file)
            });
            // An item made by a macro is attributed to the file that names it.
            return globbed.or_else(|| Some((module.file.clone(), name.clone())));
        }
        let module = self.modules.get(&at)?;
        Some((module.file.clone(), path.last()?.clone()))
    }

    fn edges(&self) -> Vec<Edge> {
        let mut edges = BTreeSet::new();
        for (path, module) in &self.modules {
            for (need, reexports) in &module.needs {
                if need.is_empty() || (*reexports && need.starts_with(path)) {
                    continue;
                }
                let Some((to, item)) = self.resolve(need, 0) else {
                    continue;
                };
                // A module inside the root's file is part of the root.
                let root = &self.modules[&Path::new()].file;
                let through_root =
                    module.file != *root && self.modules.get(&need[..1]).is_none_or(|named| named.file == *root);
                if to != module.file || through_root {
                    edges.insert(Edge {
                        from: module.file.clone(),
                        to,
                        item,
                        through_root,
                    });
                }
            }
        }
        edges.into_iter().collect()
    }
}

impl Module {
    fn import(&mut self, path: &Path, item: &ItemUse) {
        let reexports = !matches!(item.vis, Visibility::Inherited);
        self.tree(path, &item.tree, Vec::new(), reexports);
    }

    fn tree(&mut self, path: &Path, tree: &UseTree, mut before: Path, reexports: bool) {
        match tree {
            UseTree::Path(tree) => {
                before.push(tree.ident.to_string());
                self.tree(path, &tree.tree, before, reexports);
            }
            UseTree::Group(group) => {
                for tree in &group.items {
                    self.tree(path, tree, before.clone(), reexports);
                }
            }
            UseTree::Name(name) => {
                let name = name.ident.to_string();
                if name != "self" {
                    before.push(name);
                }
                self.bind(path, before.last().cloned(), &before, reexports);
            }
            UseTree::Rename(rename) => {
                before.push(rename.ident.to_string());
                self.bind(path, Some(rename.rename.to_string()), &before, reexports);
            }
            UseTree::Glob(_) => {
                if let Some(target) = absolute(path, &before) {
                    self.globs.push(target.clone());
                    self.needs.push((target, reexports));
                }
            }
        }
    }

    fn bind(&mut self, path: &Path, name: Option<String>, target: &[String], reexports: bool) {
        // A path without `crate`, `self` or `super` begins at a child module, or at another crate.
        let target = absolute(path, target).unwrap_or_else(|| [path.as_slice(), target].concat());
        if let Some(name) = name {
            self.names.insert(name, target.clone());
        }
        self.needs.push((target, reexports));
    }

    fn inherent(&mut self, path: &Path, block: &ItemImpl) {
        let syn::Type::Path(of) = &*block.self_ty else { return };
        let segments: Path = of.path.segments.iter().map(|part| part.ident.to_string()).collect();
        if block.trait_.is_none() {
            let target = absolute(path, &segments).unwrap_or_else(|| [path.as_slice(), &segments].concat());
            let methods = block.items.iter().filter_map(|item| match item {
                ImplItem::Fn(method) => Some(method.sig.ident.to_string()),
                _ => None,
            });
            self.impls.push((target, methods.collect()));
        }
    }

    /// Paths in code, those in the arguments of macros and in nested `use` included.
    fn code(&mut self, path: &Path, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let is_colon = |at: usize| matches!(tokens.get(at), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.code(path, group.stream()),
                TokenTree::Ident(ident) if *ident == "use" => {
                    let end = tokens[at..]
                        .iter()
                        .position(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ';'));
                    if let Some(end) = end {
                        let statement: TokenStream = tokens[at..=at + end].iter().cloned().collect();
                        if let Ok(item) = syn::parse2::<ItemUse>(statement) {
                            self.import(path, &item);
                            at += end;
                        }
                    }
                }
                // A path after `$` is for other crates.
                TokenTree::Punct(mark) if mark.as_char() == '$' => at += 1,
                TokenTree::Ident(ident) if !(is_colon(at.wrapping_sub(1)) && is_colon(at.wrapping_sub(2))) => {
                    let mut segments = vec![ident.to_string()];
                    while is_colon(at + 1) && is_colon(at + 2) {
                        let Some(TokenTree::Ident(ident)) = tokens.get(at + 3) else {
                            break;
                        };
                        segments.push(ident.to_string());
                        at += 3;
                    }
                    if matches!(tokens.get(at + 1), Some(TokenTree::Group(_))) || is_colon(at + 1) {
                        let on = match (segments.as_slice(), at.checked_sub(2).map(|at| &tokens[at..at + 2])) {
                            ([.., of, _], _) => of.clone(),
                            (_, Some([TokenTree::Ident(of), TokenTree::Punct(dot)])) if dot.as_char() == '.' => {
                                of.to_string()
                            }
                            _ => String::new(),
                        };
                        self.calls.extend(segments.last().map(|method| (on, method.clone())));
                    }
                    if segments.len() > 1 {
                        let target = absolute(path, &segments);
                        self.needs
                            .push((target.unwrap_or_else(|| [path.as_slice(), &segments].concat()), false));
                    }
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// A path that begins with `crate`, `self` or `super`, from the root.
fn absolute(module: &Path, path: &[String]) -> Option<Path> {
    let mut at = module.clone();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => drop(at.pop()),
        _ => return None,
    }
    rest = &rest[1..];
    while rest.first().is_some_and(|name| name == "super") {
        at.pop();
        rest = &rest[1..];
    }
    at.extend_from_slice(rest);
    Some(at)
}

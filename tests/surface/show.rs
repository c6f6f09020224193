//! The public items of a module, as lines.

use std::collections::BTreeMap;

use syn::{Attribute, Fields, ImplItem, Item, TraitItem, Visibility};

use super::sources::{Meaning, Place, Sources, attributes, ident, is_public, leaves, spelt, subject};

/// The public surface of a crate, by module.
pub(super) struct Surface<'a> {
    sources: &'a Sources,
    /// The lines of each public module, by its path in the crate's documentation.
    pub(super) modules: BTreeMap<String, Vec<String>>,
    /// Where each item was shown first.
    shown: BTreeMap<(Place, String), String>,
}

impl<'a> Surface<'a> {
    pub(super) fn of(sources: &'a Sources, name: &str) -> Self {
        let modules = BTreeMap::new();
        let mut surface = Self {
            sources,
            modules,
            shown: BTreeMap::new(),
        };
        surface.module(&[name.to_owned()], name, "");
        for lines in surface.modules.values_mut() {
            lines.sort_by_key(|line| line.trim_start_matches("#[").to_owned());
        }
        surface
    }

    /// Everything public in the module `from`, as part of the public module `path`.
    fn module(&mut self, from: &[String], path: &str, condition: &str) {
        self.modules.entry(path.to_owned()).or_default();
        for item in &self.sources.0[from].items {
            if !is_public(item) {
                continue;
            }
            let condition = format!("{condition}{}", conditions(attributes(item)));
            match item {
                Item::Mod(child) => {
                    let name = child.ident.to_string();
                    self.line(path, format!("{condition}pub mod {name}"));
                    let from = [from, std::slice::from_ref(&name)].concat();
                    self.module(&from, &format!("{path}.{name}"), &condition);
                }
                Item::Use(item) => {
                    for (names, known) in leaves(&item.tree) {
                        self.reexport(from, &names, &known, path, &condition);
                    }
                }
                item => {
                    if let Some(name) = ident(item) {
                        self.item(from, &name, &name, path, &condition);
                    }
                }
            }
        }
    }

    fn reexport(&mut self, from: &[String], names: &[String], known: &str, path: &str, condition: &str) {
        match self.sources.find(from, names) {
            Meaning::Module(place) if known == "*" => self.module(&place, path, condition),
            Meaning::Module(place) => {
                self.line(path, format!("{condition}pub mod {known}"));
                self.module(&place, &format!("{path}.{known}"), condition);
            }
            Meaning::Items(place, name) => self.item(&place, &name, known, path, condition),
            Meaning::Elsewhere(name) => self.line(path, format!("{condition}pub use {name}")),
        }
    }

    fn line(&mut self, path: &str, line: String) {
        let lines = self.modules.entry(path.to_owned()).or_default();
        if !lines.contains(&line) {
            lines.push(line);
        }
    }

    /// The item `name` of the module `place`, which is public as `known` in `path`.
    fn item(&mut self, place: &[String], name: &str, known: &str, path: &str, condition: &str) {
        let first = self
            .shown
            .entry((place.to_vec(), name.to_owned()))
            .or_insert_with(|| format!("{}::{known}", path.replace('.', "::")));
        if *first != format!("{}::{known}", path.replace('.', "::")) {
            let first = first.clone();
            self.line(path, format!("{condition}pub use {first}"));
            return;
        }
        let items = self.sources.0[place].items.iter();
        for item in items.filter(|item| ident(item).as_deref() == Some(name)) {
            let text = self.definition(place, item, name, known);
            self.line(path, format!("{condition}{text}"));
        }
    }

    /// An item with its public parts, one line each.
    fn definition(&self, place: &[String], item: &Item, name: &str, known: &str) -> String {
        let (head, mut parts) = match item {
            Item::Struct(item) => {
                let generics = spelt(&item.generics);
                let (tuple, fields) = fields(&item.fields);
                (
                    format!("pub struct {known}{generics}{tuple}{}", marks(&item.attrs)),
                    fields,
                )
            }
            Item::Enum(item) => {
                let variants = item.variants.iter().map(|variant| {
                    let (tuple, fields) = variant_fields(&variant.fields);
                    format!("{}{}{tuple}{fields}", conditions(&variant.attrs), variant.ident)
                });
                let head = format!("pub enum {known}{}{}", spelt(&item.generics), marks(&item.attrs));
                (head, variants.collect())
            }
            Item::Trait(item) => {
                let bounds = spelt(&item.supertraits);
                let bounds = if bounds.is_empty() {
                    bounds
                } else {
                    format!(": {bounds}")
                };
                let parts = item.items.iter().filter_map(|item| match item {
                    TraitItem::Fn(function) => {
                        let provided = if function.default.is_some() { " { … }" } else { "" };
                        Some(format!("{}{provided}", spelt(&function.sig)))
                    }
                    TraitItem::Type(item) => Some(format!("type {}: {}", item.ident, spelt(&item.bounds))),
                    TraitItem::Const(item) => Some(format!("const {}: {}", item.ident, spelt(&item.ty))),
                    _ => None,
                });
                (
                    format!("pub trait {known}{}{bounds}", spelt(&item.generics)),
                    parts.collect(),
                )
            }
            Item::Fn(item) => (format!("pub {}", spelt(&item.sig)), Vec::new()),
            Item::Const(item) => (format!("pub const {known}: {}", spelt(&item.ty)), Vec::new()),
            Item::Static(item) => (format!("pub static {known}: {}", spelt(&item.ty)), Vec::new()),
            Item::Type(item) => (
                format!("pub type {known}{} = {}", spelt(&item.generics), spelt(&item.ty)),
                Vec::new(),
            ),
            _ => panic!("{name}: an item of an unknown kind; show it here"),
        };
        if matches!(item, Item::Struct(_) | Item::Enum(_)) {
            let mut more = self.implementations(place, name);
            more.sort();
            more.dedup();
            parts.extend(more);
        }
        parts.iter().fold(head, |text, part| format!("{text}\n  {part}"))
    }

    /// The public methods and the traits of a type, from all modules of its crate.
    fn implementations(&self, of: &[String], name: &str) -> Vec<String> {
        let is_it = |place: &[String], subject: &str| {
            let meaning = || self.sources.find(place, &[subject.to_owned()]);
            subject == name && matches!(meaning(), Meaning::Items(defined, _) if defined == of)
        };
        let mut found = Vec::new();
        for (place, module) in self.sources.0.iter().filter(|(place, _)| place[0] == of[0]) {
            for item in &module.items {
                let Item::Impl(block) = item else { continue };
                if !subject(block).is_some_and(|subject| is_it(place, &subject)) {
                    continue;
                }
                let condition = conditions(&block.attrs);
                if let Some((_, implemented, _)) = &block.trait_ {
                    if self.is_known(place, implemented) {
                        found.push(format!("{condition}impl {}", spelt(implemented)));
                    }
                    continue;
                }
                for item in &block.items {
                    let (visible, attributes, text) = match item {
                        ImplItem::Fn(function) => (&function.vis, &function.attrs, spelt(&function.sig)),
                        ImplItem::Const(item) => (
                            &item.vis,
                            &item.attrs,
                            format!("const {}: {}", item.ident, spelt(&item.ty)),
                        ),
                        _ => continue,
                    };
                    if matches!(visible, Visibility::Public(_)) {
                        found.push(format!("{condition}{}pub {text}", conditions(attributes)));
                    }
                }
            }
            let calls = module
                .calls
                .iter()
                .filter(|(_, types)| types.iter().any(|one| is_it(place, one)));
            found.extend(calls.map(|(call, _)| call.clone()));
        }
        found
    }

    /// Whether users can see a trait: it is of another crate, or public in its module.
    fn is_known(&self, place: &[String], path: &syn::Path) -> bool {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        match self.sources.find(place, &names) {
            Meaning::Items(place, name) => {
                let items = self.sources.0[&place].items.iter();
                items
                    .filter(|item| ident(item).as_deref() == Some(&name))
                    .any(is_public)
            }
            _ => true,
        }
    }
}

/// Fields of a tuple struct in its head, and lines of those with names.
fn fields(fields: &Fields) -> (String, Vec<String>) {
    let shown = |field: &syn::Field| matches!(field.vis, Visibility::Public(_));
    match fields {
        Fields::Named(named) => {
            let lines = named.named.iter().filter(|field| shown(field)).map(|field| {
                let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                format!("{}pub {name}: {}", conditions(&field.attrs), spelt(&field.ty))
            });
            let mut lines: Vec<String> = lines.collect();
            if !named.named.iter().all(shown) {
                lines.push("…".to_owned());
            }
            (String::new(), lines)
        }
        Fields::Unnamed(unnamed) => {
            let types = unnamed.unnamed.iter().map(|field| match shown(field) {
                true => format!("pub {}", spelt(&field.ty)),
                false => "_".to_owned(),
            });
            (format!("({})", types.collect::<Vec<_>>().join(", ")), Vec::new())
        }
        Fields::Unit => (String::new(), Vec::new()),
    }
}

fn variant_fields(fields: &Fields) -> (String, String) {
    let list = fields.iter().map(|field| match &field.ident {
        Some(name) => format!("{name}: {}", spelt(&field.ty)),
        None => spelt(&field.ty),
    });
    let list = list.collect::<Vec<_>>().join(", ");
    match fields {
        Fields::Named(_) => (String::new(), format!(" {{ {list} }}")),
        Fields::Unnamed(_) => (format!("({list})"), String::new()),
        Fields::Unit => (String::new(), String::new()),
    }
}

/// The conditions under which an item is compiled.
fn conditions(attributes: &[Attribute]) -> String {
    let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
    conditions.map(|condition| format!("{} ", spelt(condition))).collect()
}

/// Derived traits, and whether users may name all fields or variants.
fn marks(attributes: &[Attribute]) -> String {
    let mut found = String::new();
    for attribute in attributes {
        if attribute.path().is_ident("non_exhaustive") {
            found.push_str(", non-exhaustive");
        }
        if let (true, syn::Meta::List(list)) = (attribute.path().is_ident("derive"), &attribute.meta) {
            found.push_str(&format!(", derives {}", spelt(&list.tokens)));
        }
    }
    found
}

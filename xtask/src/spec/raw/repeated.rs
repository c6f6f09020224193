//! Items of generated Rust that share a name: it parses, but does not compile.

use std::collections::BTreeSet;

use quote::ToTokens as _;
use syn::{Fields, FnArg, ImplItem, Item, Signature};

/// The first duplicate name in one place of `file`.
#[must_use]
pub fn first(file: &syn::File) -> Option<String> {
    let mut names = Names::default();
    names.items(&file.items, "");
    names.repeated
}

#[derive(Default)]
struct Names {
    seen: BTreeSet<String>,
    repeated: Option<String>,
}

impl Names {
    fn add(&mut self, name: String) {
        if !self.seen.insert(name.clone()) {
            self.repeated.get_or_insert(name);
        }
    }

    fn items(&mut self, items: &[Item], place: &str) {
        for item in items {
            match item {
                Item::Mod(module) => {
                    let place = format!("{place}{}::", module.ident);
                    self.add(format!("type {place}"));
                    if let Some((_, items)) = &module.content {
                        self.items(items, &place);
                    }
                }
                Item::Struct(item) => {
                    self.add(format!("type {place}{}", item.ident));
                    self.fields(&item.fields, &format!("{place}{}", item.ident));
                }
                Item::Enum(item) => {
                    self.add(format!("type {place}{}", item.ident));
                    for variant in &item.variants {
                        self.add(format!("{place}{}::{}", item.ident, variant.ident));
                    }
                }
                Item::Type(item) => self.add(format!("type {place}{}", item.ident)),
                Item::Const(item) if item.ident != "_" => self.add(format!("{place}{}", item.ident)),
                Item::Fn(item) => self.signature(&item.sig, place),
                Item::Impl(block) => {
                    let of = block.self_ty.to_token_stream().to_string();
                    let by = block
                        .trait_
                        .as_ref()
                        .map(|(_, path, _)| path.to_token_stream().to_string());
                    let place = format!("{place}<{of} as {}>::", by.unwrap_or_default());
                    for item in &block.items {
                        if let ImplItem::Fn(function) = item {
                            self.signature(&function.sig, &place);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn fields(&mut self, fields: &Fields, place: &str) {
        for name in fields.iter().filter_map(|field| field.ident.as_ref()) {
            self.add(format!("{place}.{name}"));
        }
    }

    fn signature(&mut self, signature: &Signature, place: &str) {
        self.add(format!("{place}{}", signature.ident));
        for argument in &signature.inputs {
            if let FnArg::Typed(argument) = argument {
                let name = argument.pat.to_token_stream();
                self.add(format!("{place}{}({name})", signature.ident));
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::first;

    #[test]
    fn each_kind_of_repetition_is_found() {
        for (text, name) in [
            (
                "struct A; mod m { struct A; } impl A { fn f(a: u8, b: u8) {} } impl Clone for A { fn f() {} }",
                None,
            ),
            ("struct A; enum A {}", Some("type A")),
            ("mod m { struct A { x: u8, x: u8 } }", Some("m::A.x")),
            ("enum E { V, V }", Some("E::V")),
            ("fn f(a: u8, a: u8) {}", Some("f(a)")),
            (
                "struct A; impl A { fn f() {} } impl A { fn f() {} }",
                Some("<A as >::f"),
            ),
            ("fn f() {} fn f() {}", Some("f")),
        ] {
            assert_eq!(first(&syn::parse_file(text).unwrap()).as_deref(), name, "{text}");
        }
    }
}

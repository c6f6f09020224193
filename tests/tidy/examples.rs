//! Public methods have examples.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use syn::{Attribute, Expr, ImplItem, Item, Lit, Meta, Type, Visibility};

use super::{relative, root, rust_files};

/// The types whose methods need an example. Those of the first need one each; for the others, an example of the type or of
/// another method of it is enough if it calls them.
const TYPES: [&str; 7] = [
    "Client",
    "ClientBuilder",
    "Clients",
    "Receiver",
    "ReceiverBuilder",
    "Watched",
    "Watcher",
];

/// The examples and methods of one type.
#[derive(Default)]
struct Documented {
    /// The code of all examples.
    examples: String,
    /// Name and file of each public method, and whether it has its own example.
    methods: BTreeMap<String, (String, bool)>,
}

/// The code blocks in the documentation of an item.
fn examples(attributes: &[Attribute]) -> String {
    let mut code = String::new();
    let mut inside = false;
    for attribute in attributes {
        let Meta::NameValue(pair) = &attribute.meta else {
            continue;
        };
        let (true, Expr::Lit(text)) = (pair.path.is_ident("doc"), &pair.value) else {
            continue;
        };
        let Lit::Str(line) = &text.lit else { continue };
        let line = line.value();
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            code.push_str(&line);
            code.push('\n');
        }
    }
    code
}

/// The name of a type, without its path.
fn name(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    Some(path.path.segments.last()?.ident.to_string())
}

/// Public methods without an example, as messages. `files` are names and sources.
fn without_example(files: &[(String, String)]) -> Vec<String> {
    let mut types: BTreeMap<String, Documented> = BTreeMap::new();
    for (file, source) in files {
        for item in syn::parse_file(source).unwrap().items {
            match item {
                Item::Struct(item) => {
                    let documented = types.entry(item.ident.to_string()).or_default();
                    documented.examples += &examples(&item.attrs);
                }
                Item::Impl(block) if block.trait_.is_none() => {
                    let Some(of) = name(&block.self_ty) else { continue };
                    let documented = types.entry(of).or_default();
                    for item in block.items {
                        let ImplItem::Fn(method) = item else { continue };
                        if matches!(method.vis, Visibility::Public(_)) {
                            let code = examples(&method.attrs);
                            let method = method.sig.ident.to_string();
                            documented.methods.insert(method, (file.clone(), !code.is_empty()));
                            documented.examples += &code;
                        }
                    }
                }
                _ => {}
            }
        }
    }
    let mut wrong = Vec::new();
    for of in TYPES {
        let Some(documented) = types.get(of) else {
            wrong.push(format!("no type `{of}`: update TYPES in tests/tidy/examples.rs"));
            continue;
        };
        for (method, (file, has_example)) in &documented.methods {
            let calls = [format!(".{method}("), format!("{of}::{method}(")];
            let is_called = of != TYPES[0] && calls.iter().any(|call| documented.examples.contains(call));
            if !has_example && !is_called {
                wrong.push(format!(
                    "{file}: `{of}::{method}` has no example; add one to its documentation"
                ));
            }
        }
    }
    wrong
}

#[test]
fn public_methods_have_examples() {
    let mut paths = Vec::new();
    rust_files(&root().join("crates/videogen/src"), &mut paths);
    let files: Vec<_> = paths
        .iter()
        .map(|path| (relative(path), fs::read_to_string(path).unwrap()))
        .collect();
    let wrong = without_example(&files);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_method_without_an_example_is_found() {
    let planted = |of: &str| {
        format!(
            "/// ```\n/// x.used();\n/// ```\npub struct {of};\nimpl {of} {{\n\
             /// ```\n/// x.shown();\n/// ```\npub fn shown(&self) {{}}\n\
             /// `x.mentioned()` is no example.\npub fn mentioned(&self) {{}}\n\
             pub fn used(&self) {{}}\n\
             fn private(&self) {{}}\n}}\n"
        )
    };
    let files: Vec<_> = TYPES.map(|of| (format!("{of}.rs"), planted(of))).into();
    let found: BTreeSet<String> = without_example(&files).into_iter().collect();
    let expected: BTreeSet<String> = TYPES
        .iter()
        .map(|of| (of, "mentioned"))
        .chain([(&TYPES[0], "used")])
        .map(|(of, method)| format!("{of}.rs: `{of}::{method}` has no example; add one to its documentation"))
        .collect();
    assert_eq!(found, expected);
}

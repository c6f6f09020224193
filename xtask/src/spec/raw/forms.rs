//! Multipart bodies. The generator has none: it sees a body of raw bytes, and the method is given the form afterwards.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use heck::ToSnakeCase as _;
use quote::ToTokens as _;
use serde_json::Value;

use super::enums::one_line;
use crate::spec::names::is_identifier;
use crate::spec::schema::{single_ref, target};
use crate::spec::{Spec, component, members};

/// The components of multipart bodies, by operation.
pub(super) type Forms = BTreeMap<String, String>;

/// Finds the multipart bodies of a spec.
pub(super) fn all(spec: &Spec) -> Forms {
    let operations = spec.operations();
    let found = operations.filter_map(|operation| {
        let form = single_ref(operation.form()?).and_then(component)?;
        Some((operation.id()?.to_owned(), form.to_owned()))
    });
    found.collect()
}

/// The text of `src/forms.rs`; `None` if the spec has no multipart body.
pub(super) fn emit(spec: &Spec, forms: &Forms) -> Option<String> {
    let mut text = String::from("//! Multipart bodies of the spec.\n\nuse videogen_wire::{FilePart, Form};\n");
    for (operation, name) in forms {
        let schema = spec.doc.pointer(&format!("/components/schemas/{name}"))?;
        let describe = |schema: &Value| one_line(schema.get("description").and_then(Value::as_str).unwrap_or_default());
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |part: &str| required.is_some_and(|names| names.iter().any(|name| name == part));
        let (mut fields, mut texts, mut files) = (String::new(), String::new(), String::new());
        for (part, schema) in members(schema.get("properties")) {
            let mut field = part.to_snake_case();
            // A keyword; the rules refuse other invalid names.
            if !is_identifier(&field) {
                field.push('_');
            }
            let kind = kind(schema);
            let (stated, value) = if is_required(part) {
                (kind.to_owned(), format!("Some(self.{field})"))
            } else {
                (format!("Option<{kind}>"), format!("self.{field}"))
            };
            let described = if schema.get("description").is_some() {
                schema
            } else {
                target(spec, schema)
            };
            let _ = write!(fields, "    /// {}\n    pub {field}: {stated},\n", describe(described));
            if kind == "FilePart" {
                let _ = write!(files, "\n            .file({part:?}, {value})");
            } else {
                let _ = write!(texts, "\n            .text({part:?}, {value})");
            }
        }
        // Texts come first, for a server that reads the parts in turn.
        let _ = write!(
            text,
            "
/// {}
#[derive(Debug)]
pub struct {name} {{
{fields}}}

impl {name} {{
    /// The body of `{operation}`.
    #[must_use]
    pub fn form(self) -> reqwest::multipart::Form {{
        Form::default(){texts}{files}
            .build()
    }}
}}
",
            describe(schema)
        );
    }
    (!forms.is_empty()).then_some(text)
}

/// The Rust type of a part.
fn kind(schema: &Value) -> &'static str {
    let text = |key: &str| schema.get(key).and_then(Value::as_str);
    match (text("type"), text("format")) {
        (Some("string"), Some("binary")) => "FilePart",
        (Some("integer"), _) => "i64",
        (Some("boolean"), _) => "bool",
        _ => "String",
    }
}

/// Gives a method the form instead of the raw bytes that the generator has seen.
pub(super) fn patch(item: &mut syn::ImplItem, forms: &Forms) {
    let syn::ImplItem::Fn(function) = item else { return };
    let Some(name) = forms.get(&function.sig.ident.to_string()) else {
        return;
    };
    // The rules refuse a component whose name is none in Rust.
    let Ok(form) = syn::parse_str::<syn::Type>(&format!("crate::forms::{name}")) else {
        return;
    };
    let lifetimes = std::mem::take(&mut function.sig.generics.params).into_iter();
    function.sig.generics.params = lifetimes
        .filter(|parameter| matches!(parameter, syn::GenericParam::Lifetime(_)))
        .collect();
    for argument in &mut function.sig.inputs {
        if let syn::FnArg::Typed(argument) = argument
            && argument.pat.to_token_stream().to_string() == "body"
        {
            *argument.ty = form.clone();
        }
    }
    for statement in &mut function.block.stmts {
        if let syn::Stmt::Local(local) = statement
            && let Some(init) = &mut local.init
        {
            multipart(&mut init.expr);
        }
    }
}

/// Replaces `.header(CONTENT_TYPE, …).body(body)` in a chain of calls.
fn multipart(chain: &mut syn::Expr) {
    match chain {
        syn::Expr::Try(tried) => multipart(&mut tried.expr),
        syn::Expr::MethodCall(call) if call.method == "body" => {
            if let syn::Expr::MethodCall(header) = &*call.receiver {
                let before = &header.receiver;
                *chain = syn::parse_quote!(#before.multipart(body.form()));
            }
        }
        syn::Expr::MethodCall(call) => multipart(&mut call.receiver),
        _ => {}
    }
}

//! Generates a whole raw crate, `crates/raw/<vendor>`, in memory.
//!
//! Specs that the generator cannot use are rejected first, by [`super::rules`]; nothing here reads or writes files of
//! the repository other than specs.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::{panic, sync::Once};

use openapiv3::OpenAPI;
use progenitor_impl::{CrateVers, GenerationSettings, Generator, HooksMode, InterfaceStyle, TypeImpl, TypePatch};
use quote::{ToTokens as _, quote};
use serde::Deserialize as _;
use serde_json::{Value, json};

use self::relax::{Relaxed, relax};
use self::tree::Tree;
use super::facts::Facts;
use super::rules;
use super::schema::single_ref;
use super::{Spec, SpecError, component, escape, members};

pub mod enums;
mod forms;
mod prices;
pub mod relax;
pub mod repeated;
mod states;
pub mod surface;
pub mod tables;
pub mod tree;

/// Every file of `crates/raw/<vendor>`.
///
/// # Errors
/// When no code can be generated from the spec: file, place and reason.
pub fn raw_crate(root: &Path, vendor: &str) -> Result<Tree, SpecError> {
    raw_crate_of(&Spec::load(root, vendor)?)
}

/// As [`raw_crate`], from a loaded spec.
///
/// # Errors
/// As [`raw_crate`].
pub fn raw_crate_of(spec: &Spec) -> Result<Tree, SpecError> {
    with_facts(spec).map(|(tree, _)| tree)
}

/// As [`raw_crate_of`], and the facts of the spec.
///
/// # Errors
/// As [`raw_crate`].
pub(crate) fn with_facts(spec: &Spec) -> Result<(Tree, Facts), SpecError> {
    rules::refuse(spec)?;
    let relaxed = relax(spec);
    let mut tree = Tree::new();
    tree.insert("Cargo.toml".into(), manifest(spec));
    tree.insert("README.md".into(), readme(spec));
    tree.insert(
        "LICENSE-APACHE".into(),
        include_str!("../../../../LICENSE-APACHE").to_owned(),
    );
    tree.insert("LICENSE-MIT".into(), include_str!("../../../../LICENSE-MIT").to_owned());
    tree.insert("src/lib.rs".into(), library(spec, &relaxed));
    tree.insert("src/client.rs".into(), headed(spec, &client(spec, &relaxed)?));
    tree.insert("src/enums.rs".into(), headed(spec, &enums::emit(spec, &relaxed.enums)));
    if let Some(forms) = forms::emit(spec, &relaxed.forms) {
        tree.insert("src/forms.rs".into(), headed(spec, &forms));
    }
    let facts = facts(spec)?;
    tree.insert("src/facts.rs".into(), headed(spec, &tables::emit(&facts)));
    Ok((tree, facts))
}

/// Whether code can be generated from a spec that the rules do not refuse; the code is not formatted.
///
/// # Errors
/// As [`raw_crate`].
pub(super) fn check(spec: &Spec) -> Result<(), SpecError> {
    parsed(spec, &relax(spec))?;
    Facts::read(spec).map(drop)
}

/// The facts in a spec's extensions.
///
/// # Errors
/// When an extension is missing, misspelt or names something that does not exist.
pub fn facts(spec: &Spec) -> Result<Facts, SpecError> {
    rules::refuse_facts(spec)?;
    Facts::read(spec)
}

fn headed(spec: &Spec, text: &str) -> String {
    format!("{}{text}", header(spec, "//"))
}

fn header(spec: &Spec, comment: &str) -> String {
    format!(
        "{comment} @generated from {} by `cargo xtask generate {}`. Do not edit: change the spec.\n\n",
        spec.file, spec.vendor
    )
}

/// The vendor's name as people write it.
fn display_name(spec: &Spec) -> &str {
    let name = spec.doc.pointer("/x-vendor/name").and_then(Value::as_str);
    name.unwrap_or(&spec.vendor)
}

fn readme(spec: &Spec) -> String {
    let (vendor, name) = (&spec.vendor, display_name(spec));
    format!(
        "<!-- @generated from {} by `cargo xtask generate {vendor}`. Do not edit: change the spec. -->\n\n\
         # videogen-raw-{vendor}\n\n\
         A generated client for {name}'s video API: one function per operation, types that keep what the spec does not\n\
         know, and the tables of models, limits and prices. Applications use the crate `videogen` with the feature\n\
         `{vendor}`, which adds one interface for all vendors; this crate changes whenever the vendor's API does.\n",
        spec.file
    )
}

fn manifest(spec: &Spec) -> String {
    let (vendor, name) = (&spec.vendor, display_name(spec));
    let description = format!("Generated client for {name}'s video API. Applications use the crate `videogen`.");
    // A JSON string is a valid TOML string.
    let description = Value::from(description);
    format!(
        r#"{}[package]
name = "videogen-raw-{vendor}"
description = {description}
version.workspace = true
edition.workspace = true
rust-version.workspace = true
repository.workspace = true
license.workspace = true
keywords.workspace = true
categories.workspace = true
readme = "README.md"
include = ["src/**", "README.md", "LICENSE-*"]

[dependencies]
progenitor-client.workspace = true
reqwest.workspace = true
serde.workspace = true
serde_json.workspace = true
videogen-wire.workspace = true

[lints]
workspace = true
"#,
        header(spec, "#")
    )
}

fn library(spec: &Spec, relaxed: &Relaxed) -> String {
    let name = spec
        .doc
        .pointer("/info/title")
        .and_then(Value::as_str)
        .unwrap_or(&spec.vendor);
    let name = enums::one_line(name);
    let types: String = relaxed
        .objects
        .iter()
        .map(|name| format!("    types::{name},\n"))
        .collect();
    let forms = if relaxed.forms.is_empty() {
        ""
    } else {
        "#[rustfmt::skip]\npub mod forms;\n"
    };
    let bodies: String = bodies(spec, relaxed)
        .into_iter()
        .map(|body| format!("videogen_wire::request_body! {{ {body} }}\n"))
        .collect();
    format!(
        r"{}//! {name}: the generated client.
//!
//! Everything here follows the spec, relaxed so that surprises in a response do not lose it. Applications use the crate
//! `videogen`.

#[rustfmt::skip]
#[allow(missing_docs, unreachable_pub, unused_imports, clippy::all, clippy::unwrap_used, rustdoc::all)]
mod client;
#[rustfmt::skip]
pub mod enums;
#[rustfmt::skip]
pub mod facts;
{forms}
pub use client::{{Client, Error, ResponseValue, types}};

impl progenitor_client::ClientHooks<videogen_wire::Session> for Client {{
    async fn pre<E>(
        &self,
        request: &mut reqwest::Request,
        info: &progenitor_client::OperationInfo,
    ) -> Result<(), Error<E>> {{
        let base_url = progenitor_client::ClientInfo::baseurl(self);
        videogen_wire::direct(request, &facts::VENDOR, base_url, info);
        self.inner.sign(request);
        Ok(())
    }}

    async fn exec(
        &self,
        request: reqwest::Request,
        info: &progenitor_client::OperationInfo,
    ) -> reqwest::Result<reqwest::Response> {{
        self.inner.send(&self.client, request, info).await
    }}
}}

videogen_wire::from_value! {{
{types}}}

{bodies}",
        header(spec, "//")
    )
}

/// The bodies of all operations: a component, or a union and its components.
fn bodies(spec: &Spec, relaxed: &Relaxed) -> BTreeSet<String> {
    let unions = relaxed
        .bodies
        .iter()
        .map(|(name, parts)| format!("{name} = {}", parts.join(" | ")));
    let operations = spec.operations();
    let single = operations.filter_map(|operation| match operation.request_schemas()[..] {
        [only] => Some(format!("types::{}", component(single_ref(only)?)?)),
        _ => None,
    });
    unions.chain(single).collect()
}

/// The generator's code.
fn parsed(spec: &Spec, relaxed: &Relaxed) -> Result<syn::File, SpecError> {
    let tokens = match tokens(relaxed, &relaxed.doc) {
        Ok(tokens) => tokens,
        Err(reason) => {
            // Some reasons include the whole value.
            let reason = reason.lines().next().unwrap_or_default();
            let reason = format!(
                "the generator cannot handle this: {}",
                reason.trim_end_matches(['{', ' '])
            );
            return Err(spec.error(culprit(relaxed), reason));
        }
    };
    let file: syn::File =
        syn::parse2(tokens).map_err(|error| spec.error("", format!("the generated code does not parse: {error}")))?;
    match repeated::first(&file) {
        Some(name) => Err(spec.error("", format!("the generated code would contain `{name}` twice"))),
        None => Ok(file),
    }
}

/// The generator's code with our changes, formatted.
fn client(spec: &Spec, relaxed: &Relaxed) -> Result<String, SpecError> {
    let mut file = parsed(spec, relaxed)?;
    for item in &mut file.items {
        if let syn::Item::Impl(block) = item {
            for item in &mut block.items {
                without_version(item);
                segments(item, &relaxed.segments);
                forms::patch(item, &relaxed.forms);
            }
        }
    }
    Ok(prettyplease::unparse(&file))
}

/// The generator sends the spec's own version as a header with every call. No vendor requires it, and it costs bytes.
fn without_version(item: &mut syn::ImplItem) {
    let syn::ImplItem::Fn(function) = item else { return };
    let statements = &mut function.block.stmts;
    let mut has_header = false;
    statements.retain(|statement| {
        let text = statement.to_token_stream().to_string();
        let is_version = text.contains("\"api-version\"");
        has_header |= !is_version && text.contains("header_map . append");
        !is_version
    });
    // The map stays where a header is a parameter.
    if has_header {
        return;
    }
    let is_map = |local: &syn::Local| matches!(&local.pat, syn::Pat::Ident(name) if name.ident == "header_map");
    statements.retain(|statement| !matches!(statement, syn::Stmt::Local(local) if is_map(local)));
    for statement in statements {
        if let syn::Stmt::Local(local) = statement
            && let Some(init) = &mut local.init
        {
            without_headers(&mut init.expr);
        }
    }
}

/// Sends the slashes of path parameters that may have several segments as they are.
fn segments(item: &mut syn::ImplItem, all: &BTreeSet<(String, String)>) {
    let syn::ImplItem::Fn(function) = item else { return };
    let name = function.sig.ident.to_string();
    for (_, parameter) in all.iter().filter(|(operation, _)| *operation == name) {
        let text = function.block.to_token_stream().to_string();
        let encoded = format!("encode_path (& {parameter} . to_string ())");
        let kept = format!("videogen_wire :: encode_segments (& {parameter} . to_string ())");
        if let Ok(block) = syn::parse_str(&text.replace(&encoded, &kept)) {
            function.block = block;
        }
    }
}

/// Takes `.headers(…)` out of a chain of calls.
fn without_headers(chain: &mut syn::Expr) {
    match chain {
        syn::Expr::Try(tried) => without_headers(&mut tried.expr),
        syn::Expr::MethodCall(call) if call.method == "headers" => *chain = (*call.receiver).clone(),
        syn::Expr::MethodCall(call) => without_headers(&mut call.receiver),
        _ => {}
    }
}

/// Runs the generator. Its panics come back as reasons.
fn tokens(relaxed: &Relaxed, doc: &Value) -> Result<proc_macro2::TokenStream, String> {
    let openapi = OpenAPI::deserialize(doc).map_err(|error| error.to_string())?;
    let mut settings = GenerationSettings::new();
    settings
        .with_interface(InterfaceStyle::Positional)
        .with_hooks(HooksMode::Expected)
        .with_inner_type(quote! { videogen_wire::Session })
        .with_crate("videogen-wire", CrateVers::Any, None);
    for name in &relaxed.enums {
        settings.with_replacement(
            name,
            format!("crate::enums::{name}"),
            [TypeImpl::FromStr, TypeImpl::Display].into_iter(),
        );
    }
    for name in &relaxed.defaults {
        settings.with_patch(name, TypePatch::default().with_derive("Default"));
    }
    // The hook is process-wide, so it is set once, and a thread-local flag silences it.
    thread_local!(static IS_QUIET: Cell<bool> = const { Cell::new(false) });
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !IS_QUIET.get() {
                before(info);
            }
        }));
    });
    IS_QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(|| Generator::new(&settings).generate_tokens(&openapi)));
    IS_QUIET.set(false);
    match result {
        Ok(Ok(tokens)) => Ok(tokens),
        Ok(Err(error)) => Err(error.to_string()),
        Err(panic) => Err(panic
            .downcast_ref::<String>()
            .map(String::as_str)
            .or_else(|| panic.downcast_ref::<&str>().copied())
            .unwrap_or("it panicked")
            .to_owned()),
    }
}

/// The smallest part of a spec that still makes the generator fail: a component with its references, or an operation.
fn culprit(relaxed: &Relaxed) -> String {
    let fails = |paths: Value, schemas: Value| {
        let doc = json!({
            "openapi": relaxed.doc["openapi"],
            "info": relaxed.doc["info"],
            "paths": paths,
            "components": {"schemas": schemas, "parameters": relaxed.doc["components"]["parameters"]},
        });
        tokens(relaxed, &doc).is_err()
    };
    let all = &relaxed.doc["components"]["schemas"];
    let mut smallest: Option<(usize, String)> = None;
    for (name, _) in members(Some(all)) {
        let mut needed = BTreeSet::new();
        needs(all, name, &mut needed);
        let part: Value = needed
            .iter()
            .map(|name| (name.clone(), all[name].clone()))
            .collect::<serde_json::Map<_, _>>()
            .into();
        if smallest.as_ref().is_none_or(|(size, _)| needed.len() < *size) && fails(json!({}), part) {
            smallest = Some((needed.len(), format!("/components/schemas/{name}")));
        }
    }
    if let Some((_, pointer)) = smallest {
        return pointer;
    }
    for (path, item) in members(relaxed.doc.get("paths")) {
        if fails(json!({ path: item }), all.clone()) {
            return format!("/paths/{}", escape(path));
        }
    }
    String::new()
}

fn needs(all: &Value, name: &str, found: &mut BTreeSet<String>) {
    fn walk(all: &Value, value: &Value, found: &mut BTreeSet<String>) {
        if let Some(name) = value.get("$ref").and_then(Value::as_str).and_then(component) {
            needs(all, name, found);
        }
        match value {
            Value::Object(object) => object.values().for_each(|value| walk(all, value, found)),
            Value::Array(items) => items.iter().for_each(|value| walk(all, value, found)),
            _ => {}
        }
    }
    if found.insert(name.to_owned()) {
        walk(all, &all[name], found);
    }
}

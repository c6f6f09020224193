//! The Rust surface of a raw crate, short enough to review: one line per operation, per field and per enum.

use std::collections::BTreeMap;

use quote::ToTokens;
use syn::{FnArg, GenericArgument, ImplItem, Item, PathArguments, ReturnType, Type};

use crate::spec::facts::{Auto, Endpoints, Facts, FieldState, FieldWord, Model, ROLES};
use crate::spec::raw::tree::Tree;
use crate::spec::uploads::{Media, Upload};

/// The surface of the crate in `tree`.
///
/// # Errors
/// When the generated client does not parse.
pub fn surface(tree: &Tree) -> Result<String, syn::Error> {
    let text = |name: &str| tree.get(std::path::Path::new(name)).map_or("", String::as_str);
    let file = syn::parse_file(text("src/client.rs"))?;
    let mut operations = Vec::new();
    let mut fields = Vec::new();
    for item in &file.items {
        match item {
            Item::Impl(block) if block.trait_.is_none() => operations.extend(block.items.iter().filter_map(operation)),
            Item::Mod(module) if module.ident == "types" => {
                for item in module.content.iter().flat_map(|(_, items)| items) {
                    if let Item::Struct(item) = item {
                        fields.extend(struct_lines(item));
                    }
                }
            }
            _ => {}
        }
    }
    let forms = syn::parse_file(text("src/forms.rs"))?;
    fields.extend(forms.items.iter().flat_map(|item| match item {
        Item::Struct(item) => struct_lines(item),
        _ => Vec::new(),
    }));
    let enums = enum_lines(text("src/enums.rs"));
    Ok(format!(
        "{}\n\n{}\n\n{}\n",
        operations.join("\n"),
        fields.join("\n"),
        enums.join("\n")
    ))
}

/// One line per enum with its values, from the `open_enum!` text that [`super::enums::emit`] writes.
fn enum_lines(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix("pub enum ").and_then(|rest| rest.strip_suffix(" {")) {
            found.push(format!("{name} ="));
        } else if let (Some((_, value)), Some(last)) = (line.split_once(" = "), found.last_mut()) {
            last.push(' ');
            last.push_str(value.trim_end_matches(',').trim_matches('"'));
        }
    }
    found
}

fn operation(item: &ImplItem) -> Option<String> {
    let ImplItem::Fn(function) = item else { return None };
    function.sig.asyncness?;
    let arguments: Vec<String> = function
        .sig
        .inputs
        .iter()
        .filter_map(|argument| match argument {
            FnArg::Typed(argument) => Some(format!("{}: {}", spelt(&argument.pat), short(&argument.ty))),
            FnArg::Receiver(_) => None,
        })
        .collect();
    let docs: Vec<String> = function
        .attrs
        .iter()
        .filter_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
                syn::Expr::Lit(syn::ExprLit {
                    lit: syn::Lit::Str(text),
                    ..
                }) => Some(text.value()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    // The generator writes "Sends a `POST` request to `/v1/videos`" into the docs.
    let docs = docs.join(" ");
    let mut quoted = docs.split_once("Sends a `")?.1.split('`');
    let (method, path) = (quoted.next()?, quoted.nth(1)?);
    let result = match &function.sig.output {
        ReturnType::Type(_, kind) => answer(kind),
        ReturnType::Default => None,
    };
    Some(format!(
        "{method} {path} = {}({}) -> {}",
        function.sig.ident,
        arguments.join(", "),
        result.unwrap_or_else(|| "()".to_owned())
    ))
}

/// `T` of `Result<ResponseValue<T>, Error<…>>`.
fn answer(kind: &Type) -> Option<String> {
    fn first(kind: &Type) -> Option<&Type> {
        let Type::Path(path) = kind else { return None };
        match &path.path.segments.last()?.arguments {
            PathArguments::AngleBracketed(arguments) => arguments.args.iter().find_map(|argument| match argument {
                GenericArgument::Type(kind) => Some(kind),
                _ => None,
            }),
            _ => None,
        }
    }
    first(first(kind)?).map(short)
}

fn struct_lines(item: &syn::ItemStruct) -> Vec<String> {
    item.fields
        .iter()
        .filter_map(|field| {
            let name = field.ident.as_ref()?;
            let wire = field.attrs.iter().find_map(rename);
            let renamed = wire.map(|wire| format!(" (\"{wire}\")")).unwrap_or_default();
            Some(format!("{}.{name}{renamed}: {}", item.ident, short(&field.ty)))
        })
        .collect()
}

fn rename(attribute: &syn::Attribute) -> Option<String> {
    let mut found = None;
    if attribute.path().is_ident("serde") {
        // Members other than `rename` are skipped; an attribute that does not parse has no rename to show.
        let _ = attribute.parse_nested_meta(|meta| {
            if let Ok(value) = meta.value() {
                let literal: syn::Lit = value.parse()?;
                if let (true, syn::Lit::Str(text)) = (meta.path.is_ident("rename"), literal) {
                    found = Some(text.value());
                }
            }
            Ok(())
        });
    }
    found
}

/// A type without spaces and well-known paths.
fn short(kind: &Type) -> String {
    spelt(kind)
        .replace("::videogen_wire::", "")
        .replace("::std::option::", "")
        .replace("::std::string::", "")
        .replace("::std::vec::", "")
        .replace("::serde_json::", "")
        .replace("crate::enums::", "")
        .replace("types::", "")
        .replace("&'a", "&")
}

fn spelt(tokens: &impl ToTokens) -> String {
    tokens
        .to_token_stream()
        .to_string()
        .replace(' ', "")
        .replace("&'astr", "&str")
}

/// What each model accepts, a line for each of its limits; then how local files are uploaded, and what a file may be.
#[must_use]
pub fn models(facts: &Facts) -> String {
    let mut text: String = facts.models.iter().map(|model| limits(facts, model)).collect();
    if !facts.uploads.is_empty() {
        text.push_str("uploads\n");
        text.extend(facts.uploads.iter().map(upload));
    }
    if !facts.media.is_empty() {
        text.push_str("files\n");
        let mut all: Vec<&Media> = facts.media.iter().collect();
        all.sort_by_key(|media| &media.name);
        text.extend(all.into_iter().map(files));
    }
    text
}

fn upload(upload: &Upload) -> String {
    let media: Vec<&str> = upload.media.iter().map(|medium| medium.name()).collect();
    let mut parts = vec![format!("{} {}", media.join(" "), upload.types.join(" "))];
    parts.extend(upload.max_bytes.map(|bytes| format!("up to {bytes} bytes")));
    parts.push(format!("by {} as {}", upload.operation, upload.gives.name()));
    parts.extend(upload.via.as_ref().map(|other| format!("via {other}")));
    parts.extend(upload.group.as_ref().map(|group| format!("in a group of {group}")));
    parts.extend(upload.poll.as_ref().map(|poll| format!("polled by {poll}")));
    parts.extend((!upload.reusable).then(|| "once".to_owned()));
    parts.extend(upload.lives.map(|seconds| format!("for {seconds} s")));
    parts.extend((!upload.models.is_empty()).then(|| format!("for {}", upload.models.join(" "))));
    let mark = if upload.unverified { " (unverified)" } else { "" };
    format!("  {}: {}{mark}\n", upload.name, parts.join(", "))
}

fn files(media: &Media) -> String {
    let mut parts = vec![media.types.join(" ")];
    parts.extend(media.max_bytes.map(|bytes| format!("up to {bytes} bytes")));
    parts.extend(media.side.map(|(low, high)| format!("sides {low} to {high}")));
    let ranges = [("ratio", media.ratio), ("seconds", media.seconds), ("fps", media.fps)];
    parts.extend(ranges.into_iter().filter_map(|(name, range)| {
        let (low, high) = range?;
        Some(format!("{name} {low} to {high}"))
    }));
    parts.extend(media.total_seconds.map(|seconds| format!("{seconds} seconds in all")));
    parts.extend(
        media
            .max_request_bytes
            .map(|bytes| format!("requests up to {bytes} bytes")),
    );
    let mark = if media.unverified { " (unverified)" } else { "" };
    format!("  {}: {}{mark}\n", media.name, parts.join(", "))
}

fn limits(facts: &Facts, model: &Model) -> String {
    let mut text = format!("{} ({})\n", model.id, facts.shape(model).family);
    let mut line = |name: &str, value: String| text.push_str(&format!("  {name}: {value}\n"));
    for (kind, id) in model.endpoints.iter().flat_map(Endpoints::all) {
        line(&format!("endpoint of {kind}"), id.to_owned());
    }
    let duration = &model.duration;
    let range = match (duration.listed(), duration.max()) {
        // As the facade's messages have it.
        (Some(values), _) => match values.rsplit_once(", ") {
            Some((values, last)) => format!("{values} or {last}"),
            None => values,
        },
        (None, Some(max)) => format!("{} to {max}", duration.min()),
        (None, None) => format!("from {}", duration.min()),
    };
    let auto = match duration.auto {
        Some(Auto::Absent) => ", auto is Absent",
        Some(Auto::MinusOne) => ", auto is MinusOne",
        Some(Auto::Word) => ", auto is Word",
        None => "",
    };
    let zero = duration.zero.map(|zero| format!(", 0 is {zero:?}")).unwrap_or_default();
    let or_default = |values: String, default: Option<String>| match default {
        Some(default) => format!("{values}, default {default}"),
        None => values,
    };
    let default = duration.default.map(|seconds| seconds.to_string());
    line("duration", or_default(format!("{range}{auto}{zero}"), default));
    if let Some(frames) = &model.frames {
        line("frames", format!("{} to {} by {}", frames.min, frames.max, frames.step));
    }
    if !model.limits_known() {
        line("limits", "unknown".to_owned());
    }
    line(
        "resolutions",
        or_default(model.resolutions.join(" "), model.default_resolution.clone()),
    );
    line(
        "aspect ratios",
        or_default(model.aspect_ratios.join(" "), model.default_aspect_ratio.clone()),
    );
    if let Some(sound) = model.default_generate_audio {
        line("sound", format!("{} by default", if sound { "on" } else { "off" }));
    }
    for (role, input) in ROLES.iter().filter_map(|role| Some((*role, model.inputs.get(*role)?))) {
        let word = input.role.as_deref().unwrap_or(role);
        line(
            role,
            format!(
                "{} from {} as {word}{}{}",
                input.max.map_or_else(|| "any number".to_owned(), |max| max.to_string()),
                input.sources.join(" "),
                input
                    .media
                    .as_ref()
                    .map(|media| format!(", files as {media}"))
                    .unwrap_or_default(),
                match input.needs.as_deref().unwrap_or_default() {
                    [] => String::new(),
                    needs => format!(", with {}", needs.join(" or ")),
                }
            ),
        );
    }
    if !model.exclusive.is_empty() {
        let groups: Vec<String> = model.exclusive.iter().map(|group| group.join("+")).collect();
        line("exclusive", groups.join(" | "));
    }
    for condition in &model.conditions {
        let mark = if condition.unverified { " (unverified)" } else { "" };
        let rule = format!("{} requires {}", tests(&condition.when), tests(&condition.requires));
        line("condition", format!("{rule}{mark}"));
    }
    for doubt in &model.doubtful {
        line("doubtful", format!("{} {}", doubt.field, doubt.value));
    }
    if !model.without.is_empty() {
        line("without", model.without.join(" "));
    }
    text
}

fn tests(tests: &BTreeMap<String, FieldState>) -> String {
    let tests = tests.iter().map(|(field, state)| match state {
        FieldState::Word(FieldWord::Set) => field.clone(),
        FieldState::Word(FieldWord::Unset) => format!("no {field}"),
        FieldState::OneOf(values) => format!("{field} {}", values.join("|")),
    });
    tests.collect::<Vec<_>>().join(", ")
}

//! The facts of a spec as Rust constants: `src/facts.rs` of a raw crate.

use std::fmt::Write as _;

use heck::ToShoutySnakeCase as _;

use super::prices;
use super::states::tests;
use crate::spec::facts::{Auto, Condition, Facts, Form, Model, ROLES, Shape, Zero};
use crate::spec::listing::{ListedModels, pointer};
use crate::spec::lists::Item;
use crate::spec::service::{KeyForm, KeyedLinks, Scheme, Signature};
use crate::spec::shapes::Member;
use crate::spec::tasks::Status;
use crate::spec::uploads::Media;

/// The text of `src/facts.rs`.
#[must_use]
pub fn emit(facts: &Facts) -> String {
    let mut out = String::from(
        "//! What the spec says beyond its schemas. `specs/README.md` explains each member.\n\n\
         use videogen_wire::facts::*;\n\n",
    );
    let (vendor, poll, result_url) = (&facts.vendor, &facts.poll, &facts.result_url);
    let (webhook, limits, tasks) = (&facts.webhook, &facts.rate_limits, &facts.tasks);
    let statuses: Vec<_> = tasks
        .statuses
        .iter()
        .map(|(word, status)| (word, status.name()))
        .collect();
    let _ = write!(
        out,
        "/// All facts of {name}.
pub const VENDOR: Vendor = Vendor {{
    name: {name:?},
    key_env: {:?},
    keys_page: {:?},
    base_url_env: {:?},
    base_url: {:?},
    model_base_urls: &{:?},
    servers: &{:?},
    auth: Auth {{ header: {:?}, prefix: {:?} }},
    poll: Poll {{ first: {}, every: {:?}, give_up: {:?} }},
    result_url: ResultUrl {{ ttl: {:?}, refreshable: {}, key_on_own_origin: {} }},
    webhook: Webhook {{ timeout: {}, retries: &{:?}, signature: {}, tolerance: {:?} }},
    rate_limits: RateLimits {{ submit: &{:?}, query: &{:?} }},
    pages: PAGES,
    task_fields: TASK_FIELDS,
    tasks: Tasks {{ statuses: &{:?}, id: {:?}, created: {:?}, cancel_when: &{:?}, kept: {:?} }},
    errors: ERRORS,
    list: LIST,
    listing: {},
    families: FAMILIES,
    models: MODELS,
    uploads: UPLOADS,
    prompt_flags: &{:?},
    prices: PRICES,
    billing: {},
}};

const PAGES: &[Page] = &[
",
        vendor.key_env,
        vendor.keys_page,
        vendor.base_url_env,
        facts.base_url,
        vendor.model_base_urls.iter().collect::<Vec<_>>(),
        facts.servers,
        facts.auth.header,
        facts.auth.prefix,
        poll.first,
        poll.every,
        poll.give_up,
        result_url.ttl,
        result_url.refreshable,
        result_url.key == Some(KeyedLinks::OwnOrigin),
        webhook.timeout,
        webhook.retries,
        webhook.signature.signed().map_or_else(|| "None".to_owned(), signature),
        webhook.tolerance,
        limits.submit,
        limits.query,
        statuses,
        tasks.id,
        tasks.created.map(Status::name),
        tasks.cancel_when.iter().map(|status| status.name()).collect::<Vec<_>>(),
        tasks.kept,
        facts.listing.as_ref().map_or_else(|| "None".to_owned(), listing),
        facts.prompt_flags,
        prices::billing(facts),
        name = vendor.name,
    );
    for (name, page) in &facts.pages {
        let _ = writeln!(
            out,
            "    Page {{ name: {name:?}, url: {:?}, read: {:?}, note: {:?} }},",
            page.url, page.read, page.note
        );
    }
    out.push_str("];\n\nconst TASK_FIELDS: &[TaskField] = &[\n");
    for field in &facts.task_fields {
        let _ = writeln!(
            out,
            "    TaskField {{ name: {:?}, places: &{:?}, words: &[{}] }},",
            field.name,
            field.places,
            field
                .words
                .iter()
                .map(|(place, own)| format!("({place:?}, {})", words(own)))
                .collect::<Vec<_>>()
                .join(", ")
        );
    }
    out.push_str("];\n\nconst ERRORS: &[ErrorCode] = &[\n");
    for (code, error) in &facts.errors.codes {
        let _ = writeln!(
            out,
            "    ErrorCode {{ code: {code:?}, kind: {:?}, message: {:?} }},",
            error.kind.name(),
            error.message
        );
    }
    out.push_str("];\n\nconst LIST: &[ListParameter] = &[\n");
    for parameter in &facts.list {
        let _ = writeln!(
            out,
            "    ListParameter {{ name: {:?}, wire: {:?}, maximum: {:?}, values: &{:?} }},",
            parameter.name, parameter.wire, parameter.maximum, parameter.values
        );
    }
    out.push_str("];\n\nconst FAMILIES: &[Family] = &[\n");
    for family in &facts.families {
        let _ = writeln!(
            out,
            "    Family {{ name: {:?}, poll: {:?}, by_reference: {}, former: {} }},",
            family.name, family.poll, family.by_reference, family.former
        );
    }
    out.push_str("];\n\n");
    for entry in &facts.media {
        media(facts, entry, &mut out);
    }
    uploads(facts, &mut out);
    prices::emit(facts, &mut out);
    for entry in &facts.shapes {
        shape(entry, &mut out);
    }
    out.push_str("const MODELS: &[Model] = &[\n");
    for entry in &facts.models {
        model(facts, entry, &mut out);
    }
    out.push_str("];\n");
    out
}

fn signature(signature: &Signature) -> String {
    let scheme = match signature.scheme {
        Scheme::HmacSha256 => {
            let key = match signature.key {
                None | Some(KeyForm::Text) => "Text".to_owned(),
                Some(KeyForm::Base64) => {
                    let prefix = signature.key_prefix.as_deref().unwrap_or_default();
                    format!("Base64 {{ prefix: {prefix:?} }}")
                }
            };
            let secret_env = signature.secret_env.as_deref().unwrap_or_default();
            format!("HmacSha256 {{ key: SigningKey::{key}, secret_env: {secret_env:?} }}")
        }
        Scheme::Ed25519 => {
            let keys = signature.keys.as_deref().unwrap_or_default();
            format!("Ed25519 {{ keys: {keys:?} }}")
        }
    };
    let headers: Vec<_> = signature.headers.iter().collect();
    format!(
        "Some(Signature {{ scheme: Scheme::{scheme}, encoding: Encoding::{:?}, message: {:?}, headers: &{headers:?}, \
         form: {:?}, separator: {:?} }})",
        signature.encoding, signature.message, signature.form, signature.separator,
    )
}

/// The constant that holds an entry of `x-media`.
fn media_constant(name: &str) -> String {
    format!("MEDIA_{name}").to_shouty_snake_case()
}

fn media(facts: &Facts, media: &Media, out: &mut String) {
    let _ = write!(
        out,
        "const {}: Media = Media {{
    name: {:?},
    types: &{:?},
    max_bytes: {:?},
    side: {:?},
    ratio: {:?},
    seconds: {:?},
    total_seconds: {:?},
    fps: {:?},
    max_request_bytes: {:?},
    page: {:?},
    unverified: {},
}};

",
        media_constant(&media.name),
        media.name,
        media.types,
        media.max_bytes,
        media.side,
        media.ratio,
        media.seconds,
        media.total_seconds,
        media.fps,
        media.max_request_bytes,
        media.source.as_ref().map(|page| &facts.pages[page].url),
        media.unverified,
    );
}

fn uploads(facts: &Facts, out: &mut String) {
    out.push_str("const UPLOADS: &[Upload] = &[\n");
    for upload in &facts.uploads {
        let media: Vec<&str> = upload.media.iter().map(|medium| medium.name()).collect();
        let _ = write!(
            out,
            "    Upload {{
        name: {:?},
        operation: {:?},
        via: {:?},
        group: {:?},
        media: &{media:?},
        types: &{:?},
        max_bytes: {:?},
        above: {:?},
        gives: {:?},
        reusable: {},
        lives: {:?},
        models: &{:?},
        poll: {:?},
        page: {:?},
        unverified: {},
    }},
",
            upload.name,
            upload.operation,
            upload.via,
            upload.group,
            upload.types,
            upload.max_bytes,
            upload.above,
            upload.gives.name(),
            upload.reusable,
            upload.lives,
            upload.models,
            upload.poll,
            upload.source.as_ref().map(|page| &facts.pages[page].url),
            upload.unverified,
        );
    }
    out.push_str("];\n\n");
}

/// The constant that holds a request body. Two operations may share one.
fn constant(shape: &Shape) -> String {
    format!("{}_{}", shape.create, shape.name).to_shouty_snake_case()
}

fn shape(shape: &Shape, out: &mut String) {
    let Shape {
        name,
        create,
        path,
        fields,
        extra,
        rest,
        ..
    } = shape;
    let _ = write!(
        out,
        "const {}: Request = Request {{
    name: {name:?},
    create: {create:?},
    path: {path:?},
    fields: &[
",
        constant(shape)
    );
    for field in fields {
        let _ = writeln!(
            out,
            "        Field {{ name: {:?}, wire: {:?}, place: Place::{:?}, form: {}, item: {}, words: {}, minimum: {:?}, maximum: {:?}, max_length: {:?}, prefix: {:?}, \
             values: &{:?}, required: {}, page: {:?}, unverified: {} }},",
            field.name,
            field.wire,
            field.place,
            form(&field.form),
            field.item.as_ref().map_or_else(|| "None".to_owned(), item),
            words(&field.words),
            field.minimum,
            field.maximum,
            field.max_length,
            field.prefix,
            field.values,
            field.required,
            field.page,
            field.unverified
        );
    }
    let extra = extra.as_ref().map_or_else(
        || "None".to_owned(),
        |(inside, own)| format!("Some(Extra {{ inside: {inside:?}, own: &{own:?} }})"),
    );
    let rest = rest
        .iter()
        .map(|Member { wire, replaces }| format!("        Member {{ wire: {wire:?}, replaces: &{replaces:?} }},\n"));
    let rest: String = rest.collect();
    let _ = write!(out, "    ],\n    rest: &[\n{rest}    ],\n    extra: {extra},\n}};\n\n");
}

fn form(form: &Form) -> String {
    match form {
        Form::Own => "Form::Own".to_owned(),
        Form::Text(unit) => format!("Form::Text({unit:?})"),
        Form::Url => "Form::Url".to_owned(),
    }
}

fn words(words: &[(String, String)]) -> String {
    let words = words
        .iter()
        .map(|(value, wire)| format!("Word {{ value: {value:?}, wire: {wire:?} }}"));
    format!("&[{}]", words.collect::<Vec<_>>().join(", "))
}

fn item(item: &Item) -> String {
    let with: Vec<_> = item.with.iter().collect();
    format!("Some(Item {{ value: {:?}, with: &{with:?} }})", item.value)
}

fn model(facts: &Facts, model: &Model, out: &mut String) {
    let auto = match model.duration.auto {
        Some(Auto::Absent) => "Some(Auto::Absent)",
        Some(Auto::MinusOne) => "Some(Auto::MinusOne)",
        Some(Auto::Word) => "Some(Auto::Word)",
        None => "None",
    };
    let zero = match model.duration.zero {
        Some(Zero::Auto) => "Some(Zero::Auto)",
        Some(Zero::Default) => "Some(Zero::Default)",
        None => "None",
    };
    let endpoints = model.endpoints.as_ref().map_or_else(
        || "None".to_owned(),
        |ids| {
            let (text, frames, references) = (&ids.text, &ids.frames, &ids.references);
            format!("Some(Endpoints {{ text: {text:?}, frames: {frames:?}, references: {references:?} }})")
        },
    );
    let frames = model.frames.as_ref().map_or_else(
        || "None".to_owned(),
        |frames| {
            let (min, max, step) = (frames.min, frames.max, frames.step);
            format!("Some(Frames {{ min: {min}, max: {max}, step: {step} }})")
        },
    );
    let _ = write!(
        out,
        "    Model {{
        id: {:?},
        endpoints: {endpoints},
        family: {:?},
        request: {},
        limits_known: {},
        duration: Duration {{ min: {}, max: {:?}, values: &{:?}, auto: {auto}, zero: {zero}, default: {:?} }},
        frames: {frames},
        resolutions: &{:?},
        default_resolution: {:?},
        aspect_ratios: &{:?},
        default_aspect_ratio: {:?},
        default_generate_audio: {:?},
        inputs: &[
",
        model.id,
        facts.shape(model).family,
        constant(facts.shape(model)),
        model.limits_known(),
        model.duration.min(),
        model.duration.max(),
        model.duration.values,
        model.duration.default,
        model.resolutions,
        model.default_resolution,
        model.aspect_ratios,
        model.default_aspect_ratio,
        model.default_generate_audio,
    );
    for role in ROLES {
        let Some(input) = model.inputs.get(*role) else { continue };
        let _ = writeln!(
            out,
            "            Input {{ role: {role:?}, wire_role: {:?}, max: {:?}, sources: &{:?}, media: {}, needs: &{:?} }},",
            input.role.as_deref().unwrap_or(role),
            input.max,
            input.sources,
            input
                .media
                .as_ref()
                .map_or_else(|| "None".to_owned(), |name| format!("Some({})", media_constant(name))),
            input.needs.as_deref().unwrap_or_default()
        );
    }
    let groups: Vec<String> = model.exclusive.iter().map(|group| format!("&{group:?}")).collect();
    let conditions: Vec<String> = model.conditions.iter().map(condition).collect();
    let doubtful = model.doubtful.iter().map(|doubt| {
        let (field, value, reason) = (&doubt.field, &doubt.value, &doubt.reason);
        format!("Doubt {{ field: {field:?}, value: {value:?}, reason: {reason:?} }}")
    });
    let doubtful: Vec<String> = doubtful.collect();
    let _ = write!(
        out,
        "        ],
        exclusive: &[{}],
        conditions: &[{}],
        without: &{:?},
        doubtful: &[{}],
        unverified: &{:?},
        page: {:?},
    }},
",
        groups.join(", "),
        conditions.join(", "),
        model.without,
        doubtful.join(", "),
        model.unverified,
        page(facts, model),
    );
}

/// The page of a model: its own, or else the one that its facts are from.
fn page(facts: &Facts, model: &Model) -> String {
    let id = model.endpoints.as_ref().map_or(&model.id, |ids| &ids.text);
    match &facts.vendor.model_page {
        Some(template) if !model.is_pattern() => template.replace("{model}", id),
        _ => facts.pages[&model.source].url.clone(),
    }
}

fn listing(listing: &ListedModels) -> String {
    format!(
        "Some(Listing {{ operation: {:?}, models: {:?}, id: {:?}, members: &{:?} }})",
        listing.operation,
        pointer(&listing.models),
        pointer(&listing.id),
        listing.members()
    )
}

fn condition(condition: &Condition) -> String {
    format!(
        "Condition {{ when: &[{}], requires: &[{}], unverified: {} }}",
        tests(&condition.when),
        tests(&condition.requires),
        condition.unverified
    )
}

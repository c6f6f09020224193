//! `docs/vendors/<vendor>.md`, made from the specs: what an application needs to know of a vendor beyond the tables in
//! `docs/fields.md`.

use std::fmt::Write as _;

use super::Spec;
use super::facts::{Facts, Model, ROLES};
use super::fields::mark;
use super::service::{KeyedLinks, RateLimit, Scheme};

/// Their folder.
pub const FOLDER: &str = "docs/vendors";
/// The table of contents, which lists them.
pub const SUMMARY: &str = "docs/SUMMARY.md";

const BEGIN: &str = "<!-- vendors: begin. Made by `cargo xtask generate`; do not edit. -->\n";
const END: &str = "<!-- vendors: end -->";

/// The table of contents with all vendors, by file and name; `None` when the markers are missing.
#[must_use]
pub fn with_links<'a>(summary: &str, vendors: impl IntoIterator<Item = (&'a str, &'a Facts)>) -> Option<String> {
    let (before, rest) = summary.split_once(BEGIN)?;
    let (_, after) = rest.split_once(END)?;
    let mut links = String::new();
    for (vendor, facts) in vendors {
        let _ = writeln!(links, "  - [{}](vendors/{vendor}.md)", facts.vendor.name);
    }
    Some(format!("{before}{BEGIN}{links}  {END}{after}"))
}

/// The page of a vendor: its file name and text.
#[must_use]
pub fn page(spec: &Spec, facts: &Facts) -> (String, String) {
    let mut out = format!(
        "<!-- Made by `cargo xtask generate` from {}; do not edit. -->\n\n# {}\n\n",
        spec.file, facts.vendor.name
    );
    if let Some(text) = spec
        .doc
        .pointer("/info/description")
        .and_then(serde_json::Value::as_str)
    {
        let _ = writeln!(out, "{}\n", text.trim());
    }
    service(facts, &mut out);
    let _ = writeln!(
        out,
        "\n## Models\n\n| model | seconds | resolutions | inputs |\n|---|---|---|---|"
    );
    for model in &facts.models {
        let _ = writeln!(out, "{}", row(model));
    }
    out.push_str(
        "\nAll fields, limits, uploads and list prices are in [fields.md](../fields.md). A model that is not listed is sent \
         unchecked, with a warning.\n",
    );
    out.push_str("\n## Requests\n\n| request | operation | what it does |\n|---|---|---|\n");
    for operation in spec.operations() {
        let text = |key: &str| operation.value.get(key).and_then(serde_json::Value::as_str);
        let _ = writeln!(
            out,
            "| `{} {}` | `{}` | {} |",
            operation.method.to_uppercase(),
            operation.path,
            operation.id().unwrap_or_default(),
            text("summary").unwrap_or("–").trim_end_matches('.')
        );
    }
    out.push_str(
        "\n## Pages\n\nWhat is known of the vendor comes from these pages.\n\n| page | read on |\n|---|---|\n",
    );
    for page in facts.pages.values() {
        let _ = writeln!(out, "| <{}> | {} |", page.url, page.read);
    }
    (format!("{}.md", spec.vendor), out)
}

/// A time in the unit that people use for it.
fn time(seconds: u64) -> String {
    const HOUR: u64 = 60 * 60;
    match seconds {
        _ if seconds > 24 * HOUR && seconds.is_multiple_of(24 * HOUR) => format!("{} days", seconds / (24 * HOUR)),
        HOUR => "1 hour".to_owned(),
        _ if seconds.is_multiple_of(HOUR) => format!("{} hours", seconds / HOUR),
        _ if seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} seconds"),
    }
}

/// Addresses, keys, times and webhooks.
fn service(facts: &Facts, out: &mut String) {
    let vendor = &facts.vendor;
    let mut line = |name: &str, value: String| {
        let _ = writeln!(out, "| {name} | {value} |");
    };
    line("", String::new());
    line("---", "---".to_owned());
    line(
        "base URL",
        format!("`{}`, or that in `{}`", facts.base_url, vendor.base_url_env),
    );
    for (models, url) in &vendor.model_base_urls {
        line(&format!("base URL of `{models}…`"), format!("`{url}`"));
    }
    let page = vendor
        .keys_page
        .as_ref()
        .map(|page| format!(", from <{page}>"))
        .unwrap_or_default();
    line("API key", format!("`{}`{page}", vendor.key_env));
    line("sent as", format!("`{}: {}…`", facts.auth.header, facts.auth.prefix));
    let poll = &facts.poll;
    let give_up = poll
        .give_up
        .map(|seconds| format!("; a task may take up to {}", time(seconds)));
    line(
        "polls",
        format!(
            "first after {} s, then every {} to {} s{}{}",
            poll.first,
            poll.every.0,
            poll.every.1,
            give_up.unwrap_or_default(),
            mark(poll.unverified)
        ),
    );
    for (name, limits) in [
        ("submissions", &facts.rate_limits.submit),
        ("polls and reads", &facts.rate_limits.query),
    ] {
        if !limits.is_empty() {
            let all: Vec<String> = limits
                .iter()
                .map(|RateLimit { limit, per }| format!("{limit} in {per} s"))
                .collect();
            line(
                &format!("limit of {name}"),
                format!("{}{}", all.join(", "), mark(facts.rate_limits.unverified)),
            );
        }
    }
    let links = &facts.result_url;
    let lives = links.ttl.map_or_else(
        || "do not expire".to_owned(),
        |ttl| format!("expire after {}", time(ttl)),
    );
    let renewed = match (links.ttl, links.refreshable) {
        (None, _) => "",
        (_, true) => ", and are renewed by a poll",
        (_, false) => ", and cannot be renewed: download in time",
    };
    let key = match links.key {
        Some(KeyedLinks::OwnOrigin) => "; those to the vendor's own address need the key",
        None => "",
    };
    line(
        "links of results",
        format!("{lives}{renewed}{key}{}", mark(links.unverified)),
    );
    if let Some(kept) = facts.tasks.kept {
        line("tasks are kept for", time(kept));
    }
    let webhook = &facts.webhook;
    let signed = match webhook.signature.signed() {
        None => "not signed: each task has a callback URL with a token, and a call only triggers a poll".to_owned(),
        Some(signature) => match (signature.scheme, &signature.secret_env, &signature.keys) {
            (Scheme::HmacSha256, Some(secret), _) => format!("signed (HMAC-SHA256, secret in `{secret}`)"),
            (Scheme::Ed25519, _, Some(keys)) => format!("signed (Ed25519, public keys at <{keys}>)"),
            _ => "signed".to_owned(),
        },
    };
    line("webhooks", format!("{signed}{}", mark(webhook.unverified)));
    let free: Vec<String> = facts
        .billing
        .free
        .iter()
        .map(|status| format!("`{}`", status.name()))
        .collect();
    if !free.is_empty() {
        line(
            "costs nothing",
            format!("a task that is {}{}", free.join(" or "), mark(facts.billing.unverified)),
        );
    }
}

fn row(model: &Model) -> String {
    let duration = &model.duration;
    let seconds = match (duration.listed(), duration.max()) {
        (Some(values), _) => values,
        (None, Some(max)) => format!("{} to {max}", duration.min()),
        (None, None) => format!("from {}", duration.min()),
    };
    let seconds = match (duration.auto, model.limits_known()) {
        (_, false) => "unknown".to_owned(),
        (Some(_), true) => format!("{seconds}, or as the model decides"),
        (None, true) => seconds,
    };
    let inputs = ROLES.iter().filter_map(|role| {
        let count = model.inputs.get(*role)?.max;
        let role = role.replace('_', " ");
        Some(match count {
            _ if !model.limits_known() => role,
            Some(1) => role,
            Some(count) => format!("up to {count} {role}s").replace("audios", "audio"),
            None => format!("any number of {role}s").replace("audios", "audio"),
        })
    });
    let inputs: Vec<String> = inputs.collect();
    let or_none = |text: String| if text.is_empty() { "–".to_owned() } else { text };
    format!(
        "| `{}` | {seconds} | {} | {} |",
        model.id,
        or_none(model.resolutions.join(", ")),
        or_none(inputs.join(", "))
    )
}

//! The signature of `x-webhook` can be computed from what a delivery has.

use serde::Deserialize as _;
use serde_json::Value;
use url::Url;

use super::Found;
use crate::spec::Spec;
use crate::spec::service::{KeyForm, Scheme, Signature, placeholders};

const PLACE: &str = "/x-webhook/signature";

pub(super) fn check(spec: &Spec, found: &mut Found<'_>) {
    let Some(webhook) = spec.doc.get("x-webhook") else {
        return;
    };
    // Another shape is reported by another rule.
    let signature = webhook.get("signature").filter(|value| value.is_object());
    let signature = signature.and_then(|value| Signature::deserialize(value).ok());
    let tolerance = webhook.get("tolerance").filter(|value| !value.is_null());
    match (&signature, tolerance) {
        (Some(_), None) => {
            let fix = "add `tolerance` in seconds to x-webhook";
            found.add("bad-signature", PLACE, "a signed time has no tolerance", fix);
        }
        (None, Some(_)) if webhook.get("signature").is_some_and(Value::is_string) => {
            let reason = "without a signature there is no signed time";
            found.add("bad-signature", "/x-webhook/tolerance", reason, "delete it");
        }
        _ => {}
    }
    if let Some(signature) = signature {
        key(&signature, found);
        templates(&signature, found);
    }
}

/// The members about the key are those of the scheme.
fn key(signature: &Signature, found: &mut Found<'_>) {
    let mut add = |member: &str, reason: &str, fix: &str| {
        found.add("bad-signature", format!("{PLACE}/{member}"), reason, fix);
    };
    match signature.scheme {
        Scheme::HmacSha256 => {
            if signature.key.is_none() {
                add("key", "`hmac-sha256` needs a key", "add `key: text` or `key: base64`");
            }
            if signature.secret_env.as_deref().is_none_or(str::is_empty) {
                let reason = "`hmac-sha256` needs a secret";
                add("secret_env", reason, "add the name of its environment variable");
            }
            if signature.keys.is_some() {
                add("keys", "`hmac-sha256` has no public keys", "delete it");
            }
            if signature.key_prefix.is_some() && signature.key != Some(KeyForm::Base64) {
                let reason = "only a key in base64 has a prefix that is not part of it";
                add("key_prefix", reason, "delete it, or set `key: base64`");
            }
        }
        Scheme::Ed25519 => {
            let secrets = [
                ("key", signature.key.is_some()),
                ("key_prefix", signature.key_prefix.is_some()),
                ("secret_env", signature.secret_env.is_some()),
                ("optional", signature.optional),
            ];
            for (member, _) in secrets.iter().filter(|(_, is_there)| *is_there) {
                add(member, "`ed25519` has no secret", "delete it");
            }
            // Whoever can change the keys on their way can sign.
            let url = signature.keys.as_deref().and_then(|keys| Url::parse(keys).ok());
            if !url.is_some_and(|url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none()) {
                let reason = "`ed25519` needs the address of the public keys";
                add(
                    "keys",
                    reason,
                    "add the https URL of the JWKS, without query and fragment",
                );
            }
        }
    }
}

fn templates(signature: &Signature, found: &mut Found<'_>) {
    let mut add = |member: &str, reason: String, fix: &str| {
        found.add("bad-signature", format!("{PLACE}/{member}"), reason, fix);
    };
    let in_form = placeholders(&signature.form);
    if !signature.headers.contains_key("signature") {
        let fix = "add the header's name under `signature`";
        add("headers", "no header has the signature".to_owned(), fix);
    }
    for name in signature
        .headers
        .keys()
        .filter(|name| *name != "signature" && in_form.contains(&name.as_str()))
    {
        let fix = "delete it here, or in `form`";
        add(
            &format!("headers/{name}"),
            format!("`{name}` is a header and a part of another"),
            fix,
        );
    }
    let of_body = ["body", "body_sha256"];
    for name in of_body
        .iter()
        .filter(|name| signature.headers.contains_key(**name) || in_form.contains(*name))
    {
        let fix = "give the value another name";
        add("headers", format!("`{name}` is a value of the body"), fix);
    }
    let known = |name: &str| {
        of_body.contains(&name)
            || name != "signature" && (signature.headers.contains_key(name) || in_form.contains(&name))
    };
    let in_message = placeholders(&signature.message);
    for name in in_message.iter().filter(|name| !known(name)) {
        let fix = "name `body`, `body_sha256`, or a value of `headers` or `form`";
        add("message", format!("no header has `{{{name}}}`"), fix);
    }
    for names in [&of_body[..], &["timestamp"]] {
        if !names.iter().any(|name| in_message.contains(name)) {
            let fix = "add it to the template: what is not signed proves nothing";
            add("message", format!("`{{{}}}` is missing", names[0]), fix);
        }
    }
    if signature.message.contains("}{") {
        let fix = "separate the two, or the same message has several readings";
        add("message", "two values without a text between them".to_owned(), fix);
    }
    let entries: Vec<&str> = match signature.separator {
        Some(separator) => signature.form.split(separator).collect(),
        None => vec![&signature.form],
    };
    // The separator of `v1,{signature}` is a space: a comma would part it.
    if entries.iter().any(|entry| placeholders(entry).len() != 1) || !in_form.contains(&"signature") {
        let fix = "write entries such as `v1={signature}`, with the `separator` between them";
        add("form", "an entry has no value, or several".to_owned(), fix);
    }
}

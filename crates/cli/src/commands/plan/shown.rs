//! A plan as text.

use serde_json::Value;
use videogen::Role;
use videogen::submit::Plan;

/// The request that would be sent.
pub(super) fn request(plan: &Plan) -> String {
    let body = serde_json::to_string_pretty(&short(&plan.body)).unwrap_or_default();
    let headers: String = plan
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", masked(value)))
        .collect();
    format!("{} {}\n{headers}{body}", plan.method, plan.url)
}

/// How each local file reaches the vendor.
pub(super) fn files(plan: &Plan) -> Vec<String> {
    let line = |role: Role, file: &str, kind: &str, bytes: u64, how: String| {
        format!("File: {role} {file} ({kind}, {bytes} bytes): {how}")
    };
    let inline = plan.inline.iter().map(|one| {
        line(
            one.role,
            &one.file,
            one.media_type,
            one.bytes,
            "inline, as a data URL".to_owned(),
        )
    });
    let uploads = plan.uploads.iter().map(|one| {
        let how = match one.reused {
            true => "uploaded before; its reference is used again if the vendor still has it".to_owned(),
            false if one.single_use => format!("uploaded for this request only, by {} ({})", one.operation, one.way),
            false => format!("uploaded first, by {} ({})", one.operation, one.way),
        };
        line(one.role, &one.file, one.media_type, one.bytes, how)
    });
    inline.chain(uploads).collect()
}

/// A text that is a URL without user, password and query, which may be credentials.
fn masked(text: &str) -> String {
    let Some((scheme, rest)) = text
        .split_once("://")
        .filter(|(scheme, _)| !scheme.contains(char::is_whitespace))
    else {
        return text.to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, rest) = rest.split_at(end);
    let authority = match authority.rsplit_once('@') {
        Some((_, host)) => format!("[masked]@{host}"),
        None => authority.to_owned(),
    };
    let rest = match rest.split_once(['?', '#']) {
        Some((path, _)) => format!("{path}?[masked]"),
        None => rest.to_owned(),
    };
    format!("{scheme}://{authority}{rest}")
}

/// The body with its data URLs cut, and without credentials in URLs. With --json it is complete.
pub(super) fn short(body: &Value) -> Value {
    match body {
        Value::String(text) if text.starts_with("data:") => match text.split_once(";base64,") {
            Some((kind, data)) if data.len() > 100 => format!("{kind};base64,<{} characters>", data.len()).into(),
            _ => body.clone(),
        },
        Value::String(text) => masked(text).into(),
        Value::Array(items) => items.iter().map(short).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), short(value)));
            Value::Object(members.collect())
        }
        _ => body.clone(),
    }
}

//! Unverified rules, which only clients have shown and no page documents, and the caller's permission to break them.

use crate::model::mask::hide_urls;
use crate::model::{Capabilities, Role, VideoRequest, Violation};

/// The fields that rules of the specs are about. Input roles come on top.
const FIELDS: [&str; 22] = [
    "prompt",
    "duration",
    "frames",
    "resolution",
    "aspect_ratio",
    "generate_audio",
    "seed",
    "watermark",
    "camera_fixed",
    "return_last_frame",
    "service_tier",
    "expires_after",
    "safety_identifier",
    "callback_url",
    "client_reference",
    "draft",
    "draft_task",
    "tools",
    "video_operation",
    "output_format",
    "metadata",
    "inputs",
];
/// Likeness of two names from which one was probably meant as the other, from 0 to 1.
const ALIKE: f64 = 0.8;

/// Whether the caller permits to break this rule.
pub(super) fn is_overridden(violation: &Violation, request: &VideoRequest) -> bool {
    violation.unverified && request.allow_unverified.contains(&violation.field)
}

/// The violations that remain of `found`, with those of the permissions themselves.
pub(super) fn enforced(rules: &Capabilities, request: &VideoRequest, mut found: Vec<Violation>) -> Vec<Violation> {
    let used = |violations: &[Violation], field: &str| violations.iter().any(|violation| violation.field == field);
    let misused: Vec<_> = request
        .allow_unverified
        .iter()
        .filter_map(|field| {
            let (rule, hint) = if !names().any(|known| known == field) {
                ("is not a field with rules".to_owned(), instead(field))
            } else if rules.is_known() && !has_unverified_rule(rules, field) {
                let model = format!("{} {}", rules.vendor.name(), request.model);
                let rule =
                    format!("every rule of {model} for `{field}` is verified; only unverified ones can be overridden");
                let hint = match used(&found, field) {
                    true => format!("remove it, and correct `{field}`"),
                    false => "remove it".to_owned(),
                };
                (rule, hint)
            } else {
                return None;
            };
            Some(Violation {
                page: Some(rules.model.page),
                ..Violation::new("allow_unverified", hide_urls(field), hide_urls(&rule), hint)
            })
        })
        .collect();
    found.retain(|violation| !is_overridden(violation, request));
    for violation in &mut found {
        let field = &violation.field;
        let is_permitted = request.allow_unverified.contains(field);
        if is_permitted && !rules.is_known() && rules.field(field).is_none() {
            violation
                .hint
                .push_str(" (`allow_unverified` does not help: a field without a known place cannot be sent)");
        } else if is_permitted && (!rules.is_known() || has_unverified_rule(rules, field)) {
            violation
                .hint
                .push_str(" (this rule is verified: `allow_unverified` does not override it)");
        }
    }
    found.extend(misused);
    found
}

/// The names of the fields and of the roles of inputs.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    FIELDS.into_iter().chain(Role::ALL.into_iter().map(Role::as_str))
}

/// What to write instead of an unknown name.
fn instead(name: &str) -> String {
    let scored = names().map(|known| (strsim::jaro_winkler(known, &name.replace('-', "_")), known));
    match scored.max_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((likeness, near)) if likeness >= ALIKE => format!("did you mean `{near}`?"),
        _ => format!("use one of {}", names().collect::<Vec<_>>().join(", ")),
    }
}

/// Whether a rule of the model about `field` is unverified.
fn has_unverified_rule(rules: &Capabilities, field: &str) -> bool {
    let model = rules.model;
    let is_role = Role::ALL.iter().any(|role| role.as_str() == field);
    let concerns = |member: &str| match member {
        "duration" | "frames" => member == field,
        "resolutions" => field == "resolution",
        "aspect_ratios" => field == "aspect_ratio",
        "inputs" => is_role,
        marked if is_role => {
            let role = marked.strip_prefix("inputs.").and_then(|rest| rest.split('.').next());
            role == Some(field)
        }
        "exclusive" => field == "inputs",
        "without" => model.without.contains(&field),
        _ => false,
    };
    // Limits of local files, and ways to upload them.
    let of_files = || {
        let inputs = model
            .inputs
            .iter()
            .filter(|input| input.role == field || field == "inputs");
        inputs.into_iter().any(|input| {
            let mut ways = rules.vendor.facts().uploads.iter();
            input.media.is_some_and(|limits| limits.unverified)
                || (is_role && ways.any(|way| way.unverified && input.sources.contains(&way.gives)))
        })
    };
    // Of input media the schema bounds nothing that is checked here.
    let own = || rules.field(field).is_some_and(|field| field.unverified) && !is_role;
    let conditions = model.conditions.iter().filter(|condition| condition.unverified);
    let mut required = conditions.flat_map(|condition| condition.requires);
    model.unverified.iter().any(|member| concerns(member))
        || required.any(|test| test.field == field)
        || own()
        || of_files()
}

// The cases are from real vendors.
#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
mod tests;

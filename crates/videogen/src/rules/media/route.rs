//! How a local file reaches a vendor: inline, or uploaded in one of the documented ways.

use videogen_wire::facts::{Input as InputRule, Upload};

use super::Probe;
use crate::model::media_type::medium;
use crate::model::{Capabilities, Role, Vendor};

/// How a local file becomes part of a request.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Route {
    /// As a data URL.
    Inline,
    /// Uploaded first.
    Upload(&'static Upload),
}

/// The medium of a role.
pub(crate) fn medium_of(role: Role) -> &'static str {
    match role {
        Role::FirstFrame | Role::LastFrame | Role::ReferenceImage => "image",
        Role::ReferenceVideo => "video",
        Role::ReferenceAudio => "audio",
    }
}

/// The rule of a role in a model's table.
pub(crate) fn role_rule(rules: &Capabilities, role: Role) -> Option<&'static InputRule> {
    rules.model.inputs.iter().find(|rule| rule.role == role.as_str())
}

/// The ways in which a file for `role` can be uploaded, whatever its type and size.
fn ways(vendor: Vendor, model: &str, rule: &InputRule, medium: &str) -> impl Iterator<Item = &'static Upload> {
    let ways = vendor.facts().uploads.iter();
    ways.filter(move |way| way.media.contains(&medium) && way.serves(model) && rule.sources.contains(&way.gives))
}

/// Whether some local file can be sent in `role`.
pub(crate) fn takes_files(rules: &Capabilities, model: &str, role: Role, rule: &InputRule) -> bool {
    let mut ways = ways(rules.vendor, model, rule, medium_of(role));
    rule.sources.contains(&"data") || ways.next().is_some()
}

/// Why a file cannot be sent, and what to do.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    pub(crate) rule: String,
    pub(crate) hint: String,
    /// Page of the rule; `None`: the model's.
    pub(crate) page: Option<&'static str>,
    /// The way of an unverified rule, on which the caller may insist.
    pub(crate) way: Option<&'static Upload>,
}

impl Refusal {
    pub(super) fn new(rule: impl Into<String>, hint: impl Into<String>) -> Self {
        Self {
            rule: rule.into(),
            hint: hint.into(),
            page: None,
            way: None,
        }
    }
}

/// The first of `ways` that takes a file of this type and size.
///
/// # Errors
/// Why none does, if there are any; `None` if there are none.
pub(crate) fn way_for(
    vendor: Vendor,
    ways: impl Iterator<Item = &'static Upload>,
    probe: &Probe,
) -> Result<&'static Upload, Option<Refusal>> {
    let whom = vendor.name();
    let (mut too_large, mut other_type, mut types) = (None, None, Vec::new());
    let refusal = |way: &'static Upload, rule: String, hint: String| Refusal {
        page: way.page,
        way: Some(way).filter(|way| way.unverified),
        ..Refusal::new(rule, hint)
    };
    for way in ways {
        match way.max_bytes.filter(|most| probe.bytes > *most) {
            _ if !way.types.contains(&probe.media_type) => {
                types.extend(way.types.iter().filter(|_| other_type.is_none()).copied());
                other_type = other_type.or(Some(way));
            }
            Some(most) => {
                let rule = format!("{whom} takes uploads of at most {}", size(most));
                too_large = Some(refusal(way, rule, "use a smaller file, or its https:// URL".to_owned()));
            }
            None => return Ok(way),
        }
    }
    Err(too_large.or_else(|| {
        let rule = format!("{whom} takes uploads of {}", types.join(", "));
        Some(refusal(other_type?, rule, "convert it".to_owned()))
    }))
}

/// How a file for `role` reaches the vendor.
///
/// # Errors
/// The rule that excludes it.
pub(crate) fn route(rules: &Capabilities, model: &str, role: Role, probe: &Probe) -> Result<Route, Refusal> {
    let Some(rule) = role_rule(rules, role) else {
        // Reported by the rules about roles.
        return Ok(Route::Inline);
    };
    let limit = rule.media.and_then(|limits| limits.max_request_bytes);
    let takes_data = rule.sources.contains(&"data");
    let fits = takes_data && limit.is_none_or(|most| inline_length(probe.bytes) <= most);
    let way = way_for(rules.vendor, ways(rules.vendor, model, rule, medium_of(role)), probe);
    let whom = rules.vendor.name();
    let refusal = match way {
        // Only a way that is for larger files is preferred to what needs none.
        Ok(way) if !fits || way.above.is_some_and(|above| probe.bytes > above) => return Ok(Route::Upload(way)),
        _ if fits => return Ok(Route::Inline),
        Ok(_) => None,
        Err(refusal) => refusal,
    };
    Err(refusal.unwrap_or_else(|| match limit.filter(|_| takes_data) {
        Some(most) => Refusal::new(
            format!("{whom} takes it only inline, in a request of at most {}", size(most)),
            "use a smaller file, or its https:// URL",
        ),
        None => {
            let mut ways = rules.vendor.facts().uploads.iter();
            let takes_assets = rule.sources.contains(&"asset")
                && ways.any(|way| way.gives == "asset" && way.media.contains(&medium_of(role)));
            let hint = match takes_assets {
                true => {
                    "upload it as an asset (`videogen assets upload`) and give its asset:// id, or use an https:// URL"
                        .to_owned()
                }
                false => elsewhere(rules.vendor, role),
            };
            Refusal::new(
                format!("{whom} {model} does not support a local file as a source"),
                hint,
            )
        }
    }))
}

/// A limit as the documentation states it, and in bytes.
pub(super) fn size(bytes: u64) -> String {
    match bytes.is_multiple_of(1 << 20) {
        true => format!("{} MiB ({bytes} bytes)", bytes >> 20),
        false => format!("{bytes} bytes"),
    }
}

/// Length of a data URL's content.
pub(super) fn inline_length(bytes: u64) -> u64 {
    bytes.div_ceil(3).saturating_mul(4)
}

/// Hint: the other vendors that take a local file for the role.
fn elsewhere(than: Vendor, role: Role) -> String {
    let takes = |vendor: &Vendor| {
        Capabilities::all(*vendor).any(|entry| {
            let rule = role_rule(&entry, role);
            rule.is_some_and(|rule| {
                rule.sources.contains(&"data") || ways(*vendor, entry.model.id, rule, medium_of(role)).next().is_some()
            })
        })
    };
    let takers: Vec<&str> = Vendor::ALL
        .iter()
        .filter(|vendor| **vendor != than && takes(vendor))
        .map(|vendor| vendor.name())
        .collect();
    match takers.as_slice() {
        [] => "use an https:// URL".to_owned(),
        takers => format!("use an https:// URL, or {}", takers.join(", ")),
    }
}

/// Whether a probed file is of the medium of a role.
pub(super) fn suits(role: Role, probe: &Probe) -> bool {
    medium(probe.media_type) == medium_of(role)
}

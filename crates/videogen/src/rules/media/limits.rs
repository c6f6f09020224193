//! The limits of local files: medium, type, size, dimensions, length, and how they can be sent.

use std::io::Cursor;

use videogen_wire::facts::{Input as InputRule, Media};

use super::route::{Refusal, inline_length, medium_of, role_rule, route, suits};
use super::{Files, Probe, Route};
use crate::model::{Capabilities, Role, Source, VideoRequest};

/// By how much a length may exceed its limit: encoders round it to whole frames.
const SLACK: f64 = 0.1;

/// A limit that a request does not keep.
pub(crate) struct Fault {
    pub(crate) field: &'static str,
    pub(crate) value: String,
    pub(crate) rule: String,
    pub(crate) hint: String,
    /// Page of the limit; `None`: the model's.
    pub(crate) page: Option<&'static str>,
    pub(crate) unverified: bool,
}

/// The faults of the local files in `role`, which the model takes.
pub(crate) fn check(rules: &Capabilities, request: &VideoRequest, role: Role, files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    let Some(rule) = role_rule(rules, role) else {
        return faults;
    };
    let whom = format!("{} {}", rules.vendor.name(), request.model);
    let mut probed = Vec::new();
    for source in request.inputs_as(role) {
        let probed_source = match source {
            Source::File(file) => files.probe(file),
            Source::Data { media_type, bytes } if rule.sources.contains(&"data") => match data(rule, media_type, bytes)
            {
                Some(probe) => Ok(probe),
                None => continue,
            },
            _ => continue,
        };
        let mut add = |value: String, refusal: Refusal| {
            faults.push(Fault {
                field: role.as_str(),
                value,
                rule: refusal.rule,
                hint: refusal.hint,
                page: refusal.page,
                unverified: refusal.way.is_some(),
            });
        };
        let probe = match probed_source {
            Ok(probe) if suits(role, &probe) => probe,
            Ok(probe) => {
                let rule = format!("this role takes {}", medium_of(role));
                let hint = "give it another role, or another file";
                add(shown(source, probe.media_type), Refusal::new(rule, hint));
                continue;
            }
            Err(reason) => {
                let hint = match source {
                    Source::File(file) if file.is_withheld() => {
                        "send the content as a data: URL, or permit paths by VideoRequest::allow_file_paths"
                    }
                    _ => "give the path of a readable image, video or audio file",
                };
                add(source.to_string(), Refusal::new(reason, hint));
                continue;
            }
        };
        let limits = rule.media.as_ref();
        let found = limits.map(|limits| exceeded(limits, &probe)).unwrap_or_default();
        // One fault about its type and size is enough.
        if matches!(source, Source::File(_))
            && !found.iter().any(|found| found.is_about_content)
            && let Err(refusal) = route(rules, &request.model, role, &probe)
        {
            add(shown(source, &described(&probe)), refusal);
        }
        faults.extend(found.into_iter().map(|found| Fault {
            field: role.as_str(),
            value: shown(source, &found.value),
            rule: format!("{whom} takes {}", found.rule),
            hint: found.hint.to_owned(),
            page: limits.and_then(|limits| limits.page),
            unverified: limits.is_some_and(|limits| limits.unverified),
        }));
        probed.push(probe);
    }
    if let Some(limits) = &rule.media
        && let Some(most) = limits.total_seconds
        && probed.len() > 1
        && probed.iter().filter_map(|probe| probe.seconds).sum::<f64>() > most
    {
        let total: f64 = probed.iter().filter_map(|probe| probe.seconds).sum();
        faults.push(Fault {
            field: role.as_str(),
            value: format!("{} files, {total:.1} s", probed.len()),
            rule: format!("{whom} takes {most} s in total"),
            hint: "use fewer or shorter files".to_owned(),
            page: limits.page,
            unverified: limits.unverified,
        });
    }
    faults
}

/// The fault of a request whose inline files are together too large for it.
pub(crate) fn total(rules: &Capabilities, request: &VideoRequest, files: &Files) -> Option<Fault> {
    let mut bytes = 0_u64;
    let mut smallest: Option<(u64, Media)> = None;
    for input in &request.inputs {
        let length = match &input.source {
            Source::Data { bytes, .. } => bytes.len() as u64,
            Source::File(file) => match files.probe(file) {
                Ok(probe) if route(rules, &request.model, input.role, &probe) == Ok(Route::Inline) => probe.bytes,
                _ => continue,
            },
            _ => continue,
        };
        bytes = bytes.saturating_add(inline_length(length));
        let limits = role_rule(rules, input.role).and_then(|rule| rule.media);
        if let Some((most, limits)) = limits.and_then(|limits| Some((limits.max_request_bytes?, limits)))
            && smallest.is_none_or(|(least, _)| most < least)
        {
            smallest = Some((most, limits));
        }
    }
    let (most, limits) = smallest.filter(|(most, _)| bytes > *most)?;
    Some(Fault {
        field: "inputs",
        value: format!("{bytes} bytes inline"),
        rule: format!("{} takes requests of at most {most} bytes", rules.vendor.name()),
        hint: "use smaller files, or their https:// URLs".to_owned(),
        page: limits.page,
        unverified: limits.unverified,
    })
}

/// Facts about a data URL. Where its content does not show its type, that is the stated one, if it is a listed one.
fn data(rule: &InputRule, media_type: &str, bytes: &[u8]) -> Option<Probe> {
    let stated = || {
        let mut listed = rule.media.iter().flat_map(|limits| limits.types).copied();
        Some(Probe {
            media_type: listed.find(|own| *own == media_type)?,
            bytes: bytes.len() as u64,
            size: None,
            seconds: None,
            fps: None,
        })
    };
    Probe::read(Cursor::new(bytes)).ok().flatten().or_else(stated)
}

fn shown(source: &Source, what: &str) -> String {
    format!("{source} ({what})")
}

/// Type and size.
fn described(probe: &Probe) -> String {
    format!("{}, {} bytes", probe.media_type, probe.bytes)
}

/// A limit that a file exceeds.
struct Exceeded {
    value: String,
    rule: String,
    hint: &'static str,
    /// Whether the limit is about type or size.
    is_about_content: bool,
}

/// The limits that a file exceeds. What its header does not show is not checked.
fn exceeded(limits: &Media, probe: &Probe) -> Vec<Exceeded> {
    let mut found = Vec::new();
    let mut add = |value: String, rule: String, hint: &'static str, is_about_content: bool| {
        found.push(Exceeded {
            value,
            rule,
            hint,
            is_about_content,
        });
    };
    if !limits.types.is_empty() && !limits.types.contains(&probe.media_type) {
        add(probe.media_type.to_owned(), limits.types.join(", "), "convert it", true);
    }
    if let Some(most) = limits.max_bytes
        && probe.bytes > most
    {
        let value = format!("{} bytes", probe.bytes);
        add(
            value,
            format!("at most {most} bytes"),
            "compress it, or make it smaller",
            true,
        );
    }
    if let Some((width, height)) = probe.size {
        let dimensions = format!("{width}x{height}");
        if let Some((least, most)) = limits.side
            && ![width, height].iter().all(|side| (least..=most).contains(side))
        {
            add(
                dimensions.clone(),
                format!("sides of {least} to {most} pixels"),
                "scale it",
                false,
            );
        }
        let ratio = f64::from(width) / f64::from(height);
        if let Some((least, most)) = limits.ratio
            && !(least..=most).contains(&ratio)
        {
            let rule = format!("a ratio of width to height of {least} to {most}");
            add(format!("{dimensions}, {ratio:.2}"), rule, "crop it", false);
        }
    }
    for (value, range, unit, hint) in [
        (probe.seconds, limits.seconds, "s", "cut it"),
        (probe.fps, limits.fps, "fps", "convert its frame rate"),
    ] {
        if let (Some(value), Some((least, most))) = (value, range)
            && !(least - SLACK..=most + SLACK).contains(&value)
        {
            add(
                format!("{value:.1} {unit}"),
                format!("{least} to {most} {unit}"),
                hint,
                false,
            );
        }
    }
    found
}

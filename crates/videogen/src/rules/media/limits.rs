//! The limits of local files: medium, type, size, dimensions, length, and how they can be sent.

use std::io::Cursor;

use videogen_wire::facts::Media;

use super::probe::UNKNOWN_TYPE;
use super::route::{Refusal, inline_length, medium_of, role_rule, route, size, suits};
use super::{Files, Probe, Route};
use crate::model::media_type::medium;
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
            Source::Data { bytes, .. } if rule.sources.contains(&"data") => {
                let probe = Probe::read(&mut Cursor::new(bytes)).ok().flatten();
                probe.ok_or_else(|| UNKNOWN_TYPE.to_owned())
            }
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
        if let Source::Data { media_type, .. } = source
            && media_type != probe.media_type
        {
            let rule = format!("its content is {}", probe.media_type);
            let hint = "state that type, or give the content as a local file";
            add(source.to_string(), Refusal::new(rule, hint));
            continue;
        }
        let limits = rule.media.as_ref();
        if probe.is_damaged && limits.is_some_and(|limits| !measured(limits, medium(probe.media_type)).is_empty()) {
            let rule = "the file is damaged: its header is incomplete, so its limits cannot be checked";
            let hint = "copy or export it again";
            add(shown(source, &described(&probe)), Refusal::new(rule, hint));
            continue;
        }
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
        rule: format!("{} takes requests of at most {}", rules.vendor.name(), size(most)),
        hint: "use smaller files, or their https:// URLs".to_owned(),
        page: limits.page,
        unverified: limits.unverified,
    })
}

/// A property of files.
#[derive(Clone, Copy, PartialEq)]
enum Measure {
    Size,
    Length,
    Rate,
}

impl Measure {
    fn name(self) -> &'static str {
        match self {
            Self::Size => "size in pixels",
            Self::Length => "length",
            Self::Rate => "frame rate",
        }
    }

    fn is_shown(self, probe: &Probe) -> bool {
        match self {
            Self::Size => probe.size.is_some(),
            Self::Length => probe.seconds.is_some(),
            Self::Rate => probe.fps.is_some(),
        }
    }
}

/// What has limits that only the header of a file shows.
fn measured(limits: &Media, medium: &str) -> Vec<Measure> {
    let has_length = limits.seconds.is_some() || limits.total_seconds.is_some();
    [
        (
            Measure::Size,
            medium != "audio" && (limits.side.is_some() || limits.ratio.is_some()),
        ),
        (Measure::Length, medium != "image" && has_length),
        (Measure::Rate, medium == "video" && limits.fps.is_some()),
    ]
    .into_iter()
    .filter_map(|(measure, is_limited)| is_limited.then_some(measure))
    .collect()
}

/// The local files of a valid request whose headers do not show all that has limits: role, file and reason.
pub(crate) fn unchecked(rules: &Capabilities, request: &VideoRequest, files: &Files) -> Vec<(Role, String, String)> {
    let unchecked = request.inputs.iter().filter_map(|input| {
        let Source::File(file) = &input.source else { return None };
        let limits = role_rule(rules, input.role)?.media?;
        let probe = files.probe(file).ok()?;
        let mut hidden = measured(&limits, medium(probe.media_type));
        hidden.retain(|measure| !measure.is_shown(&probe));
        let names: Vec<&str> = hidden.into_iter().map(Measure::name).collect();
        let reason = format!(
            "its {} is not readable, so the limits of it are not checked",
            names.join(" and ")
        );
        (!names.is_empty()).then(|| (input.role, file.to_string(), reason))
    });
    unchecked.collect()
}

/// Whether a source is itself at fault, so that no model supports it.
pub(crate) fn is_unusable(source: &Source, files: &Files) -> bool {
    match source {
        Source::File(file) => files.probe(file).map_or(true, |probe| probe.is_damaged),
        Source::Data { bytes, .. } => {
            !matches!(Probe::read(&mut Cursor::new(bytes)), Ok(Some(probe)) if !probe.is_damaged)
        }
        source => source.check().is_err() || source.is_plain_http(),
    }
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
            format!("at most {}", size(most)),
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
    // One file may be as long as all together.
    let seconds = limits.seconds.or_else(|| Some((0.0, limits.total_seconds?)));
    for (value, range, unit, hint) in [
        (probe.seconds, seconds, "s", "cut it"),
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

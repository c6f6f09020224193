//! The rules of `x-models`: what a model supports.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::dialects::{Input, Medium};
use crate::spec::{Doubt, Fields, Model, Problem, whole};
use crate::submit::conditions;

/// The roles of inputs, and the medium of each.
const ROLES: [(&str, Medium); 5] = [
    ("first_frame", Medium::Image),
    ("last_frame", Medium::Image),
    ("reference_image", Medium::Image),
    ("reference_video", Medium::Video),
    ("reference_audio", Medium::Audio),
];

/// Returns all rules that a request violates. `general` is the entry for any model.
pub(crate) fn check(
    model: &Model,
    general: Option<&Model>,
    endpoint: &str,
    fields: Fields<'_>,
    inputs: &[Input],
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if model.create != endpoint {
        problems.push(Problem::new("model", "this model belongs to another endpoint"));
    }
    problems.extend(duration(model, fields));
    problems.extend(frames(model, fields));
    if model.has_limits() {
        for (field, member, values) in [
            ("resolution", "resolutions", &model.resolutions),
            ("aspect_ratio", "aspect_ratios", &model.aspect_ratios),
        ] {
            if doubt(model, fields, field).is_none() {
                let problem = one_of(fields, field, values.as_deref());
                problems.extend(problem.map(|problem| problem.unverified(model.is_unverified(&[member]))));
            }
        }
    }
    for field in model
        .doubtful
        .iter()
        .map(|doubt| doubt.field.as_str())
        .collect::<BTreeSet<_>>()
    {
        if let Some(doubt) = doubt(model, fields, field) {
            let rule = format_args!("the vendor may refuse {}: {}", doubt.value, doubt.reason).to_string();
            problems.push(Problem::new(fields.path_of(field), rule).unverified(true));
        }
    }
    for field in &model.without {
        if let Some((path, _)) = fields.get(field) {
            let problem = Problem::new(path, "the model does not support it");
            problems.push(problem.unverified(model.is_unverified(&["without"])));
        }
    }
    problems.extend(input_rules(model, general, inputs));
    let roles: Vec<&str> = inputs.iter().filter_map(|input| role_of(model, input).ok()).collect();
    problems.extend(conditions::check(model, fields, &roles));
    problems
}

fn duration(model: &Model, fields: Fields<'_>) -> Option<Problem> {
    let (path, value) = fields.get("duration")?;
    let Some(rule) = &model.duration else {
        return Some(Problem::new(path, "the model does not support it"));
    };
    if value == "auto" && rule.auto.as_deref() == Some("word") {
        return None;
    }
    let Some(seconds) = fields.number("duration", value) else {
        // Text is the form of some vendors only; the schema rejects other types.
        return value
            .is_string()
            .then(|| Problem::new(path, "is no duration of the model"));
    };
    let is_listed = rule.values.is_empty() || rule.values.contains(&seconds);
    if is_listed && seconds >= rule.min() && rule.max().is_none_or(|max| seconds <= max) {
        return None;
    }
    if seconds == -1 && rule.auto.as_deref() == Some("minus_one") {
        return None;
    }
    if seconds == 0 && rule.zero.is_some() {
        return None;
    }
    let allowed = match rule.max() {
        _ if !rule.values.is_empty() => {
            let values: Vec<_> = rule.values.iter().map(i64::to_string).collect();
            format!("the model supports {} seconds", values.join(", "))
        }
        Some(max) => format!("the model supports {} to {max} seconds", rule.min()),
        None => format!("the model supports {} seconds or more", rule.min()),
    };
    // No video has no length, whatever is documented.
    Some(Problem::new(path, allowed).unverified(seconds > 0 && model.is_unverified(&["duration"])))
}

fn frames(model: &Model, fields: Fields<'_>) -> Option<Problem> {
    let (path, value) = fields.get("frames")?;
    // The real services ignore a frame count here, and bill something other than requested. The
    // simulator rejects it, so that a client without the rule fails a test.
    let Some(rule) = &model.frames else {
        let problem = Problem::new(path, "the model does not support a frame count");
        return Some(problem.unverified(!model.has_limits()));
    };
    let count = whole(value)?;
    let fits = (rule.min..=rule.max).contains(&count) && (count - rule.min) % rule.step == 0;
    (!fits).then(|| {
        let rule = format_args!("{} to {} in steps of {}", rule.min, rule.max, rule.step).to_string();
        Problem::new(path, format_args!("the model supports {rule}")).unverified(model.is_unverified(&["frames"]))
    })
}

/// The note on the value of a field, if the vendor may refuse it.
pub(super) fn doubt<'a>(model: &'a Model, fields: Fields<'_>, field: &str) -> Option<&'a Doubt> {
    let (_, value) = fields.get(field)?;
    let is_sent = |doubt: &&Doubt| doubt.field == field && value.as_str() == Some(doubt.value.as_str());
    model.doubtful.iter().find(is_sent)
}

fn one_of(fields: Fields<'_>, field: &str, allowed: Option<&[String]>) -> Option<Problem> {
    let (path, value) = fields.get(field)?;
    let Some(allowed) = allowed else {
        return Some(Problem::new(path, "the model does not support it"));
    };
    let fits = allowed.iter().any(|allowed| value == &Value::from(allowed.as_str()));
    (!fits).then(|| Problem::new(path, format_args!("the model supports {}", allowed.join(", "))))
}

fn input_rules(model: &Model, general: Option<&Model>, inputs: &[Input]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let unverified = |role: &str, member: &str| model.is_unverified(&["inputs", role, member]);
    let mut by_role: BTreeMap<&str, Vec<&Input>> = BTreeMap::new();
    for input in inputs {
        match role_of(model, input) {
            Ok(role) => by_role.entry(role).or_default().push(input),
            Err(problem) => problems.push(problem),
        }
    }
    for (role, inputs) in &by_role {
        let Some(rule) = model.inputs.get(*role) else { continue };
        if let Some(max) = rule.max
            && let Some(first) = inputs.get(max)
        {
            let rule = format_args!("the model supports at most {max} inputs as {role}").to_string();
            problems.push(Problem::new(&first.field, rule).unverified(unverified(role, "max")));
        }
        for input in inputs {
            let source = input.url.as_deref().map(source_of);
            // A file at the vendor, which every role takes; the simulator has no uploads to look it up in.
            let is_upload = source == Some("upload");
            if !is_upload && !source.is_some_and(|source| rule.sources.iter().any(|allowed| allowed == source)) {
                let allowed = rule.sources.join(" or ");
                // What the format of requests does not take, no model does.
                let general = general.and_then(|general| general.inputs.get(*role));
                let taken = |source| general.is_some_and(|rule| rule.sources.iter().any(|taken| taken == source));
                let unverified = unverified(role, "sources") && source.is_some_and(taken);
                let rule = format_args!("the model supports a {role} only as {allowed}").to_string();
                problems.push(Problem::new(&input.field, rule).unverified(unverified));
            }
        }
    }
    let first_in = |roles: &[String]| {
        inputs.iter().find(|input| {
            roles.iter().any(|role| {
                by_role
                    .get(role.as_str())
                    .is_some_and(|found| found.iter().any(|other| other.field == input.field))
            })
        })
    };
    let groups: Vec<_> = model.exclusive.iter().filter_map(|group| first_in(group)).collect();
    if let [_, second, ..] = groups.as_slice() {
        let rule = "frames and references may not be mixed in one request";
        problems.push(Problem::new(&second.field, rule).unverified(model.is_unverified(&["exclusive"])));
    }
    if !model.has_limits() {
        return problems;
    }
    for (role, inputs) in &by_role {
        let Some(rule) = model.inputs.get(*role) else { continue };
        if !rule.needs.is_empty() && !rule.needs.iter().any(|needed| by_role.contains_key(needed.as_str())) {
            let text = format_args!("a {role} must come with a {}", rule.needs.join(" or a ")).to_string();
            problems.push(Problem::new(&inputs[0].field, text).unverified(unverified(role, "needs")));
        }
    }
    problems
}

/// The normalised role of an input, for this model.
pub(super) fn role_of(model: &Model, input: &Input) -> Result<&'static str, Problem> {
    let known = ROLES.into_iter().find(|(role, _)| {
        let word = model.inputs.get(*role).map(|rule| rule.role.as_deref().unwrap_or(role));
        word == Some(input.word.as_str())
    });
    match known {
        Some((role, medium)) if medium == input.medium => Ok(role),
        Some((role, _)) => Err(Problem::new(
            &input.field,
            format_args!("a {role} must be another kind of media"),
        )),
        None => {
            let rule = format_args!("the model does not support inputs in the role {}", input.word).to_string();
            let is_role = ROLES
                .iter()
                .any(|(role, medium)| *role == input.word && *medium == input.medium);
            Err(Problem::new(&input.field, rule).unverified(is_role && model.is_unverified(&["inputs"])))
        }
    }
}

fn is_local(url: &str) -> bool {
    let host = url::Url::parse(url).ok().and_then(|url| Some(url.host()?.to_owned()));
    match host {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The source of a medium, as named in `x-models`.
fn source_of(url: &str) -> &'static str {
    match url.split_once(':') {
        Some(("https", rest)) if rest.starts_with("//") && rest.len() > 2 => "url",
        // Plain HTTP only on this machine, which real vendors cannot reach.
        Some(("http", _)) if is_local(url) => "url",
        Some(("asset", rest)) if rest.starts_with("//") && rest.len() > 2 => "asset",
        Some(("upload", id)) if !id.is_empty() => "upload",
        Some(("data", rest)) if rest.contains(";base64,") => "data",
        _ => "unknown",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;
    use crate::spec::{Spec, Vendor};

    fn input(word: &str, medium: Medium, url: &str) -> Input {
        Input {
            field: format!("input[{word}]"),
            medium,
            word: word.to_owned(),
            url: Some(url.to_owned()),
        }
    }

    fn problems(vendor: Vendor, model: &str, body: Value, inputs: &[Input]) -> Vec<String> {
        let spec = Spec::of(vendor).unwrap();
        let entry = spec.model(model).unwrap();
        let endpoint = spec
            .endpoints
            .iter()
            .find(|endpoint| endpoint.id == entry.create)
            .unwrap();
        let fields = Fields::new(&endpoint.body(entry).unwrap().carriers, &body);
        check(entry, spec.models.last(), &endpoint.id, fields, inputs)
            .into_iter()
            .map(|found| found.message)
            .collect()
    }

    #[test]
    fn durations() {
        let seconds = |vendor, model, seconds: i64| problems(vendor, model, json!({"duration": seconds}), &[]).len();
        assert_eq!(seconds(Vendor::Token360, "seedance-2.0", 15), 0);
        assert_eq!(seconds(Vendor::Token360, "seedance-2.0", 3), 1);
        assert_eq!(seconds(Vendor::Token360, "seedance-2.0", -1), 1);
        assert_eq!(seconds(Vendor::Token360, "seedance-2.0", 0), 1);
        assert_eq!(seconds(Vendor::AllToken, "seedance-2.0", 0), 0);
        assert_eq!(
            problems(Vendor::Token360, "seedance-2.0", json!({"duration": 3.0}), &[]).len(),
            1
        );
        assert_eq!(seconds(Vendor::AllToken, "seedance-2.0", -1), 0);
        assert_eq!(seconds(Vendor::AllToken, "seedance-1.0-pro", -1), 1);
        assert_eq!(seconds(Vendor::AllToken, "seedance-1.0-pro", 2), 0);
    }

    #[test]
    fn frame_counts() {
        let frames = |model, frames: i64| problems(Vendor::AllToken, model, json!({"frames": frames}), &[]).len();
        assert_eq!(frames("seedance-1.0-pro", 121), 0);
        assert_eq!(frames("seedance-1.0-pro", 122), 1);
        assert_eq!(frames("seedance-2.0", 121), 1);
    }

    #[test]
    fn tiers_and_switches() {
        let found = problems(
            Vendor::Token360,
            "seedance-2.0-fast",
            json!({"resolution": "1080p"}),
            &[],
        );
        assert_eq!(found, ["resolution: the model supports 480p, 720p"]);
        let found = problems(Vendor::AllToken, "seedance-2.0", json!({"camera_fixed": true}), &[]);
        assert_eq!(found, ["camera_fixed: the model does not support it"]);
    }

    #[test]
    fn input_counts_sources_and_roles() {
        let frame = input("first_frame", Medium::Image, "data:image/png;base64,AAAA");
        let model = "seedance-2.0";
        assert!(problems(Vendor::Token360, model, json!({}), std::slice::from_ref(&frame)).is_empty());
        assert_eq!(
            problems(Vendor::AllToken, model, json!({}), std::slice::from_ref(&frame)).len(),
            1
        );
        assert_eq!(
            problems(Vendor::Token360, model, json!({}), &[frame.clone(), frame]).len(),
            1
        );
        let old = input("reference", Medium::Image, "https://example.com/a.png");
        let one_zero = "doubao-seedance-1-0-pro-fast";
        assert!(problems(Vendor::ToApis, one_zero, json!({}), std::slice::from_ref(&old)).is_empty());
        let high = json!({"resolution": "1080p"});
        assert_eq!(
            problems(Vendor::ToApis, one_zero, high, std::slice::from_ref(&old)),
            ["resolution: must be 480p or 720p with this reference_image"]
        );
        assert_eq!(
            problems(Vendor::ToApis, "doubao-seedance-1-5-pro", json!({}), &[old]).len(),
            1
        );
        let asset = input("first_frame", Medium::Image, "asset://a");
        assert_eq!(
            problems(Vendor::AllToken, "seedance-1.5-pro", json!({}), &[asset]).len(),
            1
        );
    }

    #[test]
    fn combinations_of_inputs() {
        let url = "https://example.com/a";
        let first = input("first_frame", Medium::Image, url);
        let last = input("last_frame", Medium::Image, url);
        let image = input("reference_image", Medium::Image, url);
        let audio = input("reference_audio", Medium::Audio, url);
        let found = |inputs: &[Input]| problems(Vendor::ToApis, "seedance-2", json!({}), inputs);
        assert!(found(&[first.clone(), last.clone()]).is_empty());
        assert_eq!(
            found(&[last]),
            ["input[last_frame]: a last_frame must come with a first_frame"]
        );
        assert_eq!(found(&[first, image.clone()]).len(), 1);
        assert!(found(&[image, audio.clone()]).is_empty());
        assert_eq!(
            found(std::slice::from_ref(&audio)),
            ["input[reference_audio]: a reference_audio must come with a reference_image or a reference_video"]
        );
        assert!(problems(Vendor::ToApis, "seedance-2-5", json!({}), &[audio]).is_empty());
    }
}

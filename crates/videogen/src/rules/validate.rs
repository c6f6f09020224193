//! Validation of requests before anything is sent.
//!
//! The rules are tables generated from the vendors' specs; no vendor is named here.

use videogen_wire::facts::{Condition, Field, Place, Zero};

use crate::model::extra::placed;
use crate::model::mask::hide_urls;
use crate::model::{Adjust, Capabilities, Tool, Vendor, VideoDuration, VideoRequest, Violation};
use crate::rules::conditions::broken;
use crate::rules::hints::{Hint, adjustable, elsewhere, names_a_value, one_of, under_another_name};
use crate::rules::media::Files;
use crate::rules::permission::is_adjustable;
use crate::rules::spelling::spelled;
use crate::rules::unverified;

mod callback;
mod extra;
mod inputs;

pub(crate) use inputs::of_file;

/// Checks `request` against the rules of its model at `vendor`, and returns all violations; none if it is valid. The
/// headers of its local files are read.
///
/// ```
/// use videogen::{Vendor, VideoRequest};
/// use videogen::submit::validate;
///
/// let vendor = Vendor::ALL[0];
/// let request = VideoRequest::new(vendor.default_model(), "a paper boat").duration(10_000);
/// assert_eq!(validate(vendor, &request)[0].field, "duration");
/// ```
#[must_use]
pub fn validate(vendor: Vendor, request: &VideoRequest) -> Vec<Violation> {
    validate_with(vendor, request, &Files::of(request))
}

/// The same with the request's probed files.
pub(crate) fn validate_with(vendor: Vendor, request: &VideoRequest, files: &Files) -> Vec<Violation> {
    let (rules, request) = (Capabilities::of(vendor, &request.model), &*spelled(vendor, request));
    unverified::enforced(&rules, request, violations(rules, request, files))
}

/// Returns the unverified rules that `request` breaks, and is allowed to break by [`VideoRequest::allow_unverified`].
pub(crate) fn overridden(vendor: Vendor, request: &VideoRequest, files: &Files) -> Vec<Violation> {
    let request = &*spelled(vendor, request);
    let mut found = violations(Capabilities::of(vendor, &request.model), request, files);
    found.retain(|violation| unverified::is_overridden(violation, request));
    found
}

/// All rules that a request breaks, overridden ones included.
fn violations(rules: Capabilities, request: &VideoRequest, files: &Files) -> Vec<Violation> {
    let mut check = Check {
        rules,
        files,
        found: Vec::new(),
    };
    check.basics(request);
    check.length(request);
    check.choices(request);
    check.switches(request);
    check.texts(request);
    check.inputs(request);
    check.conditions(request);
    check.extra(&placed(&rules.model.request, &request.extra), "");
    check.permissions(request);
    check.found
}

/// Characters of a prompt that is too long in a violation.
const SHOWN: usize = 40;

struct Check<'a> {
    rules: Capabilities,
    files: &'a Files,
    found: Vec<Violation>,
}

/// What a rule is based on.
#[derive(Clone, Copy)]
enum Basis {
    /// The form of a request, whatever the model.
    Request,
    /// The meaning of the vendor's field.
    Field(&'static Field),
    /// A limit in the schema of the vendor's field.
    Limit(&'static Field),
    /// A member of the model's entry.
    Model(&'static str),
    /// A member of the model's entry for an input role.
    Input(&'static str, &'static str),
    /// A rule between fields of the model.
    Condition(&'static Condition),
    /// What other models do.
    OtherModels,
    /// A page other than the model's, or the model's, and whether the rule is unverified.
    Page(Option<&'static str>, bool),
}

impl Check<'_> {
    /// Adds a violation.
    fn add(&mut self, basis: Basis, field: &str, value: impl ToString, rule: impl Into<String>, hint: impl Into<Hint>) {
        self.add_texts(basis, field, &value.to_string(), &rule.into(), hint.into());
    }

    /// The same, which is compiled once.
    fn add_texts(&mut self, basis: Basis, field: &str, value: &str, rule: &str, hint: Hint) {
        let model = self.rules.model;
        let (page, unverified) = match basis {
            Basis::Request => (model.page, false),
            Basis::Field(field) => (field.page, false),
            Basis::Limit(field) => (field.page, field.unverified),
            Basis::Model(member) => (model.page, model.is_unverified(member)),
            Basis::Input(role, member) => (model.page, model.is_unverified(&format!("inputs.{role}.{member}"))),
            Basis::Condition(condition) => (model.page, condition.unverified),
            Basis::OtherModels => (model.page, true),
            Basis::Page(page, unverified) => (page.unwrap_or(model.page), unverified),
        };
        self.found.push(Violation {
            // Any field or member name may contain a presigned URL by mistake.
            field: hide_urls(field),
            value: hide_urls(value),
            rule: hide_urls(rule),
            hint: hide_urls(&hint.text),
            more_models: hint.more_models,
            fits_extra: hint.fits_extra,
            page: Some(page),
            unverified,
        });
    }

    /// Vendor and model, for messages.
    fn whom(&self, request: &VideoRequest) -> String {
        format!("{} {}", self.rules.vendor.name(), request.model)
    }

    /// Returns the vendor's field, or adds a violation when the model does not support a field that is set.
    fn place<T: ToString>(
        &mut self,
        request: &VideoRequest,
        name: &str,
        value: Option<T>,
    ) -> Option<(&'static Field, T)> {
        let value = value?;
        let field = match self.rules.field(name) {
            Some(field) => field,
            None => self.carrier(request, name, &value.to_string())?,
        };
        Some((field, value))
    }

    /// Adds a violation for a field that the model does not support. Returns the field if the rule may be overridden.
    fn carrier(&mut self, request: &VideoRequest, name: &str, value: &str) -> Option<&'static Field> {
        if !self.rules.is_known() {
            self.unplaced(request, name, value);
            return None;
        }
        let mut carriers = self.rules.model.request.fields.iter();
        let carrier = carriers.find(|field| field.name == name);
        let basis = carrier.map_or(Basis::Request, |_| Basis::Model("without"));
        let rule = format!("{} does not support `{name}`", self.whom(request));
        self.add(basis, name, value, rule, elsewhere(name));
        // A caller who overrides this rule sends the field, so its other rules hold.
        carrier.filter(|_| self.rules.model.is_unverified("without"))
    }

    /// Adds a violation for a field or input role of an unlisted model, whose place in the request is not known.
    fn unplaced(&mut self, request: &VideoRequest, name: &str, value: impl ToString) {
        let vendor = self.rules.vendor;
        let whom = self.whom(request);
        let rule = format!("{whom} is not in our tables; where `{name}` goes in its request is not known");
        let hint = under_another_name(vendor, &request.model);
        self.add(Basis::Request, name, value, rule, hint);
    }

    fn basics(&mut self, request: &VideoRequest) {
        if request.model.trim().is_empty() {
            let known: Vec<_> = Capabilities::all(self.rules.vendor)
                .map(|entry| entry.model.id)
                .collect();
            self.add(
                Basis::Request,
                "model",
                "\"\"",
                "must not be empty",
                format!("use one of {}", known.join(", ")),
            );
        }
        let mut fields = self.rules.model.request.fields.iter();
        let is_in_path = fields.any(|field| field.name == "model" && field.place == Place::Path);
        let is_segment = |segment: &str| !matches!(segment, "" | "." | "..") && !segment.contains('\\');
        if is_in_path && !request.model.trim().is_empty() && !request.model.split('/').all(is_segment) {
            let rule = format!(
                "{} has it in a URL path, which this value would change",
                self.rules.vendor.name()
            );
            let hint =
                "write the id without a slash at either end, and without empty parts, `.` and `..` between slashes";
            self.add(Basis::Request, "model", format!("{:?}", request.model), rule, hint);
        }
        let prompt = request.prompt.as_str();
        let field = self.rules.field("prompt").filter(|field| field.required);
        // Of a list that carries more than prompts, any of its items will do.
        let is_listed = field.is_some_and(|field| field.item.is_some());
        let has_other = is_listed && (!request.inputs.is_empty() || request.draft_task.is_some());
        if let (true, false, Some(field)) = (prompt.is_empty(), has_other, field) {
            let or = if is_listed { " or an input" } else { "" };
            let rule = format!("{} requires a prompt{or}", self.whom(request));
            self.add(Basis::Field(field), "prompt", "\"\"", rule, "describe the video");
        } else if !prompt.is_empty() && prompt.trim().is_empty() {
            let rule = "contains only white space";
            self.add(
                Basis::Request,
                "prompt",
                format!("{prompt:?}"),
                rule,
                "describe the video",
            );
        }
        let limited = self.rules.field("prompt");
        if let Some((field, most)) = limited.and_then(|field| Some((field, field.max_length?))) {
            let length = prompt.chars().count();
            if length > most {
                let start: String = prompt.chars().take(SHOWN).collect();
                let rule = format!("has {length} characters; the limit is {most}");
                let hint = format!("shorten it by {}", length - most);
                self.add(Basis::Limit(field), "prompt", format!("{start}..."), rule, hint);
            }
        }
    }

    fn length(&mut self, request: &VideoRequest) {
        let rule = self.rules.model.duration;
        if let Some((_, duration)) = self.place(request, "duration", request.duration) {
            match duration {
                // No video has no length, whatever the vendor takes a 0 for.
                VideoDuration::Seconds(0) => {
                    let nearest = rule.nearest(0);
                    let hint = match (rule.zero, rule.auto) {
                        (Some(Zero::Default), _) => format!("leave it out for the default, or use {nearest}"),
                        (Some(Zero::Auto), _) | (None, Some(_)) => {
                            format!("use auto to let the model decide, or {nearest}")
                        }
                        (None, None) => format!("use {nearest}"),
                    };
                    let rule = format!("{} supports {rule} seconds", self.whom(request));
                    self.add(Basis::Request, "duration", 0, rule, hint);
                }
                VideoDuration::Seconds(seconds) if !rule.allows(seconds) => {
                    let hint = format!("use {}", rule.nearest(seconds));
                    let rule = format!("{} supports {rule} seconds", self.whom(request));
                    self.add(Basis::Model("duration"), "duration", seconds, rule, hint);
                }
                VideoDuration::Auto if rule.auto.is_none() => {
                    let hint = format!("set {rule} seconds");
                    let rule = format!("{} does not support auto duration", self.whom(request));
                    self.add(Basis::Request, "duration", "auto", rule, hint);
                }
                VideoDuration::Millis(millis) => {
                    let nearest = rule.nearest(u32::try_from(millis.max(0) / 1000).unwrap_or(u32::MAX));
                    let rule = format!("{} supports only whole seconds, {rule}", self.whom(request));
                    self.add(Basis::Request, "duration", duration, rule, format!("use {nearest}"));
                }
                VideoDuration::Seconds(_) | VideoDuration::Auto => {}
            }
        }
        let Some((field, frames)) = self.place(request, "frames", request.frames) else {
            return;
        };
        match self.rules.model.frames {
            None => {
                let (ignores, basis) = match self.rules.is_known() {
                    true => ("ignores", Basis::Request),
                    false => ("may ignore", Basis::OtherModels),
                };
                let whom = self.whom(request);
                let rule = format!("{whom} {ignores} `frames` and bills the default duration");
                self.add(basis, "frames", frames, rule, "set `duration`");
                self.bounds(field, frames.into());
            }
            Some(rule) if !rule.allows(frames) => {
                let allowed = format!("must be {} to {} in steps of {}", rule.min, rule.max, rule.step);
                let hint = format!("use {}", rule.nearest(frames));
                self.add(Basis::Model("frames"), "frames", frames, allowed, hint);
            }
            Some(_) => {}
        }
        if let Some(duration) = request.duration {
            let rule = "the frame count would silently override the duration";
            let hint = "set `duration` or `frames`, not both";
            self.add(Basis::Request, "duration", duration, rule, hint);
        }
    }

    fn choices(&mut self, request: &VideoRequest) {
        let model = self.rules.model;
        let (tiers, ratios) = (
            Some(("resolutions", model.resolutions)),
            Some(("aspect_ratios", model.aspect_ratios)),
        );
        for (name, value, of_model) in [
            ("resolution", request.resolution.as_deref(), tiers),
            ("aspect_ratio", request.aspect_ratio.as_deref(), ratios),
            ("service_tier", request.service_tier.as_deref(), None),
            ("video_operation", request.video_operation.as_deref(), None),
            ("output_format", request.output_format.as_deref(), None),
        ] {
            let Some((field, value)) = self.place(request, name, value) else {
                continue;
            };
            // Of an unlisted model only the values of the vendor's field are known.
            let of_model = of_model.filter(|_| self.rules.is_known());
            let allowed = of_model.map_or(field.values, |(_, values)| values);
            if allowed.contains(&value) || model.doubt(name, value).is_some() {
                continue;
            }
            let is_of_no_model = !field.values.is_empty() && !field.values.contains(&value);
            let basis = match of_model {
                Some((member, _)) if !is_of_no_model => Basis::Model(member),
                Some(_) => Basis::Request,
                None => Basis::Field(field),
            };
            let rule = format!("{} does not support this value", self.whom(request));
            if value.trim().is_empty() {
                self.add(Basis::Request, name, "\"\"", "must not be empty", "leave it out");
            } else if of_model.is_some() && allowed.is_empty() {
                self.add(basis, name, value, rule, elsewhere(name));
            } else if !allowed.is_empty() {
                self.add(basis, name, value, rule, one_of(allowed, value));
            }
        }
    }

    fn switches(&mut self, request: &VideoRequest) {
        for (name, value) in [
            ("generate_audio", request.generate_audio),
            ("watermark", request.watermark),
            ("camera_fixed", request.camera_fixed),
            ("return_last_frame", request.return_last_frame),
            ("draft", request.draft),
        ] {
            self.place(request, name, value);
        }
        for (name, value) in [
            ("seed", request.seed),
            ("expires_after", request.expires_after.map(i64::from)),
        ] {
            let Some((field, value)) = self.place(request, name, value) else {
                continue;
            };
            self.bounds(field, value);
        }
    }

    /// The bounds that the vendor's field has for every model.
    fn bounds(&mut self, field: &'static Field, value: i64) {
        let (low, high) = (field.minimum, field.maximum);
        if low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high) {
            let rule = match (low, high) {
                (Some(low), Some(high)) => format!("must be {low} to {high}"),
                (Some(low), None) => format!("must be at least {low}"),
                (None, high) => format!("must be at most {}", high.unwrap_or(i64::MAX)),
            };
            let nearest = value.clamp(low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
            self.add(Basis::Limit(field), field.name, value, rule, format!("use {nearest}"));
        }
    }

    fn texts(&mut self, request: &VideoRequest) {
        for (name, value) in [
            ("safety_identifier", request.safety_identifier.as_deref()),
            ("client_reference", request.client_reference.as_deref()),
        ] {
            let Some((field, value)) = self.place(request, name, value) else {
                continue;
            };
            let length = value.chars().count();
            if let Some(most) = field.max_length
                && length > most
            {
                let rule = format!("has {length} characters; the limit is {most}");
                self.add(
                    Basis::Limit(field),
                    name,
                    value,
                    rule,
                    "shorten it (for example, hash it)",
                );
            }
            if value.is_empty() {
                self.add(Basis::Field(field), name, "\"\"", "must not be empty", "leave it out");
            }
            let is_looked_up = name == "client_reference" && self.rules.vendor.finds_by_reference().is_some();
            if is_looked_up && (value.contains(['/', '\\']) || matches!(value, "." | "..")) {
                let whom = self.rules.vendor.name();
                let rule = format!("{whom} uses it in a URL path, which this value would change");
                let hint = "use one without / and \\, and not . or ..";
                self.add(Basis::Field(field), name, value, rule, hint);
            }
        }
        if let Some((field, url)) = self.place(request, "callback_url", request.callback_url.as_ref()) {
            self.callback(field, url);
        }
        if let Some((_, draft)) = self.place(request, "draft_task", request.draft_task.as_ref())
            && draft.vendor() != self.rules.vendor
        {
            let hint = format!("send the request to {}", draft.vendor().name());
            let rule = "the draft belongs to another vendor";
            self.add(Basis::Request, "draft_task", draft, rule, hint);
        }
        if !request.tools.is_empty() {
            let kinds: Vec<_> = request.tools.iter().map(|tool| tool.kind.as_str()).collect();
            if let Some((field, _)) = self.place(request, "tools", Some(kinds.join(", "))) {
                self.tools(field, request);
            }
        }
        if !request.metadata.is_empty() {
            self.place(request, "metadata", Some(format!("{} members", request.metadata.len())));
        }
    }

    fn tools(&mut self, field: &'static Field, request: &VideoRequest) {
        for Tool { kind, .. } in &request.tools {
            if kind.trim().is_empty() {
                let hint = "set it, for example to web_search";
                self.add(Basis::Request, "tools", "\"\"", "a tool requires a kind", hint);
            } else if !field.values.is_empty() && !field.values.contains(&kind.as_str()) {
                let rule = format!("{} does not support this tool", self.whom(request));
                self.add(Basis::Field(field), "tools", kind, rule, one_of(field.values, kind));
            }
        }
        if request.tools.iter().any(|tool| tool.settings.contains_key("type")) {
            let rule = "a setting would override the tool's kind";
            self.add(Basis::Request, "tools", "type", rule, "set `kind` instead");
        }
    }

    fn conditions(&mut self, request: &VideoRequest) {
        for broken in broken(self.rules.model, request) {
            let is_overridden = broken.condition.unverified && request.allow_unverified.contains(broken.field);
            // Another value that would break this rule leads nowhere.
            let others = self.found.iter_mut().filter(|other| other.field == broken.field);
            for other in others.filter(|other| !is_overridden && names_a_value(&other.hint)) {
                other.hint.clone_from(&broken.hint);
            }
            let rule = format!("{}: {}", self.whom(request), broken.rule);
            self.add(
                Basis::Condition(broken.condition),
                broken.field,
                broken.value,
                rule,
                broken.hint,
            );
        }
    }

    /// Permissions that name no adjustable field are refused: they are probably typos.
    fn permissions(&mut self, request: &VideoRequest) {
        for (field, how) in &request.adjust {
            if !is_adjustable(field, *how) {
                let rule = match how {
                    Adjust::Drop => "is not a droppable field",
                    Adjust::Round => "is not a roundable field",
                };
                let hint = adjustable(field, *how);
                self.add(Basis::Request, "adjust", field, rule, hint);
            }
        }
    }
}

#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
mod tests;

//! Validation of requests before anything is sent.
//!
//! The rules are tables generated from the vendors' specs; no vendor is named here.

use serde_json::{Map, Value};
use videogen_wire::facts::{Field, Input as InputRule};

use crate::model::mask::hide_urls;
use crate::model::{Adjust, Capabilities, Role, SecretUrl, Tool, Vendor, VideoDuration, VideoRequest, Violation};
use crate::rules::conditions::broken;
use crate::rules::hints::elsewhere;
use crate::rules::permission::is_adjustable;

/// Checks `request` against the rules of its model at `vendor`, and returns all violations; none if it is valid.
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
    let mut check = Check {
        rules: Capabilities::of(vendor, &request.model),
        found: Vec::new(),
    };
    check.basics(request);
    check.length(request);
    check.choices(request);
    check.switches(request);
    check.texts(request);
    check.inputs(request);
    check.conditions(request);
    check.extra(&request.extra, "");
    check.permissions(request);
    check.found
}

struct Check {
    rules: Capabilities,
    found: Vec<Violation>,
}

impl Check {
    /// Adds a violation of a rule of the model.
    fn add(&mut self, field: &str, value: impl ToString, rule: impl Into<String>, hint: impl Into<String>) {
        let page = self.rules.model.page;
        self.push(field, &value.to_string(), rule.into(), hint.into(), page);
    }

    /// Adds a violation of a rule of the vendor's field itself, whichever the model.
    fn add_of(&mut self, field: &Field, value: impl ToString, rule: impl Into<String>, hint: impl Into<String>) {
        self.push(field.name, &value.to_string(), rule.into(), hint.into(), field.page);
    }

    fn push(&mut self, field: &str, value: &str, rule: String, hint: String, page: &'static str) {
        self.found.push(Violation {
            // Any field or member name may contain a presigned URL by mistake.
            field: hide_urls(field),
            value: hide_urls(value),
            rule: hide_urls(&rule),
            hint: hide_urls(&hint),
            page: Some(page),
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
        match self.rules.field(name) {
            Some(field) => Some((field, value)),
            None => {
                let rule = format!("{} does not support `{name}`", self.whom(request));
                self.add(name, value.to_string(), rule, elsewhere(name));
                None
            }
        }
    }

    fn basics(&mut self, request: &VideoRequest) {
        if request.model.trim().is_empty() {
            let known: Vec<_> = Capabilities::all(self.rules.vendor)
                .map(|entry| entry.model.id)
                .collect();
            self.add(
                "model",
                "\"\"",
                "must not be empty",
                format!("use one of {}", known.join(", ")),
            );
        }
        if request.prompt.trim().is_empty() {
            self.add("prompt", "\"\"", "must not be empty", "describe the video");
        }
    }

    fn length(&mut self, request: &VideoRequest) {
        let rule = self.rules.model.duration;
        if let Some((_, duration)) = self.place(request, "duration", request.duration) {
            match duration {
                VideoDuration::Seconds(seconds) if !rule.allows(seconds) => {
                    let hint = format!("use {}", rule.nearest(seconds));
                    let rule = format!("{} supports {rule} seconds", self.whom(request));
                    self.add("duration", seconds, rule, hint);
                }
                VideoDuration::Auto if rule.auto.is_none() => {
                    let hint = format!("set {rule} seconds");
                    let rule = format!("{} does not support auto duration", self.whom(request));
                    self.add("duration", "auto", rule, hint);
                }
                VideoDuration::Millis(millis) => {
                    let nearest = rule.nearest(u32::try_from(millis.max(0) / 1000).unwrap_or(u32::MAX));
                    let rule = format!("{} supports only whole seconds, {rule}", self.whom(request));
                    self.add("duration", duration, rule, format!("use {nearest}"));
                }
                VideoDuration::Seconds(_) | VideoDuration::Auto => {}
            }
        }
        let Some((_, frames)) = self.place(request, "frames", request.frames) else {
            return;
        };
        match self.rules.model.frames {
            None => {
                let whom = self.whom(request);
                let rule = format!("{whom} ignores `frames` and bills the default duration");
                self.add("frames", frames, rule, "set `duration`");
            }
            Some(rule) if !rule.allows(frames) => {
                let allowed = format!("must be {} to {} in steps of {}", rule.min, rule.max, rule.step);
                self.add("frames", frames, allowed, format!("use {}", rule.nearest(frames)));
            }
            Some(_) => {}
        }
        if let Some(duration) = request.duration {
            let rule = "the frame count would silently override the duration";
            self.add("duration", duration, rule, "set `duration` or `frames`, not both");
        }
    }

    fn choices(&mut self, request: &VideoRequest) {
        let model = self.rules.model;
        for (name, value, allowed) in [
            ("resolution", request.resolution.as_deref(), model.resolutions),
            ("aspect_ratio", request.aspect_ratio.as_deref(), model.aspect_ratios),
        ] {
            if let Some((_, value)) = self.place(request, name, value)
                && !allowed.contains(&value)
            {
                let rule = format!("{} does not support this value", self.whom(request));
                self.add(name, value, rule, format!("use one of {}", allowed.join(", ")));
            }
        }
        for (name, value) in [
            ("service_tier", request.service_tier.as_deref()),
            ("video_operation", request.video_operation.as_deref()),
            ("output_format", request.output_format.as_deref()),
        ] {
            if let Some((field, value)) = self.place(request, name, value)
                && !field.values.is_empty()
                && !field.values.contains(&value)
            {
                let rule = format!("{} does not support this value", self.whom(request));
                self.add_of(field, value, rule, format!("use one of {}", field.values.join(", ")));
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
            let (low, high) = (field.minimum, field.maximum);
            if low.is_some_and(|low| value < low) || high.is_some_and(|high| value > high) {
                let edge = |bound: Option<i64>| bound.map_or_else(|| "any".to_owned(), |bound| bound.to_string());
                let rule = format!("must be {} to {}", edge(low), edge(high));
                let nearest = value.clamp(low.unwrap_or(i64::MIN), high.unwrap_or(i64::MAX));
                self.add_of(field, value, rule, format!("use {nearest}"));
            }
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
                self.add_of(field, value, rule, "shorten it (for example, hash it)");
            }
            if value.is_empty() {
                self.add_of(field, "\"\"", "must not be empty", "leave it out");
            }
            let is_looked_up = name == "client_reference" && self.rules.vendor.finds_by_reference().is_some();
            if is_looked_up && (value.contains(['/', '\\']) || matches!(value, "." | "..")) {
                let whom = self.rules.vendor.name();
                let rule = format!("{whom} uses it in a URL path, which this value would change");
                self.add_of(field, value, rule, "use one without / and \\, and not . or ..");
            }
        }
        if let Some((field, url)) = self.place(request, "callback_url", request.callback_url.as_ref()) {
            self.callback(field, url);
        }
        if let Some((_, draft)) = self.place(request, "draft_task", request.draft_task.as_ref())
            && draft.vendor() != self.rules.vendor
        {
            let hint = format!("send the request to {}", draft.vendor().name());
            self.add("draft_task", draft, "the draft belongs to another vendor", hint);
        }
        if !request.tools.is_empty() {
            let kinds: Vec<_> = request.tools.iter().map(|tool| tool.kind.as_str()).collect();
            if self.place(request, "tools", Some(kinds.join(", "))).is_some() {
                self.tools(&request.tools);
            }
        }
        if !request.metadata.is_empty() {
            self.place(request, "metadata", Some(format!("{} members", request.metadata.len())));
        }
    }

    fn tools(&mut self, tools: &[Tool]) {
        if tools.iter().any(|tool| tool.kind.trim().is_empty()) {
            let hint = "set it, for example to web_search";
            self.add("tools", "\"\"", "a tool requires a kind", hint);
        }
        if tools.iter().any(|tool| tool.settings.contains_key("type")) {
            let rule = "a setting would override the tool's kind";
            self.add("tools", "type", rule, "set `kind` instead");
        }
    }

    fn callback(&mut self, field: &Field, url: &SecretUrl) {
        // The parser mends what is not quite a URI, but the text travels as it is.
        let exact = url
            .expose()
            .chars()
            .all(|c| c.is_ascii_graphic() && !"\"<>\\^`{|}".contains(c))
            && url.expose().split('%').skip(1).all(|rest| {
                rest.get(..2)
                    .is_some_and(|escape| escape.chars().all(|c| c.is_ascii_hexdigit()))
            });
        let parsed = url::Url::parse(url.expose())
            .ok()
            .filter(|url| matches!(url.scheme(), "https" | "http"));
        let parsed = parsed.filter(|_| exact);
        let Some(parsed) = parsed else {
            self.add_of(
                field,
                url,
                "is not an http(s) URL",
                "use a full URL with https:// and without spaces",
            );
            return;
        };
        // Plain HTTP to this machine is for simulators: no vendor can reach it.
        if let Some(prefix) = field.prefix
            && !url.expose().starts_with(prefix)
            && !crate::model::address::is_loopback(&parsed)
        {
            self.add_of(field, url, format!("must begin with {prefix}"), "serve it over TLS");
        }
    }

    fn inputs(&mut self, request: &VideoRequest) {
        if request.inputs.is_empty() {
            return;
        }
        let whom = self.whom(request);
        for role in Role::ALL {
            let count = request.inputs_as(role).count();
            if count == 0 {
                continue;
            }
            let Some(rule) = self.rules.model.inputs.iter().find(|rule| rule.role == role.as_str()) else {
                self.add(
                    role.as_str(),
                    count,
                    format!("{whom} does not support this input role"),
                    elsewhere(role.as_str()),
                );
                continue;
            };
            if count > rule.max as usize {
                let hint = format!("remove {}", count - rule.max as usize);
                self.add(
                    role.as_str(),
                    count,
                    format!("{whom} supports at most {}", rule.max),
                    hint,
                );
            }
            self.sources(request, role, rule);
        }
        let has = |role: Role| request.inputs_as(role).next().is_some();
        if has(Role::LastFrame) && !has(Role::FirstFrame) {
            self.add(
                "last_frame",
                1,
                "a last frame requires a first frame",
                "add a first frame",
            );
        }
        let other = |role: &Role| *role != Role::ReferenceAudio && has(*role);
        let mut inputs = self.rules.model.inputs.iter();
        let alone = inputs.any(|input| input.role == Role::ReferenceAudio.as_str() && input.alone);
        if has(Role::ReferenceAudio) && !alone && !Role::ALL.iter().any(other) {
            let rule = "reference audio requires an image or a video as well";
            self.add("reference_audio", 1, rule, "add a reference image or video");
        }
        let groups: Vec<Vec<&str>> = self
            .rules
            .model
            .exclusive
            .iter()
            .map(|group| {
                let used = Role::ALL.into_iter().filter(|role| has(*role)).map(Role::as_str);
                used.filter(|role| group.contains(role)).collect()
            })
            .filter(|used: &Vec<&str>| !used.is_empty())
            .collect();
        if let [first, second, ..] = groups.as_slice() {
            let rule = format!(
                "{whom} does not support {} together with {}",
                first.join(", "),
                second.join(", ")
            );
            self.add(
                "inputs",
                [first.as_slice(), second].concat().join(", "),
                rule,
                "keep one kind",
            );
        }
    }

    fn conditions(&mut self, request: &VideoRequest) {
        for condition in self.rules.model.conditions {
            for broken in broken(condition, request) {
                let whom = self.whom(request);
                self.add(
                    broken.field,
                    broken.value,
                    format!("{whom}: {}", broken.rule),
                    broken.hint,
                );
            }
        }
    }

    fn sources(&mut self, request: &VideoRequest, role: Role, rule: &InputRule) {
        for source in request.inputs_as(role) {
            if let Err(error) = source.check() {
                self.add(
                    role.as_str(),
                    source,
                    error.to_string(),
                    "use a complete https:// URL, asset:// id or data: URL, or the path of a readable image",
                );
            } else if source.is_plain_http() {
                let rule = "http:// inputs are not sent: anyone on the way can read and change them";
                self.add(role.as_str(), source, rule, "give an https:// URL");
            } else if !rule.sources.contains(&source.kind()) {
                let (what, hint) = match source.kind() {
                    "data" => ("a local file or data: URL", "upload it and use its https:// URL"),
                    "asset" => ("an asset:// id", "use an https:// URL"),
                    _ => ("a URL", "upload it as an asset"),
                };
                let whom = self.whom(request);
                self.add(
                    role.as_str(),
                    source,
                    format!("{whom} does not support {what} as a source"),
                    hint,
                );
            }
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
                let hint = "any optional field can be dropped; duration, frames and resolution can be rounded";
                self.add("adjust", field, rule, hint);
            }
        }
    }

    /// Extra members must not override fields of the request.
    fn extra(&mut self, extra: &Map<String, Value>, prefix: &str) {
        for (key, value) in extra {
            let wire = format!("{prefix}{key}");
            let inside = format!("{wire}.");
            if let Some(field) = self.rules.model.request.fields.iter().find(|field| field.wire == wire) {
                let rule = format!("would override the vendor's `{wire}`");
                self.add("extra", &wire, rule, format!("set `{}` instead", field.name));
            } else if self
                .rules
                .model
                .request
                .fields
                .iter()
                .any(|field| field.wire.starts_with(&inside))
            {
                match value {
                    Value::Object(members) => self.extra(members, &inside),
                    _ => self.add(
                        "extra",
                        &wire,
                        "must be an object, because it contains other parameters",
                        "use an object",
                    ),
                }
            }
        }
    }
}

#[cfg(all(test, feature = "token360", feature = "toapis", feature = "alltoken"))]
mod tests;

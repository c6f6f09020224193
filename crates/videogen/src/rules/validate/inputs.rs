//! Rules about input media: roles, numbers, sources and combinations.

use videogen_wire::facts::Input as InputRule;

use super::{Basis, Check};
use crate::model::media_type::medium;
use crate::model::{Capabilities, LocalFile, Role, Source, Vendor, VideoRequest, Violation};
use crate::rules::conditions::added;
use crate::rules::hints::elsewhere;
use crate::rules::media::{self, Fault, Files, medium_of, role_rule};

/// The limits of `model` that a local file exceeds; none if the model takes it in any role.
pub(crate) fn of_file(vendor: Vendor, model: &str, file: &LocalFile) -> Vec<Violation> {
    let (rules, mut first) = (Capabilities::of(vendor, model), None);
    let request = |role| VideoRequest::new(model, "").input(role, file.clone());
    let files = Files::of(&request(Role::FirstFrame));
    let medium = files.probe(file).map_or("", |probe| medium(probe.media_type));
    let roles = Role::ALL.into_iter().filter(|role| medium_of(*role) == medium);
    for role in roles.filter(|role| role_rule(&rules, *role).is_some()) {
        let mut check = Check {
            rules,
            files: &files,
            found: Vec::new(),
        };
        for fault in media::check(&rules, &request(role), role, &files) {
            check.file(fault);
        }
        if check.found.is_empty() {
            return Vec::new();
        }
        first.get_or_insert(check.found);
    }
    first.unwrap_or_default()
}

impl Check<'_> {
    pub(super) fn inputs(&mut self, request: &VideoRequest) {
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
                if !self.rules.is_known() {
                    self.unplaced(request, role.as_str(), count);
                    continue;
                }
                // Without a place for it, it cannot be sent.
                let place = self.rules.field(role.as_str());
                let basis = place.map_or(Basis::Request, |_| Basis::Model("inputs"));
                let rule = format!("{whom} does not support this input role");
                self.add(basis, role.as_str(), count, rule, elsewhere(role.as_str()));
                continue;
            };
            if let Some(max) = rule.max
                && count > max as usize
            {
                let hint = format!("remove {}", count - max as usize);
                let rule = format!("{whom} supports at most {max}");
                self.add(Basis::Input(role.as_str(), "max"), role.as_str(), count, rule, hint);
            }
            self.sources(request, role, rule);
        }
        if let Some(fault) = media::total(&self.rules, request, self.files) {
            self.file(fault);
        }
        let has = |role: Role| request.inputs_as(role).next().is_some();
        let is_given = |role: &str| request.inputs.iter().any(|input| input.role.as_str() == role);
        let rules = self.rules.model.inputs.iter();
        for rule in rules.filter(|rule| !rule.needs.is_empty() && is_given(rule.role)) {
            if !rule.needs.iter().any(|role| is_given(role)) {
                let needed = format!("a {}", rule.needs.join(" or a "));
                let text = format!("a {} requires {needed} as well", rule.role);
                let count = request
                    .inputs
                    .iter()
                    .filter(|input| input.role.as_str() == rule.role)
                    .count();
                let hint = added(rule.needs, self.rules.model, request);
                self.add(Basis::Input(rule.role, "needs"), rule.role, count, text, hint);
            }
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
                Basis::Model("exclusive"),
                "inputs",
                [first.as_slice(), second].concat().join(", "),
                rule,
                "keep one kind",
            );
        }
    }

    fn sources(&mut self, request: &VideoRequest, role: Role, rule: &InputRule) {
        for source in request.inputs_as(role) {
            let name = role.as_str();
            if let Err(error) = source.check() {
                let hint =
                    "use a complete https:// URL, asset:// id, upload: id or data: URL, or the path of a readable file";
                self.add(Basis::Request, name, source, error.to_string(), hint);
            } else if source.is_plain_http() {
                let rule = "http:// inputs are not sent: anyone on the way can read and change them";
                self.add(Basis::Request, name, source, rule, "give an https:// URL");
            } else if matches!(source, Source::File(_)) {
                // Below, all together.
            } else if !rule.sources.contains(&source.kind()) {
                let (what, hint) = match source.kind() {
                    "data" => ("a data: URL", "give it as a local file, or use its https:// URL"),
                    "upload_id" => ("the id of an upload", "use an https:// URL"),
                    "asset" => ("an asset:// id", "use an https:// URL"),
                    _ => ("a URL", "upload it as an asset"),
                };
                let rule = format!("{} does not support {what} as a source", self.whom(request));
                // What the format of requests does not take, no model does.
                let general = Capabilities::of(self.rules.vendor, "*").model;
                let mut inputs = general.inputs.iter().filter(|input| input.role == name);
                let basis = match inputs.any(|input| input.sources.contains(&source.kind())) {
                    true => Basis::Input(name, "sources"),
                    false => Basis::Request,
                };
                self.add(basis, name, source, rule, hint);
            }
        }
        for fault in media::check(&self.rules, request, role, self.files) {
            self.file(fault);
        }
    }

    fn file(&mut self, fault: Fault) {
        let basis = Basis::Page(fault.page, fault.unverified);
        self.add(basis, fault.field, fault.value, fault.rule, fault.hint);
    }
}

//! Compares the limits of one model: does it accept less?

use std::collections::BTreeSet;

use serde_json::Value;

use super::judge::Rule;
use super::keywords::{from_to, quoted};
use super::media;
use super::sets::{narrower_unless, strings, unordered};
use crate::spec::members;

/// The members of a model that limit it.
pub(crate) const MEMBERS: [&str; 13] = [
    "endpoints",
    "duration",
    "frames",
    "resolutions",
    "default_resolution",
    "aspect_ratios",
    "default_aspect_ratio",
    "default_generate_audio",
    "inputs",
    "exclusive",
    "conditions",
    "without",
    "doubtful",
];

/// A member, its rule, and a description of the change.
pub(crate) type Limit = (&'static str, Rule, String);

/// What a request of the model could carry before, and can carry now: normalised fields that its schema has, and files
/// within the limits of `x-media`.
pub(crate) struct Carried<'a> {
    pub(crate) before: BTreeSet<String>,
    pub(crate) after: BTreeSet<String>,
    pub(crate) media: (&'a Value, &'a Value),
}

/// Compares the limits of one model.
pub(crate) fn diff(old: &Value, new: &Value, carried: &Carried<'_>) -> Vec<Limit> {
    let mut found = Vec::new();
    endpoints(&old["endpoints"], &new["endpoints"], &mut found);
    duration(&old["duration"], &new["duration"], &mut found);
    frames(&old["frames"], &new["frames"], &mut found);
    for member in ["resolutions", "aspect_ratios"] {
        let (before, after) = (accepted(old, member), accepted(new, member));
        match (has_limits(old), has_limits(new)) {
            (true, true) => taken(member, "", &before, &after, &mut found),
            (false, true) if !after.is_empty() => {
                found.push((member, Rule::LimitNarrowed, "no longer any value".to_owned()));
            }
            (true, false) if !before.is_empty() => {
                found.push((member, Rule::LimitWidened, "now any value".to_owned()));
            }
            _ => {}
        }
    }
    for member in ["default_resolution", "default_aspect_ratio", "default_generate_audio"] {
        if old.get(member) != new.get(member) {
            found.push((
                member,
                Rule::ModelDefault,
                from_to("default", old.get(member), new.get(member)),
            ));
        }
    }
    inputs(&old["inputs"], &new["inputs"], carried, &mut found);
    exclusive(&old["exclusive"], &new["exclusive"], &mut found);
    conditions(&old["conditions"], &new["conditions"], &mut found);
    without(
        &strings(&old["without"]),
        &strings(&new["without"]),
        carried,
        &mut found,
    );
    doubtful(&old["doubtful"], &new["doubtful"], &mut found);
    for member in MEMBERS {
        // Malformed values are compared too.
        let is_reported = found.iter().any(|(reported, ..)| *reported == member);
        if !is_reported && unordered(&old[member]) != unordered(&new[member]) {
            found.push((member, Rule::Other, "changed".to_owned()));
        }
    }
    found
}

/// Whether the limits of an entry are known. Those of a pattern are not, unless they are documented for all its ids.
fn has_limits(model: &Value) -> bool {
    let is_pattern = model["id"].as_str().is_some_and(|id| id.ends_with('*'));
    !is_pattern || model["documented"] == true
}

/// The limits of a model in one line.
pub(crate) fn summary(model: &Value) -> String {
    let mut parts = vec![seconds(&model["duration"])];
    for member in ["resolutions", "aspect_ratios"] {
        let values = strings(&model[member]);
        if !values.is_empty() {
            parts.push(values.into_iter().collect::<Vec<_>>().join(" "));
        }
    }
    parts.extend(
        members(model.get("inputs")).map(|(role, input)| match input.get("max") {
            Some(max) => format!("{max} {role}"),
            None => role.to_owned(),
        }),
    );
    parts.join(", ")
}

/// A member as shown in a table.
pub(crate) fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(" "),
        Value::Object(object) => {
            let inner = object.iter().map(|(key, value)| match value {
                Value::Object(_) | Value::Array(_) => format!("{key} ({})", shown(value)),
                _ => format!("{key} {}", shown(value)),
            });
            inner.collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}

/// Compares the ids that requests of one model go to.
fn endpoints(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    for kind in ["text", "frames", "references"] {
        let (before, after) = (old.get(kind), new.get(kind));
        if before != after {
            let text = from_to(&format!("requests with {kind} go to"), before, after);
            found.push(("endpoints", Rule::ModelRerouted, text));
        }
    }
}

fn duration(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    let (before, after) = (range(old), range(new));
    if before != after || values(old) != values(new) {
        let rule = narrower_unless(takes_all(old, new));
        found.push(("duration", rule, format!("{} → {}", seconds(old), seconds(new))));
    }
    match (old.get("auto"), new.get("auto")) {
        (None, Some(_)) => found.push(("duration", Rule::LimitWidened, "the model may now decide".to_owned())),
        (Some(_), None) => found.push((
            "duration",
            Rule::LimitNarrowed,
            "the model may no longer decide".to_owned(),
        )),
        (before, after) if before != after => {
            found.push(("duration", Rule::LimitRespelt, from_to("auto", before, after)))
        }
        _ => {}
    }
    if old.get("zero") != new.get("zero") {
        let text = from_to(
            "a duration of 0 in the vendor's body means",
            old.get("zero"),
            new.get("zero"),
        );
        found.push(("duration", Rule::LimitRestated, text));
    }
    if old.get("default") != new.get("default") {
        found.push((
            "duration",
            Rule::ModelDefault,
            from_to("default", old.get("default"), new.get("default")),
        ));
    }
}

/// The only durations; empty if all of a range are allowed.
fn values(duration: &Value) -> Vec<u64> {
    let values = duration["values"].as_array().into_iter().flatten();
    values.filter_map(Value::as_u64).collect()
}

fn range(duration: &Value) -> (u64, u64) {
    match values(duration).as_slice() {
        [] => (
            duration["min"].as_u64().unwrap_or(0),
            duration["max"].as_u64().unwrap_or(u64::MAX),
        ),
        values => (values[0], values[values.len() - 1]),
    }
}

/// Whether every duration of `old` is one of `new` too.
fn takes_all(old: &Value, new: &Value) -> bool {
    let ((min, max), (least, most)) = (range(old), range(new));
    let (before, after) = (values(old), values(new));
    let is_within = least <= min && most >= max;
    match (before.as_slice(), after.as_slice()) {
        (_, []) => is_within,
        // Longer than any set of values is.
        ([], after) => is_within && max - min < 1000 && (min..=max).all(|seconds| after.contains(&seconds)),
        (before, after) => before.iter().all(|seconds| after.contains(seconds)),
    }
}

fn seconds(duration: &Value) -> String {
    let values: Vec<String> = values(duration).iter().map(u64::to_string).collect();
    match range(duration) {
        _ if !values.is_empty() => format!("{} s", values.join(", ")),
        (min, u64::MAX) => format!("{min} s or more"),
        (min, max) => format!("{min} to {max} s"),
    }
}

fn frames(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    if old == new {
        return;
    }
    let number = |frames: &Value, key: &str| frames[key].as_u64().unwrap_or(0);
    let (from, to, step) = (number(old, "min"), number(old, "max"), number(old, "step"));
    let new_step = number(new, "step").max(1);
    // Each count that was allowed is still allowed: within the range, and on a step.
    let takes_all = old.is_null()
        || (!new.is_null()
            && from >= number(new, "min")
            && to <= number(new, "max")
            && (from - number(new, "min")).is_multiple_of(new_step)
            && (from == to || step.is_multiple_of(new_step)));
    let shown = |frames: &Value| {
        if frames.is_null() {
            "none".to_owned()
        } else {
            format!("{} to {} by {}", frames["min"], frames["max"], frames["step"])
        }
    };
    let rule = narrower_unless(takes_all);
    found.push(("frames", rule, format!("{} → {}", shown(old), shown(new))));
}

/// Compares sets of accepted values: removed ones, and added ones.
fn taken(
    member: &'static str,
    what: &str,
    before: &BTreeSet<String>,
    after: &BTreeSet<String>,
    found: &mut Vec<Limit>,
) {
    for (rule, verb, values) in [
        (Rule::LimitNarrowed, "no longer", before - after),
        (Rule::LimitWidened, "now also", after - before),
    ] {
        if !values.is_empty() {
            let values: Vec<String> = values.into_iter().collect();
            found.push((member, rule, format!("{what}{verb} {}", quoted(&values))));
        }
    }
}

/// What is listed here is not taken; which means nothing of a field that no request carried.
fn without(before: &BTreeSet<String>, after: &BTreeSet<String>, carried: &Carried<'_>, found: &mut Vec<Limit>) {
    let (listed, dropped) = (after - before, before - after);
    let (lost, never) = (&listed & &carried.before, &listed - &carried.before);
    let (gained, still) = (&dropped & &carried.after, &dropped - &carried.after);
    for (rule, what, fields) in [
        (Rule::LimitNarrowed, "no longer", lost),
        (Rule::LimitWidened, "now also", gained),
        (Rule::LimitRestated, "could not be sent before either:", never),
        (Rule::LimitRestated, "cannot be sent now either:", still),
    ] {
        if !fields.is_empty() {
            let fields: Vec<String> = fields.into_iter().collect();
            found.push(("without", rule, format!("{what} {}", quoted(&fields))));
        }
    }
}

fn inputs(old: &Value, new: &Value, carried: &Carried<'_>, found: &mut Vec<Limit>) {
    let roles =
        |inputs: &Value| -> BTreeSet<String> { members(Some(inputs)).map(|(role, _)| role.to_owned()).collect() };
    let (before, after) = (roles(old), roles(new));
    taken("inputs", "", &before, &after, found);
    for role in before.intersection(&after) {
        let (a, b) = (&old[role.as_str()], &new[role.as_str()]);
        let most = |input: &Value| input["max"].as_u64().unwrap_or(u64::MAX);
        let shown = |input: &Value| match input.get("max") {
            Some(max) => format!("at most {max}"),
            None => "any number".to_owned(),
        };
        if most(a) != most(b) {
            let (before, after) = (shown(a), shown(b));
            let text = format!("`{role}`: {before} → {}", after.trim_start_matches("at most "));
            found.push(("inputs", narrower_unless(most(b) > most(a)), text));
        }
        taken(
            "inputs",
            &format!("`{role}`: "),
            &strings(&a["sources"]),
            &strings(&b["sources"]),
            found,
        );
        if a.get("role") != b.get("role") {
            let text = format!(
                "`{role}`: {}",
                from_to("the vendor's word", a.get("role"), b.get("role"))
            );
            found.push(("inputs", Rule::LimitRespelt, text));
        }
        if let Some((rule, text)) = needs(&strings(&a["needs"]), &strings(&b["needs"])) {
            found.push(("inputs", rule, format!("`{role}`: {text}")));
        }
        let (was, now) = carried.media;
        if let Some((rule, text)) = media::of_input((was, &a["media"]), (now, &b["media"])) {
            found.push(("inputs", rule, format!("`{role}`: {text}")));
        }
        let keys: BTreeSet<&str> = members(Some(a)).chain(members(Some(b))).map(|(key, _)| key).collect();
        for key in keys.into_iter().filter(|key| a.get(key) != b.get(key)) {
            if !["max", "sources", "role", "needs", "media"].contains(&key) {
                let text = from_to(&format!("`{role}`: {key}"), a.get(key), b.get(key));
                found.push(("inputs", Rule::Other, text));
            }
        }
    }
}

/// Compares the roles of which an input needs one besides it.
fn needs(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Option<(Rule, String)> {
    let shown = |roles: &BTreeSet<String>| match roles.is_empty() {
        true => "no other input".to_owned(),
        false => {
            let roles: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
            roles.join(" or ")
        }
    };
    // Any of them will do, so that one more is a permission.
    let is_wider = after.is_empty() || (!before.is_empty() && before.is_subset(after));
    (before != after).then(|| {
        (
            narrower_unless(is_wider),
            format!("needs {} → {}", shown(before), shown(after)),
        )
    })
}

/// Compares the pairs of roles that may not be mixed.
fn exclusive(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    let apart = |groups: &Value| -> BTreeSet<(String, String)> {
        let groups: Vec<BTreeSet<String>> = groups.as_array().into_iter().flatten().map(strings).collect();
        let mut pairs = BTreeSet::new();
        for (index, group) in groups.iter().enumerate() {
            for other in &groups[index + 1..] {
                for (a, b) in group.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
                    pairs.insert((a.min(b).clone(), a.max(b).clone()));
                }
            }
        }
        pairs
    };
    let (before, after) = (apart(old), apart(new));
    let listed = |pairs: BTreeSet<&(String, String)>| {
        let all: Vec<String> = pairs.iter().map(|(a, b)| format!("`{a}` with `{b}`")).collect();
        all.join(", ")
    };
    let (refused, allowed) = (
        after.difference(&before).collect::<BTreeSet<_>>(),
        before.difference(&after).collect::<BTreeSet<_>>(),
    );
    if !refused.is_empty() {
        found.push((
            "exclusive",
            Rule::LimitNarrowed,
            format!("may no longer be mixed: {}", listed(refused)),
        ));
    }
    if !allowed.is_empty() {
        found.push((
            "exclusive",
            Rule::LimitWidened,
            format!("may now be mixed: {}", listed(allowed)),
        ));
    }
}

/// The accepted values of a field: those listed, and those accepted with a note.
fn accepted(model: &Value, member: &str) -> BTreeSet<String> {
    let field = member.trim_end_matches('s');
    let doubtful = model["doubtful"].as_array().into_iter().flatten();
    let doubtful = doubtful.filter(|doubt| doubt["field"] == field);
    let mut values = strings(&model[member]);
    values.extend(doubtful.filter_map(|doubt| doubt["value"].as_str()).map(str::to_owned));
    values
}

/// Compares the notes on values; which values are accepted is compared with the lists.
fn doubtful(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    let noted = |list: &Value| -> BTreeSet<String> {
        let list = list.as_array().into_iter().flatten();
        list.map(|doubt| format!("{} {}", shown(&doubt["field"]), shown(&doubt["value"])))
            .collect()
    };
    let (before, after) = (noted(old), noted(new));
    for (what, values) in [
        ("accepted with a note now:", &after - &before),
        ("no longer with a note:", &before - &after),
    ] {
        if !values.is_empty() {
            let values: Vec<String> = values.into_iter().collect();
            found.push(("doubtful", Rule::LimitRestated, format!("{what} {}", quoted(&values))));
        }
    }
    if old != new && before == after {
        found.push((
            "doubtful",
            Rule::LimitRestated,
            "the reason of a note changed".to_owned(),
        ));
    }
}

/// Compares the rules between fields.
fn conditions(old: &Value, new: &Value, found: &mut Vec<Limit>) {
    let written = |conditions: &Value, marks: &[bool]| -> BTreeSet<String> {
        let side = |tests: &Value| {
            let tests = tests.as_object().into_iter().flatten();
            let tests: Vec<String> = tests.map(|(field, state)| format!("{field} {state}")).collect();
            tests.join(" and ")
        };
        let conditions = conditions.as_array().into_iter().flatten();
        conditions
            .filter(|rule| marks.contains(&(rule["unverified"] == true)))
            .map(|rule| format!("`{}` requires `{}`", side(&rule["when"]), side(&rule["requires"])))
            .collect()
    };
    let (before, after) = (written(old, &[true, false]), written(new, &[true, false]));
    let kept = &before & &after;
    for (what, marked) in [
        ("documented now:", &written(old, &[true]) - &written(new, &[true])),
        ("no longer documented:", &written(new, &[true]) - &written(old, &[true])),
    ] {
        for rule in &marked & &kept {
            found.push(("conditions", Rule::Unverified, format!("{what} {rule}")));
        }
    }
    for rule in after.difference(&before) {
        found.push(("conditions", Rule::LimitNarrowed, format!("now {rule}")));
    }
    for rule in before.difference(&after) {
        found.push(("conditions", Rule::LimitWidened, format!("no longer {rule}")));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_that_a_page_confirms_is_not_a_new_one() {
        let rule = |unverified: bool| json!([{"when": {"video_operation": ["edit"]}, "requires": {"duration": ["auto"]}, "unverified": unverified}]);
        let text = r#"`video_operation ["edit"]` requires `duration ["auto"]`"#;
        for (old, new, what) in [(true, false, "documented now:"), (false, true, "no longer documented:")] {
            let mut found = Vec::new();
            conditions(&rule(old), &rule(new), &mut found);
            assert_eq!(found, [("conditions", Rule::Unverified, format!("{what} {text}"))]);
        }
        let mut found = Vec::new();
        conditions(&json!(null), &rule(true), &mut found);
        assert_eq!(found, [("conditions", Rule::LimitNarrowed, format!("now {text}"))]);
    }
}

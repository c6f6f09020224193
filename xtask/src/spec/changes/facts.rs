//! The root of a spec: servers, security, and the vendor's facts.

use serde_json::Value;

use super::judge::Rule;
use super::keywords::from_to;
use super::place::{Found, Place};
use super::prices;
use super::provenance;
use super::rest::rest;
use super::security;
use crate::spec::listing::STATED;
use crate::spec::{escape, members};

/// Parts of the root that other modules compare.
const ELSEWHERE: [&str; 9] = [
    "paths",
    "components",
    "x-families",
    "x-models",
    "x-uploads",
    "x-media",
    "x-prices",
    "x-sizes",
    "security",
];
/// Parts of the root that only document.
const WORDS: [&str; 3] = ["openapi", "info", "tags"];

/// Compares the root, except operations, components, families, models, uploads and prices.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    security::of_all(old, new, &mut found);
    servers(old.get("servers"), new.get("servers"), &mut found);
    for key in WORDS {
        let (before, after) = (&old[key], &new[key]);
        if before == after {
            continue;
        }
        let inner: Vec<String> = members(Some(before))
            .filter(|(name, value)| after.get(name) != Some(value))
            .chain(members(Some(after)).filter(|(name, _)| before.get(name).is_none()))
            .map(|(name, _)| format!("`{name}`"))
            .collect();
        let text = if inner.is_empty() {
            "changed".to_owned()
        } else {
            format!("{} changed", inner.join(", "))
        };
        found.push(Found::at(&Place::named(key), Rule::Docs, text));
    }
    provenance::pages(&old["x-pages"], &new["x-pages"], &mut found);
    for (key, compare) in FACTS {
        let (before, after) = (&old[key], &new[key]);
        if before != after {
            compare(&Place::named(key), before, after, &mut found);
        }
    }
    let mut handled: Vec<&str> = ELSEWHERE.iter().chain(&WORDS).copied().collect();
    handled.extend(FACTS.iter().map(|(key, _)| *key));
    handled.extend(["servers", "x-pages"]);
    rest(&Place::named("root"), old, new, &handled, &mut found);
    found
}

type Compare = fn(&Place, &Value, &Value, &mut Vec<Found>);

const FACTS: [(&str, Compare); 10] = [
    ("x-vendor", vendor),
    ("x-poll", poll),
    ("x-result-url", result_url),
    ("x-webhook", webhook),
    ("x-rate-limits", rate_limits),
    ("x-tasks", tasks),
    ("x-errors", errors),
    ("x-billing", prices::billing),
    ("x-prompt-flags", prompt_flags),
    ("x-listed-models", listing),
];

fn servers(old: Option<&Value>, new: Option<&Value>, found: &mut Vec<Found>) {
    let urls = |servers: Option<&Value>| -> Vec<String> {
        let list = servers.and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|server| server.get("url")?.as_str())
            .map(str::to_owned)
            .collect()
    };
    let at = Place::named("servers");
    let (before, after) = (urls(old), urls(new));
    if before.first() != after.first() {
        let side = |urls: &[String]| urls.first().map_or_else(|| "none".to_owned(), |url| format!("`{url}`"));
        let text = format!("base URL {} → {}", side(&before), side(&after));
        let mut change = Found::at(&at, Rule::ServerMoved, text);
        change.rust = vec!["facts::VENDOR.base_url".to_owned()];
        found.push(change);
    } else if before != after {
        found.push(Found::at(
            &at,
            Rule::ServerListed,
            "the servers beside the first changed",
        ));
    } else if old != new {
        found.push(Found::at(&at, Rule::Docs, "`description` changed"));
    }
}

fn vendor(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    for key in ["key_env", "base_url_env"] {
        if old.get(key) != new.get(key) {
            let mut change = Found::at(at, Rule::EnvironmentRenamed, from_to(key, old.get(key), new.get(key)));
            change.rust = vec![format!("facts::VENDOR.{key}")];
            change.facade = vec!["ClientBuilder".to_owned()];
            found.push(change);
        }
    }
    for key in ["name", "keys_page", "model_page"] {
        if old.get(key) != new.get(key) {
            found.push(Found::at(at, Rule::Docs, from_to(key, old.get(key), new.get(key))));
        }
    }
    let key = "model_base_urls";
    if old.get(key) != new.get(key) {
        let text = from_to(key, old.get(key), new.get(key));
        found.push(Found::at(at, Rule::ServerListed, text));
    }
    let handled = ["key_env", "base_url_env", key, "name", "keys_page", "model_page"];
    rest(at, old, new, &handled, found);
}

fn poll(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    for key in ["first", "every", "give_up"] {
        if old.get(key) != new.get(key) {
            let text = format!("{} seconds", from_to(key, old.get(key), new.get(key)));
            found.push(fact(at, Rule::PollChanged, text, "poll"));
        }
    }
    rest(at, old, new, &["first", "every", "give_up"], found);
}

fn result_url(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    // Without one, links do not expire.
    let seconds = |rule: &Value| rule["ttl"].as_f64().unwrap_or(f64::INFINITY);
    let (before, after) = (seconds(old), seconds(new));
    if before.total_cmp(&after).is_ne() {
        let rule = if after < before {
            Rule::ResultUrlShortened
        } else {
            Rule::ResultUrlExtended
        };
        let text = format!("{} seconds", from_to("ttl", old.get("ttl"), new.get("ttl")));
        found.push(fact(at, rule, text, "result_url"));
    }
    match (&old["refreshable"], &new["refreshable"]) {
        (Value::Bool(true), Value::Bool(false)) => {
            found.push(fact(
                at,
                Rule::ResultUrlShortened,
                "polling again no longer renews it",
                "result_url",
            ));
        }
        (Value::Bool(false), Value::Bool(true)) => {
            found.push(fact(
                at,
                Rule::ResultUrlExtended,
                "polling again now renews it",
                "result_url",
            ));
        }
        (before, after) if before != after => found.push(Found::at(at, Rule::Other, "`refreshable` changed")),
        _ => {}
    }
    if old.get("key") != new.get("key") {
        // A client without the rule gets no file from a link that needs the key.
        let rule = match new.get("key") {
            Some(_) => Rule::ResultUrlShortened,
            None => Rule::ResultUrlExtended,
        };
        found.push(fact(
            at,
            rule,
            from_to("key", old.get("key"), new.get("key")),
            "result_url",
        ));
    }
    rest(at, old, new, &["ttl", "refreshable", "key"], found);
}

fn webhook(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    if old.is_null() {
        return found.push(Found::at(at, Rule::WebhookAdded, "webhooks were added"));
    }
    if new.is_null() {
        return found.push(Found::at(at, Rule::WebhookRemoved, "webhooks were removed"));
    }
    let signature = (old.get("signature"), new.get("signature"));
    if signature.0 != signature.1 {
        // Receivers that check signatures reject deliveries without one or with another.
        let is_signed = |side: Option<&Value>| side.is_some_and(Value::is_object);
        let rule = if is_signed(signature.0) {
            Rule::WebhookRemoved
        } else {
            Rule::WebhookChanged
        };
        if is_signed(signature.0) && is_signed(signature.1) {
            for (name, before, after) in pairs(signature.0, signature.1) {
                // The signature stays the same.
                let rule = match (name, before) {
                    ("secret_env", Some(_)) => Rule::EnvironmentRenamed,
                    ("secret_env", None) => Rule::Other,
                    _ => rule,
                };
                found.push(Found::at(
                    at,
                    rule,
                    from_to(&format!("signature.{name}"), before, after),
                ));
            }
        } else {
            // The members of a mapping are long; its scheme says enough.
            let word = |side: Option<&Value>| side.map(|side| side.get("scheme").unwrap_or(side).clone());
            let (before, after) = (word(signature.0), word(signature.1));
            found.push(Found::at(
                at,
                rule,
                from_to("signature", before.as_ref(), after.as_ref()),
            ));
        }
    }
    for key in ["timeout", "retries", "tolerance", "events"] {
        if old.get(key) != new.get(key) {
            let unit = if key == "events" { "" } else { " seconds" };
            let text = format!("{}{unit}", from_to(key, old.get(key), new.get(key)));
            found.push(Found::at(at, Rule::WebhookChanged, text));
        }
    }
    let handled = ["signature", "timeout", "retries", "tolerance", "events"];
    rest(at, old, new, &handled, found);
}

fn prompt_flags(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    for (flag, before, after) in pairs(old.get("flags"), new.get("flags")) {
        let mut change = Found::at(at, Rule::Other, from_to(flag, before, after));
        change.rust = vec!["facts::VENDOR.prompt_flags".to_owned()];
        found.push(change);
    }
    rest(at, old, new, &["flags"], found);
}

/// The members that differ, with their values on both sides.
fn pairs<'a>(
    old: Option<&'a Value>,
    new: Option<&'a Value>,
) -> impl Iterator<Item = (&'a str, Option<&'a Value>, Option<&'a Value>)> {
    let added = members(new).filter(move |(name, _)| old.is_none_or(|old| old.get(name).is_none()));
    let names = members(old).chain(added).map(|(name, _)| name);
    names
        .map(move |name| {
            (
                name,
                old.and_then(|old| old.get(name)),
                new.and_then(|new| new.get(name)),
            )
        })
        .filter(|(_, before, after)| before != after)
}

/// Fewer requests in some window than before, or one more window, is lower.
fn rate_limits(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    for key in ["submit", "query"] {
        let (before, after) = (windows(old.get(key)), windows(new.get(key)));
        if before == after {
            continue;
        }
        let is_within = |allowed: &[(f64, f64)], windows: &[(f64, f64)]| {
            windows
                .iter()
                .all(|(limit, per)| allowed.iter().any(|(most, over)| over >= per && most <= limit))
        };
        // A client that kept to the old windows keeps to all new ones.
        let rule = if is_within(&before, &after) {
            Rule::RateLimitRaised
        } else {
            Rule::RateLimitLowered
        };
        found.push(Found::at(
            at,
            rule,
            format!("{key}: {} → {}", shown_windows(&before), shown_windows(&after)),
        ));
    }
    rest(at, old, new, &["submit", "query"], found);
}

/// A status word with another meaning changes when a wait ends.
fn tasks(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let words =
        |side: &Value| -> Vec<String> { members(side.get("statuses")).map(|(word, _)| word.to_owned()).collect() };
    let mut all = words(old);
    all.extend(words(new));
    all.sort();
    all.dedup();
    for word in &all {
        let meaning = |side: &Value| side.pointer(&format!("/statuses/{}", escape(word))).cloned();
        let (before, after) = (meaning(old), meaning(new));
        if before != after {
            let text = from_to(&format!("status word {word}"), before.as_ref(), after.as_ref());
            found.push(fact(at, Rule::TaskStatus, text, "tasks.statuses"));
        }
    }
    for key in ["id", "created", "cancel_when", "kept"] {
        if old.get(key) != new.get(key) {
            let text = from_to(key, old.get(key), new.get(key));
            found.push(fact(at, Rule::TaskChanged, text, &format!("tasks.{key}")));
        }
    }
    rest(
        at,
        old,
        new,
        &["statuses", "id", "created", "cancel_when", "kept"],
        found,
    );
}

fn errors(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let mut codes: Vec<&str> = [old, new]
        .into_iter()
        .flat_map(|side| members(side.get("codes")))
        .map(|(code, _)| code)
        .collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let part = |side: &Value, key: &str| side["codes"][code].get(key).cloned();
        for (key, rule) in [("kind", Rule::ErrorMeaning), ("message", Rule::Docs)] {
            let (before, after) = (part(old, key), part(new, key));
            if before != after {
                let text = from_to(&format!("{key} of {code}"), before.as_ref(), after.as_ref());
                found.push(fact(at, rule, text, "errors"));
            }
        }
    }
    rest(at, old, new, &["codes"], found);
}

/// What is compared with the vendor's own list of models.
fn listing(at: &Place, old: &Value, new: &Value, found: &mut Vec<Found>) {
    let keys: Vec<&str> = ["operation", "models", "id"].into_iter().chain(STATED).collect();
    for key in &keys {
        let (before, after) = (old.get(*key), new.get(*key));
        if before != after {
            found.push(fact(at, Rule::ListingChanged, from_to(key, before, after), "listing"));
        }
    }
    rest(at, old, new, &keys, found);
}

fn windows(value: Option<&Value>) -> Vec<(f64, f64)> {
    let list = value.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|entry| Some((entry.get("limit")?.as_f64()?, entry.get("per")?.as_f64()?)))
        .collect()
}

fn shown_windows(windows: &[(f64, f64)]) -> String {
    let all: Vec<String> = windows
        .iter()
        .map(|(limit, per)| format!("{limit} in {per} s"))
        .collect();
    if all.is_empty() {
        "no limit".to_owned()
    } else {
        all.join(" and ")
    }
}

fn fact(at: &Place, rule: Rule, text: impl Into<String>, member: &str) -> Found {
    let mut found = Found::at(at, rule, text);
    found.rust = vec![format!("facts::VENDOR.{member}")];
    found
}

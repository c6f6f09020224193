//! `x-uploads` and `x-media`: which local files can be sent, and how they become sources of inputs.

use serde_json::Value;

use super::judge::Rule;
use super::keywords::{from_to, quoted};
use super::limits;
use super::media::{MOST, RANGES, files, list, most, name, named, sets, types};
use super::place::{Found, Place};
use super::rest::rest;
use super::sets::{narrower_unless, strings, unordered};

/// Members that say how a file is uploaded.
const HOW: [&str; 8] = [
    "operation",
    "via",
    "group",
    "above",
    "gives",
    "reusable",
    "lives",
    "poll",
];
/// Compares the uploads and the limits of files.
pub(crate) fn diff(old: &Value, new: &Value) -> Vec<Found> {
    let mut found = Vec::new();
    uploads(&old["x-uploads"], &new["x-uploads"], &mut found);
    media(&old["x-media"], &new["x-media"], &mut found);
    found
}

fn uploads(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let start = found.len();
    let (olds, news) = (list(old), list(new));
    let mut come: Vec<&Value> = news
        .iter()
        .copied()
        .filter(|entry| named(old, name(entry)).is_null())
        .collect();
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    for (index, before) in olds.iter().enumerate() {
        let same_but_name = |entry: &&Value| {
            HOW.iter()
                .chain(&["media"])
                .all(|key| entry.get(*key) == before.get(*key))
        };
        let mut after = named(new, name(before));
        if after.is_null()
            && let Some(other) = come.iter().position(same_but_name)
        {
            after = come.remove(other);
            let text = format!(
                "renamed to `{}`; files uploaded under the old name are uploaded again",
                name(after)
            );
            found.push(upload(before, Rule::UploadChanged, text));
        }
        if after.is_null() {
            let text = format!("removed: {}", summary(before));
            found.push(upload(before, Rule::UploadRemoved, text));
        } else {
            compare(before, after, found);
            pairs.extend(
                news.iter()
                    .position(|entry| *entry == after)
                    .map(|other| (index, other)),
            );
        }
    }
    for entry in come {
        // Files that took a way further down may take this one.
        let later = news.iter().skip_while(|other| **other != entry).skip(1).find(|other| {
            !named(old, name(other)).is_null() && !strings(&other["media"]).is_disjoint(&strings(&entry["media"]))
        });
        let (rule, before) = match later {
            Some(other) => (Rule::UploadChanged, format!(", preferred to `{}`", name(other))),
            None => (Rule::UploadAdded, String::new()),
        };
        found.push(upload(entry, rule, format!("added{before}: {}", summary(entry))));
    }
    if !pairs.is_sorted_by_key(|(_, new)| *new) {
        let names = |list: &[&Value]| list.iter().map(|entry| name(entry).to_owned()).collect::<Vec<_>>();
        let text = format!("order {} → {}", quoted(&names(&olds)), quoted(&names(&news)));
        found.push(Found::at(&Place::named("x-uploads"), Rule::UploadChanged, text));
    }
    unread("x-uploads", (old, new), start, found);
}

fn compare(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let start = found.len();
    for (rule, text) in sets(old, new, &["media", "types"])
        .into_iter()
        .chain(most(old, new, "max_bytes"))
    {
        found.push(upload(old, rule, text));
    }
    if let Some((rule, text)) = models(&old["models"], &new["models"]) {
        found.push(upload(old, rule, text));
    }
    for key in HOW.into_iter().filter(|key| old.get(*key) != new.get(*key)) {
        let text = from_to(key, old.get(key), new.get(key));
        found.push(upload(old, Rule::UploadChanged, text));
    }
    let mut handled = vec!["name", "media", "types", "max_bytes", "models"];
    handled.extend(HOW);
    let place = format!("upload {}", name(old));
    rest(&Place::named(&place), old, new, &handled, found);
    if name(old) == name(new) {
        unread(&place, (old, new), start, found);
    }
}

/// The models that accept what an upload gives: without a list, all do.
fn models(old: &Value, new: &Value) -> Option<(Rule, String)> {
    let all = |models: &Value| models.as_array().is_none_or(Vec::is_empty);
    let shown = |models: &Value| {
        if all(models) {
            "all".to_owned()
        } else {
            quoted(&strings(models).into_iter().collect::<Vec<_>>())
        }
    };
    let (before, after) = (strings(old), strings(new));
    if before == after && all(old) == all(new) {
        return None;
    }
    let is_wider = all(new) || !all(old) && before.is_subset(&after);
    let text = format!("models {} → {}", shown(old), shown(new));
    Some((narrower_unless(is_wider), text))
}

fn media(old: &Value, new: &Value, found: &mut Vec<Found>) {
    let start = found.len();
    let limit = |entry: &Value, rule: Rule, text: String| {
        let mut change = Found::at(&Place::named(format!("media {}", name(entry))), rule, text);
        change.rust = vec!["facts::VENDOR.models".to_owned()];
        change.facade = vec!["Source::File".to_owned()];
        change
    };
    for before in list(old) {
        let after = named(new, name(before));
        // What it means for the inputs that name it is reported there.
        if after.is_null() {
            found.push(limit(before, Rule::LimitRestated, "removed".to_owned()));
            continue;
        }
        let start = found.len();
        found.extend(
            files(before, after)
                .into_iter()
                .map(|(rule, text)| limit(before, rule, text)),
        );
        let mut handled = vec!["name", "types"];
        handled.extend(MOST.iter().chain(&RANGES));
        let place = format!("media {}", name(before));
        rest(&Place::named(&place), before, after, &handled, found);
        unread(&place, (before, after), start, found);
    }
    for entry in list(new).into_iter().filter(|entry| named(old, name(entry)).is_null()) {
        let text = format!("added: {}", limits::shown(entry));
        found.push(limit(entry, Rule::LimitRestated, text));
    }
    unread("x-media", (old, new), start, found);
}

/// Reports a difference that was not understood, such as a malformed value.
fn unread(place: &str, (old, new): (&Value, &Value), start: usize, found: &mut Vec<Found>) {
    if found.len() == start && unordered(old) != unordered(new) {
        found.push(Found::at(&Place::named(place), Rule::Other, "changed"));
    }
}

fn upload(entry: &Value, rule: Rule, text: String) -> Found {
    let mut change = Found::at(&Place::named(format!("upload {}", name(entry))), rule, text);
    change.rust = vec!["facts::VENDOR.uploads".to_owned()];
    change.facade = vec!["Source::File".to_owned()];
    change
}

/// An upload in one line.
fn summary(entry: &Value) -> String {
    let max = entry.get("max_bytes").map(|bytes| format!(" up to {bytes} bytes"));
    format!(
        "{}{} by `{}` as {}",
        types(entry),
        max.unwrap_or_default(),
        limits::shown(&entry["operation"]),
        limits::shown(&entry["gives"]),
    )
}

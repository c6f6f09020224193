//! Operations and webhooks: pairs those of the two specs, and finds moved ones.

use serde_json::Value;

use super::call::{Call, calls};
use super::judge::{Direction, Rule};
use super::keywords::from_to;
use super::place::{Found, Place};
use super::rest::rest;
use super::schemas::Walk;
use super::{families, names, parts, rename, security};
use crate::spec::{METHODS, escape, members};

/// Compares all operations, and the schemas they reach.
pub(crate) fn diff(walk: &mut Walk<'_>) {
    let (old, new) = (calls(walk.old), calls(walk.new));
    let mut pairs: Vec<(usize, usize)> = Vec::new();
    let is_free = |pairs: &[(usize, usize)], i: usize, j: usize| pairs.iter().all(|(a, b)| *a != i && *b != j);
    let by_id = |a: &Call<'_>, b: &Call<'_>| a.id == b.id;
    let by_path = |a: &Call<'_>, b: &Call<'_>| a.method == b.method && plain(&a.path) == plain(&b.path);
    for same in [by_id as fn(&Call<'_>, &Call<'_>) -> bool, by_path] {
        for (i, a) in old.iter().enumerate() {
            let found = new.iter().position(|b| a.is_callback == b.is_callback && same(a, b));
            if let Some(j) = found
                && is_free(&pairs, i, j)
            {
                pairs.push((i, j));
            }
        }
    }
    let left =
        |count: usize, taken: Vec<usize>| -> Vec<usize> { (0..count).filter(|index| !taken.contains(index)).collect() };
    let gone = left(old.len(), pairs.iter().map(|pair| pair.0).collect());
    let come = left(new.len(), pairs.iter().map(|pair| pair.1).collect());
    for (i, j) in rename::pairs(&gone, &come, |i, j| similarity(&old[*i], &new[*j])) {
        pairs.push((gone[i], come[j]));
    }
    pairs.sort_unstable();
    for (i, j) in &pairs {
        compare(walk, &old[*i], &new[*j]);
    }
    for (_, call) in old
        .iter()
        .enumerate()
        .filter(|(i, _)| pairs.iter().all(|(a, _)| a != i))
    {
        let text = format!("`{}` was removed", call.address());
        walk.found.push(Found::at(&call.place(), Rule::OperationRemoved, text));
    }
    for (_, call) in new
        .iter()
        .enumerate()
        .filter(|(j, _)| pairs.iter().all(|(_, b)| b != j))
    {
        let text = format!("`{}` was added", call.address());
        walk.found.push(Found::at(&call.place(), Rule::OperationAdded, text));
    }
    paths(walk);
}

fn compare(walk: &mut Walk<'_>, old: &Call<'_>, new: &Call<'_>) {
    let at = old.place();
    let (from, to) = (old.address(), new.address());
    let has_moved = old.method != new.method || plain(&old.path) != plain(&new.path);
    let is_renamed = old.id != new.id;
    if has_moved || is_renamed {
        let (rule, text) = match (has_moved, is_renamed) {
            (true, false) => (Rule::OperationMoved, format!("moved from `{from}` to `{to}`")),
            (true, true) => (
                Rule::OperationMoved,
                format!("moved from `{from}` to `{to}`, and renamed to `{}`", new.id),
            ),
            _ => (Rule::OperationRenamed, format!("renamed to `{}`", new.id)),
        };
        let mut found = Found::at(&at, rule, text);
        if is_renamed && !old.is_callback {
            found.rust = vec![format!("{} → {}", names::method(&old.id), new.id)];
        }
        walk.found.push(found);
    } else if old.path != new.path {
        let text = format!("a path parameter was renamed: `{}` → `{}`", old.path, new.path);
        walk.found.push(Found::at(&at, Rule::Docs, text));
    }
    let tag = |call: &Call<'_>| {
        call.value
            .pointer("/tags/0")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let (before, after) = (tag(old), tag(new));
    if before != after && !old.is_callback {
        let (rule, text) = match families::all(walk.new).contains_key(&before) {
            true => (
                Rule::FamilyChanged,
                format!("its family is `{after}`, before `{before}`, which is still declared"),
            ),
            false => (Rule::FamilyRenamed, format!("family `{before}` renamed to `{after}`")),
        };
        let mut found = Found::at(&at, rule, text);
        found.facade = vec!["Capabilities::family".to_owned(), "TaskId::family".to_owned()];
        walk.found.push(found);
    } else if before != after {
        walk.found.push(Found::at(&at, Rule::Docs, "`tags` changed"));
    }
    let [going, coming] = if old.is_callback {
        [Direction::Received, Direction::Sent]
    } else {
        [Direction::Sent, Direction::Received]
    };
    parts::parameters(walk, &at.going(going), old, new);
    parts::body(
        walk,
        &at.going(going),
        old.value.get("requestBody"),
        new.value.get("requestBody"),
    );
    parts::responses(
        walk,
        &at.going(coming),
        old.value.get("responses"),
        new.value.get("responses"),
    );
    security::of_operation(walk, &at, old.value, new.value);
    server(walk, &at, old.value, new.value);
    let handled = [
        "operationId",
        "servers",
        "tags",
        "parameters",
        "requestBody",
        "responses",
        "security",
        "callbacks",
    ];
    rest(&at, old.value, new.value, &handled, &mut walk.found);
    let later = |value: &Value| {
        value
            .get("tags")
            .and_then(Value::as_array)
            .map(|tags| tags.iter().skip(1).cloned().collect::<Vec<_>>())
    };
    if later(old.value).unwrap_or_default() != later(new.value).unwrap_or_default() {
        walk.found.push(Found::at(&at, Rule::Docs, "further tags changed"));
    }
}

/// Compares the servers of an operation: with another, its requests go to another host.
fn server(walk: &mut Walk<'_>, at: &Place, old: &Value, new: &Value) {
    let url = |side: &Value| side.pointer("/servers/0/url").cloned();
    let (before, after) = (url(old), url(new));
    if before != after {
        let text = from_to("server", before.as_ref(), after.as_ref());
        let mut found = Found::at(at, Rule::ServerMoved, text);
        found.rust = vec!["facts::VENDOR.servers".to_owned()];
        walk.found.push(found);
    } else if old.get("servers") != new.get("servers") {
        walk.found.push(Found::at(at, Rule::Docs, "`servers` changed"));
    }
}

/// Compares the members of a path that hold for all its operations.
fn paths(walk: &mut Walk<'_>) {
    let mut handled: Vec<&str> = METHODS.to_vec();
    handled.push("parameters");
    for (path, old) in members(walk.old.doc.get("paths")) {
        if let Some(new) = walk.new.doc.pointer(&format!("/paths/{}", escape(path))) {
            rest(&Place::named(path), old, new, &handled, &mut walk.found);
        }
    }
}

/// A path without the names of its parameters.
fn plain(path: &str) -> String {
    path.split('/')
        .map(|segment| if segment.starts_with('{') { "{}" } else { segment })
        .collect::<Vec<_>>()
        .join("/")
}

/// Likeness of two operations that share neither name nor address: the same bodies, or similar paths.
fn similarity(old: &Call<'_>, new: &Call<'_>) -> Option<f32> {
    if old.is_callback != new.is_callback {
        return None;
    }
    let answer = |call: &Call<'_>| {
        let all = members(call.value.get("responses"));
        let mut success = all.filter(|(status, _)| status.starts_with('2'));
        success.find_map(|(_, response)| response.pointer("/content/application~1json/schema").cloned())
    };
    let request = |call: &Call<'_>| {
        call.value
            .pointer("/requestBody/content/application~1json/schema")
            .cloned()
    };
    let same_answer = answer(old).is_some() && answer(old) == answer(new);
    let same_request = request(old) == request(new);
    let paths = rename::names(&plain(&old.path).replace('/', "_"), &plain(&new.path).replace('/', "_"));
    let ids = rename::names(&old.id, &new.id);
    let score = paths + ids + f32::from(u8::from(same_answer)) + f32::from(u8::from(same_request));
    (score >= 2.4 && old.method == new.method).then_some(score)
}

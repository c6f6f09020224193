//! Which snapshots are older than the specs: found from what is in them, not from the times of files.
//!
//! The generated names and the models' limits are rendered from the spec and compared as a whole. Of a request, its method
//! and address are compared; of the normalised tasks, for which examples there are any. What depends on the facade as well
//! (its reading of an example, a rejection's hint) is the tests' to compare.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;

use crate::spec::raw::surface::{models, surface};
use crate::spec::raw::with_facts;
use crate::spec::source::{Kind, Source, SourceError, git};
use crate::spec::{Spec, members};

/// The folder of the snapshots of all vendors.
pub(super) const FOLDER: &str = "tests/snapshots";

/// The texts of a vendor's snapshots, by path below its folder, without the extension.
type Snapshots = BTreeMap<String, String>;

/// A line for each snapshot that does not show what its spec says.
///
/// # Errors
/// When the snapshots cannot be read, or a spec is no YAML.
pub(super) fn stale(state: &Source, root: &Path) -> Result<Vec<String>, SourceError> {
    let mut lines = Vec::new();
    for (vendor, text) in &state.texts {
        let Some(snapshots) = read(state, root, vendor)? else {
            return Ok(Vec::new());
        };
        let spec = Spec::parse(vendor, text).map_err(|error| SourceError::Spec {
            source_name: state.name.clone(),
            error,
        })?;
        let mut told = BTreeSet::new();
        let mut note = |file: &str, why: String| {
            told.insert(format!("- {vendor}: `{file}`: {why}"));
        };
        generated(&spec, &snapshots, &mut note);
        requests(&spec, &snapshots, &mut note);
        tasks(&spec, &snapshots, &mut note);
        lines.extend(told);
    }
    Ok(lines)
}

type Note<'a> = dyn FnMut(&str, String) + 'a;

/// Names, types and limits.
fn generated(spec: &Spec, snapshots: &Snapshots, note: &mut Note<'_>) {
    let wanted = with_facts(spec)
        .map_err(|error| error.to_string())
        .and_then(|(tree, facts)| Ok((surface(&tree).map_err(|error| error.to_string())?, models(&facts))));
    match wanted {
        Err(error) => note("surface", format!("cannot be compared: {error}")),
        Ok((client, models)) => {
            for (file, wanted) in [("surface/client", client), ("surface/models", models)] {
                match snapshots.get(file) {
                    None => note(file, "is missing".to_owned()),
                    Some(text) if text.trim() != wanted.trim() => {
                        let first = first_difference(text.trim(), wanted.trim());
                        note(file, first);
                    }
                    Some(_) => {}
                }
            }
        }
    }
}

fn first_difference(old: &str, new: &str) -> String {
    let (mut old, mut new) = (old.lines(), new.lines());
    loop {
        match (old.next(), new.next()) {
            (Some(a), Some(b)) if a == b => {}
            (a, b) => {
                let side =
                    |line: Option<&str>| line.map_or_else(|| "nothing".to_owned(), |line| format!("`{}`", line.trim()));
                return format!("has {} where the spec gives {}", side(a), side(b));
            }
        }
    }
}

/// Whether a request goes to an address whose parameters are in braces. A parameter may have several segments.
fn goes_to(sent: &str, address: &str) -> bool {
    let sent = sent.split_once('?').map_or(sent, |(path, _)| path);
    let mut fixed = address.split('{').enumerate().map(|(index, part)| {
        if index == 0 {
            part
        } else {
            part.split_once('}').map_or("", |(_, rest)| rest)
        }
    });
    let Some(mut rest) = sent.strip_prefix(fixed.next().unwrap_or_default()) else {
        return false;
    };
    for part in fixed {
        // A parameter is not empty, and the last part ends the path.
        let found = if part.is_empty() {
            (!rest.is_empty()).then_some(rest.len())
        } else {
            rest.rfind(part)
        };
        match found {
            Some(at) if at > 0 => rest = &rest[at + part.len()..],
            _ => return false,
        }
    }
    rest.is_empty()
}

/// Where requests go.
fn requests(spec: &Spec, snapshots: &Snapshots, note: &mut Note<'_>) {
    let server = spec
        .doc
        .pointer("/servers/0/url")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let models: Vec<&Value> = spec.doc["x-models"].as_array().into_iter().flatten().collect();
    for (file, text) in snapshots {
        // Names of cases have no dots, those of models may.
        let Some((model, _)) = file.strip_prefix("wire/").and_then(|name| name.rsplit_once('.')) else {
            continue;
        };
        let describes = |entry: &&&Value| {
            let id = entry["id"].as_str().unwrap_or_default();
            id == model || id.strip_suffix('*').is_some_and(|prefix| model.starts_with(prefix))
        };
        let create = models.iter().find(describes).and_then(|entry| entry["create"].as_str());
        let Some(operation) = spec
            .operations()
            .find(|operation| create.is_some() && operation.id() == create)
        else {
            note(file, format!("no operation creates tasks of `{model}`"));
            continue;
        };
        let wanted = format!("{} {server}{}", operation.method.to_uppercase(), operation.path);
        let sent = text.lines().next().unwrap_or_default();
        if !goes_to(sent, &wanted) {
            note(file, format!("goes to `{sent}`, by the spec to `{wanted}`"));
        }
    }
}

/// Which examples of responses are read.
fn tasks(spec: &Spec, snapshots: &Snapshots, note: &mut Note<'_>) {
    let mut examples: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for operation in spec.operations() {
        let id = operation.id().unwrap_or_default();
        let all = examples.entry(id.to_owned()).or_default();
        for (_, response) in members(operation.value.get("responses")).filter(|(status, _)| status.starts_with('2')) {
            let content = spec.resolve(response).pointer("/content/application~1json/examples");
            all.extend(members(content).map(|(name, _)| format!("tasks/{id}.{name}")));
        }
    }
    let shown: BTreeSet<&String> = snapshots.keys().filter(|file| file.starts_with("tasks/")).collect();
    let all: BTreeSet<&String> = examples.values().flatten().collect();
    for file in shown.difference(&all) {
        note(file, "shows an example that the spec does not have".to_owned());
    }
    let creates: Vec<&str> = spec.doc["x-models"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|model| model["create"].as_str())
        .collect();
    for (id, examples) in &examples {
        // Some operations give no task, and have no snapshot at all.
        let is_read = creates.contains(&id.as_str()) || examples.iter().any(|file| snapshots.contains_key(file));
        for file in examples.iter().filter(|file| is_read && !snapshots.contains_key(*file)) {
            note(file, "is missing".to_owned());
        }
    }
}

/// The snapshots of a vendor in a state; `None`: the state has no files besides its specs.
fn read(state: &Source, root: &Path, vendor: &str) -> Result<Option<Snapshots>, SourceError> {
    let folder = format!("{FOLDER}/{vendor}/");
    let fail = |error: String| SourceError::Unreadable {
        path: folder.clone(),
        error: std::io::Error::other(error),
    };
    let mut found = Snapshots::new();
    let mut add = |file: &str, text: &str| {
        if let Some(name) = file.strip_prefix(&folder).and_then(|file| file.strip_suffix(".snap")) {
            found.insert(name.to_owned(), body(text).to_owned());
        }
    };
    match &state.kind {
        Kind::Revision(commit) => {
            let there = git(root, &["ls-tree", "-r", "--name-only", "--full-tree", commit, &folder]).map_err(fail)?;
            if !there.is_empty() {
                // Every line of every file behind the file's name: one process for all of them.
                let arguments = [
                    "grep",
                    "--no-color",
                    "--full-name",
                    "-z",
                    "-e",
                    "",
                    commit,
                    "--",
                    &folder,
                ];
                let lines = git(root, &arguments).map_err(fail)?;
                let mut texts: BTreeMap<&str, String> = BTreeMap::new();
                for (file, line) in lines.lines().filter_map(|line| line.split_once('\0')) {
                    let text = texts.entry(file).or_default();
                    text.push_str(line);
                    text.push('\n');
                }
                for (file, text) in &texts {
                    add(file.trim_start_matches(commit.as_str()).trim_start_matches(':'), text);
                }
            }
        }
        Kind::WorkingTree => {
            for kind in ["surface", "wire", "tasks"] {
                let Ok(entries) = std::fs::read_dir(root.join(&folder).join(kind)) else {
                    continue;
                };
                for entry in entries {
                    let entry = entry.map_err(|error| fail(error.to_string()))?;
                    let text = std::fs::read_to_string(entry.path()).map_err(|error| fail(error.to_string()))?;
                    add(
                        &format!("{folder}{kind}/{}", entry.file_name().to_string_lossy()),
                        &text,
                    );
                }
            }
        }
        Kind::File | Kind::Folder => return Ok(None),
    }
    Ok(Some(found))
}

/// A snapshot without the lines that insta puts before it.
fn body(text: &str) -> &str {
    let rest = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    rest.map_or(text, |(_, body)| body)
}

#[cfg(test)]
mod tests {
    use super::goes_to;

    #[test]
    fn parameters_of_an_address_match_any_segments() {
        for (sent, address, goes) in [
            ("POST https://a.example/videos", "POST https://a.example/videos", true),
            ("POST https://a.example/videos", "POST https://a.example/clips", false),
            (
                "POST https://a.example/videos/x",
                "POST https://a.example/videos",
                false,
            ),
            (
                "POST https://a.example/acme/one/text?hook=b",
                "POST https://a.example/{model}",
                true,
            ),
            ("POST https://a.example/", "POST https://a.example/{model}", false),
            (
                "POST https://a.example/m/one/run",
                "POST https://a.example/m/{model}/run",
                true,
            ),
            (
                "POST https://a.example/m/one/stop",
                "POST https://a.example/m/{model}/run",
                false,
            ),
        ] {
            assert_eq!(goes_to(sent, address), goes, "{sent} {address}");
        }
    }
}

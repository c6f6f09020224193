//! Methods, paths and hosts on a page.

use std::sync::LazyLock;

use regex::Regex;

use super::facts::{At, Operation};
use super::line::Line;
use super::pattern::pattern;

/// The operations on a page.
#[derive(Debug, Default)]
pub struct Calls {
    /// Every operation, in order of appearance.
    pub operations: Vec<Operation>,
    /// Scheme and host of each address that is called.
    pub hosts: Vec<String>,
    /// Those at the beginning of a line: they own the parameters below.
    headings: Vec<Operation>,
}

impl Calls {
    /// The operation whose heading is above a line.
    #[must_use]
    pub fn of(&self, line: usize) -> Option<Operation> {
        let before = self.headings.iter().rev().find(|heading| heading.at.0 <= line);
        before.or(self.headings.first()).cloned()
    }

    /// Drops the headings on these lines: what a description mentions heads nothing.
    pub(super) fn without_headings(&mut self, lines: &[std::ops::RangeInclusive<usize>]) {
        self.headings
            .retain(|heading| !lines.iter().any(|range| range.contains(&heading.at.0)));
    }

    fn add(&mut self, method: Option<&str>, address: &str, line: usize, heads: bool) {
        let (host, path) = match address.find("://") {
            Some(scheme) => {
                let end = address[scheme + 3..]
                    .find('/')
                    .map_or(address.len(), |slash| scheme + 3 + slash);
                (Some(&address[..end]), &address[end..])
            }
            None => (None, address),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let path = path.trim_end_matches(['/', '.', '-', '_']);
        if path.len() < 2 {
            return;
        }
        if let Some(host) = host
            && !self.hosts.iter().any(|known| known == host)
        {
            self.hosts.push(host.to_owned());
        }
        let path = match heads {
            true => path.to_owned(),
            false => without_ids(path),
        };
        let operation = Operation {
            method: method.map(str::to_uppercase),
            path,
            at: At(line),
        };
        if heads {
            self.headings.push(operation.clone());
        }
        match self.operations.iter_mut().find(|known| known.is(&operation)) {
            Some(known) if known.method.is_none() => known.method = operation.method,
            Some(_) => {}
            None => self.operations.push(operation),
        }
    }
}

/// Finds the operations on a page.
#[must_use]
pub fn read(lines: &[Line]) -> Calls {
    // Paths are in lower case, but for the names in braces: the word that follows begins with a capital.
    const PATH: &str = r"(?:/(?:[a-z0-9_.-]+|\{[A-Za-z0-9_]+\}|:[a-z_]+))+";
    static NAMED: LazyLock<Regex> = LazyLock::new(|| {
        pattern(&format!(
            r"(GET|POST|PUT|PATCH|DELETE)\s*((?:https?://[A-Za-z0-9.:-]+)?{PATH})"
        ))
    });
    static BARE: LazyLock<Regex> = LazyLock::new(|| pattern(&format!(r"^/v\d+{PATH}")));
    let mut calls = Calls::default();
    let mut index = 0;
    while let Some(line) = lines.get(index) {
        let mut next = index + 1;
        if let Some(start) = line.text.find("curl ") {
            // One command, over as many lines as end in a backslash.
            let mut command = line.text[start..].to_owned();
            while command.ends_with('\\')
                && let Some(line) = lines.get(next)
            {
                command.pop();
                command.push_str(&line.text);
                next += 1;
            }
            curl(&command, line.number, &mut calls);
        } else if is_method(&line.text)
            && let Some((path, end)) = spelled(lines, next)
        {
            calls.add(Some(&line.text), &path, line.number, true);
            next = end;
        } else {
            for found in NAMED.captures_iter(&line.text) {
                let before = found.get(0).map_or("", |all| &line.text[..all.start()]);
                let heads = before.chars().all(|c| "$#•-* `".contains(c));
                calls.add(Some(&found[1]), &found[2], line.number, heads);
            }
            if let Some(found) = BARE.find(&line.text) {
                calls.add(None, found.as_str(), line.number, true);
            }
        }
        index = next;
    }
    shorten(&mut calls);
    calls
}

/// The path of an example, whose ids are ones that were given out: `task_01K9S4` is an `{id}`.
fn without_ids(path: &str) -> String {
    static ID: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"^(?:[a-z]+_(?:[a-z]+_)?[0-9A-Za-z]*[0-9][0-9A-Za-z]*|[0-9a-fA-F-]{16,}|[A-Z_]{4,})$")
    });
    let parts = path
        .split('/')
        .map(|part| if ID.is_match(part) { "{id}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

/// The operation of the first `curl` in a piece of code.
#[must_use]
pub fn command(code: &str, line: usize) -> Option<Operation> {
    let mut calls = Calls::default();
    let start = code.find("curl ")?;
    let command: Vec<&str> = code[start..].lines().collect();
    let end = command.iter().position(|line| !line.trim_end().ends_with('\\'));
    let command = command[..=end.unwrap_or(command.len() - 1)].join(" ");
    curl(&command.replace('\\', " "), line, &mut calls);
    calls.operations.pop()
}

fn is_method(text: &str) -> bool {
    ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&text)
}

/// A path over several lines: `/`, `v1`, `/`, `videos`, or all of it on the line below the method.
fn spelled(lines: &[Line], start: usize) -> Option<(String, usize)> {
    let mut path = String::new();
    let mut index = start;
    while let Some(line) = lines.get(index) {
        let text = line.text.as_str();
        let is_part = !text.contains(' ') && !text.is_empty();
        if !is_part || !(text.starts_with('/') || path.ends_with('/')) {
            break;
        }
        path.push_str(text);
        index += 1;
    }
    (path.len() > 1).then_some((path, index))
}

fn curl(command: &str, line: usize, calls: &mut Calls) {
    static METHOD: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:-X|--request)[ =]?['\x22]?([A-Z]+)"));
    static URL: LazyLock<Regex> = LazyLock::new(|| pattern(r"https?://[^\s'\x22\\]+"));
    static DATA: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?:^|\s)(?:-d|--data\S*|--json)\s"));
    let Some(url) = URL.find(command) else { return };
    let method = METHOD.captures(command).map(|found| found[1].to_owned());
    let method = method.unwrap_or_else(|| if DATA.is_match(command) { "POST" } else { "GET" }.to_owned());
    calls.add(Some(&method), url.as_str(), line, false);
}

/// Drops operations that the prose names by the end of their path, when the whole path is elsewhere.
fn shorten(calls: &mut Calls) {
    let all = calls.operations.clone();
    calls.operations.retain(|short| {
        !all.iter().any(|long| {
            let longer = long.path.len() > short.path.len() && long.path.ends_with(&short.path);
            longer && (short.method.is_none() || long.method == short.method)
        })
    });
}

//! Changes of a page since it was kept.

use serde::Serialize;

use super::facts::{Example, Facts, Limit, Operation, Parameter, plain};
use super::renames;

/// One change of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Move {
    /// Operation, place and name.
    pub at: String,
    /// What of it.
    pub what: &'static str,
    /// The old value; `None`: new.
    pub was: Option<String>,
    /// The new value; `None`: removed.
    pub now: Option<String>,
    /// Line of the page.
    pub line: Option<usize>,
}

/// The changes, and the facts that this capture cannot show, which are not compared.
#[derive(Debug, Default)]
pub struct Since {
    /// The changes.
    pub moves: Vec<Move>,
    /// The facts that only the kept capture shows, since this one was saved in another format.
    pub unseen: Vec<String>,
}

/// Compares a page with the kept capture of it.
#[must_use]
pub fn since(kept: &Facts, facts: &Facts) -> Since {
    let mut since = Since::default();
    since.operations(kept, facts);
    since.parameters(kept, facts);
    since.examples(kept, facts);
    since.limits(kept, facts);
    since.renamed();
    since
}

impl Since {
    fn add(&mut self, at: &str, what: &'static str, was: Option<String>, now: Option<String>, line: Option<usize>) {
        if was != now {
            let at = at.to_owned();
            self.moves.push(Move {
                at,
                what,
                was,
                now,
                line,
            });
        }
    }

    fn operations(&mut self, kept: &Facts, facts: &Facts) {
        // Operations that appear in examples only are missing from a capture without examples.
        let bare = facts.examples.is_empty() && !kept.examples.is_empty();
        for old in &kept.operations {
            match facts.operations.iter().find(|new| new.is(old)) {
                Some(new) if new.method.is_none() && old.method.is_some() => {
                    self.unseen.push(format!("the method of {}", new.path));
                }
                Some(_) => {}
                None if bare && facts.operations.iter().any(|new| new.method == old.method) => {
                    self.unseen.push(old.to_string());
                }
                None => self.add(&old.to_string(), "path", Some(old.to_string()), None, None),
            }
        }
        for new in &facts.operations {
            if !kept.operations.iter().any(|old| old.is(new)) {
                self.add(&new.to_string(), "path", None, Some(new.to_string()), Some(new.at.0));
            }
        }
        match (kept.hosts.is_empty(), facts.hosts.is_empty()) {
            (false, true) => self.unseen.push("the host".to_owned()),
            (false, false) => self.add(
                "servers",
                "host",
                Some(kept.hosts.join(", ")),
                Some(facts.hosts.join(", ")),
                None,
            ),
            _ => {}
        }
        let codes = |facts: &Facts| {
            facts
                .statuses
                .iter()
                .map(|status| status.code.clone())
                .collect::<Vec<_>>()
        };
        self.lists("errors", "status", &codes(kept), &codes(facts), None);
    }

    fn parameters(&mut self, kept: &Facts, facts: &Facts) {
        for old in &kept.parameters {
            let Some(new) = parameter(facts, old) else {
                self.add(&named(old), "parameter", Some(stated(old)), None, None);
                continue;
            };
            let (at, line) = (named(new), Some(new.at.0));
            self.add(&at, "type", old.kind.clone(), new.kind.clone(), line);
            let word = |required| Some(if required { "required" } else { "optional" }.to_owned());
            self.add(&at, "required", word(old.required), word(new.required), line);
            self.lists(&at, "value", &old.values, &new.values, line);
            self.add(
                &at,
                "default",
                old.default.as_ref().map(plain),
                new.default.as_ref().map(plain),
                line,
            );
            for (what, was, now) in [
                ("minimum", old.minimum, new.minimum),
                ("maximum", old.maximum, new.maximum),
                ("longest", old.max_length, new.max_length),
            ] {
                let text = |number: Option<i64>| number.map(|number| number.to_string());
                self.add(&at, what, text(was), text(now), line);
            }
        }
        for new in &facts.parameters {
            if parameter(kept, new).is_none() {
                self.add(&named(new), "parameter", None, Some(stated(new)), Some(new.at.0));
            }
        }
    }

    fn examples(&mut self, kept: &Facts, facts: &Facts) {
        for old in &kept.examples {
            let Some(new) = example(&facts.examples, old) else {
                self.unseen
                    .push(format!("the {} examples{}", old.place, of(old.of.as_ref())));
                continue;
            };
            for (name, was) in &old.members {
                let line = new.at.0.get(name).copied();
                self.add(
                    &member(new, name),
                    "example member",
                    Some(was.clone()),
                    new.members.get(name).cloned(),
                    line,
                );
            }
            for (name, now) in new.members.iter().filter(|(name, _)| !old.members.contains_key(*name)) {
                let line = new.at.0.get(name).copied();
                self.add(&member(new, name), "example member", None, Some(now.clone()), line);
            }
        }
        for new in &facts.examples {
            if example(&kept.examples, new).is_none() {
                let names: Vec<&str> = new.members.keys().map(String::as_str).collect();
                let line = new.at.0.values().min().copied();
                self.add(&member(new, ""), "examples", None, Some(names.join(", ")), line);
            }
        }
    }

    /// Joins a parameter that is gone with the new one that it became.
    fn renamed(&mut self) {
        let sided =
            |one: &&Move, gone: bool| one.what == "parameter" && one.was.is_some() == gone && one.now.is_some() != gone;
        let of = |gone: bool| {
            self.moves
                .iter()
                .filter(|one| sided(one, gone))
                .cloned()
                .collect::<Vec<_>>()
        };
        let (gone, new) = (of(true), of(false));
        let named = |one: &Move| (one.at.clone(), one.was.clone().or(one.now.clone()));
        let pairs = renames::pairs(
            &gone.iter().map(named).collect::<Vec<_>>(),
            &new.iter().map(named).collect::<Vec<_>>(),
        );
        for (old, new) in pairs.into_iter().map(|(i, j)| (gone[i].clone(), new[j].clone())) {
            self.moves.retain(|one| *one != old && *one != new);
            self.moves.push(Move {
                what: "renamed",
                was: Some(renames::name(&old.at).to_owned()),
                now: Some(renames::name(&new.at).to_owned()),
                at: old.at,
                line: new.line,
            });
        }
    }

    fn limits(&mut self, kept: &Facts, facts: &Facts) {
        // A statement that another one of its kind took the place of is one change.
        let mut gone: Vec<&Limit> = kept.limits.iter().filter(|old| !facts.limits.contains(old)).collect();
        for new in facts.limits.iter().filter(|new| !kept.limits.contains(new)) {
            let place = gone
                .iter()
                .position(|old| (&old.model, &old.what) == (&new.model, &new.what));
            let was = place.map(|index| gone.remove(index).says.clone());
            self.add(&about(new), "limit", was, Some(new.says.clone()), Some(new.at.0));
        }
        for old in gone {
            self.add(&about(old), "limit", Some(old.says.clone()), None, None);
        }
    }

    fn lists(&mut self, at: &str, what: &'static str, was: &[String], now: &[String], line: Option<usize>) {
        for gone in was.iter().filter(|value| !now.contains(value)) {
            self.add(at, what, Some(gone.clone()), None, line);
        }
        for new in now.iter().filter(|value| !was.contains(value)) {
            self.add(at, what, None, Some(new.clone()), line);
        }
    }
}

/// The same parameter in another capture; where its operation moved, the one that has its name.
fn parameter<'a>(facts: &'a Facts, wanted: &Parameter) -> Option<&'a Parameter> {
    let all = &facts.parameters;
    let stayed = |of: &Operation| facts.operations.iter().any(|known| known.is(of));
    let exact = all.iter().find(|known| known.is(wanted));
    exact.or_else(|| {
        if wanted.of.as_ref().is_some_and(stayed) {
            return None;
        }
        let mut named = all
            .iter()
            .filter(|known| known.place == wanted.place && known.name == wanted.name);
        named.next().filter(|_| named.next().is_none())
    })
}

fn example<'a>(all: &'a [Example], wanted: &Example) -> Option<&'a Example> {
    let mut placed = all.iter().filter(|known| known.place == wanted.place);
    let fits = |known: &&Example| Operation::fits(known.of.as_ref(), wanted.of.as_ref());
    let exact = all.iter().filter(|known| known.place == wanted.place).find(fits);
    exact.or_else(|| placed.next().filter(|_| placed.next().is_none()))
}

fn about(limit: &Limit) -> String {
    format!("model {} {}", limit.model, limit.what)
}

fn of(operation: Option<&Operation>) -> String {
    operation
        .map(|operation| format!(" of {operation}"))
        .unwrap_or_default()
}

fn named(parameter: &Parameter) -> String {
    let operation = parameter
        .of
        .as_ref()
        .map(|operation| format!("{operation} "))
        .unwrap_or_default();
    format!("{operation}{} {}", parameter.place, parameter.name)
}

fn member(example: &Example, name: &str) -> String {
    let operation = example
        .of
        .as_ref()
        .map(|operation| format!("{operation} "))
        .unwrap_or_default();
    format!("{operation}{} {name}", example.place).trim_end().to_owned()
}

fn stated(parameter: &Parameter) -> String {
    parameter.kind.clone().unwrap_or_else(|| "listed".to_owned())
}

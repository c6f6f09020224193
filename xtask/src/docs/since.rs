//! Changes of a page since it was kept.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::facts::{Example, Facts, Limit, Operation, Parameter, Place, Price, plain};
use super::priced;
use super::renames::{self, Named};
use crate::spec::changes::rename;

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
    /// The old and the new name of what was renamed.
    pub renamed: Vec<(String, String)>,
}

/// Operations that are at another path than they were.
type Moved<'a> = Vec<(&'a Operation, &'a Operation)>;

/// Each operation that moved: it is gone, or only its examples are left, and its members are listed below a new one.
fn moved<'a>(kept: &'a Facts, facts: &'a Facts) -> Moved<'a> {
    let lists = |facts: &Facts, operation: &Operation| facts.listed(operation).next().is_some();
    let is_in = |facts: &Facts, operation: &Operation| facts.operations.iter().any(|known| known.is(operation));
    let left = |operation: &&Operation, from: &Facts, to: &Facts| {
        !is_in(to, operation) || (lists(from, operation) && !lists(to, operation))
    };
    let old: Vec<_> = kept
        .operations
        .iter()
        .filter(|operation| left(operation, kept, facts))
        .collect();
    let new: Vec<_> = facts
        .operations
        .iter()
        .filter(|operation| left(operation, facts, kept))
        .collect();
    let pairs = rename::pairs(&old, &new, |old, new| {
        let names = |facts: &Facts, operation: &Operation| {
            facts
                .listed(operation)
                .map(|known| (known.place, known.name.clone()))
                .collect::<BTreeSet<_>>()
        };
        let (was, now) = (names(kept, old), names(facts, new));
        let fits = match was.is_empty() && now.is_empty() {
            // What is only mentioned is known by its path alone.
            true => new.likeness(old) >= 1.5,
            false => was.intersection(&now).count() * 2 >= was.len().max(1),
        };
        (fits && old.may_become(new)).then(|| new.likeness(old))
    });
    pairs.into_iter().map(|(i, j)| (old[i], new[j])).collect()
}

/// Compares a page with the kept capture of it.
#[must_use]
pub fn since(kept: &Facts, facts: &Facts) -> Since {
    let moved = moved(kept, facts);
    // The kept facts, in the words of the new page.
    let mut told = kept.clone();
    let listed = told.parameters.iter_mut().filter_map(|known| known.of.as_mut());
    // Examples may still show the old path.
    let stays = |of: &Operation| {
        facts
            .examples
            .iter()
            .any(|known| known.of.as_ref().is_some_and(|known| known.is(of)))
    };
    let shown = told.examples.iter_mut().filter_map(|known| known.of.as_mut());
    let shown = shown.filter(|of| !stays(of));
    for of in listed.chain(shown) {
        if let Some((_, new)) = moved.iter().find(|(old, _)| *old == of) {
            (*new).clone_into(of);
        }
    }
    let mut since = Since::default();
    since.operations(kept, facts, &moved);
    since.parameters(&told, facts);
    since.examples(&told, facts, &moved);
    since.limits(kept, facts);
    since.prices(kept, facts);
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

    fn operations(&mut self, kept: &Facts, facts: &Facts, moved: &Moved<'_>) {
        for (old, new) in moved {
            self.add(
                &old.to_string(),
                "path",
                Some(old.to_string()),
                Some(new.to_string()),
                Some(new.at.0),
            );
        }
        // Operations that appear in examples only are missing from a capture without examples.
        let bare = facts.examples.is_empty() && !kept.examples.is_empty();
        for old in &kept.operations {
            match facts.operations.iter().find(|new| new.is(old)) {
                _ if moved.iter().any(|(gone, _)| *gone == old) => {}
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
            let is_told = moved.iter().any(|(_, known)| *known == new);
            if !is_told && !kept.operations.iter().any(|old| old.is(new)) {
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
        let (mut gone, mut new) = (Vec::new(), Vec::new());
        for old in &kept.parameters {
            let Some(new) = parameter(facts, old) else {
                // Members go with their operation.
                if !goes_with(old.of.as_ref(), kept, facts) {
                    gone.push(old);
                }
                continue;
            };
            self.details(old, new);
        }
        for one in &facts.parameters {
            if parameter(kept, one).is_none() && !goes_with(one.of.as_ref(), facts, kept) {
                new.push(one);
            }
        }
        self.gone_and_new((&gone, &kept.parameters), (&new, &facts.parameters));
    }

    fn gone_and_new(&mut self, gone: (&[&Parameter], &[Parameter]), new: (&[&Parameter], &[Parameter])) {
        let named_in = |(own, all): (&[&Parameter], &[Parameter])| {
            let of = |one: &Parameter| one.of.as_ref().map(ToString::to_string);
            own.iter()
                .map(|one| Named::of_page(one, all, of(one)))
                .collect::<Vec<_>>()
        };
        let pairs = renames::pairs(&named_in(gone), &named_in(new), &[]);
        let ((gone, _), (new, _)) = (gone, new);
        for (index, old) in gone.iter().enumerate() {
            match pairs.iter().find(|(old, _)| *old == index).map(|(_, now)| new[*now]) {
                None => self.add(&named(old), "parameter", Some(stated(old)), None, None),
                Some(now) => {
                    self.renamed.push((old.name.clone(), now.name.clone()));
                    let names = (Some(old.name.clone()), Some(now.name.clone()));
                    self.add(&named(old), "renamed", names.0, names.1, Some(now.at.0));
                    self.details(old, now);
                }
            }
        }
        for (_, one) in new
            .iter()
            .enumerate()
            .filter(|(index, _)| !pairs.iter().any(|(_, now)| now == index))
        {
            self.add(&named(one), "parameter", None, Some(stated(one)), Some(one.at.0));
        }
    }

    /// What changed in one parameter.
    fn details(&mut self, old: &Parameter, new: &Parameter) {
        let (at, line) = (named(new), Some(new.at.0));
        self.add(&at, "type", old.kind.clone(), new.kind.clone(), line);
        let word = |required| Some(if required { "required" } else { "optional" }.to_owned());
        self.add(&at, "required", word(old.required), word(new.required), line);
        self.lists(&at, "value", &old.values, &new.values, line);
        let text = |value: &Option<Value>| value.as_ref().map(plain);
        self.add(&at, "default", text(&old.default), text(&new.default), line);
        for (what, was, now) in [
            ("minimum", old.minimum, new.minimum),
            ("maximum", old.maximum, new.maximum),
            ("longest", old.max_length, new.max_length),
        ] {
            let text = |number: Option<i64>| number.map(|number| number.to_string());
            self.add(&at, what, text(was), text(now), line);
        }
    }

    fn examples(&mut self, kept: &Facts, facts: &Facts, moved: &Moved<'_>) {
        // Some examples of an operation that moved may be below its new path, others still show the old one.
        let is_elsewhere = |place: Place, name: &String| {
            let new = |of: &Operation| moved.iter().any(|(_, new)| new.is(of));
            let all = facts.examples.iter().filter(|known| known.place == place);
            let mut all = all.filter(|known| known.of.as_ref().is_some_and(new));
            all.any(|known| known.members.contains_key(name))
        };
        for old in &kept.examples {
            let Some(new) = example(&facts.examples, old) else {
                // Examples go with their operation.
                if goes_with(old.of.as_ref(), kept, facts) {
                    continue;
                }
                self.unseen
                    .push(format!("the {} examples{}", old.place, of(old.of.as_ref())));
                continue;
            };
            let gone = |name: &String| !new.members.contains_key(name) && is_elsewhere(old.place, name);
            for (name, was) in old.members.iter().filter(|(name, _)| !gone(name)) {
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

    fn prices(&mut self, kept: &Facts, facts: &Facts) {
        let same = |one: &Price, other: &Price| (&one.model, &one.when) == (&other.model, &other.when);
        for new in &facts.prices {
            let old = kept.prices.iter().find(|old| same(old, new));
            let (was, line) = (old.map(|old| old.price.clone()), Some(new.at.0));
            self.add(&priced::about(new), "price", was, Some(new.price.clone()), line);
        }
        for old in &kept.prices {
            if !facts.prices.iter().any(|new| same(old, new)) {
                self.add(&priced::about(old), "price", Some(old.price.clone()), None, None);
            }
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

/// Whether an operation is only on this side, so that what belongs to it need not be named.
fn goes_with(of: Option<&Operation>, this: &Facts, that: &Facts) -> bool {
    let is_in = |facts: &Facts, of: &Operation| facts.operations.iter().any(|known| known.is(of));
    of.is_some_and(|of| is_in(this, of) && !is_in(that, of) && that.listed(of).next().is_none())
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

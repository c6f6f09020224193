//! A page against the spec, both ways. Values of members are in `values.rs`.

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Value;

use super::expected::{Called, Expected, Field, Model, Moved};
use super::facts::{Example, Facts, Operation, Parameter, Place, plain};
use super::models;
use super::page::Page;
use super::priced;
use super::renames::{self, Named};

/// One difference between page and spec.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Operation, place and name.
    pub at: String,
    /// The detail: `parameter`, `type`, `value`, ….
    pub what: &'static str,
    /// The page's value, if any.
    pub page: Option<String>,
    /// The spec's value, if any.
    pub spec: Option<String>,
    /// Line of the page.
    pub line: Option<usize>,
    /// The beginning of that line.
    pub text: Option<String>,
    /// JSON pointer into the spec: to the place, or to the nearest that there is.
    pub pointer: String,
}

impl Difference {
    /// Whether this may be untrue because the page ends with a parameter: what would be of the same kind, or after it.
    #[must_use]
    pub fn may_follow(&self, end: &Parameter) -> bool {
        let place = self.at.rsplit(' ').nth(1).unwrap_or_default();
        let after = place == end.place.to_string() || (place == "response" && end.place != Place::Response);
        (self.page.is_none() && (after || self.what == "path")) || self.line == Some(end.at.0)
    }
}

/// Compares the page that is called `name`; `renamed` are names that it changed since it was kept.
#[must_use]
pub fn compare<'a>(
    page: &'a Page,
    name: &'a str,
    facts: &'a Facts,
    expected: &'a Expected<'a>,
    renamed: &[(String, String)],
) -> Vec<Difference> {
    let mut comparison = Comparison {
        page,
        name,
        facts,
        expected,
        exact: page.document.is_some(),
        moves: expected.moves(facts, name),
        own: models::own(page, name, expected),
        shown: BTreeSet::new(),
        listed: BTreeSet::new(),
        found: Vec::new(),
    };
    comparison.operations();
    facts
        .parameters
        .iter()
        .for_each(|parameter| comparison.parameter(parameter));
    facts.examples.iter().for_each(|example| comparison.example(example));
    comparison.lacking();
    comparison.misfits(models::limits(facts, &comparison.own, expected));
    for misfit in priced::compare(facts, expected.spec, name) {
        let page = (misfit.page, misfit.line);
        comparison.add(misfit.at, "price", page, misfit.spec, &misfit.pointer);
    }
    // An example that uses what is listed as new says nothing more.
    let is_new = |one: &Difference| one.what == "parameter" && one.spec.is_none();
    let new: BTreeSet<String> = comparison
        .found
        .iter()
        .filter(|one| is_new(one))
        .map(|one| one.at.clone())
        .collect();
    comparison
        .found
        .retain(|one| one.what != "example member" || !new.contains(&one.at));
    comparison.renamed(renamed);
    comparison.found
}

pub(super) struct Comparison<'a> {
    pub(super) page: &'a Page,
    pub(super) name: &'a str,
    pub(super) facts: &'a Facts,
    pub(super) expected: &'a Expected<'a>,
    /// What the page does not say is not so.
    pub(super) exact: bool,
    /// The page's operations that the spec has at other paths.
    moves: Vec<Moved<'a>>,
    /// The spec's models that the page is about.
    pub(super) own: Vec<&'a Model<'a>>,
    /// Pointers of the spec's fields that the page shows.
    shown: BTreeSet<String>,
    /// Pointers of the enums whose values the page lists.
    pub(super) listed: BTreeSet<String>,
    found: Vec<Difference>,
}

impl Comparison<'_> {
    pub(super) fn add(
        &mut self,
        at: impl Into<String>,
        what: &'static str,
        (page, line): (Option<String>, Option<usize>),
        spec: Option<String>,
        pointer: &str,
    ) {
        let found = Difference {
            at: at.into(),
            what,
            page,
            spec,
            line,
            text: line.map(|line| self.page.quote(line)),
            pointer: pointer.to_owned(),
        };
        // Schemas are shared, and so are the differences in them.
        if !self.found.contains(&found) {
            self.found.push(found);
        }
    }

    fn operations(&mut self) {
        let (facts, expected, name) = (self.facts, self.expected, self.name);
        let mut own: Vec<&Called> = expected.calls.iter().filter(|call| call.is_from(name)).collect();
        own.dedup_by_key(|call| &call.pointer);
        for call in own {
            let is_shown = facts.operations.iter().any(|operation| operation.is(&call.operation));
            let moved = self.moves.iter().find(|(_, moved)| moved.pointer == call.pointer);
            // Examples may still show the path that a page moved from.
            if (is_shown && moved.is_none()) || call.callback || call.unverified {
                continue;
            }
            let page = (moved.map(|(new, _)| new.to_string()), moved.map(|(new, _)| new.at.0));
            let spec = call.operation.to_string();
            self.add(spec.clone(), "path", page, Some(spec), &call.pointer);
        }
        let is_known = |operation: &&Operation| {
            expected.calls.iter().any(|call| call.operation.is(operation))
                || self.moves.iter().any(|(new, _)| new.is(operation))
        };
        let new: Vec<&Operation> = facts
            .operations
            .iter()
            .filter(|operation| !is_known(operation))
            .collect();
        for operation in new {
            let text = operation.to_string();
            self.add(text.clone(), "path", (Some(text), Some(operation.at.0)), None, "/paths");
        }
        if !facts.hosts.is_empty() && !facts.hosts.contains(&expected.host) {
            let page = (Some(facts.hosts.join(", ")), None);
            self.add("servers", "host", page, Some(expected.host.clone()), "/servers/0/url");
        }
        for status in &facts.statuses {
            if !expected.calls.iter().any(|call| call.statuses.contains(&status.code)) {
                self.add(
                    "errors",
                    "status",
                    (Some(status.code.clone()), Some(status.at.0)),
                    None,
                    "/paths",
                );
            }
        }
    }

    fn parameter(&mut self, parameter: &Parameter) {
        if parameter.place == Place::Header && ["Authorization", "Content-Type"].contains(&parameter.name.as_str()) {
            return;
        }
        let line = Some(parameter.at.0);
        let call = self
            .expected
            .call(parameter.of.as_ref(), parameter.place, self.name, &self.moves);
        let at = at(call, parameter.of.as_ref(), parameter.place, &parameter.name);
        let Some(field) = call.and_then(|call| field(call, parameter.place, &parameter.name)) else {
            let (near, open) = nearest(call, parameter.place, &parameter.name);
            if !open {
                let kind = parameter.kind.clone().unwrap_or_else(|| "listed".to_owned());
                self.add(at, "parameter", (Some(kind), line), None, &near);
            }
            return;
        };
        self.shown.insert(field.pointer.clone());
        if let (Some(page), Some(spec)) = (&parameter.kind, &field.kind)
            && !same_type(page, spec)
        {
            self.add(
                at.clone(),
                "type",
                (Some(page.clone()), line),
                Some(spec.clone()),
                &field.pointer,
            );
        }
        // Pages rarely state whether nested members are required.
        let is_stated = parameter.required || !parameter.name.contains('.');
        if parameter.place != Place::Response && is_stated && parameter.required != field.required {
            let word = |required| Some(if required { "required" } else { "optional" }.to_owned());
            self.add(
                at.clone(),
                "required",
                (word(parameter.required), line),
                word(field.required),
                &field.pointer,
            );
        }
        let default = (
            parameter.default.as_ref().map(plain),
            field.keyword("default").map(plain),
        );
        let by_model = models::default(parameter, field, &self.own);
        // The default of a body that several pages share is that of one of them.
        let is_other = field.sources.iter().any(|source| source != self.name);
        let shared = is_other && by_model.as_ref().is_some_and(Vec::is_empty);
        if let Some(misfits) = by_model.filter(|_| shared || default.1.is_none()) {
            self.misfits(misfits);
        } else if default.0 != default.1 && (default.0.is_some() || field.is_from(self.name)) {
            self.add(at.clone(), "default", (default.0, line), default.1, &field.pointer);
        }
        let by_model = models::parameter(parameter, field, self.facts, &self.own);
        let bounded = by_model.is_some();
        self.misfits(by_model.unwrap_or_default());
        self.misfits(models::refused(parameter, field, &self.own));
        for (what, keyword, page) in [
            ("minimum", "minimum", parameter.minimum),
            ("maximum", "maximum", parameter.maximum),
            ("longest", "maxLength", parameter.max_length),
        ] {
            let spec = field.keyword(keyword).and_then(Value::as_i64);
            // What is true of the page's models may be narrower than what is true of all that share the schema.
            let holds = match (bounded, page, spec) {
                (true, Some(page), Some(spec)) if what == "minimum" => spec <= page,
                (true, Some(page), Some(spec)) => spec >= page,
                _ => page == spec,
            };
            let says = page.is_some() || (self.exact && field.is_from(self.name));
            if says && !holds {
                let text = |number: Option<i64>| number.map(|number| number.to_string());
                self.add(at.clone(), what, (text(page), line), text(spec), &field.pointer);
            }
        }
        self.values(parameter, field, &at, call);
    }

    /// Joins a parameter that only the spec has with the one that only the page has, where they are the same; `known` are
    /// names that the page changed since it was kept.
    fn renamed(&mut self, known: &[(String, String)]) {
        let sided = |one: &&Difference, gone: bool| {
            one.what == "parameter" && one.spec.is_some() == gone && one.page.is_some() != gone
        };
        let of = |gone: bool| self.found.iter().filter(move |one| sided(one, gone)).cloned();
        let (gone, new): (Vec<_>, Vec<_>) = (of(true).collect(), of(false).collect());
        let old: Vec<_> = gone
            .iter()
            .filter_map(|one| Named::of_spec(self.expected, &one.at, &one.pointer))
            .collect();
        let now: Vec<_> = new.iter().filter_map(|one| self.named(one)).collect();
        if (old.len(), now.len()) != (gone.len(), new.len()) {
            return;
        }
        let pairs = renames::pairs(&old, &now, known);
        for (old, new) in pairs.into_iter().map(|(i, j)| (gone[i].clone(), new[j].clone())) {
            self.found.retain(|one| *one != old && *one != new);
            self.found.push(Difference {
                what: "renamed",
                page: Some(renames::name(&new.at).to_owned()),
                spec: Some(renames::name(&old.at).to_owned()),
                at: old.at,
                pointer: old.pointer,
                ..new
            });
        }
    }

    /// The parameter that a difference is about.
    fn named(&self, one: &Difference) -> Option<Named> {
        let name = renames::name(&one.at);
        let all = &self.facts.parameters;
        let own = all
            .iter()
            .find(|known| known.name == name && Some(known.at.0) == one.line)?;
        Some(Named::of_page(own, all, renames::operation(&one.at)))
    }

    /// Whether the page has an operation, here or where it moved.
    fn has(&self, call: &Called) -> bool {
        self.facts.operations.iter().any(|known| known.is(&call.operation))
            || self.moves.iter().any(|(_, moved)| moved.pointer == call.pointer)
    }

    fn misfits(&mut self, misfits: Vec<models::Misfit>) {
        for misfit in misfits {
            self.add(
                format!("model {}", misfit.model),
                misfit.what,
                (misfit.page, Some(misfit.line).filter(|line| *line > 0)),
                misfit.spec,
                &misfit.pointer,
            );
        }
    }

    fn example(&mut self, example: &Example) {
        let call = self
            .expected
            .call(example.of.as_ref(), example.place, self.name, &self.moves);
        for (name, kind) in &example.members {
            let line = example.at.0.get(name).copied();
            let at = at(call, example.of.as_ref(), example.place, name);
            let Some(field) = call.and_then(|call| field(call, example.place, name)) else {
                let (near, open) = nearest(call, example.place, name);
                if !open {
                    self.add(at, "example member", (Some(kind.clone()), line), None, &near);
                }
                continue;
            };
            self.shown.insert(field.pointer.clone());
            if let Some(spec) = &field.kind
                && kind != "null"
                && !same_type(kind, spec)
                && !(kind == "integer" && spec == "number")
            {
                self.add(
                    at,
                    "type",
                    (Some(kind.clone()), line),
                    Some(spec.clone()),
                    &field.pointer,
                );
            }
        }
    }

    /// What the spec has from this page and the page does not show.
    fn lacking(&mut self) {
        let parent = |pointer: &str| pointer.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        // A page that shows no member of an object does not describe it.
        let spoken: BTreeSet<String> = self.shown.iter().filter_map(|pointer| parent(pointer)).collect();
        // Schemas are shared: a field is reported where this page would have it.
        let expected = self.expected;
        // Of a callback, a page speaks only if it shows its body.
        let is_told = |call: &&Called| {
            let mut top = call.fields.iter().filter(|((_, name), _)| !name.contains('.'));
            !call.callback || top.any(|(_, field)| self.shown.contains(&field.pointer))
        };
        let mut all: Vec<_> = expected
            .calls
            .iter()
            .filter(is_told)
            .flat_map(|call| {
                call.fields
                    .iter()
                    .map(move |((place, name), field)| (call, *place, name, field))
            })
            .collect();
        all.sort_by_key(|(call, _, name, _)| (!call.is_from(self.name), name.matches('.').count()));
        let mut seen = self.shown.clone();
        for (call, place, name, field) in all {
            let at = at(Some(call), None, place, name);
            // An operation that a document does not have is a finding of its own.
            let is_there = !self.exact || call.callback || self.has(call);
            if is_there
                && let Some(values) = &field.values
                && values.is_from(self.name)
                && self.listed.insert(values.pointer.clone())
            {
                let offered = self.offered(field);
                let gone = values.list.iter().filter(|value| !self.page.contains(value));
                for value in gone.filter(|value| models::is_documented(offered.as_deref(), value)) {
                    self.add(at.clone(), "value", (None, None), Some(value.clone()), &values.pointer);
                }
            }
            let is_spoken = parent(&field.pointer).is_some_and(|parent| spoken.contains(&parent));
            let last = name.rsplit('.').next().unwrap_or_default();
            // A name in the spelling of code may be named in a sentence; any other might be a plain word.
            let is_named = !self.exact && last.contains('_') && self.page.contains(last);
            if field.is_from(self.name)
                && !field.unverified
                && place != Place::Path
                && (is_spoken || (self.exact && is_there))
                && !is_named
                && !models::lack(field, &self.own)
                && seen.insert(field.pointer.clone())
            {
                let kind = field.kind.clone().unwrap_or_else(|| "any".to_owned());
                self.add(at, "parameter", (None, None), Some(kind), &field.pointer);
            }
        }
    }
}

/// The spec's words for the operation, where it is known: two captures may show it differently.
fn at(call: Option<&Called>, of: Option<&Operation>, place: Place, name: &str) -> String {
    match call.map(|call| &call.operation).or(of) {
        Some(operation) => format!("{operation} {place} {name}"),
        None => format!("{place} {name}"),
    }
}

fn field<'a>(call: &'a Called, place: Place, name: &str) -> Option<&'a Field> {
    let found = call.fields.get(&(place, name.to_owned()));
    // Header names know no case.
    found.or_else(|| {
        let mut headers = call
            .fields
            .iter()
            .filter(|((at, _), _)| place == Place::Header && *at == place);
        headers
            .find(|((_, known), _)| known.eq_ignore_ascii_case(name))
            .map(|(_, field)| field)
    })
}

/// The pointer of the innermost thing around `name` that the spec has, and whether that takes any member.
fn nearest(call: Option<&Called>, place: Place, name: &str) -> (String, bool) {
    let Some(call) = call else {
        return ("/paths".to_owned(), false);
    };
    let mut rest = name;
    while let Some((parent, _)) = rest.rsplit_once('.') {
        if let Some(field) = field(call, place, parent) {
            return (field.pointer.clone(), field.open);
        }
        rest = parent;
    }
    // Beside the others at the top.
    let top = call
        .fields
        .iter()
        .find(|((at, name), _)| *at == place && !name.contains('.'));
    let beside = top.and_then(|(_, field)| Some(field.pointer.rsplit_once('/')?.0.to_owned()));
    (beside.unwrap_or_else(|| call.pointer.clone()), false)
}

/// `array` matches any array: the type of the items is optional.
fn same_type(page: &str, spec: &str) -> bool {
    page == spec || (page.starts_with("array") && spec.starts_with("array") && (page == "array" || spec == "array"))
}

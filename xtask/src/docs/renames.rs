//! What is gone and what is new, put together where it is the same thing under another name.

use super::compare::Difference;
use super::since::Move;
use crate::spec::changes::rename::{names, pairs};

/// Names that have less in common than this are two things.
const ALIKE: f32 = 0.5;

/// Joins a parameter that only the spec has with one that only the page has.
pub(super) fn pair(found: &mut Vec<Difference>) {
    let of = |gone: bool| {
        let sided =
            |one: &&Difference| one.what == "parameter" && one.spec.is_some() == gone && one.page.is_some() != gone;
        found.iter().filter(sided).cloned().collect::<Vec<_>>()
    };
    let (gone, new) = (of(true), of(false));
    for (old, new) in pairs(&gone, &new, |old, new| {
        alike((&old.at, old.spec.as_deref()), (&new.at, new.page.as_deref()))
    })
    .into_iter()
    .map(|(i, j)| (gone[i].clone(), new[j].clone()))
    {
        found.retain(|one| *one != old && *one != new);
        // Examples that use the new name say nothing more.
        found.retain(|one| !(one.what == "example member" && one.at == new.at));
        found.push(Difference {
            at: old.at.clone(),
            what: "renamed",
            page: Some(name(&new.at).to_owned()),
            spec: Some(name(&old.at).to_owned()),
            ..new.clone()
        });
        if let Some(last) = found.last_mut() {
            last.pointer = old.pointer;
        }
    }
}

/// Joins a parameter that was on the page with one that is now.
pub(super) fn moved(found: &mut Vec<Move>) {
    let of = |gone: bool| {
        let sided = |one: &&Move| one.what == "parameter" && one.was.is_some() == gone && one.now.is_some() != gone;
        found.iter().filter(sided).cloned().collect::<Vec<_>>()
    };
    let (gone, new) = (of(true), of(false));
    for (i, j) in pairs(&gone, &new, |old, new| {
        alike((&old.at, old.was.as_deref()), (&new.at, new.now.as_deref()))
    }) {
        let (old, new) = (&gone[i], &new[j]);
        found.retain(|one| one != old && one != new);
        found.push(Move {
            at: old.at.clone(),
            what: "renamed",
            was: Some(name(&old.at).to_owned()),
            now: Some(name(&new.at).to_owned()),
            line: new.line,
        });
    }
}

/// How alike two parameters are, by place, type and name; `at` is operation, place, name.
fn alike(old: (&str, Option<&str>), new: (&str, Option<&str>)) -> Option<f32> {
    let place = |at: &str| at.rsplit(' ').nth(1).map(str::to_owned);
    if place(old.0) != place(new.0) {
        return None;
    }
    let unlike = |one: &str| one != "listed" && one != "any";
    if let (Some(a), Some(b)) = (old.1, new.1)
        && unlike(a)
        && unlike(b)
        && a.split('<').next() != b.split('<').next()
    {
        return None;
    }
    let (a, b) = (name(old.0), name(new.0));
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let level = |name: &str| name.rsplit_once('.').map(|(level, _)| level.to_owned());
    // What moved to another level keeps its name.
    if level(a) != level(b) && last(a) != last(b) {
        return None;
    }
    let likeness = names(&last(a), &last(b));
    (likeness >= ALIKE).then_some(likeness)
}

fn name(at: &str) -> &str {
    at.rsplit(' ').next().unwrap_or_default()
}

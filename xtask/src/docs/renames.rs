//! What is gone and what is new, put together where it is the same thing under another name.

use crate::spec::changes::rename;

/// Names that have less in common than this are two things.
const ALIKE: f32 = 0.5;

/// Place and name (as `operation place name`) of a parameter, and its type.
pub(super) type Named = (String, Option<String>);

/// Which of the parameters that are gone became which of the new ones.
pub(super) fn pairs(gone: &[Named], new: &[Named]) -> Vec<(usize, usize)> {
    rename::pairs(gone, new, |old, new| {
        alike((&old.0, old.1.as_deref()), (&new.0, new.1.as_deref()))
    })
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
    let likeness = rename::names(&last(a), &last(b));
    (likeness >= ALIKE).then_some(likeness)
}

/// The name of a parameter.
pub(super) fn name(at: &str) -> &str {
    at.rsplit(' ').next().unwrap_or_default()
}

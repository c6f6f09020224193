//! What changed lines said before, if nothing changed in them but what is reported.
//!
//! Of the kept page there are only hashes. A line that has the hash of a kept one, once the old values stand in the place of
//! the new ones that were read from it, says nothing that the report does not.

use super::facts::{Limit, Parameter, plain};
use super::layouts::details;
use super::line::Line;
use super::since::Move;

/// How many texts a line may have had before.
const MANY: usize = 200;

/// What is reported of a page.
pub(super) struct Told<'a> {
    pub(super) moves: &'a [Move],
    /// The old and the new name of what was renamed.
    pub(super) renamed: &'a [(String, String)],
    pub(super) parameters: &'a [Parameter],
    /// What is said of models, once for each line that says it.
    pub(super) limits: &'a [Limit],
    /// What the kept page said of models.
    pub(super) kept: &'a [Limit],
}

impl Told<'_> {
    /// What a line may have been before.
    pub(super) fn before(&self, line: &Line) -> Vec<String> {
        let mut all = vec![line.text.clone()];
        if !self.renamed.is_empty() {
            all.push(with_old_names(&line.text, self.renamed));
        }
        for (now, was) in self.exchanges(line) {
            let mut more = Vec::new();
            for text in &all {
                more.extend(exchanged(text, &now, was.as_deref()));
            }
            all.extend(more);
            all.truncate(MANY);
        }
        all.remove(0);
        all
    }

    /// The words of a line that are reported as new, each with the one that it took the place of.
    fn exchanges(&self, line: &Line) -> Vec<(String, Option<String>)> {
        let mut found = Vec::new();
        for limit in self.limits.iter().filter(|limit| limit.at.0 == line.number) {
            let at = format!("model {} {}", limit.model, limit.what);
            let is_it = |one: &&Move| one.what == "limit" && one.at == at && one.now.as_ref() == Some(&limit.says);
            if self.moves.iter().any(|one| is_it(&one)) {
                let same = |kept: &&Limit| (&kept.model, &kept.what) == (&limit.model, &limit.what);
                for kept in self.kept.iter().filter(same) {
                    found.extend(words(Some(&limit.says), Some(&kept.says)));
                }
            }
        }
        let prices = self
            .moves
            .iter()
            .filter(|one| one.what == "price" && one.line == Some(line.number));
        found.extend(prices.filter_map(|one| Some((one.now.clone()?, Some(one.was.clone()?)))));
        let about = self.parameters.iter().rfind(|known| known.at.0 <= line.number);
        if let Some(parameter) = about {
            let own = self.moves.iter().filter(|one| one.line == Some(parameter.at.0));
            for one in own.filter(|one| reads(parameter, one, line)) {
                found.extend(words(one.now.as_deref(), one.was.as_deref()));
            }
        }
        found.dedup();
        found
    }
}

/// Whether a line by itself says the new value of a parameter.
fn reads(parameter: &Parameter, one: &Move, line: &Line) -> bool {
    let mut own = Parameter::new(parameter.place, &parameter.name, line.number);
    own.kind.clone_from(&parameter.kind);
    details::words(&mut own, &line.text);
    let number = |number: Option<i64>| number.map(|number| number.to_string());
    let now = one.now.as_ref();
    match one.what {
        "default" => own.default.as_ref().map(plain).as_ref() == now,
        "minimum" => number(own.minimum).as_ref() == now,
        "maximum" => number(own.maximum).as_ref() == now,
        "longest" => number(own.max_length).as_ref() == now,
        "value" => now.is_some_and(|now| own.values.contains(now)),
        _ => false,
    }
}

/// The words that only the new value has, each with one that only the old value has.
fn words(now: Option<&str>, was: Option<&str>) -> Vec<(String, Option<String>)> {
    let parts = |text: Option<&str>| -> Vec<String> {
        let parts = text.unwrap_or_default().split(", ").filter(|part| !part.is_empty());
        let is_range = |part: &str| part.chars().all(|c| c.is_ascii_digit() || c == '-') && !part.starts_with('-');
        let parts = parts.flat_map(|part| match is_range(part) {
            true => part.split('-').map(str::to_owned).collect(),
            false => vec![part.to_owned()],
        });
        parts.collect()
    };
    let (now, was) = (parts(now), parts(was));
    let new = now.iter().filter(|part| !was.contains(part));
    let mut old = was.iter().filter(|part| !now.contains(part));
    let pairs: Vec<_> = new.map(|part| (part.clone(), old.next().cloned())).collect();
    // More is gone than is new, so the place of each is unknown.
    if old.next().is_some() { Vec::new() } else { pairs }
}

/// A text with another word in one place, or in all places, of a word.
fn exchanged(text: &str, now: &str, was: Option<&str>) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let places: Vec<usize> = text
        .match_indices(now)
        .map(|(at, _)| at)
        .filter(|at| {
            let (before, after) = (&text[..*at], &text[at + now.len()..]);
            !before.ends_with(is_part) && !after.starts_with(is_part)
        })
        .collect();
    let Some(was) = was else {
        return places.iter().flat_map(|at| without(text, *at, now.len())).collect();
    };
    let one = |at: &usize| format!("{}{was}{}", &text[..*at], &text[at + now.len()..]);
    let mut found: Vec<String> = places.iter().map(one).collect();
    if places.len() > 1 {
        let mut all = text.to_owned();
        for at in places.iter().rev() {
            all.replace_range(*at..at + now.len(), was);
        }
        found.push(all);
    }
    found
}

/// A text without a word of a list, and without what parted it from the word before it or after it.
fn without(text: &str, at: usize, length: usize) -> Vec<String> {
    const BETWEEN: [&str; 5] = [", ", " / ", "/", " or ", " and "];
    let (mut start, mut end) = (at, at + length);
    for quote in ['`', '"'] {
        if text[..start].ends_with(quote) && text[end..].starts_with(quote) {
            (start, end) = (start - 1, end + 1);
        }
    }
    let (before, after) = (&text[..start], &text[end..]);
    let first = BETWEEN.iter().filter_map(|mark| before.strip_suffix(mark));
    let first = first.map(|before| format!("{before}{after}"));
    let last = BETWEEN.iter().filter_map(|mark| after.strip_prefix(mark));
    first.chain(last.map(|after| format!("{before}{after}"))).collect()
}

/// A line with the names that it had before.
fn with_old_names(text: &str, renamed: &[(String, String)]) -> String {
    let last = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    // Words of names, and what is between them.
    let parts = text.split_inclusive(|c| !is_part(c)).flat_map(|part| {
        let end = part.trim_end_matches(|c| !is_part(c)).len();
        [&part[..end], &part[end..]]
    });
    let old = |part: &str| {
        renamed
            .iter()
            .find(|(_, new)| last(new) == part)
            .map(|(old, _)| last(old))
    };
    parts.map(|part| old(part).unwrap_or_else(|| part.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_the_place_of_others_or_are_new() {
        let pairs = |now, was| words(Some(now), was);
        let of = |now: &str, was: &str| (now.to_owned(), Some(was.to_owned()));
        assert_eq!(pairs("4-12", Some("4-15")), [of("12", "15")]);
        assert_eq!(pairs("1080p, 480p", Some("480p, 720p")), [of("1080p", "720p")]);
        assert_eq!(pairs("webm", None), [("webm".to_owned(), None)]);
        assert_eq!(pairs("480p", Some("480p, 720p")), []);
    }

    #[test]
    fn only_whole_words_are_exchanged() {
        let row = "| 4-12 s | `4-12` | 4-120 |";
        assert_eq!(
            exchanged(row, "12", Some("15")),
            [
                "| 4-15 s | `4-12` | 4-120 |",
                "| 4-12 s | `4-15` | 4-120 |",
                "| 4-15 s | `4-15` | 4-120 |"
            ]
        );
        assert_eq!(exchanged("`a`, `b` and `c`.", "b", None), ["`a` and `c`.", "`a`, `c`."]);
    }
}

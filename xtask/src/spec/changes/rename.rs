//! Pairs removed and added items that are the same under another name.

use heck::ToSnakeCase as _;
use similar::TextDiff;

/// Least likeness of two names.
const NAMES: f32 = 0.6;
/// Least likeness of two descriptions.
const DESCRIPTIONS: f32 = 0.7;

/// Likeness of two names, from 0 to 1: by their letters, or by one containing all words of the other.
pub(crate) fn names(old: &str, new: &str) -> f32 {
    let (old, new) = (old.to_snake_case(), new.to_snake_case());
    let (a, b): (Vec<&str>, Vec<&str>) = (old.split('_').collect(), new.split('_').collect());
    let holds = |a: &[&str], b: &[&str]| !a.is_empty() && a.iter().all(|word| b.contains(word));
    if holds(&a, &b) || holds(&b, &a) {
        return 0.9;
    }
    TextDiff::from_chars(old.as_str(), new.as_str()).ratio()
}

/// Whether two names, or their descriptions, are alike enough for a rename.
pub(crate) fn alike(names_of: (&str, &str), descriptions: (Option<&str>, Option<&str>)) -> Option<f32> {
    let by_name = names(names_of.0, names_of.1);
    let by_description = match descriptions {
        (Some(old), Some(new)) => TextDiff::from_words(old, new).ratio(),
        _ => 0.0,
    };
    // Siblings often have alike descriptions ("Length in seconds."), so the names must be alike too.
    let fits = by_name >= NAMES || (by_description >= DESCRIPTIONS && by_name >= 0.2);
    fits.then_some(by_name + by_description)
}

/// Pairs of old and new, the most alike first; each is in one pair at most.
pub(crate) fn pairs<A, B>(old: &[A], new: &[B], alike: impl Fn(&A, &B) -> Option<f32>) -> Vec<(usize, usize)> {
    let mut scored = Vec::new();
    for (i, a) in old.iter().enumerate() {
        for (j, b) in new.iter().enumerate() {
            if let Some(score) = alike(a, b) {
                scored.push((score, i, j));
            }
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut taken: Vec<(usize, usize)> = Vec::new();
    for (_, i, j) in scored {
        if taken.iter().all(|(a, b)| *a != i && *b != j) {
            taken.push((i, j));
        }
    }
    taken
}

/// Pairs of removed and added enum values: alike, or at the same position in the list.
pub(crate) fn values(old: &[String], new: &[String]) -> Vec<(String, String)> {
    let gone: Vec<&String> = old.iter().filter(|value| !new.contains(value)).collect();
    let come: Vec<&String> = new.iter().filter(|value| !old.contains(value)).collect();
    let plain = |value: &str| value.to_lowercase().replace(|c: char| !c.is_alphanumeric(), "");
    let place = |list: &[String], value: &String| list.iter().position(|other| other == value);
    let alike = |a: &&String, b: &&String| {
        // Alike numbers are different values: `720p` is not a rename of `1080p`.
        let is_number = |value: &str| value.starts_with(|c: char| c.is_ascii_digit());
        if is_number(a) || is_number(b) {
            return (plain(a).replace('x', "") == plain(b).replace('x', "")).then_some(1.0);
        }
        let by_name = names(a, b);
        let in_place = old.len() == new.len() && place(old, a) == place(new, b);
        (by_name >= NAMES || in_place).then_some(by_name)
    };
    pairs(&gone, &come, alike)
        .into_iter()
        .map(|(i, j)| (gone[i].clone(), come[j].clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_the_same_are_alike() {
        for (old, new) in [
            ("ratio", "aspect_ratio"),
            ("imageUrl", "image_url"),
            ("callback", "callback_url"),
        ] {
            assert!(alike((old, new), (None, None)).is_some(), "{old} {new}");
        }
        for (old, new) in [("prompt", "seed"), ("watermark", "return_last_frame")] {
            assert!(alike((old, new), (None, None)).is_none(), "{old} {new}");
        }
    }

    #[test]
    fn values_are_paired_by_likeness_or_position_but_numbers_are_not() {
        let list = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
        let paired = |old: &[&str], new: &[&str]| values(&list(old), &list(new)).len();
        assert_eq!(paired(&["queued", "completed"], &["queued", "succeeded"]), 1);
        assert_eq!(paired(&["cancelled", "failed"], &["failed", "canceled"]), 1);
        assert_eq!(paired(&["480p", "720p"], &["480p", "1080p"]), 0);
        assert_eq!(paired(&["16:9"], &["16x9"]), 1);
        assert_eq!(paired(&["adaptive", "1:1"], &["1:1"]), 0);
    }
}

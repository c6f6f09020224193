//! The known word that a misspelt one may have been meant to be.

/// Least likeness of words that are alike, by Jaro and Winkler.
const ALIKE: f64 = 0.8;

/// Returns the word of `known` that is most like `word`, if one is alike. Words with different numbers are not: 540p is no
/// misspelt 480p.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.trim().to_lowercase().replace('-', "_");
    let (word, numbers) = (plain(word), numbers(word));
    let alike = known.into_iter().filter_map(|known| {
        let likeness = strsim::jaro_winkler(&word, &plain(known));
        let is_alike = match numbers.is_empty() {
            true => likeness >= ALIKE && self::numbers(known).is_empty(),
            false => self::numbers(known) == numbers,
        };
        is_alike.then_some((likeness, known))
    });
    // Of equals the first.
    let best = alike.reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, known)| known)
}

fn numbers(text: &str) -> Vec<&str> {
    let parts = text.split(|c: char| !c.is_ascii_digit());
    parts.filter(|part| !part.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_like_a_known_one() {
        let known = [
            "480p",
            "1080p",
            "16:9",
            "9:16",
            "adaptive",
            "keep_ratio",
            "toapis",
            "token360",
        ];
        for (word, expected) in [
            ("1080", Some("1080p")),
            ("480P ", Some("480p")),
            ("16x9", Some("16:9")),
            ("9/16", Some("9:16")),
            ("adaptve", Some("adaptive")),
            ("Keep-Ratio", Some("keep_ratio")),
            ("toapi", Some("toapis")),
            ("tokn360", Some("token360")),
            ("540p", None),
            ("16:10", None),
            ("", None),
            ("wide", None),
        ] {
            assert_eq!(nearest(word, known), expected, "{word}");
        }
        assert_eq!(nearest("x", []), None);
    }
}

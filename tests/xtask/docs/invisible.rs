//! Invisible characters are ignored; visible differences are not.

use regex::{Captures, Regex};

use super::*;

/// The page with a text before each underscore and each slash, so inside names, paths and values.
fn with(text: &str, inside: &str, is_html: bool) -> String {
    let names = Regex::new("([A-Za-z])([_/][a-z])").unwrap();
    let change = |text: &str| names.replace_all(text, format!("${{1}}{inside}${{2}}")).into_owned();
    if !is_html {
        return change(text);
    }
    let between = Regex::new("(?s)>[^<]*<").unwrap();
    let (head, body) = text.split_once("<body").unwrap();
    let body = between.replace_all(body, |found: &Captures<'_>| change(&found[0]));
    format!("{head}<body{body}")
}

#[test]
fn invisible_characters_inside_names_give_no_drift() {
    for (vendor, page, file) in PAGES {
        let text = text(file);
        let desk = desk(vendor);
        let wanted = shown(&report(desk, &text), vendor);
        let is_html = file.ends_with(".html");
        let mut insides = vec![
            "\u{ad}", "\u{200b}", "\u{200c}", "\u{200d}", "\u{2060}", "\u{feff}", "\u{200e}", "\u{200f}", "\u{202d}",
            "\u{2066}", "\u{34f}",
        ];
        if is_html || file.ends_with(".md") {
            insides.extend(["<wbr>", "<wbr/>", "&shy;", "&#8203;", "&#x200B;", "&#173;", "&NoBreak;"]);
        }
        for inside in insides {
            let changed = with(&text, inside, is_html);
            assert_ne!(changed, text, "{file}");
            assert_eq!(
                shown(&report(desk, &changed), vendor),
                wanted,
                "{file} ({page}): {inside:?}"
            );
        }
    }
}

#[test]
fn escaped_underscores_of_markdown_are_underscores() {
    let text = text("table.md");
    let desk = desk("token360");
    let changed = text.replace('_', "\\_");
    assert_eq!(
        shown(&report(desk, &changed), "token360"),
        shown(&report(desk, &text), "token360")
    );
}

/// A name in the page, and one that visibly differs.
#[test]
fn names_that_differ_are_still_drift() {
    let text = text("stacked.txt");
    for (name, read) in [
        ("ra\u{200b}tios", "ratios"),
        ("aspect_\u{ad}ratio", "aspect_ratio"),
        ("ra_tio", "ra_tio"),
    ] {
        let changed = text.replacen("\nratio\nstring\n", &format!("\n{name}\nstring\n"), 1);
        assert_ne!(changed, text);
        let shown = shown(&report(desk("toapis"), &changed), "toapis");
        assert!(shown.contains(&format!("request {read}")), "{name}: {shown}");
    }
}

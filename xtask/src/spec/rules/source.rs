//! Checks that need the text, because parsed values lose it: lines, duplicate keys, and words that a YAML 1.1
//! reader reads differently.

use super::{Finding, Found};
use crate::spec::lines::Lines;
use crate::spec::{METHODS, Spec};

/// An operation that is written twice. Whatever else would be found is about the half that a reader drops.
pub(super) fn operation_twice(lines: &Lines, spec: &Spec) -> Option<Finding> {
    let is_operation = |pointer: &str| match pointer.split('/').collect::<Vec<_>>()[..] {
        ["", "paths", _] => true,
        ["", "paths", _, method] => METHODS.contains(&method),
        _ => false,
    };
    let (pointer, line) = lines.twice.iter().find(|(pointer, _)| is_operation(pointer))?;
    Some(Finding {
        file: spec.file.clone(),
        line: *line,
        pointer: pointer.clone(),
        rule: "two-bodies",
        reason: format!(
            "is already on line {}; a path has one operation for each method",
            lines.line(pointer)
        ),
        fix: "write one operation; where its body depends on the model, list the bodies under `anyOf`, and name \
              each model's as `request` in x-models"
            .to_owned(),
    })
}

/// Duplicate keys and unquoted words.
pub(super) fn check(lines: &Lines, found: &mut Found<'_>) {
    for (pointer, line) in &lines.twice {
        found.add(
            "duplicate-key",
            pointer,
            format!(
                "duplicate key, first on line {}; readers keep one of the two",
                lines.line(pointer)
            ),
            "delete or rename one of them",
        );
        place(found, *line);
    }
    for (pointer, line, text, is_key) in &lines.plain {
        let Some((rule, taken)) = trap(text, *is_key, pointer) else {
            continue;
        };
        let fix = match rule {
            "yaml-boolean" => format!("write true or false, or '{text}' for the string"),
            "odd-number" if !*is_key => format!("write it in plain decimals, or '{text}' for the string"),
            _ => format!("put it in quotes: '{text}'"),
        };
        found.add(rule, pointer, format!("unquoted {text} is {taken}"), fix);
        place(found, *line);
    }
}

/// Sets the line of the last finding.
fn place(found: &mut Found<'_>, line: usize) {
    if let Some(last) = found.findings.last_mut() {
        last.line = line;
    }
}

/// The rule that an unquoted scalar breaks, and how it may be read.
fn trap(text: &str, is_key: bool, pointer: &str) -> Option<(&'static str, &'static str)> {
    const BOOLEANS: [&str; 8] = ["y", "n", "yes", "no", "on", "off", "true", "false"];
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.trim_start_matches(['-', '+']);
    if is_key {
        if text == "<<" {
            return Some(("yaml-merge", "a merge key to some readers and a name to others"));
        }
        if digits(text) && pointer.contains("/responses/") {
            return Some(("unquoted-status", "a number, and the key of an answer is text"));
        }
        if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') && unsigned.parse::<f64>().is_ok() {
            return Some(("odd-number", "a number, and a key is text"));
        }
        if matches!(text, "true" | "false") {
            return Some(("yaml-boolean", "a boolean, and a key is text"));
        }
    }
    let is_boolean = |word: &&str| word.eq_ignore_ascii_case(text);
    if text.len() <= 5 && !matches!(text, "true" | "false") && BOOLEANS.iter().any(is_boolean) {
        return Some(("yaml-boolean", "a boolean to YAML 1.1 readers and text to others"));
    }
    // A ratio, a date or a number, which begin with a digit or a point.
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let mut parts = unsigned.split(':');
    if unsigned.contains(':') && parts.all(|part| digits(part.split('.').next().unwrap_or_default())) {
        return Some(("unquoted-ratio", "a number in base 60 to YAML 1.1 readers"));
    }
    if is_date(text) {
        return Some(("unquoted-date", "a date to YAML 1.1 readers and text to others"));
    }
    is_odd_number(unsigned).then_some((
        "odd-number",
        "one number to some readers and another, or text, to others",
    ))
}

/// `2026-11-20`, alone or with a time after it.
fn is_date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let mut part = |digits: std::ops::RangeInclusive<usize>| {
        parts
            .next()
            .is_some_and(|part| digits.contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (year, month) = (part(4..=4), part(1..=2));
    let rest = parts.next().unwrap_or_default();
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    year && month
        && (1..=2).contains(&day)
        && rest[day..]
            .trim_start()
            .trim_start_matches(['T', 't'])
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b':' | b'.' | b'+' | b'-' | b'Z' | b' '))
}

/// Leading zeros, other bases, digits separated by `_`, exponents without a point, infinities and NaN.
fn is_odd_number(unsigned: &str) -> bool {
    let lower = unsigned.to_ascii_lowercase();
    let mut bytes = lower.bytes();
    match bytes.next() {
        Some(b'.') => matches!(lower.as_str(), ".inf" | ".nan"),
        Some(b'0') if lower.len() > 1 => {
            let based = lower
                .strip_prefix("0x")
                .is_some_and(|rest| all(rest, u8::is_ascii_hexdigit))
                || lower
                    .strip_prefix("0o")
                    .is_some_and(|rest| all(rest, u8::is_ascii_digit))
                || lower
                    .strip_prefix("0b")
                    .is_some_and(|rest| all(rest, u8::is_ascii_digit));
            based || all(&lower, u8::is_ascii_digit) || is_parted(&lower)
        }
        Some(first) if first.is_ascii_digit() => {
            is_parted(&lower) || (!lower.contains('.') && lower.contains('e') && lower.parse::<f64>().is_ok())
        }
        _ => false,
    }
}

fn is_parted(text: &str) -> bool {
    text.contains('_')
        && text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'.'))
}

fn all(text: &str, is: fn(&u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(|byte| is(&byte) || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::trap;

    #[test]
    fn scalars_that_yaml_readers_read_differently() {
        for (text, rule) in [
            ("16:9", "unquoted-ratio"),
            ("1:30:00", "unquoted-ratio"),
            ("1:30.5", "unquoted-ratio"),
            ("2026-11-20", "unquoted-date"),
            ("2026-11-20T08:00:00Z", "unquoted-date"),
            ("2026-1-2 08:00:00 +01:00", "unquoted-date"),
            ("yes", "yaml-boolean"),
            ("Off", "yaml-boolean"),
            ("n", "yaml-boolean"),
            ("TRUE", "yaml-boolean"),
            ("010", "odd-number"),
            ("0o17", "odd-number"),
            ("0x1F", "odd-number"),
            ("-0b11", "odd-number"),
            ("1_000", "odd-number"),
            ("1e3", "odd-number"),
            (".NaN", "odd-number"),
        ] {
            assert_eq!(trap(text, false, "").map(|(rule, _)| rule), Some(rule), "{text}");
        }
        for text in [
            "",
            "0",
            "-1",
            "1.5",
            "0.5",
            "1.5e3",
            "720p",
            "1K",
            "2026-11",
            "v1=4be1",
            "asset://a-1",
            "true",
            "null",
            "~",
            "a:1",
            "16:9 or so",
            "no one",
            "one_two",
            "2026-11-20 is the day",
            "-",
            ".",
            "4e",
            "0x",
            "12:",
            "vid_1_2",
        ] {
            assert_eq!(trap(text, false, ""), None, "{text}");
        }
    }

    #[test]
    fn keys_are_text() {
        for (text, pointer, rule) in [
            ("200", "/paths/~1a/get/responses/200", "unquoted-status"),
            ("200", "/components/schemas/A/properties/200", "odd-number"),
            ("<<", "/a/<<", "yaml-merge"),
            ("true", "/a/true", "yaml-boolean"),
            ("on", "/a/on", "yaml-boolean"),
        ] {
            assert_eq!(trap(text, true, pointer).map(|(rule, _)| rule), Some(rule), "{text}");
        }
        assert_eq!(trap("model", true, "/a/model"), None);
    }
}

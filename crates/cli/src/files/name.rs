//! Names of output files with placeholders. Everything that comes from outside is made valid for every platform.

use std::path::{Path, PathBuf};

use videogen::Vendor;

/// The placeholders, as the user writes them.
const KNOWN: [&str; 5] = ["{vendor}", "{model}", "{id}", "{n}", "{index}"];
/// Longest value in a name, in characters.
const LONGEST: usize = 100;
/// Names of devices on Windows, with any extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// What is known of a task before its files are named.
#[derive(Clone, Copy)]
pub(crate) struct TaskNames<'a> {
    pub(crate) vendor: Vendor,
    pub(crate) model: &'a str,
    /// Number of the task in the call, from 1.
    pub(crate) index: usize,
    /// Number of tasks in the call.
    pub(crate) tasks: usize,
}

/// Checks the placeholders of a path. They are text, so a path that is not Unicode has none.
pub(super) fn check(path: &Path) -> Result<(), String> {
    let Some(text) = path.to_str() else { return Ok(()) };
    let name = text.rsplit(std::path::is_separator).next().unwrap_or_default();
    let folder = &text[..text.len() - name.len()];
    let mut rest = text;
    while let Some(start) = rest.find(['{', '}']) {
        let placeholder = match rest[start..].find('}') {
            Some(length) => &rest[start..=start + length],
            None => &rest[start..],
        };
        if !KNOWN.contains(&placeholder) {
            return Err(format!("unknown placeholder {placeholder}; known: {}", KNOWN.join(" ")));
        }
        rest = &rest[start + placeholder.len()..];
    }
    match ["{id}", "{n}"].into_iter().find(|late| folder.contains(late)) {
        Some(late) => Err(format!(
            "{late} in the name of a folder; folders are checked before the submission, so use it in the name of the file"
        )),
        None => Ok(()),
    }
}

/// Whether a path contains a placeholder.
pub(super) fn contains(path: &Path, placeholder: &str) -> bool {
    path.to_str().is_some_and(|text| text.contains(placeholder))
}

/// Replaces what is known before the submission: all placeholders but `{id}` and, of a single task, `{n}`.
pub(super) fn expand(path: &Path, names: &TaskNames<'_>) -> PathBuf {
    let Some(text) = path.to_str().filter(|text| text.contains('{')) else {
        return path.to_owned();
    };
    let index = names.index.to_string();
    let mut expanded = text
        .replace("{vendor}", names.vendor.as_str())
        .replace("{index}", &index);
    if names.tasks > 1 {
        expanded = expanded.replace("{n}", &index);
    }
    // The last, because it comes from outside. It has no braces then.
    expanded.replace("{model}", &safe(names.model)).into()
}

/// A value that is valid in a file name on every platform.
fn safe(value: &str) -> String {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let replaced: String = value
        .chars()
        .map(|c| if valid(c) { c } else { '-' })
        .take(LONGEST)
        .collect();
    let name = replaced.trim_matches(['.', '-']);
    let stem = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let is_device = DEVICES.contains(&stem.trim_end_matches(|c: char| c.is_ascii_digit()));
    match name {
        "" => "unknown".to_owned(),
        name if is_device => format!("_{name}"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_checked() {
        for valid in ["kite.mp4", "{vendor}/{model}/{id}-{n}.mp4", "{index}", "out/{n}{n}"] {
            assert_eq!(check(Path::new(valid)), Ok(()), "{valid}");
        }
        for (path, reason) in [
            ("{prompt}.mp4", "unknown placeholder {prompt}; known: {vendor} {model}"),
            ("a{", "unknown placeholder {;"),
            ("a}b", "unknown placeholder };"),
            ("{{id}}", "unknown placeholder {{id};"),
            ("{id}/a.mp4", "{id} in the name of a folder"),
            ("a/{n}/{id}.mp4", "{n} in the name of a folder"),
        ] {
            let found = check(Path::new(path)).err().unwrap_or_default();
            assert!(found.contains(reason), "{path}: {found}");
        }
    }

    #[test]
    fn values_are_safe_file_names() {
        for (value, expected) in [
            ("seedance-2.0", "seedance-2.0"),
            ("bytedance/seedance-1-pro", "bytedance-seedance-1-pro"),
            ("../../etc", "etc"),
            ("..", "unknown"),
            ("", "unknown"),
            ("-rf", "rf"),
            ("a b:c\\d\u{202e}{id}", "a-b-c-d--id"),
            ("CON", "_CON"),
            ("com1.x", "_com1.x"),
            ("model.", "model"),
        ] {
            assert_eq!(safe(value), expected);
        }
        assert_eq!(safe(&"x".repeat(300)).len(), LONGEST);
    }

    #[test]
    fn what_is_known_is_replaced() {
        let mut names = TaskNames {
            vendor: Vendor::ALL[0],
            model: "a/{n}",
            index: 3,
            tasks: 4,
        };
        let path = Path::new("{vendor}/{model}-{id}-{n}-{index}.mp4");
        let vendor = names.vendor;
        let expanded = |expected: &str| PathBuf::from(format!("{vendor}/a--n-{{id}}-{expected}-3.mp4"));
        assert_eq!(expand(path, &names), expanded("3"));
        names.tasks = 1;
        assert_eq!(expand(path, &names), expanded("{n}"));
    }
}

//! Whole folders in memory, compared with those on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

use similar::TextDiff;

/// Files by path relative to their folder.
pub type Tree = BTreeMap<PathBuf, String>;

/// Longest diff shown for one file.
const DIFF_LINES: usize = 40;

/// A file that differs from the expected one.
#[derive(Debug)]
pub struct Change {
    /// Path relative to the folder.
    pub path: PathBuf,
    /// The contents on disk; `None`: the file is missing.
    pub old: Option<String>,
    /// The expected contents; `None`: the file is left over.
    pub new: Option<String>,
}

impl Change {
    /// The file under `folder`, how it differs, and a short diff.
    #[must_use]
    pub fn describe(&self, folder: &str) -> String {
        let name = format!("{folder}/{}", self.path.display());
        let (old, new) = match (&self.old, &self.new) {
            (None, _) => return format!("missing: {name}"),
            (_, None) => return format!("left over: {name}"),
            (Some(old), Some(new)) => (old, new),
        };
        let diff = TextDiff::from_lines(old.as_str(), new.as_str())
            .unified_diff()
            .context_radius(1)
            .to_string();
        let mut lines: Vec<&str> = diff.lines().take(DIFF_LINES).collect();
        let more = diff.lines().count().saturating_sub(DIFF_LINES);
        let rest = format!("... {more} more lines");
        if more > 0 {
            lines.push(&rest);
        }
        format!("stale: {name}\n{}", lines.join("\n"))
    }
}

/// The differences between `folder` and `wanted`.
///
/// # Errors
/// When a file cannot be read.
pub fn compare(folder: &Path, wanted: &Tree) -> io::Result<Vec<Change>> {
    let mut found = Tree::new();
    if folder.exists() {
        read(folder, folder, &mut found)?;
    }
    let mut changes = Vec::new();
    for (path, new) in wanted {
        let old = found.remove(path);
        if old.as_ref() != Some(new) {
            changes.push(Change {
                path: path.clone(),
                old,
                new: Some(new.clone()),
            });
        }
    }
    changes.extend(found.into_iter().map(|(path, old)| Change {
        path,
        old: Some(old),
        new: None,
    }));
    Ok(changes)
}

/// Applies the changes to `folder`.
///
/// # Errors
/// When a file cannot be written or removed.
pub fn apply(folder: &Path, changes: &[Change]) -> io::Result<()> {
    for change in changes {
        let path = folder.join(&change.path);
        match &change.new {
            Some(text) => {
                if let Some(parent) = path.parent() {
                    fs::create_dir_all(parent)?;
                }
                fs::write(path, text)?;
            }
            None => fs::remove_file(path)?,
        }
    }
    Ok(())
}

/// A summary in one line.
#[must_use]
pub fn summary(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "up to date".to_owned();
    }
    let names: Vec<_> = changes.iter().map(|change| change.path.display().to_string()).collect();
    format!("wrote {}", names.join(", "))
}

fn read(top: &Path, folder: &Path, found: &mut Tree) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            read(top, &path, found)?;
        } else {
            // A file that is not text cannot be one of ours; reading it lossily still shows it as left over.
            let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
            found.insert(path.strip_prefix(top).unwrap_or(&path).to_owned(), text);
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_stale_missing_and_left_over_files() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("src")).unwrap();
        fs::write(folder.path().join("src/a.rs"), "one\ntwo\n").unwrap();
        fs::write(folder.path().join("old.rs"), "gone\n").unwrap();
        let wanted = Tree::from([
            ("src/a.rs".into(), "one\nthree\n".into()),
            ("new.rs".into(), "x\n".into()),
        ]);
        let changes = compare(folder.path(), &wanted).unwrap();
        let described: Vec<_> = changes.iter().map(|change| change.describe("f")).collect();
        assert_eq!(described[0], "missing: f/new.rs");
        assert!(
            described[1].starts_with("stale: f/src/a.rs\n") && described[1].contains("-two\n+three"),
            "{}",
            described[1]
        );
        assert_eq!(described[2], "left over: f/old.rs");
        apply(folder.path(), &changes).unwrap();
        assert!(compare(folder.path(), &wanted).unwrap().is_empty());
    }
}

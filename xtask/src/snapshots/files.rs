//! The snapshots in a repository.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The files of snapshots, by path below the repository.
#[derive(Debug, Default)]
pub(super) struct Files {
    /// With their contents.
    pub(super) snapshots: BTreeMap<PathBuf, Vec<u8>>,
    /// Written by a test and not accepted yet.
    pub(super) pending: BTreeSet<PathBuf>,
}

impl Files {
    /// Finds the snapshots below `root`, except in `target` and hidden folders.
    ///
    /// # Errors
    /// When a folder or a snapshot cannot be read.
    pub(super) fn find(root: &Path) -> io::Result<Self> {
        let mut files = Self::default();
        let mut open = vec![root.to_owned()];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder)? {
                let entry = entry?;
                let (path, kind) = (entry.path(), entry.file_type()?);
                let name = entry.file_name().to_string_lossy().into_owned();
                if kind.is_dir() {
                    if name != "target" && !name.starts_with('.') {
                        open.push(path);
                    }
                    continue;
                }
                let below = path.strip_prefix(root).unwrap_or(&path).to_owned();
                if name.ends_with(".snap") {
                    files.snapshots.insert(below, fs::read(&path)?);
                } else if name.ends_with(".snap.new") || name.ends_with(".pending-snap") {
                    files.pending.insert(below);
                }
            }
        }
        Ok(files)
    }

    /// What a later state has written or changed.
    pub(super) fn changes<'a>(&self, later: &'a Self) -> Vec<(&'static str, &'a Path)> {
        let changed = later.snapshots.iter().filter_map(|(file, text)| {
            let verb = match self.snapshots.get(file) {
                None => "wrote",
                Some(old) if old != text => "changed",
                Some(_) => return None,
            };
            Some((verb, file.as_path()))
        });
        changed.collect()
    }
}

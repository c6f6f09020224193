//! Where specs are read from: a file, a folder, a git revision or the working tree.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use clap::Args;

use super::{Spec, SpecError};

/// The texts of one state of the specs, by vendor.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in messages.
    pub name: String,
    /// Its kind.
    pub kind: Kind,
    /// The text of each spec, by vendor.
    pub texts: BTreeMap<String, String>,
}

/// What a state is read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A single file; other vendors are not compared.
    File,
    /// A folder.
    Folder,
    /// A commit, by its hash.
    Revision(String),
    /// The repository's working tree.
    WorkingTree,
}

/// Why a state cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// Nothing was named: an unset variable, for instance.
    #[error("the argument is empty (an unset variable?); name a spec file, a folder of specs or a git revision")]
    Empty,
    /// Neither a path nor a revision.
    #[error("{0:?} is neither a spec file, a folder of specs nor a git revision (or the clone lacks it: git fetch)")]
    Unknown(String),
    /// A revision or a working tree without specs.
    #[error("{0} has no specs/*.yaml; name a spec file, a folder of specs or another git revision")]
    NoSpecs(String),
    /// A file or folder that cannot be read.
    #[error("{path}: {error}")]
    Unreadable {
        /// Its name.
        path: String,
        /// The reason.
        error: std::io::Error,
    },
    /// There is nothing to compare with by default.
    #[error("nothing to compare with: {0}; name a file, a folder or a git revision")]
    NoBase(String),
    /// A file of a vendor that the other side does not have.
    #[error("there is no spec `{0}` to compare with; name both files")]
    NoCounterpart(String),
    /// A spec that is not YAML.
    #[error("{source_name}: {error}")]
    Spec {
        /// Which of the two states.
        source_name: String,
        /// The reason, with its place.
        error: SpecError,
    },
}

/// The specs of one vendor in two states; one that is not there is `None`.
pub type Pair = (String, Option<Spec>, Option<Spec>);

impl Source {
    fn is_file(&self) -> bool {
        self.kind == Kind::File
    }

    /// Reads the file, folder or revision `name`, relative to the repository at `root`.
    ///
    /// # Errors
    /// When nothing has that name, or it cannot be read.
    pub fn read(name: &str, root: &Path) -> Result<Self, SourceError> {
        // Joined to the root, an empty name would be the working tree, which never differs from itself.
        if name.trim().is_empty() {
            return Err(SourceError::Empty);
        }
        let here = Path::new(name);
        let path = if here.exists() {
            here.to_owned()
        } else {
            root.join(name)
        };
        if path.is_file() {
            let vendor = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let texts = BTreeMap::from([(vendor, text(&path)?)]);
            return Ok(Self {
                name: name.to_owned(),
                kind: Kind::File,
                texts,
            });
        }
        if path.is_dir() {
            for folder in [path.clone(), path.join("specs")] {
                let texts = folder_texts(&folder)?;
                if !texts.is_empty() {
                    return Ok(Self {
                        name: name.to_owned(),
                        kind: Kind::Folder,
                        texts,
                    });
                }
            }
        }
        match git(
            root,
            &[
                "rev-parse",
                "--verify",
                "--quiet",
                "--end-of-options",
                &format!("{name}^{{commit}}"),
            ],
        ) {
            // `^main` excludes a commit.
            Ok(commit) if !commit.starts_with('^') => Self::commit(name, &commit, root),
            _ => Err(SourceError::Unknown(name.to_owned())),
        }
    }

    /// The specs in the working tree.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn working_tree(root: &Path) -> Result<Self, SourceError> {
        let texts = folder_texts(&root.join("specs"))?;
        let name = "the working tree".to_owned();
        if texts.is_empty() {
            return Err(SourceError::NoSpecs(name));
        }
        Ok(Self {
            name,
            kind: Kind::WorkingTree,
            texts,
        })
    }

    /// The merge base with the main branch; on the main branch itself, its last commit.
    ///
    /// # Errors
    /// When this is not a git repository, or has no such commit.
    pub fn merge_base(root: &Path) -> Result<Self, SourceError> {
        let head = git(root, &["rev-parse", "--verify", "HEAD"]).map_err(SourceError::NoBase)?;
        let is_there = |branch: &&str| git(root, &["rev-parse", "--verify", "--quiet", branch]).is_ok();
        let branch = ["origin/main", "main"].into_iter().find(is_there);
        let branch = branch.ok_or_else(|| SourceError::NoBase("there is no branch origin/main or main".to_owned()))?;
        // Falling back on HEAD would report no change.
        let commit = git(root, &["merge-base", branch, "HEAD"]).map_err(|_| {
            SourceError::NoBase(format!(
                "HEAD has no commit in common with {branch}; is this a shallow clone?"
            ))
        })?;
        if commit == head {
            return Self::commit("HEAD", &head, root);
        }
        let name = format!("{} (merge base with {branch})", commit.get(..10).unwrap_or(&commit));
        Self::commit(&name, &commit, root)
    }

    fn commit(name: &str, commit: &str, root: &Path) -> Result<Self, SourceError> {
        let unreadable = |error: String| SourceError::Unreadable {
            path: name.to_owned(),
            error: std::io::Error::other(error),
        };
        let files = git(root, &["ls-tree", "--name-only", "--full-tree", commit, "specs/"]).map_err(unreadable)?;
        let mut texts = BTreeMap::new();
        for file in files.lines() {
            if let Some(vendor) = vendor(file.trim_start_matches("specs/")) {
                let text = git_bytes(root, &["show", &format!("{commit}:{file}")]).map_err(unreadable)?;
                texts.insert(vendor, text);
            }
        }
        if texts.is_empty() {
            return Err(SourceError::NoSpecs(format!("the revision {name:?}")));
        }
        Ok(Self {
            name: name.to_owned(),
            kind: Kind::Revision(commit.to_owned()),
            texts,
        })
    }
}

/// The states to compare.
#[derive(Debug, Args)]
pub struct Sides {
    /// Spec file, folder of specs or git revision [default: merge base with origin/main or main; on main, HEAD]
    pub old: Option<String>,
    /// Spec file, folder of specs or git revision [default: the working tree]
    pub new: Option<String>,
}

impl Sides {
    /// Reads both sides.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read(&self, root: &Path) -> Result<(Source, Source), SourceError> {
        sides(self.old.as_deref(), self.new.as_deref(), root)
    }
}

/// Reads the two states to compare, with the defaults for those that are not named.
///
/// # Errors
/// When a state cannot be read.
pub fn sides(old: Option<&str>, new: Option<&str>, root: &Path) -> Result<(Source, Source), SourceError> {
    let old = match old {
        Some(name) => Source::read(name, root)?,
        None => Source::merge_base(root)?,
    };
    let new = match new {
        Some(name) => Source::read(name, root)?,
        None => Source::working_tree(root)?,
    };
    Ok((old, new))
}

/// The specs of both states, vendor by vendor. Those whose text is the same are left out.
///
/// # Errors
/// When a spec is not YAML, or a single file has nothing to be compared with.
pub fn pairs(old: &Source, new: &Source) -> Result<Vec<Pair>, SourceError> {
    let parse = |source: &Source, vendor: &str, text: &str| {
        Spec::parse(vendor, text).map_err(|error| SourceError::Spec {
            source_name: source.name.clone(),
            error,
        })
    };
    if old.is_file() && new.is_file() {
        // Two files are the same vendor, under any name.
        let (Some((_, before)), Some((vendor, after))) = (old.texts.first_key_value(), new.texts.first_key_value())
        else {
            return Ok(Vec::new());
        };
        return if before == after {
            Ok(Vec::new())
        } else {
            Ok(vec![(
                vendor.clone(),
                Some(parse(old, vendor, before)?),
                Some(parse(new, vendor, after)?),
            )])
        };
    }
    let vendors: Vec<&String> = match (old.is_file(), new.is_file()) {
        (true, _) => old.texts.keys().collect(),
        (_, true) => new.texts.keys().collect(),
        _ => {
            let mut all: Vec<&String> = old.texts.keys().chain(new.texts.keys()).collect();
            all.sort();
            all.dedup();
            all
        }
    };
    let mut found = Vec::new();
    for vendor in vendors {
        let (before, after) = (old.texts.get(vendor), new.texts.get(vendor));
        if before == after {
            continue;
        }
        if (old.is_file() || new.is_file()) && (before.is_none() || after.is_none()) {
            return Err(SourceError::NoCounterpart(vendor.clone()));
        }
        let old = before.map(|text| parse(old, vendor, text)).transpose()?;
        let new = after.map(|text| parse(new, vendor, text)).transpose()?;
        found.push((vendor.clone(), old, new));
    }
    Ok(found)
}

fn folder_texts(folder: &Path) -> Result<BTreeMap<String, String>, SourceError> {
    let unreadable = |error| SourceError::Unreadable {
        path: folder.display().to_string(),
        error,
    };
    let mut texts = BTreeMap::new();
    if !folder.is_dir() {
        return Ok(texts);
    }
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if let Some(vendor) = path.file_name().and_then(|name| vendor(&name.to_string_lossy())) {
            texts.insert(vendor, text(&path)?);
        }
    }
    Ok(texts)
}

fn vendor(file: &str) -> Option<String> {
    file.strip_suffix(".yaml")
        .filter(|name| !name.starts_with('.'))
        .map(str::to_owned)
}

fn text(path: &Path) -> Result<String, SourceError> {
    fs::read_to_string(path).map_err(|error| SourceError::Unreadable {
        path: path.display().to_string(),
        error,
    })
}

/// The output of git, without the final newline.
pub(crate) fn git(root: &Path, arguments: &[&str]) -> Result<String, String> {
    git_bytes(root, arguments).map(|text| text.trim().to_owned())
}

fn git_bytes(root: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output();
    let output = output.map_err(|error| format!("cannot run git: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        let reason = String::from_utf8_lossy(&output.stderr);
        Err(reason.lines().next().unwrap_or("git failed").to_owned())
    }
}

//! Finds the clips of a folder, and what sidecars, results of batches and the journal state about them.

use std::collections::{HashMap, HashSet};
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use serde_json::Value;
use videogen::ErrorKind;
use videogen::journal::{Entry, Journal, Pages, Query};
use walkdir::{DirEntry, WalkDir};

use super::record::Record;
use crate::exit::{Failure, IO};
use crate::journal::failure;
use crate::output::file as shown;
use crate::text;

/// Extensions of video files.
const VIDEOS: [&str; 6] = ["mp4", "mov", "webm", "m4v", "mkv", "ogv"];
/// How the names of the result files of batches end.
const RESULTS: &str = "results.jsonl";
/// Largest sidecar, in bytes.
const SIDECAR: u64 = 16 * 1024 * 1024;
/// Notes on the lines of one result file.
const NOTES: usize = 5;

/// Where to look.
pub(crate) struct Places<'a> {
    /// The folder.
    pub(crate) folder: &'a Path,
    /// Whether to look into its folders.
    pub(crate) recursive: bool,
    /// Result files of batches, in addition to those in the folder.
    pub(crate) results: &'a [PathBuf],
    /// The journal.
    pub(crate) journal: Option<&'a dyn Journal>,
}

/// What was found.
#[derive(Default)]
pub(crate) struct Collection {
    /// The clips, and the items without one.
    pub(crate) clips: Vec<Clip>,
    /// What could not be read.
    pub(crate) notes: Vec<String>,
    /// The files that describe the clips.
    pub(crate) sources: Vec<PathBuf>,
    /// Indexes of clips, by their resolved paths.
    places: HashMap<PathBuf, usize>,
}

/// A clip, or an item without one.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Clip {
    /// Its path below the folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip)]
    pub(crate) path: Option<PathBuf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    /// Time of the file, in RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Whether there was a file, which is not in the folder.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    missing: bool,
    #[serde(flatten)]
    record: Record,
}

impl Collection {
    /// Collects the clips, and what is known about them: first from a sidecar, then from results, then from the journal.
    pub(crate) async fn of(places: &Places<'_>) -> Result<Self, Failure> {
        let folder = places.folder.canonicalize().and_then(|folder| {
            std::fs::read_dir(&folder)?;
            Ok(folder)
        });
        let folder = folder.map_err(|error| unreadable(places.folder, &error))?;
        let mut found = Self::default();
        let mut results = Vec::new();
        for entry in files(&folder, places.recursive) {
            match entry {
                Ok(entry) if is_video(entry.path()) => found.add(&folder, entry.path()),
                Ok(entry) if entry.file_name().to_string_lossy().ends_with(RESULTS) => results.push(entry.into_path()),
                Ok(_) => {}
                Err(error) => found.notes.push(format!("Not listed: {error}")),
            }
        }
        for clip in 0..found.clips.len() {
            found.read_sidecar(clip);
        }
        for path in places.results {
            let path = path.canonicalize().map_err(|error| unreadable(path, &error))?;
            found
                .read_results(&folder, &path)
                .map_err(|error| unreadable(&path, &error))?;
            results.retain(|other| *other != path);
        }
        for path in results {
            if let Err(error) = found.read_results(&folder, &path) {
                found.notes.push(unreadable(&path, &error).message);
            }
        }
        if let Some(journal) = places.journal {
            found.read_journal(journal).await?;
        }
        Ok(found)
    }

    /// The number of clips that have a file.
    pub(crate) fn files(&self) -> usize {
        self.clips.iter().filter(|clip| clip.path.is_some()).count()
    }

    fn add(&mut self, folder: &Path, path: &Path) {
        let Ok(metadata) = path.metadata() else { return };
        if !metadata.is_file() {
            return;
        }
        let name = path.strip_prefix(folder).unwrap_or(path);
        let modified = metadata.modified().map(DateTime::<Utc>::from).ok();
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        self.places.insert(real, self.clips.len());
        self.clips.push(Clip {
            name: Some(text::visible(&name.to_string_lossy())),
            path: Some(path.to_owned()),
            bytes: Some(metadata.len()),
            modified: modified.map(|at| at.to_rfc3339_opts(SecondsFormat::Secs, true)),
            ..Clip::default()
        });
    }

    /// Reads `boat.mp4.json` or `boat.json` next to `boat.mp4`.
    fn read_sidecar(&mut self, index: usize) {
        let Some(video) = self.clips[index].path.clone() else {
            return;
        };
        let mut appended = video.clone().into_os_string();
        appended.push(".json");
        for path in [PathBuf::from(appended), video.with_extension("json")] {
            let read = || -> std::io::Result<Value> {
                let mut text = Vec::new();
                File::open(&path)?.take(SIDECAR).read_to_end(&mut text)?;
                Ok(serde_json::from_slice::<Value>(&text)?)
            };
            match read() {
                Ok(document) => {
                    if let Some(record) = Record::read(&document, "sidecar") {
                        self.describe(index, record);
                        self.sources.push(path);
                        return;
                    }
                }
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => self.notes.push(unreadable(&path, &error).message),
            }
        }
    }

    /// Reads the results of a batch. A later line about an item replaces an earlier one.
    fn read_results(&mut self, folder: &Path, path: &Path) -> std::io::Result<()> {
        self.sources.push(path.to_owned());
        let (mut order, mut latest) = (Vec::new(), HashMap::new());
        let mut wrong = Vec::new();
        for (index, line) in BufReader::new(File::open(path)?).split(b'\n').enumerate() {
            let line = line?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let document: Value = serde_json::from_slice(&line).unwrap_or_default();
            let Some(record) = Record::read(&document, "results") else {
                wrong.push(index + 1);
                continue;
            };
            let key = record
                .item
                .clone()
                .or(record.task.clone())
                .unwrap_or_else(|| format!("line {index}"));
            if latest.insert(key.clone(), (document, record)).is_none() {
                order.push(key);
            }
        }
        let name = shown(path);
        self.notes.extend(
            wrong
                .iter()
                .take(NOTES)
                .map(|line| format!("Ignored: line {line} of {name} is no result")),
        );
        if wrong.len() > NOTES {
            self.notes.push(format!(
                "Ignored: {} of {name}",
                text::many(wrong.len() - NOTES, "more line")
            ));
        }
        for (document, record) in order.iter().filter_map(|key| latest.remove(key)) {
            self.place(folder, path, &document, record);
        }
        Ok(())
    }

    /// Adds a result to its clips; without any, as an item without a clip.
    fn place(&mut self, folder: &Path, results: &Path, document: &Value, record: Record) {
        let further = document["further_files"].as_array().into_iter().flatten();
        let files: Vec<(PathBuf, Option<u64>)> = std::iter::once(&document["file"])
            .chain(further)
            .filter_map(|file| {
                let path = file["path"].as_str().or(file.as_str())?;
                Some((PathBuf::from(path), file["bytes"].as_u64()))
            })
            .collect();
        let mut clips: Vec<usize> = Vec::new();
        for (path, bytes) in &files {
            clips.extend(self.find(folder, results, path, *bytes));
        }
        if clips.is_empty() {
            let name = files.first().and_then(|(path, _)| path.file_name());
            self.clips.push(Clip {
                name: name.map(|name| text::visible(&name.to_string_lossy())),
                missing: name.is_some(),
                record,
                ..Clip::default()
            });
            return;
        }
        for clip in clips {
            self.describe(clip, record.clone());
        }
    }

    /// The clip at a path in a result file. The path is as given to the command that wrote it, and the folder may have been
    /// moved since.
    fn find(&mut self, folder: &Path, results: &Path, path: &Path, bytes: Option<u64>) -> Option<usize> {
        let beside = results.parent().unwrap_or(folder).join(path);
        for path in [beside, path.to_owned()] {
            let Ok(real) = path.canonicalize() else { continue };
            if let Some(clip) = self.places.get(&real) {
                return self.has_size(*clip, bytes).then_some(*clip);
            }
            // In a folder of the folder.
            if real.starts_with(folder) && is_video(&real) {
                self.add(folder, &real);
                let clip = *self.places.get(&real)?;
                self.read_sidecar(clip);
                return Some(clip);
            }
        }
        let name = path.file_name()?;
        let is_it = |clip: &usize| {
            let found = self.clips[*clip].path.as_ref().and_then(|path| path.file_name());
            bytes.is_some() && found == Some(name) && self.has_size(*clip, bytes)
        };
        (0..self.clips.len()).find(is_it)
    }

    /// Whether the clip is the file that was recorded, and not another one of that name.
    fn has_size(&self, clip: usize, bytes: Option<u64>) -> bool {
        bytes.is_none() || bytes == self.clips[clip].bytes
    }

    fn describe(&mut self, clip: usize, record: Record) {
        let known = std::mem::take(&mut self.clips[clip].record);
        self.clips[clip].record = known.or(record);
    }

    /// Reads the entries of the tasks that are known, then those of the files of which nothing is known.
    async fn read_journal(&mut self, journal: &dyn Journal) -> Result<(), Failure> {
        for index in 0..self.clips.len() {
            let record = &self.clips[index].record;
            let task = record.task.as_ref().and_then(|task| task.parse().ok());
            if let Some(task) = task.filter(|_| record.prompt.is_none() || record.cost.is_none()) {
                let entries = journal
                    .find(Query::default().task(task).limit(1))
                    .await
                    .map_err(failure)?
                    .entries;
                if let Some(entry) = entries.first() {
                    self.describe(index, Record::of_entry(entry));
                }
            }
        }
        let unknown = |clip: &Clip| clip.record.sources.is_empty();
        if !self.clips.iter().any(unknown) {
            return Ok(());
        }
        let names: HashSet<_> = self
            .places
            .keys()
            .filter_map(|path| path.file_name())
            .map(ToOwned::to_owned)
            .collect();
        let mut pages = Pages::new(journal, Query::default());
        while let Some(page) = pages.next().await.map_err(failure)? {
            self.describe_files(&page.entries, &names);
        }
        Ok(())
    }

    /// Describes the clips that are files of the entries, and of which nothing is known.
    fn describe_files(&mut self, entries: &[Entry], names: &HashSet<OsString>) {
        let unknown = |clip: &Clip| clip.record.sources.is_empty();
        for entry in entries {
            for file in saved(entry) {
                // Most files are elsewhere.
                let Some(path) = file
                    .path
                    .file_name()
                    .filter(|name| names.contains(*name))
                    .and(Some(&file.path))
                else {
                    continue;
                };
                let clip = path
                    .canonicalize()
                    .ok()
                    .and_then(|real| self.places.get(&real).copied());
                if let Some(clip) = clip.filter(|clip| self.has_size(*clip, file.bytes) && unknown(&self.clips[*clip]))
                {
                    self.describe(clip, Record::of_entry(entry));
                }
            }
        }
    }
}

/// The video files of an entry.
fn saved(entry: &Entry) -> impl Iterator<Item = &videogen::journal::SavedFile> {
    entry.file.iter().chain(entry.further_files.values())
}

/// The files of a folder by name; hidden ones are left out, because downloads in progress are among them.
fn files(folder: &Path, recursive: bool) -> impl Iterator<Item = walkdir::Result<DirEntry>> {
    let is_hidden = |entry: &DirEntry| entry.depth() > 0 && entry.file_name().as_encoded_bytes().starts_with(b".");
    WalkDir::new(folder)
        .min_depth(1)
        .max_depth(if recursive { usize::MAX } else { 1 })
        .sort_by_file_name()
        .into_iter()
        .filter_entry(move |entry| !is_hidden(entry))
        .filter(|entry| !entry.as_ref().is_ok_and(|entry| entry.file_type().is_dir()))
}

fn is_video(path: &Path) -> bool {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| VIDEOS.contains(&extension.as_str()))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(IO, ErrorKind::Io, format!("cannot read {}: {error}", shown(path)))
}

//! The file of results: a line for each final outcome of a job. Processes of the same batch append to it together.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};
use videogen::journal::hide_urls_in;
use videogen::{ErrorKind, TaskId};

use super::item::{Job, place};
use crate::exit::{Failure, IO};
use crate::output::file;
use crate::result::{Outcome, SavedFiles, TaskResult};
use crate::text;

/// The file, and what it has of each job.
pub(crate) struct ResultFile {
    path: PathBuf,
    file: File,
    /// Only lines of simulated runs count, or only the others.
    simulated: bool,
    /// The line of each job that counts: the last one, unless that is of a run that skipped a job with a task.
    last: HashMap<String, Recorded>,
    /// All lines of each job that is done: the same videos may be in several places.
    done: HashMap<String, Vec<Recorded>>,
    /// How much of the file was read.
    read: u64,
}

/// What a line says.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Recorded {
    item: String,
    pub(crate) outcome: Outcome,
    pub(crate) id: Option<TaskId>,
    #[serde(default)]
    pub(crate) simulated: bool,
    #[serde(default = "first")]
    pub(crate) attempt: u32,
    pub(crate) request_sha256: Option<String>,
    pub(crate) file: Option<RecordedFile>,
    #[serde(default)]
    further_files: Vec<RecordedFile>,
    pub(crate) last_frame_file: Option<RecordedFile>,
    pub(crate) error: Option<RecordedError>,
    pub(crate) cost: Option<videogen::price::TaskCost>,
    /// The whole line.
    #[serde(skip)]
    pub(crate) line: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RecordedFile {
    pub(crate) path: PathBuf,
    bytes: u64,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RecordedError {
    pub(crate) kind: String,
}

impl RecordedFile {
    /// Whether the file is there in its size.
    fn is_there(&self) -> bool {
        self.path.metadata().is_ok_and(|found| found.len() == self.bytes)
    }
}

fn first() -> u32 {
    1
}

impl Recorded {
    /// Whether the job has or may have a task, which no later line can revoke by skipping the job.
    pub(super) fn may_have_task(&self) -> bool {
        self.id.is_some() || matches!(self.outcome, Outcome::Done | Outcome::Failed | Outcome::Ambiguous)
    }

    /// Whether its files are there, `video` among them, in their size.
    pub(crate) fn has_files(&self, video: &Path, last_frame: Option<&Path>) -> bool {
        let is_at =
            |file: Option<&RecordedFile>, path: &Path| file.is_some_and(|file| place(&file.path) == place(path));
        let has_frame = last_frame.is_none_or(|path| is_at(self.last_frame_file.as_ref(), path));
        let mut files = self.file.iter().chain(&self.further_files).chain(&self.last_frame_file);
        is_at(self.file.as_ref(), video) && has_frame && files.all(RecordedFile::is_there)
    }

    /// Whether these are the files that it names.
    fn is_in(&self, files: &SavedFiles) -> bool {
        let known = self.file.as_ref().map(|file| place(&file.path));
        let file = files.file.as_ref().map(|file| place(Path::new(&file.path)));
        known == file
    }
}

impl ResultFile {
    /// Opens the file, which need not exist. `simulated`: of which runs it is read.
    pub(crate) fn open(path: &Path, simulated: bool) -> Result<Self, Failure> {
        let opened = File::options().read(true).append(true).create(true).open(path);
        let file = opened.map_err(|error| unusable(path, &error.to_string()))?;
        let mut results = Self {
            path: path.to_owned(),
            file,
            simulated,
            last: HashMap::new(),
            done: HashMap::new(),
            read: 0,
        };
        let locked = results.locked(|_| Ok(()));
        locked.map_err(|error| unusable(path, &error.to_string()))?;
        Ok(results)
    }

    /// What the file has, without creating it.
    pub(crate) fn peek(path: &Path, simulated: bool) -> HashMap<String, Recorded> {
        match path.is_file() {
            true => Self::open(path, simulated)
                .map(|results| results.last)
                .unwrap_or_default(),
            false => HashMap::new(),
        }
    }

    /// The line of a job.
    pub(crate) fn of(&self, item: &str) -> Option<&Recorded> {
        self.last.get(item)
    }

    /// The line of a job that is done, and whose files are where this run would write them.
    pub(super) fn in_place(&self, job: &Job) -> Option<&Recorded> {
        let last = self.of(&job.id).filter(|last| last.outcome == Outcome::Done)?;
        let mut lines = self.done.get(&job.id)?.iter().rev();
        lines.find(|line| line.id == last.id && line.has_files(&job.output, job.last_frame().as_deref()))
    }

    /// Where the video of a task is, by a line of a run with other output files.
    pub(super) fn intact(&self, item: &str, id: &TaskId) -> Option<PathBuf> {
        let mut lines = self
            .done
            .get(item)?
            .iter()
            .rev()
            .filter(|line| line.id.as_ref() == Some(id));
        lines.find_map(|line| {
            let file = line.file.as_ref().filter(|file| file.is_there())?;
            Some(file.path.clone())
        })
    }

    /// Appends the outcome of a job as its [`document`], unless it is there already.
    pub(super) fn add(&mut self, result: &TaskResult, document: &Value) -> Result<(), Failure> {
        let line = text::json_line(document);
        let added = self.locked(|results| {
            let is_known = result
                .item
                .as_ref()
                .and_then(|item| results.last.get(item))
                .is_some_and(|known| {
                    let is_same = known.outcome == result.outcome
                        && known.id == result.id
                        && known.attempt == result.attempt.unwrap_or(1)
                        && known.is_in(&result.files);
                    is_same || (result.outcome == Outcome::Skipped && known.may_have_task())
                });
            if is_known {
                return Ok(());
            }
            results.file.write_all(format!("{line}\n").as_bytes())
        });
        added.map_err(|error| unusable(&self.path, &error.to_string()))
    }

    /// Does `work` while no other process writes, after reading what others have appended. A last line that a killed process
    /// left unfinished is removed.
    fn locked(&mut self, work: impl FnOnce(&mut Self) -> io::Result<()>) -> io::Result<()> {
        // A file system without locks has no second process either.
        let is_locked = self.file.lock().is_ok();
        let done = self.catch_up().and_then(|()| work(self)).and_then(|()| self.catch_up());
        if is_locked {
            self.file.unlock()?;
        }
        done
    }

    fn catch_up(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.read))?;
        let mut new = Vec::new();
        self.file.read_to_end(&mut new)?;
        let whole = new.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        if whole < new.len() {
            self.file.set_len(self.read + whole as u64)?;
        }
        for line in String::from_utf8_lossy(&new[..whole])
            .lines()
            .filter(|line| !line.trim().is_empty())
        {
            let mut recorded: Recorded = serde_json::from_str(line).map_err(|error| {
                io::Error::other(format!(
                    "a line is no result of a job ({error}); name another file with --results"
                ))
            })?;
            if recorded.simulated != self.simulated {
                continue;
            }
            line.clone_into(&mut recorded.line);
            if recorded.outcome == Outcome::Done {
                self.done
                    .entry(recorded.item.clone())
                    .or_default()
                    .push(recorded.clone());
            }
            let before = self.last.get(&recorded.item);
            let is_revoked = before.is_some_and(Recorded::may_have_task) && recorded.outcome == Outcome::Skipped;
            if !is_revoked {
                self.last.insert(recorded.item.clone(), recorded);
            }
        }
        self.read += whole as u64;
        Ok(())
    }
}

/// The result as it is recorded and printed: without links to files, which are credentials, and with other URLs reduced to their
/// hosts, wherever they are: in the vendor's response and in the prompt too.
pub(super) fn document(result: &TaskResult) -> Value {
    const OWN: [&str; 4] = ["id", "file", "further_files", "last_frame_file"];
    let mut document = json!(result);
    for (name, value) in document.as_object_mut().into_iter().flatten() {
        if !OWN.contains(&name.as_str()) {
            *value = hide_urls_in(value.take());
        }
    }
    document
}

fn unusable(path: &Path, reason: &str) -> Failure {
    Failure::new(
        IO,
        ErrorKind::Io,
        format!("cannot use the results file {}: {reason}", file(path)),
    )
}

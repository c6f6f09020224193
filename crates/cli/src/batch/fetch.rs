//! The files of a job: where they go, whether they are there, and their download.

use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use videogen::download::DownloadOptions;
use videogen::journal::{Destination, Entry, FileKind, further_video};
use videogen::{Client, Downloaded, Error, ErrorKind, TaskId, VideoTask};

use super::item::Job;
use super::run::Batch;
use crate::exit::Failure;
use crate::invocation::quote;
use crate::output::file;
use crate::progress::{self, Line};
use crate::result::{Outcome, SavedFile, SavedFiles, TaskResult};

impl Batch {
    /// The output files of a job, for the journal.
    pub(super) fn target(&self, job: &Job) -> Destination {
        let target = Destination::file(&job.output)
            .overwrite(self.settings.overwrite)
            .sidecar(self.sidecars.wanted);
        match job.last_frame() {
            Some(path) => target.last_frame(Some(&path)),
            None => target,
        }
    }

    /// The files, if all of them are in place according to the journal.
    pub(super) async fn already_there(&self, client: &Client, job: &Job, id: &TaskId) -> Option<SavedFiles> {
        let entry = client.journal_entry(id).await.ok()??;
        let mut files = SavedFiles {
            file: Some((&client.saved_file(id, FileKind::Video, &job.output).await?).into()),
            ..SavedFiles::default()
        };
        for number in 2..=entry.videos.unwrap_or(1) {
            let path = further_video(&job.output, number);
            let saved = client.saved_file(id, FileKind::of_video(number), path).await?;
            files.further_files.push((&saved).into());
        }
        if let Some(path) = job.last_frame() {
            let saved = match entry.without_last_frame {
                true => None,
                false => Some((&client.saved_file(id, FileKind::LastFrame, path).await?).into()),
            };
            files.last_frame_file = Some(saved);
        }
        Some(files)
    }

    /// The result of a job whose files another machine has, if they are not wanted here too. What another job follows is.
    pub(super) fn done_elsewhere(&self, index: usize, entry: &Entry) -> Option<TaskResult> {
        let machine = self.claims.machine_with_files(entry, &self.jobs[index].output)?;
        if self.settings.fetch || self.jobs.iter().any(|job| job.after == Some(index)) {
            return None;
        }
        let saved = |kind| {
            let file = entry.saved_file(kind)?;
            Some(SavedFile {
                path: file.path.to_string_lossy().to_string(),
                bytes: file.bytes.unwrap_or_default(),
            })
        };
        let further = 2..=entry.videos.unwrap_or(1);
        let files = SavedFiles {
            file: saved(FileKind::Video),
            further_files: further.filter_map(|number| saved(FileKind::of_video(number))).collect(),
            last_frame_file: self.jobs[index].last_frame().map(|_| saved(FileKind::LastFrame)),
        };
        Some(TaskResult {
            outcome: Outcome::Done,
            files,
            machine: Some(machine.to_owned()),
            cost: entry.cost.clone(),
            ..TaskResult::left(entry.task.as_ref()?)
        })
    }

    /// The video of a task in another place, where an earlier run has saved it.
    pub(super) async fn intact(&self, client: &Client, job: &Job, id: &TaskId) -> Option<PathBuf> {
        let entry = client.journal_entry(id).await.ok().flatten();
        let saved = entry.as_ref().and_then(|entry| entry.saved_file(FileKind::Video));
        let of_journal = saved.filter(|file| {
            let is_whole = |found: Metadata| file.bytes.is_none_or(|bytes| found.len() == bytes);
            file.placed && file.path.metadata().is_ok_and(is_whole)
        });
        let results = || self.results.lock().unwrap_or_else(PoisonError::into_inner);
        let recorded = || results().intact(&job.id, id);
        of_journal.map(|file| file.path.clone()).or_else(recorded)
    }

    /// The result of a job whose video is complete, and could not be downloaded. `intact`: where it is.
    pub(super) fn not_fetched(&self, job: &Job, task: &VideoTask, error: Error, intact: Option<PathBuf>) -> TaskResult {
        let mut failure = Failure::from(error);
        failure.error.message = format!(
            "the video is complete, but was not downloaded: {}",
            failure.error.message
        );
        if job.output.exists() && !self.settings.overwrite {
            failure = failure.hint(&format!("To replace {}, add: --overwrite", file(&job.output)));
        } else if let Some(path) = intact {
            let folder = path.parent().unwrap_or(Path::new("")).join("");
            failure = failure.hint(&format!(
                "An earlier run saved it as {}: copy that file, or run with -o {}",
                file(&path),
                quote(folder.as_os_str())
            ));
        }
        TaskResult {
            outcome: Outcome::Running,
            ..TaskResult::of(task).failed(Some(*failure.error))
        }
    }

    /// Downloads what is not in place yet.
    pub(super) async fn download(
        &self,
        client: &Client,
        job: &Job,
        task: &VideoTask,
        line: &Line,
    ) -> Result<SavedFiles, Error> {
        let options = || {
            DownloadOptions::default()
                .overwrite(self.settings.overwrite)
                .resumable(true)
        };
        let place = async |kind: FileKind, path: PathBuf, number: u16| -> Result<Downloaded, Error> {
            if let Some(saved) = client.saved_file(&task.id, kind, &path).await {
                return Ok(saved);
            }
            let mut fetching = progress::fetching_in(line, &self.output, &task.id, &path);
            let options = options().video(number);
            let saved = client
                .download_with(task, &path, options, |bytes, total| fetching.at(bytes, total))
                .await?;
            progress::fetched(&self.output, &task.id, &saved);
            Ok(saved)
        };
        let mut files = SavedFiles {
            file: Some((&place(FileKind::Video, job.output.clone(), 1).await?).into()),
            ..SavedFiles::default()
        };
        for number in (2..).take(task.more_videos.len()) {
            let path = further_video(&job.output, number);
            files
                .further_files
                .push((&place(FileKind::of_video(number), path, number).await?).into());
        }
        if let Some(path) = job.last_frame() {
            let saved = match client.saved_file(&task.id, FileKind::LastFrame, &path).await {
                Some(saved) => Some(saved),
                None => match client.download_last_frame(task, &path, options()).await {
                    Ok(saved) => {
                        progress::fetched(&self.output, &task.id, &saved);
                        Some(saved)
                    }
                    Err(error) if matches!(error.kind(), ErrorKind::NoVideo | ErrorKind::Moderated) => None,
                    Err(error) => return Err(error),
                },
            };
            files.last_frame_file = Some(saved.as_ref().map(Into::into));
        }
        Ok(files)
    }
}

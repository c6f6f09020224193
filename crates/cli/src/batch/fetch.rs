//! The files of a job: where they go, whether they are there, and their download.

use std::path::PathBuf;

use videogen::download::DownloadOptions;
use videogen::journal::{Destination, FileKind, further_video};
use videogen::{Client, Downloaded, Error, ErrorKind, TaskId, VideoTask};

use super::item::Job;
use super::run::Batch;
use crate::progress::{self, Line};
use crate::result::SavedFiles;

impl Batch {
    /// The output files of a job, for the journal.
    pub(super) fn target(&self, job: &Job) -> Destination {
        let target = Destination::file(&job.output).overwrite(self.settings.overwrite);
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

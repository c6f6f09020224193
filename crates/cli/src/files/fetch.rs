//! Downloading the files of a task to where they are to go.

use videogen::journal::FileKind;
use videogen::{Client, Downloaded, Error, ErrorKind, Video, VideoTask};

use super::{Files, Resume, Target};
use crate::events::What;
use crate::exit::Failure;
use crate::follow::{left, resume_hint};
use crate::interrupt::interrupted;
use crate::output::{Output, file as shown};
use crate::output_file::{OutputFile, Reservation, io_failure};
use crate::progress;
use crate::result::TaskResult;

impl Files {
    /// Reports that these files are complete, and another one is not.
    fn without(&self, missing: &str, task: &VideoTask, mut failure: Failure) -> Failure {
        let complete: Vec<String> = std::iter::once(&self.video)
            .chain(&self.further)
            .map(|file| shown(&file.path))
            .collect();
        let verb = if complete.len() == 1 { "is" } else { "are" };
        failure.message = format!(
            "{} {verb} complete, but {missing} is missing: {}",
            complete.join(", "),
            failure.message
        );
        failure.result = Some(Box::new(TaskResult::with_files(task, self.saved())));
        failure
    }
}

/// Reports a complete file.
fn report(task: &VideoTask, file: &Downloaded, output: &Output) {
    let (path, bytes) = (file.path.to_string_lossy(), file.bytes);
    output.event(Some(&task.id), What::Downloaded { path, bytes });
}

impl Target {
    /// Downloads the video of `task`, and its last frame, unless they exist already. After an interrupt, the next
    /// run resumes.
    pub(crate) async fn fetch(&self, client: &Client, task: &VideoTask, output: &Output) -> Result<Files, Failure> {
        let delivered = task.video.as_ref().and_then(Video::extension);
        let (video, image) = self.files_of(&task.id, delivered);
        let named = video
            .real
            .extension()
            .and_then(|named| named.to_str())
            .unwrap_or_default();
        let misleads = |format: &&str| {
            ["mp4", "mov", "webm"]
                .iter()
                .any(|other| other != format && named.eq_ignore_ascii_case(other))
        };
        if let Some(format) = delivered.filter(misleads) {
            output.note(&format!(
                "The vendor delivers a {format} file as {}.",
                shown(&video.given)
            ));
        }
        let destination = self.destination_of(delivered);
        if self.video.is_none() && destination != self.destination {
            // Only used by `recover`, so a failure is ignored.
            let _ = client.record_target(&task.id, destination).await;
        }
        let mut files = Files {
            video: self.fetch_video(client, task, 1, &video, output).await?,
            further: Vec::new(),
            last_frame: None,
            with_last_frame: image.is_some(),
        };
        for number in (2..).take(task.more_videos.len()) {
            let file = self.further(&task.id, &video, number);
            match self.fetch_video(client, task, number, &file, output).await {
                Ok(file) => files.further.push(file),
                Err(failure) => return Err(files.without(&format!("video {number}"), task, failure)),
            }
        }
        let Some(image) = image else { return Ok(files) };
        match self.fetch_image(client, task, &image, output).await {
            Ok(Some(file)) => files.last_frame = Some(file),
            Ok(None) => output.note("The vendor returned no last frame."),
            Err(failure) => return Err(files.without("the last frame", task, failure)),
        }
        Ok(files)
    }

    async fn fetch_video(
        &self,
        client: &Client,
        task: &VideoTask,
        number: u16,
        file: &OutputFile,
        output: &Output,
    ) -> Result<Downloaded, Failure> {
        let (kind, options) = (FileKind::of_video(number), self.options().video(number));
        if let Some(found) = file.saved(client, &task.id, kind).await {
            return Ok(found);
        }
        // Their number is unknown before the submission, so these names are reserved only now.
        let _reserved = match number {
            1 => None,
            _ => {
                let reserved = Reservation::new(file, Some(&task.id.to_string()));
                Some(reserved.map_err(|failure| failure.about(&task.id).hint(&self.elsewhere(&task.id)))?)
            }
        };
        let mut progress = progress::fetching(output, &task.id, &file.given);
        let fetching = client.download_with(task, &file.real, options, |bytes, total| progress.at(bytes, total));
        let result = tokio::select! {
            result = fetching => Ok(result),
            interrupt = interrupted() => Err(interrupt),
        };
        drop(progress);
        let result = match result {
            Ok(result) => self.placed(client, task, kind, file, result).await?,
            Err(interrupt) => {
                return Err(self.resumable(left(interrupt, &task.id, Some(&task.status)), task, number > 1));
            }
        };
        report(task, &result, output);
        Ok(result)
    }

    async fn fetch_image(
        &self,
        client: &Client,
        task: &VideoTask,
        file: &OutputFile,
        output: &Output,
    ) -> Result<Option<Downloaded>, Failure> {
        if let Some(found) = file.saved(client, &task.id, FileKind::LastFrame).await {
            return Ok(Some(found));
        }
        let result = tokio::select! {
            result = client.download_last_frame(task, &file.real, self.options()) => result,
            interrupt = interrupted() => {
                return Err(self.resumable(left(interrupt, &task.id, Some(&task.status)), task, true));
            }
        };
        match result {
            Err(error)
                if task.last_frame.is_none() && matches!(error.kind(), ErrorKind::NoVideo | ErrorKind::Moderated) =>
            {
                Ok(None)
            }
            result => {
                let result = self.placed(client, task, FileKind::LastFrame, file, result).await?;
                report(task, &result, output);
                Ok(Some(result))
            }
        }
    }

    /// Another process may have downloaded the same file meanwhile.
    async fn placed(
        &self,
        client: &Client,
        task: &VideoTask,
        kind: FileKind,
        file: &OutputFile,
        result: Result<Downloaded, Error>,
    ) -> Result<Downloaded, Failure> {
        let error = match result {
            Ok(downloaded) => return Ok(file.named(downloaded)),
            Err(error) => error,
        };
        if error.kind() == ErrorKind::Io {
            if let Some(found) = file.saved(client, &task.id, kind).await {
                return Ok(found);
            }
            if file.exists() && !self.destination.overwrite {
                let message = format!(
                    "{} exists, and is not recorded as a file of {}",
                    shown(&file.given),
                    task.id
                );
                return Err(io_failure(message).about(&task.id).hint(&self.elsewhere(&task.id)));
            }
        }
        Err(match error.kind() {
            // Repeating cannot help with these.
            ErrorKind::NoVideo | ErrorKind::Moderated | ErrorKind::InvalidRequest => error.into(),
            ErrorKind::TooLarge => {
                let download = self.download(&task.id, task.last_frame.is_some(), kind != FileKind::Video);
                let failure = Failure::from(error);
                match download.map(|download| download.option("--max-bytes", Some("BYTES"))) {
                    Some(download) => failure.hint(&format!("Raise the limit with: {download}")),
                    None => failure.hint("Raise the limit with --max-bytes."),
                }
            }
            ErrorKind::NotReady => match &self.resume {
                Resume::At(base_url) => resume_hint(error.into(), &task.id, base_url.as_deref()),
                Resume::Never => error.into(),
            },
            _ => self.resumable(error.into(), task, kind != FileKind::Video),
        })
    }
}

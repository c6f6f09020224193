//! Downloading the files of a task to where they are to go.

use std::path::Path;
use std::time::Duration;

use tokio::time::{Instant, sleep};
use videogen::journal::FileKind;
use videogen::{Client, Downloaded, Error, ErrorKind, Video, VideoTask};

use super::sidecars::write_sidecars;
use super::{Delivered, Files, Resume, Target};
use crate::exit::Failure;
use crate::follow::{left, resume_with, wait_command};
use crate::interrupt::interrupted;
use crate::output::{Output, file as shown};
use crate::output_file::{OutputFile, Reservation, io_failure};
use crate::progress;
use crate::result::TaskResult;

/// How long another process may take to record a file that it has placed.
const RECORDED: Duration = Duration::from_secs(2);
/// How often to look.
const LOOK: Duration = Duration::from_millis(20);

impl Files {
    /// The video, without other files so far.
    fn new(video: Delivered) -> Self {
        Self {
            video,
            further: Vec::new(),
            last_frame: None,
            with_last_frame: false,
        }
    }

    /// Reports that these files are complete, and another one is not.
    fn without(&self, missing: &str, task: &VideoTask, mut failure: Failure) -> Failure {
        let mut complete: Vec<String> = match &self.video {
            Delivered::File(file) => vec![shown(&file.path)],
            Delivered::Stream(_) => vec!["the video on standard output".to_owned()],
        };
        complete.extend(self.further.iter().map(|file| shown(&file.path)));
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

impl Target {
    /// Downloads the video of `task`, and its last frame, unless they exist already. After an interrupt, the next
    /// run resumes.
    pub(crate) async fn fetch(&self, client: &Client, task: &VideoTask, output: &Output) -> Result<Files, Failure> {
        let delivered = task.video.as_ref().and_then(Video::extension);
        let (video, image) = self.files_of(&task.id, delivered);
        let mut files = match self.streams {
            true => Files::new(self.stream(client, task, output).await?),
            false => self.fetch_videos(client, task, &video, delivered, output).await?,
        };
        if let Err(failure) = self.describe(client, task, &files).await {
            return Err(files.without("the sidecar", task, failure));
        }
        let Some(image) = image else { return Ok(files) };
        files.with_last_frame = true;
        match self.fetch_image(client, task, &image, output).await {
            Ok(Some(file)) => files.last_frame = Some(file),
            Ok(None) => output.note("The vendor returned no last frame."),
            Err(failure) => return Err(files.without("the last frame", task, failure)),
        }
        Ok(files)
    }

    /// Writes the sidecar of each video, if they are requested.
    pub(crate) async fn describe(&self, client: &Client, task: &VideoTask, files: &Files) -> Result<(), Failure> {
        let Some(origin) = &self.sidecar else { return Ok(()) };
        // An unreadable journal counts as one without an entry.
        let entry = client.journal_entry(&task.id).await.ok().flatten();
        let videos = files.video.file().into_iter().chain(&files.further);
        let videos: Vec<&Path> = videos.map(|file| file.path.as_path()).collect();
        write_sidecars(origin, entry.as_ref(), task, &videos, self.destination.overwrite)
            .map_err(|failure| self.resumable(failure.about(&task.id), task, false))
    }

    /// Downloads all videos of the task: the first to `video`. `delivered`: the format of the first, if it is known.
    async fn fetch_videos(
        &self,
        client: &Client,
        task: &VideoTask,
        video: &OutputFile,
        delivered: Option<&str>,
        output: &Output,
    ) -> Result<Files, Failure> {
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
        let first = self.fetch_video(client, task, 1, video, output).await?;
        let mut files = Files::new(Delivered::File(first));
        for number in (2..).take(task.more_videos.len()) {
            let file = self.further(&task.id, video, number);
            match self.fetch_video(client, task, number, &file, output).await {
                Ok(file) => files.further.push(file),
                Err(failure) => return Err(files.without(&format!("video {number}"), task, failure)),
            }
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
        progress::fetched(output, &task.id, &result);
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
                progress::fetched(output, &task.id, &result);
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
            // It records the file a moment after that is in its place.
            let start = Instant::now();
            loop {
                if let Some(found) = file.saved(client, &task.id, kind).await {
                    return Ok(found);
                }
                if !file.exists() || start.elapsed() > RECORDED {
                    break;
                }
                sleep(LOOK).await;
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
        Err(self.failed(error, task, kind != FileKind::Video))
    }

    /// The failure of a download, with what to do. `has_video`: see [`resumable`](Self::resumable).
    pub(super) fn failed(&self, error: Error, task: &VideoTask, has_video: bool) -> Failure {
        match error.kind() {
            // Repeating cannot help with these.
            ErrorKind::NoVideo | ErrorKind::Moderated | ErrorKind::InvalidRequest => error.into(),
            ErrorKind::TooLarge => {
                let download = self.download(&task.id, task.last_frame.is_some(), has_video);
                let failure = Failure::from(error);
                match download.map(|download| download.option("--max-bytes", Some("BYTES"))) {
                    Some(download) => failure.hint(&format!("Raise the limit with: {download}")),
                    None => failure.hint("Raise the limit with --max-bytes."),
                }
            }
            ErrorKind::NotReady => match &self.resume {
                Resume::At(base_url) => {
                    let wait = self.options_for(&task.id, wait_command(&task.id, base_url.as_deref()));
                    resume_with(error.into(), &task.id, &wait)
                }
                Resume::Never => error.into(),
            },
            _ => self.resumable(error.into(), task, has_video),
        }
    }
}

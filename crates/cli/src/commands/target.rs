//! Where the files of a task are to go, and fetching them there.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use videogen::journal::{Destination, Entry, FileKind};
use videogen::{Client, DownloadOptions, Downloaded, Error, ErrorKind, TaskId, VideoTask};

use super::output_file::{OutputFile, Reservation, folder_of, io_failure, writable_folder};
use super::task::interrupted;
use crate::FileArgs;
use crate::exit::Failure;
use crate::output::Output;

/// Where the files of a task are to go. What can be known of that is checked when it is made, before anything is paid for.
pub(super) struct Target {
    destination: Destination,
    /// As the user named them.
    video: Option<OutputFile>,
    last_frame: Option<OutputFile>,
    /// Held to the end.
    _reserved: Vec<Reservation>,
}

/// What was fetched.
pub(super) struct Files {
    video: Downloaded,
    last_frame: Option<Downloaded>,
}

impl Files {
    /// Adds the files to a document for programs. A path that is not Unicode is shown as nearly as JSON can.
    pub(super) fn show_in(&self, document: &mut Value) {
        let show = |file: &Downloaded| json!({"path": file.path.to_string_lossy(), "bytes": file.bytes});
        document["file"] = show(&self.video);
        if let Some(file) = &self.last_frame {
            document["last_frame_file"] = show(file);
        }
    }

    /// The files for people, with a remark on each.
    pub(super) fn text(&self, remark: &str) -> String {
        let files = [Some(&self.video), self.last_frame.as_ref()];
        let lines: Vec<String> = files
            .into_iter()
            .flatten()
            .map(|file| format!("{}: {} bytes{remark}", file.path.display(), file.bytes))
            .collect();
        lines.join("\n")
    }
}

impl Target {
    /// Refuses files that cannot be written, or that are one. `with_last_frame`: whether the last frame is fetched even
    /// where its place is not named. `owner`: runs with the same one are about the same task, and may write the same files.
    /// `taken`: files that may not be replaced.
    pub(super) fn new(
        args: FileArgs,
        with_last_frame: bool,
        owner: Option<&str>,
        taken: &[PathBuf],
    ) -> Result<Self, Failure> {
        let video = args.output.as_deref().map(OutputFile::resolve).transpose()?;
        let mut destination = match &video {
            Some(video) => {
                writable_folder(folder_of(&video.real))?;
                Destination::file(&video.real)
            }
            None => Destination::folder(writable_folder(Path::new("."))?),
        };
        let beside = || Some(video.as_ref()?.given.with_extension("last-frame.png"));
        let last_frame = args.last_frame_output.or_else(|| beside().filter(|_| with_last_frame));
        let last_frame = last_frame.as_deref().map(OutputFile::resolve).transpose()?;
        if let Some(image) = &last_frame {
            writable_folder(folder_of(&image.real))?;
        }
        if with_last_frame || last_frame.is_some() {
            destination = destination.last_frame(last_frame.as_ref().map(|image| image.real.as_path()));
        }
        if let (Some(video), Some(image)) = (&video, &last_frame)
            && video.is_same(&image.real)
        {
            return Err(both(video, image));
        }
        let mut reserved = Vec::new();
        if let Some(video) = &video {
            reserved.push(Reservation::new(video, owner)?);
        }
        if let Some(image) = &last_frame {
            // Two names that this file system does not tell apart.
            let owner = owner.map(|owner| format!("the last frame of {owner}"));
            reserved.push(Reservation::new(image, owner.as_deref())?);
        }
        for file in video.iter().chain(&last_frame) {
            if taken.iter().any(|taken| file.is_same(taken)) {
                let message = format!("{} is the journal; name another file", file.given.display());
                return Err(io_failure(message));
            }
        }
        Ok(Self {
            destination: destination.overwrite(args.overwrite),
            video,
            last_frame,
            _reserved: reserved,
        })
    }

    /// As the journal has it, for a task that an earlier run submitted. `None`: it was not to be fetched.
    pub(super) fn recorded(destination: Option<Destination>) -> Result<Self, Failure> {
        let destination = match destination {
            Some(destination) => destination,
            None => Destination::folder(writable_folder(Path::new("."))?),
        };
        Ok(Self {
            video: destination.video.as_deref().map(OutputFile::resolve).transpose()?,
            last_frame: destination.last_frame.as_deref().map(OutputFile::resolve).transpose()?,
            destination,
            _reserved: Vec::new(),
        })
    }

    /// As the journal is to record it.
    pub(super) fn destination(&self) -> &Destination {
        &self.destination
    }

    /// Refuses to replace what exists, unless it is already what would be fetched: `known` is what the journal has of the
    /// task, where there is one.
    pub(super) fn check_free(&self, known: Option<&Entry>) -> Result<(), Failure> {
        let files = [(FileKind::Video, &self.video), (FileKind::LastFrame, &self.last_frame)];
        for (kind, file) in files {
            let Some(file) = file else { continue };
            let is_its = |entry: &Entry| entry.saved(kind).is_some_and(|saved| saved.is_at(&file.real));
            if self.destination.overwrite || !file.exists() || known.is_some_and(is_its) {
                continue;
            }
            let shown = file.given.display();
            return Err(match known.and_then(|entry| entry.task.as_ref()) {
                Some(task) => {
                    let message = format!("{shown} exists, and is not known to be a file of {task}");
                    io_failure(message).about(task).hint(&self.elsewhere(task))
                }
                None => io_failure(format!("{shown} exists; add --overwrite to replace it")),
            });
        }
        Ok(())
    }

    /// The files, if all of them are already where they are to be, as the journal knows them. Asks nobody.
    pub(super) async fn already_there(&self, client: &Client, id: &TaskId) -> Option<Files> {
        let (video, image) = self.files_of(id);
        let mut files = Files {
            video: saved(client, id, FileKind::Video, &video).await?,
            last_frame: None,
        };
        let entry = client.recorded(id).await.ok()??;
        if let Some(image) = image.filter(|_| !entry.without_last_frame) {
            files.last_frame = Some(saved(client, id, FileKind::LastFrame, &image).await?);
        }
        Some(files)
    }

    /// The files of a task: those that were named, or those named after it.
    fn files_of(&self, id: &TaskId) -> (OutputFile, Option<OutputFile>) {
        let video = match &self.video {
            Some(video) => video.clone(),
            None => {
                let path = self.destination.video_of(id);
                OutputFile {
                    given: path.file_name().map_or_else(|| path.clone(), PathBuf::from),
                    real: path,
                }
            }
        };
        let image = match &self.last_frame {
            Some(image) => Some(image.clone()),
            None => {
                let beside = self.destination.last_frame_of(&video.given);
                let real = self.destination.last_frame_of(&video.real);
                beside.zip(real).map(|(given, real)| OutputFile { given, real })
            }
        };
        (video, image)
    }

    /// Fetches the video of `task`, and its last frame, unless they are there already. An interrupt leaves no partial file
    /// behind.
    pub(super) async fn fetch(&self, client: &Client, task: &VideoTask, output: &Output) -> Result<Files, Failure> {
        let (video, image) = self.files_of(&task.id);
        let mut files = Files {
            video: self.fetch_video(client, task, &video, output).await?,
            last_frame: None,
        };
        let Some(image) = image else { return Ok(files) };
        match self.fetch_image(client, task, &image).await {
            Ok(Some(file)) => files.last_frame = Some(file),
            Ok(None) => output.note("The vendor gives no last frame."),
            // The video is there; that is worth knowing.
            Err(mut failure) => {
                failure.message = format!(
                    "{} is there, but not the last frame: {}",
                    video.given.display(),
                    failure.message
                );
                files.show_in(&mut failure.json);
                return Err(failure);
            }
        }
        Ok(files)
    }

    async fn fetch_video(
        &self,
        client: &Client,
        task: &VideoTask,
        file: &OutputFile,
        output: &Output,
    ) -> Result<Downloaded, Failure> {
        if let Some(found) = saved(client, &task.id, FileKind::Video, file).await {
            return Ok(found);
        }
        let bar = output.fetching();
        let fetching = client.download_with(task, &file.real, self.options(), |bytes, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(bytes);
        });
        let result = tokio::select! {
            result = fetching => result,
            _ = tokio::signal::ctrl_c() => {
                bar.finish_and_clear();
                return Err(interrupted(&task.id).hint(&self.again(task, false)));
            }
        };
        bar.finish_and_clear();
        self.placed(client, task, FileKind::Video, file, result).await
    }

    async fn fetch_image(
        &self,
        client: &Client,
        task: &VideoTask,
        file: &OutputFile,
    ) -> Result<Option<Downloaded>, Failure> {
        if let Some(found) = saved(client, &task.id, FileKind::LastFrame, file).await {
            return Ok(Some(found));
        }
        let result = tokio::select! {
            result = client.download_last_frame(task, &file.real, self.options()) => result,
            _ = tokio::signal::ctrl_c() => return Err(interrupted(&task.id).hint(&self.again(task, true))),
        };
        match result {
            Err(error) if task.last_frame.is_none() && error.kind() == ErrorKind::NoVideo => Ok(None),
            result => self
                .placed(client, task, FileKind::LastFrame, file, result)
                .await
                .map(Some),
        }
    }

    /// Another process may have put the same file there meanwhile.
    async fn placed(
        &self,
        client: &Client,
        task: &VideoTask,
        kind: FileKind,
        file: &OutputFile,
        result: Result<Downloaded, Error>,
    ) -> Result<Downloaded, Failure> {
        let error = match result {
            Ok(downloaded) => return Ok(as_given(downloaded, file)),
            Err(error) => error,
        };
        if error.kind() == ErrorKind::Io {
            if let Some(found) = saved(client, &task.id, kind, file).await {
                return Ok(found);
            }
            if file.exists() && !self.destination.overwrite {
                let message = format!(
                    "{} exists, and is not known to be a file of {}",
                    file.given.display(),
                    task.id
                );
                return Err(io_failure(message).about(&task.id).hint(&self.elsewhere(&task.id)));
            }
        }
        Err(match error.kind() {
            // Another try cannot help these.
            ErrorKind::NoVideo | ErrorKind::InvalidRequest => error.into(),
            ErrorKind::NotReady => Failure::from(error).hint(&format!("Go on with: videogen wait {}", task.id)),
            _ => Failure::from(error).hint(&self.again(task, kind == FileKind::LastFrame)),
        })
    }

    fn options(&self) -> DownloadOptions {
        DownloadOptions::default().overwrite(self.destination.overwrite)
    }

    /// `has_video`: only the last frame is missing.
    fn again(&self, task: &VideoTask, has_video: bool) -> String {
        let mut options = String::new();
        if let Some(video) = &self.video {
            options.push_str(&format!(" -o {}", video.given.display()));
        }
        if let (_, Some(image)) = self.files_of(&task.id)
            && task.last_frame.is_some()
        {
            options.push_str(&format!(" --last-frame-output {}", image.given.display()));
        }
        if self.destination.overwrite || has_video {
            options.push_str(" --overwrite");
        }
        format!("Try again with: videogen download {}{options}", task.id)
    }

    /// What to do when there is another file in the place.
    fn elsewhere(&self, id: &TaskId) -> String {
        let last_frame = if self.destination.with_last_frame {
            " --last-frame-output OTHER.png"
        } else {
            ""
        };
        format!(
            "Write to another file with: videogen download {id} -o OTHER.mp4{last_frame}\nOr replace what is there: the same with its path, and --overwrite"
        )
    }
}

/// A file that the journal knows to be in its place.
async fn saved(client: &Client, id: &TaskId, kind: FileKind, file: &OutputFile) -> Option<Downloaded> {
    let found = client.saved(id, kind, &file.real).await?;
    Some(as_given(found, file))
}

fn as_given(mut downloaded: Downloaded, file: &OutputFile) -> Downloaded {
    downloaded.path.clone_from(&file.given);
    downloaded
}

fn both(video: &OutputFile, image: &OutputFile) -> Failure {
    io_failure(format!(
        "{} and {} are one file, and cannot take both the video and its last frame",
        video.given.display(),
        image.given.display()
    ))
}

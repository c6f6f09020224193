//! Where the files of a task are to go, and fetching them there.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use videogen::{Client, DownloadOptions, Downloaded, Error, ErrorKind, TaskId, VideoTask};

use super::task::{left, resume_hint};
use crate::FileArgs;
use crate::exit::{Failure, IO};
use crate::interrupt::interrupted;
use crate::invocation::Invocation;
use crate::output::{Output, file};

/// Where the files of a task are to go.
pub(super) struct Target {
    path: Option<PathBuf>,
    last_frame: LastFrame,
    options: DownloadOptions,
    resume: Resume,
}

/// How a download can be repeated by hand.
enum Resume {
    /// With this base URL, if it was named.
    At(Option<String>),
    /// Not at all: the task ends with this program.
    Never,
}

enum LastFrame {
    /// It is not fetched.
    No,
    /// Beside the video, by its name.
    Beside,
    At(PathBuf),
}

/// What was fetched.
pub(super) struct Files {
    video: Downloaded,
    last_frame: Option<Downloaded>,
    /// Whether the last frame was to be fetched, too.
    wants_last_frame: bool,
}

impl Files {
    /// The video.
    pub(super) fn video(&self) -> &Downloaded {
        &self.video
    }

    /// Adds the files to a document for programs. A path that is not Unicode is shown as nearly as JSON can.
    pub(super) fn show_in(&self, document: &mut Value) {
        document["file"] = document_of(&self.video);
        if self.wants_last_frame {
            // Null: the vendor gave none.
            document["last_frame_file"] = self.last_frame.as_ref().map_or(Value::Null, document_of);
        }
    }

    /// The files for people, with a remark on each.
    pub(super) fn text(&self, remark: &str) -> String {
        let files = [Some(&self.video), self.last_frame.as_ref()];
        let lines: Vec<String> = files
            .into_iter()
            .flatten()
            .map(|done| format!("{}: {} bytes{remark}", file(&done.path), done.bytes))
            .collect();
        lines.join("\n")
    }
}

fn document_of(file: &Downloaded) -> Value {
    json!({"path": file.path.to_string_lossy(), "bytes": file.bytes})
}

impl Target {
    /// Refuses a place that cannot take a file, before anything is paid for. `last_frame`: whether the last frame is
    /// fetched even where its place is not named.
    pub(super) fn new(args: FileArgs, last_frame: bool) -> Result<Self, Failure> {
        let target = Self {
            path: args.output,
            last_frame: match args.last_frame_output {
                Some(path) => LastFrame::At(path),
                None if last_frame => LastFrame::Beside,
                None => LastFrame::No,
            },
            options: DownloadOptions::default().overwrite(args.overwrite),
            resume: Resume::At(None),
        };
        if let Some(path) = &target.path {
            target.check(path)?;
            if let Some(image) = target.image(path) {
                if image == *path {
                    let message = format!("{} cannot take both the video and its last frame", file(path));
                    return Err(Failure::new(IO, "io", message));
                }
                target.check(&image)?;
            }
        } else if let LastFrame::At(image) = &target.last_frame {
            target.check(image)?;
        }
        Ok(target)
    }

    /// A place that was checked when it was named.
    pub(super) fn at(path: Option<PathBuf>) -> Self {
        Self {
            path,
            last_frame: LastFrame::No,
            options: DownloadOptions::default(),
            resume: Resume::At(None),
        }
    }

    /// The base URL that hints are to name.
    pub(super) fn at_base_url(mut self, base_url: Option<String>) -> Self {
        self.resume = Resume::At(base_url);
        self
    }

    /// For a simulated task.
    pub(super) fn simulated(mut self) -> Self {
        self.resume = Resume::Never;
        self
    }

    /// Where the video of a task goes.
    pub(super) fn path(&self, id: &TaskId) -> PathBuf {
        self.path.clone().unwrap_or_else(|| default_path(id))
    }

    /// Where the last frame goes when the video goes to `path`.
    fn image(&self, path: &Path) -> Option<PathBuf> {
        match &self.last_frame {
            LastFrame::No => None,
            LastFrame::Beside => Some(path.with_extension("last-frame.png")),
            LastFrame::At(image) => Some(image.clone()),
        }
    }

    fn check(&self, path: &Path) -> Result<(), Failure> {
        let io = |message: String| Err(Failure::new(IO, "io", message));
        let name = file(path);
        let ends_in_separator = path.as_os_str().to_string_lossy().ends_with(std::path::is_separator);
        if path.is_dir() || ends_in_separator || path.file_name().is_none() {
            return io(format!("{name} is a folder; name a file"));
        }
        if path.exists() {
            if !path.is_file() {
                return io(format!("{name} is not a regular file"));
            }
            if !self.options.overwrite {
                return io(format!("{name} exists; add --overwrite to replace it"));
            }
        }
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        match tempfile::tempfile_in(folder) {
            Ok(_) => Ok(()),
            Err(error) => io(format!("cannot write into {}: {error}", file(folder))),
        }
    }

    /// Fetches the video of `task`, and its last frame. An interrupt leaves no partial file behind.
    pub(super) async fn fetch(&self, client: &Client, task: &VideoTask, output: &Output) -> Result<Files, Failure> {
        let path = self.path(&task.id);
        let image = self.image(&path);
        for path in [Some(&path), image.as_ref()].into_iter().flatten() {
            self.check(path)?;
        }
        let bar = output.fetching();
        let fetching = client.download_with(task, &path, self.options.clone(), |bytes, total| {
            if let Some(total) = total {
                bar.set_length(total);
            }
            bar.set_position(bytes);
        });
        let result = tokio::select! {
            result = fetching => result,
            interrupt = interrupted() => {
                bar.finish_and_clear();
                return Err(self.resumable(left(interrupt, &task.id, Some(&task.status)), &path, task, false));
            }
        };
        bar.finish_and_clear();
        let video = result.map_err(|error| self.failure(error, &path, task, false))?;
        let mut files = Files {
            video,
            last_frame: None,
            wants_last_frame: image.is_some(),
        };
        let Some(image) = image else { return Ok(files) };
        if task.last_frame.is_none() {
            output.note("The vendor gives no last frame.");
            return Ok(files);
        }
        let result = tokio::select! {
            result = client.download_last_frame(task, &image, self.options.clone()) => {
                result.map_err(|error| self.failure(error, &path, task, true))
            }
            interrupt = interrupted() => {
                Err(self.resumable(left(interrupt, &task.id, Some(&task.status)), &path, task, true))
            }
        };
        match result {
            Ok(file) => files.last_frame = Some(file),
            // The video is there; that is worth knowing.
            Err(mut failure) => {
                failure.message = format!("{} is there, but not the last frame: {}", file(&path), failure.message);
                files.show_in(&mut failure.json);
                return Err(failure);
            }
        }
        Ok(files)
    }

    fn failure(&self, error: Error, path: &Path, task: &VideoTask, has_video: bool) -> Failure {
        match error.kind() {
            // Another try cannot help these.
            ErrorKind::NoVideo | ErrorKind::InvalidRequest => error.into(),
            ErrorKind::NotReady => match &self.resume {
                Resume::At(base_url) => resume_hint(error.into(), &task.id, base_url.as_deref()),
                Resume::Never => error.into(),
            },
            _ => self.resumable(error.into(), path, task, has_video),
        }
    }

    /// Adds how to repeat the download. `has_video`: only the last frame is missing.
    fn resumable(&self, failure: Failure, path: &Path, task: &VideoTask, has_video: bool) -> Failure {
        let image = self.image(path).filter(|_| task.last_frame.is_some());
        match self.download(&task.id, image.as_deref(), has_video) {
            Some(download) => failure.hint(&format!("Try again with: {download}")),
            None => failure,
        }
    }

    /// The command that downloads the files of a task that is waited for to where they are to go.
    pub(super) fn later(&self, id: &TaskId) -> Option<Invocation> {
        self.download(id, self.image(&self.path(id)).as_deref(), false)
    }

    fn download(&self, id: &TaskId, image: Option<&Path>, has_video: bool) -> Option<Invocation> {
        let Resume::At(base_url) = &self.resume else {
            return None;
        };
        let download = Invocation::new("download")
            .arg(id.to_string())
            .option("-o", self.path.as_ref())
            .option("--last-frame-output", image)
            .flag("--overwrite", self.options.overwrite || has_video)
            .option("--base-url", base_url.as_ref());
        Some(download)
    }
}

/// The vendor's id as a file name in this folder.
fn default_path(id: &TaskId) -> PathBuf {
    let name: String = id
        .id()
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    Path::new(&name).with_extension("mp4")
}

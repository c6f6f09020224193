//! Where the files of a task are to go, and fetching them there.

use std::path::{Path, PathBuf};

use videogen::download::DownloadOptions;
use videogen::journal::{Destination, Entry, FileKind};
use videogen::{Client, Downloaded, ErrorKind, TaskId, VideoTask};

use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::output::file as shown;
use crate::output_file::{OutputFile, Reservation, folder_of, io_failure, make_folder, writable_folder};
use crate::result::SavedFiles;
use crate::sidecar::Origin;

mod args;
mod fetch;
mod name;
mod sidecars;
mod stream;

pub(crate) use args::{FileArgs, SaveArgs, check_default_output};
pub(crate) use name::TaskNames;
pub(crate) use sidecars::{check_sidecar, write_sidecars};

/// Output files of a task. They are checked as far as possible on creation, before anything is paid for.
pub(crate) struct Target {
    destination: Destination,
    /// Whether the video goes to standard output.
    streams: bool,
    /// What a sidecar next to each video is to state about its origin.
    sidecar: Option<Origin>,
    resume: Resume,
    max_bytes: Option<u64>,
    /// The folder of a video without an explicit path, as given.
    folder: Option<PathBuf>,
    /// As named by the user.
    video: Option<OutputFile>,
    last_frame: Option<OutputFile>,
    /// Held until the end.
    _reserved: Vec<Reservation>,
}

/// How to repeat a download by hand.
enum Resume {
    /// With this base URL, if given.
    At(Option<String>),
    /// Not possible: the task ends with this program.
    Never,
}

/// The downloaded files.
pub(crate) struct Files {
    video: Delivered,
    /// Of a task with several videos.
    further: Vec<Downloaded>,
    last_frame: Option<Downloaded>,
    /// Whether the last frame was requested too.
    with_last_frame: bool,
}

/// A complete video.
enum Delivered {
    File(Downloaded),
    /// On standard output, with its number of bytes.
    Stream(u64),
}

impl Delivered {
    fn file(&self) -> Option<&Downloaded> {
        match self {
            Self::File(file) => Some(file),
            Self::Stream(_) => None,
        }
    }
}

impl Files {
    /// For a JSON document.
    pub(crate) fn saved(&self) -> SavedFiles {
        SavedFiles {
            file: self.video.file().map(Into::into),
            further_files: self.further.iter().map(Into::into).collect(),
            last_frame_file: self.with_last_frame.then(|| self.last_frame.as_ref().map(Into::into)),
        }
    }

    /// The files as text, with a remark on each.
    pub(crate) fn text(&self, remark: &str) -> String {
        let mut lines = Vec::new();
        if let Delivered::Stream(bytes) = self.video {
            lines.push(format!("standard output: {bytes} bytes{remark}"));
        }
        let files = self
            .video
            .file()
            .into_iter()
            .chain(&self.further)
            .chain(&self.last_frame);
        lines.extend(files.map(|file| format!("{}: {} bytes{remark}", shown(&file.path), file.bytes)));
        lines.join("\n")
    }
}

impl Target {
    /// Rejects files that cannot be written, or that are the same. `with_last_frame`: whether the last frame is
    /// downloaded even if its path is not given. `owner`: runs with the same one have the same task, and may write the
    /// same files.
    /// `taken`: files that may not be replaced.
    pub(crate) fn new(
        args: &FileArgs,
        names: &TaskNames<'_>,
        with_last_frame: bool,
        owner: Option<&str>,
        taken: &[PathBuf],
    ) -> Result<Self, Failure> {
        args.serves(names.tasks)?;
        if args.streams() && with_last_frame && args.last_frame_output.is_none() {
            let message = "with -o -, the last frame needs a name; add --last-frame-output PATH";
            return Err(misused(message));
        }
        if args.streams() && args.sidecar {
            return Err(misused(
                "--sidecar writes next to a file, but -o - writes to standard output",
            ));
        }
        let Named {
            video,
            folder,
            mut destination,
        } = named(args, names)?;
        let beside = || Some(video.as_ref()?.given.with_extension("last-frame.png"));
        let last_frame = args
            .last_frame_output
            .clone()
            .or_else(|| beside().filter(|_| with_last_frame));
        if let Some(image) = last_frame.as_deref().filter(|_| args.parents) {
            make_folder(folder_of(image))?;
        }
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
            // Two names that are one on this file system.
            let owner = owner.map(|owner| format!("the last frame of {owner}"));
            reserved.push(Reservation::new(image, owner.as_deref())?);
        }
        for file in video.iter().chain(&last_frame) {
            // A path that cannot be resolved is in no folder that an output could be in.
            let taken = taken.iter().filter_map(|taken| OutputFile::resolve(taken).ok());
            if taken.into_iter().any(|taken| file.is_same(&taken.real)) {
                let message = format!("{} belongs to the journal; name another file", shown(&file.given));
                return Err(io_failure(message));
            }
        }
        Ok(Self {
            destination: destination.overwrite(args.overwrite).sidecar(args.sidecar),
            streams: args.streams(),
            sidecar: args.sidecar.then(Origin::default),
            resume: Resume::At(None),
            max_bytes: args.max_bytes,
            folder,
            video,
            last_frame,
            _reserved: reserved,
        })
    }

    /// From the journal, for a task that an earlier run submitted. `None`: no output files.
    pub(crate) fn recorded(destination: Option<Destination>) -> Result<Self, Failure> {
        let destination = match destination {
            Some(destination) => destination,
            None => Destination::folder(writable_folder(Path::new("."))?),
        };
        Ok(Self {
            video: destination.video.as_deref().map(OutputFile::resolve).transpose()?,
            last_frame: destination.last_frame.as_deref().map(OutputFile::resolve).transpose()?,
            folder: elsewhere(&destination.folder),
            destination,
            streams: false,
            sidecar: None,
            resume: Resume::At(None),
            max_bytes: None,
            _reserved: Vec::new(),
        })
    }

    /// The requested file format, which names a file without a given path.
    pub(crate) fn in_format(mut self, format: Option<&str>) -> Self {
        if let Some(format) = format {
            self.destination = self.destination.extension(format);
        }
        self
    }

    /// Requests sidecars for files that the journal names.
    pub(crate) fn with_sidecar(mut self, origin: Option<Origin>) -> Self {
        self.sidecar = origin;
        self
    }

    /// What the sidecars state, if they are requested.
    pub(crate) fn described_by(mut self, origin: impl FnOnce() -> Origin) -> Self {
        self.sidecar = self.sidecar.map(|_| origin());
        self
    }

    /// The base URL for hints.
    pub(crate) fn at_base_url(mut self, base_url: Option<String>) -> Self {
        self.resume = Resume::At(base_url);
        self
    }

    /// For a simulated task.
    pub(crate) fn simulated(mut self) -> Self {
        self.resume = Resume::Never;
        self
    }

    /// As recorded in the journal. `None`: `recover` cannot complete it.
    pub(crate) fn destination(&self) -> Option<&Destination> {
        (!self.streams).then_some(&self.destination)
    }

    /// Refuses to replace an existing file, unless it is the file that would be downloaded: `known` is the journal
    /// entry of the task, if there is one.
    pub(crate) fn check_free(&self, known: Option<&Entry>) -> Result<(), Failure> {
        let files = [(FileKind::Video, &self.video), (FileKind::LastFrame, &self.last_frame)];
        for (kind, file) in files {
            let Some(file) = file else { continue };
            let is_its = |entry: &Entry| entry.saved_file(kind).is_some_and(|saved| saved.is_at(&file.real));
            if self.destination.overwrite || !file.exists() || known.is_some_and(is_its) {
                continue;
            }
            let shown = shown(&file.given);
            return Err(match known.and_then(|entry| entry.task.as_ref()) {
                Some(task) => {
                    let message = format!("{shown} exists, and is not recorded as a file of {task}");
                    io_failure(message).about(task).hint(&self.elsewhere(task))
                }
                None => io_failure(format!("{shown} exists; add --overwrite to replace it")),
            });
        }
        let task = known.and_then(|entry| entry.task.as_ref());
        match self.video.as_ref().filter(|_| self.sidecar.is_some()) {
            Some(video) => check_sidecar(&video.given, task, self.destination.overwrite),
            None => Ok(()),
        }
    }

    /// The files, if all of them are already in place according to the journal. Makes no request.
    pub(crate) async fn already_there(&self, client: &Client, id: &TaskId) -> Option<Files> {
        self.destination()?;
        let (video, image) = self.files_of(id, None);
        let mut files = Files {
            video: Delivered::File(video.saved(client, id, FileKind::Video).await?),
            further: Vec::new(),
            last_frame: None,
            with_last_frame: image.is_some(),
        };
        let entry = client.journal_entry(id).await.ok()??;
        for number in 2..=entry.videos.unwrap_or(1) {
            let kind = FileKind::of_video(number);
            files
                .further
                .push(self.further(id, &video, number).saved(client, id, kind).await?);
        }
        if let Some(image) = image.filter(|_| !entry.without_last_frame) {
            files.last_frame = Some(image.saved(client, id, FileKind::LastFrame).await?);
        }
        Some(files)
    }

    /// The paths of a task's files: as given, or named after the task and the format `delivered`, if it is known.
    fn files_of(&self, id: &TaskId, delivered: Option<&str>) -> (OutputFile, Option<OutputFile>) {
        let video = match &self.video {
            Some(video) => video.clone(),
            None => {
                let real = self.destination_of(delivered).video_of(id);
                let name = Path::new(real.file_name().unwrap_or_default());
                let given = self
                    .folder
                    .as_ref()
                    .map_or_else(|| name.to_owned(), |folder| folder.join(name));
                OutputFile { given, real }
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

    /// A further video next to the first, by its number from 2.
    fn further(&self, id: &TaskId, video: &OutputFile, number: u16) -> OutputFile {
        let path = self.destination.further_of(id, number);
        // The first may have the extension of the format that was delivered.
        let named = self.destination.name.is_some().then(|| path.file_name()).flatten();
        match named {
            Some(name) => OutputFile {
                given: video.given.with_file_name(name),
                real: video.real.with_file_name(name),
            },
            None => video.further(number),
        }
    }

    /// The destination, with the name for the format `delivered`.
    fn destination_of(&self, delivered: Option<&str>) -> Destination {
        match delivered {
            Some(format) => self.destination.clone().extension(format),
            None => self.destination.clone(),
        }
    }

    /// Makes these the recorded output files of a task whose recorded ones cannot be written, because another file is there.
    pub(crate) async fn replace_blocked(&self, client: &Client, id: &TaskId) {
        let Ok(Some(entry)) = client.journal_entry(id).await else {
            return;
        };
        let is_blocked = entry
            .target
            .as_ref()
            .is_some_and(|target| !target.overwrite && target.video_of(id).exists());
        if let Some(destination) = self.destination().filter(|_| is_blocked && entry.is_unfinished()) {
            // Only used by `recover`, so a failure is ignored.
            let _ = client.record_target(id, destination.clone()).await;
        }
    }

    fn options(&self) -> DownloadOptions {
        let options = DownloadOptions::default()
            .overwrite(self.destination.overwrite)
            .resumable(true);
        match self.max_bytes {
            Some(limit) => options.max_bytes(limit),
            None => options,
        }
    }

    /// Adds how to repeat the download. `has_video`: only the last frame is missing.
    fn resumable(&self, failure: Failure, task: &VideoTask, has_video: bool) -> Failure {
        let limit = self.max_bytes.map(|bytes| bytes.to_string());
        match self.download(&task.id, task.last_frame.is_some(), has_video) {
            Some(download) => failure.hint(&format!("Try again with: {}", download.option("--max-bytes", limit))),
            None => failure,
        }
    }

    /// The command that downloads the files of a task to their output paths.
    pub(crate) fn later(&self, id: &TaskId) -> Option<Invocation> {
        self.download(id, true, false)
    }

    fn download(&self, id: &TaskId, with_last_frame: bool, has_video: bool) -> Option<Invocation> {
        let Resume::At(base_url) = &self.resume else {
            return None;
        };
        let download = Invocation::new("download").arg(id.to_string());
        let download = self.named_in(id, download, with_last_frame, has_video);
        Some(download.option("--base-url", base_url.as_ref()))
    }

    /// Adds the options that name these files to a command that waits for the task.
    pub(crate) fn options_for(&self, id: &TaskId, wait: Invocation) -> Invocation {
        // A wait downloads only where it has an output path.
        let has_path = self.streams || self.video.is_some() || self.folder.is_some();
        let default = (!has_path && self.destination.name.is_none()).then_some("./");
        let wait = self.named_in(id, wait.option("-o", default), true, false);
        wait.option("--max-bytes", self.max_bytes.map(|bytes| bytes.to_string()))
    }

    /// The command that downloads all files of a task to files.
    fn to_files(&self, id: &TaskId) -> Invocation {
        let base_url = match &self.resume {
            Resume::At(base_url) => base_url.as_ref(),
            Resume::Never => None,
        };
        let download = Invocation::new("download").arg(id.to_string());
        download.option("-o", Some("PATH")).option("--base-url", base_url)
    }

    fn named_in(&self, id: &TaskId, command: Invocation, with_last_frame: bool, has_video: bool) -> Invocation {
        let (video, image) = self.files_of(id, None);
        let image = image.filter(|_| with_last_frame);
        let is_named = self.video.is_some() || self.destination.name.is_some();
        let output = if self.streams {
            Some(PathBuf::from("-"))
        } else if is_named {
            Some(video.given)
        } else {
            self.folder.clone()
        };
        command
            .option("-o", output)
            .option("--last-frame-output", image.map(|image| image.given))
            .flag("--sidecar", self.sidecar.is_some())
            .flag("--overwrite", self.destination.overwrite || has_video)
    }

    /// The hint for a path with another file.
    fn elsewhere(&self, id: &TaskId) -> String {
        let image = self.destination.with_last_frame.then_some("OTHER.png");
        let download = Invocation::new("download")
            .arg(id.to_string())
            .option("-o", Some("OTHER.mp4"))
            .option("--last-frame-output", image);
        format!(
            "Write to another file with: {download}\nOr replace the existing file: the same with its path, and --overwrite"
        )
    }
}

fn both(video: &OutputFile, image: &OutputFile) -> Failure {
    io_failure(format!(
        "{} and {} are the same file; name different files for the video and its last frame",
        shown(&video.given),
        shown(&image.given)
    ))
}

/// Where the video of a task goes.
struct Named {
    video: Option<OutputFile>,
    folder: Option<PathBuf>,
    destination: Destination,
}

/// Reads `-o`: a file, a folder, or a name with placeholders. Creates missing folders if requested.
fn named(args: &FileArgs, names: &TaskNames<'_>) -> Result<Named, Failure> {
    let Some(output) = args.output.as_ref().filter(|_| !args.streams()) else {
        return Ok(Named {
            video: None,
            folder: None,
            destination: Destination::folder(writable_folder(Path::new("."))?),
        });
    };
    let path = name::expand(output, names);
    let is_folder = path.to_string_lossy().ends_with(std::path::is_separator) || path.is_dir();
    let folder = if is_folder { path.as_path() } else { folder_of(&path) };
    if args.parents {
        make_folder(folder)?;
    }
    let name = path.file_name().filter(|_| !is_folder);
    let template = name.and_then(|name| name.to_str()).filter(|name| name.contains('{'));
    if is_folder || template.is_some_and(|template| template.contains("{id}")) {
        let destination = Destination::folder(writable_folder(folder)?);
        return Ok(Named {
            video: None,
            folder: (is_folder || path.parent() != Some(Path::new(""))).then(|| folder.to_owned()),
            destination: template.into_iter().fold(destination, Destination::name),
        });
    }
    // Only the number of the video is left.
    let first = template.map(|template| path.with_file_name(template.replace("{n}", "1")));
    let video = OutputFile::resolve(first.as_deref().unwrap_or(&path))?;
    writable_folder(folder_of(&video.real))?;
    let destination = Destination::file(&video.real);
    Ok(Named {
        video: Some(video),
        folder: None,
        destination: template.into_iter().fold(destination, Destination::name),
    })
}

/// A folder other than the current one.
fn elsewhere(folder: &Path) -> Option<PathBuf> {
    let is_here = std::env::current_dir().is_ok_and(|here| here == folder);
    (!is_here && !folder.as_os_str().is_empty()).then(|| folder.to_owned())
}

/// The failure of output options that do not fit the command.
fn misused(message: impl Into<String>) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message.into())
}

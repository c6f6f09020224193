//! Options that name output files.

use std::path::{Path, PathBuf};

use clap::builder::{PathBufValueParser, TypedValueParser as _};
use clap::{Args, value_parser};
use videogen::{Client, TaskId};

use super::name::{self, TaskNames};
use super::{Target, misused};
use crate::config;
use crate::exit::Failure;
use crate::follow::wait_command;
use crate::invocation::Invocation;
use crate::late::late_or;
use crate::output::{Output, file as shown};
use crate::output_file::{folder_of, writable_folder};
use crate::sidecar::Origin;

#[derive(Args, Clone)]
pub(crate) struct FileArgs {
    /// File, folder or template; -: standard output [default: VENDOR.FAMILY.ID.mp4].
    #[arg(short, long, value_name = "PATH", value_parser = late_or(PathBufValueParser::new().try_map(output_path), "./".into()))]
    pub(crate) output: Option<PathBuf>,
    /// File for the last frame, an image.
    #[arg(long, value_name = "PATH", value_parser = late_or(PathBufValueParser::new().try_map(file_to_write), UNNAMED.into()))]
    pub(crate) last_frame_output: Option<PathBuf>,
    /// Create the missing folders of the output files.
    #[arg(long)]
    pub(crate) parents: bool,
    /// Also write PATH.json with the request, task and cost; --request repeats it.
    #[arg(long)]
    pub(crate) sidecar: bool,
    /// Replace existing files.
    #[arg(long)]
    pub(crate) overwrite: bool,
    /// Largest file to download, in bytes [default: 4294967296].
    #[arg(long, value_name = "BYTES", allow_negative_numbers = true, value_parser = late_or(value_parser!(u64), 1))]
    pub(crate) max_bytes: Option<u64>,
}

/// Output files of tasks that exist.
#[derive(Args, Clone)]
pub(crate) struct SaveArgs {
    #[command(flatten)]
    pub(crate) file: FileArgs,
    /// Also save the last frame, next to the video.
    #[arg(long)]
    pub(crate) with_last_frame: bool,
}

/// A file in place of one that cannot be read.
const UNNAMED: &str = ".videogen-unnamed";
/// Standard output as a path.
const STREAM: &str = "-";

/// A path to write an image to. Standard output is none, so that no file called `-` is paid for.
fn file_to_write(path: PathBuf) -> Result<PathBuf, String> {
    if path.as_os_str() == STREAM {
        return Err("only the video can go to standard output; name a file, or ./- for a file of that name".to_owned());
    }
    Ok(path)
}

/// A path for the video, with placeholders, or standard output.
fn output_path(path: PathBuf) -> Result<PathBuf, String> {
    name::check(&path)?;
    Ok(path)
}

/// Checks the path of output files in the configuration, which is that of many tasks.
pub(crate) fn check_default_output(path: &Path) -> Result<(), String> {
    let path = output_path(path.to_owned())?;
    let is_folder = path.to_string_lossy().ends_with(std::path::is_separator) || path.is_dir();
    match is_folder || name::contains(&path, "{id}") {
        true => Ok(()),
        false => Err(format!(
            "{} names one file for all tasks; end it with / for a folder, or add {{id}}",
            shown(&path)
        )),
    }
}

impl FileArgs {
    /// Whether the video goes to standard output.
    pub(crate) fn streams(&self) -> bool {
        self.output.as_ref().is_some_and(|output| output.as_os_str() == STREAM)
    }

    /// Whether options name output files.
    pub(crate) fn names_files(&self) -> bool {
        self.output.is_some() || self.last_frame_output.is_some()
    }

    /// Rejects what has no effect in a command that does not wait.
    pub(crate) fn check_without_wait(&self, simulate: bool) -> Result<(), Failure> {
        if self.streams() {
            return Err(misused(
                "-o - writes the video to standard output, and --no-wait does not wait for it; remove one of them"
                    .to_owned(),
            ));
        }
        if self.names_files() && simulate {
            return Err(misused(
                "a simulated task ends with the command, so -o has no effect with --no-wait; remove one of them"
                    .to_owned(),
            ));
        }
        let given = [
            ("--parents", self.parents),
            ("--sidecar", self.sidecar),
            ("--overwrite", self.overwrite),
        ];
        for (option, is_given) in given {
            if is_given && !self.names_files() {
                return Err(misused(format!(
                    "{option} has no effect with --no-wait; name the file with -o, or remove it"
                )));
            }
        }
        Ok(())
    }

    /// Takes the path from the configuration if no option names one.
    pub(crate) fn complete(&mut self, output: &Output) {
        let config = config::get();
        if let (None, Some(path)) = (&self.output, &config.output) {
            output.note(&format!("From {}: output {}.", shown(&config.path), shown(path)));
            self.output = Some(path.clone());
        }
    }

    /// Rejects folders that do not exist, where nothing else can be checked.
    pub(crate) fn check_folders(&self) -> Result<(), Failure> {
        let given = self.output.iter().filter(|_| !self.streams() && !self.parents);
        let image = self.last_frame_output.iter().filter(|_| !self.parents);
        let faults = given.chain(image).filter_map(|path| {
            let is_folder = path.to_string_lossy().ends_with(std::path::is_separator) || path.is_dir();
            let folder = if is_folder { path.as_path() } else { folder_of(path) };
            // A template may name it.
            writable_folder(folder)
                .err()
                .filter(|_| !folder.to_string_lossy().contains('{'))
        });
        Failure::all(faults).map_or(Ok(()), Err)
    }

    /// Rejects a name of a single file for several tasks.
    pub(super) fn serves(&self, tasks: usize) -> Result<(), Failure> {
        if tasks < 2 {
            return Ok(());
        }
        if self.last_frame_output.is_some() {
            let message = format!("--last-frame-output names one file, but there are {tasks} tasks");
            return Err(misused(message));
        }
        let Some(output) = &self.output else { return Ok(()) };
        if self.streams() {
            return Err(misused(format!(
                "-o - writes one video to standard output, but there are {tasks} tasks; name a folder, or add {{n}} or {{id}} to a name"
            )));
        }
        let is_folder = output.to_string_lossy().ends_with(std::path::is_separator) || output.is_dir();
        let differs = ["{id}", "{n}", "{index}"]
            .iter()
            .any(|part| name::contains(output, part));
        if is_folder || differs {
            return Ok(());
        }
        Err(misused(format!(
            "-o {} names one file, but there are {tasks} tasks; add {{n}} or {{id}} to the name, or name a folder",
            shown(output)
        )))
    }

    /// Rejects a name that depends on the vendor, where several may take the request.
    pub(crate) fn serves_several_vendors(&self) -> Result<(), Failure> {
        let unknown = ["{vendor}", "{model}"].into_iter().find(|part| {
            let is_part = |output: &PathBuf| name::contains(output, part);
            self.output.as_ref().is_some_and(is_part)
        });
        match unknown {
            Some(part) => Err(misused(format!(
                "-o: {part} is not known before the submission, because --vendor names several vendors; use {{id}} or \
                 {{index}}, or name a folder"
            ))),
            None => Ok(()),
        }
    }

    /// Whether the name depends on the model.
    fn needs_model(&self) -> bool {
        self.output
            .as_deref()
            .is_some_and(|output| name::contains(output, "{model}"))
    }
}

impl SaveArgs {
    /// Rejects options without the one that they belong to.
    pub(crate) fn check_output(&self) -> Result<(), Failure> {
        let FileArgs {
            output,
            last_frame_output,
            parents,
            sidecar,
            overwrite,
            max_bytes,
        } = &self.file;
        let others = [
            ("--with-last-frame", self.with_last_frame),
            ("--last-frame-output", last_frame_output.is_some()),
            ("--parents", *parents),
            ("--sidecar", *sidecar),
            ("--overwrite", *overwrite),
            ("--max-bytes", max_bytes.is_some()),
        ];
        match others.into_iter().find(|(_, is_given)| *is_given) {
            Some((option, _)) if output.is_none() => Err(misused(format!(
                "{option} is for downloads; add -o PATH to download the video when the task has ended"
            ))),
            _ => Ok(()),
        }
    }

    /// The output files of a task, checked. `place`: the number of the task in the call, from 1, and of all tasks.
    pub(crate) async fn target(
        &self,
        client: &Client,
        id: &TaskId,
        model: &str,
        (index, tasks): (usize, usize),
        taken: &[PathBuf],
    ) -> Result<Target, Failure> {
        let names = TaskNames {
            vendor: id.vendor(),
            model,
            index,
            tasks,
        };
        let target = Target::new(&self.file, &names, self.with_last_frame, Some(&id.to_string()), taken)?;
        // An unreadable journal counts as one without an entry.
        let entry = client.journal_entry(id).await.ok().flatten();
        let target = match &entry {
            Some(entry) => target.described_by(|| Origin::of_entry(entry)),
            None => target.described_by(Origin::default),
        };
        target.check_free(entry.as_ref())?;
        Ok(target)
    }

    /// The same before the task is looked up. `None`: its model is part of the name, and only the vendor knows it.
    pub(crate) async fn early_target(
        &self,
        client: &Client,
        id: &TaskId,
        place: (usize, usize),
        taken: &[PathBuf],
    ) -> Result<Option<Target>, Failure> {
        self.file.serves(place.1)?;
        let entry = client.journal_entry(id).await.ok().flatten();
        match entry.map(|entry| entry.intent.model) {
            Some(model) => self.target(client, id, &model, place, taken).await.map(Some),
            None if self.file.needs_model() => Ok(None),
            None => self.target(client, id, "", place, taken).await.map(Some),
        }
    }

    /// Whether to download the videos after a wait.
    pub(crate) fn saves(&self) -> bool {
        self.file.output.is_some()
    }

    /// The command that resumes the wait for a task. `target`: its output files, if they are known.
    pub(crate) fn resume(&self, id: &TaskId, target: Option<&Target>, base_url: Option<&str>) -> Invocation {
        let wait = wait_command(id, base_url);
        match target {
            Some(target) => target.options_for(id, wait),
            None => self.repeat(wait),
        }
    }

    /// Adds these options to a command.
    pub(crate) fn repeat(&self, command: Invocation) -> Invocation {
        let FileArgs {
            output,
            last_frame_output,
            parents,
            sidecar,
            overwrite,
            max_bytes,
        } = &self.file;
        command
            .option("-o", output.as_ref())
            .option("--last-frame-output", last_frame_output.as_ref())
            .flag("--with-last-frame", self.with_last_frame)
            .flag("--parents", *parents)
            .flag("--sidecar", *sidecar)
            .flag("--overwrite", *overwrite)
            .option("--max-bytes", max_bytes.map(|bytes| bytes.to_string()))
    }
}

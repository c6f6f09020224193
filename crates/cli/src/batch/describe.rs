//! The sidecars of a batch: which file may be replaced, and what they state.

use std::path::{Path, PathBuf};

use serde::Deserialize as _;
use serde_json::Value;
use videogen::{Error, ErrorKind, VideoTask};

use super::clients::Vendors;
use super::item::Job;
use crate::exit::{Failure, IO};
use crate::files::{check_sidecar, write_sidecars};
use crate::output::file as shown;
use crate::sidecar::{Origin, path_of};

/// Whether and how sidecars are written.
pub(crate) struct Sidecars {
    pub(crate) wanted: bool,
    pub(crate) overwrite: bool,
    pub(crate) simulated: bool,
}

/// What only the run that submits a job knows.
#[derive(Default)]
pub(super) struct Described<'a> {
    /// Its first frame, if it follows another job.
    pub(super) frame: Option<PathBuf>,
    /// Why the vendors before did not take it.
    pub(super) refused: &'a [Error],
}

impl Sidecars {
    /// Refuses to replace other files by those of a job.
    pub(crate) fn check_free(&self, job: &Job) -> Result<(), Failure> {
        let mut files = std::iter::once(job.output.clone()).chain(job.last_frame());
        if let Some(path) = files.find(|path| path.exists() && !self.overwrite) {
            let message = format!("{} exists; add --overwrite to replace it", shown(&path));
            return Err(Failure::new(IO, ErrorKind::Io, message));
        }
        match self.wanted {
            true => check_sidecar(&job.output, None, self.overwrite),
            false => Ok(()),
        }
    }

    /// Writes the sidecar of each video of a job, if they are requested.
    pub(super) async fn write(
        &self,
        vendors: &Vendors,
        job: &Job,
        task: &VideoTask,
        videos: &[PathBuf],
        described: &Described<'_>,
    ) -> Result<(), Failure> {
        if !self.wanted {
            return Ok(());
        }
        let client = vendors.of(task.id.vendor())?;
        // An unreadable journal counts as one without an entry.
        let entry = client.journal_entry(&task.id).await.ok().flatten();
        let mut request = job.request(described.frame.clone());
        let model = entry.as_ref().map(|entry| entry.intent.model.clone());
        if let Some(model) = model.or_else(|| job.model_at(task.id.vendor())) {
            request.model = model;
        }
        let origin = Origin::of_request(&request, self.simulated).refused_by(described.refused);
        let videos: Vec<&Path> = videos.iter().map(PathBuf::as_path).collect();
        write_sidecars(&origin, entry.as_ref(), task, &videos, self.overwrite)
    }

    /// The same for a job that an earlier run has recorded as `line`, unless it has its sidecar.
    pub(super) async fn write_recorded(
        &self,
        vendors: &Vendors,
        jobs: &[Job],
        index: usize,
        line: &Value,
    ) -> Result<(), Failure> {
        let job = &jobs[index];
        if !self.wanted || path_of(&job.output).exists() {
            return Ok(());
        }
        let unreadable = |error| {
            let message = format!("{}: its result has no task to write a sidecar from: {error}", job.id);
            Failure::new(IO, ErrorKind::Io, message)
        };
        let task = VideoTask::deserialize(&line["task"]).map_err(unreadable)?;
        let path = |file: &Value| file["path"].as_str().map(PathBuf::from);
        let further = line["further_files"].as_array().into_iter().flatten();
        let videos: Vec<PathBuf> = std::iter::once(&line["file"]).chain(further).filter_map(path).collect();
        let frame = job.after.and_then(|before| jobs[before].last_frame());
        let described = Described {
            frame,
            ..Described::default()
        };
        self.write(vendors, job, &task, &videos, &described).await
    }
}

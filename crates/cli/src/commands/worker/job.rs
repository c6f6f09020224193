//! One submission, from its take-over to its end.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use videogen::journal::{Destination, Entry, Journal as _, Query};
use videogen::lost::{ReconcileOptions, Reconciled};
use videogen::wait::WaitOptions;
use videogen::{Client, ErrorKind, TaskId, TaskStatus, VideoTask};
use videogen_journal::Store;

use crate::ended::{Ended, save};
use crate::exit::{AMBIGUOUS, Failure, NO_VIDEO};
use crate::files::Target;
use crate::follow;
use crate::invocation::Invocation;
use crate::journal::failure;
use crate::lost::{advice, by_hand, listed};
use crate::output::Output;
use crate::progress::{Line, Waiting};
use crate::result::{Outcome, TaskResult};
use crate::sidecar::Origin;

/// The first pause after a failure, which doubles.
pub(super) const PAUSE: Duration = Duration::from_secs(30);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(3600);
/// After this it is looked at again as if it was new.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);

/// A submission to follow.
pub(super) struct Job {
    pub(super) client: Client,
    pub(super) store: Arc<Store>,
    /// The folder for its files, instead of where the submission names them.
    pub(super) folder: Option<PathBuf>,
    pub(super) sidecar: bool,
    pub(super) once: bool,
    pub(super) output: Output,
}

/// What became of a submission.
pub(super) enum End {
    /// Its task is completed, and its files are in place.
    Done(Box<Ended>),
    /// It has no video, or it is left for later.
    Failed(Box<TaskResult>, Box<Failure>),
    /// Its files cannot be written on this machine.
    Unsaved(Box<Failure>),
    /// Another process finished it.
    Elsewhere,
}

impl Job {
    /// Works until it is done; with `once`, until something fails.
    pub(super) async fn run(self, mut entry: Entry) -> End {
        let mut pause = PAUSE;
        loop {
            let failed = match self.attempt(&mut entry).await {
                Ok(ended) => return End::Done(Box::new(ended)),
                Err(failed) => failed,
            };
            if self.once || failed.code == NO_VIDEO {
                return End::Failed(Box::new(result(&entry, &failed)), Box::new(failed));
            }
            if failed.is_of_files() {
                return End::Unsaved(Box::new(failed));
            }
            self.output.note(&format!(
                "{}. It is tried again in {} s.",
                failed.message.trim_end_matches('.'),
                pause.as_secs()
            ));
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            match self.now(&entry).await {
                Ok(Some(now)) if now.is_open() || now.is_unfinished() => entry = now,
                Ok(_) => return End::Elsewhere,
                Err(_) => {}
            }
        }
    }

    /// The current state of a submission.
    async fn now(&self, entry: &Entry) -> Result<Option<Entry>, Failure> {
        let query = Query::default().intent(&entry.intent.id);
        Ok(self.store.find(query).await.map_err(failure)?.entries.pop())
    }

    async fn attempt(&self, entry: &mut Entry) -> Result<Ended, Failure> {
        if entry.is_open() {
            self.search(entry).await?;
        }
        let Some(id) = entry.task.clone() else {
            let message = format!("submission {} has no task", entry.intent.id);
            return Err(Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message));
        };
        // The task is followed to its end, whatever is wrong with its files.
        let target = self.target(entry, &id).await;
        // A killed worker may have completed them.
        if let Ok(Some(target)) = &target
            && entry.status == Some(TaskStatus::Completed)
            && let Some(files) = target.already_there(&self.client, &id).await
        {
            let task = self.client.get(&id).await?;
            target.describe(&self.client, &task, &files).await?;
            return Ok(Ended::saved(&task, &files));
        }
        let task = self.wait(&id).await.map_err(|failure| failure.about(&id))?;
        entry.status = Some(task.status.clone());
        match target? {
            Some(target) => {
                let files = save(&target, &self.client, &task, &self.output).await?;
                Ok(Ended::saved(&task, &files))
            }
            None => {
                follow::ended(&task)?;
                let download = Invocation::new("download").arg(id.to_string());
                self.output.warn(&format!(
                    "The submission of {id} names no file, so its video is not downloaded; save it with: {download}"
                ));
                Ok(Ended::task(&task))
            }
        }
    }

    /// Searches for the task of a submission whose status is unknown.
    async fn search(&self, entry: &mut Entry) -> Result<(), Failure> {
        let id = entry.intent.id.clone();
        let ambiguous = |text: String| {
            let message = format!("submission {id} ({}): {text}", entry.intent.model);
            Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message).hint(&by_hand(&id, false))
        };
        if !entry.ambiguity().is_searchable() {
            return Err(ambiguous(advice(entry.intent.vendor, false, &id)));
        }
        let found = self
            .client
            .reconcile_with(&entry.ambiguity(), ReconcileOptions::default())
            .await?;
        match found {
            Reconciled::Found(_) => {}
            Reconciled::Candidates(tasks) => {
                let mut failure = ambiguous(format!("status unknown; possible task: {}", listed(&tasks)));
                failure.error.candidates = tasks.iter().map(Into::into).collect();
                return Err(failure);
            }
            _ => return Err(ambiguous("status unknown, and its task was not found".to_owned())),
        }
        if let Some(now) = self.now(entry).await? {
            *entry = now;
        }
        Ok(())
    }

    /// Where the files go, if they are wanted.
    async fn target(&self, entry: &Entry, id: &TaskId) -> Result<Option<Target>, Failure> {
        let destination = match &self.folder {
            Some(folder) => {
                let own = within(folder, entry);
                // So that the submission is finished when its files are there.
                self.client.record_target(id, own.clone()).await?;
                own
            }
            None => match &entry.target {
                Some(recorded) => recorded.clone(),
                None => return Ok(None),
            },
        };
        let origin = (self.sidecar || destination.with_sidecar).then(|| Origin::of_entry(entry));
        Ok(Some(Target::recorded(Some(destination))?.with_sidecar(origin)))
    }

    async fn wait(&self, id: &TaskId) -> Result<VideoTask, Failure> {
        let options = WaitOptions::default()
            .poll(self.client.poll_policy().first(Duration::ZERO))
            .timeout(LONGEST_WAIT);
        let mut waiting = Waiting::new(&self.output, Line::new(&self.output, Some(id.id()))).without_notes();
        let waited = self
            .client
            .wait_observed(id, options, |event| waiting.event(id, event))
            .await;
        Ok(waited?)
    }
}

/// A file in the folder of all files, in place of that of a submission, with all else that the submission wants.
pub(super) fn within(folder: &Path, entry: &Entry) -> Destination {
    let recorded = entry.target.clone().unwrap_or_default();
    let mut own = Destination::folder(folder).sidecar(recorded.with_sidecar);
    own.extension = recorded.extension;
    own.with_last_frame = recorded.with_last_frame;
    own
}

/// The result of a submission that is left.
fn result(entry: &Entry, failed: &Failure) -> TaskResult {
    let outcome = match &entry.task {
        _ if failed.code == NO_VIDEO => Outcome::Failed,
        Some(_) => Outcome::Running,
        None => Outcome::Ambiguous,
    };
    let known = failed.result();
    let result = known.unwrap_or_else(|| TaskResult::new(entry.intent.vendor, outcome));
    TaskResult {
        id: entry.task.clone(),
        error: Some((*failed.error).clone()),
        model: Some(entry.intent.model.clone()),
        prompt: Some(entry.intent.prompt.clone()),
        ..result
    }
}

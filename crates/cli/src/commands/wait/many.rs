//! Waiting for several tasks at once.

use std::collections::HashMap;
use std::process::ExitCode;
use std::time::Duration;

use tokio::task::JoinSet;
use videogen::wait::{Watched, Watcher, WatcherOptions};
use videogen::{Client, TaskId, Vendor, VideoTask};

use super::resume::Resume;
use crate::account;
use crate::ended::{Ended, save};
use crate::exit::Failure;
use crate::files::{SaveArgs, Target};
use crate::follow::{left, resume_with};
use crate::interrupt::{Interrupt, interrupted};
use crate::journal::JournalArgs;
use crate::output::{Output, shown};
use crate::progress::{Line, Several};

/// What is known of the tasks while they are waited for.
struct Tasks<'a> {
    ids: &'a [TaskId],
    resume: Resume<'a>,
    save: &'a SaveArgs,
    base_url: Option<&'a str>,
    timeout: Duration,
    journal: &'a JournalArgs,
    output: &'a Output,
    clients: HashMap<Vendor, Client>,
    /// Output files whose names are known.
    targets: HashMap<TaskId, Target>,
    ended: HashMap<TaskId, Ended>,
}

/// Waits for each task, downloads its video if requested, and shows them in the order of the arguments.
pub(super) async fn wait(
    ids: &[TaskId],
    resume: Resume<'_>,
    timeout: Duration,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut tasks = Tasks {
        ids,
        resume,
        save: resume.save,
        base_url: resume.base_url,
        timeout,
        journal,
        output,
        clients: HashMap::new(),
        targets: HashMap::new(),
        ended: HashMap::new(),
    };
    tasks.prepare().await?;
    let several = tasks.show().await;
    let interrupt = tokio::select! {
        result = tasks.wait(&several) => result.map(|()| None)?,
        interrupt = interrupted() => Some(interrupt),
    };
    let statuses = several.into_statuses();
    let (mut code, mut results, mut texts) = (0, Vec::new(), Vec::new());
    for id in ids {
        let one = match tasks.ended.remove(id) {
            Some(one) => one,
            None => {
                // Without an interrupt every wait has ended.
                let failure = left(interrupt.unwrap_or(Interrupt::CtrlC), id, statuses.get(id));
                let rest = resume.command(id, tasks.targets.get(id));
                let one = Ended::failed(id, resume_with(failure, id, &rest));
                output.ended(&one.result)?;
                one
            }
        };
        code = code.max(one.code);
        results.push(one.result);
        texts.push(one.text);
    }
    output.results(&results, || texts.join("\n"))?;
    Ok(ExitCode::from(interrupt.map_or(code, Interrupt::code)))
}

impl Tasks<'_> {
    /// Checks everything that can be checked before the wait.
    async fn prepare(&mut self) -> Result<(), Failure> {
        for (index, id) in self.ids.iter().enumerate() {
            if !self.clients.contains_key(&id.vendor()) {
                let journal = self.journal.open_if_there(self.output);
                let client = account::client(id.vendor(), self.base_url, journal, self.output)?;
                self.clients.insert(id.vendor(), client);
            }
            if self.save.saves() {
                let (client, place) = (&self.clients[&id.vendor()], (index + 1, self.ids.len()));
                let taken = self.journal.files();
                if let Some(target) = self.save.early_target(client, id, place, &taken).await? {
                    self.targets.insert(id.clone(), self.located(target));
                }
            }
        }
        Ok(())
    }

    fn located(&self, target: Target) -> Target {
        target.at_base_url(self.base_url.map(str::to_owned))
    }

    /// Shows all tasks.
    async fn show(&self) -> Several {
        let mut tasks = Vec::new();
        for id in self.ids {
            let line = Line::new(self.output, Some(id.id()));
            line.look_up(&self.clients[&id.vendor()], id).await;
            tasks.push((id.clone(), line));
        }
        Several::new(self.output, tasks)
    }

    /// One watcher for each vendor, all at once.
    async fn wait(&mut self, several: &Several) -> Result<(), Failure> {
        let mut watchers: HashMap<Vendor, Watcher> = HashMap::new();
        for id in self.ids {
            let watcher = watchers.entry(id.vendor()).or_insert_with(|| {
                let client = &self.clients[&id.vendor()];
                // Polls at once: the tasks may have ended long ago.
                let now = client.poll_policy().first(Duration::ZERO);
                let watcher = Watcher::new(client, WatcherOptions::default().poll(now));
                watcher.observe(several.observer())
            });
            watcher.add(Watched::new(id.clone()).timeout(self.timeout));
        }
        let mut next = JoinSet::new();
        let wait = |watcher: Watcher| async move { (watcher.next().await, watcher) };
        for watcher in watchers.into_values() {
            next.spawn(wait(watcher));
        }
        while let Some(result) = next.join_next().await {
            let Ok((Some((id, result)), watcher)) = result else {
                continue;
            };
            next.spawn(wait(watcher));
            let resume = self.resume.command(&id, self.targets.get(&id));
            let result = result.map_err(|error| resume_with(Failure::from(error), &id, &resume));
            if self.output.is_text() {
                match &result {
                    Ok(task) => self.output.note(&format!("{id} is {}", shown(&task.status))),
                    Err(failure) => self.output.note(&failure.message),
                }
            }
            let one = match result {
                Ok(task) if self.save.saves() => self.save(&id, &task).await,
                Ok(task) => Ended::task(&task),
                Err(failure) => Ended::failed(&id, failure),
            };
            self.output.ended(&one.result)?;
            several.ended(&id, one.code == 0);
            self.ended.insert(id, one);
        }
        Ok(())
    }

    /// Downloads the files of a task that ended.
    async fn save(&mut self, id: &TaskId, task: &VideoTask) -> Ended {
        let client = &self.clients[&id.vendor()];
        if !self.targets.contains_key(id) {
            let index = self.ids.iter().position(|one| one == id).unwrap_or_default();
            let (model, place) = (task.model.as_deref().unwrap_or_default(), (index + 1, self.ids.len()));
            let taken = self.journal.files();
            match self.save.target(client, id, model, place, &taken).await {
                Ok(target) => drop(self.targets.insert(id.clone(), self.located(target))),
                Err(failure) => return Ended::failed(id, failure.of_task(id, Some(task))),
            }
        }
        match save(&self.targets[id], client, task, self.output).await {
            Ok(files) => Ended::saved(task, &files),
            Err(failure) => Ended::failed(id, failure),
        }
    }
}

//! `videogen worker`.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;
use videogen::journal::{Changes, Journal as _, Topic};
use videogen::{ErrorKind, Vendor};
use videogen_journal::{Account, Owner, Store, Taken};

use crate::account::{self, AccountArgs};
use crate::exit::{AMBIGUOUS, Failure, INVALID, NO_VIDEO};
use crate::interrupt::interrupted;
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, failure, named, unreadable};
use crate::output::Output;
use crate::output_file::{make_folder, writable_folder};
use crate::result::TaskResult;
use crate::text::counted;
use crate::unsaved::unsaved_within;

mod job;

use self::job::{End, Job, LONGEST_PAUSE, PAUSE, within};

/// How often it looks for recent videos that were not downloaded.
const SURVEY: Duration = Duration::from_secs(30);
const RECENT: Duration = Duration::from_secs(3600);
/// How often it looks for all of them, and for submissions of other keys: a long journal has many.
const WHOLE_SURVEY: Duration = Duration::from_secs(600);
/// How often it looks for submissions.
const LOOK: Duration = Duration::from_secs(2);
/// The shortest time between two looks.
const SHORTEST: Duration = Duration::from_millis(100);

#[derive(Args)]
pub(crate) struct WorkerArgs {
    /// Folder for all files [default: where each submission names them].
    #[arg(short, long, value_name = "FOLDER")]
    output: Option<PathBuf>,
    /// Create the folder if it is missing.
    #[arg(long, requires = "output")]
    parents: bool,
    /// Also write PATH.json with the request, task and cost.
    #[arg(long)]
    sidecar: bool,
    /// End when nothing is left to do.
    #[arg(long)]
    once: bool,
    /// Most submissions that it follows at once.
    #[arg(long, value_name = "N", default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    limit: u32,
    #[command(flatten)]
    account: AccountArgs,
}

/// What a worker has done.
#[derive(Default)]
struct Done {
    /// Tasks whose files are complete, or that were wanted without files.
    completed: u64,
    /// Tasks that ended without a video.
    failed: u64,
    /// Submissions that were given up with an error; another worker, or the next run, continues.
    left: u64,
    /// Submissions whose status is still unknown.
    open: u64,
    /// Submissions that other processes have.
    elsewhere: u64,
    /// Submissions of keys and base URLs that it does not have.
    other_keys: u64,
    /// With `--once`, what became of each.
    results: Vec<TaskResult>,
    code: u8,
}

/// A worker at work.
struct Worker<'a> {
    args: &'a WorkerArgs,
    store: Arc<Store>,
    clients: Vec<videogen::Client>,
    owner: Owner,
    folder: Option<PathBuf>,
    jobs: JoinSet<(String, End)>,
    /// How long it leaves submissions to others whose files it cannot write.
    pauses: HashMap<String, Duration>,
    done: Done,
    output: &'a Output,
}

pub(crate) async fn worker(args: WorkerArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let refused = |message: &str| Failure::new(INVALID, ErrorKind::InvalidRequest, message);
    if args.account.base_url.is_some() && args.account.vendor.is_none() {
        // Otherwise every vendor's key would be sent there.
        return Err(refused("--base-url is for one vendor; name it with --vendor"));
    }
    if let Some(folder) = args.output.as_deref().filter(|_| args.parents) {
        make_folder(folder)?;
    }
    let folder = args.output.as_deref().map(writable_folder).transpose()?;
    let Some(store) = journal.open(output)? else {
        return Err(refused("a worker needs a journal; remove --no-journal"));
    };
    let mut clients = Vec::new();
    for vendor in Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| args.account.vendor.is_none_or(|named| named == *vendor))
    {
        match args.account.journalled(vendor, Some(store.clone()), output) {
            Ok(client) => clients.push(client),
            Err(failure) if args.account.vendor.is_some() => return Err(failure),
            Err(_) => {}
        }
    }
    if clients.is_empty() {
        return Err(account::no_key(Vendor::ALL));
    }
    let mut worker = Worker {
        args: &args,
        store,
        clients,
        owner: Owner::new(),
        folder,
        jobs: JoinSet::new(),
        pauses: HashMap::new(),
        done: Done::default(),
        output,
    };
    let interrupt = interrupted();
    let result = tokio::select! {
        result = worker.run() => result.map(|()| None),
        interrupt = interrupt => Ok(Some(interrupt)),
    };
    worker.all_ended().await?;
    worker.done.left += worker.jobs.len() as u64;
    // What it was about to record is recorded, or is in the journal as unfinished.
    worker.jobs.shutdown().await;
    let left = worker.store.leave(&worker.owner).await;
    let stopped = result?;
    if let Err(error) = left {
        // Others take over what it had when its lease ends.
        output.warn(&format!("Not given back: {error}"));
    }
    worker.summary()?;
    Ok(ExitCode::from(match stopped {
        Some(interrupt) if args.once => interrupt.code(),
        // A stop is how a worker usually ends.
        Some(_) => 0,
        None => worker.done.code,
    }))
}

/// Waits until it looks again: earlier if another process gives something back, and there is room for it.
async fn look(released: &mut Option<Changes>, has_room: bool) {
    match released.as_mut().filter(|_| has_room) {
        Some(released) => {
            sleep(SHORTEST).await;
            released.within(LOOK).await;
        }
        None => sleep(LOOK).await,
    }
}

impl Worker<'_> {
    /// Takes over submissions and works on them: for ever, or until nothing is left.
    async fn run(&mut self) -> Result<(), Failure> {
        self.store.enter(&self.owner).await.map_err(failure)?;
        self.output.release();
        let accounts: Vec<Account> = self.clients.iter().map(Account::of).collect();
        if !self.args.once {
            let vendors: Vec<&str> = self.clients.iter().map(|client| client.vendor().name()).collect();
            let (journal, vendors) = (named(&self.store), vendors.join(", "));
            self.output.note(&format!(
                "Following the submissions in {journal} at {vendors}. Stop with Ctrl-C."
            ));
        }
        let mut is_reachable = true;
        let (mut due, mut all_due) = (Instant::now(), Instant::now());
        let mut released = self.store.changes(Topic::Released);
        loop {
            let now = Instant::now();
            if all_due <= now {
                self.note_others(&accounts).await;
                self.want_unsaved(Duration::MAX).await;
                (due, all_due) = (now + SURVEY, now + WHOLE_SURVEY);
            } else if due <= now {
                self.want_unsaved(RECENT).await;
                due = now + SURVEY;
            }
            let room = self
                .args
                .limit
                .saturating_sub(u32::try_from(self.jobs.len()).unwrap_or(u32::MAX));
            match self.store.take_over(&self.owner, &accounts, room).await {
                Ok(Some(taken)) => {
                    is_reachable = true;
                    let is_idle = taken.entries.is_empty() && self.jobs.is_empty();
                    self.start(taken);
                    if self.args.once && is_idle {
                        self.note_elsewhere(&accounts).await;
                        return Ok(());
                    }
                }
                Ok(None) => self.begin_again().await?,
                Err(error) if self.args.once => return Err(failure(error)),
                Err(error) => {
                    if is_reachable {
                        self.output
                            .note(&format!("{error}. It continues when the journal can be used again."));
                    }
                    is_reachable = false;
                }
            }
            tokio::select! {
                Some(ended) = self.jobs.join_next() => {
                    if let Ok((intent, end)) = ended {
                        self.ended(&intent, end).await?;
                    }
                    self.all_ended().await?;
                }
                () = look(&mut released, room > 0) => {}
            }
        }
    }

    /// Makes videos wanted that were never downloaded, because their submissions name no file and another command has seen their
    /// tasks end: those of submissions in the last `time`.
    async fn want_unsaved(&self, time: Duration) {
        let Some(folder) = &self.folder else { return };
        // Otherwise it is tried again.
        let Ok(found) = unsaved_within(&self.store, time).await else {
            return;
        };
        for entry in found.entries {
            let client = self.clients.iter().find(|client| client.owns(&entry));
            if let (Some(client), Some(id)) = (client, &entry.task) {
                let _ = client.record_target(id, within(folder, &entry)).await;
            }
        }
    }

    /// Notes that submissions are left that this worker has no key for, and that may have no other worker.
    async fn note_others(&mut self, accounts: &[Account]) {
        let others = self.store.unfinished(accounts).await.unwrap_or_default().others;
        let before = std::mem::replace(&mut self.done.other_keys, others);
        if others > before {
            self.output.warn(&format!(
                "{} of other API keys or base URLs {} not followed by this worker; see: {}",
                counted(others, "unfinished submission"),
                if others == 1 { "is" } else { "are" },
                Invocation::new("recover")
            ));
        }
    }

    /// Notes that other processes still have submissions, or had until they were killed.
    async fn note_elsewhere(&mut self, accounts: &[Account]) {
        let own = self.store.unfinished(accounts).await.unwrap_or_default().own;
        self.done.elsewhere = own.saturating_sub(self.done.left + self.done.open);
        if self.done.elsewhere > 0 {
            self.output.warn(&format!(
                "{} with other processes, or with one that was killed in the last {} s.",
                match self.done.elsewhere {
                    1 => "1 more submission is".to_owned(),
                    more => format!("{more} more submissions are"),
                },
                self.owner.lease().as_secs()
            ));
        }
    }

    fn start(&mut self, taken: Taken) {
        if let Some(text) = unreadable(&taken.unreadable) {
            self.output.note(&text);
        }
        for entry in taken.entries {
            let Some(client) = self.clients.iter().find(|client| client.owns(&entry)) else {
                continue;
            };
            let job = Job {
                client: client.clone(),
                store: self.store.clone(),
                folder: self.folder.clone(),
                sidecar: self.args.sidecar,
                once: self.args.once,
                output: *self.output,
            };
            let intent = entry.intent.id.clone();
            self.jobs.spawn(async move { (intent, job.run(entry).await) });
        }
    }

    /// The lease ended while this process, or the database, was stopped: others may have taken over its submissions.
    async fn begin_again(&mut self) -> Result<(), Failure> {
        self.output
            .note("The lease in the journal has ended, so other workers may have taken over; starting again.");
        self.jobs.shutdown().await;
        self.owner = Owner::new();
        self.store.enter(&self.owner).await.map_err(failure)
    }

    /// What became of the submissions that have ended.
    async fn all_ended(&mut self) -> Result<(), Failure> {
        while let Some(ended) = self.jobs.try_join_next() {
            if let Ok((intent, end)) = ended {
                self.ended(&intent, end).await?;
            }
        }
        Ok(())
    }

    /// Leaves a submission to other workers, which may be able to write its files, and tries again later.
    async fn unsaved(&mut self, intent: &str, failed: &Failure) {
        let pause = self.pauses.entry(intent.to_owned()).or_insert(PAUSE);
        self.output.note(&format!(
            "{}. Other workers can take it over; this one tries again in {} s.",
            failed.message.lines().next().unwrap_or_default().trim_end_matches('.'),
            pause.as_secs()
        ));
        self.owner.avoid(intent, *pause);
        *pause = (*pause * 2).min(LONGEST_PAUSE);
        // If the journal cannot be used, it has it until its lease ends.
        let _ = self.store.release(&self.owner, intent).await;
    }

    /// Counts what became of a submission, and gives it back.
    async fn ended(&mut self, intent: &str, end: End) -> Result<(), Failure> {
        let (count, failed) = match &end {
            End::Done(_) => (&mut self.done.completed, None),
            End::Elsewhere => return self.store.release(&self.owner, intent).await.map_err(failure),
            End::Unsaved(failed) => {
                self.unsaved(intent, failed).await;
                return Ok(());
            }
            End::Failed(_, failed) if failed.code == NO_VIDEO => (&mut self.done.failed, Some(failed)),
            End::Failed(_, failed) if failed.code == AMBIGUOUS => (&mut self.done.open, Some(failed)),
            End::Failed(_, failed) => (&mut self.done.left, Some(failed)),
        };
        *count += 1;
        if let Some(failed) = failed {
            self.done.code = self.done.code.max(failed.code);
        }
        self.report(&end)?;
        // With --once it would be taken over again and again; it is given back at the end.
        let is_left = self.args.once && matches!(&end, End::Failed(_, failed) if failed.code != NO_VIDEO);
        if is_left {
            return Ok(());
        }
        // If the journal cannot be used, it is finished and so not taken over again.
        let _ = self.store.release(&self.owner, intent).await;
        Ok(())
    }

    fn report(&mut self, end: &End) -> Result<(), Failure> {
        let (result, text) = match end {
            End::Done(done) => (done.result.clone(), done.text.clone()),
            End::Failed(result, failed) => (TaskResult::clone(result), failed.message.clone()),
            End::Elsewhere | End::Unsaved(_) => return Ok(()),
        };
        if self.output.has_events() {
            return self.output.ended(&result);
        }
        if self.output.is_quiet() {
            return self.output.results(&[result], String::new);
        }
        self.output.note(&text);
        if self.args.once {
            self.done.results.push(result);
        }
        Ok(())
    }

    fn summary(&self) -> Result<(), Failure> {
        let Done {
            completed,
            failed,
            left,
            open,
            elsewhere,
            other_keys,
            results,
            ..
        } = &self.done;
        if self.output.has_events() {
            return Ok(());
        }
        let mut document = json!({
            "completed": completed, "failed": failed, "left": left, "open": open, "elsewhere": elsewhere,
            "other_keys": other_keys,
        });
        if self.args.once {
            document["ended"] = json!(results);
        }
        self.output.result(&document, Vec::new, || {
            format!("{completed} completed, {failed} failed, {left} left unfinished, {open} of unknown status.")
        })
    }
}

//! `videogen recover`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use clap::Args;
use serde_json::json;
use videogen::TaskId;
use videogen::journal::{Entry, Journal, Query};
use videogen::lost::{ReconcileOptions, Reconciled, Recovered};
use videogen::task::ParseTaskIdError;
use videogen::wait::WaitOptions;
use videogen::{Client, ErrorKind, TaskStatus, Vendor, VideoTask};
use videogen_journal::Store;

use crate::account;
use crate::account::AccountArgs;
use crate::exit::{AMBIGUOUS, Failure, INVALID, IO, NO_VIDEO};
use crate::files::{Files, Target};
use crate::follow;
use crate::interrupt::interrupted;
use crate::invocation::Invocation;
use crate::journal::{HEADS, JournalArgs, failure, line, name};
use crate::late::seconds;
use crate::lost::{by_hand, candidates, listed};
use crate::output::{Output, table};
use crate::sidecar::Origin;
use crate::unsaved::{left, until};

mod events;
mod resumed;
mod shown;

use self::resumed::Resumed;
use self::shown::show;

#[derive(Args)]
pub(crate) struct RecoverArgs {
    /// Resolve this submission by hand, with --task, --adopt or --dismiss.
    #[arg(value_name = "SUBMISSION", requires = "verdict")]
    submission: Option<String>,
    /// Record that it created TASK; asks for confirmation if unsure.
    #[arg(long, value_name = "TASK", requires = "submission", group = "verdict")]
    task: Option<String>,
    /// Record that it created no task; asks for confirmation if unsure.
    #[arg(long, requires = "submission", group = "verdict")]
    dismiss: bool,
    /// Record it without confirmation.
    #[arg(long, requires = "submission", conflicts_with = "adopt")]
    yes: bool,
    /// Adopt a single exact match, if no other program uses the account.
    #[arg(long, group = "verdict")]
    adopt: bool,
    /// Search for lost tasks for SECONDS; 0 searches once.
    #[arg(long, alias = "within", value_name = "SECONDS", default_value_t = 0, conflicts_with_all = ["task", "dismiss"], allow_negative_numbers = true, value_parser = seconds())]
    search_timeout: u64,
    /// Wait for unfinished tasks and download their files.
    #[arg(long, conflicts_with = "dismiss")]
    wait: bool,
    /// Also write PATH.json with the request, task and cost.
    #[arg(long, requires = "wait", conflicts_with = "dismiss")]
    sidecar: bool,
    #[command(flatten)]
    account: AccountArgs,
}

impl RecoverArgs {
    /// Whether it waits for tasks, which has events.
    pub(crate) fn waits(&self) -> bool {
        self.wait
    }

    /// The command that continues this one.
    fn again(&self) -> Invocation {
        Invocation::new("recover")
            .flag("--wait", self.wait)
            .flag("--sidecar", self.sidecar)
    }
}

pub(crate) async fn recover(
    args: RecoverArgs,
    invalid: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut faults = Vec::from_iter(invalid);
    if args.submission.is_none() && args.account.base_url.is_some() && args.account.vendor.is_none() {
        // Otherwise every vendor's key would be sent there.
        let message = "--base-url is for one vendor; name it with --vendor";
        faults.push(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    if let Some(failure) = Failure::all(faults) {
        return Err(failure);
    }
    let opened = if args.submission.is_some() {
        journal.open(output)?
    } else {
        journal.open_to_read(output)?
    };
    let Some(journal) = opened else {
        return Err(Failure::new(
            INVALID,
            ErrorKind::InvalidRequest,
            "without a journal there is nothing to recover",
        ));
    };
    if let Some(intent) = &args.submission {
        return resolve(intent, &args, journal, output).await;
    }
    tokio::select! {
        result = recover_all(&args, journal, output) => result,
        // The tasks found so far are in the journal.
        interrupt = interrupted() => {
            let hint = format!("Resume with: {}", args.again());
            Err(Failure::interrupted(interrupt, "interrupted").hint(&hint))
        }
    }
}

async fn recover_all(args: &RecoverArgs, journal: Arc<Store>, output: &Output) -> Result<ExitCode, Failure> {
    let mut all = Recovered::default();
    let mut unfinished = Vec::new();
    let mut worst = 0;
    let mut keyless = Vec::new();
    let left = left(&journal).await.map_err(failure)?;
    for vendor in Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| args.account.vendor.is_none_or(|named| named == *vendor))
    {
        let left: Vec<_> = left
            .entries
            .iter()
            .filter(|entry| entry.intent.vendor == vendor)
            .cloned()
            .collect();
        if left.is_empty() {
            continue;
        }
        let client = args.account.journalled(vendor, Some(journal.clone()), output).ok();
        let (own, foreign): (Vec<_>, Vec<_>) = left
            .into_iter()
            .partition(|entry| client.as_ref().is_some_and(|client| client.owns(entry)));
        keyless.extend(foreign);
        let undownloaded: Vec<_> = own.iter().filter(|entry| !is_left(entry)).cloned().collect();
        if let (Some(client), false) = (&client, own.is_empty()) {
            if own
                .iter()
                .any(|entry| entry.is_open() && entry.ambiguity().is_searchable())
            {
                output.note(&format!("Searching for lost submissions at {}.", vendor.name()));
            }
            let found = client.recover_with(options(args)).await?;
            all.found.extend(found.found);
            all.open.extend(found.open);
            all.in_flight.extend(found.in_flight);
            let left = found.unfinished.into_iter().chain(undownloaded).collect();
            let (resumed, code) = resume(client, left, args, output).await;
            unfinished.extend(resumed);
            worst = code.max(worst);
        }
    }
    all.unreadable = left.unreadable;
    if !all.unreadable.is_empty() {
        worst = worst.max(IO);
    }
    show(&all, &unfinished, &keyless, output)?;
    let is_open = !all.open.is_empty() || !all.in_flight.is_empty() || keyless.iter().any(Entry::is_open);
    Ok(ExitCode::from(if is_open { AMBIGUOUS } else { worst }))
}

/// Whether the library recovers the submission too. Otherwise its task is completed and was not downloaded.
fn is_left(entry: &Entry) -> bool {
    entry.is_open() || entry.is_unfinished()
}

/// Polls unfinished tasks, or waits for them and downloads their files. Returns the highest exit code of those that
/// could not be waited for or downloaded.
async fn resume(client: &Client, entries: Vec<Entry>, args: &RecoverArgs, output: &Output) -> (Vec<Resumed>, u8) {
    let mut resumed = Vec::new();
    let mut worst = 0;
    for mut entry in entries {
        let is_undownloaded = !is_left(&entry);
        let mut end = is_undownloaded.then(|| until(&entry));
        let result = match resume_one(client, &mut entry, args, output).await {
            Ok(Ended::Shown(task)) => {
                // A link that can be renewed may end earlier.
                let is_renewed = entry.intent.vendor.facts().result_url.refreshable;
                let video = task.video.as_ref().filter(|_| !is_renewed);
                // It has ended since the last run.
                let is_new = task.status.is_completed() && entry.target.is_none();
                end = end.or_else(|| is_new.then(|| until(&entry)));
                end = video.and_then(|video| video.expires_at).or(end);
                // Its result is gone.
                if is_undownloaded && (task.is_removed() || end.is_some_and(|end| end < Utc::now())) {
                    continue;
                }
                Ok(None)
            }
            Ok(Ended::Written(files)) => Ok(Some(files)),
            Ok(Ended::WithoutTask) => Ok(None),
            Err(failure) => Err(failure),
        };
        match &result {
            Ok(Some(files)) if !output.has_events() => output.note(&files.text("")),
            Ok(Some(_)) => {}
            Ok(None) => {}
            Err(failure) => {
                if !output.has_events() {
                    output.note(&failure.message);
                }
                worst = failure.code.max(worst);
            }
        }
        let one = Resumed { entry, result, end };
        // A result that cannot be written is on standard error, and the journal has it.
        let _ = output.ended(&one.result());
        resumed.push(one);
    }
    (resumed, worst)
}

/// What was done about an unfinished submission.
enum Ended {
    /// Nothing: it has no task.
    WithoutTask,
    /// Its task was polled.
    Shown(Box<VideoTask>),
    /// Its files were written.
    Written(Files),
}

async fn resume_one(client: &Client, entry: &mut Entry, args: &RecoverArgs, output: &Output) -> Result<Ended, Failure> {
    let Some(id) = entry.task.clone() else {
        return Ok(Ended::WithoutTask);
    };
    if !args.wait {
        let shown = client.get(&id).await.map_err(|error| {
            let failure = Failure::from(error).accepted(&id);
            follow::resume_hint(failure, &id, None)
        })?;
        if entry.status.replace(shown.status.clone()).as_ref() != Some(&shown.status) {
            entry.updated_at = Utc::now();
        }
        return Ok(Ended::Shown(Box::new(shown)));
    }
    let result = async {
        let is_described = args.sidecar || entry.target.as_ref().is_some_and(|target| target.with_sidecar);
        let origin = is_described.then(|| Origin::of_entry(entry));
        let target = Target::recorded(entry.target.clone())?.with_sidecar(origin);
        // A killed run may have completed them.
        if entry.status == Some(TaskStatus::Completed)
            && let Some(files) = target.already_there(client, &id).await
        {
            if is_described {
                target.describe(client, &client.get(&id).await?, &files).await?;
            }
            return Ok(files);
        }
        let options = WaitOptions::default().poll(client.poll_policy().first(Duration::ZERO));
        let task = follow::wait_for(client, &id, options, std::future::pending(), output)
            .await
            .map_err(|failure| {
                follow::resume_with(failure, &id, &target.options_for(&id, follow::wait_command(&id, None)))
            })?;
        entry.status = Some(task.status.clone());
        follow::ended(&task)?;
        target.fetch(client, &task, output).await
    };
    let files = result.await.map_err(|failure| {
        let is_over = failure.code == NO_VIDEO || failure.has_hint();
        let next = match failure.code {
            IO => format!(
                "Write it to another file with: {}",
                Invocation::new("download")
                    .arg(id.to_string())
                    .option("-o", Some("OTHER.mp4"))
            ),
            _ => format!("Try again with: {}", args.again()),
        };
        let failure = failure.accepted(&id).about(&id);
        if is_over { failure } else { failure.hint(&next) }
    })?;
    Ok(Ended::Written(files))
}

/// The task that the user named: as `vendor:family:id`, or by the vendor's id alone.
fn named_task(text: &str, entry: &Entry) -> Result<TaskId, Failure> {
    let is_portable = text
        .split_once(':')
        .is_some_and(|(vendor, _)| vendor.parse::<Vendor>().is_ok());
    let whole = match is_portable {
        true => text.parse().map_err(|error: ParseTaskIdError| error.to_string()),
        false => TaskId::new(entry.intent.vendor, entry.intent.family.clone(), text.trim())
            .ok_or_else(|| "the id is empty".to_owned()),
    };
    whole.map_err(|reason| Failure::new(INVALID, ErrorKind::InvalidRequest, format!("--task {text:?}: {reason}")))
}

/// Resolves one submission as requested.
async fn resolve(intent: &str, args: &RecoverArgs, journal: Arc<Store>, output: &Output) -> Result<ExitCode, Failure> {
    let found = journal.find(Query::default().intent(intent)).await.map_err(failure)?;
    if let Some(record) = found.unreadable.into_iter().next() {
        return Err(failure(record.into()));
    }
    let Some(entry) = found.entries.into_iter().next() else {
        let message = format!("the journal has no submission {intent}");
        return Err(Failure::new(INVALID, ErrorKind::NotFound, message).hint(&format!(
            "Show them with: {}",
            Invocation::new("list").flag("--local", true)
        )));
    };
    if let Some(named) = args.account.vendor.filter(|named| *named != entry.intent.vendor) {
        let message = format!(
            "--vendor {named}: submission {intent} was sent to {}",
            entry.intent.vendor
        );
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let base_url = args.account.base_url.as_deref();
    let client = account::client(entry.intent.vendor, base_url, Some(journal.clone()), output)?;
    let task = args.task.as_deref().map(|task| named_task(task, &entry)).transpose()?;
    let entry = match &task {
        Some(task) if args.yes => client.resolve_despite_differences(intent, task).await?,
        Some(task) => assign(&client, intent, task, output).await?,
        None if args.adopt => adopt(&client, &journal, entry, args).await?,
        None if args.yes => client.dismiss_despite_candidates(intent).await?,
        None => dismiss(&client, &entry, output).await?,
    };
    if output.has_events() && !entry.is_unfinished() {
        output.ended(&events::resolved(&entry))?;
        return Ok(ExitCode::SUCCESS);
    }
    if !args.wait || !entry.is_unfinished() {
        let next = follow::unwritten(&entry);
        let mut document = json!({"submission": entry});
        if let Some(next) = &next {
            document["next"] = next.as_str().into();
        }
        let lines = std::iter::once(table(&HEADS, [line(&entry)])).chain(next);
        output.result(
            &document,
            || vec![name(&entry)],
            || lines.collect::<Vec<_>>().join("\n"),
        )?;
        return Ok(ExitCode::SUCCESS);
    }
    let (resumed, code) = resume(&client, vec![entry], args, output).await;
    for one in resumed.iter().filter(|_| !output.has_events()) {
        let document = json!({"submission": one.document()});
        let id = || vec![name(&one.entry)];
        output.result(&document, id, || table(&HEADS, [line(&one.entry)]))?;
    }
    Ok(ExitCode::from(code))
}

fn options(args: &RecoverArgs) -> ReconcileOptions {
    ReconcileOptions::default()
        .within(Duration::from_secs(args.search_timeout))
        .sole_writer(args.adopt)
}

/// Adopts the only matching task of a submission.
async fn adopt(client: &Client, journal: &Store, entry: Entry, args: &RecoverArgs) -> Result<Entry, Failure> {
    let id = entry.intent.id.clone();
    if !entry.is_open() {
        let of = entry.task.as_ref().map(|task| format!(": it created {task}"));
        let message = format!(
            "submission {id} is already {}{}",
            entry.state.as_str(),
            of.unwrap_or_default()
        );
        return Err(Failure::new(INVALID, ErrorKind::Conflict, message));
    }
    let message = |found: &str| format!("submission {id} has no task to adopt: {found}");
    if !entry.ambiguity().is_searchable() {
        let vendor = entry.intent.vendor.name();
        let message = message(&format!("{vendor} lists no tasks, so none can be found"));
        return Err(Failure::new(INVALID, ErrorKind::Unsupported, message).hint(&by_hand(&id, false)));
    }
    let refused = match client.reconcile_with(&entry.ambiguity(), options(args)).await? {
        Reconciled::Found(task) => {
            let by_id = Query::default().intent(&id);
            let recorded = journal.find(by_id).await.map_err(failure)?.entries.pop();
            let lost = || {
                Failure::new(
                    IO,
                    ErrorKind::Journal,
                    format!("the journal lost the submission {id}, which is {}", task.id),
                )
            };
            return recorded.ok_or_else(lost);
        }
        Reconciled::Candidates(found) => {
            let text = message(&format!("possible tasks: {}", listed(&found)));
            let mut refused = Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, text);
            refused.error.candidates = candidates(&found);
            refused
        }
        Reconciled::NotFound => Failure::new(AMBIGUOUS, ErrorKind::AmbiguousSubmit, message("no task found")),
        _ => Failure::new(
            AMBIGUOUS,
            ErrorKind::AmbiguousSubmit,
            message("the search was inconclusive"),
        ),
    };
    Err(refused)
}

/// Records the task of a submission; if it shows another model, prompt or time, or matches another open submission, only
/// after a confirmation.
async fn assign(client: &Client, intent: &str, task: &TaskId, output: &Output) -> Result<Entry, Failure> {
    match client.resolve(intent, Some(task)).await {
        Err(error) if error.kind() == ErrorKind::Conflict && error.task().is_some() => {
            if output.confirm(&format!("{error:#}. Record it anyway?")) {
                return Ok(client.resolve_despite_differences(intent, task).await?);
            }
            let again = Invocation::new("recover").arg(intent);
            // The user may have named only a part of it.
            let task = error.task().unwrap_or(task).to_string();
            let again = again.option("--task", Some(&task)).flag("--yes", true);
            Err(Failure::from(error).hint(&format!("If it is its task: {again}")))
        }
        result => Ok(result?),
    }
}

/// Dismisses a submission; if it may have created a task, only after a confirmation.
async fn dismiss(client: &Client, entry: &Entry, output: &Output) -> Result<Entry, Failure> {
    let intent = entry.intent.id.as_str();
    let may_be = (entry.is_open() || entry.task_entered) && !entry.is_in_flight(chrono::Utc::now());
    match client.resolve(intent, None).await {
        Err(error) if error.kind() == ErrorKind::Conflict && may_be => {
            if output.confirm(&format!(
                "{error:#}. Dismiss it anyway? A second submission may pay twice."
            )) {
                return Ok(client.dismiss_despite_candidates(intent).await?);
            }
            // Unconfirmed, a dismissal would end here again.
            Err(Failure::from(error).hint(&by_hand(intent, true)))
        }
        result => Ok(result?),
    }
}

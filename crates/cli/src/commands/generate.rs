//! `videogen generate`.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use videogen::ErrorKind;
use videogen::facts::Capabilities;
use videogen::lost::ReconcileOptions;
use videogen::poll::PollPolicy;
use videogen::submit::SubmitOptions;
use videogen::wait::WaitOptions;
use videogen_sim::Simulator;

use crate::account::{AccountArgs, Resolved, left_to_the_vendor, overridden, unknown_model};
use crate::again::{self, AgainArgs};
use crate::cap::CapArgs;
use crate::config;
use crate::cost;
use crate::events::What;
use crate::exit::{Failure, INVALID, IO, NO_VIDEO};
use crate::files::{FileArgs, Target, TaskNames};
use crate::follow;
use crate::journal::JournalArgs;
use crate::lost;
use crate::output::Output;
use crate::price_file::Prices;
use crate::request_args::RequestArgs;
use crate::result::RequestFacts;
use crate::submission::Submission;
use crate::uploads;
use crate::webhook::{Listener, WebhookArgs};

use self::run::Run;
use self::submit::{submit, with_known_task};

mod run;
mod submit;

#[derive(Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Use a built-in simulator: no key, no cost; the video is a test pattern.
    #[arg(long, conflicts_with = "base_url")]
    simulate: bool,
    /// Submit at most once per KEY and journal; reruns resume the existing task.
    #[arg(long, value_name = "KEY", value_parser = idempotency_key)]
    idempotency_key: Option<String>,
    #[command(flatten)]
    again: AgainArgs,
    /// After a lost response, search for the task for SECONDS; 0: do not search.
    #[arg(long, alias = "look-for", value_name = "SECONDS", default_value_t = 120)]
    search_timeout: u64,
    /// Adopt the only exact match; only if no other program uses the account.
    #[arg(long)]
    adopt: bool,
    /// Exit as soon as the task is accepted.
    #[arg(long, conflicts_with_all = ["output", "last_frame_output", "parents", "overwrite", "max_bytes"])]
    no_wait: bool,
    /// Stop waiting after SECONDS; the task keeps running [default: 1800].
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    #[command(flatten)]
    cap: CapArgs,
    #[command(flatten)]
    file: FileArgs,
    #[command(flatten)]
    webhook: WebhookArgs,
}

/// Speed of the simulator: a clip takes about two seconds.
const SPEED: f64 = 10.0;
/// How often a simulated task is polled.
const PACE: Duration = Duration::from_millis(250);

pub(crate) async fn generate(
    mut args: GenerateArgs,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut request = args.request.into_request()?;
    let Resolved { vendor, from_config } = args.account.resolve(&mut request, args.simulate, output)?;
    if !args.no_wait {
        args.file.complete(output);
    }
    if args.file.last_frame_output.is_some() {
        request.return_last_frame = Some(true);
    }
    if args.idempotency_key.is_some() {
        journal.needed_for("--idempotency-key", args.simulate)?;
    }
    let prices = Prices::read()?.book;
    let key = args.idempotency_key.as_deref();
    let target = if args.no_wait {
        None
    } else {
        let with_last_frame = request.return_last_frame == Some(true);
        let names = TaskNames {
            vendor,
            model: &request.model,
            index: 1,
            tasks: 1,
        };
        let target = Target::new(&args.file, &names, with_last_frame, key, &journal.files())?
            .in_format(request.output_format.as_deref());
        Some(if args.simulate {
            target.simulated()
        } else {
            target.at_base_url(args.account.base_url.clone())
        })
    };

    if let (Some(target), None) = (&target, key) {
        target.check_free(None)?;
    }

    let mut options = WaitOptions::default().timeout(config::get().timeout(args.timeout));
    let left_out = journal.left_out();
    // Kept until the end: dropping it stops the simulator.
    let (builder, journal, _simulator) = if args.simulate {
        let simulator = Simulator::builder()
            .speed(SPEED)
            .start()
            .await
            .map_err(|error| Failure::new(IO, ErrorKind::Io, format!("the simulator cannot start: {error}")))?;
        output.note("Simulated: nothing is sent to a vendor and nothing is paid; the video is a test pattern.");
        options = options.poll(PollPolicy::within(PACE, PACE));
        let mut builder = simulator.client_builder(vendor);
        let journal = journal.open_if_named()?;
        if let Some(journal) = journal.clone() {
            builder = builder.journal(journal);
        }
        (builder, journal, Some(simulator))
    } else {
        let journal = journal.open()?;
        (args.account.builder(vendor, journal.clone())?, journal, None)
    };
    // With --json a simulation prints no notes: there is no paid task to lose.
    let is_journalled = journal.is_some();
    let budgeted = journal.clone().or(left_out);
    let (under_way, builder) = Submission::watch(builder, is_journalled, args.simulate, *output);
    let client = uploads::watch(builder.prices(prices.clone()), *output).build()?;
    if let Some(journal) = journal.filter(|_| !args.simulate) {
        lost::earlier(&client, &journal, args.search_timeout > 0, output).await;
    }

    if let (Some(target), Some(key)) = (&target, key) {
        // The files of this key's task may exist already.
        target.check_free(client.journal_entry_with_key(key).await?.as_ref())?;
    }
    let model_known = Capabilities::of(vendor, &request.model).is_known();
    let mut did_you_mean = None;
    if !model_known {
        did_you_mean = Capabilities::nearest(vendor, &request.model);
        output.note(&unknown_model(vendor, &request.model));
    }
    // What else is wrong with the request is reported by the submission.
    let mut facts = RequestFacts {
        model_known: Some(model_known),
        did_you_mean,
        from_config,
        ..RequestFacts::default()
    };
    if let Ok(plan) = client.plan(&request) {
        for note in left_to_the_vendor(&plan, &request) {
            output.note(&note);
        }
        facts.estimate = Some(plan.cost().clone());
        facts.overridden = plan.overridden;
        facts.notes = plan.notes;
        facts.vendor_decides = plan.vendor_decides;
    }
    for note in &facts.notes {
        output.note(&format!("Note: {note}"));
    }
    for violation in &facts.overridden {
        output.note(&overridden(violation));
    }
    if let Some(estimate) = facts.estimate.as_ref().filter(|_| !args.simulate) {
        let budgets = cost::budgets(budgeted.as_deref(), vendor).await;
        let is_capped = args.cap.is_set() || budgets > 0 && is_journalled;
        if estimate.known().is_some() || is_capped || prices.has_price_of(vendor, &request.model) {
            output.note(&cost::line(estimate));
        }
        if budgets > 0 && !is_journalled {
            output.note("The budgets are not checked: they are in the journal, which --no-journal leaves out.");
        }
    }
    let listener = Listener::start(&args.webhook, &client, args.simulate, output).await?;
    if let Some(listener) = &listener
        && request.callback_url.replace(listener.url()).is_some()
    {
        let message = "--listen-for-webhook sets the callback URL; remove callback_url";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let mut submission = SubmitOptions::default();
    submission.idempotency_key = key.map(str::to_owned);
    // Only a journal keeps them.
    submission.target = target
        .as_ref()
        .map(|target| target.destination().clone())
        .filter(|_| is_journalled);
    submission.without_search = args.search_timeout == 0;
    args.cap.apply(&mut submission);
    if is_journalled && !args.simulate {
        args.again.apply(&mut submission);
    }
    let search = ReconcileOptions::default()
        .within(Duration::from_secs(args.search_timeout))
        .sole_writer(args.adopt);
    let submitted = submit(&client, &request, submission, search, &under_way, output).await;
    let resume = |failure: Failure| {
        let failure = again::hint(failure, args.account.base_url.as_deref());
        let Some(id) = failure.task() else { return failure };
        if !failure.is_left() {
            return failure;
        }
        if args.simulate {
            return failure.hint("The simulated task ended with this command.");
        }
        let failure = follow::resume_hint(failure, &id, args.account.base_url.as_deref());
        match target.as_ref().and_then(|target| target.later(&id)) {
            Some(download) => failure.hint(&format!("Then download it with: {download}")),
            None => failure,
        }
    };
    let submitted = match (submitted, key) {
        (Err(failure), Some(key)) if failure.task().is_none() => Err(with_known_task(&client, key, failure).await),
        (submitted, _) => submitted,
    };
    let run = Run {
        client: &client,
        options,
        simulate: args.simulate,
        facts,
        output,
    };
    let submitted = submitted.map_err(|failure| run.about(resume(failure).of_submission(vendor)))?;
    let id = submitted.id.clone();
    if under_way.task().is_none() {
        output.event(Some(&id), What::Submitted);
    }
    if submitted.already_submitted {
        output.note(&format!(
            "{} was submitted before; no new task was created.",
            submitted.id
        ));
    }
    if let Some(reason) = &submitted.journal_error {
        output.note(&format!("Not recorded in the journal: {reason}"));
    }
    for adjustment in &submitted.adjustments {
        output.note(&format!("Adjusted: {adjustment}"));
    }
    let run = run.adjusted(&submitted);
    // Only without waiting; otherwise the wait reports the failure.
    let code = if submitted.status.is_ended() && !submitted.status.is_completed() {
        ExitCode::from(NO_VIDEO)
    } else {
        ExitCode::SUCCESS
    };
    let done = match &target {
        None => run.show(&submitted, None),
        Some(target) => run.finish(submitted, target, listener).await,
    };
    // From here on the task is paid for, whatever fails.
    done.map_err(|failure| {
        let failure = run.about(failure.accepted(&id).about(&id).of_task(&id, None));
        if args.simulate || failure.is_left() {
            return resume(failure);
        }
        if failure.code == NO_VIDEO || failure.has_hint() {
            return failure;
        }
        let wait = follow::wait_command(&id, args.account.base_url.as_deref());
        failure.hint(&format!("Resume with: {wait}"))
    })?;
    Ok(code)
}

fn idempotency_key(key: &str) -> Result<String, String> {
    if key.trim().is_empty() {
        return Err("the key is empty; use one that names this request, such as an order number".to_owned());
    }
    Ok(key.to_owned())
}

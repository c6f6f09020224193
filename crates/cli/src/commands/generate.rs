//! `videogen generate`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use videogen::facts::Capabilities;
use videogen::lost::ReconcileOptions;
use videogen::poll::PollPolicy;
use videogen::submit::{Note, SubmitOptions};
use videogen::wait::WaitOptions;
use videogen::{ErrorKind, VideoRequest};
use videogen_sim::Simulator;

use self::job::{Job, check_several, numbered};
use self::run::{Run, code_of};
use crate::account::{AccountArgs, Need, Resolved, explained, unknown_model};
use crate::again::AgainArgs;
use crate::cap::CapArgs;
use crate::config;
use crate::cost;
use crate::exit::{Failure, INVALID, IO};
use crate::files::{FileArgs, Target, TaskNames};
use crate::journal::JournalArgs;
use crate::lost;
use crate::output::Output;
use crate::price_file::Prices;
use crate::request_args::{PromptsArgs, RequestArgs};
use crate::result::RequestFacts;
use crate::sidecar::Origin;
use crate::submission::Submission;
use crate::uploads;
use crate::webhook::{Listener, WebhookArgs};

mod job;
mod many;
mod run;
mod submit;

#[derive(Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    prompts: PromptsArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Use a built-in simulator: no key, no cost; the video is a test pattern.
    #[arg(long, conflicts_with = "base_url")]
    simulate: bool,
    /// Submit once per KEY and journal (several: KEY-1, KEY-2, ...); reruns resume.
    #[arg(long, value_name = "KEY", value_parser = idempotency_key)]
    idempotency_key: Option<String>,
    #[command(flatten)]
    again: AgainArgs,
    /// After a lost response, search for the task for SECONDS; 0: do not search.
    #[arg(long, alias = "look-for", value_name = "SECONDS", default_value_t = 120)]
    search_timeout: u64,
    /// Adopt a single exact match, if no other program uses the account.
    #[arg(long)]
    adopt: bool,
    /// Exit as soon as the task is accepted.
    #[arg(long, conflicts_with_all = ["output", "last_frame_output", "parents", "sidecar", "overwrite", "max_bytes"])]
    no_wait: bool,
    /// Stop waiting after SECONDS; the task keeps running [default: 1800].
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    #[command(flatten)]
    cap: CapArgs,
    #[command(flatten)]
    pub(crate) file: FileArgs,
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
    args.request.has_listener = args.webhook.listens();
    let (mut requests, vendor) = args.request.into_requests(args.prompts.prompts, output)?;
    args.account.vendor = args.account.vendor.or(vendor);
    let need = if args.simulate { Need::Simulation } else { Need::Key };
    let Resolved { vendor, from_config } = args.account.resolve(&mut requests[0], need, output)?;
    if !args.no_wait {
        args.file.complete(output);
    }
    // They differ in the prompt only.
    let mut complete = requests[0].clone();
    if args.file.last_frame_output.is_some() {
        complete.return_last_frame = Some(true);
    }
    let model = complete.model.clone();
    for request in &mut requests {
        complete.prompt = std::mem::take(&mut request.prompt);
        request.clone_from(&complete);
    }
    let variations = |request| std::iter::repeat_n(request, args.prompts.count.into());
    let requests: Vec<VideoRequest> = requests.into_iter().flat_map(variations).collect();
    check_several(&requests, args.webhook.listens())?;
    let count = requests.len();
    let output = &if count > 1 { output.without_bars() } else { *output };
    if args.idempotency_key.is_some() {
        journal.needed_for("--idempotency-key", args.simulate)?;
    }
    let prices = Prices::read()?.book;
    let mut jobs = Vec::new();
    for (request, index) in requests.into_iter().zip(1..) {
        let key = args.idempotency_key.as_deref().map(|key| numbered(key, (index, count)));
        let target = if args.no_wait {
            None
        } else {
            let with_last_frame = request.return_last_frame == Some(true);
            let names = TaskNames {
                vendor,
                model: &request.model,
                index,
                tasks: count,
            };
            let target = Target::new(&args.file, &names, with_last_frame, key.as_deref(), &journal.files())?
                .in_format(request.output_format.as_deref())
                .described_by(|| Origin::of_request(&request, args.simulate));
            Some(if args.simulate {
                target.simulated()
            } else {
                target.at_base_url(args.account.base_url.clone())
            })
        };
        if let (Some(target), None) = (&target, &key) {
            target.check_free(None)?;
        }
        jobs.push(Job {
            request,
            key,
            target,
            facts: RequestFacts {
                from_config: from_config.clone(),
                ..RequestFacts::default()
            },
        });
    }

    let mut wait = WaitOptions::default().timeout(config::get().timeout(args.timeout));
    let left_out = journal.left_out();
    // Kept until the end: dropping it stops the simulator.
    let (builder, journal, _simulator) = if args.simulate {
        let simulator = Simulator::builder()
            .speed(SPEED)
            .start()
            .await
            .map_err(|error| Failure::new(IO, ErrorKind::Io, format!("the simulator cannot start: {error}")))?;
        let videos = if count > 1 {
            "the videos are test patterns"
        } else {
            "the video is a test pattern"
        };
        output.note(&format!(
            "Simulated: nothing is sent to a vendor and nothing is paid; {videos}."
        ));
        wait = wait.poll(PollPolicy::within(PACE, PACE));
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

    let model_known = Capabilities::of(vendor, &model).is_known();
    let did_you_mean = Capabilities::nearest(vendor, &model).filter(|_| !model_known);
    if !model_known {
        output.note(&unknown_model(vendor, &model));
    }
    let (mut noted, mut faults, mut estimates) = (BTreeSet::new(), Vec::new(), Vec::new());
    for job in &mut jobs {
        if let (Some(target), Some(key)) = (&job.target, &job.key) {
            // The files of this key's task may exist already.
            target.check_free(client.journal_entry_with_key(key).await?.as_ref())?;
        }
        job.facts.model_known = Some(model_known);
        job.facts.did_you_mean = did_you_mean;
        let planned = job.plan(&client, &mut noted, output);
        // Otherwise the submission reports what else is wrong with a request, unless its key has a task.
        if count > 1 && !job.is_submitted(&client).await? {
            faults.extend(planned.err().map(|failure| explained(failure, &from_config)));
            estimates.extend(job.facts.estimate.clone());
        }
    }
    if let Some(failure) = Failure::all(faults) {
        return Err(failure);
    }
    let mut submission = SubmitOptions::default();
    submission.without_search = args.search_timeout == 0;
    let is_capped = args.cap.is_set();
    args.cap.apply(&mut submission);
    if is_journalled && !args.simulate {
        args.again.apply(&mut submission);
    }
    let budgets = match args.simulate {
        true => 0,
        false => cost::budgets(budgeted.as_deref(), vendor).await,
    };
    if count > 1 {
        client.check_total_cost(&estimates, &submission).await?;
        let total = cost::Total::of(estimates.iter().map(std::slice::from_ref));
        match (args.simulate, estimates.len()) {
            (true, new) => output.note(&format!("{new} simulated submissions.")),
            (false, 0) => {}
            (false, new) => output.note(&format!("{new} paid submissions; estimated cost in total: {total}")),
        }
    } else if let Some(estimate) = jobs[0].facts.estimate.as_ref().filter(|_| !args.simulate) {
        let matters = is_capped || budgets > 0 && is_journalled;
        if estimate.known().is_some() || matters || prices.has_price_of(vendor, &model) {
            output.note(&cost::line(estimate));
        }
    }
    if budgets > 0 && !is_journalled && jobs.iter().any(|job| job.facts.estimate.is_some()) {
        let reason = "not checked: they are in the journal, which --no-journal leaves out";
        for job in &mut jobs {
            let note = Note::new("budgets", budgets.to_string(), reason);
            job.facts.notes.push(note);
        }
        output.warn(&format!("The budgets are {reason}."));
    }
    let listener = Listener::start(&args.webhook, &client, args.simulate, output).await?;
    if let Some(listener) = &listener
        && jobs[0].request.callback_url.replace(listener.url()).is_some()
    {
        let message = "--listen-for-webhook sets the callback URL; remove --callback-url, or callback_url in the file of --request";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let run = Run {
        client,
        wait,
        simulate: args.simulate,
        base_url: args.account.base_url,
        timeout: args.timeout,
        submission,
        is_journalled,
        search: ReconcileOptions::default()
            .within(Duration::from_secs(args.search_timeout))
            .sole_writer(args.adopt),
        under_way,
        output: *output,
        downloads: Run::downloads(),
    };
    match jobs.pop() {
        Some(job) if jobs.is_empty() => one(&run, job, listener).await,
        last => {
            jobs.extend(last);
            many::generate(run, jobs).await
        }
    }
}

/// Submits one request, waits for its task and shows its result.
async fn one(run: &Run, mut job: Job, listener: Option<Listener>) -> Result<ExitCode, Failure> {
    let submitted = run.submit(&mut job).await?;
    let (id, code) = (submitted.id.clone(), code_of(&submitted));
    let done = match run.finish(&job, submitted, listener).await {
        Ok((task, files)) => {
            let (result, text) = run.result(&job, &task, files.as_ref());
            run.output.task(result, || text)
        }
        Err(failure) => Err(failure),
    };
    done.map_err(|failure| run.paid(&job, &id, failure))?;
    Ok(ExitCode::from(code))
}

fn idempotency_key(key: &str) -> Result<String, String> {
    if key.trim().is_empty() {
        return Err("the key is empty; use one that names this request, such as an order number".to_owned());
    }
    Ok(key.to_owned())
}

//! `videogen generate`.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use videogen::facts::Capabilities;
use videogen::lost::ReconcileOptions;
use videogen::poll::PollPolicy;
use videogen::price::Estimate;
use videogen::route::Route;
use videogen::submit::{Note, SubmitOptions};
use videogen::wait::WaitOptions;
use videogen::{ErrorKind, Vendor, VideoRequest};
use videogen_sim::Simulator;

use self::early::Early;
use self::job::{Job, numbered};
use self::run::{Run, code_of};
use self::senders::Senders;
use crate::account::{Need, Resolved, explained};
use crate::again::AgainArgs;
use crate::batch::clients::Vendors;
use crate::cap::CapArgs;
use crate::config;
use crate::cost;
use crate::exit::{Failure, INVALID, IO};
use crate::files::{FileArgs, Target, TaskNames};
use crate::journal::JournalArgs;
use crate::late::{late_or, seconds};
use crate::lost;
use crate::notes::unknown_model;
use crate::output::Output;
use crate::price_file::Prices;
use crate::request_args::{PromptsArgs, RequestArgs, Requests};
use crate::result::RequestFacts;
use crate::routes::{RouteArgs, Routes, check_model_of_file};
use crate::several;
use crate::sidecar::Origin;
use crate::submission::Submission;
use crate::text::many;
use crate::uploads;
use crate::webhook::{Listener, WebhookArgs};

mod early;
mod job;
mod many;
mod run;
mod senders;
mod submit;

#[derive(Args)]
pub(crate) struct GenerateArgs {
    #[command(flatten)]
    prompts: PromptsArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    routes: RouteArgs,
    /// Use a built-in simulator: no key, no cost; the video is a test pattern.
    #[arg(long, conflicts_with = "base_url")]
    simulate: bool,
    /// Submit once per KEY and journal (several: KEY-1, KEY-2, ...); reruns resume.
    #[arg(long, value_name = "KEY", value_parser = late_or(idempotency_key, UNNAMED.to_owned()))]
    idempotency_key: Option<String>,
    #[command(flatten)]
    again: AgainArgs,
    /// After a lost response, search for the task for SECONDS; 0: do not search.
    #[arg(long, alias = "look-for", value_name = "SECONDS", default_value_t = 120, allow_negative_numbers = true, value_parser = seconds())]
    search_timeout: u64,
    /// Adopt a single exact match, if no other program uses the account.
    #[arg(long)]
    adopt: bool,
    /// Exit as soon as the task is accepted; with -o, a worker or `recover` saves it.
    #[arg(long, conflicts_with_all = ["max_bytes", "timeout"])]
    no_wait: bool,
    /// Stop waiting after SECONDS; the task keeps running [default: 1800].
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true, value_parser = seconds())]
    timeout: Option<u64>,
    #[command(flatten)]
    cap: CapArgs,
    #[command(flatten)]
    pub(crate) file: FileArgs,
    #[command(flatten)]
    webhook: WebhookArgs,
}

/// A key in place of one that cannot be read.
const UNNAMED: &str = "an invalid idempotency key";
/// Speed of the simulator: a clip takes about two seconds.
const SPEED: f64 = 10.0;
/// How often a simulated task is polled.
const PACE: Duration = Duration::from_millis(250);

pub(crate) async fn generate(
    mut args: GenerateArgs,
    mut invalid: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    args.request.has_listener = args.webhook.listens();
    let given_model = args.request.model().map(str::to_owned);
    let mut faults = Vec::new();
    faults.extend(args.routes.check(given_model.is_some()).err());
    faults.extend(args.webhook.check(args.simulate).err());
    let Requests {
        mut requests,
        vendor: of_file,
        fault,
        is_checkable,
    } = args.request.read(args.prompts.prompts, output);
    let need = if args.simulate { Need::Simulation } else { Need::Key };
    let account = args.routes.account(of_file);
    faults.extend(fault);
    if !is_checkable || args.routes.is_invalid() {
        faults.extend(args.file.check_folders().err());
        if let Some(failure) = Failure::all(invalid.take().into_iter().chain(faults.drain(..))) {
            return Err(failure);
        }
    }
    let routed = args.routes.several(&requests[0], output);
    let (vendor, from_config) = match &routed {
        Some(Routes {
            routes, from_config, ..
        }) => (routes[0].vendor, from_config.clone()),
        None => {
            if let Some(model) = args.routes.model() {
                model.clone_into(&mut requests[0].model);
            }
            let Resolved { vendor, from_config } = match account.resolve(&mut requests[0], need, output) {
                Ok(resolved) => resolved,
                Err(failure) => {
                    faults.extend(args.file.check_folders().err());
                    // The exit code is that of the first.
                    return Err(match invalid {
                        Some(invalid) => invalid.and(faults).and([failure]),
                        None => failure.and(faults),
                    });
                }
            };
            let model = given_model.as_deref().or(args.routes.model());
            faults.extend(check_model_of_file(of_file, vendor, &requests[0], model).err());
            (vendor, from_config)
        }
    };
    let mut faults: Vec<Failure> = invalid.into_iter().chain(faults).collect();
    if !args.no_wait {
        args.file.complete(output);
    }
    // They differ in the prompt only.
    let mut complete = requests[0].clone();
    if args.file.last_frame_output.is_some() {
        complete.return_last_frame = Some(true);
    }
    let model = complete.model.clone();
    let requests = several::variations(requests, &complete, args.prompts.count);
    faults.extend(several::check(&requests, args.webhook.listens()).err());
    if routed.is_some() {
        faults.extend(args.file.serves_several_vendors().err());
        if args.webhook.listens() {
            let message = "--listen-for-webhook is for one vendor, and --vendor names several; remove one of them";
            faults.push(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
        }
    }
    let count = requests.len();
    let output = &if count > 1 { output.of_several() } else { *output };
    if args.idempotency_key.is_some() {
        faults.extend(journal.needed_for("--idempotency-key", args.simulate).err());
    }
    if args.no_wait {
        faults.extend(args.file.check_without_wait(args.simulate).err());
        if args.file.names_files() && !args.simulate {
            faults.extend(journal.needed_for("-o with --no-wait", false).err());
        }
    }
    let prices = Prices::read().map_err(|failure| failure.and(faults.drain(..)))?.book;
    let mut jobs = Vec::new();
    for (request, index) in requests.into_iter().zip(1..) {
        let key = args.idempotency_key.as_deref().map(|key| numbered(key, (index, count)));
        let target = if args.no_wait && !args.file.names_files() {
            None
        } else {
            let with_last_frame = request.return_last_frame == Some(true);
            let names = TaskNames {
                vendor,
                model: &request.model,
                index,
                tasks: count,
            };
            let target = Target::new(&args.file, &names, with_last_frame, key.as_deref(), &journal.files());
            let target = target.map_err(|failure| faults.push(failure)).ok().map(|target| {
                target
                    .in_format(request.output_format.as_deref())
                    .described_by(|| Origin::of_request(&request, args.simulate))
            });
            match args.simulate {
                true => target.map(Target::simulated),
                false => target.map(|target| target.at_base_url(account.base_url.clone())),
            }
        };
        if let (Some(target), None) = (&target, &key) {
            faults.extend(target.check_free(None).err());
        }
        jobs.push(Job {
            request,
            key,
            target,
            facts: RequestFacts {
                from_config: from_config.clone(),
                ..RequestFacts::default()
            },
            ways: Vec::new(),
            refused_by: Vec::new(),
        });
    }

    let early = Early {
        routes: match &routed {
            Some(routed) => routed.routes.clone(),
            None => vec![Route::new(vendor)],
        },
        several: routed.is_some(),
        account: &account,
        from_config: &from_config,
        simulate: args.simulate,
        journal,
    };
    if let Some(failure) = Failure::all(early.faults(&jobs, faults).await) {
        return Err(failure);
    }

    let mut wait = WaitOptions::default().timeout(config::get().timeout(args.timeout));
    let left_out = journal.left_out();
    // Kept until the end: dropping it stops the simulator.
    let (simulator, journal) = if args.simulate {
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
        (Some(simulator), journal.open_if_named(output)?)
    } else {
        (None, journal.open(output)?)
    };
    // With --json a simulation prints no notes: there is no paid task to lose.
    let is_journalled = journal.is_some();
    let budgeted = journal.clone().or(left_out);
    let under_way = Submission::new(is_journalled);
    let named = match &routed {
        Some(routes) => routes.routes.iter().map(|route| route.vendor).collect(),
        None => vec![vendor],
    };
    let vendors = Vendors::new(named, args.simulate, |vendor| {
        let builder = match &simulator {
            Some(simulator) => match journal.clone() {
                Some(journal) => simulator.client_builder(vendor).journal(journal),
                None => simulator.client_builder(vendor),
            },
            None => account.builder(vendor, journal.clone(), output)?,
        };
        let builder = under_way.watch(builder, vendor, args.simulate, *output);
        Ok(uploads::watch(builder.prices(prices.clone()), *output).build()?)
    })?;
    let own = journal.clone();
    if let Some(journal) = journal.filter(|_| !args.simulate) {
        for client in vendors.iter() {
            lost::earlier(client, &journal, args.search_timeout > 0, output).await;
        }
    }
    let router = match routed {
        Some(Routes { routes, order, .. }) => {
            let (own, output) = (under_way.clone(), *output);
            let router = vendors.router(&routes, order)?.complete(|vendor, request| {
                config::get().complete(vendor, request);
            });
            Some(router.on_refusal(move |error, next| {
                own.refused(next);
                output.refused(None, error, next);
            }))
        }
        None => None,
    };
    let first = vendors.of(vendor)?.clone();
    let senders = Senders { vendors, first, router };

    let unlisted = match &senders.router {
        // The plans of the jobs report what is wrong with a model.
        Some(router) => router.requests(&jobs[0].request).unwrap_or_default(),
        None => vec![(vendor, jobs[0].request.clone())],
    };
    for (vendor, request) in unlisted {
        if !Capabilities::of(vendor, &request.model).is_known() {
            output.note(&unknown_model(vendor, &request.model));
        }
    }
    let model_known = Capabilities::of(vendor, &model).is_known();
    let did_you_mean = Capabilities::nearest(vendor, &model).filter(|_| !model_known);
    let (mut noted, mut faults, mut estimates) = (BTreeSet::new(), Vec::new(), Vec::new());
    let mut refused = Vec::new();
    for (index, job) in jobs.iter_mut().enumerate() {
        let mut blocked = None;
        if let (Some(target), Some(key)) = (&job.target, &job.key) {
            // The files of this key's task may exist already.
            blocked = target.check_free(senders.vendors.entry(key).await?.as_ref()).err();
        }
        if senders.router.is_none() {
            job.facts.model_known = Some(model_known);
            job.facts.did_you_mean = did_you_mean;
        }
        let planned = job.plan(&senders, &mut noted, output);
        // Otherwise the submission reports what else is wrong with a request, unless its key has a task.
        if (count > 1 || blocked.is_some()) && !job.is_submitted(&senders).await? {
            refused.extend(planned.err().map(|failure| (index, explained(failure, &from_config))));
            estimates.push(job.estimates());
        }
        faults.extend(blocked);
    }
    let requests: Vec<&VideoRequest> = jobs.iter().map(|job| &job.request).collect();
    if let Some(failure) = Failure::all(several::of_prompts(&requests, refused).into_iter().chain(faults)) {
        return Err(failure);
    }
    let mut submission = SubmitOptions::default();
    submission.without_search = args.search_timeout == 0;
    let is_capped = args.cap.is_set();
    args.cap.apply(&mut submission);
    if is_journalled && !args.simulate {
        args.again.apply(&mut submission);
    }
    for job in &mut jobs {
        job.note_earlier(&senders, &submission, output).await;
    }
    let budgets = match args.simulate {
        true => 0,
        false => {
            let mut most = 0;
            for client in senders.vendors.iter() {
                most = most.max(cost::budgets(budgeted.as_deref(), client.vendor()).await);
            }
            most
        }
    };
    if count > 1 {
        job::check_earlier(
            &jobs,
            &senders,
            &submission,
            account.base_url.as_deref(),
            own.as_deref(),
        )
        .await?;
        senders.check_total_cost(&estimates, &submission).await?;
        let amounts = |each: Vec<(Vendor, Estimate)>| each.into_iter().map(|(_, estimate)| estimate).collect();
        let estimates: Vec<Vec<Estimate>> = estimates.into_iter().map(amounts).collect();
        let total = cost::Total::of(estimates.iter().map(Vec::as_slice));
        match (args.simulate, estimates.len()) {
            (true, new) => output.note(&format!("{}.", many(new, "simulated submission"))),
            (false, 0) => {}
            (false, new) => output.note(&format!(
                "{}; estimated cost in total: {total}",
                many(new, "paid submission")
            )),
        }
    } else if !args.simulate {
        let matters = is_capped || budgets > 0 && is_journalled;
        for way in &jobs[0].ways {
            let Some(estimate) = &way.facts.estimate else { continue };
            if estimate.known().is_some() || matters || prices.has_price_of(way.vendor, &way.model) {
                let at = match senders.router {
                    Some(_) => format!("{}: ", way.vendor.name()),
                    None => String::new(),
                };
                output.note(&format!("{at}{}", cost::line(estimate)));
            }
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
    let listener = Listener::start(&args.webhook, &senders.first, args.simulate, output).await?;
    if let Some(listener) = &listener
        && jobs[0].request.callback_url.replace(listener.url()).is_some()
    {
        let message = "--listen-for-webhook sets the callback URL; remove --callback-url, or callback_url in the file of --request";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    // Several keep the vendor's limits.
    let submission = submission.within_rate_limits(jobs.len() > 1);
    let run = Run {
        senders,
        wait,
        waits: !args.no_wait,
        simulate: args.simulate,
        base_url: account.base_url,
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
    let id = submitted.id.clone();
    let done = match run.finish(&job, submitted, listener).await {
        Ok((task, files)) => {
            let (result, text) = run.result(&job, &task, files.as_ref());
            run.output.task(result, || text).map(|()| code_of(&task))
        }
        Err(failure) => Err(failure),
    };
    let code = done.map_err(|failure| run.paid(&job, &id, failure))?;
    Ok(ExitCode::from(code))
}

fn idempotency_key(key: &str) -> Result<String, String> {
    if key.trim().is_empty() {
        return Err("the key is empty; use one that names this request, such as an order number".to_owned());
    }
    Ok(key.to_owned())
}

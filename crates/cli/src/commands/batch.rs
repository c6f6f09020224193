//! `videogen batch`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser as _};
use tokio::sync::{mpsc, watch};
use videogen::ErrorKind;
use videogen::journal::Group;
use videogen::lost::ReconcileOptions;
use videogen::price::Money;
use videogen::route::{Route, RouteOrder};
use videogen_journal::{SqliteJournal, Store};
use videogen_sim::Simulator;

use crate::account::{self, default_base_url};
use crate::batch::claim::Claims;
use crate::batch::clients::Vendors;
use crate::batch::describe::Sidecars;
use crate::batch::item::Job;
use crate::batch::limits::Caps;
use crate::batch::plan::{self, Common};
use crate::batch::preview::{Again, Found, Preview};
use crate::batch::results::ResultFile;
use crate::batch::run::{Batch, Settings};
use crate::batch::schedule;
use crate::cap::max_cost;
use crate::config;
use crate::cost;
use crate::exit::{BUDGET, Failure, INVALID, IO};
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, owner};
use crate::late::{Valid, late, late_or, seconds};
use crate::output::{Output, file};
use crate::price_file::Prices;
use crate::routes::{OrderArgs, check_option, parse_route};
use crate::text::{many, visible};
use crate::uploads;

/// Tasks of a vendor at the same time.
const IN_FLIGHT: usize = 10;
/// Speed of the simulator of `--simulate`.
const SPEED: f64 = 20.0;

#[derive(Args)]
pub(crate) struct BatchArgs {
    /// File with the jobs: .jsonl, .csv, .toml or .yaml.
    file: PathBuf,
    /// Vendors of jobs without one, in order: VENDOR or VENDOR=MODEL, by commas.
    #[arg(long, value_name = "VENDORS", value_delimiter = ',', value_parser = late(parse_route))]
    vendor: Vec<Valid<Route>>,
    /// Value of a variable in the jobs (repeatable).
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = late(pair))]
    vars: Vec<Valid<(String, String)>>,
    /// Name of the batch in the journal [default: the file's name].
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Use a built-in simulator: no key, no cost; the videos are test patterns.
    #[arg(long)]
    simulate: bool,
    /// Check all jobs and print what they cost; submit nothing.
    #[arg(long)]
    dry_run: bool,
    /// Submit the jobs that failed or were refused again, under new keys.
    #[arg(long)]
    retry_failed: bool,
    /// Submit (and pay) even if requests of the jobs were submitted 10 minutes ago.
    #[arg(long)]
    again: bool,
    /// Tasks at the same time, at each vendor.
    #[arg(long, value_name = "N", default_value_t = IN_FLIGHT, allow_negative_numbers = true, value_parser = late_or(in_flight, IN_FLIGHT))]
    in_flight: usize,
    /// Stop waiting for a task after SECONDS; it keeps running.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, allow_negative_numbers = true, value_parser = seconds())]
    timeout: u64,
    /// After a lost response, search for the task for SECONDS.
    #[arg(long, value_name = "SECONDS", default_value_t = 120, allow_negative_numbers = true, value_parser = seconds())]
    search_timeout: u64,
    /// Adopt the only exact match; only if no other program uses the account.
    #[arg(long)]
    adopt: bool,
    /// Spend AMOUNT at most on all jobs together, such as 50 or 300CNY [USD].
    #[arg(long, value_name = "AMOUNT", help_heading = "Cost", allow_negative_numbers = true, value_parser = max_cost())]
    max_cost: Option<Money>,
    /// Submit jobs of unknown cost, under --max-cost and budgets.
    #[arg(long, help_heading = "Cost")]
    allow_unknown_cost: bool,
    /// Folder, or template with {item}, {index}, {vendor}, {model} [{item}.mp4].
    #[arg(short, long, value_name = "PATH", value_parser = late_or(PathBufValueParser::new().try_map(no_stream), "./".into()))]
    output: Option<PathBuf>,
    /// Create missing folders of output files.
    #[arg(long)]
    parents: bool,
    /// Also write PATH.json with the request, task and cost; --request repeats it.
    #[arg(long)]
    sidecar: bool,
    /// Replace existing files.
    #[arg(long)]
    overwrite: bool,
    /// Also download the files of jobs that another machine has done.
    #[arg(long)]
    fetch: bool,
    /// File for the results, a line per job [default: NAME.results.jsonl beside FILE].
    #[arg(long, value_name = "FILE", value_parser = late_or(PathBufValueParser::new().try_map(no_stream), "./".into()))]
    results: Option<PathBuf>,
    #[command(flatten)]
    order: OrderArgs,
}

/// A path to write to. Standard output is none.
fn no_stream(path: PathBuf) -> Result<PathBuf, String> {
    match path.as_os_str() == "-" {
        true => Err("a batch writes to files, not to standard output; name a path, or ./- for that name".to_owned()),
        false => Ok(path),
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("must be NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn in_flight(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..) => Ok(number),
        _ => Err("use a whole number from 1".to_owned()),
    }
}

pub(crate) async fn batch(
    args: BatchArgs,
    invalid_options: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let mut faults = Vec::from_iter(invalid_options);
    if !args.simulate {
        faults.extend(journal.needed_for("a batch", false).err());
    }
    let mut vars = BTreeMap::new();
    for (name, value) in args.vars.into_iter().flatten() {
        if vars.insert(name.clone(), value).is_some() {
            faults.push(invalid(format!("--var {name}: given twice")));
        }
    }
    // Of jobs without a vendor, nothing is known where none of the option's can be read.
    let is_known = args.vendor.is_empty() || args.vendor.iter().any(Option::is_some);
    let vendors: Vec<Route> = args.vendor.into_iter().flatten().collect();
    faults.extend(check_option(&vendors).err());
    if args.dry_run && output.has_events() {
        faults.push(invalid("--dry-run has no events; use --json".to_owned()));
    }
    let is_named = args.name.is_some();
    let name = match args.name {
        Some(name) => name,
        None => args.file.file_stem().unwrap_or_default().to_string_lossy().to_string(),
    };
    if name.trim().is_empty() {
        let message = match is_named {
            true => "--name: the name of the batch is empty; give one, or leave out the option".to_owned(),
            false => format!(
                "{}: this is no file with jobs; name one, such as jobs.jsonl",
                file(&args.file)
            ),
        };
        faults.push(invalid(message));
    }
    let prices = match Prices::read() {
        Ok(prices) => prices.book,
        Err(failure) => return Err(failure.and(faults)),
    };
    let common = Common {
        routes: match vendors.is_empty() {
            false => vendors,
            true => config::get().vendor.map(Route::new).into_iter().collect(),
        },
        vars,
        output: args.output,
        parents: args.parents,
        base_url: if args.simulate { |_| None } else { default_base_url },
        prices,
    };
    let results = args.results.unwrap_or_else(|| match is_named {
        // Another batch has other results.
        true => args
            .file
            .with_file_name(format!("{}.results.jsonl", name.replace(['/', '\\'], "_"))),
        false => sibling(&args.file, ".results.jsonl"),
    });
    let folder = results.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !args.parents && !folder.is_dir()) {
        faults.push(invalid(format!(
            "--results: the folder {} does not exist; create it, or add --parents",
            file(folder)
        )));
    }
    let mut jobs = Vec::new();
    if is_known {
        let checked = plan::jobs(&args.file, &common);
        faults.extend(checked.fault);
        if !args.simulate && !args.dry_run {
            // After the rest, whose exit code is that of an invalid command line.
            faults.extend(account::missing_keys(&checked.vendors));
        }
        jobs = checked.jobs;
    }
    if let Some(failure) = Failure::all(faults) {
        return Err(failure);
    }
    let mut noted = BTreeSet::new();
    for (line, note) in jobs
        .iter()
        .flat_map(|job| job.notes.iter().map(|note| (job.line, note.to_string())))
    {
        if noted.insert(note.clone()) {
            output.note(&format!("Line {line}: {note}"));
        }
    }
    if args.order.order() == RouteOrder::Price {
        jobs.iter_mut().for_each(Job::cheapest_first);
    }
    let routes = jobs.iter().flat_map(|job| &job.routes);
    if let Some(route) = routes.into_iter().find(|route| config::get().has_fields(route.vendor)) {
        output.note(&format!(
            "A batch has its options in its file: the values of requests below [vendor.{}] in {} are not used.",
            route.vendor,
            file(&config::get().path)
        ));
    }
    let sidecars = Sidecars {
        wanted: args.sidecar,
        overwrite: args.overwrite,
        simulated: args.simulate,
    };
    let in_the_way = jobs
        .iter()
        .map(|job| sidecars.check_free(job).err().map(|failure| failure.message));
    let in_the_way = in_the_way.collect();
    let recorded = &ResultFile::peek(&results, args.simulate);
    let found = Found { recorded, in_the_way };
    let caps = Caps {
        max_cost: args.max_cost,
        allow_unknown_cost: args.allow_unknown_cost,
    };
    let again = Again {
        failed: args.retry_failed,
        repeated: args.again,
    };
    if args.dry_run {
        let journal = if args.simulate { None } else { journal.open_as_it_is()? };
        let preview = Preview::new(&jobs, &name, journal, &found, again, &caps).await?;
        preview.check(&args.file)?;
        output.result(&preview.document(), || preview.ids(), || preview.text())?;
        // As of a run, which is refused, or whose jobs over a limit are.
        return Ok(ExitCode::from(
            match (preview.check_repeats(&args.file), preview.is_allowed()) {
                (Err(repeats), _) => repeats.code,
                (Ok(()), false) => BUDGET,
                (Ok(()), true) => 0,
            },
        ));
    }
    // Kept until the end: dropping it stops the simulator, and removes the journal.
    let mut temporary = None;
    let journal_args = journal;
    let (simulator, journal) = if args.simulate {
        let simulator = Simulator::builder().speed(SPEED).start().await;
        let simulator = simulator
            .map_err(|error| Failure::new(IO, ErrorKind::Io, format!("the simulator cannot start: {error}")))?;
        output.note("Simulated: nothing is sent to a vendor and nothing is paid; the videos are test patterns.");
        let journal = match journal.open_if_named(output)? {
            Some(journal) => journal,
            None => {
                let cannot = |error: &dyn std::fmt::Display| {
                    Failure::new(
                        IO,
                        ErrorKind::Io,
                        format!("cannot create a journal for the simulation: {error}"),
                    )
                };
                let folder = tempfile::tempdir().map_err(|error| cannot(&error))?;
                let opened = SqliteJournal::open(folder.path().join("journal.db"));
                temporary = Some(folder);
                Arc::new(Store::Sqlite(opened.map_err(|error| cannot(&error))?))
            }
        };
        (Some(simulator), journal)
    } else {
        let Some(journal) = journal.open(output)? else {
            return Err(invalid("a batch needs a journal".to_owned()));
        };
        (None, journal)
    };
    let named = jobs.iter().flat_map(|job| &job.routes).map(|route| route.vendor);
    let vendors = Vendors::new(named, args.simulate, |vendor| {
        let builder = match &simulator {
            Some(simulator) => simulator.client_builder(vendor).journal(Arc::clone(&journal)),
            None => account::noting_delays(account::builder(vendor, None, Some(Arc::clone(&journal)))?, *output),
        };
        Ok(uploads::report(builder.prices(common.prices.clone()), *output).build()?)
    })?;
    let earlier = Some(Arc::clone(&journal)).filter(|_| !args.simulate);
    let preview = Preview::new(&jobs, &name, earlier, &found, again, &caps).await?;
    preview.check(&args.file)?;
    preview.check_repeats(&args.file)?;
    let is_allowed = preview.is_allowed();
    if args.parents {
        for folder in jobs.iter().filter_map(|job| job.output.parent()).chain(folder) {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new(
                    IO,
                    ErrorKind::Io,
                    format!("cannot create the folder {}: {error}", file(folder)),
                )
            })?;
        }
    }
    let mut is_limited = caps.max_cost.is_some();
    for client in vendors.iter() {
        is_limited |= cost::budgets(Some(&journal), client.vendor()).await > 0;
    }
    // Only if not all of them fit does their order matter.
    let is_short = is_limited && (args.simulate || !is_allowed);
    let mut group = Group::new(format!("batch:{name}"));
    group.max_cost = caps.max_cost;
    let (news, heard) = mpsc::unbounded_channel();
    let beside = journal_args.beside(&journal)?;
    let owner = owner(&journal).await?;
    let batch = Arc::new(Batch {
        claims: Claims::new(Arc::clone(&journal), owner, &beside, &name),
        name,
        jobs,
        vendors,
        results: Mutex::new(ResultFile::open(&results, args.simulate)?),
        group,
        settings: Settings {
            retry_failed: args.retry_failed,
            overwrite: args.overwrite,
            fetch: args.fetch,
            order: args.order.order(),
            allow_unknown_cost: args.allow_unknown_cost,
            timeout: Duration::from_secs(args.timeout),
            search: ReconcileOptions::default()
                .within(Duration::from_secs(args.search_timeout))
                .sole_writer(args.adopt),
        },
        sidecars,
        simulated: args.simulate,
        output: *output,
        told: Arc::default(),
        news,
        stop: watch::Sender::new(false),
    });
    let count = batch.jobs.len();
    let mut ended = schedule::run(Arc::clone(&batch), heard, args.in_flight, is_short, output).await?;
    let totals = batch.totals(&mut ended.counts, &ended.without_result).await?;
    drop((simulator, temporary));
    output.jobs(&ended.results, &totals, || {
        let cost = totals.to_string();
        let cost = if cost.is_empty() { cost } else { format!("; {cost}") };
        format!(
            "{}: {}{cost}\nResults: {}",
            many(count, "job"),
            ended.counts.outcomes(),
            file(&results)
        )
    })?;
    if ended.counts.of("ambiguous") > 0 {
        output.note(&format!(
            "The status of ambiguous submissions is unknown, so they were not resent. Resolve them with: {}",
            Invocation::new("recover")
        ));
    }
    let machines: Vec<&str> = ended
        .results
        .iter()
        .filter_map(|line| line["machine"].as_str())
        .collect();
    if !machines.is_empty() {
        let (jobs, names) = (many(machines.len(), "job"), BTreeSet::from_iter(machines));
        let names: Vec<String> = names.into_iter().map(visible).collect();
        output.note(&format!(
            "The files of {jobs} are on other machines: {}. To download them here too, add: --fetch",
            names.join(", ")
        ));
    }
    for advice in ended.counts.advice(again.failed) {
        output.note(&advice);
    }
    Ok(match ended.interrupt {
        Some(interrupt) => {
            output.announce("Interrupted. To continue, run the same command again; nothing is submitted twice.");
            ExitCode::from(interrupt.code())
        }
        None => ExitCode::from(ended.code),
    })
}

/// The path with another ending: `jobs.results.jsonl` for `jobs.csv`.
fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}

fn invalid(message: String) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, message)
}

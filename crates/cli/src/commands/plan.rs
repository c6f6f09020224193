//! `videogen plan`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};
use videogen::price::{CostEstimate, PriceBook};
use videogen::submit::{ModelPlan, Plan};
use videogen::{ErrorKind, Role, Vendor, VideoRequest};

use crate::account::{
    AccountArgs, Need, Resolved, answering, explained, left_to_the_vendor, of_vendor, overridden, unknown_model,
};
use crate::config;
use crate::cost::{self, add_live, noted};
use crate::error::CommandKind;
use crate::exit::{Failure, INVALID, overrides};
use crate::invocation::Invocation;
use crate::journal::JournalArgs;
use crate::options;
use crate::output::{Output, file, table, without_repeats};
use crate::price_file::Prices;
use crate::request_args::{PromptArg, RequestArgs};
use crate::routes::check_model_of_file;

#[derive(Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    prompt: PromptArg,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    account: AccountArgs,
    /// Check all models (of --vendor): which support the request, and why others do not.
    #[arg(long, conflicts_with = "model")]
    all: bool,
    /// Sort the models by what they cost at most; those of unknown cost last.
    #[arg(long, value_enum, requires = "all")]
    sort: Option<Sort>,
    /// Show only the models that support the request for least.
    #[arg(long, requires = "all", conflicts_with = "sort")]
    cheapest: bool,
    /// Request prices from vendors whose list of models has them (OpenRouter).
    #[arg(long)]
    live: bool,
}

/// Order of the models.
#[derive(Clone, Copy, ValueEnum)]
enum Sort {
    Cost,
}

pub(crate) async fn plan(mut args: PlanArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let given_model = args.request.model().map(str::to_owned);
    let mut read = args.request.read(args.prompt.prompt.into_iter().collect(), output);
    // Without a prompt too, there is one request.
    let mut request = read.requests.pop().unwrap_or_default();
    let of_file = read.vendor;
    args.account.vendor = args.account.vendor.or(of_file);
    if let Some(fault) = read.fault {
        let violations = match read.is_checkable && !args.all {
            true => violations(request, &args.account, output),
            false => None,
        };
        return Err(fault.and(violations));
    }
    if args.all {
        let mut prices = Prices::read()?.book;
        let missing = match args.live {
            true => add_live(&mut prices, &answering(&args.account), &args.account, output).await,
            false => Vec::new(),
        };
        let order = (args.sort.is_some(), args.cheapest);
        return all(&request, &args.account, order, &prices, missing, output);
    }
    let mut prices = Prices::read()?.book;
    let Resolved { vendor, from_config } = args.account.resolve(&mut request, Need::Plan, output)?;
    let of_other = check_model_of_file(of_file, vendor, &request, given_model.as_deref()).err();
    let missing = match args.live {
        true => add_live(&mut prices, &[vendor], &args.account, output).await,
        false => Vec::new(),
    };
    let base_url = args.account.base_url(vendor);
    let planned = videogen::submit::plan(vendor, base_url.as_deref(), &request)
        .map_err(|error| explained(of_vendor(vendor, args.account.base_url.as_deref(), error), &from_config));
    let mut plan = match of_other {
        Some(failure) => return Err(failure.and(planned.err())),
        None => planned?,
    };
    // A plan needs neither a key nor a journal; both show what was uploaded before.
    if !plan.uploads.is_empty()
        && let Some(journal) = journal.open_unchanged()
        && let Ok(client) = args.account.journalled(vendor, Some(journal), output)
    {
        plan.uploads = client.plan_with_journal(&request).await?.uploads;
    }
    plan.price_with(&prices);
    if !plan.model_known {
        output.note(&unknown_model(vendor, &plan.model));
    }
    for note in left_to_the_vendor(&plan, &request) {
        output.note(&note);
    }
    for adjustment in &plan.adjustments {
        output.note(&format!("Adjusted: {adjustment}"));
    }
    for note in &plan.notes {
        output.note(&format!("Note: {note}"));
    }
    for violation in &plan.overridden {
        output.note(&overridden(violation));
    }
    for line in files(&plan) {
        output.note(&line);
    }
    output.note(&cost::line(plan.cost()));
    let mut document = json!({"plan": plan});
    if !from_config.is_empty() {
        document["from_config"] = json!(from_config);
    }
    output.product(&noted(document, missing), || {
        let body = serde_json::to_string_pretty(&short(&plan.body)).unwrap_or_default();
        let headers: String = plan
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        format!("{} {}\n{headers}{body}", plan.method, plan.url)
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What else is wrong with a request, a part of which cannot be read.
fn violations(mut request: VideoRequest, account: &AccountArgs, output: &Output) -> Option<Failure> {
    let Resolved { vendor, from_config } = account.resolve(&mut request, Need::Plan, output).ok()?;
    let error = videogen::submit::plan(vendor, account.base_url(vendor).as_deref(), &request).err()?;
    Some(explained(
        of_vendor(vendor, account.base_url.as_deref(), error),
        &from_config,
    ))
}

/// How each local file reaches the vendor.
fn files(plan: &Plan) -> Vec<String> {
    let line = |role: Role, file: &str, kind: &str, bytes: u64, how: String| {
        format!("File: {role} {file} ({kind}, {bytes} bytes): {how}")
    };
    let inline = plan.inline.iter().map(|one| {
        line(
            one.role,
            &one.file,
            one.media_type,
            one.bytes,
            "inline, as a data URL".to_owned(),
        )
    });
    let uploads = plan.uploads.iter().map(|one| {
        let how = match one.reused {
            true => "uploaded before; its reference is used again if the vendor still has it".to_owned(),
            false if one.single_use => format!("uploaded for this request only, by {} ({})", one.operation, one.way),
            false => format!("uploaded first, by {} ({})", one.operation, one.way),
        };
        line(one.role, &one.file, one.media_type, one.bytes, how)
    });
    inline.chain(uploads).collect()
}

/// The body with its data URLs cut. With --json they are complete.
fn short(body: &Value) -> Value {
    match body {
        Value::String(text) if text.starts_with("data:") => match text.split_once(";base64,") {
            Some((kind, data)) if data.len() > 100 => format!("{kind};base64,<{} characters>", data.len()).into(),
            _ => body.clone(),
        },
        Value::Array(items) => items.iter().map(short).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), short(value)));
            Value::Object(members.collect())
        }
        _ => body.clone(),
    }
}

/// Which models can run the request. Fails if none can.
fn all(
    request: &VideoRequest,
    account: &AccountArgs,
    (sorted, only_cheapest): (bool, bool),
    prices: &PriceBook,
    missing: Vec<String>,
    output: &Output,
) -> Result<ExitCode, Failure> {
    if account.base_url.is_some() && account.vendor.is_none() {
        let message = "--base-url is for one vendor; name it with --vendor";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    // An invalid base URL of a vendor that is not shown does not matter.
    let is_shown = |vendor| account.vendor.is_none_or(|only| only == vendor);
    account.check_base_urls(Vendor::ALL.iter().copied().filter(|vendor| is_shown(*vendor)))?;
    let base_url = |vendor| is_shown(vendor).then(|| account.base_url(vendor)).flatten();
    let mut outlooks = videogen::submit::plan_all(request, base_url)?;
    for vendor in Vendor::ALL.iter().filter(|vendor| is_shown(**vendor)) {
        let mut completed = request.clone();
        let from_config = config::get().complete(*vendor, &mut completed);
        if from_config.is_empty() {
            continue;
        }
        let values: Vec<String> = from_config.iter().map(ToString::to_string).collect();
        let path = file(&config::get().path);
        output.note(&format!("At {}, from {path}: {}.", vendor.name(), values.join(", ")));
        let completed = videogen::submit::plan_all(&completed, base_url)?;
        let of_vendor = completed.into_iter().filter(|plan| plan.vendor == *vendor);
        let places = outlooks.iter_mut().filter(|plan| plan.vendor == *vendor);
        places.zip(of_vendor).for_each(|(place, plan)| *place = plan);
    }
    outlooks.retain(|model_plan| account.vendor.is_none_or(|vendor| vendor == model_plan.vendor));
    for plan in outlooks.iter_mut().filter_map(|outlook| outlook.plan.as_mut()) {
        plan.price_with(prices);
    }
    let possible = outlooks.iter().any(|model_plan| model_plan.plan.is_some());
    if sorted || only_cheapest {
        // Stable: models of the same cost stay in the order of the tables.
        outlooks.sort_by_cached_key(rank);
    }
    if only_cheapest && possible {
        cheapest(&mut outlooks, output)?;
    }
    let able = || {
        let able = outlooks.iter().filter(|outlook| outlook.plan.is_some());
        without_repeats(able.map(|outlook| outlook.model))
    };
    output.result(&noted(json!({"plans": outlooks}), missing), able, || {
        table(
            &["vendor", "model", "", "cost", "request / reason"],
            outlooks.iter().flat_map(|model_plan| rows(model_plan, request)),
        )
    })?;
    if let Some(options) = overrides(outlooks.iter().flat_map(|model_plan| &model_plan.violations)) {
        output.note(&format!("To break the unverified rules, add: {options}"));
    }
    Ok(if possible {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(INVALID)
    })
}

fn known(model_plan: &ModelPlan) -> Option<&CostEstimate> {
    model_plan.plan.as_ref()?.cost().known()
}

/// The place of a model among others: by currency, as amounts in two currencies cannot be compared, then by the most and the
/// least that it costs. Then come those of unknown cost, and last those that cannot run the request.
fn rank(model_plan: &ModelPlan) -> impl Ord + use<> {
    let cost = known(model_plan);
    let unknown = cost.is_none();
    let amounts = cost.map(|cost| (cost.currency.clone(), cost.high, cost.low));
    (model_plan.plan.is_none(), unknown, amounts)
}

/// Keeps the models that cost least, in each currency. `outlooks` are sorted.
fn cheapest(outlooks: &mut Vec<ModelPlan>, output: &Output) -> Result<(), Failure> {
    let able = outlooks.iter().filter(|outlook| outlook.plan.is_some()).count();
    let mut least: BTreeMap<String, CostEstimate> = BTreeMap::new();
    for cost in outlooks.iter().filter_map(known) {
        least.entry(cost.currency.clone()).or_insert_with(|| cost.clone());
    }
    if least.is_empty() {
        let message = format!("{able} models support the request, and the cost of none is known");
        let hint = format!(
            "Set your own prices: {}",
            Invocation::new("prices").flag("--help", true)
        );
        return Err(Failure::new(INVALID, CommandKind::UnknownCost, message).hint(&hint));
    }
    let priced = outlooks.iter().filter_map(known).count();
    outlooks.retain(|outlook| {
        let most = |cost: &CostEstimate| least.get(&cost.currency).map(|least| least.high);
        known(outlook).is_some_and(|cost| Some(cost.high) == most(cost))
    });
    if priced < able {
        let unknown = able - priced;
        output.note(&format!(
            "{unknown} more models support the request; what they cost is not known."
        ));
    }
    Ok(())
}

fn rows(model_plan: &ModelPlan, asked: &VideoRequest) -> Vec<Vec<String>> {
    let lines: Vec<String> = match &model_plan.plan {
        Some(plan) => {
            let headers: String = plan
                .headers
                .iter()
                .map(|(name, value)| format!("{name}: {value} "))
                .collect();
            let request = format!("{} {} {headers}{}", plan.method, plan.url, short(&plan.body));
            let adjusted = plan.adjustments.iter().map(ToString::to_string);
            let left = left_to_the_vendor(plan, asked);
            let notes = plan.notes.iter().map(|note| format!("Note: {note}"));
            let overridden = plan.overridden.iter().map(overridden);
            let all = std::iter::once(request).chain(files(plan)).chain(adjusted);
            all.chain(left).chain(notes).chain(overridden).collect()
        }
        None => {
            let violations = model_plan.violations.iter();
            violations.map(options::violation).collect()
        }
    };
    let verdict = if model_plan.plan.is_some() { "yes" } else { "no" };
    let cost = match (&model_plan.plan, known(model_plan)) {
        (None, _) => String::new(),
        (Some(_), None) => "unknown".to_owned(),
        (Some(_), Some(cost)) if cost.unverified => format!("{cost} (unverified)"),
        (Some(_), Some(cost)) => cost.to_string(),
    };
    // Vendor, model, verdict and cost are only in the first row.
    let mut heads = [
        model_plan.vendor.to_string(),
        model_plan.model.to_owned(),
        verdict.to_owned(),
        cost,
    ];
    lines
        .into_iter()
        .map(|line| Vec::from_iter(std::mem::take(&mut heads).into_iter().chain([line])))
        .collect()
}

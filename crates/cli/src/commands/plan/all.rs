//! `plan --all`: a request at every model.

use std::collections::BTreeMap;
use std::process::ExitCode;

use serde_json::json;
use videogen::price::{CostEstimate, PriceBook};
use videogen::submit::ModelPlan;
use videogen::{ErrorKind, Vendor, VideoRequest};

use super::shown::{files, short};
use crate::account::{AccountArgs, left_to_the_vendor, overridden};
use crate::config;
use crate::cost::noted;
use crate::error::CommandKind;
use crate::exit::{Failure, INVALID, overrides};
use crate::invocation::Invocation;
use crate::options;
use crate::output::{Output, file, table, without_repeats};
use crate::terminal;

/// Which models can run the request. Fails if none can.
pub(super) fn all(
    request: &VideoRequest,
    (account, named): (&AccountArgs, &[Vendor]),
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
    let is_shown = |vendor| named.is_empty() || named.contains(&vendor);
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
    outlooks.retain(|model_plan| is_shown(model_plan.vendor));
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
        text(&outlooks, request)
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

/// A table of the models, with the request or the reasons below each.
fn text(outlooks: &[ModelPlan], asked: &VideoRequest) -> String {
    let rows = outlooks.iter().map(|outlook| {
        let verdict = if outlook.plan.is_some() { "yes" } else { "no" };
        let cost = match (&outlook.plan, known(outlook)) {
            (None, _) => String::new(),
            (Some(_), None) => "unknown".to_owned(),
            (Some(_), Some(cost)) if cost.unverified => format!("{cost} (unverified)"),
            (Some(_), Some(cost)) => cost.to_string(),
        };
        vec![
            outlook.vendor.to_string(),
            outlook.model.to_owned(),
            verdict.to_owned(),
            cost,
        ]
    });
    let table = table(&["vendor", "model", "fits", "cost"], rows);
    let mut rows = table.lines();
    let mut lines: Vec<String> = rows.next().map(str::to_owned).into_iter().collect();
    for (row, outlook) in rows.zip(outlooks) {
        lines.push(row.to_owned());
        lines.extend(details(outlook, asked).iter().map(|line| format!("    {line}")));
    }
    lines.join("\n")
}

/// What would be sent, or why not. On a terminal, each request has one line.
fn details(model_plan: &ModelPlan, asked: &VideoRequest) -> Vec<String> {
    let Some(plan) = &model_plan.plan else {
        return model_plan.violations.iter().map(options::violation).collect();
    };
    let headers: String = plan
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value} "))
        .collect();
    let request = format!("{} {} {headers}{}", plan.method, plan.url, short(&plan.body));
    let request = match terminal::columns() {
        Some(columns) => terminal::cut(&request, usize::from(columns.saturating_sub(4))),
        None => request,
    };
    let adjusted = plan.adjustments.iter().map(options::adjustment);
    let left = left_to_the_vendor(plan, asked);
    let notes = plan.notes.iter().map(|note| format!("Note: {}", options::note(note)));
    let overridden = plan.overridden.iter().map(overridden);
    let all = std::iter::once(request).chain(files(plan)).chain(adjusted);
    all.chain(left).chain(notes).chain(overridden).collect()
}

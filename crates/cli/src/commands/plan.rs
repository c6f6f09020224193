//! `videogen plan`.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use secrecy::SecretString;
use serde_json::{Value, json};
use videogen::price::{Estimate, PriceBook};
use videogen::submit::Plan;
use videogen::{ErrorKind, Router, Vendor, VideoRequest};

use crate::account::{AccountArgs, Need, Resolved, answering, explained, of_vendor, with_key};
use crate::batch::clients::Vendors;
use crate::config;
use crate::cost::{self, Total, add_live, noted};
use crate::exit::{Failure, INVALID};
use crate::journal::JournalArgs;
use crate::keys;
use crate::notes::{on_plan, overridden, unknown_model};
use crate::options;
use crate::output::Output;
use crate::price_file::Prices;
use crate::request_args::{PromptsArgs, RequestArgs, Requests};
use crate::result::Configured;
use crate::routes::{RouteArgs, Routes, check_model_of_file};
use crate::several;
use crate::text::many;

mod all;
mod shown;

#[derive(Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    prompts: PromptsArgs,
    #[command(flatten)]
    request: RequestArgs,
    #[command(flatten)]
    routes: RouteArgs,
    /// Check all models (of --vendor): which support the request, and why others do not.
    #[arg(long, conflicts_with_all = ["model", "count"])]
    all: bool,
    /// Sort the models by what they cost at most; those of unknown cost last.
    #[arg(long, value_enum, requires = "all", conflicts_with_all = ["model", "count"])]
    sort: Option<Sort>,
    /// Show only the models that support the request for least.
    #[arg(long, requires = "all", conflicts_with_all = ["sort", "model", "count"])]
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

/// What would be sent for one submission: a plan for each vendor that may take it, in the order in which they are tried.
struct Submission {
    plans: Vec<Plan>,
    /// What the user should know of them.
    notes: Vec<String>,
}

/// How the requests are planned.
struct Planner {
    account: AccountArgs,
    vendor: Vendor,
    /// Of several vendors.
    router: Option<Router>,
    prices: PriceBook,
    from_config: Vec<Configured>,
}

pub(crate) async fn plan(
    args: PlanArgs,
    invalid: Option<Failure>,
    journal: &JournalArgs,
    output: &Output,
) -> Result<ExitCode, Failure> {
    let given_model = args.request.model().map(str::to_owned);
    let mut faults = Vec::from_iter(invalid);
    faults.extend(args.routes.check(given_model.is_some()).err());
    let named = args.routes.vendors();
    let Requests {
        mut requests,
        vendor: of_file,
        fault,
        is_checkable,
    } = args.request.read(args.prompts.prompts, output);
    let account = args.routes.account(of_file);
    faults.extend(fault);
    if let Some(fault) = Failure::all(faults.drain(..)) {
        let violations = match is_checkable && !args.all && named.len() < 2 && !args.routes.is_invalid() {
            true => {
                let mut request = requests.swap_remove(0);
                if let Some(model) = args.routes.model() {
                    model.clone_into(&mut request.model);
                }
                violations(request, &account, output)
            }
            false => None,
        };
        return Err(fault.and(violations));
    }
    let mut prices = Prices::read()?.book;
    if args.all {
        let invalid = |message| Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
        let [request] = requests.as_slice() else {
            return invalid("--all checks one prompt, but there are several; pass one of them");
        };
        if args.routes.has_models() {
            return invalid("--all checks every model, and --vendor names one; remove the model");
        }
        let named = if named.is_empty() {
            of_file.into_iter().collect()
        } else {
            named
        };
        let mut missing = Vec::new();
        if args.live {
            let asked = if named.is_empty() {
                answering(&account)
            } else {
                named.clone()
            };
            missing = add_live(&mut prices, &asked, &account, output).await;
        }
        let order = (args.sort.is_some(), args.cheapest);
        return all::all(request, (&account, &named), order, &prices, missing, output);
    }
    let routed = args.routes.several(&requests[0], output);
    let (vendors, from_config) = match &routed {
        Some(routes) => (named, routes.from_config.clone()),
        None => {
            if let Some(model) = args.routes.model() {
                model.clone_into(&mut requests[0].model);
            }
            let Resolved { vendor, from_config } = account.resolve(&mut requests[0], Need::Plan, output)?;
            let model = given_model.as_deref().or(args.routes.model());
            faults.extend(check_model_of_file(of_file, vendor, &requests[0], model).err());
            (vec![vendor], from_config)
        }
    };
    let complete = requests[0].clone();
    let requests = several::variations(requests, &complete, args.prompts.count);
    several::check(&requests, false)?;
    let missing = match args.live {
        true => add_live(&mut prices, &vendors, &account, output).await,
        false => Vec::new(),
    };
    let planner = Planner::new(account, &vendors, routed, prices, from_config)?;
    let mut submissions = Vec::new();
    let mut refused = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        match planner.plan(request, journal, output).await {
            Ok(submission) => submissions.push(submission),
            Err(failure) => refused.push((index, explained(failure, &planner.from_config))),
        }
    }
    let requests: Vec<&VideoRequest> = requests.iter().collect();
    faults.extend(several::of_prompts(&requests, refused));
    if let Some(failure) = Failure::all(faults) {
        return Err(failure);
    }
    planner.show(&submissions, missing, output)?;
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

impl Planner {
    fn new(
        account: AccountArgs,
        vendors: &[Vendor],
        routed: Option<Routes>,
        prices: PriceBook,
        from_config: Vec<Configured>,
    ) -> Result<Self, Failure> {
        let router = match routed {
            Some(Routes { routes, order, .. }) => {
                // A plan needs no key.
                let vendors = Vendors::new(vendors.iter().copied(), true, |vendor| {
                    let key = keys::find(vendor)?.map_or_else(|| SecretString::from("none"), |key| key.secret);
                    let builder = with_key(vendor, None, key).prices(prices.clone());
                    builder.build().map_err(|error| of_vendor(vendor, None, error))
                })?;
                let router = vendors.router(&routes, order)?;
                Some(router.complete(|vendor, request| {
                    config::get().complete(vendor, request);
                }))
            }
            None => None,
        };
        Ok(Self {
            account,
            vendor: vendors[0],
            router,
            prices,
            from_config,
        })
    }

    /// Plans a request for each vendor.
    async fn plan(
        &self,
        request: &VideoRequest,
        journal: &JournalArgs,
        output: &Output,
    ) -> Result<Submission, Failure> {
        let (mut plans, requests) = match &self.router {
            Some(router) => (router.plan(request)?, router.requests(request)?),
            None => {
                let (vendor, base_url) = (self.vendor, self.account.base_url(self.vendor));
                let planned = videogen::submit::plan(vendor, base_url.as_deref(), request);
                let plan = planned.map_err(|error| of_vendor(vendor, self.account.base_url.as_deref(), error))?;
                (vec![plan], vec![(vendor, request.clone())])
            }
        };
        let mut notes = Vec::new();
        for plan in &mut plans {
            let mut own = requests
                .iter()
                .filter(|(vendor, _)| *vendor == plan.vendor)
                .map(|(_, request)| request);
            let exact = own.clone().find(|request| request.model == plan.model);
            let request = exact.or_else(|| own.next()).unwrap_or(request);
            // A plan needs neither a key nor a journal; both show what was uploaded before.
            if !plan.uploads.is_empty()
                && let Some(journal) = journal.open_unchanged()
                && let Ok(client) = self.account.journalled(plan.vendor, Some(journal), output)
            {
                plan.uploads = client.plan_with_journal(request).await?.uploads;
            }
            plan.price_with(&self.prices);
            let at = match self.router {
                Some(_) => format!("{}: ", plan.vendor.name()),
                None => String::new(),
            };
            notes.extend((!plan.model_known).then(|| unknown_model(plan.vendor, &plan.model)));
            notes.extend(on_plan(plan, request));
            let own = plan
                .adjustments
                .iter()
                .map(|adjustment| format!("Adjusted: {}", options::adjustment(adjustment)));
            let own = own.chain(plan.notes.iter().map(|note| format!("Note: {}", options::note(note))));
            let own = own
                .chain(plan.overridden.iter().map(overridden))
                .chain(shown::files(plan));
            let own = own.chain([cost::line(plan.cost())]);
            notes.extend(own.map(|note| format!("{at}{note}")));
        }
        Ok(Submission { plans, notes })
    }

    fn show(&self, submissions: &[Submission], missing: Vec<String>, output: &Output) -> Result<(), Failure> {
        let mut noted_before = BTreeSet::new();
        for note in submissions.iter().flat_map(|submission| &submission.notes) {
            if noted_before.insert(note) {
                output.note(note);
            }
        }
        let estimates: Vec<Vec<Estimate>> = submissions
            .iter()
            .map(|submission| submission.plans.iter().map(|plan| plan.cost().clone()).collect())
            .collect();
        let total = Total::of(estimates.iter().map(Vec::as_slice));
        if submissions.len() > 1 {
            let number = many(submissions.len(), "submission");
            output.note(&format!("{number}; estimated cost in total: {total}"));
        }
        let plans = submissions.iter().zip(1..).flat_map(|(submission, number)| {
            let item = (submissions.len() > 1).then_some(number);
            submission.plans.iter().map(move |plan| self.document(plan, item))
        });
        let document = json!({"plans": plans.collect::<Vec<_>>(), "total": total});
        output.result(&noted(document, missing), Vec::new, || self.text(submissions))
    }

    /// A plan for programs. `item`: the number of its submission, if there are several.
    fn document(&self, plan: &Plan, item: Option<usize>) -> Value {
        let mut document = json!({"vendor": plan.vendor, "model": plan.model, "plan": plan});
        if let Some(item) = item {
            document["item"] = item.to_string().into();
        }
        let own = |one: &&Configured| !one.key.starts_with("vendor.") || one.is_of(plan.vendor);
        let from_config: Vec<&Configured> = self.from_config.iter().filter(own).collect();
        if !from_config.is_empty() {
            document["from_config"] = json!(from_config);
        }
        document
    }

    /// The requests, with a heading if there are several. Equal ones that follow each other are shown once.
    fn text(&self, submissions: &[Submission]) -> String {
        let count = submissions.len();
        let mut text = String::new();
        let mut first = 0;
        for equal in submissions.chunk_by(|one, other| one.plans == other.plans) {
            let (from, to) = (first + 1, first + equal.len());
            first = to;
            let which = match (count, from == to) {
                (1, _) => String::new(),
                (_, true) => format!("Submission {from} of {count}"),
                (_, false) => format!("Submissions {from} to {to} of {count}"),
            };
            for (plan, index) in equal[0].plans.iter().zip(0..) {
                let at = format!("at {} {}", plan.vendor.name(), plan.model);
                let heading = match (&self.router, which.is_empty(), index) {
                    (None, true, _) => String::new(),
                    (None, false, _) => format!("{which} {at}:\n"),
                    (Some(_), true, 0) => format!("First {at}:\n"),
                    (Some(_), true, _) => format!("Then {at}:\n"),
                    (Some(_), false, 0) => format!("{which}, first {at}:\n"),
                    (Some(_), false, _) => format!("{which}, then {at}:\n"),
                };
                let gap = if text.is_empty() { "" } else { "\n\n" };
                text.push_str(&format!("{gap}{heading}{}", shown::request(plan)));
            }
        }
        text
    }
}

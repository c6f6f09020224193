//! `videogen plan`.

use std::process::ExitCode;

use serde_json::json;

use crate::PlanArgs;
use crate::exit::Failure;
use crate::output::Output;

pub(crate) fn plan(args: PlanArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(args.request.model.as_deref(), true)?;
    let model = args
        .request
        .model
        .clone()
        .unwrap_or_else(|| vendor.default_model().to_owned());
    let request = args.request.into_request(model)?;
    let facts = vendor.facts();
    let variable = std::env::var(facts.base_url_env).ok().filter(|url| !url.is_empty());
    let base_url = args.account.base_url.or(variable);
    let plan = videogen::plan(vendor, base_url.as_deref(), &request)?;
    if !plan.model_known {
        output.note(&format!(
            "{} is not in {}'s list of models; only its general rules were checked.",
            plan.model, facts.name
        ));
    }
    output.result(&json!({"plan": plan}), || {
        let body = serde_json::to_string_pretty(&plan.body).unwrap_or_default();
        format!("{} {}\n{body}", plan.method, plan.url)
    });
    Ok(ExitCode::SUCCESS)
}

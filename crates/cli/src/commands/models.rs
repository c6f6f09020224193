//! `videogen models`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use videogen::Vendor;
use videogen::facts::{Capabilities, FieldState, FieldTest};

use crate::account::AccountArgs;
use crate::exit::Failure;
use crate::output::{Output, table};

#[derive(Args)]
pub(crate) struct ModelsArgs {
    #[command(flatten)]
    account: AccountArgs,
    /// Request the list from the vendor.
    #[arg(long)]
    live: bool,
}

pub(crate) async fn models(args: ModelsArgs, output: &Output) -> Result<ExitCode, Failure> {
    if args.live {
        return live(args, output).await;
    }
    let vendors = args
        .account
        .vendor
        .map_or_else(|| Vendor::ALL.to_vec(), |vendor| vec![vendor]);
    let entries: Vec<Capabilities> = vendors.into_iter().flat_map(Capabilities::all).collect();
    let document: Vec<Value> = entries.iter().map(document).collect();
    output.result(&json!({"models": document}), || {
        table(
            &["vendor", "model", "seconds", "resolutions", "aspect ratios", "inputs"],
            entries.iter().map(row),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn live(args: ModelsArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(None, false)?;
    let models = args.account.client(vendor)?.models().await?;
    output.result(&json!({"vendor": vendor, "models": models}), || {
        // Only some vendors name their models.
        if models.iter().all(|model| model.display_name.is_none()) {
            return table(&["model"], models.iter().map(|model| vec![model.id.clone()]));
        }
        let rows = models
            .iter()
            .map(|model| vec![model.id.clone(), model.display_name.clone().unwrap_or_default()]);
        table(&["model", "name"], rows)
    })?;
    Ok(ExitCode::SUCCESS)
}

fn row(entry: &Capabilities) -> Vec<String> {
    let model = entry.model;
    let auto = if model.duration.auto.is_some() { " or auto" } else { "" };
    let inputs: Vec<_> = model
        .inputs
        .iter()
        .map(|input| match input.max {
            Some(max) => format!("{max} {}", input.role),
            None => input.role.to_owned(),
        })
        .collect();
    vec![
        entry.vendor.to_string(),
        model.id.to_owned(),
        format!("{}{auto}", model.duration),
        values(entry, "resolution"),
        values(entry, "aspect_ratio"),
        inputs.join(", "),
    ]
}

/// The values of a field, those that the vendor may refuse in parentheses.
fn values(entry: &Capabilities, field: &str) -> String {
    let model = entry.model;
    let doubtful = model.doubtful.iter().filter(|doubt| doubt.field == field);
    let sure = entry
        .values(field)
        .iter()
        .filter(|value| model.doubt(field, value).is_none());
    let sure = sure.map(|value| (*value).to_owned());
    let all: Vec<String> = sure.chain(doubtful.map(|doubt| format!("({})", doubt.value))).collect();
    all.join(" ")
}

fn document(entry: &Capabilities) -> Value {
    let model = entry.model;
    let inputs: serde_json::Map<String, Value> = model
        .inputs
        .iter()
        .map(|input| {
            (
                input.role.to_owned(),
                json!({"max": input.max, "sources": input.sources}),
            )
        })
        .collect();
    let mut fields: Vec<_> = entry.model.request.fields.iter().map(|field| field.name).collect();
    fields.dedup();
    fields.retain(|name| !model.without.contains(name) && !inputs_named(name));
    json!({
        "vendor": entry.vendor,
        "model": model.id,
        "family": entry.family.name,
        "fields": fields,
        "duration": {
            "min": model.duration.min,
            "max": model.duration.max,
            "values": model.duration.values,
            "auto": model.duration.auto.is_some(),
            "default": model.duration.default,
        },
        "frames": model.frames.map(|frames| json!({"min": frames.min, "max": frames.max, "step": frames.step})),
        "resolutions": model.resolutions,
        "default_resolution": model.default_resolution,
        "aspect_ratios": model.aspect_ratios,
        "default_aspect_ratio": model.default_aspect_ratio,
        "default_generate_audio": model.default_generate_audio,
        "inputs": inputs,
        "exclusive": model.exclusive,
        "conditions": model.conditions.iter().map(|condition| {
            json!({
                "when": tests(condition.when),
                "requires": tests(condition.requires),
                "unverified": condition.unverified,
            })
        }).collect::<Vec<_>>(),
        "doubtful": model.doubtful.iter().map(|doubt| {
            json!({"field": doubt.field, "value": doubt.value, "reason": doubt.reason})
        }).collect::<Vec<_>>(),
        "unverified": model.unverified,
        "page": model.page,
    })
}

/// Tests of fields, by field: `set`, `unset` or the values.
fn tests(tests: &[FieldTest]) -> Value {
    let state = |test: &FieldTest| match test.is {
        FieldState::Set => json!("set"),
        FieldState::Unset => json!("unset"),
        FieldState::OneOf(values) => json!(values),
    };
    tests.iter().map(|test| (test.field.to_owned(), state(test))).collect()
}

fn inputs_named(name: &str) -> bool {
    videogen::Role::ALL.iter().any(|role| role.as_str() == name)
}

//! `videogen models`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use videogen::facts::{Capabilities, FieldState, FieldTest, ListedModel, ModelDifference, Operation, compare_models};
use videogen::{ErrorKind, Vendor};

use crate::account::AccountArgs;
use crate::exit::{Failure, INVALID};
use crate::output::{Output, table, without_repeats};
use crate::probe;

#[derive(Args)]
pub(crate) struct ModelsArgs {
    /// Request the vendor's list, and compare it with this version's table.
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    account: AccountArgs,
}

pub(crate) async fn models(args: ModelsArgs, output: &Output) -> Result<ExitCode, Failure> {
    if args.live {
        return live(args, output).await;
    }
    if args.account.base_url.is_some() {
        let message = "--base-url is for --live; without it, nothing is requested";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let vendors = args
        .account
        .vendor
        .map_or_else(|| Vendor::ALL.to_vec(), |vendor| vec![vendor]);
    let entries: Vec<Capabilities> = vendors.into_iter().flat_map(Capabilities::all).collect();
    let document: Vec<Value> = entries.iter().map(document).collect();
    let ids = || without_repeats(entries.iter().map(|entry| entry.model.id));
    output.result(&json!({"models": document}), ids, || {
        table(
            &["vendor", "model", "seconds", "resolutions", "aspect ratios", "inputs"],
            entries.iter().map(row),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

async fn live(args: ModelsArgs, output: &Output) -> Result<ExitCode, Failure> {
    let vendor = args.account.choose(None, Operation::Models, output)?;
    let models = probe::models(&args.account.client(vendor, output)?).await?;
    let differences = compare_models(vendor, &models);
    let document = json!({"vendor": vendor, "models": models, "differences": differences});
    let ids = || without_repeats(models.iter().map(|model| model.id.as_str()));
    output.result(&document, ids, || {
        let mut text = listed(&models);
        let lines = compared(vendor, &differences);
        if !lines.is_empty() {
            text += &format!("\n\n{}", lines.join("\n"));
        }
        text
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The vendor's list. Only some vendors name their models, or state what they take: a column that is empty is left out.
fn listed(models: &[ListedModel]) -> String {
    let joined = |list: &Option<Vec<String>>| list.as_deref().unwrap_or_default().join(" ");
    let columns: [(&str, Vec<String>); 7] = [
        ("model", models.iter().map(|model| model.id.clone()).collect()),
        (
            "name",
            models
                .iter()
                .map(|model| model.display_name.clone().unwrap_or_default())
                .collect(),
        ),
        (
            "seconds",
            models
                .iter()
                .map(|model| spans(model.durations.iter().flatten().copied()))
                .collect(),
        ),
        (
            "resolutions",
            models.iter().map(|model| joined(&model.resolutions)).collect(),
        ),
        (
            "aspect ratios",
            models.iter().map(|model| joined(&model.aspect_ratios)).collect(),
        ),
        ("frames", models.iter().map(|model| joined(&model.frames)).collect()),
        ("prices in US$", models.iter().map(prices).collect()),
    ];
    let is_shown = |(name, cells): &&(&str, Vec<String>)| *name == "model" || cells.iter().any(|cell| !cell.is_empty());
    let shown: Vec<_> = columns.iter().filter(is_shown).collect();
    let head: Vec<&str> = shown.iter().map(|(name, _)| *name).collect();
    let rows = (0..models.len()).map(|row| shown.iter().map(|(_, cells)| cells[row].clone()).collect());
    table(&head, rows)
}

fn prices(model: &ListedModel) -> String {
    let prices = model.prices_usd.iter().map(|(name, price)| format!("{name} {price}"));
    prices.collect::<Vec<_>>().join(", ")
}

/// Numbers in ascending order, with ranges of three or more: `4-8, 10`.
fn spans(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut spans: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match spans.last_mut() {
            Some((_, last)) if number == *last + 1 => *last = number,
            _ => spans.push((number, number)),
        }
    }
    let shown = spans.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}-{last}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// How the list differs from the table of this version, a line for each model and field.
fn compared(vendor: Vendor, differences: &[ModelDifference]) -> Vec<String> {
    let (mut lines, mut new, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for difference in differences {
        match difference {
            ModelDifference::NotInTable { model } => new.push(model.as_str()),
            ModelDifference::NotListed { model } => missing.push(model.as_str()),
            ModelDifference::Values {
                model,
                field,
                only_listed,
                only_in_table,
            } => {
                let sides = [
                    ("only in the vendor's list", only_listed),
                    ("only in this version's table", only_in_table),
                ];
                let sides = sides.iter().filter(|(_, values)| !values.is_empty());
                let sides = sides.map(|(side, values)| format!("{side}: {}", shown(field, values)));
                lines.push(format!("{model}: {field}: {}", sides.collect::<Vec<_>>().join("; ")));
            }
            _ => {}
        }
    }
    let name = vendor.name();
    if !missing.is_empty() {
        lines.push(format!("Not in {name}'s list: {}", missing.join(", ")));
    }
    if !new.is_empty() {
        let list = new.join(", ");
        lines.push(format!(
            "Not in this version's table, so their limits are not checked before sending: {list}"
        ));
    }
    if !lines.is_empty() {
        lines.insert(
            0,
            format!("Differences between {name}'s list and the table of this version:"),
        );
    }
    lines
}

fn shown(field: &str, values: &[String]) -> String {
    let numbers: Option<Vec<u32>> = values.iter().map(|value| value.parse().ok()).collect();
    match numbers {
        Some(numbers) if field == "duration" => spans(numbers),
        _ => values.join(", "),
    }
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
                json!({"max": input.max, "sources": input.sources, "needs": input.needs}),
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

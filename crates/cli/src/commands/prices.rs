//! `videogen prices`.

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::{Value, json};
use videogen::facts::{Capabilities, Endpoints, FieldState, FieldTest, PriceUnit, Rate};
use videogen::price::{Decimal, FieldRule, Money, PriceEntry, PriceOrigin};
use videogen::{ErrorKind, Vendor};

use crate::account::{AccountArgs, answering};
use crate::cost::{add_live, noted};
use crate::exit::{Failure, INVALID};
use crate::notes::unknown_model;
use crate::output::{Output, file, fitted, moment, without_repeats};
use crate::price_file::Prices;

#[derive(Subcommand)]
pub(crate) enum PricesCommand {
    /// List prices: yours, those that vendors answer, and the list prices
    List(ListArgs),
    /// Set your own price of a model, which replaces the list price
    Set(SetArgs),
    /// Remove your own prices of a model
    Unset(UnsetArgs),
}

#[derive(Args)]
pub(crate) struct ListArgs {
    /// Request the prices of vendors whose list of models has them (OpenRouter).
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    account: AccountArgs,
}

#[derive(Args)]
pub(crate) struct SetArgs {
    /// Vendor.
    vendor: Vendor,
    /// Model id.
    model: String,
    /// Price, in US dollars unless a currency follows: 0.05 or 0.3CNY.
    #[arg(allow_negative_numbers = true)]
    price: Money,
    /// What is billed: second, clip or token.
    #[arg(long, value_name = "UNIT", value_parser = unit)]
    unit: PriceUnit,
    /// Number of units that the price is for.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = per, allow_negative_numbers = true)]
    per: u64,
    /// Only for requests with these values, or set or unset (repeatable).
    #[arg(long, value_name = "FIELD=VALUES")]
    when: Vec<String>,
    /// The seconds of input videos are billed too.
    #[arg(long)]
    input_video: bool,
    /// Tokens of a second of video, where the spec has no sizes.
    #[arg(long, value_name = "N", value_parser = number, allow_negative_numbers = true)]
    tokens_per_second: Option<Money>,
}

#[derive(Args)]
pub(crate) struct UnsetArgs {
    /// Vendor.
    vendor: Vendor,
    /// Model id.
    model: String,
    /// Only the price with these conditions [default: all of the model].
    #[arg(long, value_name = "FIELD=VALUES")]
    when: Vec<String>,
    /// Only the price without conditions.
    #[arg(long, conflicts_with = "when")]
    without_conditions: bool,
}

pub(crate) async fn prices(command: PricesCommand, output: &Output) -> Result<ExitCode, Failure> {
    match command {
        PricesCommand::List(args) => list(&args, output).await,
        PricesCommand::Set(args) => set(args, output),
        PricesCommand::Unset(args) => unset(args, output),
    }
}

/// A price of any origin.
struct Row {
    vendor: Vendor,
    model: String,
    /// The model that stands for this endpoint and others.
    short_name: Option<&'static str>,
    price: String,
    currency: String,
    unit: PriceUnit,
    per: u64,
    when: BTreeMap<String, FieldRule>,
    input_video: bool,
    /// The least number of billed seconds, as a part of the video's own.
    least: Option<(u32, u32)>,
    tokens_per_second: Option<Decimal>,
    origin: PriceOrigin,
    unverified: bool,
}

impl Row {
    fn of(entry: &PriceEntry, origin: PriceOrigin) -> Self {
        Self {
            vendor: entry.vendor,
            model: entry.model.clone(),
            short_name: short_name(entry.vendor, &entry.model),
            price: entry.price.to_string(),
            currency: entry.currency.clone(),
            unit: entry.unit,
            per: entry.per,
            when: entry.when.clone(),
            input_video: entry.input_video,
            least: None,
            tokens_per_second: entry.tokens_per_second,
            origin,
            unverified: false,
        }
    }

    fn cells(&self) -> Vec<String> {
        let when = self.when.iter().map(|(field, rule)| format!("{field}={rule}"));
        let origin = match self.origin {
            PriceOrigin::User => "yours".to_owned(),
            PriceOrigin::Live { at } => format!("live {}", moment(at)),
            PriceOrigin::List { read, .. } if self.unverified => format!("list of {read}, unverified"),
            PriceOrigin::List { read, .. } => format!("list of {read}"),
            _ => String::new(),
        };
        let mut units = match self.per {
            1 => self.unit.to_string(),
            per => format!("{per} {}s", self.unit),
        };
        if self.input_video {
            units.push_str(", with input");
        }
        if let Some((over, under)) = self.least {
            units.push_str(&format!(", at least {over}/{under} of the video"));
        }
        if let Some(tokens) = self.tokens_per_second {
            units.push_str(&format!(", {tokens} per second"));
        }
        vec![
            self.vendor.to_string(),
            match &self.short_name {
                Some(name) => format!("{} ({name})", self.model),
                None => self.model.clone(),
            },
            format!("{} {}", self.price, self.currency),
            units,
            when.collect::<Vec<_>>().join(" "),
            origin,
        ]
    }

    fn document(&self) -> Value {
        json!({
            "vendor": self.vendor,
            "model": self.model,
            "short_name": self.short_name,
            "price": self.price,
            "currency": self.currency,
            "unit": self.unit,
            "per": self.per,
            "when": self.when,
            "input_video": self.input_video,
            "least": self.least.map(|(over, under)| format!("{over}/{under}")),
            "tokens_per_second": self.tokens_per_second,
            "origin": self.origin,
            "unverified": self.unverified,
        })
    }
}

async fn list(args: &ListArgs, output: &Output) -> Result<ExitCode, Failure> {
    let mut prices = Prices::read()?;
    let vendors: Vec<Vendor> = Vendor::ALL
        .iter()
        .copied()
        .filter(|vendor| args.account.vendor.is_none_or(|only| only == *vendor))
        .collect();
    let mut missing = Vec::new();
    if args.live {
        let asked = answering(&args.account);
        missing = add_live(&mut prices.book, &asked, &args.account, output).await;
    }
    let own = prices.book.own().iter().map(|entry| Row::of(entry, PriceOrigin::User));
    let live = prices
        .book
        .live()
        .iter()
        .map(|(at, entry)| Row::of(entry, PriceOrigin::Live { at: *at }));
    let listed = vendors.iter().flat_map(|vendor| listed(*vendor));
    let rows: Vec<Row> = own
        .chain(live)
        .chain(listed)
        .filter(|row| vendors.contains(&row.vendor))
        .collect();
    let documents: Vec<Value> = rows.iter().map(Row::document).collect();
    let ids = || without_repeats(rows.iter().map(|row| row.model.as_str()));
    let document = noted(json!({"file": prices.path, "prices": documents}), missing);
    output.result(&document, ids, || {
        fitted(
            &["vendor", "model", "price", "per", "when", "origin"],
            rows.iter().map(Row::cells),
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The model that stands for an endpoint, if its id is another one.
fn short_name(vendor: Vendor, endpoint: &str) -> Option<&'static str> {
    let mut models = Capabilities::all(vendor).map(|rules| rules.model);
    let stands = models.find(|model| {
        let ids = model.endpoints.into_iter().flat_map(Endpoints::ids);
        ids.into_iter().any(|id| id == endpoint)
    });
    stands.map(|model| model.id).filter(|id| *id != endpoint)
}

/// The list prices of a vendor.
fn listed(vendor: Vendor) -> impl Iterator<Item = Row> {
    let rule = |test: &FieldTest| {
        let rule = match test.is {
            FieldState::Set => FieldRule::Set,
            FieldState::Unset => FieldRule::Unset,
            FieldState::OneOf(values) => FieldRule::OneOf(values.iter().map(|value| (*value).to_owned()).collect()),
        };
        (test.field.to_owned(), rule)
    };
    vendor.facts().prices.iter().flat_map(move |price| {
        price.models.iter().flat_map(move |model| {
            // A rate for requests without input videos bills none.
            let without = |rate: &Rate| {
                let mut tests = rate.when.iter();
                tests.any(|test| test.field == "reference_video" && test.is == FieldState::Unset)
            };
            price.rates.iter().map(move |rate| Row {
                vendor,
                model: (*model).to_owned(),
                short_name: short_name(vendor, model),
                price: rate.price.to_owned(),
                currency: price.currency.to_owned(),
                unit: price.unit,
                per: price.per,
                when: rate.when.iter().map(rule).collect(),
                input_video: price.input_video && !without(rate),
                least: rate.least,
                tokens_per_second: None,
                origin: PriceOrigin::List {
                    read: price.read,
                    page: price.page,
                },
                unverified: price.unverified || rate.unverified,
            })
        })
    })
}

fn set(args: SetArgs, output: &Output) -> Result<ExitCode, Failure> {
    let mut entry = nothing(args.vendor, args.unit)?;
    (entry.model, entry.price, entry.currency) = (args.model, args.price.amount, args.price.currency);
    entry.per = args.per;
    entry.input_video = args.input_video;
    entry.tokens_per_second = args.tokens_per_second.map(|tokens| tokens.amount);
    let entry = with_conditions(entry, &args.when)?;
    let row = Row::of(&entry, PriceOrigin::User);
    for note in notes(&entry) {
        output.note(&note);
    }
    let (prices, replaced) = Prices::change(|prices| prices.set(entry))?;
    let replaced = replaced.map(|entry| Row::of(&entry, PriceOrigin::User));
    let document = json!({
        "file": prices.path,
        "price": row.document(),
        "replaced": replaced.as_ref().map(Row::document),
    });
    let path = || vec![file(&prices.path)];
    output.result(&document, path, || {
        let line = |row: &Row| row.cells()[..5].join("  ").trim_end().to_owned();
        let set = format!("Set in {}: {}", file(&prices.path), line(&row));
        match &replaced {
            Some(replaced) => format!("{set}\nReplaced: {}", line(replaced)),
            None => set,
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

fn unset(args: UnsetArgs, output: &Output) -> Result<ExitCode, Failure> {
    // In the spelling of the file.
    let mut meant = nothing(args.vendor, PriceUnit::Clip)?;
    meant.model = args.model;
    let meant = with_conditions(meant, &args.when)?;
    let (prices, removed) = Prices::change(|prices| {
        prices.remove(|own| match meant.when.is_empty() && !args.without_conditions {
            true => own.vendor == meant.vendor && own.model == meant.model,
            false => own.is_for_the_same(&meant),
        })
    })?;
    if removed == 0 {
        let message = format!(
            "{} has no such price of {} {}",
            file(&prices.path),
            meant.vendor.name(),
            meant.model
        );
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let path = || vec![file(&prices.path)];
    output.result(&json!({"file": prices.path, "removed": removed}), path, || {
        let prices_of = if removed == 1 { "price" } else { "prices" };
        format!(
            "Removed from {}: {removed} {prices_of} of {} {}",
            file(&prices.path),
            meant.vendor.name(),
            meant.model
        )
    })?;
    Ok(ExitCode::SUCCESS)
}

fn refused(problems: &[String]) -> Failure {
    Failure::new(INVALID, ErrorKind::InvalidRequest, problems.join("\n"))
}

/// A price of nothing, whose members are set before they are checked.
fn nothing(vendor: Vendor, unit: PriceUnit) -> Result<PriceEntry, Failure> {
    let nothing = Money::new(0.into(), "USD");
    PriceEntry::new(vendor, "x", nothing, unit).map_err(|error| refused(&[error.to_string()]))
}

/// The price with its conditions by their fields, each given once. Fails with everything that is wrong.
fn with_conditions(mut entry: PriceEntry, given: &[String]) -> Result<PriceEntry, Failure> {
    let mut problems = Vec::new();
    for text in given {
        match condition(text) {
            Ok((field, _)) if entry.when.contains_key(&field) => {
                problems.push(format!("--when names {field} twice; separate its values with commas"));
            }
            Ok((field, rule)) => drop(entry.when.insert(field, rule)),
            Err(reason) => problems.push(format!("--when {text}: {reason}")),
        }
    }
    let checked = entry.checked();
    if let Err(error) = &checked {
        problems.extend(error.problems().iter().map(|problem| problem.text.clone()));
    }
    match checked {
        Ok(entry) if problems.is_empty() => Ok(entry),
        _ => Err(refused(&problems)),
    }
}

/// What may not be meant.
fn notes(entry: &PriceEntry) -> Vec<String> {
    let rules = Capabilities::of(entry.vendor, &entry.model);
    let (vendor, model) = (entry.vendor.name(), &entry.model);
    if !rules.is_known() {
        return vec![unknown_model(entry.vendor, model)];
    }
    let unlisted = entry.unlisted().into_iter().map(|(field, value)| {
        let known = match rules.values(field) {
            [] => String::new(),
            known => format!(" ({})", known.join(", ")),
        };
        format!("{field} {value} is not in our table for {vendor} {model}{known}; the price may never apply.")
    });
    let ends = endpoints(entry);
    let for_all =
        (!ends.is_empty()).then(|| format!("The price is for all endpoints of {model}: {}.", ends.join(", ")));
    let takes_videos = rules.model.inputs.iter().any(|input| input.role == "reference_video");
    let has_videos = takes_videos && entry.when.get("reference_video") != Some(&FieldRule::Unset);
    let is_silent = has_videos && entry.unit != PriceUnit::Clip && !entry.input_video;
    let silent = "By this price, the seconds of reference videos cost nothing. If they are billed, add: --input-video";
    let is_uncounted = entry.unit == PriceUnit::Token && entry.tokens_per_second.is_none() && !has_sizes(entry);
    let uncounted = || {
        format!(
            "How many tokens a video of {vendor} {model} has is not known, so this price gives no estimate before a submission. \
             If you know how many a second of video has, add: --tokens-per-second N"
        )
    };
    unlisted
        .chain(is_silent.then(|| silent.to_owned()))
        .chain(is_uncounted.then(uncounted))
        .chain(for_all)
        .collect()
}

/// Whether the spec has the sizes of the model's videos, by which their tokens are counted.
fn has_sizes(entry: &PriceEntry) -> bool {
    let ids = endpoints(entry);
    let mut prices = entry.vendor.facts().prices.iter();
    let is_meant = |id: &&str| *id == entry.model || ids.contains(id);
    prices.any(|price| price.tokens.is_some() && price.models.iter().any(is_meant))
}

/// The endpoints that its model stands for.
fn endpoints(entry: &PriceEntry) -> Vec<&'static str> {
    let model = Capabilities::of(entry.vendor, &entry.model).model;
    model.endpoints.into_iter().flat_map(Endpoints::ids).collect()
}

fn per(text: &str) -> Result<u64, String> {
    let number = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "use a whole number from 1, such as 1000000".to_owned())
}

fn unit(text: &str) -> Result<PriceUnit, String> {
    match text {
        "second" => Ok(PriceUnit::Second),
        "clip" => Ok(PriceUnit::Clip),
        "token" => Ok(PriceUnit::Token),
        _ => Err("use second, clip or token".to_owned()),
    }
}

fn number(text: &str) -> Result<Money, String> {
    let amount: Result<Money, _> = text.parse();
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    amount
        .ok()
        .filter(|_| is_number)
        .ok_or_else(|| "use a decimal number, such as 21600".to_owned())
}

fn condition(text: &str) -> Result<(String, FieldRule), String> {
    let (field, rule) = text
        .split_once('=')
        .ok_or("must be FIELD=VALUES, such as resolution=480p,720p")?;
    let Ok(rule) = rule.parse();
    Ok((field.trim().replace('-', "_"), rule))
}

//! `videogen spend`.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use videogen::journal::{Amounts, GroupBy, Ledger, Spend};
use videogen::{ErrorKind, Timestamp};

use crate::csv;
use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::journal::{Addresses, JournalArgs, PUBLIC, failure, named, unreadable};
use crate::output::{Output, fitted, moment};
use crate::since::since;

mod settle;

/// The amounts of a row, after the sum.
const KINDS: [&str; 6] = ["entered", "reported", "computed", "estimated", "reserved", "uncertain"];
/// Its numbers of submissions.
const COUNTS: [&str; 7] = [
    "submissions",
    "failed",
    "not_billed",
    "uncertain_tasks",
    "unknown_cost",
    "not_submitted",
    "entered_by_user",
];

#[derive(Args)]
pub(crate) struct SpendArgs {
    #[command(subcommand)]
    command: Option<SpendCommand>,
    /// Since a date (UTC), a time, or a duration ago: 2026-11-01, 30d, 12h.
    #[arg(long, value_name = "TIME", value_parser = since)]
    since: Option<Timestamp>,
    /// Group by day, vendor or model.
    #[arg(long, value_name = "GROUP")]
    by: Option<By>,
    /// Print CSV, with one row for each group and currency.
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

#[derive(Subcommand)]
enum SpendCommand {
    /// Record what the vendor billed for a submission, in place of what is known
    #[command(after_help = crate::help::SETTLE)]
    Settle(settle::SettleArgs),
}

#[derive(Clone, Copy, ValueEnum)]
enum By {
    Day,
    Vendor,
    Model,
}

impl From<By> for GroupBy {
    fn from(by: By) -> Self {
        match by {
            By::Day => Self::Day,
            By::Vendor => Self::Vendor,
            By::Model => Self::Model,
        }
    }
}

/// One row: a group's amounts in one currency; without any, its numbers only.
struct Row<'a> {
    spend: &'a Spend,
    amounts: Option<&'a Amounts>,
    /// Whether it is the group's first: the numbers are of all its currencies.
    is_first: bool,
}

pub(crate) async fn spend(args: SpendArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    if let Some(SpendCommand::Settle(settled)) = args.command {
        if args.since.is_some() || args.by.is_some() || args.csv {
            let message = "--since, --by and --csv are for the ledger, not for `spend settle`; remove them";
            return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
        }
        return settle::settle(settled, journal, output).await;
    }
    let Some(journal) = journal.open_to_read(output)? else {
        let message = "costs are in the journal; remove --no-journal";
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    };
    let by = args.by.map(GroupBy::from);
    let spent = journal.spend(args.since, by).await.map_err(failure)?;
    let (ledger, records) = (spent.ledger, spent.unreadable);
    let addresses = Addresses::of_origins(&spent.origins);
    if args.csv {
        if let Some(text) = unreadable(&records) {
            output.note(&text);
        }
        output.product(&json!(null), || comma_separated(&ledger, &addresses))?;
        return Ok(ExitCode::SUCCESS);
    }
    let groups: Vec<_> = ledger
        .groups
        .iter()
        .map(|spend| {
            let mut group = json!(spend);
            group["addresses"] = addresses.of(&spend.scope).into();
            for (index, amounts) in spend.amounts.iter().enumerate() {
                group["amounts"][index]["total"] = json!(amounts.total());
            }
            group
        })
        .collect();
    let document = json!({"since": args.since, "by": by, "groups": groups, "unreadable": records});
    output.result(&document, Vec::new, || {
        let mut parts = Vec::new();
        if ledger.groups.is_empty() {
            let since = args.since.map(|since| format!(" since {}", moment(since)));
            parts.push(format!(
                "No submissions{} in {}.",
                since.unwrap_or_default(),
                named(&journal)
            ));
        } else {
            parts.push(text(&ledger, by, &addresses));
            parts.extend(remarks(&ledger));
        }
        parts.extend(unreadable(&records));
        parts.join("\n\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn rows(ledger: &Ledger) -> impl Iterator<Item = Row<'_>> {
    ledger.groups.iter().flat_map(|spend| {
        let none = spend.amounts.is_empty().then_some(None);
        let amounts = spend.amounts.iter().map(Some).chain(none);
        amounts.enumerate().map(move |(index, amounts)| Row {
            spend,
            amounts,
            is_first: index == 0,
        })
    })
}

impl Row<'_> {
    /// The currency and the sum.
    fn sum(&self) -> [String; 2] {
        let sum = |amounts: &Amounts| [amounts.currency.clone(), amounts.total().normalize().to_string()];
        self.amounts.map(sum).unwrap_or_default()
    }

    /// The parts of the sum.
    fn parts(&self) -> [String; KINDS.len()] {
        let Some(amounts) = self.amounts else {
            return Default::default();
        };
        let parts = [
            amounts.entered,
            amounts.reported,
            amounts.computed,
            amounts.estimated,
            amounts.reserved,
            amounts.uncertain,
        ];
        parts.map(|amount| amount.normalize().to_string())
    }

    /// The numbers of submissions.
    fn counts(&self) -> Vec<String> {
        let spend = self.spend;
        let counts = [
            spend.submissions,
            spend.failed,
            spend.not_billed,
            spend.uncertain,
            spend.unknown,
            spend.not_submitted,
            spend.entered,
        ];
        let shown = |count: u64| {
            if self.is_first {
                count.to_string()
            } else {
                String::new()
            }
        };
        counts.into_iter().map(shown).collect()
    }
}

fn text(ledger: &Ledger, by: Option<GroupBy>, addresses: &Addresses) -> String {
    let is_public = ledger.groups.iter().all(|spend| spend.scope == PUBLIC);
    let name = match by {
        Some(GroupBy::Day) => Some("day"),
        Some(GroupBy::Vendor) => Some("vendor"),
        Some(_) => Some("model"),
        None => None,
    };
    // Of the parts of the sum, those that any group has.
    let parts: Vec<[String; KINDS.len()]> = rows(ledger).map(|row| row.parts()).collect();
    let is_shown = |kind: usize| parts.iter().any(|parts| !matches!(parts[kind].as_str(), "" | "0"));
    let shown: Vec<usize> = (0..KINDS.len()).filter(|kind| is_shown(*kind)).collect();
    let heads: Vec<&str> = name
        .into_iter()
        .chain(["submissions", "currency", "cost"])
        .chain(shown.iter().map(|kind| KINDS[*kind]))
        .collect();
    let cells = |(row, parts): &(Row<'_>, [String; KINDS.len()])| {
        let group = name.map(|_| row.spend.group.clone().unwrap_or_default());
        let submissions = row.counts().swap_remove(0);
        let cells = group.into_iter().chain([submissions]).chain(row.sum());
        cells
            .chain(shown.iter().map(|kind| parts[*kind].clone()))
            .collect::<Vec<String>>()
    };
    // What went to other addresses is apart.
    let rows: Vec<_> = rows(ledger).zip(parts.iter().cloned()).collect();
    let scopes = rows.chunk_by(|(one, _), (other, _)| one.spend.scope == other.spend.scope);
    let tables = scopes.map(|rows| {
        let table = fitted(&heads, rows.iter().map(&cells));
        match rows[0].0.spend.scope.as_str() {
            PUBLIC if is_public => table,
            PUBLIC => format!("Vendors' own servers\n{table}"),
            scope => format!("{}\n{table}", addresses.text(scope)),
        }
    });
    tables.collect::<Vec<_>>().join("\n\n")
}

/// What the amounts do not say, and what to do about it.
fn remarks(ledger: &Ledger) -> Option<String> {
    let sum = |count: fn(&Spend) -> u64| ledger.groups.iter().map(count).sum::<u64>();
    let remarks = [
        (sum(|spend| spend.unknown), "of unknown cost: in no amount"),
        (sum(|spend| spend.not_billed), "not billed"),
        (
            sum(|spend| spend.uncertain),
            "without a video, of which no page says whether it is billed: `uncertain`",
        ),
        (sum(|spend| spend.entered), "with a cost that you entered"),
        (
            sum(|spend| spend.not_submitted),
            "refused or not sent: they cost nothing",
        ),
    ];
    let mut lines: Vec<String> = remarks
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    if sum(|spend| spend.unknown + spend.uncertain) > 0 {
        let settle = Invocation::new("spend").arg("settle").arg("TASK").arg("AMOUNT");
        lines.push(format!("To enter what the vendor's bill shows, use: {settle}"));
    }
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn comma_separated(ledger: &Ledger, addresses: &Addresses) -> String {
    let heads = ["scope", "group", "currency", "cost"]
        .into_iter()
        .chain(KINDS)
        .chain(COUNTS);
    let mut lines = vec![heads.collect::<Vec<_>>().join(",")];
    for row in rows(ledger) {
        let group = row.spend.group.clone().unwrap_or_default();
        let cells = [addresses.text(&row.spend.scope), group].into_iter();
        let cells = cells.chain(row.sum()).chain(row.parts());
        lines.push(csv::row(cells.chain(row.counts())));
    }
    lines.join("\n")
}

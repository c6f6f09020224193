//! `videogen spend settle`.

use std::process::ExitCode;

use clap::Args;
use serde_json::{Value, json};
use videogen::ErrorKind;
use videogen::journal::{ChargeKind, Entry, Query, Settled, Settlement};
use videogen::price::Money;
use videogen_journal::Store;

use crate::exit::{Failure, INVALID};
use crate::invocation::Invocation;
use crate::journal::{JournalArgs, name};
use crate::lost::by_hand;
use crate::output::Output;

/// Most characters of a note.
const NOTE: usize = 200;

#[derive(Args)]
#[command(
    group = clap::ArgGroup::new("verdict").required(true),
    override_usage = "videogen spend settle [OPTIONS] <ID> <AMOUNT|--nothing|--undo>"
)]
pub(crate) struct SettleArgs {
    /// The task, or the id of a submission in the journal.
    #[arg(value_name = "ID")]
    id: String,
    /// What the vendor billed, such as 1.20 or 30 CNY; 0: nothing.
    #[arg(value_name = "AMOUNT", num_args = 1..=2, allow_negative_numbers = true, group = "verdict")]
    amount: Vec<String>,
    /// The vendor billed nothing.
    #[arg(long, group = "verdict")]
    nothing: bool,
    /// Remove what was entered before; the cost is that of the vendor or the estimate.
    #[arg(long, group = "verdict", conflicts_with = "note")]
    undo: bool,
    /// Note to keep with it, such as the number of the invoice.
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,
    /// Do not ask for confirmation of --nothing where the submission status is unknown.
    #[arg(long)]
    yes: bool,
}

pub(super) async fn settle(args: SettleArgs, journal: &JournalArgs, output: &Output) -> Result<ExitCode, Failure> {
    let settlement = args.settlement()?;
    let journal = journal.open_existing()?;
    if settlement.as_ref().is_some_and(|settlement| settlement.money.is_none())
        && let Some(open) = open(&journal, &args.id).await?
    {
        confirm(&args, &open, output)?;
    }
    let settled = videogen::journal::settle(&*journal, &args.id, settlement).await;
    let Settled { before, entry, .. } = match settled {
        Ok(settled) => settled,
        Err(error) => return Err(refused(&journal, &args.id, error).await),
    };
    if args.undo && before.settled.is_none() {
        let message = format!(
            "{}: no amount was entered before, so there is nothing to undo",
            name(&entry)
        );
        return Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message));
    }
    let (is, was) = (counted(&entry), counted(&before));
    let document = json!({"submission": entry, "charge": entry.charge(), "before": before_document(&before)});
    output.result(
        &document,
        || vec![name(&entry)],
        || format!("{}: {is}; before: {was}.", name(&entry)),
    )?;
    Ok(ExitCode::SUCCESS)
}

impl SettleArgs {
    /// What is to be recorded; `None`: nothing any more.
    fn settlement(&self) -> Result<Option<Settlement>, Failure> {
        if self.undo {
            return Ok(None);
        }
        let invalid = |message: &str| Err(Failure::new(INVALID, ErrorKind::InvalidRequest, message.to_owned()));
        let note = self.note.as_deref().map(str::trim).filter(|note| !note.is_empty());
        if note.is_some_and(|note| note.chars().count() > NOTE || note.contains(char::is_control)) {
            return invalid(&format!(
                "--note: use one line of at most {NOTE} characters, such as the number of the invoice"
            ));
        }
        let settlement = match self.amount.is_empty() {
            true => Settlement::not_billed(),
            false => {
                let money: Money =
                    self.amount.join(" ").parse().map_err(|error| {
                        Failure::new(INVALID, ErrorKind::InvalidRequest, format!("AMOUNT: {error}"))
                    })?;
                Settlement::billed(money)
            }
        };
        Ok(Some(match note {
            Some(note) => settlement.note(note),
            None => settlement,
        }))
    }

    /// The same command, confirmed.
    fn confirmed(&self) -> Invocation {
        let settle = Invocation::new("spend").arg("settle").arg(&self.id);
        let settle = settle.flag("--nothing", true).option("--note", self.note.as_deref());
        settle.flag("--yes", true)
    }
}

/// Why nothing was recorded, and what to do.
async fn refused(journal: &Store, id: &str, error: videogen::Error) -> Failure {
    let (kind, failure) = (error.kind(), Failure::from(error));
    match open(journal, id).await {
        Ok(Some(entry)) if kind == ErrorKind::Conflict => failure.hint(&by_hand(&entry.intent.id, false)),
        _ if kind == ErrorKind::NotFound => failure.hint(&format!(
            "Show them with: {}",
            Invocation::new("list").flag("--local", true)
        )),
        _ => failure,
    }
}

/// The submission with this id, if its status is unknown.
async fn open(journal: &Store, id: &str) -> Result<Option<Entry>, Failure> {
    use videogen::journal::Journal as _;

    let found = journal.find(Query::default().intent(id)).await;
    let entries = found.map_err(crate::journal::failure)?.entries;
    Ok(entries.into_iter().find(|entry| {
        let is_in_flight = entry.is_in_flight(chrono::Utc::now());
        entry.is_open() && !is_in_flight
    }))
}

/// A submission of unknown status may have a task that is billed later.
fn confirm(args: &SettleArgs, open: &Entry, output: &Output) -> Result<(), Failure> {
    let id = &open.intent.id;
    let why = format!("the status of submission {id} is unknown: it may have created a task that is billed later");
    let question = format!("{why}. Record that nothing is billed?");
    if args.yes || output.confirm(&question) {
        return Ok(());
    }
    let hint = format!(
        "{}\nIf the bill is complete without it: {}",
        by_hand(id, false),
        args.confirmed()
    );
    Err(Failure::new(INVALID, ErrorKind::Conflict, why).hint(&hint))
}

/// What a submission counts, as text.
fn counted(entry: &Entry) -> String {
    let charge = entry.charge();
    let amount = charge
        .money
        .map(|money| format!("{} {}", money.amount.normalize(), money.currency));
    let note = entry.settled.as_ref().and_then(|settled| settled.note.as_ref());
    let note = note.map(|note| format!(" ({note})")).unwrap_or_default();
    match (charge.kind, amount) {
        (ChargeKind::Entered, Some(amount)) => format!("{amount}, entered by you{note}"),
        (ChargeKind::EnteredNotBilled, _) => format!("not billed, entered by you{note}"),
        (ChargeKind::NotBilled, _) => "not billed".to_owned(),
        (kind, Some(amount)) => format!("{amount}, {}", kind.as_str()),
        (_, None) => "unknown cost".to_owned(),
    }
}

/// The same for programs.
fn before_document(entry: &Entry) -> Value {
    json!({"charge": entry.charge(), "settled": entry.settled})
}

//! What one source states about a clip. Everything may be missing, and nothing that cannot be read is an error: the sources
//! are files, which other versions and programs write too.

use serde::{Deserialize as _, Serialize};
use serde_json::{Value, json};
use videogen::journal::{Entry, State};
use videogen::price::{Decimal, Obtained, TaskCost};
use videogen::submit::Note;
use videogen::{TaskStatus, Vendor};

use super::parameters::{Parameter, merge, parameters, scalar};

/// What is known about a clip, or about an item that has none.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(crate) struct Record {
    /// `done`, `failed`, `rejected`, `ambiguous`, `running` or `skipped`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outcome: Option<String>,
    /// Status of the task.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) status: Option<String>,
    /// Item of a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) task: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) vendor: Option<String>,
    /// The vendor's name for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt: Option<String>,
    pub(super) parameters: Vec<Parameter>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) cost: Option<Cost>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) submitted: Option<String>,
    /// RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    completed: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) error: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    notes: Vec<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(super) simulated: bool,
    /// The kinds of sources.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) sources: Vec<&'static str>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Cost {
    /// Decimal number, not negative.
    amount: String,
    currency: String,
    obtained: String,
}

impl Cost {
    fn read(value: &Value) -> Option<Self> {
        let amount: Decimal = scalar(&value["amount"])?.parse().ok()?;
        (!amount.is_sign_negative()).then_some(())?;
        Some(Self {
            amount: amount.normalize().to_string(),
            currency: scalar(&value["currency"])?,
            // As of a later version.
            obtained: scalar(&value["obtained"]).unwrap_or_else(|| Obtained::Estimated.as_str().to_owned()),
        })
    }
}

impl From<&TaskCost> for Cost {
    fn from(cost: &TaskCost) -> Self {
        Self {
            amount: cost.money.amount.normalize().to_string(),
            currency: cost.money.currency.clone(),
            obtained: cost.obtained.as_str().to_owned(),
        }
    }
}

impl Record {
    /// Reads a sidecar, or a line of `results.jsonl`. `None` if it is neither.
    pub(super) fn read(document: &Value, source: &'static str) -> Option<Self> {
        let (task, request) = (&document["task"], &document["request"]);
        let is_known = ["outcome", "item", "cost", "file"]
            .iter()
            .any(|name| !document[name].is_null());
        if !(task.is_object() || request.is_object() || is_known && document["outcome"].is_string()) {
            return None;
        }
        let first = |values: &[&Value]| values.iter().find_map(|value| scalar(value));
        let status = scalar(&task["status"]);
        let mut record = Self {
            outcome: scalar(&document["outcome"]).or_else(|| status.as_deref().map(outcome_of)),
            item: scalar(&document["item"]),
            task: first(&[&task["id"], &document["id"]]),
            vendor: scalar(&document["vendor"]),
            model: first(&[&request["model"], &document["model"], &task["model"]]),
            // The vendor may return a shorter one.
            prompt: first(&[&request["prompt"], &document["prompt"], &task["prompt"]]),
            parameters: parameters(request),
            cost: Cost::read(&document["cost"]),
            submitted: first(&[&document["submitted_at"], &task["created_at"]]),
            completed: first(&[&document["completed_at"], &task["completed_at"]]),
            error: first(&[
                &document["error"]["message"],
                &task["error"]["message"],
                &task["error"]["code"],
            ]),
            notes: notes(&document["notes"], &task["notes"]),
            simulated: document["simulated"] == true,
            sources: vec![source],
            status,
            ..Self::default()
        };
        merge(&mut record.parameters, parameters(&task["parameters"]));
        merge(&mut record.parameters, parameters(&task["video"]));
        Some(record.named())
    }

    /// Reads an entry of the journal.
    pub(super) fn of_entry(entry: &Entry) -> Self {
        let intent = &entry.intent;
        let status = entry.status.as_ref().map(TaskStatus::as_str);
        let reason = entry.reason.as_ref().map(|reason| reason.message.clone());
        let outcome = match (entry.state, status) {
            (State::Rejected | State::NotSent, _) => "rejected".to_owned(),
            (State::Accepted, Some(status)) => outcome_of(status),
            (State::Accepted | State::Sending, _) => "running".to_owned(),
            _ => "ambiguous".to_owned(),
        };
        let record = Self {
            outcome: Some(outcome),
            status: status.map(str::to_owned),
            task: entry.task.as_ref().map(ToString::to_string),
            vendor: Some(intent.vendor.as_str().to_owned()),
            model: Some(intent.model.clone()),
            prompt: Some(intent.prompt.clone()).filter(|prompt| !prompt.is_empty()),
            parameters: parameters(&intent.request),
            cost: entry.entered().as_ref().or(entry.cost.as_ref()).map(Cost::from),
            submitted: scalar(&json!(intent.at)),
            error: entry.error.as_ref().map(ToString::to_string).or(reason),
            sources: vec!["journal"],
            ..Self::default()
        };
        record.named()
    }

    /// Adds what only `other` knows.
    pub(super) fn or(mut self, other: Self) -> Self {
        merge(&mut self.parameters, other.parameters);
        self.sources.extend(other.sources);
        Self {
            outcome: self.outcome.or(other.outcome),
            status: self.status.or(other.status),
            item: self.item.or(other.item),
            task: self.task.or(other.task),
            vendor: self.vendor.or(other.vendor),
            vendor_name: self.vendor_name.or(other.vendor_name),
            model: self.model.or(other.model),
            prompt: self.prompt.or(other.prompt),
            parameters: self.parameters,
            cost: self.cost.or(other.cost),
            submitted: self.submitted.or(other.submitted),
            completed: self.completed.or(other.completed),
            error: self.error.or(other.error),
            notes: if self.notes.is_empty() { other.notes } else { self.notes },
            simulated: self.simulated || other.simulated,
            sources: self.sources,
        }
    }

    /// With the vendor, which a task's id names too, and its name.
    fn named(mut self) -> Self {
        let of_task = || Some(self.task.as_ref()?.split_once(':')?.0.to_owned());
        self.vendor = self.vendor.take().or_else(of_task);
        let vendor: Option<Vendor> = self.vendor.as_ref().and_then(|vendor| vendor.parse().ok());
        self.vendor_name = vendor.map(Vendor::name);
        self
    }
}

/// The outcome of a task with this status.
fn outcome_of(status: &str) -> String {
    let status = TaskStatus::from_vendor(status);
    let outcome = match status {
        TaskStatus::Completed => "done",
        _ if status.is_ended() => "failed",
        _ => "running",
    };
    outcome.to_owned()
}

/// The notes on a request.
fn notes(document: &Value, task: &Value) -> Vec<String> {
    let notes = [document, task].into_iter().find_map(Value::as_array);
    let text = |note: &Value| scalar(note).or_else(|| Some(Note::deserialize(note).ok()?.to_string()));
    notes.into_iter().flatten().filter_map(text).collect()
}

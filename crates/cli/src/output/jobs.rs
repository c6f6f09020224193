//! Results of the jobs of a batch, of which earlier runs have recorded some.

use serde_json::{Value, json};
use videogen::{Error, TaskId, Vendor};

use super::{Format, Output, print, print_lines, print_text, say_error};
use crate::events::{About, Shown, What};
use crate::exit::Failure;
use crate::result::BatchTotals;
use crate::text;

impl Output {
    /// Reports the result of a job as it is recorded, by this or an earlier run. Only `--events` prints it.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn recorded(&self, result: &Value) -> Result<(), Failure> {
        let Format::Events(log) = self.format else {
            return Ok(());
        };
        let id: Option<TaskId> = result["id"].as_str().and_then(|id| id.parse().ok());
        let about = About {
            vendor: result["vendor"].as_str().and_then(|vendor| vendor.parse().ok()),
            id: id.as_ref(),
            item: result["item"].as_str(),
        };
        let result = Shown::Recorded(result);
        log.write(&about, What::Result { result }, print)
    }

    /// Reports that a vendor has not taken a request, of the job `item` of a batch, before `next` is tried.
    pub(crate) fn refused(&self, item: Option<&str>, error: &Error, next: Vendor) {
        let Format::Events(log) = self.format else {
            let job = item.map(|item| format!("{item}: ")).unwrap_or_default();
            return self.note(&format!("{job}{error:#}\nTrying {}.", next.name()));
        };
        let about = About {
            vendor: error.vendor(),
            id: None,
            item,
        };
        let what = What::Refused {
            error: &error.into(),
            next,
        };
        let _ = log.write(&about, what, print);
    }

    /// Prints the results of all jobs of a batch, of this or an earlier run. With `--events`, they were printed before.
    ///
    /// # Errors
    /// See [`result`](Self::result).
    pub(crate) fn jobs(
        &self,
        results: &[Value],
        totals: &BatchTotals,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        match self.format {
            Format::Text => print_text(&text::lines(&text())),
            Format::Json => print(&text::json(&json!({"results": results, "totals": totals}))),
            Format::Events(_) => Ok(()),
            Format::Quiet => {
                for result in results {
                    if let Some(message) = result["error"]["message"].as_str() {
                        let item = result["item"].as_str().unwrap_or_default();
                        say_error(&format!("{item}: {message}"));
                    }
                }
                print_lines(&results.iter().flat_map(names).collect::<Vec<_>>())
            }
        }
    }

    /// Names the job of a task in the events of the task, or its number in the command.
    pub(crate) fn of_job(&self, task: &TaskId, item: &str) {
        if let Format::Events(log) = self.format {
            log.name(task, item);
        }
    }
}

/// The paths of the files of a job, or the id of its task if there are none.
fn names(result: &Value) -> Vec<String> {
    let further = result["further_files"].as_array().into_iter().flatten();
    let files = [&result["file"]]
        .into_iter()
        .chain(further)
        .chain([&result["last_frame_file"]]);
    let paths: Vec<String> = files
        .filter_map(|file| file["path"].as_str().map(str::to_owned))
        .collect();
    match paths.is_empty() {
        true => result["id"].as_str().map(str::to_owned).into_iter().collect(),
        false => paths,
    }
}

//! Shows uploads in progress. Uses no command.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use indicatif::{MultiProgress, ProgressBar};
use videogen::ClientBuilder;
use videogen::upload::UploadEvent;

use crate::output::{Output, label};
use crate::text;

/// A bar for each file, on a terminal.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    files: HashMap<String, ProgressBar>,
    /// Files that the vendor checks.
    checked: Vec<String>,
}

/// Shows the uploads of the client of `builder`: bytes and rate on a terminal, otherwise notes.
pub(crate) fn watch(builder: ClientBuilder, output: Output) -> ClientBuilder {
    let bars = Mutex::new(Bars::default());
    builder.on_upload(move |event| bars.lock().unwrap_or_else(PoisonError::into_inner).show(event, output))
}

impl Bars {
    fn show(&mut self, event: &UploadEvent, output: Output) {
        match event {
            UploadEvent::Sending { file, sent, total } => {
                let bar = self.bar(file, output);
                bar.set_length(*total);
                bar.set_position(*sent);
            }
            UploadEvent::Checking { file, asset, status } => {
                let name = text::visible(file);
                if output.shows_progress() {
                    let message = format!("{name}: the asset is {status}");
                    label(self.bar(file, output), &message);
                } else if !self.checked.contains(file) {
                    output.note(&format!(
                        "{name}: the asset {asset} is {status}; waiting until it is active."
                    ));
                    self.checked.push(file.clone());
                }
            }
            UploadEvent::Ready { file, reused } => {
                if let Some(bar) = self.files.remove(file) {
                    bar.finish_and_clear();
                }
                let word = if *reused { "Uploaded before" } else { "Uploaded" };
                self.all.suspend(|| output.note(&format!("{word}: {file}")));
            }
            _ => {}
        }
    }

    fn bar(&mut self, file: &str, output: Output) -> &ProgressBar {
        let all = &self.all;
        self.files.entry(file.to_owned()).or_insert_with(|| {
            let bar = all.add(output.sending());
            label(&bar, file);
            bar
        })
    }
}

//! Shows uploads in progress, or reports them as events. Uses no command.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar};
use videogen::ClientBuilder;
use videogen::upload::UploadEvent;

use crate::events::What;
use crate::output::{Output, label};
use crate::terminal::LINES;
use crate::text;

/// A bar for each file, on a terminal.
#[derive(Default)]
struct Bars {
    all: MultiProgress,
    files: HashMap<String, ProgressBar>,
    /// Files that the vendor checks.
    checked: Vec<String>,
}

/// Reports the uploads of the client of `builder` as events, with `--events`, and shows nothing otherwise.
pub(crate) fn report(builder: ClientBuilder, output: Output) -> ClientBuilder {
    let seen = Mutex::new(HashMap::new());
    builder.on_upload(move |event| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        report_one(&mut seen, event, output);
    })
}

/// What was reported of a file.
#[derive(Default)]
struct Reported {
    at: Option<Instant>,
    status: Option<String>,
}

/// Least time between two events of the progress of a file.
const PAUSE: Duration = Duration::from_secs(1);

fn report_one(seen: &mut HashMap<String, Reported>, event: &UploadEvent, output: Output) {
    match event {
        UploadEvent::Sending { file, sent, total } => {
            let last = seen.entry(file.clone()).or_default();
            if last.at.is_none_or(|at| at.elapsed() >= PAUSE) {
                last.at = Some(Instant::now());
                let (bytes, total) = (*sent, *total);
                output.event(None, What::Uploading { file, bytes, total });
            }
        }
        UploadEvent::Checking { file, asset, status } => {
            let status = status.to_string();
            let last = seen.entry(file.clone()).or_default();
            if last.status.as_ref() != Some(&status) {
                last.status = Some(status.clone());
                output.event(None, What::Checking { file, asset, status });
            }
        }
        UploadEvent::Ready { file, reused } => {
            seen.remove(file);
            let reused = *reused;
            output.event(None, What::Uploaded { file, reused });
        }
        UploadEvent::Waiting { file } => {
            let file = text::visible(file);
            let text = format!("{file}: another process is uploading it; waiting for its result.");
            output.event(None, What::Note { text: &text });
        }
        _ => {}
    }
}

/// Shows the uploads of the client of `builder`: bytes and rate on a terminal, events with `--events`, otherwise notes.
pub(crate) fn watch(builder: ClientBuilder, output: Output) -> ClientBuilder {
    if output.has_events() {
        return report(builder, output);
    }
    let bars = Mutex::new(Bars {
        all: LINES.clone(),
        ..Bars::default()
    });
    builder.on_upload(move |event| bars.lock().unwrap_or_else(PoisonError::into_inner).show(event, output))
}

impl Bars {
    fn show(&mut self, event: &UploadEvent, output: Output) {
        match event {
            UploadEvent::Waiting { file } => {
                let note = format!(
                    "{}: another process is uploading it; waiting for its result.",
                    text::visible(file)
                );
                output.note(&note);
            }
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
                output.note(&format!("{word}: {file}"));
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io;
    use std::sync::Arc;

    use indicatif::{ProgressDrawTarget, TermLike};
    use videogen::upload::AssetStatus;

    use super::*;

    /// A terminal that keeps all that was written to it.
    #[derive(Debug, Default, Clone)]
    struct Terminal(Arc<Mutex<String>>);

    impl Terminal {
        fn take(&self) -> String {
            std::mem::take(&mut self.0.lock().unwrap())
        }
    }

    impl TermLike for Terminal {
        fn width(&self) -> u16 {
            100
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_terminal_shows_bytes_of_the_total() {
        let terminal = Terminal::default();
        let mut bars = Bars::default();
        // Each event is drawn.
        let target = ProgressDrawTarget::term_like_with_hz(Box::new(terminal.clone()), 255);
        bars.all.set_draw_target(target);
        let output = Output::on_terminal();
        let mut send = |sent| {
            let (file, total) = ("boat.png".to_owned(), 4 << 20);
            bars.show(&UploadEvent::Sending { file, sent, total }, output);
            bars.bar("boat.png", output).force_draw();
            terminal.take()
        };
        send(0);
        let half = send(2 << 20);
        assert!(half.contains("boat.png 2.00 MiB/4.00 MiB"), "{half:?}");
        // Repeated from the beginning after an interruption.
        let again = send(1 << 20);
        assert!(again.contains("boat.png 1.00 MiB/4.00 MiB"), "{again:?}");
        let checking = UploadEvent::Checking {
            file: "boat.png".to_owned(),
            asset: "ta_1".to_owned(),
            status: AssetStatus::Processing,
        };
        bars.show(&checking, output);
        bars.bar("boat.png", output).force_draw();
        let checked = terminal.take();
        assert!(checked.contains("boat.png: the asset is processing"), "{checked:?}");
    }
}

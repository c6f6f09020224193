//! The terminal: its width, the colours and links of text, and the lines of progress at the bottom of its screen.
//! Depends on `interrupt` only.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anstyle::{AnsiColor, Style};
use clap::{ColorChoice, ValueEnum as _};
use console::{Term, measure_text_width, truncate_str};
use indicatif::{MultiProgress, ProgressDrawTarget, TermLike};
use supports_hyperlinks::Stream;
use url::Url;

use crate::interrupt;

/// All lines of progress. What is printed meanwhile goes above them, through [`above`].
pub(crate) static LINES: LazyLock<MultiProgress> = LazyLock::new(|| {
    MultiProgress::with_draw_target(match shows_progress() {
        true => ProgressDrawTarget::term_like(Box::new(Narrow::stderr())),
        false => ProgressDrawTarget::hidden(),
    })
});

/// Columns that stay free. The terminal shows `^C` there; at the edge it would wrap, and the line above it would stay.
const MARGIN: u16 = 3;

/// A terminal whose last columns are not used. What is written after a full line begins the next one, as it would at the
/// edge of a terminal.
#[derive(Debug)]
struct Narrow {
    term: Term,
    /// Columns before the cursor.
    column: AtomicUsize,
}

impl Narrow {
    fn stderr() -> Self {
        Self {
            term: Term::stderr(),
            column: AtomicUsize::new(0),
        }
    }
}

impl TermLike for Narrow {
    fn width(&self) -> u16 {
        let columns = self.term.size_checked().map_or(80, |(_, columns)| columns);
        columns.saturating_sub(MARGIN).max(1)
    }

    fn height(&self) -> u16 {
        self.term.size().0
    }

    fn move_cursor_up(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_up(n)
    }

    fn move_cursor_down(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_down(n)
    }

    fn move_cursor_right(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_right(n)
    }

    fn move_cursor_left(&self, n: usize) -> io::Result<()> {
        self.term.move_cursor_left(n)
    }

    fn write_line(&self, line: &str) -> io::Result<()> {
        self.column.store(0, Ordering::Relaxed);
        self.term.write_line(line)
    }

    fn write_str(&self, text: &str) -> io::Result<()> {
        let column = self.column.load(Ordering::Relaxed);
        let column = match text {
            "" => column,
            "\r" => 0,
            text if column >= self.width().into() => {
                self.term.write_line("")?;
                self.term.clear_line()?;
                measure_text_width(text)
            }
            text => {
                if column == 0 {
                    // The terminal may have shown `^C` there.
                    self.term.clear_line()?;
                }
                column + measure_text_width(text)
            }
        };
        self.column.store(column, Ordering::Relaxed);
        self.term.write_str(text)
    }

    fn clear_line(&self) -> io::Result<()> {
        self.column.store(0, Ordering::Relaxed);
        self.term.clear_line()
    }

    fn flush(&self) -> io::Result<()> {
        self.term.flush()
    }
}

/// Prints above the lines of progress. May not be nested.
pub(crate) fn above<T>(print: impl FnOnce() -> T) -> T {
    LINES.suspend(|| {
        if interrupt::has_been() && shows_progress() {
            // The terminal has shown `^C` there.
            let _ = Term::stderr().clear_line();
        }
        print()
    })
}

/// Whether standard error is a terminal that can replace lines.
pub(crate) fn shows_progress() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// The beginning of a line, with an ellipsis if it is longer.
pub(crate) fn cut(line: &str, width: usize) -> String {
    truncate_str(line, width, "...").into_owned()
}

/// Whether each line of a text is at most this wide.
pub(crate) fn fits(text: &str, columns: u16) -> bool {
    text.lines().all(|line| measure_text_width(line) <= columns.into())
}

/// Columns of standard output, if it is a terminal.
pub(crate) fn columns() -> Option<u16> {
    let out = Term::stdout();
    out.is_term()
        .then(|| out.size_checked())
        .flatten()
        .map(|(_, columns)| columns)
}

/// Columns for a line of progress on standard error.
pub(crate) fn width() -> usize {
    usize::from(Narrow::stderr().width())
}

/// The choice on a command line, which may be invalid as a whole.
pub(crate) fn color_of_words(words: impl Iterator<Item = OsString>) -> ColorChoice {
    let mut words = words.skip(1).map(|word| word.into_string().unwrap_or_default());
    let mut choice = ColorChoice::Auto;
    while let Some(word) = words.next().filter(|word| word != "--") {
        let value = match word.as_str() {
            "--color" => words.next(),
            word => word.strip_prefix("--color=").map(str::to_owned),
        };
        if let Some(found) = value.and_then(|value| ColorChoice::from_str(&value, true).ok()) {
            choice = found;
        }
    }
    choice
}

/// Applies the choice to everything that is printed from now on.
pub(crate) fn set_color(choice: ColorChoice) {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// Colours `word`, which must be clean already.
fn painted(word: &str, style: Style) -> String {
    format!("{style}{word}{style:#}")
}

/// The prefix of a message about a failure.
pub(crate) fn error_prefix() -> String {
    painted("error:", AnsiColor::Red.on_default().bold())
}

/// Colours the prefix of a note, if it has one.
pub(crate) fn with_prefix(note: &str) -> String {
    match note.strip_prefix("Note:") {
        Some(rest) => painted("Note:", AnsiColor::Yellow.on_default().bold()) + rest,
        None => note.to_owned(),
    }
}

/// Colours of the statuses of tasks.
const STATUSES: [(&str, AnsiColor); 6] = [
    ("completed", AnsiColor::Green),
    ("in_progress", AnsiColor::Cyan),
    ("queued", AnsiColor::Yellow),
    ("failed", AnsiColor::Red),
    ("cancelled", AnsiColor::Red),
    ("expired", AnsiColor::Red),
];

/// Colours each status that is a column of `text`: between two spaces and two spaces, or the end of its line.
pub(crate) fn with_statuses(text: &str) -> String {
    let lines = text.split('\n').map(|line| {
        let columns = line.split("  ").map(|column| {
            let word = column.trim();
            match STATUSES.iter().find(|(status, _)| *status == word) {
                Some((status, color)) => column.replace(status, &painted(status, color.on_default())),
                None => column.to_owned(),
            }
        });
        columns.collect::<Vec<_>>().join("  ")
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Makes the first mention of each of `files` in `text` a link to it, on terminals that show links.
pub(crate) fn with_links<'a>(text: String, files: impl Iterator<Item = &'a str>) -> String {
    if !supports_hyperlinks::on(Stream::Stdout) {
        return text;
    }
    files.fold(text, |text, file| {
        let url = std::path::absolute(Path::new(file))
            .ok()
            .and_then(|path| Url::from_file_path(path).ok());
        match url {
            Some(url) => text.replacen(file, &format!("\x1b]8;;{url}\x1b\\{file}\x1b]8;;\x1b\\"), 1),
            None => text,
        }
    })
}

/// Joins the parts that fit `width` columns, in their order. The parts with the highest ranks are left out first.
pub(crate) fn fit(parts: &[(u8, String)], width: usize) -> String {
    let mut kept: Vec<&(u8, String)> = parts.iter().filter(|(_, text)| !text.is_empty()).collect();
    loop {
        let texts: Vec<&str> = kept.iter().map(|(_, text)| text.as_str()).collect();
        let line = texts.join("  ");
        if measure_text_width(&line) <= width {
            return line;
        }
        let least = (0..kept.len()).max_by_key(|place| kept[*place].0);
        match least.filter(|_| kept.len() > 1) {
            Some(place) => drop(kept.remove(place)),
            None => return truncate_str(&line, width, "...").into_owned(),
        }
    }
}

/// A duration, to the second below an hour.
pub(crate) fn time(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, 0, _) => format!("{hours} h"),
        (hours, minutes, _) => format!("{hours} h {minutes} min"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_important_parts_are_left_out_first() {
        let parts = [(1, "a kite"), (0, "queued"), (3, "usually 2 min"), (2, "12 s")];
        let parts = parts.map(|(rank, text)| (rank, text.to_owned()));
        for (width, line) in [
            (80, "a kite  queued  usually 2 min  12 s"),
            (35, "a kite  queued  usually 2 min  12 s"),
            (34, "a kite  queued  12 s"),
            (19, "a kite  queued"),
            (13, "queued"),
            (5, "qu..."),
        ] {
            assert_eq!(fit(&parts, width), line, "{width}");
        }
        // Two columns for each character.
        let wide = [(0, "風が吹く".to_owned()), (1, "x".to_owned())];
        assert_eq!(fit(&wide, 11), "風が吹く  x");
        assert_eq!(fit(&wide, 10), "風が吹く");
        assert_eq!(fit(&wide, 7), "風が...");
    }

    #[test]
    fn times_are_short() {
        for (seconds, text) in [
            (0, "0 s"),
            (59, "59 s"),
            (60, "1 min"),
            (80, "1 min 20 s"),
            (3600, "1 h"),
            (7265, "2 h 1 min"),
        ] {
            assert_eq!(time(Duration::from_secs(seconds)), text);
        }
    }

    #[test]
    fn the_choice_of_colours_is_found_in_an_invalid_command_line() {
        let choice = |line: &str| color_of_words(line.split(' ').map(OsString::from));
        assert_eq!(choice("videogen list --color never --nope"), ColorChoice::Never);
        assert_eq!(choice("videogen --color=always"), ColorChoice::Always);
        assert_eq!(choice("videogen --color=red"), ColorChoice::Auto);
        assert_eq!(choice("videogen generate -- --color=always"), ColorChoice::Auto);
    }

    #[test]
    fn only_columns_are_statuses() {
        let text = "a:b:c  completed\n  prompt       it failed  \n id  failed   9 s";
        let shown = with_statuses(text);
        assert!(shown.contains("c  \u{1b}[32mcompleted\u{1b}[0m\n"), "{shown:?}");
        assert!(shown.contains("it failed  \n"), "{shown:?}");
        assert!(shown.contains(" id  \u{1b}[31mfailed\u{1b}[0m   9 s"), "{shown:?}");
    }
}

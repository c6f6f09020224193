//! A terminal in which the command runs, with its screen.

use std::io::{Read as _, Write as _};
use std::num::NonZero;
use std::process::{Child, Command};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use pty_process::Size;
use pty_process::blocking::{Command as InTerminal, Pty, open};
use vt100::Parser;

/// How long a text may take to be on the screen.
const PATIENCE: Duration = Duration::from_secs(60);

struct Shown {
    parser: Parser,
    /// Everything that was written.
    raw: String,
}

/// A running command and its terminal.
pub(super) struct Screen {
    child: Child,
    pty: Arc<Pty>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    reader: JoinHandle<()>,
}

/// The terminal after the end of the command.
pub(super) struct Left {
    pub(super) code: Option<i32>,
    pub(super) text: String,
    pub(super) raw: String,
    pub(super) is_cursor_hidden: bool,
    /// The column of the cursor.
    pub(super) column: u16,
}

impl Screen {
    /// Starts a command in a terminal with 50 lines.
    pub(super) fn start(command: &Command, columns: u16) -> Self {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(50, columns)).unwrap();
        let mut inner = InTerminal::new(command.get_program()).args(command.get_args());
        for name in [
            "NO_COLOR",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "FORCE_HYPERLINK",
            "COLUMNS",
            "CI",
        ] {
            inner = inner.env_remove(name);
        }
        inner = inner.env("TERM", "xterm-256color");
        if let Some(folder) = command.get_current_dir() {
            inner = inner.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            inner = match value {
                Some(value) => inner.env(name, value),
                None => inner.env_remove(name),
            };
        }
        let child = inner.spawn(pts).unwrap();
        let [rows, width] = [50, columns].map(|size| NonZero::new(size).unwrap());
        let (parser, raw) = (Parser::new(rows, width, 0), String::new());
        let shown = Arc::new((Mutex::new(Shown { parser, raw }), Condvar::new()));
        let (pty, own) = (Arc::new(pty), Arc::clone(&shown));
        let input = Arc::clone(&pty);
        let reader = std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Fails when the command has ended.
            while let Ok(read @ 1..) = (&*input).read(&mut bytes) {
                let mut shown = own.0.lock().unwrap();
                shown.parser.process(&bytes[..read]);
                shown.raw.push_str(&String::from_utf8_lossy(&bytes[..read]));
                own.1.notify_all();
            }
        });
        Self {
            child,
            pty,
            shown,
            reader,
        }
    }

    /// Waits until the screen has all of these words, and returns it.
    pub(super) fn until(&self, words: &[&str]) -> String {
        let text = |shown: &Shown| shown.parser.screen().contents();
        let is_there = |shown: &Shown| words.iter().all(|word| text(shown).contains(word));
        let guard = self.shown.0.lock().unwrap();
        let waited = self
            .shown
            .1
            .wait_timeout_while(guard, PATIENCE, |shown| !is_there(shown));
        let (shown, result) = waited.unwrap();
        assert!(!result.timed_out(), "{words:?} is not on the screen:\n{}", text(&shown));
        text(&shown)
    }

    /// Presses Ctrl-C.
    pub(super) fn interrupt(&self) {
        (&*self.pty).write_all(b"\x03").unwrap();
    }

    /// Waits until the command has ended.
    pub(super) fn end(mut self) -> Left {
        let code = self.child.wait().unwrap().code();
        self.reader.join().unwrap();
        let shown = self.shown.0.lock().unwrap();
        let screen = shown.parser.screen();
        Left {
            code,
            text: screen.contents(),
            raw: shown.raw.clone(),
            is_cursor_hidden: screen.hide_cursor(),
            column: screen.cursor_position().1,
        }
    }
}

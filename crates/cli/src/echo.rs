//! The settings of the terminal while a key is typed. Depends on nothing else in this crate.

/// A terminal, and its settings before a prompt that hides what is typed.
pub(crate) struct Echo(platform::Echo);

impl Echo {
    /// The settings now. `None`: there is no terminal, or none that keeps its settings.
    pub(crate) fn before_prompt() -> Option<Self> {
        platform::Echo::now().map(Self)
    }

    /// Makes the terminal show again what is typed, and begins a new line. For a prompt that a signal ends, which restores nothing.
    pub(crate) fn restore(&self) {
        self.0.restore();
    }
}

#[cfg(unix)]
mod platform {
    use std::fs::File;
    use std::io::Write as _;

    use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

    pub(super) struct Echo {
        terminal: File,
        settings: Termios,
    }

    impl Echo {
        pub(super) fn now() -> Option<Self> {
            // The one that the prompt uses, whatever standard input is.
            let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
            let settings = tcgetattr(&terminal).ok()?;
            Some(Self { terminal, settings })
        }

        pub(super) fn restore(&self) {
            // A terminal that is gone, as after SIGHUP, needs nothing.
            let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.settings);
            let _ = (&self.terminal).write_all(b"\n");
        }
    }
}

/// The console of Windows belongs to the shell, which sets it again.
#[cfg(not(unix))]
mod platform {
    pub(super) struct Echo;

    impl Echo {
        pub(super) fn now() -> Option<Self> {
            None
        }

        pub(super) fn restore(&self) {}
    }
}

//! Unix.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// A terminal, and its settings before a prompt that hides what is typed.
pub(crate) struct Echo {
    terminal: File,
    settings: Termios,
}

impl Echo {
    /// The settings now. `None`: there is no terminal, or none that keeps its settings.
    pub(crate) fn before_prompt() -> Option<Self> {
        // The one that the prompt uses, whatever standard input is.
        let terminal = File::options().read(true).write(true).open("/dev/tty").ok()?;
        let settings = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, settings })
    }

    /// Makes the terminal show again what is typed, and begins a new line. For a prompt that a signal ends, which restores
    /// nothing.
    pub(crate) fn restore(&self) {
        // A terminal that is gone, as after SIGHUP, needs nothing.
        let _ = tcsetattr(&self.terminal, OptionalActions::Now, &self.settings);
        let _ = (&self.terminal).write_all(b"\n");
    }
}

/// Sends `ctrl_c`, `terminate` or `hangup` at each of these signals.
pub(crate) fn listen<T: Copy + Send + Sync + 'static>(
    [ctrl_c, terminate, hangup]: [T; 3],
    send: &Arc<watch::Sender<Vec<T>>>,
) {
    let mut signals = vec![(SignalKind::interrupt(), ctrl_c), (SignalKind::terminate(), terminate)];
    if !hangup_is_ignored() {
        signals.push((SignalKind::hangup(), hangup));
    }
    for (kind, received) in signals {
        if let Ok(mut signals) = signal(kind) {
            let send = Arc::clone(send);
            tokio::spawn(async move {
                while signals.recv().await.is_some() {
                    send.send_modify(|all| all.push(received));
                }
            });
        }
    }
}

/// Whether the program was started by `nohup`. Known on Linux only.
fn hangup_is_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.is_some_and(|mask| u64::from_str_radix(mask.trim(), 16).is_ok_and(|mask| mask & 1 == 1))
}

/// A new file is for its owner only.
pub(crate) fn owner_only(options: &mut OpenOptions) {
    options.mode(0o600);
}

/// A temporary file, which becomes another one, has the mode of any new file: what the umask leaves.
pub(crate) fn usual_mode(builder: &mut tempfile::Builder<'_, '_>) {
    builder.permissions(Permissions::from_mode(0o666));
}

/// Whether other users may read or change a file.
pub(crate) fn is_open_to_others(path: &Path) -> bool {
    let metadata = std::fs::metadata(path);
    metadata.is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o077 != 0)
}

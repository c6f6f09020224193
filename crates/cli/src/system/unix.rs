//! Unix.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::sync::Arc;

use rpassword::{ConfigBuilder, prompt_password_with_config};
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// A terminal that does not show what is typed, until this is dropped. Only this changes the settings: a prompt that changed
/// them itself could do so after a signal has restored them.
pub(crate) struct Hidden {
    terminal: File,
    settings: Termios,
}

impl Hidden {
    /// From here on, what is typed is not shown, and Ctrl-C is a character.
    ///
    /// # Errors
    /// There is no terminal, or none that has settings.
    pub(crate) fn begin() -> io::Result<Self> {
        let terminal = File::options().read(true).write(true).open("/dev/tty")?;
        let settings = tcgetattr(&terminal)?;
        let mut hidden = settings.clone();
        hidden.local_modes -= LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG;
        hidden.special_codes[SpecialCodeIndex::VMIN] = 1;
        hidden.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(&terminal, OptionalActions::Now, &hidden)?;
        Ok(Self { terminal, settings })
    }

    /// Prompts, and reads a line.
    ///
    /// # Errors
    /// The terminal cannot be used. The line fails as interrupted at a Ctrl-C, which is also raised as a signal.
    pub(crate) fn line(
        &self,
        prompt: String,
    ) -> io::Result<impl FnOnce() -> io::Result<String> + Send + 'static + use<>> {
        let (read, write) = (self.terminal.try_clone()?, self.terminal.try_clone()?);
        Ok(move || {
            let terminal = ConfigBuilder::new().input_reader(read).output_writer(write);
            prompt_password_with_config(prompt, terminal.build())
        })
    }
}

impl Drop for Hidden {
    /// The end of the line was not shown either, so a new one begins.
    fn drop(&mut self) {
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

//! Windows.

use std::fs::OpenOptions;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tokio::signal::windows;
use tokio::sync::watch;

/// A console that does not show what is typed while a line is read. The console belongs to the shell, which sets it again.
pub(crate) struct Hidden;

impl Hidden {
    pub(crate) fn begin() -> io::Result<Self> {
        Ok(Self)
    }

    /// Prompts, and reads a line.
    ///
    /// # Errors
    /// The console cannot be used.
    pub(crate) fn line(
        &self,
        prompt: String,
    ) -> io::Result<impl FnOnce() -> io::Result<String> + Send + 'static + use<>> {
        Ok(move || rpassword::prompt_password(prompt))
    }
}

/// Sends `ctrl_c`, `terminate` (Ctrl-Break) or `hangup` (the console closes) at each of these events.
pub(crate) fn listen<T: Copy + Send + Sync + 'static>(
    [ctrl_c, terminate, hangup]: [T; 3],
    send: &Arc<watch::Sender<Vec<T>>>,
) {
    macro_rules! listen {
        ($($kind:ident: $received:expr),*) => {$(
            if let Ok(mut signals) = windows::$kind() {
                let send = Arc::clone(send);
                tokio::spawn(async move {
                    while signals.recv().await.is_some() {
                        send.send_modify(|all| all.push($received));
                    }
                });
            }
        )*};
    }
    listen!(ctrl_c: ctrl_c, ctrl_break: terminate, ctrl_close: hangup);
}

/// The folder of the user protects it.
pub(crate) fn owner_only(_: &mut OpenOptions) {}

/// New files have the access rules of their folder.
pub(crate) fn usual_mode(_: &mut tempfile::Builder<'_, '_>) {}

/// The folder of the user protects it.
pub(crate) fn is_open_to_others(_: &Path) -> bool {
    false
}

//! Windows.

use std::fs::OpenOptions;
use std::path::Path;
use std::sync::Arc;

use tokio::signal::windows;
use tokio::sync::watch;

/// The console belongs to the shell, which sets it again.
pub(crate) struct Echo;

impl Echo {
    pub(crate) fn before_prompt() -> Option<Self> {
        None
    }

    pub(crate) fn restore(&self) {}
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

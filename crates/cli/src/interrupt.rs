//! Interrupts: Ctrl-C and equivalent signals. All commands use this module, so that all
//! of them handle the same signals. Depends on nothing else in this crate.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tokio::sync::watch;

/// The kind of an interrupt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Interrupt {
    /// Ctrl-C, SIGINT.
    CtrlC,
    /// SIGTERM; Ctrl-Break on Windows.
    Terminate,
    /// SIGHUP; a console that closes on Windows.
    Hangup,
}

impl Interrupt {
    /// The exit code, as shells count: 128 and the signal's number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::CtrlC => 130,
            Self::Terminate => 143,
            Self::Hangup => 129,
        }
    }
}

/// Every interrupt so far.
static RECEIVED: LazyLock<watch::Receiver<Vec<Interrupt>>> = LazyLock::new(|| {
    let (send, received) = watch::channel(Vec::new());
    platform::listen(&Arc::new(send));
    received
});

/// Number of interrupts returned to a caller.
static HANDLED: AtomicUsize = AtomicUsize::new(0);

/// Returns the next interrupt that no earlier call has returned. Concurrent calls all return
/// it. Before the first call, an interrupt ends the program at once.
pub(crate) fn interrupted() -> impl Future<Output = Interrupt> {
    // Registered by the call, not by the first poll, because another branch of a `select!` may be polled first.
    let mut received = RECEIVED.clone();
    let handled = HANDLED.load(Ordering::Relaxed);
    async move {
        let next = received.wait_for(|interrupts| interrupts.len() > handled).await;
        let next = next.ok().map(|interrupts| interrupts[handled]);
        match next {
            Some(interrupt) => {
                HANDLED.fetch_max(handled + 1, Ordering::Relaxed);
                interrupt
            }
            // Signals are not available here.
            None => std::future::pending().await,
        }
    }
}

/// Whether the program was interrupted.
pub(crate) fn has_been() -> bool {
    last().is_some()
}

/// The last interrupt that [`interrupted`] has returned.
pub(crate) fn last() -> Option<Interrupt> {
    let last = HANDLED.load(Ordering::Relaxed).checked_sub(1)?;
    RECEIVED.borrow().get(last).copied()
}

#[cfg(unix)]
mod platform {
    use std::sync::Arc;

    use tokio::signal::unix::{SignalKind, signal};
    use tokio::sync::watch;

    use super::Interrupt;

    pub(super) fn listen(send: &Arc<watch::Sender<Vec<Interrupt>>>) {
        for (kind, interrupt) in [
            (SignalKind::interrupt(), Interrupt::CtrlC),
            (SignalKind::terminate(), Interrupt::Terminate),
            (SignalKind::hangup(), Interrupt::Hangup),
        ] {
            if interrupt == Interrupt::Hangup && hangup_is_ignored() {
                continue;
            }
            if let Ok(mut signals) = signal(kind) {
                let send = send.clone();
                tokio::spawn(async move {
                    while signals.recv().await.is_some() {
                        send.send_modify(|interrupts| interrupts.push(interrupt));
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
}

#[cfg(windows)]
mod platform {
    use std::sync::Arc;

    use tokio::signal::windows;
    use tokio::sync::watch;

    use super::Interrupt;

    pub(super) fn listen(send: &Arc<watch::Sender<Vec<Interrupt>>>) {
        macro_rules! listen {
            ($($kind:ident: $interrupt:expr),*) => {$(
                if let Ok(mut signals) = windows::$kind() {
                    let send = send.clone();
                    tokio::spawn(async move {
                        while signals.recv().await.is_some() {
                            send.send_modify(|interrupts| interrupts.push($interrupt));
                        }
                    });
                }
            )*};
        }
        listen!(ctrl_c: Interrupt::CtrlC, ctrl_break: Interrupt::Terminate, ctrl_close: Interrupt::Hangup);
    }
}

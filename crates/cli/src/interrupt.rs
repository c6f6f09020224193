//! Interrupts: Ctrl-C and equivalent signals. All commands use this module, so that all
//! of them handle the same signals.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};

use tokio::sync::watch;

use crate::system;

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
    let all = [Interrupt::CtrlC, Interrupt::Terminate, Interrupt::Hangup];
    system::listen(all, &Arc::new(send));
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

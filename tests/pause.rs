//! A moment of real time, for tests that wait for another process or server. Without it, their loops would take the processor
//! from those that they wait for.

use std::time::Duration;

/// Short, because some tests kill a process soon after what they have waited for.
const MOMENT: Duration = Duration::from_micros(200);

/// Waits for a moment.
pub(crate) fn pause() {
    std::thread::sleep(MOMENT);
}

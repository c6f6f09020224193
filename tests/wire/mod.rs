//! Submissions over a connection that breaks at any byte: at most one task, no id that arrived is lost, and an unknown
//! status is reported as such.
//!
//! Client, proxy and simulator share one thread and a paused clock, which advances only when nothing else can run, so a
//! stall is over at once, and nothing else is ever late.

mod boundaries;
mod proxy;
mod random;

use videogen::{Client, Delivery, Error, RetryPolicy, Vendor, VideoTask};
use videogen_sim::Simulator;

use self::proxy::{How, Proxy};
use crate::cases::whole_id;

fn client(vendor: Vendor, base_url: &str, retry: RetryPolicy) -> Client {
    Client::builder(vendor)
        .retry(retry)
        .key("sk-test".to_owned())
        .base_url(base_url)
        .build()
        .unwrap()
}

/// Results of the submissions so far.
#[derive(Debug, Default)]
struct Tally {
    accepted: usize,
    ambiguous: usize,
    refused: usize,
    /// Tasks of the simulator that were checked already.
    seen: usize,
}

impl Tally {
    /// Checks one submission with a unique prompt, by the simulator's tasks and the bytes that passed the proxy.
    fn judge(
        &mut self,
        simulator: &Simulator,
        proxy: &Proxy,
        prompt: &str,
        how: How,
        result: &Result<VideoTask, Error>,
    ) {
        let made = simulator.tasks_after(self.seen);
        self.seen += made.len();
        assert!(made.len() <= 1, "{} tasks: {result:?}", made.len());
        let made = made.first();
        assert!(made.is_none_or(|task| task.prompt == prompt));
        let delivered = proxy.take_delivered();
        let arrived = made.is_some_and(|task| delivered.contains(&format!("\"{}\"", task.id)));
        match result {
            Ok(task) => {
                let id = made.map(|made| whole_id(task.id.vendor(), &made.model, &made.id));
                assert_eq!(id.as_deref(), Some(task.id.id()));
                self.accepted += 1;
            }
            Err(error) => {
                // A reset discards what the client has not read yet.
                assert!(!arrived || how == How::Reset, "the id arrived: {delivered} {error:?}");
                match error.delivery() {
                    Some(Delivery::Ambiguous) => {
                        assert_eq!(error.ambiguity().unwrap().prompt, prompt);
                        self.ambiguous += 1;
                    }
                    Some(Delivery::NotSent | Delivery::Rejected) => {
                        assert!(made.is_none(), "there is a task: {error:?}");
                        self.refused += 1;
                    }
                    None => panic!("{error:?}"),
                }
            }
        }
    }
}

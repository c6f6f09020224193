//! How long tasks usually take, by the journal.

use std::time::Duration;

use crate::client::Client;
use crate::journal::{Entry, Query};
use crate::model::TaskStatus;

/// Number of recent entries that are read.
const ENTRIES: u32 = 100;
/// Number of tasks that count.
const TASKS: usize = 20;
/// Fewest tasks that allow a statement.
const FEWEST: usize = 3;
/// A task that was left longer than this was not followed until its end.
const LONGEST: Duration = Duration::from_secs(30 * 60);

impl Client {
    /// Returns how long tasks of `model` usually take from their submission until their files are in place: the median of
    /// up to 20 recent ones that the journal has as completed. `None` with fewer than three, and without a journal.
    ///
    /// ```no_run
    /// # async fn example(client: videogen::Client) {
    /// if let Some(usual) = client.usual_duration("seedance-2.0").await {
    ///     println!("usually {} s", usual.as_secs());
    /// }
    /// # }
    /// ```
    pub async fn usual_duration(&self, model: &str) -> Option<Duration> {
        let mut query = Query::default().scope(self.scope()).limit(ENTRIES);
        query.vendor = Some(self.0.vendor);
        query.status = Some(TaskStatus::Completed.as_str().to_owned());
        // An unreadable journal counts as an empty one.
        let found = self.found(query).await.unwrap_or_default();
        median(found.entries.iter().filter(|entry| entry.intent.model == model))
    }
}

fn median<'a>(entries: impl Iterator<Item = &'a Entry>) -> Option<Duration> {
    let taken = entries.filter_map(|entry| (entry.updated_at - entry.intent.at).to_std().ok());
    let mut taken: Vec<Duration> = taken.filter(|taken| *taken <= LONGEST).take(TASKS).collect();
    taken.sort_unstable();
    taken.get(taken.len() / 2).copied().filter(|_| taken.len() >= FEWEST)
}

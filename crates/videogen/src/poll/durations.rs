//! Observed durations of tasks.

use std::sync::OnceLock;
use std::time::Duration;

/// Bins of a histogram: the first ends at one second, each further one 6 % later; longer durations are in the last.
const BINS: usize = 142;
const STEP: f64 = 1.06;
/// Decay of the weight of earlier observations with each new one: about the last hundred count.
const FADE: f32 = 0.99;
/// Weight of the vendors' published figures, relative to one observation.
const BELIEF: f32 = 1.0;
/// Lower limit of an observation's width.
const BLUR: f64 = 0.1;
/// Maximum number of remembered models.
const MODELS: usize = 64;

/// Observed durations of tasks: a histogram of fixed size in which recent tasks have more weight.
#[derive(Clone, PartialEq)]
pub struct Durations {
    weights: [f32; BINS],
}

impl Default for Durations {
    /// No observations.
    fn default() -> Self {
        Self { weights: [0.0; BINS] }
    }
}

impl std::fmt::Debug for Durations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Durations")
            .field("weight", &self.weights.iter().sum::<f32>())
            .finish_non_exhaustive()
    }
}

/// Upper ends of the bins, in seconds.
fn ends() -> &'static [f64; BINS] {
    static ENDS: OnceLock<[f64; BINS]> = OnceLock::new();
    ENDS.get_or_init(|| std::array::from_fn(|bin| STEP.powi(i32::try_from(bin).unwrap_or(i32::MAX))))
}

/// The vendors' published figures: 30 s to 5 min, most often 90 s.
fn published() -> &'static [f32; BINS] {
    static PUBLISHED: OnceLock<[f32; BINS]> = OnceLock::new();
    PUBLISHED.get_or_init(|| {
        let weights: [f64; BINS] = std::array::from_fn(|bin| {
            let distance = ((ends()[bin] / STEP.sqrt()).ln() - 90_f64.ln()) / 0.75;
            (-0.5 * distance * distance).exp()
        });
        let all: f64 = weights.iter().sum();
        weights.map(|weight| (weight / all) as f32 * BELIEF)
    })
}

impl Durations {
    /// Adds an observation: a task was unfinished at the age `from` and finished at the age `to`. Both are equal when
    /// the vendor reports the exact time.
    pub fn observe(&mut self, from: Duration, to: Duration) {
        let last = ends()[BINS - 1];
        let to = (to.as_secs_f64() * (1.0 + BLUR)).min(last);
        let from = from.as_secs_f64().min(to * (1.0 - 2.0 * BLUR));
        let width = to - from;
        for weight in &mut self.weights {
            *weight *= FADE;
        }
        if width <= 0.0 {
            self.weights[0] += 1.0;
            return;
        }
        let mut start = 0.0_f64;
        for (weight, end) in self.weights.iter_mut().zip(ends()) {
            let share = (end.min(to) - start.max(from)).max(0.0) / width;
            *weight += share as f32;
            start = *end;
        }
    }

    /// Returns the duration that half of the tasks do not exceed. Without observations: 90 s, the vendors' published figures.
    ///
    /// ```
    /// use std::time::Duration;
    /// use videogen::poll::Durations;
    ///
    /// let mut durations = Durations::default();
    /// for _ in 0..20 {
    ///     durations.observe(Duration::from_secs(30), Duration::from_secs(30));
    /// }
    /// assert!((25..40).contains(&durations.typical().as_secs()));
    /// ```
    #[must_use]
    pub fn typical(&self) -> Duration {
        let weights = || {
            self.weights
                .iter()
                .zip(published())
                .map(|(seen, published)| seen + published)
        };
        let half = weights().sum::<f32>() / 2.0;
        let mut sum = 0.0;
        let bin = weights().position(|weight| {
            sum += weight;
            sum >= half
        });
        // The middle of the bin.
        Duration::from_secs_f64(ends()[bin.unwrap_or(BINS - 1)] / STEP.sqrt())
    }

    /// The next poll, in seconds from `elapsed`, between `least` and `most`: where expected delay plus
    /// `request_cost`, relative to the probability that the task has finished, is lowest.
    pub(crate) fn next(&self, elapsed: f64, least: f64, most: f64, request_cost: f64) -> f64 {
        let (ends, published) = (ends(), published());
        let weight = |bin: usize| f64::from(self.weights[bin] + published[bin]);
        // Elapsed bins, and the elapsed part of a bin, do not count.
        let first = ends.partition_point(|end| *end <= elapsed);
        let bins = (first..BINS).map(|bin| {
            let (start, end) = (if bin == 0 { 0.0 } else { ends[bin - 1] }, ends[bin]);
            let (from, to) = ((start - elapsed).max(0.0), end - elapsed);
            (from, to, weight(bin) * (to - from) / (end - start))
        });
        let begun = bins.clone().next().map_or(0.0, |(_, _, weight)| weight);
        let left = begun + (first + 1..BINS).map(weight).sum::<f64>();
        if left <= f64::EPSILON {
            return most;
        }
        // Weight up to this time, and the sum of its times.
        let (mut done, mut when) = (0.0, 0.0);
        let (mut best, mut lowest) = (most, f64::INFINITY);
        let mut consider = |moment: f64, done: f64, when: f64| {
            let cost = (request_cost * left + done * moment - when) / done;
            if cost < lowest {
                (best, lowest) = (moment, cost);
            }
        };
        for (from, to, weight) in bins {
            for moment in [least, to, most] {
                if moment > from && moment <= to && moment >= least && moment <= most {
                    let part = weight * (moment - from) / (to - from);
                    consider(moment, done + part, when + part * f64::midpoint(from, moment));
                }
            }
            // And between these, where the cost has a minimum: bins are wide compared to short pauses.
            let rate = weight / (to - from);
            let room = 2.0 * rate * (request_cost * left + from * done - when) - done * done;
            let moment = from + (room.max(0.0).sqrt() - done) / rate;
            if moment > from.max(least) && moment < to.min(most) {
                let part = rate * (moment - from);
                consider(moment, done + part, when + part * f64::midpoint(from, moment));
            }
            if to > most {
                break;
            }
            done += weight;
            when += weight * f64::midpoint(from, to);
        }
        best
    }
}

/// Observed durations of an account's tasks, by model, for a limited number of recently used models.
#[derive(Debug, Clone, Default)]
pub struct DurationBook {
    all: Durations,
    /// The most recently used is last.
    models: Vec<(Box<str>, Durations)>,
}

impl DurationBook {
    /// Returns the durations of `model`, or of all models when it is unknown.
    #[must_use]
    pub fn of(&self, model: Option<&str>) -> &Durations {
        let known = self.models.iter().rev().find(|(name, _)| Some(&**name) == model);
        known.map_or(&self.all, |(_, durations)| durations)
    }

    /// Adds an observation; see [`Durations::observe`].
    pub fn observe(&mut self, model: Option<&str>, from: Duration, to: Duration) {
        self.all.observe(from, to);
        let Some(model) = model else { return };
        let known = self.models.iter().position(|(name, _)| **name == *model);
        let mut entry = match known {
            Some(place) => self.models.remove(place),
            None => {
                if self.models.len() >= MODELS {
                    self.models.remove(0);
                }
                (model.into(), Durations::default())
            }
        };
        entry.1.observe(from, to);
        self.models.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_observation_has_one_weight() {
        for (from, to) in [
            (0.0, 0.0),
            (0.0, 115.0),
            (60.0, 60.0),
            (1e7, 1e9),
            (5.0, 1.0),
            (0.0, 1e18),
        ] {
            let mut seen = Durations::default();
            seen.observe(Duration::from_secs_f64(from), Duration::from_secs_f64(to));
            let weight: f32 = seen.weights.iter().sum();
            assert!((weight - 1.0).abs() < 1e-3, "{from} {to}: {weight}");
        }
    }

    #[test]
    fn earlier_durations_are_forgotten() {
        let seconds = Duration::from_secs;
        let mut seen = Durations::default();
        for _ in 0..1_000 {
            seen.observe(seconds(240), seconds(240));
        }
        assert!(seen.typical() > seconds(200));
        let mut fresh = Durations::default();
        let mut after = |tasks| {
            for _ in 0..tasks {
                seen.observe(seconds(60), seconds(60));
                fresh.observe(seconds(60), seconds(60));
            }
            let polls = [&seen, &fresh].map(|durations| durations.next(0.0, 2.0, 300.0, 0.1));
            (seen.typical(), polls)
        };
        // As many tasks as count: most of the weight.
        assert!(after(100).0 < seconds(70));
        // Then nothing is left that would change a poll.
        let (_, [poll, poll_of_fresh]) = after(500);
        assert!((poll - poll_of_fresh).abs() < 0.5, "{poll} {poll_of_fresh}");
    }

    #[test]
    fn the_book_is_bounded_and_keeps_what_is_used() {
        let mut book = DurationBook::default();
        let minute = Duration::from_secs(60);
        for model in 0..1_000 {
            book.observe(Some("used"), minute, minute);
            book.observe(Some(&format!("model-{model}")), minute, minute);
        }
        assert_eq!(book.models.len(), MODELS);
        assert!(book.models.iter().any(|(name, _)| &**name == "used"));
        assert_eq!(book.of(Some("unknown")), &book.all);
        assert_ne!(book.of(Some("used")), &book.all);
    }
}

//! Clocks, memory, medians.

use std::fmt;
use std::time::Duration;

use crate::result::Result;
use crate::system;

/// CPU time of this process so far, including the kernel.
pub fn cpu() -> Duration {
    system::cpu()
}

/// CPU time of this thread so far.
pub fn thread_cpu() -> Duration {
    system::thread_cpu()
}

/// CPU time of all children that have ended.
///
/// # Errors
/// When the system does not report it.
pub fn children_cpu() -> Result<Duration> {
    system::children_cpu()
}

/// Memory of this process in bytes: now, and at most so far. Linux only.
///
/// # Errors
/// Without `/proc`.
pub fn memory() -> Result<(u64, u64)> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let field = |name: &str| -> Option<u64> {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(line.split_whitespace().next()?.parse::<u64>().ok()? * 1024)
    };
    field("VmRSS:")
        .zip(field("VmHWM:"))
        .ok_or_else(|| "no memory figures in /proc/self/status".into())
}

/// The median.
#[must_use]
pub fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// A quantile.
#[must_use]
pub fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = (sorted.len().saturating_sub(1) as f64 * part).round() as usize;
    sorted.get(place).copied().unwrap_or(f64::NAN)
}

/// The median of several runs, with the least and the greatest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    median: f64,
    /// `None` for a single run.
    range: Option<(f64, f64)>,
}

impl Spread {
    /// Of these runs.
    #[must_use]
    pub fn of(runs: &[f64]) -> Self {
        let range = (quantile(runs, 0.0), quantile(runs, 1.0));
        Self {
            median: median(runs),
            range: (runs.len() > 1).then_some(range),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(2);
        match self.range {
            Some((least, most)) => write!(f, "{:.digits$} ({least:.digits$} to {most:.digits$})", self.median),
            None => write!(f, "{:.digits$} (single run)", self.median),
        }
    }
}

/// Measurements of several contenders, round by round.
#[derive(Debug)]
pub struct Rounds {
    names: Vec<String>,
    taken: Vec<Vec<f64>>,
}

impl Rounds {
    /// Contenders; the first is the reference.
    #[must_use]
    pub fn new<T: Into<String>>(names: impl IntoIterator<Item = T>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        let taken = vec![Vec::new(); names.len()];
        Self { names, taken }
    }

    /// The order in a round: each is first equally often.
    pub fn order(&self, round: usize) -> impl Iterator<Item = usize> + use<> {
        let contenders = self.names.len();
        (0..contenders).map(move |place| (place + round) % contenders)
    }

    /// Records a contender's measurement in this round.
    pub fn note(&mut self, contender: usize, taken: f64) {
        self.taken[contender].push(taken);
    }

    /// A contender's measurements.
    #[must_use]
    pub fn taken(&self, contender: usize) -> Spread {
        Spread::of(&self.taken[contender])
    }

    /// Its ratios to the first, round by round.
    #[must_use]
    pub fn ratio(&self, contender: usize) -> Spread {
        let rounds = self.taken[contender].iter().zip(&self.taken[0]);
        let ratios: Vec<f64> = rounds.map(|(taken, first)| taken / first).collect();
        Spread::of(&ratios)
    }

    /// The part of a contender's measurements that the first does not take, in percent, round by round.
    #[must_use]
    pub fn share(&self, contender: usize) -> Spread {
        let rounds = self.taken[contender].iter().zip(&self.taken[0]);
        let shares: Vec<f64> = rounds.map(|(taken, first)| 100.0 * (taken - first) / taken).collect();
        Spread::of(&shares)
    }

    /// A row for each contender: name, measurements, ratios to the first.
    pub fn rows(&self) -> impl Iterator<Item = (&str, Spread, Spread)> {
        let names = self.names.iter().enumerate();
        names.map(|(contender, name)| (name.as_str(), self.taken(contender), self.ratio(contender)))
    }
}
